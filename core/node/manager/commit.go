package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// What a decision, a result or a cancel leads to outside of this process waits until a majority of the cluster has it:
// whoever takes the job over would know nothing of it otherwise (03-13, 04-30, 04-53; spec 20 §0, "Ack means committed").

// afterKind is what happens once a change is committed.
type afterKind uint8

const (
	afterReply    afterKind = iota // somebody gets an answer
	afterEnd                       // the client hears how a workflow ended
	afterSuccess                   // what needs a workflow may start
	afterDecision                  // the job has ended
	afterFinal                     // the client hears how, from another holder
	afterStopped                   // nothing of a job that took too long runs any more
	afterGrant                     // a worker has more time, in several jobs
	afterFree                      // nothing waits for what its client sent any more
)

// after is something that waits for a commit.
type after struct {
	seq  uint64 // of the change; 0: it is not sent yet
	kind afterKind
	flow int32
	keep bool // the answer is recorded for repeats, under request
	to   asker
	code core.Kind
	body call.Reply
	id   uint64
	left *int // jobs that it still waits for; a code in the body: one of them is lost
}

// touch notes that the entry of x changed. It is sent at the end of the event; urgent: without waiting for others.
func (m *Manager) touch(x *record, urgent bool) {
	if m.alone || x.gone {
		return
	}
	x.urgent = x.urgent || urgent
	if !x.dirty {
		x.dirty = true
		m.changed = append(m.changed, x)
	}
}

// then lets a be done when all that x has become so far is committed: at once in a cluster of one.
func (m *Manager) then(now core.Instant, x *record, a after, fx *core.Effects) {
	switch {
	case m.alone || !x.dirty && x.sent <= x.done && !x.owes():
		m.do(now, x, &a, fx)
		return
	case !x.dirty:
		a.seq = x.sent
	}
	x.after = append(x.after, a)
}

// answer sends an answer about x when all that x has become so far is committed.
func (m *Manager) answer(now core.Instant, x *record, msg *core.Message, kind core.Kind, b call.Reply, fx *core.Effects) {
	if x == nil {
		m.calls.Respond(fx, msg, kind).Body = b
		return
	}
	m.then(now, x, after{kind: afterReply, to: askerOf(msg), code: kind, body: b}, fx)
}

// do is what waited.
func (m *Manager) do(now core.Instant, x *record, a *after, fx *core.Effects) {
	switch a.kind {
	case afterReply:
		m.reply(now, a, fx)
	case afterEnd:
		m.pushWorkflow(now, x, int(a.flow), fx)
	case afterSuccess:
		m.succeeded(now, x, int(a.flow))
	case afterDecision:
		m.decided(now, x, fx)
	case afterFinal:
		m.tellEnd(now, x, fx)
	case afterFree:
		x.spec, x.graph = nil, nil // payloads go when the last workflow has ended (spec 20 §11)
	case afterStopped:
		m.stoppedAll(now, x, fx)
	case afterGrant:
		m.granted(a, fx)
	}
}

func (m *Manager) reply(now core.Instant, a *after, fx *core.Effects) {
	msg := a.to.message()
	reply := m.calls.Respond(fx, &msg, a.code)
	reply.Body = a.body
	if a.keep {
		m.singles.Keep(now, &msg, a.id, reply, fx)
	}
}

// stoppedAll concludes a job whose last workflow was stopped, unless that was done.
func (m *Manager) stoppedAll(now core.Instant, x *record, fx *core.Effects) {
	if x.spec != nil {
		m.conclude(now, x, fx)
	}
}

// committed does what waited for changes up to seq.
func (m *Manager) committed(now core.Instant, x *record, seq uint64, fx *core.Effects) {
	x.done = max(x.done, seq)
	for x.owes() {
		a := x.after[0]
		x.after = slices.Delete(x.after, 0, 1)
		m.do(now, x, &a, fx)
	}
}

// owes reports whether something is to be done that waited for what is committed by now. What comes of it has its turn behind it.
func (x *record) owes() bool {
	return len(x.after) > 0 && x.after[0].seq != 0 && x.after[0].seq <= x.done
}

// void ends what waited for a commit that will not come: who asked hears that the lease is lost, and of nothing else.
func (m *Manager) void(now core.Instant, x *record, fx *core.Effects) {
	list := x.after
	x.after, x.pending = nil, job.StateNone
	for i := range list {
		a := &list[i]
		if a.kind == afterGrant { // not given, then (04-38): who asks again hears how it stands
			m.walk.Clear(a.body)
			a.body.Head().Code = call.CodeLeaseLost
			m.granted(a, fx)
		}
		if a.kind == afterReply {
			m.voidReply(now, x, a, fx)
		}
	}
}

// voidReply answers that the lease is lost.
func (m *Manager) voidReply(now core.Instant, x *record, a *after, fx *core.Effects) {
	if b, ok := a.body.(*cancel.JobResponse); ok {
		*b = cancel.JobResponse{Job: x.id}
		m.rep.Remember(now, x.id) // it was asked for, and not answered finally (04-47)
	} else {
		m.walk.Clear(a.body)
	}
	a.body.Head().Code = call.CodeLeaseLost
	msg := a.to.message()
	m.calls.Respond(fx, &msg, a.code).Body = a.body
}

// voidDecision does so for requests whose answer is a decision that is pending. It stands, and is committed when the lease is
// back.
func (m *Manager) voidDecision(now core.Instant, x *record, fx *core.Effects) {
	x.after = slices.DeleteFunc(x.after, func(a after) bool {
		switch a.body.(type) {
		case *cancel.JobResponse, *jobtimeout.Ack:
			m.voidReply(now, x, &a, fx)
			return true
		}
		return false
	})
}

// atEnd answers when the job has ended for good (04-30); b is the answer then.
func (m *Manager) atEnd(x *record, msg *core.Message, kind core.Kind, b call.Reply) {
	x.enders = append(x.enders, after{kind: afterReply, to: askerOf(msg), code: kind, body: b})
}

// sayEnd gives those answers.
func (m *Manager) sayEnd(x *record, fx *core.Effects) {
	for i := range x.enders {
		a := &x.enders[i]
		msg := a.to.message()
		m.calls.Respond(fx, &msg, a.code).Body = a.body
	}
	x.enders = nil
}

// sayLost says instead that another one holds the job.
func (m *Manager) sayLost(x *record, fx *core.Effects) {
	for i := range x.enders {
		b := x.enders[i].body
		m.walk.Clear(b)
		b.Head().Code = call.CodeLeaseLost
	}
	m.sayEnd(x, fx)
}

// sendChanges gives the entries of this event their numbers, and to the other members what is urgent.
func (m *Manager) sendChanges(now core.Instant, fx *core.Effects) {
	for i := 0; i < len(m.changed); i++ {
		x := m.changed[i]
		x.dirty = false
		e := m.rep.Edit(x.id)
		if x.gone || e == nil {
			continue
		}
		m.mirror(now, x, e)
		urgent := x.urgent
		x.urgent = false
		x.sent = m.rep.Change(now, x.id, urgent, fx)
		for k := range x.after {
			if x.after[k].seq == 0 {
				x.after[k].seq = x.sent
			}
		}
	}
	m.changed = m.changed[:0]
}
