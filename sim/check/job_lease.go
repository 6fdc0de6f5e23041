package check

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/sim/trace"
)

// A lease counts from when the last round was sent that a majority answered (spec 20 §5.2). What a process says of its lease follows from
// its own reckoning; here it is held against the messages: nobody holds a lease of any job for longer than that after the latest round
// that so many answered, whatever they answered.
var _ = judge(func(c *Checker, on *hooks) {
	l := &leases{Checker: c, of: map[core.NodeID]*rounds{}, lease: replica.Default().Lease}
	if c.ctx.Lease != nil {
		l.lease = *c.ctx.Lease
	}
	on.sent = append(on.sent, l.sent)
	on.delivered[core.KindJobStateSyncAck] = append(on.delivered[core.KindJobStateSyncAck], l.answered)
	on.jobFact(l.placed, core.JobFactPlaced)
	on.jobFact(l.declared, core.JobFactTimeout)
})

// leases are the rounds of those that hold jobs.
type leases struct {
	*Checker
	of    map[core.NodeID]*rounds
	lease replica.Lease
}

// rounds are those of a process: the last ones it sent, ascending, and when that was sent which each peer answered last.
type rounds struct {
	inst  uint32
	list  []sentRound
	peers []peerAnswer
}

type (
	sentRound struct {
		number uint64
		at     core.Instant
	}
	peerAnswer struct {
		of core.NodeID
		at core.Instant
	}
)

// manyRounds is how many rounds of a process are remembered before it is seen whether some are too old for an answer to renew anything.
const manyRounds = 1024

func (l *leases) sent(r *trace.Record) {
	b, ok := r.Msg.Body.(*replica.Sync)
	if !ok {
		return
	}
	x := l.of[r.Node]
	if x == nil || x.inst != r.Msg.Instance {
		x = &rounds{inst: r.Msg.Instance}
		l.of[r.Node] = x
	}
	if n := len(x.list); n > 0 && x.list[n-1].number >= b.Round {
		return // to another one
	}
	if n := len(x.list); n >= manyRounds && n == cap(x.list) {
		old, _ := slices.BinarySearchFunc(x.list, r.At.Add(-l.lease.Duration), func(s sentRound, at core.Instant) int { return cmp.Compare(s.at, at) })
		x.list = x.list[:copy(x.list, x.list[old:])]
	}
	x.list = append(x.list, sentRound{b.Round, r.At})
}

func (l *leases) answered(r *trace.Record) {
	b, ok := r.Msg.Body.(*replica.SyncAck)
	x := l.of[r.Node]
	if !ok || x == nil || x.inst != l.hot[r.Node].inst {
		return
	}
	i, found := slices.BinarySearchFunc(x.list, b.Round, func(s sentRound, n uint64) int { return cmp.Compare(s.number, n) })
	if !found {
		return
	}
	for k := range x.peers {
		if p := &x.peers[k]; p.of == r.Msg.From {
			p.at = max(p.at, x.list[i].at)
			return
		}
	}
	x.peers = append(x.peers, peerAnswer{r.Msg.From, x.list[i].at})
}

// over reports whether a process can have no lease, and since when nobody answered enough of it.
func (l *leases) over(r *trace.JobRecord) (since core.Instant, over bool) {
	all, me := 0, &l.ctx.Nodes[r.Node]
	for i := range l.ctx.Nodes {
		if n := &l.ctx.Nodes[i]; n.Role == me.Role && !n.Ghost && (me.Role == core.RoleGate || n.Site == me.Site) {
			all++
		}
	}
	if me.Role != core.RoleGate && me.Role != core.RoleManager || all < 2 || l.ctx.Unsteady {
		return 0, false
	}
	var at []core.Instant
	if x := l.of[r.Node]; x != nil && x.inst == r.Inst {
		for i := range x.peers {
			at = append(at, x.peers[i].at)
		}
	}
	need := all / 2     // others that make a majority with it
	if len(at) < need { // of what it held before it was never heard of
		return 0, false
	}
	slices.Sort(at)
	since = at[len(at)-need]
	may := l.lease.Duration - l.lease.Margin
	return since, r.At.Sub(since) > may+may/10+l.ctx.Limits.Lateness // clocks run at rates of their own
}

func (l *leases) placed(r *trace.JobRecord) {
	if since, over := l.over(r); over && l.fails(JL3) {
		l.detail(JL3, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s sends a shard of %v to %s, and of its rounds since %v no majority has answered any", l.name(r.Node), job.ID(r.Fact.Job), l.name(r.Fact.Node), since)
	}
}

func (l *leases) declared(r *trace.JobRecord) {
	if e := jobtimeout.Event(r.Fact.To); e != jobtimeout.EventDeclared && e != jobtimeout.EventFallback {
		return
	}
	if since, over := l.over(r); over && l.fails(JL3) {
		l.detail(JL3, r.At, []core.NodeID{r.Node}, "%s says that the time of %v is over, and of its rounds since %v no majority has answered any", l.name(r.Node), job.ID(r.Fact.Job), since)
	}
}
