package world

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/xmath"
	"hypersim/sim/trace"
)

// slottedRandom is the expected number of rounds until one of m observers, each probing one of m targets
// at random per round, hits a given one (SWIM §3.1).
func slottedRandom(m int) float64 { return 1 / (1 - xmath.Pow(1-1/float64(m), float64(m))) }

// slottedRobin is the same where each observer walks a shuffled list: Σ (1 − k/m)^m.
func slottedRobin(m int) (sum float64) {
	for k := range m {
		sum += xmath.Pow(1-float64(k)/float64(m), float64(m))
	}
	return sum
}

// Spec 10 §15.1 rows 1 and 2: closed forms, against the digits of the chapter and a Monte Carlo of the
// process that they describe.
func TestValidateSlottedFirstProbe(t *testing.T) {
	tb := newTable(t)
	runs := pick(200_000, 20_000)
	tb.equal("random target, n → ∞, e/(e−1)", "B", 1.5820, slottedRandom(1_000_000), 5e-5)
	for _, c := range []struct {
		n   int
		ref float64
	}{{30, 1.5488}, {100, 1.5720}, {1000, 1.5810}} {
		m := c.n - 1
		tb.equal(fmt.Sprintf("round robin, n %d, Σ(1−k/m)^m", c.n), "B", c.ref, slottedRobin(m), 5e-5)
		draw := rng.New(1, "validate.slotted", uint64(c.n))
		var random, robin []float64
		for range max(2000, runs/m) {
			random = append(random, firstRandom(m, &draw))
			robin = append(robin, firstRobin(m, &draw))
		}
		tb.near(fmt.Sprintf("random target, n %d, formula", c.n), "B", slottedRandom(m), 0.01, random)
		tb.near(fmt.Sprintf("round robin, n %d, formula", c.n), "B", c.ref, 0.01, robin)
	}
}

func firstRandom(m int, draw *rng.Stream) float64 {
	for round := 1.0; ; round++ {
		for range m {
			if draw.Intn(m) == 0 {
				return round
			}
		}
	}
}

// firstRobin draws where in each observer's list the victim stands.
func firstRobin(m int, draw *rng.Stream) float64 {
	first := m
	for range m {
		first = min(first, 1+draw.Intn(m))
	}
	return float64(first)
}

// probeTimes returns, per subject, when anybody began to probe it.
func probeTimes(tb testing.TB, n int, seed uint64, seconds int) [][]core.Instant {
	times := make([][]core.Instant, n)
	w := flatLAN(tb, n, seed, seconds, func(r *trace.Record) {
		if r.Kind == trace.KindFact && r.Fact.Kind == core.FactProbeStarted {
			times[r.Fact.Subject] = append(times[r.Fact.Subject], r.At)
		}
	})
	w.Run(w.End())
	return times
}

// missed is the probability that an observer that has visited j of the m members of its walk does not visit
// a given one in its next k ticks: the rest of this walk and, past its end, the begin of the next must
// miss it.
func missed(m, j, k int) float64 {
	j %= m
	switch rest := m - j; {
	case k <= rest:
		return 1 - float64(k)/float64(m)
	case k-rest < m:
		return float64(j) / float64(m) * (1 - float64(k-rest)/float64(m))
	}
	return 0
}

// firstProbe returns mean and p99 of the wait for the first probe by any of m observers, exactly. Two things
// make it a little longer than (1 − t/m)^m among few members: a walk may end before the member comes
// again, and members that started together are always at the same place of their walks (but for those
// whose tick of this period is still to come), so that their ends of walk fall together.
func firstProbe(m int) (mean, p99 float64) {
	const step, parts = 1.0 / 64, 16
	for t := step / 2; t < float64(2*m); t += step {
		k, f := int(t), t-math.Floor(t)
		all := 0.0
		for j := range m {
			for part := range parts { // a: share of observers whose tick of this period is to come
				a := (float64(part) + 0.5) / parts
				one := min(a, f)*missed(m, j, k+1) + max(0, a-f)*missed(m, j, k) +
					max(0, f-a)*missed(m, j+1, k+1) + (1-max(a, f))*missed(m, j+1, k)
				all += xmath.Pow(one, float64(m)) / float64(m*parts)
			}
		}
		if mean += step * all; all > 0.01 {
			p99 = t
		}
		if all < 1e-7 {
			break
		}
	}
	return mean, p99
}

// Spec 10 §15.1 row 3: in continuous time and independent phases, an instant is m/(m+1) periods before the
// next probe of a given member on average, with a p99 of about 4.4: nothing near the 1.58 of slotted rounds.
func TestValidateFirstProbe(t *testing.T) {
	tb := newTable(t)
	for _, c := range []struct {
		n, seconds int
		ref        float64
	}{{5, 3000, 0.83}, {10, 1500, 0.90}, {30, 500, 0.98}, {100, 200, 0.99}} {
		m := float64(c.n - 1)
		exact, most := firstProbe(c.n - 1)
		var mean, p99, beyond []float64
		for seed := range uint64(pick(20, 4)) {
			draw := rng.New(seed+1, "validate.instants", uint64(c.n))
			times := probeTimes(t, c.n, seed+1, c.seconds)
			var wait []float64
			for range 20_000 {
				who := times[draw.Intn(c.n)]
				from := at(20 + draw.Float64()*float64(c.seconds-60))
				i, _ := slices.BinarySearch(who, from)
				wait = append(wait, who[i].Sub(from).Seconds())
			}
			sum, long := 0.0, 0.0
			for _, x := range wait {
				sum += x / float64(len(wait))
				if x > most {
					long += 1 / float64(len(wait))
				}
			}
			mean, beyond = append(mean, sum), append(beyond, long)
			p99 = append(p99, percentile(wait, 0.99))
		}
		tb.near(fmt.Sprintf("first probe, n %d, periods (m/(m+1) = %.3f)", c.n, m/(m+1)), "B", c.ref, 0.02, mean)
		tb.near(fmt.Sprintf("the same, exact for walks begun together, n %d", c.n), "derived", exact, 0.01, mean)
		tb.near(fmt.Sprintf("share beyond its exact p99 of %.3f, n %d", most, c.n), "derived", 0.01, 0.05, beyond)
		if c.n >= 30 {
			tb.near(fmt.Sprintf("its p99 by the chapter, n %d", c.n), "B", 4.4, 0.05, p99)
		}
		if lo, half := interval95(mean); lo+half > 1.2 {
			t.Errorf("n=%d: mean %.3f looks like slotted rounds (1.58)", c.n, lo)
		}
	}
}

// Spec 10 §15.1: two probes of one target by one observer are at most 2L − 1 ticks apart, and nearly so
// now and then (last of one walk after first of the one before: once in L² walks).
func TestValidateWorstInterval(t *testing.T) {
	tb := newTable(t)
	for _, c := range []struct{ n, seconds int }{{5, 2000}, {10, pick(3000, 1000)}, {30, pick(2000, 400)}} {
		bound := 2*(c.n-1) - 1
		last := make([]int64, c.n*c.n)
		var most []float64
		for seed := range uint64(pick(5, 2)) {
			clear(last)
			longest := int64(0)
			w := flatLAN(t, c.n, seed+1, c.seconds, func(r *trace.Record) {
				f := &r.Fact
				if r.Kind != trace.KindFact || f.Kind != core.FactProbeStarted {
					return
				}
				if int(f.N) != c.n-1 {
					t.Fatalf("list of %d", f.N)
				}
				p := &last[int(r.Node)*c.n+int(f.Subject)]
				if *p != 0 {
					longest = max(longest, f.B-*p)
				}
				*p = f.B
			})
			w.Run(w.End())
			most = append(most, float64(longest))
		}
		tb.atMost(fmt.Sprintf("longest interval, n %d, ticks, 2L−1", c.n), "B", float64(bound), most)
		tb.add(fmt.Sprintf("the same, nearly reached: ≥ %.1f", 0.9*float64(bound)), "B", num(slices.Max(most)), "", slices.Max(most) >= 0.9*float64(bound), "")
	}
}

// crashAfter is one crash at the given second, with settings.
func crashAfter(tb testing.TB, n int, seed uint64, second float64, sets ...string) (suspect, dead float64) {
	d := new(detector)
	w := flatLAN(tb, n, seed, int(second)+60, d.Record, sets...)
	// Just after the others have started, at an instant that has nothing to do with anybody's phase.
	draw := rng.New(seed, "validate.crash", uint64(n))
	w.Run(at(second + draw.Float64()))
	d.victim = core.NodeID(draw.Intn(n))
	w.crash(w.Now(), d.victim, false)
	for d.dead == 0 && w.Now() < w.End() {
		w.Run(w.Now() + at(1))
	}
	if d.dead == 0 {
		tb.Fatalf("n=%d seed=%d: nobody holds the victim DEAD", n, seed)
	}
	return d.suspect.Sub(d.crashed).Seconds(), d.dead.Sub(d.crashed).Seconds()
}

// Spec 10 §15.1 rows 4 and 5, tolerance of entry A1 (8 %). With coordinates off the waits are T_d = T_i =
// 0.5 s, as the formula has them; what cold coordinates add is in rows apart.
func TestValidateDetection(t *testing.T) {
	tb := newTable(t)
	type row struct {
		n, runs       int
		suspect, dead float64 // of the chapter; 0: not given
	}
	rows := pick([]row{{5, 400, 1.80, 6.8}, {10, 400, 1.90, 6.9}, {30, 400, 0, 7.9}, {100, 200, 1.99, 10.0}, {1000, 60, 0, 14.0}},
		[]row{{10, 100, 1.90, 6.9}, {100, 30, 1.99, 10.0}})
	for _, c := range rows {
		m := float64(c.n - 1)
		suspect, dead := crashes(t, c.n, c.runs, 60, "protocol.vivaldi.enabled=false")
		ref := c.suspect
		if ref == 0 {
			ref = m/(m+1) + 1
		}
		tb.near(fmt.Sprintf("crash → SUSPECT, n %d, s", c.n), "B", ref, 0.08, suspect)
		tb.near(fmt.Sprintf("crash → DEAD, n %d, s", c.n), "B", c.dead, 0.08, dead)
	}
	// The effect of coordinates, on the same seeds and crashes. The wait for a peer that has been heard but not
	// measured yet comes from the coordinate bound, which is wide as long as coordinates are cold: up to ten
	// times 0.5 s. Of a peer never heard nothing is known, and its factor is 1: so most at n 10 in the first
	// seconds, some at n 100 for more than a minute, and nothing at n 1000.
	for _, c := range pick([]coldRow{{10, 5, 200}, {10, 60, 200}, {100, 2, 100}, {100, 5, 100}, {100, 10, 100}, {100, 20, 100}, {100, 60, 100},
		{1000, 5, 20}, {1000, 20, 20}, {1000, 60, 20}}, []coldRow{{100, 5, 10}, {100, 20, 10}}) {
		s0, d0 := crashes(t, c.n, c.runs, c.second, "protocol.vivaldi.enabled=false")
		s1, d1 := crashes(t, c.n, c.runs, c.second)
		what := fmt.Sprintf("n %d, crash at %g s: with coordinates − without", c.n, c.second)
		tb.note(what+", SUSPECT, s", "paired", minus(s1, s0), "cold coordinates")
		tb.note(what+", DEAD, s", "paired", minus(d1, d0), "")
	}
}

type coldRow struct {
	n      int
	second float64
	runs   int
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

func crashes(t *testing.T, n, runs int, second float64, sets ...string) (suspect, dead []float64) {
	for seed := range uint64(runs) {
		s, d := crashAfter(t, n, seed+1, second, sets...)
		suspect, dead = append(suspect, s), append(dead, d)
	}
	return suspect, dead
}
