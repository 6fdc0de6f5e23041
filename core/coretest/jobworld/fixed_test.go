package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/job"
)

// one returns a job of one workflow of so many cores, all its own, that follows the script.
func one(w *World, cores uint16, c Script) job.Spec {
	id := uint64(len(w.Scripts) + 1)
	w.Scripts[id] = c
	return job.Spec{Timeout: 300 * time.Second, Workflows: []job.WorkflowSpec{
		{Name: 1, VUs: uint32(cores), Cores: cores, Priority: job.PriorityNormal, Test: true, Payload: core.Blob{ID: id, Size: 100}},
	}}
}

func world(t *testing.T, p Params) *World {
	cfg := job.Default()
	if p.Config == nil {
		p.Config = &cfg
	}
	p.Seed = 1
	if p.Clients == 0 {
		p.Clients = 1
	}
	return New(p)
}

// state is what client 0 knows of a job.
func (w *World) state(id job.ID) job.State {
	c, _ := w.Client(0)
	return c.State(id)
}

func (w *World) count(k core.JobFactKind, also func(*Fact) bool) (n int) {
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == k && (also == nil || also(f)) {
			n++
		}
	}
	return n
}

// lose is a Way that loses the messages that it picks.
func lose(pick func(w *World, m *core.Message) bool) func(w *World, m *core.Message) (core.Duration, bool) {
	return func(w *World, m *core.Message) (core.Duration, bool) { return 1e6, pick(w, m) }
}

// Tokens are numbers of a job: the first shards of two jobs have the same one. The end of one of them must not make the
// manager forget the other, which is lost with its worker and runs again.
func TestTokensOfTwoJobs(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4})
	short := w.Submit(0, one(w, 1, Script{Length: time.Second}))
	long := w.Submit(0, one(w, 1, Script{Length: 10 * time.Second}))
	w.After(5*time.Second, func() { w.Crash(1); w.Hold(1, core.StateDead) })
	w.After(6*time.Second, func() { w.Boot(1, false); w.Hold(1, core.StateOK) })
	w.Run(40 * sec)
	if a, b := w.state(short), w.state(long); a != job.StateCompleted || b != job.StateCompleted {
		t.Errorf("they ended %v and %v", a, b)
	}
}

// A cancelled job sends no dispatch any more, not even one that nobody has answered yet (I-JC1), and neither does a
// workflow that was cancelled by itself (I-JC3). The shard that took it without our knowing is stopped.
func TestNoDispatchAfterCancel(t *testing.T) {
	for _, single := range []bool{false, true} {
		deaf := lose(func(_ *World, m *core.Message) bool { return m.Kind == core.KindWorkflowDispatchAck })
		w := world(t, Params{Workers: 1, Cores: 4, Way: deaf})
		cancelled, late := false, 0
		w.Watch = func(_ core.NodeID, fx *core.Effects) {
			for i := range fx.Messages {
				if fx.Messages[i].Kind == core.KindWorkflowDispatch && cancelled {
					late++
				}
			}
		}
		s := one(w, 1, Script{Stuck: true})
		id := w.Submit(0, s)
		w.After(500*time.Millisecond, func() {
			cancelled = true
			if single {
				w.cancelOne(id, s.Workflows[0].Workflow, 7, true)
			} else {
				w.Cancel(0, id)
			}
		})
		w.Run(60 * sec)
		if late != 0 || w.state(id) != job.StateCancelled || len(w.Tokens()) != 0 {
			t.Errorf("single %v: %d dispatches after it, ended %v, runs %v", single, late, w.state(id), w.Tokens())
		}
	}
}

func (w *World) cancelOne(id job.ID, flow job.WorkflowID, request uint64, dependents bool) {
	_, at := w.Client(0)
	w.Send(core.Message{Kind: core.KindSingleWorkflowCancelRequest, From: at, To: 0, Seq: 900 + uint32(request), Timeout: 5e9, Body: &cancel.SingleRequest{
		Job: id, Workflow: flow, Request: request, Requester: at, Dependents: dependents,
	}})
}

// Two shards of one attempt: one worker is silent, the other refuses. The attempt fails, and the next one goes to the
// silent worker too, whose ack arrives: what becomes of the first dispatch must not count against the second.
func TestOldDispatchIsNotTheNewOne(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 2})
	w.Way = lose(func(w *World, m *core.Message) bool {
		return m.Kind == core.KindWorkflowDispatch && m.To == 1 && w.Now < 4*sec
	})
	w.Hold(2, core.StateSuspect)
	id := w.Submit(0, one(w, 4, Script{Length: 30 * time.Second}))
	w.After(time.Second, func() {
		// The second worker has less than the manager believes.
		w.Send(core.Message{Kind: core.KindWorkflowDispatch, From: 0, To: 2, Seq: 1, Timeout: 5e9, Body: &dispatch.WorkflowDispatch{
			Shard: job.Shard{Job: 99, Workflow: 99, Attempt: 1}, VUs: 1, Cores: 1, Timeout: 1e9, Token: 1<<32 | 1, DE: 1, JobLeader: 0, Instance: 1,
		}})
		w.Hold(2, core.StateOK)
	})
	w.Run(200 * sec)
	if w.state(id) != job.StateCompleted {
		t.Fatalf("it ended %v", w.state(id))
	}
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactIntent && f.To == 1 && f.Attempt > 1 {
			t.Errorf("%v: attempt %d is blamed for silence", f.At, f.Attempt)
		}
	}
	w.intents(t)
}

// intents checks that every dispatch intent has ended in exactly one way (I-JD3).
func (w *World) intents(t interface{ Errorf(string, ...any) }) {
	type key struct{ job, token uint64 }
	open := map[key]int{}
	for i := range w.Facts {
		switch f := &w.Facts[i]; f.Kind {
		case core.JobFactPlaced:
			open[key{f.Job, f.Token}]++
		case core.JobFactIntent:
			open[key{f.Job, f.Token}] -= 2
		}
	}
	for k, n := range open {
		if n != -1 {
			t.Errorf("job %x, token %x: intent and ends add up to %d", k.job, k.token, n)
		}
	}
}

// A worker that was held dead without reason and had nothing to do comes back: its heartbeats say nothing new, yet that
// it says them is enough. One that was evicted likewise.
func TestIdleWorkerComesBack(t *testing.T) {
	for _, evict := range []bool{false, true} {
		w := world(t, Params{Workers: 1, Cores: 4, Beats: time.Second})
		w.After(3*time.Second, func() {
			if evict {
				w.Evict(1)
			} else {
				w.Hold(1, core.StateDead)
			}
		})
		w.After(20*time.Second, func() { w.Hold(1, core.StateOK) })
		var id job.ID
		w.After(30*time.Second, func() { id = w.Submit(0, one(w, 1, Script{Length: time.Second})) })
		w.Run(60 * sec)
		if w.state(id) != job.StateCompleted {
			t.Errorf("evicted %v: %v", evict, w.state(id))
		}
	}
}

// The same after so long that a manager has forgotten what it does not need of it.
func TestWorkerComesBackAfterLong(t *testing.T) {
	cfg := job.Default()
	cfg.Retention.DeadWorker, cfg.Retention.Sweep = 5*time.Second, time.Second
	w := world(t, Params{Config: &cfg, Workers: 1, Cores: 4, Beats: time.Second})
	w.After(3*time.Second, func() { w.Hold(1, core.StateDead) })
	w.After(20*time.Second, func() { w.Hold(1, core.StateOK) })
	var id job.ID
	w.After(30*time.Second, func() { id = w.Submit(0, one(w, 1, Script{Length: time.Second})) })
	w.Run(60 * sec)
	if w.state(id) != job.StateCompleted {
		t.Errorf("%v", w.state(id))
	}
}

// A late heartbeat of a dead worker does not raise it: it counts neither as there nor as one to wait for.
func TestLateHeartbeatOfTheDead(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4, Beats: time.Second})
	w.Way = func(w *World, m *core.Message) (core.Duration, bool) {
		if m.Kind == core.KindPing && m.From == 2 {
			return 10 * time.Second, false
		}
		return 1e6, false
	}
	w.After(4*time.Second, func() { w.Crash(2) })
	w.After(8*time.Second, func() { w.Hold(2, core.StateDead) })
	id := w.Submit(0, one(w, 1, Script{Length: time.Second}))
	w.Run(60 * sec)
	offline := false
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactWorker && f.JobFact.Node == 2 {
			if offline = offline || f.To == 4; offline && f.To != 4 {
				t.Errorf("%v: state %d after its death", f.At, f.To)
			}
		}
	}
	if w.state(id) != job.StateCompleted {
		t.Errorf("%v", w.state(id))
	}
}

// A workflow that may not use the only worker that is left waits for the other one, which is suspect; when that one is
// dead the workflow may use the first after all, at once and without any other reason to look.
func TestLastWorkerDies(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4})
	w.Hold(2, core.StateSuspect)
	id := w.Submit(0, one(w, 1, Script{Length: 5 * time.Second}))
	w.After(2*time.Second, func() { w.Crash(1); w.Hold(1, core.StateDead) })
	w.After(2500*time.Millisecond, func() { w.Boot(1, false); w.Hold(1, core.StateOK) }) // and is excluded
	w.After(10*time.Second, func() { w.Hold(2, core.StateDead) })
	w.Run(60 * sec)
	if w.state(id) != job.StateCompleted {
		t.Errorf("%v", w.state(id))
	}
}

// A demand that only all workers together can meet must not wait for ever because one of them is excluded.
func TestExclusionOfAllThatFit(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4})
	id := w.Submit(0, one(w, 8, Script{Length: 5 * time.Second}))
	w.After(2*time.Second, func() { w.Crash(1); w.Hold(1, core.StateDead) })
	w.After(2500*time.Millisecond, func() { w.Boot(1, false); w.Hold(1, core.StateOK) })
	w.Run(60 * sec)
	if w.state(id) != job.StateCompleted {
		t.Errorf("%v", w.state(id))
	}
}

// The cores of a shard that was taken back are free when its worker has stopped it, not before: nobody is refused
// because two shards were sent to the same cores.
func TestCoresOfWithdrawnShard(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4})
	w.Way = lose(func(w *World, m *core.Message) bool { return m.Kind == core.KindWorkerHeartbeat })
	id := w.Submit(0, one(w, 8, Script{Length: 30 * time.Second, Deaf: true}))
	var next job.ID
	w.After(10*time.Millisecond, func() { w.Hold(2, core.StateSuspect) })
	w.After(2*time.Second, func() { w.Crash(2); w.Hold(2, core.StateDead) })
	w.After(2100*time.Millisecond, func() { next = w.Submit(0, one(w, 4, Script{Length: time.Second})) })
	w.Run(100 * sec)
	if n := w.count(core.JobFactIntent, func(f *Fact) bool { return f.Code == uint8(call.CodeNoCapacity) }); n != 0 {
		t.Errorf("%d refused", n)
	}
	if w.state(next) != job.StateCompleted || w.state(id) == job.StateFailed {
		t.Errorf("%v, and the first one %v", w.state(next), w.state(id))
	}
}

// The same number as another workflow's makes a submission invalid, whatever job that one is of.
func TestWorkflowIDsAreUnique(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4})
	s := one(w, 1, Script{Length: 5 * time.Second})
	first := w.Submit(0, s)
	w.Run(sec)
	_, at := w.Client(0)
	codes := map[call.Code]int{}
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.Messages {
			if a, ok := fx.Messages[i].Body.(*job.Ack); ok {
				codes[a.Code]++
			}
		}
	}
	send := func(change func(*job.Submission)) {
		b := &job.Submission{Spec: s, Gate: core.NoNode}
		b.Job, b.Callback, b.Digest = first, at, 77
		b.Workflows = append([]job.WorkflowSpec(nil), s.Workflows...)
		change(b)
		w.Send(core.Message{Kind: core.KindJobSubmission, From: at, To: 0, Seq: 1, Timeout: 5e9, Body: b})
		w.Run(w.Now + sec/10)
	}
	send(func(b *job.Submission) {})                             // another digest
	send(func(b *job.Submission) { b.Job++ })                    // the workflow of another job
	send(func(b *job.Submission) { b.Job++; b.Workflows = nil }) // nothing to do
	send(func(b *job.Submission) { b.Job++; b.Timeout = -1 })    // no time
	send(func(b *job.Submission) {                               // one id twice
		b.Job++
		b.Workflows[0].Workflow = 5
		b.Workflows = append(b.Workflows, b.Workflows[0])
	})
	w.Run(60 * sec)
	if codes[call.CodeInvalid] != 5 || len(codes) != 1 {
		t.Errorf("answers %v", codes)
	}
	if kept, _ := w.Manager().Jobs(); kept != 1 || w.state(first) != job.StateCompleted {
		t.Errorf("%d jobs, the first one %v", kept, w.state(first))
	}
}

// After it gave up, a client goes on trying to take its job back until somebody has heard it (04-16).
func TestOwedCancel(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4})
	w.Way = func(w *World, m *core.Message) (core.Duration, bool) {
		_, at := w.Client(0)
		return 1e6, w.Now < 400*sec && w.Now > sec/100 && (m.From == at || m.To == at) || m.Kind == core.KindJobAck || m.Kind == core.KindJobStatusPush
	}
	id := w.Submit(0, one(w, 1, Script{Stuck: true}))
	w.Run(390 * sec)
	if w.state(id) != job.LocalUnknown {
		t.Fatalf("%v", w.state(id))
	}
	w.Run(420 * sec)
	if n := len(w.Tokens()); n != 0 {
		t.Errorf("%d shards run of a job that its client gave up", n)
	}
}

// A worker keeps nothing for each shard that has ended but what its fences are for.
func TestShardsLeaveNoTimers(t *testing.T) {
	cfg := job.Default()
	cfg.Dispatch.FenceTTL = 5 * time.Second
	w := world(t, Params{Config: &cfg, Workers: 1, Cores: 4})
	w.Quiet = true
	for i := range 50 {
		w.After(core.Duration(i)*200*time.Millisecond, func() { w.Submit(0, one(w, 1, Script{Length: 50 * time.Millisecond})) })
	}
	w.Run(20 * sec)
	if n := w.Worker(1).Entries(); n != 0 {
		t.Errorf("%d entries", n)
	}
}

// The counts of the last word about a cancel add up (I-JC2), data that came before the cancel is kept and said so, and
// a workflow that had failed before it does not make it fail.
func TestCancelAddsUp(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4})
	s := one(w, 1, Script{Length: time.Second})
	for _, c := range []Script{{Length: time.Second, Ended: job.EndedFailed, Error: job.ErrorUser}, {Stuck: true}, {Stuck: true}} {
		x := one(w, 1, c).Workflows[0]
		x.Name = uint32(len(s.Workflows) + 1)
		s.Workflows = append(s.Workflows, x)
	}
	w.Way = lose(func(w *World, m *core.Message) bool { return w.Now > 2*sec && (m.To == 2 || m.From == 2) })
	var last *cancel.JobComplete
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.Messages {
			if b, ok := fx.Messages[i].Body.(*cancel.JobComplete); ok {
				last = b
			}
		}
	}
	id := w.Submit(0, s)
	w.After(3*time.Second, func() { w.Cancel(0, id) })
	w.Run(100 * sec)
	if last == nil || last.Total != 4 || w.state(id) != job.StateCancelled {
		t.Fatalf("%+v, %v", last, w.state(id))
	}
	unconfirmed := uint32(0)
	for _, e := range last.Errors {
		if e.Kind == job.ErrorCancelled {
			unconfirmed++
		}
	}
	if last.Cancelled+2+unconfirmed != 4 || last.Success != (unconfirmed == 0) || unconfirmed == 0 {
		t.Errorf("%d cancelled, 2 ended before, %d unconfirmed of 4, success %v", last.Cancelled, unconfirmed, last.Success)
	}
}
