package jobtimeout

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Reply is what a gate answers to a message of AD-34.
type Reply struct {
	Answer call.Answer
	State  job.State // goes with ALREADY_TERMINAL
	DE     uint32    // that is known now
	Later  bool      // a decision is pending: the answer follows its commit (03-13)
	Grew   bool      // the job has more time: a successor must not know of less (04-38)

	// The machine cannot say: the job is not tracked, or this datacenter is none of its targets (04-18). The role answers
	// from its records.
	Unknown, Stranger bool
}

// said is what every message of a datacenter's leader says of itself.
type said struct {
	job  job.ID
	site uint16
	from core.NodeID
	de   uint32
}

// take applies the rule of tokens (spec 20 §0), and answers what does not depend on the kind of message. The part is nil
// where nothing is to be changed.
func (g *Gate) take(now core.Instant, s said, r *Reply, fx *core.Effects) (*judged, *part) {
	t, p := g.part(s.job, s.site)
	if r.Unknown, r.Stranger = t == nil, t != nil && p == nil; p == nil {
		return t, nil
	}
	r.DE = p.de
	switch {
	case s.de < p.de:
		r.Answer = call.Stale(uint64(p.de))
		return t, nil
	case s.de == p.de && p.manager != core.NoNode && p.manager != s.from:
		g.Conflicts++
		r.Answer = call.Stale(uint64(p.de))
		return t, nil
	case s.de > p.de:
		p.seq = 0
	}
	p.de, p.manager, p.to, r.DE = s.de, s.from, s.from, s.de
	g.hear(now, t, p, fx)
	switch {
	case t.deciding:
		r.Later = true
	case t.stopped:
		r.Answer.Code, r.State = call.CodeAlreadyTerminal, job.StateTimeout
	case !p.live():
		r.Answer.Code, r.State = call.CodeAlreadyTerminal, p.state
	}
	return t, p
}

// hear notes that the datacenter is there. After a silence that is progress, for it may have got on all the while (01-23).
func (g *Gate) hear(now core.Instant, t *judged, p *part, fx *core.Effects) {
	if p.silent && !p.losing {
		p.silent = false
		p.progress = now
		g.timeoutFact(now, t, p, EventHeard, 0, fx)
	}
	p.heard = now
}

// OnProgress takes in a progress report.
func (g *Gate) OnProgress(now core.Instant, b *ProgressReport, fx *core.Effects) (r Reply) {
	t, p := g.take(now, said{job: b.Job, site: b.Site, from: b.Manager, de: b.DE}, &r, fx)
	if p == nil {
		return r
	}
	if b.Seq > p.seq && p.live() && !t.stopped {
		p.seq = b.Seq
		if b.Recent {
			p.progress = now // by receipt, never by the sender's clock
		}
		r.Grew = g.grew(now, t, p, b.Extensions, b.MaxExtension, fx)
		p.extend(now, b.Extended)
		if b.TimedOut && !p.timedOut {
			p.local = now
		}
		p.timedOut = b.TimedOut
		g.counted(t, p)
	}
	g.arm(t)
	return r
}

// grew takes in the sums of what was granted in a datacenter, which never fall (I-JT4), and reports whether they are greater than was known.
func (g *Gate) grew(now core.Instant, t *judged, p *part, total, most core.Duration, fx *core.Effects) bool {
	p.told = true
	if total <= p.total && most <= p.most {
		return false
	}
	p.total, p.most = max(p.total, total), max(p.most, most)
	g.deadlineFact(now, t, EventExtension, fx)
	return true
}

// Offered takes in the sums that a datacenter names which offers the job.
func (g *Gate) Offered(now core.Instant, id job.ID, site uint16, s *Snapshot, fx *core.Effects) {
	if t, p := g.part(id, site); p != nil && !t.stopped {
		g.grew(now, t, p, s.Extensions, s.MaxExtension, fx)
		g.arm(t)
	}
}

// OnTimeout takes in a timeout report. A repeat changes nothing.
func (g *Gate) OnTimeout(now core.Instant, b *TimeoutReport, fx *core.Effects) (r Reply) {
	t, p := g.take(now, said{job: b.Job, site: b.Site, from: b.Manager, de: b.DE}, &r, fx)
	if p == nil {
		return r
	}
	if b.Seq > p.seq && p.live() && !t.stopped {
		p.seq = b.Seq
		p.extend(now, b.Extended)
		if !p.timedOut {
			p.timedOut, p.local = true, p.ideal(now, t, b, g.cfg)
		}
		g.counted(t, p)
	}
	g.arm(t)
	return r
}

// extend notes how many workers have an extension.
func (p *part) extend(now core.Instant, n uint32) {
	if p.extended > 0 && n == 0 {
		p.freed = now
	}
	p.extended = n
}

// ideal is when a datacenter could have found out at the earliest, as far as a gate can tell.
func (p *part) ideal(now core.Instant, t *judged, b *TimeoutReport, c *Job) core.Instant {
	ext := p.total
	if c.ExtensionRule == ExtensionMaxWorker {
		ext = p.most
	}
	if b.Kind == KindOverall {
		return min(now, now.Add(-(b.Elapsed - t.timeout - ext)))
	}
	return min(now, p.progress.Add(c.Stuck))
}

// OnTransfer takes in who leads the job in a datacenter from now on. One who comes after the end is told at once, under the
// epoch that counts.
func (g *Gate) OnTransfer(now core.Instant, b *LeaderTransfer, fx *core.Effects) (r Reply) {
	_, before := g.part(b.Job, b.Site)
	known := before != nil && before.de == b.DE && before.manager == b.Leader
	t, p := g.take(now, said{job: b.Job, site: b.Site, from: b.Leader, de: b.DE}, &r, fx)
	if p == nil {
		return r
	}
	switch {
	case known && r.Answer.Code == call.CodeOK && !r.Later:
		r.Answer.Code = call.CodeDuplicate
	case known:
	case t.stopped && !p.settled:
		g.command(now, t, p, fx)
	case p.live():
		p.progress, p.timedOut = now, false
		g.counted(t, p)
	}
	g.arm(t)
	return r
}
