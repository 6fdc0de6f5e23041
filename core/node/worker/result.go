package worker

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// result is how a shard ended, kept until somebody has committed it (spec 20 §3.6).
type result struct {
	body   *job.WorkflowFinalResult
	leader core.NodeID
	until  core.Instant
	asked  core.NodeID // whom the call under way asks
	round  int         // over all managers, 0 = the leader only so far
	turn   int         // manager of the round
}

// results are those that nobody has committed, by number.
type results struct {
	by     map[uint32]*result
	order  []uint32 // oldest first
	last   uint32
	lost   uint64 // given up
	stored int
}

func (r *results) len() int { return len(r.by) }
func (r *results) memoryBytes() int {
	return (resultBytes+bodyBytes+12+mapBytes)*len(r.by) + 4*cap(r.order)
}

func (r *results) drop(n uint32) {
	delete(r.by, n)
	for i, x := range r.order {
		if x == n {
			r.order = append(r.order[:i], r.order[i+1:]...)
			return
		}
	}
}

// keep offers the result of a shard to its leader. Above the limit the oldest one is lost.
func (w *Worker) keep(now core.Instant, x *shard, how job.Ended, why job.ErrorKind, done, bad uint64, fx *core.Effects) {
	r := &w.results
	if r.by == nil {
		r.by = map[uint32]*result{}
	}
	if len(r.by) >= w.cfg.Result.Max {
		r.lost++
		r.drop(r.order[0])
	}
	b := call.Make[job.WorkflowFinalResult](fx, core.KindWorkflowFinalResult)
	core.Hold(b) // never on the shelf again: rounds send it anew
	b.Shard, b.Token, b.Name, b.Ended, b.Error = x.Shard, x.token, x.name, how, why
	b.Completed, b.Failed, b.Elapsed, b.Worker = done, bad, now.Sub(x.started), w.p.Self
	b.CoresAvailable, b.WorkerVersion = uint16(w.cores.Free()), w.version
	if how == job.EndedCompleted {
		b.Results = core.Blob{ID: core.Mix(uint64(x.token), done), Size: resultLength}
	}
	r.last++
	r.by[r.last] = &result{body: b, leader: x.leader, until: now.Add(w.cfg.Result.TTL), asked: x.leader}
	r.order = append(r.order, r.last)
	w.offer(now, r.last, x.leader, &w.how.result, fx)
}

// resultLength is how long the result of a shard is, in bytes.
const resultLength = 1024

func (w *Worker) offer(now core.Instant, n uint32, to core.NodeID, how *call.Strategy, fx *core.Effects) {
	x := w.results.by[n]
	x.asked = to
	w.calls.Go(now, to, core.KindWorkflowFinalResult, x.body, how, call.Ticket{Op: opResult, N: n}, fx)
}

// resultAnswered hears what became of an offer: committed or not wanted, it is forgotten; else the other managers are
// asked in turn, and after a pause all of them again.
func (w *Worker) resultAnswered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	x := w.results.by[o.N]
	if x == nil {
		return
	}
	if o.Answered && !o.Code.Transient() && o.Code != call.CodeNotLeader {
		w.results.drop(o.N)
		return
	}
	for ; x.turn < len(w.pool.list); x.turn++ {
		if m := &w.pool.list[x.turn]; m.accepted && m.node != x.asked {
			x.turn++
			w.offer(now, o.N, m.node, &w.how.other, fx)
			return
		}
	}
	x.round, x.turn = x.round+1, 0
	pause := w.cfg.Result.QueueBase
	for k := 1; k < x.round && pause < w.cfg.Result.QueueCap; k++ {
		pause *= 2
	}
	w.timers.arm(timer{at: now.Add(min(pause, w.cfg.Result.QueueCap)), kind: timerResult, n: o.N})
}

// offerAgain begins another round, or gives up.
func (w *Worker) offerAgain(now core.Instant, n uint32, fx *core.Effects) {
	x := w.results.by[n]
	switch {
	case x == nil:
	case now >= x.until || x.round > w.cfg.Result.QueueTries:
		w.results.lost++
		w.results.drop(n)
	default:
		w.offer(now, n, x.leader, &w.how.other, fx)
	}
}
