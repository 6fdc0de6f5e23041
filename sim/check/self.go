package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M18 = rule("I-M18", "0 <= LHM <= S, changed only by the rules of Lifeguard", "spec 10 §13")
	M19 = rule("I-M19", "every timeout factor and every timeout is within its range", "spec 10 §13")
	M22 = rule("I-M22", "an accusation of a live node is refuted in time", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.often(c.timeout, core.FactTimeout)
	on.fact(c.localHealth, core.FactLHM)
	on.fact(c.degraded, core.FactDegradation)
	on.fact(c.incarnation, core.FactIncarnation)
	on.fact(c.accused, core.FactAccused)
	on.checkpoint = append(on.checkpoint, c.refuted)
})

// lhmRule is by how much an event of §4.4 may move the local health score; saturation makes it less.
type lhmRule struct{ lo, hi int64 }

var lhmRules = [core.NumCauses]lhmRule{
	core.CauseAck:         {-1, -1},
	core.CauseIndirectAck: {-1, -1},
	core.CauseStreamAck:   {-1, -1},
	core.CauseProbeFailed: {1, 1},
	core.CauseNackMissing: {1, 1}, // × indirect_k
	core.CauseRefute:      {1, 1},
	core.CauseVoid:        {1, 1},
	core.CauseLag:         {1, 2},
	core.CauseRecovered:   {-1, -1},
	core.CauseConfigured:  {-64, 64}, // forced by an experiment
}

// localHealth takes a change of the LHM score (I-M18).
func (c *Checker) localHealth(r *trace.Record) {
	n := &c.hot[r.Node]
	f := &r.Fact
	g := &c.groups[n.group]
	rule := lhmRules[min(f.Cause, core.NumCauses-1)]
	if f.Cause == core.CauseNackMissing {
		rule.hi = int64(max(c.ctx.Limits.IndirectK, 1))
	}
	by := f.Get("score") - f.Get("old_score")
	bad := f.Get("score") < 0 || f.Get("score") > int64(c.ctx.Limits.LHMMax) || f.Get("old_score") != int64(n.lhm) || by == 0
	bad = bad || by < min(rule.lo, 0) || by > max(rule.hi, 0)
	if bad && c.fails(M18) {
		c.detail(M18, r.At, []core.NodeID{r.Node}, "local health of %s, which was %d, goes from %d to %d, cause %v",
			c.name(r.Node), n.lhm, f.Get("old_score"), f.Get("score"), f.Cause)
	}
	n.lhm = uint8(min(max(f.Get("score"), 0), 255))
	g.lhm = max(g.lhm, n.lhm)
}

// Ranges of the timeout factors of §4.3 but lhm, whose upper end is 1 + S.
var factorMax = [5]float32{1: 3, 2: 10, 3: 1.5, 4: 2.5}

var factorNames = [5]string{"lhm", "degradation", "latency_mult", "confidence_adj", "peer_health"}

// timeout takes an adaptive timeout (I-M19).
func (c *Checker) timeout(r *trace.Record) {
	f, l := &r.Fact, &c.ctx.Limits
	g := &c.groups[c.hot[r.Node].group]
	t := core.Duration(f.Get("result"))
	if t > g.timeout {
		g.timeout = t
	}
	if t < l.TimeoutMin || t > l.TimeoutMax || t < min(core.Duration(f.Get("base")), l.TimeoutMax) {
		if c.fails(M19) {
			c.detail(M19, r.At, []core.NodeID{r.Node, f.Subject}, "timeout of %v at %s for %s from a base of %v",
				t, c.name(r.Node), c.name(f.Subject), core.Duration(f.Get("base")))
		}
	}
	x := &f.X
	good := x[0] >= 1 && x[0] <= float32(1+l.LHMMax) // false for NaN
	for i := 1; i < len(x); i++ {
		good = good && x[i] >= 1 && x[i] <= factorMax[i]
	}
	if !good && c.fails(M19) {
		c.detail(M19, r.At, []core.NodeID{r.Node, f.Subject}, "timeout factors %v = %v at %s for %s",
			factorNames, *x, c.name(r.Node), c.name(f.Subject))
	}
}

// incarnation takes that a node raised its own incarnation (I-M3, I-M4, I-M22).
func (c *Checker) incarnation(r *trace.Record) {
	n := &c.hot[r.Node]
	f, k := &r.Fact, &c.cold[r.Node]
	if (int64(f.Inc) <= f.Get("old_incarnation") || f.Get("old_incarnation") != int64(n.inc)) && c.fails(M3) {
		c.detail(M3, r.At, []core.NodeID{r.Node}, "%s, at incarnation %d, goes from %d to %d", c.name(r.Node), n.inc, f.Get("old_incarnation"), f.Inc)
	}
	n.inc = f.Inc
	k.adopt(f.Inc)
	k.raisedAt = r.At
	if k.accusedAt == never {
		return
	}
	if f.Inc <= k.accusedInc { // beats only some of the accusations: the last one is younger
		k.accusedAt, k.accusedLocal = r.At, r.Local
		return
	}
	if k.accusedLocal != core.Never && r.Local.Sub(k.accusedLocal) > c.refuteLimit()+k.service {
		c.unrefuted(r.At, r.Node)
	}
	k.accusedAt = never
}

// accused takes that a node heard an accusation of itself that it must refute.
func (c *Checker) accused(r *trace.Record) {
	n := &c.hot[r.Node]
	f, k := &r.Fact, &c.cold[r.Node]
	if n.leaving || f.Inc < n.inc {
		return
	}
	if k.accusedAt == r.At && k.accusedLocal == core.Never { // the message has said so already
		k.accusedLocal = r.Local
	}
	k.accuse(r.At, r.Local, f.Inc)
}

// accuse notes an accusation that must be refuted; the time runs from the first one.
func (k *cold) accuse(at, local core.Instant, inc uint32) {
	if k.accusedAt == never {
		k.accusedAt, k.accusedLocal, k.accusedInc = at, local, inc
		return
	}
	k.accusedInc = max(k.accusedInc, inc)
}

// highest is the last incarnation that can be refuted.
const highest = 1<<31 - 2

// accusedBy takes a message that accuses its receiver: whether that admits it or not, it has heard (I-M22). A
// message that it may pass over says nothing: of an older process, of a stranger, or one too many.
func (c *Checker) accusedBy(r *trace.Record, n *hot) {
	m := r.Msg
	from := &c.hot[m.From]
	if m.Group != n.group || m.Instance != from.inst || m.Kind == core.KindJoin || n.worker && from.worker || c.ctx.Inherited || c.limited(n, r.At) {
		return
	}
	for i := range m.Updates {
		u := &m.Updates[i]
		if u.Subject != r.Node || u.Incarnation < n.inc || u.Incarnation > highest {
			continue
		}
		switch u.Type {
		case core.UpdateSuspect, core.UpdateDead, core.UpdateLeft:
			c.cold[r.Node].accuse(r.At, core.Never, u.Incarnation)
		default:
		}
	}
}

// took counts a datagram against the rate at which a node takes them: a token bucket for all senders together,
// which is empty before any sender's own is.
func (c *Checker) took(n *hot, at core.Instant) {
	if l := &c.ctx.Limits; l.RateBurst > 0 {
		n.owes = max(n.owes, at).Add(1e9 / core.Duration(l.RateRefill))
	}
}

// limited reports whether the datagram in hand may be one more than its receiver takes. Its clock may run slower.
func (c *Checker) limited(n *hot, at core.Instant) bool {
	l := &c.ctx.Limits
	return l.RateBurst > 0 && n.owes.Sub(at) > core.Duration(l.RateBurst)*1e9/core.Duration(l.RateRefill)*9/10
}

// refuteLimit is the time of I-M22, and what a busy server may add. One that is slowed may be busy with a single message for longer
// than that.
func (c *Checker) refuteLimit() core.Duration { return c.ctx.Limits.RefuteWithin + 1e9 }

func (c *Checker) unrefuted(at core.Instant, id core.NodeID) {
	if c.fails(M22) {
		k := &c.cold[id]
		c.detail(M22, at, []core.NodeID{id}, "%s was accused at incarnation %d at %v and has not refuted that within %v",
			c.name(id), k.accusedInc, k.accusedAt, c.ctx.Limits.RefuteWithin)
	}
}

// refuted looks for accusations that were not answered in time.
func (c *Checker) refuted(now core.Instant) {
	for i := range c.cold {
		if at := c.cold[i].accusedAt; at != never && !c.hot[i].paused {
			if late := now.Sub(at); late > c.refuteLimit()+c.cold[i].service+late/1000 {
				c.unrefuted(now, core.NodeID(i))
				c.cold[i].accusedAt = never
			}
		}
	}
}

// degraded notes the highest level of the group.
func (c *Checker) degraded(r *trace.Record) {
	g := &c.groups[c.hot[r.Node].group]
	g.level = max(g.level, uint8(min(max(r.Fact.Get("level"), 0), int64(len(probeShare)-1))))
}
