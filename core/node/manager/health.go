package manager

import (
	"hypersim/core"
	"hypersim/core/dispatch"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// How this manager judges its workers (AD-19, spec 30 §2): core/health says what each may get and who is to be evicted, this
// file tells it what it must know and does what follows.
//
//  1. Any message of a worker is a sign of life. Its beats come at least every few seconds, whatever it does.
//  2. A worker that was silent for 30 s, or got nothing done for a minute and a few seconds, is evicted in the next look, one a second:
//     its shards are lost, their attempts run elsewhere under new tokens (01-42).
//  3. Not if more than half of all fell silent within a minute: then it is more likely this manager that is cut off. Those wait until
//     membership calls them dead, others are back, or a minute is over, and then go one by one (02-33 to 02-35).
//  4. One that was evicted and lives gets work again from its next heartbeat on. What it says of its old shards is stale.

// ward is what a manager keeps for that.
type ward struct {
	cfg     *health.Config // nil: nobody is judged, membership alone says who is gone
	tracker *health.Tracker
	ends    core.Instant // of the interval over which progress is judged
	look    core.Instant // when the next look is due
	release core.Instant // when the last one of a hold that is waited for may go
	evict   []int        // scratch
}

// node returns what is known of worker i, nil if it is not judged.
func (h *ward) node(i int) *health.Node {
	if h.cfg == nil {
		return nil
	}
	return h.tracker.Node(i)
}

// condition is how a worker does, as its manager sees it.
type condition struct {
	pace      health.Pace
	decision  health.Decision
	label     health.Label
	completed uint16 // shards, in this interval
	moved     bool   // something of it got on in this interval, or began
}

// beginHealth begins to judge workers, at a phase of this manager's own.
func (m *Manager) beginHealth(now core.Instant) {
	h := &m.health
	if h.cfg = m.p.Health; h.cfg == nil {
		return
	}
	draw := rng.New(m.p.Seed, "manager.health", m.p.Key, uint64(m.p.Instance))
	phase := func(d core.Duration) core.Instant {
		return now.Add(core.Duration(float64(draw.Float64() * float64(d))))
	}
	h.look = phase(h.cfg.Node.Look)
	h.ends = phase(h.cfg.Node.Interval)
	h.tracker = health.NewTracker(h.cfg, m.p.Count, draw)
	m.timers.Arm(timer{at: h.look, kind: timerHealth})
}

// enters begins to judge a process of a worker.
func (m *Manager) enters(now core.Instant, id core.NodeID, fx *core.Effects) {
	if m.health.cfg == nil {
		return
	}
	i := int(id - m.workers.first)
	m.health.tracker.Forget(i)
	m.health.tracker.Hear(now, i)
	c := &m.workers.list[i].condition
	*c = condition{decision: c.decision, label: c.label, moved: true}
	m.rate(now, i, fx)
}

// sign takes in a sign of life.
func (m *Manager) sign(now core.Instant, from core.NodeID, instance uint32) {
	if m.health.cfg != nil && m.speaker(from, instance) != nil {
		m.health.tracker.Hear(now, int(from-m.workers.first))
	}
}

// membershipSays takes in what membership holds of a worker. One that is dead is lost at once, unless it was held back with many others:
// then its turn comes.
func (m *Manager) membershipSays(now core.Instant, id core.NodeID, s core.MemberState, fx *core.Effects) {
	dead := s == core.StateDead
	if n := m.health.node(int(id - m.workers.first)); n != nil {
		n.Dead(dead)
		if dead && n.Held() {
			m.weed(now, fx)
			return
		}
	}
	if dead || s == core.StateLeft {
		m.lose(now, id, fx)
		if s == core.StateLeft {
			m.unwatch(int(id - m.workers.first))
		}
		return
	}
	m.relist(id)
}

// unwatch ends judging a worker that left or is forgotten: it is none of those by whose number a hold goes (spec 30 §2.3).
func (m *Manager) unwatch(i int) {
	if m.health.cfg != nil {
		m.health.tracker.Forget(i)
	}
}

// inspect is the look at all workers that is due every second.
func (m *Manager) inspect(now core.Instant, fx *core.Effects) {
	h := &m.health
	m.lapsed(now)
	if now >= h.ends {
		m.judgeProgress(now)
		m.beginInterval(now)
	}
	m.weed(now, fx)
	for i := range m.workers.list {
		m.rate(now, i, fx)
	}
	h.look = now.Add(h.cfg.Node.Look)
	m.timers.Arm(timer{at: h.look, kind: timerHealth})
}

// lapsed finds out that this process stood still: what was said meanwhile is still to be read. Whoever is to be evicted for what the clock
// says asks it first, for what is due first when the process goes on may be something else than the look.
func (m *Manager) lapsed(now core.Instant) {
	h := &m.health
	if late := now.Sub(h.look); late > h.cfg.Node.Look {
		h.tracker.Lapse(now, late)
		h.look = now
		for i := range m.workers.list {
			m.judgeMoved(now, i)
		}
		m.beginInterval(now)
	}
}

// beginInterval begins another interval over which progress is judged.
func (m *Manager) beginInterval(now core.Instant) {
	m.health.ends = now.Add(m.health.cfg.Node.Interval)
	for i := range m.workers.list {
		x := &m.workers.list[i]
		x.completed, x.moved = 0, false
	}
}

// judgeProgress says of each worker how it got on in the interval that ends.
func (m *Manager) judgeProgress(now core.Instant) {
	h := &m.health
	for i := range m.workers.list {
		n, x := h.tracker.Node(i), &m.workers.list[i]
		if n == nil {
			continue
		}
		if x.gone() {
			m.judgeMoved(now, i)
			continue
		}
		c := &x.condition
		w := health.Worked{Assigned: m.assigned(x), Completed: int(c.completed), Advanced: c.moved}
		w.Expected = c.pace.Expected(w.Assigned, &h.cfg.Node)
		n.Progressed(now, h.cfg.Node.OfWorker(w))
	}
}

// judgeMoved ends the interval of one that nothing else is said of, because it is gone or the interval is broken off: who was STUCK, and got on in
// it, is not any more. The next one begins anew, and it would be taken for STUCK since long ago (I-H4).
func (m *Manager) judgeMoved(now core.Instant, i int) {
	if n := m.health.node(i); n != nil && n.Progress() == health.Stuck && m.workers.list[i].moved {
		n.Progressed(now, health.Normal)
	}
}

// assigned counts the shards of led jobs that a worker has to get on with.
func (m *Manager) assigned(x *worker) (n int) {
	for i := range x.runs {
		if r := &x.runs[i]; m.flows.State(r.rec.flows[r.place].id).Live() {
			n++
		}
	}
	return n
}

// weed evicts those whose time has come.
func (m *Manager) weed(now core.Instant, fx *core.Effects) {
	h := &m.health
	m.lapsed(now)
	for i := range m.workers.list {
		m.inform(now, i)
	}
	h.evict = h.tracker.Tick(now, h.evict[:0])
	for _, i := range h.evict {
		if !m.workers.list[i].gone() {
			m.evict(now, i, fx)
		}
		h.tracker.Handed(i) // what follows has pauses of its own
	}
	if at := h.tracker.Next(now); at != core.Never && at != h.release {
		h.release = at
		m.timers.Arm(timer{at: at, kind: timerRelease})
	}
}

// evict gives up a worker that membership may still hold alive.
func (m *Manager) evict(now core.Instant, i int, fx *core.Effects) {
	id := m.workers.id(i)
	_, why := m.health.tracker.Decide(now, i)
	f := fx.JobFact(core.JobFactEvicted)
	f.Node, f.Code = id, uint8(why)
	f.Put("site", int64(m.p.Site))
	m.lose(now, id, fx)
}

// inform says what the tracker cannot know of a worker by itself; false: it is not judged. Time that was granted since the last look
// counts before anybody is evicted.
func (m *Manager) inform(now core.Instant, i int) bool {
	n, x := m.health.node(i), &m.workers.list[i]
	if n == nil {
		return false
	}
	until, granted := x.time.Deadline()
	n.Extended(granted && now <= until || x.moved) // one that gets on in this interval is STUCK no more when it is over (I-H4)
	n.Ready(x.load < core.LoadOverloaded)
	return true
}

// rate brings up to date what a worker may get.
func (m *Manager) rate(now core.Instant, i int, fx *core.Effects) {
	h, x := &m.health, &m.workers.list[i]
	if !m.inform(now, i) {
		return
	}
	d, l := h.tracker.Decide(now, i)
	c := &x.condition
	if d == c.decision && l == c.label {
		return
	}
	f := fx.JobFact(core.JobFactHealth)
	f.Node, f.From, f.To, f.Code = m.workers.id(i), uint8(c.decision), uint8(d), uint8(l)
	c.decision, c.label = d, l
	m.relist(m.workers.id(i))
}

// returns takes in that a worker which was evicted takes work again.
func (m *Manager) returns(now core.Instant, i int, fx *core.Effects) {
	if m.health.cfg != nil {
		m.health.tracker.Returned(now, i)
		m.rate(now, i, fx)
	}
}

// bucket says how willingly a worker is used.
func (x *worker) bucket() dispatch.Bucket {
	switch d := x.decision; {
	case d > health.Investigate:
		return dispatch.BucketNone
	case d == health.Investigate, x.state == registry.WorkerDegraded:
		return dispatch.BucketDegraded
	}
	return dispatch.BucketHealthy
}

// weigh brings up to date what a worker may get that was chosen some time ago: one that was about to be given up may have been heard of since
// the last look, and it is decided so before it gets anything (I-H1).
func (m *Manager) weigh(now core.Instant, id core.NodeID, fx *core.Effects) {
	if m.health.cfg != nil {
		m.rate(now, int(id-m.workers.first), fx)
	}
}

// mayGet reports whether new work may go to a worker at this moment, a second after the last look at it perhaps (I-H1).
func (m *Manager) mayGet(now core.Instant, id core.NodeID) bool {
	if m.health.cfg == nil {
		return true
	}
	d, _ := m.health.tracker.Decide(now, int(id-m.workers.first))
	return d <= health.Investigate
}

// finished notes that a shard of a worker has ended. How long one took that somebody else handed out, or that ended before it was known to be
// accepted, is not known.
func (m *Manager) finished(now core.Instant, x *record, s *shard, b *job.WorkflowFinalResult) {
	w := m.workers.at(s.worker)
	w.moved = true
	if m.health.cfg == nil || b.Ended != job.EndedCompleted {
		return
	}
	w.completed++
	if s.state == shardAccepted && s.token.Epoch() == x.de {
		w.pace.Took(now.Sub(s.since), &m.health.cfg.Node)
	}
}

// memoryBytes returns the heap bytes beside h itself.
func (h *ward) memoryBytes() int {
	if h.cfg == nil {
		return 0
	}
	return h.tracker.MemoryBytes() + 8*cap(h.evict)
}
