package stats

import (
	"math"
)

// exactRanks is the largest sample for which the distribution of U is enumerated; R's wilcox.test draws
// the line at the same place.
const exactRanks = 49

// MannWhitney tests whether values of b tend to be greater or smaller than those of a, independent
// samples (Mann and Whitney 1947). Statistic is U of b: the pairs with b > a, ties counting half. Exact
// without ties and below 50 runs a side; otherwise the normal approximation with correction for ties and
// continuity (Lehmann 1975, Nonparametrics, chapter 1). Infinite values are ranks like any other; NaN gives no test.
func MannWhitney(a, b []float64, alt Alternative) Test {
	x, y := sortedCopy(a), sortedCopy(b)
	if len(x) == 0 || len(y) == 0 {
		return Test{math.NaN(), math.NaN(), "", "a side has no values"}
	}
	if math.IsNaN(x[0]) || math.IsNaN(y[0]) {
		return Test{math.NaN(), math.NaN(), "", "a value is NaN"}
	}
	less, equal := compare(x, y)
	u := float64(less) + float64(equal)/2
	if m, n := len(x), len(y); equal == 0 && !repeats(x) && !repeats(y) && m <= exactRanks && n <= exactRanks {
		return Test{u, exactU(uDistribution(m, n), int(less), alt), "exact", ""}
	}
	return Test{u, approximateU(x, y, u, alt), "normal approximation", ""}
}

// compare counts, over all pairs of two ascending samples, how often x < y and how often x = y.
func compare(x, y []float64) (less, equal int64) {
	i, j := 0, 0 // values of x below, and at or below, the current y
	for _, v := range y {
		for i < len(x) && x[i] < v {
			i++
		}
		for j < len(x) && x[j] <= v {
			j++
		}
		less += int64(i)
		equal += int64(j - i)
	}
	return less, equal
}

func repeats(sorted []float64) bool {
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return true
		}
	}
	return false
}

// uDistribution returns P(U = u) for 0 ≤ u ≤ m·n under the null hypothesis without ties, by the recursion
// of Mann and Whitney (1947): the greatest value belongs to either sample. All terms are positive, so the
// result is good to the last digits.
func uDistribution(m, n int) []float64 {
	rows := make([][]float64, m+1) // rows[i] is the distribution for i and the current j
	for i := range rows {
		rows[i] = make([]float64, 1, i*n+1)
		rows[i][0] = 1
	}
	for j := 1; j <= n; j++ {
		for i := 1; i <= m; i++ {
			fromX, fromY := float64(i)/float64(i+j), float64(j)/float64(i+j)
			less, row := rows[i-1], rows[i][:i*j+1]
			for u := i * j; u >= 0; u-- { // downwards, so that row[u−i] is still that of j−1
				p := 0.0
				if u < len(less) { // the greatest is an x: no pair with y > x comes with it
					p = float64(fromX * less[u])
				}
				if u >= i { // the greatest is a y: it exceeds all i of x
					p += float64(fromY * row[u-i])
				}
				row[u] = p
			}
			rows[i] = row
		}
	}
	return rows[m]
}

func exactU(dist []float64, u int, alt Alternative) float64 {
	below, above := Sum(dist[:u+1]), Sum(dist[u:])
	switch alt {
	case Greater:
		return min(1, above)
	case Less:
		return min(1, below)
	default: // TwoSided
		return min(1, 2*min(below, above))
	}
}

func approximateU(x, y []float64, u float64, alt Alternative) float64 {
	sd := sdU(x, y)
	if sd == 0 {
		return 1 // all values are equal
	}
	d := u - float64(len(x)*len(y))/2
	switch alt {
	case Greater:
		return normalCDF(-(d - 0.5) / sd)
	case Less:
		return normalCDF((d + 0.5) / sd)
	default: // TwoSided
		return min(1, 2*normalCDF(-max(0, math.Abs(d)-0.5)/sd))
	}
}

// sdU returns the standard deviation of U given the ties of the pooled sample.
func sdU(x, y []float64) float64 {
	pooled := sortedCopy(append(append([]float64(nil), x...), y...))
	ties := 0.0
	for i := 0; i < len(pooled); {
		j := i
		for j < len(pooled) && pooled[j] == pooled[i] {
			j++
		}
		t := float64(j - i)
		ties += t * float64(float64(t*t)-1)
		i = j
	}
	m, n := float64(len(x)), float64(len(y))
	total := m + n
	return math.Sqrt(float64(m*n) / 12 * (total + 1 - ties/float64(total*(total-1))))
}
