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
// What does not matter by itself goes back once more, all of it at once: of two parameters that each do what the other does,
// neither matters by itself, and without both the winner is none.
func (t *Tune) sensitivity(ctx context.Context, r *Report, winner *point) error {
	b := backs{t: t, winner: winner, list: []*point{{sets: t.search.points[0].sets}, {sets: winner.sets}}}
	at := make([]int, len(t.space)) // in the list; 0: it is as it was, or refused
	refused := make([]string, len(t.space))
	for i := range t.space {
		at[i], refused[i] = b.add(i)
	}
	if err := b.run(ctx); err != nil {
		return err
	}
	for i := range t.space {
		for row := range len(t.goals) + len(t.limits) {
			s := b.put(at[i], row)
			s.Param, s.Default, s.Winner = t.space[i].Key, t.space[i].Default, winner.values[i]
			if row < len(t.goals) {
				s.Rank = num(t.rank(i, row))
			}
			if refused[i] != "" {
				s.Refused, s.Verdict = "refused: "+refused[i], MattersUnsure
			}
			r.Sensitivity = append(r.Sensitivity, s)
		}
	}
	var idle []int
	for i := range t.space {
		if at[i] > 0 && r.verdictOf(t.space[i].Key) == MattersNot {
			idle, r.Idle = append(idle, i), MattersNot
		}
	}
	if len(idle) < 2 {
		return nil
	}
	all, why := b.add(idle...)
	if r.Idle = MattersUnsure; why != "" {
		return nil
	}
	if err := b.run(ctx); err != nil {
		return err
	}
	var list []Sensitivity
	for row := range len(t.goals) + len(t.limits) {
		list = append(list, b.put(all, row))
	}
	r.Idle = most(list)
	return nil
}

// backs are the default, the winner, and points that are the winner but for parameters that are back at their defaults, on
// held-out seeds.
type backs struct {
	t      *Tune
	winner *point
	list   []*point
	got    [][]sample
}

// add puts parameters back; at is 0 where none of them moved, or where the scenario refuses it.
func (b *backs) add(params ...int) (at int, refused string) {
	p := &point{values: slices.Clone(b.winner.values)}
	moved := false
	for _, i := range params {
		if d := b.t.space[i].Default; d != "" && !same(b.t.space[i].Kind, d, p.values[i]) {
			p.values[i], moved = d, true
		}
	}
	if !moved {
		return 0, ""
	}
	if err := b.t.admit(p); err != nil {
		return 0, oneLine(err.Error())
	}
	b.list = append(b.list, p)
	return len(b.list) - 1, ""
}

func (b *backs) run(ctx context.Context) (err error) {
	b.got, err = b.t.oracle(0)(ctx, b.list, b.t.req.HeldOut)
	return err
}

// put says what becomes of a goal or a constraint at a point.
func (b *backs) put(at, row int) Sensitivity {
	none := num(math.NaN())
	s := Sensitivity{Value: none, Back: none, Low: none, High: none, Rank: none, Verdict: AsItWas}
	if goals := len(b.t.goals); row < goals {
		s.Objective = b.t.goals[row].Text
	} else {
		s.Objective = b.t.limits[row-goals].Text
	}
	if at == 0 {
		return s
	}
	base, winner, back := b.got[0], b.got[1], b.got[at]
	p := paired(winner, back, row)
	s.fill(&p)
	if limit := row - len(b.t.goals); limit >= 0 {
		kept, still := paired(base, winner, row), paired(base, back, row)
		s.Verdict = b.t.kept(b.t.held(&kept, limit, stats.DefaultLevel), b.t.held(&still, limit, stats.DefaultLevel), &p, limit)
	}
	for _, x := range back {
		if x.broken != "" {
			s.Verdict, s.Refused = Matters, "breaks an invariant: "+oneLine(x.broken)
			break
		}
	}
	return s
}

// kept says whether a parameter matters to a constraint, by whether it holds with the winner's value, and with the default's.
func (t *Tune) kept(with, without string, p *pairing, limit int) string {
	worse := stats.PairedDifference(p.pairs, stats.DefaultLevel)
	up, down := worse.High, worse.Low
	if t.limits[limit].AtLeast {
		up = -down
	}
	switch broken := without == Broken || without == BreaksAvg || without == Unvalued; {
	case broken && (with == Holds || with == HoldsMean):
		return Matters
	case without == Holds, worse.Known() && up <= 0: // it is no further off
		return MattersNot
	}
	return MattersUnsure
}

// fill compares the winner's values with those of one whose parameter is back.
func (s *Sensitivity) fill(p *pairing) {
	value, _ := p.means()
	iv := stats.PairedDifference(p.pairs, stats.DefaultLevel)
	s.Value, s.Back, s.Low, s.High = num(value), num(iv.Estimate), num(iv.Low), num(iv.High)
	least := math.Abs(value) * matter
	switch {
	case p.lost > 0: // without it there is nothing to measure
		s.Verdict = Matters
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
	r.Verdict, r.Gain = t.sentence(r, 0, winner)
	for w := range t.worlds {
		if text, _ := t.sentence(r, w, winner); w > 0 && text != "" {
			r.Elsewhere = append(r.Elsewhere, t.worlds[w].name+": "+text)
		}
		r.Broken = r.Broken || r.breaches[breach{w, winner.no}] != ""
	}
}

func (t *Tune) sentence(r *Report, world int, winner *point) (text string, gain bool) {
	aside := ""
	if b := r.breaches[breach{world, 0}]; b != "" {
		aside = " The default breaks an invariant: " + b + "."
	}
	if winner.no == 0 {
		if world > 0 {
			return "", false
		}
		return "Nothing that was tried is better than the default." + aside, false
	}
	if b := r.breaches[breach{world, winner.no}]; b != "" {
		return fmt.Sprintf("Point %d breaks an invariant: %s.%s", winner.no, b, aside), false
	}
	var parts []string
	n := map[string]int{} // rows by verdict
	for i := range r.Rows {
		if x := &r.Rows[i]; x.World == t.worlds[world].name && x.Point == winner.no && x.Role != RoleCost {
			n[x.Verdict]++
			parts = append(parts, x.Sentence())
		}
	}
	if parts == nil {
		return "", false
	}
	better, worse := n[Better], n[WorseWord]
	head := fmt.Sprintf("Point %d ", winner.no)
	switch {
	case n[Broken]+n[BreaksAvg] > 0:
		head += "does not keep what was demanded: "
	case n[Unvalued] > 0:
		head += "cannot be judged: "
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
	gain = better > 0 && worse+n[Broken]+n[BreaksAvg]+n[Unvalued] == 0
	return head + strings.Join(parts, "; ") + "." + aside, gain
}

// Sentence says what a row says.
func (x *Row) Sentence() string {
	if x.Verdict == Unvalued {
		return fmt.Sprintf("%s: %s (%s)", x.Value, x.Verdict, x.Note)
	}
	out := fmt.Sprintf("%s %s → %s %s (%s", x.Value, figure(float64(x.Default)), figure(float64(x.Mean)), x.Unit, signed(float64(x.Change)))
	if low, high := float64(x.Low), float64(x.High); !math.IsNaN(low) {
		out += fmt.Sprintf(" [%s, %s]", signed(low), signed(high))
	}
	if rel := float64(x.Relative); x.Default != 0 && !math.IsNaN(rel) {
		out += ", " + percent(rel)
	}
	return out + "): " + x.Verdict
}
