package check

import (
	"strings"

	"hypersim/core"
)

// checkpoint balances the books (I-W4, I-M2, I-M22, I-M26, I-M27, I-M29, I-V1).
func (c *Checker) checkpoint(now core.Instant) {
	c.pruneOld(now)
	for i := range c.cold {
		if at := c.cold[i].accusedAt; at != never && !c.hot[i].paused {
			if late := now.Sub(at); late > c.refuteLimit()+late/1000 {
				c.unrefuted(now, core.NodeID(i))
				c.cold[i].accusedAt = never
			}
		}
	}
	if c.ctx.View == nil {
		return
	}
	c.balance(now)
	c.validate(now, c.ctx.ValidateMax)
	c.judgeCrashes(now)
}

func (c *Checker) balance(now core.Instant) {
	for k := range core.Kind(core.NumKinds) {
		if !k.Travels() {
			continue
		}
		flying := c.ctx.View.InFlight(k)
		if c.sent[k] != c.delivered[k]+c.dropped[k]+flying && c.fails(W4) {
			c.detail(W4, now, nil, "%v: %d sent, but %d delivered, %d dropped and %d in flight",
				k, c.sent[k], c.delivered[k], c.dropped[k], flying)
		}
	}
}

// validate asks the next n machines, in turn.
func (c *Checker) validate(now core.Instant, n int) {
	v := c.ctx.View
	for range min(n, len(c.hot)) {
		id := core.NodeID(c.nextValid)
		c.nextValid = (c.nextValid + 1) % len(c.hot)
		if c.hot[id].group == 0 || !v.Up(id) {
			continue
		}
		c.silenced(now, id)
		if s := v.State(id, id); s != ok && c.fails(M2) {
			c.detail(M2, now, []core.NodeID{id}, "%s holds itself %v", c.name(id), s)
		}
		for _, what := range v.Validate(id) {
			inv := M27
			switch {
			case strings.HasPrefix(what, "digest"):
				inv = M26
			case strings.HasPrefix(what, "job layer rule"):
				inv = M20
			case strings.HasPrefix(what, "job layer route"):
				inv = M21
			case strings.HasPrefix(what, "coordinate:"):
				inv = V1
			}
			if c.fails(inv) {
				c.detail(inv, now, []core.NodeID{id}, "%s: %s", c.name(id), what)
			}
		}
	}
}
