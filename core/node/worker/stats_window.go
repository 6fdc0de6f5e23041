package worker

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// beginWindows sees to it that windows are told of, if the work of a shard has statistics.
func (w *Worker) beginWindows(now core.Instant, x *shard) {
	f := &w.flusher
	if f.windows || f.window == 0 || f.stats == nil || f.stats.Statistics(x.Shard, x.token, f.window).Size == 0 {
		return
	}
	f.windows = true
	w.timers.Arm(timer{at: now.Add(f.window), kind: timerWindow})
}

// tellWindows tells leaders what shards with statistics did in the last window. Nobody answers that, and nobody repeats it:
// what a leader at REJECT would drop is not sent.
func (w *Worker) tellWindows(now core.Instant, fx *core.Effects) {
	f := &w.flusher
	f.windows = false
	for _, x := range w.shards.order {
		if x.state != job.ShardRunning {
			continue
		}
		s := f.stats.Statistics(x.Shard, x.token, f.window)
		if s.Size == 0 {
			continue
		}
		if !f.windows {
			f.windows = true
			w.timers.Arm(timer{at: now.Add(f.window), kind: timerWindow})
		}
		if level, _ := f.pressureOn(now, &lane{to: f.laneOf(x.leader)}); level < job.PressureReject && w.peers.Has(x.leader, registry.FeatureBatchedStats) {
			w.tellWindow(now, x, s, fx)
		}
	}
}

func (w *Worker) tellWindow(now core.Instant, x *shard, s core.Blob, fx *core.Effects) {
	b := core.Attach[job.WindowedStatsPush](fx, w.calls.Tell(fx, core.KindWindowedStatsPush, x.leader, w.cfg.Progress.Timeout))
	done, bad, _ := w.p.Meter.Done(now, x.Shard, x.token)
	b.Job, b.Workflow, b.Name, b.From, b.To = x.Job, x.Workflow, x.name, core.Duration(now)-w.flusher.window, core.Duration(now)
	b.Completed, b.Failed, b.Stats, b.Workers, b.Site = done, bad, s, 1, w.p.Site
	if e := now.Sub(x.started).Seconds(); e > 0 {
		b.Rate = float64(done+bad) / e
	}
}
