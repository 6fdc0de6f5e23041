package dispatch

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// flight is a dispatch whose cores the worker's newest version does not show yet. Tokens are numbers of a job.
type flight struct {
	job     job.ID
	token   job.Token
	cores   uint16
	version uint64 // of the worker when it accepted; 0 = not answered
}

// hold is a provision of a peer that was confirmed here.
type hold struct {
	job      job.ID
	workflow job.WorkflowID
	until    core.Instant
	de       uint32 // under which it was asked for
	attempt  uint16
	cores    uint16
	used     bool // the worker has them, and its next word shows it
}

// Capacity is how many cores of one worker this manager may give away: what the worker said last, less what it cannot
// have known then (spec 20 §4.4, J22). A heartbeat never resets a reservation; it only shows one.
type Capacity struct {
	version   uint64
	available int32
	flights   []flight
	holds     []hold
}

// Heard takes over what the worker says at version; an older or equal version says nothing new.
func (c *Capacity) Heard(version uint64, available int) bool {
	if version <= c.version {
		return false
	}
	c.version, c.available = version, int32(available)
	c.flights = slices.DeleteFunc(c.flights, func(f flight) bool { return f.version != 0 && f.version <= version })
	c.holds = slices.DeleteFunc(c.holds, func(h hold) bool { return h.used })
	return true
}

// Reset forgets everything: the worker is another process.
func (c *Capacity) Reset(version uint64, available int) {
	*c = Capacity{version: version, available: int32(available), flights: c.flights[:0], holds: c.holds[:0]}
}

// Sent notes a dispatch that is on its way.
func (c *Capacity) Sent(j job.ID, t job.Token, cores int) {
	c.flights = append(c.flights, flight{job: j, token: t, cores: uint16(cores)})
}

// Accepted notes that the worker took it, at the given version of its own.
func (c *Capacity) Accepted(j job.ID, t job.Token, version uint64) {
	for i := range c.flights {
		if c.flights[i].token != t || c.flights[i].job != j {
			continue
		}
		if version <= c.version { // a newer word of the worker shows it already
			c.flights = slices.Delete(c.flights, i, i+1)
		} else {
			c.flights[i].version = version
		}
		return
	}
}

// Gone notes that a dispatch came to nothing: refused, fenced, or its shard ended.
func (c *Capacity) Gone(j job.ID, t job.Token) {
	c.flights = slices.DeleteFunc(c.flights, func(f flight) bool { return f.token == t && f.job == j })
}

// Unanswered returns how many dispatches are on their way.
func (c *Capacity) Unanswered() int {
	n := 0
	for i := range c.flights {
		if c.flights[i].version == 0 {
			n++
		}
	}
	return n
}

// Hold reserves cores for a provision of a peer until the given instant. The same attempt is held once: for who asks last, unless its
// epoch is the smaller one.
func (c *Capacity) Hold(j job.ID, w job.WorkflowID, attempt uint16, de uint32, cores int, until core.Instant) {
	c.Release(j, w, attempt, de)
	c.holds = append(c.holds, hold{job: j, workflow: w, attempt: attempt, de: de, cores: uint16(cores), until: until})
}

// is reports whether a word under an epoch is about h. A former holder's word is not about what a later holder asked for.
func (h *hold) is(j job.ID, w job.WorkflowID, attempt uint16, de uint32) bool {
	return h.job == j && h.workflow == w && h.attempt == attempt && h.de <= de
}

// Used notes that what was reserved under an epoch up to de is given away: the worker's next word shows it, and until then nobody else gets it.
func (c *Capacity) Used(j job.ID, w job.WorkflowID, attempt uint16, de uint32) {
	for i := range c.holds {
		if h := &c.holds[i]; h.is(j, w, attempt, de) {
			h.used = true
		}
	}
}

// Release ends a reservation under an epoch up to de, that came to nothing.
func (c *Capacity) Release(j job.ID, w job.WorkflowID, attempt uint16, de uint32) {
	c.holds = slices.DeleteFunc(c.holds, func(h hold) bool { return h.is(j, w, attempt, de) })
}

// Expire ends the reservations that are over, and returns when the next one is.
func (c *Capacity) Expire(now core.Instant) core.Instant {
	next := core.Never
	c.holds = slices.DeleteFunc(c.holds, func(h hold) bool {
		if h.until <= now {
			return true
		}
		next = min(next, h.until)
		return false
	})
	return next
}

// Free returns how many cores may be given away; never below 0.
func (c *Capacity) Free() int {
	n := int(c.available)
	for i := range c.flights {
		n -= int(c.flights[i].cores)
	}
	for i := range c.holds {
		n -= int(c.holds[i].cores)
	}
	return max(0, n)
}

// MemoryBytes returns the heap bytes that c holds.
func (c *Capacity) MemoryBytes() int { return flightBytes*cap(c.flights) + holdBytes*cap(c.holds) }

// Sizes in bytes, held to the truth by a test.
const (
	flightBytes = 32
	holdBytes   = 40
)

// Reserved returns how many dispatches and provisions hold cores that the worker has not shown as taken.
func (c *Capacity) Reserved() int { return len(c.flights) + len(c.holds) }

// Version returns the newest version of the worker that was heard.
func (c *Capacity) Version() uint64 { return c.version }
