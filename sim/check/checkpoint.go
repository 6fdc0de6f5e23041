package check

import (
	"strings"

	"hypersim/core"
)

// The rules.
var (
	W4  = rule("I-W4", "per kind, messages sent = delivered + dropped + in flight", "spec 50 §8")
	M26 = rule("I-M26", "the incremental digest equals the recomputed one", "spec 10 §13")
	M27 = rule("I-M27", "all tables are within bounds and side tables belong to records", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.checkpoint = append(on.checkpoint, func(now core.Instant) {
		if c.ctx.View != nil {
			c.balance(now)
			c.validate(now, c.ctx.ValidateMax)
		}
	})
})

// checkpoint lets every subject look at what only machines and books show.
func (c *Checker) checkpoint(now core.Instant) {
	for _, hook := range c.on.checkpoint {
		hook(now)
	}
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
