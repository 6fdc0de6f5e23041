package stats

import (
	"math"
	"slices"

	"hypersim/core/rng"
)

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
	if n < 10 && !r.Expand {
		out.Note = "fewer than ten runs: the interval is too short more often than its level says"
	}
	if reps[0] == reps[count-1] {
		out.Low, out.High = reps[0], reps[0]
		return out
	}
	out.Bias, out.Acceleration = medianBias(reps, theta), acceleration(jack)
	z := normalQuantile(1 - tail(out.Level))
	if r.Expand {
		z = float64(math.Sqrt(float64(n)/float64(n-1)) * studentQuantile(float64(n-1), 1-tail(out.Level)))
	}
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
// the B with (B+1)p whole (Davison and Hinkley 1997, chapter 5).
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
