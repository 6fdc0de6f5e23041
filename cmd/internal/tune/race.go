package tune

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"hypersim/analysis"
	"hypersim/analysis/stats"
)

// sample is what one run gave: the values of the rows that are asked for.
type sample struct {
	values []float64
	broken string // the invariant that did not hold, or why the run was stopped
}

// oracle measures points with some seeds: by point, then by seed.
type oracle func(ctx context.Context, points []*point, seeds []uint64) ([][]sample, error)

// point is one that was proposed.
type point struct {
	no, generation int
	u              []float64
	values, sets   []string
	runs           []sample // of the first seeds
	refused        string   // why the scenario does not take it
	broken         string
	dropped        string // why it was given no more seeds
	rival          *point // than which it was then worse for sure; nil: it broke a limit
}

func (p *point) full(seeds int) bool {
	return p.refused == "" && p.broken == "" && p.dropped == "" && len(p.runs) == seeds
}

// field is what a search knows of its points: the race between them is run on it. Rows are the goals, then the limits.
type field struct {
	goals  []Goal
	limits []Limit
	seeds  []uint64
	points []*point // the default first
}

// raceError is the chance that the best of all points is dropped although it is the best.
const raceError = 0.05

// race measures points look by look, and stops those that are worse for sure. One is compared with points that ran all seeds
// before it began, and any of them may look too good by chance: the error is spread over them and over the looks, which
// Bonferroni's inequality bounds, so that the best point is dropped in a share of raceError of searches at most.
func (f *field) race(ctx context.Context, list []*point, measure oracle) error {
	sizes := stats.NewLooks(len(f.seeds), 0).Sizes
	rivals, all := f.rivals()
	level := 1 - raceError/float64(max(1, len(sizes)-1)*max(1, all))
	from := 0
	for k, n := range sizes {
		if len(list) == 0 {
			return nil
		}
		got, err := measure(ctx, list, f.seeds[from:n])
		if err != nil {
			return err
		}
		for i, p := range list {
			p.runs = append(p.runs, got[i]...)
			for _, s := range got[i] {
				if p.broken == "" {
					p.broken = s.broken
				}
			}
		}
		list = slices.DeleteFunc(slices.Clone(list), func(p *point) bool {
			switch {
			case p.no == 0: // all are compared with the default, whatever it gives
				return false
			case p.broken == "" && k < len(sizes)-1:
				f.stop(p, rivals, level)
			}
			return p.broken != "" || p.dropped != ""
		})
		from = n
	}
	return nil
}

// comparable returns an error where no run of the default gave a value that is asked for: nothing could be compared with it,
// and a constraint that nothing keeps would leave a winner that nobody wanted.
func (f *field) comparable() error {
	var bad []error
	base := f.points[0]
	if base.broken != "" { // one that was stopped gives nothing, and is told as that
		return nil
	}
	none := func(row int, what string) {
		if !slices.ContainsFunc(base.runs, func(s sample) bool { return !math.IsNaN(s.values[row]) }) {
			bad = append(bad, fmt.Errorf("%s: no run of the scenario as it is, on seeds %s, gave a value of it, so that there is nothing to compare with", what, analysis.SeedRanges(f.seeds)))
		}
	}
	for g := range f.goals {
		none(g, "--objective "+f.goals[g].Text)
	}
	for k := range f.limits {
		none(len(f.goals)+k, fmt.Sprintf("--constraint %q", f.limits[k].Text))
	}
	if bad == nil {
		return nil
	}
	return &UsageError{errors.Join(bad...)}
}

// rivals are the best of the points that ran all seeds and hold the constraints, and how many of those there are.
func (f *field) rivals() (best []*point, all int) {
	for _, p := range f.points {
		if p.full(len(f.seeds)) && f.told(p).over <= 0 {
			best = append(best, p)
		}
	}
	return f.front(best), len(best)
}

// front keeps the points that no other dominates; of points that give the same the first.
func (f *field) front(list []*point) (out []*point) {
	all := make([]told, len(list))
	for i, p := range list {
		all[i] = f.told(p)
	}
	for i, p := range list {
		beaten := slices.ContainsFunc(all, func(t told) bool { return dominates(&t, &all[i]) })
		twin := slices.ContainsFunc(all[:i], func(t told) bool { return slices.Equal(t.losses, all[i].losses) && t.over == all[i].over })
		if !beaten && !twin {
			out = append(out, p)
		}
	}
	return out
}

// stop stops a point that is worse for sure.
func (f *field) stop(p *point, rivals []*point, level float64) {
	p.dropped, p.rival = f.hopeless(p, rivals, level)
}

// hopeless says why a point is worse for sure, and than which one, "" if it is not.
func (f *field) hopeless(p *point, rivals []*point, level float64) (why string, than *point) {
	for k := range f.limits {
		iv := stats.MeanInterval(f.overs(p, k), level)
		if iv.Known() && iv.Low > 0 {
			return "breaks " + f.limits[k].Text, nil
		}
	}
	for _, r := range rivals {
		worse, other := 0, 0
		for g := range f.goals {
			pairs := f.pairs(r, p, g)
			switch iv := stats.PairedDifference(pairs, level); {
			case iv.Known() && iv.Low > 0:
				worse++
			case slices.ContainsFunc(pairs, func(x stats.Pair) bool { return x.A != x.B }): // a tie in all seeds is no reason to go on
				other++
			}
		}
		if worse > 0 && other == 0 {
			return "worse than point " + itoa(r.no), r
		}
	}
	return "", nil
}

// pairs returns the losses of two points by one goal, seed by seed.
func (f *field) pairs(a, b *point, goal int) (out []stats.Pair) {
	for i := range min(len(a.runs), len(b.runs)) {
		out = append(out, stats.Pair{A: f.goals[goal].loss(a.runs[i].values[goal]), B: f.goals[goal].loss(b.runs[i].values[goal])})
	}
	return out
}

// overs returns by how much a point is beyond a limit, by seed. Of a limit that the default sets, seed by seed.
func (f *field) overs(p *point, limit int) (out []float64) {
	row := len(f.goals) + limit
	for i := range p.runs {
		l := f.limits[limit]
		bound := l.bound(f.points[0].runs[i].values[row])
		d := p.runs[i].values[row] - bound
		if l.AtLeast {
			d = -d
		}
		out = append(out, d)
	}
	return out
}

// estimate is the mean of a row over all seeds: what the default gave, and by how much the point differed from it with the
// seeds that it had. For a point with all seeds that is its mean; for one with fewer it is nearer than its mean, for which
// seeds it had is chance.
func (f *field) estimate(p *point, row int) float64 {
	base := f.points[0]
	sum, n, diff, pairs := 0.0, 0, 0.0, 0
	for _, s := range base.runs {
		if v := s.values[row]; !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	plain := 0.0
	for i := range p.runs {
		v := p.runs[i].values[row]
		if math.IsNaN(v) {
			return math.NaN() // what should be measured never came
		}
		plain += v
		if i < len(base.runs) && !math.IsNaN(base.runs[i].values[row]) {
			diff, pairs = diff+v-base.runs[i].values[row], pairs+1
		}
	}
	switch {
	case len(p.runs) == 0:
		return math.NaN()
	case pairs < len(p.runs) || n == 0:
		return plain / float64(len(p.runs))
	}
	return sum/float64(n) + diff/float64(pairs)
}

// told is how a point came out.
func (f *field) told(p *point) (t told) {
	if p.refused != "" || p.broken != "" {
		t.over = math.Inf(1)
	}
	for g := range f.goals {
		t.losses = append(t.losses, f.goals[g].loss(f.estimate(p, g)))
	}
	for k := range f.limits {
		row := len(f.goals) + k
		if over := f.limits[k].over(f.estimate(p, row), f.estimate(f.points[0], row)); over > 1e-9 {
			t.over += over
		}
	}
	return f.sure(p, t)
}

// sure holds what was estimated of a stopped point to what is known of it: in no objective is it better than the one that it
// was worse than, and a limit that it broke is broken.
func (f *field) sure(p *point, t told) told {
	switch {
	case p.dropped == "":
	case p.rival == nil:
		t.over = max(t.over, leastOver)
	default:
		for g, other := range f.told(p.rival).losses {
			t.losses[g] = max(t.losses[g], other)
		}
	}
	return t
}

// leastOver is more than what is forgiven of a limit, 1e-9 of it.
const leastOver = 1e-6

// best is the point with all seeds that is first by the one goal; among those that hold the constraints, if any does.
func (f *field) best() *point {
	var list []*point
	var all []told
	for _, p := range f.points {
		if p.full(len(f.seeds)) {
			list, all = append(list, p), append(all, f.told(p))
		}
	}
	for i, place := range places(all) {
		if place == 0 {
			return list[i]
		}
	}
	return f.points[0]
}
