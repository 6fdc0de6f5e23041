package routing

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/job"
	"hypersim/core/registry"
)

const second = core.Instant(time.Second)

func at(s float64) core.Instant { return core.Instant(core.Seconds(s)) }

// ways is a gate for which every manager is as far away as it says, in ms, with the given quality.
type ways struct {
	bound, quality map[core.NodeID]float64
	local          Local
}

func (w *ways) Distance(_ core.Instant, id core.NodeID) Distance {
	ms, ok := w.bound[id]
	if !ok {
		return Distance{Bound: 200}
	}
	q, ok := w.quality[id]
	if !ok {
		q = 1
	}
	return Distance{Known: true, RTT: ms, Bound: ms, Quality: q}
}

func (w *ways) Local(core.Instant) Local { return w.local }

func (*ways) Measured() (sigmas, floor float64) { return 2, 1 }

// bench is a router with its world: so many datacenters, each with three managers, the first of which leads.
type bench struct {
	*Router
	ways *ways
	beat []registry.ManagerBeat
	cfg  Config
}

func newBench(n int, set func(*Config)) *bench {
	b := &bench{ways: &ways{bound: map[core.NodeID]float64{}, quality: map[core.NodeID]float64{}, local: Local{Known: true, Samples: 50, Error: 1, Quality: 1}}, cfg: Default()}
	if set != nil {
		set(&b.cfg)
	}
	var sites []Site
	for i := range n {
		id := core.NodeID(10 * i)
		sites = append(sites, Site{uint16(i), []core.NodeID{id, id + 1, id + 2}})
	}
	b.Router = New(Params{Config: &b.cfg, Self: 999, Seed: 1, Key: 2, Sites: sites, Distances: b.ways})
	for i := range n {
		b.ways.bound[core.NodeID(10*i)] = 50
		b.beat = append(b.beat, registry.ManagerBeat{
			Site: uint16(i), State: registry.StateActive, Term: 1, Workers: 4, WorkersHealthy: 4, Quorum: true, AcceptingJobs: true,
			Load: job.Load{Cores: 64, CoresAvailable: 64},
		})
		b.Router.Ready(0, uint16(i), true)
		b.Router.Reach(0, uint16(i), core.ReachReachable)
	}
	b.hear(0)
	return b
}

// hear lets all managers say what they have to say.
func (b *bench) hear(now core.Instant) {
	for i := range b.beat {
		b.hearSite(now, i)
	}
}

func (b *bench) hearSite(now core.Instant, i int) {
	for k := range 3 {
		beat := b.beat[i]
		beat.Leads = k == 0
		b.Heard(now, core.NodeID(10*i+k), &beat)
	}
}

func (b *bench) distance(site int, ms float64) { b.ways.bound[core.NodeID(10*site)] = ms }

func (b *bench) free(site int, cores uint32) { b.beat[site].Load.CoresAvailable = cores }

func TestNearestFirstWithinItsClass(t *testing.T) {
	b := newBench(3, nil)
	b.distance(0, 80)
	b.distance(1, 20)
	c := b.Route(second, &Query{Job: 1, Count: 2})
	if !slices.Equal(c.Primary, []uint16{1, 2}) || !slices.Equal(c.Fallback, []uint16{0}) || len(c.Extended) != 0 {
		t.Errorf("%+v", c)
	}
	b.free(1, 0) // a full datacenter comes after all that have room, however near it is
	b.hear(second)
	if c = b.Route(second, &Query{Job: 2}); !slices.Equal(c.Primary, []uint16{2}) || !slices.Equal(c.Fallback, []uint16{0, 1}) {
		t.Errorf("%+v", c)
	}
	if c = b.Route(second, &Query{Job: 2, Count: 3}); !slices.Equal(c.Primary, []uint16{2, 0}) || !slices.Equal(c.Extended, []uint16{1}) {
		t.Errorf("%+v", c)
	}
}

func TestWhatCannotTakeAJobIsNotNamed(t *testing.T) {
	b := newBench(3, nil)
	b.Reach(second, 1, core.ReachUnreachable)
	b.Reach(second, 2, core.ReachSuspected)
	c := b.Route(second, &Query{Job: 1})
	if !slices.Equal(c.Primary, []uint16{0}) || !slices.Equal(c.Fallback, []uint16{2}) {
		t.Errorf("%+v", c)
	}
	d := b.Decision(c.Decision)
	if x := d.Find(1); x.Exclusion != ExUnhealthy || x.Verdict != Excluded || x.Why != ReasonUnreachable {
		t.Errorf("%+v", x)
	}
	if c = b.Route(second, &Query{Job: 2, Exclude: []uint16{0, 2}}); c.Unroutable != NoUsable || len(c.Primary) > 0 {
		t.Errorf("%+v", c)
	}
	b.Ready(second, 1, false)
	if c = b.Route(second, &Query{Job: 2, Exclude: []uint16{0, 2}}); c.Unroutable != Initializing {
		t.Errorf("%+v", c)
	}
	if c = b.Route(31*second, &Query{Job: 1}); c.Unroutable != Initializing {
		t.Errorf("nobody was heard for 31 s: %+v", c)
	}
}

// At a gate, any message of a manager is a success, and a failure is a probe that ran out or a fault of transport; an answer that does not
// come in time is neither (01-54). The breaker counts all of them (spec 30 §4.9).
func TestWhatCountsAgainstLiveness(t *testing.T) {
	for _, v := range []struct {
		what string
		do   func(b *bench, id core.NodeID)
		live bool
		open bool
	}{
		{"a fault of transport", func(b *bench, id core.NodeID) { b.Called(second, id, Fault) }, false, true},
		{"no answer in time", func(b *bench, id core.NodeID) { b.Called(second, id, Silent) }, true, true},
		{"a probe that ran out", func(b *bench, id core.NodeID) { b.Unanswered(second, id) }, false, false},
		{"a refusal", func(b *bench, id core.NodeID) { b.Called(second, id, Refused) }, true, false},
	} {
		b := newBench(1, nil)
		for id := range core.NodeID(3) {
			for range 3 {
				v.do(b, id)
			}
		}
		x := &b.sites[0]
		if have := b.look(second, x).Alive; have != map[bool]int{true: 3}[v.live] {
			t.Errorf("three times %s: %d managers live", v.what, have)
		}
		if b.Allow(second, 1) == v.open {
			t.Errorf("three times %s: the breaker is open %v", v.what, !v.open)
		}
	}
}

// Each rule of spec 30 §4.3 excludes, and is named.
func TestExclusions(t *testing.T) {
	for _, v := range []struct {
		want Exclusion
		do   func(b *bench)
	}{
		{ExInitializing, func(b *bench) { b.Ready(second, 0, false) }},
		{ExUnhealthy, func(b *bench) { b.Reach(second, 0, core.ReachUnreachable) }},
		{ExVersion, func(b *bench) {
			for id := range core.NodeID(3) {
				b.Incompatible(id)
			}
		}},
		{ExBreakers, func(b *bench) {
			for id := range core.NodeID(3) {
				for range 3 {
					b.Called(second, id, Fault)
				}
				b.Signed(second, id) // they are there, though calls fail
			}
		}},
		{ExStale, func(b *bench) {
			for now := second; now < 62*second; now += second {
				for id := range core.NodeID(3) {
					b.Signed(now, id) // they are there, and say nothing of themselves
				}
				b.hearSite(now, 1)
			}
		}},
		{ExJob, nil},
	} {
		b := newBench(2, nil)
		q := Query{Job: 1}
		now := second
		if v.do != nil {
			v.do(b)
		} else {
			q.Exclude = []uint16{0}
		}
		if v.want == ExStale {
			now = 61 * second
		}
		c := b.Route(now, &q)
		if x := b.Decision(c.Decision).Find(0); x.Exclusion != v.want || !slices.Equal(c.Primary, []uint16{1}) || len(c.Fallback) > 0 {
			t.Errorf("%v: %v, %+v", v.want, x.Exclusion, c)
		}
	}
}

// A gate that has too much to do refuses heartbeats, for minutes if need be; answers to its probes are CONTROL and say as much of
// a datacenter's load. With either it is no stranger.
func TestProbesKeepADatacenterKnown(t *testing.T) {
	b := newBench(1, nil)
	for now := second; now < 200*second; now += second {
		b.Acked(now, 0, &federated.SiteReport{Workers: 4, WorkersHealthy: 4, Cores: 64, CoresAvailable: 60, Counter: uint64(now)}, 50e6)
		if why := b.Routable(now, nil); why != Routable {
			t.Fatalf("%d s after the last heartbeat: %v", now/second, why)
		}
	}
	for now := 200 * second; now < 262*second; now += second {
		b.Acked(now, 0, &federated.SiteReport{Workers: 4, WorkersHealthy: 4}, 50e6) // it knows of no cores
	}
	if b.Routable(262*second, nil) == Routable {
		t.Error("nobody has said anything of its load for more than a minute")
	}
}

func TestManagersOfADatacenter(t *testing.T) {
	b := newBench(1, func(c *Config) { c.Routing.Managers = 3 })
	b.ways.bound[1], b.ways.bound[2] = 90, 70
	if have := b.Managers(second, 0, 1, nil); !slices.Equal(have, []core.NodeID{0, 2, 1}) {
		t.Errorf("the leader, then by distance: %v", have)
	}
	b.Accepted(second, 1, 0, 1, job.Load{})
	if have := b.Managers(second, 0, 1, nil); !slices.Equal(have, []core.NodeID{1, 0, 2}) {
		t.Errorf("who accepted the job before comes first: %v", have)
	}
	if have := b.Managers(second, 0, 2, nil); !slices.Equal(have, []core.NodeID{0, 2, 1}) {
		t.Errorf("of that job only: %v", have)
	}
	beat := b.beat[0]
	beat.AcceptingJobs = false
	b.Heard(second, 2, &beat)
	for range 3 {
		b.Called(second, 0, Fault)
	}
	if have := b.Managers(second, 0, 2, nil); !slices.Equal(have, []core.NodeID{1}) {
		t.Errorf("one drains and one fails: %v", have)
	}
	slow := b.beat[0]
	slow.Waiting, slow.Throughput, slow.Expected = 10, 1, 2
	b.Heard(second, 1, &slow)
	b.Heard(second, 2, &b.beat[0])
	if have := b.Managers(second, 0, 2, nil); !slices.Equal(have, []core.NodeID{2, 1}) {
		t.Errorf("one without blame first: %v", have)
	}
	b.cfg.Routing.Managers = 1
	if have := b.Managers(second, 0, 1, nil); !slices.Equal(have, []core.NodeID{1}) {
		t.Errorf("at most one: %v", have)
	}
}

func TestWaitsOfAttempts(t *testing.T) {
	b := newBench(1, nil)
	for _, v := range []struct{ ms, want float64 }{{50, 1}, {500, 1.5}, {5000, 5}} {
		b.distance(0, v.ms)
		if have := b.Wait(0, 0); have != core.Seconds(v.want) {
			t.Errorf("%v ms away: %v", v.ms, have)
		}
	}
}

// A client that names datacenters rules all others out, however near and whatever becomes of those that it named; the preference does not.
func TestOnlyTheNamed(t *testing.T) {
	b := newBench(3, nil)
	b.ways.bound[0] = 10 // a fifth of what the others are
	if c := b.Route(second, &Query{Job: 1, Preferred: []uint16{2}}); !slices.Equal(c.Primary, []uint16{0}) {
		t.Errorf("preferred: %+v", c)
	}
	c := b.Route(second, &Query{Job: 2, Only: []uint16{1, 2}, Preferred: []uint16{2}})
	if !slices.Equal(c.Primary, []uint16{2}) || !slices.Equal(c.Fallback, []uint16{1}) {
		t.Errorf("only: %+v", c)
	}
	if x := b.Decision(c.Decision).Find(0); x.Exclusion != ExJob || x.Verdict != Excluded {
		t.Errorf("%+v", x)
	}
	b.Reach(second, 1, core.ReachUnreachable)
	b.Ready(second, 0, false) // no reason to wait: the job may not run there
	if c = b.Route(second, &Query{Job: 3, Only: []uint16{1}}); c.Unroutable != NoUsable {
		t.Errorf("only one that is gone: %+v", c)
	}
}

// A datacenter is registered as soon as its managers are; as long as none of them has said that it takes jobs nobody there can be asked, and a
// job has to wait. One that has begun and takes none now is only worse than others.
func TestRegisteredIsNotReady(t *testing.T) {
	b := newBench(2, nil)
	fresh := New(Params{Config: &b.cfg, Self: 999, Seed: 1, Key: 2, Sites: b.p.Sites, Distances: b.ways})
	b.Router = fresh
	for i := range 2 {
		b.Ready(second, uint16(i), true)
		b.Reach(second, uint16(i), core.ReachReachable)
		b.beat[i].AcceptingJobs = false
	}
	b.hear(second)
	if c := b.Route(second, &Query{Job: 1}); c.Unroutable != Initializing || b.Routable(second, nil) != Initializing {
		t.Errorf("nobody takes jobs yet: %+v", c)
	}
	b.beat[1].AcceptingJobs = true
	b.hear(6 * second)
	if c := b.Route(6*second, &Query{Job: 2}); !slices.Equal(c.Primary, []uint16{1}) || len(c.Fallback) > 0 {
		t.Errorf("one does: %+v", c)
	}
	if b.Routable(6*second, []uint16{0}) != Initializing || b.Routable(6*second, []uint16{1}) != Routable {
		t.Error("what may run in one datacenter alone has to wait for that one")
	}
	b.beat[1].AcceptingJobs = false
	b.hear(11 * second)
	if c := b.Route(11*second, &Query{Job: 3}); !slices.Equal(c.Primary, []uint16{1}) || b.Decision(c.Decision).Best != Degraded {
		t.Errorf("it does no more: %+v", c)
	}
}

// A datacenter that has accepted a job is out for its further places, for no fault of its own: no switch, and no cooldown.
func TestOwnDatacentersDoNotCool(t *testing.T) {
	b := newBench(3, nil)
	c := b.Route(second, &Query{Job: 1, Count: 2})
	if !slices.Equal(c.Primary, []uint16{0, 1}) {
		t.Fatalf("%+v", c)
	}
	b.Accepted(second, 1, 0, 0, job.Load{})
	c = b.Route(2*second, &Query{Job: 1, Trigger: TriggerTick, Count: 1, Exclude: []uint16{0}, Has: []uint16{0}})
	if d := b.Decision(c.Decision); d == nil || d.Reason != InitialSelection || d.Previous != -1 || !slices.Equal(c.Primary, []uint16{1}) {
		t.Errorf("%+v of %+v", d, c)
	}
	if left := b.states.cooling(2*second, b.states.at(b.states.find(1)), 0); left != 0 {
		t.Errorf("the datacenter that took the job cools for %v", left)
	}
}

// A gate that stood still heard nobody, which is no silence of managers: their word counts as if it had come that much later.
func TestAGateThatStoodStill(t *testing.T) {
	b := newBench(2, nil)
	b.run(1, 10, func(int) bool { return true })
	b.Wake(80 * second) // 69 s after the tick that was due
	if class, why := b.ClassOf(0); class != Healthy {
		t.Errorf("%v for %v", class, why)
	}
	if c := b.Route(80*second, &Query{Job: 1}); len(c.Primary) == 0 {
		t.Errorf("%+v", c)
	}
}

// A gate that starts anew where a datacenter has lost its workers takes it for what it is, once none has come for as long as a worker may be
// silent: DEGRADED if its managers know workers, none of them fit, UNHEALTHY if they know none. In a cold start they are on their way, and a
// job has to wait (ADR-0043).
func TestAFreshGateAndMissingWorkers(t *testing.T) {
	b := newBench(2, nil)
	b.Router = New(Params{Config: &b.cfg, Self: 999, Seed: 1, Key: 2, Sites: b.p.Sites, Distances: b.ways})
	b.beat[0].WorkersHealthy, b.beat[1].Workers, b.beat[1].WorkersHealthy = 0, 0, 0
	for i := range 2 {
		b.Ready(second, uint16(i), true)
		b.Reach(second, uint16(i), core.ReachReachable)
	}
	for now := second; now <= 31*second; now += 5 * second {
		b.hear(now)
		unfit, want := Initializing, Initializing
		if now == 31*second {
			unfit, want = Routable, NoUsable
		}
		if got := b.Routable(now, []uint16{0}); got != unfit {
			t.Errorf("%v: workers that are not fit: %v, want %v", now, got, unfit)
		}
		if got := b.Routable(now, []uint16{1}); got != want {
			t.Errorf("%v: no workers: %v, want %v", now, got, want)
		}
	}
	c := b.Route(31*second, &Query{Job: 1})
	if x := b.Decision(c.Decision).Find(1); x.Why != ReasonNoWorkers || x.Exclusion != ExUnhealthy {
		t.Errorf("%+v", x)
	}
}
