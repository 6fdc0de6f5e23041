package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// queued takes an update that a node is going to spread (I-M4, I-M25, I-M27).
func (c *Checker) queued(r *trace.Record) {
	f, k := &r.Fact, &c.cold[r.Node]
	c.adoptedBy(r.At, r.Node, f.Subject, f.Inc)
	if !c.news(r) && c.fails(M25) {
		c.remember(r)
		c.detail(M25, r.At, []core.NodeID{r.Node, f.Subject, f.Other}, "%s relays %v(%d) of %s, cause %v, and nothing happened that warrants it",
			c.name(r.Node), core.UpdateType(f.A), f.Inc, c.name(f.Subject), f.Cause)
	}
	k.queued++
	if int(k.queued) > c.ctx.Limits.QueueMax && c.fails(M27) {
		c.detail(M27, r.At, []core.NodeID{r.Node}, "%s has %d updates queued", c.name(r.Node), k.queued)
	}
}

// news reports whether the step did what makes an update worth spreading.
func (c *Checker) news(r *trace.Record) bool {
	f, s := &r.Fact, &c.step
	moved := s.moved && s.subject == f.Subject && s.inc == f.Inc
	switch f.Cause {
	case core.CauseFresh:
		// An accusation of an UNCONFIRMED record is passed on once without any change of it (§2.3).
		return moved || core.UpdateType(f.A) == core.UpdateSuspect && !c.susp.has(r.Node, f.Subject)
	case core.CauseConfirmation:
		return s.counted && s.accused == f.Subject && s.accuser == f.Other
	case core.CauseSelf:
		if f.Subject == r.Node {
			return f.Inc == c.hot[r.Node].inc
		}
		return moved && (s.cause == core.CauseProbeFailed || s.cause == core.CauseSilent || s.cause == core.CauseExpired)
	default:
		return false
	}
}

// retired takes an update that left a queue (I-M16).
func (c *Checker) retired(r *trace.Record) {
	f := &r.Fact
	c.cold[r.Node].queued--
	if f.B > int64(f.N) && c.fails(M16) {
		c.detail(M16, r.At, []core.NodeID{r.Node, f.Subject}, "%s sent %v(%d) of %s %d times, at most %d are allowed",
			c.name(r.Node), core.UpdateType(f.A), f.Inc, c.name(f.Subject), f.B, f.N)
	}
}
