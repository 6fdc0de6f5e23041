package world

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/check"
)

// Who has a coordinate is its own configuration's to say, and nobody is accused of having none where one has none.
func TestCoordinatesByRole(t *testing.T) {
	for _, c := range []struct {
		set             string
		manager, worker bool
	}{
		{"protocol.vivaldi.workers=false", true, false},
		{"protocol.role.worker.vivaldi.workers=true", true, true},
		{"protocol.role.manager.vivaldi.enabled=false", false, false},
	} {
		sc := jobbed(t, "", c.set)
		w := build(t, sc)
		checker := check.New(Judged(sc, w))
		w.opt.Sinks = append(w.opt.Sinks, checker)
		w.Run(seconds(30))
		w.Finish()
		for _, v := range checker.Violations() {
			t.Errorf("%s: %v: %s", c.set, v.Invariant, v.What)
		}
		for i := range sc.Nodes {
			var x core.Coord
			want := c.manager
			if sc.Nodes[i].Role == core.RoleWorker {
				want = c.worker
			}
			if w.Coord(core.NodeID(i), &x); (x.Dims != 0) != want {
				t.Errorf("%s: %s has a coordinate: %v", c.set, sc.Nodes[i].Name, !want)
			}
		}
	}
}
