package runner

import (
	"testing"

	"hypersim/analysis/judge"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// A run that was stopped judges nothing: half of it may meet every bound. What it should have judged cannot be.
func TestStoppedCannotBeJudged(t *testing.T) {
	v := judged(load(t), &metrics.Result{}, "interrupted at virtual time 3s")
	if v[0].Outcome != judge.CannotJudge || !v[0].Fails(false) || v[0].Why != "the run was interrupted at virtual time 3s" {
		t.Errorf("%+v", v[0])
	}
}

func TestMeasured(t *testing.T) {
	sc := load(t)
	c := measured(sc, nil)
	if len(c.Nodes) != len(sc.Nodes) || !c.Formed || c.Flat {
		t.Errorf("%d nodes, formed %v, flat %v", len(c.Nodes), c.Formed, c.Flat)
	}
	for i, n := range c.Nodes {
		if int(n.ID) != i || n.Site != sc.Topology.Sites[n.SiteIndex].Name || n.Late || n.Ghost {
			t.Errorf("node %d: %+v", i, n)
		}
	}
	if len(c.Faults) != 1 || c.Faults[0].ID != "crash" || c.Faults[0].Start != core.Instant(10e9) {
		t.Errorf("faults %+v", c.Faults)
	}
	// The bound is that of spec 10 §11.1 unless the scenario says otherwise.
	if c.Bound != metrics.DefaultBound() {
		t.Errorf("bound %+v, want %+v", c.Bound, metrics.DefaultBound())
	}
}
