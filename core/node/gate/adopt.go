package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// Jobs that all gates have forgotten, and that a datacenter still has (J60).
//
//  1. A manager whose gates all say UNKNOWN_JOB offers the job, with what it knows of it. The gate asks the others; if one
//     of them knows it after all, the manager is sent there. If none does, the gate claims it under the next epoch.
//  2. What the other datacenters have is not known. Each row is in doubt until its datacenter has answered: with a record,
//     which makes it a target; with UNKNOWN_JOB from all its managers, or a tombstone. An offer or a report makes it a
//     target too.
//  3. The job is not over before no row is in doubt, or 300 s have passed (04-49). Who is silent for longer is owed a cancel.
//
// A gate that dies meanwhile leaves the doubts in the entry, and its successor goes on with them.

// adoption is a job that this gate tries to adopt, and who offered it.
type adoption struct {
	id   job.ID
	held []heldOffer
}

// heldOffer is an offer that waits for the claim, and when it came: what it says of how long the job has run was true then.
type heldOffer struct {
	m  core.Message
	at core.Instant
}

func (g *Gate) adoption(id job.ID) *adoption {
	for i := range g.adoptions {
		if g.adoptions[i].id == id {
			return &g.adoptions[i]
		}
	}
	return nil
}

// adopting reports whether the job may be in datacenters that have not answered. Else a job that runs has no doubts: whoever
// did not answer in time is owed a cancel.
func (x *record) adopting() bool {
	return x.state >= job.StateRunning && !x.state.Terminal() && x.count(inDoubt) > 0
}

// onAdoptOffer hears of a job that nobody knows (04-37, 04-48).
func (g *Gate) onAdoptOffer(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*replica.AdoptOffer)
	if a := g.adoption(b.Job); a != nil {
		core.Hold(m.Body)
		a.held = append(a.held, heldOffer{*m, now})
		return
	}
	x := g.records.by[b.Job]
	switch {
	case x != nil && (x.accepting || x.pending != job.StateNone):
		g.hold(x, m)
	case x != nil:
		g.offered(now, x, &heldOffer{*m, now}, fx)
	default:
		g.adopt(now, m, b, fx)
	}
}

// adopt begins to claim a job, unless somebody knows it.
func (g *Gate) adopt(now core.Instant, m *core.Message, b *replica.AdoptOffer, fx *core.Effects) {
	a, k := g.elsewhere(now, b.Job)
	if a.Code == call.CodeUnknownJob && (g.burying(b.Job) != nil || g.draining || !g.quorum()) {
		a.Code = call.CodeNoQuorum
	}
	if a.Code != call.CodeUnknownJob {
		g.say(m, a, k, fx)
		return
	}
	core.Hold(m.Body)
	g.adoptions = append(g.adoptions, adoption{id: b.Job, held: []heldOffer{{*m, now}}})
	if !g.rep.Adopt(now, g.entryOf(m, b), fx) {
		g.notAdopted(now, b.Job, fx)
	}
}

// entryOf is an entry as far as an offer tells.
func (g *Gate) entryOf(m *core.Message, b *replica.AdoptOffer) *replica.Entry {
	e := &replica.Entry{
		Head: replica.Head{Job: b.Job, Epoch: b.GE, Seq: 1, Holder: g.p.Self, Instance: g.p.Instance}, Kind: replica.EntryFull, State: job.StateRunning, HandoverTo: core.NoNode, Gate: b.Timeout.Gate, GE: b.GE,
		Callback: b.Callback, Elapsed: b.Timeout.Elapsed, Submission: []job.Spec{b.Spec},
	}
	for i := range g.p.BySite {
		r := replica.SiteEntry{Site: uint16(i), Manager: core.NoNode, Unknown: true}
		if r.Site == b.Site {
			r = replica.SiteEntry{Site: b.Site, State: job.StateRunning, Target: true, Manager: m.From, DE: b.DE}
			if len(b.Result) > 0 {
				r.State, r.Result = b.Result[0].State, b.Result[:1:1]
			}
		}
		e.Sites = append(e.Sites, r)
	}
	return e
}

// adopted answers those that offered a job that this gate leads now.
func (g *Gate) adopted(now core.Instant, x *record, fx *core.Effects) {
	for _, o := range g.takeAdoption(x.id) {
		g.offered(now, x, &o, fx)
	}
}

// notAdopted answers them when the claim came to nothing.
func (g *Gate) notAdopted(now core.Instant, id job.ID, fx *core.Effects) {
	a, k := g.elsewhere(now, id)
	if a.Code == call.CodeUnknownJob { // no majority: nothing is certain
		a.Code = call.CodeNoQuorum
	}
	for _, o := range g.takeAdoption(id) {
		g.say(&o.m, a, k, fx)
	}
}

func (g *Gate) takeAdoption(id job.ID) []heldOffer {
	for i := range g.adoptions {
		if g.adoptions[i].id == id {
			held := g.adoptions[i].held
			g.adoptions = append(g.adoptions[:i], g.adoptions[i+1:]...)
			return held
		}
	}
	return nil
}

// offered answers for a job that this gate leads. The datacenter is a target if it may be one.
func (g *Gate) offered(now core.Instant, x *record, o *heldOffer, fx *core.Effects) {
	m, b := &o.m, o.m.Body.(*replica.AdoptOffer)
	s := x.site(b.Site)
	switch {
	case x.state.Terminal():
		g.answer(m, x, call.Answer{Code: call.CodeAlreadyTerminal}, fx)
		return
	case s == nil:
		g.answer(m, x, call.Answer{Code: call.CodeInvalid}, fx)
		return
	case b.DE < s.de:
		g.stale++
		g.answer(m, x, call.Stale(uint64(s.de)), fx)
		return
	case !s.target && !g.joins(now, x, s, m, b.DE, fx):
		g.say(m, call.Answer{Code: call.CodeAlreadyTerminal}, known{x.ge, job.StateCancelled, g.p.Self}, fx)
		return
	}
	s.de, s.manager = b.DE, m.From
	if len(b.Result) > 0 && len(s.result) == 0 && (!s.over() || s.state == b.Result[0].State) {
		core.Hold(b)
		g.end(s, b.Result[0].State)
		g.time.Final(now, x.id, s.id, s.state, fx)
		s.result = b.Result[:1:1]
	}
	g.hasRun(now, x, o.at.Add(-b.Timeout.Elapsed), fx)
	g.time.Offered(now, x.id, s.id, &b.Timeout, fx)
	g.acknowledge(x, g.save(now, x, true, fx), m, fx)
	g.review(now, x, fx)
}

// hasRun notes since when a job that is adopted has run, as a datacenter says. The earliest that any of them says counts, for what is told of
// the job and for when it is to end (spec 20 §5.7).
func (g *Gate) hasRun(now core.Instant, x *record, since core.Instant, fx *core.Effects) {
	if since < x.begun {
		x.begun = since
		g.time.Began(now, x.id, since, fx)
	}
}

// adoptee makes a datacenter that speaks of an adopted job a target of it, while any is in doubt, though its managers may have
// said before that they know nothing (04-49).
func (g *Gate) adoptee(now core.Instant, x *record, s *site, m *core.Message, de uint32, fx *core.Effects) bool {
	if !x.adopting() || s.owed || s.never {
		return false
	}
	s.de, s.manager = de, m.From
	g.target(now, x, s, fx)
	return true
}

// adoptDue gives up the datacenters that have been silent for too long.
func (g *Gate) adoptDue(now core.Instant, x *record, fx *core.Effects) {
	if x.adopting() {
		g.oweDoubts(now, x, fx)
		g.review(now, x, fx)
	}
}
