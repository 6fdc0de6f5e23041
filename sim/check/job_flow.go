package check

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/workflow"
	"hypersim/sim/trace"
)

// The rules.
var (
	JW1 = rule("I-JW1", "a workflow is DISPATCHED only when each workflow before it has completed, as its leader sees it", "spec 20 §12")
	JW2 = rule("I-JW2", "retries, dispatches, redirects and attempts keep their limits", "spec 20 §12")
	JW4 = rule("I-JW4", "the shards of an attempt have the virtual users of their workflow, and no more cores", "spec 20 §12")
	JW5 = rule("I-JW5", "a failure of the workflow's own is never retried", "spec 20 §12")
	JD4 = rule("I-JD4", "an EXCLUSIVE workflow never overlaps another one of its job", "spec 20 §12")
	JC1 = rule("I-JC1", "after a manager marks a job CANCELLING it dispatches nothing of it", "spec 20 §12")
	JC2 = rule("I-JC2", "a client hears one final word about a cancel, and its counts are right", "spec 20 §12")
	JC3 = rule("I-JC3", "a cancelled workflow is never dispatched again in its datacenter", "spec 20 §12")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.jobFact(c.flowMoved, core.JobFactWorkflow)
	on.jobFact(c.flowPlaced, core.JobFactPlaced)
	on.jobFact(c.stopsCommitted, core.JobFactCommit)
	on.jobFact(c.askedTooOften, core.JobFactSubmit)
	on.delivered[core.KindJobCancellationComplete] = append(on.delivered[core.KindJobCancellationComplete], c.cancelTold)
})

// open reports whether a workflow in that state waits or runs.
func open(s workflow.State) bool { return s == workflow.Pending || s.Live() }

// flowMoved takes a step of a workflow at the manager that leads its job. Managers begin with all workflows of a job, in
// the order of the submission.
func (c *Checker) flowMoved(r *trace.JobRecord) {
	x := c.record(r)
	if x == nil {
		return
	}
	f := x.byID[r.Fact.Workflow]
	if f == nil {
		f = &flowSeen{id: r.Fact.Workflow, place: len(x.flows)}
		x.flows, x.byID[f.id] = append(x.flows, f), f
		if len(x.of.places) < len(x.flows) {
			x.of.places = append(x.of.places, f.id)
		}
	}
	if f.unknown {
		f.state, f.unknown = workflow.State(r.Fact.From), false
	}
	x.worked = r.At
	c.flowLegal(r, x, f)
	f.state, f.kind = workflow.State(r.Fact.To), job.ErrorKind(r.Fact.Code)
	c.flowCounts(r, f)
	switch f.state {
	case workflow.Dispatched:
		f.attempt, f.shards = r.Fact.Attempt, f.shards[:0]
		c.flowStarts(r, x, f)
	case workflow.Running:
		c.flowWhole(r, x, f)
	case workflow.Cancelled:
		c.flowStopped(r, x.of, f.id)
	case workflow.Completed, workflow.Aggregated:
		x.of.succeeded[flowAt{c.ctx.Nodes[r.Node].Site, f.id}] = true
	default: // nothing more to see
	}
}

// flowStopped notes that a workflow is cancelled in a datacenter.
func (c *Checker) flowStopped(r *trace.JobRecord, x *jobSeen, id uint64) {
	key := flowAt{c.ctx.Nodes[r.Node].Site, id}
	if !x.stopped[key].sure {
		x.stopped[key] = stopSeen{by: process{r.Node, r.Inst}, epoch: r.Fact.Epoch, at: r.Local, said: r.At}
	}
}

// stays reports whether a process must not start it any more. Who holds an older epoch and has not heard of the newer one cannot
// know; workers that have refuse what it sends (spec 20 §5.9, I-JF2). Nor does anybody know later what a holder stopped that lost the job
// before a majority knew: it does not know any more itself, if it gets the job back (20 §5.4).
func (c *Checker) stays(x *jobSeen, key flowAt, by process, epoch uint32) bool {
	s, stopped := x.stopped[key]
	return stopped && (s.by == by && epoch == s.epoch || s.sure && epoch >= s.epoch && !c.forgiven(JC3, key.site, s.said))
}

// stopsCommitted takes that a majority knows of all that a holder had changed before the oldest change of this commit.
func (c *Checker) stopsCommitted(r *trace.JobRecord) {
	x := c.work.jobs[r.Fact.Job]
	if x == nil {
		return
	}
	from := r.Local.Add(-core.Duration(r.Fact.Get("elapsed")))
	for _, id := range x.places {
		key := flowAt{c.ctx.Nodes[r.Node].Site, id}
		if s, ok := x.stopped[key]; ok && s.by == (process{r.Node, r.Inst}) && s.epoch == r.Fact.Epoch && s.at <= from {
			s.sure = true
			x.stopped[key] = s
		}
	}
}

// ownFailure reports whether a failure of that kind is the workflow's own, or follows from one: it is final.
func ownFailure(k job.ErrorKind) bool {
	return k == job.ErrorUser || k == job.ErrorTimeout || k == job.ErrorDependency
}

func (c *Checker) flowLegal(r *trace.JobRecord, x *recordSeen, f *flowSeen) {
	from, to := workflow.State(r.Fact.From), workflow.State(r.Fact.To)
	switch {
	case f.state == workflow.Failed && ownFailure(f.kind):
		if c.fails(JW5) {
			c.detail(JW5, r.At, []core.NodeID{r.Node}, "%s moves %v of %v to %v, which failed of %v", c.name(r.Node), job.WorkflowID(f.id), job.ID(x.of.id), to, f.kind)
		}
	case from != f.state || !from.May(to):
		if c.fails(J3) {
			c.detail(J3, r.At, []core.NodeID{r.Node}, "%s holds %v of %v %v and moves it from %v to %v",
				c.name(r.Node), job.WorkflowID(f.id), job.ID(x.of.id), f.state, from, to)
		}
	}
}

func (c *Checker) flowCounts(r *trace.JobRecord, f *flowSeen) {
	k := &c.work.cfg.Workflow
	if n, m := r.Fact.Get("retries"), r.Fact.Get("dispatches"); (n > int64(k.MaxRetries) || m > int64(k.MaxAttempts)) && c.fails(JW2) {
		c.detail(JW2, r.At, []core.NodeID{r.Node}, "%v has %d retries and %d dispatches that came to nothing", job.WorkflowID(f.id), n, m)
	}
}

// askedTooOften counts what a client did to hand a job in.
func (c *Checker) askedTooOften(r *trace.JobRecord) {
	k := &c.work.cfg.Client
	n, m := r.Fact.Get("attempts"), r.Fact.Get("redirects")
	if (n > int64(k.SubmitRetries+1) || m > n*int64(k.Redirects)) && c.fails(JW2) {
		c.detail(JW2, r.At, []core.NodeID{r.Node}, "%s made %d attempts and %d redirects to hand %v in", c.name(r.Node), n, m, job.ID(r.Fact.Job))
	}
}

// flowStarts judges whether a workflow may start now.
func (c *Checker) flowStarts(r *trace.JobRecord, x *recordSeen, f *flowSeen) {
	if f.place < len(x.of.needs) {
		for _, n := range x.of.needs[f.place] {
			if int(n) < len(x.flows) && !c.mayBeDone(r, x, x.flows[n]) && c.fails(JW1) {
				c.detail(JW1, r.At, []core.NodeID{r.Node}, "%s dispatches %v of %v, which needs %v, and that is %v",
					c.name(r.Node), job.WorkflowID(f.id), job.ID(x.of.id), job.WorkflowID(x.flows[n].id), x.flows[n].state)
			}
		}
	}
	c.flowAlone(r, x, f)
}

// mayBeDone reports whether a workflow has completed, as the process that reports r sees it. A new holder has not said what it
// knows: that may be what an earlier one knew, itself among them, whose record is gone, or which was not the last before it.
func (c *Checker) mayBeDone(r *trace.JobRecord, x *recordSeen, f *flowSeen) bool {
	return f.blank() || f.state.Succeeded() || f.unknown && x.of.succeeded[flowAt{c.ctx.Nodes[r.Node].Site, f.id}]
}

// blank reports whether nothing is known of a workflow: its new holder knows more, and those before it are gone.
func (f *flowSeen) blank() bool { return f.unknown && f.state == workflow.None }

// flowAlone looks for others that an EXCLUSIVE workflow overlaps.
func (c *Checker) flowAlone(r *trace.JobRecord, x *recordSeen, f *flowSeen) {
	if x.of.spec == nil {
		return
	}
	alone := func(f *flowSeen) bool {
		s := x.spec(f)
		return s != nil && s.Priority == job.PriorityExclusive
	}
	for _, g := range x.flows {
		if g != f && g.state.Live() && !g.unknown && (alone(f) || alone(g)) && c.fails(JD4) {
			c.detail(JD4, r.At, []core.NodeID{r.Node}, "%s dispatches %v of %v beside %v, and one of them is EXCLUSIVE",
				c.name(r.Node), job.WorkflowID(f.id), job.ID(x.of.id), job.WorkflowID(g.id))
		}
	}
}

// flowPlaced takes that a shard goes to a worker: whether it may, and what the attempt consists of.
func (c *Checker) flowPlaced(r *trace.JobRecord) {
	x := c.record(r)
	if x == nil {
		return
	}
	if (x.state == job.StateCancelling || x.state.Terminal()) && c.fails(JC1) {
		c.detail(JC1, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s sends a shard of %v, which is %v, to %s", c.name(r.Node), job.ID(x.of.id), x.state, c.name(r.Fact.Node))
	}
	if id := r.Fact.Workflow; c.stays(x.of, flowAt{c.ctx.Nodes[r.Node].Site, id}, process{r.Node, r.Inst}, r.Fact.Epoch) && c.fails(JC3) {
		c.detail(JC3, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s sends a shard of %v, which was cancelled, to %s", c.name(r.Node), job.WorkflowID(id), c.name(r.Fact.Node))
	}
	f := x.byID[r.Fact.Workflow]
	if f == nil {
		return
	}
	s := shardSeen{
		index: r.Fact.Shard, token: r.Fact.Token, worker: r.Fact.Node, cores: r.Fact.Get("cores"), vus: r.Fact.Get("vus"),
	}
	for i := range f.shards {
		if f.shards[i].index == s.index { // in the place of one that was not taken
			f.shards[i] = s
			return
		}
	}
	f.shards = append(f.shards, s)
}

// flowWhole adds up the shards of an attempt that runs.
func (c *Checker) flowWhole(r *trace.JobRecord, x *recordSeen, f *flowSeen) {
	s := x.spec(f)
	if s == nil || x.taken && len(f.shards) == 0 { // its shards were sent by an earlier holder
		return
	}
	want, cores, vus := int64(cmp.Or(s.VUs, x.of.spec.VUs, uint32(s.Cores))), int64(0), int64(0)
	for i := range f.shards {
		cores += f.shards[i].cores
		vus += f.shards[i].vus
	}
	if (vus != want || cores > vus || s.Cores > 0 && cores != int64(s.Cores)) && c.fails(JW4) {
		c.detail(JW4, r.At, []core.NodeID{r.Node}, "%v of %v runs with %d virtual users on %d cores; it has %d, and asks for %d cores (0: any)",
			job.WorkflowID(f.id), job.ID(x.of.id), vus, cores, want, s.Cores)
	}
}

// mayRun reports whether the word about a cancel names a workflow as one that may still run.
func mayRun(b *cancel.JobComplete, id uint64) bool {
	return slices.ContainsFunc(b.Errors, func(e job.Failure) bool { return uint64(e.Workflow) == id && e.Kind == job.ErrorCancelled })
}

// cancelTold takes the final word about a cancel, at its client. It may come twice, but not differ.
func (c *Checker) cancelTold(r *trace.Record) {
	b, ok := r.Msg.Body.(*cancel.JobComplete)
	if !ok || c.hot[r.Node].role != core.RoleClient { // a gate hears it of each datacenter
		return
	}
	x := c.work.jobs[uint64(b.Job)]
	if x == nil {
		return
	}
	said := cancelSeen{r.Node, b.Cancelled, b.Total, len(b.Errors)}
	if x.cancelled != nil && *x.cancelled != said && !c.forgiven(JC2, c.clusterOf(r.Msg.From), x.cancelledAt) && c.fails(JC2) {
		c.detail(JC2, r.At, []core.NodeID{r.Node, r.Msg.From}, "%s hears of %d of %d cancelled workflows of %v, and before of %d of %d",
			c.name(r.Node), said.cancelled, said.total, b.Job, x.cancelled.cancelled, x.cancelled.total)
	}
	x.cancelled, x.cancelledAt = &said, r.At
	y := c.work.records[recordKey{r.Msg.From, uint64(b.Job)}]
	if y == nil || len(y.flows) == 0 || y.taken { // a gate says what its datacenters said, a new holder what an entry did
		return
	}
	n := uint32(0)
	for _, f := range y.flows {
		if f.state == workflow.Cancelled && !mayRun(b, f.id) {
			n++
		}
	}
	if (n != b.Cancelled || b.Total != uint32(len(y.flows))) && c.fails(JC2) {
		c.detail(JC2, r.At, []core.NodeID{r.Node, r.Msg.From}, "%s hears of %d of %d cancelled workflows of %v; there are %d of %d",
			c.name(r.Node), b.Cancelled, b.Total, b.Job, n, len(y.flows))
	}
}
