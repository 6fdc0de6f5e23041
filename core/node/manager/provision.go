package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/rng"
	"hypersim/core/workflow"
)

// Managers of a cluster share the workers. Before one of them starts a workflow, a majority agrees that the cores are free
// and keeps them for it: two majorities share a manager, so that two holders never both get the last cores (spec 20 §4.5).

// plan is a workflow whose cores are asked for.
type plan struct {
	spots    []spot
	attempt  uint16
	round    uint16   // of this process: an answer is about one of them, and of one attempt there may be many
	yes      uint64   // peers that confirmed, a bit each
	kept     []uint32 // by which process of each
	late     uint64   // peers that confirmed when their round about this attempt was over: they count for nothing, and hear how this one ends
	answered int
	short    int  // peers that hold less cores for free than this member
	sent     bool // the dispatches are on their way
}

// provisions are what a manager knows of rounds of agreement.
type provisions struct {
	draw   rng.Stream
	rounds uint16
	failed []core.Instant // the last rounds that came to nothing
	shut   core.Instant   // nothing starts before: too many of them did
}

func (m *Manager) initProvisions() {
	m.provisions.draw = rng.New(m.p.Seed, "provision.pause", m.p.Key, uint64(m.p.Instance))
}

// provision asks the other members for the cores that workflow i is to get (P1). It stays PENDING meanwhile.
func (m *Manager) provision(now core.Instant, x *record, i int, spots []spot, fx *core.Effects) {
	f := &x.flows[i]
	m.provisions.rounds++
	f.plan = &plan{spots: append([]spot(nil), spots...), attempt: f.attempt + 1, round: m.provisions.rounds, kept: make([]uint32, len(m.peers))}
	x.planned++
	x.plannedAlone = x.plannedAlone || x.spec.Workflows[i].Priority == job.PriorityExclusive
	for k := range f.plan.spots {
		s := &f.plan.spots[k]
		if m.tries(now, s.worker, fx) {
			s.tried = now
		}
		m.workers.at(s.worker).cores.Hold(f.holds(x), s.cores, now.Add(m.cfg.Provision.TTL))
		m.relist(s.worker)
	}
	for n, to := range m.peers {
		b := call.Make[dispatch.ProvisionRequest](fx, core.KindProvisionRequest)
		b.Job, b.Workflow, b.Attempt, b.DE = x.id, f.id, f.plan.attempt, x.de
		for _, s := range spots {
			b.Items = append(b.Items, dispatch.Reservation{Worker: s.worker, Cores: uint16(s.cores)})
			b.Version = max(b.Version, m.workers.at(s.worker).cores.Version())
		}
		m.calls.Go(now, to, core.KindProvisionRequest, b, &m.how.agree, call.Ticket{Op: opProvision, Job: uint64(x.id), Sub: uint64(x.de)<<32 | uint64(i), N: f.plan.question(n)}, fx)
	}
	m.timers.Arm(timer{at: now.Add(m.cfg.Provision.Quorum), kind: timerPlan, job: x.id, workflow: f.id, token: job.Token(f.plan.round)})
}

// holds is what this member reserves itself.
func (f *flow) holds(x *record) *dispatch.Round {
	return &dispatch.Round{Job: x.id, Workflow: f.id, DE: x.de, Attempt: f.plan.attempt}
}

// question names what a peer is asked: the round, the attempt, and its place among the peers, of which there are fewer than 64 (yes; scenarios
// refuse more). Of attempts above 1023 a late word ends no reservation; its time does.
func (p *plan) question(peer int) uint32 {
	return uint32(p.round)<<16 | uint32(p.attempt&0x3ff)<<6 | uint32(peer)
}

// asked takes that apart.
func asked(n uint32) (round, attempt uint16, peer uint32) {
	return uint16(n >> 16), uint16(n>>6) & 0x3ff, n & 0x3f
}

// plans reports whether a round about workflow i is not over. No record plans nothing.
func (x *record) plans(i int, round uint16) bool {
	return x != nil && i >= 0 && i < len(x.flows) && x.flows[i].planned() && x.flows[i].plan.round == round
}

// provisioned hears what a peer says.
func (m *Manager) provisioned(now core.Instant, o *call.Outcome, fx *core.Effects) {
	round, _, peer := asked(o.N)
	x, i := m.records.by[job.ID(o.Job)], int(uint32(o.Sub))
	if !x.plans(i, round) {
		m.confirmedLate(now, x, o, fx)
		return
	}
	p := x.flows[i].plan
	p.answered++
	if a, ok := m.said(o); ok && a.Confirmed {
		p.yes |= 1 << peer
		p.kept[peer] = o.Instance
	} else if ok && a.Code == call.CodeNoCapacity {
		p.short++
	}
	m.forgets(p)
	switch {
	case m.agreed(p):
		m.provide(now, x, i, fx)
	case p.answered == len(m.peers):
		m.refuse(now, x, i, fx)
	}
}

// said returns the answer of a peer, if it gave one. What its process before answered says nothing of the one that is there, and what that
// one kept is lost with it (spec 10 §13).
func (m *Manager) said(o *call.Outcome) (a *dispatch.ProvisionConfirm, ok bool) {
	a, ok = o.Reply.(*dispatch.ProvisionConfirm)
	return a, ok && !m.outlived(o.From, o.Instance)
}

// forgets takes out of a round whose process that confirmed is gone: what it kept is lost with it, and the next one may keep the same cores for
// somebody else.
func (m *Manager) forgets(p *plan) {
	for i, id := range m.peers {
		if p.yes&(1<<i) != 0 && m.outlived(id, p.kept[i]) {
			p.yes &^= 1 << i
		}
	}
}

// outlived reports whether a process of another member is known to be gone, for there is a later one.
func (m *Manager) outlived(id core.NodeID, instance uint32) bool {
	return instance < m.p.Members.Instance(id)
}

// agreed reports whether a majority has confirmed, this member included (P3).
func (m *Manager) agreed(p *plan) bool { return m.most(p, 1) }

// unfit reports whether a round that came to nothing did not fail for want of a majority: with those that had no cores one has answered.
func (m *Manager) unfit(p *plan) bool { return m.most(p, 1+p.short) }

// most reports whether those that confirmed and n others are a majority.
func (m *Manager) most(p *plan, n int) bool {
	for y := p.yes; y != 0; y &= y - 1 {
		n++
	}
	return 2*n > len(m.peers)+1
}

// provide starts what was agreed to, unless it must not start any more.
func (m *Manager) provide(now core.Instant, x *record, i int, fx *core.Effects) {
	f := &x.flows[i]
	for k := range f.plan.spots {
		m.weigh(now, f.plan.spots[k].worker, fx)
		if !m.stillFit(now, x, f, &f.plan.spots[k]) {
			m.refuse(now, x, i, fx)
			return
		}
	}
	if !m.may(now, x) {
		m.refuse(now, x, i, fx)
		return
	}
	m.unhold(x, i)
	f.plan.sent = true
	x.unplan(i)
	m.launch(now, x, i, f.plan.spots, fx)
}

// stillFit reports whether a worker that was chosen for f some time ago may still get it: all that placement asks for but free cores, which
// are held, and a place in line, which its other rounds took (spec 20 §4.4).
func (m *Manager) stillFit(now core.Instant, x *record, f *flow, s *spot) bool {
	w := m.workers.at(s.worker)
	sound := w.usable() && !w.late && w.load < core.LoadOverloaded && m.p.Members.State(s.worker) == core.StateOK
	return sound && m.lets(now, s) && m.pacts.Works(s.worker) && !m.shuns(x, f, s.worker) && m.mayGet(now, s.worker)
}

// unhold gives this member's own reservation back.
func (m *Manager) unhold(x *record, i int) {
	f := &x.flows[i]
	for _, s := range f.plan.spots {
		m.workers.at(s.worker).cores.Release(f.holds(x))
		m.relist(s.worker)
	}
}

// unplan takes workflow i out of the count of those that are about to start.
func (x *record) unplan(i int) {
	x.planned--
	if x.spec != nil && x.spec.Workflows[i].Priority == job.PriorityExclusive {
		x.plannedAlone = false
	}
}

// refuse ends a round that came to nothing: no attempt is counted, and the next one follows after a pause. Too many in a
// short time, and nothing starts for a while (P5); of these are none that failed for cores (01-41, ADR-0059), and none that a
// majority agreed to, whose worker became unfit meanwhile.
func (m *Manager) refuse(now core.Instant, x *record, i int, fx *core.Effects) {
	c := &m.cfg.Provision
	f := &x.flows[i]
	m.doubt(now, f.plan, fx)
	failed := !m.unfit(f.plan)
	m.giveUp(now, x, i, fx)
	f.refused = true
	f.due = now.Add(c.PauseMin + core.Duration(float64(m.provisions.draw.Float64()*float64(c.PauseMax-c.PauseMin))))
	m.timers.Arm(timer{at: f.due, kind: timerRetry, job: x.id, workflow: f.id})
	if failed {
		m.roundFailed(now)
	}
	m.settle(now, x, fx)
}

// roundFailed counts a round that found no majority.
func (m *Manager) roundFailed(now core.Instant) {
	c, p := &m.cfg.Provision, &m.provisions
	p.failed = append(p.failed, now)
	for len(p.failed) > 0 && now.Sub(p.failed[0]) > c.Window {
		p.failed = p.failed[1:]
	}
	if len(p.failed) >= c.Errors && p.shut <= now {
		p.shut = now.Add(c.Shut)
		m.timers.Arm(timer{at: p.shut, kind: timerUnbar})
	}
}

// giveUp frees the cores that were asked for, here and at those that confirmed.
func (m *Manager) giveUp(now core.Instant, x *record, i int, fx *core.Effects) {
	if f := &x.flows[i]; f.planned() {
		for k := range f.plan.spots {
			m.spares(&f.plan.spots[k])
		}
		m.unhold(x, i)
		x.unplan(i)
		m.sayProvided(now, x, i, false, fx)
	}
}

// sayProvided ends the reservations of those that confirmed (P4). A word that is lost costs them their time only.
func (m *Manager) sayProvided(now core.Instant, x *record, i int, used bool, fx *core.Effects) {
	f := &x.flows[i]
	p := f.plan
	f.plan = nil
	for n, to := range m.peers {
		if (p.yes|p.late)&(1<<n) == 0 {
			continue
		}
		b := call.Make[dispatch.ProvisionCommit](fx, core.KindProvisionCommit)
		b.Job, b.Workflow, b.Attempt, b.DE, b.Commit = x.id, f.id, p.attempt, x.de, used
		m.calls.Go(now, to, core.KindProvisionCommit, b, &m.how.agreed, call.Ticket{Op: opProvided}, fx)
	}
}

// provisionLate ends a round whose time is over.
func (m *Manager) provisionLate(now core.Instant, t timer, fx *core.Effects) {
	x := m.records.by[t.job]
	if x == nil {
		return
	}
	if i := x.place(t.workflow); x.plans(i, uint16(t.token)) {
		m.refuse(now, x, i, fx)
	}
}

// onProvision agrees to what another member wants to start, if the cores are free as far as this one knows (P2, 01-40).
func (m *Manager) onProvision(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*dispatch.ProvisionRequest)
	reply := m.calls.Respond(fx, msg, core.KindProvisionConfirm)
	out := core.Attach[dispatch.ProvisionConfirm](fx, reply)
	out.Job, out.Workflow = b.Job, b.Workflow
	if m.outlived(msg.From, msg.Instance) { // it needs none; unanswered it would be in flight here for long (01-61)
		out.Answer = call.Stale(uint64(m.p.Members.Instance(msg.From)))
		return
	}
	m.outdone(now, b.Job, b.DE, fx)
	e, r := m.rep.View(b.Job), dispatch.Round{Job: b.Job, Workflow: b.Workflow, DE: b.DE, Seq: msg.Seq, Attempt: b.Attempt}
	switch {
	case !m.rep.Ready():
		out.Code = call.CodeSyncing
	case e != nil && b.DE < e.Epoch:
		out.Answer = call.Stale(uint64(e.Epoch))
	case m.overtaken(b, &r):
		out.Answer = call.Stale(uint64(b.DE))
	case !m.fits(b, &r):
		out.Code = call.CodeNoCapacity
	default:
		out.Confirmed = true
		until := now.Add(m.cfg.Provision.TTL)
		for _, s := range b.Items {
			m.workers.at(s.Worker).cores.Hold(&r, int(s.Cores), until)
			m.relist(s.Worker)
		}
		m.timers.Arm(timer{at: until, kind: timerHolds})
	}
}

// overtaken reports whether the next round about an attempt has asked before: the one in hand is over, and nobody waits for cores in it.
func (m *Manager) overtaken(b *dispatch.ProvisionRequest, r *dispatch.Round) bool {
	return slices.ContainsFunc(b.Items, func(s dispatch.Reservation) bool {
		return m.workers.knows(s.Worker) && m.workers.at(s.Worker).cores.Outdone(r)
	})
}

// fits reports whether every worker of a request is known, fit and has the cores. What the same attempt holds already is
// free for it.
func (m *Manager) fits(b *dispatch.ProvisionRequest, r *dispatch.Round) bool {
	for _, s := range b.Items {
		if !m.workers.knows(s.Worker) {
			return false
		}
		w := m.workers.at(s.Worker)
		w.cores.Release(r)
		if !w.usable() || m.p.Members.State(s.Worker) != core.StateOK || w.cores.Free() < int(s.Cores) {
			return false
		}
	}
	return true
}

// onProvided ends a reservation: it was used, and its worker shows that with its next word, or it was given up.
func (m *Manager) onProvided(_ core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*dispatch.ProvisionCommit)
	r := dispatch.Round{Job: b.Job, Workflow: b.Workflow, DE: b.DE, Seq: msg.Seq, Attempt: b.Attempt}
	for i := range m.workers.list {
		if c := &m.workers.list[i].cores; b.Commit {
			c.Used(&r)
		} else {
			c.Release(&r)
		}
		m.relist(m.workers.id(i))
	}
	reply := m.calls.Respond(fx, msg, core.KindProvisionCommitAck)
	core.Attach[call.Ack](fx, reply)
}

// expireHolds ends the reservations whose time is over.
func (m *Manager) expireHolds(now core.Instant) {
	for i := range m.workers.list {
		m.workers.list[i].cores.Expire(now)
		m.relist(m.workers.id(i))
	}
}

// planDone ends the reservations for workflow i once its dispatches were accepted, or the attempt is over.
func (m *Manager) planDone(now core.Instant, x *record, i int, fx *core.Effects) {
	if f := &x.flows[i]; f.plan != nil && f.plan.sent {
		m.sayProvided(now, x, i, m.flows.State(f.id) == workflow.Running, fx)
	}
}
