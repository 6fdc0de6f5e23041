package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// target is a gate or manager that the client knows.
type target struct {
	node   core.NodeID
	silent core.Instant // it did not answer then; Never: it did, or was not asked
}

// targets are asked in turn, those last that have just not answered (spec 00 answer 17).
type targets struct {
	list []target
	turn int
}

func (t *targets) init(nodes []core.NodeID) {
	for _, id := range nodes {
		t.list = append(t.list, target{node: id, silent: core.Never})
	}
}

// next returns whom to ask: the one that is best if there is one that was not asked last, else the next in turn.
func (t *targets) next(now core.Instant, best, last core.NodeID, memory core.Duration) core.NodeID {
	if best != core.NoNode && best != last && !t.quiet(now, best, memory) {
		return best
	}
	fallback := core.NoNode
	for range t.list {
		x := &t.list[t.turn]
		t.turn = (t.turn + 1) % len(t.list)
		if !t.quiet(now, x.node, memory) {
			return x.node
		}
		if fallback == core.NoNode {
			fallback = x.node
		}
	}
	return fallback
}

// turnOf returns the next one of all, silent ones included.
func (t *targets) turnOf(turn *int) core.NodeID {
	if len(t.list) == 0 {
		return core.NoNode
	}
	*turn %= len(t.list)
	id := t.list[*turn].node
	*turn++
	return id
}

// other returns the next one in turn that is not the given one; that one if there is no other.
func (t *targets) other(id core.NodeID) core.NodeID {
	for range t.list {
		x := t.list[t.turn].node
		if t.turn = (t.turn + 1) % len(t.list); x != id {
			return x
		}
	}
	return id
}

func (t *targets) has(id core.NodeID) bool {
	for i := range t.list {
		if t.list[i].node == id {
			return true
		}
	}
	return false
}

func (t *targets) quiet(now core.Instant, id core.NodeID, memory core.Duration) bool {
	for i := range t.list {
		if x := &t.list[i]; x.node == id {
			return x.silent != core.Never && now.Sub(x.silent) < memory
		}
	}
	return false
}

func (t *targets) fared(now core.Instant, id core.NodeID, answered bool) {
	for i := range t.list {
		if x := &t.list[i]; x.node == id {
			if x.silent = core.Never; !answered {
				x.silent = now
			}
		}
	}
}

// Target implements call.Owner. A job goes to its owner by the ring first, then to all in turn; later requests go to its
// leader, as long as that has been heard of lately, then to all in turn (spec 20 §8.2 step 4, §8.5).
func (c *Client) Target(now core.Instant, t *call.Ticket, attempt int, last core.NodeID) core.NodeID {
	best := core.NoNode
	x := c.jobs[job.ID(t.Job)]
	switch {
	case x == nil && t.Op == opOwed: // long over
		return core.NoNode
	case x == nil:
	case t.Op == opSubmit || x.main.leader == core.NoNode:
		if attempt == 1 {
			best = c.initial(x)
		}
	case now.Sub(x.main.confirmed) < c.cfg.Client.LeaderCache:
		best = x.main.leader
	}
	return c.readable(t, c.targets.next(now, best, last, c.cfg.Client.Memory))
}

// readable returns whom to ask, NoNode if that one does not know what it would be asked.
func (c *Client) readable(t *call.Ticket, to core.NodeID) core.NodeID {
	if t.Op == opRegister && to != core.NoNode && c.pacts.Lacks(to, registry.FeatureReconnection) {
		return core.NoNode
	}
	return to
}

// initial returns whom a job is handed in at first: whoever its user names, else its owner by the ring.
func (c *Client) initial(x *tracked) core.NodeID {
	if x.first == core.NoNode && c.ring != nil {
		return c.ring.Owner(x.id)
	}
	return x.first
}

// Redirect implements call.Redirector. A leader that has just been silent is not asked again so soon: a submission stays
// where it is, and says that it was sent on, so that it is taken there; anything else is asked in turn later.
func (c *Client) Redirect(now core.Instant, s *call.Sending, to core.NodeID) core.NodeID {
	switch {
	case c.readable(&s.Ticket, to) == core.NoNode:
		return core.NoNode
	case !c.targets.quiet(now, to, c.cfg.Client.Memory):
		return to
	case s.Op == opSubmit && s.Redirects == 0:
		return s.To
	}
	return core.NoNode
}

// Fared implements call.Watcher: who does not answer is asked last for a while. Who names a job's leader has spoken of it, whatever that one does.
func (c *Client) Fared(now core.Instant, s *call.Sending, answered bool, code call.Code) {
	c.targets.fared(now, s.To, answered)
	if s.Op != opStatus || code != call.CodeNotLeader {
		return
	}
	if x := c.jobs[job.ID(s.Job)]; x != nil && x.orphan == core.Never { // an orphan's silence ends with the question, which tells how long it was
		x.contact = now
	}
}
