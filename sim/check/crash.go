package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M29 = rule("I-M29", "a crashed participant is detected everywhere within the bound", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.started = append(on.started, func(r *trace.Record) { c.arise(r.Node) })
	on.gone = append(on.gone, c.fell)
	on.checkpoint = append(on.checkpoint, c.judgeCrashes)
})

// crash is a death that every live participant must come to know (I-M29).
type crash struct {
	subject core.NodeID
	at      core.Instant
	since   core.Instant // at, or later: when news of a higher incarnation last reached somebody
}

// probeShare is the share of ticks that probe, by degradation level (§4.5).
var probeShare = [...]float64{1, 0.9, 0.7, 0.5, 0.25}

// detectedWithin is the bound of I-M29 with the largest values in force so far. Degraded nodes probe on a
// share of their ticks only.
func (c *Checker) detectedWithin(g *group) core.Duration {
	l := &c.ctx.Limits
	period := core.Duration(float64(l.ProbePeriod) * float64(1+int(g.lhm)) / probeShare[g.level])
	direct := max(g.timeout, l.TimeoutMin)
	ticks := core.Duration(max(2*g.list-1, 1))
	within := ticks*period + direct + max(direct, period-direct) + g.suspMax + 10*l.GossipInterval
	return within + within/1000 + 1e9 // clocks drift, servers are busy
}

// revived: news from before the crash made an observer think better of the subject; its time begins anew.
func (c *Checker) revived(r *trace.Record) {
	f := &r.Fact
	if f.To != ok && (f.To != suspect || f.From != suspect) || c.hot[f.Subject].up {
		return
	}
	for i := range c.crashes {
		if c.crashes[i].subject == f.Subject {
			c.crashes[i].since = r.At
		}
	}
}

// arise: a node that runs again need not be found dead.
func (c *Checker) arise(id core.NodeID) {
	kept := c.crashes[:0]
	for _, e := range c.crashes {
		if e.subject != id {
			kept = append(kept, e)
		}
	}
	c.crashes = kept
}

// judgeCrashes looks at those whose time is over.
func (c *Checker) judgeCrashes(now core.Instant) {
	if c.ctx.View == nil {
		return
	}
	kept := c.crashes[:0]
	for _, e := range c.crashes {
		g := &c.groups[c.hot[e.subject].group]
		switch {
		case !c.faults.wholeSince(e.at): // a cut: nothing is promised
		case now.Sub(e.since) <= c.detectedWithin(g):
			kept = append(kept, e)
		default:
			c.undetected(now, &e, g)
		}
	}
	c.crashes = kept
}

func (c *Checker) undetected(now core.Instant, e *crash, g *group) {
	if c.ctx.View == nil {
		return
	}
	for _, o := range g.members {
		n, k := &c.hot[o], &c.cold[o]
		if !n.up || n.worker || n.leaving || n.paused || k.startAt > e.at || k.impaired >= e.at ||
			!c.ctx.View.Reachable(o, e.subject) {
			continue
		}
		if s := c.ctx.View.State(o, e.subject); (s == ok || s == suspect) && c.fails(M29) {
			c.detail(M29, now, []core.NodeID{o, e.subject}, "%s still holds %s %v, which crashed at %v; it should have noticed within %v",
				c.name(o), c.name(e.subject), s, e.at, c.detectedWithin(g))
		}
	}
}

// fell takes the end of a process: a crash of a participant waits to be detected.
func (c *Checker) fell(r *trace.Record) {
	if n := &c.hot[r.Node]; r.Kind == trace.KindCrash && n.group != 0 && !n.worker && !n.leaving {
		c.crashes = append(c.crashes, crash{subject: r.Node, at: r.At, since: r.At})
	}
}
