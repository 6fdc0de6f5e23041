package client

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// Every answer to a submission is lost, and the gate that accepted it says how the job stands: it is accepted, whatever was lost. It is not
// given up as unknown, nor taken back, but followed to its end (J45, J49; spec 20 §8.2 step 8 is for those of whom nobody has spoken).
func TestPushesSayThatAJobIsAccepted(t *testing.T) {
	b := with(t, 3)
	id := b.submit()
	b.until(3 * sec)
	b.say(1, core.KindJobStatusPush, status(id, 1, 1, job.StateRunning))
	b.until(200 * sec)
	if got := b.of(core.KindJobCancelRequest); len(got) != 0 {
		t.Fatalf("it is taken back: %+v", got[0].Body)
	}
	if s := b.c.State(id); s != job.StateRunning {
		t.Fatalf("it is %v", s)
	}
	if to := b.facts(core.JobFactSubmit); len(to) != 2 || to[1] != 1 {
		t.Errorf("it says of its submission %v", to)
	}
	b.until(210 * sec)
	if len(b.of(core.KindJobStatusRequest)) == 0 {
		t.Error("nobody is asked about it")
	}
	b.say(1, core.KindGlobalJobResult, &job.GlobalResult{Outcome: job.Outcome{Job: id, GE: 1, State: job.StateCompleted, Completeness: job.CompleteFull}})
	if s := b.c.State(id); s != job.StateCompleted {
		t.Errorf("it ended %v", s)
	}
}

// The gate that has accepted a cancel loses its memory with it, and takes the job over again as another process: it may know nothing
// of the cancel, which is asked for anew under the new epoch.
func TestCancelAtTheSameGateAnew(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(1)
	b.step(func() { b.c.Cancel(b.now, id, &b.fx) })
	m := b.of(core.KindJobCancelRequest)[0]
	b.answer(&m, core.KindJobCancelResponse, &cancel.JobResponse{Job: id, Success: true, State: job.StateCancelling})
	b.until(2 * sec)
	b.say(1, core.KindJobStatusPush, status(id, 1, 1, job.StateCancelling))
	if got := b.of(core.KindJobCancelRequest); len(got) != 0 {
		t.Fatal("it is asked again under the same epoch")
	}
	b.say(1, core.KindJobStatusPush, status(id, 2, 1, job.StateRunning))
	got := b.of(core.KindJobCancelRequest)
	if len(got) != 1 || got[0].To != 1 {
		t.Fatalf("asked %d times", len(got))
	}
	b.answer(&got[0], core.KindJobCancelResponse, &cancel.JobResponse{Answer: call.Answer{Code: call.CodeDuplicate}, Job: id, Success: true, State: job.StateCancelling})
	b.until(30 * sec)
	if got := b.of(core.KindJobCancelRequest); len(got) != 0 {
		t.Error("it is asked again and again")
	}
}

// A cancel that came before its job, and is remembered, ends it for its client: the job is handed in no more, to whoever may have forgotten
// the cancel since. Of a job that ran, and whose acceptance was lost, it is said that it was accepted, and by whom.
func TestWhatIsOverIsNotHandedIn(t *testing.T) {
	sendsOn := func(b *bench, m *core.Message) {
		id := m.Body.(*job.Submission).Spec.Job
		b.answer(m, core.KindJobAck, &job.Ack{Job: id, Answer: call.NotLeader(1 - m.To)})
	}
	accepts := func(b *bench, m *core.Message) {
		b.answer(m, core.KindJobAck, &job.Ack{Job: m.Body.(*job.Submission).Spec.Job, Accepted: true, GE: 1, State: job.StateSubmitted})
	}
	busy := func(b *bench, m *core.Message) {
		id := m.Body.(*job.Submission).Spec.Job
		b.answer(m, core.KindJobAck, &job.Ack{Job: id, Answer: call.Busy(20*core.Duration(sec), call.ReasonRate)})
	}
	result := func(b *bench, id job.ID) {
		b.say(1, core.KindGlobalJobResult, &job.GlobalResult{Outcome: job.Outcome{Job: id, GE: 1, State: job.StateCompleted, Completeness: job.CompleteFull}})
	}
	told := func(s job.State) func(b *bench, id job.ID) { // a cancel is answered: it is over
		return func(b *bench, id job.ID) {
			b.step(func() { b.c.Cancel(b.now, id, &b.fx) })
			m := b.of(core.KindJobCancelRequest)[0]
			b.answer(&m, core.KindJobCancelResponse, &cancel.JobResponse{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Job: id, State: s, AlreadyCompleted: true})
			m = b.of(core.KindJobStatusRequest)[0]
			b.answer(&m, core.KindGlobalJobStatus, &job.GlobalStatus{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Status: job.Status{Job: id, State: s}, JobLeader: core.NoNode})
		}
	}
	cancelled := told(job.StateCancelled)
	kept := func(b *bench, id job.ID) { // the same, by who leads it
		b.step(func() { b.c.Cancel(b.now, id, &b.fx) })
		m := b.of(core.KindJobCancelRequest)[0]
		b.answer(&m, core.KindJobCancelResponse, &cancel.JobResponse{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Job: id, State: job.StateCancelled})
		m = b.of(core.KindJobStatusRequest)[0]
		b.answer(&m, core.KindGlobalJobStatus, &job.GlobalStatus{
			Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Status: job.Status{Job: id, State: job.StateCancelled}, JobLeader: m.To,
			Result: []job.Outcome{{Job: id, GE: 1, State: job.StateCancelled}},
		})
	}
	copied := func(b *bench, id job.ID) { // the next copy is told
		for len(b.sent) == 0 {
			b.until(b.now + sec)
		}
		m := b.of(core.KindJobSubmission)[0]
		b.answer(&m, core.KindJobAck, &job.Ack{Job: id, Answer: call.Answer{Code: call.CodeAlreadyTerminal}, State: job.StateCancelled})
	}
	pauses := func(b *bench, m *core.Message) {
		b.answer(m, core.KindJobAck, &job.Ack{Job: m.Body.(*job.Submission).Spec.Job, Answer: call.Answer{Code: call.CodeNoQuorum}})
	}
	for _, x := range []struct {
		what          string
		again         bool
		before, after func(b *bench, submission *core.Message) // the end
		soon          func(b *bench, again *core.Message)      // before it
		ends          func(b *bench, id job.ID)
		state         job.State
		accepted      bool
		owed          bool // its end
	}{
		{what: "a copy is lost, and the next one told of the cancel", ends: copied, state: job.StateCancelled, owed: true},
		{what: "a copy is refused, and the next one told of the cancel", before: pauses, ends: copied, state: job.StateCancelled},
		{what: "it ran, and was cancelled", ends: kept, state: job.StateCancelled, accepted: true},
		{what: "refused, and handed in again, which is lost", before: pauses, again: true, ends: cancelled, state: job.StateCancelled, owed: true},
		{what: "refused, and handed in again, which is accepted at the end", before: pauses, again: true, ends: cancelled, after: accepts, state: job.StateCancelled, owed: true},
		{what: "refused, and handed in again, which is accepted before the end", before: pauses, again: true, soon: accepts, ends: cancelled, state: job.StateCancelled, owed: true},
		{what: "copies are lost", ends: cancelled, state: job.StateCancelled, owed: true},
		{what: "a copy is sent on", ends: cancelled, after: sendsOn, state: job.StateCancelled},
		{what: "who is asked too often says when to come again", before: busy, ends: cancelled, state: job.StateCancelled},
		{what: "handed in again, and sent on", again: true, ends: cancelled, after: sendsOn, state: job.StateCancelled, owed: true},
		{what: "a copy is accepted where the cancel is forgotten", ends: cancelled, after: accepts, state: job.StateCancelled, accepted: true, owed: true},
		{what: "it ran", ends: func(b *bench, id job.ID) {
			b.say(0, core.KindJobStatusPush, status(id, 1, 1, job.StateRunning))
			result(b, id)
		}, state: job.StateCompleted, accepted: true},
		{what: "only its end is heard", ends: result, state: job.StateCompleted, accepted: true},
		{what: "only its end is heard, and a copy is sent on", ends: result, after: sendsOn, state: job.StateCompleted, accepted: true},
		{what: "a cancel of it is answered that it ran", ends: told(job.StateCompleted), state: job.StateCompleted, accepted: true},
	} {
		b := with(t, 2)
		id := b.submit()
		m := b.of(core.KindJobSubmission)[0]
		again := func() (done bool) {
			b.step(func() { done = b.c.Resubmit(b.now, m.Body.(*job.Submission).Spec, Again{}, &b.fx) })
			return done
		}
		if x.before != nil {
			x.before(b, &m)
		}
		if x.again {
			again()
			m = b.of(core.KindJobSubmission)[0]
		}
		if x.soon != nil {
			x.soon(b, &m)
		}
		if x.ends(b, id); b.c.State(id) != x.state {
			t.Fatalf("%s: it is %v", x.what, b.c.State(id))
		}
		b.of(core.KindPing)
		if x.after != nil {
			x.after(b, &m)
		}
		b.until(300 * sec)
		overtaken := x.state == job.StateCancelled && (!x.accepted || x.owed)
		if again() == overtaken {
			t.Errorf("%s: its user hands it in again, which is done: %v", x.what, overtaken)
		}
		owed := slices.ContainsFunc(b.sent, func(m core.Message) bool { return m.Kind == core.KindJobCancelRequest })
		if owed != x.owed {
			t.Errorf("%s: its end is asked for: %v", x.what, owed)
		}
		if got := len(b.of(core.KindJobSubmission)); overtaken && got != 0 || got > 1 {
			t.Errorf("%s: it is handed in %d times more", x.what, got)
		}
		want := []uint8{0}
		if x.accepted {
			want = append(want, 1)
		}
		if got := b.facts(core.JobFactSubmit); !slices.Equal(got, want) {
			t.Errorf("%s: it says of its submission %v, not %v", x.what, got, want)
		}
		for i := range b.told {
			if f := &b.told[i]; f.Kind == core.JobFactSubmit && f.To == 1 && f.Node == core.NoNode {
				t.Errorf("%s: nobody has accepted it", x.what)
			}
		}
	}
}

// G2: the answer to a job's first copy was lost, and a gate that only has a replica of it is asked next. It says who leads the job: what
// is asked of it from then on is asked there, and no redirect is spent.
func TestDuplicateNamesTheLeader(t *testing.T) {
	for _, known := range []bool{true, false} {
		b := with(t, 3)
		id := b.submit()
		m := b.of(core.KindJobSubmission)[0]
		leader := core.NodeID(2)
		if m.To == leader {
			leader = 1
		}
		a := &job.Ack{Answer: call.Answer{Code: call.CodeDuplicate}, Job: id, Accepted: true, GE: 1, State: job.StateRunning, JobLeader: core.NoNode}
		want := m.To // who has answered for it, where nobody is named
		if known {
			a.JobLeader, want = leader, leader
		}
		b.answer(&m, core.KindJobAck, a)
		b.step(func() { b.c.Cancel(b.now, id, &b.fx) })
		if got := b.of(core.KindJobCancelRequest); len(got) != 1 || got[0].To != want {
			t.Errorf("the leader is named: %v; %d is asked, want %d", known, got[0].To, want)
		}
	}
}

// A gate that only has a replica says that a job is over when its end is asked for. How it ended that one can tell: it is asked, and not
// whoever led the job, who may have forgotten it.
func TestWhoSaysThatItIsOverTellsHow(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(1)
	b.step(func() { b.c.Cancel(b.now, id, &b.fx) })
	m := b.of(core.KindJobCancelRequest)[0]
	a := &cancel.JobResponse{Answer: call.NotLeader(2), Job: id}
	b.answer(&m, core.KindJobCancelResponse, a)
	m = b.of(core.KindJobCancelRequest)[0]
	if m.To != 2 {
		t.Fatalf("it is redirected to %d", m.To)
	}
	b.answer(&m, core.KindJobCancelResponse, &cancel.JobResponse{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Job: id, State: job.StateCompleted, AlreadyCompleted: true})
	got := b.of(core.KindJobStatusRequest)
	if len(got) != 1 || got[0].To != 2 {
		t.Fatalf("asked %+v", got)
	}
	b.answer(&got[0], core.KindGlobalJobStatus, &job.GlobalStatus{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Status: job.Status{Job: id, State: job.StateCompleted}, JobLeader: core.NoNode})
	if s := b.c.State(id); s != job.StateCompleted {
		t.Errorf("it is %v", s)
	}
}
