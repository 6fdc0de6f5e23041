package metrics

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/statbuf"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Pressure is where a node stood with statistics at one instant: a manager with its buffer, a worker with what it goes by,
// a gate with a datacenter.
type Pressure struct {
	At    core.Instant
	Node  core.NodeID
	Site  int16 // of a gate: the datacenter; else −1
	Level job.Pressure
	Fill  float64       // of a manager; else −1
	Delay core.Duration // that is asked for, as far as the node knows; a manager asks, and does not know
}

var _ = record(func(r *Recorder, on *hooks) {
	p := &pressures{Recorder: r, own: map[levelKey]*level{}, flushed: map[laneKey]core.Instant{}, records: map[recordKey]uint32{}, updates: map[core.NodeID]uint32{}, jobs: map[uint64]int32{}}
	on.job(p.submitted, trace.JobSubmitted)
	on.jobFact(p.recorded, core.JobFactRecord)
	on.jobFact(p.ticked, core.JobFactBuffer)
	on.jobFact(p.viewed, core.JobFactPressure)
	on.jobFact(p.flush, core.JobFactFlush)
	on.jobFact(p.passed, core.JobFactForward)
	for _, k := range []core.Kind{core.KindWorkflowProgress, core.KindJobProgressBatch, core.KindStatsUpdate, core.KindProgressProbe, core.KindWindowedStatsPush} {
		on.delivered[k] = append(on.delivered[k], p.update)
	}
	on.sampled = append(on.sampled, p.sample)
	on.ended = append(on.ended, p.gone)
	on.finished = append(on.finished, p.finish)
}, words.StatsRecords, words.StatsFill, words.BackpressureLevel, words.LevelShare, words.LevelReached, words.LevelCleared, words.LevelPeriod,
	words.LevelChanges, words.FlushInterval, words.StatsUpdates, words.StatsForwards)

var _ = reads("level", func(_ *Result, o *Observation) string { return words.Pressures[o.Type] })

// pressures follows the levels of managers, workers and gates.
type pressures struct {
	*Recorder
	own     map[levelKey]*level
	order   []*level // in the order in which they were first heard of
	flushed map[laneKey]core.Instant
	records map[recordKey]uint32 // in this sample
	updates map[core.NodeID]uint32
	jobs    map[uint64]int32
	asked   bool // the run asks for statistics
}

// levelKey names a level: a manager's own or a worker's, or with a site what a gate holds of a datacenter.
type levelKey struct {
	node core.NodeID
	site int16
}

type laneKey struct{ node, to core.NodeID }

type recordKey struct {
	node core.NodeID
	out  statbuf.Outcome
}

// level is what became of one.
type level struct {
	levelKey
	at      job.Pressure
	since   core.Instant
	spent   [job.NumPressures]core.Duration // of the measured time
	entered [job.NumPressures]core.Instant  // last, from below; Never: not yet
	changes []core.Instant                  // of the last minute
	over    bool                            // its process is gone
}

func (p *pressures) submitted(rec *trace.JobRecord) {
	if n := len(p.res.Jobs); n > 0 && uint64(p.res.Jobs[n-1].ID) == rec.Fact.Job {
		p.jobs[rec.Fact.Job] = int32(n - 1)
	}
}

func (p *pressures) levelOf(now core.Instant, key levelKey) *level {
	x := p.own[key]
	if x == nil {
		x = &level{levelKey: key, since: max(now, core.Instant(p.ctx.Warmup))}
		for l := range x.entered {
			x.entered[l] = core.Never
		}
		p.own[key], p.order = x, append(p.order, x)
	}
	x.over = false
	return x
}

// spend adds the time up to now to the level that x is at.
func (p *pressures) spend(now core.Instant, x *level) {
	if now > x.since {
		x.spent[x.at] += now.Sub(x.since)
		x.since = now
	}
}

// moved takes that a level changed.
func (p *pressures) moved(now core.Instant, x *level, to job.Pressure) {
	if x.at == to {
		return
	}
	p.spend(now, x)
	from := x.at
	x.at = to
	const minute = 60e9
	n := 0
	for _, at := range x.changes {
		if now.Sub(at) < minute {
			x.changes[n] = at
			n++
		}
	}
	x.changes = append(x.changes[:n], now)
	p.drawn(now, x)
	if x.site >= 0 { // what a gate holds of a datacenter is drawn, and told in the table
		for l := from + 1; l <= to; l++ {
			p.tell(words.LevelReached, now, seconds(core.Duration(now)), x, l)
		}
		return
	}
	p.tell(words.LevelChanges, now, float64(len(x.changes)), x, to)
	if to == job.PressureNone {
		p.tell(words.LevelCleared, now, seconds(core.Duration(now)), x, to)
	}
	for l := from + 1; l <= to; l++ { // it goes through those between
		p.tell(words.LevelReached, now, seconds(core.Duration(now)), x, l)
		if last := x.entered[l]; last != core.Never {
			p.tell(words.LevelPeriod, now, seconds(now.Sub(last)), x, l)
		}
		x.entered[l] = now
	}
}

func (p *pressures) drawn(now core.Instant, x *level) {
	n := &p.ctx.Nodes[x.node]
	text := labels("node", n.Name, "role", n.Role.String())
	if x.site >= 0 {
		text = labels("node", n.Name, "role", n.Role.String()) + ";" + labels("dc", p.sites[x.site])
	}
	p.point(now, words.BackpressureLevel, text, float64(x.at))
}

func (p *pressures) tell(m words.Metric, now core.Instant, v float64, x *level, l job.Pressure) {
	o := p.about(m, now, v, x.node, core.NoNode)
	o.Type = uint8(l)
	p.keep(&o)
}

func (p *pressures) row(x Pressure) {
	if len(p.res.Pressures) >= p.ctx.MaxRows {
		p.res.TruncatedRows++
		return
	}
	p.res.Pressures = append(p.res.Pressures, x)
}

// recorded takes that a manager was given a record.
func (p *pressures) recorded(rec *trace.JobRecord) {
	p.asked = true
	f := &rec.Fact
	p.records[recordKey{rec.Node, statbuf.Outcome(f.Code)}]++
	x := p.levelOf(rec.At, levelKey{rec.Node, -1})
	if to := job.Pressure(f.To); to != x.at {
		p.moved(rec.At, x, to)
		p.row(Pressure{At: rec.At, Node: rec.Node, Site: -1, Level: to, Fill: fillOf(f)})
	}
}

func fillOf(f *core.JobFact) float64 {
	return float64(f.Get("hot")) / float64(max(1, f.Get("capacity")))
}

// ticked takes that a manager let go of what was old.
func (p *pressures) ticked(rec *trace.JobRecord) {
	p.asked = true
	f, x := &rec.Fact, p.levelOf(rec.At, levelKey{rec.Node, -1})
	p.moved(rec.At, x, job.Pressure(f.To))
	o := p.about(words.StatsFill, rec.At, fillOf(f), rec.Node, core.NoNode)
	p.keep(&o)
	p.point(rec.At, words.StatsFill, labels("node", p.ctx.Nodes[rec.Node].Name), fillOf(f))
	p.row(Pressure{At: rec.At, Node: rec.Node, Site: -1, Level: x.at, Fill: fillOf(f)})
}

// viewed takes that a worker or a gate goes by another level.
func (p *pressures) viewed(rec *trace.JobRecord) {
	f := &rec.Fact
	x := p.levelOf(rec.At, levelKey{rec.Node, int16(f.Get("site"))})
	p.moved(rec.At, x, job.Pressure(f.To))
	p.row(Pressure{At: rec.At, Node: rec.Node, Site: x.site, Level: x.at, Fill: -1, Delay: core.Duration(f.Get("delay"))})
}

func (p *pressures) flush(rec *trace.JobRecord) {
	f, now := &rec.Fact, rec.At
	p.levelOf(now, levelKey{rec.Node, -1}) // it takes part, whatever it hears
	key := laneKey{rec.Node, f.Node}
	if last, ok := p.flushed[key]; ok {
		o := p.about(words.FlushInterval, now, seconds(now.Sub(last)), rec.Node, core.NoNode)
		o.Type = f.From
		p.keep(&o)
	}
	p.flushed[key] = now
}

func (p *pressures) passed(rec *trace.JobRecord) {
	o := p.about(words.StatsForwards, rec.At, 1, rec.Node, core.NoNode)
	o.Type, o.SiteA = rec.Fact.To, int16(rec.Fact.Get("site"))
	p.keep(&o)
}

// update takes that something of statistics reached a manager.
func (p *pressures) update(rec *trace.Record) {
	if p.roles[rec.Node] == core.RoleManager && p.asked {
		p.updates[rec.Node]++
	}
}

// sample tells of what was counted since the last one.
func (p *pressures) sample(now core.Instant, _ Probe) {
	if !p.asked {
		return
	}
	for id := range p.ctx.Nodes {
		if n := core.NodeID(id); p.roles[n] == core.RoleManager {
			p.counted(now, n)
		}
	}
}

func (p *pressures) counted(now core.Instant, n core.NodeID) {
	for out := range statbuf.Outcome(statbuf.NumOutcomes) {
		key := recordKey{n, out}
		count := p.records[key]
		if count == 0 {
			continue
		}
		delete(p.records, key)
		o := p.about(words.StatsRecords, now, float64(count), n, core.NoNode)
		o.Type = uint8(out)
		p.keep(&o)
	}
	if count := p.updates[n]; count > 0 {
		delete(p.updates, n)
		o := p.about(words.StatsUpdates, now, float64(count), core.NoNode, n)
		p.keep(&o)
	}
}

// gone takes that a process ended: its level is no more, and a new one begins at NONE.
func (p *pressures) gone(now core.Instant, n core.NodeID) {
	for _, x := range p.order {
		if x.node == n && !x.over {
			p.spend(now, x)
			x.over = true
			if x.at != job.PressureNone {
				x.at = job.PressureNone
				p.drawn(now, x)
			}
		}
	}
}

func (p *pressures) finish(end core.Instant) {
	p.sample(end, nil)
	for _, x := range p.order {
		if !x.over {
			p.spend(end, x)
		}
		total := core.Duration(0)
		for _, d := range x.spent {
			total += d
		}
		if total == 0 || x.site >= 0 {
			continue
		}
		for l, d := range x.spent {
			p.tell(words.LevelShare, end, float64(d)/float64(total), x, job.Pressure(l))
		}
		if x.at != job.PressureNone && !x.over {
			p.tell(words.LevelCleared, end, seconds(core.Duration(end)), x, x.at)
		}
	}
}
