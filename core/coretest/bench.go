package coretest

import (
	"cmp"
	"slices"

	"hypersim/core"
)

// Bench is a set of machines on one virtual clock that starts at 0. The zero value is not usable; make
// it with New.
type Bench struct {
	now   core.Instant
	delay core.Duration
	nodes []*node // by id
	seq   int     // of the messages, in sending order
	wire  []flight
	rules []*Rule
	hold  bool
	trace []Event
	fx    core.Effects
}

type node struct {
	id     core.NodeID
	name   string
	m      core.Machine
	down   bool // nothing arrives, nothing fires
	paused bool // the same, but what arrives waits and timers fire late
	inbox  []core.Message
}

// New returns an empty bench whose wire takes delay per message; 0 is instantaneous.
func New(delay core.Duration) *Bench { return &Bench{delay: delay} }

// Now returns the virtual time.
func (b *Bench) Now() core.Instant { return b.now }

// Place puts m on the bench as node id, or in place of the machine that was there: a restart. Names are
// what Trace prints and Node finds.
func (b *Bench) Place(id core.NodeID, name string, m core.Machine) {
	if n := b.node(id); n != nil {
		*n = node{id: id, name: name, m: m}
		return
	}
	b.nodes = append(b.nodes, &node{id: id, name: name, m: m})
	slices.SortFunc(b.nodes, func(x, y *node) int { return cmp.Compare(x.id, y.id) })
}

// Name returns the name of id, "nobody" for NoNode and "#id" for a stranger.
func (b *Bench) Name(id core.NodeID) string {
	if n := b.node(id); n != nil {
		return n.name
	}
	return stranger(id)
}

// Node returns the id of the node called name.
func (b *Bench) Node(name string) (core.NodeID, bool) {
	for _, n := range b.nodes {
		if n.name == name {
			return n.id, true
		}
	}
	return core.NoNode, false
}

// Do runs step on the effects of node id, as the driver of its machine would, and takes up what it asks
// for. It is how a test calls a machine beyond core.Machine.
func (b *Bench) Do(id core.NodeID, step func(now core.Instant, fx *core.Effects)) {
	step(b.now, &b.fx)
	b.drain(id)
}

// Crash takes id off the wire: nothing arrives and no timer fires until Place puts a machine there.
func (b *Bench) Crash(id core.NodeID) {
	if n := b.node(id); n != nil {
		n.down, n.inbox = true, nil
	}
}

// Pause stops id without its noticing: messages wait in its inbox and timers fire late.
func (b *Bench) Pause(id core.NodeID) {
	if n := b.node(id); n != nil {
		n.paused = true
	}
}

// Resume ends a pause: first the timers that are due, then the inbox, as a process that was stopped by
// its host would find its work.
func (b *Bench) Resume(id core.NodeID) {
	n := b.node(id)
	if n == nil || !n.paused {
		return
	}
	n.paused = false
	b.wake(n)
	waiting := n.inbox
	n.inbox = nil
	for i := range waiting {
		b.receive(n, &waiting[i])
	}
}

// Advance moves the clock on by d, delivering and waking whatever falls due, in order of time. At one
// instant deliveries come before timers, and nodes in order of their ids.
func (b *Bench) Advance(d core.Duration) {
	end := b.now.Add(d)
	for {
		i, arrival := b.nextFlight()
		n, deadline := b.nextDeadline()
		if min(arrival, deadline) > end {
			break
		}
		b.now = max(b.now, min(arrival, deadline))
		if arrival <= deadline {
			b.land(i)
		} else {
			b.wake(n)
		}
	}
	b.now = end
}

func (b *Bench) nextDeadline() (*node, core.Instant) {
	var first *node
	at := core.Never
	for _, n := range b.nodes {
		if n.down || n.paused {
			continue
		}
		if d, ok := n.m.Deadline(); ok && d < at {
			first, at = n, d
		}
	}
	return first, at
}

func (b *Bench) wake(n *node) {
	n.m.Wake(b.now, &b.fx)
	b.drain(n.id)
}

func (b *Bench) node(id core.NodeID) *node {
	for _, n := range b.nodes {
		if n.id == id {
			return n
		}
	}
	return nil
}
