package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/core/rng"
)

// How long jobs may take (spec 20 §6.5): core/jobtimeout says when one is to end, and when nothing was heard of a datacenter
// for too long. These files do what follows.

// beginTime prepares the tracker, whose looks have a phase of this gate's own.
func (g *Gate) beginTime(now core.Instant) {
	c := g.p.Timeout
	if c == nil {
		d := jobtimeout.Default()
		c = &d
	}
	draw := rng.New(g.p.Seed, "timeout.phase", g.p.Key, uint64(g.p.Instance))
	g.time.Init(g, jobtimeout.GateParams{
		Config: &c.Job, First: now.Add(core.Duration(float64(draw.Float64() * float64(c.Job.GateCheck)))), Keep: g.cfg.Retention.Tombstone,
	})
}

// startTime begins to track a job that runs from now on (G9).
func (g *Gate) startTime(now core.Instant, x *record, fx *core.Effects) {
	t := g.tracking(x)
	g.time.Start(now, &t, fx)
}

// heed stops the clocks of silence while this gate is so loaded that it sheds the reports it waits for (01-24).
func (g *Gate) heed(now core.Instant) {
	if g.p.Flow.State() >= core.LoadStressed {
		g.time.Hold(now)
	} else {
		g.time.Release(now)
	}
}

func (g *Gate) tracking(x *record) jobtimeout.GateTracking {
	t := jobtimeout.GateTracking{Job: x.id, Timeout: x.timeout, GE: x.ge}
	for i := range x.sites {
		if s := &x.sites[i]; s.target {
			t.Sites = append(t.Sites, partOf(s))
		}
	}
	return t
}

func partOf(s *site) jobtimeout.Part {
	return jobtimeout.Part{Site: s.id, Manager: s.manager, DE: s.de, State: s.state, TimedOut: s.timedOut}
}

// resumeTime goes on with a job that another gate led (U6). A decision that is pending is not taken again; of one that is
// committed the datacenters are told again.
func (g *Gate) resumeTime(now core.Instant, x *record, e *replica.Entry, fx *core.Effects) {
	over := x.state.Terminal()
	if x.state < job.StateRunning || over && x.state != job.StateTimeout {
		return
	}
	t, rule := g.tracking(x), jobtimeout.RuleNone
	t.Elapsed = now.Sub(x.begun)
	if len(e.Timeout) > 0 {
		s := &e.Timeout[0]
		t.Elapsed, rule, t.Extensions = s.Elapsed+max(0, e.Elapsed-s.Entry), s.Rule, s.Extensions
	} else {
		t.Adopted = true
	}
	g.time.Resume(now, &t, fx)
	if over || x.pending == job.StateTimeout {
		g.time.Deciding(x.id, rule)
	}
	if over {
		g.time.Declared(now, x.id, fx)
	}
}

// snapshotTime is what another gate needs for that.
func (g *Gate) snapshotTime(now core.Instant, x *record, e *replica.Entry) []jobtimeout.Snapshot {
	var s jobtimeout.Snapshot
	if !g.time.Snapshot(now, x.id, &s) {
		return nil
	}
	s.Gate, s.Entry = g.p.Self, e.Elapsed
	return []jobtimeout.Snapshot{s}
}

// retarget tells the tracker who leads a job in a datacenter, or that it is a target.
func (g *Gate) retarget(now core.Instant, x *record, s *site) {
	if s.target {
		p := partOf(s)
		g.time.Target(now, x.id, &p)
	}
}

// May implements jobtimeout.GateOwner.
func (g *Gate) May(now core.Instant, id job.ID) bool {
	x := g.led(id)
	return x != nil && x.state == job.StateRunning && x.pending == job.StateNone && g.rep.Valid(now, id)
}

// Decide implements jobtimeout.GateOwner: the job ends for all, with what is there.
func (g *Gate) Decide(now core.Instant, id job.ID, _ jobtimeout.Rule, fx *core.Effects) {
	x := g.led(id)
	_, c := x.outcome()
	g.decide(now, x, job.StateTimeout, c, fx)
}

// timeEnds begins to tell all datacenters that a job took too long, or ends the tracking of one that ended otherwise.
func (g *Gate) timeEnds(now core.Instant, x *record, fx *core.Effects) {
	if x.state == job.StateTimeout {
		g.time.Declared(now, x.id, fx)
	} else {
		g.time.Stop(x.id)
	}
}

// LoseSite implements jobtimeout.GateOwner: a datacenter's part has failed, for nothing was heard of it for too long. That is
// told to nobody, not to it either, before it is committed (04-30).
func (g *Gate) LoseSite(now core.Instant, id job.ID, at uint16, fx *core.Effects) {
	x := g.led(id)
	s := x.site(at)
	if s.over() || s.losing {
		return
	}
	s.losing, s.lostAt = true, noSeq
	s.lostAt = g.save(now, x, true, fx)
	g.sitesLost(now, x, fx)
}

// sitesLost applies the losses that are committed. The datacenter is to stop, should it be there after all (J31).
func (g *Gate) sitesLost(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.sites {
		s := &x.sites[i]
		if !s.losing || x.done < s.lostAt {
			continue
		}
		s.losing, s.lost = false, true
		g.end(s, job.StateFailed)
		x.errors = append(slices.Clip(x.errors), job.Failure{Site: s.id, Node: s.manager, Kind: job.ErrorOrphan})
		g.time.Final(now, x.id, s.id, s.state, fx)
		g.owe(now, x, s, fx)
		g.save(now, x, false, fx)
		g.flowsOver(now, x, fx)
		g.release(x)
		g.review(now, x, fx)
	}
}

// Managers implements jobtimeout.GateOwner.
func (g *Gate) Managers(site uint16) []core.NodeID {
	if int(site) < len(g.p.BySite) {
		return g.p.BySite[site]
	}
	return nil
}

// Send implements jobtimeout.GateOwner.
func (g *Gate) Send(now core.Instant, site uint16, to core.NodeID, b *jobtimeout.GlobalTimeout, fx *core.Effects) {
	g.calls.Go(now, to, core.KindJobGlobalTimeout, b, &g.how.command, call.Ticket{Op: opTimeout, N: uint32(site), Job: uint64(b.Job)}, fx)
}

// commanded hears what a manager says to that.
func (g *Gate) commanded(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	a, ok := o.Reply.(*jobtimeout.Ack)
	if !ok || !o.Answered {
		a = nil
	}
	g.time.Answered(now, x.id, uint16(o.N), o.From, a, fx)
}

// onProgressReport hears whether a job gets on in a datacenter.
func (g *Gate) onProgressReport(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*jobtimeout.ProgressReport)
	if x, s := g.spoken(now, m, b.Job, b.Site, b.DE, fx); s != nil {
		g.reply(now, x, s, m, g.time.OnProgress(now, b, fx), fx)
	}
}

// onTimeoutReport hears that it took too long there.
func (g *Gate) onTimeoutReport(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*jobtimeout.TimeoutReport)
	if x, s := g.spoken(now, m, b.Job, b.Site, b.DE, fx); s != nil {
		g.reply(now, x, s, m, g.time.OnTimeout(now, b, fx), fx)
	}
}

// reply answers a report. A datacenter whose part is over, or whose job is, learns how (J7).
func (g *Gate) reply(now core.Instant, x *record, s *site, m *core.Message, r jobtimeout.Reply, fx *core.Effects) {
	if p, ok := g.time.Part(x.id, s.id); ok {
		s.timedOut = p.TimedOut
	}
	if r.Grew {
		g.save(now, x, false, fx)
	}
	switch {
	case g.toldOnce(x.state):
		g.answer(m, x, call.Answer{}, fx)
	case x.state.Terminal():
		g.answerSpoken(m, x, fx)
	case s.over():
		g.say(m, call.Answer{Code: call.CodeAlreadyTerminal}, known{x.ge, s.state, g.p.Self}, fx)
	case r.Later:
		g.hold(x, m)
	default:
		g.answer(m, x, r.Answer, fx)
	}
}

// toldOnce reports whether datacenters learned that the job is over from one message, and learn it from no other (20/J7).
func (g *Gate) toldOnce(s job.State) bool {
	return s == job.StateTimeout && g.p.Timeout != nil && g.p.Timeout.Job.Commands == jobtimeout.CommandsOnce
}
