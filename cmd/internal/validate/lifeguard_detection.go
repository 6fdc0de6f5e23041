package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/sim/trace"
)

func lifeguard() []*Experiment {
	return []*Experiment{ratesOf(true), ratesOf(false), guardedDetection()}
}

// stoppedForGood notes who holds whom DEAD of those that are paused at once and for good (the paper's threshold experiment).
func stoppedForGood(t *Trial, r *trace.Record) {
	if f := &r.Fact; moved(r) && f.To == core.StateDead && t.Hits(f.Subject) && !t.Hits(r.Node) {
		t.Note("subject", float64(f.Subject))
		t.Note("at", t.Since(r.At))
	}
}

// firstAndLast notes for each of them when the first, and the last, of those that are not paused held it DEAD, in s; +Inf: never.
func firstAndLast(t *Trial) {
	for _, id := range t.Hit {
		first, last, holders := math.Inf(1), math.Inf(1), 0
		for i, subject := range t.lists["subject"] {
			if subject != float64(id) {
				continue
			}
			since := t.lists["at"][i]
			first = min(first, since)
			if holders++; holders >= lifeguardSize-len(t.Hit) {
				last = since
			}
		}
		t.Note("first", first)
		t.Note("every", last)
	}
}

// guardedDetection is what the components cost: how much later a member that is really gone is found.
func guardedDetection() *Experiment {
	s := &Study{
		File: "pause", Seeds: [2]int{10, 2}, Watch: stoppedForGood, After: firstAndLast, Figure: guardedFigure,
		Before: func(t *Trial) { t.Strike(10, "validate.detected", uint64(t.Sc.Faults[0].Target.Count)) },
	}
	for i := range guards {
		g := &guards[i]
		for _, some := range []int{1, 4, 16} {
			s.Cells = append(s.Cells, Cell{ID: g.name, Sets: append([]string{
				"scenario.duration=120s", "fault.pause.for=120s", "fault.pause.repeat.count=1", fmt.Sprintf("fault.pause.target.count=%d", some),
			}, g.sets...)})
		}
		switch g.name {
		case "swim":
			s.Rows = append(s.Rows,
				Measured{Row{"swim-first", "SWIM: median until first DEAD", "s", 12.4, 0, "§15.2, the paper's baseline", Recalled, Near(0.10)}, g.name, medianOfAll("first")},
				Measured{Row{"swim-every", "SWIM: median until DEAD everywhere", "s", 12.9, 0, "§15.2, the paper's baseline", Recalled, Near(0.10)}, g.name, medianOfAll("every")})
		case "tuned":
			s.Rows = append(s.Rows, Measured{Row{"tuned-median", g.words + ": median until first DEAD, of SWIM's", "", 0.55, 0, "§15.2, Lifeguard v1 abstract: −45 %", Read, Near(0.10)}, g.name, medianOfSWIM})
		default:
			s.Rows = append(s.Rows,
				Measured{Row{g.name + "-median", g.words + ": median until first DEAD, of SWIM's", "", 0.9, 1.1, "§15.2", Computed, Within(0)}, g.name, medianOfSWIM},
				Measured{Row{g.name + "-tail", g.words + ": 99.9th percentile, of SWIM's", "", 1.3, 0, "§15.2", Computed, AtMost}, g.name, tailOfSWIM})
		}
	}
	return &Experiment{
		ID: "lifeguard-detection", Topic: TopicLifeguard, Quick: true, Full: 120, Short: 6, Title: "1, 4 or 16 of 128 members stop for good", Study: s,
	}
}

// medianOfAll is the median of what was noted in all runs, with its interval by runs.
func medianOfAll(name string) Measure {
	return func(l *Lab, row string, runs Trials) { l.Median(row, runs.lists(name)) }
}

func medianOfSWIM(l *Lab, row string, runs Trials) {
	swim := l.cells["swim"]
	l.Estimate(row, ratioOfMedians(swim.lists("first"), runs.lists("first")), fmt.Sprintf("%.2f s of %.2f s", stats.Median(runs.all("first")), stats.Median(swim.all("first"))))
}

func tailOfSWIM(l *Lab, row string, runs Trials) {
	a, b := stats.Percentile(l.cells["swim"].all("first"), 99.9), stats.Percentile(runs.all("first"), 99.9)
	l.Number(row, b/a, fmt.Sprintf("%.2f s of %.2f s", b, a))
}

func guardedFigure(_ *Lab, cells map[string]Trials) *plot.Overlay {
	fig := &plot.Overlay{
		Title: "Detection of members that stop for good", Caption: "spec 10 §15.2; 128 members, 1, 4 or 16 of them at once; the line's foot is the paper's median for SWIM, 12.4 s",
		X: plot.Axis{Label: "time until first DEAD (s)"}, Y: plot.Axis{Label: "stopped members (%)", Percent: true, High: 1.02},
		Curves: []plot.Curve{{Label: "median in the paper,\nSWIM", Kind: plot.Reference, Colour: 7, X: []float64{12.4, 12.4}, Y: []float64{0, 0.5}}},
	}
	for g := range guards {
		switch name := guards[g].name; name {
		case "swim", "lifeguard", "tuned": // the others lie on SWIM's
			fig.Curves = append(fig.Curves, plot.Distribution(guards[g].words, plot.Steps, g, cells[name].all("first")))
		}
	}
	return fig
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
