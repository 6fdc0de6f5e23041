package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// The whole of it: a job over three datacenters ends once, FULL, and everything is forgotten in the end.
func TestJobOverThreeDatacenters(t *testing.T) {
	for _, gates := range []int{1, 2, 3} {
		b := newBench(t, gates)
		id := job.ID(5)
		at := b.owner(id)
		seq := b.submit(at, spec(id, 3), 0)
		b.run(5 * second)
		if a := b.answerTo(seq).(*job.Ack); !a.Accepted || a.GE != 1 || a.Code != call.CodeOK {
			t.Fatalf("%d gates: %+v", gates, a)
		}
		if _, s := b.gates[at].Holds(id); s != job.StateRunning {
			t.Fatalf("%d gates: %v after 5 s", gates, s)
		}
		b.run(15 * second)
		list := b.results(id)
		if len(list) != 1 {
			t.Fatalf("%d gates: told %d times", gates, len(list))
		}
		r := list[0]
		if r.State != job.StateCompleted || r.Completeness != job.CompleteFull || r.Completed != 15 || r.SitesCompleted != 3 || len(r.PerSite) != 3 {
			t.Errorf("%d gates: %+v", gates, r)
		}
		b.run(400 * second)
		for i, g := range b.gates {
			if n := g.Entries(); n != 0 {
				t.Errorf("%d gates: gate %d keeps %d entries", gates, i, n)
			}
			if st, ok := g.rep.Tombstone(b.now, id); !ok || st.State != job.StateCompleted {
				t.Errorf("%d gates: gate %d has no tombstone", gates, i)
			}
		}
		if seq = b.submit(at, spec(id, 3), 0); true {
			b.run(401 * second)
			if a := b.answerTo(seq).(*job.Ack); a.Code != call.CodeDuplicate || a.State != job.StateCompleted {
				t.Errorf("after all: %+v", a)
			}
		}
	}
}

// Who is not the owner names it; who is asked after a redirect takes the job all the same (G5).
func TestRingOwnerIsNamed(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(1)
	seq := b.submit(0, spec(id, 1), 0)
	b.run(second)
	if a := b.answerTo(seq).(*job.Ack); a.Code != call.CodeNotLeader || a.Leader != 1 {
		t.Errorf("%+v", a)
	}
	seq = b.submit(2, spec(id, 1), 1)
	b.run(2 * second)
	if a := b.answerTo(seq).(*job.Ack); a.Code != call.CodeOK {
		t.Errorf("%+v", a)
	}
	id = b.jobOf(1) + 1000
	for b.owner(id) != 1 {
		id++
	}
	b.gone[1] = true
	seq = b.submit(0, spec(id, 1), 0)
	b.run(3 * second)
	if a := b.answerTo(seq).(*job.Ack); a.Code == call.CodeNotLeader {
		t.Errorf("a dead owner is named: %+v", a)
	}
}

// What is no job is refused, and why is said (G4); the same id with another digest is another job.
func TestRefusals(t *testing.T) {
	b := newBench(t, 1)
	bad := func(what string, want call.Code, change func(*job.Spec)) {
		s := spec(7, 1)
		change(&s)
		seq := b.submit(0, s, 0)
		b.run(b.now + second)
		if c := b.code(seq); c != want {
			t.Errorf("%s: %v", what, c)
		}
	}
	bad("no workflows", call.CodeInvalid, func(s *job.Spec) { s.Workflows = nil })
	bad("needs what is not there", call.CodeInvalid, func(s *job.Spec) { s.Workflows[0].Depends = []uint32{9} })
	bad("no such datacenter", call.CodeInvalid, func(s *job.Spec) { s.Datacenters = []uint16{7} })
	bad("too large", call.CodeTooLarge, func(s *job.Spec) { s.Workflows[0].Payload.Size = 6 << 20 })
	bad("good", call.CodeOK, func(*job.Spec) {})
	bad("again", call.CodeDuplicate, func(*job.Spec) {})
	bad("another digest", call.CodeInvalid, func(s *job.Spec) { s.Digest++ })
}

// 04-13: a repeat that comes while the acceptance is on its way waits for it.
func TestRepeatWaitsForTheAcceptance(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobStateSyncAck && b.now < 3*second }
	first := b.submit(0, spec(id, 1), 0)
	b.run(second)
	again := b.submit(0, spec(id, 1), 0)
	b.run(2*second - 1)
	if b.answerTo(first) != nil || b.answerTo(again) != nil {
		t.Fatal("answered before the commit")
	}
	b.run(6 * second)
	if c := b.code(first); c != call.CodeOK {
		t.Errorf("the first: %v", c)
	}
	if c := b.code(again); c != call.CodeDuplicate {
		t.Errorf("the repeat: %v", c)
	}
}

// G2: whoever is handed a job that is known already says how it stands and who leads it, also who holds a replica only.
func TestDuplicateNamesTheLeader(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.managed[100].length, b.managed[200].length, b.managed[300].length = time.Hour, time.Hour, time.Hour
	b.submit(0, spec(id, 3), 0)
	b.run(2 * second)
	for gate := range core.NodeID(3) {
		n := b.submit(gate, spec(id, 3), 0)
		b.run(b.now + second/10)
		if a := b.answerTo(n).(*job.Ack); a.Code != call.CodeDuplicate || !a.Accepted || a.JobLeader != 0 || a.GE != 1 || a.State != job.StateRunning {
			t.Errorf("gate %d: %+v", gate, a)
		}
	}
}

// 20 §4.1 G3, 10 §2.6: membership forgets who is gone after a while. Who had left counts for no majority then as before, and a job is refused and
// not begun; who was cut off may live.
func TestForgottenGates(t *testing.T) {
	for _, how := range []core.MemberState{core.StateLeft, core.StateDead} {
		b := newBench(t, 3)
		id := b.jobOf(0)
		b.unknown = map[core.NodeID]bool{1: true, 2: true}
		for other := range b.unknown {
			for _, s := range []core.MemberState{how, core.StateNone} {
				f := core.Fact{Kind: core.FactTransition, Subject: other, To: s}
				b.step(0, func(fx *core.Effects) { b.gates[0].Observe(b.now, &f, fx) })
			}
		}
		seq := b.submit(0, spec(id, 1), 0)
		b.run(second)
		left := how == core.StateLeft
		if a := b.answerTo(seq).(*job.Ack); left && (a.Code != call.CodeNoQuorum || a.Tried) || !left && !a.Accepted {
			t.Errorf("%v: %+v", how, a)
		}
	}
}

// 04-12: an acceptance that found no majority was tried all the same.
func TestFailedAcceptanceWasTried(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobStateSyncAck }
	seq := b.submit(0, spec(id, 1), 0)
	b.run(10 * second)
	if a := b.answerTo(seq).(*job.Ack); a.Code != call.CodeNoQuorum || !a.Tried {
		t.Errorf("%+v", a)
	}
	if len(b.told(100, core.KindJobSubmission)) != 0 || b.gates[0].Entries() != 0 {
		t.Error("and goes on with it")
	}
	b.cut = nil
	seq = b.submit(0, spec(id, 1), 0)
	b.run(12 * second)
	if c := b.code(seq); c != call.CodeOK {
		t.Errorf("under its own promise it accepts again: %v", c)
	}
}

// A datacenter that refuses is replaced, and owed nothing; one that is silent is replaced too, and owed a cancel until it
// acknowledges one (J17, 04-14, 04-17).
func TestFallbackAndDoubt(t *testing.T) {
	b := newBench(t, 1)
	b.managed[100].judge = func(m *core.Message) core.Body {
		return &job.Ack{Answer: call.Answer{Code: call.CodeNoCapacity}, Job: m.Body.(*job.Submission).Job}
	}
	b.managed[200].deaf, b.managed[201].deaf = true, true
	b.submit(0, spec(5, 1), 0)
	b.run(30 * second)
	if len(b.told(100, core.KindJobCancelRequest))+len(b.told(101, core.KindJobCancelRequest)) != 0 {
		t.Error("who refused is cancelled")
	}
	if n := len(b.told(200, core.KindJobSubmission)); n != 2 {
		t.Errorf("a silent manager was asked %d times", n)
	}
	if b.managed[300].jobs[5] == nil {
		t.Fatal("the third one has not got it")
	}
	x := b.gates[0].records.by[5]
	if s := x.site(1); !s.owed || s.target {
		t.Errorf("the silent one: %+v", s)
	}
	if list := b.results(5); len(list) != 1 || list[0].State != job.StateCompleted || list[0].Completeness != job.CompleteFull {
		t.Errorf("%+v", list)
	}
	b.managed[200].deaf = false
	b.run(60 * second)
	if x.site(1).owed || b.managed[200].stones[5] == false {
		t.Error("the cancel did not arrive")
	}
}

// 04-14 the other way: a refusal after a silence is no refusal.
func TestRefusalAfterSilenceIsDoubt(t *testing.T) {
	b := newBench(t, 1)
	n := 0
	b.managed[100].judge = func(m *core.Message) core.Body {
		return &job.Ack{Answer: call.Answer{Code: call.CodeBusy, RetryAfter: 1}, Job: m.Body.(*job.Submission).Job}
	}
	b.managed[101].judge = b.managed[100].judge
	b.cut = func(m *core.Message) bool {
		if m.Kind == core.KindJobSubmission && m.To == 100 {
			n++
			return n == 1
		}
		return false
	}
	b.submit(0, spec(5, 1), 0)
	b.run(9 * second)
	if !b.managed[100].stones[5] {
		t.Error("the first copy may have arrived, and nobody took it back")
	}
	if b.managed[200].jobs[5] == nil {
		t.Error("nobody was asked in its place")
	}
}

// 04-17: while there is nobody else, a silent datacenter is asked again; a late word of it counts.
func TestDoubtIsAskedAgain(t *testing.T) {
	b := newBench(t, 1)
	b.managed[100].deaf, b.managed[101].deaf = true, true
	b.submit(0, spec(5, 3), 0)
	b.run(8 * second)
	if _, s := b.gates[0].Holds(5); s != job.StateDispatching {
		t.Errorf("%v", s)
	}
	b.managed[100].deaf = false
	b.run(40 * second)
	if list := b.results(5); len(list) != 1 || len(list[0].PerSite) != 3 || list[0].State != job.StateCompleted {
		t.Errorf("%+v", list)
	}
}

// The only datacenter that may have the job does not answer: it is asked beyond the three rounds (04-17), for a minute. If it answers, the
// job runs there; if not, it is FAILED, and a cancel is owed.
func TestDoubtOutlivesTheRounds(t *testing.T) {
	for _, back := range []bool{true, false} {
		b := newBench(t, 3)
		id := b.jobOf(0)
		full := func(m *core.Message) core.Body {
			return &job.Ack{Answer: call.Answer{Code: call.CodeNoCapacity}, Job: m.Body.(*job.Submission).Job}
		}
		b.managed[100].judge, b.managed[200].judge = full, full
		b.managed[300].deaf, b.managed[301].deaf = true, true
		b.submit(0, spec(id, 1), 0)
		b.run(45 * second)
		if _, s := b.gates[0].Holds(id); s.Terminal() {
			t.Fatalf("it is %v at %v, and may run", s, b.now)
		}
		b.managed[300].deaf = !back
		b.run(150 * second)
		want := job.StateFailed
		if back {
			want = job.StateCompleted
		}
		if r := b.results(id); len(r) != 1 || r[0].State != want {
			t.Errorf("back %v: %+v", back, r)
		}
		if x := b.gates[0].records.by[id]; x == nil || x.site(2).owed == back {
			t.Errorf("back %v: a cancel is owed, or none", back)
		}
	}
}

// Nobody takes the job: FAILED, dispatch_exhausted, after three rounds (G9), and the client hears of it.
func TestExhausted(t *testing.T) {
	b := newBench(t, 3)
	for _, m := range b.managed {
		m.judge = func(m *core.Message) core.Body {
			return &job.Ack{Answer: call.Answer{Code: call.CodeNoQuorum}, Job: m.Body.(*job.Submission).Job}
		}
	}
	id := b.jobOf(0)
	b.submit(0, spec(id, 2), 0)
	b.run(20 * second)
	if list := b.results(id); len(list) != 1 || list[0].State != job.StateFailed || list[0].Completeness != job.CompleteNone {
		t.Fatalf("%+v", list)
	}
	if n := len(b.told(100, core.KindJobSubmission)); n != 3 {
		t.Errorf("asked %d times", n)
	}
}

// 04-20: what a datacenter says of its end while others are still being asked is kept, and counts when all is decided.
func TestFinalWhileDispatching(t *testing.T) {
	b := newBench(t, 1)
	b.managed[100].length = time.Second
	b.managed[300].deaf, b.managed[301].deaf = true, true
	b.submit(0, spec(5, 3), 0)
	b.run(5 * second)
	if x := b.gates[0].records.by[5]; x.state != job.StateDispatching || x.site(0).state != job.StateCompleted {
		t.Fatalf("%v, %v", x.state, x.site(0).state)
	}
	b.run(60 * second)
	if list := b.results(5); len(list) != 1 || len(list[0].PerSite) != 2 || list[0].State != job.StateCompleted {
		t.Errorf("%+v", list)
	}
}

// Cancels: of a job that runs, of one that nobody knows, and of one that has ended.
func TestCancel(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.submit(0, spec(id, 3), 0)
	b.run(5 * second)
	seq := b.cancel(0, id)
	b.run(7 * second)
	if r := b.answerTo(seq).(*cancel.JobResponse); r.Code != call.CodeOK || !r.Success || r.Cancelled != 1 {
		t.Errorf("%+v", r)
	}
	list := b.results(id)
	if len(list) != 1 || list[0].State != job.StateCancelled || list[0].Completeness != job.CompleteNone {
		t.Fatalf("%+v", list)
	}
	if n := len(b.told(client, core.KindJobCancellationComplete)); n != 1 {
		t.Errorf("told %d times that all is stopped", n)
	}
	seq = b.cancel(0, id)
	b.run(8 * second)
	if r := b.answerTo(seq).(*cancel.JobResponse); r.Code != call.CodeAlreadyTerminal || !r.AlreadyCancelled {
		t.Errorf("%+v", r)
	}
	seq = b.cancel(1, id) // who does not lead it knows as much
	b.run(9 * second)
	if c := b.code(seq); c != call.CodeAlreadyTerminal {
		t.Errorf("%v", c)
	}
	seq = b.cancel(2, 4711)
	b.run(10 * second)
	if r := b.answerTo(seq).(*cancel.JobResponse); r.Code != call.CodeOK || !r.Success || r.Cancelled != 0 {
		t.Errorf("unknown: %+v", r)
	}
	seq = b.submit(1, spec(4711, 1), 1)
	b.run(11 * second)
	if a := b.answerTo(seq).(*job.Ack); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCancelled {
		t.Errorf("a submission after its cancel: %+v", a)
	}
}

// 04-15, 04-46: a tombstone that finds no majority is named to nobody.
func TestTombstoneNeedsMajority(t *testing.T) {
	b := newBench(t, 3)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobStateSyncAck }
	seq := b.cancel(0, 4711)
	b.run(3 * second)
	if b.answerTo(seq) != nil {
		t.Fatal("answered before its commit")
	}
	poll := b.ask(client, 0, core.KindJobStatusRequest, &job.StatusRequest{Job: 4711})
	sub := b.submit(0, spec(4711, 1), 1)
	b.run(10 * second)
	if c := b.code(poll); c != call.CodeUnknownJob {
		t.Errorf("named to who asks: %v", c)
	}
	if c := b.code(sub); c != call.CodeNoQuorum {
		t.Errorf("a submission meanwhile: %v", c)
	}
	if c := b.code(seq); c != call.CodeNoQuorum {
		t.Errorf("the cancel: %v", c)
	}
	b.cut = nil
	sub = b.submit(0, spec(4711, 1), 1)
	b.run(12 * second)
	if c := b.code(sub); c != call.CodeNoQuorum { // the cancel is kept in mind (04-47)
		t.Errorf("a submission after it: %v", c)
	}
}

// A job whose decision is taken and not committed: acks stop just before the last datacenter says how it ended.
func undecided(t *testing.T) (*bench, job.ID, *bool) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	blind := true
	b.submit(0, spec(id, 1), 0)
	b.run(9 * second)
	b.cut = func(m *core.Message) bool { return blind && m.Kind == core.KindJobStateSyncAck }
	b.run(11 * second)
	if x := b.gates[0].records.by[id]; x.pending != job.StateCompleted || x.state != job.StateCompleting {
		t.Fatalf("%v, to be %v", x.state, x.pending)
	}
	return b, id, &blind
}

// 04-30, 6.9: nothing that names the end leaves the gate before its commit, not even the answer to who brought it; after
// it everybody is answered.
func TestNothingIsToldBeforeTheCommit(t *testing.T) {
	b, id, blind := undecided(t)
	stop := b.cancel(0, id)
	poll := b.ask(client, 0, core.KindJobStatusRequest, &job.StatusRequest{Job: id})
	b.run(12 * second)
	if len(b.results(id)) != 0 || b.answerTo(stop) != nil {
		t.Error("the end is told before its commit")
	}
	if s := b.answerTo(poll).(*job.GlobalStatus).State; s.Terminal() {
		t.Errorf("who asks hears %v", s)
	}
	for _, k := range []core.Kind{core.KindJobFinalStatusAck, core.KindJobFinalResultAck} {
		for _, m := range b.told(100, k) {
			if m.at > 10*second {
				t.Errorf("%v before the commit", k)
			}
		}
	}
	*blind = false
	b.run(25 * second)
	if list := b.results(id); len(list) != 1 || list[0].State != job.StateCompleted {
		t.Errorf("%+v", list)
	}
	if r := b.answerTo(stop).(*cancel.JobResponse); r.Code != call.CodeAlreadyTerminal || !r.AlreadyCompleted {
		t.Errorf("the cancel: %+v", r)
	}
	if len(b.told(100, core.KindJobFinalResultAck)) == 0 {
		t.Error("its result is not acknowledged")
	}
}

// 03-13: when the lease ends before the commit, who waits hears LEASE_LOST, and the decision is taken all the same when it
// is back (04-31).
func TestDecisionWithoutLease(t *testing.T) {
	b, id, blind := undecided(t)
	stop := b.cancel(0, id)
	b.run(60 * second)
	if c := b.code(stop); c != call.CodeLeaseLost {
		t.Errorf("%v", c)
	}
	*blind = false
	b.run(100 * second)
	if list := b.results(id); len(list) != 1 || list[0].State != job.StateCompleted {
		t.Errorf("%+v", list)
	}
}

func (b *bench) final(site uint16, id job.ID, s job.State, de uint32) uint32 {
	m := b.sites[site].Managers[0]
	return b.ask(m, 0, core.KindJobFinalStatus, &jobtimeout.FinalStatus{Job: id, Site: site, Manager: m, State: s, DE: de})
}

// What a datacenter says under an old epoch is refused and changes nothing; the first word about its end stands.
func TestFirstWordUnderTheEpoch(t *testing.T) {
	b := newBench(t, 1)
	b.submit(0, spec(5, 3), 0)
	b.run(2 * second)
	b.ask(100, 0, core.KindJobLeaderTransfer, &jobtimeout.LeaderTransfer{Job: 5, Site: 0, Leader: 101, DE: 3})
	b.run(3 * second)
	old := b.final(0, 5, job.StateFailed, 2)
	b.run(4 * second)
	if a := b.answerTo(old).(*jobtimeout.Ack); a.Code != call.CodeStaleFence || a.Current != 3 {
		t.Errorf("%+v", a)
	}
	x := b.gates[0].records.by[5]
	if s := x.site(0); s.over() || s.manager != 101 {
		t.Errorf("%+v", s)
	}
	first, then := b.final(0, 5, job.StateCompleted, 3), b.final(0, 5, job.StateFailed, 3)
	b.run(5 * second)
	if b.code(first) != call.CodeOK || b.code(then) != call.CodeOK || x.site(0).state != job.StateCompleted {
		t.Errorf("%v, %v, %v", b.code(first), b.code(then), x.site(0).state)
	}
}

// 04-18: a datacenter that is no target hears CANCELLED once the job runs, whatever it says, and is not counted.
func TestWhoIsNoTargetIsTurnedAway(t *testing.T) {
	b := newBench(t, 1)
	b.submit(0, spec(5, 1), 0)
	b.run(2 * second)
	seq := b.final(2, 5, job.StateFailed, 1)
	b.run(3 * second)
	if a := b.answerTo(seq).(*jobtimeout.Ack); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCancelled {
		t.Errorf("%+v", a)
	}
	b.run(20 * second)
	if list := b.results(5); len(list) != 1 || list[0].State != job.StateCompleted || len(list[0].PerSite) != 1 {
		t.Errorf("%+v", list)
	}
}

// 04-47: a gate that does not lead the job keeps a cancel in mind; when it takes the job over, it begins with that.
func TestRememberedCancel(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	for _, m := range b.managed {
		m.length = 500 * time.Second
	}
	b.submit(0, spec(id, 2), 0)
	b.run(5 * second)
	for g := core.NodeID(1); g < 3; g++ {
		seq := b.cancel(g, id)
		b.run(b.now + second/10)
		if a := b.answerTo(seq).(*cancel.JobResponse); a.Code != call.CodeNotLeader || a.Leader != 0 {
			t.Errorf("%+v", a)
		}
	}
	b.crash(0)
	b.gone[0] = true
	b.run(60 * second)
	if list := b.results(id); len(list) != 1 || list[0].State != job.StateCancelled {
		t.Errorf("%+v", list)
	}
}

// 04-32, 04-34: a cancel while the data is waited for comes too late, and is answered when that is known for good; without
// data for 300 s the job is PARTIAL.
func TestCancelWhileCompleting(t *testing.T) {
	b := newBench(t, 1)
	b.submit(0, spec(5, 1), 0)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobFinalResult }
	b.run(12 * second)
	stop := b.cancel(0, 5)
	b.run(300 * second)
	if b.answerTo(stop) != nil || len(b.results(5)) != 0 {
		t.Error("answered while nobody knows how it ends")
	}
	b.run(320 * second)
	if r := b.answerTo(stop).(*cancel.JobResponse); r.Code != call.CodeAlreadyTerminal || !r.AlreadyCompleted {
		t.Errorf("%+v", r)
	}
	if list := b.results(5); len(list) != 1 || list[0].State != job.StateCompleted || list[0].Completeness != job.CompletePartial {
		t.Errorf("%+v", list)
	}
}

// A cancel during dispatch goes to those that may have accepted, too (§7.1 phase 2).
func TestCancelWhileDispatching(t *testing.T) {
	b := newBench(t, 1)
	b.managed[100].deaf, b.managed[101].deaf = true, true
	b.submit(0, spec(5, 2), 0)
	b.run(3 * second)
	b.cancel(0, 5)
	b.run(4 * second)
	b.managed[100].deaf = false
	b.run(30 * second)
	if !b.managed[100].stones[5] {
		t.Error("who may have it was not told")
	}
	if list := b.results(5); len(list) != 1 || list[0].State != job.StateCancelled {
		t.Errorf("%+v", list)
	}
	if n := len(b.told(300, core.KindJobSubmission)); n != 0 {
		t.Error("asked after the cancel")
	}
}

// single asks for the end of one workflow.
func (b *bench) single(id job.ID, w job.WorkflowID, request uint64) uint32 {
	return b.ask(client, 0, core.KindSingleWorkflowCancelRequest, &cancel.SingleRequest{Job: id, Workflow: w, Request: request, Requester: client, Dependents: true, Gate: core.NoNode, Client: client})
}

// 04-53, 04-54: a workflow's cancel is committed before any datacenter hears of it; submissions carry it, and who was asked
// before it came is told when it has accepted. The weakest word of all datacenters is the answer.
func TestSingleCancel(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	s := spec(id, 3)
	s.Workflows = append(s.Workflows, job.WorkflowSpec{Workflow: 77, Name: 2, Cores: 1})
	blind := false
	b.cut = func(m *core.Message) bool {
		return blind && m.Kind == core.KindJobStateSyncAck || m.Kind == core.KindJobSubmission && m.To == 300 && b.now < 14*second
	}
	b.submit(0, s, 0)
	b.run(second / 2) // 300 has not heard of the job
	blind = true
	seq := b.single(id, 77, 1)
	b.run(second)
	if len(b.told(100, core.KindSingleWorkflowCancelRequest)) != 0 {
		t.Error("told before the commit")
	}
	blind = false
	b.run(40 * second)
	for _, to := range []core.NodeID{100, 200} {
		if len(b.told(to, core.KindSingleWorkflowCancelRequest)) == 0 {
			t.Errorf("%d was not told", to)
		}
	}
	carried := false
	for _, m := range b.told(300, core.KindJobSubmission) {
		carried = carried || len(m.Body.(*job.Submission).Cancelled) == 1
	}
	if !carried {
		t.Error("no submission carries it")
	}
	r, ok := b.answerTo(seq).(*cancel.SingleResponse)
	if !ok || r.Status != cancel.SingleCancelling {
		t.Errorf("%+v", r)
	}
	if r := b.single(id, 78, 2); true {
		b.run(41 * second)
		if c := b.code(r); c != call.CodeUnknownWorkflow && c != call.CodeAlreadyTerminal {
			t.Errorf("%v", c)
		}
	}
}

// 04-45: a gate whose lease has ended hands nothing out; when it is back it goes on.
func TestNothingStartsWithoutALease(t *testing.T) {
	b := newBench(t, 3)
	b.rep.Lease.Duration, b.rep.Lease.Interval, b.rep.Lease.Margin = 3*time.Second, time.Second, time.Second/2
	b.rout.Routing.RoundBase, b.rout.Routing.RoundCap = 20*time.Second, 20*time.Second
	id := b.jobOf(0)
	refuse := true
	for _, m := range b.managed {
		m.judge = func(m *core.Message) core.Body {
			if !refuse {
				return nil
			}
			return &job.Ack{Answer: call.Answer{Code: call.CodeNoQuorum}, Job: m.Body.(*job.Submission).Job}
		}
	}
	b.submit(0, spec(id, 1), 0)
	b.run(second / 2)
	refuse = false
	b.cut = func(m *core.Message) bool { return m.From == 0 && m.To < 3 || m.To == 0 && m.From < 3 }
	b.run(4 * second) // the lease is over
	asked := 0
	b.outside = func(m *core.Message) {
		if m.From == 0 && m.Kind == core.KindJobSubmission {
			asked++
		}
		b.others(m)
	}
	x := b.gates[0].records.by[id]
	b.run(25 * second)
	if x.waiting || asked != 0 {
		t.Errorf("waits %v, asked %d times without a lease", x.waiting, asked)
	}
}
