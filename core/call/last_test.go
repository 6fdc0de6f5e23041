package call

import (
	"testing"
	"time"

	"hypersim/core"
)

// What has sent its last ends with the answer to it, or without one, and sends nothing more, whatever it waited for.
func TestLast(t *testing.T) {
	s := Strategy{Timeout: 5 * time.Second, Base: time.Second, Attempts: 5, Redirects: 2, Jitter: JitterNone, Patient: true}
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
		r.call(sec, 4, &s, Ticket{Op: 1, Job: other})
		r.call(sec, 4, &s, Ticket{Op: 2, Job: one})
		r.sent()
		if r.c.Last(sec, 1, one); len(r.done) != 0 {
			t.Fatalf("%s: told from within Last", c.what)
		}
		if c.after != nil {
			c.after(r, &m)
		}
		for now := 2 * sec; now < 6*sec; now += sec / 2 {
			r.c.Wake(now, &r.fx)
			for _, x := range r.sent() {
				if x.To != 4 {
					t.Errorf("%s: it is sent to %d at %v", c.what, x.To, now)
				}
			}
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
