package worker

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/pressure"
	"hypersim/core/registry"
)

// heardPressure takes in the signal of a manager, which comes with every answer to progress.
func (w *Worker) heardPressure(now core.Instant, o *call.Outcome, fx *core.Effects) {
	if !w.flusher.on {
		return
	}
	var b *job.Backpressure
	switch a := o.Reply.(type) {
	case *job.WorkflowProgressAck:
		b = &a.Backpressure
	case *job.ProgressBatchAck:
		b = &a.Backpressure
	default:
		return
	}
	if b.Seq == 0 && !w.peers.Lacks(o.From, registry.FeaturePressureSeq) { // it says nothing about that
		return
	}
	f := &w.flusher
	before, _ := f.table.Of(now, f.keys.WorkerTTL, o.From)
	if !f.table.Apply(now, o.From, b) {
		return
	}
	if after, delay := f.table.Of(now, f.keys.WorkerTTL, o.From); after != before {
		g := fx.JobFact(core.JobFactSignal)
		g.Node, g.From, g.To, g.Epoch = o.From, uint8(before), uint8(after), b.Epoch
		g.Put("seq", int64(b.Seq)).Put("delay", int64(delay))
	}
	w.refresh(now, fx)
}

// forgetPressure lets go of what a manager said that is gone.
func (w *Worker) forgetPressure(now core.Instant, f *core.Fact, fx *core.Effects) {
	if w.flusher.on && f.Kind == core.FactTransition && (f.To == core.StateDead || f.To == core.StateLeft) {
		w.flusher.table.Remove(f.Subject)
		w.refresh(now, fx)
	}
}

// refresh finds the level anew: one that fell lets lanes flush sooner.
func (w *Worker) refresh(now core.Instant, fx *core.Effects) {
	f := &w.flusher
	f.table.Expire(now, f.keys.WorkerTTL)
	level, asked := f.table.Worst(now, f.keys.WorkerTTL, nil)
	if level != f.level {
		g := fx.JobFact(core.JobFactPressure)
		g.Node, g.From, g.To = core.NoNode, uint8(f.level), uint8(level)
		g.Put("site", -1).Put("delay", int64(asked))
		f.level = level
	}
	for i := range f.lanes {
		l := &f.lanes[i]
		to, asked := f.pressureOn(now, l)
		if l.flush.Heard(now, f.keys, to, asked) && l.armed {
			w.timers.Arm(timer{at: l.flush.Next(), kind: timerFlush, n: uint32(l.to)})
		}
	}
	if at := f.table.Next(f.keys.WorkerTTL); at < f.expiry {
		f.expiry = at
		w.timers.Arm(timer{at: at, kind: timerSignal})
	}
}

// signalsEnd is when a signal may be over.
func (w *Worker) signalsEnd(now core.Instant, fx *core.Effects) {
	if w.flusher.expiry > now {
		return
	}
	w.flusher.expiry = core.Never
	w.refresh(now, fx)
}

// Pressure returns the level that this worker goes by.
func (w *Worker) Pressure() job.Pressure { return w.flusher.level }

// source is something beside shards that has statistics for a manager.
type source struct {
	id       uint64
	to       core.NodeID
	seq      uint32
	said     uint32 // seq of what was sent last
	count    uint64
	value    float64
	critical bool
	details  core.Blob
}

// Update is what a source says.
type Update struct {
	Source   uint64
	To       core.NodeID // the manager
	Value    float64
	Critical bool
	Details  core.Blob
	Obeys    bool // it goes through the flush loop, where the newest one of a source says all; else it goes out at once
}

// Tell lets this worker tell a manager something that belongs to no shard.
func (w *Worker) Tell(now core.Instant, u *Update, fx *core.Effects) {
	if !w.flusher.on {
		return
	}
	s := w.flusher.source(u.Source, u.To)
	s.seq++
	s.count++
	s.value, s.critical, s.details = u.Value, u.Critical, u.Details
	if u.Obeys && !u.Critical {
		w.open(now, u.To)
		return
	}
	w.sendSource(now, s, fx)
}

func (f *flusher) source(id uint64, to core.NodeID) *source {
	for i := range f.sources {
		if s := &f.sources[i]; s.id == id && s.to == to {
			return s
		}
	}
	f.sources = append(f.sources, source{id: id, to: to})
	return &f.sources[len(f.sources)-1]
}

func (w *Worker) sendSource(now core.Instant, s *source, fx *core.Effects) {
	s.said = s.seq
	b := call.Make[job.StatsUpdate](fx, core.KindStatsUpdate)
	b.Source, b.Seq, b.Count, b.Value, b.Critical, b.Details = s.id, s.seq, s.count, s.value, s.critical, s.details
	how := &w.how.progress
	if s.critical {
		how = &w.how.critical
	}
	w.calls.Go(now, s.to, core.KindStatsUpdate, b, how, call.Ticket{Op: opUpdate}, fx)
}

// flushSources sends what sources have for a lane; it returns how much it keeps back, and whether that is anything.
func (w *Worker) flushSources(now core.Instant, to core.NodeID, what pressure.What, fx *core.Effects) (withheld int, more bool) {
	for i := range w.flusher.sources {
		s := &w.flusher.sources[i]
		switch {
		case s.said == s.seq || w.flusher.laneOf(s.to) != to:
		case what == pressure.Critical:
			withheld++
			w.waitsFor(s.to)
		default:
			w.sendSource(now, s, fx)
		}
	}
	return withheld, withheld > 0
}
