package health

import "hypersim/core"

// Breakers are the breakers of a process towards its peers. Those that nobody failed cost nothing. A zero one lets everything
// through: nobody asked for breakers.
type Breakers struct {
	keys    *BreakerKeys
	by      map[core.NodeID]*Breaker
	changes []change
}

// change is a breaker that went from one phase to another, until somebody is told.
type change struct {
	node     core.NodeID
	from, to Phase
}

// Init makes b ready; nil keys: no breakers.
func (b *Breakers) Init(k *BreakerKeys) { *b = Breakers{keys: k} }

// Phase returns where the breaker towards a peer stands.
func (b *Breakers) Phase(now core.Instant, id core.NodeID) Phase {
	if x := b.by[id]; x != nil {
		return x.Phase(now, b.keys)
	}
	return Closed
}

// Allow reports whether a call may be made now, and uses up the trial of a breaker that is half open.
func (b *Breakers) Allow(now core.Instant, id core.NodeID) bool {
	x := b.by[id]
	if x == nil {
		return true
	}
	was := x.phase
	ok := x.Allow(now, b.keys)
	b.changed(id, was, x.phase)
	return ok
}

// Ripen makes the breaker towards a peer half open if it has been open for its time. It is for those who remember that themselves, and
// would let calls through that an older instant forbids.
func (b *Breakers) Ripen(now core.Instant, id core.NodeID) {
	if x := b.by[id]; x != nil && x.Ripen(now, b.keys) {
		b.changed(id, Open, HalfOpen)
	}
}

// Fared takes in how a call ended: answered, or with a fault. It reports whether the breaker has opened by that.
func (b *Breakers) Fared(now core.Instant, id core.NodeID, answered bool) bool {
	if b.keys == nil {
		return false
	}
	x := b.by[id]
	switch {
	case x == nil && answered:
		return false
	case x == nil:
		if b.by == nil {
			b.by = map[core.NodeID]*Breaker{}
		}
		x = &Breaker{}
		b.by[id] = x
	}
	was := x.phase
	if answered {
		x.Succeeded(now, b.keys)
	} else {
		x.Failed(now, b.keys)
	}
	b.changed(id, was, x.phase)
	return was != Open && x.phase == Open
}

// Reset closes the breaker towards a peer: another process answers there.
func (b *Breakers) Reset(id core.NodeID) {
	if x := b.by[id]; x != nil {
		b.changed(id, x.phase, Closed)
		delete(b.by, id)
	}
}

// Trying reports whether a call is under way that is to show whether a peer is back.
func (b *Breakers) Trying(id core.NodeID) bool {
	x := b.by[id]
	return x != nil && x.phase == HalfOpen && x.trial
}

// Mine reports whether the call that is to show whether a peer is back is the one that was let through at an instant.
func (b *Breakers) Mine(id core.NodeID, since core.Instant) bool {
	x := b.by[id]
	return x != nil && x.phase == HalfOpen && x.trial && x.since == since
}

// Spare gives back a trial that was let through at an instant and was not made, and reports whether there was one.
func (b *Breakers) Spare(id core.NodeID, since core.Instant) bool {
	x := b.by[id]
	return x != nil && x.Spare(since)
}

// Wait returns how long a breaker that is open stays so.
func (b *Breakers) Wait(now core.Instant, id core.NodeID) core.Duration {
	if x := b.by[id]; x != nil && x.phase == Open {
		return max(0, b.keys.HalfOpen-now.Sub(x.since))
	}
	return 0
}

func (b *Breakers) changed(id core.NodeID, from, to Phase) {
	if from != to {
		b.changes = append(b.changes, change{id, from, to})
	}
}

// Tell reports what changed since the last time.
func (b *Breakers) Tell(fx *core.Effects) {
	for _, c := range b.changes {
		f := fx.JobFact(core.JobFactBreaker)
		f.Node, f.From, f.To = c.node, uint8(c.from), uint8(c.to)
	}
	b.changes = b.changes[:0]
}

// MemoryBytes returns the heap bytes that b holds, errors left out.
func (b *Breakers) MemoryBytes() int { return changeBytes*cap(b.changes) + breakerBytes*len(b.by) }

// Sizes in bytes: of a change, and of a breaker with its place in the map.
const (
	changeBytes  = 8
	breakerBytes = 72
)
