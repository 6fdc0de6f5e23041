package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
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

// 04-30, 13.10: a decision is told to nobody before its commit; a result that comes meanwhile waits for it.
func TestDecisionIsToldAfterItsCommit(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.submit(0, spec(id, 1), 0)
	b.run(9 * second)
	var blind bool
	b.cut = func(m *core.Message) bool { return blind && m.Kind == core.KindJobStateSyncAck }
	b.at(10*second+5_000_000, func() { blind = true })
	b.run(11 * second)
	x := b.gates[0].records.by[id]
	if x.pending == job.StateNone { // the finals committed and the outcome taken, not yet committed
		t.Skipf("the decision was committed before the cut: %v", x.state)
	}
	if len(b.results(id)) != 0 {
		t.Error("told before the commit")
	}
	seq := b.cancel(0, id)
	b.run(12 * second)
	if b.answerTo(seq) != nil {
		t.Error("a cancel was answered before the commit")
	}
}
