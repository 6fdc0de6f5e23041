package call

import (
	"strconv"
	"testing"
	"time"

	"hypersim/core"
)

// pool is a role with n calls under way, whose requests are answered one after the other. Each answer makes it call
// again.
type pool struct {
	r        role
	s        Strategy
	now      core.Instant
	open     []core.Message // a ring
	first, n int
	replied  int
	loss     bool
	body     report
	msg      core.Message
}

func newPool(n int, loss bool) *pool {
	p := &pool{loss: loss, open: make([]core.Message, 2*n+8), s: Strategy{Timeout: 5 * time.Second, Base: time.Second / 2, Cap: 5 * time.Second, Attempts: 3, Redirects: 2, Late: time.Second}}
	p.r.start(1)
	if !loss {
		p.s.Base = 0 // nothing is ever waited for
	}
	for i := range n {
		p.r.call(0, core.NodeID(i%7), &p.s, Ticket{Job: uint64(i)})
	}
	p.take()
	return p
}

// take takes what was sent off the role's hands, as a driver does.
func (p *pool) take() {
	for i := range p.r.fx.Messages {
		m := &p.r.fx.Messages[i]
		core.Hold(m.Body)
		p.r.fx.Bodies.Drop(m.Kind, m.Body)
		p.open[(p.first+p.n)%len(p.open)] = *m
		p.n++
	}
	p.r.fx.Reset()
}

// step answers the oldest request: done, busy or elsewhere, or, with loss, lets it time out.
func (p *pool) step() {
	p.now = p.now.Add(100 * time.Microsecond)
	for at, ok := p.r.c.Deadline(); ok && at <= p.now; at, ok = p.r.c.Deadline() {
		p.r.c.Wake(p.now, &p.r.fx)
		p.take()
	}
	if p.n == 0 {
		return
	}
	m := &p.open[p.first]
	p.first, p.n = (p.first+1)%len(p.open), p.n-1
	p.replied++
	switch p.replied % 8 {
	case 0:
		p.body.Answer = Answer{Code: CodeBusy, RetryAfter: p.s.Base / 25}
	case 1:
		p.body.Answer = Answer{Code: CodeNotLeader, Leader: 8}
	case 2:
		if p.loss {
			return
		}
		p.body.Answer = Answer{Code: CodeDuplicate}
	default:
		p.body.Answer = Answer{}
	}
	p.msg = core.Message{Kind: answer, From: m.To, Seq: m.Seq, Body: &p.body}
	ended := len(p.r.done)
	p.r.c.Receive(p.now, &p.msg, &p.r.fx)
	if len(p.r.done) > ended {
		p.r.call(p.now, m.To, &p.s, Ticket{})
	}
	p.r.done, p.r.late, p.r.fared, p.r.broke = p.r.done[:0], p.r.late[:0], p.r.fared[:0], p.r.broke[:0]
	p.take()
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	p := newPool(100, true)
	many := func() {
		for range 1000 {
			p.step()
		}
	}
	for range 200 { // warm-up: slab, heap, hash, shelf
		many()
	}
	if n := testing.AllocsPerRun(200, many); n != 0 {
		t.Errorf("%v allocations in 1000 steps", n)
	}
	if p.replied < 2000 {
		t.Errorf("only %d requests", p.replied)
	}
}

func BenchmarkCall(b *testing.B) {
	for _, n := range []int{1, 100, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := newPool(n, false)
			for range 100 + 2*n {
				p.step()
			}
			b.ReportAllocs()
			for b.Loop() {
				p.step()
			}
		})
	}
}
