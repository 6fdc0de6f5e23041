package worker

import (
	"hypersim/core"
	"hypersim/core/job"
)

// findOrphans looks for shards that nobody leads: their leader is DEAD, or has said nothing about them for too long.
// After the grace they are stopped, and their end is offered to any manager (spec 20 §5.8).
func (w *Worker) findOrphans(now core.Instant, fx *core.Effects) {
	for i := 0; i < len(w.shards.order); i++ {
		x := w.shards.order[i]
		if x.state != job.ShardRunning {
			continue
		}
		if w.p.Members.State(x.leader) != core.StateDead && now.Sub(x.contact) < w.cfg.Orphan.Silence {
			continue
		}
		x.orphan = min(x.orphan, now)
		if now.Sub(x.orphan) >= w.cfg.Orphan.Grace {
			w.stop(now, x, core.NoNode, job.ErrorOrphan, fx)
		}
	}
}
