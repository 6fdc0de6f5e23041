package stats

import (
	"math"
	"sort"
)

// power is the chance at which an effect counts as one that the runs can show.
const power = 0.8

// Spread is how far the difference of two means strays.
type Spread struct {
	SE      float64 // standard error of the difference
	SD      float64 // of one pair's difference; unpaired: of one run of each side
	Freedom float64 // degrees of freedom
}

// SpreadOfPairs is that of the mean of B − A. All are NaN below two pairs.
func SpreadOfPairs(pairs []Pair) Spread {
	sd, n := SD(Differences(pairs)), float64(len(pairs))
	return Spread{SE: sd / math.Sqrt(n), SD: sd, Freedom: n - 1}
}

// SpreadOfRuns is that of mean(b) − mean(a).
func SpreadOfRuns(a, b []float64) Spread {
	s := shapeOfDifference(sortedCopy(a), sortedCopy(b))
	return Spread{SE: s.se, SD: math.Sqrt(Variance(a) + Variance(b)), Freedom: s.freedom}
}

// Smallest returns the difference that so many runs show with 80 % probability, if it must reach the critical deviate
// of Findings. NaN without a spread to judge by.
func (s Spread) Smallest(critical float64) float64 {
	if !(s.SE > 0) || !(s.Freedom > 0) {
		return math.NaN()
	}
	return float64(s.SE * (toT(critical, s.Freedom) + studentQuantile(s.Freedom, power)))
}

// Wide returns s as far spread as an interval of ± half says, where that is wider than Student's: lopsided values have
// a wider one, and what more runs would bring must not fall short of what these have.
func (s Spread) Wide(half float64) Spread {
	if !(s.SE > 0) || !(s.Freedom > 0) {
		return s
	}
	if wider := half / float64(studentQuantile(s.Freedom, 1-tail(DefaultLevel))*s.SE); wider > 1 && !math.IsInf(wider, 0) {
		s.SE, s.SD = float64(s.SE*wider), float64(s.SD*wider)
	}
	return s
}

// Runs returns how many pairs, or runs a side, give an interval of ± half; 0 where the question has no answer.
func (s Spread) Runs(half float64) int {
	if !(half > 0) || !(s.SD >= 0) || math.IsInf(s.SD, 0) {
		return 0
	}
	return MinRuns + sort.Search(maxRuns, func(i int) bool {
		n := float64(MinRuns + i)
		return float64(studentQuantile(n-1, 1-tail(DefaultLevel))*s.SD) <= float64(half*math.Sqrt(n))
	})
}

// maxRuns is where Runs stops looking.
const maxRuns = 10_000_000

// LeastPairs returns the fewest pairs of runs at which a difference that all pairs show is more than the best of so
// many rows of chance: all signs agree in one row with probability 2^(1−n).
func LeastPairs(rows int, alpha float64) int {
	for n := 2; ; n++ {
		if float64(rows)*math.Pow(2, float64(1-n)) <= alpha {
			return n
		}
	}
}

// LeastRuns returns the fewest runs a side of which the same holds: all of one side lie above all of the other with
// probability 2/C(2n, n).
func LeastRuns(rows int, alpha float64) int {
	for n := 2; ; n++ {
		if 2*float64(rows)/choose(2*n, n) <= alpha {
			return n
		}
	}
}

// choose returns n over k; large ones are rounded.
func choose(n, k int) float64 {
	c := 1.0
	for i := 1; i <= k; i++ {
		c = math.Round(float64(c*float64(n-k+i)) / float64(i))
	}
	return c
}
