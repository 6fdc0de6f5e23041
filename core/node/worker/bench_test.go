package worker

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/replica"
)

const sec = core.Instant(time.Second)

// self is the worker of a bench; managers have the ids 0 to 9.
const self = core.NodeID(20)

// bench is one worker without a world: what it is sent is made up, what it says is looked at.
type bench struct {
	t    *testing.T
	w    *Worker
	cfg  job.Config
	fx   core.Effects
	now  core.Instant
	dead map[core.NodeID]bool
	life map[core.NodeID]uint32 // of managers, if it is not the first
	seq  uint32
	sent []core.Message // since the last look
	done uint64         // what its meter says, unless it has a length
	ext  jobtimeout.Extension
	work map[job.WorkflowID]effort
	left []core.Work
	told []core.JobFact
}

func (b *bench) State(id core.NodeID) core.MemberState {
	if b.dead[id] {
		return core.StateDead
	}
	return core.StateOK
}

func (b *bench) Instance(id core.NodeID) uint32 { return max(1, b.life[id]) }

// effort is work that may take longer than its job has, and says so.
type effort struct {
	from, to core.Instant
	stuck    bool
}

func (b *bench) Done(now core.Instant, s job.Shard, _ job.Token) (uint64, uint64, uint16) {
	if e, ok := b.work[s.Workflow]; ok && !e.stuck {
		return uint64(now-e.from) / 1e8, 0, 0
	}
	return b.done, 0, 0
}

func (b *bench) Estimate(now core.Instant, s job.Shard, _ job.Token) (core.Duration, uint64, bool) {
	e, ok := b.work[s.Workflow]
	if e.stuck {
		return core.Duration(core.Never), 100, true
	}
	return e.to.Sub(now), uint64(e.to-e.from) / 1e8, ok
}

// on returns a worker that is registered with managers 0 … n−1.
func on(t *testing.T, n int) *bench {
	b := &bench{t: t, cfg: job.Default(), dead: map[core.NodeID]bool{}, ext: jobtimeout.DefaultExtension(), work: map[job.WorkflowID]effort{}}
	p := Params{Config: &b.cfg, Self: self, Instance: 1, Seed: 1, Key: 7, Cores: 8, Members: b, Meter: b, Extend: &b.ext, Formed: true}
	for i := range n {
		p.Managers = append(p.Managers, core.NodeID(i))
	}
	b.w = New(p)
	b.step(func() { b.w.Begin(b.now, &b.fx) })
	return b
}

func (b *bench) step(do func()) {
	b.fx.Reset()
	do()
	for i := range b.fx.Messages {
		if m := &b.fx.Messages[i]; m.Body != nil {
			core.Hold(m.Body)
			core.Hold(m.Body)
		}
	}
	b.sent = append(b.sent, b.fx.Messages...)
	b.left = append(b.left, b.fx.Work...)
	b.told = append(b.told, b.fx.JobFacts...)
}

// say lets a node send the worker a request.
func (b *bench) say(from core.NodeID, k core.Kind, body core.Body) {
	b.seq++
	m := core.Message{Kind: k, From: from, To: self, Seq: b.seq, Timeout: 5e9, Body: body, Instance: 1}
	b.step(func() { b.w.Receive(b.now, &m, &b.fx) })
}

// answer lets whom m went to answer it.
func (b *bench) answer(m *core.Message, k core.Kind, body core.Body) {
	r := core.Message{Kind: k, From: m.To, To: self, Seq: m.Seq, Body: body, Instance: 1}
	b.step(func() { b.w.Receive(b.now, &r, &b.fx) })
}

// until lets time pass.
func (b *bench) until(at core.Instant) {
	for {
		d, ok := b.w.Deadline()
		if !ok || d > at {
			b.now = max(b.now, at)
			return
		}
		b.now = max(b.now, d)
		b.step(func() { b.w.Wake(b.now, &b.fx) })
	}
}

// of returns what was sent of a kind since the last look, and looks.
func (b *bench) of(k core.Kind) (list []core.Message) {
	for _, m := range b.sent {
		if m.Kind == k {
			list = append(list, m)
		}
	}
	b.sent = b.sent[:0]
	return list
}

// within lets a manager dispatch a shard of a job that has so much time left.
func (b *bench) within(leader core.NodeID, j job.ID, flow job.WorkflowID, n uint32, left core.Duration) {
	b.say(leader, core.KindWorkflowDispatch, &dispatch.WorkflowDispatch{
		Shard: job.Shard{Job: j, Workflow: flow, Attempt: 1}, VUs: 4, Cores: 1, Timeout: left, Token: job.Ticket{DE: 1, N: n}.Token(), DE: 1, Instance: 1, JobLeader: leader,
	})
}

// order lets a manager dispatch a shard of one core and returns the answer.
func (b *bench) order(leader core.NodeID, j job.ID, flow job.WorkflowID, de, n uint32) call.Code {
	b.sent = b.sent[:0]
	b.say(leader, core.KindWorkflowDispatch, &dispatch.WorkflowDispatch{
		Shard: job.Shard{Job: j, Workflow: flow, Attempt: 1}, VUs: 4, Cores: 1, Timeout: 1000e9, Token: job.Ticket{DE: de, N: n}.Token(), DE: de, Instance: 1, JobLeader: leader,
	})
	return b.of(core.KindWorkflowDispatchAck)[0].Body.(*dispatch.WorkflowDispatchAck).Code
}

// lead lets a manager say that it leads a job, and returns the answer about it and the code of the whole.
func (b *bench) lead(m core.NodeID, j job.ID, de uint32) (replica.JobTransferAnswer, call.Code) {
	b.sent = b.sent[:0]
	b.say(m, core.KindJobLeaderWorkerTransfer, &replica.WorkerTransfer{Entries: []replica.JobTransfer{{Job: j, DE: de, Manager: m, Old: core.NoNode}}})
	for _, x := range b.sent {
		if x.Kind == core.KindJobLeaderWorkerTransferAck {
			a := x.Body.(*replica.WorkerTransferAck)
			return a.Answers[0], a.Code
		}
	}
	b.t.Fatal("no answer")
	panic("")
}

// accept lets a manager accept every registration that is under way.
func (b *bench) accept() {
	for _, m := range b.of(core.KindWorkerRegistration) {
		b.answer(&m, core.KindRegistrationResponse, &registry.RegistrationResponse{Accepted: true, Manager: m.To})
	}
}

func (b *bench) leaders(j job.ID) (list []core.NodeID) {
	for _, x := range b.w.shards.order {
		if x.Job == j {
			list = append(list, x.leader)
		}
	}
	for _, n := range b.w.results.order {
		if r := b.w.results.by[n]; r.body.Job == j {
			list = append(list, r.leader)
		}
	}
	return list
}

// answerAll answers everything of a kind that was sent since the last look to one of the given nodes, or to anybody.
func (b *bench) answerAll(k, reply core.Kind, body func(*core.Message) core.Body, to ...core.NodeID) (n int) {
	for _, m := range b.of(k) {
		if len(to) == 0 || slices.Contains(to, m.To) {
			b.answer(&m, reply, body(&m))
			n++
		}
	}
	return n
}
