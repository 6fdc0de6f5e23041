package network

import (
	"math"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

func drifting(d ...Drift) *Network {
	c := uniformSites(2, 2, 250e3, 50e6)
	c.Inter.Drifts = d
	return must(New(c, 1))
}

func TestDriftShapes(t *testing.T) {
	step := Drift{Kind: DriftStep, Amount: 0.02, Start: 10 * second}
	ramp := Drift{Kind: DriftRamp, Amount: -0.5, Relative: true, Start: 10 * second, Length: 10e9}
	sine := Drift{Kind: DriftSine, Amount: 0.01, Start: 10 * second, Length: 36e9}
	for _, c := range []struct {
		name   string
		drifts []Drift
		at     core.Instant
		want   core.Duration
	}{
		{"step: before", []Drift{step}, 10*second - 1, 50 * ms},
		{"step: after", []Drift{step}, 10 * second, 70 * ms},
		{"ramp: before", []Drift{ramp}, 9 * second, 50 * ms},
		{"ramp: halfway", []Drift{ramp}, 15 * second, 37500e3},
		{"ramp: done", []Drift{ramp}, 30 * second, 25 * ms},
		{"both", []Drift{step, ramp}, 15 * second, 57500e3},
		{"sine: start", []Drift{sine}, 10 * second, 50 * ms},
		{"sine: crest", []Drift{sine}, 19 * second, 60 * ms},
		{"sine: same step", []Drift{sine}, 19*second + 99e6, 60 * ms},
		{"sine: trough, next period", []Drift{sine}, 73 * second, 40 * ms},
		{"sine: 30 degrees", []Drift{sine}, 13 * second, 55 * ms},
		{"never below 0", []Drift{{Kind: DriftStep, Amount: -1}}, 0, 1},
	} {
		n := drifting(c.drifts...)
		for range 2 { // computed, then cached
			if have := n.OneWay(0, 1, c.at); have != c.want {
				t.Errorf("%s: %v, want %v", c.name, have, c.want)
			}
		}
		f := send(n, c.at, 0, 1, 10)
		if f.At != c.at.Add(c.want) || f.Min != c.want {
			t.Errorf("%s: datagram %+v, want a delay of %v", c.name, f, c.want)
		}
	}
}

// TestDriftCache: what was looked at before does not matter.
func TestDriftCache(t *testing.T) {
	drifts := []Drift{
		{Kind: DriftStep, Amount: 0.001, Start: 3 * second},
		{Kind: DriftRamp, Amount: 0.01, Start: 2 * second, Length: 5e9},
		{Kind: DriftSine, Amount: 0.01, Length: 7e9 + 1, Phase: 0.3},
		{Kind: DriftWalk, Amount: 0.001, Length: 3e8, Start: second, Limit: 0.004},
	}
	s := rng.New(1, "test.drift")
	used := drifting(drifts...)
	for range 500 {
		now := core.Instant(s.Float64() * 20e9)
		if have, want := used.OneWay(0, 1, now), drifting(drifts...).OneWay(0, 1, now); have != want {
			t.Fatalf("at %v: %v, afresh %v", now, have, want)
		}
		if there, back := used.OneWay(0, 1, now), used.OneWay(1, 0, now); there != back {
			t.Fatalf("at %v: %v there, %v back; both should walk together", now, there, back)
		}
	}
}

func TestWalkSpreads(t *testing.T) {
	// After k steps of standard deviation σ a walk has variance kσ²: over 1,000 paths, to 4 sd of a χ².
	const nodes, k, sigma = 46, 25, 0.0001
	c := uniformSites(nodes, nodes, 250e3, 50e6)
	c.Inter.Drifts = []Drift{{Kind: DriftWalk, Amount: sigma, Length: 1e9}}
	n := must(New(c, 1))
	sum, count := 0.0, 0.0
	for a := range core.NodeID(nodes) {
		for b := range a {
			x := float64(n.OneWay(a, b, k*second)-50*ms) / 1e9
			sum += x * x
			count++
		}
	}
	have, want := sum/count, k*sigma*sigma
	if math.Abs(have/want-1) > 4*math.Sqrt(2/count) {
		t.Errorf("variance %v after %d steps, want %v", have, k, want)
	}
}

func TestSetBase(t *testing.T) {
	n := drifting(Drift{Kind: DriftStep, Amount: 1, Relative: true})
	if have := n.TrueRTT(0, 1, 0); have != 200*ms {
		t.Errorf("have %v, want 2·50 ms doubled", have)
	}
	if err := n.SetBase([]core.Duration{1, 30e6, 10e6, 1}); err != nil {
		t.Fatal(err)
	}
	if have := n.TrueRTT(0, 1, 0); have != 80*ms {
		t.Errorf("have %v, want 30 + 10 ms doubled", have)
	}
	if n.Base(0, 1) != 30*ms || n.Base(1, 0) != 10*ms {
		t.Errorf("bases %v and %v", n.Base(0, 1), n.Base(1, 0))
	}
	if n.SetBase(nil) == nil {
		t.Error("an empty matrix was taken")
	}
}
