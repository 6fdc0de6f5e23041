package worker

import (
	"hypersim/core"
	"hypersim/core/job"
)

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
