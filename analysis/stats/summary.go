package stats

import "math"

// Percentile returns the p-th percentile, 0 < p ≤ 100: the nearest rank, the least value such that at
// least p % of all values lie at or below it (definition 1 of Hyndman and Fan 1996, and that of
// sim/metrics). NaN of none.
func Percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return ascending(values)[nearestRank(uint64(len(values)), p)-1]
}

// nearestRank returns the 1-based rank of the p-th percentile of n > 0 values. The slack, that of
// sim/metrics, undoes the rounding of p/100: 0.07·100 is a little above 7, and rank 8 would be wrong.
func nearestRank(n uint64, p float64) uint64 {
	total := float64(n)
	rank := math.Ceil(float64(p*total)/100 - float64(1e-9*total))
	if rank >= total {
		return n
	}
	return max(1, uint64(rank))
}

// Median returns the middle value, or the mean of the two middle ones: what "the median across seeds" and
// this package mean. It may thus differ from the 50th percentile, which is always a value that was observed.
// NaN of none.
func Median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	s := ascending(values)
	if n%2 == 1 {
		return s[n/2]
	}
	return s[n/2-1]/2 + s[n/2]/2
}
