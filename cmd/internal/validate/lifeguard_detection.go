package validate

import (
	"fmt"
	"math"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

func lifeguard() []*Experiment {
	return []*Experiment{ratesOf(true), ratesOf(false), guardedDetection()}
}

// stoppedForGood is paused for good → first DEAD at a member that is not, and DEAD at the last of those, for
// each of some members that are paused at once (the paper's threshold experiment), in s; +Inf: never.
func stoppedForGood(seed uint64, some int, sets []string) (first, every []float64) {
	firsts, lasts, holders := make([]core.Instant, lifeguardSize), make([]core.Instant, lifeguardSize), make([]int, lifeguardSize)
	sick := make([]bool, lifeguardSize)
	w := lan(lifeguardSize, seed, 120, func(r *trace.Record) {
		f := &r.Fact
		if !moved(r) || f.To != core.StateDead || !sick[f.Subject] || sick[r.Node] {
			return
		}
		if firsts[f.Subject] == 0 {
			firsts[f.Subject] = r.At
		}
		lasts[f.Subject] = r.At
		holders[f.Subject]++
	}, append([]string{"protocol.vivaldi.enabled=false"}, sets...)...)
	draw := rng.New(seed, "validate.detected", uint64(some))
	w.Run(at(10 + draw.Float64()))
	start := w.Now()
	for _, id := range choose(&draw, some, sick) {
		w.Pause(id)
	}
	finish(w)
	for id, is := range sick {
		if !is {
			continue
		}
		a, b := math.Inf(1), math.Inf(1)
		if firsts[id] != 0 {
			a = firsts[id].Sub(start).Seconds()
		}
		if holders[id] >= lifeguardSize-some {
			b = lasts[id].Sub(start).Seconds()
		}
		first, every = append(first, a), append(every, b)
	}
	return first, every
}

// guardedDetection is what the components cost: how much later a member that is really gone is found.
func guardedDetection() *Experiment {
	e := &Experiment{
		ID: "lifeguard-detection", Topic: TopicLifeguard, Quick: true, Full: 120, Short: 6,
		Title: "1, 4 or 16 of 128 members stop for good",
		Rows: []Row{
			{"swim-first", "SWIM: median until first DEAD", "s", 12.4, 0, "§15.2, the paper's baseline", Recalled, Near(0.10)},
			{"swim-every", "SWIM: median until DEAD everywhere", "s", 12.9, 0, "§15.2, the paper's baseline", Recalled, Near(0.10)},
		},
	}
	for i := range guards {
		g := &guards[i]
		switch g.name {
		case "swim":
		case "tuned":
			e.Rows = append(e.Rows, Row{"tuned-median", g.words + ": median until first DEAD, of SWIM's", "", 0.55, 0, "§15.2, Lifeguard v1 abstract: −45 %", Read, Near(0.10)})
		default:
			e.Rows = append(e.Rows,
				Row{g.name + "-median", g.words + ": median until first DEAD, of SWIM's", "", 0.9, 1.1, "§15.2", Computed, Within(0)},
				Row{g.name + "-tail", g.words + ": 99.9th percentile, of SWIM's", "", 1.3, 0, "§15.2", Computed, AtMost})
		}
	}
	e.Run = func(l *Lab) *plot.Overlay {
		counts, seeds := []int{1, 4, 16}, l.Pick(10, 2)
		per := len(counts) * seeds
		type both struct{ first, every []float64 }
		runs := each(l, per*len(guards), func(i int) both {
			g, k := i/per, i%per
			a, b := stoppedForGood(uint64(k%seeds+1), counts[k/seeds], guards[g].sets)
			return both{a, b}
		})
		fig := &plot.Overlay{
			Title: "Detection of members that stop for good", Caption: "spec 10 §15.2; 128 members, 1, 4 or 16 of them at once; the line's foot is the paper's median for SWIM, 12.4 s",
			X: plot.Axis{Label: "time until first DEAD (s)"}, Y: plot.Axis{Label: "stopped members (%)", Percent: true, High: 1.02},
			Curves: []plot.Curve{{Label: "median in the paper,\nSWIM", Kind: plot.Reference, Colour: 7, X: []float64{12.4, 12.4}, Y: []float64{0, 0.5}}},
		}
		var swim [][]float64
		for g := range guards {
			var first, every [][]float64
			for _, r := range runs[g*per : (g+1)*per] {
				first, every = append(first, r.first), append(every, r.every)
			}
			name := guards[g].name
			if name == "swim" || name == "lifeguard" || name == "tuned" { // the others lie on SWIM's
				fig.Curves = append(fig.Curves, plot.Distribution(guards[g].words, plot.Steps, g, slices.Concat(first...)))
			}
			if name == "swim" {
				swim = first
				l.Median("swim-first", first)
				l.Median("swim-every", every)
				continue
			}
			before, after := slices.Concat(swim...), slices.Concat(first...)
			l.Estimate(name+"-median", ratioOfMedians(swim, first), fmt.Sprintf("%.2f s of %.2f s", stats.Median(after), stats.Median(before)))
			if name != "tuned" {
				a, b := stats.Percentile(before, 99.9), stats.Percentile(after, 99.9)
				l.Number(name+"-tail", b/a, fmt.Sprintf("%.2f s of %.2f s", b, a))
			}
		}
		return fig
	}
	return e
}

// ratioOfMedians is the geometric mean over runs of the same seed of how their medians compare.
func ratioOfMedians(a, b [][]float64) stats.Interval {
	logs := make([]float64, len(a))
	for i := range a {
		logs[i] = math.Log(stats.Median(b[i]) / stats.Median(a[i]))
	}
	iv := stats.MeanInterval(logs, 0)
	iv.Estimate, iv.Low, iv.High = math.Exp(iv.Estimate), math.Exp(iv.Low), math.Exp(iv.High)
	return iv
}
