package worker

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// onCancel stops a shard whose token is not above the given one (spec 20 §7.4). A cancel of a shard that is not here
// uses its token up, so that a dispatch that is still on its way is refused (04-23).
func (w *Worker) onCancel(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*cancel.ShardRequest)
	out := cancel.ShardResponse{Success: true}
	k := keyOf(b.Shard)
	switch x := w.shards.by[k]; {
	case x == nil:
		w.fences.Raise(tokenKey(k), uint64(b.Token))
		w.expire(now, k)
		out.AlreadyCompleted = true
	case b.Token < x.token:
		out.Code, out.Current, out.Success = call.CodeStaleFence, uint64(x.token), false
	default:
		w.fences.Raise(tokenKey(k), uint64(b.Token))
		out.WasRunning = true
		w.stop(now, x, b.Requester, job.ErrorCancelled, fx)
	}
	reply := w.calls.Respond(fx, msg, core.KindWorkflowCancelResponse)
	to := core.Attach[cancel.ShardResponse](fx, reply)
	to.Answer, to.Success, to.WasRunning, to.AlreadyCompleted = out.Answer, out.Success, out.WasRunning, out.AlreadyCompleted
}

// stop orders the end of a shard. Whoever asked for it hears when it has ended.
func (w *Worker) stop(now core.Instant, x *shard, by core.NodeID, why job.ErrorKind, fx *core.Effects) {
	if by != core.NoNode {
		x.stopper = by
	}
	if x.state == job.ShardCancelling {
		return
	}
	x.why = why
	w.move(x, job.ShardCancelling, why, fx)
	w.order(core.WorkStop, x, core.Blob{}, fx)
	x.kill = now.Add(w.cfg.Cancel.StopLimit)
	w.shards.due.moved(x)
}

// askAboutSilent asks each leader about those of its shards whose progress it has not acknowledged for a while.
func (w *Worker) askAboutSilent(now core.Instant, fx *core.Effects) {
	for i, x := range w.shards.order {
		if !w.silent(now, x) || w.queries[x.leader] != nil { // that one has not answered yet, or was asked just now
			continue
		}
		b := call.Make[cancel.Query](fx, core.KindWorkflowCancellationQuery)
		for _, y := range w.shards.order[i:] {
			if y.leader == x.leader && w.silent(now, y) {
				b.Shards = append(b.Shards, cancel.ShardToken{Shard: y.Shard, Token: y.token})
			}
		}
		core.Hold(b) // the answer is by place
		w.queries[x.leader] = b
		w.calls.Go(now, x.leader, core.KindWorkflowCancellationQuery, b, &w.how.query, call.Ticket{Op: opQuery}, fx)
	}
}

func (w *Worker) silent(now core.Instant, x *shard) bool {
	return x.state == job.ShardRunning && now.Sub(x.contact) >= w.cfg.Cancel.PollInterval
}

// queryAnswered hears which of them to stop. Only RUN says that somebody leads a shard (04-27).
func (w *Worker) queryAnswered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	asked := w.queries[o.From]
	delete(w.queries, o.From)
	a, ok := o.Reply.(*cancel.QueryResponse)
	if !ok || asked == nil || len(a.Verdicts) != len(asked.Shards) {
		return
	}
	for i, v := range a.Verdicts {
		x := w.running(keyOf(asked.Shards[i].Shard), asked.Shards[i].Token)
		switch {
		case x == nil:
		case v.Status == cancel.ShardRun && o.From == x.leader:
			w.led(now, x, fx)
		case v.Status == cancel.ShardRun:
		case v.DE >= x.de:
			w.stop(now, x, core.NoNode, job.ErrorCancelled, fx)
		}
	}
}
