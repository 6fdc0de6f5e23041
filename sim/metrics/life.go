package metrics

import (
	"hypersim/core"
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
	tellNode(r.on.started, now, n)
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
	tellNode(r.on.ended, now, n)
	r.live(now)
	r.running[r.roles[n]]--
	r.lives(now, n)
	p.alive, p.aliveSince = false, -1
	p.crashedInc = max(p.crashedInc, p.inc)
	if p.group < 0 {
		return
	}
	r.withdraw(now, n)
}

// withdraw takes n out of the up nodes: as a subject and as an observer.
func (r *Recorder) withdraw(now core.Instant, n core.NodeID) {
	p := &r.peers[n]
	if !p.up {
		return
	}
	r.fall(n)
	tellNode(r.on.withdrawn, now, n)
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
