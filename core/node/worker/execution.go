package worker

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/fence"
	"hypersim/core/job"
)

// flowKey names a workflow of a job: a worker has one shard of it at most.
type flowKey struct {
	job      job.ID
	workflow job.WorkflowID
}

func keyOf(s job.Shard) flowKey { return flowKey{s.Job, s.Workflow} }

// shard is one shard that runs here.
type shard struct {
	job.Shard
	token   job.Token
	de      uint32
	leader  core.NodeID
	name    uint32
	vus     uint32
	cores   uint16 // assigned
	given   uint16 // given back already
	state   job.ShardState
	started core.Instant
	contact core.Instant // the leader last said that it runs
	orphan  core.Instant // since when nobody leads it, Never: somebody does
	stopper core.NodeID  // who wants its end
	why     job.ErrorKind
	seq     uint32
	handle  int32

	// Deadlines, Never where there is none.
	report core.Instant // how far it is
	limit  core.Instant // it has run too long
	kill   core.Instant // it did not stop by itself
	ask    core.Instant // whether it needs more time

	deadline core.Instant // of its job, as far as this worker knows
	asked    bool         // for more time

	pos int32 // in the heap of deadlines

	snap *snapshot // nil: the run asks for no statistics
}

// shards are those that run, by workflow; order is theirs by start, so that walks are the same in every run.
type shards struct {
	by    map[flowKey]*shard
	order []*shard
	due   deadlines
	next  int32
}

func (s *shards) init() { s.by = map[flowKey]*shard{} }

func (s *shards) add(x *shard) {
	s.next++
	x.handle = s.next
	s.by[keyOf(x.Shard)] = x
	s.order = append(s.order, x)
	s.due.add(x)
}

func (s *shards) remove(x *shard) {
	delete(s.by, keyOf(x.Shard))
	s.due.remove(x)
	if i := slices.Index(s.order, x); i >= 0 {
		s.order = slices.Delete(s.order, i, i+1)
	}
}

func (s *shards) memoryBytes() int {
	return (shardBytes+flowBytes+8+mapBytes)*len(s.by) + 8*(cap(s.order)+cap(s.due.heap))
}

// ack is the recorded answer to the last dispatch of a workflow: a repeat of its token gets it again, a refusal too
// (04-24).
type ack struct {
	token   job.Token
	version uint64
	until   core.Instant // is forgotten then; Never: its shard runs
	code    call.Code
	cores   uint16
}

// acks are those of all workflows that had a dispatch here; they go with the fences.
type acks struct {
	by    map[flowKey]ack
	dates []date // by time
}

type date struct {
	key   flowKey
	until core.Instant
}

func (a *acks) init() { a.by = map[flowKey]ack{} }

// end lets what is recorded of a workflow end then, Never: while its shard runs it does not.
func (a *acks) end(k flowKey, until core.Instant) {
	x, ok := a.by[k]
	if !ok {
		return
	}
	x.until = until
	a.by[k] = x
	if until != core.Never {
		a.dates = append(a.dates, date{k, until})
	}
}

func (a *acks) sweep(now core.Instant) {
	n := 0
	for ; n < len(a.dates) && a.dates[n].until <= now; n++ {
		if d := &a.dates[n]; a.by[d.key].until <= now {
			delete(a.by, d.key)
		}
	}
	if n > 0 {
		a.dates = append(a.dates[:0], a.dates[n:]...)
	}
}

func (a *acks) memoryBytes() int {
	return (flowBytes+ackBytes+mapBytes)*len(a.by) + dateBytes*cap(a.dates)
}

func epochKey(j job.ID) fence.Key { return fence.Key{Space: fence.Datacenter, Job: uint64(j)} }
func tokenKey(k flowKey) fence.Key {
	return fence.Key{Space: fence.Dispatch, Job: uint64(k.job), Sub: uint64(k.workflow)}
}

// onDispatch takes a shard, or says why not (spec 20 §4.6).
func (w *Worker) onDispatch(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*dispatch.WorkflowDispatch)
	a, current := w.judge(now, b, fx)
	reply := w.calls.Respond(fx, msg, core.KindWorkflowDispatchAck)
	out := core.Attach[dispatch.WorkflowDispatchAck](fx, reply)
	out.Code, out.Current = a.code, current
	out.Shard, out.Cores, out.WorkerVersion, out.Token = b.Shard, a.cores, a.version, b.Token
}

func (w *Worker) judge(now core.Instant, b *dispatch.WorkflowDispatch, fx *core.Effects) (a ack, current uint64) {
	k := keyOf(b.Shard)
	holder := fence.Holder{Node: b.JobLeader}
	epoch := w.fences.Seen(epochKey(b.Job))
	switch v := epoch.Look(uint64(b.DE), holder); {
	case b.Instance != w.p.Instance: // meant for an earlier process (04-25)
		return w.stale(b, uint64(w.p.Instance), fx)
	case !v.OK():
		return w.stale(b, epoch.Token, fx)
	}
	seen := w.fences.Seen(tokenKey(k))
	if last, ok := w.acks.by[k]; ok && last.token == b.Token {
		if last.code == call.CodeOK {
			last.code = call.CodeDuplicate
		}
		return last, 0
	}
	if !seen.Look(uint64(b.Token), holder).OK() {
		return w.stale(b, seen.Token, fx)
	}
	if w.fences.Judge(epochKey(b.Job), uint64(b.DE), holder) == fence.Accept && epoch.Token > 0 {
		w.raised(now, b.Job, b.DE, b.JobLeader, fx)
	}
	w.fences.Judge(tokenKey(k), uint64(b.Token), holder)
	a = w.take(now, b, fx)
	w.acks.by[k] = a
	w.expire(now, k)
	return a, 0
}

// expire lets the fences of a workflow end, and the answer to its last dispatch, unless something of it runs: then that its end decides.
func (w *Worker) expire(now core.Instant, k flowKey) {
	end := now.Add(w.cfg.Dispatch.FenceTTL)
	if w.shards.by[k] != nil {
		end = core.Never
	}
	w.fences.Until(tokenKey(k), end)
	w.acks.end(k, end)
	w.expireJob(now, k.job)
}

// expireJob does the same for the fence of a job.
func (w *Worker) expireJob(now core.Instant, j job.ID) {
	end := now.Add(w.cfg.Dispatch.FenceTTL)
	for _, x := range w.shards.order {
		if x.Job == j {
			end = core.Never
		}
	}
	w.fences.Until(epochKey(j), end)
}

func (w *Worker) stale(b *dispatch.WorkflowDispatch, current uint64, fx *core.Effects) (ack, uint64) {
	f := fx.JobFact(core.JobFactStale)
	f.Job, f.Workflow, f.Epoch, f.Token, f.Node = uint64(b.Job), uint64(b.Workflow), b.DE, uint64(b.Token), b.JobLeader
	f.Put("record", int64(current))
	return ack{token: b.Token, code: call.CodeStaleFence, version: w.version}, current
}

// take allocates the cores of a shard and starts it, all or nothing.
func (w *Worker) take(now core.Instant, b *dispatch.WorkflowDispatch, fx *core.Effects) ack {
	if w.draining {
		return ack{token: b.Token, code: call.CodeDraining, version: w.version}
	}
	if len(w.shards.by) >= w.cfg.Dispatch.WorkerMax {
		return ack{token: b.Token, code: call.CodeBusy, version: w.version}
	}
	if old := w.shards.by[keyOf(b.Shard)]; old != nil { // its leader has moved on: it makes room first
		w.end(now, old, job.EndedCancelled, job.ErrorCancelled, true, fx)
	}
	x := &shard{
		Shard: b.Shard, token: b.Token, de: b.DE, leader: b.JobLeader, name: b.Name, vus: b.VUs, cores: b.Cores, started: now, contact: now,
		orphan: core.Never, stopper: core.NoNode,
		report: now.Add(w.cfg.Progress.Interval), limit: now.Add(b.Timeout).Add(w.cfg.Dispatch.LimitSlack), kill: core.Never, ask: core.Never,
	}
	w.plan(now, x, b.Timeout)
	if int(b.Cores) > w.cores.Free() || b.Cores == 0 {
		return ack{token: b.Token, code: call.CodeNoCapacity, version: w.version}
	}
	if _, ok := w.pendings.take(now, b.Job); ok { // from now on the shard says who leads it
		w.transfers.PendingApplied++
	}
	w.shards.add(x)
	w.cores.Allocate(x.handle, int(b.Cores))
	w.version++
	w.shardFact(x, job.ShardNone, job.ShardAllocated, job.ErrorNone, fx)
	w.order(core.WorkStart, x, b.Payload, fx)
	x.state = job.ShardAllocated
	w.move(x, job.ShardRunning, job.ErrorNone, fx)
	w.began(now, x, fx)
	return ack{token: b.Token, code: call.CodeOK, cores: b.Cores, version: w.version}
}

func (w *Worker) order(k core.WorkKind, x *shard, payload core.Blob, fx *core.Effects) {
	fx.Work = append(fx.Work, core.Work{
		Kind: k, Attempt: x.Attempt, Shard: x.Index, Cores: x.cores, VUs: x.vus, Job: uint64(x.Job), Workflow: uint64(x.Workflow),
		Token: uint64(x.token), Payload: payload,
	})
}

func (w *Worker) move(x *shard, to job.ShardState, why job.ErrorKind, fx *core.Effects) {
	w.shardFact(x, x.state, to, why, fx)
	x.state = to
}

func (w *Worker) shardFact(x *shard, from, to job.ShardState, why job.ErrorKind, fx *core.Effects) {
	f := fx.JobFact(core.JobFactShard)
	f.Job, f.Workflow, f.Epoch, f.Attempt, f.Shard = uint64(x.Job), uint64(x.Workflow), x.de, x.Attempt, x.Index
	f.Token, f.Node, f.From, f.To, f.Code = uint64(x.token), w.p.Self, uint8(from), uint8(to), uint8(why)
	f.Put("cores", int64(x.cores-x.given)).Put("vus", int64(x.vus))
}

// running returns the shard of a token, nil if it runs no more.
func (w *Worker) running(k flowKey, t job.Token) *shard {
	if x := w.shards.by[k]; x != nil && x.token == t {
		return x
	}
	return nil
}

// Ended tells the worker that a shard has ended: by itself, or because its end was ordered. What was killed ends no
// second time.
func (w *Worker) Ended(now core.Instant, s job.Shard, t job.Token, how job.Ended, why job.ErrorKind, fx *core.Effects) {
	if x := w.running(keyOf(s), t); x != nil {
		if how == job.EndedCancelled {
			why = cmp.Or(x.why, job.ErrorCancelled)
		}
		w.end(now, x, how, why, false, fx)
	}
}

// end frees what a shard held and lets its result go out; kill says that it is still running.
func (w *Worker) end(now core.Instant, x *shard, how job.Ended, why job.ErrorKind, kill bool, fx *core.Effects) {
	done, bad, _ := w.p.Meter.Done(now, x.Shard, x.token)
	if kill {
		w.order(core.WorkKill, x, core.Blob{}, fx)
	}
	to := job.ShardCompleted
	switch how {
	case job.EndedCompleted:
	case job.EndedFailed:
		to = job.ShardFailed
	case job.EndedCancelled:
		to = job.ShardCancelled
	}
	w.move(x, to, why, fx)
	w.leaves(now, x, done+bad)
	freed := w.cores.Release(x.handle, -1)
	w.version++
	w.shards.remove(x)
	w.expire(now, keyOf(x.Shard))
	w.freed(now, fx)
	w.keep(now, x, how, why, done, bad, fx)
	if x.stopper != core.NoNode {
		b := call.Make[cancel.ShardComplete](fx, core.KindWorkflowCancellationComplete)
		b.Shard, b.Token, b.Success, b.CoresFreed, b.Worker = x.Shard, x.token, true, uint16(freed), w.p.Self
		w.calls.Go(now, x.stopper, core.KindWorkflowCancellationComplete, b, &w.how.complete, call.Ticket{Op: opComplete, Job: uint64(x.Job)}, fx)
	}
}
