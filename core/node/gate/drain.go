package gate

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Drain hands the jobs of this gate over, one successor after the other, and takes no more (spec 20 §5.7, 03-2, 04-55). It
// decides nothing about a job that it hands over. It implements node.Drainer: the member leaves when it is Drained.
func (g *Gate) Drain(now core.Instant, fx *core.Effects) {
	if g.draining {
		return
	}
	g.draining, g.rep.Leaving = true, true
	g.drainEnd = now.Add(g.p.Replica.Lease.Drain)
	for _, x := range append([]*record(nil), g.records.order...) {
		g.handOver(now, x, fx)
	}
}

// isThrough reports whether nobody has to do anything about a job any more.
func (x *record) isThrough() bool { return x.state.Terminal() && x.delivered && !x.owes() }

// Drained reports whether a gate that drains has nothing left that another one would have to take over, or has had its time.
func (g *Gate) Drained(now core.Instant) bool {
	if now >= g.drainEnd {
		return true
	}
	for _, x := range g.records.order {
		if !x.isThrough() {
			return false
		}
	}
	return true
}

// handOver names the next gate in the ring of a job its leader, of those that may become it. It is called again when one has
// not come for it.
func (g *Gate) handOver(now core.Instant, x *record, fx *core.Effects) {
	if !g.draining || now >= g.drainEnd || g.led(x.id) != x || !g.rep.Valid(now, x.id) || x.isThrough() {
		return
	}
	up := g.heirs(now, x)
	if len(up) == 0 { // they may begin to be
		g.timers.Arm(timer{at: now.Add(g.p.Replica.Lease.Handover), kind: timerHandOver, job: x.id})
		return
	}
	to := up[x.handed%len(up)]
	x.handed++
	g.stopAsking(x)
	g.save(now, x, false, fx)
	g.rep.Handover(now, x.id, to, fx)
}

// heirs are the gates that may lead a job after this one, in the order of its ring.
func (g *Gate) heirs(now core.Instant, x *record) (up []core.NodeID) {
	g.ranks = g.ring.Ranks(g.ranks[:0], x.id)
	for _, p := range g.ranks {
		if p != g.p.Self && g.p.Members.State(p) == core.StateOK && !g.back.Away(p) && g.rep.Willing(now, p) {
			up = append(up, p)
		}
	}
	return up
}

// stillDraining tries the next successor when a handover was withdrawn.
func (g *Gate) stillDraining(now core.Instant, id job.ID, fx *core.Effects) {
	if x := g.led(id); x != nil && g.draining {
		g.handOver(now, x, fx)
	}
}
