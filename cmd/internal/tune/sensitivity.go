package tune

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"hypersim/analysis/stats"
)

// sensitivity puts each parameter of the winner back to its default, the others kept: what that costs is what it is worth.
func (t *Tune) sensitivity(ctx context.Context, r *Report, winner *point) error {
	list := []*point{{no: winner.no, values: winner.values, sets: winner.sets}}
	place := make([]int, len(t.space)) // in list; 0: it was not changed
	refused := make([]string, len(t.space))
	for i := range t.space {
		d := t.space[i].Default
		if d == "" || same(t.space[i].Kind, d, winner.values[i]) {
			continue
		}
		p := &point{values: slices.Clone(winner.values)}
		p.values[i] = d
		if err := t.admit(p); err != nil {
			refused[i], _, _ = strings.Cut(err.Error(), "\n")
			continue
		}
		place[i] = len(list)
		list = append(list, p)
	}
	got, err := t.oracle(0)(ctx, list, t.req.HeldOut)
	if err != nil {
		return err
	}
	for i := range t.space {
		for g := range t.goals {
			s := Sensitivity{
				Param: t.space[i].Key, Default: t.space[i].Default, Winner: winner.values[i], Objective: t.goals[g].Text,
				Value: num(math.NaN()), Back: num(math.NaN()), Low: num(math.NaN()), High: num(math.NaN()), Rank: num(t.rank(i, g)), Refused: refused[i], Verdict: AsItWas,
			}
			switch {
			case refused[i] != "":
				s.Verdict = MattersUnsure
			case place[i] > 0:
				s.fill(got[0], got[place[i]], g)
			}
			r.Sensitivity = append(r.Sensitivity, s)
		}
	}
	return nil
}

// fill compares the winner with one whose parameter is back.
func (s *Sensitivity) fill(winner, back []sample, goal int) {
	var pairs []stats.Pair
	sum := 0.0
	for i := range winner {
		a, b := winner[i].values[goal], back[i].values[goal]
		if !math.IsNaN(a) && !math.IsNaN(b) {
			pairs, sum = append(pairs, stats.Pair{A: a, B: b}), sum+a
		}
	}
	iv := stats.PairedDifference(pairs, stats.DefaultLevel)
	s.Value, s.Back, s.Low, s.High = num(sum/float64(len(pairs))), num(iv.Estimate), num(iv.Low), num(iv.High)
	least := math.Abs(float64(s.Value)) * matter
	switch {
	case !iv.Known():
		s.Verdict = MattersUnsure
	case iv.Excludes(0) && math.Abs(iv.Estimate) >= least:
		s.Verdict = Matters
	case iv.Low >= -least && iv.High <= least:
		s.Verdict = MattersNot
	default:
		s.Verdict = MattersUnsure
	}
}

// rank is Spearman's correlation of a parameter with an objective over the points that ran all seeds; NaN of fewer than five.
func (t *Tune) rank(param, goal int) float64 {
	f := &t.search.field
	var x, y []float64
	for _, p := range f.points {
		if v := f.estimate(p, goal); p.full(len(f.seeds)) && !math.IsNaN(v) {
			u, _ := t.space[param].Of(p.values[param])
			x, y = append(x, u), append(y, v)
		}
	}
	if len(x) < stats.ShownRuns {
		return math.NaN()
	}
	a, b := ranks(x), ranks(y)
	ma, mb := stats.Mean(a), stats.Mean(b)
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		ab += float64((a[i] - ma) * (b[i] - mb))
		aa += float64((a[i] - ma) * (a[i] - ma))
		bb += float64((b[i] - mb) * (b[i] - mb))
	}
	return ab / math.Sqrt(aa*bb)
}

// ranks returns the rank of each value; equal ones share the mean of theirs.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(v[a], v[b]), cmp.Compare(a, b)) })
	out := make([]float64, len(v))
	for i := 0; i < len(order); {
		k := i
		for k < len(order) && v[order[k]] == v[order[i]] {
			k++
		}
		for _, at := range order[i:k] {
			out[at] = float64(i+k-1) / 2
		}
		i = k
	}
	return out
}

// conclude says in a sentence what the search came to, here and elsewhere.
func (t *Tune) conclude(r *Report, winner *point) {
	r.Verdict, r.Gain = t.sentence(r, t.Scenario(), winner)
	for _, w := range t.worlds[1:] {
		text, _ := t.sentence(r, w.name, winner)
		if text != "" {
			r.Elsewhere = append(r.Elsewhere, w.name+": "+text)
		}
	}
}

func (t *Tune) sentence(r *Report, world string, winner *point) (text string, gain bool) {
	if winner.no == 0 {
		return "Nothing that was tried is better than the default.", false
	}
	for _, c := range r.Candidates {
		if c.Point == winner.no && c.Broken != "" && world == t.Scenario() {
			return fmt.Sprintf("Point %d breaks an invariant: %s", winner.no, c.Broken), false
		}
	}
	var parts []string
	better, worse, broken := 0, 0, 0
	for i := range r.Rows {
		x := &r.Rows[i]
		if x.World != world || x.Point != winner.no || x.Role == RoleCost {
			continue
		}
		switch x.Verdict {
		case Better:
			better++
		case WorseWord:
			worse++
		case Broken, BreaksAvg:
			broken++
		}
		parts = append(parts, x.Sentence())
	}
	if parts == nil {
		return "", false
	}
	head := fmt.Sprintf("Point %d ", winner.no)
	switch {
	case broken > 0:
		head += "does not keep what was demanded: "
	case better == len(t.goals):
		head += "is better than the default on seeds that the search never saw: "
	case better > 0 && worse == 0:
		head += fmt.Sprintf("is better than the default in %d of %d objectives, on seeds that the search never saw, and was not shown to be worse in another: ", better, len(t.goals))
	case better > 0:
		head += "is a trade: "
	case worse > 0:
		head += "is worse than the default: what the search saw was chance, or does not hold there: "
	default:
		head += "was not shown to be better than the default: "
	}
	return head + strings.Join(parts, "; ") + ".", better > 0 && worse == 0 && broken == 0
}

// Sentence says what a row says.
func (x *Row) Sentence() string {
	out := fmt.Sprintf("%s %s → %s %s (%s", x.Value, figure(float64(x.Default)), figure(float64(x.Mean)), x.Unit, signed(float64(x.Change)))
	if low, high := float64(x.Low), float64(x.High); !math.IsNaN(low) {
		out += fmt.Sprintf(" [%s, %s]", signed(low), signed(high))
	}
	if rel := float64(x.Relative); x.Default != 0 && !math.IsNaN(rel) {
		out += ", " + percent(rel)
	}
	out = strings.ReplaceAll(out, "-", "−")
	return out + "): " + x.Verdict
}
