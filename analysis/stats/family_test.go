package stats

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func runsOf(values ...float64) []Run {
	out := make([]Run, len(values))
	for i, v := range values {
		out[i] = Run{uint64(i + 1), v}
	}
	return out
}

// zeros are the baseline of pairs whose differences are given.
func zeros(n int) []Run { return runsOf(make([]float64, n)...) }

// Fisher (1935), chapter III: of 32768 sign arrangements of Darwin's differences, 863 have a sum of at least 314. One
// row alone is that test, and rows that say the same cost nothing.
func TestFamilyDarwin(t *testing.T) {
	var f Family
	for range 3 {
		f.Paired(zeros(15), runsOf(darwin...))
	}
	have := f.Test(Draws{})
	for i, r := range have.Rows {
		if r.P != 2*863.0/32768 || r.Adjusted != r.P {
			t.Errorf("row %d: %+v, want 1726/32768 twice", i, r)
		}
	}
	if have.Method != "exact" || have.Tested != 3 {
		t.Errorf("%+v", have)
	}
}

// R's t.test(extra ~ group, data = sleep): p = 0.07939 with spreads that may differ.
func TestFamilyWelch(t *testing.T) {
	var f Family
	f.Unpaired(runsOf(drugOne...), runsOf(drugTwo...))
	have := f.Test(Draws{})
	near(t, "p", have.Rows[0].P, 0.07939, 0.02)
}

// naive is the step-down procedure of Westfall and Young (1993, algorithm 4.1) word by word, over all signs.
func naive(rows [][]float64) []float64 {
	n := len(rows[0])
	t := func(d []float64, signs int) float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = d[i]
			if signs>>i&1 == 1 {
				v[i] = -d[i]
			}
		}
		if sd := SD(v); sd > 0 {
			return math.Abs(Mean(v)) / sd * math.Sqrt(float64(n))
		}
		return math.Inf(1)
	}
	left := make([]int, len(rows))
	for i := range left {
		left[i] = i
	}
	out, floor := make([]float64, len(rows)), 0.0
	for len(left) > 0 {
		best := slices.MaxFunc(left, func(i, j int) int {
			if t(rows[i], 0) < t(rows[j], 0) {
				return -1
			}
			return 1
		})
		count := 0
		for signs := range 1 << n {
			if slices.ContainsFunc(left, func(i int) bool { return t(rows[i], signs) >= t(rows[best], 0)*(1-1e-9) }) {
				count++
			}
		}
		floor = max(floor, float64(count)/float64(int(1)<<n))
		out[best] = floor
		left = slices.DeleteFunc(left, func(i int) bool { return i == best })
	}
	return out
}

func TestFamilyAgainstProcedure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(3, 7).Draw(t, "n"), rapid.IntRange(1, 5).Draw(t, "m")
		rows := make([][]float64, m)
		var f Family
		for i := range rows {
			for range n {
				rows[i] = append(rows[i], rapid.Float64Range(-1, 2).Filter(func(v float64) bool { return math.Abs(v) > 1e-3 }).Draw(t, "d"))
			}
			f.Paired(zeros(n), runsOf(rows[i]...))
		}
		have := f.Test(Draws{})
		for i, p := range naive(rows) {
			if math.Abs(have.Rows[i].Adjusted-p) > 1e-12 {
				t.Fatalf("row %d of %v: have %v, want %v", i, rows, have.Rows[i], p)
			}
		}
	})
}

// The order of rows and of runs is of no account, and more draws or another purpose are another stream.
func TestFamilyIsKeyed(t *testing.T) {
	g := testRand(8)
	a, b, c := make([]Run, 20), make([]Run, 20), make([]Run, 18)
	for i := range a {
		a[i], b[i] = Run{uint64(i), g.NormFloat64()}, Run{uint64(i), g.NormFloat64() + 0.4}
	}
	for i := range c {
		c[i] = Run{uint64(50 + i), g.NormFloat64()}
	}
	test := func(d Draws, a, b, c []Run) []Finding {
		var f Family
		f.Paired(a, b)
		f.Unpaired(a, c)
		return f.Test(d).Rows
	}
	first := test(Draws{Purpose: "x", Number: 999}, a, b, c)
	if again := test(Draws{Purpose: "x", Number: 999}, shuffled(g, a), shuffled(g, b), shuffled(g, c)); !slices.Equal(first, again) {
		t.Errorf("%v, in another order %v", first, again)
	}
	if other := test(Draws{Purpose: "y", Number: 999}, a, b, c); slices.Equal(first, other) {
		t.Error("another purpose gives the same draws")
	}
	var swapped Family
	swapped.Unpaired(a, c)
	swapped.Paired(a, b)
	if have := swapped.Test(Draws{Purpose: "x", Number: 999}).Rows; have[0] != first[1] || have[1] != first[0] {
		t.Errorf("%v, rows exchanged %v", first, have)
	}
}

func TestFamilyDegenerate(t *testing.T) {
	var f Family
	f.Paired(zeros(4), zeros(4))                                               // no difference anywhere
	f.Unpaired(runsOf(2, 2), runsOf(2, 2, 2))                                  // equal values
	f.Unpaired(runsOf(2), runsOf(1, 3, 2))                                     // one run has no spread
	f.Paired(nil, runsOf(1, 2))                                                // no pair
	f.Paired(runsOf(1, 2), runsOf(3, math.NaN()))                              // no value
	f.Paired(zeros(6), runsOf(.1, .1, .1, .1, .1, .1))                         // the same in all
	f.Unpaired(runsOf(0, 0, 0, 0, 0, 0, 0, 0), runsOf(1, 1, 1, 1, 1, 1, 1, 1)) // as sure as can be
	have := f.Test(Draws{})
	for i := range 5 {
		if r := have.Rows[i]; !math.IsNaN(r.P) || !math.IsNaN(r.Adjusted) {
			t.Errorf("row %d: %+v, want no test", i, r)
		}
	}
	for i := 5; i < 7; i++ {
		if r := have.Rows[i]; !(r.P < 0.05) || !(r.Adjusted < 0.05) {
			t.Errorf("row %d: %+v, want a difference", i, r)
		}
	}
	var none Family
	if have := none.Test(Draws{}); have.Tested != 0 || !math.IsNaN(have.Critical) {
		t.Errorf("no rows: %+v", have)
	}
}

// Where nothing differs, any of ten rows is called different in 5 % of families: paired, and unpaired with spreads and
// sizes that make an exchange of plain means cry wolf in a third of them. Lopsided values of 20 runs
// cost some of it.
func TestFamilyKeepsItsLevel(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	const rows, trials = 10, 300
	g := testRand(9)
	for _, c := range []struct {
		name  string
		limit float64
		make  func(f *Family)
	}{
		{"pairs", 0.05, func(f *Family) {
			weather := make([]float64, 20)
			for i := range weather {
				weather[i] = g.NormFloat64()
			}
			for range rows {
				d := make([]float64, 20)
				for i := range d {
					d[i] = weather[i] + g.NormFloat64()
				}
				f.Paired(zeros(20), runsOf(d...))
			}
		}},
		{"few against many, wide against narrow", 0.07, func(f *Family) {
			for range rows {
				a, b := make([]float64, 10), make([]float64, 40)
				for i := range a {
					a[i] = 4 * g.NormFloat64()
				}
				for i := range b {
					b[i] = g.NormFloat64()
				}
				f.Unpaired(runsOf(a...), runsOf(b...))
			}
		}},
		{"lopsided", 0.1, func(f *Family) {
			for range rows {
				a, b := make([]float64, 20), make([]float64, 20)
				for i := range a {
					a[i], b[i] = 3*(g.ExpFloat64()-1), g.ExpFloat64()-1
				}
				f.Unpaired(runsOf(a...), runsOf(b...))
			}
		}},
	} {
		alarms := 0
		for trial := range trials {
			var f Family
			c.make(&f)
			for _, r := range f.Test(Draws{Seed: uint64(trial), Number: 399}).Rows {
				if r.Adjusted <= 0.05 {
					alarms++
					break
				}
			}
		}
		share := float64(alarms) / trials
		t.Logf("%s: %.3f of families report a difference", c.name, share)
		if share > c.limit+3*math.Sqrt(0.05*0.95/trials) {
			t.Errorf("%s: %.3f of families report a difference, want %.2f", c.name, share, c.limit)
		}
	}
}

// Standard tables of the normal approximation: 80 % power at 5 % two-sided takes a difference of 2.80 standard
// errors; ± half a standard deviation takes 18 runs (Student's t, not 16).
// R's pt and qnorm: t = 2.228139 is 97.5 % of 10 degrees of freedom, and so is the deviate 1.959964.
func TestEvidence(t *testing.T) {
	near(t, "of 10 degrees", evidence(2.228139, 10), 1.959964, 0.002)
	near(t, "of 3 degrees", evidence(3.182446, 3), 1.959964, 0.015)
	near(t, "back", toT(evidence(4, 7), 7), 4, 1e-9)
}

func TestPower(t *testing.T) {
	near(t, "smallest effect", Spread{SE: 1, SD: 1, Freedom: 1e9}.Smallest(1.959964), 2.8016, 5e-4)
	if n := (Spread{SD: 1}).Runs(0.5); n != 18 {
		t.Errorf("%d runs, want 18", n)
	}
	// Student's 95 % of five values of spread 1 are ±1.2417 (quantile 2.7764): ±2.4834 is twice as far.
	five := Spread{SE: 1 / math.Sqrt(5), SD: 1, Freedom: 4}
	near(t, "spread of a wide interval", five.Wide(2.4834).SD, 2, 1e-3)
	if five.Wide(1) != five || (Spread{}).Wide(1) != (Spread{}) {
		t.Error("an interval no wider than Student's, or no spread, changes nothing")
	}
	if n := (Spread{}).Runs(0.5); n != MinRuns {
		t.Errorf("no spread: %d runs, want %d", n, MinRuns)
	}
	if n := (Spread{SD: 1}).Runs(0); n != 0 {
		t.Errorf("no width: %d runs, want no answer", n)
	}
	for rows, want := range map[int]int{1: 6, 2: 7, 50: 11} {
		if n := LeastPairs(rows, 0.05); n != want {
			t.Errorf("%d rows: %d pairs, want %d", rows, n, want)
		}
	}
	if n := LeastRuns(1, 0.05); n != 4 { // 2/C(8, 4) = 2/70
		t.Errorf("%d runs a side, want 4", n)
	}
}

func BenchmarkFamily(b *testing.B) {
	g := testRand(10)
	for _, c := range []struct {
		name string
		add  func(f *Family, x, y []Run)
	}{{"paired", (*Family).Paired}, {"unpaired", (*Family).Unpaired}} {
		var f Family
		for range 50 {
			x, y := make([]float64, 40), make([]float64, 40)
			for i := range x {
				x[i], y[i] = g.NormFloat64(), g.NormFloat64()
			}
			c.add(&f, runsOf(x...), runsOf(y...))
		}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				f.Test(Draws{})
			}
		})
	}
}
