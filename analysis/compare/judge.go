package compare

import (
	"fmt"
	"math"

	"hypersim/analysis/stats"
)

// equivalentMin is how many runs a side must have before an interval within the tolerance means something.
const equivalentMin = 5

// row begins the row of a sample: what was measured.
func (s *sample) row(paired bool) Row {
	nan := Number(math.NaN())
	row := Row{
		Metric: s.Metric, Labels: s.Labels, Unit: s.unit, Stat: s.stat, Better: directionOf(s.Metric), RunsA: len(s.a), RunsB: len(s.b),
		CensoredA: s.censoredA, CensoredB: s.censoredB, Until: Number(s.until), Key: isKey(s.Metric, s.Labels),
		Difference: nan, Low: nan, High: nan, Relative: nan, RelLow: nan, RelHigh: nan, Effect: nan, P: nan, PHolm: nan, Tolerance: nan,
		Verdict: NotJudged,
	}
	a, b := values(s.a), values(s.b)
	if paired {
		if pairs, left := stats.Match(s.a, s.b); left > 0 {
			a, b = split(pairs)
			row.Note = fmt.Sprintf("%d pairs", len(pairs))
		}
	}
	row.A, row.B = Number(stats.Mean(a)), Number(stats.Mean(b))
	if s.rateA != nil || s.eventsA+s.eventsB > 0 {
		n, m := uint64(s.eventsA), uint64(s.eventsB)
		row.EventsA, row.EventsB = &n, &m
	}
	return row
}

// judge fills in differences, intervals and tests of all rows, and then, with all p-values known, verdicts.
func (r *Result) judge(samples [][]sample, opt *Options) {
	for i := range samples {
		for k := range samples[i] {
			if samples[i][k].testable(r.Cells[i].Paired) {
				r.Tests++
			}
		}
	}
	var p []float64
	for i := range samples {
		for k := range samples[i] {
			row := &r.Cells[i].Rows[k]
			samples[i][k].measure(row, r.Cells[i].Paired, r.Cells[i].A, draws(r.Tests))
			p = append(p, float64(row.P))
		}
	}
	p = stats.Holm(p)
	n, tooFew := 0, true
	for i := range r.Cells {
		c := &r.Cells[i]
		least := leastP(c)
		tooFew = tooFew && float64(least*float64(r.Tests)) > alpha
		for k := range c.Rows {
			row := &c.Rows[k]
			row.PHolm = Number(p[n])
			n++
			row.Tolerance = Number(opt.Tolerances.of(row.Metric, row.Unit).margin(float64(row.A)))
			row.decide()
		}
	}
	if tooFew && r.Tests > 0 {
		r.Warnings = append(r.Warnings, "with so few runs no difference can be told from chance: add seeds, or name fewer metrics with --metric")
	}
}

// draws returns how many Monte Carlo draws a test gets: the smallest p possible, times the number of rows, has to stay well
// below alpha.
func draws(tests int) int {
	return min(max(stats.DefaultPermutations, 100*tests-1), 199_999)
}

// leastP is the smallest p-value that the runs of a cell can give: all pairs, or all arrangements, agree.
func leastP(c *CellResult) float64 {
	if c.Paired {
		return math.Pow(2, 1-float64((c.RunsA+c.RunsB-c.Unpaired)/2))
	}
	arrangements := 1.0
	for i := 1; i <= min(c.RunsA, c.RunsB); i++ {
		arrangements *= float64(c.RunsA+c.RunsB-i+1) / float64(i)
	}
	return 2 / arrangements
}

// testable reports whether any arrangement of the values differs from what was seen. Where none does, as
// with equal values, p is 1 whatever is true, and Holm need not pay for it (Tarone 1990, "A modified
// Bonferroni method for discrete data").
func (s *sample) testable(paired bool) bool {
	a, b := s.a, s.b
	if paired {
		pairs, _ := stats.Match(a, b)
		for _, d := range stats.Differences(pairs) {
			if d != 0 && !math.IsNaN(d) {
				return true
			}
		}
		return false
	}
	all := append(values(a), values(b)...)
	for _, v := range all {
		if v != all[0] {
			return len(a) > 0 && len(b) > 0
		}
	}
	return false
}

// measure compares the two sides of the sample.
func (s *sample) measure(row *Row, paired bool, cell string, draws int) {
	purpose := "compare/" + cell + "/" + s.Metric + "/" + s.Labels
	interval := stats.Resampling{Seed: 1, Purpose: purpose, Expand: true}
	test := stats.Resampling{Seed: 1, Purpose: purpose, Resamples: draws}
	testable := s.testable(paired)
	var iv stats.Interval
	t := stats.Test{P: math.NaN()}
	if paired {
		pairs, _ := stats.Match(s.a, s.b)
		d := stats.Differences(pairs)
		iv = stats.PairedDifference(pairs, stats.Mean, interval).Interval
		if testable {
			t = stats.SignFlip(d, stats.TwoSided, test)
		}
		row.Test, row.EffectIs, row.Effect = "sign flip", "cohen_dz", Number(stats.CohenD(d))
	} else {
		a, b := values(s.a), values(s.b)
		iv = stats.Difference(a, b, stats.Mean, interval).Interval
		if testable {
			t = stats.Permutation(a, b, stats.TwoSided, test)
		}
		row.Test, row.EffectIs, row.Effect = "permutation", "cliffs_delta", Number(stats.CliffsDelta(a, b))
	}
	row.Difference, row.Low, row.High, row.P = Number(iv.Estimate), Number(iv.Low), Number(iv.High), Number(t.P)
	switch {
	case !testable:
		row.Test = ""
	case t.Method != "":
		row.Test += ", " + t.Method
	}
	row.relate()
	s.annotate(row, testable)
}

func (s *sample) annotate(row *Row, testable bool) {
	say := func(format string, args ...any) {
		if row.Note != "" {
			row.Note += "; "
		}
		row.Note += fmt.Sprintf(format, args...)
	}
	switch {
	case len(s.a) == 0 || len(s.b) == 0:
		say("only one side has it")
	case s.rateA != nil && s.rateA.Count+s.rateB.Count == 0:
		hours := s.rateA.Exposure + s.rateB.Exposure
		say("none in %.4g node-hours: below %.2g per node-hour at 95 %%", hours, stats.PoissonInterval(0, hours, 0).High)
	case !testable:
		say("the same in every run")
	}
	if s.censoredA+s.censoredB > 0 {
		say("%d of %d and %d of %d never came, and count as %.4g s", s.censoredA, s.eventsA, s.censoredB, s.eventsB, s.until)
	}
}

// decide gives the verdict.
func (row *Row) decide() {
	margin, d := float64(row.Tolerance), float64(row.Difference)
	rare := row.EventsA != nil && row.Unit == perNodeHour && *row.EventsA+*row.EventsB == 0
	significant := float64(row.PHolm) <= alpha
	switch {
	case math.IsNaN(d):
		row.Verdict = NotJudged
	case significant && math.Abs(d) > margin:
		row.Verdict = row.direction(d)
	case !rare && math.Min(float64(row.RunsA), float64(row.RunsB)) >= equivalentMin && float64(row.Low) >= -margin && float64(row.High) <= margin:
		row.Verdict = Equivalent
	default:
		row.Verdict = NoDifference
	}
}

func (row *Row) direction(d float64) Verdict {
	switch {
	case row.Better == Neither:
		return Differs
	case (d < 0) == (row.Better == Lower):
		return Better
	}
	return Worse
}

func values(runs []stats.Run) []float64 {
	out := make([]float64, len(runs))
	for i := range runs {
		out[i] = runs[i].Value
	}
	return out
}

func split(pairs []stats.Pair) (a, b []float64) {
	for _, p := range pairs {
		a, b = append(a, p.A), append(b, p.B)
	}
	return a, b
}
