package metrics

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/statbuf"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	a := &ages{Recorder: r, parts: map[partKey]*part{}, flows: map[flowKey]*recorded{}, leads: map[uint64]core.NodeID{}, jobs: map[uint64]int32{}}
	on.job(a.submitted, trace.JobSubmitted)
	on.jobFact(a.kept, core.JobFactRecord)
	on.jobFact(a.jobMoved, core.JobFactState)
	on.jobFact(a.flowMoved, core.JobFactWorkflow)
	on.jobFact(a.placed, core.JobFactPlaced)
	on.delivered[core.KindJobProgress] = append(on.delivered[core.KindJobProgress], a.told)
	on.sampled = append(on.sampled, a.sample)
	on.finished = append(on.finished, a.finish)
}, words.StatsStaleness, words.StatsGap)

// ages follows how old what is known of jobs is.
type ages struct {
	*Recorder
	parts map[partKey]*part
	order []*part
	flows map[flowKey]*recorded
	list  []*recorded            // in the order of their first records
	leads map[uint64]core.NodeID // the gate that leads a job
	jobs  map[uint64]int32
}

type partKey struct {
	job  uint64
	site int16
}

// part is a job in one datacenter.
type part struct {
	partKey
	manager core.NodeID
	kept    core.Instant // its newest record there,
	before  core.Instant // and the one before it
	known   core.Instant // the newest that its gate knows of, Never: none
	over    bool
}

// recorded is a workflow in one datacenter.
type recorded struct {
	flowKey
	job     uint64
	manager core.NodeID
	workers []core.NodeID // that its current attempt was given to
	attempt uint16
	last    core.Instant // its newest record, Never: none
	longest core.Duration
	over    bool
}

func (a *ages) submitted(rec *trace.JobRecord) {
	if n := len(a.res.Jobs); n > 0 && uint64(a.res.Jobs[n-1].ID) == rec.Fact.Job {
		a.jobs[rec.Fact.Job] = int32(n - 1)
	}
}

func (a *ages) site(n core.NodeID) int16 { return int16(a.ctx.Nodes[n].SiteIndex) }

// placed takes which worker a workflow is given to: a batch names no workflow.
func (a *ages) placed(rec *trace.JobRecord) {
	f := &rec.Fact
	key := flowKey{a.site(rec.Node), f.Workflow}
	x := a.flows[key]
	if x == nil {
		x = &recorded{flowKey: key, job: f.Job, last: core.Never}
		a.flows[key], a.list = x, append(a.list, x)
	}
	x.manager = rec.Node
	if x.attempt != f.Attempt {
		x.attempt, x.workers = f.Attempt, x.workers[:0]
	}
	x.workers = append(x.workers, f.Node)
}

// kept takes a record that a manager stored.
func (a *ages) kept(rec *trace.JobRecord) {
	f := &rec.Fact
	if f.Job == 0 || statbuf.Outcome(f.Code) == statbuf.Dropped {
		return
	}
	p := a.part(rec.Node, f.Job)
	p.before, p.kept, p.manager = p.kept, rec.At, rec.Node
	if f.Workflow != 0 {
		a.keptOf(rec.At, a.flows[flowKey{a.site(rec.Node), f.Workflow}])
		return
	}
	for _, x := range a.list { // a batch: all that its worker runs of the job
		if x.job == f.Job && !x.over && x.site == a.site(rec.Node) && runsAt(x, f.Node) {
			a.keptOf(rec.At, x)
		}
	}
}

func runsAt(x *recorded, worker core.NodeID) bool {
	for _, w := range x.workers {
		if w == worker {
			return true
		}
	}
	return false
}

func (a *ages) keptOf(now core.Instant, x *recorded) {
	if x == nil || x.over {
		return
	}
	if x.last != core.Never {
		x.longest = max(x.longest, now.Sub(x.last))
	}
	x.last = now
}

func (a *ages) part(manager core.NodeID, id uint64) *part {
	key := partKey{id, a.site(manager)}
	p := a.parts[key]
	if p == nil {
		p = &part{partKey: key, manager: manager, kept: core.Never, before: core.Never, known: core.Never}
		a.parts[key], a.order = p, append(a.order, p)
	}
	return p
}

// jobMoved takes who leads a job, and when it is over.
func (a *ages) jobMoved(rec *trace.JobRecord) {
	f := &rec.Fact
	over := job.State(f.To).Terminal()
	switch a.roles[rec.Node] {
	case core.RoleGate:
		if a.leads[f.Job] = rec.Node; over {
			a.leads[f.Job] = core.NoNode
		}
	case core.RoleManager:
		if p := a.parts[partKey{f.Job, a.site(rec.Node)}]; p != nil && over {
			p.over = true
		}
	default:
	}
}

// flowMoved takes that a workflow has ended.
func (a *ages) flowMoved(rec *trace.JobRecord) {
	switch workflow.State(rec.Fact.To) {
	case workflow.Completed, workflow.Failed, workflow.Cancelled, workflow.Aggregated:
		if x := a.flows[flowKey{a.site(rec.Node), rec.Fact.Workflow}]; x != nil {
			a.keptOf(rec.At, x)
			x.over = true
		}
	default:
	}
}

// told takes that progress of a job reached a gate: it says what its manager had kept when it was sent.
func (a *ages) told(rec *trace.Record) {
	b, ok := rec.Msg.Body.(*job.Progress)
	if !ok {
		return
	}
	lead, led := a.leads[uint64(b.Job)]
	if p := a.parts[partKey{uint64(b.Job), int16(b.Site)}]; p != nil && led && lead == rec.Node && p.kept != core.Never {
		sent := rec.Due
		switch {
		case p.kept <= sent:
			p.known = p.kept
		case p.before != core.Never:
			p.known = p.before
		}
	}
}

func (a *ages) sample(now core.Instant, _ Probe) {
	for _, p := range a.order {
		gate, led := a.leads[p.job]
		i, handed := a.jobs[p.job]
		if p.over || p.known == core.Never || !led || gate == core.NoNode || !handed {
			continue
		}
		o := a.about(words.StatsStaleness, now, seconds(now.Sub(p.known)), gate, p.manager)
		o.Job = i
		a.keep(&o)
	}
}

func (a *ages) finish(end core.Instant) {
	for _, x := range a.list {
		i, handed := a.jobs[x.job]
		if x.last == core.Never || !handed {
			continue
		}
		if !x.over {
			a.keptOf(end, x)
		}
		o := a.about(words.StatsGap, end, seconds(x.longest), x.manager, core.NoNode)
		o.Job = i
		a.keep(&o)
	}
}
