package call

import (
	"testing"
	"time"
	"unsafe"

	"hypersim/core"
)

func TestSizesAreTrue(t *testing.T) {
	if n := unsafe.Sizeof(slot{}); n != slotBytes {
		t.Errorf("a slot is %d bytes, the constant says %d", n, slotBytes)
	}
	if n := unsafe.Sizeof(bar{}); n != barBytes {
		t.Errorf("a bar is %d bytes, the constant says %d", n, barBytes)
	}
	if n := unsafe.Sizeof(kept{}); n != keptBytes {
		t.Errorf("a kept reply is %d bytes, the constant says %d", n, keptBytes)
	}
}

// A call that is answered: its header, and its outcome.
func TestAnswered(t *testing.T) {
	r := newRole()
	r.c.Incarnation = 4
	s := FJ{Timeout: 5 * time.Second, Base: time.Second / 2, Cap: 5 * time.Second, Retries: 3}.Strategy()
	r.call(sec, 2, &s, Ticket{Op: 1, Job: 8, Sub: 6, N: 5})
	m := r.one(t)
	if m.Kind != ask || m.From != 9 || m.To != 2 || m.Role != core.RoleManager || m.Instance != 1 || m.Incarnation != 4 || m.Timeout != 5*time.Second ||
		m.Body.(*question).N != 6 {
		t.Fatalf("%+v", m)
	}
	if at, ok := r.c.Deadline(); !ok || at != 6*sec || r.c.Len() != 1 {
		t.Fatalf("deadline %v %v, %d calls", at, ok, r.c.Len())
	}
	for _, m := range []core.Message{
		{Kind: answer, From: 3, Seq: m.Seq, Body: &report{}},                 // of somebody else
		{Kind: answer, From: 2, Seq: m.Seq + 1, Body: &report{}},             // to another process, or another sending
		{Kind: core.KindXAck, From: 2, Seq: m.Seq, Body: &report{}},          // to another request
		{Kind: core.KindStreamFailed, Failed: answer, Seq: m.Seq, Target: 2}, // a reply of ours that had another's number
	} {
		if !r.c.Receive(2*sec, &m, &r.fx) || len(r.done) != 0 {
			t.Fatalf("%v from %d was taken for the answer", m.Kind, m.From)
		}
	}
	if r.c.Receive(2*sec, &core.Message{Kind: ask, From: 2, Seq: m.Seq, Body: &question{}}, &r.fx) {
		t.Error("took a request for an answer")
	}
	if !r.reply(3*sec, &m, Answer{Code: CodeDuplicate}) || len(r.done) != 1 {
		t.Fatal("the answer is not taken")
	}
	if o := r.done[0]; !o.Done() || o.Unknown || o.From != 2 || o.Reply == nil || o.Attempts != 1 || o.Ticket != (Ticket{Op: 1, Job: 8, Sub: 6, N: 5}) ||
		!o.Seen.Has(CodeDuplicate) || o.Seen.Has(CodeOK) {
		t.Errorf("%+v", o)
	}
	if _, ok := r.c.Deadline(); ok || r.c.Len() != 0 || !r.reply(4*sec, &m, Answer{}) || len(r.done) != 1 {
		t.Error("not over after its answer")
	}
}

// Silence, a failed stream and codes that may pass lead to another attempt, with a number and a deadline of its own.
func TestAttempts(t *testing.T) {
	r := newRole()
	s := Strategy{Timeout: 5 * time.Second, Base: time.Second, Cap: 3 * time.Second, Attempts: 5, Jitter: JitterNone}
	r.target = func(_ *Ticket, attempt int, last core.NodeID) core.NodeID {
		if int(last) != attempt {
			t.Errorf("attempt %d after %d", attempt, last)
		}
		return last + 1
	}
	r.call(0, 2, &s, Ticket{})
	first := r.one(t)
	for i, step := range []struct {
		end  func(now core.Instant, m *core.Message)
		at   core.Instant // when the attempt ends
		next core.Instant
	}{
		{func(core.Instant, *core.Message) { r.wake(t) }, 5 * sec, 6 * sec},
		{func(now core.Instant, m *core.Message) { r.fail(now, m) }, 7 * sec, 9 * sec},
		{func(now core.Instant, m *core.Message) { r.reply(now, m, Answer{Code: CodeSyncing}) }, 10 * sec, 13 * sec},
		{func(now core.Instant, m *core.Message) { r.reply(now, m, Answer{Code: CodeBusy, RetryAfter: 10e9}) }, 14 * sec, 24 * sec},
	} {
		m := first
		step.end(step.at, &m)
		if r.fail(step.at, &m); len(r.fx.Messages) > 0 || r.c.Len() != 1 {
			t.Fatalf("attempt %d has ended twice", i+1)
		}
		if at := r.wake(t); at != step.next {
			t.Fatalf("attempt %d at %v, want %v", i+2, at, step.next)
		}
		if first = r.one(t); first.Seq == m.Seq || first.To != m.To+1 || first.Body != m.Body {
			t.Fatalf("%+v after %+v", first, m)
		}
	}
	r.reply(25*sec, &first, Answer{Code: CodeNoQuorum})
	if len(r.done) != 1 {
		t.Fatal("goes on after the last attempt")
	}
	o := r.done[0]
	if o.Done() || !o.Answered || o.Code != CodeNoQuorum || !o.Unknown || o.Attempts != 5 || o.From != 6 || o.Reply == nil ||
		o.Seen != 1<<CodeSyncing|1<<CodeBusy|1<<CodeNoQuorum {
		t.Errorf("%+v", o)
	}
	if want := []Code{CodeInternal, CodeInternal, CodeSyncing, CodeBusy, CodeNoQuorum}; len(r.fared) != 5 || [5]Code(r.fared) != [5]Code(want) {
		t.Errorf("the watcher heard %v", r.fared)
	}
	if want := [5]bool{1: true}; [5]bool(r.broke) != want { // a deadline that passed is no fault of transport (01-2)
		t.Errorf("streams that failed: %v, want %v", r.broke, want)
	}
}

// 01-2, 03-24: that a message was not delivered within its time is told when that is over by the driver's clock, which may be a moment before
// it is over by this one. It is what the deadline says, whichever comes first: a call through a cut must not be a fault of transport for
// those whose clock is slow.
func TestUndeliveredInTimeIsNotBroken(t *testing.T) {
	for _, c := range []struct {
		after core.Duration
		broke bool
	}{{time.Millisecond, true}, {4 * time.Second, true}, {4990 * time.Millisecond, false}, {5*time.Second - 1, false}} {
		r := newRole()
		s := FJ{Timeout: 5 * time.Second}.Strategy()
		r.call(sec, 2, &s, Ticket{})
		m := r.one(t)
		if !r.fail(sec.Add(c.after), &m) || len(r.done) != 1 {
			t.Fatalf("after %v: it goes on", c.after)
		}
		if o := r.done[0]; o.Broke != c.broke || r.broke[0] != c.broke || o.Answered || !o.Unknown {
			t.Errorf("after %v: %+v", c.after, o)
		}
	}
}

// Who gives up hears whether it was the way that failed, or the time that ran out.
func TestBroke(t *testing.T) {
	for _, fails := range []bool{false, true} {
		r := newRole()
		r.call(0, 2, &Strategy{Timeout: time.Second, Attempts: 1}, Ticket{})
		if m := r.one(t); fails {
			r.fail(0, &m)
		} else {
			r.wake(t)
		}
		if o := r.done[0]; o.Answered || o.Broke != fails {
			t.Errorf("its stream failed %v: %+v", fails, o)
		}
	}
}

// What is tried may be done (04-12); what is refused in every attempt is not unknown (04-14).
func TestUnknown(t *testing.T) {
	for _, tried := range []bool{false, true} {
		r := newRole()
		s := Strategy{Timeout: time.Second, Attempts: 2}
		r.call(0, 2, &s, Ticket{})
		m := r.one(t)
		r.reply(0, &m, Answer{Code: CodeNoQuorum, Tried: tried})
		r.wake(t)
		m = r.one(t)
		r.reply(0, &m, Answer{Code: CodeNoCapacity})
		if o := r.done[0]; o.Unknown != tried || o.Code != CodeNoCapacity {
			t.Errorf("tried %v: %+v", tried, o)
		}
	}
}

// Redirects are followed at once, a number of times in each attempt, and say how many there were.
func TestRedirects(t *testing.T) {
	r := newRole()
	r.counted = true
	s := Strategy{Timeout: time.Second, Base: time.Second, Attempts: 2, Jitter: JitterNone, Redirects: 3}
	r.call(0, 2, &s, Ticket{})
	var asked []core.NodeID
	follow := func(to core.NodeID) {
		m := r.one(t)
		if asked = append(asked, m.To); m.Body.(*question).N != uint64(len(asked)-1)%4 {
			t.Errorf("sending %d says %d", len(asked), m.Body.(*question).N)
		}
		r.reply(0, &m, Answer{Code: CodeNotLeader, Leader: to})
	}
	for range 3 {
		follow(5 - core.NodeID(len(asked))%2) // 5, 4, 5: in a circle
	}
	follow(4) // the fourth is not followed
	if at := r.wake(t); at != sec {
		t.Errorf("second attempt at %v", at)
	}
	follow(4)
	follow(9) // to the asker itself
	if o := r.done[0]; o.Code != CodeNotLeader || !o.Answered || o.Redirects != 4 || o.Attempts != 2 {
		t.Errorf("%+v", o)
	}
	if want := [6]core.NodeID{2, 5, 4, 5, 5, 4}; [6]core.NodeID(asked) != want {
		t.Errorf("asked %v, want %v", asked, want)
	}
}

// Nobody to ask ends a call, and never from within Go.
func TestNobodyToAsk(t *testing.T) {
	r := newRole()
	r.target = func(*Ticket, int, core.NodeID) core.NodeID { return core.NoNode }
	s := Strategy{Timeout: time.Second}
	r.call(sec, core.NoNode, &s, Ticket{Op: 2})
	if len(r.done) != 0 || len(r.fx.Messages) != 0 {
		t.Fatal("ended within Go")
	}
	if at := r.wake(t); at != sec || len(r.done) != 1 {
		t.Fatalf("woken at %v, %d outcomes", at, len(r.done))
	}
	if o := r.done[0]; o.Answered || o.Unknown || o.Attempts != 0 || o.From != core.NoNode || o.Done() {
		t.Errorf("%+v", o)
	}
	r.call(sec, 3, &s, Ticket{Op: 3})
	m := r.one(t)
	r.reply(sec, &m, Answer{Code: CodeDraining})
	r.wake(t)
	if o := r.done[1]; !o.Answered || o.Code != CodeDraining || o.Attempts != 1 || o.From != 3 || o.Unknown {
		t.Errorf("%+v", o)
	}
}

// A cancelled call has no outcome; one of another job or operation has.
func TestCancel(t *testing.T) {
	r := newRole()
	s := Strategy{Timeout: time.Second, Attempts: 1}
	for job := range uint64(3) {
		r.call(0, 2, &s, Ticket{Op: 1, Job: job})
		r.call(0, 2, &s, Ticket{Op: 2, Job: job})
	}
	sent := r.sent()
	if n := r.c.Cancel(2, 1); n != 1 || r.c.Len() != 5 {
		t.Errorf("cancelled %d, %d left", n, r.c.Len())
	}
	if r.reply(0, &sent[3], Answer{}); len(r.done) != 0 {
		t.Error("an answer to a cancelled call was taken")
	}
	r.c.Wake(sec, &r.fx)
	if len(r.done) != 5 || r.c.Len() != 0 {
		t.Errorf("%d outcomes", len(r.done))
	}
}

// An answer after its deadline is for those who want it, whether the call has ended or is trying again.
func TestLate(t *testing.T) {
	for _, late := range []core.Duration{0, 3 * time.Second} {
		r := newRole()
		s := Strategy{Timeout: time.Second, Base: time.Second, Attempts: 2, Jitter: JitterNone, Late: late}
		r.call(0, 2, &s, Ticket{Op: 7})
		first := r.one(t)
		r.wake(t) // 1 s: no answer
		r.wake(t) // 2 s: the second attempt
		second := r.one(t)
		r.reply(2*sec, &first, Answer{Code: CodeOK})
		r.wake(t) // 3 s: the end
		if len(r.done) != 1 || r.done[0].Answered || !r.done[0].Unknown {
			t.Fatalf("outcomes %+v", r.done)
		}
		r.reply(5*sec, &second, Answer{Code: CodeNoCapacity})
		r.reply(5*sec, &second, Answer{Code: CodeNoCapacity})
		if late == 0 {
			if len(r.late) != 0 {
				t.Error("told of what it does not want")
			}
			continue
		}
		if len(r.late) != 2 || r.late[0].Code != CodeOK || r.late[0].Op != 7 || r.late[1].Code != CodeNoCapacity || r.late[1].Reply == nil {
			t.Fatalf("late %+v", r.late)
		}
		if _, ok := r.c.Deadline(); ok {
			t.Error("still waits")
		}
	}
}

// An answer to an earlier process is not taken for one to this.
func TestLives(t *testing.T) {
	r := newRole()
	s := Strategy{Timeout: time.Second, Attempts: 1}
	seen := make(map[uint32]bool)
	for life := range uint32(100) {
		r.start(life + 1)
		for range 10 {
			r.call(0, 2, &s, Ticket{})
			if m := r.one(t); seen[m.Seq] {
				t.Fatalf("number %d twice", m.Seq)
			} else {
				seen[m.Seq] = true
			}
		}
	}
}

func TestRespond(t *testing.T) {
	r := newRole()
	m := r.c.Respond(&r.fx, &core.Message{Kind: ask, From: 4, To: 9, Seq: 77}, answer)
	if m.Kind != answer || m.From != 9 || m.To != 4 || m.Seq != 77 || m.Role != core.RoleManager || m.Instance != 1 || m.Timeout != 5*time.Second {
		t.Errorf("%+v", m)
	}
}
