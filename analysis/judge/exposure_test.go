package judge

import (
	"math"
	"testing"

	"hypersim/scenarios/claim"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// A rate is over the hours of those it is about: observers by class, site, role, group or name; or subjects, where it says
// nothing of observers.
func TestNodeHours(t *testing.T) {
	r := run()
	h := func(n core.NodeID, from, to float64, c metrics.Class) metrics.Life {
		return metrics.Life{Node: n, From: sec(3600 * from), To: sec(3600 * to), Class: c}
	}
	r.GroupNames = []string{"", "flat"}
	r.Lives = []metrics.Life{h(0, 0, 1, metrics.Healthy), h(0, 1, 3, metrics.Impaired), h(1, 0, 10, metrics.Healthy), h(2, 0, 4, metrics.Healthy), h(2, 6, 10, metrics.Healthy)}
	for _, c := range []struct {
		where claim.Where
		hours float64
	}{
		{nil, 21},
		{claim.Where{"class": {"impaired"}}, 2},
		{claim.Where{"class_not": {"impaired"}}, 19},
		{claim.Where{"observer_site": {"a"}}, 3},
		{claim.Where{"observer_role": {"manager"}, "class": {"healthy"}}, 11},
		{claim.Where{"observer": {"b/manager/0"}}, 10},
		{claim.Where{"role": {"worker"}}, 8},
		{claim.Where{"site": {"b"}}, 18},
		{claim.Where{"subject": {"b/worker/0"}}, 8},
		{claim.Where{"group": {"flat"}}, 21},
		{claim.Where{"role": {"worker"}, "class": {"healthy"}}, 19}, // of the observers who might say so
		{claim.Where{"to": {"DEAD"}, "path": {"gossip"}}, 21},
	} {
		if have := NodeHours(c.where, words.FalsePositives, r, metrics.Span{From: 0, To: sec(36000)}); math.Abs(have-c.hours) > 1e-9 {
			t.Errorf("%v: %v node-hours, want %v", c.where, have, c.hours)
		}
	}
	if have := NodeHours(nil, words.FalsePositives, r, metrics.Span{From: sec(1800), To: sec(2 * 3600)}); have != 4.5 {
		t.Errorf("part of the run: %v node-hours, want 4.5", have)
	}
}
