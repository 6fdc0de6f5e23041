package host

import (
	"slices"

	"hypersim/core"
)

// Pace is how much longer than normal services take, until a time.
type Pace struct {
	Factor float64 // > 0
	Until  core.Instant
}

// schedule is the paces to come, in order of time.
type schedule struct{ paces []Pace }

// SetPace says how long services take from now on: in stretches of time, ascending, the last one without an end
// (core.Never). What is in service at the end of a stretch goes on at the next one's pace; the service in hand
// keeps its end. The slice is copied.
func (h *Host) SetPace(paces ...Pace) {
	h.pace = nil
	if slices.ContainsFunc(paces, func(p Pace) bool { return p.Factor != 1 }) {
		h.pace = &schedule{slices.Clone(paces)}
	}
}

// end is when a service ends that takes sec seconds at the normal pace.
func (s *schedule) end(now core.Instant, sec float64) core.Instant {
	for _, p := range s.paces {
		end := now.Add(core.Seconds(float64(sec * p.Factor)))
		if end <= p.Until {
			return end
		}
		if p.Until > now {
			sec -= p.Until.Sub(now).Seconds() / p.Factor
			now = p.Until
		}
	}
	return now.Add(core.Seconds(max(sec, 0)))
}
