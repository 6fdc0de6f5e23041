package gate

import (
	"cmp"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/core/routing"
	"hypersim/core/workflow"
)

// onSubmission makes a submission a job here, or says why not (spec 20 §4.1 G2–G7).
func (g *Gate) onSubmission(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.Submission)
	if c := g.meet(m, &b.Versions, fx); c != call.CodeOK {
		g.say(m, call.Answer{Code: c}, known{leader: core.NoNode}, fx)
		return
	}
	if x := g.records.by[b.Job]; x != nil {
		g.repeated(x, m, b, fx)
		return
	}
	a, k := g.elsewhere(now, b.Job)
	if a.Code == call.CodeUnknownJob {
		a = g.fit(now, m, b)
	} else {
		a = g.knownJob(b, a, k.state)
	}
	if a.Code != call.CodeOK {
		g.say(m, a, k, fx)
		return
	}
	g.accept(now, m, b, fx)
}

// repeated answers a submission of a job that this gate leads, or is about to (04-13).
func (g *Gate) repeated(x *record, m *core.Message, b *job.Submission, fx *core.Effects) {
	switch {
	case x.digest != b.Digest && x.digest != 0: // 0: over, and taken over since
		g.answer(m, x, call.Answer{Code: call.CodeInvalid}, fx)
	case x.accepting:
		g.hold(x, m)
	default:
		g.answer(m, x, call.Answer{Code: call.CodeDuplicate}, fx)
	}
}

// knownJob answers a submission of a job that another gate leads, or that is over. One whose holder is not known to have
// committed it is for the holder to speak of.
func (g *Gate) knownJob(b *job.Submission, a call.Answer, s job.State) call.Answer {
	e := g.rep.View(b.Job)
	switch {
	case e == nil:
		if a.Code == call.CodeAlreadyTerminal && s != job.StateCancelled { // a tombstone of a cancel may be all there ever was
			return call.Answer{Code: call.CodeDuplicate}
		}
		return a
	case len(e.Submission) > 0 && e.Submission[0].Digest != b.Digest:
		return call.Answer{Code: call.CodeInvalid}
	case a.Code == call.CodeAlreadyTerminal, e.Reason != replica.ReasonAccept && a.Leader != core.NoNode:
		return call.Answer{Code: call.CodeDuplicate}
	}
	return a
}

// fit says whether a job that nobody knows can be taken here (G3–G5).
func (g *Gate) fit(now core.Instant, m *core.Message, b *job.Submission) call.Answer {
	switch {
	case g.draining:
		return call.Answer{Code: call.CodeDraining}
	case g.burying(b.Job) != nil || !g.quorum():
		return call.Answer{Code: call.CodeNoQuorum}
	case g.walk.Size(m, g.p.Book) > g.cfg.Submit.MaxBytes:
		return call.Answer{Code: call.CodeTooLarge}
	case !g.sound(b):
		return call.Answer{Code: call.CodeInvalid}
	}
	if o := g.ring.Owner(b.Job); b.Redirects == 0 && o != g.p.Self && g.p.Members.State(o) == core.StateOK && !g.back.Away(o) {
		return call.NotLeader(o)
	}
	return g.room(now, b)
}

// sound reports whether a job can be run at all: its workflows make sense, and there are the datacenters that it names.
func (g *Gate) sound(b *job.Submission) bool {
	return workflow.Valid(&b.Spec) && g.namesSites(b.Datacenters) && g.namesSites(b.Preferred)
}

// room says whether there is a datacenter for the job now, and whether it is worth while to ask the other gates.
func (g *Gate) room(now core.Instant, b *job.Submission) call.Answer {
	switch g.routable(now, b) {
	case routing.Initializing:
		return call.Busy(g.keys.Again, call.ReasonNotReady)
	case routing.NoUsable:
		return call.Answer{Code: call.CodeNoDatacenter}
	default:
		return g.mayCommit(now)
	}
}

// quorum reports whether so many gates are thought to live that a commit can come about (G3).
func (g *Gate) quorum() bool {
	n := 0
	for _, id := range g.p.Gates {
		if !g.Gone(id) {
			n++
		}
	}
	return n > len(g.p.Gates)/2
}

// namesSites reports whether there are datacenters of those numbers.
func (g *Gate) namesSites(sites []uint16) bool {
	for _, id := range sites {
		known := false
		for i := range g.list {
			known = known || g.list[i].ID == id
		}
		if !known {
			return false
		}
	}
	return true
}

// accept begins to make the job one of this gate (G6). Accepted follows.
func (g *Gate) accept(now core.Instant, m *core.Message, b *job.Submission, fx *core.Effects) {
	core.Hold(b) // its lists become those of the job
	x := &record{
		id: b.Job, spec: []job.Spec{b.Spec}, digest: b.Digest, client: b.Callback, begun: now,
		timeout: cmp.Or(b.Timeout, g.cfg.Submit.DefaultTimeout), flows: uint32(len(b.Workflows)),
		state: job.StateSubmitted, accepting: true, first: *m,
	}
	g.open(x)
	g.records.add(x)
	e := g.entry(now, x)
	if a := g.rep.Accept(now, e, fx); a.Code != call.CodeOK {
		g.committed(now, a.Code)
		g.records.remove(x)
		g.say(m, a, known{leader: core.NoNode}, fx)
	}
}

// open lists the datacenters that a job may run in.
func (g *Gate) open(x *record) {
	x.sites = make([]site, len(g.list))
	for i := range x.sites {
		x.sites[i] = site{id: g.list[i].ID, manager: core.NoNode}
	}
	if x.want = 1; len(x.spec) > 0 {
		x.want = min(max(1, int(x.spec[0].DatacenterCount)), max(1, len(x.sites)))
	}
}
