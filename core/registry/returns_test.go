package registry

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

func newReturns(c *job.Register, n int) *Returns {
	r := &Returns{}
	var all []core.NodeID
	for i := range n {
		all = append(all, core.NodeID(i))
	}
	r.Init(c, all, rng.New(1, "recovery", 1, 1))
	return r
}

// Membership forgets who is gone after a while (spec 10 §2.6): who had left is pinged no more than before, until somebody hears of it. One that
// was held dead may live behind a cut that is over, and nobody else would ask it.
func TestReturnsForgotten(t *testing.T) {
	c := job.Default().Register
	r := newReturns(&c, 2)
	const ms = core.Instant(time.Millisecond)
	r.Heard(0, 0, core.StateLeft)
	r.Heard(0, 1, core.StateLeft)
	r.Heard(0, 1, core.StateDead)
	r.Heard(10*ms, 0, core.StateNone)
	r.Heard(10*ms, 1, core.StateNone)
	if !r.Left(0) || r.Left(1) || !r.Away(0) || !r.Away(1) {
		t.Errorf("left: %v, %v", r.Left(0), r.Left(1))
	}
	if id, ok := r.Pop(1000 * ms); !ok || id != 1 {
		t.Errorf("pinged: %v, %v", id, ok)
	}
	if id, ok := r.Pop(2000 * ms); ok {
		t.Errorf("pinged: %v", id)
	}
	r.Heard(3000*ms, 0, core.StateUnconfirmed) // somebody says that it is back, and has left again
	r.Heard(3000*ms, 0, core.StateNone)
	if id, ok := r.Pop(4000 * ms); ok || !r.Left(0) {
		t.Errorf("pinged: %v", id)
	}
	r.Heard(5000*ms, 0, core.StateUnconfirmed)
	if id, ok := r.Pop(6000 * ms); !ok || id != 0 {
		t.Errorf("pinged: %v, %v", id, ok)
	}
	if r.Pinged(6000*ms, 0, true); r.Left(0) {
		t.Error("it has answered")
	}
	r.Heard(6000*ms, 0, core.StateLeft)
	r.Heard(6000*ms, 0, core.StateOK)
	if r.Heard(6000*ms, 0, core.StateNone); r.Left(0) {
		t.Error("it was there")
	}
}

// Spec 20 §1.3: who comes back waits U(0.05, 0.5 s), five at a time, each is pinged once, then it is used.
func TestReturnsTogether(t *testing.T) {
	c := job.Default().Register
	r := newReturns(&c, 12)
	const ms = core.Instant(time.Millisecond)
	for id := range core.NodeID(12) {
		r.Heard(0, id, core.StateDead)
		r.Heard(1000*ms, id, core.StateUnconfirmed)
	}
	pinged := map[core.NodeID]core.Instant{}
	type ping struct {
		id   core.NodeID
		ends core.Instant
	}
	var open []ping
	for now := 1000 * ms; now < 3000*ms; now += ms {
		for len(open) > 0 && open[0].ends <= now {
			if !r.Away(open[0].id) {
				t.Errorf("%d is used before it has answered", open[0].id)
			}
			if !r.Pinged(now, open[0].id, true) || r.Away(open[0].id) {
				t.Errorf("%d has answered and is not used", open[0].id)
			}
			open = open[1:]
		}
		for {
			id, ok := r.Pop(now)
			if !ok {
				break
			}
			if _, twice := pinged[id]; twice {
				t.Errorf("%d is pinged twice", id)
			}
			pinged[id] = now
			open = append(open, ping{id, now + 200*ms})
			if len(open) > 5 {
				t.Fatalf("%d pings at once", len(open))
			}
		}
	}
	var first, last core.Instant = core.Never, 0
	for _, at := range pinged {
		first, last = min(first, at), max(last, at)
	}
	if len(pinged) != 12 || first < 1050*ms || last > 1000*ms+500*ms+3*200*ms {
		t.Errorf("%d pinged, from %v to %v", len(pinged), first, last)
	}
	if r.Deadline() != core.Never {
		t.Errorf("something is due at %v", r.Deadline())
	}
}

// Random words of membership and of pings against a model that remembers everything: at most so many pings are on their way, each
// member is pinged within its pause where there is room, nobody is used who is gone or has not answered since, and nobody is forgotten.
func TestReturnsAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := job.Default().Register
		c.ReturnMost = rapid.IntRange(1, 3).Draw(t, "most")
		const n = 6
		r := newReturns(&c, n)
		type member struct {
			gone, back bool
			since      core.Instant // of its pause
			pings      []bool       // on their way: of this return?
		}
		var model [n]member
		now := core.Instant(0)
		open := 0
		pop := func() {
			for {
				id, ok := r.Pop(now)
				if !ok {
					break
				}
				m := &model[id]
				wait := now.Sub(m.since)
				if !m.back || len(m.pings) > 0 || wait < c.ReturnMin {
					t.Fatalf("%v: %d is pinged: %+v", now, id, *m)
				}
				m.pings = append(m.pings, true)
				if open++; open > c.ReturnMost {
					t.Fatalf("%d pings", open)
				}
			}
			if at := r.Deadline(); at <= now {
				t.Fatalf("due at %v, and nothing to do at %v", at, now)
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			id := core.NodeID(rapid.IntRange(0, n-1).Draw(t, "id"))
			m := &model[id]
			switch rapid.SampledFrom([]string{"gone", "back", "ping", "wait", "wait"}).Draw(t, "what") {
			case "gone":
				r.Heard(now, id, rapid.SampledFrom([]core.MemberState{core.StateDead, core.StateLeft}).Draw(t, "how"))
				m.gone, m.back = true, false
				for i := range m.pings {
					m.pings[i] = false
				}
			case "back":
				if r.Heard(now, id, core.StateOK); m.gone {
					m.gone, m.back, m.since = false, true, now
				}
			case "ping":
				answered := rapid.Bool().Draw(t, "answered")
				counts := len(m.pings) > 0 && m.pings[0]
				used := r.Pinged(now, id, answered)
				if used != (counts && answered) {
					t.Fatalf("%d: used %v, %+v", id, used, *m)
				}
				if len(m.pings) > 0 {
					m.pings, open = m.pings[1:], open-1
				}
				if used {
					m.back = false
				} else if counts {
					m.since = now
				}
			case "wait":
				now = now.Add(core.Duration(rapid.IntRange(1, 700).Draw(t, "ms")) * time.Millisecond)
				pop()
			}
			for i := range model {
				if m := &model[i]; r.Away(core.NodeID(i)) != (m.gone || m.back) {
					t.Fatalf("%d is away: %v, %+v", i, r.Away(core.NodeID(i)), *m)
				}
			}
		}
		for range 3 * n * n { // in the end all pings are answered, and whoever is back is used
			now = now.Add(c.ReturnMax)
			pop()
			for i := range model {
				if m := &model[i]; len(m.pings) > 0 {
					if r.Pinged(now, core.NodeID(i), true) {
						m.back = false
					}
					m.pings, open = m.pings[1:], open-1
				}
			}
		}
		for i := range model {
			if model[i].back {
				t.Fatalf("%d is back and never used", i)
			}
		}
	})
}
