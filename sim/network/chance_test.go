package network

import (
	"math"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// within fails unless count of trials agrees with probability p to 4 standard deviations, which
// inflate multiplies where trials are correlated.
func within(t *testing.T, what string, count, trials int, p, inflate float64) {
	t.Helper()
	have := float64(count) / float64(trials)
	if tol := 4 * inflate * math.Sqrt(p*(1-p)/float64(trials)); math.Abs(have-p) > tol {
		t.Errorf("%s: %.5f of %d, want %.5f ± %.5f", what, have, trials, p, tol)
	}
}

func TestRelativeJitterIsHalfNormal(t *testing.T) {
	const count, sd = 20_000, 0.05
	n := must(New(oneLink(Link{Jitter: must(rng.HalfNormal(sd)), JitterRelative: true}, Egress{}), 1))
	x := make([]float64, count)
	for i := range x {
		f := send(n, 0, 0, 1, 100)
		if f.Min != 50e6 || f.At < 50e6 {
			t.Fatalf("fate %+v breaks the least delay of 50 ms", f)
		}
		x[i] = float64(f.At)/50e6 - 1
	}
	slices.Sort(x)
	worst := 0.0
	for i, v := range x {
		cdf := math.Erf(v / sd / math.Sqrt2)
		worst = max(worst, math.Abs(cdf-float64(i)/count), math.Abs(cdf-float64(i+1)/count))
	}
	if limit := 1.95 / math.Sqrt(count); worst > limit { // Kolmogorov–Smirnov at 0.1 %
		t.Errorf("KS distance %.5f from the half-normal, limit %.5f", worst, limit)
	}
}

func TestLeastDelayHolds(t *testing.T) {
	for _, c := range []struct {
		name   string
		jitter rng.Dist
		rel    bool
	}{
		{"none", rng.Dist{}, false},
		{"uniform", must(rng.Uniform(0.001, 0.002)), false},
		{"negative too", must(rng.Normal(rng.MeanSD{Mean: 0, SD: 0.05})), false},
		{"relative, negative too", must(rng.Normal(rng.MeanSD{Mean: 0, SD: 2})), true},
		{"heavy tail", must(rng.Pareto(rng.ShapeScale{Scale: 0.001, Shape: 0.05})), false},
		{"relative uniform", must(rng.Uniform(0.1, 0.2)), true},
	} {
		n := must(New(oneLink(Link{Jitter: c.jitter, JitterRelative: c.rel}, Egress{BitsPerSec: 1e6}), 1))
		for i := range core.Instant(2000) {
			now := i * 10e6
			f := send(n, now, 0, 1, 125)
			if f.At < now.Add(f.Min) || f.Min < 1e6+1 || f.At < now+1e6+1 {
				t.Fatalf("%s: sent at %v with least delay %v, arrives at %v", c.name, now, f.Min, f.At)
			}
		}
	}
}

func TestBernoulliLoss(t *testing.T) {
	const count, p = 200_000, 0.03
	n := must(New(oneLink(Link{Loss: Loss{Model: LossBernoulli, P: p}}, Egress{}), 1))
	lost := 0
	for range count {
		if f := send(n, 0, 0, 1, 100); f.Reason == trace.ReasonLoss {
			lost++
		}
	}
	within(t, "loss", lost, count, p, 1)
}

// TestGilbertElliott checks the stationary share of the bad state, p_gb/(p_gb+p_bg), and the mean length
// of a burst, 1/p_bg, on a chain that loses exactly in the bad state; then the mixed loss rate.
func TestGilbertElliott(t *testing.T) {
	const count, pgb, pbg = 1_000_000, 0.01, 0.25
	bad := pgb / (pgb + pbg)
	r := 1 - pgb - pbg // correlation of successive states
	inflate := math.Sqrt((1 + r) / (1 - r))
	n := must(New(oneLink(Link{Loss: Loss{Model: LossGilbertElliott, PGB: pgb, PBG: pbg, LossBad: 1}}, Egress{}), 1))
	lost, bursts, before := 0, 0, false
	for range count {
		f := send(n, 0, 0, 1, 100)
		now := f.Reason == trace.ReasonLoss
		if now {
			lost++
		}
		if now && !before {
			bursts++
		}
		before = now
	}
	within(t, "stationary loss", lost, count, bad, inflate)
	mean, want := float64(lost)/float64(bursts), 1/pbg
	if tol := 4 * math.Sqrt((1-pbg)/(pbg*pbg)/float64(bursts)); math.Abs(mean-want) > tol {
		t.Errorf("mean burst %.3f, want %.3f ± %.3f", mean, want, tol)
	}

	n = must(New(oneLink(Link{Loss: Loss{Model: LossGilbertElliott, PGB: pgb, PBG: pbg, LossGood: 0.001, LossBad: 0.4}}, Egress{}), 1))
	lost = 0
	for range count {
		if f := send(n, 0, 0, 1, 100); f.Reason == trace.ReasonLoss {
			lost++
		}
	}
	within(t, "mixed loss", lost, count, 0.001*(1-bad)+0.4*bad, inflate)
}

// TestBurstsBelongToAPath: one path being bad says nothing about another of the same sender.
func TestBurstsBelongToAPath(t *testing.T) {
	c := uniformSites(3, 3, 250e3, 50e6)
	c.Inter.Loss = Loss{Model: LossGilbertElliott, PGB: 0.5, PBG: 0.5, LossBad: 1}
	n := must(New(c, 1))
	const count = 100_000
	both := 0
	for range count {
		a, b := send(n, 0, 0, 1, 1), send(n, 0, 0, 2, 1)
		if a.Reason == trace.ReasonLoss && b.Reason == trace.ReasonLoss {
			both++
		}
	}
	within(t, "both lost", both, count, 0.25, 1.5)
}

func TestDuplicateReorderCorrupt(t *testing.T) {
	const count = 200_000
	link := Link{
		Duplicate: 0.02, Corrupt: 0.01, Reorder: Reorder{P: 0.05, Extra: must(rng.Constant(0.007))},
		Jitter: must(rng.Uniform(0, 0.001)),
	}
	n := must(New(oneLink(link, Egress{}), 1))
	var copies, corrupt, late, all3 int
	for range count {
		f := send(n, 0, 0, 1, 100)
		isLate := f.At >= 57e6
		if f.Corrupt {
			corrupt++
		}
		if isLate {
			late++
		}
		if f.At2 != 0 {
			copies++
			if f.At2 < 50e6 || f.At2 >= 51e6 {
				t.Fatalf("copy at %v, want 50 to 51 ms", f.At2)
			}
		}
		if f.Corrupt && isLate {
			all3++
		}
		if !isLate && f.At >= 51e6 {
			t.Fatalf("arrives at %v: neither jitter nor reordering", f.At)
		}
	}
	within(t, "duplicated", copies, count, 0.02, 1)
	within(t, "reordered", late, count, 0.05, 1)
	within(t, "corrupted", corrupt, count, 0.01, 1)
	within(t, "corrupted and reordered", all3, count, 0.0005, 1)
}
