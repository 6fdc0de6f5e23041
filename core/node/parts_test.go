package node

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/swim"
)

// scribe is a part that does everything a part may do, and writes down that it was asked to.
type scribe struct {
	name string
	log  *[]string
	due  core.Instant
	says core.FactKind // added to the effects of each step, FactNone: nothing
	hear core.FactKind // observed
	then core.FactKind // its answer to that
}

func (s *scribe) note(what string, fx *core.Effects) {
	*s.log = append(*s.log, s.name+" "+what)
	if s.says != core.FactNone {
		fx.Fact(s.says)
	}
}

func (s *scribe) Begin(_ core.Instant, fx *core.Effects) { s.note("begins", fx) }

func (s *scribe) Receive(_ core.Instant, m *core.Message, fx *core.Effects) {
	s.note("gets "+m.Kind.String(), fx)
}

func (s *scribe) Wake(now core.Instant, fx *core.Effects) {
	if now >= s.due {
		s.due = core.Never
		s.note("wakes", fx)
	}
}

func (s *scribe) Deadline() (core.Instant, bool) { return s.due, s.due != core.Never }

func (s *scribe) Observe(_ core.Instant, f *core.Fact, fx *core.Effects) {
	if f.Kind != s.hear || s.hear == core.FactNone {
		return
	}
	*s.log = append(*s.log, s.name+" hears")
	if s.then != core.FactNone {
		fx.Fact(s.then)
	}
}

func (s *scribe) Validate() []string { return []string{s.name} }
func (s *scribe) MemoryBytes() int   { return 1000 }

func expectLog(t *testing.T, log *[]string, want ...string) {
	t.Helper()
	if !slices.Equal(*log, want) {
		t.Errorf("have %q\nwant %q", *log, want)
	}
	*log = nil
}

// A node without a membership is what its parts are: each is asked what it can do, in the order of adding.
func TestNodeWithoutMembership(t *testing.T) {
	var n Node
	var fx core.Effects
	var log []string
	if at, ok := n.Deadline(); ok {
		t.Errorf("a node without parts wants to be woken at %v", at)
	}
	a, b := &scribe{name: "a", log: &log, due: 5 * sec}, &scribe{name: "b", log: &log, due: 3 * sec}
	n.Add(a, core.RoomLink)
	n.Add(b, core.RoomHier)
	n.Begin(0, &fx)
	expectLog(t, &log, "a begins", "b begins")
	n.Receive(sec, &core.Message{Kind: core.KindProgress}, &fx)
	n.Receive(sec, &core.Message{Kind: core.KindXAck}, &fx)
	n.Receive(sec, &core.Message{Kind: core.KindStreamFailed, Failed: core.KindProgress}, &fx)
	n.Receive(sec, &core.Message{Kind: core.KindPing}, &fx)
	n.Receive(sec, &core.Message{Kind: core.KindNone}, &fx)
	n.Receive(sec, &core.Message{Kind: 200}, &fx)
	expectLog(t, &log, "b gets progress", "a gets xack", "b gets stream_failed")
	if n.Strays() != 3 {
		t.Errorf("%d strays", n.Strays())
	}
	if at, ok := n.Deadline(); !ok || at != 3*sec {
		t.Errorf("deadline %v", at)
	}
	n.Wake(4*sec, &fx)
	expectLog(t, &log, "b wakes")
	n.Wake(5*sec, &fx)
	expectLog(t, &log, "a wakes")
	if bad := n.Validate(6 * sec); !slices.Equal(bad, []string{"a", "b"}) || n.MemoryBytes() < 2000 || n.Swim.Stopped() {
		t.Errorf("%q, %d bytes", bad, n.MemoryBytes())
	}
	fx.Reset()
	n.Refresh(6*sec, &fx)
	n.Leave(6*sec, &fx)
	if len(fx.Facts) != 1 || fx.Facts[0].Kind != core.FactStopped || len(fx.Messages) != 0 {
		t.Errorf("it leaves with %+v and %d messages", fx.Facts, len(fx.Messages))
	}
	if Of[*scribe](&n) != a || Of[*swim.Machine](&n) != nil || n.Gate() != nil {
		t.Error("found the wrong part")
	}
}

// What a part found out is shown to all in the same event, what they add to it too.
func TestObserversHearEachOther(t *testing.T) {
	var n Node
	var fx core.Effects
	var log []string
	n.Add(&scribe{name: "death", log: &log, due: core.Never, says: core.FactReach}, core.RoomLink)
	n.Add(&scribe{name: "jobs", log: &log, due: core.Never, hear: core.FactReach, then: core.FactScopeEnded})
	n.Add(&scribe{name: "early", log: &log, due: core.Never, hear: core.FactScopeEnded})
	n.Receive(sec, &core.Message{Kind: core.KindXAck}, &fx)
	expectLog(t, &log, "death gets xack", "jobs hears", "early hears")
	mark := len(fx.Facts)
	fx.Fact(core.FactScopeEnded)
	n.Settle(sec, mark, &fx)
	expectLog(t, &log, "early hears")
}

// A stream is a sign of life, whatever it is about; of another group it is none, and a datagram is for its room alone.
func TestStreamIsSignOfLife(t *testing.T) {
	cfg := Default()
	formed := []core.Entry{{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}}
	var n Node
	var fx core.Effects
	var log []string
	n.Compose(&cfg, &Identity{Role: core.RoleManager, Instance: 1, Seed: 7, Group: &Group{ID: 1, Count: 2, Leading: 2, Formed: formed}, Formed: true})
	n.Add(&scribe{name: "jobs", log: &log, due: core.Never}, core.RoomHier)
	n.Add(&scribe{name: "link", log: &log, due: core.Never}, core.RoomLink)
	n.Begin(0, &fx)
	hear := func(kind core.Kind, group core.GroupID, inc uint32) uint32 {
		n.Receive(sec, &core.Message{Kind: kind, Group: group, From: 1, Role: core.RoleManager, Instance: 1, Incarnation: inc}, &fx)
		return n.Swim.Incarnation(1)
	}
	hear(core.KindPing, 1, 1)
	log = nil
	for _, c := range []struct {
		kind      core.Kind
		group     core.GroupID
		inc, want uint32
	}{{core.KindProgress, 0, 5, 1}, {core.KindXAck, 1, 5, 1}, {core.KindProgress, 1, 5, 5}} {
		if have := hear(c.kind, c.group, c.inc); have != c.want {
			t.Errorf("%v of group %d: held at incarnation %d, want %d", c.kind, c.group, have, c.want)
		}
	}
	expectLog(t, &log, "jobs gets progress", "link gets xack", "jobs gets progress")
	if bad := n.Swim.Counters().Malformed; bad != 0 {
		t.Errorf("%d malformed", bad)
	}
}

// A datagram of a process that is known to be gone is dropped, whatever it is about (10 §2.6). What came on a stream is for the part
// to judge: a result counts whoever's process had it (20 §3.4).
func TestDatagramsOfFormerProcesses(t *testing.T) {
	cfg := Default()
	formed := []core.Entry{{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}}
	var n Node
	var fx core.Effects
	var log []string
	n.Compose(&cfg, &Identity{Role: core.RoleManager, Instance: 1, Seed: 7, Group: &Group{ID: 1, Count: 2, Leading: 2, Formed: formed}, Formed: true})
	n.Add(&scribe{name: "jobs", log: &log, due: core.Never}, core.RoomHier)
	n.Add(&scribe{name: "link", log: &log, due: core.Never}, core.RoomLink)
	n.Begin(0, &fx)
	log = nil
	for _, m := range []core.Message{
		{Kind: core.KindXAck, From: 1, Instance: 1}, {Kind: core.KindPing, From: 1, Instance: 2, Group: 1, Incarnation: 1}, {Kind: core.KindXAck, From: 1, Instance: 1},
		{Kind: core.KindXProbe, From: 1, Instance: 2}, {Kind: core.KindXNack, From: 5, Instance: 1}, {Kind: core.KindProgress, From: 1, Instance: 1},
	} {
		m.Role = core.RoleManager
		n.Receive(sec, &m, &fx)
	}
	expectLog(t, &log, "link gets xack", "link gets xprobe", "link gets xnack", "jobs gets progress")
	if z := n.Swim.Counters().ZombieRejections; z != 1 {
		t.Errorf("%d rejected", z)
	}
}

// Whatever a driver does to a member, the other parts hear of it.
func TestDriversStepsAreShown(t *testing.T) {
	cfg := Default()
	formed := []core.Entry{{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}}
	var n Node
	var fx core.Effects
	var log []string
	n.Compose(&cfg, &Identity{Role: core.RoleManager, Instance: 1, Seed: 7, Group: &Group{ID: 1, Count: 3, Leading: 3, Formed: formed}, Formed: true})
	n.Add(&scribe{name: "rumours", log: &log, due: core.Never, hear: core.FactTransition})
	n.Add(&scribe{name: "raises", log: &log, due: core.Never, hear: core.FactIncarnation})
	n.Add(&scribe{name: "ends", log: &log, due: core.Never, hear: core.FactStopped})
	n.Hear(sec, &core.Update{Type: core.UpdateAlive, Subject: 2, From: core.NoNode, Role: core.RoleManager}, &fx)
	expectLog(t, &log, "rumours hears")
	n.Refresh(2*sec, &fx)
	expectLog(t, &log, "raises hears")
	n.Leave(3*sec, &fx)
	for at, ok := n.Deadline(); ok; at, ok = n.Deadline() {
		n.Wake(at, &fx)
	}
	expectLog(t, &log, "ends hears")
}

// Nothing is allocated to hand a message on and to show what came of it.
func TestStepsAllocateNothing(t *testing.T) {
	var n Node
	var fx core.Effects
	n.Add(&teller{}, core.RoomLink)
	n.Add(&teller{})
	m := &core.Message{Kind: core.KindXAck}
	step := func() {
		n.Receive(sec, m, &fx)
		n.Wake(sec, &fx)
		n.Deadline()
		fx.Reset()
	}
	step()
	if per := testing.AllocsPerRun(1000, step); per != 0 {
		t.Errorf("%v allocations", per)
	}
}

// teller finds something out at every message.
type teller struct{ heard int }

func (*teller) Receive(_ core.Instant, _ *core.Message, fx *core.Effects) { fx.Fact(core.FactReach) }
func (*teller) Wake(core.Instant, *core.Effects)                          {}
func (*teller) Deadline() (core.Instant, bool)                            { return core.Never, false }
func (o *teller) Observe(core.Instant, *core.Fact, *core.Effects)         { o.heard++ }

// A room is one part's, and who is given one takes messages.
func TestRoomsAreTakenOnce(t *testing.T) {
	for _, bad := range []func(n *Node){
		func(n *Node) { n.Add(&teller{}, core.RoomLink); n.Add(&teller{}, core.RoomLink) },
		func(n *Node) { n.Add(&fromMembers{}, core.RoomLink) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			bad(new(Node))
		}()
	}
}

// busy is a part with something to finish.
type busy struct {
	until core.Instant
	began core.Instant
}

func (b *busy) Wake(core.Instant, *core.Effects)        {}
func (b *busy) Deadline() (core.Instant, bool)          { return b.until, true }
func (b *busy) Drain(now core.Instant, _ *core.Effects) { b.began = now }
func (b *busy) Drained(now core.Instant) bool           { return now >= b.until }

// A member that leaves lets its parts finish first, and leaves in the event in which the last has; told twice it leaves once.
func TestLeaveWaitsForItsParts(t *testing.T) {
	cfg := Default()
	formed := []core.Entry{{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}}
	var n Node
	var fx core.Effects
	n.Compose(&cfg, &Identity{Role: core.RoleManager, Instance: 1, Seed: 7, Group: &Group{ID: 1, Count: 3, Leading: 3, Formed: formed}, Formed: true})
	a, b := &busy{until: 5 * sec}, &busy{until: 9 * sec}
	n.Add(a)
	n.Add(b)
	n.Leave(3*sec, &fx)
	n.Leave(4*sec, &fx)
	goodbye := func(at core.Instant) (told bool) {
		fx.Reset()
		n.Wake(at, &fx)
		for i := range fx.Messages {
			told = told || fx.Messages[i].Kind == core.KindLeave
		}
		return told
	}
	if a.began != 3*sec || goodbye(5*sec) || goodbye(9*sec-1) {
		t.Error("left before its parts had finished")
	}
	if !goodbye(9*sec) || goodbye(10*sec) {
		t.Error("did not leave once")
	}
}
