package check

import (
	"fmt"

	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M11 = rule("I-M11", "a suspicion's deadline never moves later, but for granted extensions and one pause grace", "spec 10 §13")
	M12 = rule("I-M12", "a suspicion expires between start + Min and start + Max, plus extensions and lateness", "spec 10 §13")
	M13 = rule("I-M13", "accusers are distinct and not the subject, at most K confirm", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.fact(c.suspicionStarted, core.FactSuspicionStarted)
	on.fact(c.suspicionConfirmed, core.FactSuspicionConfirmed)
	on.fact(c.suspicionGrace, core.FactSuspicionGrace)
	on.fact(c.suspicionExtended, core.FactSuspicionExtended)
	on.fact(c.suspicionEnded, core.FactSuspicionEnded)
})

// suspicion is one that runs at an observer. Times are local.
type suspicion struct {
	key             uint64
	start, deadline core.Instant
	min, max        core.Duration
	granted         core.Duration // extensions
	confirmed       core.Instant  // last
	began           core.Instant  // virtual
	n               int32         // size of the group as it was, −1 = not known
	k, c            int32
	graced          bool
	accusers        [maxAccusers]core.NodeID // the first, then those that confirmed
	next, prev      int32                    // of the same observer
}

const maxAccusers = 8 // suspicion.k is at most 7

// suspicions holds the live ones: a slab, and an index by pair that is only looked up.
type suspicions struct {
	slab  []suspicion
	idle  []int32
	index map[uint64]int32
}

func (t *suspicions) init() { t.index = map[uint64]int32{} }

func pairKey(observer, subject core.NodeID) uint64 { return uint64(observer)<<32 | uint64(subject) }

func (t *suspicions) has(observer, subject core.NodeID) bool {
	_, ok := t.index[pairKey(observer, subject)]
	return ok
}

// find returns the place of a suspicion, −1 if there is none.
func (t *suspicions) find(observer, subject core.NodeID) int32 {
	if i, ok := t.index[pairKey(observer, subject)]; ok {
		return i
	}
	return -1
}

// add makes a new one of the observer k.
func (t *suspicions) add(k *cold, key uint64) *suspicion {
	var i int32
	if n := len(t.idle); n > 0 {
		i = t.idle[n-1]
		t.idle = t.idle[:n-1]
	} else {
		i = int32(len(t.slab))
		t.slab = append(t.slab, suspicion{})
	}
	t.slab[i] = suspicion{key: key, next: k.susp, prev: -1}
	if k.susp >= 0 {
		t.slab[k.susp].prev = i
	}
	k.susp = i
	k.nSusp++
	t.index[key] = i
	return &t.slab[i]
}

func (t *suspicions) drop(k *cold, i int32) {
	s := &t.slab[i]
	if s.prev >= 0 {
		t.slab[s.prev].next = s.next
	} else {
		k.susp = s.next
	}
	if s.next >= 0 {
		t.slab[s.next].prev = s.prev
	}
	k.nSusp--
	delete(t.index, s.key)
	t.idle = append(t.idle, i)
}

func (c *Checker) suspicionStarted(r *trace.Record) {
	f := &r.Fact
	k, g := &c.cold[r.Node], &c.groups[c.hot[r.Node].group]
	g.suspMax = max(g.suspMax, core.Duration(f.Get("max")))
	if i := c.susp.find(r.Node, f.Subject); i >= 0 {
		if c.fails(M11) {
			c.wrong(M11, r, "starts anew before it ended")
		}
		c.susp.drop(k, i)
	}
	s := c.susp.add(k, pairKey(r.Node, f.Subject))
	s.start, s.deadline, s.k = r.Local, core.Instant(f.Get("deadline")), int32(f.Get("confirmations"))
	s.min, s.max = core.Duration(f.Get("min")), core.Duration(f.Get("max"))
	s.confirmed, s.began, s.n = s.start, r.At, k.known
	s.accusers[0] = f.Other
	lo, hi := c.allowed(r.Node, f.Subject)
	if (!lo.holds(s.min) || !hi.holds(s.max) || s.k > int32(c.suspicionOf(r.Node).K)) && c.fails(M12) {
		c.wrong(M12, r, fmt.Sprintf("has Min %v, Max %v and K %d, where Min is %v to %v, Max %v to %v and K at most %d", s.min, s.max, s.k,
			core.Duration(lo.lo), core.Duration(lo.hi), core.Duration(hi.lo), core.Duration(hi.hi), c.suspicionOf(r.Node).K))
	}
	if f.Other == f.Subject && c.fails(M13) {
		c.wrong(M13, r, "has the subject as accuser")
	}
	if (s.deadline < s.start.Add(s.min) || s.deadline > s.start.Add(s.max+c.ctx.Limits.Quantum)) && c.fails(M12) {
		c.wrong(M12, r, "has a deadline outside of Min and Max")
	}
	if int(k.nSusp) > c.ctx.Limits.MaxSuspicions && c.fails(M27) {
		c.wrong(M27, r, "is one too many")
	}
}

func (c *Checker) suspicionConfirmed(r *trace.Record) {
	f := &r.Fact
	i := c.susp.find(r.Node, f.Subject)
	if i < 0 {
		if c.fails(M13) {
			c.wrong(M13, r, "is confirmed and does not run")
		}
		return
	}
	s, n, deadline := &c.susp.slab[i], int32(f.Get("confirmations")), core.Instant(f.Get("deadline"))
	bad := f.Other == f.Subject || f.Other == core.NoNode || n > s.k || n != s.c+1
	for _, a := range s.accusers[:min(int(s.c)+1, maxAccusers)] {
		bad = bad || a == f.Other
	}
	if bad && c.fails(M13) {
		c.wrong(M13, r, "counts an accuser that does not count")
	}
	if deadline > s.deadline && c.fails(M11) {
		c.wrong(M11, r, "ends later after a confirmation")
	}
	s.c = n
	if s.c >= 0 && s.c < maxAccusers {
		s.accusers[s.c] = f.Other
	}
	s.deadline, s.confirmed = deadline, r.Local
	c.step.counted, c.step.accused, c.step.accuser = true, f.Subject, f.Other
}

func (c *Checker) suspicionGrace(r *trace.Record) {
	i := c.susp.find(r.Node, r.Fact.Subject)
	if i < 0 {
		return
	}
	s := &c.susp.slab[i]
	if s.graced && c.fails(M11) {
		c.wrong(M11, r, "is given a second grace")
	}
	s.graced, s.deadline = true, core.Instant(r.Fact.Get("deadline"))
}

// suspicionExtended: what moves a deadline later must say by how much (§5.3).
func (c *Checker) suspicionExtended(r *trace.Record) {
	f := &r.Fact
	i := c.susp.find(r.Node, f.Subject)
	if i < 0 {
		if c.fails(M11) {
			c.wrong(M11, r, "is extended and does not run")
		}
		return
	}
	s, granted, deadline := &c.susp.slab[i], core.Duration(f.Get("granted")), core.Instant(f.Get("deadline"))
	if (granted < 0 || deadline != s.deadline.Add(granted)) && c.fails(M11) {
		c.wrong(M11, r, fmt.Sprintf("moves from %v to %v for an extension of %v", s.deadline, deadline, granted))
	}
	s.granted += granted
	s.deadline = deadline
}

func (c *Checker) suspicionEnded(r *trace.Record) {
	f := &r.Fact
	i := c.susp.find(r.Node, f.Subject)
	if i < 0 {
		if c.fails(M12) {
			c.wrong(M12, r, "ends and did not run")
		}
		return
	}
	s := &c.susp.slab[i]
	if f.Cause == core.CauseExpired {
		age, late := r.Local.Sub(s.start), r.Local.Sub(s.deadline)
		early := late < 0 || age < s.min
		over := !s.graced && age > s.max+s.granted+c.ctx.Limits.Quantum+late
		if (early || over || !c.onTime(s, age) || core.Duration(f.Get("lateness")) != late || core.Duration(f.Get("age")) != age) && c.fails(M12) {
			c.wrong(M12, r, fmt.Sprintf("expires at age %v, late by %v; it began at %v, was due at %v, Min %v, Max %v",
				core.Duration(f.Get("age")), core.Duration(f.Get("lateness")), s.start, s.deadline, s.min, s.max))
		}
	}
	c.susp.drop(&c.cold[r.Node], i)
}

// wrong is detail for a suspicion.
func (c *Checker) wrong(id ID, r *trace.Record, what string) {
	f := &r.Fact
	c.detail(id, r.At, []core.NodeID{r.Node, f.Subject, f.Other}, "the suspicion of %s at %s %s", c.name(f.Subject), c.name(r.Node), what)
}
