package validate

import (
	"math"
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
)

// Erlang C against what tables have, and what must hold of it.
func TestErlangC(t *testing.T) {
	for _, x := range []struct {
		c          int
		load, want float64
	}{
		{1, 0.5, 0.5}, {1, 0.9, 0.9}, // one server: its load
		{2, 1, 1.0 / 3},        // two servers: 2ρ²/(1+ρ), ρ = 1/2
		{3, 2, 4.0 / 9},        // by hand: (8/6·3)/(1+2+2+4)
		{10, 8, 0.409180},      // published tables
		{100, 90, 0.2169},      // published tables
		{8, 0, 0}, {8, 8, 1.0}, // nobody, and too many
	} {
		if have := erlangC(x.c, x.load); math.Abs(have-x.want) > 1e-4 {
			t.Errorf("%d servers, %g erlangs: %g, want %g", x.c, x.load, have, x.want)
		}
	}
	// One server: Erlang C and Pollaczek–Khinchine agree on exponential work, and constant work waits half as long.
	for _, rate := range []float64{0.1, 0.5, 0.9} {
		if a, b := waitMMc(1, rate, 1), waitMG1(rate, 1, 1); math.Abs(a-b) > 1e-12 || math.Abs(2*waitMG1(rate, 1, 0)-b) > 1e-12 {
			t.Errorf("rate %g: %g by Erlang, %g by Pollaczek–Khinchine", rate, a, b)
		}
	}
	if have := waitMG1(0.9, 1, 0); math.Abs(have-4.5) > 1e-12 {
		t.Errorf("M/D/1 at 0.9: %g s, want 4.5 s", have)
	}
}

// The recursion by hand, and over many arrivals against the closed forms.
func TestServed(t *testing.T) {
	s := func(list ...float64) (out []core.Duration) {
		for _, x := range list {
			out = append(out, core.Seconds(x))
		}
		return out
	}
	arrivals := []core.Instant{0, at(1), at(2), at(2), at(9)}
	if have := served(2, arrivals, s(5, 3, 1, 1, 1)); !slices.Equal(have, s(0, 0, 2, 3, 0)) {
		t.Errorf("waits are %v", have)
	}
	draw := rng.New(1, "validate.served")
	const n = 400_000
	for _, x := range []struct {
		c     int
		fixed bool
		want  float64
	}{{1, true, waitMG1(0.7, 1, 0)}, {1, false, waitMG1(0.7, 1, 1)}, {8, false, waitMMc(8, 5.6, 1)}} {
		now, list, work := 0.0, make([]core.Instant, n), make([]core.Duration, n)
		for i := range n {
			now += draw.Exp() / (0.7 * float64(x.c))
			list[i], work[i] = at(now), time.Second
			if !x.fixed {
				work[i] = core.Seconds(draw.Exp())
			}
		}
		sum := 0.0
		for _, w := range served(x.c, list, work) {
			sum += w.Seconds()
		}
		if have := sum / n; math.Abs(have-x.want) > 0.04*x.want {
			t.Errorf("%d servers, constant %v: %g s, want %g s", x.c, x.fixed, have, x.want)
		}
	}
}
