package validate

import (
	"math"

	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// firstProbe draws when, in periods, the first of m members with independent phases next probes one target,
// each at a random place of its walk through a shuffled list of m that it shuffles anew after each walk.
func firstProbe(m int, draw *rng.Stream) float64 {
	first := math.Inf(1)
	for range m {
		phase := draw.Float64()
		done, place := draw.Intn(m), draw.Intn(m)
		wait := place - done
		if place < done { // it was asked in this walk already
			wait = m - done + draw.Intn(m)
		}
		first = min(first, phase+float64(wait))
	}
	return first
}

// firstProbes draws many.
func firstProbes(m, runs int) []float64 {
	draw := rng.New(1, "validate.first", uint64(m))
	out := make([]float64, runs)
	for i := range out {
		out[i] = firstProbe(m, &draw)
	}
	return out
}

// intervalShare is the probability that d ticks lie between two probes of one target by one member whose
// list has l: the place in the next walk less that in this one, (l − |d − l|)/l² for d = 1 … 2l − 1.
func intervalShare(l, d int) float64 {
	off := d - l
	if off < 0 {
		off = -off
	}
	return float64(max(0, l-off)) / float64(l*l)
}

// probeFails is the probability that nobody answers a probe of a live member: a direct probe needs two
// datagrams and each of k proxies four, of which each is lost with probability loss (spec 10 §15.1).
func probeFails(loss float64, k int) float64 {
	q := 1 - loss
	return (1 - q*q) * xmath.Pow(1-q*q*q*q, float64(k))
}

// slotted is the mean number of periods until a crashed member is first probed by one of m members that
// all probe at once: a random target each period, or a shuffled walk.
func slotted(m int, shuffled bool) float64 {
	if !shuffled {
		return 1 / (1 - xmath.Pow(1-1/float64(m), float64(m)))
	}
	sum := 0.0
	for k := range m {
		sum += xmath.Pow(1-float64(k)/float64(m), float64(m))
	}
	return sum
}
