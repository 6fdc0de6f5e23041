package check

import (
	"fmt"

	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	W5  = rule("I-W5", "after the settle time all live members of a site agree", "spec 50 §8")
	W6  = rule("I-W6", "no table outgrows what the live peers need", "spec 50 §8")
	M30 = rule("I-M30", "after the settle time live participants hold each other OK and agree", "spec 10 §13")
	M33 = rule("I-M33", "a worker that is gone is not held OK or SUSPECT for ever: somebody watches it", "spec 10 §10.4")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.ended = append(on.ended, c.settled)
})

// allPairs is the group size up to which all pairs are compared at the end. In larger groups participants
// whose digest equals that of the first and who suspect nobody are not compared again.
const allPairs = 2048

// end judges what must hold when all is over (I-M30, I-W5, I-W6, and once more the books).
func (c *Checker) end(now core.Instant) {
	c.checkpoint(now)
	for _, hook := range c.on.ended {
		hook(now)
	}
}

func (c *Checker) settled(now core.Instant) {
	if c.ctx.View != nil { // the checkpoint asked some of the machines; at the end no table of any is above its bound
		c.validate(now, len(c.hot))
	}
	c.tables(now)
	v, f := c.ctx.View, &c.faults
	if v == nil || c.ctx.Settle == 0 || f.lasting > 0 || now.Sub(f.last) < c.ctx.Settle {
		c.unready[M30], c.unready[W5] = true, true
		return
	}
	for i := range c.groups {
		c.converged(now, c.groups[i].members)
		c.watched(now, &c.groups[i])
	}
}

// watched looks for workers that are gone, and whose death nobody has found: each of those that hold one takes another one for its owner.
// Its time is that in which its owner may have to be found dead first, then its silence, its own suspicion, and what was granted it.
func (c *Checker) watched(now core.Instant, g *group) {
	const granted core.Duration = 60e9
	l := &c.ctx.Limits
	within := core.Duration(2*g.list)*l.ProbePeriod + 2*g.suspMax + l.WorkerSilence + granted
	for _, s := range g.members {
		if m := &c.hot[s]; !m.worker || m.up || c.cold[s].goneAt == never || now.Sub(max(c.cold[s].goneAt, c.faults.last)) <= within {
			continue
		}
		for _, o := range g.members {
			if n := &c.hot[o]; n.worker || !c.live(o) {
				continue
			}
			if state := c.ctx.View.State(o, s); (state == ok || state == suspect) && c.fails(M33) {
				c.detail(M33, now, []core.NodeID{o, s}, "%s holds %s %v, which is gone since %v", c.name(o), c.name(s), state, c.cold[s].goneAt)
			}
		}
	}
}

// live reports whether id can be asked to agree.
func (c *Checker) live(id core.NodeID) bool {
	n := &c.hot[id]
	return n.up && !n.leaving && !n.paused
}

// rising reports whether id's incarnation may still be on its way to the others.
func (c *Checker) rising(now core.Instant, id core.NodeID) bool {
	k := &c.cold[id]
	return k.raisedAt > 0 && now.Sub(k.raisedAt) < c.ctx.Settle
}

func (c *Checker) converged(now core.Instant, members []core.NodeID) {
	first, steady := core.NoNode, true
	var all, part uint64
	for _, id := range members {
		steady = steady && !(c.live(id) && c.rising(now, id))
	}
	for _, id := range members {
		if !c.live(id) {
			continue
		}
		n, k := &c.hot[id], &c.cold[id]
		if n.worker {
			c.agrees(now, id, members)
			continue
		}
		a, p := c.ctx.View.TableDigest(id)
		if first == core.NoNode {
			first, all, part = id, a, p
		}
		equal := a == all && p == part
		if !equal && steady && !c.early(now, id, first, members) && c.fails(M30) {
			c.detail(M30, now, []core.NodeID{id, first}, "the tables of %s and %s have other digests%s",
				c.name(id), c.name(first), c.difference(id, first, members))
		}
		if id == first || !equal || k.nSusp > 0 || len(members) <= allPairs {
			c.agrees(now, id, members)
		}
	}
}

// early reports whether the tables of a and b differ by members alone of which nobody need know yet: those that are gone for so short a time,
// or since so shortly before the last disturbance, that they need not have been found dead (the run has not reached what I-M30 speaks of), and
// those that one of the two may have called dead, or suspect, just now, as happens where messages get lost all the time.
func (c *Checker) early(now core.Instant, a, b core.NodeID, members []core.NodeID) bool {
	late, afresh := false, false
	for _, s := range members {
		if !c.differ(a, b, s) {
			continue
		}
		switch {
		case !c.hot[s].up && now.Sub(max(c.cold[s].goneAt, c.faults.last)) <= c.foundWithin(s):
			late = true
		case c.excused(now, a, s) || c.excused(now, b, s):
			afresh = true
		default:
			return false
		}
	}
	c.unready[M30] = c.unready[M30] || late
	return late || afresh
}

// foundWithin is how long it may be before everybody finds that s is gone, of whom no word came that it leaves. Nobody probes a worker: its
// owner suspects it when it was silent for long, and calls it dead when its grace is over (§10.4).
func (c *Checker) foundWithin(s core.NodeID) core.Duration {
	within := c.detectedWithin(&c.groups[c.hot[s].group])
	if c.hot[s].worker {
		within += c.ctx.Limits.WorkerSilence
	}
	return within
}

// differ reports whether a and b hold s differently, as far as digests go.
func (c *Checker) differ(a, b, s core.NodeID) bool {
	v := c.ctx.View
	sa, sb := v.State(a, s), v.State(b, s)
	in := sa == ok || sa == suspect
	return in != (sb == ok || sb == suspect) || in && v.Incarnation(a, s) != v.Incarnation(b, s)
}

// NotReached returns the invariants about the end of a run that could not be judged: it was over before the time
// that the protocol needs.
func (c *Checker) NotReached() (ids []ID) {
	for _, id := range Rules() {
		if c.unready[id] && c.count[id] == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// difference names the first member that a and b hold differently, as far as digests go.
func (c *Checker) difference(a, b core.NodeID, members []core.NodeID) string {
	v := c.ctx.View
	for _, s := range members {
		if c.differ(a, b, s) {
			return fmt.Sprintf(": %s is %v(%d) and %v(%d)", c.name(s), v.State(a, s), v.Incarnation(a, s), v.State(b, s), v.Incarnation(b, s))
		}
	}
	return ""
}

// agrees checks how o holds the live members that it should know.
func (c *Checker) agrees(now core.Instant, o core.NodeID, members []core.NodeID) {
	v, n := c.ctx.View, &c.hot[o]
	for _, s := range members {
		m := &c.hot[s]
		if s == o || !c.live(s) || !c.ctx.knows(n.role, m.role) || c.excused(now, o, s) {
			continue
		}
		if c.stranded(o, members) || c.stranded(s, members) || c.waits(o, s) {
			c.unready[M30], c.unready[W5] = true, true
			continue
		}
		// A worker hears of itself only when it is accused: a new process that a manager without a memory
		// let in may stay below what others remember of its predecessor (§2.4 and §7.3 leave it so).
		state, inc := v.State(o, s), v.Incarnation(o, s)
		if state == ok && (inc == m.inc || m.worker || c.rising(now, s)) {
			continue
		}
		if !n.worker && !m.worker && c.fails(M30) {
			c.disagree(M30, now, o, s, state, inc)
		}
		if c.ctx.Nodes[o].Site == c.ctx.Nodes[s].Site && c.fails(W5) {
			c.disagree(W5, now, o, s, state, inc)
		}
	}
}

// stranded reports whether nobody is there who could let a member in: it asks its seeds (spec 10 §7.1), and all of them are gone.
func (c *Checker) stranded(id core.NodeID, members []core.NodeID) bool {
	seeds := false
	for _, s := range members {
		if x := &c.ctx.Nodes[s]; x.Seed && !x.Ghost && s != id {
			if seeds = true; c.live(s) {
				return false
			}
		}
	}
	return seeds && c.cold[id].joining
}

// waits reports whether an observer suspects a member since before all had settled, and may for longer than a run settles
// (suspicion.scaling = adaptive: a quarter of an hour). Its subject need not have heard of that, and what is over last is its time.
func (c *Checker) waits(o, s core.NodeID) bool {
	i := c.susp.find(o, s)
	if i < 0 {
		return false
	}
	x := &c.susp.slab[i]
	return x.began.Sub(c.faults.last) < c.ctx.Settle && x.max+x.granted >= c.ctx.Settle && c.hot[o].local.Sub(x.start) < x.max+x.granted
}

// excused: where messages get lost or come late all the time, a young suspicion is no failure to converge, nor is a
// death that followed from one so late that its subject need not have heard of it and refuted it.
func (c *Checker) excused(now core.Instant, o, s core.NodeID) bool {
	if !c.ctx.Lossy {
		return false
	}
	g := &c.groups[c.hot[o].group]
	if at, mourned := c.mourned[pairKey(o, s)]; mourned && now.Sub(at) < c.detectedWithin(g)+c.ctx.Limits.RefuteWithin {
		return true
	}
	i := c.susp.find(o, s)
	return i >= 0 && c.hot[o].local.Sub(c.susp.slab[i].start) < g.suspMax
}

// mourn keeps since when an observer holds a member DEAD that lives, see excused.
func (c *Checker) mourn(r *trace.Record) {
	f := &r.Fact
	switch {
	case f.From == dead && f.To != dead:
		delete(c.mourned, pairKey(r.Node, f.Subject))
	case f.To == dead && f.From != dead && c.hot[f.Subject].up:
		if c.mourned == nil {
			c.mourned = map[uint64]core.Instant{}
		}
		c.mourned[pairKey(r.Node, f.Subject)] = r.At
	}
}

func (c *Checker) disagree(id ID, now core.Instant, o, s core.NodeID, state core.MemberState, inc uint32) {
	c.detail(id, now, []core.NodeID{o, s}, "%s holds %s, which lives at incarnation %d, %v at %d %v after the last disturbance",
		c.name(o), c.name(s), c.hot[s].inc, state, inc, now.Sub(c.faults.last))
}

// tables checks I-W6 for what records show: what an observer keeps per peer.
func (c *Checker) tables(now core.Instant) {
	for i := range c.cold {
		k, n := &c.cold[i], &c.hot[i]
		members := len(c.groups[n.group].members)
		news := (c.ctx.Limits.SuspicionK + 1) * members // per subject one update, or one per accuser
		if n.up && (int(k.nSusp) > members || len(k.probes) > members || int(k.queued) > news) && c.fails(W6) {
			c.detail(W6, now, []core.NodeID{core.NodeID(i)}, "%s keeps %d suspicions, %d probes and %d updates in a group of %d",
				c.name(core.NodeID(i)), k.nSusp, len(k.probes), k.queued, members)
		}
	}
}
