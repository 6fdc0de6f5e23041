package validate

import (
	"math"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/sim/trace"
)

// intervals are the ticks between two probes of one target by one member, over a group of n without faults.
func intervals(n, seconds int, seed uint64) []float64 {
	last := make([]core.Instant, n*n)
	var out []float64
	w := lan(n, seed, seconds, func(r *trace.Record) {
		if r.Kind != trace.KindSent || r.Msg.Kind != core.KindPing {
			return
		}
		pair := &last[int(r.Msg.From)*n+int(r.Msg.To)]
		if *pair != 0 {
			out = append(out, math.Round(r.At.Sub(*pair).Seconds()))
		}
		*pair = r.At
	}, "protocol.vivaldi.enabled=false", "protocol.sync.mode=off")
	finish(w)
	return out
}

func probeIntervals() *Experiment {
	const n, list = 20, 19
	return &Experiment{
		ID: "swim-probe-interval", Topic: TopicDetection, Quick: true, Full: 6, Short: 1, Title: "ticks between two probes of one target by one member, 20 members",
		Rows: []Row{
			{"worst", "longest: 2L − 1", "", 2*list - 1, 0, "§15.1", Computed, AtMost},
			{"reached", "longest seen is at least 2L − 3: the bound is a tight one", "", 2*list - 3, 0, "§15.1", Derived, AtLeast},
			{"mean", "mean: L", "", list, 0, "§15.1", Derived, Near(0.01)},
			{"shape", "largest distance of the distribution from (L − |d − L|)/L²", "", 0.02, 0, "model", Derived, AtMost},
		},
		Run: func(l *Lab) *plot.Overlay {
			runs := each(l, l.Pick(20, 4), func(i int) []float64 { return intervals(n, 1200, uint64(i+1)) })
			var all, means []float64
			for _, r := range runs {
				all = append(all, r...)
				means = append(means, mean(r))
			}
			slices.Sort(all)
			l.Number("worst", all[len(all)-1], "")
			l.Number("reached", all[len(all)-1], "")
			l.Mean("mean", means)
			have, want := plot.Curve{Label: "simulator", Kind: plot.Points, Colour: 1}, plot.Curve{Label: "(L − |d − L|)/L²", Kind: plot.Reference}
			worst, sum, expected := 0.0, 0.0, 0.0
			for d := 1; d < 2*list; d++ {
				lo, _ := slices.BinarySearch(all, float64(d)-0.5)
				hi, _ := slices.BinarySearch(all, float64(d)+0.5)
				share := float64(hi-lo) / float64(len(all))
				sum, expected = sum+share, expected+intervalShare(list, d)
				worst = max(worst, math.Abs(sum-expected))
				want.X, want.Y = append(want.X, float64(d)), append(want.Y, intervalShare(list, d))
				have.X, have.Y = append(have.X, float64(d)), append(have.Y, share)
			}
			l.Number("shape", worst, "Kolmogorov's distance")
			return &plot.Overlay{
				Title: "Ticks between two probes of one target, lists of 19", Caption: "spec 10 §4.1, §15.1: never more than 2L − 1 = 37",
				X: plot.Axis{Label: "ticks"}, Y: plot.Axis{Label: "probes (%)", Percent: true}, Curves: []plot.Curve{want, have},
			}
		},
	}
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
