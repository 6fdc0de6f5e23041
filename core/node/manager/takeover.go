package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// How a job gets another holder inside a datacenter (spec 20 §5.5, as corrected by spec 03 and 04 A).

// taking is what a new holder still has to find out before it goes on as one that was it from the start.
type taking struct {
	free  bool   // new shards may start: all have answered, or it has waited long enough (T8)
	found []find // shards that the entry does not have
	heard []core.NodeID
}

// find is a shard that a worker has and the entry does not: its dispatch was not committed before the old holder was gone.
type find struct {
	job.ShardView
	flow   int32
	worker core.NodeID
}

// transfers is one round of words to all workers about jobs that were taken over.
type transfers struct {
	jobs []*record
	open int
	late bool // to one worker that had not heard: nothing waits for it
}

// watch looks for jobs without a holder: the leader of the cluster takes them over (T1, 03-17, 03-18). A job that has
// ended, and whose end was delivered, needs none: its replicas answer for it.
func (m *Manager) watch(now core.Instant, fx *core.Effects) {
	led := m.leads
	if m.leads = m.p.Election.Leads(now) && m.rep.Ready() && !m.draining; !m.leads {
		return
	}
	m.readCluster(now, !led, fx)
	m.ids = m.rep.Leaderless(now, m.ids[:0])
	for _, id := range m.ids {
		e := m.rep.View(id)
		if e.State.Terminal() && e.Delivered {
			continue
		}
		why := replica.ReasonLeaseExpired
		if m.Gone(e.Holder) {
			why = replica.ReasonDeadLeader
		}
		m.rep.Claim(now, id, why, fx)
	}
}

// readCluster asks the other members which jobs they know: when this one begins to lead, and every so often (03-18). Workers
// are asked what they have when it begins (AD-4).
func (m *Manager) readCluster(now core.Instant, begins bool, fx *core.Effects) {
	if begins {
		m.readWorkers(now, fx)
	} else if now < m.nextHeads {
		return
	}
	m.nextHeads = now.Add(m.p.Replica.Lease.Heads)
	m.rep.ReadHeads(fx)
}

// Won implements replica.Owner. The record is made anew from the entry, also where this process held the job before: the
// entry has all that it knew.
func (m *Manager) Won(now core.Instant, id job.ID, e *replica.Entry, fx *core.Effects) {
	if x := m.records.by[id]; x != nil {
		m.abandon(now, x, fx)
	}
	m.holderFact(id, job.HoldWon, fx)
	x := m.restore(now, e, fx)
	x.taking, x.unheard = &taking{}, 1 // until it is known how many there are
	m.wins = append(m.wins, x)
	m.timers.Arm(timer{at: now.Add(m.p.Replica.Lease.Rebuild), kind: timerRebuilt, job: id, de: x.de})
	m.tookOver(now, x, m.rep.WonFrom(), fx)
	m.resumeTime(now, x, e, fx)
	m.resume(now, x, e, fx)
}

// resume goes on with what the old holder had decided (T9): a decision that was pending is the decision, an end that was
// not delivered is delivered, what was being cancelled is cancelled. The time that a cancel may take starts anew (04-41).
func (m *Manager) resume(now core.Instant, x *record, e *replica.Entry, fx *core.Effects) {
	m.touch(x, true)
	switch {
	case x.state.Terminal():
		m.resumeFlows(now, x, fx) // of one that took too long
		if !x.delivered {
			m.then(now, x, after{kind: afterFinal}, fx)
		}
	case e.Pending != job.StateNone:
		m.decide(now, x, e.Pending, e.PendingCompleteness, fx)
		m.resumeFlows(now, x, fx)
	case x.state == job.StateCancelling:
		m.stopEverything(now, x, fx)
		m.timers.Arm(timer{at: now.Add(m.cfg.Cancel.Limit), kind: timerLimit, job: x.id, de: x.de})
	default:
		x.wanted = e.CancelWanted
		m.resumeFlows(now, x, fx)
	}
}

func (m *Manager) stopEverything(now core.Instant, x *record, fx *core.Effects) {
	m.resumeFlows(now, x, fx)
	for i := range x.flows {
		m.stopFlow(now, x, i, workflow.ReasonCancel, fx)
	}
}

// resumeFlows goes on with workflows that were being cancelled by themselves.
func (m *Manager) resumeFlows(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.flows {
		f := &x.flows[i]
		if m.flows.State(f.id) != workflow.Cancelling {
			continue
		}
		for k := range f.shards {
			if s := &f.shards[k]; s.state.holds() {
				m.halt(now, x, i, k, reasonOf(x), fx)
			}
		}
		m.timers.Arm(timer{at: now.Add(m.cfg.Cancel.Limit), kind: timerLimit, job: x.id, workflow: f.id, de: x.de})
		m.confirm(now, x, i, fx)
	}
}

// sendTransfers tells all live workers, also those without shards, of the jobs that were won in this event: their fences
// rise, so that a late dispatch of an old holder is refused everywhere (T4).
func (m *Manager) sendTransfers(now core.Instant, fx *core.Effects) {
	if len(m.wins) == 0 {
		return
	}
	t := m.newBatch()
	for i := range m.workers.list {
		if len(t.jobs) > 0 && !m.workers.list[i].gone() {
			t.open++
			m.transfer(now, m.workers.id(i), t, fx)
		}
	}
	for _, x := range t.jobs {
		if x.unheard = t.open; t.open == 0 {
			m.allHeard(now, x, fx)
		}
	}
	if t.open > 0 {
		m.transfers[m.lastBatch] = t
	}
}

// newBatch is the jobs that were won in this event and of which something may run.
func (m *Manager) newBatch() *transfers {
	m.lastBatch++
	t := &transfers{}
	for _, x := range m.wins {
		if !x.gone && x.open > 0 {
			x.batch = m.lastBatch
			t.jobs = append(t.jobs, x)
		} else {
			x.unheard = 0
		}
	}
	m.wins = m.wins[:0]
	return t
}

// tellMute tells a worker again of the jobs that it did not hear of (spec 20 §2.6).
func (m *Manager) tellMute(now core.Instant, to core.NodeID, fx *core.Effects) {
	t := &transfers{}
	for _, x := range m.records.order {
		if i := slices.Index(x.mute, to); i >= 0 {
			x.mute = slices.Delete(x.mute, i, i+1)
			t.jobs = append(t.jobs, x)
		}
	}
	m.tellOne(now, to, t, fx)
}

// tellNew tells a worker that is new here of the jobs that others held before.
func (m *Manager) tellNew(now core.Instant, to core.NodeID, fx *core.Effects) {
	t := &transfers{}
	for _, x := range m.records.order {
		if x.batch != 0 && x.open > 0 {
			x.mute = slices.DeleteFunc(x.mute, func(n core.NodeID) bool { return n == to })
			t.jobs = append(t.jobs, x)
		}
	}
	m.tellOne(now, to, t, fx)
}

// tellOne tells one worker of jobs whose batch it was not in, or that it missed.
func (m *Manager) tellOne(now core.Instant, to core.NodeID, t *transfers, fx *core.Effects) {
	if len(t.jobs) == 0 {
		return
	}
	m.lastBatch++
	t.open, t.late = 1, true
	m.transfers[m.lastBatch] = t
	m.transfer(now, to, t, fx)
}

func (m *Manager) transfer(now core.Instant, to core.NodeID, t *transfers, fx *core.Effects) {
	b := call.Make[replica.WorkerTransfer](fx, core.KindJobLeaderWorkerTransfer)
	for _, x := range t.jobs {
		e := replica.JobTransfer{Job: x.id, DE: x.de, Manager: m.p.Self, Old: core.NoNode}
		for i := range x.flows {
			if len(x.flows[i].shards) > 0 {
				e.Workflows = append(e.Workflows, x.flows[i].id)
			}
		}
		b.Entries = append(b.Entries, e)
	}
	m.calls.Go(now, to, core.KindJobLeaderWorkerTransfer, b, &m.how.transfer, call.Ticket{Op: opWorkers, Sub: m.lastBatch}, fx)
}

// workerTold hears what a worker has of the jobs, or that it says nothing.
func (m *Manager) workerTold(now core.Instant, o *call.Outcome, fx *core.Effects) {
	t := m.transfers[o.Sub]
	if t == nil {
		return
	}
	if a, ok := o.Reply.(*replica.WorkerTransferAck); ok && !m.former(o) {
		for i := range a.Answers {
			m.answered(now, t, o, &a.Answers[i], fx)
		}
	}
	for _, x := range t.jobs {
		if !x.gone {
			m.heardOf(now, x, t, o, fx)
		}
	}
	if t.open--; t.open == 0 {
		delete(m.transfers, o.Sub)
	}
}

// heardOf counts a worker that has answered about a job, or will not. One that cannot take it in yet has not heard (spec 20 §5.6 row 3).
func (m *Manager) heardOf(now core.Instant, x *record, t *transfers, o *call.Outcome, fx *core.Effects) {
	if !o.Answered || o.Code.Transient() {
		x.mute = append(x.mute, o.From)
	}
	if t.late || x.batch != o.Sub {
		return
	}
	if x.unheard--; x.unheard == 0 {
		m.allHeard(now, x, fx)
	}
}

// answered takes what a worker has of one job, also when that is late. That it has heard of a higher epoch means that another
// process holds the job (03-12).
func (m *Manager) answered(now core.Instant, t *transfers, o *call.Outcome, a *replica.JobTransferAnswer, fx *core.Effects) {
	x := m.records.by[a.Job]
	switch {
	case x == nil || !slices.Contains(t.jobs, x):
	case !a.Accepted:
		if a.Code == call.CodeStaleFence && a.DE > x.de {
			m.superseded(now, x, a.DE, fx)
		}
	default:
		if x.taking != nil {
			x.taking.heard = append(x.taking.heard, o.From)
		}
		for i := range a.Shards {
			m.foundShard(now, x, o.From, &a.Shards[i], fx)
		}
	}
}

// fireLead does what is due about the cluster: jobs without a holder, those that were taken over, cores that are agreed on.
func (m *Manager) fireLead(now core.Instant, t timer, fx *core.Effects) {
	switch t.kind {
	case timerRebuilt:
		m.rebuilt(now, t, fx)
	case timerPlan:
		m.provisionLate(now, t, fx)
	case timerHolds:
		m.expireHolds(now)
	case timerHandOver:
		m.offerAgain(now, t.job, fx)
	default:
		m.watch(now, fx)
		m.timers.Arm(timer{at: now.Add(m.p.Replica.Lease.Watch), kind: timerWatch})
	}
}
