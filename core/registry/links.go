package registry

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// stage is how far a registration is.
type stage uint8

const (
	stageIdle  stage = iota // nothing is known of it: it is begun at due
	stageAsked              // on its way
	stageDone               // accepted: a heartbeat goes there at due
)

// link is the registration of this process with one node.
type link struct {
	node     core.NodeID
	due      core.Instant
	instance uint32 // of its newest process heard, 0 = none
	stage    stage
}

// Links are the registrations of this process with the nodes that it has to know: of a manager with all gates, of a gate
// with all managers. The role makes the calls. The zero value is ready for Init.
type Links struct {
	cfg   *job.Register
	list  []link // by id
	every core.Duration
	draw  rng.Stream
	next  core.Instant
}

// Due is something to do.
type Due struct {
	Node     core.NodeID
	Register bool // else it gets a heartbeat
}

// Init makes l ready: with whom to register, and how often to send heartbeats, 0 for never. draw is for the pauses.
func (l *Links) Init(cfg *job.Register, nodes []core.NodeID, every core.Duration, draw rng.Stream) {
	*l = Links{cfg: cfg, every: every, draw: draw, next: core.Never}
	for _, n := range nodes {
		l.list = append(l.list, link{node: n, due: core.Never})
	}
}

// Begin starts: in a formed start everybody is registered with everybody, and heartbeats begin at a drawn phase (01-11,
// 01-12).
func (l *Links) Begin(now core.Instant, formed bool) {
	phase := core.Duration(float64(l.draw.Float64() * float64(l.every)))
	for i := range l.list {
		x := &l.list[i]
		if formed {
			x.stage, x.instance = stageDone, 1
			if l.every > 0 {
				x.due = now.Add(phase)
			}
		} else {
			x.due = now
		}
		l.next = min(l.next, x.due)
	}
}

// Pop returns the next thing that is due. What it returns to register is on its way from then on.
func (l *Links) Pop(now core.Instant) (Due, bool) {
	if now < l.next {
		return Due{}, false
	}
	for i := range l.list {
		x := &l.list[i]
		switch {
		case x.due > now:
		case x.stage == stageDone:
			x.due = now.Add(l.wait())
			return Due{Node: x.node}, true
		default:
			x.stage, x.due = stageAsked, core.Never
			return Due{Node: x.node, Register: true}, true
		}
	}
	l.next = core.Never
	for i := range l.list {
		l.next = min(l.next, l.list[i].due)
	}
	return Due{}, false
}

// wait draws the time to the next heartbeat.
func (l *Links) wait() core.Duration {
	u := float64(2*l.draw.Float64()) - 1
	return l.every + core.Duration(float64(u*float64(l.cfg.BeatJitter*float64(l.every))))
}

func (l *Links) find(id core.NodeID) *link {
	for i := range l.list {
		if l.list[i].node == id {
			return &l.list[i]
		}
	}
	return nil
}

func (l *Links) arm(x *link, at core.Instant) {
	x.due = at
	l.next = min(l.next, at)
}

// Accepted notes that a node has taken this process in.
func (l *Links) Accepted(now core.Instant, id core.NodeID) {
	if x := l.find(id); x != nil && x.stage == stageAsked {
		x.stage = stageDone
		if l.every > 0 {
			l.arm(x, now.Add(l.wait())) // the registration said what a heartbeat would
		}
	}
}

// Failed notes that a registration came to nothing: it is begun again after a pause (WORKER_REGISTER_RETRY).
func (l *Links) Failed(now core.Instant, id core.NodeID) {
	if x := l.find(id); x != nil && x.stage == stageAsked {
		x.stage = stageIdle
		l.arm(x, now.Add(l.cfg.Again+core.Duration(float64(l.draw.Float64()*float64(l.cfg.AgainMax)))))
	}
}

// Denied notes that a node does not know this process: it registers at once.
func (l *Links) Denied(now core.Instant, id core.NodeID) {
	if x := l.find(id); x != nil && x.stage == stageDone {
		x.stage = stageIdle
		l.arm(x, now)
	}
}

// Restarted notes which process of a node was heard: what the one before knew is lost. The first one heard says nothing:
// if it is not the one that took this process in, it says so to a heartbeat.
func (l *Links) Restarted(now core.Instant, id core.NodeID, instance uint32) {
	x := l.find(id)
	if x == nil || instance <= x.instance {
		return
	}
	first := x.instance == 0
	x.instance = instance
	if !first && x.stage == stageDone { // what is on its way reaches the new one, or fails
		x.stage = stageIdle
		l.arm(x, now)
	}
}

// Registered reports whether a node has taken this process in.
func (l *Links) Registered(id core.NodeID) bool {
	x := l.find(id)
	return x != nil && x.stage == stageDone
}

// Deadline reports when Pop has something next.
func (l *Links) Deadline() (core.Instant, bool) { return l.next, l.next != core.Never }

// MemoryBytes returns the heap bytes that l holds.
func (l *Links) MemoryBytes() int { return linkBytes * cap(l.list) }

const linkBytes = 24
