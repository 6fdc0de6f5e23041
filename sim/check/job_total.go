package check

import (
	"cmp"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/workflow"
	"hypersim/sim/trace"
)

// The rules.
var (
	JR2 = rule("I-JR2", "what a client is told that a job did is the sum of what was accepted of its shards", "spec 20 §12")
)

var _ = judge(func(c *Checker, on *hooks) {
	t := &totals{Checker: c, said: map[shardToken]items{}, took: map[uint64][]taken{}, begun: map[begunAttempt]uint32{}}
	on.jobFact(t.begins, core.JobFactWorkflow)
	on.delivered[core.KindWorkflowFinalResult] = append(on.delivered[core.KindWorkflowFinalResult], t.offered)
	on.jobFact(t.accepted, core.JobFactResult)
	on.delivered[core.KindGlobalJobResult] = append(on.delivered[core.KindGlobalJobResult], t.global)
	on.delivered[core.KindJobFinalResult] = append(on.delivered[core.KindJobFinalResult], t.final)
})

// totals are how many items workers say that their shards did, and clients hear of.
type totals struct {
	*Checker
	said map[shardToken]items
	took map[uint64][]taken // by job

	begun map[begunAttempt]uint32 // the highest epoch under which an attempt was begun
}

// begunAttempt names an attempt, whoever began it.
type begunAttempt struct {
	site          int
	job, workflow uint64
	attempt       uint16
}

// shardToken names a shard of a datacenter.
type shardToken struct {
	site       int
	job, token uint64
}

type items struct{ done, bad uint64 }

// taken is an accepted result.
type taken struct {
	flowResult
	token job.Token
	items
	epoch uint32 // the highest under which it was accepted
	at    core.Instant
}

// later orders results by what counts more: that of the last holder, of its last attempt, of the last time that this was begun. A holder
// that knows nothing of what one before it began begins an attempt of the same number anew, in shards of its own.
func (k *taken) later(x *taken) int {
	return cmp.Or(cmp.Compare(k.epoch, x.epoch), cmp.Compare(k.attempt, x.attempt), cmp.Compare(k.token.Epoch(), x.token.Epoch()))
}

// begins takes that a holder begins an attempt. One that goes on with it may send a shard of it anew, under a token of its own.
func (t *totals) begins(r *trace.JobRecord) {
	if f := &r.Fact; workflow.State(f.To) == workflow.Dispatched {
		a := begunAttempt{t.ctx.Nodes[r.Node].Site, f.Job, f.Workflow, f.Attempt}
		t.begun[a] = max(t.begun[a], f.Epoch)
	}
}

// offered takes the result of a shard at the manager that judges it.
func (t *totals) offered(r *trace.Record) {
	if b, ok := r.Msg.Body.(*job.WorkflowFinalResult); ok && t.hot[r.Node].role == core.RoleManager {
		t.said[shardToken{t.ctx.Nodes[r.Node].Site, uint64(b.Job), uint64(b.Token)}] = items{b.Completed, b.Failed}
	}
}

func (t *totals) accepted(r *trace.JobRecord) {
	f, site := &r.Fact, t.ctx.Nodes[r.Node].Site
	n, known := t.said[shardToken{site, f.Job, f.Token}]
	if !known {
		return
	}
	one := flowResult{site, f.Workflow, f.Attempt, f.Shard}
	list, token := t.took[f.Job], job.Token(f.Token)
	for i := range list { // of what two holders accepted that of the later one counts, whoever was heard last
		if k := &list[i]; k.flowResult == one && k.token == token {
			if f.Epoch >= k.epoch {
				k.items, k.epoch, k.at = n, f.Epoch, r.At
			}
			return
		}
	}
	t.took[f.Job] = append(list, taken{one, token, n, f.Epoch, r.At})
}

// sum adds up what was accepted in a datacenter, of the last attempt of each workflow: one before it was given up. The last is that of the
// last holder: one before it may have begun another that no majority heard of.
func (t *totals) sum(id job.ID, site int) (n items) {
	last, list := map[uint64]*taken{}, t.took[uint64(id)]
	for i := range list {
		if k := &list[i]; k.site == site {
			if x := last[k.workflow]; x == nil || k.later(x) > 0 {
				last[k.workflow] = k
			}
		}
	}
	for i := range list {
		k := &list[i]
		if k.site != site || k.attempt != last[k.workflow].attempt {
			continue
		}
		of, to := k.token.Epoch(), last[k.workflow].token.Epoch()
		if of <= to && of >= min(to, t.begun[begunAttempt{site, uint64(id), k.workflow, k.attempt}]) {
			n.done, n.bad = n.done+k.done, n.bad+k.bad
		}
	}
	return n
}

// first returns when the first result in a datacenter was accepted, never if none was.
func (t *totals) first(id job.ID, site int) core.Instant {
	at := never
	for _, k := range t.took[uint64(id)] {
		if k.site == site && (at == never || k.at < at) {
			at = k.at
		}
	}
	return at
}

// global takes what a gate tells a client.
func (t *totals) global(r *trace.Record) {
	b, ok := r.Msg.Body.(*job.GlobalResult)
	if !ok || t.hot[r.Node].role != core.RoleClient {
		return
	}
	var all items
	for i := range b.PerSite {
		s := &b.PerSite[i]
		all.done, all.bad = all.done+s.Completed, all.bad+s.Failed
		if s.State == job.StateCompleted && s.Completeness == job.CompleteFull {
			t.compare(r, b.Job, int(s.Site), items{s.Completed, s.Failed})
		}
	}
	if told := (items{b.Completed, b.Failed}); told != all && t.fails(JR2) {
		t.detail(JR2, r.At, []core.NodeID{r.Node, r.Msg.From}, "%s hears that %v did %d items and failed at %d; its datacenters did %d and failed at %d",
			t.name(r.Node), b.Job, told.done, told.bad, all.done, all.bad)
	}
}

// final takes what a manager tells a client, where there are no gates.
func (t *totals) final(r *trace.Record) {
	b, ok := r.Msg.Body.(*job.FinalResult)
	if ok && t.hot[r.Node].role == core.RoleClient && b.State == job.StateCompleted && b.Completeness == job.CompleteFull {
		t.compare(r, b.Job, t.ctx.Nodes[r.Msg.From].Site, items{b.Completed, b.Failed})
	}
}

func (t *totals) compare(r *trace.Record, id job.ID, site int, told items) {
	n, at := t.sum(id, site), t.first(id, site)
	if n != told && !(at != never && t.forgiven(JR2, site, at)) && t.fails(JR2) {
		t.detail(JR2, r.At, []core.NodeID{r.Node, r.Msg.From}, "%s hears that %v did %d items and failed at %d in datacenter %d; of its shards results of %d and %d were accepted",
			t.name(r.Node), id, told.done, told.bad, site, n.done, n.bad)
	}
}
