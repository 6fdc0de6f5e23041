package client

import (
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/replica"
)

func cancelResponse(c call.Code) *cancel.JobResponse {
	return &cancel.JobResponse{Answer: call.Answer{Code: c}}
}

func (b *bench) gate(id job.ID, ge uint32, gate core.NodeID) call.Code {
	return b.say(gate, core.KindGateJobLeaderTransfer, &replica.GateTransfer{Job: id, Gate: gate, GE: ge, Old: core.NoNode})
}

func (b *bench) manager(id job.ID, site uint16, de uint32, manager core.NodeID) call.Code {
	return b.say(0, core.KindManagerJobLeaderTransfer, &replica.ManagerTransfer{Job: id, Site: site, Manager: manager, DE: de, Old: core.NoNode})
}

// Spec 20 §8.5, gate leader: a transfer counts above what is known, or again from the same one; managers have spaces of
// their own, by datacenter.
func TestTransferRows(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(0)
	for i, x := range []struct{ have, want call.Code }{
		{b.gate(id, 1, 0), call.CodeDuplicate},
		{b.gate(id, 1, 1), call.CodeStaleFence},
		{b.gate(id, 3, 2), call.CodeOK},
		{b.gate(id, 3, 2), call.CodeDuplicate},
		{b.gate(id, 2, 1), call.CodeStaleFence},
		{b.gate(id+1, 9, 1), call.CodeUnknownJob},
		{b.manager(id, 4, 1, 10), call.CodeOK}, // below the ge, and of another space
		{b.manager(id, 4, 1, 11), call.CodeStaleFence},
		{b.manager(id, 4, 2, 11), call.CodeOK},
		{b.manager(id, 5, 1, 12), call.CodeOK},
		{b.gate(id, 4, 1), call.CodeOK},
	} {
		if x.have != x.want {
			t.Errorf("no. %d: %v, want %v", i+1, x.have, x.want)
		}
	}
	if l, ge := b.c.Leader(id); l != 1 || ge != 4 {
		t.Errorf("led by %d under %d", l, ge)
	}
	if want := (Counts{Transfers: 5, Stale: 3, Moved: 2}); b.c.Counts() != want {
		t.Errorf("%+v, want %+v", b.c.Counts(), want)
	}
}

// Words count once, by epoch and number; what a manager says where there are gates changes nothing, its final result too
// (spec 20 §7.3).
func TestSpaces(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(0)
	at := func(from core.NodeID, site uint16, epoch, seq uint32, s job.State) {
		b.say(from, core.KindJobStatusPush, &job.StatusPush{Status: job.Status{Job: id, Site: site, Epoch: epoch, Seq: seq, State: s}})
	}
	for i, x := range []struct {
		do   func()
		want job.State
	}{
		{func() { at(0, job.NoSite, 1, 2, job.StateRunning) }, job.StateRunning},
		{func() { at(0, job.NoSite, 1, 1, job.StateQueued) }, job.StateRunning},
		{func() { at(0, job.NoSite, 1, 2, job.StateQueued) }, job.StateRunning},
		{func() { at(12, 4, 7, 9, job.StateCancelling) }, job.StateRunning}, // a manager
		{func() { at(1, job.NoSite, 2, 1, job.StateCancelling) }, job.StateCancelling},
		{func() { at(0, job.NoSite, 1, 9, job.StateRunning) }, job.StateCancelling},
		{func() { at(1, job.NoSite, 2, 2, job.StateCancelled) }, job.StateCancelling}, // how it ended comes with its result
		{func() {
			f := &job.FinalResult{Job: id}
			f.Site, f.State, f.DE = 4, job.StateCompleted, 9
			b.say(12, core.KindJobFinalResult, f)
		}, job.StateCancelling},
		{func() { b.result(0, id, 1, job.StateTimeout) }, job.StateCancelling}, // it leads no more
		{func() { b.result(1, id, 2, job.StateCancelled) }, job.StateCancelled},
		{func() { b.result(2, id, 3, job.StateFailed) }, job.StateCancelled},
	} {
		if x.do(); b.c.State(id) != x.want {
			t.Errorf("no. %d: %v, want %v", i+1, b.c.State(id), x.want)
		}
	}
	if n := b.facts(core.JobFactOutcome); len(n) != 1 {
		t.Errorf("%d outcomes", len(n))
	}
}

func (b *bench) result(from core.NodeID, id job.ID, ge uint32, s job.State) call.Code {
	r := &job.GlobalResult{}
	r.Job, r.GE, r.State = id, ge, s
	return b.say(from, core.KindGlobalJobResult, r)
}

// A leader that somebody else names is told where pushes go, and makes up for what was missed; one that pushes by itself
// knows.
func TestRegistersAnew(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(0)
	b.say(0, core.KindJobStatusPush, status(id, 1, 4, job.StateQueued))
	b.reply = func(m *core.Message) (core.Kind, core.Body) {
		switch {
		case m.Kind == core.KindJobStatusRequest && m.To != 2:
			s := &job.GlobalStatus{Answer: call.NotLeader(core.NoNode)}
			s.JobLeader, s.Epoch, s.Site = 2, 2, job.NoSite
			return core.KindGlobalJobStatus, s
		case m.Kind == core.KindRegisterCallback && m.To == 2:
			r := &job.RegisterCallbackResponse{State: job.StateRunning, JobLeader: 2}
			r.Updates = append(r.Updates, status(id, 2, 7, job.StateRunning).Status)
			return core.KindRegisterCallbackResponse, r
		}
		return 0, nil
	}
	b.until(6 * sec)
	list := b.of(core.KindRegisterCallback)
	if len(list) != 1 || list[0].To != 2 {
		t.Fatalf("%d registrations", len(list))
	}
	if r := list[0].Body.(*job.RegisterCallback); r.Job != id || r.Callback != self || b.c.State(id) != job.StateRunning {
		t.Errorf("%+v, %v", r, b.c.State(id))
	}
	b.reply = nil
	b.say(1, core.KindJobStatusPush, status(id, 3, 1, job.StateRunning))
	if l, _ := b.c.Leader(id); l != 1 || len(b.of(core.KindRegisterCallback)) != 0 {
		t.Errorf("led by %d, registered again", l)
	}
}

// A cancel follows the job: refused for now and unanswered it is asked for again, at a new leader at once, and at each one
// after that, until the job is over.
func TestCancelFollowsTheLeader(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(0)
	code := call.CodeNoQuorum
	asked := map[core.NodeID]int{}
	b.reply = func(m *core.Message) (core.Kind, core.Body) {
		if m.Kind == core.KindJobStatusRequest { // replicas know it
			s := &job.GlobalStatus{Answer: call.NotLeader(core.NoNode)}
			s.JobLeader = core.NoNode
			return core.KindGlobalJobStatus, s
		}
		if m.Kind == core.KindRegisterCallback {
			return core.KindRegisterCallbackResponse, &job.RegisterCallbackResponse{JobLeader: core.NoNode}
		}
		if m.Kind != core.KindJobCancelRequest {
			return 0, nil
		}
		if asked[m.To]++; m.To == 0 { // dead
			return 0, nil
		}
		return core.KindJobCancelResponse, cancelResponse(code)
	}
	b.step(func() { b.c.Cancel(b.now, id, &b.fx) })
	b.until(90 * sec)
	if asked[0] == 0 || asked[1]+asked[2] < 8 {
		t.Errorf("asked %v", asked)
	}
	code = call.CodeOK
	for i, g := range []core.NodeID{1, 2, 1} {
		before := asked[g]
		b.until(b.now + 40*sec) // what is under way ends
		b.gate(id, uint32(2+i), g)
		b.until(b.now + 20*sec)
		if asked[g] == before {
			t.Errorf("leader %d was not asked", g)
		}
	}
	n := asked[0] + asked[1] + asked[2]
	b.until(b.now + 60*sec)
	b.result(1, id, 4, job.StateCancelled)
	b.gate(id, 9, 2)
	b.until(b.now + 60*sec)
	if asked[0]+asked[1]+asked[2] != n || b.c.State(id) != job.StateCancelled {
		t.Errorf("asked again once it was accepted: %d, then %v; %v", n, asked, b.c.State(id))
	}
}

// All of it against the rule written down: what counts of words about a job is above all that came before in their space.
func TestWordsAgainstRule(t *testing.T) {
	type rule struct {
		epoch, seq uint32
		leader     core.NodeID
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := with(t, 3)
		id := b.accepted(0)
		spaces := map[uint16]*rule{job.NoSite: {epoch: 1, leader: 0}, 4: {leader: core.NoNode}, 5: {leader: core.NoNode}}
		state, over := job.StateNone, false
		for range rapid.IntRange(1, 40).Draw(rt, "words") {
			site := rapid.SampledFrom([]uint16{job.NoSite, 4, 5}).Draw(rt, "site")
			r := spaces[site]
			epoch, seq := uint32(rapid.IntRange(1, 5).Draw(rt, "epoch")), uint32(rapid.IntRange(1, 4).Draw(rt, "seq"))
			from := core.NodeID(epoch % 3) // one holder to an epoch
			if site != job.NoSite {
				from = core.NodeID(10 + epoch%3)
			}
			s := rapid.SampledFrom([]job.State{job.StateQueued, job.StateRunning, job.StateCancelling}).Draw(rt, "state")
			if epoch == 1 && site == job.NoSite {
				from = 0
			}
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0:
				if site == job.NoSite { // no such thing
					continue
				}
				have := b.say(from, core.KindManagerJobLeaderTransfer, &replica.ManagerTransfer{Job: id, Site: site, Manager: from, DE: epoch, Old: core.NoNode})
				want := call.CodeStaleFence
				switch {
				case over:
					want = call.CodeAlreadyTerminal
				case epoch > r.epoch:
					want = call.CodeOK
					*r = rule{epoch: epoch, leader: from}
				case epoch == r.epoch:
					want = call.CodeDuplicate
				}
				if have != want {
					rt.Fatalf("transfer to %d under %d: %v, want %v", from, epoch, have, want)
				}
			case 1:
				if site == job.NoSite {
					b.result(from, id, epoch, job.StateFailed)
					if !over && epoch >= r.epoch {
						state, over = job.StateFailed, true
					}
				}
			default:
				b.say(from, core.KindJobStatusPush, &job.StatusPush{Status: job.Status{Job: id, Site: site, Epoch: epoch, Seq: seq, State: s}})
				if over || epoch < r.epoch {
					break
				}
				if epoch > r.epoch {
					*r = rule{epoch: epoch}
				}
				r.leader = from
				if seq > r.seq {
					if r.seq = seq; site == job.NoSite {
						state = s
					}
				}
			}
			l, e := b.c.Leader(id)
			if main := spaces[job.NoSite]; b.c.State(id) != state || !over && (l != main.leader || e != main.epoch) {
				rt.Fatalf("%v led by %d under %d, want %v, %+v", b.c.State(id), l, e, state, main)
			}
		}
	})
}
