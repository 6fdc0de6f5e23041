package runner

import (
	"testing"
	"time"

	"hypersim/analysis/judge"
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/metrics"
)

func TestClaim(t *testing.T) {
	list := Claims(load(t))
	if len(list) != 1 {
		t.Fatalf("%d claims", len(list))
	}
	c := list[0]
	if c.ID != "noticed" || c.Metric != "detection_first" || c.Stat != "p99" || c.Level != judge.Must {
		t.Errorf("%+v", c)
	}
	if c.Max == nil || *c.Max != 8 || c.Min != nil {
		t.Errorf("bounds %v %v", c.Min, c.Max)
	}
	if c.Where.String() != "to=SUSPECT" {
		t.Errorf("where %s", c.Where)
	}
	if c.Window.From.Offset != 10*time.Second || c.Window.To.Offset != 18*time.Second {
		t.Errorf("window %v", c.Window)
	}
}

func TestClaimParts(t *testing.T) {
	two, since := 2.0, 7*time.Second
	e := scenarios.Expect{
		ID: "x", Level: scenarios.LevelShould, Across: "share", Equals: &two, Tolerance: 0.5, Since: &since,
		Observable: scenarios.Observable{Metric: "a", Where: []scenarios.Label{{Key: "to", Values: []string{"DEAD"}, Not: true}}},
		Minus:      &scenarios.Observable{Metric: "b"}, Ratio: &scenarios.Observable{Metric: "c"},
	}
	c := claim(&e)
	switch {
	case c.Level != judge.Should, c.Across != judge.AcrossShare:
		t.Error("level or across", c.Level, c.Across)
	case c.Equals == nil || *c.Equals != 2 || c.Tolerance != 0.5:
		t.Error("equals", c.Equals, c.Tolerance)
	case c.Since == nil || c.Since.Offset != since:
		t.Error("since", c.Since)
	case c.Minus.Metric != "b" || c.Ratio.Metric != "c":
		t.Error("other metrics")
	case len(c.Where["to_not"]) != 1:
		t.Error("a negated label", c.Where)
	}
}

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
