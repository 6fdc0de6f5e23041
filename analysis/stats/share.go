package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Part is how much of a whole one run has: crashes detected in time of all crashes, values at or below a bound of all
// values.
type Part struct{ Of, Whole float64 }

// ShareInterval is the interval of a share over runs whose observations are alike within a run: Clopper and
// Pearson's (1934) at as many independent observations as the spread between runs is worth (Korn and Graubard 1998).
// Where all runs have all, or none, only the runs count: 0 of 200 observations in 20 runs is at most 16.8 %. Fewer
// than MinRuns runs give none. N is the number of runs.
func ShareInterval(runs []Part, level float64) Interval {
	iv := Interval{Estimate: math.NaN(), Level: orDefault(level)}
	var seen []Part
	var parts, wholes []float64
	for _, r := range runs {
		if r.Whole > 0 {
			seen, parts, wholes = append(seen, r), append(parts, r.Of), append(wholes, r.Whole)
		}
	}
	iv.N = len(seen)
	whole := Sum(wholes)
	if len(seen) > 0 {
		iv.Estimate = Sum(parts) / whole
	}
	if len(seen) < MinRuns {
		return iv.without(fmt.Sprintf("%d runs, at least %d needed", len(seen), MinRuns))
	}
	rest := make([]float64, len(seen)) // each run's influence
	for i, r := range seen {
		rest[i] = (r.Of - float64(iv.Estimate*r.Whole)) / whole
	}
	n := float64(len(seen))
	iv.Low, iv.High = clopperPearson(iv.Estimate, effective(iv.Estimate, float64(squares(rest)*n)/(n-1), n, whole, iv.Level), iv.Level)
	return iv
}

// FractionInterval is MeanInterval for values between 0 and 1, and lies there. Where all are 0, or all 1, that is no
// certainty: so many runs may still have missed the few that are not.
func FractionInterval(values []float64, level float64) Interval {
	iv := MeanInterval(values, level)
	if !iv.Known() {
		return iv
	}
	if iv.Estimate == 0 || iv.Estimate == 1 {
		of := ClopperPearson(uint64(iv.Estimate)*uint64(len(values)), uint64(len(values)), level)
		iv.Low, iv.High = of.Low, of.High
	}
	iv.Low, iv.High = max(0, iv.Low), min(1, iv.High)
	return iv
}

// effective returns how many independent observations give the share p the given variance between runs, corrected
// for how well few runs know that variance.
func effective(p, variance, runs, observations, level float64) float64 {
	if p <= 0 || p >= 1 {
		return runs // the spread says nothing; the observations of one run may be one event
	}
	if variance == 0 {
		return observations
	}
	t := studentQuantile(runs-1, 1-tail(level))
	ideal := t // of as many observations as there are
	if observations > 1 {
		ideal = studentQuantile(observations-1, 1-tail(level))
	}
	return min(observations, float64(p*(1-p))/variance*float64(ideal/t*(ideal/t)))
}

// clopperPearson returns the ends at n observations, which need not be whole.
func clopperPearson(p, n, level float64) (low, high float64) {
	k, alpha := float64(p*n), tail(level)
	high = 1
	if p > 0 {
		low = mathext.InvRegIncBeta(k, n-k+1, alpha)
	}
	if p < 1 {
		high = 1 - mathext.InvRegIncBeta(n-k, k+1, alpha)
	}
	return low, high
}

// Weighted is the values of one run, ascending, with how often each was observed.
type Weighted struct{ Values, Weights []float64 }

// upTo returns how much of the run lies at or below v.
func (w *Weighted) upTo(cumulative []float64, v float64) float64 {
	i, _ := slices.BinarySearchFunc(w.Values, v, func(x, target float64) int {
		if x <= target {
			return -1
		}
		return 1
	})
	if i == 0 {
		return 0
	}
	return cumulative[i-1]
}

// QuantileInterval is the interval of the p-th percentile, 0 < p < 100, of the observations of all runs: the values
// at which the share of smaller ones may be p % (Woodruff 1952), by ShareInterval. There is none where the runs are too few to
// have one: the 99th percentile of 20 values may be anything above the greatest.
func QuantileInterval(runs []Weighted, p, level float64) Interval {
	iv := Interval{Estimate: math.NaN(), Level: orDefault(level), N: len(runs)}
	var all []float64
	cumulative := make([][]float64, len(runs))
	total := 0.0
	for i := range runs {
		sum := 0.0
		for k, v := range runs[i].Values {
			if math.IsNaN(v) {
				return iv.without("a value is NaN")
			}
			sum += runs[i].Weights[k]
			cumulative[i] = append(cumulative[i], sum)
			all = append(all, v)
		}
		total += sum
	}
	if len(all) == 0 {
		return iv.without("no values")
	}
	slices.Sort(all)
	all = slices.Compact(all)
	parts := make([]Part, len(runs))
	at := func(v float64) Interval {
		for i := range runs {
			parts[i] = Part{}
			if n := len(cumulative[i]); n > 0 {
				parts[i] = Part{runs[i].upTo(cumulative[i], v), cumulative[i][n-1]}
			}
		}
		return ShareInterval(parts, iv.Level)
	}
	want := p / 100
	first := func(reaches func(Interval) bool) int {
		i, _ := slices.BinarySearchFunc(all, true, func(v float64, _ bool) int {
			if reaches(at(v)) {
				return 1
			}
			return -1
		})
		return i
	}
	// The slack is that of nearestRank.
	iv.Estimate = all[min(len(all)-1, first(func(s Interval) bool { return s.Estimate >= want-1e-9 }))]
	if note := at(all[0]).Note; note != "" {
		return iv.without(note)
	}
	low, high := first(func(s Interval) bool { return s.High > want }), first(func(s Interval) bool { return s.Low >= want })
	if none := at(math.Inf(-1)); none.High > want || high == len(all) {
		return iv.without(fmt.Sprintf("%d runs are too few for an interval of the %g-th percentile", len(runs), p))
	}
	iv.Low, iv.High = all[min(low, len(all)-1)], all[high]
	return iv
}
