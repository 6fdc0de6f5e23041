package metrics

import (
	"hypersim/core"
	"hypersim/core/election"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	l := &leaderships{Recorder: r, clusters: map[int]*cluster{}}
	v := &voting{leaderships: l, last: map[core.NodeID]int32{}}
	l.acts = v.acts
	on.started = append(on.started, v.starts)
	on.jobFact(v.moves, core.JobFactVoter)
	on.ended = append(on.ended, v.leave)
	on.finished = append(on.finished, v.finish)
	on.jobFact(l.leased, core.JobFactLease)
	on.jobFact(l.moved, core.JobFactVoter)
	on.jobFact(l.round, core.JobFactRound)
	on.ended = append(on.ended, l.ended)
	on.finished = append(on.finished, l.finish)
}, words.LeaderGap, words.DualLeader, words.LeaderChanges, words.ElectionRounds)

// leaderships follows who may act as leader of each cluster, from the leases that leaders report.
type leaderships struct {
	*Recorder
	clusters map[int]*cluster // by site, those of gates by −1
	order    []*cluster       // in the order in which they had a leader
	acts     func(now core.Instant, leader core.NodeID, until core.Instant)
}

// cluster is what is known of the leaders of one.
type cluster struct {
	holder core.NodeID  // who may act; NoNode: nobody
	until  core.Instant // its lease, in virtual time
	last   core.NodeID  // the last one that might
	lost   core.Instant // since when nobody may, if nobody may; Never: nobody ever might
	rounds int          // of votes, since the last leader was elected
	dual   core.Duration
	led    bool         // it ever had a leader
	seen   core.Instant // overlaps are counted up to here
}

// of returns the cluster that a node votes in.
func (l *leaderships) of(n core.NodeID) *cluster {
	key := l.ctx.Nodes[n].SiteIndex
	if l.roles[n] == core.RoleGate {
		key = -1
	}
	c := l.clusters[key]
	if c == nil {
		c = &cluster{holder: core.NoNode, last: core.NoNode, lost: core.Never}
		l.clusters[key] = c
		l.order = append(l.order, c)
	}
	return c
}

// leased takes a lease that begins now, or goes on.
func (l *leaderships) leased(rec *trace.JobRecord) {
	n, now, c := rec.Node, rec.At, l.of(rec.Node)
	until := core.Instant(rec.Fact.Get("until"))
	if until != core.Never {
		until = now.Add(until.Sub(rec.Local))
	}
	l.acts(now, n, until)
	if c.holder != core.NoNode && c.until <= now {
		c.lose(c.until)
	}
	if c.holder == n {
		c.until = until
		return
	}
	if c.holder != core.NoNode {
		from, to := max(now, c.seen), min(c.until, until)
		c.dual += max(0, to.Sub(from))
		c.seen = max(c.seen, to)
	}
	if c.holder == core.NoNode && c.lost != core.Never {
		l.tell(words.LeaderGap, now, seconds(now.Sub(c.lost)), n)
	}
	if c.last != core.NoNode {
		l.tell(words.LeaderChanges, now, 1, n)
	}
	c.holder, c.last, c.until = n, n, until
}

// lose notes that nobody may act any more.
func (c *cluster) lose(now core.Instant) { c.holder, c.lost = core.NoNode, min(now, c.until) }

// moved takes a change of a voter's part: who leads no more acts no more.
func (l *leaderships) moved(rec *trace.JobRecord) {
	if c := l.of(rec.Node); election.Role(rec.Fact.From) == election.Leader && c.holder == rec.Node {
		c.lose(rec.At)
	}
}

func (l *leaderships) ended(now core.Instant, n core.NodeID) {
	if r := l.roles[n]; r != core.RoleGate && r != core.RoleManager {
		return
	}
	if c := l.of(n); c.holder == n {
		c.lose(now)
	}
}

// round takes the end of a round of votes.
func (l *leaderships) round(rec *trace.JobRecord) {
	if election.Role(rec.Fact.From) != election.Candidate {
		return
	}
	c := l.of(rec.Node)
	if c.rounds++; rec.Fact.To == 1 {
		l.tell(words.ElectionRounds, rec.At, float64(c.rounds), rec.Node)
		c.rounds = 0
	}
}

func (l *leaderships) finish(end core.Instant) {
	for _, c := range l.order {
		if c.last == core.NoNode {
			continue
		}
		if c.holder != core.NoNode && c.until < end {
			c.lose(c.until)
		}
		if c.holder == core.NoNode && c.lost < end {
			l.tell(words.LeaderGap, end, seconds(end.Sub(c.lost)), c.last)
		}
		l.tell(words.DualLeader, end, seconds(c.dual), c.last)
	}
}

func (l *leaderships) tell(m words.Metric, at core.Instant, v float64, leader core.NodeID) {
	o := l.about(m, at, v, leader, core.NoNode)
	l.keep(&o)
}
