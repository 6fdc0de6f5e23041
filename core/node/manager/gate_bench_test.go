package manager

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/wire"
)

// Who is who in these tests: gates 1, 2 and 3, a manager, a worker, a client.
const (
	gate1, gate2, gate3 core.NodeID = 1, 2, 3
	self, hand, client  core.NodeID = 10, 20, 30

	sec = core.Instant(time.Second)
	ms  = core.Instant(time.Millisecond)
)

// heard is a message that reached a gate or a client.
type heard struct {
	at   core.Instant
	to   core.NodeID
	kind core.Kind
	body core.Body
}

// bench drives one manager by hand. Messages take 1 ms. What gates answer is the test's to say.
type bench struct {
	t     *testing.T
	m     *Manager
	cfg   job.Config
	rep   replica.Config
	now   core.Instant
	fx    core.Effects
	heard []heard
	queue []event
	seq   uint32
	lives map[core.NodeID]uint32

	// say is what a gate answers to a message, nil: nothing. The default is OK.
	say func(gate core.NodeID, kind core.Kind, body core.Body) call.Answer

	peers   map[core.NodeID]*peer      // the other members of the cluster, if there are any
	lost    func(m *core.Message) bool // between members; nil: nothing is
	atPeer  func(m *core.Message) bool // takes what is for another member
	dead    map[core.NodeID]bool       // held DEAD
	suspect core.NodeID                // held SUSPECT
	has     []job.ShardView            // what the worker says that it has
	joins   bool                       // it is not registered with who tells it of a new holder
	hears   func(m *core.Message) bool // whether the worker answers; nil: always
	stops   []*cancel.ShardRequest     // what it was told to stop
	deaf    bool                       // and does not

	unknown map[core.NodeID]bool // of whom membership knows nothing, any more or yet
	silent  map[core.NodeID]bool // gates that answer nothing and say nothing
	state   job.State            // how the job ended, in answers with ALREADY_TERMINAL
	replies map[uint32]core.Body
	tasks   []*dispatch.WorkflowDispatch
}

type event struct {
	at core.Instant
	do func()
}

func (b *bench) State(id core.NodeID) core.MemberState {
	switch {
	case b.dead[id]:
		return core.StateDead
	case b.suspect == id:
		return core.StateSuspect
	case b.unknown[id]:
		return core.StateNone
	}
	return core.StateOK
}

func (b *bench) Instance(id core.NodeID) uint32 { return max(1, b.lives[id]) }

func newBench(t *testing.T) *bench { return newBenchOf(t, nil) }

// newBenchOf makes a bench whose manager has the given other members, which have replicas of their own.
func newBenchOf(t *testing.T, others []core.NodeID) *bench {
	b := &bench{t: t, cfg: job.Default(), rep: replica.Default(), lives: map[core.NodeID]uint32{}, silent: map[core.NodeID]bool{}, replies: map[uint32]core.Body{}, dead: map[core.NodeID]bool{}, unknown: map[core.NodeID]bool{}, suspect: core.NoNode}
	b.peer(others)
	book := &wire.Codec{Book: wire.LinearBook{Port: 7000, Names: func(id core.NodeID) string { return fmt.Sprintf("gate-%d", id) }}}
	p := Params{
		Config: &b.cfg, Replica: &b.rep, Self: self, Instance: 1, Seed: 1, Key: 1, Site: 4, Members: b, Book: book, First: hand, Count: 1,
		Formed: []FormedWorker{{Node: hand, Instance: 1, Cores: 8}}, Gates: []core.NodeID{gate1, gate2, gate3}, GatesFormed: true, Intact: true,
	}
	if len(others) > 0 {
		p.Cluster, p.Election = append([]core.NodeID{self}, others...), led{}
	}
	b.m = New(p)
	b.step(func() { b.m.Begin(b.now, &b.fx) })
	b.after(time.Second, b.beats)
	return b
}

// beats are the heartbeats of gates that are not silent.
func (b *bench) beats() {
	for _, g := range []core.NodeID{gate1, gate2, gate3} {
		if !b.silent[g] {
			b.send(core.Message{Kind: core.KindGateHeartbeat, From: g, Body: &registry.GateHeartbeat{Version: uint64(b.now), State: registry.StateActive}})
		}
	}
	b.after(5*time.Second, b.beats)
}

func (b *bench) after(d time.Duration, do func()) { b.queue = append(b.queue, event{b.now.Add(d), do}) }

func (b *bench) step(do func()) {
	b.fx.Reset()
	do()
	b.sendOut()
}

// sendOut lets the messages of a step go.
func (b *bench) sendOut() {
	for i := range b.fx.Messages {
		x := b.fx.Messages[i]
		if x.Body != nil {
			core.Hold(x.Body)
			core.Hold(x.Body)
		}
		b.after(time.Millisecond, func() { b.arrive(&x) })
	}
}

// send lets the manager receive a message now, and returns its number.
func (b *bench) send(x core.Message) uint32 {
	b.seq++
	x.To, x.Seq, x.Instance = self, b.seq, max(1, b.lives[x.From])
	switch {
	case x.From <= gate3:
		x.Role = core.RoleGate
	case x.From == hand:
		x.Role = core.RoleWorker
	}
	b.step(func() { b.m.Receive(b.now, &x, &b.fx) })
	return x.Seq
}

// arrive is a message of the manager at whom it is for.
func (b *bench) arrive(x *core.Message) {
	if b.among(x) {
		return
	}
	if asked := x.Kind.Answers(); asked != core.KindNone {
		b.replies[x.Seq] = x.Body
		return
	}
	if x.To == hand {
		b.work(x)
		return
	}
	b.heard = append(b.heard, heard{b.now, x.To, x.Kind, x.Body})
	if b.silent[x.To] {
		return
	}
	a := call.Answer{}
	if b.say != nil && x.To <= gate3 {
		a = b.say(x.To, x.Kind, x.Body)
	}
	b.after(time.Millisecond, func() { b.answer(x, a) })
}

func (b *bench) answer(x *core.Message, a call.Answer) {
	kind, body := b.ack(x, a)
	if body != nil {
		y := core.Message{Kind: kind, From: x.To, To: self, Seq: x.Seq, Instance: 1, Body: body}
		b.step(func() { b.m.Receive(b.now, &y, &b.fx) })
	}
}

// ack is the answer of a gate or client to a message.
func (b *bench) ack(x *core.Message, a call.Answer) (core.Kind, core.Body) {
	switch x.Kind {
	case core.KindManagerRegistration:
		return core.KindManagerRegistrationResponse, &registry.ManagerRegistrationResponse{Answer: a, Gate: x.To, Accepted: true}
	case core.KindManagerHeartbeat:
		return core.KindManagerHeartbeatAck, &call.Ack{Answer: a}
	case core.KindJobProgress:
		return core.KindJobProgressAck, &job.ProgressAck{Answer: a, Gate: x.To, Leads: a.Code.Done(), JobLeader: core.NoNode}
	case core.KindJobFinalStatus:
		return core.KindJobFinalStatusAck, &jobtimeout.Ack{Answer: a, State: b.state}
	case core.KindJobProgressReport:
		return core.KindJobProgressReportAck, &jobtimeout.Ack{Answer: a, State: b.state}
	case core.KindJobTimeoutReport:
		return core.KindJobTimeoutReportAck, &jobtimeout.Ack{Answer: a, State: b.state}
	case core.KindJobLeaderTransfer:
		return core.KindJobLeaderTransferAck, &jobtimeout.Ack{Answer: a, State: b.state}
	case core.KindJobFinalResult:
		return core.KindJobFinalResultAck, &job.StateAck{Answer: a, State: b.state}
	case core.KindWorkflowResultPush:
		return core.KindWorkflowResultPushAck, &call.Ack{Answer: a}
	case core.KindJobCancellationComplete:
		return core.KindJobCancellationCompleteAck, &call.Ack{Answer: a}
	case core.KindJobLeaderManagerTransfer:
		return core.KindJobLeaderManagerTransferAck, &replica.ManagerTransferAck{Answer: a}
	case core.KindJobAdoptOffer:
		if a.Code.Done() { // it knows the job now
			b.say = nil
		}
		return core.KindJobAdoptOfferAck, &replica.AdoptOfferAck{Answer: a, GE: x.Body.(*replica.AdoptOffer).GE + 1, JobLeader: x.To, State: b.state}
	}
	return core.KindNone, nil
}

// work is the worker: it takes everything, and stops at once.
func (b *bench) work(x *core.Message) {
	y := core.Message{From: hand, To: self, Seq: x.Seq, Instance: 1}
	if b.hears != nil && !b.hears(x) {
		return
	}
	switch d := x.Body.(type) {
	case *dispatch.WorkflowDispatch:
		b.tasks = append(b.tasks, d)
		y.Kind = core.KindWorkflowDispatchAck
		y.Body = &dispatch.WorkflowDispatchAck{Shard: d.Shard, Cores: d.Cores, Token: d.Token, WorkerVersion: uint64(b.now)}
	case *cancel.ShardRequest:
		b.stops = append(b.stops, d)
		y.Kind, y.Body = core.KindWorkflowCancelResponse, &cancel.ShardResponse{Success: true, AlreadyCompleted: !b.deaf, WasRunning: b.deaf}
	case *replica.WorkerTransfer:
		y.Kind, y.Body = core.KindJobLeaderWorkerTransferAck, b.transferAck(d)
	default:
		return
	}
	b.step(func() { b.m.Receive(b.now, &y, &b.fx) })
}

// done lets all running shards complete.
func (b *bench) done() {
	tasks := b.tasks
	b.tasks = nil
	for _, d := range tasks {
		b.send(core.Message{Kind: core.KindWorkflowFinalResult, From: hand, Body: &job.WorkflowFinalResult{
			Shard: d.Shard, Token: d.Token, Ended: job.EndedCompleted, Completed: 7, Worker: hand, WorkerVersion: uint64(b.now), CoresAvailable: 8,
		}})
	}
}

func (b *bench) run(until core.Instant) {
	for {
		at, _ := b.m.Deadline()
		who := b.first(&at)
		next := -1
		for i := range b.queue {
			if b.queue[i].at <= at && (next < 0 || b.queue[i].at < b.queue[next].at) {
				next, at = i, b.queue[i].at
			}
		}
		if at > until {
			b.now = until
			return
		}
		b.now = max(b.now, at)
		if next >= 0 {
			e := b.queue[next]
			b.queue = append(b.queue[:next], b.queue[next+1:]...)
			e.do()
			continue
		}
		if who != nil {
			b.step(func() { who.Wake(b.now, &b.fx) })
			continue
		}
		b.step(func() { b.m.Wake(b.now, &b.fx) })
	}
}

// submit hands in job 7 of two workflows, 1 and then 2, as a gate does.
func (b *bench) submit(gate core.NodeID, ge uint32, cancelled ...job.SingleCancel) *job.Ack {
	return b.ask(b.submission(gate, ge, cancelled...)).(*job.Ack)
}

func (b *bench) submission(gate core.NodeID, ge uint32, cancelled ...job.SingleCancel) core.Message {
	return core.Message{Kind: core.KindJobSubmission, From: gate, Body: &job.Submission{Gate: gate, GE: ge, Cancelled: cancelled, Spec: b.spec()}}
}

// ask sends a message and returns the answer.
func (b *bench) ask(x core.Message) core.Body {
	n := b.send(x)
	b.run(b.now + 2*ms)
	if b.replies[n] == nil {
		b.t.Fatalf("%v was not answered", x.Kind)
	}
	return b.replies[n]
}

// finish lets job 7 complete.
func (b *bench) finish() {
	for range 2 {
		b.run(b.now + 10*ms)
		b.done()
	}
}

// told returns who heard messages of a kind since the given time, and clears nothing.
func (b *bench) told(kind core.Kind, since core.Instant) (list []heard) {
	for _, h := range b.heard {
		if h.kind == kind && h.at >= since {
			list = append(list, h)
		}
	}
	return list
}

func (b *bench) job() *record { return b.m.records.by[7] }
