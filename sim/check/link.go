package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	L1 = rule("I-L1", "a datagram between gates and datacenters carries no claim and changes no record", "spec 10 §13")
	L2 = rule("I-L2", "such a datagram changes neither health nor incarnation, suspects and confirms nobody", "spec 10 §13")
	L3 = rule("I-L3", "every change in how a gate judges a datacenter is a row of the table", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.fact(c.reachChanged, core.FactReach)
	on.started = append(on.started, func(r *trace.Record) { c.reachForgotten(r.Node) })
})

// reach is how a gate judged a datacenter last.
type reach struct {
	gate  core.NodeID
	site  int64
	state core.Reach
	since core.Instant // local; never if it has not changed since the process began
}

// linkStep takes a fact of a step that handles a datagram of the link: such a datagram is about reachability
// and distance, never about membership (I-L1, I-L2).
func (c *Checker) linkStep(r *trace.Record) {
	f := &r.Fact
	switch f.Kind {
	case core.FactQueued, core.FactRetired, core.FactIncarnation:
		if f.Subject == r.Node && c.hot[r.Node].leaving {
			return // it says that it leaves when its last job is out of its hands, whatever it hears just then
		}
	default:
	}
	switch f.Kind {
	case core.FactTransition, core.FactCallback, core.FactQueued, core.FactRetired, core.FactJoin, core.FactSync:
		if c.fails(L1) {
			c.detail(L1, r.At, []core.NodeID{r.Node, f.Subject}, "%v of %s, of no group, makes %s report %v about %s",
				c.step.kind, c.name(c.step.from), c.name(r.Node), f.Kind, c.name(f.Subject))
		}
	case core.FactLHM, core.FactDegradation, core.FactIncarnation, core.FactAccused, core.FactProbeStarted, core.FactProbeEnded,
		core.FactSuspicionStarted, core.FactSuspicionConfirmed, core.FactSuspicionGrace, core.FactSuspicionEnded,
		core.FactConfirmAttempt:
		if c.fails(L2) {
			c.detail(L2, r.At, []core.NodeID{r.Node, f.Subject}, "%v of %s, of no group, makes %s report %v",
				c.step.kind, c.name(c.step.from), c.name(r.Node), f.Kind)
		}
	default:
	}
}

// linkSent holds a datagram of the link to its form: no claims about anybody (I-L1).
func (c *Checker) linkSent(r *trace.Record) {
	if m := r.Msg; len(m.Updates) > 0 && c.fails(L1) {
		c.detail(L1, r.At, []core.NodeID{m.From, m.To}, "%v from %s to %s, of no group, carries %d claims",
			m.Kind, c.name(m.From), c.name(m.To), len(m.Updates))
	}
}

// reachChanged takes a change in how a gate judges a datacenter (I-L3).
func (c *Checker) reachChanged(r *trace.Record) {
	f := &r.Fact
	k := c.reachOf(r.Node, f.Get("datacenter"))
	from, to := core.Reach(f.Get("old_reach")), core.Reach(f.Get("reach"))
	why := c.notARow(r, k, from, to)
	if why != "" && c.fails(L3) {
		c.detail(L3, r.At, []core.NodeID{r.Node, f.Subject}, "%s holds datacenter %d %v after %v because of %v: %s",
			c.name(r.Node), f.Get("datacenter"), to, from, f.Cause, why)
	}
	k.state, k.since = to, r.Local
}

// notARow says why a change is no row of the table of spec 30 §3.2, or "".
func (c *Checker) notARow(r *trace.Record, k *reach, from, to core.Reach) string {
	f, l := &r.Fact, &c.ctx.Limits
	waited := r.Local.Sub(k.since)
	if k.since == never {
		waited = l.ReachUnknown // counted from the start of the process, which has no local time here
	}
	switch {
	case from != k.state:
		return "it was " + k.state.String()
	case c.hot[r.Node].role != core.RoleGate:
		return "only gates judge datacenters"
	case to == core.ReachReachable && from != to && f.Cause == core.CauseAck:
		if !c.step.hand || c.step.kind != core.KindXAck || int64(c.ctx.Nodes[c.step.from].Site) != f.Get("datacenter") {
			return "no XACK of the datacenter came"
		}
		return ""
	case from == core.ReachReachable && to == core.ReachSuspected && (f.Cause == core.CauseProbeFailed || f.Cause == core.CauseSilent):
		return ""
	case from == core.ReachSuspected && to == core.ReachUnknown && f.Cause == core.CauseSuperseded:
		if !c.step.hand || c.step.kind != core.KindXNack {
			return "no XNACK named another leader"
		}
		return ""
	case from == core.ReachSuspected && to == core.ReachUnreachable && f.Cause == core.CauseExpired:
		if waited < l.ReachSuspicion {
			return "too early: " + waited.String() + " after it was suspected"
		}
		return ""
	case from == core.ReachUnknown && to == core.ReachUnreachable && f.Cause == core.CauseExpired:
		if waited < l.ReachUnknown {
			return "too early: " + waited.String() + " after it became unknown"
		}
		return ""
	}
	return "no such row"
}

// reachOf returns what is kept of gate and site; a new process knows nothing.
func (c *Checker) reachOf(gate core.NodeID, site int64) *reach {
	for i := range c.reaches {
		if k := &c.reaches[i]; k.gate == gate && k.site == site {
			return k
		}
	}
	c.reaches = append(c.reaches, reach{gate: gate, site: site, since: never})
	return &c.reaches[len(c.reaches)-1]
}

// reachForgotten is called when a process begins.
func (c *Checker) reachForgotten(gate core.NodeID) {
	for i := range c.reaches {
		if k := &c.reaches[i]; k.gate == gate {
			k.state, k.since = core.ReachUnknown, never
		}
	}
}
