package tune

import (
	"cmp"
	"math"
	"slices"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/scenarios"
)

// worth is the picture of what each parameter is worth, those that matter most first.
func (t *Tune) worth(r *Report) *plot.Sensitivity {
	f := &t.search.field
	s := &plot.Sensitivity{
		Name: "sensitivity", Title: "What each parameter of the winner is worth",
		Note: "above: what is lost when it goes back to its default, the others kept, with 95 % intervals by seed; to the right of 0 the winner's value is better; shaded: less than 2 % of what the winner gives",
	}
	for _, p := range f.points {
		s.Early = append(s.Early, !p.full(len(f.seeds)))
	}
	for g := range t.goals {
		w := plot.Worth{Label: t.rows[g].String(), Unit: "%", Matter: 100 * matter}
		if t.divisor(r, g) == 1 {
			w.Unit, w.Matter = t.units[g], 0
		}
		for _, p := range f.points {
			v := math.NaN()
			if p.refused == "" {
				v = f.estimate(p, g)
			}
			w.Values = append(w.Values, v)
		}
		s.Objectives = append(s.Objectives, w)
	}
	for i := range t.space {
		s.Factors = append(s.Factors, t.factor(r, i))
	}
	slices.SortStableFunc(s.Factors, func(a, b plot.Factor) int { return cmp.Compare(size(&b), size(&a)) })
	return s
}

// size is by how much a parameter moves the objective that it moves most; what is not known is small.
func size(f *plot.Factor) float64 {
	most := -1.0
	for _, e := range f.Effects {
		x := math.Abs(e.Loss.Estimate)
		switch {
		case math.IsNaN(x):
		case e.Kind == plot.Matters:
			most = max(most, x)
		default: // behind all that matters
			most = max(most, math.Min(x, 1e-6))
		}
	}
	return most
}

// divisor is what the effects on an objective are a share of, in percent; 1 where the winner's value is 0, or not known.
func (t *Tune) divisor(r *Report, goal int) float64 {
	for i := range r.Sensitivity {
		if s := &r.Sensitivity[i]; s.Objective == t.goals[goal].Text && !math.IsNaN(float64(s.Value)) && s.Value != 0 {
			return math.Abs(float64(s.Value)) / 100
		}
	}
	return 1
}

// factor is one parameter, with its effect on each objective.
func (t *Tune) factor(r *Report, param int) plot.Factor {
	p := &t.space[param]
	f := plot.Factor{
		Key: p.Key, Default: orOpen(p.Default), Winner: r.winner().Values[param], X: plot.Axis{Log: p.Log, Low: p.Low, High: p.High}, Words: p.Values,
	}
	if p.Kind == scenarios.SettingDuration && p.Values == nil {
		f.X.Label = "s"
	}
	f.Rank = t.rank(param, 0)
	f.Base, f.Best = p.place(p.Default), p.place(f.Winner)
	for _, x := range t.search.points {
		f.At = append(f.At, p.place(x.values[param]))
	}
	if f.Words == nil { // the default may lie outside of what was searched
		for _, v := range []float64{f.Base, f.Best} {
			if !math.IsNaN(v) {
				f.X.Low, f.X.High = min(f.X.Low, v), max(f.X.High, v)
			}
		}
		f.X.Low, f.X.High = widened(f.X.Low, f.X.High, p.Log)
	}
	for g := range t.goals {
		for i := range r.Sensitivity {
			if s := &r.Sensitivity[i]; s.Param == p.Key && s.Objective == t.goals[g].Text {
				f.Effects = append(f.Effects, s.effect(&t.goals[g], t.divisor(r, g)))
			}
		}
	}
	return f
}

// widened leaves room at the ends of an axis.
func widened(low, high float64, log bool) (float64, float64) {
	if log && low > 0 {
		k := math.Pow(high/low, 0.04)
		return low / k, high * k
	}
	return low - 0.04*(high-low), high + 0.04*(high-low)
}

// place is where a value stands on the axis of its parameter, NaN: nowhere.
func (p *Param) place(text string) float64 {
	if p.Values != nil {
		if i := slices.IndexFunc(p.Values, func(v string) bool { return same(p.Kind, v, text) }); i >= 0 {
			return float64(i)
		}
		return math.NaN()
	}
	v, err := p.number(text)
	if err != nil || p.Log && v <= 0 {
		return math.NaN()
	}
	return v
}

// effect is what a goal loses, over a divisor.
func (s *Sensitivity) effect(g *Goal, by float64) plot.Effect {
	kind := plot.Unshown
	switch {
	case s.Refused != "":
		kind = plot.Excluded
	case s.Verdict == Matters:
		kind = plot.Matters
	case s.Verdict == MattersNot:
		kind = plot.Nothing
	case s.Verdict == AsItWas:
		kind = plot.Unmoved
	}
	iv := stats.Interval{Estimate: float64(s.Back) / by, Low: float64(s.Low) / by, High: float64(s.High) / by}
	if g.More {
		iv.Estimate, iv.Low, iv.High = -iv.Estimate, -iv.High, -iv.Low
	}
	return plot.Effect{Loss: iv, Kind: kind}
}
