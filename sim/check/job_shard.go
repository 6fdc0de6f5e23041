package check

import (
	"maps"
	"slices"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// The rules.
var (
	JW3 = rule("I-JW3", "of each workflow and datacenter one result is accepted, and no shard completes twice under one token", "spec 20 §12")
	JF1 = rule("I-JF1", "at every observer terms, epochs and tokens never decrease, but for a restart", "spec 20 §12")
	JF2 = rule("I-JF2", "nothing with a token below the observer's record changes anything", "spec 20 §12")
	JF3 = rule("I-JF3", "dispatch tokens of a job in a datacenter are distinct, and come from who holds their epoch", "spec 20 §12")
	JD1 = rule("I-JD1", "the live shards of a worker hold no more cores than it has", "spec 20 §12")
	JD2 = rule("I-JD2", "no manager counts fewer free cores of a worker than none, or more than it has", "spec 20 §12")
	J8  = rule("I-J8", "a shard that nobody leads ends after its grace", "spec 20 §5.8")
	JD3 = rule("I-JD3", "each intent to dispatch ends once: accepted, refused, or taken back", "spec 20 §12")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.jobFact(c.epochSeen, core.JobFactState, core.JobFactWorkflow, core.JobFactPlaced, core.JobFactResult, core.JobFactCancel)
	on.jobFact(c.tokenIssued, core.JobFactPlaced)
	on.jobFact(c.intentEnded, core.JobFactIntent)
	on.jobFact(c.resultTaken, core.JobFactResult)
	on.jobFact(c.workerCounted, core.JobFactWorker)
	on.job(c.shardOrdered, trace.JobWork)
	on.jobFact(c.coresBack, core.JobFactShard)
	on.job(c.shardOver, trace.JobEnded, trace.JobLost)
	on.jobFact(c.orphaned, core.JobFactOrphan)
	on.delivered[core.KindWorkflowCancelRequest] = append(on.delivered[core.KindWorkflowCancelRequest], c.shardCancelled)
	on.checkpoint = append(on.checkpoint, c.orphansLeft)
	on.ended = append(on.ended, c.intentsLeft)
})

// epochSeen follows the epoch under which a process speaks of a job.
func (c *Checker) epochSeen(r *trace.JobRecord) {
	x := c.record(r)
	if x == nil {
		return
	}
	if r.Fact.Epoch < x.epoch && c.fails(JF1) {
		c.detail(JF1, r.At, []core.NodeID{r.Node}, "%s speaks of %v under epoch %d after %d", c.name(r.Node), job.ID(x.of.id), r.Fact.Epoch, x.epoch)
	}
	x.epoch = r.Fact.Epoch
}

// tokenIssued takes a new dispatch token.
func (c *Checker) tokenIssued(r *trace.JobRecord) {
	x := c.work.jobs[r.Fact.Job]
	if x == nil {
		return
	}
	site, t := c.ctx.Nodes[r.Node].Site, job.Token(r.Fact.Token)
	h := x.holder(site, t.Epoch(), r.Node)
	if h.last > 0 && (h.node != r.Node || uint64(t) <= h.last) && t.Epoch() == r.Fact.Epoch && c.forgiven(JF3, site, h.at) {
		h.node, h.last = r.Node, 0
	}
	h.at = r.At
	if (h.node != r.Node || t.Epoch() != r.Fact.Epoch || uint64(t) <= h.last) && c.fails(JF3) {
		c.detail(JF3, r.At, []core.NodeID{r.Node, h.node}, "%s issues token %#x of %v under epoch %d; of that epoch %s issued up to %#x",
			c.name(r.Node), uint64(t), job.ID(x.id), r.Fact.Epoch, c.name(h.node), h.last)
	}
	h.last = max(h.last, uint64(t))
	one := doneShard{site, r.Fact.Token}
	if _, twice := x.sent[one]; twice {
		x.again[one] = true
	}
	x.sent[one] = flowResult{site, r.Fact.Workflow, r.Fact.Attempt, r.Fact.Shard}
	if y := c.record(r); y != nil {
		y.intents[uint64(t)] = intent{r.At, r.Fact.Node}
	}
}

// holder returns who issues tokens under an epoch of a datacenter: the first who does.
func (x *jobSeen) holder(site int, epoch uint32, n core.NodeID) *holderSeen {
	for i := range x.holders {
		if h := &x.holders[i]; h.site == site && h.epoch == epoch {
			return h
		}
	}
	x.holders = append(x.holders, holderSeen{site: site, epoch: epoch, node: n})
	return &x.holders[len(x.holders)-1]
}

// shardAt returns what the process that reports r holds of the shard of its token, nil if it is of no current attempt.
func (c *Checker) shardAt(r *trace.JobRecord) *shardSeen {
	x := c.record(r)
	if x == nil {
		return nil
	}
	f := x.byID[r.Fact.Workflow]
	if f == nil {
		return nil
	}
	return f.shard(r.Fact.Token)
}

// intent is a dispatch that has not ended.
type intent struct {
	at     core.Instant
	worker core.NodeID
}

// intentEnded takes how a dispatch ended. Its shard may have been taken back before that.
func (c *Checker) intentEnded(r *trace.JobRecord) {
	x := c.record(r)
	if x == nil {
		return
	}
	if i, open := x.intents[r.Fact.Token]; (!open || i.worker != r.Fact.Node) && !(x.taken && job.Token(r.Fact.Token).Epoch() < r.Fact.Epoch) && c.fails(JD3) {
		c.detail(JD3, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s ends a dispatch to %s under token %#x that is not under way", c.name(r.Node), c.name(r.Fact.Node), r.Fact.Token)
	}
	delete(x.intents, r.Fact.Token)
}

// intentsLeft looks for dispatches that never ended: nothing disturbed them for longer than all attempts take.
func (c *Checker) intentsLeft(now core.Instant) {
	k := &c.work.cfg.Dispatch
	long := core.Duration(k.Retries+1)*(k.Timeout+k.Base<<min(k.Retries, 30)) + 1e9
	for _, x := range c.work.order {
		for _, y := range x.records {
			if y.kept && c.lives(y) && c.live(y.node) && c.quiet(now, long) {
				c.intentLeft(now, long, y)
			}
		}
	}
}

func (c *Checker) intentLeft(now core.Instant, long core.Duration, y *recordSeen) {
	for _, t := range slices.Sorted(maps.Keys(y.intents)) {
		if i := y.intents[t]; now.Sub(i.at) > long && c.fails(JD3) {
			c.detail(JD3, now, []core.NodeID{y.node, i.worker}, "%s sent a shard of %v to %s at %v and knows nothing of it since then",
				c.name(y.node), job.ID(y.of.id), c.name(i.worker), i.at)
		}
	}
}

// flowResult names a shard of an attempt whose result was accepted in a datacenter.
type flowResult struct {
	site     int
	workflow uint64
	attempt  uint16
	shard    uint16
}

// takenBy is who accepted a result, and which.
type takenBy struct {
	takes
	token uint64
	full  bool // the shard has completed
}

// takes is a process under one of its epochs.
type takes struct {
	node  core.NodeID
	inst  uint32
	epoch uint32
}

// inherited reports whether a result is of a shard that an earlier holder of the datacenter sent, and of which the one that
// reports r knows from the entry or from the worker. The earlier one may be itself, which claimed the job anew (04-5).
func (c *Checker) inherited(r *trace.JobRecord, one flowResult) bool {
	x := c.record(r)
	return x != nil && x.taken && (x.of.closed || x.of.sent[doneShard{one.site, r.Fact.Token}] == one)
}

// doneShard names a shard of a job that completed.
type doneShard struct {
	site  int
	token uint64
}

// resultTaken takes that a manager accepts the result of a shard.
func (c *Checker) resultTaken(r *trace.JobRecord) {
	x := c.work.jobs[r.Fact.Job]
	if x == nil {
		return
	}
	f := &r.Fact
	one := flowResult{c.ctx.Nodes[r.Node].Site, f.Workflow, f.Attempt, f.Shard}
	by := takenBy{takes{r.Node, r.Inst, f.Epoch}, f.Token, job.Ended(f.To) == job.EndedCompleted}
	// What an earlier holder accepted may not have been committed. And of a shard that its worker did not take in time there may be two, under
	// two tokens: whoever takes the job over hears of both, and one that has not completed says nothing of the other.
	if first, twice := x.counted[one]; twice && first.takes == by.takes && (first.token == by.token || first.full) && c.fails(JW3) {
		c.detail(JW3, r.At, []core.NodeID{r.Node, f.Node}, "%s accepts a second result of shard %d of attempt %d of %v", c.name(r.Node), f.Shard, f.Attempt, job.WorkflowID(f.Workflow))
	}
	if first := x.counted[one]; by.epoch >= first.epoch { // who has lost the job and does not know it yet hides nobody
		x.counted[one] = by
	}
	if c.shardAt(r) == nil && !c.inherited(r, one) && c.fails(JF2) {
		c.detail(JF2, r.At, []core.NodeID{r.Node, f.Node}, "%s accepts a result under token %#x of %v, which is not current", c.name(r.Node), f.Token, job.WorkflowID(f.Workflow))
	}
}

func (c *Checker) workerCounted(r *trace.JobRecord) {
	if n, free := r.Fact.Get("cores"), r.Fact.Get("free_cores"); (free < 0 || free > n) && c.fails(JD2) {
		c.detail(JD2, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s counts %d of %d cores of %s free", c.name(r.Node), free, n, c.name(r.Fact.Node))
	}
}

// shardOrdered takes what a worker has its host do.
func (c *Checker) shardOrdered(r *trace.JobRecord) {
	switch r.Work.Kind {
	case core.WorkStart:
		c.shardStarts(r)
	case core.WorkKill:
		c.shardOver(r)
	case core.WorkStop: // its end follows
	}
}

func (c *Checker) shardStarts(r *trace.JobRecord) {
	w, x := &c.work, &r.Work
	key, run := flowKey{r.Node, x.Job, x.Workflow}, runKey{r.Node, x.Job, x.Token}
	if seen := w.tokens[key]; seen.inst == r.Inst && x.Token <= seen.token && c.fails(JF2) {
		c.detail(JF2, r.At, []core.NodeID{r.Node}, "%s starts a shard of %v under token %#x after %#x", c.name(r.Node), job.WorkflowID(x.Workflow), x.Token, seen.token)
	}
	w.tokens[key] = seenToken{x.Token, r.Inst}
	w.run(&runSeen{runKey: run, workflow: x.Workflow, cores: int(x.Cores), since: r.At, alone: never})
	w.held[r.Node] += int(x.Cores)
	if cores := c.ctx.Nodes[r.Node].Cores; cores > 0 && w.held[r.Node] > cores && c.fails(JD1) {
		c.detail(JD1, r.At, []core.NodeID{r.Node}, "the shards of %s hold %d of %d cores", c.name(r.Node), w.held[r.Node], cores)
	}
}

// shardCancelled takes that a worker is told to end a shard. One that it does not have it need not have had yet: the token is used up,
// and a dispatch under it, or under one below it, comes too late (04-23).
func (c *Checker) shardCancelled(r *trace.Record) {
	b, ok := r.Msg.Body.(*cancel.ShardRequest)
	if !ok || c.hot[r.Node].role != core.RoleWorker || c.ctx.Nodes[r.Msg.From].Cluster != c.ctx.Nodes[r.Node].Cluster {
		return
	}
	key, inst := flowKey{r.Node, uint64(b.Job), uint64(b.Workflow)}, c.hot[r.Node].inst
	if seen := c.work.tokens[key]; seen.inst != inst || uint64(b.Token) > seen.token {
		c.work.tokens[key] = seenToken{uint64(b.Token), inst}
	}
}

// orphaned takes that a worker noticed that nobody leads a shard, or that somebody does again.
func (c *Checker) orphaned(r *trace.JobRecord) {
	run := c.work.runs[runKey{r.Node, r.Fact.Job, r.Fact.Token}]
	switch {
	case run == nil:
	case r.Fact.To == 0:
		run.alone = never
	case run.alone == never:
		run.alone = r.At
	}
}

// orphansLeft looks for shards that run on although nobody has led them for longer than their grace.
func (c *Checker) orphansLeft(now core.Instant) {
	k := &c.work.cfg
	long := k.Orphan.Grace + k.Orphan.Check + k.Cancel.StopLimit + 5e9
	long += long / 10 // clocks
	for _, x := range c.work.running {
		n := &c.cold[x.node]
		if x.alone == never || now.Sub(x.alone) <= long || !c.live(x.node) || n.slow || n.impaired >= x.alone {
			continue
		}
		if c.fails(J8) {
			c.detail(J8, now, []core.NodeID{x.node}, "%s runs a shard of %v that nobody leads since %v; it has to end %v after that", c.name(x.node), job.ID(x.job), x.alone, k.Orphan.Grace)
		}
	}
}

// coresBack takes that a shard gives cores back before its end (AD-8).
func (c *Checker) coresBack(r *trace.JobRecord) {
	w := &c.work
	if run := w.runs[runKey{r.Node, r.Fact.Job, r.Fact.Token}]; run != nil {
		w.held[r.Node] -= run.cores - int(r.Fact.Get("cores"))
		run.cores = int(r.Fact.Get("cores"))
	}
}

// shardOver takes that a shard runs no more, however that came.
func (c *Checker) shardOver(r *trace.JobRecord) {
	w, x := &c.work, &r.Work
	if run := w.runs[runKey{r.Node, x.Job, x.Token}]; run != nil {
		w.held[r.Node] -= run.cores
		w.stop(run)
	}
	if r.Kind != trace.JobEnded || job.Ended(r.Ended) != job.EndedCompleted {
		return
	}
	y := w.jobs[x.Job]
	if y == nil {
		return
	}
	one := doneShard{c.ctx.Nodes[r.Node].Site, x.Token} // tokens are a datacenter's
	if y.done[one] && !y.again[one] && c.fails(JW3) {
		c.detail(JW3, r.At, []core.NodeID{r.Node}, "a shard of %v completes a second time under token %#x", job.WorkflowID(x.Workflow), x.Token)
	}
	y.done[one] = true
}
