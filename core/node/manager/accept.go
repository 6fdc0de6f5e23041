package manager

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// acceptance is a job that is to be held here, until a majority of the cluster knows it (spec 20 §4.3 M6).
type acceptance struct {
	spec   *job.Submission
	first  asker
	others []heldSubmission
}

// heldSubmission is one that came while the acceptance of its job was on its way.
type heldSubmission struct {
	from asker
	body *job.Submission
}

// onSubmission takes a job in (spec 20 §4.3). Whoever asks again while its acceptance is on its way waits for that, and is
// judged by its epoch then (04-13, 04-22, 04-52).
func (m *Manager) onSubmission(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.Submission)
	if c := m.pacts.Meet(msg.From, msg.Instance, &b.Versions, fx); c != call.CodeOK {
		m.ack(msg, b.Job, &judgement{Answer: call.Answer{Code: c}}, fx)
		return
	}
	if m.gateAgain(now, msg, fx) || m.endedAgain(now, msg, fx) {
		return
	}
	v := m.judge(now, msg, b)
	switch w := m.accepting[b.Job]; {
	case v.Code != call.CodeOK:
		m.ack(msg, b.Job, &v, fx)
	case w != nil:
		core.Hold(b)
		w.others = append(w.others, heldSubmission{askerOf(msg), b})
	default:
		m.begin(now, msg, b, fx)
	}
}

// judgement is what a submission is answered with.
type judgement struct {
	call.Answer
	state  job.State
	ge, de uint32
	own    bool
	leader core.NodeID // DUPLICATE: who leads it
}

func (m *Manager) ack(msg *core.Message, id job.ID, v *judgement, fx *core.Effects) {
	m.calls.Respond(fx, msg, core.KindJobAck).Body = m.ackOf(id, v, fx)
}

func (m *Manager) ackOf(id job.ID, v *judgement, fx *core.Effects) *job.Ack {
	out := call.Make[job.Ack](fx, core.KindJobAck)
	out.Answer, out.Job, out.State, out.DE, out.GE, out.Own = v.Answer, id, v.state, v.de, v.ge, v.own
	out.Accepted, out.Versions = v.Code.Done(), m.pacts.Versions()
	out.Load = m.load()
	if v.Code == call.CodeDuplicate {
		out.JobLeader = v.leader
	}
	return out
}

// begin wants to hold the job. In a cluster of one it does before this returns.
func (m *Manager) begin(now core.Instant, msg *core.Message, b *job.Submission, fx *core.Effects) {
	core.Hold(b)
	w := &acceptance{spec: b, first: askerOf(msg)}
	m.accepting[b.Job] = w
	e := m.entryOf(b)
	if a := m.rep.Accept(now, &e, fx); a.Code != call.CodeOK {
		delete(m.accepting, b.Job)
		m.ack(msg, b.Job, &judgement{Answer: a}, fx)
	}
}

// entryOf is what the other members are to know of a job that begins.
func (m *Manager) entryOf(b *job.Submission) replica.Entry {
	e := replica.Entry{
		State: job.StateSubmitted, HandoverTo: core.NoNode, Gate: core.NoNode, GE: b.GE, Callback: b.Callback, Cancelled: slices.Clone(b.Cancelled),
		Submission: []job.Spec{b.Spec},
	}
	e.Job = b.Job
	if b.GE > 0 {
		e.Gate = b.Gate
	}
	return e
}

// Accepted implements replica.Owner: an acceptance has ended.
func (m *Manager) Accepted(now core.Instant, id job.ID, a call.Answer, fx *core.Effects) {
	w := m.accepting[id]
	delete(m.accepting, id)
	if w == nil {
		return
	}
	v := judgement{Answer: a}
	if a.Code == call.CodeOK {
		if !m.alone {
			m.holderFact(id, job.HoldAccepted, fx)
		}
		x := m.accept(now, w.spec, m.rep.View(id).Epoch, fx)
		v.state, v.de, v.ge = x.state, x.de, x.ge
	}
	msg := w.first.message()
	m.ack(&msg, id, &v, fx)
	for i := range w.others {
		o := &w.others[i]
		if msg = o.from.message(); a.Code != call.CodeOK {
			m.ack(&msg, id, &v, fx)
			continue
		}
		msg.Body = o.body
		m.onSubmission(now, &msg, fx)
	}
	if x := m.records.by[id]; x != nil && a.Code == call.CodeOK {
		m.owedCancel(now, x, fx)
		m.offerAgain(now, id, fx)
	}
}

// judge says whether a submission is a new job that can be taken (M1–M5, G4). OK: it can, or is being taken.
func (m *Manager) judge(now core.Instant, msg *core.Message, b *job.Submission) judgement {
	if x := m.records.by[b.Job]; x != nil {
		return known(judgement{state: x.state, de: x.de, ge: x.ge, leader: m.p.Self}, x.other(b))
	}
	if w := m.accepting[b.Job]; w != nil {
		v := known(judgement{}, w.spec.Digest != b.Digest)
		if v.Code == call.CodeDuplicate { // not yet
			v.Code = call.CodeOK
		}
		return v
	}
	if g, ok := m.rep.Tombstone(now, b.Job); ok {
		v := judgement{state: g.State, leader: core.NoNode}
		if v.Code = call.CodeDuplicate; g.State == job.StateCancelled || b.GE > 0 { // to a gate it is a refusal (04-54)
			v.Code = call.CodeAlreadyTerminal
		}
		return v
	}
	if v, ok := m.judgeReplica(b); ok {
		return v
	}
	return judgement{Answer: call.Answer{Code: m.takes(now, msg, b)}}
}

// known answers for a job that is here already: the same id with another digest is another job.
func known(v judgement, other bool) judgement {
	if v.Code = call.CodeDuplicate; other {
		v.Code = call.CodeInvalid
	}
	return v
}

// other reports whether b is another job under the id of x. Of one that had ended when it came to this process nothing is left to
// compare: it counts as the same.
func (x *record) other(b *job.Submission) bool { return x.digest != 0 && x.digest != b.Digest }

// takes says whether a job that nobody has can begin here.
func (m *Manager) takes(now core.Instant, msg *core.Message, b *job.Submission) call.Code {
	switch {
	case !m.rep.Ready():
		return call.CodeSyncing
	case m.draining:
		return call.CodeDraining
	case !m.quorum(), m.provisions.shut > now:
		return call.CodeNoQuorum
	case m.walk.Size(msg, m.p.Book) > m.cfg.Submit.MaxBytes:
		return call.CodeTooLarge
	case !valid(b), m.taken(b):
		return call.CodeInvalid
	}
	return call.CodeOK
}

// judgeReplica answers for a job that somebody else holds: it is known once its acceptance is committed (04-13).
func (m *Manager) judgeReplica(b *job.Submission) (v judgement, ok bool) {
	e := m.rep.View(b.Job)
	switch {
	case e == nil || m.alone:
		return v, false
	case e.Reason == replica.ReasonAccept:
		v.Answer, _ = m.leaderOf(b.Job)
	case len(e.Submission) > 0 && e.Submission[0].Digest != b.Digest:
		v.Code = call.CodeInvalid
	case b.GE > 0: // the gate has to reach whoever holds it
		v.Answer, _ = m.leaderOf(b.Job)
	default:
		a, _ := m.leaderOf(b.Job)
		v.Code, v.state, v.de, v.leader = call.CodeDuplicate, e.State, e.Epoch, a.Leader
	}
	return v, true
}

// quorum reports whether a majority of the cluster lives, as far as membership knows (M4).
func (m *Manager) quorum() bool {
	up := 1
	for _, p := range m.peers {
		if !m.Gone(p) {
			up++
		}
	}
	return 2*up > len(m.peers)+1
}

// taken reports whether a workflow of another job has the id of one of b's: ids are drawn, and name a workflow alone.
func (m *Manager) taken(b *job.Submission) bool {
	for i := range b.Workflows {
		if m.flows.State(b.Workflows[i].Workflow) != workflow.None {
			return true
		}
	}
	return false
}

// valid checks what can be seen without the graph of dependencies, and the graph.
func valid(b *job.Submission) bool {
	if b.Timeout < 0 || len(b.Workflows) == 0 {
		return false
	}
	seen := make(map[job.WorkflowID]struct{}, len(b.Workflows))
	for i := range b.Workflows {
		w := &b.Workflows[i]
		if cmp.Or(w.VUs, b.VUs) < 1 && w.Cores < 1 {
			return false
		}
		seen[w.Workflow] = struct{}{}
	}
	if len(seen) != len(b.Workflows) {
		return false
	}
	_, err := graphOf(b)
	return err == nil
}

func graphOf(b *job.Submission) (*workflow.Graph, error) {
	names, deps := make([]uint32, len(b.Workflows)), make([][]uint32, len(b.Workflows))
	for i := range b.Workflows {
		names[i], deps[i] = b.Workflows[i].Name, b.Workflows[i].Depends
	}
	return workflow.NewGraph(names, deps)
}

// newRecord is the record of a job that this process holds under de.
func (m *Manager) newRecord(now core.Instant, b *job.Submission, de uint32) *record {
	g, _ := graphOf(b)
	x := &record{
		id: b.Job, spec: b, digest: b.Digest, client: b.Callback, accepted: now, timeout: cmp.Or(b.Timeout, m.cfg.Submit.DefaultTimeout),
		de: de, graph: g, flows: make([]flow, len(b.Workflows)), open: len(b.Workflows),
		gate: core.NoNode,
	}
	if b.GE > 0 {
		x.gate, x.ge = b.Gate, b.GE
	}
	for i := range x.flows {
		w := &b.Workflows[i]
		f := &x.flows[i]
		f.id, f.waits = w.Workflow, int32(len(g.Needs(i)))
		f.vus = cmp.Or(w.VUs, b.VUs, uint32(w.Cores)) // exact cores without users: one each (01-38)
	}
	x.sortFlows()
	return x
}

// accept makes the record of a job, led from now on.
func (m *Manager) accept(now core.Instant, b *job.Submission, de uint32, fx *core.Effects) *record {
	x := m.newRecord(now, b, de)
	m.records.add(x)
	f := fx.JobFact(core.JobFactTable)
	f.Job = uint64(x.id)
	f.Put("made", 1)
	m.setState(now, x, job.StateSubmitted, fx)
	m.startTime(now, x, fx)
	for i := range x.flows {
		m.flows.Track(now, x.id, x.flows[i].id)
		m.flowFact(x, i, workflow.None, workflow.Pending, job.ErrorNone, fx)
	}
	for _, c := range b.Cancelled { // what was cancelled before it came here does not begin (04-54)
		if x.place(c.Workflow) >= 0 {
			m.noteSingle(x, c)
		}
	}
	m.owedSingles(now, x, fx)
	for i := range x.flows {
		m.enqueue(now, x, i)
	}
	m.due = true
	return x
}

// load is what a manager says of its datacenter's cores and of the work that waits.
func (m *Manager) load() job.Load {
	m.reports++
	l := job.Load{Report: m.reports}
	for i := range m.workers.list {
		if w := &m.workers.list[i]; !w.gone() {
			l.Cores += uint32(w.total)
			l.CoresAvailable += uint32(w.cores.Free())
		}
	}
	for _, x := range m.records.queue {
		l.Pending += uint32(x.ready.Len())
	}
	return l
}
