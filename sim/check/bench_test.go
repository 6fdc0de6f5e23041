package check

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// steady returns a checker of n managers that all run, and its context.
func steadyGroup(n int) *Checker {
	ctx := Context{Limits: Default()}
	for i := range n {
		ctx.Nodes = append(ctx.Nodes, Node{ID: core.NodeID(i), Role: core.RoleManager, Group: 1})
	}
	c := New(ctx)
	for i := range n {
		c.Record(&trace.Record{Kind: trace.KindStart, Node: core.NodeID(i), Inst: 1, Fault: -1})
	}
	return c
}

// round is what one node does in a second: a probe and its answer, with records as the world emits them.
type round struct {
	c    *Checker
	rec  trace.Record
	ping core.Message
	ack  core.Message
	now  core.Instant
	n    int
}

func newRound(n int) *round {
	coord := core.Coord{Dims: 8, Height: 1e-5, Error: 1, ErrorMS: 10}
	r := &round{c: steadyGroup(n), n: n}
	r.ping = core.Message{Kind: core.KindPing, Instance: 1, Group: 1, Coord: coord}
	r.ack = core.Message{Kind: core.KindAck, Instance: 1, Group: 1, Coord: coord}
	return r
}

func (r *round) between(i int) (from, to core.NodeID) {
	return core.NodeID(i * 7919 % r.n), core.NodeID((i*7919 + 1 + i%(r.n-1)) % r.n)
}

func (r *round) sent(m *core.Message) {
	r.rec.Kind, r.rec.At, r.rec.Node, r.rec.Peer, r.rec.Msg = trace.KindSent, r.now, m.From, m.To, m
	r.rec.Size, r.rec.Due = 91, r.now+1
	r.c.Record(&r.rec)
}

func (r *round) delivered(m *core.Message) {
	r.now += 1000
	r.rec.Kind, r.rec.At, r.rec.Node, r.rec.Peer, r.rec.Msg = trace.KindDelivered, r.now, m.To, m.From, m
	r.rec.Due, r.rec.Min = r.now-1000, 500
	r.c.Record(&r.rec)
}

func (r *round) fact(n core.NodeID, f core.Fact) {
	r.rec.Kind, r.rec.At, r.rec.Local, r.rec.Node, r.rec.Fact = trace.KindFact, r.now, r.now, n, f
	r.c.Record(&r.rec)
}

// play is four message records and three facts.
func (r *round) play(i int) {
	from, to := r.between(i)
	r.ping.From, r.ping.To, r.ack.From, r.ack.To = from, to, to, from
	r.fact(from, core.Fact{Kind: core.FactTimeout, Subject: to, A: 5e8, B: 5e8, X: [5]float32{1, 1, 1, 1, 1}})
	r.fact(from, core.Fact{Kind: core.FactProbeStarted, Subject: to, A: int64(i), N: int32(r.n - 1)})
	r.sent(&r.ping)
	r.delivered(&r.ping)
	r.sent(&r.ack)
	r.delivered(&r.ack)
	r.fact(from, core.Fact{Kind: core.FactProbeEnded, Subject: to, A: int64(i), Cause: core.CauseAck})
}

// disturb is one false suspicion: adopted, confirmed, refuted, with what is relayed.
func (r *round) disturb(i int) {
	o, s := r.between(i)
	r.now += 1000
	inc := r.c.hot[s].inc
	r.fact(o, core.Fact{Kind: core.FactTransition, Subject: s, From: core.StateOK, To: core.StateSuspect, Cause: core.CauseSuspect, Inc: inc, A: int64(inc)})
	r.fact(o, core.Fact{Kind: core.FactSuspicionStarted, Subject: s, Inc: inc, Other: core.NoNode, A: 5e9, B: 30e9, N: 3, At: r.now + 30*sec})
	r.fact(o, core.Fact{Kind: core.FactQueued, Subject: s, Inc: inc, A: int64(core.UpdateSuspect), Cause: core.CauseFresh, N: 9})
	r.fact(o, core.Fact{Kind: core.FactSuspicionConfirmed, Subject: s, Other: o, N: 1, At: r.now + 20*sec})
	r.now += 1000
	r.fact(s, core.Fact{Kind: core.FactAccused, Subject: s, Inc: inc, Other: o})
	r.fact(s, core.Fact{Kind: core.FactIncarnation, Subject: s, Inc: inc + 1, A: int64(inc), Cause: core.CauseRefute})
	r.now += 1000
	r.fact(o, core.Fact{Kind: core.FactSuspicionEnded, Subject: s, Cause: core.CauseRefuted, B: 2000})
	r.fact(o, core.Fact{Kind: core.FactTransition, Subject: s, From: core.StateSuspect, To: core.StateOK, Cause: core.CauseAlive, Inc: inc + 1, A: int64(inc)})
	r.fact(o, core.Fact{Kind: core.FactRetired, Subject: s, N: 9, Cause: core.CauseSuperseded})
}

func (r *round) clean(t testing.TB) {
	for _, v := range r.c.Violations() {
		t.Fatalf("%v: %s", v.Invariant, v.What)
	}
}

func TestNoAllocs(t *testing.T) {
	r := newRound(1000)
	i := 0
	for ; i < 20_000; i++ { // lists and the history reach their size
		r.play(i)
		r.disturb(i)
	}
	if n := testing.AllocsPerRun(2000, func() { r.play(i); r.disturb(i); i++ }); n != 0 {
		t.Errorf("%v allocations per round", n)
	}
	r.clean(t)
}

func BenchmarkSent(b *testing.B) {
	r := newRound(1000)
	for i := 0; b.Loop(); i++ {
		r.ping.From, r.ping.To = r.between(i)
		r.sent(&r.ping)
	}
	r.clean(b)
}

func BenchmarkDelivered(b *testing.B) {
	r := newRound(1000)
	for i := 0; b.Loop(); i++ {
		r.ping.From, r.ping.To = r.between(i)
		r.delivered(&r.ping)
	}
	r.clean(b)
}

// BenchmarkBetween is what the loops of this file cost by themselves.
func BenchmarkBetween(b *testing.B) {
	r := newRound(1000)
	for i := 0; b.Loop(); i++ {
		r.ping.From, r.ping.To = r.between(i)
	}
}

// BenchmarkRound is four messages and three facts.
func BenchmarkRound(b *testing.B) {
	r := newRound(1000)
	for i := 0; b.Loop(); i++ {
		r.play(i)
	}
	r.clean(b)
}

// BenchmarkDisturbance is nine facts about one suspicion.
func BenchmarkDisturbance(b *testing.B) {
	r := newRound(1000)
	for i := 0; b.Loop(); i++ {
		r.disturb(i)
	}
	r.clean(b)
}
