package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/replica"
)

const all = core.NodeID(0)

// answers lets the given gate, or all, answer messages of that kind with a code, and everything else with OK.
func (b *bench) answers(gate core.NodeID, kind core.Kind, a call.Answer) {
	was := b.say
	b.say = func(g core.NodeID, k core.Kind, body core.Body) call.Answer {
		if k == kind && (gate == all || g == gate) {
			return a
		}
		if was != nil {
			return was(g, k, body)
		}
		return call.Answer{}
	}
}

// forget lets a gate know nothing of jobs.
func (b *bench) forget(gate core.NodeID) {
	for _, k := range [...]core.Kind{
		core.KindJobProgress, core.KindJobFinalStatus, core.KindJobFinalResult, core.KindWorkflowResultPush, core.KindJobLeaderTransfer,
		core.KindJobLeaderManagerTransfer, core.KindJobCancellationComplete,
	} {
		b.answers(gate, k, call.Answer{Code: call.CodeUnknownJob})
	}
}

func (b *bench) transfer(gate core.NodeID, ge uint32) *replica.GateTransferAck {
	x := core.Message{Kind: core.KindJobLeaderGateTransfer, From: gate, Body: &replica.GateTransfer{Job: 7, Gate: gate, GE: ge, Old: core.NoNode}}
	return b.ask(x).(*replica.GateTransferAck)
}

func (b *bench) cancel(gate core.NodeID, ge uint32) *cancel.JobResponse {
	x := core.Message{Kind: core.KindJobCancelRequest, From: gate, Body: &cancel.JobRequest{Job: 7, Requester: gate, GE: ge}}
	return b.ask(x).(*cancel.JobResponse)
}

// A job of a gate reports to that gate and says nothing to its client (spec 20 §1.1). Its end goes there twice: as a status
// and as a result, which are acknowledged one by one (04-35).
func TestJobOfAGate(t *testing.T) {
	b := newBench(t)
	if a := b.submit(gate2, 1); a.Code != call.CodeOK || !a.Accepted || a.DE != 1 {
		t.Fatalf("%+v", a)
	}
	b.answers(all, core.KindJobFinalStatus, call.Answer{Code: call.CodeNoQuorum})
	b.run(5 * sec)
	b.finish()
	b.run(20 * sec)
	x := b.job()
	if x.state != job.StateCompleted || !x.delivered || x.told {
		t.Errorf("%v, delivered %v, told %v", x.state, x.delivered, x.told)
	}
	for _, h := range b.heard {
		if h.to == client || h.to != gate2 && h.kind != core.KindManagerHeartbeat && h.kind != core.KindJobFinalStatus {
			t.Errorf("at %v %v went to %v", h.at, h.kind, h.to)
		}
	}
	if n := len(b.told(core.KindJobProgress, 0)); n < 5 || n > 12 {
		t.Errorf("%d reports of progress in 5 s", n)
	}
	if n := len(b.told(core.KindWorkflowResultPush, 0)); n != 2 {
		t.Errorf("%d results of workflows", n)
	}
	r := b.told(core.KindJobFinalResult, 0)
	if len(r) != 1 || r[0].body.(*job.FinalResult).Completed != 14 || len(r[0].body.(*job.FinalResult).Results) != 2 {
		t.Errorf("%d results: %+v", len(r), r)
	}
	if n := len(b.told(core.KindJobFinalStatus, 0)); n < 5 {
		t.Errorf("the status was told %d times", n)
	}
	b.say = nil
	b.run(120 * sec)
	if !x.told {
		t.Error("the status was never taken")
	}
}

// A gate that does not answer is asked up to three times, then the others are in turn (spec 20 §7.3).
func TestSilentGate(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(2 * sec)
	from := b.now
	b.run(b.now + 10*ms)
	b.done()
	b.run(b.now + 10*ms)
	b.silent[gate1], b.silent[gate2] = true, true
	b.done()
	b.run(from + 60*sec)
	x := b.job()
	if !x.delivered || !x.told {
		t.Fatalf("delivered %v, told %v", x.delivered, x.told)
	}
	var order []core.NodeID
	for _, h := range b.told(core.KindJobFinalResult, from) {
		order = append(order, h.to)
	}
	if n := len(order); n < 3 || order[0] != gate1 || order[n-1] != gate3 {
		t.Errorf("the result went to %v", order)
	}
}

// While the gate of a job is silent another one hears how it gets on.
func TestProgressAroundASilentGate(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.silent[gate1] = true
	b.run(17 * sec)
	if r := b.told(core.KindJobProgress, 10*sec); len(r) == 0 || r[0].to == gate1 {
		t.Errorf("%d reports", len(r))
	}
}

// The status alone delivers nothing (04-35).
func TestStatusDeliversNothing(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(sec)
	b.answers(all, core.KindJobFinalResult, call.Answer{Code: call.CodeLeaseLost})
	b.finish()
	b.run(20 * sec)
	if x := b.job(); !x.told || x.delivered {
		t.Errorf("told %v, delivered %v", x.told, x.delivered)
	}
}

// With no gate at all the client hears from the manager itself, once, 30 s after the end. That makes nothing delivered.
func TestNoGateAtAll(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(sec)
	for _, g := range b.m.gates.ids {
		b.silent[g] = true
	}
	b.finish()
	end := b.now
	b.run(end + 200*sec)
	var direct []heard
	for _, h := range b.heard {
		if h.to == client {
			direct = append(direct, h)
		}
	}
	if len(direct) != 1 || direct[0].kind != core.KindJobFinalResult || direct[0].at < end+30*sec || direct[0].at > end+31*sec {
		t.Errorf("the client heard %+v", direct)
	}
	if b.job().delivered {
		t.Error("that is no delivery")
	}
	clear(b.silent)
	b.run(end + 300*sec)
	if !b.job().delivered {
		t.Error("gates are back, and heard nothing")
	}
}

// Submissions of a job that is known, by epoch and by how it stands (spec 20 §4.1 M5, 04-52, 04-54).
func TestSubmissionAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		end   func(b *bench)
		gate  core.NodeID
		ge    uint32
		code  call.Code
		own   bool
		state job.State
		anew  bool // the final is told again
	}{
		{name: "a repeat", gate: gate2, ge: 2, code: call.CodeDuplicate, state: job.StateRunning},
		{name: "a lower epoch", gate: gate1, ge: 1, code: call.CodeStaleFence, state: job.StateRunning},
		{name: "another gate, same epoch", gate: gate1, ge: 2, code: call.CodeStaleFence, state: job.StateRunning},
		{name: "a higher epoch", gate: gate3, ge: 3, code: call.CodeDuplicate, state: job.StateRunning},
		{name: "ended by itself", end: (*bench).finish, gate: gate2, ge: 2, code: call.CodeAlreadyTerminal, own: true, state: job.StateCompleted},
		{name: "ended by itself, higher", end: (*bench).finish, gate: gate3, ge: 3, code: call.CodeAlreadyTerminal, own: true, state: job.StateCompleted, anew: true},
		{name: "ended by command", end: func(b *bench) { b.cancel(gate2, 2) }, gate: gate2, ge: 2, code: call.CodeAlreadyTerminal, state: job.StateCancelled},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.submit(gate2, 2)
			b.run(sec)
			if c.end != nil {
				c.end(b)
			}
			b.run(5 * sec)
			a := b.submit(c.gate, c.ge)
			if a.Code != c.code || a.Own != c.own || a.State != c.state || a.Accepted != c.code.Done() {
				t.Errorf("%+v", a)
			}
			if x := b.job(); a.Code != call.CodeStaleFence && (x.gate != c.gate || x.ge != c.ge) || a.Code == call.CodeStaleFence && a.Current != 2 {
				t.Errorf("gate %v under %d, current %d", x.gate, x.ge, a.Current)
			}
			from := b.now - 2*ms
			b.run(from + 10*sec)
			if r := b.told(core.KindJobFinalResult, from); (len(r) == 1 && r[0].to == c.gate) != c.anew {
				t.Errorf("the end was told again: %+v", r)
			}
		})
	}
}

// A submission with another digest is another job's; a tombstone is a refusal; what a gate knows as cancelled never starts.
func TestSubmissionOtherwise(t *testing.T) {
	b := newBench(t)
	if a := b.submit(gate1, 1, job.SingleCancel{Workflow: 101, Dependents: true}); a.Code != call.CodeOK {
		t.Fatalf("%+v", a)
	}
	b.finish()
	b.run(sec)
	x := b.job()
	if x.state != job.StateCompleted || x.completeness != job.CompletePartial {
		t.Errorf("it ended %v %v", x.state, x.completeness)
	}
	x.digest++
	if a := b.submit(gate1, 1); a.Code != call.CodeInvalid {
		t.Errorf("another digest: %v", a.Code)
	}
	b.run(700 * sec)
	if b.job() != nil {
		t.Fatal("it is not forgotten")
	}
	if a := b.submit(gate2, 2); a.Code != call.CodeAlreadyTerminal || a.Own || a.State != job.StateCompleted {
		t.Errorf("with a tombstone: %+v", a)
	}
}

// U7: another gate leads a job iff its epoch is greater; commands of lower ones are refused. It hears the end anew.
func TestGateTransfer(t *testing.T) {
	b := newBench(t)
	if a := b.transfer(gate2, 2); a.Code != call.CodeUnknownJob {
		t.Errorf("no record: %v", a.Code)
	}
	b.submit(gate1, 2)
	b.run(sec)
	for _, c := range []struct {
		gate core.NodeID
		ge   uint32
		code call.Code
	}{{gate2, 1, call.CodeStaleFence}, {gate2, 2, call.CodeStaleFence}, {gate1, 2, call.CodeOK}, {gate2, 3, call.CodeOK}, {gate2, 3, call.CodeOK}, {gate1, 2, call.CodeStaleFence}} {
		a := b.transfer(c.gate, c.ge)
		if a.Code != c.code || a.Code == call.CodeOK && (a.DE != 1 || a.JobLeader != self || a.State != job.StateRunning || a.Final) {
			t.Errorf("%v under %d: %+v", c.gate, c.ge, a)
		}
	}
	if a := b.cancel(gate1, 2); a.Code != call.CodeStaleFence || a.Current != 3 || b.job().state != job.StateRunning {
		t.Errorf("a cancel of the old gate: %+v", a)
	}
	b.finish()
	b.run(b.now + 5*sec)
	if r := b.told(core.KindJobFinalResult, 0); len(r) != 1 || r[0].to != gate2 {
		t.Errorf("the end was told to %+v", r)
	}
	from := b.now
	for range 2 {
		if a := b.transfer(gate3, 4); a.Code != call.CodeOK || !a.Final || a.State != job.StateCompleted {
			t.Errorf("after the end: %+v", a)
		}
	}
	b.run(b.now + 5*sec)
	if r := b.told(core.KindJobFinalResult, from); len(r) != 1 || r[0].to != gate3 {
		t.Errorf("the end was told anew to %+v", r)
	}
	b.run(700 * sec)
	if a := b.transfer(gate1, 5); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCompleted {
		t.Errorf("with a tombstone: %+v", a)
	}
}

// The heartbeat of a gate raises who leads a job, and never lowers it (spec 20 §1.4). It does not stand for the transfer.
func TestLeadershipInHeartbeat(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 3)
	b.run(sec)
	b.finish()
	b.run(2 * sec)
	for _, c := range []struct {
		ge   uint32
		want core.NodeID
	}{{2, gate1}, {3, gate1}, {4, gate2}} {
		b.send(core.Message{Kind: core.KindGateHeartbeat, From: gate2, Body: &registry.GateHeartbeat{
			Version: uint64(b.now) + uint64(c.ge), State: registry.StateActive, Leaderships: []registry.Leadership{{Job: 7, Epoch: c.ge, Leader: gate2}},
		}})
		if x := b.job(); x.gate != c.want {
			t.Errorf("after %d gate %v", c.ge, x.gate)
		}
	}
	from := b.now
	if a := b.transfer(gate2, 4); !a.Final {
		t.Errorf("%+v", a)
	}
	b.run(b.now + 5*sec)
	if r := b.told(core.KindJobFinalResult, from); len(r) != 1 {
		t.Errorf("the end was told anew %d times", len(r))
	}
}

// A gate that knows the end of a job stops it (J7), whatever it was asked; a result is then delivered.
func TestPushback(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(sec)
	b.state = job.StateCancelled
	b.answers(all, core.KindJobLeaderTransfer, call.Answer{Code: call.CodeAlreadyTerminal})
	b.answers(all, core.KindJobFinalResult, call.Answer{Code: call.CodeAlreadyTerminal})
	b.step(func() { b.m.tookOver(b.now, b.job(), core.NoNode, &b.fx) })
	b.run(5 * sec)
	if x := b.job(); x.state != job.StateCancelled || !x.delivered || !x.told {
		t.Errorf("%v, delivered %v, told %v", x.state, x.delivered, x.told)
	}
	if n := len(b.told(core.KindJobFinalResult, 0)); n != 1 {
		t.Errorf("the end was told %d times", n)
	}
	if n := len(b.told(core.KindJobCancellationComplete, 0)); n != 1 {
		t.Errorf("the end of the cancel was told %d times", n)
	}
}

// T6: the gate hears who leads a job, until it has acknowledged both messages; without a gate the client hears it.
func TestTookOver(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.answers(all, core.KindJobLeaderTransfer, call.Answer{Code: call.CodeLeaseLost})
	b.step(func() { b.m.tookOver(b.now, b.job(), 11, &b.fx) })
	b.run(8 * sec)
	tr, hand := b.told(core.KindJobLeaderTransfer, 0), b.told(core.KindJobLeaderManagerTransfer, 0)
	if len(tr) < 3 || len(hand) != 1 || hand[0].body.(*replica.ManagerTransfer).Old != 11 {
		t.Errorf("%d and %d", len(tr), len(hand))
	}
	b.say = nil
	b.run(15 * sec)
	from := b.now
	if b.run(60 * sec); len(b.told(core.KindJobLeaderTransfer, from)) != 0 {
		t.Error("it is told on and on")
	}
	b.job().ge = 0
	b.step(func() { b.m.tookOver(b.now, b.job(), 11, &b.fx) })
	b.run(b.now + sec)
	if r := b.told(core.KindManagerJobLeaderTransfer, from); len(r) != 1 || r[0].to != client {
		t.Errorf("without a gate %+v", r)
	}
}

// J60, 04-48: on UNKNOWN_JOB all others are asked at once, and every 2 s those that have not answered; the offer follows in
// the event of the last answer, and goes to the owner by the ring.
func TestOffer(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 5)
	b.run(2 * sec)
	b.forget(all)
	b.answers(gate3, core.KindJobProgress, call.Answer{Code: call.CodeSyncing})
	b.run(6 * sec)
	if n := len(b.told(core.KindJobAdoptOffer, 0)); n != 0 {
		t.Fatalf("%d offers while a gate is SYNCING", n)
	}
	if n := len(b.told(core.KindJobProgress, 2*sec)); n < 6 {
		t.Errorf("asked %d times", n)
	}
	b.forget(gate3)
	b.answers(all, core.KindJobAdoptOffer, call.Answer{Code: call.CodeSyncing})
	b.run(9 * sec)
	offers := b.told(core.KindJobAdoptOffer, 0)
	if len(offers) == 0 || offers[0].to != b.m.gates.ring.Owner(7) {
		t.Fatalf("offers %+v", offers)
	}
	if at := offers[0].at; at > 8*sec+10*ms {
		t.Errorf("the first at %v", at)
	}
	o := offers[0].body.(*replica.AdoptOffer)
	if o.GE != 5 || o.DE != 1 || o.Site != 4 || o.State != job.StateRunning || o.Callback != client || len(o.Workflows) != 2 || o.Workflows[0].Payload.Size != 0 {
		t.Errorf("offered %+v", o)
	}
	b.answers(all, core.KindJobAdoptOffer, call.Answer{})
	b.run(40 * sec)
	if x := b.job(); x.ge != 6 || x.gate != b.m.gates.ring.Owner(7) {
		t.Errorf("adopted by %v under %d", x.gate, x.ge)
	}
	n := len(b.told(core.KindJobAdoptOffer, 0))
	b.run(60 * sec)
	if len(b.told(core.KindJobAdoptOffer, 0)) != n {
		t.Error("it is offered on and on")
	}
}

// I-JT4: the job that is offered goes on while its manager stands still between two gates that it asks.
func TestOfferIsOfNow(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 5)
	b.run(2 * sec)
	first := b.m.offerOf(b.now, b.job(), &b.fx)
	asked := call.Sending{Ticket: call.Ticket{Op: opOffer, Job: 7}, Kind: core.KindJobAdoptOffer, Attempt: 2, Body: first}
	again, ok := b.m.Say(b.now+30*sec, &asked, &b.fx).(*replica.AdoptOffer)
	if !ok || again == first || again.Timeout.Elapsed != first.Timeout.Elapsed+core.Duration(30*sec) {
		t.Errorf("30 s later it is offered as %+v, and was as %+v", again, first)
	}
	if asked.Op = opTransfer; b.m.Say(b.now, &asked, &b.fx) != nil {
		t.Error("what does not change is said anew")
	}
	if asked.Op, asked.Job = opOffer, 8; b.m.Say(b.now, &asked, &b.fx) != nil {
		t.Error("a job that is not here is offered")
	}
}

// A gate that is gone keeps nobody from adopting.
func TestOfferWithoutADeadGate(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.silent[gate1] = true
	b.forget(all)
	b.run(40 * sec)
	if n := len(b.told(core.KindJobAdoptOffer, 0)); n == 0 {
		t.Error("no offer")
	}
	if x := b.job(); x.ge != 2 {
		t.Errorf("%v under %d", x.gate, x.ge)
	}
}

// One gate that knows the job is enough: it hears everything from then on.
func TestOneGateKnows(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(2 * sec)
	b.forget(gate1)
	b.forget(gate2)
	b.finish()
	b.run(20 * sec)
	if x := b.job(); !x.delivered || !x.told || len(b.told(core.KindJobAdoptOffer, 0)) != 0 {
		t.Errorf("delivered %v, told %v, %d offers", x.delivered, x.told, len(b.told(core.KindJobAdoptOffer, 0)))
	}
}

// While all gates are asked who knows a job that has ended, it may come out otherwise: another gate commands, or says that it leads the
// job, or one takes the status. None of that delivers the result, which has to be told on (04-35, 04-52; storm seeds 352 and 962).
func TestTheEndIsToldOnAfterTheQuestion(t *testing.T) {
	for _, c := range []struct {
		name  string
		event func(b *bench)
	}{
		{"a cancel", func(b *bench) { b.cancel(gate2, 2) }},
		{"a leadership", func(b *bench) {
			b.send(core.Message{Kind: core.KindGateHeartbeat, From: gate2, Body: &registry.GateHeartbeat{
				Version: uint64(b.now), State: registry.StateActive, Leaderships: []registry.Leadership{{Job: 7, Epoch: 2, Leader: gate2}},
			}})
		}},
		{"a status", func(b *bench) {
			b.answers(gate1, core.KindJobFinalStatus, call.Answer{})
			b.run(b.now + 6*sec)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.submit(gate1, 1)
			b.run(6 * sec)
			b.silent[gate2] = true // and fresh still: it may know the job
			b.forget(all)
			b.answers(gate1, core.KindJobFinalStatus, call.Answer{Code: call.CodeNoQuorum})
			b.finish()
			b.run(b.now + 200*ms)
			if x := b.job(); !x.side().asks || x.delivered {
				t.Fatalf("asks %v, delivered %v", x.side().asks, x.delivered)
			}
			c.event(b)
			b.say, b.silent[gate2] = nil, false
			b.run(b.now + 40*sec)
			if x := b.job(); !x.delivered || !x.told {
				t.Errorf("delivered %v, told %v", x.delivered, x.told)
			}
		})
	}
}

// 04-37: an outcome that no gate knows is offered; if nobody adopts it, it counts as delivered an hour after the end, and at
// once where they have tombstones. 04-51: one that ended by command is offered to nobody.
func TestNobodyWantsTheEnd(t *testing.T) {
	for _, c := range []struct {
		name    string
		offered call.Code
		cancel  bool
		at      time.Duration
	}{
		{"nobody", call.CodeUnknownJob, false, 3600 * time.Second},
		{"tombstones", call.CodeAlreadyTerminal, false, 0},
		{"by command", call.CodeUnknownJob, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.submit(gate1, 1)
			b.run(sec)
			b.done()
			b.run(sec + 10*ms)
			b.forget(all)
			b.state = job.StateFailed
			b.answers(all, core.KindJobAdoptOffer, call.Answer{Code: c.offered})
			if c.cancel {
				b.cancel(gate1, 1)
			} else {
				b.done()
			}
			end := b.now
			b.run(end + 12*sec)
			early := b.job().delivered
			if offers := b.told(core.KindJobAdoptOffer, 0); (len(offers) == 0) != c.cancel {
				t.Errorf("%d offers", len(offers))
			} else if !c.cancel && len(offers[0].body.(*replica.AdoptOffer).Result) != 1 {
				t.Error("the offer says nothing of the end")
			}
			if (c.at == 0) != early {
				t.Errorf("12 s later delivered: %v", early)
			}
			b.run(end.Add(c.at) + 120*sec)
			if x := b.job(); x != nil && !x.delivered {
				t.Error("never")
			}
			b.say = nil
			b.run(b.now + 8000*sec)
			if n := b.m.Entries(); n != 0 {
				t.Errorf("%d entries at last", n)
			}
		})
	}
}

// Registrations go both ways: a gate that restarted is registered with anew, and one that denies a heartbeat too.
func TestRegistrations(t *testing.T) {
	b := newBench(t)
	b.run(21 * sec)
	for _, g := range b.m.gates.ids {
		n := 0
		for _, h := range b.told(core.KindManagerHeartbeat, 0) {
			if h.to == g {
				n++
			}
		}
		if n < 3 || n > 5 {
			t.Errorf("%d heartbeats to %v in 21 s", n, g)
		}
	}
	if len(b.told(core.KindManagerRegistration, 0)) != 0 {
		t.Error("formed, and it registers")
	}
	b.lives[gate2] = 2
	a := b.ask(core.Message{Kind: core.KindGateRegistrationRequest, From: gate2, Body: &registry.GateRegistration{
		NodeInfo: registry.NodeInfo{Node: gate2, Role: core.RoleGate, Instance: 2}, State: registry.StateSyncing,
	}}).(*registry.GateRegistrationResponse)
	if !a.Accepted || a.Site != 4 || len(a.Managers) != 1 {
		t.Errorf("%+v", a)
	}
	b.run(b.now + 100*ms)
	if r := b.told(core.KindManagerRegistration, 0); len(r) != 1 || r[0].to != gate2 {
		t.Errorf("registered %+v", r)
	}
	b.answers(gate3, core.KindManagerHeartbeat, call.Answer{Code: call.CodeRoleDenied})
	b.run(b.now + 7*sec)
	if r := b.told(core.KindManagerRegistration, 0); len(r) != 2 || r[1].to != gate3 {
		t.Errorf("registered %+v", r)
	}
	b.lives[gate2] = 1
	if a := b.ask(core.Message{Kind: core.KindGateRegistrationRequest, From: gate2, Body: &registry.GateRegistration{
		NodeInfo: registry.NodeInfo{Node: gate2, Role: core.RoleGate, Instance: 1},
	}}).(*registry.GateRegistrationResponse); a.Code != call.CodeStaleFence || a.Current != 2 {
		t.Errorf("an old process: %+v", a)
	}
}

// Spec 20 §6.6: who cannot decide when a gate says that a job is over, for it has just taken it over or its lease has run out, ends it as soon
// as it can, and starts nothing of it before.
func TestEndThatCameTooSoon(t *testing.T) {
	b := newCluster(t)
	b.send(b.submission(gate1, 1))
	b.run(b.now + 2*sec)
	cut := true
	b.lost = func(m *core.Message) bool { return cut && m.Kind == core.KindJobStateSync }
	b.run(b.now + 40*sec)
	x := b.job()
	if x == nil || b.m.may(b.now, x) {
		t.Fatal("it may decide still")
	}
	a := b.ask(core.Message{Kind: core.KindJobGlobalTimeout, From: gate1, Body: &jobtimeout.GlobalTimeout{Job: 7, Rule: jobtimeout.RuleOverall, GE: 1, DE: x.de}}).(*jobtimeout.Ack)
	if a.Code != call.CodeLeaseLost {
		t.Fatalf("answered %v", a.Code)
	}
	cut = false
	b.run(b.now + 40*sec)
	if x := b.job(); x != nil && x.state != job.StateTimeout && x.state != job.StateCancelling {
		t.Errorf("it is %v", x.state)
	}
}

// So it is with one that hears of that in the answer to a report (J7): it reports seldom, and whom it reports to may be gone by then.
func TestEndThatWasHeardTooSoon(t *testing.T) {
	b := newCluster(t)
	b.send(b.submission(gate1, 1))
	b.run(b.now + 2*sec)
	cut := true
	b.lost = func(m *core.Message) bool { return cut && m.Kind == core.KindJobStateSync }
	b.run(b.now + 40*sec)
	x := b.job()
	if x == nil || b.m.may(b.now, x) {
		t.Fatal("it may decide still")
	}
	b.done()
	b.state = job.StateTimeout
	b.answers(all, core.KindJobProgressReport, call.Answer{Code: call.CodeAlreadyTerminal})
	b.run(b.now + 15*sec)
	for _, g := range b.m.gates.ids {
		b.silent[g] = true
	}
	cut = false
	b.run(b.now + 40*sec)
	if x := b.job(); len(b.tasks) != 0 || x == nil || x.state != job.StateTimeout {
		t.Errorf("%d shards were sent of what is over; it is %+v", len(b.tasks), x.state)
	}
}

// The word of the gate that leads the job counts, whatever a former one repeats.
func TestLastEndThatCameTooSoon(t *testing.T) {
	b := newCluster(t)
	b.send(b.submission(gate1, 1))
	b.run(b.now + 2*sec)
	cut := true
	b.lost = func(m *core.Message) bool { return cut && m.Kind == core.KindJobStateSync }
	b.run(b.now + 40*sec)
	x := b.job()
	if x == nil || b.m.may(b.now, x) {
		t.Fatal("it may decide still")
	}
	for ge, gate := range []core.NodeID{gate1, gate2, gate1} {
		b.ask(core.Message{Kind: core.KindJobGlobalTimeout, From: gate, Body: &jobtimeout.GlobalTimeout{Job: 7, Rule: jobtimeout.RuleOverall, GE: uint32(ge%2) + 1, DE: x.de}})
	}
	cut = false
	b.run(b.now + 40*sec)
	if x := b.job(); x.gate != gate2 || x.ge != 2 || x.state != job.StateTimeout {
		t.Errorf("it is of %d, %d, and %v", x.gate, x.ge, x.state)
	}
}

// Spec 20 §2.6: an offer carries the TimeoutSnapshot, the sums of what was granted among it: the gate that adopts the job knows of nothing else.
func TestOffersSayWhatWasGranted(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(5 * sec)
	a := b.ask(askMore(1)).(*jobtimeout.ExtensionResponse)
	if !a.Granted {
		t.Fatalf("%+v", a)
	}
	b.forget(all)
	b.run(b.now + 30*sec)
	offers := b.told(core.KindJobAdoptOffer, 0)
	if len(offers) == 0 {
		t.Fatal("nobody was offered the job")
	}
	if s := offers[0].body.(*replica.AdoptOffer).Timeout; s.Extensions != a.Extension || s.MaxExtension != a.Extension || s.Elapsed < 5*time.Second {
		t.Errorf("granted %v, offered %+v", a.Extension, s)
	}
}
