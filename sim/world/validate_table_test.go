package world

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// The validate tests reproduce spec 10 §15.1 and §15.2 with the real protocol in this world, and print
// each figure beside ours. Sources are "A" (read in the source), "B" (derived, reproducible) as there, or
// "model": a program of validate_models_test.go.
//
// A row is ok if the reference lies within the tolerance of our mean, or nearer than the 95 % interval of
// that mean beyond it: what fails is then a real difference and not the draw of the seeds.

// table collects rows and prints them at the end of its test.
type table struct {
	t    *testing.T
	rows [][5]string
}

func newTable(t *testing.T) *table {
	tb := &table{t: t, rows: [][5]string{{"reference", "source", "ours", "95 % interval", "verdict"}}}
	t.Cleanup(tb.print)
	return tb
}

func (tb *table) print() {
	var wide [5]int
	for _, r := range tb.rows {
		for i, cell := range r {
			wide[i] = max(wide[i], len([]rune(cell)))
		}
	}
	out := ""
	for _, r := range tb.rows {
		out += "\n"
		for i, cell := range r {
			out += fmt.Sprintf("| %-*s ", wide[i], cell)
		}
		out += "|"
	}
	tb.t.Log(out)
}

func (tb *table) add(reference, source, ours, interval string, ok bool, otherwise string) {
	tb.t.Helper()
	verdict := "ok"
	if !ok {
		verdict = "DIFFERS" + otherwise
		tb.t.Errorf("%s: %s %s: differs%s", reference, ours, interval, otherwise)
	}
	tb.rows = append(tb.rows, [5]string{reference, source, ours, interval, verdict})
}

// near compares a mean with the reference, tolerance relative.
func (tb *table) near(what, source string, ref, tolerance float64, have []float64) {
	tb.t.Helper()
	m, half := interval95(have)
	ok := math.Abs(m-ref) <= tolerance*math.Abs(ref)+half
	tb.add(fmt.Sprintf("%s: %.4g ± %.3g %%", what, ref, 100*tolerance), source, num(m), span(m-half, m+half), ok,
		fmt.Sprintf(" by %+.1f %%", 100*(m/ref-1)))
}

// note is a figure that is reported and not judged, with a word why.
func (tb *table) note(what, source string, have []float64, why string) {
	m, half := interval95(have)
	tb.rows = append(tb.rows, [5]string{what, source, num(m), span(m-half, m+half), why})
}

// equal compares two numbers that must agree to the printed digits.
func (tb *table) equal(what, source string, ref, have, digits float64) {
	tb.t.Helper()
	tb.add(fmt.Sprintf("%s: %.6g", what, ref), source, fmt.Sprintf("%.6g", have), "exact", math.Abs(ref-have) <= digits, "")
}

// atMost checks the largest of all runs.
func (tb *table) atMost(what, source string, bound float64, have []float64) {
	tb.t.Helper()
	most := slices.Max(have)
	tb.add(fmt.Sprintf("%s: at most %.4g", what, bound), source, "largest "+num(most), span(slices.Min(have), most)+" (runs)",
		most <= bound, fmt.Sprintf(": largest %.4g", most))
}

// rate compares a count among trials with a probability: 3 σ, Poisson limits where few are expected.
func (tb *table) rate(what, source string, p float64, hits, trials int) {
	tb.t.Helper()
	want := p * float64(trials)
	sigma := math.Sqrt(want * (1 - p))
	ok := math.Abs(float64(hits)-want) <= max(3*sigma, 3) // of 1 or 2 expected, 3 more come once in a hundred
	lo, hi := wilson(hits, trials)
	tb.add(fmt.Sprintf("%s: %.3g ± 3σ", what, p), source, fmt.Sprintf("%.3g (%d of %d, want %.1f)", float64(hits)/float64(trials), hits, trials, want),
		span(lo, hi), ok, "")
}

// wilson is the 95 % interval of a share.
func wilson(hits, trials int) (lo, hi float64) {
	const z = 1.96
	n, p := float64(trials), float64(hits)/float64(trials)
	mid := (p + z*z/2/n) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/4/n/n)
	return max(0, mid-half), mid + half
}

// student95 is the two-sided 95 % quantile of Student's t for 1 … degrees of freedom; then 1.96.
var student95 = []float64{12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09, 2.09}

// interval95 returns the mean over runs and the half width of its 95 % interval.
func interval95(v []float64) (mean, half float64) {
	n := len(v)
	if n < 2 {
		return v[0], 0
	}
	mean, half = meanAndInterval(v)
	q := 1.98
	if n-2 < len(student95) {
		q = student95[n-2]
	}
	return mean, half / 2.58 * q
}

func num(x float64) string { return fmt.Sprintf("%.4g", x) }

func span(lo, hi float64) string { return fmt.Sprintf("%.4g … %.4g", lo, hi) }

// pick returns a for the full suite and b for the quick one.
func pick[T any](a, b T) T {
	if validateFull {
		return a
	}
	return b
}

// sinkFunc is a sink without state of its own.
type sinkFunc func(r *trace.Record)

func (f sinkFunc) Record(r *trace.Record) { f(r) }

// flatLAN builds the lan world with n members.
func flatLAN(tb testing.TB, n int, seed uint64, seconds int, sink sinkFunc, sets ...string) *World {
	tb.Helper()
	sets = append([]string{fmt.Sprintf("cluster.size=%d", n), fmt.Sprintf("scenario.duration=%ds", seconds)}, sets...)
	sc, err := scenarios.Parse(lan, "lan.toml", sets, scenarios.Options{Seed: &seed})
	if err != nil {
		tb.Fatal(err)
	}
	return build(tb, sc, sink)
}

func at(seconds float64) core.Instant { return core.Instant(seconds * 1e9) }

// percentile of v, which is sorted in place.
func percentile(v []float64, p float64) float64 {
	slices.Sort(v)
	return v[min(len(v)-1, int(math.Ceil(p*float64(len(v))))-1)]
}
