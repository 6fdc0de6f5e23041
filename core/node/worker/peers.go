package worker

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
)

// agrees takes in what a manager says of its version, and reports whether it took this worker in.
func (w *Worker) agrees(o *call.Outcome, a *registry.RegistrationResponse, fx *core.Effects) bool {
	return w.peers.Answered(o, &a.Versions, fx) == call.CodeOK && a.Accepted
}

// batches reports whether the leader of a shard takes snapshots together.
func (w *Worker) batches(x *shard) bool { return w.peers.Has(x.leader, registry.FeatureProgressBatch) }

// Weighs implements front.Holder: what a worker has in memory is the work of its host, and counted there.
func (w *Worker) Weighs() (jobs, hot int) { return 0, 0 }

// Press implements front.Presser: a manager that does not read why it is refused, or when to come again, is not told (spec 30 §10, I-N1).
func (w *Worker) Press(to core.NodeID, refusal core.Body) {
	if r, ok := refusal.(call.Reply); ok {
		r.Head().Untyped(!w.peers.Lacks(to, registry.FeatureTypedBusy), !w.peers.Lacks(to, registry.FeatureRetryAfter))
	}
}

// Fared implements call.Watcher: breakers towards managers learn from every call (spec 30 §9.2). While this worker is loaded
// itself an answer may wait in its own inbox.
func (w *Worker) Fared(now core.Instant, s *call.Sending, answered bool, code call.Code) {
	if answered || w.p.Flow.State() == core.LoadHealthy {
		w.shuts.Fared(now, s.To, answered && code != call.CodeInternal)
	}
}

// lets reports whether a manager may be told what it need not know: one that let a few calls run out is told nothing for a
// while, then one thing, by which it shows whether it is back. What is critical, and CONTROL, goes out all the same.
func (w *Worker) lets(now core.Instant, manager core.NodeID) bool { return w.shuts.Allow(now, manager) }
