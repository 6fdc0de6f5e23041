package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// What lies between a manager and the gates. With gates a job comes from one of them, which leads it: it hears how the job
// gets on and how it ends, and tells the client (spec 20 §1.1). Without gates, and for jobs that came from a client itself,
// nothing in these files happens.

// gates are what a manager has of the gates.
type gates struct {
	links   registry.Links
	table   registry.Gates
	ids     []core.NodeID // all configured ones, ascending
	ring    *job.Ring
	version uint64 // of the last heartbeat
	order   []core.NodeID
	how     gateStrategies
}

// gateStrategies are how gates are called.
type gateStrategies struct {
	register, beat, progress, push, final, transfer, ask, offer call.Strategy
}

func newGateStrategies(c *job.Config, gates int) gateStrategies {
	f := &c.Forward
	h := gateStrategies{
		register: call.FJ{Timeout: c.Register.Timeout, Base: c.Register.Base, Cap: c.Register.Cap, Retries: c.Register.Retries, Patient: true}.Strategy(),
		beat:     call.FJ{Timeout: c.Register.Timeout}.Strategy(),
		progress: call.FJ{Timeout: c.Progress.Timeout}.Strategy(),
		push:     call.FJ{Timeout: c.Progress.Timeout, Base: c.Result.PushBase, Cap: c.Result.PushCap, Retries: c.Result.PushTries}.Strategy(),
		final:    call.FJ{Timeout: f.Timeout, Base: f.Base, Cap: f.FinalCap, Retries: -1}.Strategy(),
		transfer: call.FJ{Timeout: f.Timeout, Base: f.Base, Cap: f.TransferCap, Retries: -1}.Strategy(),
		ask:      call.FJ{Timeout: f.Ask}.Strategy(),
		offer:    call.FJ{Timeout: f.Timeout, Retries: max(gates, 1) - 1}.Strategy(),
	}
	for _, s := range []*call.Strategy{&h.progress, &h.push, &h.final, &h.transfer, &h.ask, &h.offer} {
		s.Redirects = f.Redirects
	}
	return h
}

// gateSide is what is kept of the gate that leads a job, beside its name and its epoch.
type gateSide struct {
	via      core.NodeID  // the gate that last said that it knows the job, or NoNode: asked first
	heard    core.Instant // then
	progress uint64       // seq of the last JobProgress
	asking   bool         // it is on its way
	under    uint32       // ge under which the final result was acknowledged, 0 = it was not
	unknown  uint64       // gates that do not know the job, a bit each (04-48)
	asks     bool         // the others are being asked
	quiet    core.Instant // no questions before
	retells  bool         // a timer is armed that tells the gates again
	told     bool         // the client, by this manager itself
	offer    []job.Spec   // one without payloads, once the job has ended: what an offer says of it
}

const gateSideBytes = 88

// What gates are called for.
const (
	opRegister uint8 = iota + 0x40
	opBeat
	opProgress
	opGatePush
	opStatus
	opResult
	opComplete
	opTransfer
	opHanded
	opAsk
	opOffer
	opReplica
	opReport
	opGates // the end of them
)

// initGates prepares what there is of gates.
func (m *Manager) initGates() {
	g, ids := &m.gates, m.p.Gates
	g.ids, g.how = ids, newGateStrategies(m.cfg, len(ids))
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = m.p.Book.Name(id)
	}
	g.ring = job.NewRing(ids, names, job.RingNodes)
	g.table.Init(&m.cfg.Register, ids)
	g.links.Init(&m.cfg.Register, ids, m.cfg.Register.ManagerBeat, rng.New(m.p.Seed, "heartbeat", m.p.Key, uint64(m.p.Instance)))
}

// beginGates registers with all gates; in a formed start that is done.
func (m *Manager) beginGates(now core.Instant) {
	if m.p.GatesFormed {
		m.gates.table.Form(now)
	}
	m.gates.links.Begin(now, m.p.GatesFormed)
}

// gated reports whether a gate leads a job: then nothing of it goes to its client.
func (x *record) gated() bool { return x.ge != 0 }

// side is what is kept of the gate of a gated job.
func (x *record) side() *gateSide {
	if x.at == nil {
		x.at = &gateSide{via: core.NoNode}
	}
	return x.at
}

// isGate returns the place of a gate, −1 if the node is none.
func (g *gates) isGate(id core.NodeID) int {
	for i, n := range g.ids {
		if n == id {
			return i
		}
	}
	return -1
}

// gateCalled handles the end of a call to a gate.
func (m *Manager) gateCalled(now core.Instant, o *call.Outcome, fx *core.Effects) {
	switch o.Op {
	case opRegister:
		m.registered(now, o, fx)
	case opBeat:
		m.beaten(now, o)
	default:
		if x := m.records.by[job.ID(o.Job)]; x != nil && x.gated() {
			m.aboutJob(now, x, o, fx)
		}
	}
}

// aboutJob handles what a gate says about a job.
func (m *Manager) aboutJob(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	switch o.Op {
	case opProgress:
		m.progressAnswered(now, x, o, fx)
	case opStatus, opResult:
		m.finalAnswered(now, x, o, fx)
	case opAsk:
		m.askAnswered(now, x, o, fx)
	case opOffer:
		m.offerAnswered(now, x, o, fx)
	case opReport:
		m.reported(now, x, o, fx)
	default:
		m.gateSaid(now, x, o, fx)
	}
}

// gateTarget names the gate that the given attempt of a call about a job goes to: its own at first, then those that are
// healthy in turn, and if none is, all in turn (spec 20 §7.3).
func (m *Manager) gateTarget(now core.Instant, t *call.Ticket, attempt int, last core.NodeID) core.NodeID {
	switch t.Op {
	case opRegister, opBeat, opAsk:
		return last
	case opReplica:
		if m.rep.View(job.ID(t.Job)) == nil {
			return core.NoNode
		}
		return last
	}
	x := m.records.by[job.ID(t.Job)]
	if x == nil || !x.gated() || !m.stillTold(x, t.Op) {
		return core.NoNode
	}
	if t.Op == opOffer {
		return m.offerTo(x, attempt)
	}
	if attempt <= m.cfg.Forward.Fails {
		return x.home()
	}
	return m.nextGate(now, last)
}

// home is the gate that hears of a job first.
func (x *record) home() core.NodeID {
	if s := x.side(); s.via != core.NoNode {
		return s.via
	}
	return x.gate
}

// nextGate is the healthy gate that follows another one, or the next one at all.
func (m *Manager) nextGate(now core.Instant, last core.NodeID) core.NodeID {
	ids := m.gates.ids
	if len(ids) == 0 {
		return core.NoNode
	}
	at := m.gates.isGate(last)
	for k := 1; k <= len(ids); k++ {
		if id := ids[(at+k)%len(ids)]; m.gates.table.Healthy(now, id) {
			return id
		}
	}
	return ids[(at+1)%len(ids)]
}

// stillTold reports whether what a call is to say has to be said still.
func (m *Manager) stillTold(x *record, op uint8) bool {
	switch op {
	case opStatus:
		return !x.told && x.state.Terminal()
	case opResult:
		return !x.delivered && x.state.Terminal()
	}
	return true
}

// knows notes that a gate knows the job.
func (m *Manager) knows(now core.Instant, x *record, gate core.NodeID) {
	s := x.side()
	m.time.jobs.Contact(now, x.id)
	m.unasked(now, x)
	s.via, s.heard = gate, now
}

// gateSaid handles what any answer of a gate about a job means, and reports whether it took the message.
func (m *Manager) gateSaid(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) bool {
	if !o.Answered {
		return false
	}
	switch o.Code {
	case call.CodeOK, call.CodeDuplicate:
		m.knows(now, x, o.From)
		return true
	case call.CodeAlreadyTerminal:
		m.knows(now, x, o.From)
		m.gateEnded(now, x, stateIn(o.Reply), fx)
	case call.CodeStaleFence:
		m.superseded(now, x, uint32(o.Reply.Head().Current), fx)
	case call.CodeNotLeader: // it knows the job, and nobody leads it now
		x.side().via = core.NoNode
	case call.CodeUnknownJob:
		m.unknownAt(now, x, o.From, fx)
	default: // later
	}
	return false
}

// stateIn is how a gate says that a job ended.
func stateIn(r call.Reply) job.State {
	switch b := r.(type) {
	case *jobtimeout.Ack:
		return b.State
	case *job.StateAck:
		return b.State
	}
	return job.StateNone // it does not say
}

// fireGates does what is due about a job and its gate.
func (m *Manager) fireGates(now core.Instant, t timer, fx *core.Effects) {
	x := m.records.by[t.job]
	switch {
	case x == nil || x.de != t.de || !x.gated():
	case t.kind == timerDirect:
		m.direct(now, x, fx)
	case t.kind == timerAsk:
		m.askAgain(now, x, fx)
	default:
		m.retell(now, x, fx)
	}
}

// leaveGate ends all calls to gates about a job that this process does not hold any more: who holds it speaks for it.
func (m *Manager) leaveGate(x *record) {
	if !x.gated() {
		return
	}
	for op := opProgress; op < opReplica; op++ {
		m.calls.Cancel(op, uint64(x.id))
	}
}
