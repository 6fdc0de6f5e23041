package validate

import (
	"math"
	"slices"
	"time"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// truths are Serf's synthetic networks, whose embedding is known, over 60 seeds.
func truths() []*Experiment {
	xy := func(i, side int) (float64, float64) { return float64(i % side), float64(i / side) }
	var out []*Experiment
	for _, v := range []struct {
		name string
		n    int
		dims int
		rtt  func(a, b int, s *rng.Stream) float64 // ms, a < b
		want [4]float64                            // average median and p95, worst pair median and p95
	}{
		{"line", 10, 8, func(a, b int, _ *rng.Stream) float64 { return 10 * float64(b-a) }, [4]float64{0.0022, 0.0041, 0.012, 0.022}},
		{"grid", 25, 8, func(a, b int, _ *rng.Stream) float64 {
			ax, ay := xy(a, 5)
			bx, by := xy(b, 5)
			return 10 * math.Hypot(ax-bx, ay-by)
		}, [4]float64{0.0015, 0.0021, 0.012, 0.021}},
		{"split", 25, 8, func(a, b int, _ *rng.Stream) float64 {
			if a <= 12 && b > 12 {
				return 11
			}
			return 1
		}, [4]float64{0.000054, 0.0022, 0.00036, 0.018}},
		{"circle", 25, 2, func(a, b int, _ *rng.Stream) float64 {
			if a == 0 {
				return 200 // the centre is twice the radius away from all: only height can say so
			}
			return 200 * math.Abs(math.Sin(math.Pi*float64(a-b)/25))
		}, [4]float64{0.0032, 0.0043, 0.059, 0.098}},
		{"random", 25, 8, func(_, _ int, s *rng.Stream) float64 { return 100 + 10*s.Norm() }, [4]float64{0.050, 0.055, 0.25, 0.32}},
	} {
		e := &Experiment{
			ID: "truth-" + v.name, Topic: TopicTruths, Quick: true, Full: 8, Short: 2, Title: v.name + ", 1000 cycles",
			Rows: []Row{
				{"average-median", "average error, median over seeds", "", v.want[0], 0, "§15.3, Serf's engine, 60 seeds", Computed, Around},
				{"average-p95", "average error, 95th percentile over seeds", "", v.want[1], 0, "§15.3, Serf's engine, 60 seeds", Computed, Around},
				{"worst-median", "worst pair, median over seeds", "", v.want[2], 0, "§15.3, Serf's engine, 60 seeds", Computed, Around},
				{"worst-p95", "worst pair, 95th percentile over seeds", "", v.want[3], 0, "§15.3, Serf's engine, 60 seeds", Computed, Around},
			},
		}
		e.Run = func(l *Lab) *plot.Overlay {
			draw := rng.New(1, "vivaldi.truth") // one matrix for all seeds, as Serf has
			w := symmetric(v.n, func(a, b int) core.Duration { return core.Duration(v.rtt(a, b, &draw) * float64(time.Millisecond)) })
			type errs struct{ average, worst float64 }
			runs := each(l, 60, func(i int) errs {
				s := newStatic(w, uint64(i+1), func(c *vivaldi.Config) { c.Dimensions = v.dims })
				s.run(1000)
				list := s.errors(-1)
				return errs{mean(list), list[len(list)-1]}
			})
			var average, worst []float64
			for _, r := range runs {
				average, worst = append(average, r.average), append(worst, r.worst)
			}
			slices.Sort(average)
			slices.Sort(worst)
			for i, x := range []float64{quantile(average, 0.5), quantile(average, 0.95), quantile(worst, 0.5), quantile(worst, 0.95)} {
				l.Number(e.Rows[i].ID, x, "")
			}
			ends := []float64{0.5, 0.95}
			return &plot.Overlay{
				Title: "Serf's synthetic truth: " + v.name, Caption: "spec 10 §15.3; squares: median and 95th percentile of 60 seeds of Serf's own engine",
				X: plot.Axis{Label: "relative error after 1000 cycles", Log: true}, Y: plot.Axis{Label: "seeds (%)", Percent: true, High: 1.02},
				Curves: []plot.Curve{
					plot.Distribution("average", plot.Steps, 0, average), plot.Distribution("worst pair", plot.Steps, 1, worst),
					{Label: "average, reference", Kind: plot.Marks, X: v.want[:2], Y: ends}, {Label: "worst pair, reference", Kind: plot.Marks, Colour: 1, X: v.want[2:], Y: ends},
				},
			}
		}
		out = append(out, e)
	}
	return out
}
