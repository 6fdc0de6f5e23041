package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
)

// Requests whose answer is not known yet. While an acceptance or a decision is on its way to a majority, nothing that
// depends on it leaves the gate (03-13, 04-13, 04-30): such a request is held, and judged again when that is through.

// hold keeps a request. A later copy of it takes its place: nobody waits for two answers.
func (g *Gate) hold(x *record, m *core.Message) {
	for i := range x.held {
		if h := &x.held[i]; sameRequest(h, m) {
			if m.Body != h.Body {
				core.Hold(m.Body)
			}
			*h = *m
			return
		}
	}
	core.Hold(m.Body)
	x.held = append(x.held, *m)
}

// sameRequest reports whether two messages about one job are copies of one request.
func sameRequest(a, b *core.Message) bool {
	return a.From == b.From && a.Kind == b.Kind && a.Instance == b.Instance && partOfJob(a) == partOfJob(b)
}

// partOfJob tells requests of one kind and sender apart that are about different parts of a job.
func partOfJob(m *core.Message) uint64 {
	switch b := m.Body.(type) {
	case *cancel.SingleRequest:
		return b.Request
	case *job.WorkflowResultPush:
		return uint64(b.Workflow)
	}
	return 0
}

// release lets what was held be judged again, at the end of this step: until then the job may still change.
func (g *Gate) release(x *record) {
	g.freed = append(g.freed, x.held...)
	x.held = nil
}

// again judges what was held.
func (g *Gate) again(now core.Instant, fx *core.Effects) {
	for len(g.freed) > 0 {
		list := g.freed
		g.freed = nil
		for i := range list {
			g.handle(now, &list[i], fx)
		}
	}
}

// refuse answers those who wait for a decision, or for the commit of a single cancel: none will come from here for now.
func (g *Gate) refuse(now core.Instant, x *record, fx *core.Effects) {
	a := call.Answer{Code: call.CodeLeaseLost}
	held := x.held
	x.held = nil
	for i := range held {
		g.wanted(now, x, &held[i])
		g.decline(&held[i], a, fx)
	}
	n := 0
	for i := range x.singles {
		if s := &x.singles[i]; !s.sent {
			g.decline(&s.request, a, fx)
			continue
		}
		x.singles[n] = x.singles[i]
		n++
	}
	clear(x.singles[n:])
	x.singles = x.singles[:n]
}

// refuseAcks answers those whose word is not committed: they may not forget it.
func (g *Gate) refuseAcks(x *record, fx *core.Effects) {
	acks := x.acks
	x.acks = nil
	for i := range acks {
		g.decline(&acks[i].to, call.Answer{Code: call.CodeLeaseLost}, fx)
	}
}

// ack is the answer to a request that is given when what it told of is committed.
type ack struct {
	seq uint64
	to  core.Message
}

const (
	ackBytes     = 8 + messageBytes
	messageBytes = 184
)

// acknowledge answers a request when the entry of that number is committed.
func (g *Gate) acknowledge(x *record, seq uint64, m *core.Message, fx *core.Effects) {
	if x.done >= seq {
		g.approve(x, m, fx)
		return
	}
	core.Hold(m.Body)
	x.acks = append(x.acks, ack{seq, *m})
}

// acknowledged answers those whose entry is committed.
func (g *Gate) acknowledged(x *record, fx *core.Effects) {
	n := 0
	for i := range x.acks {
		if x.acks[i].seq <= x.done {
			g.approve(x, &x.acks[i].to, fx)
			continue
		}
		x.acks[n] = x.acks[i]
		n++
	}
	clear(x.acks[n:])
	x.acks = x.acks[:n]
}

// approve answers OK.
func (g *Gate) approve(x *record, m *core.Message, fx *core.Effects) {
	g.answer(m, x, call.Answer{}, fx)
}

// decline answers a request about a job that this gate does not decide.
func (g *Gate) decline(m *core.Message, a call.Answer, fx *core.Effects) { g.answer(m, nil, a, fx) }

// answer replies in the words of the request's kind. x is the job, if this gate leads it.
func (g *Gate) answer(m *core.Message, x *record, a call.Answer, fx *core.Effects) {
	if x != nil {
		g.say(m, a, known{x.ge, x.state, g.p.Self}, fx)
		return
	}
	g.say(m, a, known{leader: core.NoNode}, fx)
}

// known is what a gate knows of a job beside the answer to a request about it.
type known struct {
	ge     uint32
	state  job.State
	leader core.NodeID // or NoNode
}

// say replies in the words of the request's kind.
func (g *Gate) say(m *core.Message, a call.Answer, k known, fx *core.Effects) {
	g.readable(m.From, &a)
	switch b := m.Body.(type) {
	case *job.Submission:
		r := core.Attach[job.Ack](fx, g.calls.Respond(fx, m, core.KindJobAck))
		r.Answer, r.Job, r.State, r.GE, r.Accepted, r.Versions = a, b.Job, k.state, k.ge, a.Code.Done(), g.pacts.Versions()
		if a.Code == call.CodeDuplicate {
			r.JobLeader = k.leader
		}
	case *cancel.JobRequest:
		r := core.Attach[cancel.JobResponse](fx, g.calls.Respond(fx, m, core.KindJobCancelResponse))
		r.Answer, r.Job, r.State, r.Success = a, b.Job, k.state, a.Code.Done()
		r.AlreadyCancelled = a.Code == call.CodeAlreadyTerminal && k.state == job.StateCancelled
		r.AlreadyCompleted = a.Code == call.CodeAlreadyTerminal && k.state != job.StateCancelled
	case *cancel.SingleRequest:
		r := core.Attach[cancel.SingleResponse](fx, g.calls.Respond(fx, m, core.KindSingleWorkflowCancelResponse))
		r.Answer, r.Job, r.Workflow, r.Request, r.Site, r.Status = a, b.Job, b.Workflow, b.Request, job.NoSite, singleStatus(a.Code, k.state)
	default:
		g.sayToManager(m, a, k, fx)
	}
}

// singleStatus is what became of a single cancel of a job of which only its end is known.
func singleStatus(c call.Code, s job.State) cancel.SingleStatus {
	switch {
	case c != call.CodeAlreadyTerminal:
		return cancel.SingleNotFound
	case s == job.StateCancelled:
		return cancel.SingleAlreadyCancelled
	}
	return cancel.SingleAlreadyCompleted
}

// sayToManager replies to what managers ask.
func (g *Gate) sayToManager(m *core.Message, a call.Answer, k known, fx *core.Effects) {
	switch m.Body.(type) {
	case *job.FinalResult:
		r := core.Attach[job.StateAck](fx, g.calls.Respond(fx, m, core.KindJobFinalResultAck))
		r.Answer, r.State = a, k.state
	case *jobtimeout.FinalStatus, *jobtimeout.ProgressReport, *jobtimeout.TimeoutReport, *jobtimeout.LeaderTransfer:
		r := core.Attach[jobtimeout.Ack](fx, g.calls.Respond(fx, m, timeoutReply(m.Kind)))
		r.Answer, r.GE, r.JobLeader, r.State, r.DE = a, k.ge, k.leader, k.state, uint32(a.Current)
	case *replica.AdoptOffer:
		r := core.Attach[replica.AdoptOfferAck](fx, g.calls.Respond(fx, m, core.KindJobAdoptOfferAck))
		r.Answer, r.GE, r.JobLeader, r.State = a, k.ge, k.leader, k.state
	case *replica.ManagerTransfer:
		r := core.Attach[replica.ManagerTransferAck](fx, g.calls.Respond(fx, m, core.KindJobLeaderManagerTransferAck))
		r.Answer, r.GE, r.JobLeader = a, k.ge, k.leader
	case *job.WorkflowResultPush:
		core.Attach[call.Ack](fx, g.calls.Respond(fx, m, core.KindWorkflowResultPushAck)).Answer = a
	case *cancel.JobComplete:
		core.Attach[call.Ack](fx, g.calls.Respond(fx, m, core.KindJobCancellationCompleteAck)).Answer = a
	}
}

// timeoutReply is the kind of the answer to a message of AD-34.
func timeoutReply(k core.Kind) core.Kind {
	switch k {
	case core.KindJobProgressReport:
		return core.KindJobProgressReportAck
	case core.KindJobTimeoutReport:
		return core.KindJobTimeoutReportAck
	case core.KindJobLeaderTransfer:
		return core.KindJobLeaderTransferAck
	default:
		return core.KindJobFinalStatusAck
	}
}

// elsewhere says what this gate knows of a job that it does not lead: who does, how it ended, or nothing. A gate that has
// not read enough to know nothing says so (04-48).
func (g *Gate) elsewhere(now core.Instant, id job.ID) (call.Answer, known) {
	if t, dead := g.rep.Tombstone(now, id); dead {
		return call.Answer{Code: call.CodeAlreadyTerminal}, known{t.Epoch, t.State, core.NoNode}
	}
	e := g.rep.View(id)
	switch {
	case e != nil && e.State.Terminal(): // its holder committed it before it said so
		return call.Answer{Code: call.CodeAlreadyTerminal}, known{e.Epoch, e.State, g.holder(e)}
	case e != nil:
		return call.NotLeader(g.holder(e)), known{e.Epoch, e.State, g.holder(e)}
	case !g.rep.Ready():
		return call.Answer{Code: call.CodeSyncing}, known{leader: core.NoNode}
	}
	return call.Answer{Code: call.CodeUnknownJob}, known{leader: core.NoNode}
}

// redirect answers a request about a job that this gate does not lead.
func (g *Gate) redirect(now core.Instant, id job.ID, m *core.Message, fx *core.Effects) {
	a, k := g.elsewhere(now, id)
	if m.Kind == core.KindJobProgressReport || m.Kind == core.KindJobTimeoutReport {
		a = g.untold(a, k)
	}
	g.say(m, a, k, fx)
}

// untold is what a datacenter hears that reports of a job to a gate which does not lead it: where one message says that the job
// is over and no other does, replicas do not say it either (20/J7).
func (g *Gate) untold(a call.Answer, k known) call.Answer {
	if a.Code == call.CodeAlreadyTerminal && g.toldOnce(k.state) {
		return call.NotLeader(k.leader)
	}
	return a
}

// holder returns who leads the job of an entry, NoNode if that one is gone, or this very gate in an earlier life.
func (g *Gate) holder(e *replica.Entry) core.NodeID {
	if e.Holder == g.p.Self || g.Gone(e.Holder) {
		return core.NoNode
	}
	return e.Holder
}
