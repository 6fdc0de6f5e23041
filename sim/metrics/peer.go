package metrics

import (
	"fmt"

	"hypersim/core"
)

// peer is the truth about one node, and what live observers hold of it.
type peer struct {
	group  int32 // index into Recorder.groups; −1 = none
	local  int32 // place in the group
	up     bool  // started and neither told to leave nor gone: what a view should call OK
	alive  bool  // its process runs: up, or draining
	paused bool
	slow   bool
	left   bool // told to leave

	steady        core.Instant // it runs, and was not paused, since then
	impairedUntil core.Instant
	started       core.Instant // of the current or last process; −1 = never
	noticed       bool         // one holds it OK since it started
	joining       core.Instant // started then and not yet OK everywhere; −1 = no
	joined        uint8        // … but OK at all observers of these roles, one bit each
	stale         opinions     // … and this is what others hold of an earlier process
	instance      uint32
	inc, incMax   uint32
	crashedInc    uint32 // highest incarnation of processes that ended
	restarts      uint32
	crash         int32 // open crash; −1 = none

	okBy       [core.NumRoles]int32 // live observers that hold it OK, by their role
	known      int32                // … OK or SUSPECT
	suspecting int32                // … SUSPECT

	unconfirmed [core.NumRoles]int32 // UNCONFIRMED records it holds, by role of the peer

	aliveSince  core.Instant // of this process, or since its class last changed; −1 = not alive
	accused     [2]int64     // highest incarnation wrongly marked SUSPECT, DEAD; −1 = none
	suspectedAt core.Instant // first SUSPECT of the present episode; −1 = none
	calledDead  bool         // somebody went on to DEAD in it

	news [2]*update // spreading now: [newsAlive], [newsGone]
	join bool       // the join of this process was born
	gone int64      // highest incarnation whose death spread; −1 = none
}

// group is one membership group.
type group struct {
	id      core.GroupID
	members []core.NodeID
	up      [core.NumRoles]int32
	okUp    [core.NumRoles]int64 // by role of live observers: pairs held OK, subject up
	okDown  [core.NumRoles]int64 // … subject not up
	byState [core.NumRoles][core.NumStates]int64
}

func (r *Recorder) buildGroups() {
	nodes := r.ctx.Nodes
	r.roles = make([]core.Role, len(nodes))
	r.peers = make([]peer, len(nodes))
	r.views = make([][]core.MemberState, len(nodes))
	index := map[core.GroupID]int32{}
	for i := range nodes {
		n := &nodes[i]
		if int(n.ID) != i || n.SiteIndex < 0 || int(n.Role) >= core.NumRoles {
			panic(fmt.Sprintf("metrics: node %q: id %d at place %d, site index %d, role %d", n.Name, n.ID, i, n.SiteIndex, n.Role))
		}
		for len(r.sites) <= n.SiteIndex {
			r.sites = append(r.sites, "")
		}
		r.sites[n.SiteIndex] = n.Site
		r.roles[i] = n.Role
		r.peers[i] = peer{group: -1, started: -1, joining: -1, crash: -1, suspectedAt: -1, gone: -1, aliveSince: -1, accused: [2]int64{-1, -1}}
		if n.Group == 0 {
			continue
		}
		g, ok := index[n.Group]
		if !ok {
			g = int32(len(r.groups))
			index[n.Group] = g
			r.groups = append(r.groups, group{id: n.Group})
		}
		r.peers[i].group, r.peers[i].local = g, int32(len(r.groups[g].members))
		r.groups[g].members = append(r.groups[g].members, n.ID)
	}
	r.meet()
	if r.ctx.Formed {
		r.form()
	}
}

// meet notes which roles share a group and should know each other.
func (r *Recorder) meet() {
	for g := range r.groups {
		var there [core.NumRoles]bool
		for _, n := range r.groups[g].members {
			there[r.roles[n]] = true
		}
		for o := range there {
			for s := range there {
				if there[o] && there[s] && r.ctx.knows(core.Role(o), core.Role(s)) {
					r.together[o][s] = true
				}
			}
		}
	}
}

// form fills the views that a formed cluster starts with. Nobody is up yet, so no counter moves.
func (r *Recorder) form() {
	for g := range r.groups {
		members := r.groups[g].members
		for _, o := range members {
			if !r.formed(o) {
				continue
			}
			row := r.row(o)
			for i, s := range members {
				if s != o && r.formed(s) && r.knows(o, s) {
					row[i] = core.StateOK
				}
			}
		}
	}
}

func (r *Recorder) formed(n core.NodeID) bool {
	return r.ctx.Formed && !r.ctx.Nodes[n].Ghost && !r.ctx.Nodes[n].Late
}

func (r *Recorder) knows(o, s core.NodeID) bool { return r.ctx.knows(r.roles[o], r.roles[s]) }

// row returns the view of observer o, by place in its group.
func (r *Recorder) row(o core.NodeID) []core.MemberState {
	if r.views[o] == nil {
		r.views[o] = make([]core.MemberState, len(r.groups[r.peers[o].group].members))
	}
	return r.views[o]
}

// impair notes that n's condition changed: it stays impaired for a while after it became normal.
func (r *Recorder) impair(now core.Instant, n core.NodeID) {
	r.lives(now, n)
	p := &r.peers[n]
	if p.paused || p.slow {
		p.impairedUntil = core.Never
	} else if p.impairedUntil == core.Never {
		p.impairedUntil = now.Add(r.ctx.ImpairedFor)
	}
}

// lives notes the life of n up to now, apart by its class, which may have become healthy meanwhile.
func (r *Recorder) lives(now core.Instant, n core.NodeID) {
	p := &r.peers[n]
	if p.aliveSince < 0 {
		return
	}
	from := p.aliveSince
	if until := min(now, p.impairedUntil); until > from {
		r.res.Lives = append(r.res.Lives, Life{From: from, To: until, Node: n, Class: Impaired})
		from = until
	}
	if now > from {
		r.res.Lives = append(r.res.Lives, Life{From: from, To: now, Node: n, Class: Healthy})
	}
	p.aliveSince = now
}

func (r *Recorder) class(now core.Instant, n core.NodeID) Class {
	if now < r.peers[n].impairedUntil {
		return Impaired
	}
	return Healthy
}

// truth says what is the matter with s when o marks it at incarnation inc.
func (r *Recorder) truth(now core.Instant, o, s core.NodeID, inc uint32) Truth {
	p := &r.peers[s]
	switch {
	case p.left:
		return TruthLeaving
	case !p.up:
		return TruthCrashed
	case r.stale(now, p, inc):
		return TruthRestarted
	case p.paused:
		return TruthPaused
	case !r.reachable(o, s):
		return TruthUnreachable
	}
	return TruthLive
}

// stale reports whether a claim at inc is about an earlier process of p. Where the new process has not
// risen above the old one's incarnation yet, which of them is meant cannot be told: for as long as a
// node counts as impaired after a disturbance, the doubt is in the observer's favour.
func (r *Recorder) stale(now core.Instant, p *peer, inc uint32) bool {
	if p.restarts == 0 || inc > p.crashedInc {
		return false
	}
	return p.inc > p.crashedInc || now < p.started.Add(r.ctx.ImpairedFor)
}

// reachable reports whether datagrams pass both ways.
func (r *Recorder) reachable(a, b core.NodeID) bool {
	return r.ctx.Reachable == nil || r.ctx.Reachable(a, b) && r.ctx.Reachable(b, a)
}
