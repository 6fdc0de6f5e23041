package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// onJobCancel stops a job (spec 20 §7.1 phase 2).
func (g *Gate) onJobCancel(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*cancel.JobRequest)
	x := g.records.by[b.Job]
	if x != nil && !x.accepting && b.GE > x.ge { // its sender has heard of a later leader: this one is none any more (03-12)
		g.rep.Learn(now, &replica.Head{Job: b.Job, Epoch: b.GE, Holder: core.NoNode}, fx)
		x = g.records.by[b.Job]
	}
	switch {
	case x == nil:
		g.cancelElsewhere(now, m, b, fx)
	case x.accepting || x.pending != job.StateNone:
		g.hold(x, m)
	default:
		g.cancelJob(now, x, m, b, fx)
	}
}

// cancelElsewhere answers for a job that this gate does not lead. What it cannot answer for good it keeps in mind: it
// accepts no such job, and whoever takes it over hears of the cancel (04-47). A job that nobody knows becomes a tombstone,
// which is named to nobody before a majority has it (04-15).
func (g *Gate) cancelElsewhere(now core.Instant, m *core.Message, b *cancel.JobRequest, fx *core.Effects) {
	a, k := g.elsewhere(now, b.Job)
	if u := g.burying(b.Job); u != nil {
		u.hold(m)
		return
	}
	if a.Code == call.CodeUnknownJob {
		g.burials = append(g.burials, burial{id: b.Job})
		g.burials[len(g.burials)-1].hold(m)
		if !g.rep.Bury(now, b.Job, job.StateCancelled, fx) {
			g.Buried(now, b.Job, false, fx)
		}
		return
	}
	if a.Code != call.CodeAlreadyTerminal {
		g.rep.Remember(now, b.Job)
	}
	g.say(m, a, k, fx)
}

// burial is a tombstone on its way to a majority, and who waits for it.
type burial struct {
	id   job.ID
	held []core.Message
}

func (u *burial) hold(m *core.Message) {
	core.Hold(m.Body)
	for i := range u.held {
		if h := &u.held[i]; h.From == m.From && h.Instance == m.Instance {
			*h = *m
			return
		}
	}
	u.held = append(u.held, *m)
}

// burying returns the tombstone of a job that is on its way, nil if there is none.
func (g *Gate) burying(id job.ID) *burial {
	if i := slices.IndexFunc(g.burials, func(u burial) bool { return u.id == id }); i >= 0 {
		return &g.burials[i]
	}
	return nil
}

// Buried implements replica.Owner: the cancel of a job that nobody knew is done, or is only kept in mind (04-46). It may be
// that somebody knew how the job had ended.
func (g *Gate) Buried(now core.Instant, id job.ID, committed bool, fx *core.Effects) {
	i := slices.IndexFunc(g.burials, func(u burial) bool { return u.id == id })
	if i < 0 {
		return
	}
	held := g.burials[i].held
	g.burials = slices.Delete(g.burials, i, i+1)
	a, k := call.Answer{Code: call.CodeNoQuorum}, known{leader: core.NoNode}
	if t, dead := g.rep.Tombstone(now, id); dead && committed {
		a, k.state = call.Answer{}, t.State
		if t.State != job.StateCancelled {
			a.Code = call.CodeAlreadyTerminal
		}
	}
	for i := range held {
		g.say(&held[i], a, k, fx)
	}
}

// cancelJob stops a job that this gate leads.
func (g *Gate) cancelJob(now core.Instant, x *record, m *core.Message, b *cancel.JobRequest, fx *core.Effects) {
	switch {
	case b.GE != 0 && b.GE < x.ge:
		g.answer(m, x, call.Stale(uint64(x.ge)), fx)
		return
	case x.state.Terminal():
		g.answer(m, x, call.Answer{Code: call.CodeAlreadyTerminal}, fx)
		return
	case x.state == job.StateCompleting: // too late, and how it ends is not known yet (04-32)
		g.hold(x, m)
		return
	case x.state == job.StateCancelling:
		g.cancelAnswer(m, x, call.CodeDuplicate, fx)
		return
	case !g.rep.Valid(now, x.id): // it begins when the lease is back, here or elsewhere
		g.wanted(now, x, m)
		g.answer(m, x, call.Answer{Code: call.CodeLeaseLost}, fx)
		return
	}
	g.stopJob(now, x, fx)
	g.cancelAnswer(m, x, call.CodeOK, fx)
}

// wanted keeps a cancel in mind that cannot be answered for good: this gate begins with it when it may, or whoever takes the
// job over (04-47). Other requests are for those who ask to repeat.
func (g *Gate) wanted(now core.Instant, x *record, m *core.Message) {
	if m.Kind == core.KindJobCancelRequest {
		x.cancelWanted = true
		g.rep.Remember(now, x.id)
	}
}

// cancelAnswer says that the job is being stopped, and how many workflows that concerns.
func (g *Gate) cancelAnswer(m *core.Message, x *record, c call.Code, fx *core.Effects) {
	r := core.Attach[cancel.JobResponse](fx, g.calls.Respond(fx, m, core.KindJobCancelResponse))
	r.Code, r.Job, r.Success, r.Cancelled, r.State = c, x.id, true, x.flows, job.StateCancelling
}

// stopJob begins to stop a job: in its datacenters, and in those that may have it (J42).
func (g *Gate) stopJob(now core.Instant, x *record, fx *core.Effects) {
	f := fx.JobFact(core.JobFactCancel)
	f.Job, f.Epoch = uint64(x.id), x.ge
	f.Put("workflows", int64(x.flows))
	g.setState(now, x, job.StateCancelling, fx)
	g.stopAsking(x)
	g.wait(now, x, g.cfg.Cancel.GateWait)
	for i := range x.sites {
		if s := &x.sites[i]; isOpen(s) || s.unknown || x.taken && !s.target && !s.never {
			g.owe(now, x, s, fx)
		}
	}
	g.save(now, x, true, fx)
	g.review(now, x, fx)
}

// stopAsking ends the dispatch of a job. Who is being asked may have accepted.
func (g *Gate) stopAsking(x *record) {
	g.calls.Cancel(opSubmit, uint64(x.id))
	x.waiting, x.inRound = false, false
	for i := range x.sites {
		if s := &x.sites[i]; s.asking {
			s.asking, s.unknown = false, true
			s.attempt++
		}
	}
}

// onStopped hears that nothing of a cancelled job runs in a datacenter any more. How it ended there comes by itself. Its
// sender may forget it when a majority has it: whoever takes the job over tells the client the same (I-JC2).
func (g *Gate) onStopped(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*cancel.JobComplete)
	x, s := g.spoken(now, m, b.Job, b.Site, b.Epoch, fx)
	if s == nil {
		return
	}
	switch {
	case x.state.Terminal(): // the client was told without it
		g.answer(m, x, call.Answer{}, fx)
	case s.counted:
		g.acknowledge(x, g.seq(x), m, fx)
	default:
		s.counted, s.stopped = true, tallied{b.Cancelled, b.Total}
		x.errors = append(slices.Clip(x.errors), b.Errors...)
		g.acknowledge(x, g.save(now, x, false, fx), m, fx)
	}
}

// pushCancelled tells a client, once, that nothing of its cancelled job runs any more, as far as is known, and where
// nobody said so (J44).
func (g *Gate) pushCancelled(now core.Instant, x *record, fx *core.Effects) {
	if x.client == core.NoNode {
		return
	}
	b := call.Make[cancel.JobComplete](fx, core.KindJobCancellationComplete)
	b.Job, b.Site, b.Success, b.Epoch, b.Elapsed = x.id, job.NoSite, true, x.ge, now.Sub(x.begun)
	b.Errors = append(b.Errors, x.errors...)
	for i := range x.sites {
		s := &x.sites[i]
		b.Cancelled += s.stopped.cancelled
		b.Total += s.stopped.total
		if isOpen(s) {
			b.Success = false
			b.Errors = append(b.Errors, job.Failure{Site: s.id, Node: core.NoNode, Kind: job.ErrorCancelled})
		}
	}
	b.Total = max(b.Total, x.flows)
	g.push(now, x, core.KindJobCancellationComplete, b, opPush, fx)
}
