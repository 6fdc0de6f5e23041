package coretest

import (
	"fmt"
	"slices"

	"hypersim/core"
)

// flight is a message under way.
type flight struct {
	seq int
	at  core.Instant
	msg core.Message
}

// Match says which messages an order is about. Zero values match all: NoNode for the ends, KindNone.
type Match struct {
	From, To core.NodeID
	Kind     core.Kind
}

// Any matches every message.
var Any = Match{From: core.NoNode, To: core.NoNode}

func (m Match) is(msg *core.Message) bool {
	return (m.From == core.NoNode || m.From == msg.From) && (m.To == core.NoNode || m.To == msg.To) &&
		(m.Kind == core.KindNone || m.Kind == msg.Kind)
}

// Rule drops matching messages as they are sent: Count of them, or all if Count is negative.
type Rule struct {
	Match
	Count int
}

// Drop adds a rule. The first rule that matches a message takes it.
func (b *Bench) Drop(r Rule) { b.rules = append(b.rules, &r) }

// Heal forgets all rules.
func (b *Bench) Heal() { b.rules = nil }

// Hold makes messages sent from now on wait for Deliver instead of travelling; Release lets go of all
// that wait and of those to come.
func (b *Bench) Hold() { b.hold = true }

// Release ends Hold. What waited travels from now.
func (b *Bench) Release() {
	b.hold = false
	for i := range b.wire {
		if b.wire[i].at == core.Never {
			b.wire[i].at = b.now.Add(b.delay)
		}
	}
}

// Deliver hands over up to count matching messages now, held or under way, oldest first; all of them if
// count is negative. It returns how many there were.
func (b *Bench) Deliver(m Match, count int) int {
	done := 0
	for done != count {
		i := slices.IndexFunc(b.wire, func(f flight) bool { return m.is(&f.msg) })
		if i < 0 {
			break
		}
		b.land(i)
		done++
	}
	return done
}

// Discard loses all matching messages that are held or under way and returns how many there were.
func (b *Bench) Discard(m Match) int {
	before := len(b.wire)
	kept := b.wire[:0]
	for _, f := range b.wire {
		if m.is(&f.msg) {
			b.note(Event{Kind: EventDropped, Node: f.msg.To, Msg: f.msg})
			continue
		}
		kept = append(kept, f)
	}
	b.wire = kept
	return before - len(b.wire)
}

// Send puts a forged message on the wire as if its From had sent it. It arrives at once.
func (b *Bench) Send(m *core.Message) {
	msg := clone(m)
	b.note(Event{Kind: EventForged, Node: msg.From, Msg: msg})
	if n := b.node(msg.To); n != nil {
		b.receive(n, &msg)
	}
}

// drain takes up what a step of id asked for.
func (b *Bench) drain(id core.NodeID) {
	for i := range b.fx.Facts {
		if field := b.fx.Facts[i].Unnamed(); field != "" {
			panic(fmt.Sprintf("a fact %v says something in %s, and its row has no name for it", b.fx.Facts[i].Kind, field))
		}
		b.note(Event{Kind: EventFact, Node: id, Fact: b.fx.Facts[i]})
	}
	for i := range b.fx.Messages {
		b.send(clone(&b.fx.Messages[i]))
	}
	b.fx.Reset()
}

func (b *Bench) send(msg core.Message) {
	for _, r := range b.rules {
		if r.Count != 0 && r.is(&msg) {
			r.Count--
			b.note(Event{Kind: EventDropped, Node: msg.From, Msg: msg})
			b.failed(&msg)
			return
		}
	}
	b.note(Event{Kind: EventSent, Node: msg.From, Msg: msg})
	f := flight{seq: b.seq, at: b.now.Add(b.delay), msg: msg}
	if b.hold {
		f.at = core.Never
	}
	b.seq++
	b.wire = append(b.wire, f)
}

// failed gives a lost stream message back to its sender when its timeout has passed (core.KindStreamFailed).
func (b *Bench) failed(msg *core.Message) {
	if !msg.Kind.IsStream() {
		return
	}
	back := core.Message{
		Kind: core.KindStreamFailed, Group: msg.Group, Seq: msg.Seq, From: msg.To, To: msg.From, Target: msg.Target, Failed: msg.Kind,
	}
	b.wire = append(b.wire, flight{seq: b.seq, at: b.now.Add(msg.Timeout), msg: back})
	b.seq++
}

// nextFlight returns the index of the message that arrives next.
func (b *Bench) nextFlight() (int, core.Instant) {
	best, at := -1, core.Never
	for i := range b.wire {
		if b.wire[i].at < at {
			best, at = i, b.wire[i].at // the slice is in sending order: ties go to the older
		}
	}
	return best, at
}

// land delivers b.wire[i].
func (b *Bench) land(i int) {
	msg := b.wire[i].msg
	b.wire = slices.Delete(b.wire, i, i+1)
	n := b.node(msg.To)
	switch {
	case n == nil || n.down:
		b.note(Event{Kind: EventDropped, Node: msg.To, Msg: msg})
		b.failed(&msg)
	case n.paused:
		n.inbox = append(n.inbox, msg)
	default:
		b.receive(n, &msg)
	}
}

func (b *Bench) receive(n *node, msg *core.Message) {
	n.m.Receive(b.now, msg, &b.fx)
	b.drain(n.id)
}

// clone copies what a step only lends. A body stays: nobody here ever drops one.
func clone(m *core.Message) core.Message {
	c := *m
	c.Updates = slices.Clone(m.Updates)
	if m.Extra != nil {
		c.Extra = new(core.Extra)
		c.Extra.CopyFrom(m.Extra)
	}
	return c
}
