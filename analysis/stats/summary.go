package stats

import "math"

// Summary describes values (spec 50 §6). All but Count are NaN if there are none; SD is NaN below two.
// Percentiles are nearest ranks as in sim/metrics, so a pooled figure and a run's own row agree.
type Summary struct {
	Count                                        uint64
	Mean, SD, Min, P50, P90, P95, P99, P999, Max float64
}

// Summarize describes the values, which it leaves as they are.
func Summarize(values []float64) Summary {
	s := sortedCopy(values)
	sum := Summary{
		Count: uint64(len(s)), Mean: Mean(s), SD: SD(s), Min: math.NaN(), Max: math.NaN(),
		P50: Percentile(s, 50), P90: Percentile(s, 90), P95: Percentile(s, 95),
		P99: Percentile(s, 99), P999: Percentile(s, 99.9),
	}
	if len(s) > 0 {
		sum.Min, sum.Max = s[0], s[len(s)-1]
	}
	return sum
}

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
// Hodges–Lehmann mean. It may thus differ from Summary.P50, which is always a value that was observed.
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
