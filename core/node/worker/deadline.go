package worker

import (
	"hypersim/core"
	"hypersim/core/indexed"
	"hypersim/core/job"
)

// deadlines are when to look at shards: one entry for each that runs, gone with it. A shard's own limit is minutes
// away, and there may be hundreds of short shards a second.
type deadlines struct{ heap []*shard }

// next is when something is due of x.
func (x *shard) next() core.Instant { return min(x.report, x.limit, x.kill, x.ask) }

// Before implements indexed.Items; equal times go by what they are about, so that the order of arming means nothing.
func (*deadlines) Before(a, b *shard) bool {
	x, y := a.next(), b.next()
	switch {
	case x != y:
		return x < y
	case a.token != b.token:
		return a.token < b.token
	case a.Job != b.Job:
		return a.Job < b.Job
	}
	return a.Workflow < b.Workflow
}

// Place implements indexed.Items.
func (*deadlines) Place(x *shard, pos int) { x.pos = int32(pos) }

func (d *deadlines) add(x *shard)    { d.heap = indexed.Push(d, d.heap, x) }
func (d *deadlines) remove(x *shard) { d.heap = indexed.Remove(d, d.heap, int(x.pos)) }
func (d *deadlines) moved(x *shard)  { indexed.Fix(d, d.heap, int(x.pos)) }

func (d *deadlines) next() core.Instant {
	if len(d.heap) == 0 {
		return core.Never
	}
	return d.heap[0].next()
}

// pace is how often a shard is told of.
func (w *Worker) pace(x *shard) core.Duration {
	if w.hurries != nil && w.hurries.Hurries(x.Shard, x.token) {
		return w.cfg.Progress.Flush
	}
	return w.cfg.Progress.Interval
}

// look does what is due of the first shard.
func (w *Worker) look(now core.Instant, fx *core.Effects) {
	x := w.shards.due.heap[0]
	switch {
	case x.report <= now:
		x.report = now.Add(w.pace(x))
		w.shards.due.moved(x)
		w.report(now, x, fx)
	case x.ask <= now:
		w.needMore(now, x, fx)
	case x.limit <= now: // it has run beyond all that its leader may allow (J23)
		w.end(now, x, job.EndedFailed, job.ErrorTimeout, true, fx)
	default: // it did not stop by itself
		w.end(now, x, job.EndedCancelled, x.why, true, fx)
	}
}
