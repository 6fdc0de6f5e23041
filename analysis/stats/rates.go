package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// RateInterval is the interval of a rate over runs whose events come in bursts: one accusation, for example, counts at every
// observer that believes it. It is an exact Poisson interval, not of the events that were counted, but of as many independent
// ones as the spread between runs is worth, each of which stands for equally many (the effective count of Korn and Graubard
// 1998, for rates). To take all events as independent covers 16–45 % where bursts are of 1 to 20 events; this covers 95 %
// from 10 runs on, as long as the bursts that happened are like those that may.
//
// Without events there is no rate to speak of but that of runs: the note says how many runs may have any. Fewer
// than MinRuns runs give none. N is the number of runs.
func RateInterval(runs []Rate, level float64) Interval {
	iv := Interval{Estimate: math.NaN(), Level: orDefault(level)}
	var counts, exposures []float64
	for _, r := range runs {
		if r.Exposure > 0 && !math.IsInf(r.Exposure, 0) {
			counts, exposures = append(counts, float64(r.Count)), append(exposures, r.Exposure)
		}
	}
	n, total, exposure := float64(len(counts)), Sum(counts), Sum(exposures)
	iv.N = len(counts)
	if n > 0 {
		iv.Estimate = total / exposure
	}
	switch {
	case len(counts) < MinRuns:
		return iv.without(fmt.Sprintf("%d runs, at least %d needed", len(counts), MinRuns))
	case total == 0:
		return iv.without(NoneIn(len(counts), iv.Level))
	}
	rest := make([]float64, len(counts)) // each run's events beyond its share
	for i := range counts {
		rest[i] = counts[i] - float64(iv.Estimate*exposures[i])
	}
	variance := float64(squares(rest)*n) / (n - 1)
	events := total
	if variance > 0 {
		z, t := normalQuantile(1-tail(iv.Level)), studentQuantile(n-1, 1-tail(iv.Level))
		events = min(total, float64(total*total)/variance*float64(z/t*(z/t)))
	}
	each := total / events / exposure
	iv.Low = float64(mathext.GammaIncRegInv(events, tail(iv.Level)) * each)
	iv.High = float64(mathext.GammaIncRegCompInv(events+1, tail(iv.Level)) * each)
	return iv
}

// NoneIn says what it means that none of n runs had an event: how many runs may have one. Nothing about how many
// events such a run would have follows from runs without any.
func NoneIn(n int, level float64) string {
	return fmt.Sprintf("none in %d runs: at most %.2g %% of runs have any", n, 100*ClopperPearson(0, uint64(n), level).High)
}
