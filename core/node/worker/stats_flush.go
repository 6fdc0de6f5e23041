package worker

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/node"
	"hypersim/core/pressure"
	"hypersim/core/rng"
)

// The flush loop (AD-37; spec 30 §5.4, spec 01 nos. 66–70, spec 02 nos. 30–31). In a run that asks for statistics a worker
// keeps the newest snapshot of each shard and sends what it has every so often, as those who get it are able to bear;
// without, nothing in the stats_ files happens, and each snapshot is sent as it is taken.

// flusher is the loop of a worker.
type flusher struct {
	on      bool
	keys    *pressure.Keys
	base    core.Duration // between two flushes while nobody is under pressure
	window  core.Duration // between two windows of jobs with statistics, 0: there are none
	phase   core.Instant  // a time of the grid that lanes begin on
	table   pressure.Table
	level   job.Pressure // that it goes by, of all managers
	lanes   []lane       // by manager
	sources []source     // by id
	batches map[uint32]*job.ProgressBatch
	nth     uint32
	expiry  core.Instant  // a timer is armed then, Never: none is
	stats   node.Statist  // nil: no work has statistics
	windows bool          // a timer is armed for the next
	to      []core.NodeID // scratch: whom a flush may ask whether REJECT is over
	heard   []core.NodeID // scratch: who answers what it sends anyway
}

// lane is what is sent at the same times: all, or with combine = destination what one manager gets.
type lane struct {
	to    core.NodeID // NoNode: all
	flush pressure.Flush
	armed bool
}

// snapshot is the newest one of a shard, and what its leader has acknowledged of it.
type snapshot struct {
	body      job.ShardProgress
	fresh     bool // it was not sent
	hurries   bool // it is taken at each flush
	known     bool // the leader knows of the shard,
	knownDone uint16
	knownBad  uint64
	asking    bool // what is critical is on its way:
	askedSeq  uint32
	sentDone  uint16
	sentBad   uint64
}

// critical reports whether the leader has to know this snapshot: it is the first, or more cores came back, or something
// failed.
func (s *snapshot) critical() bool {
	return !s.known || s.body.CoresDone > s.knownDone || s.body.Failed > s.knownBad
}

// asks notes that what is critical goes out.
func (s *snapshot) asks() {
	s.asking, s.askedSeq, s.sentDone, s.sentBad = true, s.body.Seq, s.body.CoresDone, s.body.Failed
}

// answered notes that its leader has acknowledged that, or that nobody has.
func (s *snapshot) answered(acked bool) {
	s.asking = false
	if acked {
		s.known, s.knownDone, s.knownBad = true, s.sentDone, s.sentBad
	}
}

func (w *Worker) initFlusher() {
	if w.p.Stats == nil {
		return
	}
	f := &w.flusher
	f.on, f.keys, f.base, f.window, f.expiry = true, w.p.Stats.Pressure, w.cfg.Progress.Flush, w.p.Stats.Window, core.Never
	w.how.critical = call.FJ{Timeout: w.cfg.Progress.Timeout, Base: f.keys.CriticalBase, Retries: f.keys.CriticalTries - 1}.Strategy()
	f.table.Latches = f.keys.Signals == pressure.Raises
	f.batches = map[uint32]*job.ProgressBatch{}
	f.stats, _ = w.p.Meter.(node.Statist)
	phase := rng.New(w.p.Seed, "worker.flush", w.p.Key, uint64(w.p.Instance))
	f.phase = core.Instant(float64(phase.Float64() * float64(f.base)))
}

// grid is the first time after now that lanes begin on.
func (f *flusher) grid(now core.Instant) core.Instant {
	n := now.Sub(f.phase)/f.base + 1
	return f.phase.Add(n * f.base)
}

// fireStats does what is due of the loop.
func (w *Worker) fireStats(now core.Instant, t timer, fx *core.Effects) {
	switch t.kind {
	case timerFlush:
		w.flushDue(now, core.NodeID(t.n), fx)
	case timerSignal:
		w.signalsEnd(now, fx)
	case timerWindow:
		w.tellWindows(now, fx)
	default:
	}
}

// laneOf names the lane of what goes to a manager.
func (f *flusher) laneOf(to core.NodeID) core.NodeID {
	if f.keys.Combine == pressure.Destination {
		return to
	}
	return core.NoNode
}

func (f *flusher) lane(to core.NodeID) *lane {
	i, ok := slices.BinarySearchFunc(f.lanes, to, func(l lane, to core.NodeID) int { return cmp.Compare(l.to, to) })
	if !ok {
		f.lanes = slices.Insert(f.lanes, i, lane{to: to})
	}
	return &f.lanes[i]
}

// pressureOn is the level that a lane goes by, and what is asked for at it.
func (f *flusher) pressureOn(now core.Instant, l *lane) (job.Pressure, core.Duration) {
	if l.to != core.NoNode {
		return f.table.Of(now, f.keys.WorkerTTL, l.to)
	}
	return f.table.Worst(now, f.keys.WorkerTTL, nil)
}

// open sees to it that what goes to a manager is flushed.
func (w *Worker) open(now core.Instant, to core.NodeID) {
	l := w.flusher.lane(w.flusher.laneOf(to))
	if l.armed {
		return
	}
	l.armed = true
	if l.flush.Next() <= now {
		l.flush.Begin(now, w.flusher.grid(now), w.flusher.base)
	}
	w.timers.Arm(timer{at: l.flush.Next(), kind: timerFlush, n: uint32(l.to)})
}

// began takes a shard into the loop: its leader hears of it at once.
func (w *Worker) began(now core.Instant, x *shard, fx *core.Effects) {
	if !w.flusher.on {
		return
	}
	x.snap = &snapshot{hurries: w.hurries != nil && w.hurries.Hurries(x.Shard, x.token)}
	if x.snap.hurries {
		x.report = core.Never
		w.shards.due.moved(x)
	}
	w.open(now, x.leader)
	w.beginWindows(now, x)
	w.report(now, x, fx)
}

// introduce tells the new leader of a shard of it: what the old one acknowledged it may not know.
func (w *Worker) introduce(now core.Instant, x *shard, fx *core.Effects) {
	if x.snap == nil || x.state != job.ShardRunning {
		return
	}
	x.snap.known, x.snap.asking = false, false
	w.open(now, x.leader)
	w.report(now, x, fx)
}

// keepSnapshot takes in how far a shard is. What its leader has to know goes out at once.
func (w *Worker) keepSnapshot(now core.Instant, x *shard, p *job.ShardProgress, fx *core.Effects) {
	s := x.snap
	s.body, s.fresh = *p, true
	w.open(now, x.leader)
	w.tellCritical(now, x, fx)
}

// tellCritical sends what the leader of a shard has to know, unless that is under way: in three attempts, whatever the
// pressure (spec 30 §5.4).
func (w *Worker) tellCritical(now core.Instant, x *shard, fx *core.Effects) {
	if s := x.snap; s.critical() && !s.asking {
		s.asks()
		w.sendSnapshot(now, x, &w.how.critical, opCritical, fx)
	}
}

func (w *Worker) sendSnapshot(now core.Instant, x *shard, how *call.Strategy, op uint8, fx *core.Effects) {
	b := call.Make[job.WorkflowProgress](fx, core.KindWorkflowProgress)
	b.ShardProgress, x.snap.fresh = x.snap.body, false
	w.calls.Go(now, x.leader, core.KindWorkflowProgress, b, how, ticket(op, x), fx)
}

// criticalAnswered hears that the leader of a shard knows what it has to. What came up meanwhile follows at once.
func (w *Worker) criticalAnswered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	x := w.asked(o)
	if x == nil {
		return
	}
	if o.From != x.leader { // another one leads it by now, and is told
		w.progressAnswered(now, o, fx)
		return
	}
	x.snap.answered(o.Done())
	if o.Done() && x.state == job.ShardRunning {
		w.tellCritical(now, x, fx)
	}
	w.progressAnswered(now, o, fx)
}

// flushDue flushes a lane, if it is still due.
func (w *Worker) flushDue(now core.Instant, to core.NodeID, fx *core.Effects) {
	f := &w.flusher
	if i := slices.IndexFunc(f.lanes, func(l lane) bool { return l.to == to }); i < 0 || !f.lanes[i].armed || f.lanes[i].flush.Next() > now {
		return
	}
	w.refresh(now, fx)
	l := f.lane(to)
	level, asked := f.pressureOn(now, l)
	left := w.flush(now, to, level, fx)
	l = f.lane(to)
	l.flush.Flushed(now, f.keys, level, asked)
	if l.armed = left; left {
		w.timers.Arm(timer{at: l.flush.Next(), kind: timerFlush, n: uint32(to)})
	}
}

// flush sends what a lane has, as its level allows, and reports whether there will be more.
func (w *Worker) flush(now core.Instant, to core.NodeID, level job.Pressure, fx *core.Effects) (more bool) {
	f := &w.flusher
	mark, what := len(fx.Messages), pressure.Of(level, true)
	f.to, f.heard = f.to[:0], f.heard[:0]
	more = w.freshen(now, to, fx)
	withheld := w.flushShards(now, to, what, fx)
	kept, open := w.flushSources(now, to, what, fx)
	withheld += kept
	if what == pressure.Critical {
		w.probe(now, withheld, fx)
	}
	if more = more || open; more || len(fx.Messages) > mark {
		g := fx.JobFact(core.JobFactFlush)
		g.From, g.To, g.Node = uint8(level), uint8(what), to
		g.Put("messages", int64(len(fx.Messages)-mark)).Put("withheld", int64(withheld))
	}
	return more
}

// freshen takes the snapshots that are taken at each flush, and reports whether shards run that a lane is for.
func (w *Worker) freshen(now core.Instant, to core.NodeID, fx *core.Effects) (runs bool) {
	for _, x := range w.shards.order {
		if x.state != job.ShardRunning || w.flusher.laneOf(x.leader) != to {
			continue
		}
		runs = true
		if x.snap.hurries {
			w.report(now, x, fx)
		}
	}
	return runs
}

// flushShards sends the snapshots that a lane has, and returns how many it keeps back.
func (w *Worker) flushShards(now core.Instant, to core.NodeID, what pressure.What, fx *core.Effects) (withheld int) {
	for _, x := range w.shards.order {
		if x.state != job.ShardRunning || w.flusher.laneOf(x.leader) != to {
			continue
		}
		w.waitsFor(x.leader)
		if !w.unsent(x) {
			continue
		}
		if !x.snap.critical() && (what == pressure.Critical || !w.lets(now, x.leader)) {
			withheld++
			continue
		}
		w.flushShard(now, x, what, fx)
	}
	return withheld
}

// flushShard sends the snapshot of a shard, with others where its leader takes them together.
func (w *Worker) flushShard(now core.Instant, x *shard, what pressure.What, fx *core.Effects) {
	switch {
	case what != pressure.Singles && w.batches(x):
		w.batch(now, x, what, fx)
	case what == pressure.Critical:
		w.flusher.heard = append(w.flusher.heard, x.leader)
		w.tellCritical(now, x, fx)
	default:
		w.sendSnapshot(now, x, &w.how.progress, opProgress, fx)
	}
}

// unsent reports whether there is a snapshot of x that is not sent, nor on its way as what is critical.
func (w *Worker) unsent(x *shard) bool { return x.snap.fresh && !x.snap.asking }

// batch sends the newest snapshots of all shards of x's job and leader in one message: of all, or of those that are
// critical.
func (w *Worker) batch(now core.Instant, x *shard, what pressure.What, fx *core.Effects) {
	f := &w.flusher
	b := call.Make[job.ProgressBatch](fx, core.KindJobProgressBatch)
	b.Job = x.Job
	for _, y := range w.shards.order {
		if y.state != job.ShardRunning || y.Job != x.Job || y.leader != x.leader || !w.unsent(y) || what == pressure.Critical && !y.snap.critical() {
			continue
		}
		b.Entries = append(b.Entries, y.snap.body)
		y.snap.fresh = false
		if y.snap.critical() {
			y.snap.asks()
		}
	}
	core.Hold(b) // the answer is by place
	f.nth++
	f.batches[f.nth] = b
	f.heard = append(f.heard, x.leader)
	w.calls.Go(now, x.leader, core.KindJobProgressBatch, b, &w.how.progress, call.Ticket{Op: opBatch, Job: uint64(x.Job), N: f.nth}, fx)
}

// waitsFor notes a manager that something is there for.
func (w *Worker) waitsFor(to core.NodeID) {
	if f := &w.flusher; !slices.Contains(f.to, to) {
		f.to = append(f.to, to)
	}
}

// probe asks the managers at REJECT that lead something here, and get nothing, whether that is over: without a question there is no
// answer, and without an answer the level never falls (30/D28).
func (w *Worker) probe(now core.Instant, withheld int, fx *core.Effects) {
	f := &w.flusher
	for _, to := range f.to {
		if l, _ := f.table.Of(now, f.keys.WorkerTTL, to); l != job.PressureReject || slices.Contains(f.heard, to) || !w.lets(now, to) {
			continue
		}
		b := call.Make[job.ProgressProbe](fx, core.KindProgressProbe)
		b.Withheld = uint32(withheld)
		w.calls.Go(now, to, core.KindProgressProbe, b, &w.how.progress, call.Ticket{Op: opProbe}, fx)
	}
}

// batchAnswered hears what a leader says to each snapshot of a batch.
func (w *Worker) batchAnswered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	b := w.flusher.batches[o.N]
	delete(w.flusher.batches, o.N)
	a, ok := o.Reply.(*job.ProgressBatchAck)
	if ok && len(a.Codes) != len(b.Entries) {
		ok = false
	}
	for i := range b.Entries {
		p := &b.Entries[i]
		x := w.running(keyOf(p.Shard), p.Token)
		if x == nil {
			continue
		}
		if p.Seq == x.snap.askedSeq && o.From == x.leader {
			x.snap.answered(ok && a.Codes[i].Done())
		}
		if ok {
			w.judged(now, x, o.From, a.Codes[i], &a.ManagerAck, fx)
		}
	}
}
