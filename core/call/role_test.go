package call

import (
	"testing"
	"time"

	"hypersim/core"
)

const sec = core.Instant(1e9)

// The kinds that stand for any request and its reply here.
const (
	ask    = core.KindJoin
	answer = core.KindJoinAck
)

// question is a request.
type question struct {
	core.Shared
	N uint64
}

func (q *question) Walk(w *core.Walker) { w.Uint64("n", &q.N) }

// report is a reply.
type report struct {
	core.Shared
	Answer
}

func (r *report) Walk(w *core.Walker) { r.Answer.Walk(w) }

// role is an owner that asks what its test tells it to.
type role struct {
	c       Calls
	fx      core.Effects
	target  func(t *Ticket, attempt int, last core.NodeID) core.NodeID
	called  func(now core.Instant, o *Outcome)
	done    []Outcome
	late    []Outcome
	fared   []Code
	broke   []bool // of the same sendings
	counted bool   // requests say how often they were redirected
}

func newRole() *role {
	r := new(role)
	r.start(1)
	return r
}

func (r *role) start(instance uint32) {
	r.c.Init(r, Params{Self: 9, Role: core.RoleManager, Instance: instance, Seed: 7, Key: 3, Reply: 5 * time.Second, Patience: patience})
}

func (r *role) Target(_ core.Instant, t *Ticket, attempt int, last core.NodeID) core.NodeID {
	if r.target != nil {
		return r.target(t, attempt, last)
	}
	return last
}

func (r *role) Called(now core.Instant, o *Outcome, _ *core.Effects) {
	r.done = append(r.done, *o)
	if r.called != nil {
		r.called(now, o)
	}
}

func (r *role) Late(_ core.Instant, o *Outcome, _ *core.Effects) { r.late = append(r.late, *o) }

func (r *role) Fared(_ core.Instant, s *Sending, _ bool, code Code) {
	r.fared, r.broke = append(r.fared, code), append(r.broke, s.Broke)
}

func (r *role) Say(_ core.Instant, s *Sending, fx *core.Effects) core.Body {
	if !r.counted {
		return nil
	}
	q := Make[question](fx, s.Kind)
	q.N = uint64(s.Redirects)
	return q
}

func (r *role) call(now core.Instant, to core.NodeID, s *Strategy, t Ticket) {
	q := Make[question](&r.fx, ask)
	q.N = t.Sub
	r.c.Go(now, to, ask, q, s, t, &r.fx)
}

// sent returns what was sent since the last call, and takes it off the hands of the role as a driver does.
func (r *role) sent() []core.Message {
	out := append([]core.Message(nil), r.fx.Messages...)
	for i := range out {
		core.Hold(out[i].Body)
	}
	for i := range out {
		r.fx.Bodies.Drop(out[i].Kind, out[i].Body)
	}
	r.fx.Reset()
	return out
}

// one returns the only message that was sent since the last call.
func (r *role) one(t testing.TB) core.Message {
	t.Helper()
	m := r.sent()
	if len(m) != 1 {
		t.Fatalf("%d messages, want 1", len(m))
	}
	return m[0]
}

// reply answers m with a.
func (r *role) reply(now core.Instant, m *core.Message, a Answer) bool {
	return r.c.Receive(now, &core.Message{Kind: answer, From: m.To, To: m.From, Seq: m.Seq, Body: &report{Answer: a}}, &r.fx)
}

// fail tells the role that m's stream failed.
func (r *role) fail(now core.Instant, m *core.Message) bool {
	return r.c.Receive(now, &core.Message{
		Kind: core.KindStreamFailed, Failed: m.Kind, From: m.From, To: m.From, Target: m.To, Seq: m.Seq,
	}, &r.fx)
}

// wake wakes the role at its next deadline and returns when that was.
func (r *role) wake(t testing.TB) core.Instant {
	t.Helper()
	at, ok := r.c.Deadline()
	if !ok {
		t.Fatal("nothing pending")
	}
	r.c.Wake(at, &r.fx)
	return at
}
