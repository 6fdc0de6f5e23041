package registry

import (
	"testing"
	"time"
	"unsafe"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/rng"
)

const ms = core.Instant(time.Millisecond)

// desk is a gate with two datacenters: of managers 10, 11, 12 and of manager 20.
type desk struct {
	t   *testing.T
	s   Sites
	fx  core.Effects
	cfg job.Register
	ver uint64
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, cfg: job.Default().Register}
	d.s.Init(&d.cfg, [][]core.NodeID{{10, 11, 12}, {20}})
	return d
}

func (d *desk) register(at core.Instant, id core.NodeID, instance uint32) call.Code {
	d.run(at)
	d.ver++
	b := &ManagerRegistration{}
	b.Node, b.Role, b.Instance, b.Version = id, core.RoleManager, instance, d.ver
	if id == 20 {
		b.NodeInfo.Site = 1
	}
	return d.s.Register(at, id, b, &d.fx).Code
}

func (d *desk) beat(at core.Instant, id core.NodeID, instance uint32) call.Code {
	d.run(at)
	d.ver++
	c, _ := d.s.Hear(at, id, instance, &ManagerBeat{Version: d.ver}, &d.fx)
	return c
}

func (d *desk) run(until core.Instant) {
	for {
		at, ok := d.s.Deadline()
		if !ok || at > until {
			return
		}
		d.s.Wake(at, &d.fx)
		if next, ok := d.s.Deadline(); ok && next <= at {
			d.t.Fatalf("due at %v again", at)
		}
	}
}

func (d *desk) is(at core.Instant, site uint16, want SiteState) {
	d.t.Helper()
	d.run(at)
	if got := d.s.State(site); got != want {
		d.t.Errorf("at %v datacenter %d is %v, want %v", at, site, got, want)
	}
}

// The five states of spec 20 §1.3, each entered as its row says.
func TestSiteStates(t *testing.T) {
	d := newDesk(t)
	d.is(0, 0, SiteAwaiting)
	d.register(0, 10, 1)
	d.is(0, 0, SiteInitializing)
	d.register(1000*ms, 11, 1)
	d.is(1000*ms, 0, SiteReady)
	d.is(1000*ms, 1, SiteAwaiting)

	// Heartbeats every 5 s are expected: fresh for 15 s from the last. 10 falls silent, then 11.
	d.beat(6000*ms, 11, 1)
	d.is(15000*ms, 0, SiteReady)
	d.is(15000*ms+1, 0, SitePartial)
	d.is(100000*ms, 0, SitePartial) // none is fresh, and nothing changes (01-25)
	if !d.s.Stale(100000*ms, 0) {
		t.Error("it is not stale")
	}
	d.s.Reach(100000*ms, 0, core.ReachSuspected, &d.fx)
	d.is(100000*ms, 0, SitePartial)
	d.s.Reach(100000*ms, 0, core.ReachUnreachable, &d.fx)
	d.is(100000*ms, 0, SiteUnavailable)
	d.s.Reach(101000*ms, 0, core.ReachReachable, &d.fx)
	d.is(101000*ms, 0, SiteUnavailable) // until one is fresh
	d.beat(102000*ms, 12, 1)            // not registered: does not count
	d.is(102000*ms, 0, SiteUnavailable)
	d.beat(103000*ms, 10, 1)
	d.is(103000*ms, 0, SitePartial)
	d.register(104000*ms, 12, 1)
	d.is(104000*ms, 0, SiteReady)
	var seen []SiteState
	for _, f := range d.fx.JobFacts {
		seen = append(seen, SiteState(f.To))
	}
	want := []SiteState{SiteInitializing, SiteReady, SitePartial, SiteUnavailable, SitePartial, SiteReady}
	if len(seen) != len(want) {
		t.Fatalf("told %v", seen)
	}
	for i := range want {
		if seen[i] != want[i] {
			t.Errorf("told %v", seen)
		}
	}
}

// A majority that was never fresh at once does not make a datacenter READY, and it is not PARTIAL before it was READY.
func TestInitializing(t *testing.T) {
	d := newDesk(t)
	d.register(0, 10, 1)
	d.is(15000*ms+1, 0, SiteInitializing)
	d.register(16000*ms, 11, 1)
	d.is(16000*ms, 0, SiteInitializing)
	d.s.Reach(16000*ms, 0, core.ReachUnreachable, &d.fx)
	d.is(16000*ms, 0, SiteInitializing) // one is fresh
	d.is(40000*ms, 0, SiteUnavailable)
}

// Only READY and PARTIAL take jobs.
func TestTakesJobs(t *testing.T) {
	for s := range SiteState(NumSiteStates) {
		if want := s == SiteReady || s == SitePartial; s.TakesJobs() != want {
			t.Errorf("%v takes jobs: %v", s, s.TakesJobs())
		}
	}
}

// The expected wait follows the waits that were seen, by a fifth each time, and is never below its floor.
func TestFreshness(t *testing.T) {
	c := job.Default().Register
	var p Pulse
	p.hear(0, &c, 1, 1)
	for _, x := range []struct {
		at    core.Instant
		until time.Duration
	}{
		{5000 * ms, 20 * time.Second},               // 5 s
		{15000 * ms, 33 * time.Second},              // 6 s
		{15100 * ms, 29560 * time.Millisecond},      // 4.82 s
		{15100*ms + 1, 26668 * time.Millisecond},    // 3.856 s
		{15100*ms + 2, 24354400 * time.Microsecond}, // 3.0848 s
	} {
		p.hear(x.at, &c, 1, p.Version+1)
		if got := time.Duration(p.until(&c)); (got - x.until).Abs() > 10*time.Nanosecond {
			t.Errorf("heard at %v: fresh until %v, want %v", x.at, got, x.until)
		}
	}
	for range 100 {
		p.hear(p.At+1, &c, 1, p.Version+1)
	}
	if got := p.until(&c).Sub(p.At); got != 3*time.Second {
		t.Errorf("with heartbeats without a wait fresh for %v", got)
	}
	if p.fresh(p.At+3000*ms, &c) != true || p.fresh(p.At+3000*ms+1, &c) {
		t.Error("≤ is literal")
	}
}

// A version that is not greater is ignored, an older process is refused, a newer one begins anew and has to register.
func TestVersionsAndGenerations(t *testing.T) {
	d := newDesk(t)
	if c := d.register(0, 10, 2); c != call.CodeOK {
		t.Error(c)
	}
	if c := d.register(0, 10, 2); c != call.CodeDuplicate {
		t.Error(c)
	}
	if c := d.register(0, 10, 1); c != call.CodeStaleFence {
		t.Error(c)
	}
	if c := d.register(0, 99, 1); c != call.CodeRoleDenied {
		t.Error(c)
	}
	c, news := d.s.Hear(10000*ms, 10, 2, &ManagerBeat{Version: 1}, &d.fx)
	if c != call.CodeOK || news || d.s.Manager(10).At != 0 {
		t.Errorf("an old version: %v, %v", c, news)
	}
	if c, news = d.s.Hear(10000*ms, 10, 1, &ManagerBeat{Version: 100}, &d.fx); c != call.CodeStaleFence || news {
		t.Errorf("an old process: %v, %v", c, news)
	}
	d.beat(11000*ms, 10, 2)
	if c, news = d.s.Hear(12000*ms, 10, 3, &ManagerBeat{Version: 1}, &d.fx); c != call.CodeRoleDenied || !news {
		t.Errorf("a new process: %v, %v", c, news)
	}
	if m := d.s.Manager(10); m.Registered || m.Version != 1 || m.every != 5*time.Second {
		t.Errorf("it is %+v", m)
	}
	if c := d.register(12000*ms, 10, 3); c != call.CodeOK {
		t.Error(c)
	}
}

// In a formed start all datacenters are READY, and the first managers lead.
func TestFormed(t *testing.T) {
	d := newDesk(t)
	d.s.Form(0, &d.fx)
	d.is(0, 0, SiteReady)
	d.is(0, 1, SiteReady)
	if l := d.s.Leader(0); l != 10 {
		t.Errorf("%v leads", l)
	}
	d.s.Hear(1000*ms, 12, 1, &ManagerBeat{Version: 1, Leads: true, Term: 4}, &d.fx)
	if l := d.s.Leader(0); l != 12 {
		t.Errorf("%v leads", l)
	}
	d.run(30000 * ms)
	d.is(30000*ms, 1, SiteReady) // its only manager is silent, the gate says nothing
	d.s.Sweep(901000*ms, &d.fx)
	if d.s.Manager(20).Registered || d.s.Leader(0) != core.NoNode {
		t.Error("the dead are kept")
	}
}

func TestGates(t *testing.T) {
	c := job.Default().Register
	var g Gates
	g.Init(&c, []core.NodeID{1, 2, 3})
	g.Form(0)
	if !g.Healthy(15000*ms, 2) || g.Healthy(15000*ms+1, 2) || g.Leader(0) != 1 {
		t.Error("formed")
	}
	if news, newer := g.Hear(20000*ms, 2, 2, &GateHeartbeat{Version: 1, State: StateSyncing}); !news || !newer {
		t.Error("a new process")
	}
	if g.Healthy(20000*ms, 2) || !g.Fresh(20000*ms, 2) {
		t.Error("SYNCING is fresh, and does not take jobs")
	}
	g.Hear(20000*ms, 2, 2, &GateHeartbeat{Version: 2, State: StateActive, Leads: true, Term: 3})
	if !g.Healthy(20000*ms, 2) || g.Leader(20000*ms) != 2 {
		t.Error("it is ACTIVE and leads")
	}
	if newer, ok := g.Registered(21000*ms, &GateRegistration{NodeInfo: NodeInfo{Node: 2, Instance: 1}}); newer || ok {
		t.Error("an old process")
	}
	if newer, ok := g.Registered(21000*ms, &GateRegistration{NodeInfo: NodeInfo{Node: 3, Instance: 2}, State: StateActive}); !newer || !ok {
		t.Error("a new process registers")
	}
	g.Sweep(130000 * ms)
	if ids := g.IDs(nil); len(ids) != 3 || ids[0] != 2 || ids[1] != 3 || ids[2] != 1 {
		t.Errorf("the dead go last: %v", ids)
	}
}

// pops returns what is due at now.
func pops(l *Links, now core.Instant) (list []Due) {
	for {
		d, ok := l.Pop(now)
		if !ok {
			return list
		}
		list = append(list, d)
	}
}

func TestLinks(t *testing.T) {
	c := job.Default().Register
	var l Links
	l.Init(&c, []core.NodeID{1, 2}, c.ManagerBeat, rng.New(1, "heartbeat", 1, 1))
	l.Begin(0, false)
	if got := pops(&l, 0); len(got) != 2 || !got[0].Register || !got[1].Register {
		t.Fatalf("at first %v", got)
	}
	if _, ok := l.Deadline(); ok {
		t.Error("something is due although both are on their way")
	}
	l.Accepted(100*ms, 1)
	l.Failed(200*ms, 2)
	if !l.Registered(1) || l.Registered(2) {
		t.Error("registered")
	}
	if got := pops(&l, 4600*ms-1); len(got) != 0 {
		t.Errorf("too early %v", got)
	}
	if got := pops(&l, 5600*ms); len(got) != 2 && len(got) != 1 || got[0] != (Due{Node: 1}) {
		t.Errorf("then %v", got)
	}
	pops(&l, 6200*ms) // WORKER_REGISTER_RETRY + U(0, 1)
	l.Accepted(6300*ms, 2)
	if !l.Registered(2) {
		t.Error("again")
	}
	l.Restarted(6400*ms, 1, 1) // the first process heard
	l.Restarted(6500*ms, 1, 1)
	if !l.Registered(1) {
		t.Error("the same process")
	}
	l.Restarted(6500*ms, 1, 2)
	if got := pops(&l, 6500*ms); len(got) != 1 || got[0] != (Due{Node: 1, Register: true}) {
		t.Errorf("after a restart %v", got)
	}
	l.Denied(6600*ms, 2)
	if got := pops(&l, 6600*ms); len(got) != 1 || got[0] != (Due{Node: 2, Register: true}) {
		t.Errorf("after a refusal %v", got)
	}
}

// Heartbeats come every 5 s, ± 10 %, and in a formed start from a drawn phase on.
func TestHeartbeats(t *testing.T) {
	c := job.Default().Register
	var l Links
	l.Init(&c, []core.NodeID{1}, c.ManagerBeat, rng.New(1, "heartbeat", 1, 1))
	l.Begin(0, true)
	last := core.Instant(-1)
	for range 1000 {
		at, _ := l.Deadline()
		if got := pops(&l, at); len(got) != 1 || got[0].Register {
			t.Fatalf("%v", got)
		}
		if wait := at - last; last >= 0 && (wait < 4500*ms || wait > 5500*ms) || last < 0 && at > 5000*ms {
			t.Fatalf("waited %v", wait)
		}
		last = at
	}
}

func TestSizes(t *testing.T) {
	for _, x := range []struct {
		what      string
		got, want uintptr
	}{
		{"site", unsafe.Sizeof(site{}), siteBytes}, {"manager", unsafe.Sizeof(Manager{}), managerBytes},
		{"gate", unsafe.Sizeof(GateRecord{}), gateBytes}, {"link", unsafe.Sizeof(link{}), linkBytes}, {"comeback", unsafe.Sizeof(comeback{}), comebackBytes},
	} {
		if x.got != x.want {
			t.Errorf("%s: %d bytes, written down %d", x.what, x.got, x.want)
		}
	}
}

func TestNames(t *testing.T) {
	for s := range SiteState(NumSiteStates + 1) {
		if s.String() == "" {
			t.Error(s)
		}
	}
}
