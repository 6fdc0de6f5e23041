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
	de       uint32 // under which it was asked for,
	seq      uint32 // and by which message
	attempt  uint16
	cores    uint16
	used     bool // the worker has them, and its next word shows it
}

// Round is what a word about reserved cores is about: an attempt at a workflow, the epoch of its holder, and the number of the message, by
// which one round about that is told from the next (spec 20 §4.5). Of an epoch there is one holder, whose messages are numbered in turn.
type Round struct {
	Job      job.ID
	Workflow job.WorkflowID
	DE, Seq  uint32 // Seq 0 throughout: a reservation of this manager's own
	Attempt  uint16
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
func (c *Capacity) Hold(r *Round, cores int, until core.Instant) {
	c.Release(r)
	c.holds = append(c.holds, hold{job: r.Job, workflow: r.Workflow, attempt: r.Attempt, de: r.DE, seq: r.Seq, cores: uint16(cores), until: until})
}

// of reports whether h is of the attempt that r is about.
func (h *hold) of(r *Round) bool {
	return h.job == r.Job && h.workflow == r.Workflow && h.attempt == r.Attempt
}

// follows reports whether h was asked for after r was said, by the same holder. Numbers begin anew behind the greatest.
func (h *hold) follows(r *Round) bool { return h.de == r.DE && int32(h.seq-r.Seq) > 0 }

// is reports whether r is about h. A former holder's word is not about what a later holder asked for, nor that of a former round, which was
// longer on its way, about what a later one asked for.
func (h *hold) is(r *Round) bool { return h.of(r) && h.de <= r.DE && !h.follows(r) }

// Outdone reports whether a later round of the same holder has cores for the same attempt.
func (c *Capacity) Outdone(r *Round) bool {
	return slices.ContainsFunc(c.holds, func(h hold) bool { return h.of(r) && h.follows(r) })
}

// Used notes that what was reserved up to r is given away: the worker's next word shows it, and until then nobody else gets it.
func (c *Capacity) Used(r *Round) {
	for i := range c.holds {
		if h := &c.holds[i]; h.is(r) {
			h.used = true
		}
	}
}

// Release ends a reservation up to r, that came to nothing.
func (c *Capacity) Release(r *Round) {
	c.holds = slices.DeleteFunc(c.holds, func(h hold) bool { return h.is(r) })
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
