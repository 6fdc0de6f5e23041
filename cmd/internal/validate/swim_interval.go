package validate

import (
	"math"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/sim/trace"
)

// probeIntervals are the ticks between two probes of one target by one member, over a group without faults.
func probeIntervals() *Experiment {
	const n, list = 20, 19
	worst := func(l *Lab, row string, runs Trials) { l.Number(row, slices.Max(runs.all("ticks")), "") }
	return &Experiment{
		ID: "swim-probe-interval", Topic: TopicDetection, Quick: true, Full: 6, Short: 1, Title: "ticks between two probes of one target by one member, 20 members",
		Study: &Study{
			Rows: []Measured{
				{Row{"worst", "longest: 2L − 1", "", 2*list - 1, 0, "§15.1", Computed, AtMost}, "", worst},
				{Row{"reached", "longest seen is at least 2L − 3: the bound is a tight one", "", 2*list - 3, 0, "§15.1", Derived, AtLeast}, "", worst},
				{Row{"mean", "mean: L", "", list, 0, "§15.1", Derived, Near(0.01)}, "", func(l *Lab, row string, runs Trials) {
					var means []float64
					for _, list := range runs.lists("ticks") {
						means = append(means, mean(list))
					}
					l.Mean(row, means)
				}},
				{Row{"shape", "largest distance of the distribution from (L − |d − L|)/L²", "", 0.02, 0, "model", Derived, AtMost}, "", func(l *Lab, row string, runs Trials) {
					worst, sum := 0.0, 0.0
					for d, share := range tickShares(runs, list) {
						sum += share - intervalShare(list, d+1)
						worst = max(worst, math.Abs(sum))
					}
					l.Number(row, worst, "Kolmogorov's distance")
				}},
			},
			File: "lan", Cells: []Cell{lanCell("", n, 1200, "protocol.vivaldi.enabled=false", "protocol.sync.mode=off")}, Seeds: [2]int{20, 4},
			Before: func(t *Trial) { t.last = make([]core.Instant, n*n) },
			Watch: func(t *Trial, r *trace.Record) {
				if r.Kind != trace.KindSent || r.Msg.Kind != core.KindPing {
					return
				}
				pair := &t.last[int(r.Msg.From)*n+int(r.Msg.To)]
				if *pair != 0 {
					t.Note("ticks", math.Round(r.At.Sub(*pair).Seconds()))
				}
				*pair = r.At
			},
			Figure: func(_ *Lab, cells map[string]Trials) *plot.Overlay {
				have, want := plot.Curve{Label: "simulator", Kind: plot.Points, Colour: 1}, plot.Curve{Label: "(L − |d − L|)/L²", Kind: plot.Reference}
				for d, share := range tickShares(cells[""], list) {
					want.X, want.Y = append(want.X, float64(d+1)), append(want.Y, intervalShare(list, d+1))
					have.X, have.Y = append(have.X, float64(d+1)), append(have.Y, share)
				}
				return &plot.Overlay{
					Title: "Ticks between two probes of one target, lists of 19", Caption: "spec 10 §4.1, §15.1: never more than 2L − 1 = 37",
					X: plot.Axis{Label: "ticks"}, Y: plot.Axis{Label: "probes (%)", Percent: true}, Curves: []plot.Curve{want, have},
				}
			},
		},
	}
}

// tickShares is how often each number of ticks came, from 1 to 2L − 1.
func tickShares(runs Trials, list int) []float64 {
	out, all := make([]float64, 2*list-1), runs.all("ticks")
	for _, d := range all {
		if k := int(d) - 1; k >= 0 && k < len(out) {
			out[k] += 1 / float64(len(all))
		}
	}
	return out
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
