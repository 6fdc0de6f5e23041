package routing

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// flat is a gate for which every manager is so far away, in ms.
type flat map[core.NodeID]float64

func (f flat) Distance(_ core.Instant, id core.NodeID) Distance {
	rtt, ok := f[id]
	return Distance{Known: ok, RTT: rtt, Samples: 50}
}

func (flat) Local(core.Instant) Local { return Local{Known: true, Samples: 50, Error: 1} }

const second = core.Instant(time.Second)

func threeSites() *Router {
	r := New(Params{
		Sites:     []Site{{0, []core.NodeID{0, 1, 2}}, {1, []core.NodeID{10, 11, 12}}, {2, []core.NodeID{20, 21, 22}}},
		Distances: flat{0: 80, 10: 20, 20: 50},
	})
	for i, s := range r.sites {
		r.Ready(0, s.id, true)
		r.Reach(0, s.id, core.ReachReachable)
		for k, id := range s.members {
			r.Heard(0, id, &registry.ManagerBeat{Site: uint16(i), Leads: k == 0, Term: 1, Workers: 4, WorkersHealthy: 4, Load: job.Load{Cores: 32, CoresAvailable: 8}})
		}
	}
	return r
}

func TestNearestFirstWithinItsClass(t *testing.T) {
	r := threeSites()
	c := r.Route(second, &Query{Job: 1, Count: 2})
	if !slices.Equal(c.Primary, []uint16{1, 2}) || !slices.Equal(c.Fallback, []uint16{0}) || len(c.Extended) != 0 {
		t.Errorf("%+v", c)
	}
	full := registry.ManagerBeat{Site: 1, Leads: true, Term: 1, Workers: 4, WorkersHealthy: 4, Load: job.Load{Cores: 32}}
	r.Heard(second, 10, &full) // a full datacenter comes after all that have room, however near it is
	if c = r.Route(second, &Query{Job: 1}); !slices.Equal(c.Primary, []uint16{2}) || !slices.Equal(c.Fallback, []uint16{0, 1}) {
		t.Errorf("%+v", c)
	}
	if c = r.Route(second, &Query{Job: 1, Count: 3}); !slices.Equal(c.Primary, []uint16{2, 0}) || !slices.Equal(c.Extended, []uint16{1}) {
		t.Errorf("%+v", c)
	}
}

func TestWhatCannotTakeAJobIsNotNamed(t *testing.T) {
	r := threeSites()
	r.Reach(second, 1, core.ReachUnreachable)
	r.Reach(second, 2, core.ReachSuspected)
	c := r.Route(second, &Query{Job: 1})
	if !slices.Equal(c.Primary, []uint16{0}) || !slices.Equal(c.Fallback, []uint16{2}) {
		t.Errorf("%+v", c)
	}
	if c = r.Route(second, &Query{Job: 1, Exclude: []uint16{0, 2}}); c.Unroutable != NoUsable || c.Primary != nil {
		t.Errorf("%+v", c)
	}
	r.Ready(second, 1, false)
	if c = r.Route(second, &Query{Job: 1, Exclude: []uint16{0, 2}}); c.Unroutable != Initializing {
		t.Errorf("%+v", c)
	}
	if c = r.Route(31*second, &Query{Job: 1}); c.Unroutable != Initializing {
		t.Errorf("nobody was heard for 31 s: %+v", c)
	}
}

func TestTheLeaderIsAskedFirst(t *testing.T) {
	r := threeSites()
	beat := registry.ManagerBeat{Site: 1, Leads: true, Term: 2, Workers: 4, WorkersHealthy: 4, Load: job.Load{Cores: 32, CoresAvailable: 8}}
	r.Heard(second, 11, &beat)
	if have := r.Managers(second, 1, 1, nil); !slices.Equal(have, []core.NodeID{11, 10, 12}) {
		t.Errorf("%v", have)
	}
}
