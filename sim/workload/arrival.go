package workload

import (
	"math"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// Process is how jobs of a workload follow each other.
type Process uint8

// The processes. Rates are jobs a second.
const (
	Once     Process = iota // Count jobs at the start
	Constant                // one every 1/Rate
	Poisson                 // independent of each other, Rate on average
	Burst                   // Count jobs at once, every Every
	OnOff                   // Poisson while on, nothing while off; on first
	Ramp                    // Poisson whose rate goes from Rate to Last along a line
	Diurnal                 // Poisson whose rate is Rate·(1 + Amplitude·sin(2π·(t+Phase)/Period))
	Trace                   // at the times At
)

// Arrival is a process with its parameters.
type Arrival struct {
	Process        Process
	Count          int
	Rate, Last     float64
	Every, On, Off core.Duration
	Period, Phase  core.Duration
	Amplitude      float64         // 0–1
	At             []core.Duration // since the start, ascending; shared, read only
	start, length  float64         // s
}

// Arrivals draws the instants of one workload, in order.
type Arrivals struct {
	a   Arrival
	end core.Instant

	start core.Instant
	draw  rng.Stream
	nth   uint32
	t     float64 // s since the start, of the last one; of OnOff, time that it was on
}

// NewArrivals returns the arrivals of s in a run of the given seed.
func NewArrivals(s *Spec, seed uint64) Arrivals {
	a := Arrivals{a: s.Arrival, start: core.Instant(s.From), end: core.Instant(s.To), draw: rng.New(seed, "workload.arrival", s.Key)}
	a.a.start, a.a.length = s.From.Seconds(), (s.To - s.From).Seconds()
	return a
}

// Next returns when the next job arrives and which it is, counted from 0. ok is false if there is none any more.
func (a *Arrivals) Next() (at core.Instant, nth uint32, ok bool) {
	if a.a.Process == Trace {
		at, ok = a.told()
	} else {
		var s float64
		s, ok = a.next()
		at = core.Instant(core.Seconds(a.a.start + s))
	}
	if !ok || at >= a.end {
		a.end = 0 // and none after it
		return 0, 0, false
	}
	nth = a.nth
	a.nth++
	return at, nth, true
}

// told returns what a trace says, to the nanosecond.
func (a *Arrivals) told() (core.Instant, bool) {
	if int(a.nth) >= len(a.a.At) {
		return 0, false
	}
	return a.start.Add(a.a.At[a.nth]), true
}

// next returns the time since the start.
func (a *Arrivals) next() (float64, bool) {
	p := &a.a
	switch p.Process {
	case Once:
		return 0, int(a.nth) < p.Count
	case Constant:
		return float64(a.nth) / p.Rate, true
	case Burst:
		return float64(float64(a.nth/uint32(p.Count)) * p.Every.Seconds()), true
	case Poisson:
		a.t += a.draw.Exp() / p.Rate
		return a.t, true
	case OnOff:
		a.t += a.draw.Exp() / p.Rate
		on, off := p.On.Seconds(), p.Off.Seconds()
		return a.t + float64(float64(int64(a.t/on))*off), true
	case Ramp:
		return a.ramp()
	case Diurnal:
		return a.diurnal(), true
	case Trace: // a list says when
	}
	return 0, false
}

// ramp inverts the expected number of arrivals, r·t + (l − r)·t²/2T, at the last one's plus a draw.
func (a *Arrivals) ramp() (float64, bool) {
	r, slope := a.a.Rate, (a.a.Last-a.a.Rate)/a.a.length
	n := float64(r*a.t) + float64(slope/2*float64(a.t*a.t)) + a.draw.Exp()
	root := float64(r*r) + float64(2*slope*n)
	if root < 0 { // the rate falls to 0 before so many have come
		return 0, false
	}
	if t := 2 * n / (r + math.Sqrt(root)); t > a.t {
		a.t = t
	}
	return a.t, true
}

// diurnal thins a process of the highest rate.
func (a *Arrivals) diurnal() float64 {
	p := &a.a
	most := float64(p.Rate * (1 + p.Amplitude))
	for a.t < p.length {
		a.t += a.draw.Exp() / most
		turn := float64(2*math.Pi*(a.t+p.Phase.Seconds())) / p.Period.Seconds()
		now := float64(p.Rate * (1 + float64(p.Amplitude*xmath.Sin(turn))))
		if float64(a.draw.Float64()*most) < now {
			break
		}
	}
	return a.t
}
