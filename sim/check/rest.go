package check

import "hypersim/core"

// AtRest reports whether nothing is under way any more that could still break a rule, as far as records and views show: nothing has
// disturbed the run for so long, nor was a job handed in, every client has heard how its jobs ended, no process keeps one that is
// not over, no shard runs and no dispatch is under way, and all live members hold each other OK under one incarnation. What follows in
// such a run is heartbeats, and the end of what is kept for a time. I-J4, I-M30 and I-W5 hold then: they say that this comes.
func (c *Checker) AtRest(now core.Instant, calm core.Duration) bool {
	if !c.quiet(now, calm) || now.Sub(c.work.began) <= calm || len(c.work.running) > 0 || !c.tellers() {
		return false
	}
	for _, x := range c.work.order {
		if !c.jobAtRest(x) {
			return false
		}
	}
	for i := range c.groups {
		if !c.groupAtRest(c.groups[i].members) {
			return false
		}
	}
	return true
}

func (c *Checker) jobAtRest(x *jobSeen) bool {
	if x.clientAt == never && c.hot[x.client].up && c.hot[x.client].inst == x.inst {
		return false
	}
	for _, y := range x.records {
		if y.kept && c.lives(y) && (!c.recordOver(y) || len(y.intents) > 0) {
			return false
		}
	}
	return true
}

func (c *Checker) groupAtRest(members []core.NodeID) bool {
	v := c.ctx.View
	for _, o := range members {
		n := &c.hot[o]
		if n.up && (n.leaving || n.paused || c.cold[o].nSusp > 0) {
			return false
		}
		for _, s := range members {
			m := &c.hot[s]
			if s == o || !n.up || !m.up && !m.worker || !c.ctx.knows(n.role, m.role) {
				continue
			}
			if !m.up { // one that is gone is found dead before all is over (I-M33)
				if v.State(o, s) == ok {
					return false
				}
				continue
			}
			if v.State(o, s) != ok || v.Incarnation(o, s) != m.inc && !m.worker {
				return false
			}
		}
	}
	return true
}
