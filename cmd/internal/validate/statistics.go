package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// statistics checks what sweeps and comparisons say of their own certainty: that 95 % intervals hold the truth as
// often, and that differences are not seen where there are none (ADR-0017).
func statistics() []*Experiment {
	return []*Experiment{coverageOfMeans(), coverageOfOthers(), coverageOfBursts(), coverageOfStopped(), censoring(), falseAlarms()}
}

// coverage counts in how many trials an interval holds the truth. Trials are parted among workers; each has a stream of
// its own.
func (l *Lab) coverage(row string, trials int, holds func(g *rng.Stream) bool) {
	const parts = 8
	hits := 0
	for _, n := range each(l, parts, func(part int) (hits int) {
		g := rng.New(uint64(part), "validate.statistics/"+l.e.ID+"/"+row)
		for range trials / parts {
			if holds(&g) {
				hits++
			}
		}
		return hits
	}) {
		hits += n
	}
	l.Share(row, hits, trials/parts*parts)
}

// leastCoverage is what 95 % intervals of so many runs must reach.
var leastCoverage = []struct {
	runs  int
	share float64
}{{5, 0.90}, {10, 0.93}, {20, 0.94}, {40, 0.94}}

// population is where runs are drawn from.
type population struct {
	name, words string
	mean        float64
	draw        func(g *rng.Stream) float64
}

// drawn is a population of values as they were seen, each as likely as any other.
func drawn(name, words string, values []float64) population {
	return population{name, words, stats.Mean(values), func(g *rng.Stream) float64 { return values[g.Intn(len(values))] }}
}

func normal() population {
	return population{"normal", "normal", 0, func(g *rng.Stream) float64 { return g.Norm() }}
}

// wait is a detection of a random prober: seconds of suspicion, and a memoryless wait for the first probe. No detection leans more.
func wait() population {
	return population{"wait", "5 s and an exponential wait", 6, func(g *rng.Stream) float64 { return 5 + g.Exp() }}
}

func sample(g *rng.Stream, p *population, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = p.draw(g)
	}
	return v
}

func coverageOfMeans() *Experiment {
	e := &Experiment{ID: "coverage-mean", Topic: TopicStatistics, Quick: true, Full: 25, Short: 5, Title: "95 % intervals of a mean over runs hold it"}
	for _, p := range []struct{ name, words string }{
		{"normal", "normal values"}, {"wait", "5 s and an exponential wait"}, {"model", "first DEAD of ten members, own phases (model)"}, {"simulated", "first DEAD of five members, simulated"},
	} {
		for _, c := range leastCoverage {
			e.Rows = append(e.Rows, Row{fmt.Sprintf("%s-n%d", p.name, c.runs), fmt.Sprintf("%s, %d runs", p.words, c.runs), "", c.share, 0, "nominal 0.95", Derived, AtLeast})
		}
	}
	e.Run = func(l *Lab) *plot.Overlay {
		cell, before := crash(5)
		five := &Study{File: "crash", Measured: true, Cells: []Cell{cell}, Seeds: [2]int{300, 60}, Before: before}
		simulated := five.runs(l)[cell.ID].each("dead")
		for _, p := range []population{normal(), wait(), drawn("model", "", shifted(firstProbes(9, 20_000), waits+scaledMin(10))), drawn("simulated", "", simulated)} {
			for _, c := range leastCoverage {
				l.coverage(fmt.Sprintf("%s-n%d", p.name, c.runs), l.Pick(40_000, 8_000), func(g *rng.Stream) bool {
					return !stats.MeanInterval(sample(g, &p, c.runs), 0).Excludes(p.mean)
				})
			}
		}
		return nil
	}
	return e
}

// coverageOfOthers are intervals of what is no mean of one sample.
func coverageOfOthers() *Experiment {
	return &Experiment{
		ID: "coverage-other", Topic: TopicStatistics, Quick: true, Full: 15, Short: 3, Title: "95 % intervals of differences, ratios, percentiles and shares",
		Rows: []Row{
			{"difference", "unpaired difference, 10 runs that spread four times as far as 40 others", "", 0.93, 0, "nominal 0.95", Derived, AtLeast},
			{"ratio", "ratio of means of 10 pairs", "", 0.93, 0, "nominal 0.95", Derived, AtLeast},
			{"ratio-least", "least lower end of ratios of what rarely happens (a fall of 100 % is 0)", "", 0, 0, "by construction", Derived, AtLeast},
			{"median", "median of 10 runs of three alike values each", "", 0.94, 0, "nominal 0.95", Derived, AtLeast},
			{"p90", "90th percentile of 40 runs of three alike values each", "", 0.94, 0, "nominal 0.95", Derived, AtLeast},
			{"p99", "99th percentiles of 20 runs that have an interval: none can", "", 0, 0, "0.99^20 = 0.82", Derived, AtMost},
			{"share", "share of 10 runs of ten alike observations each", "", 0.93, 0, "nominal 0.95", Derived, AtLeast},
		},
		Run: func(l *Lab) *plot.Overlay {
			trials := l.Pick(16_000, 4_000)
			w := wait()
			l.coverage("difference", trials, func(g *rng.Stream) bool {
				a, b := sample(g, &w, 10), sample(g, &w, 40)
				for i := range a {
					a[i] = w.mean + 4*(a[i]-w.mean)
				}
				return !stats.DifferenceOfMeans(a, b, 0).Excludes(0)
			})
			l.coverage("ratio", trials, func(g *rng.Stream) bool {
				pairs := make([]stats.Pair, 10)
				for i := range pairs {
					a := w.draw(g)
					pairs[i] = stats.Pair{A: a, B: 1.5*a + w.draw(g) - w.mean}
				}
				return !stats.PairedRatio(pairs, 0).Excludes(1.5)
			})
			l.Number("ratio-least", leastRatio(), "of 2,000")
			alike := func(g *rng.Stream, n int) []stats.Weighted {
				runs := make([]stats.Weighted, n)
				for i := range runs {
					v := w.draw(g)
					runs[i] = stats.Weighted{Values: []float64{v, v + 1e-6, v + 2e-6}, Weights: []float64{1, 1, 1}}
				}
				return runs
			}
			for _, c := range []struct {
				row   string
				runs  int
				p     float64
				truth float64
			}{{"median", 10, 50, 5 + math.Ln2}, {"p90", 40, 90, 5 + math.Ln10}} {
				l.coverage(c.row, trials, func(g *rng.Stream) bool {
					return !stats.QuantileInterval(alike(g, c.runs), c.p, 0).Excludes(c.truth + 1e-6)
				})
			}
			l.coverage("p99", 800, func(g *rng.Stream) bool { return stats.QuantileInterval(alike(g, 20), 99, 0).Known() })
			l.coverage("share", trials, func(g *rng.Stream) bool {
				runs := make([]stats.Part, 10)
				for i := range runs {
					if runs[i].Whole = 10; g.Float64() < 0.7 {
						runs[i].Of = 10
					}
				}
				return !stats.ShareInterval(runs, 0).Excludes(0.7)
			})
			return nil
		},
	}
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
	e := &Experiment{ID: "coverage-rate", Topic: TopicStatistics, Quick: true, Full: 8, Short: 2, Title: "95 % intervals of a rate whose events come in bursts of 1 to 20"}
	cases := []struct {
		bursts float64
		runs   int
	}{{0.3, 10}, {0.3, 40}, {1, 10}, {5, 40}}
	for _, c := range cases {
		e.Rows = append(e.Rows, Row{fmt.Sprintf("b%g-n%d", c.bursts, c.runs), fmt.Sprintf("%g bursts a run, %d runs", c.bursts, c.runs), "", 0.93, 0, "nominal 0.95", Derived, AtLeast})
	}
	e.Rows = append(e.Rows, Row{"independent", "the exact Poisson interval of the last, which takes events as independent", "", nan, 0, "", Derived, Reported})
	e.Run = func(l *Lab) *plot.Overlay {
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
		trials := l.Pick(16_000, 4_000)
		for _, c := range cases {
			l.coverage(fmt.Sprintf("b%g-n%d", c.bursts, c.runs), trials, func(g *rng.Stream) bool {
				return !stats.RateInterval(draw(g, c.bursts, c.runs), 0).Excludes(10.5 * c.bursts)
			})
		}
		l.coverage("independent", trials, func(g *rng.Stream) bool {
			count := uint64(0)
			for _, r := range draw(g, 5, 40) {
				count += r.Count
			}
			return !stats.PoissonInterval(count, 40, 0).Excludes(52.5)
		})
		return nil
	}
	return e
}

// horizon of the censored waits, s.
const horizon = 20.0

// crashes draws the crashes of one run: three that nobody takes back, detected after least + an exponential wait, and one that is over
// after two seconds; some runs end before all are detected.
func crashes(g *rng.Stream, least float64) stats.RunTimes {
	weather := g.Float64() - 0.5
	out := stats.RunTimes{{Time: 2, Censored: true}}
	for range 3 {
		x, end := least+weather+2*g.Exp(), horizon
		if g.Float64() < 0.3 {
			end = least + 6*g.Float64()
		}
		out = append(out, stats.Observation{Time: min(x, end), Censored: x > end})
	}
	return out
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
	return &Experiment{
		ID: "censoring", Topic: TopicStatistics, Quick: true, Full: 10, Short: 3, Title: "detections of which some never come: one crash of four is over after 2 s, and some runs end first",
		Rows: []Row{
			{"mean", "mean of the first 20 s over 4,000 runs, Kaplan–Meier", "s", restricted(5), 0, "closed form", Derived, Near(0.01)},
			{"came", "the same of those that came", "s", nan, 0, "", Derived, Reported},
			{"waited", "the same up to the shortest time that anything was waited for in vain", "s", nan, 0, "", Derived, Reported},
			{"coverage-n10", "95 % intervals of 10 runs that hold it", "", 0.93, 0, "nominal 0.95", Derived, AtLeast},
			{"coverage-n40", "of 40 runs", "", 0.94, 0, "nominal 0.95", Derived, AtLeast},
			{"slower", "comparisons of ten pairs that find five seconds more", "", 0.99, 0, "ADR-0017", Derived, AtLeast},
			{"same", "comparisons of ten pairs that find what there is not", "", 0.065, 0, "nominal 0.05", Derived, AtMost},
		},
		Run: func(l *Lab) *plot.Overlay {
			g := rng.New(1, "validate.statistics/censoring")
			draw := func(g *rng.Stream, n int, least float64) []stats.RunTimes {
				runs := make([]stats.RunTimes, n)
				for i := range runs {
					runs[i] = crashes(g, least)
				}
				return runs
			}
			var all []stats.Observation
			for _, r := range draw(&g, 4000, 5) {
				all = append(all, r...)
			}
			curve, err := stats.KaplanMeier(all, 0)
			check(err)
			var came []float64
			for _, o := range all {
				if !o.Censored {
					came = append(came, o.Time)
				}
			}
			l.Estimate("mean", curve.RestrictedMean(min(horizon, curve.Last)), fmt.Sprintf("%d of %d never came", curve.Censored, curve.N))
			l.Number("came", stats.Mean(came), "")
			l.Number("waited", 2, "whatever the others take")
			mean := func(runs []stats.RunTimes) (float64, []float64) {
				w, err := stats.NewWaits(runs)
				check(err)
				m, c, _ := w.RestrictedMean(min(horizon, w.Until()))
				return m, c
			}
			for _, n := range []int{10, 40} {
				l.coverage(fmt.Sprintf("coverage-n%d", n), l.Pick(8_000, 2_400)*10/n, func(g *rng.Stream) bool {
					m, c := mean(draw(g, n, 5))
					return !stats.Around(m, c, 0).Excludes(restricted(5))
				})
			}
			differs := func(g *rng.Stream, more float64) bool {
				var f stats.Family
				_, a := mean(draw(g, 10, 5))
				_, b := mean(draw(g, 10, 5+more))
				f.Paired(numbered(a), numbered(b))
				return f.Test(stats.Draws{}).Rows[0].Adjusted <= 0.05
			}
			l.coverage("slower", 400, func(g *rng.Stream) bool { return differs(g, 5) })
			l.coverage("same", l.Pick(8_000, 2_400), func(g *rng.Stream) bool { return differs(g, 0) })
			return nil
		},
	}
}

// numbered makes runs of the seeds 0, 1, …
func numbered(v []float64) []stats.Run {
	out := make([]stats.Run, len(v))
	for i := range v {
		out[i] = stats.Run{Seed: uint64(i), Value: v[i]}
	}
	return out
}

// falseAlarms are comparisons of ten rows between which nothing differs.
func falseAlarms() *Experiment {
	return &Experiment{
		ID: "false-alarms", Topic: TopicStatistics, Quick: true, Full: 30, Short: 5, Title: "comparisons of ten rows that report any difference where there is none",
		Rows: []Row{
			{"pairs", "20 pairs, rows that share half of their weather", "", 0.065, 0, "nominal 0.05", Derived, AtMost},
			{"unequal", "10 runs that spread four times as far as 40 others", "", 0.065, 0, "nominal 0.05", Derived, AtMost},
			{"lopsided", "20 runs of exponential waits, three times as long on one side", "", 0.12, 0, "nominal 0.05; ADR-0017", Derived, AtMost},
			{"found", "comparisons of 20 pairs that find the smallest effect that they claim to show", "", 0.8, 0, "power 0.8 by stats.Spread", Derived, Near(0.1)},
		},
		Run: func(l *Lab) *plot.Overlay {
			const rows = 10
			alarm := func(f *stats.Family) bool {
				for _, r := range f.Test(stats.Draws{Number: 499}).Rows {
					if r.Adjusted <= 0.05 {
						return true
					}
				}
				return false
			}
			trials := l.Pick(2_400, 480)
			pairs := func(g *rng.Stream, first float64) *stats.Family {
				f, weather := &stats.Family{}, make([]float64, 20)
				for i := range weather {
					weather[i] = g.Norm()
				}
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
			l.coverage("pairs", trials, func(g *rng.Stream) bool { return alarm(pairs(g, 0)) })
			unpaired := func(row string, p population, n, m int, by float64) {
				l.coverage(row, trials, func(g *rng.Stream) bool {
					var f stats.Family
					for range rows {
						a, b := sample(g, &p, n), sample(g, &p, m)
						for i := range a {
							a[i] = p.mean + by*(a[i]-p.mean)
						}
						f.Unpaired(numbered(a), numbered(b))
					}
					return alarm(&f)
				})
			}
			unpaired("unequal", normal(), 10, 40, 4)
			unpaired("lopsided", wait(), 20, 20, 3)
			// What ten rows must reach, and so what 20 pairs of standard deviation 1 can show.
			g := rng.New(1, "validate.statistics/found")
			critical := pairs(&g, 0).Test(stats.Draws{}).Critical
			smallest := stats.Spread{SE: 1 / math.Sqrt(20), SD: 1, Freedom: 19}.Smallest(critical)
			l.coverage("found", trials, func(g *rng.Stream) bool {
				return pairs(g, smallest).Test(stats.Draws{Number: 499}).Rows[0].Adjusted <= 0.05
			})
			return nil
		},
	}
}
