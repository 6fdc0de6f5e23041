package check

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// The rules.
var (
	JD6 = rule("I-JD6", "a worker that took no shard of an attempt is sent none of it again", "spec 20 §4.6")
)

var _ = judge(func(c *Checker, on *hooks) {
	x := &refusals{Checker: c, seen: map[refusal]struct{}{}}
	on.jobFact(x.ended, core.JobFactIntent)
	on.jobFact(x.placed, core.JobFactPlaced)
})

// refusals are the dispatches that workers did not take.
type refusals struct {
	*Checker
	seen map[refusal]struct{}
}

// refusal names an attempt of a process under one of its epochs, and a worker. One that won the job again may begin an attempt of the same
// number anew.
type refusal struct {
	node, worker  core.NodeID
	inst, epoch   uint32
	attempt       uint16
	job, workflow uint64
}

func refusalOf(r *trace.JobRecord) refusal {
	f := &r.Fact
	return refusal{node: r.Node, worker: f.Node, inst: r.Inst, epoch: f.Epoch, attempt: f.Attempt, job: f.Job, workflow: f.Workflow}
}

// ended takes how a dispatch ended. One that was taken back meanwhile names no attempt; and a shard whose fence was
// stale is sent again by who has claimed the job anew (04-5).
func (x *refusals) ended(r *trace.JobRecord) {
	if c := call.Code(r.Fact.Code); r.Fact.Attempt > 0 && !c.Done() && c != call.CodeStaleFence {
		x.seen[refusalOf(r)] = struct{}{}
	}
}

func (x *refusals) placed(r *trace.JobRecord) {
	if len(x.seen) == 0 {
		return
	}
	if _, again := x.seen[refusalOf(r)]; again && x.fails(JD6) {
		x.detail(JD6, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s sends %s a shard of attempt %d of %v, of which it has taken none before",
			x.name(r.Node), x.name(r.Fact.Node), r.Fact.Attempt, job.WorkflowID(r.Fact.Workflow))
	}
}
