package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// crash is one crash of a process, open until it starts again or the run ends.
type crash struct {
	subject core.NodeID
	at      core.Instant
	until   core.Instant
	marked  [2]bool // somebody marked it SUSPECT, DEAD since
	full    bool    // every live member that knew it has it DEAD or removed, and there is one

	informed bits         // live members that took it for gone since
	lost     core.Instant // no live member that knew it is left since then, and none took it for gone; −1: one is
	class    Class        // of the subject when it crashed
}

func (r *Recorder) start(now core.Instant, n core.NodeID, inc, inst uint32) {
	p := &r.peers[n]
	r.live(now)
	r.closeCrash(now, n)
	r.running[r.roles[n]]++
	first := p.started < 0
	if p.alive { // a start without an end before it: the old process is gone
		r.ended(now, n)
	}
	if !first {
		p.restarts++
	}
	p.alive, p.left, p.join, p.gone = true, false, false, -1
	p.paused, p.slow = false, false
	r.impair(now, n)
	p.aliveSince, p.steady = now, now
	p.started, p.instance, p.inc, p.incMax = now, inst, inc, max(p.incMax, inc)
	if p.group < 0 {
		return
	}
	p.lhm = 0
	r.lhmCount[r.roles[n]][0]++
	p.suspectedAt, p.accused = -1, [2]int64{-1, -1}
	if formed := first && now == 0 && r.formed(n); !formed {
		clear(r.views[n])
		r.joins(now, n)
	}
	r.rise(n)
}

// ended does what every end of a process has in common.
func (r *Recorder) ended(now core.Instant, n core.NodeID) {
	p := &r.peers[n]
	if !p.alive {
		return
	}
	r.unlinked(n)
	r.live(now)
	r.running[r.roles[n]]--
	r.lives(now, n)
	p.alive, p.aliveSince = false, -1
	p.crashedInc = max(p.crashedInc, p.inc)
	if p.group < 0 {
		return
	}
	r.lhmCount[r.roles[n]][p.lhm]--
	r.withdraw(now, n)
}

// withdraw takes n out of the up nodes: as a subject and as an observer.
func (r *Recorder) withdraw(now core.Instant, n core.NodeID) {
	p := &r.peers[n]
	if !p.up {
		return
	}
	r.fall(n)
	if p.joining >= 0 {
		r.joined(p)
		r.res.Counters.Unjoined++
	}
	r.deafen(now, n)
	for _, s := range r.groups[p.group].members { // one observer less may complete what others wait for
		if s != n {
			delete(r.waiting, pair{n, s})
			r.forget(n, s)
			r.checkFull(now, s)
			r.checkJoin(now, s)
		}
	}
}

func (r *Recorder) crash(now core.Instant, n core.NodeID) {
	p := &r.peers[n]
	if !p.alive {
		return
	}
	r.ended(now, n)
	r.res.Counters.Crashes++
	if p.group >= 0 && p.known > 0 && !p.left {
		p.crash = int32(len(r.crashes))
		r.crashes = append(r.crashes, crash{subject: n, at: now, lost: -1, class: r.class(now, n)})
	}
}

// closeCrash ends the time in which the crash of n, if there is one, could be noticed.
func (r *Recorder) closeCrash(now core.Instant, n core.NodeID) {
	p := &r.peers[n]
	if p.crash < 0 {
		return
	}
	c := &r.crashes[p.crash]
	p.crash = -1
	c.until, c.informed = now, bits{}
	switch {
	case c.full:
	case c.lost >= 0:
		c.until = c.lost
		r.res.Counters.Unwatched++
	default:
		r.res.Counters.Undetected++
	}
}

func (r *Recorder) leave(now core.Instant, n core.NodeID) {
	p := &r.peers[n]
	if !p.alive || p.left {
		return
	}
	p.left = true
	if p.group >= 0 {
		r.withdraw(now, n)
		r.born(now, n, core.UpdateLeft, p.inc, core.NoNode)
	}
}

// stop is the end of a leave, or of a node that could not go on.
func (r *Recorder) stop(now core.Instant, n core.NodeID) {
	if p := &r.peers[n]; p.left {
		r.ended(now, n)
	} else {
		r.crash(now, n)
	}
}

// live adds the time since the last change to the node-seconds of each role.
func (r *Recorder) live(now core.Instant) {
	s := seconds(now.Sub(r.livedAt))
	for role, n := range r.running {
		r.lived[role] += float64(float64(n) * s)
	}
	r.livedAt = now
}

// checkFull reports a crash that no live member overlooks any more. Where nobody overlooks it because nobody who
// knew the subject is left, nobody has detected anything.
func (r *Recorder) checkFull(now core.Instant, s core.NodeID) {
	p := &r.peers[s]
	if p.crash < 0 {
		return
	}
	c := &r.crashes[p.crash]
	switch {
	case c.full:
	case p.known > 0:
		c.lost = -1
	case c.informed.n == 0:
		if c.lost < 0 {
			c.lost = now
		}
	default:
		c.full = true
		o := r.about(words.DetectionFull, now, seconds(now.Sub(c.at)), core.NoNode, s)
		o.Event = p.crash
		r.keep(&o)
	}
}

// checkJoin reports a start that somebody, and one that everybody who should, knows to be OK.
func (r *Recorder) checkJoin(now core.Instant, s core.NodeID) {
	p := &r.peers[s]
	if p.joining < 0 {
		return
	}
	held := int32(0)
	for role, n := range p.okBy {
		n -= p.stale.by[role]
		held += n
		if bit := uint8(1) << role; p.joined&bit == 0 && n > 0 && n == r.observersOf(core.Role(role), s) {
			p.joined |= bit
			o := r.about(words.JoinConfirmRole, now, seconds(now.Sub(p.joining)), core.NoNode, s)
			o.Role = core.Role(role)
			r.keep(&o)
		}
	}
	if held > 0 && !p.noticed {
		p.noticed = true
		o := r.about(words.JoinFirst, now, seconds(now.Sub(p.joining)), core.NoNode, s)
		r.keep(&o)
	}
	if want := r.observers(s); want > 0 && held == want {
		o := r.about(words.JoinConfirm, now, seconds(now.Sub(p.joining)), core.NoNode, s)
		r.keep(&o)
		r.joined(p)
	}
}
