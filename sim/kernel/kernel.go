package kernel

import (
	"fmt"

	"hypersim/core"
)

// Handler does what an event means. It may schedule further events, at e.At or later. e is valid until
// Handle returns.
type Handler interface {
	Handle(e *Event)
}

// Toucher is what a Handler may implement beside. Touch is called a few events before Handle, for several
// events in a row, and should only load the first bytes of the state that Handle will need, so that the
// memory's latencies overlap (a miss costs more than everything else an event does). It must have no
// effect: it may be called for an event more than once or never.
type Toucher interface {
	Touch(e *Event)
}

// touchAhead is how many events are touched in a row. A processor keeps about a dozen misses in flight;
// touching one event for each handled gained a third as much, since its window of instructions is
// shorter than one handler.
const touchAhead = 12

// Kernel is the virtual clock: it handles pending events in order, each at its instant.
type Kernel struct {
	queue   Queue
	handler Handler
	toucher Toucher
	current Event // in hand; a field, because a local would escape through the interface
	now     core.Instant
	handled uint64
	here    uint64       // handled before the first event of this instant
	from    core.Instant // of an event from which on all are counted that lie no more than span behind it
	since   uint64       // handled before that one, or before this Run
	span    core.Duration
	atOnce  uint64
	running bool
	stopped bool
	held    bool
}

// AtOnce is after how many events at one instant, or within the span of Crowded, a Run looks up. Ten of a node in the largest worlds are
// fewer; a handler that schedules an event for the instant of that very event, again and again, would never return.
const AtOnce = 1 << 20

// New returns a kernel at instant 0 whose events h handles. If h is also a Toucher it is used as one.
func New(h Handler) *Kernel {
	t, _ := h.(Toucher)
	return &Kernel{handler: h, toucher: t, atOnce: AtOnce}
}

// NoTouch spares a handler whose state fits into the processor's caches the look ahead: there is nothing to wait for.
func (k *Kernel) NoTouch() { k.toucher = nil }

// Crowded lets a Run look up also after AtOnce events that lie no further apart than span: where each event schedules the next one
// a nanosecond later, time goes on, and comes to nothing.
func (k *Kernel) Crowded(span core.Duration) { k.span = span }

// Crowd returns within what time the events lie for which the last Run was Held: 0 if most were at one instant.
func (k *Kernel) Crowd() core.Duration {
	if k.handled-k.here >= k.atOnce/2 {
		return 0
	}
	return k.now.Sub(k.from)
}

// Now returns the instant of the event in hand, or, between runs, the instant up to which time has passed.
func (k *Kernel) Now() core.Instant { return k.now }

// Handled returns how many events have been handled since the start.
func (k *Kernel) Handled() uint64 { return k.handled }

// Pending returns how many events are scheduled and not yet handled.
func (k *Kernel) Pending() int { return k.queue.Len() }

// Schedule adds e to what will happen. It panics if e.At is before Now.
func (k *Kernel) Schedule(e Event) { k.queue.Push(e) }

// Stop makes Run return after the event in hand; it is called from inside a handler. Time then stays at
// that event, and a later Run goes on from there.
func (k *Kernel) Stop() { k.stopped = true }

// Held reports whether the last Run came to AtOnce events at one instant, or within the span of Crowded, and returned there. The next one goes on from there.
func (k *Kernel) Held() bool { return k.held }

// Current returns the event in hand, or the last one.
func (k *Kernel) Current() Event { return k.current }

// Run handles all events with At ≤ until in order, those that handlers schedule meanwhile included, and
// leaves Now at until, unless it is stopped or Held. It panics if until is before Now or if it is called from inside a handler.
func (k *Kernel) Run(until core.Instant) {
	if until < k.now || k.running {
		panic(fmt.Sprintf("kernel: run until %v, but the clock is at %v (inside a handler: %t)",
			until, k.now, k.running))
	}
	k.running, k.stopped, k.held, k.since, k.from = true, false, false, k.handled, k.now
	if k.toucher != nil {
		k.runTouching(until)
	} else {
		k.run(until)
	}
	k.running = false
	if !k.stopped {
		k.now = until
		k.queue.floor = until
	}
}

func (k *Kernel) run(until core.Instant) {
	for !k.stopped && k.due(until) {
		k.step()
	}
}

// runTouching is run with a look ahead: every touchAhead events it touches the next touchAhead. Events
// that handlers schedule into that stretch go untouched, which costs time only.
func (k *Kernel) runTouching(until core.Instant) {
	untouched := 0
	for !k.stopped && k.due(until) {
		if untouched == 0 {
			untouched = k.touch()
		}
		untouched--
		k.step()
	}
}

// touch touches the next events and returns how many they are.
func (k *Kernel) touch() int {
	run := k.queue.run
	ahead := run[max(0, len(run)-touchAhead):]
	for i := range ahead {
		k.toucher.Touch(&ahead[len(ahead)-1-i])
	}
	return len(ahead)
}

// due reports whether the first event is at or before until; it is then in the queue's run.
func (k *Kernel) due(until core.Instant) bool {
	q := &k.queue
	if len(q.run) == 0 && !q.load() {
		return false
	}
	return q.run[len(q.run)-1].At <= until
}

func (k *Kernel) step() {
	k.current = k.queue.popRun()
	if at := k.current.At; at != k.now {
		k.now, k.here = at, k.handled
	}
	if k.now.Sub(k.from) > k.span {
		k.from, k.since = k.now, k.handled
	} else if k.handled-k.since >= k.atOnce {
		k.held, k.stopped = true, true // after this one
	}
	k.handled++
	k.handler.Handle(&k.current)
}
