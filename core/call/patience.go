package call

import "hypersim/core"

// Patience is how long a process waits for servers that it asks too often (spec 30 §8). One that says when to come again is asked
// the same by nobody here before: who means to waits, and so does whoever was told, each time longer. It is for BUSY of reason rate:
// what others have done to a server is not mended by waiting in a row here (ADR-0054). The zero value takes retry_after for a least
// pause, and tells nobody else.
type Patience struct {
	Retries int           // after BUSY, in one call
	Growth  float64       // the wait before the k-th of them, from 0, is retry_after × Growth^k
	Total   core.Duration // of all waits for BUSY in one call: what would wait longer ends at once; 0: no patience
}

// bar says until when requests of a kind to a server wait here.
type bar struct {
	until  core.Instant
	server core.NodeID
	kind   core.Kind
}

// bars are those of a process. There are as many as there were servers and kinds refused at one time: few, and they are forgotten
// as they run out.
type bars struct{ list []bar }

// set lets requests of a kind to a server wait until then; the last word counts.
func (b *bars) set(now core.Instant, server core.NodeID, k core.Kind, until core.Instant) {
	spare := -1
	for i := range b.list {
		x := &b.list[i]
		if x.server == server && x.kind == k {
			x.until = until
			return
		}
		if x.until <= now {
			spare = i
		}
	}
	if spare < 0 {
		spare = len(b.list)
		b.list = append(b.list, bar{})
	}
	b.list[spare] = bar{until: until, server: server, kind: k}
}

// until returns when requests of a kind may go to a server.
func (b *bars) until(server core.NodeID, k core.Kind) core.Instant {
	for i := range b.list {
		if x := &b.list[i]; x.server == server && x.kind == k {
			return x.until
		}
	}
	return 0
}

// heed notes that a server said when to ask it the same again: to whoever asked, who may not wait for that any more.
func (c *Calls) heed(now core.Instant, server core.NodeID, k core.Kind, a *Answer) {
	if a.Code == CodeBusy && a.Reason == ReasonRate && a.RetryAfter > 0 && c.p.Patience.Total > 0 {
		c.bars.set(now, server, k, now.Add(a.RetryAfter))
	}
}

// comes returns for how long s waits after such an answer; ok is false if it has waited enough.
func (c *Calls) comes(s *slot, a *Answer) (wait core.Duration, ok bool) {
	p, after := &c.p.Patience, a.RetryAfter
	if a.Reason != ReasonRate || after <= 0 || p.Total == 0 || !s.how.Patient {
		return after, true
	}
	wait = after
	for range s.refused {
		wait = scale(wait, p.Growth)
	}
	if int(s.refused) >= p.Retries || wait > p.Total-s.waited {
		return 0, false
	}
	s.refused++
	return wait, true
}

// waits lets h wait here if whom it is about to ask may not be asked yet, and reports whether it does. A call that has waited enough
// ends with the BUSY that somebody else was told.
func (c *Calls) waits(now core.Instant, h uint32, to core.NodeID) bool {
	s := c.t.at(h)
	if !s.how.Patient || len(c.bars.list) == 0 {
		return false
	}
	wait := c.bars.until(to, s.kind).Sub(now)
	switch {
	case wait <= 0:
		return false
	case wait > c.p.Patience.Total-s.waited:
		s.answered, s.code = false, CodeBusy
		if s.followed == 0 {
			s.attempt-- // it did not begin
		}
		c.t.await(h, phaseOver, now)
	default:
		s.waited += wait
		s.ahead = to
		c.t.await(h, phaseBarred, now.Add(wait))
	}
	return true
}

const barBytes = 16
