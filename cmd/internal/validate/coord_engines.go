package validate

import (
	"fmt"
	"strings"

	"hypersim/analysis/plot"
)

var embedRows = [8]struct {
	id, words string
	tolerance float64
}{
	{"median-20", "median relative error after 20 rounds", 0.15}, {"p90-20", "90th percentile after 20 rounds", 0.3},
	{"median-100", "median after 100 rounds", 0.15}, {"p90-100", "90th percentile after 100 rounds", 0.3},
	{"median-1000", "median after 1000 rounds", 0.15}, {"p90-1000", "90th percentile after 1000 rounds", 0.3},
	{"coverage", "share of pairs below their upper bound, 1000 rounds", 0.15}, {"ucb", "median of upper bound over truth, 1000 rounds", 0.15},
}

// twoDigits is what print and the choice of pairs leave open, absolute.
const twoDigits = 0.01

// embed runs one engine over the matrix, all nodes taking one sample a round.
func (d *dataset) embed(eng *engine) *Experiment {
	e := &Experiment{
		ID: "coord-" + d.id + "-" + strings.ReplaceAll(strings.ToLower(eng.name), " ", "-"), Topic: TopicCoordinates, Quick: d.quick && eng.name != "hyperscale",
		Title: fmt.Sprintf("%s, engine %s", d.words, eng.name), Full: 5 * d.full, Short: d.full,
	}
	for i, r := range embedRows {
		row := Row{r.id, r.words, "", nan, 0, "no reference", Derived, Reported}
		if ref := eng.want[i]; ref > 0 {
			row.Ref, row.Source, row.Certainty, row.Judge = ref, "§15.3", Computed, NearOr(r.tolerance, twoDigits)
		}
		e.Rows = append(e.Rows, row)
	}
	stops := []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}
	e.Run = func(l *Lab) *plot.Overlay {
		w := d.truth()
		type course struct {
			median, p90     []float64 // at stops
			coverage, ratio float64
		}
		runs := each(l, l.Pick(10, 3), func(i int) (c course) {
			s := newStatic(w, uint64(i+1), eng.change)
			for _, stop := range stops {
				s.run(stop - s.round)
				list := s.errors(-1)
				c.median, c.p90 = append(c.median, quantile(list, 0.5)), append(c.p90, quantile(list, 0.9))
			}
			c.coverage, c.ratio = s.bounds()
			return c
		})
		fig := &plot.Overlay{
			Title: "Relative error of predicted round trips: " + e.Title, Caption: "spec 10 §15.3; squares: the chapter's figures; mean over " + fmt.Sprint(len(runs)) + " seeds",
			X: plot.Axis{Label: "rounds, one sample per node each", Log: true}, Y: plot.Axis{Label: "relative error", Log: true},
		}
		median, p90 := plot.Curve{Label: "median", Kind: plot.Measured}, plot.Curve{Label: "90th percentile", Kind: plot.Measured, Colour: 1}
		for k, stop := range stops {
			var a, b []float64
			for _, r := range runs {
				a, b = append(a, r.median[k]), append(b, r.p90[k])
			}
			median.X, median.Y = append(median.X, float64(stop)), append(median.Y, mean(a))
			p90.X, p90.Y = append(p90.X, float64(stop)), append(p90.Y, mean(b))
			if stop == 20 || stop == 100 || stop == 1000 {
				l.Mean(fmt.Sprintf("median-%d", stop), a)
				l.Mean(fmt.Sprintf("p90-%d", stop), b)
			}
		}
		var coverage, ratio []float64
		for _, r := range runs {
			coverage, ratio = append(coverage, r.coverage), append(ratio, r.ratio)
		}
		l.Mean("coverage", coverage)
		l.Mean("ucb", ratio)
		refs := [2]plot.Curve{{Label: "median, reference", Kind: plot.Marks}, {Label: "90th percentile,\nreference", Kind: plot.Marks, Colour: 1}}
		for i, ref := range eng.want[:6] {
			if ref > 0 {
				c := &refs[i%2]
				c.X, c.Y = append(c.X, []float64{20, 100, 1000}[i/2]), append(c.Y, ref)
			}
		}
		fig.Curves = append(fig.Curves, median, p90)
		for _, c := range refs {
			if len(c.X) > 0 {
				fig.Curves = append(fig.Curves, c)
			}
		}
		return fig
	}
	return e
}
