package metrics

import (
	"errors"
	"fmt"

	"hypersim/core"
)

// The view error is kept as counters. Let U be the subjects that are up and that a live observer should know, and V those
// that it holds OK. It then disagrees with the truth about |U| − |U ∩ V| + |V \ U| of them. |U| follows from the numbers of up
// nodes by role. The other two move by one with each transition, and by the numbers in peer.okBy when a subject comes or
// goes. Only an observer that comes or goes costs a walk over its own row.

// set changes how o holds s.
func (r *Recorder) set(o, s core.NodeID, to core.MemberState) {
	row, i := r.row(o), r.peers[s].local
	from := row[i]
	row[i] = to
	if r.peers[o].up && from != to {
		r.tell(o, s, from, -1)
		r.tell(o, s, to, 1)
	}
}

// tell adds d to every counter of a live observer o holding s in this state.
func (r *Recorder) tell(o, s core.NodeID, state core.MemberState, d int32) {
	if state == core.StateNone {
		return
	}
	p, role := &r.peers[s], r.roles[o]
	g := &r.groups[p.group]
	g.byState[role][state] += int64(d)
	if !r.knows(o, s) {
		return
	}
	switch state {
	case core.StateOK:
		p.okBy[role] += d
		p.known += d
		if p.up {
			g.okUp[role] += int64(d)
			r.wrong -= int64(d)
		} else {
			g.okDown[role] += int64(d)
			r.wrong += int64(d)
		}
	case core.StateSuspect:
		p.known += d
		p.suspecting += d
	case core.StateUnconfirmed:
		r.peers[o].unconfirmed[r.roles[s]] += d
	case core.StateNone, core.StateDead, core.StateLeft: // byState alone counts them
	}
}

// observe adds (d = 1) or takes away (d = −1) o as a live observer.
func (r *Recorder) observe(o core.NodeID, d int32) {
	members := r.groups[r.peers[o].group].members
	for i, state := range r.views[o] {
		if state != core.StateNone {
			r.tell(o, members[i], state, d)
		}
	}
}

// rise makes n up, with the view its row holds.
func (r *Recorder) rise(n core.NodeID) {
	p := &r.peers[n]
	g := &r.groups[p.group]
	r.wrong -= g.expected(&r.ctx)
	g.up[r.roles[n]]++
	r.wrong += g.expected(&r.ctx)
	p.up = true
	for role, held := range p.okBy {
		g.okUp[role] += int64(held)
		g.okDown[role] -= int64(held)
		r.wrong -= 2 * int64(held)
	}
	r.observe(n, 1)
}

// fall is the opposite of rise.
func (r *Recorder) fall(n core.NodeID) {
	p := &r.peers[n]
	g := &r.groups[p.group]
	r.observe(n, -1)
	p.up = false
	for role, held := range p.okBy {
		g.okUp[role] -= int64(held)
		g.okDown[role] += int64(held)
		r.wrong += 2 * int64(held)
	}
	r.wrong -= g.expected(&r.ctx)
	g.up[r.roles[n]]--
	r.wrong += g.expected(&r.ctx)
}

// expected is the number of (live observer, up subject) pairs that should know each other.
func (g *group) expected(c *Context) int64 {
	sum := int64(0)
	for role := range g.up {
		sum += g.expectedBy(c, core.Role(role))
	}
	return sum
}

func (g *group) expectedBy(c *Context, role core.Role) int64 {
	subjects := int64(0)
	for s, n := range g.up {
		if c.knows(role, core.Role(s)) {
			subjects += int64(n)
		}
	}
	if c.knows(role, role) {
		subjects-- // not itself
	}
	return int64(g.up[role]) * max(subjects, 0)
}

// observers is the number of live observers other than s that should know s.
func (r *Recorder) observers(s core.NodeID) int32 {
	p := &r.peers[s]
	n := int32(0)
	for role, up := range r.groups[p.group].up {
		if r.ctx.knows(core.Role(role), r.roles[s]) {
			n += up
		}
	}
	if p.up && r.knows(s, s) {
		n--
	}
	return n
}

// observersOf is observers of one role.
func (r *Recorder) observersOf(role core.Role, s core.NodeID) int32 {
	p := &r.peers[s]
	if !r.ctx.knows(role, r.roles[s]) {
		return 0
	}
	n := r.groups[p.group].up[role]
	if p.up && role == r.roles[s] {
		n--
	}
	return n
}

// settle notes whether views and truth agree after a record.
func (r *Recorder) settle(now core.Instant) {
	if r.wrong != 0 {
		if r.zeroSince != core.Never {
			r.lastZero, r.brokeAt, r.zeroSince = r.zeroSince, now, core.Never
			r.disagree(now)
		}
		return
	}
	if r.zeroSince == core.Never {
		r.zeroSince = now
	}
	r.healAll(now)
}

// Audit compares the recorder's view of every live observer with what its machine holds, and reports
// the first ten differences. It walks all pairs: for tests and checkpoints.
func (r *Recorder) Audit(v Viewer) error {
	var errs []error
	for o := range r.peers {
		p := &r.peers[o]
		if !p.up || p.group < 0 {
			continue
		}
		row := r.row(core.NodeID(o))
		for i, s := range r.groups[p.group].members {
			if int(s) == o {
				continue
			}
			if have := v.State(core.NodeID(o), s); have != row[i] {
				errs = append(errs, fmt.Errorf("%s holds %s %v, its facts say %v", r.ctx.Nodes[o].Name, r.ctx.Nodes[s].Name, have, row[i]))
			}
			if len(errs) == 10 {
				return errors.Join(errs...)
			}
		}
	}
	return errors.Join(errs...)
}
