package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// How the job ended in a datacenter (spec 20 §6.5, §8.1 step 6). The first word about a datacenter stands. It is answered
// when it is committed, for then its sender may forget it.

// onFinalStatus hears how the job ended in a datacenter.
func (g *Gate) onFinalStatus(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*jobtimeout.FinalStatus)
	x, s := g.spoken(now, m, b.Job, b.Site, b.DE, fx)
	if s == nil {
		return
	}
	if x.state.Terminal() {
		g.end(s, b.State)
		g.time.Final(now, x.id, s.id, b.State, fx)
		g.answer(m, x, call.Answer{Code: call.CodeAlreadyTerminal}, fx)
		g.settled(now, x, fx)
		return
	}
	if !g.end(s, b.State) {
		g.acknowledge(x, g.seq(x), m, fx)
		return
	}
	g.time.Final(now, x.id, s.id, b.State, fx)
	g.acknowledge(x, g.save(now, x, true, fx), m, fx)
	g.flowsOver(now, x, fx)
	g.review(now, x, fx)
}

// onFinalResult hears the same with all the data.
func (g *Gate) onFinalResult(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.FinalResult)
	x, s := g.spoken(now, m, b.Job, b.Site, b.DE, fx)
	if s == nil {
		return
	}
	fresh := g.end(s, b.State)
	g.time.Final(now, x.id, s.id, b.State, fx)
	if s.state == b.State && len(s.result) == 0 {
		core.Hold(b)
		s.result, fresh = []job.SiteFinal{b.SiteFinal}, true
		s.late = x.state.Terminal()
	}
	if x.state.Terminal() { // what comes late is kept, and changes nothing
		if fresh {
			g.save(now, x, false, fx)
		}
		g.answer(m, x, call.Answer{Code: call.CodeAlreadyTerminal}, fx)
		g.settled(now, x, fx)
		return
	}
	if !fresh {
		g.acknowledge(x, g.seq(x), m, fx)
		return
	}
	g.acknowledge(x, g.save(now, x, true, fx), m, fx)
	g.flowsOver(now, x, fx)
	g.review(now, x, fx)
}

// end notes how the job ended in a datacenter, and reports whether that is news.
func (g *Gate) end(s *site, to job.State) bool {
	if s.over() || !to.Terminal() {
		return false
	}
	s.state = to
	return true
}

// seq is the number of the entry as it was saved last.
func (g *Gate) seq(x *record) uint64 {
	if e := g.rep.Edit(x.id); e != nil {
		return e.Seq
	}
	return noSeq
}

// spoken finds the datacenter that a message is from, and answers if it has no say: the job is another gate's, its epoch is
// old, it is none of the job's datacenters, or a decision is on its way to a majority.
func (g *Gate) spoken(now core.Instant, m *core.Message, id job.ID, at uint16, de uint32, fx *core.Effects) (*record, *site) {
	x := g.records.by[id]
	switch {
	case x == nil:
		g.redirect(now, id, m, fx)
		return nil, nil
	case x.accepting || x.pending != job.StateNone:
		g.hold(x, m)
		return nil, nil
	}
	s := x.site(at)
	switch {
	case s == nil:
		g.answer(m, x, call.Answer{Code: call.CodeInvalid}, fx)
		return nil, nil
	case de < s.de:
		g.stale++
		g.answer(m, x, call.Stale(uint64(s.de)), fx)
		return nil, nil
	}
	if s.losing {
		g.hold(x, m)
		return nil, nil
	}
	if !s.target && !g.joins(now, x, s, m, de, fx) {
		g.say(m, call.Answer{Code: call.CodeAlreadyTerminal}, known{x.ge, job.StateCancelled, g.p.Self}, fx)
		return nil, nil
	}
	if de > s.de {
		g.rises(now, x, s, m, de, fx)
	}
	g.time.Heard(now, x.id, s.id, de, fx)
	return x, s
}

// rises takes in a message under a higher epoch of the datacenter. Who only tells an end need not lead.
func (g *Gate) rises(now core.Instant, x *record, s *site, m *core.Message, de uint32, fx *core.Effects) {
	if m.Kind == core.KindJobFinalResult {
		g.knownBy(now, x, s, m.From, de, fx)
	} else {
		g.ledBy(now, x, s, m.From, de, fx)
	}
}

// joins makes a datacenter that speaks of the job a target of it, while it may still be one: its answer was lost. If there is no
// place for it, it is one that may have to be stopped, and what it says is kept. Later it has missed its time: whoever was
// asked in its place runs the job, and this one is to stop (J17, 04-18). False: it is turned away.
func (g *Gate) joins(now core.Instant, x *record, s *site, m *core.Message, de uint32, fx *core.Effects) bool {
	if g.adoptee(now, x, s, m, de, fx) {
		return true
	}
	if x.state >= job.StateRunning || s.owed {
		return false
	}
	s.de, s.manager = de, m.From
	if !s.asking && !s.unknown && x.count(isTarget)+x.count(isAsked) >= x.want {
		s.unknown = true // it is heard, and has no place yet (04-18)
		return true
	}
	g.target(now, x, s, fx)
	return s.target
}
