package check

import (
	"hypersim/core"
	"hypersim/core/election"
	"hypersim/sim/trace"
)

// The rules.
var (
	JL1 = rule("I-JL1", "one node leads a cluster in a term, and the leases of two leaders do not overlap", "spec 20 §12")
)

var _ = judge(func(c *Checker, on *hooks) {
	l := &leaders{Checker: c, terms: map[clusterTerm]core.NodeID{}, holders: map[int]lease{}, said: make([]int64, len(c.ctx.Nodes))}
	on.jobFact(l.grows, core.JobFactVoter, core.JobFactLeader, core.JobFactLease)
	on.jobFact(l.moved, core.JobFactVoter)
	on.jobFact(l.leased, core.JobFactLease)
	on.gone = append(on.gone, l.gone)
})

// leaders is who led each cluster in each term, and who may act as its leader now. Clusters are numbered by site, that
// of gates is −1.
type leaders struct {
	*Checker
	terms   map[clusterTerm]core.NodeID
	holders map[int]lease
	said    []int64 // by node, the term that its process spoke of last
}

type clusterTerm struct {
	cluster int
	term    int64
}

// lease is that of the last leader that was seen to have one, in virtual time.
type lease struct {
	node  core.NodeID
	term  int64
	until core.Instant
}

func (l *leaders) cluster(n core.NodeID) int {
	if x := &l.ctx.Nodes[n]; x.Role != core.RoleGate {
		return x.Site
	}
	return -1
}

// grows takes a term that a process speaks of: it is never below one that it spoke of before.
func (l *leaders) grows(r *trace.JobRecord) {
	n, term := r.Node, r.Fact.Get("term")
	if term < l.said[n] && l.fails(JF1) {
		l.detail(JF1, r.At, []core.NodeID{n}, "%s speaks of term %d after %d", l.name(n), term, l.said[n])
	}
	l.said[n] = max(l.said[n], term)
}

// moved takes a change of a voter's part.
func (l *leaders) moved(r *trace.JobRecord) {
	f, n := &r.Fact, r.Node
	if election.Role(f.From) == election.Leader {
		l.release(r.At, n)
	}
	if election.Role(f.To) != election.Leader {
		return
	}
	key := clusterTerm{l.cluster(n), f.Get("term")}
	first, known := l.terms[key]
	if !known {
		l.terms[key] = n
	} else if first != n && l.fails(JL1) {
		l.detail(JL1, r.At, []core.NodeID{n, first}, "%s leads in term %d, in which %s led", l.name(n), key.term, l.name(first))
	}
}

// leased takes a lease that begins or goes on now: nobody else may have one then.
func (l *leaders) leased(r *trace.JobRecord) {
	n, f := r.Node, &r.Fact
	until := core.Instant(f.Get("until"))
	if until != core.Never {
		until = r.At.Add(until.Sub(r.Local))
	}
	key := l.cluster(n)
	h, known := l.holders[key]
	if known && h.node != n && h.until > r.At && !l.ctx.Unsteady && l.fails(JL1) {
		l.detail(JL1, r.At, []core.NodeID{n, h.node}, "%s may act as leader of term %d from now on, and %s of term %d until %v",
			l.name(n), f.Get("term"), l.name(h.node), h.term, h.until)
	}
	if !known || h.node == n || h.until <= until {
		l.holders[key] = lease{n, f.Get("term"), until}
	}
}

// release ends the lease of a node that acts no more.
func (l *leaders) release(now core.Instant, n core.NodeID) {
	key := l.cluster(n)
	if h, known := l.holders[key]; known && h.node == n {
		h.until = min(h.until, now)
		l.holders[key] = h
	}
}

func (l *leaders) gone(r *trace.Record) {
	l.said[r.Node] = 0
	if role := l.ctx.Nodes[r.Node].Role; role == core.RoleGate || role == core.RoleManager {
		l.release(r.At, r.Node)
	}
}
