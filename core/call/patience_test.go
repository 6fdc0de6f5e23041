package call

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

// Spec 30 §8: three retries, each 1.5 times longer than told, a minute in all.
var patience = Patience{Retries: 3, Growth: 1.5, Total: time.Minute}

func tooOften(after core.Duration) Answer { return Busy(after, ReasonRate) }

func newPatient(p Patience) *role {
	r := new(role)
	r.c.Init(r, Params{Self: 9, Role: core.RoleClient, Instance: 1, Seed: 7, Key: 3, Patience: p})
	return r
}

// A call that is told each time to come again after the same is made after that, then 1.5 and 2.25 times that; a fourth BUSY
// ends it, and so does a wait with which it would have waited for more than a minute.
func TestComesAgainLater(t *testing.T) {
	for _, c := range []struct {
		after core.Duration
		waits []core.Duration // between the sendings
	}{
		{200 * time.Millisecond, []core.Duration{200 * time.Millisecond, 300 * time.Millisecond, 450 * time.Millisecond}},
		{2 * time.Second, []core.Duration{2 * time.Second, 3 * time.Second, 4500 * time.Millisecond}},
		{12 * time.Second, []core.Duration{12 * time.Second, 18 * time.Second, 27 * time.Second}}, // 57 s
		{13 * time.Second, []core.Duration{13 * time.Second, 19500 * time.Millisecond}},           // and 29.25 s are 61.75 s
		{24 * time.Second, []core.Duration{24 * time.Second, 36 * time.Second}},                   // 60 s, which is not more
		{25 * time.Second, []core.Duration{25 * time.Second}},
		{61 * time.Second, nil},
	} {
		r := newPatient(patience)
		s := Strategy{Timeout: time.Second, Attempts: 10, Jitter: JitterNone, Patient: true}
		r.call(sec, 2, &s, Ticket{})
		now := sec
		for i, want := range c.waits {
			m := r.one(t)
			r.reply(now, &m, tooOften(c.after))
			at, ok := r.c.Deadline()
			if !ok || at.Sub(now) != want {
				t.Fatalf("told %v: sending %d after %v, want %v", c.after, i+2, at.Sub(now), want)
			}
			now = r.wake(t)
		}
		m := r.one(t)
		r.reply(now, &m, tooOften(c.after))
		if len(r.done) != 1 || r.done[0].Code != CodeBusy || !r.done[0].Answered || r.done[0].Attempts != len(c.waits)+1 {
			t.Errorf("told %v: %+v after %d sendings", c.after, r.done, len(c.waits)+1)
		}
	}
}

// The pause of the strategy counts if it is longer, and for what is waited in all.
func TestPausesCountAsWaits(t *testing.T) {
	r := newPatient(patience)
	s := Strategy{Timeout: time.Second, Base: 40 * time.Second, Attempts: 10, Jitter: JitterNone, Patient: true}
	r.call(0, 2, &s, Ticket{})
	m := r.one(t)
	r.reply(sec, &m, tooOften(14*time.Second))
	if at := r.wake(t); at != 41*sec {
		t.Fatalf("again at %v", at)
	}
	m = r.one(t)
	if r.reply(42*sec, &m, tooOften(14*time.Second)); len(r.done) != 1 {
		t.Errorf("waited 40 s and goes on for 21 s")
	}
}

// What a server said to one goes for all that ask it the same, and for nobody else.
func TestOthersWaitToo(t *testing.T) {
	r := newPatient(patience)
	s := Strategy{Timeout: 5 * time.Second, Attempts: 1, Patient: true}
	hasty := Strategy{Timeout: 5 * time.Second, Attempts: 1}
	r.call(0, 2, &s, Ticket{Sub: 1})
	m := r.one(t)
	r.reply(sec, &m, tooOften(2*time.Second))
	if len(r.done) != 1 {
		t.Fatal("one attempt, and it goes on")
	}
	r.call(sec, 2, &s, Ticket{Sub: 2})
	if m := r.sent(); len(m) != 0 {
		t.Fatal("asks whom it may not ask yet")
	}
	r.call(sec, 3, &s, Ticket{Sub: 3})     // another server
	r.call(sec, 2, &hasty, Ticket{Sub: 4}) // who does not care
	if m := r.sent(); len(m) != 2 || m[0].To != 3 || m[1].Body.(*question).N != 4 {
		t.Fatalf("%d others ask", len(m))
	}
	r.c.Go(sec, 2, core.KindPing, Make[question](&r.fx, core.KindPing), &s, Ticket{}, &r.fx) // something else
	if m := r.sent(); len(m) != 1 {
		t.Fatal("what is not barred waits")
	}
	if at := r.wake(t); at != 3*sec {
		t.Fatalf("wakes at %v", at)
	}
	if m := r.one(t); m.To != 2 || m.Body.(*question).N != 2 {
		t.Errorf("%+v", m)
	}
}

// The last word counts; who waits is made to wait on by a later one, for a minute in all, and then ends without having been made.
func TestWaitsOn(t *testing.T) {
	r := newPatient(Patience{Retries: 3, Growth: 1, Total: 5 * time.Second})
	s := Strategy{Timeout: 5 * time.Second, Attempts: 1, Patient: true}
	r.call(0, 2, &s, Ticket{})
	r.call(0, 2, &s, Ticket{})
	m := r.sent()
	r.reply(sec, &m[0], tooOften(2*time.Second)) // until 3 s
	r.call(sec, 2, &s, Ticket{Sub: 5})
	r.reply(2*sec, &m[1], tooOften(3*time.Second)) // until 5 s
	if r.wake(t); len(r.sent()) != 0 {
		t.Fatal("goes when the first word said")
	}
	r.call(4*sec, 2, &s, Ticket{Sub: 6})
	if at := r.wake(t); at != 5*sec {
		t.Fatalf("wakes at %v", at)
	}
	if m := r.sent(); len(m) != 2 || m[0].Body.(*question).N != 5 {
		t.Fatalf("%d go", len(m))
	} else {
		r.reply(6*sec, &m[0], tooOften(6*time.Second))
	}
	done := len(r.done)
	r.call(6*sec, 2, &s, Ticket{Sub: 7})
	if len(r.done) != done {
		t.Fatal("told from within Go")
	}
	r.wake(t)
	o := r.done[len(r.done)-1]
	if o.Code != CodeBusy || o.Answered || o.Unknown || o.Attempts != 0 || o.From != core.NoNode || o.Reply != nil || o.Seen != 0 {
		t.Errorf("%+v", o)
	}
}

// A redirect to a server that may not be asked yet waits, too, and the attempt goes on there.
func TestRedirectWaits(t *testing.T) {
	r := newPatient(patience)
	s := Strategy{Timeout: 5 * time.Second, Attempts: 1, Redirects: 1, Patient: true}
	r.call(0, 2, &s, Ticket{})
	m := r.one(t)
	r.reply(0, &m, tooOften(2*time.Second))
	r.call(0, 3, &s, Ticket{})
	m = r.one(t)
	r.reply(sec, &m, NotLeader(2))
	if len(r.sent()) != 0 {
		t.Fatal("goes at once")
	}
	if at := r.wake(t); at != 2*sec {
		t.Fatalf("wakes at %v", at)
	}
	m = r.one(t)
	if r.reply(3*sec, &m, Answer{}); m.To != 2 || len(r.done) != 2 || r.done[1].Redirects != 1 || r.done[1].Attempts != 1 {
		t.Errorf("%+v", r.done[1:])
	}
}

// What others did to a server is a least pause of who was told, as without patience (ADR-0054).
func TestOtherReasons(t *testing.T) {
	for _, why := range []Reason{ReasonUntold, ReasonNotReady, ReasonShed, ReasonInFlight} {
		r := newPatient(patience)
		s := Strategy{Timeout: 5 * time.Second, Attempts: 6, Patient: true}
		r.call(0, 2, &s, Ticket{})
		for k := range 5 {
			m := r.one(t)
			r.reply(core.Instant(k)*30*sec, &m, Busy(30*time.Second, why))
			r.call(core.Instant(k)*30*sec, 2, &s, Ticket{})
			if m := r.one(t); !r.reply(core.Instant(k)*30*sec, &m, Answer{}) {
				t.Fatal("no answer")
			}
			if at := r.wake(t); at != core.Instant(k+1)*30*sec {
				t.Fatalf("%v: attempt %d at %v", why, k+2, at)
			}
		}
	}
}

// Nobody is waited for where nobody has patience.
func TestNoPatience(t *testing.T) {
	r := newPatient(Patience{})
	s := Strategy{Timeout: 5 * time.Second, Attempts: 3, Patient: true}
	r.call(0, 2, &s, Ticket{})
	m := r.one(t)
	r.reply(0, &m, tooOften(2*time.Second))
	r.call(0, 2, &s, Ticket{})
	r.one(t)
	for range 2 {
		at := r.wake(t)
		m = r.one(t)
		r.reply(at, &m, tooOften(2*time.Second))
	}
	if len(r.done) != 1 || r.done[0].Attempts != 3 {
		t.Errorf("%+v", r.done)
	}
}

// Whatever is asked and answered: nobody is asked before it said, no call waits for longer than a minute or comes more than three
// times again, and each ends. The times are kept anew here, from messages alone.
func TestPatienceAgainstMessages(t *testing.T) {
	type key struct {
		to core.NodeID
		of core.Kind
	}
	rapid.Check(t, func(t *rapid.T) {
		p := Patience{
			Retries: rapid.IntRange(0, 4).Draw(t, "retries"), Growth: rapid.SampledFrom([]float64{1, 1.5, 3}).Draw(t, "growth"),
			Total: rapid.SampledFrom([]core.Duration{time.Second, 10 * time.Second, time.Minute}).Draw(t, "total"),
		}
		r := newPatient(p)
		r.target = func(*Ticket, int, core.NodeID) core.NodeID {
			return core.NodeID(rapid.IntRange(0, 2).Draw(t, "target"))
		}
		s := Strategy{Timeout: 3 * time.Second, Base: time.Second / 4, Cap: time.Second, Attempts: 8, Jitter: JitterFull, Redirects: 1, Patient: true}
		free := map[key]core.Instant{}
		sent, busy := map[uint64]int{}, map[uint64]int{}
		now, calls := core.Instant(0), uint64(0)
		var open []core.Message
		take := func() {
			for _, m := range r.sent() {
				n := m.Body.(*question).N
				if until := free[key{m.To, m.Kind}]; now < until {
					t.Fatalf("call %d asks %d at %v, which said not before %v", n, m.To, now, until)
				}
				if sent[n]++; busy[n] > p.Retries {
					t.Fatalf("call %d comes again after %d times BUSY", n, busy[n])
				}
				open = append(open, m)
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(core.Duration(rapid.IntRange(0, 900).Draw(t, "later")) * time.Millisecond)
			for at, ok := r.c.Deadline(); ok && at < now; at, ok = r.c.Deadline() {
				later := now
				now = at
				r.c.Wake(now, &r.fx)
				take()
				now = later
			}
			r.c.Wake(now, &r.fx)
			take()
			if len(open) == 0 || rapid.Bool().Draw(t, "ask") {
				r.call(now, core.NodeID(rapid.IntRange(0, 2).Draw(t, "whom")), &s, Ticket{Sub: calls})
				calls++
				take()
				continue
			}
			i := rapid.IntRange(0, len(open)-1).Draw(t, "which")
			m := open[i]
			open = append(open[:i], open[i+1:]...)
			a := tooOften(core.Duration(rapid.IntRange(1, 4000).Draw(t, "after")) * time.Millisecond)
			if rapid.IntRange(0, 4).Draw(t, "elsewhere") == 0 {
				a = NotLeader(core.NodeID(rapid.IntRange(0, 2).Draw(t, "leader")))
			}
			before := r.c.Ignored()
			r.reply(now, &m, a)
			if a.Code == CodeBusy {
				free[key{m.To, m.Kind}] = now.Add(a.RetryAfter)
				if r.c.Ignored() == before {
					busy[m.Body.(*question).N]++
				}
			}
			take()
		}
		for range 10_000 {
			at, ok := r.c.Deadline()
			if !ok {
				break
			}
			now = at
			r.c.Wake(now, &r.fx)
			take()
		}
		if len(r.done) != int(calls) {
			t.Fatalf("%d of %d calls ended", len(r.done), calls)
		}
		if limit := core.Instant(0).Add(time.Duration(8)*(2*3*time.Second+time.Second) + p.Total + time.Minute); now > limit {
			t.Fatalf("the last call ended at %v", now)
		}
	})
}
