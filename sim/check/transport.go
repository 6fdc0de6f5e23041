package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	W7  = rule("I-W7", "what one process sends another over streams, of one class, is read in the order in which it was sent", "spec 50 §2")
	W8  = rule("I-W8", "what was sent over a stream to a process that is gone reaches no later one of that node", "spec 50 §2")
	W9  = rule("I-W9", "a node that is paused reads nothing and does nothing", "spec 50 §3")
	W10 = rule("I-W10", "no datagram passes a cut, in neither direction that it stops", "spec 50 §2")
	W11 = rule("I-W11", "what a fault adds to a delay is added to every datagram of its links", "spec 50 §5")
)

var _ = judge(func(c *Checker, on *hooks) {
	x := &transport{Checker: c, lines: map[line]*core.Instant{}, gone: make([]core.Instant, len(c.ctx.Nodes))}
	for i := range x.gone {
		x.gone[i] = never
	}
	for k := range core.Kind(core.NumKinds) {
		if k.Travels() && k.IsStream() {
			on.delivered[k] = append(on.delivered[k], x.arrived)
		}
	}
	on.sent = append(on.sent, x.left)
	on.gone = append(on.gone, func(r *trace.Record) { x.gone[r.Node] = r.At })
})

// transport is what the network and the hosts owe.
type transport struct {
	*Checker
	lines map[line]*core.Instant // when the latest one that was read had left
	gone  []core.Instant         // by node, when its last process ended
}

// line is what goes from one process to another: classes do not wait for each other at the receiver.
type line struct {
	from, to         core.NodeID
	fromInst, toInst uint32
	class            core.Class
}

// serviceMost is how long a server that is not slowed is busy with one message at most, unless the scenario lets it be longer. What a step sends gets its place in the line when
// the step is made, and leaves when the service is over; a refusal leaves at once, and waits behind it.
const serviceMost = core.Duration(50e6)

func (x *transport) arrived(r *trace.Record) {
	m, n := r.Msg, &x.hot[r.Node]
	if at := x.gone[r.Node]; at != never && r.Due < at && x.fails(W8) {
		x.detail(W8, r.At, []core.NodeID{r.Node, m.From}, "%v of %s, sent at %v to a process of %s that was gone at %v, reaches the next one", m.Kind, x.name(m.From), r.Due, x.name(r.Node), at)
	}
	if r.Spent == trace.Refused {
		return // who is sent away at the door does not wait behind those before it
	}
	key := line{m.From, r.Node, m.Instance, n.inst, m.Kind.Class()}
	last := x.lines[key]
	if last == nil {
		at := max(r.Due, 0)
		x.lines[key] = &at
		return
	}
	if r.Due < last.Add(-max(serviceMost, x.ctx.Limits.Lateness-1e9)) && x.cold[m.From].impaired < 0 && x.fails(W7) {
		x.detail(W7, r.At, []core.NodeID{r.Node, m.From}, "%s reads %v of %s, sent at %v, after one sent at %v", x.name(r.Node), m.Kind, x.name(m.From), r.Due, *last)
	}
	*last = max(r.Due, *last)
}

// left holds what the network makes of a datagram to the faults in force. Due is when it arrives, 0: it does not.
func (x *transport) left(r *trace.Record) {
	if x.faults.lasting == 0 || r.Due == 0 || x.ctx.View == nil || r.Msg.Kind.IsStream() {
		return
	}
	m := r.Msg
	if x.faults.cuts > 0 && x.ctx.View.Severed(m.From, m.To, m.Kind) && x.fails(W10) {
		x.detail(W10, r.At, []core.NodeID{m.From, m.To}, "%v from %s to %s passes a cut", m.Kind, x.name(m.From), x.name(m.To))
	}
	if d := x.ctx.View.Slowed(m.From, m.To, m.Kind); r.Due.Sub(r.At) < d && x.fails(W11) {
		x.detail(W11, r.At, []core.NodeID{m.From, m.To}, "%v from %s to %s takes %v, of which faults add %v", m.Kind, x.name(m.From), x.name(m.To), r.Due.Sub(r.At), d)
	}
}

// asleep takes that a node read or did something.
func (c *Checker) asleep(at core.Instant, n core.NodeID, what string) {
	if c.hot[n].paused && c.fails(W9) {
		c.detail(W9, at, []core.NodeID{n}, "%s is paused, and %s", c.name(n), what)
	}
}
