package routing

import (
	"testing"
	"unsafe"

	"hypersim/core"
	"hypersim/core/job"
)

func TestSizesAreTrue(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want uintptr
	}{
		{"router", unsafe.Sizeof(Router{}), routerBytes}, {"site", unsafe.Sizeof(site{}), siteBytes}, {"manager", unsafe.Sizeof(manager{}), managerBytes},
		{"state", unsafe.Sizeof(state{}), stateBytes}, {"pair", unsafe.Sizeof(pair{}), pairBytes}, {"record", unsafe.Sizeof(Record{}), recordBytes},
		{"candidate", unsafe.Sizeof(Candidate{}), candidateBytes}, {"fact", unsafe.Sizeof(core.JobFact{}), factBytes}, {"due", unsafe.Sizeof(due{}), dueBytes},
	} {
		if x.have != x.want {
			t.Errorf("a %s is %d bytes, the constant says %d", x.what, x.have, x.want)
		}
	}
}

// Decisions, reservations and ticks allocate nothing once the rings are full.
func TestDecisionsDoNotAllocate(t *testing.T) {
	for _, policy := range []Policy{Learned, Nearest, Random, LeastLoaded, TwoChoices} {
		b := newBench(8, func(c *Config) { c.Routing.Policy, c.Routing.Ring, c.Routing.Spread = policy, 16, 0.2 })
		now := core.Instant(0)
		var fx core.Effects
		var to []core.NodeID
		id := job.ID(1)
		step := func() {
			now += second / 10
			b.hearSite(now, int(id)%8)
			q := Query{Job: id, Count: 2, Preferred: []uint16{3}}
			c := b.Route(now, &q)
			for _, site := range c.Primary {
				b.Reserve(now, id, site, 4, 1)
				to = b.Managers(now, site, id, to[:0])
				b.Accepted(now, id, site, to[0], job.Load{Cores: 64, CoresAvailable: 60})
			}
			q.Trigger = TriggerTick
			b.Route(now, &q)
			if id > 100 {
				b.End(id - 100)
			}
			id++
			if now >= b.next {
				b.Wake(now)
			}
			b.Tell(&fx)
			fx.Reset()
		}
		for range 2000 {
			step()
		}
		if n := testing.AllocsPerRun(2000, step); n > 0 {
			t.Errorf("%s: %v allocations a decision", policy, n)
		}
		if have, most := b.MemoryBytes(), 120_000; have > most {
			t.Errorf("%s: %d bytes", policy, have)
		}
	}
}

// A job leaves nothing behind when it ends.
func TestJobsLeaveNothingBehind(t *testing.T) {
	b := newBench(5, nil)
	for id := job.ID(1); id <= 300; id++ {
		c := b.Route(second, &Query{Job: id, Count: 3})
		for _, site := range c.Primary {
			b.Reserve(second, id, site, 1, 1)
		}
		b.Failed(second, id, 4, true)
	}
	b.Sweep(4000*second, func(id job.ID) bool { return id <= 100 })
	if b.Jobs() != 100 {
		t.Errorf("%d jobs after the sweep", b.Jobs())
	}
	for id := job.ID(1); id <= 300; id++ {
		b.End(id)
	}
	for i := range b.sites {
		if c, q := b.Reserved(uint16(i)); c != 0 || q != 0 || b.sites[i].held != 0 {
			t.Errorf("%d cores and %d workflows are reserved for nobody", c, q)
		}
	}
	if b.Jobs() != 0 || len(b.states.idle) != len(b.states.slab) || len(b.states.spare) != len(b.states.pairs) {
		t.Errorf("%d jobs, %d of %d states and %d of %d pairs free", b.Jobs(), len(b.states.idle), len(b.states.slab), len(b.states.spare), len(b.states.pairs))
	}
}
