package validate

import (
	"slices"

	"hypersim/core"
)

// erlangC is the probability that who arrives has to wait: Poisson arrivals, exponential work, c servers that are offered
// load erlangs (A. K. Erlang 1917). It is made of Erlang B by its recursion, in which nothing grows.
func erlangC(c int, load float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = load * b / (float64(k) + float64(load*b))
	}
	rho := load / float64(c)
	return b / (1 - float64(rho*(1-b)))
}

// waitMMc is the mean wait in a queue M/M/c: rate arrivals a second, work of mean s.
func waitMMc(c int, rate, work float64) float64 {
	return erlangC(c, rate*work) * work / (float64(c) - float64(rate*work))
}

// waitMG1 is the mean wait in a queue M/G/1, by Pollaczek and Khinchine: scv is the variance of the work over the square
// of its mean, 0 of constant work and 1 of exponential.
func waitMG1(rate, work, scv float64) float64 {
	rho := rate * work
	return float64(rho*work) * (1 + scv) / (2 * (1 - rho))
}

// served are the waits in a queue of c servers that serves in the order of arrival (Kiefer and Wolfowitz 1955): who comes
// takes the server that is free first.
func served(c int, arrivals []core.Instant, work []core.Duration) []core.Duration {
	free := make([]core.Instant, c) // sorted
	out := make([]core.Duration, len(arrivals))
	for i, at := range arrivals {
		start := max(at, free[0])
		out[i] = start.Sub(at)
		end := start.Add(work[i])
		k, _ := slices.BinarySearch(free[1:], end)
		copy(free[:k], free[1:k+1])
		free[k] = end
	}
	return out
}
