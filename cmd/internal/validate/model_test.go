package validate

import (
	"math"
	"testing"
)

// The mean of the smallest of m times, each uniform in [0, m], is m/(m + 1): that is what independent phases
// and places amount to.
func TestFirstProbe(t *testing.T) {
	for _, m := range []int{1, 4, 29} {
		have, want := mean(firstProbes(m, 40_000)), float64(m)/float64(m+1)
		if math.Abs(have-want) > 0.03*want {
			t.Errorf("%d members: %g periods, want %g", m, have, want)
		}
	}
}

func TestIntervalShare(t *testing.T) {
	for _, l := range []int{1, 2, 19} {
		sum, first := 0.0, 0.0
		for d := range 2*l + 3 {
			sum += intervalShare(l, d)
			first += float64(d) * intervalShare(l, d)
		}
		if math.Abs(sum-1) > 1e-12 || math.Abs(first-float64(l)) > 1e-9 || intervalShare(l, 2*l) != 0 || intervalShare(l, 0) != 0 {
			t.Errorf("lists of %d: sum %g, mean %g", l, sum, first)
		}
	}
}

func TestSerfRoundsInvertsShare(t *testing.T) {
	for _, n := range []int{30, 10_000} {
		if have := serfShare(n, 0, serfRounds(n, 0.9999)); math.Abs(have-0.9999) > 1e-9 {
			t.Errorf("n %d: %g", n, have)
		}
	}
}

// In lock step without a limit and without loss the informed ones at most triple.
func TestLockstepAtMostTriples(t *testing.T) {
	m := spread{n: 81, probes: true, acks: true, lockstep: true}.mean(50)
	if m.all < 4 || m.lost != 0 {
		t.Errorf("81 = 3⁴ members all knew after %g periods", m.all)
	}
}
