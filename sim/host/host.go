package host

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// Model is what hosts of one kind have in common.
type Model struct {
	Service [core.NumClasses]rng.Dist // seconds per message
	Inbox   int                       // messages that may wait, > 0
	ByClass bool                      // CONTROL first; else first come, first served
}

// State is what a host does with an arrival.
type State uint8

// Answers to an arrival.
const (
	Idle State = iota // handle it now
	Busy              // it waits
	Full              // something was dropped to make it wait, or it was dropped itself
)

// Host is one simulated machine. The zero value is down.
type Host struct {
	// What every event looks at, in one cache line.
	busy   core.Instant // end of the service in hand
	wake   core.Instant // the pending wake-up, core.Never if none
	later  core.Instant // an older wake-up that is still queued, core.Never if none
	seq    uint64       // origin sequence of the next event
	box    *inbox       // nil until something had to wait
	model  *Model
	paused int32 // nested pauses
	up     bool
	queued bool // the end of service is scheduled because something waits

	clock Clock
	pace  *schedule // of services; nil is normal
	draw  rng.Stream
}

// Init makes h a host of the model, down, with the clock c. s draws service times.
func (h *Host) Init(m *Model, c Clock, s rng.Stream) {
	*h = Host{model: m, clock: c, draw: s, wake: core.Never, later: core.Never}
}

// Up reports whether the host's process runs.
func (h *Host) Up() bool { return h.up }

// Paused reports whether at least one pause holds the host.
func (h *Host) Paused() bool { return h.paused > 0 }

// Waiting returns how many messages wait.
func (h *Host) Waiting() int {
	if h.box == nil {
		return 0
	}
	return h.box.n
}

// Seq returns the next origin sequence number of an event that this host causes.
func (h *Host) Seq() uint64 {
	h.seq++
	return h.seq
}

// Start brings the host up with nothing waiting.
func (h *Host) Start(now core.Instant) { h.up, h.busy = true, now }

// Crash takes the host down; drop is given every waiting handle. It ends all pauses: they froze the
// process, and the next one is another.
func (h *Host) Crash(drop func(handle uint32)) {
	h.up = false
	h.paused = 0
	h.wake, h.later = core.Never, core.Never
	h.queued = false
	if h.box != nil {
		h.box.drain(drop)
	}
}

// Arrive asks what to do with a message of the class at now. With Busy and Full the handle waits here,
// or dropped is the one that had to go (lowest class first, newest of it), which may be itself.
func (h *Host) Arrive(now core.Instant, c core.Class, handle uint32) (s State, dropped uint32) {
	if h.paused == 0 && h.busy <= now && h.Waiting() == 0 {
		return Idle, 0
	}
	if h.box == nil {
		h.box = new(inbox)
	}
	if h.box.n < h.model.Inbox {
		h.box.push(h.order(c), handle)
		return Busy, 0
	}
	return Full, h.box.displace(h.order(c), handle)
}

// Return puts back a message whose turn it was, and that was not served: it is the next of its class again. There is room, since
// it has just left.
func (h *Host) Return(c core.Class, handle uint32) {
	if h.box == nil {
		h.box = new(inbox)
	}
	h.box.lanes[h.order(c)].pushFront(handle)
	h.box.n++
}

// order is the lane that a class waits in.
func (h *Host) order(c core.Class) core.Class {
	if h.model.ByClass {
		return c
	}
	return 0
}

// Serve starts the service of one message at now and returns when it ends: what the message causes
// leaves then.
func (h *Host) Serve(now core.Instant, c core.Class) core.Instant {
	d := &h.model.Service[c]
	sec := d.Sample(&h.draw)
	if h.pace != nil {
		h.busy = h.pace.end(now, sec)
	} else {
		h.busy = now.Add(core.Seconds(sec))
	}
	return h.busy
}

// Occupy keeps the server busy for as long as d at the normal pace, after the service in hand: what it sends away costs time
// too. It does not change when that service ends.
func (h *Host) Occupy(now core.Instant, d core.Duration) {
	from := max(h.busy, now)
	if h.pace != nil {
		h.busy = h.pace.end(from, d.Seconds())
	} else {
		h.busy = from.Add(d)
	}
}

// Busy returns the end of the service in hand; a wake-up due before it waits for it.
func (h *Host) Busy() core.Instant { return h.busy }

// NeedsTurn reports that something waits and nobody has been told to come back for it; the caller does,
// at Busy (or on resuming), and then calls Turn.
func (h *Host) NeedsTurn() bool {
	if h.queued || h.paused > 0 || h.Waiting() == 0 {
		return false
	}
	h.queued = true
	return true
}

// Turn takes the next waiting message, by class.
func (h *Host) Turn() (handle uint32, ok bool) {
	h.queued = false
	if h.paused > 0 || h.Waiting() == 0 {
		return 0, false
	}
	return h.box.pop(), true
}

// Pause freezes the host; pauses nest.
func (h *Host) Pause() { h.paused++ }

// Resume undoes one Pause and reports whether the host runs again.
func (h *Host) Resume() bool {
	h.paused--
	return h.paused == 0
}

// Clock gives the host's clock.
func (h *Host) Clock() *Clock { return &h.clock }

// Arm asks for a wake-up at virtual time at, never earlier than now. It reports whether an event must be
// scheduled: not if an earlier or equal one is pending. A superseded event stays queued and is found
// stale when it fires; it is used again if it comes to be wanted.
func (h *Host) Arm(at core.Instant) bool {
	if at >= h.wake {
		return false
	}
	superseded := h.wake
	h.wake = at
	if at == h.later {
		h.later = superseded
		return false
	}
	if superseded < h.later || h.later == core.Never {
		h.later = superseded
	}
	return true
}

// Fires reports whether a wake-up event at virtual time at is the one wanted, and takes it.
func (h *Host) Fires(at core.Instant) bool {
	if at == h.later {
		h.later = core.Never
	}
	if !h.up || at != h.wake {
		return false
	}
	h.wake = core.Never
	return true
}

// Overdue reports whether the wanted wake-up fell into the service that ended now, and takes it: it goes
// before the messages that wait. Its own event is still to come; it is found stale or used again.
func (h *Host) Overdue(now core.Instant) bool {
	if h.wake > now || h.paused > 0 || !h.up {
		return false
	}
	if h.wake < h.later { // core.Never is later than everything
		h.later = h.wake
	}
	h.wake = core.Never
	return true
}
