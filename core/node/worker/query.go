package worker

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/fence"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// onStateRequest tells a manager all that is here: shards and how far they are, and the epoch of every job (spec 20 §1.5).
func (w *Worker) onStateRequest(now core.Instant, msg *core.Message, fx *core.Effects) {
	reply := w.calls.Respond(fx, msg, core.KindStateSyncResponse)
	out := core.Attach[replica.StateResponse](fx, reply)
	out.Version, out.Ready = w.version, true
	if b, ok := msg.Body.(*replica.StateRequest); ok && b.Since >= w.version { // nothing is newer
		return
	}
	s := replica.WorkerSnapshot{
		Worker: w.p.Self, State: w.state(), Cores: uint16(w.cores.Total()), CoresAvailable: uint16(w.cores.Free()), Version: w.version,
	}
	for _, v := range w.views(0, nil) {
		x := replica.ShardCount{ShardView: v}
		if !v.State.Ended() {
			done, bad, _ := w.p.Meter.Done(now, v.Shard, v.Token)
			x.Done = done + bad
		}
		s.Shards = append(s.Shards, x)
	}
	w.fences.Each(fence.Datacenter, func(k fence.Key, r fence.Record) {
		s.Fences = append(s.Fences, replica.Fence{Job: job.ID(k.Job), DE: uint32(r.Token)})
	})
	slices.SortFunc(s.Fences, func(a, b replica.Fence) int { return cmp.Compare(a.Job, b.Job) })
	out.Worker = append(out.Worker, s)
}

// onStatusQuery tells a manager which shards are here.
func (w *Worker) onStatusQuery(_ core.Instant, msg *core.Message, fx *core.Effects) {
	reply := w.calls.Respond(fx, msg, core.KindWorkflowStatusResponse)
	out := core.Attach[job.WorkflowStatusResponse](fx, reply)
	out.Shards = w.views(0, out.Shards)
}

// views appends what is here of a job, or of all of them (0): shards that run, and ended ones whose result nobody has
// committed, which are not lost.
func (w *Worker) views(of job.ID, dst []job.ShardView) []job.ShardView {
	for _, x := range w.shards.order {
		if of == 0 || x.Job == of {
			dst = append(dst, x.view())
		}
	}
	for _, n := range w.results.order {
		if r := w.results.by[n]; of == 0 || r.body.Job == of {
			dst = append(dst, r.view())
		}
	}
	return dst
}

func (x *shard) view() job.ShardView {
	return job.ShardView{Shard: x.Shard, Token: x.token, State: x.state, Cores: x.cores - x.given, VUs: x.vus}
}

func (r *result) view() job.ShardView {
	v := job.ShardView{Shard: r.body.Shard, Token: r.body.Token, State: job.ShardCompleted, VUs: r.vus}
	switch r.body.Ended {
	case job.EndedCompleted:
	case job.EndedFailed:
		v.State = job.ShardFailed
	case job.EndedCancelled:
		v.State = job.ShardCancelled
	}
	return v
}
