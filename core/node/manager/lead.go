package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// Election is what a manager asks about the leader of its cluster.
type Election interface {
	Leads(now core.Instant) bool // this process leads, and may act as leader now
}

// lead is what a manager has of the jobs of its cluster beside the records of those that it holds: the replicas of all,
// and what waits for them. A cluster of one commits at once, so nothing ever waits there.
type lead struct {
	rep       replica.Machine
	alone     bool
	accepting map[job.ID]*acceptance
	burials   map[job.ID][]asker // who wants to cancel a job that nobody knows
	changed   []*record          // whose entries are to be sent at the end of this event
	draining  bool
	drained   core.Instant // leaves then, whatever is left

	leads     bool         // the cluster, when last looked
	nextHeads core.Instant // reads the heads of the others again
	ids       []job.ID     // scratch
	wins      []*record    // won in this event
	provisions
	transfers map[uint64]*transfers
	lastBatch uint64
}

// asker is a request that is answered later.
type asker struct {
	from     core.NodeID
	instance uint32
	seq      uint32
	kind     core.Kind
}

func askerOf(msg *core.Message) asker {
	return asker{from: msg.From, instance: msg.Instance, seq: msg.Seq, kind: msg.Kind}
}

// message is the request as far as an answer needs it.
func (a *asker) message() core.Message {
	return core.Message{Kind: a.kind, From: a.from, Instance: a.instance, Seq: a.seq}
}

// initLead prepares the replicas of a cluster.
func (m *Manager) initLead() {
	p := &m.p
	m.accepting, m.burials, m.transfers = map[job.ID]*acceptance{}, map[job.ID][]asker{}, map[uint64]*transfers{}
	for _, id := range p.Cluster {
		if id != p.Self {
			m.peers = append(m.peers, id)
		}
	}
	m.alone = len(m.peers) == 0
	m.initProvisions()
}

// beginLead begins with what this process knows of the cluster's jobs: all there is, in a cluster that stands from the
// start or has nobody else; else it reads the others first.
func (m *Manager) beginLead(now core.Instant) {
	p := &m.p
	m.rep.Init(now, m, replica.Params{
		Self: p.Self, Role: core.RoleManager, Instance: p.Instance, Peers: m.peers, Seed: p.Seed, Key: p.Key, Formed: p.Intact || m.alone,
		Config: p.Replica, Graves: p.Config.Retention.TombstoneMax, GravesKeep: p.Config.Retention.Tombstone,
	})
}

// may reports whether this process may decide something about a job now (spec 20 §5.2).
func (m *Manager) may(now core.Instant, x *record) bool { return m.alone || m.rep.Valid(now, x.id) }

// Gone implements replica.Owner.
func (m *Manager) Gone(n core.NodeID) bool {
	s := m.p.Members.State(n)
	return s == core.StateDead || s == core.StateLeft || s == core.StateNone && m.back.Left(n)
}

// Process implements replica.Owner.
func (m *Manager) Process(n core.NodeID) uint32 { return m.p.Members.Instance(n) }

// Unclaimed implements replica.Owner: the next look at jobs without a holder tries again.
func (m *Manager) Unclaimed(core.Instant, job.ID, *core.Effects) {}

// Suspended implements replica.Owner. What asks for a decision finds that it may not take one, and who waits for one hears so
// (03-13).
func (m *Manager) Suspended(now core.Instant, id job.ID, fx *core.Effects) {
	m.holderFact(id, job.HoldSuspended, fx)
	if x := m.records.by[id]; x != nil {
		m.sayLost(x, fx)
		m.voidDecision(now, x, fx)
		m.lastWords(now, x, fx)
	}
}

// lastWords are what managers said once of jobs that they could not hold on to (20/J29): that they FAILED.
func (m *Manager) lastWords(now core.Instant, x *record, fx *core.Effects) {
	if m.p.Replica.Lease.OnLoss != replica.LossFailed || !x.gated() || x.state.Terminal() {
		return
	}
	b := call.Make[jobtimeout.FinalStatus](fx, core.KindJobFinalStatus)
	b.Job, b.Site, b.Manager, b.State, b.DE = x.id, m.p.Site, m.p.Self, job.StateFailed, x.de
	m.goGate(now, x, core.KindJobFinalStatus, b, &m.gates.how.final, opStatus, fx)
}

// Resumed implements replica.Owner: what could not be decided is decided now (04-31).
func (m *Manager) Resumed(now core.Instant, id job.ID, fx *core.Effects) {
	x := m.records.by[id]
	if x == nil {
		return
	}
	m.holderFact(id, job.HoldResumed, fx)
	m.due = true
	m.owedCancel(now, x, fx)
	m.owedSingles(now, x, fx)
	m.owedEnd(now, x, fx)
	m.time.jobs.Recheck(now, id)
	m.settle(now, x, fx)
	m.offerAgain(now, id, fx)
}

// owedCancel cancels a job for whoever was promised that it would be (04-47).
func (m *Manager) owedCancel(now core.Instant, x *record, fx *core.Effects) {
	if (x.wanted || m.rep.Cancelled(now, x.id)) && x.pending == job.StateNone && x.state.May(job.StateCancelling) {
		m.commanded(x)
		m.cancelled(now, x, job.StateCancelled, fx)
	}
}

// owedSingles cancels the workflows that the entry of a job says are to be, and that are not yet: whoever wrote it may have
// died before that (04-54).
func (m *Manager) owedSingles(now core.Instant, x *record, fx *core.Effects) {
	if x.spec == nil || x.state >= job.StateCompleting || x.pending != job.StateNone {
		return
	}
	for _, c := range slices.Clone(x.singles) {
		i := x.place(c.Workflow)
		if i < 0 || m.flows.Terminal(c.Workflow) || m.flows.State(c.Workflow) == workflow.Cancelling {
			continue
		}
		m.cancelFlow(now, x, i, c.Dependents, fx)
	}
}

// Committed implements replica.Owner.
func (m *Manager) Committed(now core.Instant, id job.ID, seq uint64, fx *core.Effects) {
	if x := m.records.by[id]; x != nil {
		m.committed(now, x, seq, fx)
	}
}

// Lost implements replica.Owner: the job is somebody else's, or over. It is forgotten without a word about how it stands
// (J29).
func (m *Manager) Lost(now core.Instant, id job.ID, fx *core.Effects) {
	m.holderFact(id, job.HoldLost, fx)
	if x := m.records.by[id]; x != nil {
		m.abandon(now, x, fx)
	}
}

// abandon forgets a job that this process does not hold any more. Requests that waited for a commit end with LEASE_LOST.
func (m *Manager) abandon(now core.Instant, x *record, fx *core.Effects) {
	m.leaveGate(x)
	m.void(now, x, fx)
	m.sayLost(x, fx)
	if x.gated() { // nobody hears of it from here any more
		for op := opRegister; op < opGates; op++ {
			m.calls.Cancel(op, uint64(x.id))
		}
	}
	for i := range m.workers.list {
		w := &m.workers.list[i]
		for k := len(w.runs) - 1; k >= 0; k-- {
			if w.runs[k].rec == x {
				w.runs = append(w.runs[:k], w.runs[k+1:]...)
			}
		}
		if len(w.runs) == 0 {
			m.forgetGrants(m.workers.id(i))
		}
	}
	for i := range x.flows {
		m.flows.Cleanup(x.flows[i].id)
	}
	for i := range x.flows {
		m.giveUp(now, x, i, fx)
	}
	m.records.remove(x)
	m.time.jobs.Drop(x.id)
	m.unscope(now, x.id, fx)
	if !x.state.Terminal() {
		m.records.live--
	}
	x.gone = true
	f := fx.JobFact(core.JobFactTable)
	f.Job = uint64(x.id)
	f.Put("made", 0)
}

func (m *Manager) holderFact(id job.ID, what job.Holding, fx *core.Effects) {
	f := fx.JobFact(core.JobFactHolder)
	f.Job = uint64(id)
	f.Put("part", int64(what))
	if e := m.rep.View(id); e != nil {
		f.Epoch = e.Epoch
		f.Put("seq", int64(e.Seq))
	}
}

// leaderOf answers for a job that somebody else holds, as far as this member knows; false: it knows of none.
func (m *Manager) leaderOf(id job.ID) (call.Answer, bool) {
	e := m.rep.View(id)
	if e == nil {
		return call.Answer{}, false
	}
	if e.Holder == m.p.Self { // an acceptance that failed, or an earlier life: nobody holds it
		return call.NotLeader(core.NoNode), true
	}
	return call.NotLeader(e.Holder), true
}

// Holds reports whether this process holds the job and may decide about it now.
func (m *Manager) Holds(now core.Instant, id job.ID) bool {
	x := m.records.by[id]
	return x != nil && m.may(now, x)
}

// Leads reports whether this process leads the job, which is not over, whether or not it may decide about it now.
func (m *Manager) Leads(id job.ID) bool {
	x := m.records.by[id]
	return x != nil && !x.state.Terminal()
}

// Replica returns what this member knows of the jobs of its cluster. It is to be read only.
func (m *Manager) Replica() *replica.Machine { return &m.rep }
