package validate

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// settled runs 1000 rounds over w for some seeds and returns what judge says of each.
func settled(l *Lab, w *truth, change func(*vivaldi.Config), jitter float64, judge func(*static) float64) []float64 {
	return each(l, l.Pick(10, 3), func(i int) float64 {
		s := newStatic(w, uint64(i+1), change)
		s.jitter = jitter
		s.run(1000)
		return judge(s)
	})
}

func medianError(s *static) float64 { return quantile(s.errors(-1), 0.5) }

func adjustment() *Experiment {
	return &Experiment{
		ID: "coord-adjustment", Topic: TopicCoordinates, Quick: true, Full: 15, Short: 3, Title: "AWS 19 × 10, what the adjustment window is worth",
		Rows: []Row{
			{"with", "median error after 1000 rounds", "", 0.066, 0, "§15.3", Computed, NearOr(0.15, twoDigits)},
			{"without", "the same without adjustment", "", 0.093, 0, "§15.3", Computed, NearOr(0.15, twoDigits)},
		},
		Run: func(l *Lab) *plot.Overlay {
			w := bundled("aws-2020", 10)
			l.Mean("with", settled(l, w, nil, 0, medianError))
			l.Mean("without", settled(l, w, func(c *vivaldi.Config) { c.AdjustmentWindow = 0 }, 0, medianError))
			return nil
		},
	}
}

func latencyMultiplier() *Experiment {
	cells := []struct {
		id, words string
		change    func(*vivaldi.Config)
		source    vivaldi.Source
		want      float64
	}{
		{"serf", "serf, from coordinates", nil, vivaldi.SourceCoordinate, 4.4},
		{"hyperscale", "hyperscale, from coordinates", engineIs(vivaldi.EngineHyperscale), vivaldi.SourceCoordinate, 10},
		{"measured", "serf, from measured round trips", nil, vivaldi.SourceMeasured, 1},
	}
	e := &Experiment{ID: "coord-latency-mult", Topic: TopicCoordinates, Quick: true, Full: 20, Short: 4, Title: "AWS 19 × 10, latency_mult of same-region pairs"}
	for _, c := range cells {
		e.Rows = append(e.Rows, Row{c.id, "median, " + c.words, "", c.want, 0, "§15.3", Computed, NearOr(0.15, twoDigits)})
	}
	e.Run = func(l *Lab) *plot.Overlay {
		w := bundled("aws-2020", 10)
		for _, c := range cells {
			l.Mean(c.id, settled(l, w, c.change, 0, func(s *static) float64 { return sameRegionMultiplier(s, 10, c.source) }))
		}
		return nil
	}
	return e
}

// sameRegionMultiplier is the median latency_mult (§4.3) over pairs of one region that have met.
func sameRegionMultiplier(s *static, perSite int, source vivaldi.Source) float64 {
	var all []float64
	now := core.Instant(s.round) * core.Instant(time.Second)
	for a := range s.n {
		for b := range s.n {
			if slot := s.slots[a*s.n+b]; slot != 0 && a/perSite == b/perSite {
				if ucb, known := s.nodes[a].RTTUCBms(slot, now, source); known {
					all = append(all, min(10, max(1, ucb/10)))
				}
			}
		}
	}
	slices.Sort(all)
	return quantile(all, 0.5)
}

// further are the experiments of one data set beyond its engines.
func (d *dataset) further() []*Experiment {
	var out []*Experiment
	if d.known == nil || d.control {
		return nil
	}
	if d.perSite == 1 {
		out = append(out, d.dimensions(), d.jitters())
	}
	if len(d.known.cold) > 0 {
		out = append(out, d.coldStart())
	}
	return append(out, d.converged(), d.newcomers())
}

// row makes a row that is judged if there is a reference.
func referred(id, what string, ref float64, judge Judge) Row {
	if ref == 0 {
		return Row{id, what, "", nan, 0, "no reference", Derived, Reported}
	}
	return Row{id, what, "", ref, 0, "§15.3", Computed, judge}
}

func (d *dataset) dimensions() *Experiment {
	dims := []int{2, 3, 4, 8, 12}
	e := &Experiment{ID: "coord-" + d.id + "-dimensions", Topic: TopicCoordinates, Full: 25 * d.full, Title: d.words + ", error by number of dimensions"}
	for _, k := range dims {
		e.Rows = append(e.Rows, referred(fmt.Sprintf("d%d", k), fmt.Sprintf("median error after 1000 rounds, %d dimensions", k), d.known.dimensions[k], NearOr(0.15, twoDigits)))
	}
	e.Run = func(l *Lab) *plot.Overlay {
		w := d.truth()
		ours, ref := plot.Curve{Label: "simulator", Kind: plot.Points, Colour: 1}, plot.Curve{Label: "reference", Kind: plot.Reference}
		for _, k := range dims {
			v := settled(l, w, func(c *vivaldi.Config) { c.Dimensions = k }, 0, medianError)
			l.Mean(fmt.Sprintf("d%d", k), v)
			ours.X, ours.Y = append(ours.X, float64(k)), append(ours.Y, mean(v))
			if want, ok := d.known.dimensions[k]; ok {
				ref.X, ref.Y = append(ref.X, float64(k)), append(ref.Y, want)
			}
		}
		fig := &plot.Overlay{Title: e.Title, Caption: "spec 10 §15.3; 1000 rounds", X: plot.Axis{Label: "dimensions"}, Y: plot.Axis{Label: "median relative error"}}
		if len(ref.X) > 0 {
			fig.Curves = append(fig.Curves, ref)
		}
		fig.Curves = append(fig.Curves, ours)
		return fig
	}
	return e
}

func (d *dataset) jitters() *Experiment {
	e := &Experiment{ID: "coord-" + d.id + "-jitter", Topic: TopicCoordinates, Full: 10 * d.full, Title: d.words + ", lognormal jitter of each sample"}
	sigmas := []float64{0.1, 0.3}
	for _, s := range sigmas {
		e.Rows = append(e.Rows, referred(fmt.Sprintf("sigma%g", s), fmt.Sprintf("median error after 1000 rounds, σ %g", s), d.known.jitter[s], NearOr(0.15, twoDigits)))
	}
	e.Run = func(l *Lab) *plot.Overlay {
		w := d.truth()
		for _, s := range sigmas {
			l.Mean(fmt.Sprintf("sigma%g", s), settled(l, w, nil, s, medianError))
		}
		return nil
	}
	return e
}

// coldStart draws groups at random from the matrix. They differ so much that the reference, which is of one
// unnamed group, can only lie near.
func (d *dataset) coldStart() *Experiment {
	e := &Experiment{ID: "coord-" + d.id + "-cold", Topic: TopicCoordinates, Full: 3 * d.full, Title: d.words + ", cold start of groups drawn at random"}
	for _, c := range d.known.cold {
		e.Rows = append(e.Rows, referred(fmt.Sprintf("at20-n%d", c.n), fmt.Sprintf("median error at 20 rounds, n %d", c.n), c.at20, Among(0.35)))
		if c.round > 0 {
			e.Rows = append(e.Rows, referred(fmt.Sprintf("rounds-n%d", c.n), fmt.Sprintf("first round with median error below 0.2, n %d", c.n), c.round, Among(0.35)))
		}
	}
	e.Run = func(l *Lab) *plot.Overlay {
		w := d.truth()
		type start struct{ round, at20 float64 }
		for _, c := range d.known.cold {
			runs := each(l, l.Pick(3, 1)+200/c.n, func(i int) start {
				draw := rng.New(uint64(i+1), "vivaldi.subset")
				order := make([]int, w.n)
				for k := range order {
					order[k] = k
				}
				rng.Shuffle(&draw, order)
				r, at20 := firstBelow(newStatic(w.subset(order[:c.n]), uint64(i+1), nil), 0.2)
				return start{r, at20}
			})
			var rounds, errs []float64
			for _, r := range runs {
				rounds, errs = append(rounds, r.round), append(errs, r.at20)
			}
			l.Spread(fmt.Sprintf("at20-n%d", c.n), errs)
			if c.round > 0 {
				l.Spread(fmt.Sprintf("rounds-n%d", c.n), rounds)
			}
		}
		return nil
	}
	return e
}

// firstBelow runs s until the median error is below limit, at least 20 rounds, and returns the round in
// which that happened and the error at round 20.
func firstBelow(s *static, limit float64) (round, at20 float64) {
	for s.round < 20 || round == 0 && s.round < 200 {
		s.run(1)
		median := quantile(s.errors(-1), 0.5)
		if round == 0 && median < limit {
			round = float64(s.round)
		}
		if s.round == 20 {
			at20 = median
		}
	}
	return round, at20
}

func (d *dataset) converged() *Experiment {
	e := &Experiment{
		ID: "coord-" + d.id + "-converged", Topic: TopicCoordinates, Quick: true, Full: 2 * d.full, Short: d.full / 2, Title: d.words + ", is_converged while the group settles",
		Rows: []Row{referred("share", "share converged when the median error first passes 0.2", d.known.converged, Near(0.35))},
	}
	e.Run = func(l *Lab) *plot.Overlay {
		w := d.truth()
		l.Mean("share", each(l, l.Pick(10, 5), func(i int) float64 {
			s := newStatic(w, uint64(i+1), nil)
			s.run(25) // not before
			firstBelow(s, 0.2)
			n := 0
			for k := range s.nodes {
				if s.nodes[k].IsConverged() {
					n++
				}
			}
			return float64(n) / float64(s.n)
		}))
		return nil
	}
	return e
}

// newcomers come one at a time into a settled group, which stands still meanwhile.
func (d *dataset) newcomers() *Experiment {
	stops := []int{1, 2, 3, 5, 7, 10, 15, 20, 30}
	want := map[int]float64{5: 0.24, 10: 0.15, 20: 0.10}
	e := &Experiment{ID: "coord-" + d.id + "-newcomer", Topic: TopicCoordinates, Quick: d.perSite > 1, Full: 5 * d.full, Short: 2 * d.full, Title: d.words + ", a newcomer in a settled group"}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		e.Rows = append(e.Rows, Row{fmt.Sprintf("after%d", k), fmt.Sprintf("median error after %d own samples", k), "", want[k], 0, "§15.3", Computed, Near(0.35)})
	}
	e.Run = func(l *Lab) *plot.Overlay {
		w := d.truth()
		runs := each(l, l.Pick(10, 3), func(i int) []float64 {
			s := newStatic(w, uint64(i+1), nil)
			s.run(1000)
			at := make([][]float64, len(stops))
			for range 60 {
				a := s.chance.Intn(s.n)
				old := s.nodes[a]
				s.nodes[a].Init(&s.cfg, rng.New(uint64(i), "vivaldi.newcomer", uint64(a)))
				clear(s.slots[a*s.n : (a+1)*s.n])
				taken := 0
				for k, stop := range stops {
					for ; taken < stop; taken++ {
						s.sample(a, s.partner(a))
					}
					at[k] = append(at[k], quantile(s.errors(a), 0.5))
				}
				s.nodes[a] = old
				clear(s.slots[a*s.n : (a+1)*s.n])
				s.nodes[a].Restart(true)
			}
			out := make([]float64, len(stops))
			for k := range at {
				slices.Sort(at[k])
				out[k] = quantile(at[k], 0.5)
			}
			return out
		})
		ours, ref := plot.Curve{Label: "simulator", Kind: plot.Measured, Colour: 1}, plot.Curve{Label: "reference", Kind: plot.Marks}
		for k, stop := range stops {
			var v []float64
			for _, r := range runs {
				v = append(v, r[k])
			}
			ours.X, ours.Y = append(ours.X, float64(stop)), append(ours.Y, mean(v))
			if x, ok := want[stop]; ok {
				l.Mean(fmt.Sprintf("after%d", stop), v)
				ref.X, ref.Y = append(ref.X, float64(stop)), append(ref.Y, x)
			}
		}
		return &plot.Overlay{
			Title: e.Title, Caption: "spec 10 §15.3; median over 60 newcomers", X: plot.Axis{Label: "own samples"},
			Y: plot.Axis{Label: "median relative error", High: math.Max(0.6, 1.05*ours.Y[0])}, Curves: []plot.Curve{ours, ref},
		}
	}
	return e
}
