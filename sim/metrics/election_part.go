package metrics

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/sim/trace"
)

// VoterPart is a time in which a voter played one part in the elections of its cluster. Its process ran all the while.
type VoterPart struct {
	Node  core.NodeID
	Role  election.Role
	Term  uint64
	Start core.Instant
	Stop  core.Instant // Never: it goes on

	// ActsFrom and ActsTo are when a leader might act: from its first lease on until its last one ended, or it stepped down,
	// or was gone. Never: it never might.
	ActsFrom, ActsTo core.Instant
}

// voting keeps the parts of all voters, and the last one of each.
type voting struct {
	*leaderships
	last map[core.NodeID]int32 // place in Result.Voters, −1: it did not fit
}

// starts takes a process that votes, if anybody of its cluster does.
func (v *voting) starts(now core.Instant, n core.NodeID) {
	if r := v.roles[n]; r == core.RoleGate || r == core.RoleManager {
		v.play(now, n, election.Follower, 0)
	}
}

// moves takes a change of a voter's part.
func (v *voting) moves(rec *trace.JobRecord) {
	v.leave(rec.At, rec.Node)
	v.play(rec.At, rec.Node, election.Role(rec.Fact.To), uint64(rec.Fact.Get("term")))
}

func (v *voting) play(now core.Instant, n core.NodeID, role election.Role, term uint64) {
	if len(v.res.Voters) >= v.ctx.MaxRows {
		v.res.TruncatedRows++
		v.last[n] = -1
		return
	}
	v.last[n] = int32(len(v.res.Voters))
	v.res.Voters = append(v.res.Voters, VoterPart{Node: n, Role: role, Term: term, Start: now, Stop: core.Never, ActsFrom: core.Never, ActsTo: core.Never})
}

// acts takes that the leader may act until an instant.
func (v *voting) acts(now core.Instant, n core.NodeID, until core.Instant) {
	if p := v.part(n); p != nil {
		p.ActsFrom, p.ActsTo = min(p.ActsFrom, now), until
	}
}

// leave ends the part of a voter.
func (v *voting) leave(now core.Instant, n core.NodeID) {
	p := v.part(n)
	if p == nil {
		return
	}
	if p.Stop = now; p.ActsFrom != core.Never {
		p.ActsTo = min(p.ActsTo, now)
	}
	delete(v.last, n)
}

func (v *voting) part(n core.NodeID) *VoterPart {
	if i, ok := v.last[n]; ok && i >= 0 {
		return &v.res.Voters[i]
	}
	return nil
}

// finish keeps the parts of those clusters alone that had a leader, and drops those of no length, which are steps on the way
// to another at one instant.
func (v *voting) finish(end core.Instant) {
	for i := range v.res.Voters {
		p := &v.res.Voters[i]
		v.of(p.Node).led = v.of(p.Node).led || p.Role == election.Leader
		if p.ActsTo > end { // it still may
			p.ActsTo = core.Never
		}
	}
	v.res.Voters = slices.DeleteFunc(v.res.Voters, func(p VoterPart) bool { return !v.of(p.Node).led || p.Stop == p.Start })
	slices.SortStableFunc(v.res.Voters, func(a, b VoterPart) int { return cmp.Compare(a.Start, b.Start) })
}

// ElectionRow is a row of elections.csv.
type ElectionRow struct {
	Cluster, Node, Role string
	Term                uint64
	Start, Stop         core.Instant
	ActsFrom, ActsTo    core.Instant
}

var electionColumns = []column[ElectionRow]{
	{"cluster", "who votes: gates, or site:<name>, its managers", func(r *ElectionRow) cell { return textCell{&r.Cluster} }},
	{"node", "the voter", func(r *ElectionRow) cell { return textCell{&r.Node} }},
	{"part", "FOLLOWER, PRE_CANDIDATE, CANDIDATE or LEADER", func(r *ElectionRow) cell { return textCell{&r.Role} }},
	{"term", "its own, when the part began", func(r *ElectionRow) cell { return countCell{&r.Term} }},
	{"start_s", "it began", func(r *ElectionRow) cell { return instantCell{&r.Start} }},
	{"end_s", "it ended, or the process did; empty: it goes on", func(r *ElectionRow) cell { return instantCell{&r.Stop} }},
	{"acts_from_s", "of a leader: its first lease; empty: it had none", func(r *ElectionRow) cell { return instantCell{&r.ActsFrom} }},
	{"acts_to_s", "of a leader: it may act no more; empty: it may at the end of the run, or never might", func(r *ElectionRow) cell { return instantCell{&r.ActsTo} }},
}

// electionRows adds the rows of elections.csv.
func (r *Result) electionRows(t *Tables) {
	for i := range r.Voters {
		p := &r.Voters[i]
		name := "site:" + r.site(p.Node)
		if r.Nodes[p.Node].Role == core.RoleGate {
			name = "gates"
		}
		t.Elections = append(t.Elections, ElectionRow{
			Cluster: name, Node: r.name(p.Node), Role: p.Role.String(), Term: p.Term, Start: p.Start, Stop: p.Stop, ActsFrom: p.ActsFrom, ActsTo: p.ActsTo,
		})
	}
}
