package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/stats"
	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// statistics checks what sweeps and comparisons say of their own certainty: that 95 % intervals hold the truth as
// often, and that differences are not seen where there are none (ADR-0017).
func statistics() []*Experiment {
	list := []*Experiment{coverageOfMeans(), coverageOfOthers(), coverageOfBursts(), coverageOfStopped(), censoring(), falseAlarms()}
	for _, e := range list {
		e.Topic, e.Quick = TopicStatistics, true
	}
	return list
}

// covers adds a row: in how many of so many trials it holds. Trials are parted among workers; each has a stream of its own.
func (e *Experiment) covers(r Row, full, quick int, holds func(g *rng.Stream) bool) {
	const parts = 8
	e.Cells = append(e.Cells, Cell{ID: r.ID, Seeds: [2]int{parts, parts}, Do: func(l *Lab, t *Trial) {
		g := rng.New(t.Seed-1, "validate.statistics/"+e.ID+"/"+r.ID)
		trials := l.Pick(full, quick) / parts
		hits := 0
		for range trials {
			if holds(&g) {
				hits++
			}
		}
		t.Put("trials", float64(trials))
		t.Put("hits", float64(hits))
	}})
	e.add(r, r.ID, shareOf("hits", "trials"))
}

// population is where runs are drawn from.
type population struct {
	name, words string
	mean        float64
	draw        func(g *rng.Stream) float64
}

// seen is a population of values as they were seen, each as likely as any other.
func (p *population) seen(values []float64) {
	p.mean, p.draw = stats.Mean(values), func(g *rng.Stream) float64 { return values[g.Intn(len(values))] }
}

var normal = population{"normal", "normal", 0, func(g *rng.Stream) float64 { return g.Norm() }}

// wait is a detection of a random prober: seconds of suspicion, and a memoryless wait for the first probe. No detection leans more.
var wait = population{"wait", "5 s and an exponential wait", 6, func(g *rng.Stream) float64 { return 5 + g.Exp() }}

// sample draws n runs that spread by times as far.
func (p *population) sample(g *rng.Stream, n int, by float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		if v[i] = p.draw(g); by != 1 {
			v[i] = p.mean + by*(v[i]-p.mean)
		}
	}
	return v
}

func coverageOfMeans() *Experiment {
	e := &Experiment{ID: "coverage-mean", Full: 25, Short: 5, Title: "95 % intervals of a mean over runs hold it"}
	model, simulated := population{name: "model", words: "first DEAD of ten members, own phases (model)"}, population{name: "simulated", words: "first DEAD of five members, simulated"}
	e.First = func(l *Lab) {
		five := &Experiment{Seeds: [2]int{300, 60}}
		crash(five, 5)
		simulated.seen(five.runs(l)["n5"].each("dead"))
		model.seen(shifted(firstProbes(9, 20_000), waits+scaledMin(10)))
	}
	for _, p := range []*population{{name: normal.name, words: "normal values", draw: normal.draw}, &wait, &model, &simulated} {
		for _, c := range []struct { // what 95 % intervals of so many runs must reach
			runs  int
			share float64
		}{{5, 0.90}, {10, 0.93}, {20, 0.94}, {40, 0.94}} {
			e.covers(Row{fmt.Sprintf("%s-n%d", p.name, c.runs), fmt.Sprintf("%s, %d runs", p.words, c.runs), "", c.share, 0, "nominal 0.95", Derived, AtLeast}, 40_000, 8_000, func(g *rng.Stream) bool {
				return !stats.MeanInterval(p.sample(g, c.runs, 1), 0).Excludes(p.mean)
			})
		}
	}
	return e
}

// coverageOfOthers are intervals of what is no mean of one sample.
func coverageOfOthers() *Experiment {
	const full, quick = 16_000, 4_000
	e := &Experiment{ID: "coverage-other", Full: 15, Short: 3, Title: "95 % intervals of differences, ratios, percentiles and shares"}
	covers := func(id, what string, least float64, holds func(g *rng.Stream) bool) {
		e.covers(Row{id, what, "", least, 0, "nominal 0.95", Derived, AtLeast}, full, quick, holds)
	}
	covers("difference", "unpaired difference, 10 runs that spread four times as far as 40 others", 0.93, func(g *rng.Stream) bool {
		a, b := wait.sample(g, 10, 4), wait.sample(g, 40, 1)
		return !stats.DifferenceOfMeans(a, b, 0).Excludes(0)
	})
	covers("ratio", "ratio of means of 10 pairs", 0.93, func(g *rng.Stream) bool {
		pairs := make([]stats.Pair, 10)
		for i := range pairs {
			a := wait.draw(g)
			pairs[i] = stats.Pair{A: a, B: 1.5*a + wait.draw(g) - wait.mean}
		}
		return !stats.PairedRatio(pairs, 0).Excludes(1.5)
	})
	e.add(Row{"ratio-least", "least lower end of ratios of what rarely happens (a fall of 100 % is 0)", "", 0, 0, "by construction", Derived, AtLeast}, "", func(*Lab, Trials) Value {
		return number(leastRatio(), "of 2,000")
	})
	alike := func(g *rng.Stream, n int) []stats.Weighted {
		runs := make([]stats.Weighted, n)
		for i := range runs {
			v := wait.draw(g)
			runs[i] = stats.Weighted{Values: []float64{v, v + 1e-6, v + 2e-6}, Weights: []float64{1, 1, 1}}
		}
		return runs
	}
	covers("median", "median of 10 runs of three alike values each", 0.94, func(g *rng.Stream) bool {
		return !stats.QuantileInterval(alike(g, 10), 50, 0).Excludes(5 + math.Ln2 + 1e-6)
	})
	covers("p90", "90th percentile of 40 runs of three alike values each", 0.94, func(g *rng.Stream) bool {
		return !stats.QuantileInterval(alike(g, 40), 90, 0).Excludes(5 + math.Ln10 + 1e-6)
	})
	e.covers(Row{"p99", "99th percentiles of 20 runs that have an interval: none can", "", 0, 0, "0.99^20 = 0.82", Derived, AtMost}, 800, 800, func(g *rng.Stream) bool {
		return stats.QuantileInterval(alike(g, 20), 99, 0).Known()
	})
	covers("share", "share of 10 runs of ten alike observations each", 0.93, func(g *rng.Stream) bool {
		runs := make([]stats.Part, 10)
		for i := range runs {
			if runs[i].Whole = 10; g.Float64() < 0.7 {
				runs[i].Of = 10
			}
		}
		return !stats.ShareInterval(runs, 0).Excludes(0.7)
	})
	return e
}

// leastRatio is the least lower end of many ratios of rare counts.
func leastRatio() float64 {
	g, least := rng.New(1, "validate.statistics/ratio-least"), math.Inf(1)
	for range 2000 {
		var pairs []stats.Pair
		for range 10 {
			p := stats.Pair{A: 1 + g.Float64()}
			if g.Float64() < 0.2 {
				p.B = math.Floor(20 * g.Float64())
			}
			pairs = append(pairs, p)
		}
		if iv := stats.PairedRatio(pairs, 0); iv.Known() {
			least = min(least, iv.Low)
		}
	}
	return least
}

// coverageOfBursts are rates of events that come in bursts of 1 to 20.
func coverageOfBursts() *Experiment {
	const full, quick = 16_000, 4_000
	e := &Experiment{ID: "coverage-rate", Full: 8, Short: 2, Title: "95 % intervals of a rate whose events come in bursts of 1 to 20"}
	draw := func(g *rng.Stream, bursts float64, n int) []stats.Rate {
		runs := make([]stats.Rate, n)
		for i := range runs {
			runs[i].Exposure = 1
			for left := bursts - g.Exp(); left > 0; left -= g.Exp() {
				runs[i].Count += 1 + uint64(g.Intn(20))
			}
		}
		return runs
	}
	for _, c := range []struct {
		bursts float64
		runs   int
	}{{0.3, 10}, {0.3, 40}, {1, 10}, {5, 40}} {
		e.covers(Row{fmt.Sprintf("b%g-n%d", c.bursts, c.runs), fmt.Sprintf("%g bursts a run, %d runs", c.bursts, c.runs), "", 0.93, 0, "nominal 0.95", Derived, AtLeast}, full, quick, func(g *rng.Stream) bool {
			return !stats.RateInterval(draw(g, c.bursts, c.runs), 0).Excludes(10.5 * c.bursts)
		})
	}
	e.covers(Row{"independent", "the exact Poisson interval of the last, which takes events as independent", "", nan, 0, "", Derived, Reported}, full, quick, func(g *rng.Stream) bool {
		count := uint64(0)
		for _, r := range draw(g, 5, 40) {
			count += r.Count
		}
		return !stats.PoissonInterval(count, 40, 0).Excludes(52.5)
	})
	return e
}

// coverageOfStopped are the intervals of sweeps that stop once they are short enough (sweep --until), or at 100 runs: early,
// after some looks, and late or never.
func coverageOfStopped() *Experiment {
	const most, full, quick = 100, 16_000, 4_000
	e := &Experiment{ID: "coverage-until", Full: 20, Short: 4, Title: "95 % intervals of sweeps that look after 5, 8, 12 … 100 runs and stop at ± so many standard deviations"}
	looks := stats.NewLooks(most, 0)
	plain, every := stats.Looks{Sizes: looks.Sizes, Level: stats.DefaultLevel}, stats.Looks{Level: stats.DefaultLevel}
	for n := stats.ShownRuns; n <= most; n++ {
		every.Sizes = append(every.Sizes, n)
	}
	stops := func(p *population, reach float64, at stats.Looks) func(g *rng.Stream) bool {
		return func(g *rng.Stream) bool {
			var v []float64
			var iv stats.Interval
			for _, n := range at.Sizes {
				v = append(v, p.sample(g, n-len(v), 1)...)
				if iv = stats.MeanInterval(v, at.Level); (stats.Precision{Absolute: reach}).Reached(iv) {
					break
				}
			}
			return !iv.Excludes(p.mean)
		}
	}
	for _, p := range []*population{&normal, &wait} {
		for _, r := range []float64{0.9, 0.5, 0.3} {
			e.covers(Row{fmt.Sprintf("%s-%g", p.name, r), fmt.Sprintf("%s, ± %g", p.words, r), "", 0.94, 0, "nominal 0.95", Derived, AtLeast}, full, quick, stops(p, r, looks))
		}
	}
	e.covers(Row{"plain", "the row before last, had each look been taken for the only one", "", nan, 0, "", Derived, Reported}, full, quick, stops(&wait, 0.5, plain))
	e.covers(Row{"every-run", "the same, looking after every run", "", nan, 0, "", Derived, Reported}, full/2, quick/2, stops(&wait, 0.5, every))
	return e
}

// horizon of the censored waits, s.
const horizon = 20.0

// crashes draws so many runs of which each has four crashes: three that nobody takes back, detected after least + an
// exponential wait, and one that is over after two seconds; some runs end before all are detected.
func crashes(g *rng.Stream, n int, least float64) []stats.RunTimes {
	runs := make([]stats.RunTimes, n)
	for i := range runs {
		weather := g.Float64() - 0.5
		runs[i] = stats.RunTimes{{Time: 2, Censored: true}}
		for range 3 {
			x, end := least+weather+2*g.Exp(), horizon
			if g.Float64() < 0.3 {
				end = least + 6*g.Float64()
			}
			runs[i] = append(runs[i], stats.Observation{Time: min(x, end), Censored: x > end})
		}
	}
	return runs
}

// restricted is the mean of min(least + U − 0.5 + 2E, horizon): beyond the horizon lies 2·exp(−(horizon − start)/2).
func restricted(least float64) float64 {
	beyond := 0.0
	const steps = 1000
	for i := range steps {
		start := least - 0.5 + (float64(i)+0.5)/steps
		beyond += 2 * xmath.Exp(-(horizon-start)/2) / steps
	}
	return least + 2 - beyond
}

func censoring() *Experiment {
	const full, quick = 8_000, 2_400
	e := &Experiment{ID: "censoring", Full: 10, Short: 3, Title: "detections of which some never come: one crash of four is over after 2 s, and some runs end first"}
	var curve *stats.Survival
	var came []float64
	e.First = func(*Lab) {
		g := rng.New(1, "validate.statistics/censoring")
		var all []stats.Observation
		for _, r := range crashes(&g, 4000, 5) {
			all = append(all, r...)
		}
		var err error
		curve, err = stats.KaplanMeier(all, 0)
		check(err)
		came = nil
		for _, o := range all {
			if !o.Censored {
				came = append(came, o.Time)
			}
		}
	}
	e.add(Row{"mean", "mean of the first 20 s over 4,000 runs, Kaplan–Meier", "s", restricted(5), 0, "closed form", Derived, Near(0.01)}, "", func(*Lab, Trials) Value {
		return annotated(curve.RestrictedMean(min(horizon, curve.Last)), fmt.Sprintf("%d of %d never came", curve.Censored, curve.N))
	})
	e.add(Row{"came", "the same of those that came", "s", nan, 0, "", Derived, Reported}, "", func(*Lab, Trials) Value { return number(stats.Mean(came), "") })
	e.add(Row{"waited", "the same up to the shortest time that anything was waited for in vain", "s", nan, 0, "", Derived, Reported}, "", closed(2, "whatever the others take"))
	means := func(g *rng.Stream, n int, least float64) (float64, []float64) {
		w, err := stats.NewWaits(crashes(g, n, least))
		check(err)
		m, c, _ := w.RestrictedMean(min(horizon, w.Until()))
		return m, c
	}
	holds := func(n int) func(g *rng.Stream) bool {
		return func(g *rng.Stream) bool {
			m, c := means(g, n, 5)
			return !stats.Around(m, c, 0).Excludes(restricted(5))
		}
	}
	e.covers(Row{"coverage-n10", "95 % intervals of 10 runs that hold it", "", 0.93, 0, "nominal 0.95", Derived, AtLeast}, full, quick, holds(10))
	e.covers(Row{"coverage-n40", "of 40 runs", "", 0.94, 0, "nominal 0.95", Derived, AtLeast}, full/4, quick/4, holds(40))
	differs := func(more float64) func(g *rng.Stream) bool {
		return func(g *rng.Stream) bool {
			var f stats.Family
			_, a := means(g, 10, 5)
			_, b := means(g, 10, 5+more)
			f.Paired(numbered(a), numbered(b))
			return f.Test(stats.Draws{}).Rows[0].Adjusted <= 0.05
		}
	}
	e.covers(Row{"slower", "comparisons of ten pairs that find five seconds more", "", 0.99, 0, "ADR-0017", Derived, AtLeast}, 400, 400, differs(5))
	e.covers(Row{"same", "comparisons of ten pairs that find what there is not", "", 0.065, 0, "nominal 0.05", Derived, AtMost}, full, quick, differs(0))
	return e
}

// numbered makes runs of the seeds 0, 1, …
func numbered(v []float64) []stats.Run {
	out := make([]stats.Run, len(v))
	for i := range v {
		out[i] = stats.Run{Seed: uint64(i), Value: v[i]}
	}
	return out
}

// alarmed reports whether a family sees a difference in any of its rows, or in the first.
func alarmed(f *stats.Family, rows int) bool {
	for _, r := range f.Test(stats.Draws{Number: 499}).Rows[:rows] {
		if r.Adjusted <= 0.05 {
			return true
		}
	}
	return false
}

// falseAlarms are comparisons of ten rows between which nothing differs.
func falseAlarms() *Experiment {
	const rows, full, quick = 10, 2_400, 480
	e := &Experiment{ID: "false-alarms", Full: 30, Short: 5, Title: "comparisons of ten rows that report any difference where there is none"}
	pairs := func(g *rng.Stream, first float64) *stats.Family {
		f, weather := &stats.Family{}, normal.sample(g, 20, 1)
		for k := range rows {
			d := make([]float64, len(weather))
			for i := range d {
				if d[i] = (weather[i] + g.Norm()) / math.Sqrt2; k == 0 {
					d[i] += first
				}
			}
			f.Paired(numbered(make([]float64, len(d))), numbered(d))
		}
		return f
	}
	e.covers(Row{"pairs", "20 pairs, rows that share half of their weather", "", 0.065, 0, "nominal 0.05", Derived, AtMost}, full, quick, func(g *rng.Stream) bool { return alarmed(pairs(g, 0), rows) })
	unpaired := func(p *population, n, m int, by float64) func(g *rng.Stream) bool {
		return func(g *rng.Stream) bool {
			var f stats.Family
			for range rows {
				a, b := p.sample(g, n, by), p.sample(g, m, 1)
				f.Unpaired(numbered(a), numbered(b))
			}
			return alarmed(&f, rows)
		}
	}
	e.covers(Row{"unequal", "10 runs that spread four times as far as 40 others", "", 0.065, 0, "nominal 0.05", Derived, AtMost}, full, quick, unpaired(&normal, 10, 40, 4))
	e.covers(Row{"lopsided", "20 runs of exponential waits, three times as long on one side", "", 0.12, 0, "nominal 0.05; ADR-0017", Derived, AtMost}, full, quick, unpaired(&wait, 20, 20, 3))
	smallest := 0.0 // that 20 pairs of standard deviation 1 can show, given what ten rows must reach
	e.First = func(*Lab) {
		g := rng.New(1, "validate.statistics/found")
		critical := pairs(&g, 0).Test(stats.Draws{}).Critical
		smallest = stats.Spread{SE: 1 / math.Sqrt(20), SD: 1, Freedom: 19}.Smallest(critical)
	}
	e.covers(Row{"found", "comparisons of 20 pairs that find the smallest effect that they claim to show", "", 0.8, 0, "power 0.8 by stats.Spread", Derived, Near(0.1)}, full, quick, func(g *rng.Stream) bool { return alarmed(pairs(g, smallest), 1) })
	return e
}
