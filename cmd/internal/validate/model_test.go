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

// Where ways take no time, the mean gap is that of the waits: what is left of a lease, the first of those who wait to
// stand, a pre-vote and a round.
func TestElectionModel(t *testing.T) {
	for _, c := range []struct {
		voters, away int
		onArrival    bool
		want         float64
	}{{5, 0, false, 4 + 2.0/5 + 2 + 6}, {3, 0, false, 4 + 2.0/3 + 2 + 6}, {5, 1, false, 4 + 2.0/4 + 2 + 6}, {5, 0, true, 4 + 2.0/5}} {
		m := electionModel{voters: c.voters, away: c.away, onArrival: c.onArrival, way: func(int, int) float64 { return 0 }}
		if have := mean(m.gaps(40_000, 1)); math.Abs(have-c.want) > 0.02 {
			t.Errorf("%+v: mean gap %g s, want %g", c, have, c.want)
		}
	}
	far := electionModel{voters: 3, onArrival: true, way: func(a, b int) float64 { return float64((a + 1) * (b + 1)) }}
	if have := far.majority(0, 2, nil); have != 4 {
		t.Errorf("the way to the other and back takes %g s, want 4", have)
	}
}
