package validate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
	"hypersim/sim/world"
)

const lifeguardSize = 128

// burst stops some of 128 members together, on for that long, off for that long, again and again for two
// minutes (Lifeguard's interval experiment).
type burst struct {
	some    int
	on, off float64 // s
	blocked bool    // their messages wait and their timers go on; else the whole process stands still
	seed    uint64
}

// falseDeaths are deaths of members that are never stopped.
type falseDeaths struct {
	all, healthy, declared int // in all views; in views of the never stopped; by the own timer of one of them
}

func (b burst) run(sets []string) (out falseDeaths) {
	const begin, length, after = 10, 120, 60
	sick := make([]bool, lifeguardSize)
	w := lan(lifeguardSize, b.seed, begin+length+after, func(r *trace.Record) {
		f := &r.Fact
		if !moved(r) || f.To != core.StateDead || sick[f.Subject] {
			return
		}
		out.all++
		if sick[r.Node] {
			return
		}
		out.healthy++
		if f.Cause == core.CauseExpired {
			out.declared++
		}
	}, append([]string{"protocol.vivaldi.enabled=false"}, sets...)...)
	draw := rng.New(b.seed, "validate.stopped", uint64(b.some))
	w.Run(at(begin + draw.Float64()))
	ids := choose(&draw, b.some, sick)
	stop := stopper(w, ids, b.blocked)
	for w.Now() < at(begin+length) {
		end := w.Now() + at(b.on)
		stop(end)
		w.Run(end + at(b.off))
	}
	finish(w)
	return out
}

// choose marks some of the members and returns them.
func choose(draw *rng.Stream, some int, sick []bool) (ids []core.NodeID) {
	for len(ids) < some {
		if id := core.NodeID(draw.Intn(len(sick))); !sick[id] {
			sick[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// stopper returns what stops ids from now until end, and runs w until then.
func stopper(w *world.World, ids []core.NodeID, blocked bool) func(end core.Instant) {
	if !blocked {
		return func(end core.Instant) {
			for _, id := range ids {
				w.Pause(id)
			}
			w.Run(end)
			for _, id := range ids {
				w.Resume(id)
			}
		}
	}
	machines := make([]*stuck, len(ids))
	for i, id := range ids {
		w.Wrap(id, func(m core.Machine) core.Machine {
			machines[i] = &stuck{Machine: m}
			return machines[i]
		})
	}
	return func(end core.Instant) {
		for i, id := range ids {
			machines[i].until = w.Local(id, end)
		}
		w.Run(end)
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
