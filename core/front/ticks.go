package front

import (
	"fmt"

	"hypersim/core"
)

// advance makes the looks that are due, each with what was known at its time, and ends what is over.
func (s *Server) advance(now core.Instant, fx *core.Effects) {
	if s.serving != core.KindNone && s.ends <= now {
		s.desk.Release(s.Class(s.serving))
		s.serving = core.KindNone
		s.fill()
	}
	for s.pending.expire(now) {
		s.desk.Release(s.pending.gone)
		s.Forced++
	}
	if now < s.tick {
		return
	}
	s.skip(now, fx)
	for s.tick <= now {
		s.look(s.tick)
		s.changed(fx)
		s.tick = s.tick.Add(s.p.Overload.Overload.Tick)
	}
}

// skip passes over looks that see what the one before saw: by then all samples are too old, the last second was idle, and
// falls are through.
func (s *Server) skip(now core.Instant, fx *core.Effects) {
	k := &s.p.Overload.Overload
	behind := int64(now.Sub(s.tick)/k.Tick) + 1
	settled := int64(k.MaxAge/k.Tick) + int64(len(s.busy.ring)) + int64(k.Hysteresis) + 2
	if behind <= settled || s.p.Memory > 0 || s.busy.end > s.tick {
		return
	}
	for range settled {
		s.look(s.tick)
		s.changed(fx)
		s.tick = s.tick.Add(k.Tick)
	}
	s.tick = s.tick.Add(k.Tick * core.Duration(int64(now.Sub(s.tick)/k.Tick)))
}

// look is one tick of the detector at its time.
func (s *Server) look(at core.Instant) {
	share := s.busy.look(at)
	s.load.Resources(share, s.memory())
	s.fill()
	s.load.Tick(at)
}

// memory is the share of the host's memory that the machine holds.
func (s *Server) memory() float64 {
	if s.p.Memory <= 0 {
		return 0
	}
	x := float64(memoryBase)
	if s.holder != nil {
		jobs, hot := s.holder.Weighs()
		x += float64(memoryJob*jobs + memoryHot*hot)
	}
	return x / s.p.Memory
}

// changed tells of another state.
func (s *Server) changed(fx *core.Effects) {
	state := s.load.State()
	if state == s.told {
		return
	}
	part, mean := s.load.Worst()
	f := fx.JobFact(core.JobFactLoad)
	f.Node, f.From, f.To, f.Code = s.p.Self, uint8(s.told), uint8(state), uint8(part)
	f.Put("raw", int64(s.load.Raw())).Put("mean", nanoseconds(mean))
	s.told = state
}

// arm sets the deadline: the next look, if something could change by itself until then.
func (s *Server) arm() {
	s.due = core.Never
	k := &s.p.Overload.Overload
	if s.p.Memory > 0 || s.load.Restless() || s.busy.may() > k.ShareBusy {
		s.due = s.tick
	}
}

// Deadline implements node.Timer.
func (s *Server) Deadline() (core.Instant, bool) { return s.due, s.due != core.Never }

// Wake implements node.Timer.
func (s *Server) Wake(now core.Instant, fx *core.Effects) {
	if now < s.due {
		return
	}
	s.advance(now, fx)
	s.arm()
}

// validate recounts what is in flight.
func (s *Server) validate() []string {
	var bad []string
	for c := range core.Class(core.NumClasses) {
		of, all := s.desk.InFlight(c)
		n := s.pending.count[c] + s.desk.Waiting(c) - s.answers[c]
		if s.serving != core.KindNone && s.Class(s.serving) == c {
			n++
		}
		if c == core.ClassControl { // what waits of it is not counted apart
			n = max(n, of)
		}
		if of != n || of > all || s.desk.Waiting(c) < 0 {
			bad = append(bad, fmt.Sprintf("front: %d %v in flight, %d are there", of, c, n))
		}
		if c != core.ClassControl && of > s.desk.Limit(c) {
			bad = append(bad, fmt.Sprintf("front: %d %v in flight, above the limit of %d", of, c, s.desk.Limit(c)))
		}
	}
	return bad
}
