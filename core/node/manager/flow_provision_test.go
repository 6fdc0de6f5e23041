package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/replica"
)

// A round of agreement ends with the majority. Whoever agrees after that hears too that its reservation is over: it would
// hold the cores for provision.ttl, and of a hundred short jobs a second soon all that there are.
func TestWhoAgreesLateIsTold(t *testing.T) {
	b := newCluster(t)
	told := map[core.NodeID]int{}
	b.lost = func(m *core.Message) bool {
		if m.Kind == core.KindProvisionCommit {
			if c, ok := m.Body.(*dispatch.ProvisionCommit); ok && m.From == self {
				told[m.To]++
				_ = c
			}
		}
		return false
	}
	b.send(b.submission(gate1, 1))
	b.run(b.now + 400*ms)
	if told[other] != 1 || told[third] != 1 {
		t.Errorf("of two members that agreed, %d and %d words came", told[other], told[third])
	}
}

// An answer is about the round that asked for it. One of the round before, about the same attempt, says nothing of the workers that this
// one asks for (I-JD5, explored world 76004823).
func TestAnswersAreAboutTheirRound(t *testing.T) {
	b := newCluster(t)
	var asked []*core.Message
	b.atPeer = func(x *core.Message) bool {
		if x.Kind == core.KindProvisionRequest && x.To == other {
			asked = append(asked, x)
		}
		return x.Kind == core.KindProvisionRequest
	}
	b.send(b.submission(gate1, 1))
	b.run(b.now + 100*ms)
	b.step(func() { b.m.refuse(b.now, b.job(), 0, &b.fx) }) // its worker became unfit, say
	b.run(b.now + 1600*ms)
	if len(asked) != 2 {
		t.Fatalf("%d rounds", len(asked))
	}
	confirms := func(i int) {
		d := asked[i].Body.(*dispatch.ProvisionRequest)
		b.arrive(&core.Message{Kind: core.KindProvisionConfirm, From: other, To: self, Seq: asked[i].Seq, Instance: 1, Body: &dispatch.ProvisionConfirm{Job: d.Job, Workflow: d.Workflow, Confirmed: true}})
		b.run(b.now + 10*ms)
	}
	if confirms(0); len(b.tasks) != 0 {
		t.Error("who agreed to the round before counts")
	}
	if confirms(1); len(b.tasks) == 0 {
		t.Error("who agreed to this one does not")
	}
}

// asks lets another member ask this one for cores of the worker, for the first attempt at a workflow of job 7 under an epoch.
func (b *bench) asks(from core.NodeID, de uint32, cores uint16) {
	b.t.Helper()
	n := b.send(core.Message{Kind: core.KindProvisionRequest, From: from, Body: &dispatch.ProvisionRequest{
		Job: 7, Workflow: 100, Attempt: 1, DE: de, Items: []dispatch.Reservation{{Worker: hand, Cores: cores}},
	}})
	b.run(b.now + 2*ms)
	if a := reply[*dispatch.ProvisionConfirm](b, n); a == nil || !a.Confirmed {
		b.t.Fatalf("%d asks for %d cores, and is answered %+v", from, cores, a)
	}
}

// ends lets it say what became of them.
func (b *bench) ends(from core.NodeID, de uint32, used bool) {
	b.send(core.Message{Kind: core.KindProvisionCommit, From: from, Body: &dispatch.ProvisionCommit{Job: 7, Workflow: 100, Attempt: 1, DE: de, Commit: used}})
}

// Spec 20 §4.5: two majorities share a member. A former holder that gives up late, for the job is another's, speaks of the cores that it asked
// for: those that the next holder asked for since, for the attempt of the same number, are kept.
func TestFormerHoldersEndNoHold(t *testing.T) {
	for _, used := range []bool{false, true} {
		b := newCluster(t)
		free := func() int { return b.m.workers.at(hand).cores.Free() }
		b.asks(other, 1, 2)
		if b.asks(third, 2, 3); free() != 5 {
			t.Fatalf("%d cores of 8 are free: the next holder's attempt takes the place of the former's", free())
		}
		b.ends(other, 1, used)
		b.step(func() {
			b.m.heard(b.now, hand, 1, &core.Beat{State: uint8(registry.WorkerHealthy), CoresAvailable: 8, Version: uint64(b.now)}, &b.fx)
		})
		if free() != 5 {
			t.Errorf("used: %v. %d cores are free after the former holder's word", used, free())
		}
		if b.ends(third, 2, false); free() != 8 {
			t.Errorf("%d cores are free after the holder's own word", free())
		}
	}
}

// A holder that claimed again for itself meanwhile (04-5) ends what it asked for under its former epoch, and who agrees after the job was lost hears
// of the epoch under which it was asked.
func TestWordsNameTheirEpoch(t *testing.T) {
	b := newCluster(t)
	b.asks(other, 1, 2)
	if b.ends(other, 2, false); b.m.workers.at(hand).cores.Free() != 8 {
		t.Error("a greater epoch of the same holder ends nothing")
	}
	b = newCluster(t)
	var asked *core.Message
	var told []*dispatch.ProvisionCommit
	b.atPeer = func(x *core.Message) bool {
		switch d := x.Body.(type) {
		case *dispatch.ProvisionRequest:
			asked = x
		case *dispatch.ProvisionCommit:
			told = append(told, d)
		default:
			return false
		}
		return true
	}
	b.send(b.submission(gate1, 1))
	b.run(b.now + 100*ms)
	if asked == nil {
		t.Fatal("nobody was asked")
	}
	d := asked.Body.(*dispatch.ProvisionRequest)
	b.step(func() { b.m.Lost(b.now, d.Job, &b.fx) })
	b.arrive(&core.Message{Kind: core.KindProvisionConfirm, From: asked.To, To: self, Seq: asked.Seq, Instance: 1, Body: &dispatch.ProvisionConfirm{Job: d.Job, Workflow: d.Workflow, Confirmed: true}})
	b.run(b.now + 10*ms)
	if b.job() != nil || len(told) != 1 || told[0].DE != d.DE || d.DE == 0 || told[0].Workflow != d.Workflow || told[0].Attempt != d.Attempt || told[0].Commit {
		t.Errorf("asked %+v, told %+v", d, told)
	}
}

// Spec 10 §13 (I-M23): an answer that a member's process before gave says nothing of the one that is there. What that one kept is lost with it, and
// nobody has to be told.
func TestWhatAFormerProcessKeepsIsLost(t *testing.T) {
	for _, lives := range []uint32{1, 2} {
		for _, late := range []bool{false, true} {
			b := newCluster(t)
			var asked *core.Message
			told := 0
			b.atPeer = func(x *core.Message) bool {
				if x.Kind == core.KindProvisionRequest && x.To == other {
					asked = x
				}
				if x.Kind == core.KindProvisionCommit && x.To == other {
					told++
				}
				return x.Kind == core.KindProvisionRequest
			}
			b.send(b.submission(gate1, 1))
			b.run(b.now + 100*ms)
			if late {
				b.step(func() { b.m.refuse(b.now, b.job(), 0, &b.fx) })
			}
			b.lives[other] = lives
			d := asked.Body.(*dispatch.ProvisionRequest)
			b.arrive(&core.Message{Kind: core.KindProvisionConfirm, From: other, To: self, Seq: asked.Seq, Instance: 1, Body: &dispatch.ProvisionConfirm{Job: d.Job, Workflow: d.Workflow, Confirmed: true}})
			b.run(b.now + 10*ms)
			if started := len(b.tasks) > 0; started != (lives == 1 && !late) || (told > 0) != (lives == 1) {
				t.Errorf("instance 1 agrees, instance %d is there, the round is over: %v. %d shards are sent, and %d words", lives, late, len(b.tasks), told)
			}
		}
	}
}

// So it is with what one kept whose answer came before its next process was heard of.
func TestWhatAProcessKeptIsLostWithIt(t *testing.T) {
	for _, lives := range []uint32{1, 2} {
		b := newBenchOf(t, []core.NodeID{other, third, 13, 14})
		asked := map[core.NodeID]*core.Message{}
		b.atPeer = func(x *core.Message) bool {
			if x.Kind == core.KindProvisionRequest {
				asked[x.To] = x
			}
			return x.Kind == core.KindProvisionRequest
		}
		confirms := func(from core.NodeID) {
			d := asked[from].Body.(*dispatch.ProvisionRequest)
			b.arrive(&core.Message{Kind: core.KindProvisionConfirm, From: from, To: self, Seq: asked[from].Seq, Instance: b.Instance(from), Body: &dispatch.ProvisionConfirm{Job: d.Job, Workflow: d.Workflow, Confirmed: true}})
			b.run(b.now + 10*ms)
		}
		b.send(b.submission(gate1, 1))
		b.run(b.now + 100*ms)
		confirms(other)
		b.lives[other] = lives
		if confirms(third); (len(b.tasks) > 0) != (lives == 1) {
			t.Errorf("of five, two agree, and instance %d of one is there: %d shards are sent", lives, len(b.tasks))
		}
		if confirms(13); len(b.tasks) != 1 {
			t.Errorf("of five, three agree: %d shards are sent", len(b.tasks))
		}
	}
}

// And a process that is gone needs no cores.
func TestAFormerProcessGetsNoHold(t *testing.T) {
	b := newCluster(t)
	b.lives[other] = 2
	x := core.Message{Kind: core.KindProvisionRequest, From: other, To: self, Seq: 1, Instance: 1, Body: &dispatch.ProvisionRequest{
		Job: 7, Workflow: 100, Attempt: 1, DE: 1, Items: []dispatch.Reservation{{Worker: hand, Cores: 2}},
	}}
	b.step(func() { b.m.Receive(b.now, &x, &b.fx) })
	if free := b.m.workers.at(hand).cores.Free(); free != 8 {
		t.Errorf("%d cores of 8 are free", free)
	}
	b.run(b.now + 2*ms)
	if a := reply[*dispatch.ProvisionConfirm](b, x.Seq); a == nil || a.Confirmed || a.Code != call.CodeStaleFence { // else it is in flight for long (01-61)
		t.Errorf("answered %+v", a)
	}
}

// What is said of a round that came to nothing ends nothing of the next one, about the same attempt, whose question came before. So it is with the
// question of a round whose next one has asked already.
func TestWordsAreOfTheirRound(t *testing.T) {
	b := newCluster(t)
	free := func() int { return b.m.workers.at(hand).cores.Free() }
	b.asks(other, 1, 2)
	late := b.seq + 1
	b.seq++
	if b.asks(other, 1, 3); free() != 5 {
		t.Fatalf("%d cores of 8 are free: of two rounds the last one counts", free())
	}
	word := core.Message{Kind: core.KindProvisionCommit, From: other, To: self, Seq: late, Instance: 1, Body: &dispatch.ProvisionCommit{Job: 7, Workflow: 100, Attempt: 1, DE: 1}}
	if b.step(func() { b.m.Receive(b.now, &word, &b.fx) }); free() != 5 {
		t.Errorf("%d cores are free after the word of the round before", free())
	}
	asks := core.Message{Kind: core.KindProvisionRequest, From: other, To: self, Seq: late, Instance: 1, Body: &dispatch.ProvisionRequest{
		Job: 7, Workflow: 100, Attempt: 1, DE: 1, Items: []dispatch.Reservation{{Worker: hand, Cores: 1}},
	}}
	b.step(func() { b.m.Receive(b.now, &asks, &b.fx) })
	b.run(b.now + 2*ms)
	if a := reply[*dispatch.ProvisionConfirm](b, late); a == nil || a.Confirmed || free() != 5 {
		t.Errorf("the round before is answered %+v, and %d cores are free", a, free())
	}
	if b.ends(other, 1, false); free() != 8 {
		t.Errorf("%d cores are free after the word of this round", free())
	}
}

// Who agreed to a round before, of the same attempt, and has not been heard about this one keeps cores, too: when this round ends it hears of
// it. It would keep them for provision.ttl.
func TestWhoAgreedToARoundBeforeIsTold(t *testing.T) {
	for _, used := range []bool{false, true} {
		b := newCluster(t)
		var asked []*core.Message // of the member that answers late
		var told []bool
		b.atPeer = func(x *core.Message) bool {
			switch d := x.Body.(type) {
			case *dispatch.ProvisionCommit:
				if x.To == other {
					told = append(told, d.Commit)
				}
			case *dispatch.ProvisionRequest:
				if x.To == other {
					asked = append(asked, x)
				}
			default:
				return false
			}
			return true
		}
		b.send(b.submission(gate1, 1))
		b.run(b.now + 100*ms)
		b.step(func() { b.m.refuse(b.now, b.job(), 0, &b.fx) }) // its worker became unfit, say
		b.run(b.now + 1600*ms)
		if len(asked) != 2 {
			t.Fatalf("%d rounds", len(asked))
		}
		confirms := func(x *core.Message, from core.NodeID, seq uint32) {
			d := x.Body.(*dispatch.ProvisionRequest)
			b.arrive(&core.Message{Kind: core.KindProvisionConfirm, From: from, To: self, Seq: seq, Instance: 1, Body: &dispatch.ProvisionConfirm{Job: d.Job, Workflow: d.Workflow, Confirmed: true}})
			b.run(b.now + 10*ms)
		}
		confirms(asked[0], other, asked[0].Seq)
		if len(b.tasks) != 0 || len(told) != 0 {
			t.Fatalf("%d shards sent, %d words", len(b.tasks), len(told))
		}
		if used {
			confirms(asked[1], third, asked[1].Seq+1) // the other one that was asked
		} else {
			b.step(func() { b.m.refuse(b.now, b.job(), 0, &b.fx) })
			b.run(b.now + 10*ms)
		}
		if (len(b.tasks) != 0) != used || len(told) != 1 || told[0] != used {
			t.Errorf("used: %v. %d shards sent, %v said", used, len(b.tasks), told)
		}
	}
}

// short lets the other members refuse every round for lack of cores as long as busy says so, and the worker answer whoever asks what
// it has. It returns how many rounds a peer was asked to agree to, and how often the worker was asked.
func (b *bench) short(busy *bool, code call.Code) (rounds, asked *int) {
	b.step(func() {
		b.m.heard(b.now, hand, 1, &core.Beat{State: uint8(registry.WorkerHealthy), CoresAvailable: 8, Version: 1}, &b.fx)
	})
	rounds, asked = new(int), new(int)
	b.atPeer = func(x *core.Message) bool {
		d, ok := x.Body.(*dispatch.ProvisionRequest)
		if !ok || !*busy {
			return false
		}
		if x.To == other {
			*rounds++
		}
		y := core.Message{Kind: core.KindProvisionConfirm, From: x.To, To: self, Seq: x.Seq, Instance: 1, Body: &dispatch.ProvisionConfirm{
			Answer: call.Answer{Code: code}, Job: d.Job, Workflow: d.Workflow,
		}}
		b.after(time.Millisecond, func() { b.arrive(&y) })
		return true
	}
	b.hears = func(x *core.Message) bool {
		q, ok := x.Body.(*replica.StateRequest)
		if !ok || q.Since == 0 { // who begins to lead asks for all
			return !ok
		}
		*asked++
		s := replica.WorkerSnapshot{Worker: hand, State: registry.WorkerHealthy, Cores: 8, CoresAvailable: 8, Version: uint64(b.now)}
		if *busy {
			s.CoresAvailable = 0
		}
		y := core.Message{Kind: core.KindStateSyncResponse, From: hand, To: self, Seq: x.Seq, Instance: 1, Body: &replica.StateResponse{Ready: true, Worker: []replica.WorkerSnapshot{s}}}
		b.after(time.Millisecond, func() { b.step(func() { b.m.Receive(b.now, &y, &b.fx) }) })
		return false
	}
	return rounds, asked
}

// Spec 20 §4.4: what does not fit stays PENDING. Whose peers know of cores that are taken, and who does not, asks the worker after one
// refusal: the worker says nothing of it on its own, and five rounds for the same cores would shut dispatch for all jobs (P5).
func TestWhoIsRefusedAsksTheWorker(t *testing.T) {
	b := newCluster(t)
	busy := true
	rounds, asked := b.short(&busy, call.CodeNoCapacity)
	b.send(b.submission(gate1, 1))
	b.run(b.now + 20*sec)
	if *rounds != 1 || *asked != 1 || b.m.provisions.shut != 0 {
		t.Errorf("%d rounds for cores that are taken, the worker was asked %d times, shut until %v", *rounds, *asked, b.m.provisions.shut)
	}
	if busy = false; len(b.tasks) != 0 || b.m.workers.at(hand).cores.Free() != 0 {
		t.Fatalf("%d dispatches, %d cores free", len(b.tasks), b.m.workers.at(hand).cores.Free())
	}
	b.step(func() {
		b.m.heard(b.now, hand, 1, &core.Beat{State: uint8(registry.WorkerHealthy), CoresAvailable: 8, Version: uint64(b.now)}, &b.fx)
		b.m.rest(b.now, &b.fx)
	})
	b.run(b.now + 50*ms)
	if len(b.tasks) != 1 {
		t.Errorf("%d dispatches once its cores are free", len(b.tasks))
	}
}

// Who refuses for another reason says nothing of the worker.
func TestOtherRefusalsAskNobody(t *testing.T) {
	b := newCluster(t)
	busy := true
	rounds, asked := b.short(&busy, call.CodeSyncing)
	b.send(b.submission(gate1, 1))
	b.run(b.now + 9*sec)
	if *rounds < 5 || *asked != 0 || b.m.provisions.shut == 0 {
		t.Errorf("%d rounds, the worker was asked %d times, shut until %v", *rounds, *asked, b.m.provisions.shut)
	}
}

// 01-41, ADR-0059: workflows that find no cores wait, and so does nobody else. One ignorance fails as many rounds at once as there are
// workflows: P5 counts none of them, where a majority has answered.
func TestLackOfCoresShutsNothing(t *testing.T) {
	for _, silent := range []core.NodeID{core.NoNode, third} {
		b := newCluster(t)
		busy := true
		b.short(&busy, call.CodeNoCapacity)
		b.lost = func(x *core.Message) bool { return x.Kind == core.KindProvisionConfirm && x.From == silent }
		for id := range 6 {
			b.send(another(b, job.ID(7+id)))
		}
		b.run(b.now + 6*sec)
		n := b.send(another(b, 20))
		b.run(b.now + 100*ms)
		if a := reply[*job.Ack](b, n); b.m.provisions.shut != 0 || a == nil || a.Code != call.CodeOK {
			t.Errorf("%d is silent: shut until %v, another job is answered %+v", silent, b.m.provisions.shut, a)
		}
	}
}

// A worker that is asked and says nothing is asked by one call at a time, however many workflows are refused meanwhile.
func TestSilentWorkersAreAskedOnce(t *testing.T) {
	b := newCluster(t)
	busy := true
	b.short(&busy, call.CodeNoCapacity)
	asked := 0
	b.hears = func(x *core.Message) bool {
		if q, ok := x.Body.(*replica.StateRequest); ok && q.Since > 0 {
			asked++
		}
		return false
	}
	for id := range 4 {
		b.send(another(b, job.ID(7+id)))
	}
	b.run(b.now + 500*ms)
	if asked != 1 || !b.m.workers.at(hand).asked {
		t.Errorf("asked %d times", asked)
	}
	if b.run(b.now + 120*sec); asked < 2 {
		t.Error("never again")
	}
}

// The worker is the last authority (01-40): who is refused by it for lack of cores asks it, too.
func TestAWorkerThatRefusesIsAsked(t *testing.T) {
	b := newCluster(t)
	busy := false
	_, asked := b.short(&busy, call.CodeNoCapacity)
	hears, refused := b.hears, 0
	b.hears = func(x *core.Message) bool {
		d, ok := x.Body.(*dispatch.WorkflowDispatch)
		if !ok {
			return hears(x)
		}
		refused++
		busy = true
		y := core.Message{Kind: core.KindWorkflowDispatchAck, From: hand, To: self, Seq: x.Seq, Instance: 1, Body: &dispatch.WorkflowDispatchAck{
			Answer: call.Answer{Code: call.CodeNoCapacity}, Shard: d.Shard, Token: d.Token, WorkerVersion: uint64(b.now),
		}}
		b.after(time.Millisecond, func() { b.step(func() { b.m.Receive(b.now, &y, &b.fx) }) })
		return false
	}
	b.send(b.submission(gate1, 1))
	b.run(b.now + 20*sec)
	if refused != 1 || *asked != 1 || b.m.workers.at(hand).cores.Free() != 0 {
		t.Errorf("refused %d times, asked %d times, %d cores free", refused, *asked, b.m.workers.at(hand).cores.Free())
	}
}
