package registry

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// Returns are the members of the own cluster that come back after they were held gone, until each has shown that it is there
// (spec 20 §1.3, 30 §9.1). That the one that is back is newer than the failure that removed it is membership's to say: nobody
// gets out of DEAD or LEFT with an incarnation that is not higher (spec 10 §3). The role sends the pings.
//
// # A partition heals, told as a story
//
//  1. A gate has held seven others DEAD. Within a second membership holds all of them alive again.
//  2. It does not turn to them at once, as everybody else on its side would in the same second: it waits a moment for each, 0.05 to
//     0.5 s, drawn, and pings it once. No more than five pings are on their way; the sixth is sent when one of them has ended.
//  3. Who has answered, be it that it is busy, gets work again. Who has not is pinged anew after another moment: it may be cut off
//     for streams alone.
//  4. One that is held gone once more meanwhile begins from the start, and what comes of its ping says nothing any more.
type Returns struct {
	cfg  *job.Register
	list []comeback // by id
	draw rng.Stream
	next core.Instant
	open int // pings on their way
}

// comeback is how far a member is.
type comeback struct {
	node  core.NodeID
	due   core.Instant // of its ping
	stage backStage
	stray bool // the ping of an earlier return is on its way still
	left  bool // it was held gone last because it had left
}

type backStage uint8

const (
	backHere   backStage = iota // it is used
	backGone                    // it is held gone
	backWaits                   // it is pinged at due
	backPinged                  // and has not answered
)

// Init makes r ready: all members are there. draw is for the pauses.
func (r *Returns) Init(cfg *job.Register, members []core.NodeID, draw rng.Stream) {
	*r = Returns{cfg: cfg, draw: draw, next: core.Never}
	for _, n := range members {
		r.list = append(r.list, comeback{node: n, due: core.Never})
	}
}

// Heard takes in what membership holds of a member now. It forgets who is gone after a while: who had left is as gone as before, and has not come
// back until that is confirmed or it answers, while one that was cut off may live, and is asked.
func (r *Returns) Heard(now core.Instant, id core.NodeID, s core.MemberState) {
	x := r.find(id)
	switch {
	case x == nil:
		return
	case s == core.StateDead, s == core.StateLeft, s == core.StateNone && x.left:
		x.stray = x.stray || x.stage == backPinged
		x.stage, x.due = backGone, core.Never
	case x.stage == backGone:
		r.wait(now, x)
	}
	x.left = s == core.StateLeft || x.left && (s == core.StateNone || s == core.StateUnconfirmed)
}

// Left reports whether a member has left, and was not confirmed to be back, nor has answered.
func (r *Returns) Left(id core.NodeID) bool {
	x := r.find(id)
	return x != nil && x.left
}

// wait draws when a member is pinged.
func (r *Returns) wait(now core.Instant, x *comeback) {
	least, most := r.cfg.ReturnMin, r.cfg.ReturnMax
	x.stage, x.due = backWaits, now.Add(least+core.Duration(float64(r.draw.Float64()*float64(most-least))))
	r.next = min(r.next, x.due)
}

// Pop returns whom to ping next. Its ping is on its way from then on.
func (r *Returns) Pop(now core.Instant) (core.NodeID, bool) {
	if now < r.next {
		return core.NoNode, false
	}
	var first *comeback
	r.next = core.Never
	for i := range r.list {
		x := &r.list[i]
		switch {
		case x.stage != backWaits || x.stray:
		case x.due > now:
			r.next = min(r.next, x.due)
		case first == nil || x.due < first.due:
			first = x
		}
	}
	if first == nil || r.open >= r.cfg.ReturnMost {
		return core.NoNode, false // Pinged looks again
	}
	r.open++
	first.stage, first.due, r.next = backPinged, core.Never, now
	return first.node, true
}

// Pinged takes in what became of a ping, and reports whether the member is used again by that.
func (r *Returns) Pinged(now core.Instant, id core.NodeID, answered bool) bool {
	x := r.find(id)
	if x == nil || x.stage != backPinged && !x.stray {
		return false
	}
	r.open--
	r.next = now // one more may be on its way
	switch {
	case x.stray:
		x.stray = false
	case answered:
		x.stage, x.left = backHere, false
		return true
	default:
		r.wait(now, x)
	}
	return false
}

// Away reports whether a member is gone, or back and has not shown so.
func (r *Returns) Away(id core.NodeID) bool {
	x := r.find(id)
	return x != nil && x.stage != backHere
}

func (r *Returns) find(id core.NodeID) *comeback {
	for i := range r.list {
		if r.list[i].node == id {
			return &r.list[i]
		}
	}
	return nil
}

// Deadline reports when Pop has something next, core.Never for not at all.
func (r *Returns) Deadline() core.Instant { return r.next }

// MemoryBytes returns the heap bytes that r holds.
func (r *Returns) MemoryBytes() int { return comebackBytes * cap(r.list) }

const comebackBytes = 24
