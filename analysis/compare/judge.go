package compare

import (
	"fmt"
	"math"

	"hypersim/analysis/stats"
	"hypersim/sim/metrics/words"
)

// row begins the row of a sample: what was measured.
func (s *sample) row(paired bool, opt *Options) Row {
	nan := Number(math.NaN())
	row := Row{
		Metric: s.Metric, Labels: s.Labels, Unit: s.unit, Stat: s.stat, Better: directionOf(s.Metric), RunsA: len(s.a), RunsB: len(s.b),
		Until: Number(s.horizon()), Key: isKey(s.Metric, s.Labels) || len(opt.Primary) > 0 && opt.decides(s.Key), Primary: opt.decides(s.Key),
		Difference: nan, Low: nan, High: nan, Relative: nan, RelLow: nan, RelHigh: nan, Effect: nan, P: nan, Adjusted: nan, Tolerance: nan,
		Smallest: nan, Precision: nan, Verdict: NotJudged, size: s.size(paired),
	}
	a, b := s.means(paired)
	row.A, row.B = Number(a), Number(b)
	if s.waitA != nil {
		row.CensoredA, row.CensoredB = s.waitA.Censored, s.waitB.Censored
	}
	if s.waitA != nil || s.countA != nil || s.countB != nil {
		n, m := uint64(s.eventsA), uint64(s.eventsB)
		row.EventsA, row.EventsB = &n, &m
	}
	if paired && row.size < max(row.RunsA, row.RunsB) {
		row.say("%d pairs", row.size)
	}
	if s.note != "" {
		row.say("%s", s.note)
	}
	return row
}

func (row *Row) say(format string, args ...any) {
	if row.Note != "" {
		row.Note += "; "
	}
	row.Note += fmt.Sprintf(format, args...)
}

// judge fills in differences, intervals and tests of all rows, and then verdicts. Rows that decide are one family, the
// rest another.
func (r *Result) judge(samples [][]sample, opt *Options) {
	families := map[bool]*stats.Family{true: {}, false: {}}
	each := func(visit func(c *CellResult, row *Row, s *sample)) {
		for i := range samples {
			for k := range samples[i] {
				visit(&r.Cells[i], &r.Cells[i].Rows[k], &samples[i][k])
			}
		}
	}
	each(func(c *CellResult, row *Row, s *sample) {
		if f := families[row.Primary]; c.Paired {
			f.Paired(s.a, s.b)
		} else {
			f.Unpaired(s.a, s.b)
		}
	})
	findings := map[bool]stats.Findings{}
	for primary, f := range families {
		findings[primary] = f.Test(stats.Draws{Seed: 1, Purpose: fmt.Sprint("compare/", primary)})
	}
	r.Tests, r.Secondary = findings[true].Tested, findings[false].Tested
	next := map[bool]int{}
	each(func(c *CellResult, row *Row, s *sample) {
		f := findings[row.Primary]
		found := f.Rows[next[row.Primary]]
		next[row.Primary]++
		s.measure(row, c.Paired, f, found)
		row.Tolerance = Number(opt.Tolerances.of(row.Metric, row.Unit).margin(float64(row.A)))
		s.plan(row, c.Paired, f.Critical, opt)
		row.decide(c, least(c.Paired, f.Tested))
		if s.unseen() && row.Verdict != TooFew { // equal waits in vain say nothing about what was waited for
			row.Verdict = NotJudged
		}
		if row.Verdict == NotJudged && row.Primary && len(opt.Primary) > 0 {
			row.Verdict = TooFew // somebody asked for this very row
		}
	})
}

// least returns the fewest pairs, or runs a side, that so many rows can be judged by.
func least(paired bool, tests int) int {
	if paired {
		return stats.LeastPairs(tests, alpha)
	}
	return stats.LeastRuns(tests, alpha)
}

// measure compares the two sides of the sample.
func (s *sample) measure(row *Row, paired bool, f stats.Findings, found stats.Finding) {
	var difference, ratio stats.Interval
	a, b := values(s.a), values(s.b)
	if paired {
		pairs, _ := stats.Match(s.a, s.b)
		difference, ratio = stats.PairedDifference(pairs, 0), stats.PairedRatio(pairs, 0)
		row.Test, row.EffectIs, row.Effect = "sign flip", "cohen_dz", Number(stats.CohenD(stats.Differences(pairs)))
	} else {
		difference, ratio = stats.DifferenceOfMeans(a, b, 0), stats.RatioOfMeans(a, b, 0)
		row.Test, row.EffectIs, row.Effect = "exchange of runs", "cliffs_delta", Number(stats.CliffsDelta(a, b))
	}
	row.Difference, row.Low, row.High = row.B-row.A, Number(difference.Low), Number(difference.High)
	row.P, row.Adjusted = Number(found.P), Number(found.Adjusted)
	if row.Test += ", " + f.Method; math.IsNaN(found.P) {
		row.Test = ""
	}
	row.relate(ratio)
	s.annotate(row)
}

// relate fills in what is relative to A.
func (row *Row) relate(ratio stats.Interval) {
	row.Relative, row.RelLow, row.RelHigh = row.Difference/row.A, Number(ratio.Low-1), Number(ratio.High-1)
	if row.A <= 0 {
		row.Relative = Number(math.NaN())
	}
}

// unseen reports whether nothing that was waited for came by the horizon, on neither side.
func (s *sample) unseen() bool {
	return s.waitA != nil && s.waitA.Events+s.waitB.Events > 0 && s.waitA.Came+s.waitB.Came == 0
}

func (s *sample) annotate(row *Row) {
	switch {
	case len(s.a) == 0 && len(s.b) == 0 && row.Note == "":
		row.say("neither side has it")
	case len(s.a) == 0 && len(s.b) == 0: // its note says why
	case len(s.a) == 0 || len(s.b) == 0:
		row.say("only one side has it")
	case s.countA != nil && s.eventsA+s.eventsB == 0:
		row.say("%s", stats.NoneIn(len(s.countA)+len(s.countB), 0))
	case s.unseen():
		row.say("nothing came in the first %.4g s on either side", s.waitA.Until)
	case math.IsNaN(float64(row.P)):
		row.say("the same in every run")
	}
	if m, ok := words.Lookup(s.Metric); ok && m == words.DetectionEach {
		row.say("of those that came")
	}
	if s.waitA != nil {
		row.say("%d of %d and %d of %d never came; means of the first %.4g s", row.CensoredA, s.eventsA, row.CensoredB, s.eventsB, s.waitA.Until)
	}
}

// plan says what so many runs can show, and how many it would take to be as precise as asked for.
func (s *sample) plan(row *Row, paired bool, critical float64, opt *Options) {
	if math.IsNaN(float64(row.P)) {
		return
	}
	spread := stats.SpreadOfRuns(values(s.a), values(s.b))
	if paired {
		pairs, _ := stats.Match(s.a, s.b)
		spread = stats.SpreadOfPairs(pairs)
	}
	row.Smallest, row.Precision = Number(spread.Smallest(critical)), row.Tolerance
	if opt.Precision > 0 {
		row.Precision = Number(opt.Precision * math.Abs(float64(row.A)))
	}
	row.Needed = spread.Wide(row.halfWidth()).Runs(float64(row.Precision))
}

// halfWidth is half the wider of the two intervals that the row prints, as a difference.
func (row *Row) halfWidth() float64 {
	half := float64(row.High-row.Low) / 2
	if relative := float64((row.RelHigh-row.RelLow)*row.A) / 2; relative > half || math.IsNaN(half) {
		return relative
	}
	return half
}

// decide gives the verdict.
func (row *Row) decide(c *CellResult, least int) {
	margin, d := float64(row.Tolerance), float64(row.Difference)
	rare := row.EventsA != nil && row.Unit == perNodeHour && *row.EventsA+*row.EventsB == 0
	tested := !math.IsNaN(float64(row.P))
	switch {
	case math.IsNaN(d):
		row.Verdict = NotJudged
	case float64(row.Adjusted) <= alpha && math.Abs(d) > margin:
		row.Verdict = row.direction(d)
	case !rare && row.size >= stats.ShownRuns && float64(row.Low) >= -margin && float64(row.High) <= margin:
		row.Verdict = Equivalent
	case tested && c.size() < least:
		row.Verdict = TooFew
		c.Needs = max(c.Needs, least)
	case tested && row.size < least:
		row.Verdict = NotJudged
		row.say("only %d have it, %d are needed", row.size, least)
	default:
		row.Verdict = NoDifference
	}
}

// size is how many pairs, or runs on the smaller side, the cell has.
func (c *CellResult) size() int {
	if c.Paired {
		return (c.RunsA + c.RunsB - c.Unpaired) / 2
	}
	return min(c.RunsA, c.RunsB)
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
