package health

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// Tracker judges a group of nodes: the workers of a datacenter, its managers, the gates.
type Tracker struct {
	c     *Config
	draw  rng.Stream // times between evictions that a hold released
	nodes []Node
	known []bool
	n     int // known ones

	recent int          // nodes whose eviction became due within the window, at the last look
	next   core.Instant // the next released one is not evicted before
	busy   int          // released ones that are being handed over
	burst  bool         // evictions are held
	Held   uint64       // evictions that were held, once a burst and node
	Bursts uint64       // bursts
}

// NewTracker returns a tracker of at most n nodes, none of which was heard yet.
func NewTracker(c *Config, n int, draw rng.Stream) *Tracker {
	return &Tracker{c: c, draw: draw, nodes: make([]Node, n), known: make([]bool, n)}
}

// Node returns the record of node i, nil if it was not heard yet.
func (t *Tracker) Node(i int) *Node {
	if !t.known[i] {
		return nil
	}
	return &t.nodes[i]
}

// Hear takes in a sign of life of node i, which begins to be tracked with the first.
func (t *Tracker) Hear(now core.Instant, i int) *Node {
	if !t.known[i] {
		t.nodes[i], t.known[i] = Track(now), true
		t.n++
	}
	t.nodes[i].Succeeded(now)
	return &t.nodes[i]
}

// Lapse takes in that the observer itself did not run for so long until now: what nobody listened to was no
// silence, no standstill of the nodes, and no time in which what is held could have come back.
func (t *Tracker) Lapse(now core.Instant, by core.Duration) {
	for i := range t.nodes {
		if n := &t.nodes[i]; t.known[i] {
			n.ok, n.stuck, n.evictable = later(n.ok, now, by), later(n.stuck, now, by), later(n.evictable, now, by)
		}
	}
}

// later moves an instant of the past on, until now at most.
func later(at, now core.Instant, by core.Duration) core.Instant {
	if at == core.Never {
		return at
	}
	return min(at.Add(by), now)
}

// Returned takes in that node i, which was evicted for getting nothing done, speaks: what it had is elsewhere, so that it is idle, and gets
// work again at once (01-42).
func (t *Tracker) Returned(now core.Instant, i int) {
	if !t.known[i] || !t.nodes[i].out || t.nodes[i].progress != Stuck {
		return
	}
	n := &t.nodes[i]
	n.Progressed(now, Idle)
	if d, _ := n.Decide(now, &t.c.Node); d != Evict {
		t.done(n)
		n.evictable, n.out, n.held = core.Never, false, false
	}
}

// Forget ends the tracking of node i.
func (t *Tracker) Forget(i int) {
	if !t.known[i] {
		return
	}
	t.done(&t.nodes[i])
	t.nodes[i], t.known[i] = Node{}, false
	t.n--
}

// Tick looks at all nodes and appends those that are to be evicted now. Each of them counts as evicted from then on,
// until it is fit again. One that a hold released is being handed over until Handed.
func (t *Tracker) Tick(now core.Instant, evict []int) []int {
	t.look(now)
	for i := range t.nodes {
		n := &t.nodes[i]
		if !t.known[i] || n.out || n.evictable == core.Never {
			continue
		}
		switch t.Judge(now, i) {
		case Correlated:
			t.hold(n)
		case EvictNow:
			if t.turn(now, n) {
				n.out, n.evicted = true, now
				evict = append(evict, i)
			}
		default: // not yet
		}
	}
	return evict
}

// look brings up to date since when each node is to be evicted, and how many came due lately.
func (t *Tracker) look(now core.Instant) {
	t.recent = 0
	for i := range t.nodes {
		n := &t.nodes[i]
		if !t.known[i] {
			continue
		}
		d, _ := n.Decide(now, &t.c.Node)
		switch {
		case d != Evict:
			t.done(n)
			n.evictable, n.out, n.held = core.Never, false, false
		case n.evictable == core.Never:
			n.evictable = now
		}
		if n.evictable != core.Never && now.Sub(n.evictable) <= t.c.Evict.Window {
			t.recent++
		}
	}
	t.burst = t.burst && t.correlated()
}

func (t *Tracker) correlated() bool {
	return t.n >= 2 && t.recent >= t.c.Evict.Min && float64(t.recent) > float64(t.c.Evict.Fraction*float64(t.n))
}

// Judge says what is done about node i, from what the last Tick saw.
func (t *Tracker) Judge(now core.Instant, i int) Verdict {
	if !t.known[i] {
		return NotTracked
	}
	switch n := &t.nodes[i]; {
	case n.evictable == core.Never, !t.c.Evict.Enabled && !n.dead:
		return NotEvictable
	case n.evicted != core.Never && now.Sub(n.evicted) < t.c.Evict.Backoff:
		return Backoff
	case t.correlated() && !n.dead && now.Sub(n.evictable) < t.c.Evict.MaxHold:
		return Correlated
	}
	return EvictNow
}

// hold notes that the eviction of n is held.
func (t *Tracker) hold(n *Node) {
	if !n.held {
		n.held = true
		t.Held++
	}
	if !t.burst {
		t.burst = true
		t.Bursts++
	}
}

// turn reports whether n may go now. Those that were never held go at once; the others one after the other, or all of
// their work would be handed over in one tick.
func (t *Tracker) turn(now core.Instant, n *Node) bool {
	if !n.held {
		return true
	}
	e := &t.c.Evict
	if now < t.next || t.busy >= e.Most {
		return false
	}
	n.waiting = true
	t.busy++
	t.next = now.Add(e.GapMin + core.Duration(t.draw.Float64()*float64(e.GapMax-e.GapMin)))
	return true
}

// Handed takes in that the work of node i, which a hold released, was handed over.
func (t *Tracker) Handed(i int) {
	if t.known[i] {
		t.done(&t.nodes[i])
	}
}

func (t *Tracker) done(n *Node) {
	if n.waiting {
		n.waiting = false
		t.busy--
	}
}

// Alive reports whether node i counts: it was heard, is there, and is not evicted.
func (t *Tracker) Alive(now core.Instant, i int) bool {
	return t.known[i] && !t.nodes[i].out && t.nodes[i].Live(now, &t.c.Node)
}

// Decide says what node i may get. One that was never heard, and one that is evicted, get nothing.
func (t *Tracker) Decide(now core.Instant, i int) (Decision, Label) {
	if !t.known[i] {
		return Evict, LabelSuspect
	}
	d, l := t.nodes[i].Decide(now, &t.c.Node)
	if t.nodes[i].out {
		d = Evict
	}
	return d, l
}

// Burst reports whether evictions are held for correlation.
func (t *Tracker) Burst() bool { return t.burst }

// Next returns when a released eviction may go that waits for the one before it; core.Never if none does.
func (t *Tracker) Next(now core.Instant) core.Instant {
	if t.busy >= t.c.Evict.Most {
		return core.Never
	}
	for i := range t.nodes {
		if n := &t.nodes[i]; n.held && !n.out && t.Judge(now, i) == EvictNow {
			return max(t.next, now)
		}
	}
	return core.Never
}

// MemoryBytes returns the heap bytes that t holds.
func (t *Tracker) MemoryBytes() int { return trackerBytes + nodeBytes*cap(t.nodes) + cap(t.known) }

// Sizes, held to the truth by a test.
const (
	nodeBytes    = 48
	trackerBytes = 128
)
