package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M20 = rule("I-M20", "only nodes that are OK or SUSPECT have job suspicions and DEAD_JOB marks", "spec 10 §13")
	M21 = rule("I-M21", "who is alive for a scope is alive, and an event of one scope changes no other", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.fact(c.scoped, core.FactScopeSuspected, core.FactScopeConfirmed, core.FactScopeExtended, core.FactScopeEnded)
	on.fact(c.reached, core.FactReach)
})

// scopeKey names a job suspicion or DEAD_JOB mark: whose, in which scope, of whom (spec 10 §8).
type scopeKey struct {
	scope             uint64
	observer, subject core.NodeID
}

// scopeHeld is one that lives. Times are local.
type scopeHeld struct {
	key             scopeKey
	start, deadline core.Instant
	mark            bool  // DEAD_JOB
	next, prev      int32 // of the same observer
}

// scopes holds the live ones, as suspicions does for the global layer.
type scopes struct {
	slab  []scopeHeld
	idle  []int32
	index map[scopeKey]int32
	moved []globalMove // of the present step
}

// globalMove is what the global layer learned in the present step: about a subject or, at a gate, about all
// of a datacenter.
type globalMove struct {
	subject core.NodeID
	site    int // −1: subject alone
	gone    bool
}

func (t *scopes) find(k scopeKey) int32 {
	if i, ok := t.index[k]; ok {
		return i
	}
	return -1
}

func (t *scopes) add(c *cold, k scopeKey) *scopeHeld {
	if t.index == nil {
		t.index = map[scopeKey]int32{}
	}
	var i int32
	if n := len(t.idle); n > 0 {
		i, t.idle = t.idle[n-1], t.idle[:n-1]
	} else {
		i = int32(len(t.slab))
		t.slab = append(t.slab, scopeHeld{})
	}
	t.slab[i] = scopeHeld{key: k, next: c.held, prev: -1}
	if c.held >= 0 {
		t.slab[c.held].prev = i
	}
	c.held = i
	t.index[k] = i
	return &t.slab[i]
}

func (t *scopes) drop(c *cold, i int32) {
	h := &t.slab[i]
	if h.prev >= 0 {
		t.slab[h.prev].next = h.next
	} else {
		c.held = h.next
	}
	if h.next >= 0 {
		t.slab[h.next].prev = h.prev
	}
	delete(t.index, h.key)
	t.idle = append(t.idle, i)
}

// reached takes what a gate thinks of a datacenter: its global layer for the managers there.
func (c *Checker) reached(r *trace.Record) {
	site, to := int(r.Fact.Get("datacenter")), core.Reach(r.Fact.Get("reach"))
	if c.cold[r.Node].held >= 0 {
		gone := to != core.ReachReachable && to != core.ReachSuspected
		c.scopes.moved = append(c.scopes.moved, globalMove{subject: core.NoNode, site: site, gone: gone})
	}
}

// moves notes a transition of somebody whom the observer suspects for a scope.
func (c *Checker) moves(r *trace.Record) {
	f := &r.Fact
	c.scopes.moved = append(c.scopes.moved, globalMove{subject: f.Subject, site: -1, gone: f.To != ok && f.To != suspect})
}

// touches reports whether the step moved the subject globally; gone, whether it went away.
func (c *Checker) touches(subject core.NodeID) (moved, gone bool) {
	for i := range c.scopes.moved {
		m := &c.scopes.moved[i]
		if m.subject == subject || m.site >= 0 && int(subject) < len(c.ctx.Nodes) && m.site == c.ctx.Nodes[subject].Site {
			moved, gone = true, gone || m.gone
		}
	}
	return moved, gone
}

// closeScopes is the first half of I-M20: who went away in this step took its suspicions and marks along.
func (c *Checker) closeScopes() {
	if len(c.scopes.moved) == 0 {
		return
	}
	s := &c.step
	for i := c.cold[s.node].held; i >= 0; i = c.scopes.slab[i].next {
		h := &c.scopes.slab[i]
		if _, gone := c.touches(h.key.subject); gone && c.fails(M20) {
			c.detail(M20, s.at, []core.NodeID{s.node, h.key.subject}, "%s no longer holds %s OK or SUSPECT, and goes on to suspect it for scope %d",
				c.name(s.node), c.name(h.key.subject), h.key.scope)
		}
	}
	c.scopes.moved = c.scopes.moved[:0]
}

// judged returns how an observer holds a subject globally, at a gate by reachability; false if nobody can tell.
func (c *Checker) judged(observer, subject core.NodeID) (core.MemberState, bool) {
	o, s := &c.ctx.Nodes[observer], &c.ctx.Nodes[subject]
	if o.Role != core.RoleGate || o.Group == s.Group {
		if c.ctx.View == nil {
			return none, false
		}
		return c.ctx.View.State(observer, subject), true
	}
	switch c.reachOf(observer, int64(s.Site)).state {
	case core.ReachReachable:
		return ok, true
	case core.ReachSuspected:
		return suspect, true
	case core.ReachUnreachable:
		return dead, true
	case core.ReachUnknown:
	}
	return unconfirmed, true
}

// scoped takes a fact of the job layer (I-M20, I-M21, and I-M11 to I-M13 where they say the same of it).
func (c *Checker) scoped(r *trace.Record) {
	f := &r.Fact
	if int(f.Subject) >= len(c.cold) {
		return
	}
	key := scopeKey{scope: uint64(f.Get("scope")), observer: r.Node, subject: f.Subject}
	moved, gone := c.touches(f.Subject)
	// A timer may fire at the very time at which the message was handled: what timers do is exempt.
	timed := f.Kind == core.FactScopeSuspected && f.Get("evidence") < 0 || f.Cause == core.CauseExpired
	if s := &c.step; s.scoped && s.scope != key.scope && !moved && !timed && c.fails(M21) {
		c.scopeWrong(M21, r, "changes in an event of another scope")
	}
	i := c.scopes.find(key)
	if f.Kind == core.FactScopeSuspected {
		c.scopeSuspected(r, key, i)
		return
	}
	if i < 0 {
		if c.fails(M13) {
			c.scopeWrong(M13, r, "goes on or ends, and did not run")
		}
		return
	}
	h := &c.scopes.slab[i]
	switch f.Kind {
	case core.FactScopeConfirmed:
		if core.Instant(f.Get("deadline")) > h.deadline && c.fails(M11) {
			c.scopeWrong(M11, r, "ends later after a confirmation")
		}
		h.deadline = core.Instant(f.Get("deadline"))
	case core.FactScopeExtended:
		if core.Instant(f.Get("deadline")) != h.deadline.Add(core.Duration(f.Get("granted"))) && c.fails(M11) {
			c.scopeWrong(M11, r, "moves by more than was granted")
		}
		h.deadline = core.Instant(f.Get("deadline"))
	default:
		c.scopeEnded(r, h, i, moved, gone)
	}
}

// scopeSuspected is the second half of I-M20: only who is OK is suspected for a scope.
func (c *Checker) scopeSuspected(r *trace.Record, key scopeKey, i int32) {
	if i >= 0 {
		if c.fails(M13) {
			c.scopeWrong(M13, r, "starts anew before it ended")
		}
		c.scopes.drop(&c.cold[r.Node], i)
	}
	if s, known := c.judged(r.Node, key.subject); known && s != ok && c.fails(M20) {
		c.scopeWrong(M20, r, "begins although it is "+s.String())
	}
	h := c.scopes.add(&c.cold[r.Node], key)
	h.start, h.deadline = r.Local, core.Instant(r.Fact.Get("deadline"))
}

func (c *Checker) scopeEnded(r *trace.Record, h *scopeHeld, i int32, moved, gone bool) {
	f := &r.Fact
	switch f.Cause {
	case core.CauseExpired:
		if (h.mark || r.Local < h.deadline) && c.fails(M12) {
			c.scopeWrong(M12, r, "expires early or twice")
		}
		h.mark = true // it stays, as a mark
		return
	case core.CauseGossip:
		if !gone && c.fails(M21) {
			c.scopeWrong(M21, r, "is cleared by the global layer, which said nothing")
		}
	case core.CauseRefuted:
		if !c.step.hand && !moved && c.fails(M21) {
			c.scopeWrong(M21, r, "is refuted by nothing")
		}
	default:
	}
	c.scopes.drop(&c.cold[r.Node], i)
}

// scopeWrong is detail for a job suspicion.
func (c *Checker) scopeWrong(id ID, r *trace.Record, what string) {
	c.detail(id, r.At, []core.NodeID{r.Node, r.Fact.Subject}, "the suspicion of %s at %s for scope %d %s",
		c.name(r.Fact.Subject), c.name(r.Node), r.Fact.Get("scope"), what)
}
