package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

const (
	ms  = core.Instant(1e6)
	sec = core.Instant(1e9)
)

// tape is a hand-made run of four nodes in one group: the managers 0 and 1 at site 0, the manager 2 at
// site 1, the worker 3 at site 0. Local time is virtual time.
type tape struct {
	ctx  Context
	view *fakeView
	recs []trace.Record
	now  core.Instant
	acks map[core.NodeID]uint16
	jobs map[int]trace.JobRecord // that stand in the place of a record

	routes map[int]routed // decisions that come before a record

	questions uint32 // about cores, so far
}

func newTape() *tape {
	t := &tape{acks: map[core.NodeID]uint16{}, jobs: map[int]trace.JobRecord{}, routes: map[int]routed{}}
	t.view = &fakeView{t: t, states: map[[2]core.NodeID]core.MemberState{}, incs: map[[2]core.NodeID]uint32{}}
	t.ctx = Context{
		Nodes: []Node{
			{ID: 0, Name: "a", Role: core.RoleManager, Group: 1},
			{ID: 1, Name: "b", Role: core.RoleManager, Group: 1},
			{ID: 2, Name: "c", Role: core.RoleManager, Group: 1, Site: 1},
			{ID: 3, Name: "w", Role: core.RoleWorker, Group: 1},
		},
		Faults: []Fault{{}, {Cuts: true}, {Lasting: true}, {Claims: true}}, Limits: Default(), Settle: 60e9, View: t.view,
	}
	for i := range t.ctx.Nodes {
		t.add(trace.Record{Kind: trace.KindStart, Node: core.NodeID(i), Inst: 1})
	}
	return t
}

func (t *tape) add(r trace.Record) *trace.Record {
	if r.At == 0 {
		r.At = t.now
	}
	t.recs = append(t.recs, r)
	return &t.recs[len(t.recs)-1]
}

// at moves on to a time.
func (t *tape) at(now core.Instant) *tape {
	t.now = now
	return t
}

func (t *tape) life(k trace.Kind, n core.NodeID) *trace.Record {
	return t.add(trace.Record{Kind: k, Node: n, Inst: 1, Fault: -1})
}

// fact adds what n reports; the result may still be changed.
func (t *tape) fact(n core.NodeID, f core.Fact) *trace.Record {
	return t.add(trace.Record{Kind: trace.KindFact, Node: n, Peer: f.Subject, Local: t.now, Fact: f})
}

func (t *tape) moves(n, subject core.NodeID, from, to core.MemberState, cause core.Cause, old int64, inc uint32) {
	t.fact(n, core.Fact{
		Kind: core.FactTransition, Subject: subject, From: from, To: to, Cause: cause, A: old, Inc: inc, Other: core.NoNode,
	})
}

func (t *tape) tells(n, subject core.NodeID, cb core.Callback, cause core.Cause) {
	t.fact(n, core.Fact{Kind: core.FactCallback, Subject: subject, Callback: cb, Cause: cause, Other: core.NoNode})
}

// raises makes n adopt its next incarnation.
func (t *tape) raises(n core.NodeID, old, inc uint32) {
	t.fact(n, core.Fact{Kind: core.FactIncarnation, Subject: n, A: int64(old), Inc: inc, Cause: core.CauseRefute})
}

// suspects begins a suspicion with Min 5 s, Max 30 s, K 3.
func (t *tape) suspects(n, subject, accuser core.NodeID, cause core.Cause, inc uint32) {
	t.moves(n, subject, core.StateOK, core.StateSuspect, cause, int64(inc), inc)
	t.fact(n, core.Fact{
		Kind: core.FactSuspicionStarted, Subject: subject, Inc: inc, Other: accuser, A: 5e9, B: 30e9, N: 3, At: t.now + 30*sec,
	})
	t.tells(n, subject, core.CallbackSuspected, cause)
}

func (t *tape) ends(n, subject core.NodeID, cause core.Cause, started, due core.Instant) {
	f := core.Fact{Kind: core.FactSuspicionEnded, Subject: subject, Cause: cause, B: int64(t.now - started)}
	if cause == core.CauseExpired {
		f.A = int64(t.now - due)
	}
	t.fact(n, f)
}

// scope makes n suspect the worker for a scope, or go on to.
func (t *tape) scope(n core.NodeID, k core.FactKind, scope int64, due core.Instant) {
	t.fact(n, core.Fact{Kind: k, Subject: 3, A: scope, B: -1, At: due})
}

func (t *tape) scopeEnds(n core.NodeID, scope int64, cause core.Cause) {
	t.fact(n, core.Fact{Kind: core.FactScopeEnded, Subject: 3, A: scope, Cause: cause})
}

// progress lets manager 0 hear of progress of the worker.
func (t *tape) progress(scope uint64) {
	m := t.message(core.KindProgress, 3, 0)
	m.Body = &progressOf{scope: scope}
	t.sent(m)
	t.view.flying[m.Kind]++
	t.at(t.now + 10*ms).delivered(m)
}

// probes starts and ends one probe.
func (t *tape) probes(n, subject core.NodeID, seq int64, list int32) {
	t.fact(n, core.Fact{Kind: core.FactProbeStarted, Subject: subject, A: seq, N: list})
	t.fact(n, core.Fact{Kind: core.FactProbeEnded, Subject: subject, A: seq, Cause: core.CauseAck})
}

// message makes a valid one; the sender's coordinate says how many ACKs it was given.
func (t *tape) message(k core.Kind, from, to core.NodeID) *core.Message {
	m := &core.Message{Kind: k, From: from, To: to, Group: 1, Instance: 1, Target: to}
	if !k.IsStream() && from != 3 {
		m.Coord = core.Coord{Dims: 8, Height: 1e-5, Error: 1, ErrorMS: 50, Samples: t.acks[from]}
		m.Coord.Vec[0] = float32(t.acks[from]) / 100
	}
	return m
}

func (t *tape) sent(m *core.Message) *trace.Record {
	due := t.now + 10*ms
	if m.Kind.IsStream() {
		due = 0
	}
	return t.add(trace.Record{Kind: trace.KindSent, Node: m.From, Peer: m.To, Msg: m, Size: 90, Due: due})
}

// delivered hands m over 10 ms after it was sent.
func (t *tape) delivered(m *core.Message) *trace.Record {
	if m.Kind == core.KindAck {
		t.acks[m.To]++
	}
	t.view.flying[m.Kind]--
	return t.add(trace.Record{
		Kind: trace.KindDelivered, Node: m.To, Peer: m.From, Msg: m, Size: 90, Due: t.now - 10*ms, Min: 10e6,
	})
}

// travels sends a message and delivers it.
func (t *tape) travels(k core.Kind, from, to core.NodeID) *core.Message {
	m := t.message(k, from, to)
	t.sent(m)
	t.view.flying[k]++
	t.at(t.now + 10*ms).delivered(m)
	return m
}

func (t *tape) checkpoint() {
	t.add(trace.Record{Kind: trace.KindCheckpoint, Node: core.NoNode})
}

func (t *tape) fault(k trace.Kind, i int32) {
	t.add(trace.Record{Kind: k, Node: core.NoNode, Fault: i})
}

func (t *tape) end() { t.add(trace.Record{Kind: trace.KindEnd, Node: core.NoNode}) }

// run plays the tape to a new checker.
func (t *tape) run() *Checker {
	c := New(t.ctx)
	for i := range t.recs {
		if x, decided := t.routes[i]; decided {
			c.RecordRoute(x.at, 0, x.d, x.k)
		}
		if r, about := t.jobs[i]; about {
			c.RecordJob(&r)
			continue
		}
		c.Record(&t.recs[i])
	}
	return c
}

// fakeView answers as a world would in which all is well, but for what a test sets.
type fakeView struct {
	severed bool
	astray  bool
	owes    bool
	slowed  core.Duration
	t       *tape
	states  map[[2]core.NodeID]core.MemberState // default OK
	incs    map[[2]core.NodeID]uint32           // default 0
	sums    map[core.NodeID]uint64
	wrong   []string
	flying  [core.NumKinds]int
}

func (v *fakeView) Validate(core.NodeID) []string { return v.wrong }
func (v *fakeView) State(o, s core.NodeID) core.MemberState {
	if st, set := v.states[[2]core.NodeID{o, s}]; set {
		return st
	}
	return core.StateOK
}
func (v *fakeView) Incarnation(o, s core.NodeID) uint32                      { return v.incs[[2]core.NodeID{o, s}] }
func (v *fakeView) TableDigest(n core.NodeID) (all, part uint64)             { return v.sums[n], v.sums[n] }
func (v *fakeView) Up(core.NodeID) bool                                      { return true }
func (v *fakeView) Reachable(core.NodeID, core.NodeID) bool                  { return true }
func (v *fakeView) Severed(core.NodeID, core.NodeID, core.Kind) bool         { return v.severed }
func (v *fakeView) Slowed(core.NodeID, core.NodeID, core.Kind) core.Duration { return v.slowed }
func (v *fakeView) Tracks(core.NodeID, uint64, int) (bool, bool)             { return !v.astray, true }
func (v *fakeView) Owes(core.NodeID, uint64) bool                            { return v.owes }
func (v *fakeView) InFlight(k core.Kind) uint64                              { return uint64(v.flying[k]) }

// progressOf is the body of a word about work of one scope.
type progressOf struct {
	core.Shared
	scope uint64
}

func (b *progressOf) Walk(w *core.Walker) { w.Uint64("scope", &b.scope) }

func (b *progressOf) ScopeID() uint64 { return b.scope }
