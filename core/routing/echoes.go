package routing

import (
	"slices"

	"hypersim/core"
)

// echo is one answered probe of a datacenter.
type echo struct {
	at       core.Instant
	ms       float64
	expected float64 // ms, by the coordinate at that time; 0: none that is trusted
}

// echoes are the probes that were answered within the window, and the last few in any case, oldest first.
type echoes struct{ all []echo }

// add takes in an answer, and drops what is older than the window beyond the keep last ones.
func (e *echoes) add(now core.Instant, x echo, window core.Duration, keep int) {
	old := 0
	for old < len(e.all)-keep+1 && now.Sub(e.all[old].at) > window {
		old++
	}
	if old > 0 {
		e.all = e.all[:copy(e.all, e.all[old:])]
	}
	x.at = now
	e.all = append(e.all, x)
}

// mean returns the mean of the answers within the window, and how many they are.
func (e *echoes) mean(now core.Instant, window core.Duration) (ms float64, n int) {
	for i := range e.all {
		if x := &e.all[i]; now.Sub(x.at) <= window {
			ms += x.ms
			n++
		}
	}
	return ms / float64(max(n, 1)), n
}

// expected returns what the oldest answer within the window was expected to take, 0 if no answer in it was expected to take anything.
func (e *echoes) expected(now core.Instant, window core.Duration) float64 {
	for i := range e.all {
		if x := &e.all[i]; now.Sub(x.at) <= window && x.expected > 0 {
			return x.expected
		}
	}
	return 0
}

// lastSamples bounds measured_samples.
const lastSamples = 64

// bound returns the upper bound of the last n answers, if the last one is not older than fresh: their median, and
// sigmas times their largest deviation from it, of at least floor (spec 02 no. 7).
func (e *echoes) bound(now core.Instant, k *Keys, sigmas, floor float64) (ms float64, ok bool) {
	if len(e.all) == 0 || now.Sub(e.all[len(e.all)-1].at) >= k.Fresh {
		return 0, false
	}
	var sorted [lastSamples]float64
	n := min(len(e.all), k.Samples)
	for i, x := range e.all[len(e.all)-n:] {
		sorted[i] = x.ms
	}
	last := sorted[:n]
	slices.Sort(last)
	median := last[n/2]
	if n%2 == 0 {
		median = (last[n/2-1] + median) / 2
	}
	worst := max(floor, median-last[0], last[n-1]-median)
	return median + float64(sigmas*worst), true
}

func (e *echoes) memoryBytes() int { return 24 * cap(e.all) }
