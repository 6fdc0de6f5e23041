package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M25 = rule("I-M25", "only fresh claims and counted confirmations are relayed", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.often(c.queued, core.FactQueued)
	on.often(c.retired, core.FactRetired)
})

// queued takes an update that a node is going to spread (I-M4, I-M25, I-M27).
func (c *Checker) queued(r *trace.Record) {
	f, k := &r.Fact, &c.cold[r.Node]
	c.adoptedBy(r.At, r.Node, f.Subject, f.Inc)
	if !c.news(r) {
		c.remember(r)
		c.echoed(r.At, r.Node, claimOf(f))
	}
	if c.ctx.Limits.Lambda+c.ctx.Limits.Decades > 0 {
		most := c.limit(r.Node)
		k.follow(f, min(int(f.Get("limit")), most))
		if int(f.Get("limit")) > most && !c.ctx.Inherited && c.fails(M16) {
			c.detail(M16, r.At, []core.NodeID{r.Node, f.Subject}, "%s is going to send %v(%d) of %s %d times, at most %d are allowed",
				c.name(r.Node), core.UpdateType(f.Get("update")), f.Inc, c.name(f.Subject), f.Get("limit"), most)
		}
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
		return moved || core.UpdateType(f.Get("update")) == core.UpdateSuspect && c.unconfirmedNews(r)
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

// unconfirmedNews reports whether an accusation that changed nothing is one of an UNCONFIRMED record at its very
// incarnation, which is passed on once (§2.3). A record that the same step goes on to confirm or to remove is such
// a one too; that shows in the facts that follow.
func (c *Checker) unconfirmedNews(r *trace.Record) bool {
	f := &r.Fact
	v := c.ctx.View
	if v == nil {
		return !c.susp.has(r.Node, f.Subject)
	}
	if v.State(r.Node, f.Subject) != unconfirmed || v.Incarnation(r.Node, f.Subject) != f.Inc {
		c.step.doubtful, c.step.doubt = true, claimOf(f)
	}
	return true
}

// echoed is a relayed claim that nothing warrants.
func (c *Checker) echoed(at core.Instant, o core.NodeID, x claim) {
	if c.fails(M25) {
		c.detail(M25, at, []core.NodeID{o, x.subject, x.other}, "%s relays %v(%d) of %s, cause %v, and nothing happened that warrants it",
			c.name(o), x.typ, x.inc, c.name(x.subject), x.cause)
	}
}

func claimOf(f *core.Fact) claim {
	return claim{subject: f.Subject, other: f.Other, inc: f.Inc, typ: core.UpdateType(f.Get("update")), cause: f.Cause}
}

// retired takes an update that left a queue (I-M16).
func (c *Checker) retired(r *trace.Record) {
	f := &r.Fact
	c.cold[r.Node].queued--
	c.cold[r.Node].unfollow(f)
	if f.Get("transmissions") > f.Get("limit") && c.fails(M16) {
		c.detail(M16, r.At, []core.NodeID{r.Node, f.Subject}, "%s sent %v(%d) of %s %d times, at most %d are allowed",
			c.name(r.Node), core.UpdateType(f.Get("update")), f.Inc, c.name(f.Subject), f.Get("transmissions"), f.Get("limit"))
	}
}
