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
	due    core.Instant // of the next round, while it waits for one
	asked  core.NodeID  // whom the call under way asks
	vus    uint32
	hops   uint16 // times that somebody named another leader
	round  uint16 // over all managers, 0 = the leader only so far
	turn   int32  // manager of the round
}

// results are those that nobody has committed, by number.
type results struct {
	by    map[uint32]*result
	order []uint32 // oldest first
	last  uint32
	lost  uint64 // given up
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
	r.by[r.last] = &result{body: b, leader: x.leader, until: now.Add(w.cfg.Result.TTL), vus: x.vus}
	r.order = append(r.order, r.last)
	to := x.leader
	if why == job.ErrorOrphan { // its leader is silent, and any other one knows who leads it now, or will
		to = w.anyOther(to)
	}
	w.offer(now, r.last, to, &w.how.result, fx)
}

// anyOther returns a manager that is up and not the given one, or that one if there is no other.
func (w *Worker) anyOther(id core.NodeID) core.NodeID {
	for i := range w.pool.list {
		if m := &w.pool.list[i]; m.accepted && m.node != id && w.p.Members.State(m.node) == core.StateOK {
			return m.node
		}
	}
	return id
}

// readdress offers the results of a job to another leader, and returns how many there are.
func (w *Worker) readdress(now core.Instant, j job.ID, leader core.NodeID, fx *core.Effects) (n int) {
	if w.results.of(j) == 0 {
		return 0
	}
	w.calls.Cancel(opResult, uint64(j))
	for _, k := range w.results.order {
		if x := w.results.by[k]; x.body.Job == j {
			x.leader, x.round, x.turn, x.hops, x.due = leader, 0, 0, 0, 0
			w.offer(now, k, leader, &w.how.result, fx)
			n++
		}
	}
	return n
}

// of returns how many results of a job are kept.
func (r *results) of(j job.ID) (n int) {
	for _, k := range r.order {
		if r.by[k].body.Job == j {
			n++
		}
	}
	return n
}

// resultLength is how long the result of a shard is, in bytes.
const resultLength = 1024

func (w *Worker) offer(now core.Instant, n uint32, to core.NodeID, how *call.Strategy, fx *core.Effects) {
	x := w.results.by[n]
	x.asked = to
	w.calls.Go(now, to, core.KindWorkflowFinalResult, x.body, how, call.Ticket{Op: opResult, Job: uint64(x.body.Job), N: n}, fx)
}

// resultAnswered hears what became of an offer: committed or not wanted, it is forgotten; else whoever leads the job as
// far as the manager knows is asked, then the other managers in turn, and after a pause all of them again.
func (w *Worker) resultAnswered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	x := w.results.by[o.N]
	if x == nil {
		return
	}
	if o.Answered && !o.Code.Transient() && o.Code != call.CodeNotLeader {
		w.results.drop(o.N)
		return
	}
	if to := w.another(x, o); to != core.NoNode {
		w.offer(now, o.N, to, &w.how.other, fx)
		return
	}
	x.round, x.turn, x.hops = x.round+1, 0, 0
	pause := w.cfg.Result.QueueBase
	for k := 1; k < int(x.round) && pause < w.cfg.Result.QueueCap; k++ {
		pause *= 2
	}
	x.due = now.Add(min(pause, w.cfg.Result.QueueCap))
	w.timers.Arm(timer{at: x.due, kind: timerResult, n: o.N})
}

// another returns whom to ask next in this round, NoNode if everybody was asked.
func (w *Worker) another(x *result, o *call.Outcome) core.NodeID {
	if to := redirect(o); to != core.NoNode && to != x.asked && int(x.hops) < len(w.pool.list) {
		x.leader = to
		x.hops++
		return to
	}
	for int(x.turn) < len(w.pool.list) {
		m := &w.pool.list[x.turn]
		if x.turn++; m.accepted && m.node != x.asked {
			return m.node
		}
	}
	return core.NoNode
}

// redirect returns whom an answer names as the leader, NoNode if nobody.
func redirect(o *call.Outcome) core.NodeID {
	if o.Answered && o.Code == call.CodeNotLeader {
		return o.Reply.Head().Leader
	}
	return core.NoNode
}

// offerAgain begins another round, or gives up. One that was offered to a new leader in the meantime waits for that.
func (w *Worker) offerAgain(now core.Instant, t timer, fx *core.Effects) {
	n := t.n
	x := w.results.by[n]
	switch {
	case x == nil || x.due != t.at:
	case now >= x.until || int(x.round) > w.cfg.Result.QueueTries:
		w.results.lost++
		w.results.drop(n)
	default:
		x.due = 0
		w.offer(now, n, x.leader, &w.how.other, fx)
	}
}
