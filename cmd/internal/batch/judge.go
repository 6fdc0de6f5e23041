package batch

import (
	"fmt"
	"math"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/analysis/judge"
	"hypersim/analysis/stats"
)

// Verdict is the judgement of one expectation in one cell: a row of expectations.csv.
//
// What the runs of a cell say together is judged by its estimate, the interval stands beside it: the
// tolerances of a scenario allow for the spread between seeds already. A comparison of two cells is judged
// by its interval: only what is sure counts as shown.
type Verdict struct {
	ID      string `json:"id"`
	Metric  string `json:"metric"`
	Labels  string `json:"labels"`
	Stat    string `json:"stat"`
	Level   string `json:"level"`
	Across  string `json:"across"` // all, pooled, mean, share ≥ x, or what it is compared with
	Verdict string `json:"verdict"`
	Value   number `json:"value"`
	Low     number `json:"low"` // 95 % interval; null: none
	High    number `json:"high"`
	Unit    string `json:"unit"`
	Bound   string `json:"bound"`
	Runs    int    `json:"runs"`         // that it rests on
	Count   number `json:"observations"` // in all of them
	Why     string `json:"why"`
	Fails   bool   `json:"fails"`
	Open    bool   `json:"undecided"` // it matters, and so few runs cannot say
	few     bool   // cannot be judged because there are too few runs, which fails nothing
	level   claim.Level
}

// because puts the reason of a bound behind what happened.
func because(why, format string, args ...any) string {
	what := fmt.Sprintf(format, args...)
	if why == "" {
		return what
	}
	return what + " (" + why + ")"
}

func seedsText(n int) string {
	if n == 1 {
		return "1 seed"
	}
	return fmt.Sprintf("%d seeds", n)
}

// not says why there is nothing to judge, or not yet.
func (v Verdict) not(format string, args ...any) Verdict {
	v.Verdict, v.Why = judge.NotJudged.String(), fmt.Sprintf(format, args...)
	return v
}

// cannot says why there is something to judge, and no way to.
func (v Verdict) cannot(format string, args ...any) Verdict {
	v.Verdict, v.Why = judge.CannotJudge.String(), fmt.Sprintf(format, args...)
	return v
}

// tooFew cannot be judged for want of runs.
func (v Verdict) tooFew(format string, args ...any) Verdict {
	v = v.cannot(format, args...)
	v.few = true
	return v
}

func (v Verdict) by(passes bool) Verdict {
	v.Verdict = judge.Fail.String()
	if passes {
		v.Verdict = judge.Pass.String()
	}
	return v
}

func (v *Verdict) set(i stats.Interval) {
	v.Value, v.Low, v.High = rounded(i.Estimate), rounded(i.Low), rounded(i.High)
}

// settle decides whether the verdict fails the sweep, or leaves it open.
func (v *Verdict) settle(strict bool) {
	must := v.level == claim.Must || v.level == claim.Should && strict
	v.Fails = must && (v.Verdict == judge.Fail.String() || v.Verdict == judge.CannotJudge.String() && !v.few)
	v.Open = must && v.few
}

// evidence is what the runs of a cell say about one of its claims.
type evidence struct {
	claim   *claim.Claim
	samples []*Sample
	seeds   []uint64
	missing int // runs that are not there
	stopped int // runs that their budget ended
}

// judged judges a claim about one cell.
func judged(e *evidence) Verdict {
	c := e.claim
	v := Verdict{
		ID: c.ID, Metric: c.Metric, Labels: c.Where.String(), Stat: c.StatName(), Level: c.Level.String(), Across: c.Across.String(),
		Value: number(math.NaN()), Low: number(math.NaN()), High: number(math.NaN()), Unit: unit(c, e.samples), Bound: c.BoundText(),
		Runs: len(e.samples), Why: c.Why, level: c.Level,
	}
	for _, s := range e.samples {
		v.Count += s.Count
	}
	if len(e.samples) == 0 {
		if e.stopped > 0 && c.Level != claim.Record {
			return v.cannot("no run to judge by: %s", stopped(e.stopped))
		}
		return v.not("no run to judge by")
	}
	v, fails := e.combined(v)
	switch {
	case c.Level == claim.Record:
		return v.not("recorded, never judged")
	case e.stopped > 0:
		return v.cannot("%s", stopped(e.stopped))
	case e.missing > 0 && !fails:
		return v.not("%d of %d runs are missing", e.missing, e.missing+len(e.samples))
	}
	return v
}

// stopped says how many runs are no measurement.
func stopped(n int) string {
	if n == 1 {
		return "1 run was stopped by its budget"
	}
	return fmt.Sprintf("%d runs were stopped by their budget", n)
}

func unit(c *claim.Claim, samples []*Sample) string {
	if len(samples) > 0 && samples[0].Unit != "" {
		return samples[0].Unit
	}
	return c.Unit
}

// combined judges by the way in which the claim combines seeds. sure reports that runs which are missing
// could not change a failure into something else.
func (e *evidence) combined(v Verdict) (_ Verdict, sure bool) {
	switch e.claim.Across {
	case claim.AcrossPooled:
		return e.pooled(v), false
	case claim.AcrossMean:
		return e.mean(v), false
	case claim.AcrossShare:
		return e.share(v), false
	case claim.AcrossDefault, claim.AcrossAll:
	}
	v = e.every(v)
	return v, v.Verdict == judge.Fail.String()
}

// every demands that each run holds; the value is the worst one's.
func (e *evidence) every(v Verdict) Verdict {
	worst, fails, open := -1, 0, -1
	for i, s := range e.samples {
		switch s.outcome {
		case judge.Fail.String():
			fails++
		case judge.Pass.String():
		default:
			if open < 0 {
				open = i
			}
		}
		x := float64(s.Value)
		if x == x && (worst < 0 || e.claim.Margin(x) < e.claim.Margin(float64(e.samples[worst].Value))) {
			worst = i
		}
	}
	if worst >= 0 {
		v.Value = rounded(float64(e.samples[worst].Value))
	}
	switch {
	case fails > 0:
		v.Why = because(v.Why, "%d of %d runs fail, seed %d worst", fails, len(e.samples), e.seeds[worst])
		return v.by(false)
	case open >= 0:
		return v.cannot("seed %d: %s", e.seeds[open], e.samples[open].why)
	}
	return v.by(true)
}

func (e *evidence) pooled(v Verdict) Verdict {
	p := pool(e.samples)
	x, iv, seen := judge.Estimate{Value: p.statistic(v.Stat, p.once())}, stats.Interval{}, p.count
	if p.unseen > 0 && judge.Censors(e.claim.StatName()) {
		var err error
		if x, iv, err = p.estimate(v.Stat); err != nil {
			return v.cannot("%v", err)
		}
		seen += float64(p.unseen)
		v.Why = because(v.Why, "%d of %.6g never came", p.unseen, seen)
	} else {
		iv = p.interval(v.Stat)
		if longest := p.longest(v.Stat); longest > x.Value && !e.claim.Holds(longest) {
			x = judge.Estimate{Value: longest, Least: true}
			v.Why = because(v.Why, "some never came, waited for up to %.6g s", longest)
		}
	}
	v.Value, v.Low, v.High = rounded(x.Value), rounded(iv.Low), rounded(iv.High)
	truncated := uint64(0)
	for _, s := range e.samples {
		truncated += s.Truncated
	}
	switch outcome := x.Judge(e.claim); {
	case seen < float64(e.claim.Least()):
		return v.cannot("%.6g observations, needs %d", seen, e.claim.Least())
	case math.IsNaN(x.Value):
		return v.cannot("%s of %.6g observations is not defined", v.Stat, seen)
	case outcome == judge.Fail:
		return v.by(false)
	case outcome == judge.CannotJudge:
		return v.cannot("%s is at least %.6g: %s", v.Stat, x.Value, v.Why)
	case truncated > 0:
		return v.cannot("%d observations were not kept; those kept meet the bound", truncated)
	}
	return v.by(true)
}

// own returns the statistics of the runs that have one; of those that is only known not to be smaller, where they
// are asked for.
func (e *evidence) own(least bool) (values []float64, runs []stats.Run, bounded int) {
	for i, s := range e.samples {
		if x := float64(s.Value); !math.IsNaN(x) && !math.IsInf(x, 0) && (least || !s.Least) {
			values = append(values, x)
			runs = append(runs, stats.Run{Seed: e.seeds[i], Value: x})
			if s.Least {
				bounded++
			}
		}
	}
	return values, runs, bounded
}

func (e *evidence) mean(v Verdict) Verdict {
	values, _, bounded := e.own(true)
	v.Runs = len(values)
	iv := stats.MeanInterval(values, 0)
	x := judge.Estimate{Value: iv.Estimate, Least: bounded > 0}
	if x.Least { // of what is not known there is no interval
		iv.Low, iv.High = math.NaN(), math.NaN()
		v.Why = because(v.Why, "in %d of %d runs something never came", bounded, len(values))
	}
	v.set(iv)
	seen := float64(v.Count)
	for _, s := range e.samples {
		seen += float64(len(s.Unseen))
	}
	outcome := x.Judge(e.claim)
	switch {
	case len(values) == 0 || seen < float64(e.claim.Least()):
		return v.cannot("%.6g observations, needs %d", seen, e.claim.Least())
	case len(values) < len(e.samples):
		return v.cannot("%d of %d runs have no %s", len(e.samples)-len(values), len(e.samples), v.Stat)
	case outcome == judge.CannotJudge:
		return v.cannot("%s is at least %.6g: %s", v.Stat, x.Value, v.Why)
	}
	return v.by(outcome == judge.Pass)
}

// share demands that enough of the runs hold.
func (e *evidence) share(v Verdict) Verdict {
	holds := uint64(0)
	for i, s := range e.samples {
		switch s.outcome {
		case judge.Pass.String():
			holds++
		case judge.Fail.String():
		default:
			if e.claim.Level != claim.Record {
				return v.cannot("seed %d: %s", e.seeds[i], s.why)
			}
		}
	}
	v.set(stats.ClopperPearson(holds, uint64(len(e.samples)), 0))
	v.Bound = fmt.Sprintf("%s in at least %.6g of the runs", v.Bound, e.claim.AtLeast)
	v.Unit = "share of runs"
	return v.by(float64(v.Value) >= e.claim.AtLeast-1e-9)
}

// against judges a claim about the difference to, or the ratio to, another cell, seed by seed. v is the verdict
// by the cell alone.
func against(v Verdict, e, other *evidence, name string) Verdict {
	c := e.claim
	v.Across = fmt.Sprintf("difference to %s", name)
	if c.AsRatio {
		v.Across, v.Unit = fmt.Sprintf("ratio to %s", name), "1"
	}
	_, mine, _ := e.own(false)
	_, its, _ := other.own(false)
	pairs, _ := stats.Match(its, mine)
	iv := stats.PairedDifference(pairs, 0)
	if c.AsRatio {
		iv = stats.PairedRatio(pairs, 0)
	}
	v.Why, v.few, v.Runs = c.Why, false, len(pairs)
	v.set(iv)
	least, most := c.Limits()
	switch {
	case c.Level == claim.Record:
		return v.not("recorded, never judged")
	case e.stopped+other.stopped > 0:
		return v.cannot("%s", stopped(e.stopped+other.stopped))
	case e.missing+other.missing > 0:
		return v.not("%d runs of the two cells are missing", e.missing+other.missing)
	case float64(v.Count) < float64(c.Least()):
		return v.cannot("%.6g observations, needs %d", float64(v.Count), c.Least())
	case len(pairs) < len(e.samples):
		return v.cannot("%d of %d seeds have no pair of values", len(e.samples)-len(pairs), len(e.samples))
	case len(pairs) < stats.ShownRuns:
		return v.tooFew("%s", because(c.Why, "%s: n >= %d needed", seedsText(len(pairs)), stats.ShownRuns))
	case !iv.Known():
		return v.cannot("no interval: %s", iv.Note)
	case c.Holds(iv.Low) && c.Holds(iv.High): // bounds are an interval, too: what holds at both ends holds between them
		return v.by(true)
	case iv.High < least || iv.Low > most:
		return v.by(false)
	}
	return v.tooFew("%s", because(c.Why, "%s: the interval reaches beyond the bound", seedsText(len(pairs))))
}

// versusName names a cell that there is not.
func versusName(choices []claim.Choice) string {
	parts := make([]string, len(choices))
	for i, x := range choices {
		parts[i] = x.Key + "=" + x.Value
	}
	return strings.Join(parts, ",")
}
