package worker

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Drain lets this worker finish what it runs and take nothing new, before it leaves (spec 20 §1.2). Managers hear of it at
// once.
func (w *Worker) Drain(now core.Instant, fx *core.Effects) {
	if w.draining {
		return
	}
	w.draining, w.drainEnd = true, now.Add(w.cfg.Dispatch.Drain)
	w.beatAll(now, fx)
	w.timers.Arm(timer{at: w.drainEnd, kind: timerDrain})
}

// giveBack returns what did not get done in time: it runs again elsewhere.
func (w *Worker) giveBack(now core.Instant, fx *core.Effects) {
	for len(w.shards.order) > 0 {
		w.end(now, w.shards.order[0], job.EndedFailed, job.ErrorWorker, true, fx)
	}
	if end := w.drainEnd.Add(w.cfg.Result.Timeout); now < end {
		w.timers.Arm(timer{at: end, kind: timerDrain})
	}
}

// Drained implements node.Drainer: everything has ended and somebody has committed how, or there is no time left for that.
func (w *Worker) Drained(now core.Instant) bool {
	return len(w.shards.by)+w.results.len() == 0 || now >= w.drainEnd.Add(w.cfg.Result.Timeout)
}
