package worker

import (
	"hypersim/core"
	"hypersim/core/job"
)

// onStatusQuery tells a manager which shards are here.
func (w *Worker) onStatusQuery(_ core.Instant, msg *core.Message, fx *core.Effects) {
	reply := w.calls.Respond(fx, msg, core.KindWorkflowStatusResponse)
	out := core.Attach[job.WorkflowStatusResponse](fx, reply)
	for _, x := range w.shards.order {
		out.Shards = append(out.Shards, job.ShardView{Shard: x.Shard, Token: x.token, State: x.state, Cores: x.cores - x.given, VUs: x.vus})
	}
	for _, n := range w.results.order { // an ended one whose result is on its way is not lost
		b := w.results.by[n].body
		state := job.ShardCompleted
		switch b.Ended {
		case job.EndedCompleted:
		case job.EndedFailed:
			state = job.ShardFailed
		case job.EndedCancelled:
			state = job.ShardCancelled
		}
		out.Shards = append(out.Shards, job.ShardView{Shard: b.Shard, Token: b.Token, State: state})
	}
}
