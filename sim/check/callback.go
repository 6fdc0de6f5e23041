package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M15 = rule("I-M15", "Died fires exactly once per transition to DEAD", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.fact(c.callback, core.FactCallback)
})

// callback takes what role logic is told (I-M15, I-M24).
func (c *Checker) callback(r *trace.Record) {
	f, s := &r.Fact, &c.step
	if int(f.Subject) >= len(c.hot) {
		return
	}
	switch f.Callback {
	case core.CallbackDied:
		if (s.owed == 0 || s.subject != f.Subject) && c.fails(M15) {
			c.detail(M15, r.At, []core.NodeID{r.Node, f.Subject}, "%s tells that %s died, which is no transition to DEAD",
				c.name(r.Node), c.name(f.Subject))
		}
		s.owed = max(s.owed-1, 0)
		c.diedAfterLeave(r)
	case core.CallbackPeerRestarted:
		if len(c.restarted) > 0 {
			c.toldRestart(r)
		}
	case core.CallbackRoleLearned: // it is put anew into the list
		c.cold[r.Node].inserts++
	default:
	}
}

// diedAfterLeave checks the second half of I-M24. Somebody whom a cut or a loss kept from hearing of the departure
// cannot know better, nor while the news is under way, and a death may be that of an earlier process. A worker may be wrong: it gets its
// news only with answers to its own pings (spec 10 §1), and its verdict goes no further.
func (c *Checker) diedAfterLeave(r *trace.Record) {
	f, k := &r.Fact, &c.cold[r.Fact.Subject]
	own := f.Inc <= c.hot[f.Subject].inc && (k.starts == 1 || f.Inc > k.prior)
	if worker := !c.ctx.Flat && c.ctx.Nodes[r.Node].Role == core.RoleWorker; worker {
		return
	}
	if k.left && !k.unheard && k.parting <= 0 && !k.declared && own && c.faults.wholeSince(k.leaveAt) {
		if c.fails(M24) {
			c.detail(M24, r.At, []core.NodeID{r.Node, f.Subject}, "%s declares %s dead, which left at %v",
				c.name(r.Node), c.name(f.Subject), k.leaveAt)
		}
		return
	}
	k.declared = true
}
