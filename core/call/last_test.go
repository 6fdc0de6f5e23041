package call

import (
	"testing"
	"time"

	"hypersim/core"
)

// What has sent its last ends with the answer to it, or without one, and sends nothing more, whatever it waited for.
func TestLast(t *testing.T) {
	s := Strategy{Timeout: 5 * time.Second, Base: 4 * time.Second, Attempts: 5, Redirects: 2, Jitter: JitterNone, Patient: true}
	const one, other = 7, 8 // jobs
	for _, c := range []struct {
		what      string
		before    func(r *role) // what comes before the last
		after     func(r *role, m *core.Message)
		sent      int // of it, in all
		redirects int
		code      Code
		answered  bool
		unknown   bool
	}{
		{what: "an answer", after: func(r *role, m *core.Message) { r.reply(2*sec, m, Answer{}) }, sent: 1, answered: true},
		{what: "no answer", sent: 1, code: CodeInternal, unknown: true},
		{what: "BUSY", after: func(r *role, m *core.Message) { r.reply(2*sec, m, tooOften(time.Second)) }, sent: 1, code: CodeBusy, answered: true},
		{what: "another leads", after: func(r *role, m *core.Message) { r.reply(2*sec, m, NotLeader(3)) }, sent: 1, code: CodeNotLeader, answered: true},
		{what: "it pauses", before: func(r *role) { m := r.sent(); r.reply(sec, &m[0], Answer{Code: CodeSyncing}) }, sent: 1, code: CodeSyncing, answered: true},
		{what: "it is sent on to whom it may not ask yet", before: func(r *role) {
			m := r.sent()
			r.c.bars.set(sec, 3, ask, 20*sec)
			r.reply(sec, &m[0], NotLeader(3))
		}, sent: 1, code: CodeNotLeader, answered: true},
	} {
		r := newPatient(patience)
		r.target = func(*Ticket, int, core.NodeID) core.NodeID { return 2 }
		r.call(0, 2, &s, Ticket{Op: 1, Job: one})
		var m core.Message
		if c.before != nil {
			c.before(r)
		} else {
			m = r.one(t)
		}
		r.call(sec, 4, &s, Ticket{Op: 1, Job: other, Sub: 1})
		r.call(sec, 4, &s, Ticket{Op: 2, Job: one, Sub: 1})
		r.sent()
		others := 0
		if r.c.Last(sec, 1, one); len(r.done) != 0 {
			t.Fatalf("%s: told from within Last", c.what)
		}
		if at, _ := r.c.Deadline(); c.before != nil && at != sec {
			t.Errorf("%s: it ends at %v", c.what, at)
		}
		if c.after != nil {
			c.after(r, &m)
		}
		for now := 2 * sec; now < 16*sec; now += sec / 2 {
			r.c.Wake(now, &r.fx)
			for _, x := range r.sent() {
				if others++; x.Body.(*question).N != 1 {
					t.Errorf("%s: it is sent to %d at %v", c.what, x.To, now)
				}
			}
		}
		if others != 2 {
			t.Errorf("%s: of two others %d go on", c.what, others)
		}
		if len(r.done) != 1 {
			t.Fatalf("%s: %d calls have ended", c.what, len(r.done))
		}
		o := r.done[0]
		if o.Job != one || o.Code != c.code || o.Answered != c.answered || o.Unknown != c.unknown || o.Attempts != c.sent || o.Redirects != c.redirects {
			t.Errorf("%s: %+v", c.what, o)
		}
	}
}

// A call that waits until it may be made for the first time was never made.
func TestLastOfWhatWasNeverSent(t *testing.T) {
	r := newPatient(patience)
	s := Strategy{Timeout: 5 * time.Second, Attempts: 5, Patient: true}
	r.c.bars.set(0, 2, ask, 20*sec)
	r.call(0, 2, &s, Ticket{Op: 1, Job: 7})
	r.c.Last(sec, 1, 7)
	r.c.Wake(sec, &r.fx)
	r.c.Wake(30*sec, &r.fx)
	if len(r.sent()) != 0 {
		t.Error("it is made after its last")
	}
	if len(r.done) != 1 || r.done[0].Attempts != 0 || r.done[0].Answered || r.done[0].Unknown || r.done[0].From != core.NoNode {
		t.Errorf("%+v", r.done)
	}
}

// What is not repeated is not paid for.
func TestLastGivesBackWhatItDoesNotUse(t *testing.T) {
	for _, barred := range []bool{false, true} {
		r := newPatient(patience)
		r.target = func(*Ticket, int, core.NodeID) core.NodeID { return 2 }
		b := NewBudget(0, 1)
		s := Strategy{Timeout: time.Second, Base: 10 * time.Second, Attempts: 5, Jitter: JitterNone, Budget: &b, Patient: true}
		r.call(0, 2, &s, Ticket{Op: 1, Job: 7})
		r.sent()
		r.c.Wake(sec, &r.fx) // pays
		if b.Pay() {
			t.Fatal("it is not paid for")
		}
		now := sec
		if barred {
			now = 11 * sec
			r.c.bars.set(sec, 2, ask, 30*sec)
			r.c.Wake(now, &r.fx)
		}
		r.c.Last(now, 1, 7)
		r.c.Wake(now, &r.fx)
		if len(r.sent()) != 0 || len(r.done) != 1 || r.done[0].Attempts != 1 {
			t.Fatalf("barred %v: %+v", barred, r.done)
		}
		if !b.Pay() {
			t.Errorf("barred %v: a retry that was never made is paid for", barred)
		}
		if b.Pay() {
			t.Errorf("barred %v: more is given back than was paid", barred)
		}
	}
}

// Neither a first attempt that waits, nor what waits to be sent on, was paid for.
func TestLastGivesNothingBackThatIsFree(t *testing.T) {
	for _, first := range []bool{true, false} {
		r := newPatient(patience)
		b := NewBudget(0, 2)
		b.Pay()
		s := Strategy{Timeout: 5 * time.Second, Attempts: 5, Redirects: 2, Budget: &b, Patient: true}
		r.c.bars.set(0, 2, ask, 20*sec)
		if first {
			r.call(0, 2, &s, Ticket{Op: 1, Job: 7})
		} else {
			r.call(0, 3, &s, Ticket{Op: 1, Job: 7})
			m := r.one(t)
			r.reply(sec, &m, NotLeader(2))
		}
		r.c.Last(sec, 1, 7)
		if r.c.Wake(sec, &r.fx); len(r.done) != 1 || len(r.sent()) != 0 {
			t.Fatalf("first %v: %+v", first, r.done)
		}
		if !b.Pay() || b.Pay() {
			t.Errorf("first %v: something is given back", first)
		}
	}
}
