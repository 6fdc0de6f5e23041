package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/pressure"
	"hypersim/core/rng"
	"hypersim/core/statbuf"
)

// The statistics buffer of a manager, and what it tells its senders about it (AD-23, AD-37; spec 30 §5.2, §5.3, spec 02
// nos. 28–31). In a run that asks for no statistics nothing in the stats_ files happens: what is sent says nothing of
// pressure.

// stats is what a manager keeps of statistics.
type stats struct {
	on      bool
	buf     statbuf.Buffer
	pace    core.Duration // in which a worker reports
	keys    *pressure.Keys
	tick    core.Duration
	window  core.Duration
	seq     uint32 // of the last signal
	sources []told // by source
	windows []window
	pushing bool // a timer is armed for them
	batch   bool // what is taken in is recorded already
}

// told is the last update of a source that belongs to no job.
type told struct {
	source uint64
	from   core.NodeID
	life   uint32 // instance of the process that counts
	seq    uint32
}

// Stats are the keys of statistics.
type Stats struct {
	Buffer   *statbuf.Config
	Pressure *pressure.Keys
}

func (m *Manager) initStats() {
	k := m.p.Stats
	if k == nil {
		return
	}
	s := &m.stats
	s.on, s.keys, s.pace, s.tick, s.window = true, k.Pressure, m.cfg.Progress.Flush, k.Buffer.Stats.Tick, k.Buffer.Stats.Window
	s.buf.Init(k.Buffer)
}

func (m *Manager) beginStats(now core.Instant) {
	if !m.stats.on {
		return
	}
	draw := rng.New(m.p.Seed, "manager.stats", m.p.Key, uint64(m.p.Instance))
	m.timers.Arm(timer{at: now.Add(core.Duration(float64(draw.Float64() * float64(m.stats.tick)))), kind: timerStats})
}

// fireStats does what is due of statistics.
func (m *Manager) fireStats(now core.Instant, t timer, fx *core.Effects) {
	if t.kind == timerWindow {
		m.pushWindows(now, fx)
		return
	}
	b := &m.stats.buf
	before := b.Level()
	b.Tick(now)
	m.fit()
	m.bufferFact(before, fx)
	m.timers.Arm(timer{at: now.Add(m.stats.tick), kind: timerStats})
}

// fit makes the buffer as large as the shards of led jobs need, and what arrives (spec 02 no. 29).
func (m *Manager) fit() {
	active := 0
	for i := range m.workers.list {
		active += len(m.workers.list[i].runs)
	}
	m.stats.buf.Fit(active, m.stats.pace)
}

func (m *Manager) bufferFact(before job.Pressure, fx *core.Effects) {
	b := &m.stats.buf
	f := fx.JobFact(core.JobFactBuffer)
	f.Node, f.From, f.To = m.p.Self, uint8(before), uint8(b.Level())
	f.Put("hot", int64(b.Len())).Put("capacity", int64(b.Capacity()))
}

// record keeps a record, and reports whether it did. What is critical may mean that there are more shards than before.
func (m *Manager) record(now core.Instant, r *entry, fx *core.Effects) bool {
	b := &m.stats.buf
	if r.critical {
		m.fit()
	}
	before := b.Level()
	out := b.Record(now, r.value, r.critical)
	f := fx.JobFact(core.JobFactRecord)
	f.Job, f.Workflow, f.Node, f.From, f.To, f.Code = uint64(r.job), uint64(r.workflow), r.from, uint8(before), uint8(b.Level()), uint8(out)
	if r.critical {
		f.Shard = 1
	}
	f.Put("hot", int64(b.Len())).Put("capacity", int64(b.Capacity()))
	return out != statbuf.Dropped
}

// entry is a record that is to be kept.
type entry struct {
	from     core.NodeID
	job      job.ID // 0: it belongs to none
	workflow job.WorkflowID
	value    float64
	critical bool
}

// takesIn reports whether the report of a shard is taken in: at REJECT one is dropped that says nothing that this manager has
// to know. That much the manager sees by itself: it is the first of the shard, more cores came back, or more failed.
func (m *Manager) takesIn(now core.Instant, s *shard, p *job.ShardProgress, fx *core.Effects) bool {
	if !m.stats.on || m.stats.batch {
		return true
	}
	r := entry{from: s.worker, job: p.Job, workflow: p.Workflow, value: p.Rate, critical: newsworthy(s, p)}
	return m.record(now, &r, fx)
}

// newsworthy reports whether a report is critical.
func newsworthy(s *shard, p *job.ShardProgress) bool {
	return s.seq == 0 || p.CoresDone > s.given || p.Failed > s.bad
}

// signal says how this manager is; each signal has a number of its own, and a later process of the manager a greater epoch.
func (m *Manager) signal(b *job.Backpressure) {
	if !m.stats.on {
		return
	}
	m.stats.seq++
	*b = m.stats.keys.Signal(m.stats.buf.Level())
	b.Epoch, b.Seq = m.p.Instance, m.stats.seq
}

// Pressure returns the level of this manager's statistics.
func (m *Manager) Pressure() job.Pressure { return m.stats.buf.Level() }

// onBatch takes in how far several shards of a job are. They are one record, whose value is their rate, and it is critical
// if any of them is: a record that is kept loses nothing of what it stands for (30/D29).
func (m *Manager) onBatch(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.ProgressBatch)
	reply := m.calls.Respond(fx, msg, core.KindJobProgressBatchAck)
	out := core.Attach[job.ProgressBatchAck](fx, reply)
	kept := m.keepsBatch(now, msg.From, b, fx)
	m.stats.batch = true
	for i := range b.Entries {
		code := call.CodeOK
		if kept {
			code, _ = m.progress(now, msg.From, &b.Entries[i], fx)
		}
		if code == call.CodeUnknownJob {
			out.Code = code
		}
		out.Codes = append(out.Codes, code)
	}
	m.stats.batch = false
	m.describe(now, msg.From, b.Job, &out.ManagerAck)
	for i, code := range out.Codes {
		if code == call.CodeUnknownJob { // another one may have it
			out.Codes[i] = out.Code
		}
	}
}

// keepsBatch records a batch of which something counts, and reports whether it is taken in.
func (m *Manager) keepsBatch(now core.Instant, from core.NodeID, b *job.ProgressBatch, fx *core.Effects) bool {
	if !m.stats.on {
		return true
	}
	r := entry{from: from, job: b.Job}
	counts := false
	for i := range b.Entries {
		p := &b.Entries[i]
		x, k, code := m.about(now, p.Job, p.Workflow)
		if code != call.CodeOK {
			continue
		}
		if s := x.flows[k].find(p.Token); s != nil && s.worker == from && p.Seq > s.seq {
			counts = true
			r.value += p.Rate
			r.critical = r.critical || newsworthy(s, p)
		}
	}
	return !counts || m.record(now, &r, fx)
}

// onProbe answers a worker that keeps something back.
func (m *Manager) onProbe(now core.Instant, msg *core.Message, fx *core.Effects) {
	reply := m.calls.Respond(fx, msg, core.KindProgressProbeAck)
	m.describe(now, msg.From, 0, &core.Attach[job.WorkflowProgressAck](fx, reply).ManagerAck)
}

// onUpdate takes in statistics that belong to no job.
func (m *Manager) onUpdate(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.StatsUpdate)
	reply := m.calls.Respond(fx, msg, core.KindStatsUpdateAck)
	out := core.Attach[job.WorkflowProgressAck](fx, reply)
	if m.stats.on && m.newer(msg, b) {
		m.record(now, &entry{from: msg.From, value: b.Value, critical: b.Critical}, fx)
	} else {
		out.Code = call.CodeDuplicate
	}
	m.describe(now, msg.From, 0, &out.ManagerAck)
}

// newer notes the number of an update, and reports whether it is above those before it. A process counts anew; what an earlier one
// of its node still has on the way is late.
func (m *Manager) newer(msg *core.Message, b *job.StatsUpdate) bool {
	list := m.stats.sources
	i := slices.IndexFunc(list, func(t told) bool { return t.source == b.Source && t.from == msg.From })
	if i < 0 {
		m.stats.sources = append(list, told{source: b.Source, from: msg.From, life: msg.Instance, seq: b.Seq})
		return true
	}
	t := &list[i]
	if msg.Instance < t.life || msg.Instance == t.life && b.Seq <= t.seq {
		return false
	}
	t.life, t.seq = msg.Instance, b.Seq
	return true
}

// describe says who answers, who leads a job, and how this manager is.
func (m *Manager) describe(now core.Instant, to core.NodeID, j job.ID, out *job.ManagerAck) {
	out.Manager, out.Leads, out.JobLeader = m.p.Self, true, core.NoNode
	out.Managers = append(out.Managers, m.p.Self)
	m.signalTo(to, &out.Backpressure)
	if j == 0 {
		return
	}
	if x := m.records.by[j]; x != nil {
		out.JobLeader, out.DE = m.p.Self, x.de
	} else if g, ok := m.rep.Tombstone(now, j); ok {
		out.DE = g.Epoch
	} else if e := m.endedReplica(now, j); e != nil {
		out.DE = e.Epoch
	} else {
		m.elsewhere(j, &out.Answer)
	}
}
