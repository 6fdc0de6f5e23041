package validate

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// Coordinates have a matrix for a world, in which all nodes take one sample a round; the scenario format has none such. What
// each experiment of this room runs is a program over a static world.

// coordinates are the experiments over all matrices.
func coordinates(matrices []Matrix) []*Experiment {
	var out []*Experiment
	all := sets(matrices)
	for i := range all {
		for k := range all[i].engines {
			out = append(out, all[i].embed(&all[i].engines[k]))
		}
	}
	out = append(out, adjustment(), latencyMultiplier(), frames())
	for i := range all {
		out = append(out, all[i].further()...)
	}
	return out
}

// over adds a cell: each seed's nodes over the truth, and what look sees of them.
func (e *Experiment) over(cell string, truth func() *truth, change func(*vivaldi.Config), look func(t *Trial, s *static)) {
	e.Cells = append(e.Cells, Cell{ID: cell, Do: func(_ *Lab, t *Trial) { look(t, newStatic(truth(), t.Seed, change)) }})
}

// settled adds a row about the median error after 1000 rounds, or what else judge says then.
func (e *Experiment) settled(r Row, truth func() *truth, change func(*vivaldi.Config), jitter float64, judge func(*static) float64) {
	e.over(r.ID, truth, change, func(t *Trial, s *static) {
		s.jitter = jitter
		s.run(1000)
		t.Put("judged", judge(s))
	})
	e.add(r, r.ID, meanOf("judged"))
}

func medianError(s *static) float64 { return quantile(s.errors(-1), 0.5) }

// referred makes a row that is judged if there is a reference.
func referred(id, what string, ref float64, judge Judge) Row {
	if ref == 0 {
		return Row{id, what, "", nan, 0, "no reference", Derived, Reported}
	}
	return Row{id, what, "", ref, 0, "§15.3", Computed, judge}
}

// twoDigits is what print and the choice of pairs leave open, absolute.
const twoDigits = 0.01

var embedRows = [8]struct {
	id, words string
	tolerance float64
}{
	{"median-20", "median relative error after 20 rounds", 0.15}, {"p90-20", "90th percentile after 20 rounds", 0.3},
	{"median-100", "median after 100 rounds", 0.15}, {"p90-100", "90th percentile after 100 rounds", 0.3},
	{"median-1000", "median after 1000 rounds", 0.15}, {"p90-1000", "90th percentile after 1000 rounds", 0.3},
	{"coverage", "share of pairs below their upper bound, 1000 rounds", 0.15}, {"ucb", "median of upper bound over truth, 1000 rounds", 0.15},
}

// embed runs one engine over the matrix, all nodes taking one sample a round.
func (d *dataset) embed(eng *engine) *Experiment {
	e := &Experiment{
		ID: "coord-" + d.id + "-" + strings.ReplaceAll(strings.ToLower(eng.name), " ", "-"), Topic: TopicCoordinates, Quick: d.quick && eng.name != "hyperscale",
		Title: fmt.Sprintf("%s, engine %s", d.words, eng.name), Full: 5 * d.full, Short: d.full, Seeds: [2]int{10, 3},
	}
	for i, r := range embedRows {
		e.add(referred(r.id, r.words, eng.want[i], Near(r.tolerance).Or(twoDigits)), "", meanOf(r.id))
	}
	stops := []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}
	e.over("", d.truth, eng.change, func(t *Trial, s *static) {
		for _, stop := range stops {
			s.run(int(stop) - s.round)
			list := s.errors(-1)
			t.Put(fmt.Sprintf("median-%g", stop), quantile(list, 0.5))
			t.Put(fmt.Sprintf("p90-%g", stop), quantile(list, 0.9))
		}
		coverage, ratio := s.bounds()
		t.Put("coverage", coverage)
		t.Put("ucb", ratio)
	})
	e.Figure = func(l *Lab) *plot.Overlay {
		runs := l.cells[""]
		fig := &plot.Overlay{
			Title: "Relative error of predicted round trips: " + e.Title, Caption: "spec 10 §15.3; squares: the chapter's figures; mean over " + fmt.Sprint(len(runs)) + " seeds",
			X: plot.Axis{Label: "rounds, one sample per node each", Log: true}, Y: plot.Axis{Label: "relative error", Log: true},
		}
		for i, name := range []string{"median", "p90"} {
			fig.Curves = append(fig.Curves, plot.Curve{Label: []string{"median", "90th percentile"}[i], Kind: plot.Measured, Colour: i, X: stops, Y: mapped(stops, func(stop float64) float64 {
				return mean(runs.each(fmt.Sprintf("%s-%g", name, stop)))
			})})
		}
		refs := [2]plot.Curve{{Label: "median, reference", Kind: plot.Marks}, {Label: "90th percentile,\nreference", Kind: plot.Marks, Colour: 1}}
		for i, ref := range eng.want[:6] {
			if ref > 0 {
				dot(&refs[i%2], []float64{20, 100, 1000}[i/2], ref)
			}
		}
		for _, c := range refs {
			if len(c.X) > 0 {
				fig.Curves = append(fig.Curves, c)
			}
		}
		return fig
	}
	return e
}

func adjustment() *Experiment {
	e := &Experiment{ID: "coord-adjustment", Topic: TopicCoordinates, Quick: true, Full: 15, Short: 3, Title: "AWS 19 × 10, what the adjustment window is worth", Seeds: [2]int{10, 3}}
	e.settled(Row{"with", "median error after 1000 rounds", "", 0.066, 0, "§15.3", Computed, Near(0.15).Or(twoDigits)}, aws, nil, 0, medianError)
	e.settled(Row{"without", "the same without adjustment", "", 0.093, 0, "§15.3", Computed, Near(0.15).Or(twoDigits)}, aws, func(c *vivaldi.Config) { c.AdjustmentWindow = 0 }, 0, medianError)
	return e
}

func latencyMultiplier() *Experiment {
	e := &Experiment{ID: "coord-latency-mult", Topic: TopicCoordinates, Quick: true, Full: 20, Short: 4, Title: "AWS 19 × 10, latency_mult of same-region pairs", Seeds: [2]int{10, 3}}
	for _, c := range []struct {
		id, words string
		change    func(*vivaldi.Config)
		source    vivaldi.Source
		want      float64
	}{
		{"serf", "serf, from coordinates", nil, vivaldi.SourceCoordinate, 4.4},
		{"hyperscale", "hyperscale, from coordinates", engineIs(vivaldi.EngineHyperscale), vivaldi.SourceCoordinate, 10},
		{"measured", "serf, from measured round trips", nil, vivaldi.SourceMeasured, 1},
	} {
		e.settled(Row{c.id, "median, " + c.words, "", c.want, 0, "§15.3", Computed, Near(0.15).Or(twoDigits)}, aws, c.change, 0, func(s *static) float64 { return s.sameRegion(10, c.source) })
	}
	return e
}

// further are the experiments of one data set beyond its engines.
func (d *dataset) further() []*Experiment {
	if d.known == nil || d.control {
		return nil
	}
	var out []*Experiment
	if d.perSite == 1 {
		out = append(out, d.dimensions(), d.jitters())
	}
	if len(d.known.cold) > 0 {
		out = append(out, d.coldStart())
	}
	return append(out, d.converged(), d.newcomers())
}

func (d *dataset) dimensions() *Experiment {
	e := &Experiment{ID: "coord-" + d.id + "-dimensions", Topic: TopicCoordinates, Full: 25 * d.full, Title: d.words + ", error by number of dimensions", Seeds: [2]int{10, 3}}
	dims := []float64{2, 3, 4, 8, 12}
	for _, k := range dims {
		e.settled(referred(fmt.Sprintf("d%g", k), fmt.Sprintf("median error after 1000 rounds, %g dimensions", k), d.known.dimensions[k], Near(0.15).Or(twoDigits)),
			d.truth, func(c *vivaldi.Config) { c.Dimensions = int(k) }, 0, medianError)
	}
	e.Figure = func(l *Lab) *plot.Overlay {
		fig := &plot.Overlay{Title: e.Title, Caption: "spec 10 §15.3; 1000 rounds", X: plot.Axis{Label: "dimensions"}, Y: plot.Axis{Label: "median relative error"}}
		if want := slices.Sorted(maps.Keys(d.known.dimensions)); len(want) > 0 {
			fig.Curves = append(fig.Curves, theory("reference", 0, want, func(k float64) float64 { return d.known.dimensions[k] }))
		}
		fig.Curves = append(fig.Curves, plot.Curve{Label: "simulator", Kind: plot.Points, Colour: 1, X: dims, Y: mapped(dims, func(k float64) float64 {
			return mean(l.cells[fmt.Sprintf("d%g", k)].each("judged"))
		})})
		return fig
	}
	return e
}

func (d *dataset) jitters() *Experiment {
	e := &Experiment{ID: "coord-" + d.id + "-jitter", Topic: TopicCoordinates, Full: 10 * d.full, Title: d.words + ", lognormal jitter of each sample", Seeds: [2]int{10, 3}}
	for _, s := range []float64{0.1, 0.3} {
		e.settled(referred(fmt.Sprintf("sigma%g", s), fmt.Sprintf("median error after 1000 rounds, σ %g", s), d.known.jitter[s], Near(0.15).Or(twoDigits)), d.truth, nil, s, medianError)
	}
	return e
}

// coldStart draws groups at random from the matrix. They differ so much that the reference, which is of one
// unnamed group, can only lie near.
func (d *dataset) coldStart() *Experiment {
	e := &Experiment{ID: "coord-" + d.id + "-cold", Topic: TopicCoordinates, Full: 3 * d.full, Title: d.words + ", cold start of groups drawn at random"}
	for _, c := range d.known.cold {
		id := fmt.Sprintf("n%d", c.n)
		e.Cells = append(e.Cells, Cell{ID: id, Seeds: [2]int{3 + 200/c.n, 1 + 200/c.n}, Do: func(_ *Lab, t *Trial) {
			w, draw := d.truth(), rng.New(t.Seed, "vivaldi.subset")
			order := make([]int, w.n)
			for k := range order {
				order[k] = k
			}
			rng.Shuffle(&draw, order)
			round, at20 := newStatic(w.subset(order[:c.n]), t.Seed, nil).firstBelow(0.2)
			t.Put("round", round)
			t.Put("at20", at20)
		}})
		e.add(referred("at20-"+id, fmt.Sprintf("median error at 20 rounds, n %d", c.n), c.at20, Among(0.35)), id, spreadOf("at20"))
		if c.round > 0 {
			e.add(referred("rounds-"+id, fmt.Sprintf("first round with median error below 0.2, n %d", c.n), c.round, Among(0.35)), id, spreadOf("round"))
		}
	}
	return e
}

func (d *dataset) converged() *Experiment {
	e := &Experiment{ID: "coord-" + d.id + "-converged", Topic: TopicCoordinates, Quick: true, Full: 2 * d.full, Short: d.full / 2, Title: d.words + ", is_converged while the group settles", Seeds: [2]int{10, 5}}
	e.over("", d.truth, nil, func(t *Trial, s *static) {
		s.run(25) // not before
		s.firstBelow(0.2)
		n := 0
		for k := range s.nodes {
			if s.nodes[k].IsConverged() {
				n++
			}
		}
		t.Put("share", float64(n)/float64(s.n))
	})
	e.add(referred("share", "share converged when the median error first passes 0.2", d.known.converged, Near(0.35)), "", meanOf("share"))
	return e
}

// newcomers come one at a time into a settled group, which stands still meanwhile.
func (d *dataset) newcomers() *Experiment {
	e := &Experiment{ID: "coord-" + d.id + "-newcomer", Topic: TopicCoordinates, Quick: d.perSite > 1, Full: 5 * d.full, Short: 2 * d.full, Title: d.words + ", a newcomer in a settled group", Seeds: [2]int{10, 3}}
	stops := []float64{1, 2, 3, 5, 7, 10, 15, 20, 30}
	after := func(stop float64) string { return fmt.Sprintf("after%g", stop) }
	ref := plot.Curve{Label: "reference", Kind: plot.Marks, X: []float64{5, 10, 20}, Y: []float64{0.24, 0.15, 0.10}}
	for i, k := range ref.X {
		e.add(Row{after(k), fmt.Sprintf("median error after %g own samples", k), "", ref.Y[i], 0, "§15.3", Computed, Near(0.35)}, "", meanOf(after(k)))
	}
	e.over("", d.truth, nil, func(t *Trial, s *static) {
		s.run(1000)
		errs := make([][]float64, len(stops))
		for range 60 {
			a := s.chance.Intn(s.n)
			old := s.nodes[a]
			s.nodes[a].Init(&s.cfg, rng.New(t.Seed-1, "vivaldi.newcomer", uint64(a)))
			clear(s.slots[a*s.n : (a+1)*s.n])
			taken := 0
			for k, stop := range stops {
				for ; taken < int(stop); taken++ {
					s.sample(a, s.partner(a))
				}
				errs[k] = append(errs[k], quantile(s.errors(a), 0.5))
			}
			s.nodes[a] = old
			clear(s.slots[a*s.n : (a+1)*s.n])
			s.nodes[a].Restart(true)
		}
		for k, stop := range stops {
			slices.Sort(errs[k])
			t.Put(after(stop), quantile(errs[k], 0.5))
		}
	})
	e.Figure = func(l *Lab) *plot.Overlay {
		ours := plot.Curve{Label: "simulator", Kind: plot.Measured, Colour: 1, X: stops, Y: mapped(stops, func(stop float64) float64 { return mean(l.cells[""].each(after(stop))) })}
		return &plot.Overlay{
			Title: e.Title, Caption: "spec 10 §15.3; median over 60 newcomers", X: plot.Axis{Label: "own samples"},
			Y: plot.Axis{Label: "median relative error", High: math.Max(0.6, 1.05*ours.Y[0])}, Curves: []plot.Curve{ours, ref},
		}
	}
	return e
}

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
		e := &Experiment{ID: "truth-" + v.name, Topic: TopicTruths, Quick: true, Full: 8, Short: 2, Title: v.name + ", 1000 cycles", Seeds: [2]int{60, 60}}
		world := func() *truth {
			draw := rng.New(1, "vivaldi.truth") // one matrix for all seeds, as Serf has
			return symmetric(v.n, func(a, b int) core.Duration { return core.Duration(v.rtt(a, b, &draw) * 1e6) })
		}
		e.over("", world, func(c *vivaldi.Config) { c.Dimensions = v.dims }, func(t *Trial, s *static) {
			s.run(1000)
			list := s.errors(-1)
			t.Put("average", mean(list))
			t.Put("worst", list[len(list)-1])
		})
		ends := []float64{0.5, 0.95}
		sorted := func(runs Trials, name string) []float64 { return slices.Sorted(slices.Values(runs.each(name))) }
		for i, want := range v.want {
			name, q := []string{"average", "worst"}[i/2], ends[i%2]
			words := []string{"average error", "worst pair"}[i/2] + ", " + []string{"median", "95th percentile"}[i%2] + " over seeds"
			e.add(Row{name + "-" + []string{"median", "p95"}[i%2], words, "", want, 0, "§15.3, Serf's engine, 60 seeds", Computed, Around}, "", func(_ *Lab, runs Trials) Value {
				return number(quantile(sorted(runs, name), q), "")
			})
		}
		e.Figure = func(l *Lab) *plot.Overlay {
			return &plot.Overlay{
				Title: "Serf's synthetic truth: " + v.name, Caption: "spec 10 §15.3; squares: median and 95th percentile of 60 seeds of Serf's own engine",
				X: plot.Axis{Label: "relative error after 1000 cycles", Log: true}, Y: inPercent("seeds (%)"),
				Curves: []plot.Curve{
					plot.Distribution("average", plot.Steps, 0, l.cells[""].each("average")), plot.Distribution("worst pair", plot.Steps, 1, l.cells[""].each("worst")),
					{Label: "average, reference", Kind: plot.Marks, X: v.want[:2], Y: ends}, {Label: "worst pair, reference", Kind: plot.Marks, Colour: 1, X: v.want[2:], Y: ends},
				},
			}
		}
		out = append(out, e)
	}
	return out
}
