package network

import (
	"fmt"
	"math"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// DriftKind is a way in which a base delay changes during a run.
type DriftKind uint8

// Kinds of drift, all 0 before Start.
const (
	DriftStep DriftKind = iota // Amount from Start on
	DriftRamp                  // grows linearly to Amount over Length, then stays
	DriftSine                  // Amount·sin of a period of Length, in 360 steps per period
	DriftWalk                  // every Length a normal step of standard deviation Amount
)

// Drift changes the base delay of a link. The steps of a walk belong to the pair of places, so both
// directions walk together.
type Drift struct {
	Kind     DriftKind
	Amount   float64 // seconds, or a fraction of the base if Relative
	Relative bool
	Start    core.Instant
	Length   core.Duration // ramp, sine, walk: see the kinds
	Phase    float64       // sine: turns, 0.25 starts at the crest
	Limit    float64       // walk: largest deviation, in the unit of Amount; 0 = none
}

func (d *Drift) validate() error {
	const longest = core.Duration(1 << 54) // 200 days, so that 360·Length fits
	switch {
	case d.Kind > DriftWalk:
		return fmt.Errorf("unknown kind %d", d.Kind)
	case d.Kind != DriftStep && (d.Length <= 0 || d.Length > longest):
		return fmt.Errorf("length is %v, must be above 0 and at most %v", d.Length, longest)
	case math.IsNaN(d.Amount) || math.Abs(d.Amount) > 86400 || math.IsNaN(d.Phase) || math.IsInf(d.Phase, 0):
		return fmt.Errorf("amount %v, phase %v: must be finite, the amount at most 86400", d.Amount, d.Phase)
	case !(d.Limit >= 0):
		return fmt.Errorf("limit is %v, must not be negative", d.Limit)
	case d.Start < 0:
		return fmt.Errorf("starts at %v, before the run", d.Start)
	}
	return nil
}

// pairDrift is what a directed pair of places has drifted by, cached while it does not change.
type pairDrift struct {
	from, until core.Instant // the cached delta holds in [from, until)
	delta       core.Duration
	walks       []walk // one per drift of the link, made when the first one walks
}

// walk is a random walk as far as it has been looked at.
type walk struct {
	stream rng.Stream
	steps  int64
	sum    float64
}

// drifted returns the base delay of a pair of places at now, with the link's drifts.
func (n *Network) drifted(l *link, a, b uint16, base core.Duration, now core.Instant) core.Duration {
	p := &n.drift[int(a)*n.places+int(b)]
	if now < p.from || now >= p.until {
		n.redrift(p, l, a, b, base, now)
	}
	return max(base+p.delta, 0)
}

func (n *Network) redrift(p *pairDrift, l *link, a, b uint16, base core.Duration, now core.Instant) {
	p.from, p.until, p.delta = math.MinInt64, core.Never, 0
	for i := range l.drifts {
		d := &l.drifts[i]
		if now < d.Start {
			p.until = min(p.until, d.Start)
			continue
		}
		x, from, until := d.Amount, d.Start, core.Never
		switch d.Kind {
		case DriftStep:
		case DriftRamp:
			x, from, until = d.ramp(now)
		case DriftSine:
			x, from, until = d.sine(now)
		case DriftWalk:
			k := int64(now.Sub(d.Start) / d.Length)
			from = d.Start.Add(core.Duration(k) * d.Length)
			until = from.Add(d.Length)
			if p.walks == nil {
				p.walks = make([]walk, len(l.drifts))
			}
			x = n.walkTo(&p.walks[i], d, k, a, b, i)
		}
		p.from, p.until = max(p.from, from), min(p.until, until)
		scale := 1e9
		if d.Relative {
			scale = float64(base)
		}
		p.delta = min(p.delta+nanos(float64(x*scale)), maxDelay)
	}
}

func (d *Drift) ramp(now core.Instant) (x float64, from, until core.Instant) {
	if t := now.Sub(d.Start); t < d.Length {
		return float64(d.Amount * (float64(t) / float64(d.Length))), now, now + 1
	}
	return d.Amount, d.Start.Add(d.Length), core.Never
}

func (d *Drift) sine(now core.Instant) (x float64, from, until core.Instant) {
	const steps = 360
	t := now.Sub(d.Start)
	period := t / d.Length * d.Length
	k := (t - period) * steps / d.Length
	edge := func(k core.Duration) core.Instant { return d.Start.Add(period + (k*d.Length+steps-1)/steps) }
	turn := float64(k)/steps + d.Phase
	return float64(d.Amount * xmath.Sin(float64(2*math.Pi*turn))), edge(k), edge(k + 1)
}

// walkTo returns the walk after k steps. Looking back starts it again: rare, and always the same walk.
func (n *Network) walkTo(w *walk, d *Drift, k int64, a, b uint16, i int) float64 {
	if k < w.steps || w.steps == 0 {
		x, y := n.rows[a], n.rows[b]
		*w = walk{stream: rng.New(n.seed, "network.drift", min(x, y), max(x, y), uint64(i))}
	}
	for ; w.steps < k; w.steps++ {
		w.sum += float64(d.Amount * w.stream.Norm())
		if d.Limit > 0 {
			w.sum = min(max(w.sum, -d.Limit), d.Limit)
		}
	}
	return w.sum
}
