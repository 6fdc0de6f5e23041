package validate

import (
	"fmt"
	"slices"
	"time"

	"hypersim/core"
	"hypersim/sim/trace"
)

const lifeguardSize = 128

// burst stops some of 128 members together, on for that long, off for that long, again and again for two
// minutes (Lifeguard's interval experiment).
type burst struct {
	some    int
	on, off float64 // s
}

// cell is b with one arrangement of components, and a seed of its own.
func (b burst) cell(g *guard, seed int) Cell {
	return Cell{ID: g.name, From: uint64(seed), Sets: append([]string{
		fmt.Sprintf("fault.pause.target.count=%d", b.some), fmt.Sprintf("fault.pause.for=%gs", b.on), fmt.Sprintf("fault.pause.repeat.every=%gs", b.on+b.off),
	}, g.sets...)}
}

const burstsEnd = 130 * time.Second // no burst begins later

// begin draws who is stopped. With blocked their messages wait and their timers go on; else whole processes stand still.
func begin(t *Trial, blocked bool) {
	f := t.Strike(10, "validate.stopped", uint64(t.Sc.Faults[0].Target.Count))
	f.Repeat.Count = int((burstsEnd-f.At-1)/f.Repeat.Every) + 1
	if t.fault = *f; blocked {
		t.Sc.Faults = nil
	}
}

// falseDeaths counts deaths of members that are never stopped: in all views, and in those of the never stopped.
func falseDeaths(t *Trial, r *trace.Record) {
	if !moved(r) || r.Fact.To != core.StateDead || t.Hits(r.Fact.Subject) {
		return
	}
	t.Add("all", 1)
	if !t.Hits(r.Node) {
		t.Add("healthy", 1)
	}
}

// block is the anomaly of the paper.
func block(t *Trial) {
	w := t.World
	w.Run(t.Start)
	machines := make([]*stuck, len(t.Hit))
	for i, id := range t.Hit {
		w.Wrap(id, func(m core.Machine) core.Machine {
			machines[i] = &stuck{Machine: m}
			return machines[i]
		})
	}
	for range t.fault.Repeat.Count {
		end := w.Now().Add(t.fault.For)
		for i, id := range t.Hit {
			machines[i].until = w.Local(id, end)
		}
		w.Run(end.Add(t.fault.Repeat.Every - t.fault.For))
	}
}

// stuck is a member whose messages wait on both sides of it until an instant, while its timers go on: the
// paper's anomaly ("block immediately before sending or after receiving any protocol message"), as a
// process short of CPU or with a full socket shows it. A pause freezes the timers too.
type stuck struct {
	core.Machine
	until    core.Instant // local
	in, held []core.Message
}

func keep(m *core.Message) core.Message {
	c := *m
	c.Updates = slices.Clone(m.Updates)
	if m.Body != nil {
		core.Hold(m.Body)
	}
	return c
}

func (s *stuck) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	if now < s.until {
		s.in = append(s.in, keep(m))
		return
	}
	s.release(now, fx)
	s.Machine.Receive(now, m, fx)
}

func (s *stuck) Wake(now core.Instant, fx *core.Effects) {
	if now >= s.until {
		s.release(now, fx)
		s.Machine.Wake(now, fx)
		return
	}
	s.Machine.Wake(now, fx)
	for i := range fx.Messages {
		s.held = append(s.held, keep(&fx.Messages[i]))
	}
	fx.Messages = fx.Messages[:0]
}

// release lets out what waits: first what the member has said, then what it was told.
func (s *stuck) release(now core.Instant, fx *core.Effects) {
	for i := range s.held {
		*fx.Send() = s.held[i]
	}
	s.held = s.held[:0]
	for i := range s.in {
		s.Machine.Receive(now, &s.in[i], fx)
	}
	s.in = s.in[:0]
}

func (s *stuck) Deadline() (core.Instant, bool) {
	at, ok := s.Machine.Deadline()
	if len(s.held)+len(s.in) > 0 && (!ok || s.until < at) {
		return s.until, true
	}
	return at, ok
}
