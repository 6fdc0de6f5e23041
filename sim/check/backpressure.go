package check

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/pressure"
	"hypersim/core/registry"
	"hypersim/core/statbuf"
	"hypersim/sim/trace"
)

// The rules.
var (
	B2  = rule("I-B2", "the level of a manager's statistics follows from their fill: up at a threshold, down so far below it", "spec 30 §14, 02-28")
	B3  = rule("I-B3", "the first tier of a manager's statistics holds what it kept of the last minute, all of it, and no more than fits", "spec 30 §14")
	B4  = rule("I-B4", "what a manager is told of statistics is kept or counted as dropped", "spec 30 §14")
	B5  = rule("I-B5", "statistics are dropped at REJECT alone, or where there is no room, and never what is critical", "spec 30 §14, 02-28")
	B6  = rule("I-B6", "each signal of a manager has a number above the one before, and the signals that a node takes in of it come in that order", "spec 30 §14, §5.3")
	B7  = rule("I-B7", "a worker goes by no pressure that all its managers left long ago", "spec 30 §14")
	B8  = rule("I-B8", "a manager that is told nothing any more is at NONE a minute and a tick later", "spec 30 §14")
	B9  = rule("I-B9", "a batch holds one snapshot of a shard, and none that is older than what its manager was told before", "spec 30 §14")
	B10 = rule("I-B10", "at REJECT a worker sends what is critical alone, below it everything, and asks no manager twice in an interval whether it is over", "spec 30 §14")
)

// Statistics are the keys of statistics that a node follows.
type Statistics struct {
	Buffer   statbuf.Keys
	Pressure pressure.Keys
	Flush    core.Duration // of a worker that nobody slows down
}

// DefaultStatistics has the defaults of the chapter.
func DefaultStatistics() Statistics {
	b, p, j := statbuf.Default(), pressure.Default(), job.Default()
	return Statistics{b.Stats, p.Pressure, j.Progress.Flush}
}

var _ = judge(func(c *Checker, on *hooks) {
	s := &statistics{
		Checker: c, buffers: map[core.NodeID]*bufferSeen{}, signals: map[core.NodeID]map[core.NodeID]signalSeen{}, views: map[core.NodeID]*viewSeen{},
		said: map[core.NodeID]signalSeen{}, seqs: map[shardKey]uint32{}, probes: map[[2]core.NodeID]core.Instant{}, turned: map[[2]core.NodeID]core.Instant{}, told: map[sourceKey]numberSeen{},
	}
	if len(c.ctx.Statistics) == 0 {
		c.ctx.Statistics = []Statistics{DefaultStatistics()}
	}
	on.jobFact(s.recorded, core.JobFactRecord)
	on.jobFact(s.ticked, core.JobFactBuffer)
	on.jobFact(s.signalled, core.JobFactSignal)
	on.jobFact(s.viewed, core.JobFactPressure)
	on.jobFact(s.turnedAway, core.JobFactRefused)
	on.jobFact(s.flushed, core.JobFactFlush)
	on.sent = append(on.sent, s.says)
	on.delivered[core.KindStatsUpdate] = append(on.delivered[core.KindStatsUpdate], s.update)
	on.delivered[core.KindJobProgressBatch] = append(on.delivered[core.KindJobProgressBatch], s.batch)
	on.delivered[core.KindProgressProbe] = append(on.delivered[core.KindProgressProbe], s.probe)
	on.started = append(on.started, func(r *trace.Record) { s.lost(r.At, r.Node) })
	on.gone = append(on.gone, func(r *trace.Record) { s.lost(r.At, r.Node) })
	on.checkpoint = append(on.checkpoint, s.checkpoint)
	on.ended = append(on.ended, s.checkpoint)
})

// statistics is what is kept of a run.
type statistics struct {
	*Checker
	buffers map[core.NodeID]*bufferSeen
	managed []core.NodeID                              // those that have one, in the order of their first words
	signals map[core.NodeID]map[core.NodeID]signalSeen // by who takes them in
	said    map[core.NodeID]signalSeen                 // by managers, the last
	views   map[core.NodeID]*viewSeen                  // of workers
	viewers []core.NodeID
	seqs    map[shardKey]uint32
	probes  map[[2]core.NodeID]core.Instant
	turned  map[[2]core.NodeID]core.Instant // when REJECT began or ended there, as the asker heard
	told    map[sourceKey]numberSeen
}

// bufferSeen is the first tier of a manager, as its records make it.
type bufferSeen struct {
	kept     []core.Instant // by its own clock
	head     int
	level    job.Pressure
	capacity int64
	last     core.Instant // it was told something, by its own clock; never
	calm     core.Instant // it is at NONE since, by the world's
	loose    bool         // its clock may have jumped, or it is not known what was there
	updates  int64        // that reached it and belong to no job, less those of which it said what became of them
}

type signalSeen struct {
	epoch uint32
	seq   int64
}

type viewSeen struct {
	level   job.Pressure
	since   core.Instant
	refused core.Instant // a server sent it away last; that carries at least THROTTLE, whatever is in its buffer (spec 30 §5.3)
}

type shardKey struct {
	worker core.NodeID
	token  uint64
	flow   uint64
	to     core.NodeID // who is told: what another one was told meanwhile may have come first
}

// sourceKey names a source at a process of a manager: a new one knows nothing.
type sourceKey struct {
	from, to core.NodeID
	inst     uint32
	source   uint64
}

// numberSeen is the number of an update, and of the process that counts.
type numberSeen struct{ life, seq uint32 }

func (s *statistics) keys(n core.NodeID) *Statistics {
	return &s.ctx.Statistics[min(s.ctx.Nodes[n].Suspicion, len(s.ctx.Statistics)-1)]
}

func (s *statistics) buffer(n core.NodeID) *bufferSeen {
	b := s.buffers[n]
	if b == nil {
		b = &bufferSeen{last: never}
		s.buffers[n], s.managed = b, append(s.managed, n)
	}
	return b
}

func (s *statistics) forget(n core.NodeID) {
	if b := s.buffers[n]; b != nil {
		*b = bufferSeen{last: never}
	}
	delete(s.views, n)
	delete(s.signals, n)
	for _, m := range s.managed {
		delete(s.probes, [2]core.NodeID{n, m}) // who starts asks anew
	}
}

// lost takes that a process is gone, or has begun: a manager that is down, or that has just started, slows nobody down for ever.
func (s *statistics) lost(now core.Instant, n core.NodeID) {
	s.forget(n)
	if b := s.buffers[n]; b != nil {
		b.calm = now
	}
}

func (b *bufferSeen) len() int64 { return int64(len(b.kept) - b.head) }

// expire lets go of what is too old at a local time.
func (b *bufferSeen) expire(local core.Instant, k *statbuf.Keys) {
	for b.head < len(b.kept) && local.Sub(b.kept[b.head]) >= k.Hot {
		b.head++
	}
	if b.head > len(b.kept)/2 {
		b.kept, b.head = append(b.kept[:0], b.kept[b.head:]...), 0
	}
}

// ladder is the level that a fill means, below its thresholds by so much.
func ladder(fill, below float64, k *statbuf.Keys) job.Pressure {
	l := job.PressureNone
	for i, t := range [...]float64{k.Throttle, k.Batch, k.Reject} {
		if fill >= t-below {
			l = job.Pressure(i + 1)
		}
	}
	return l
}

// level holds what a manager says of its level against its fill.
func (s *statistics) level(r *trace.JobRecord, b *bufferSeen) {
	f, k := &r.Fact, &s.keys(r.Node).Buffer
	hot, capacity := f.Get("hot"), f.Get("capacity")
	fill := float64(hot) / float64(max(capacity, 1))
	from, to := job.Pressure(f.From), job.Pressure(f.To)
	want := ladder(fill, 0, k)
	if want < from {
		want = max(want, min(from, ladder(fill, k.Hysteresis, k)))
	}
	resized := b.capacity != capacity
	if (to != want || from != b.level && !resized) && s.fails(B2) {
		s.detail(B2, r.At, []core.NodeID{r.Node}, "%s goes from %v (before: %v) to %v with %d of %d records; it should be %v", s.name(r.Node), from, b.level, to, hot, capacity, want)
	}
	if to != job.PressureNone || b.level != job.PressureNone {
		b.calm = r.At
	}
	b.level, b.capacity = to, capacity
	if (hot > capacity || hot != b.len() && !b.loose) && s.fails(B3) {
		s.detail(B3, r.At, []core.NodeID{r.Node}, "%s has %d records in its first tier, which holds %d; it kept %d within %v", s.name(r.Node), hot, capacity, b.len(), k.Hot)
	}
}

// recorded takes that a manager was given a record.
func (s *statistics) recorded(r *trace.JobRecord) {
	f, b, k := &r.Fact, s.buffer(r.Node), &s.keys(r.Node).Buffer
	s.look(r, b)
	out := statbuf.Outcome(f.Code)
	full := f.Get("hot") >= f.Get("capacity")
	if out == statbuf.Dropped && (f.Shard != 0 || job.Pressure(f.From) != job.PressureReject && !full) && s.fails(B5) {
		s.detail(B5, r.At, []core.NodeID{r.Node, f.Node}, "%s drops a record of %s at %v (critical: %v), with %d of %d", s.name(r.Node), s.name(f.Node), job.Pressure(f.From), f.Shard != 0, f.Get("hot"), f.Get("capacity"))
	}
	if out != statbuf.Dropped {
		if out == statbuf.FoldedEarly && b.head < len(b.kept) {
			b.head++
		}
		b.kept = append(b.kept, r.Local)
		if k.Expiry == statbuf.OnRecord {
			b.expire(r.Local, k)
		}
	}
	b.last = r.Local
	if f.Job == 0 {
		b.updates--
	}
	s.level(r, b)
}

// look forgives a manager whose clock jumped.
func (s *statistics) look(r *trace.JobRecord, b *bufferSeen) {
	b.loose = b.loose || s.cold[r.Node].impaired >= 0 || s.ctx.Unsteady
}

// ticked takes that a manager let go of what was too old.
func (s *statistics) ticked(r *trace.JobRecord) {
	b, k := s.buffer(r.Node), &s.keys(r.Node).Buffer
	s.look(r, b)
	if k.Expiry == statbuf.OnTick {
		b.expire(r.Local, k)
		if to := job.Pressure(r.Fact.To); to != job.PressureNone && b.last != never && r.Local.Sub(b.last) >= k.Hot+k.Tick && !b.loose && s.fails(B8) {
			s.detail(B8, r.At, []core.NodeID{r.Node}, "%s is at %v, and was told nothing for %v", s.name(r.Node), to, r.Local.Sub(b.last))
		}
	}
	s.level(r, b)
}

// says takes a signal that a manager sends. A registration is told again as it was, and nobody goes by its signal.
func (s *statistics) says(r *trace.Record) {
	var b *job.Backpressure
	switch m := r.Msg.Body.(type) {
	case *job.WorkflowProgressAck:
		b = &m.Backpressure
	case *job.ProgressBatchAck:
		b = &m.Backpressure
	case *registry.ManagerHeartbeat:
		b = &m.Pressure
	default:
		return
	}
	if b.Seq == 0 { // whoever it is for reads no numbers
		return
	}
	now, last := signalSeen{b.Epoch, int64(b.Seq)}, s.said[r.Node]
	if (now.epoch < last.epoch || now.epoch == last.epoch && now.seq <= last.seq) && s.fails(B6) {
		s.detail(B6, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s gives %s number %d of process %d, after number %d of process %d", s.name(r.Node), s.name(r.Msg.To), now.seq, now.epoch, last.seq, last.epoch)
	}
	s.said[r.Node] = now
}

// signalled takes that a node took in what a manager says of itself.
func (s *statistics) signalled(r *trace.JobRecord) {
	f := &r.Fact
	now := signalSeen{f.Epoch, f.Get("seq")}
	if s.signals[r.Node] == nil {
		s.signals[r.Node] = map[core.NodeID]signalSeen{}
	}
	if last, known := s.signals[r.Node][f.Node]; known && now.seq > 0 && (now.epoch < last.epoch || now.epoch == last.epoch && now.seq <= last.seq) && s.fails(B6) {
		s.detail(B6, r.At, []core.NodeID{r.Node, f.Node}, "%s takes in number %d of %s, process %d, after number %d of process %d", s.name(r.Node), now.seq, s.name(f.Node), now.epoch, last.seq, last.epoch)
	}
	if now.seq > 0 { // a peer with which no version was agreed on says no number: what arrives last counts (spec 30 §10)
		s.signals[r.Node][f.Node] = now
	}
	if (job.Pressure(f.From) == job.PressureReject) != (job.Pressure(f.To) == job.PressureReject) {
		// It is over, and the interval with it; who rejects again is asked anew. Nothing says that it is over of a manager that was
		// taken for DEAD and forgotten, but that what it says next is news. What it was asked before may be read after that.
		s.turned[[2]core.NodeID{r.Node, f.Node}] = r.At
	}
}

// viewed takes that a worker goes by another level.
func (s *statistics) viewed(r *trace.JobRecord) {
	if v := s.view(r.Node); v != nil {
		v.level, v.since = job.Pressure(r.Fact.To), r.At
	}
}

// turnedAway takes that a server sent a request away.
func (s *statistics) turnedAway(r *trace.JobRecord) {
	if v := s.view(r.Fact.Node); v != nil {
		v.refused = r.At
	}
}

// view is what a worker goes by, nil of others.
func (s *statistics) view(w core.NodeID) *viewSeen {
	if int(w) >= len(s.hot) || s.hot[w].role != core.RoleWorker {
		return nil
	}
	v := s.views[w]
	if v == nil {
		v = new(viewSeen)
		s.views[w], s.viewers = v, append(s.viewers, w)
	}
	return v
}

// patience is for how long a worker may go by what its managers have left: the lifetime of a signal, one flush, and the way.
func (k *Statistics) patience() core.Duration {
	p := &k.Pressure
	return p.WorkerTTL + k.Flush + max(4*p.Reject, p.WorkerReject) + 2e9
}

// checkpoint looks for workers that latched, and for managers that are told what they do not account for.
func (s *statistics) checkpoint(now core.Instant) {
	for _, w := range s.viewers {
		v := s.views[w]
		if v == nil || v.level == job.PressureNone || s.hot[w].paused || s.cold[w].impaired >= 0 || s.keys(w).Pressure.Signals == pressure.Raises {
			continue
		}
		if calm := s.calmAround(w); max(calm, v.since, v.refused).Add(s.keys(w).patience()) < now && s.fails(B7) {
			s.detail(B7, now, []core.NodeID{w}, "%s goes by %v since %v; its managers are at NONE since %v", s.name(w), v.level, v.since, calm)
		}
	}
	for _, n := range s.managed {
		if b := s.buffers[n]; b.updates != 0 && s.fails(B4) {
			s.detail(B4, now, []core.NodeID{n}, "%s was told %d updates more than it kept or dropped", s.name(n), b.updates)
		}
	}
}

// calmAround is since when all managers of a worker's site are at NONE; the end of all time while one is not.
func (s *statistics) calmAround(w core.NodeID) core.Instant {
	since := core.Instant(0)
	for _, n := range s.managed {
		if s.ctx.Nodes[n].Site != s.ctx.Nodes[w].Site {
			continue
		}
		b := s.buffers[n]
		if b.level != job.PressureNone || s.hot[n].paused {
			return core.Never / 2
		}
		since = max(since, b.calm)
	}
	return since
}

// update takes that statistics of no job reached a manager. Of a source the greatest number counts.
func (s *statistics) update(r *trace.Record) {
	b, ok := r.Msg.Body.(*job.StatsUpdate)
	if !ok || s.hot[r.Node].role != core.RoleManager || r.Spent == trace.Refused {
		return // who is sent away comes again with the same
	}
	key := sourceKey{r.Msg.From, r.Node, s.hot[r.Node].inst, b.Source}
	if n := (numberSeen{r.Msg.Instance, b.Seq}); n.life > s.told[key].life || n.life == s.told[key].life && n.seq > s.told[key].seq {
		s.told[key] = n
		s.buffer(r.Node).updates++
	}
}

// batch takes a batch of snapshots.
func (s *statistics) batch(r *trace.Record) {
	b, ok := r.Msg.Body.(*job.ProgressBatch)
	if !ok || r.Spent == trace.Refused { // nobody read it; what it waits behind is read after it was sent away
		return
	}
	for i := range b.Entries {
		p := &b.Entries[i]
		key := shardKey{r.Msg.From, uint64(p.Token), uint64(p.Workflow), r.Node}
		if p.Seq <= s.seqs[key] && s.fails(B9) {
			s.detail(B9, r.At, []core.NodeID{r.Msg.From, r.Node}, "%s tells %s of %v in a batch: number %d, after number %d", s.name(r.Msg.From), s.name(r.Node), p.Workflow, p.Seq, s.seqs[key])
		}
		s.seqs[key] = p.Seq
	}
}

// flushed takes that a worker sent what it has.
func (s *statistics) flushed(r *trace.JobRecord) {
	f := &r.Fact
	if (job.Pressure(f.From) == job.PressureReject) != (pressure.What(f.To) == pressure.Critical) && s.fails(B10) {
		s.detail(B10, r.At, []core.NodeID{r.Node}, "%s at %v sends what is of kind %d", s.name(r.Node), job.Pressure(f.From), f.To)
	}
}

// probe takes that a worker asks a manager whether REJECT is over. It is sent with a flush, and flushes at REJECT lie
// further apart. Who is sent away at the door does not wait behind those before it: of two the later one may come first.
func (s *statistics) probe(r *trace.Record) {
	key, k := [2]core.NodeID{r.Msg.From, r.Node}, s.keys(r.Msg.From)
	least := k.Flush + k.Pressure.WorkerReject
	last, known := s.probes[key]
	apart := max(r.Due.Sub(last), last.Sub(r.Due))
	known = known && s.turned[key] <= min(last, r.Due)
	if known && apart < least-(s.ctx.Limits.Quantum+s.ctx.Limits.Lateness) && s.cold[r.Msg.From].impaired < 0 && s.fails(B10) {
		s.detail(B10, r.At, []core.NodeID{r.Msg.From, r.Node}, "%s asks %s again %v after the last time; its flushes lie %v apart", s.name(r.Msg.From), s.name(r.Node), apart, least)
	}
	s.probes[key] = max(r.Due, s.probes[key])
}
