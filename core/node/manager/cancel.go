package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// onJobCancel stops a job (spec 20 §7.1 phase 3). One that nobody knows leaves a tombstone, so that a late submission of
// it is refused.
func (m *Manager) onJobCancel(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*cancel.JobRequest)
	x := m.records.by[b.Job]
	if x == nil {
		m.cancelUnknown(now, b.Job, msg, fx)
		return
	}
	out := call.Make[cancel.JobResponse](fx, core.KindJobCancelResponse)
	out.Job = b.Job
	if a, ok := m.mayCancel(now, x, b); !ok {
		out.Answer = a
		m.calls.Respond(fx, msg, core.KindJobCancelResponse).Body = out
		return
	}
	if m.cancelJob(now, x, out, fx) { // of a gated job only gates ask for that
		m.calls.Respond(fx, msg, core.KindJobCancelResponse).Body = out
	} else { // a decision is on its way to the others: nobody hears of it before it is committed (04-30, 04-32)
		m.answer(now, x, msg, core.KindJobCancelResponse, out, fx)
	}
}

// cancelUnknown answers for a job that is not held here. One that nobody knows becomes a tombstone, once a majority has
// it (04-15). A cancel that cannot be answered for good is remembered (04-47).
func (m *Manager) cancelUnknown(now core.Instant, id job.ID, msg *core.Message, fx *core.Effects) {
	out := cancel.JobResponse{Job: id}
	e := m.rep.View(id)
	over := m.overElsewhere(now, id)
	switch {
	case over != job.StateNone:
		ended(over, &out)
	case m.burials[id] != nil:
		m.burials[id] = append(m.burials[id], askerOf(msg))
		return
	case m.passCancel(now, msg, fx):
		return
	case e != nil && !m.alone:
		out.Answer, _ = m.leaderOf(id)
		m.rep.Remember(now, id)
	case !m.rep.Ready():
		out.Code = call.CodeSyncing
		m.rep.Remember(now, id)
	default:
		m.burials[id] = append(m.burials[id], askerOf(msg))
		if m.rep.Bury(now, id, job.StateCancelled, fx) {
			return
		}
		delete(m.burials, id)
		out.Code = call.CodeNoQuorum // its acceptance is on its way here
		m.rep.Remember(now, id)
	}
	m.sayCancel(msg, &out, fx)
}

// overElsewhere is how a job ended that is not held here, as far as is known and committed.
func (m *Manager) overElsewhere(now core.Instant, id job.ID) job.State {
	if g, dead := m.rep.Tombstone(now, id); dead {
		return g.State
	}
	if e := m.rep.View(id); e != nil && !m.alone && e.State.Terminal() {
		return e.State
	}
	return job.StateNone
}

// Buried implements replica.Owner.
func (m *Manager) Buried(now core.Instant, id job.ID, committed bool, fx *core.Effects) {
	out := cancel.JobResponse{Job: id}
	switch g, ok := m.rep.Tombstone(now, id); {
	case !committed || !ok:
		out.Code = call.CodeNoQuorum
	case g.State == job.StateCancelled:
		out.Success, out.State = true, job.StateCancelled
	default:
		ended(g.State, &out)
	}
	askers := m.burials[id]
	delete(m.burials, id)
	for i := range askers {
		msg := askers[i].message()
		m.sayCancel(&msg, &out, fx)
	}
}

func (m *Manager) sayCancel(msg *core.Message, out *cancel.JobResponse, fx *core.Effects) {
	to := core.Attach[cancel.JobResponse](fx, m.calls.Respond(fx, msg, core.KindJobCancelResponse))
	to.Answer, to.Job, to.Success, to.Cancelled = out.Answer, out.Job, out.Success, out.Cancelled
	to.AlreadyCancelled, to.AlreadyCompleted, to.State = out.AlreadyCancelled, out.AlreadyCompleted, out.State
}

// ended answers a cancel that came too late.
func ended(s job.State, out *cancel.JobResponse) {
	out.Code, out.State = call.CodeAlreadyTerminal, s
	out.AlreadyCancelled, out.AlreadyCompleted = s == job.StateCancelled, s != job.StateCancelled
}

// cancelJob begins to stop a job, and reports whether the answer can be given now: with the count that is known, for it is
// complete only with the job's end (spec 20 §7.1 phase 2).
func (m *Manager) cancelJob(now core.Instant, x *record, out *cancel.JobResponse, fx *core.Effects) bool {
	switch {
	case x.state.Terminal():
		ended(x.state, out)
		return true
	case x.state == job.StateCancelling:
		m.commanded(x)
		out.Code, out.Success, out.Cancelled, out.State = call.CodeDuplicate, true, x.cancelled, x.state
		return true
	case x.pending != job.StateNone:
		ended(x.pending, out)
		return false
	case !m.may(now, x):
		out.Code = call.CodeLeaseLost
		m.rep.Remember(now, x.id)
		return true
	}
	m.commanded(x)
	m.cancelled(now, x, job.StateCancelled, fx)
	out.Success, out.Cancelled, out.State = true, x.cancelled, x.state
	m.settle(now, x, fx)
	return true
}

// commanded notes that a gate ends the job, which has not ended by itself: of such a one a submission is told so (04-54). A
// cancel that came when the end was decided commands nothing.
func (m *Manager) commanded(x *record) {
	if x.gated() && !x.command {
		x.command = true
		m.touch(x, false)
	}
}

// cancelled makes a job CANCELLING, to end as the given state, and stops what runs.
func (m *Manager) cancelled(now core.Instant, x *record, as job.State, fx *core.Effects) {
	x.why, x.cancelled = as, uint32(x.open)
	f := fx.JobFact(core.JobFactCancel)
	f.Job, f.Epoch = uint64(x.id), x.de
	f.Put("workflows", int64(x.open))
	m.setState(now, x, job.StateCancelling, fx) // from here on nothing of it is dispatched (I-JC1)
	for i := range x.flows {
		m.stopFlow(now, x, i, workflow.ReasonCancel, fx)
	}
	m.timers.Arm(timer{at: now.Add(m.cfg.Cancel.Limit), kind: timerLimit, job: x.id, de: x.de})
}

// stopFlow cancels a workflow: at once if nothing of it runs, else when its shards are confirmed.
func (m *Manager) stopFlow(now core.Instant, x *record, i int, why workflow.Reason, fx *core.Effects) {
	f := &x.flows[i]
	if m.flows.Terminal(f.id) || m.flows.State(f.id) == workflow.Cancelling {
		return
	}
	m.dequeue(x, i)
	m.giveUp(now, x, i, fx)
	if !m.step(now, x, i, workflow.Cancelling, why, fx) {
		return
	}
	m.dropFinds(now, x, i, fx)
	who := cancel.ReasonClient
	if why == workflow.ReasonTimeout {
		who = cancel.ReasonTimeout
	}
	for k := range f.shards {
		if s := &f.shards[k]; s.state == shardSent && m.cfg.Cancel.Dispatched || s.state == shardAccepted {
			m.halt(now, x, i, k, who, fx)
		}
	}
	m.confirm(now, x, i, fx)
}

// mayRun reports whether something of a workflow may run still: a shard of its attempt, one of an attempt before that, or one
// that a worker has and nobody here knows of yet (spec 20 §3.2, §5.5 T5).
func (x *record) mayRun(i int) bool {
	f := &x.flows[i]
	return x.unheard > 0 || slices.ContainsFunc(f.shards, func(s shard) bool { return s.state.holds() }) ||
		slices.ContainsFunc(x.stops, func(s stop) bool { return s.shard.Workflow == f.id })
}

// confirm ends a cancelled workflow when nothing of it can run any more.
func (m *Manager) confirm(now core.Instant, x *record, i int, fx *core.Effects) {
	if m.flows.State(x.flows[i].id) == workflow.Cancelling && !x.mayRun(i) {
		m.flowStopped(now, x, i, fx)
	}
}

// confirmAll does that for all of them.
func (m *Manager) confirmAll(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.flows {
		if !x.gone {
			m.confirm(now, x, i, fx)
		}
	}
}

func (m *Manager) flowStopped(now core.Instant, x *record, i int, fx *core.Effects) {
	f := &x.flows[i]
	early := f.early
	for k := range f.shards {
		early = early || f.shards[k].state == shardDone // its data is kept too: its result was accepted
	}
	if early {
		x.kept = true
		m.merge(f)
		x.completed += f.done
		x.failed += f.bad
		x.results = Join(x.results, f.result)
	}
	f.kind = job.ErrorCancelled
	m.step(now, x, i, workflow.Cancelled, workflow.ReasonCancel, fx)
	x.tally.Cancelled++
	m.flowEnded(now, x, i, job.StatusCancelled, fx)
	m.settle(now, x, fx)
}

// cancelLimit takes as stopped what nobody confirmed for too long: its tokens fence it.
func (m *Manager) cancelLimit(now core.Instant, t timer, fx *core.Effects) {
	x := m.records.by[t.job]
	if x == nil || x.de != t.de {
		return
	}
	for i := range x.flows {
		f := &x.flows[i]
		if m.flows.State(f.id) != workflow.Cancelling || t.workflow != 0 && f.id != t.workflow {
			continue
		}
		x.unconfirmed++
		m.unconfirmed(now, x, i)
		m.flowStopped(now, x, i, fx)
	}
}

// unconfirmed names the workers where something of a workflow may run still, or nobody if none is known.
func (m *Manager) unconfirmed(now core.Instant, x *record, i int) {
	f, n := &x.flows[i], len(x.errors)
	note := func(at core.NodeID) {
		x.errors = append(x.errors, job.Failure{Workflow: f.id, Site: m.p.Site, Node: at, Kind: job.ErrorCancelled})
	}
	for k := range f.shards {
		if s := &f.shards[k]; s.state.holds() {
			s.state = shardOver
			m.drop(now, s.worker, x.id, s.token)
			note(s.worker)
		}
	}
	for k := range x.stops {
		if s := &x.stops[k]; s.shard.Workflow == f.id && !slices.ContainsFunc(x.errors[n:], func(e job.Failure) bool { return e.Node == s.worker }) {
			note(s.worker)
		}
	}
	if len(x.errors) == n {
		note(core.NoNode)
	}
}

// halt asks for the end of shard k of workflow i, which is being cancelled. Where its worker is gone it has ended, and the final message
// names the worker (01-43).
func (m *Manager) halt(now core.Instant, x *record, i, k int, why cancel.Reason, fx *core.Effects) {
	s := &x.flows[i].shards[k]
	if !m.departed(s.worker) {
		s.state = shardStopping
		m.stop(now, x, x.stopOf(i, k), why, fx)
		return
	}
	s.state = shardOver
	m.drop(now, s.worker, x.id, s.token)
	x.errors = append(x.errors, job.Failure{Workflow: x.flows[i].id, Site: m.p.Site, Node: s.worker, Kind: job.ErrorWorker})
	m.touch(x, false)
}

// stop asks a worker for the end of a shard, until that is confirmed or the worker is gone.
func (m *Manager) stop(now core.Instant, x *record, s stop, why cancel.Reason, fx *core.Effects) {
	if m.departed(s.worker) {
		return
	}
	x.stops = append(x.stops, s)
	m.askStop(now, x, s, why, fx)
}

func (m *Manager) askStop(now core.Instant, x *record, s stop, why cancel.Reason, fx *core.Effects) {
	b := call.Make[cancel.ShardRequest](fx, core.KindWorkflowCancelRequest)
	b.Shard, b.Token, b.Requester, b.Reason = s.shard, s.token, m.p.Self, why
	m.calls.Go(now, s.worker, core.KindWorkflowCancelRequest, b, &m.how.stop, call.Ticket{Op: opStop, Job: uint64(x.id), Sub: uint64(s.token)}, fx)
}

// stopAnswered hears what a worker says about that.
func (m *Manager) stopAnswered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	x := m.records.by[job.ID(o.Job)]
	if x == nil {
		return
	}
	t := job.Token(o.Sub)
	a, _ := o.Reply.(*cancel.ShardResponse)
	switch {
	case a == nil, a.Code == call.CodeOK && a.WasRunning: // not known, or stopping: it is asked again until it is confirmed
		m.timers.Arm(timer{at: now.Add(m.cfg.Cancel.Again), kind: timerStop, job: x.id, token: t})
	default: // ended, unknown there, or fenced by a greater token
		m.stopped(now, x, t, fx)
	}
}

func (m *Manager) stopAgain(now core.Instant, t timer, fx *core.Effects) {
	x := m.records.by[t.job]
	if x == nil {
		return
	}
	if i := slices.IndexFunc(x.stops, func(s stop) bool { return s.token == t.token }); i >= 0 {
		m.askStop(now, x, x.stops[i], cancel.ReasonClient, fx)
	}
}

// onStopped hears that a shard runs no more.
func (m *Manager) onStopped(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*cancel.ShardComplete)
	m.outdone(now, b.Job, b.Token.Epoch(), fx)
	if x := m.records.by[b.Job]; x != nil {
		m.stopped(now, x, b.Token, fx)
	}
	reply := m.calls.Respond(fx, msg, core.KindWorkflowCancellationCompleteAck)
	core.Attach[call.Ack](fx, reply)
}

// stopped takes the shard of that token as ended.
func (m *Manager) stopped(now core.Instant, x *record, t job.Token, fx *core.Effects) {
	i := slices.IndexFunc(x.stops, func(s stop) bool { return s.token == t })
	if i < 0 {
		return
	}
	s := x.stops[i]
	x.stops = slices.Delete(x.stops, i, i+1)
	m.over(s.worker, x.id, t)
	k := x.place(s.shard.Workflow)
	if k < 0 || m.flows.State(x.flows[k].id) != workflow.Cancelling {
		return
	}
	if sh := x.flows[k].find(t); sh != nil && sh.state.holds() {
		sh.state = shardOver
		m.drop(now, sh.worker, x.id, t)
	}
	m.confirm(now, x, k, fx)
}

// confirmStop forgets that the end of a shard was asked for: it has ended.
func (m *Manager) confirmStop(x *record, t job.Token) {
	x.stops = slices.DeleteFunc(x.stops, func(s stop) bool { return s.token == t })
}

// forgetStops ends what was asked of a worker that is gone.
func (m *Manager) forgetStops(now core.Instant, id core.NodeID, fx *core.Effects) {
	for _, x := range m.records.order {
		for i := len(x.stops) - 1; i >= 0; i-- {
			if i < len(x.stops) && x.stops[i].worker == id {
				m.stopped(now, x, x.stops[i].token, fx)
			}
		}
	}
}

// onCancellationQuery tells a worker what is to become of shards whose progress nobody acknowledged (spec 20 §7.4).
func (m *Manager) onCancellationQuery(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*cancel.Query)
	reply := m.calls.Respond(fx, msg, core.KindWorkflowCancellationResponse)
	out := core.Attach[cancel.QueryResponse](fx, reply)
	for i := range b.Shards {
		m.outdone(now, b.Shards[i].Job, b.Shards[i].Token.Epoch(), fx)
		out.Verdicts = append(out.Verdicts, m.verdict(now, &b.Shards[i]))
	}
}

func (m *Manager) verdict(now core.Instant, s *cancel.ShardToken) cancel.Verdict {
	x := m.records.by[s.Job]
	if x == nil {
		g, _ := m.rep.Tombstone(now, s.Job)
		if e := m.endedReplica(now, s.Job); e != nil {
			g.Epoch = e.Epoch
		}
		return cancel.Verdict{Status: cancel.ShardUnknown, DE: g.Epoch}
	}
	v := cancel.Verdict{Status: cancel.ShardUnknown, DE: x.de}
	i := x.place(s.Workflow)
	if i < 0 {
		return v
	}
	f := &x.flows[i]
	sh := f.find(s.Token)
	switch {
	case m.flows.Terminal(f.id) || m.flows.State(f.id) == workflow.Cancelling:
		v.Status = cancel.ShardCancel
	case sh == nil && x.taking != nil: // it may be one that is not known yet (T5): no word at all
		v.DE = 0
	case sh == nil || sh.state == shardOver:
		v.Status = cancel.ShardStale
	default:
		v.Status = cancel.ShardRun
	}
	return v
}
