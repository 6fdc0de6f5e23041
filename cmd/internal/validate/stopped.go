package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core/rng"
)

// coverageOfStopped are the intervals of sweeps that stop once they are short enough (sweep --until), or at 100 runs: early,
// after some looks, and late or never.
func coverageOfStopped() *Experiment {
	e := &Experiment{
		ID: "coverage-until", Topic: TopicStatistics, Quick: true, Full: 20, Short: 4,
		Title: "95 % intervals of sweeps that look after 5, 8, 12 … 100 runs and stop at ± so many standard deviations",
	}
	reaches := []float64{0.9, 0.5, 0.3}
	populations := []population{normal(), wait()}
	id := func(p *population, reach float64) string { return fmt.Sprintf("%s-%g", p.name, reach) }
	for i := range populations {
		for _, r := range reaches {
			e.Rows = append(e.Rows, Row{id(&populations[i], r), fmt.Sprintf("%s, ± %g", populations[i].words, r), "", 0.94, 0, "nominal 0.95", Derived, AtLeast})
		}
	}
	e.Rows = append(e.Rows,
		Row{"plain", "the row before last, had each look been taken for the only one", "", nan, 0, "", Derived, Reported},
		Row{"every-run", "the same, looking after every run", "", nan, 0, "", Derived, Reported})
	e.Run = func(l *Lab) *plot.Overlay {
		const most = 100
		looks, trials := stats.NewLooks(most, 0), l.Pick(16_000, 4_000)
		plain, every := stats.Looks{Sizes: looks.Sizes, Level: stats.DefaultLevel}, stats.Looks{Level: stats.DefaultLevel}
		for n := stats.ShownRuns; n <= most; n++ {
			every.Sizes = append(every.Sizes, n)
		}
		covers := func(row string, p *population, reach float64, at stats.Looks, trials int) {
			l.coverage(row, trials, func(g *rng.Stream) bool {
				return !sequential(g, p, stats.Precision{Absolute: reach}, at).Excludes(p.mean)
			})
		}
		for i := range populations {
			for _, r := range reaches {
				covers(id(&populations[i], r), &populations[i], r, looks, trials)
			}
		}
		last := &populations[len(populations)-1]
		covers("plain", last, 0.5, plain, trials)
		covers("every-run", last, 0.5, every, trials/2)
		return nil
	}
	return e
}

// sequential is the interval at which a sweep stops.
func sequential(g *rng.Stream, p *population, enough stats.Precision, at stats.Looks) (iv stats.Interval) {
	var v []float64
	for _, n := range at.Sizes {
		for len(v) < n {
			v = append(v, p.draw(g))
		}
		if iv = stats.MeanInterval(v, at.Level); enough.Reached(iv) {
			break
		}
	}
	return iv
}
