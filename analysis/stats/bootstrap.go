package stats

import (
	"math"
	"slices"

	"hypersim/core/rng"
)

// DefaultResamples is the number of bootstrap resamples where none is given. Efron and Tibshirani (1993,
// §14.3, §19.3) ask for 2000 for BCa.
const DefaultResamples = 2000

// Statistic reduces runs to one number. It gets them in ascending order and must neither change nor keep
// them. Mean, Median, SD, Variance and Quantile(p) are statistics.
type Statistic func(values []float64) float64

// Resampling says how an interval or a Monte Carlo test draws. The zero value is complete.
type Resampling struct {
	Seed      uint64  // of the stream
	Purpose   string  // which interval this is, such as "compare.detection_first"; keeps streams apart
	Resamples int     // 0: DefaultResamples, or DefaultPermutations for a test
	Level     float64 // of an interval; 0: DefaultLevel
}

// Bootstrap is a BCa interval with what it was made from.
type Bootstrap struct {
	Interval
	StdErr       float64 // standard deviation of the statistic over resamples; NaN where there is no interval
	Bias         float64 // z0: median bias of the resamples, in normal units
	Acceleration float64 // a: how fast the standard error changes with the statistic
}

// BCa is the bias-corrected and accelerated bootstrap interval (Efron 1987; Efron and Tibshirani 1993,
// §14.3) of a statistic of independent runs. Equal values give an interval of width 0; fewer than two, or
// values that are not finite, none. With fewer than ten runs it is too short more often than it says
// (Note). Cost: Resamples times the statistic.
func BCa(values []float64, stat Statistic, r Resampling) Bootstrap {
	s := sortedCopy(values)
	if note := unusable(s, 2); note != "" {
		return refused(len(s), safely(s, stat), r, note)
	}
	draw := newDrawer(s)
	jack := make([]float64, len(s))
	rest := make([]float64, len(s)-1)
	for i := range s {
		copy(rest, s[:i])
		copy(rest[i:], s[i+1:])
		jack[i] = stat(rest)
	}
	return bca(len(s), stat(s), [][]float64{jack}, func(g *rng.Stream) float64 { return stat(draw.next(g)) }, r)
}

// Difference is the BCa interval of stat(b) − stat(a) for independent samples: runs whose seeds do not
// match. Both are resampled by themselves; the acceleration is that of several samples (Davison and
// Hinkley 1997, §5.3.2). N is the smaller count.
func Difference(a, b []float64, stat Statistic, r Resampling) Bootstrap {
	x, y := sortedCopy(a), sortedCopy(b)
	n := min(len(x), len(y))
	for _, s := range [][]float64{x, y} {
		if note := unusable(s, 2); note != "" {
			return refused(n, safely(y, stat)-safely(x, stat), r, note)
		}
	}
	drawX, drawY := newDrawer(x), newDrawer(y)
	sx, sy := stat(x), stat(y)
	jack := [][]float64{make([]float64, len(x)), make([]float64, len(y))}
	for i := range x {
		jack[0][i] = sy - stat(slices.Concat(x[:i], x[i+1:]))
	}
	for i := range y {
		jack[1][i] = stat(slices.Concat(y[:i], y[i+1:])) - sx
	}
	return bca(n, sy-sx, jack, func(g *rng.Stream) float64 {
		ofX := stat(drawX.next(g))
		return stat(drawY.next(g)) - ofX
	}, r)
}

// safely returns the statistic, or NaN of no values.
func safely(values []float64, stat Statistic) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return stat(values)
}

func refused(n int, estimate float64, r Resampling, note string) Bootstrap {
	iv := Interval{Estimate: estimate, Level: orDefault(r.Level), N: n}
	return Bootstrap{iv.without(note), math.NaN(), math.NaN(), math.NaN()}
}

// bca turns the estimate, its leave-one-out values (one slice per sample) and a source of replicates into
// the interval.
func bca(n int, theta float64, jack [][]float64, replicate func(*rng.Stream) float64, r Resampling) Bootstrap {
	count := r.Resamples
	if count == 0 {
		count = DefaultResamples
	}
	g := rng.New(r.Seed, "stats.bootstrap/"+r.Purpose)
	reps := make([]float64, count)
	for i := range reps {
		reps[i] = replicate(&g)
	}
	slices.Sort(reps)
	if note := unusable(reps, 2); note != "" || math.IsNaN(theta) || math.IsInf(theta, 0) {
		return refused(n, theta, r, "the statistic is not finite on every resample")
	}
	out := Bootstrap{Interval: Interval{Estimate: theta, Level: orDefault(r.Level), N: n}, StdErr: SD(reps)}
	if n < 10 {
		out.Note = "fewer than ten runs: the interval is too short more often than its level says"
	}
	if reps[0] == reps[count-1] {
		out.Low, out.High = reps[0], reps[0]
		return out
	}
	out.Bias, out.Acceleration = medianBias(reps, theta), acceleration(jack)
	z := normalQuantile(1 - tail(out.Level))
	out.Low = ordered(reps, out.adjusted(-z))
	out.High = ordered(reps, out.adjusted(z))
	return out
}

// adjusted returns the level of the bootstrap distribution that stands for the normal quantile z
// (Efron and Tibshirani 1993, eq. 14.10).
func (b *Bootstrap) adjusted(z float64) float64 {
	w := b.Bias + z
	scale := 1 - float64(b.Acceleration*w)
	if scale <= 0 { // beyond the pole of the transformation: the extreme on w's side
		return normalCDF(math.Copysign(40, w))
	}
	return normalCDF(b.Bias + w/scale)
}

// medianBias returns z0 of ascending replicates. Replicates equal to the estimate count half, so that a
// median, which repeats values, is not called biased; the ends are kept finite.
func medianBias(reps []float64, theta float64) float64 {
	// Leave a margin for the last bits: replicates that are mathematically equal to theta may round apart.
	eps := float64(1e-12 * max(math.Abs(theta), math.Abs(reps[0]), math.Abs(reps[len(reps)-1])))
	below, _ := slices.BinarySearch(reps, theta-eps)
	upTo, _ := slices.BinarySearch(reps, math.Nextafter(theta+eps, math.Inf(1)))
	n := float64(len(reps))
	p := float64(below+upTo) / 2 / n
	return normalQuantile(min(max(p, 0.5/n), 1-0.5/n))
}

// acceleration returns a = Σ l³ / (6 (Σ l²)^{3/2}) over the empirical influence of every run, estimated by
// the jackknife; runs of a sample of size n weigh 1/n (Davison and Hinkley 1997, §5.3.2). Of one sample
// this is eq. 14.15 of Efron and Tibshirani (1993). 0 if leaving out any run changes nothing.
func acceleration(jack [][]float64) float64 {
	var squares, cubes []float64
	for _, sample := range jack {
		n := float64(len(sample))
		mean := Mean(sample)
		for _, v := range sample {
			if math.Abs(mean-v) <= float64(1e-12*math.Abs(mean)) {
				continue // rounding, not influence
			}
			l := float64((mean-v)*(n-1)) / n
			squares = append(squares, l*l)
			cubes = append(cubes, float64(l*l)*l)
		}
	}
	s := Sum(squares)
	if a := Sum(cubes) / float64(6*s*math.Sqrt(s)); !math.IsNaN(a) && !math.IsInf(a, 0) {
		return a
	}
	return 0
}

// ordered returns the p-quantile of ascending replicates at rank (B+1)p, linear between ranks: exact for
// the B with (B+1)p whole (Davison and Hinkley 1997, §5.2).
func ordered(reps []float64, p float64) float64 {
	rank := float64(p * float64(len(reps)+1))
	whole := math.Floor(rank)
	switch i := int(whole); {
	case i < 1:
		return reps[0]
	case i >= len(reps):
		return reps[len(reps)-1]
	default:
		return reps[i-1] + float64((rank-whole)*(reps[i]-reps[i-1]))
	}
}

// drawer draws with replacement from ascending values and hands them out in ascending order, by counting:
// statistics need no sort, and sums see one order.
type drawer struct {
	from, out []float64
	times     []int32
}

func newDrawer(from []float64) *drawer {
	return &drawer{from, make([]float64, 0, len(from)), make([]int32, len(from))}
}

func (d *drawer) next(g *rng.Stream) []float64 {
	clear(d.times)
	for range d.from {
		d.times[g.Intn(len(d.from))]++
	}
	d.out = d.out[:0]
	for i, t := range d.times {
		for range t {
			d.out = append(d.out, d.from[i])
		}
	}
	return d.out
}
