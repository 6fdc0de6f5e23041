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
		if x.orphan == core.Never && w.p.Members.State(x.leader) != core.StateDead && now.Sub(x.contact) < w.cfg.Orphan.Silence {
			continue
		}
		if x.orphan == core.Never {
			x.orphan = now
			w.orphanFact(now, x, orphanMarked, fx)
		}
		if now.Sub(x.orphan) >= w.cfg.Orphan.Grace {
			w.orphanFact(now, x, orphanEnded, fx)
			w.stop(now, x, core.NoNode, job.ErrorOrphan, fx)
		}
	}
}

// What a fact says of an orphan.
const (
	orphanLed    = iota // somebody leads it again
	orphanMarked        // nobody does
	orphanEnded         // and for too long
)

func (w *Worker) orphanFact(now core.Instant, x *shard, to uint8, fx *core.Effects) {
	f := fx.JobFact(core.JobFactOrphan)
	f.Job, f.Workflow, f.Epoch, f.Attempt, f.Shard, f.Token = uint64(x.Job), uint64(x.Workflow), x.de, x.Attempt, x.Index, uint64(x.token)
	f.Node, f.To = x.leader, to
	f.Put("silence", int64(now.Sub(x.contact))).Put("orphaned", int64(now.Sub(x.orphan)))
}
