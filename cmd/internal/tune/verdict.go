package tune

import (
	"context"
	"math"
	"slices"
	"strconv"

	"hypersim/analysis/stats"
	"hypersim/cmd/internal/batch"
	"hypersim/sim/metrics/words"
)

// num is a number whose JSON form is null where there is none.
type num float64

// MarshalJSON writes NaN and infinities as null.
func (n num) MarshalJSON() ([]byte, error) {
	if v := float64(n); !math.IsNaN(v) && !math.IsInf(v, 0) {
		return strconv.AppendFloat(nil, v, 'g', 9, 64), nil
	}
	return []byte("null"), nil
}

// Roles of a row.
const (
	RoleObjective  = "objective"
	RoleConstraint = "constraint"
	RoleCost       = "cost"
)

// Verdicts of a comparison with the default.
const (
	Better    = "better"
	WorseWord = "worse"
	NotShown  = "no difference shown"
	Differs   = "differs"
	Holds     = "holds"
	HoldsMean = "holds on average"
	Broken    = "broken"
	BreaksAvg = "broken on average"
	Unvalued  = "not measured" // where the default was, or where neither was
)

// Row is one value of a point beside that of the default, on seeds that the search never saw.
type Row struct {
	World    string `json:"world"`
	Point    int    `json:"point"`
	Value    string `json:"value"`
	Role     string `json:"role"`
	Unit     string `json:"unit"`
	Seeds    int    `json:"seeds"`
	Default  num    `json:"default"`
	Mean     num    `json:"mean"`
	Change   num    `json:"change"`
	Low      num    `json:"low"` // of the change, paired by seed
	High     num    `json:"high"`
	Relative num    `json:"relative"` // change as a share of the default
	Verdict  string `json:"verdict"`
	Note     string `json:"note,omitempty"`
}

// Candidate is a point that was judged.
type Candidate struct {
	Point    int      `json:"point"`
	Values   []string `json:"values"`
	Winner   bool     `json:"winner"`
	Searched []num    `json:"searched"` // means of the rows on the search's seeds
	Broken   string   `json:"broken,omitempty"`
}

// Sensitivity is what happens to an objective, or to a constraint, when one parameter of the winner goes back to its default.
type Sensitivity struct {
	Param     string `json:"param"`
	Default   string `json:"default"`
	Winner    string `json:"winner"`
	Objective string `json:"objective"` // or the constraint
	Value     num    `json:"value"`     // of the objective with the winner, on held-out seeds
	Back      num    `json:"back"`      // change of the objective when it goes back, paired by seed
	Low       num    `json:"low"`
	High      num    `json:"high"`
	Verdict   string `json:"verdict"`           // matters, does not matter, not shown, as it was
	Rank      num    `json:"rank_correlation"`  // of the parameter with the objective, over all points that ran all seeds
	Refused   string `json:"refused,omitempty"` // why it cannot go back
}

// Words of a sensitivity.
const (
	Matters       = "matters"
	MattersNot    = "does not matter"
	MattersUnsure = "not shown"
	AsItWas       = "as it was"
)

// matter is how much of the default's value a difference has to be.
const matter = 0.02

// Report is what a search came to: tune.json.
type Report struct {
	Schema      int           `json:"schema"`
	Scenario    string        `json:"scenario"`
	Command     string        `json:"command"`
	Method      string        `json:"method"`
	Params      []Param       `json:"params"`
	Objectives  []Goal        `json:"objectives"`
	Constraints []Limit       `json:"constraints"`
	Search      []uint64      `json:"seeds"`
	HeldOut     []uint64      `json:"held_out"`
	Points      int           `json:"points"`
	Runs        int           `json:"search_runs"` // of points, that racing left
	RunsAll     int           `json:"search_runs_without_racing"`
	Refused     int           `json:"refused"` // points that the scenario did not take
	Dropped     int           `json:"dropped"`
	Default     Candidate     `json:"default"`
	Candidates  []Candidate   `json:"candidates"` // the winner, or the front
	Level       float64       `json:"level"`
	Rows        []Row         `json:"rows"`
	Sensitivity []Sensitivity `json:"sensitivity"`
	Idle        string        `json:"idle_together"` // verdict on all parameters at once that do not matter by themselves
	Gain        bool          `json:"gain"`          // the winner is better on held-out seeds, and holds all constraints
	Broken      bool          `json:"broken"`        // the winner breaks an invariant, here or elsewhere
	Verdict     string        `json:"verdict"`       // in a sentence
	Elsewhere   []string      `json:"verdicts_elsewhere"`
	breaches    map[breach]string
}

// breach is where which point broke an invariant.
type breach struct{ world, point int }

// judge runs the winner, or the front, and the default with seeds that the search never saw, and in worlds that it never saw.
func (t *Tune) judge(ctx context.Context) (*Report, error) {
	r := &Report{
		Schema: 1, Scenario: t.Scenario(), Command: t.req.Command, Method: t.method, Params: t.space, Objectives: t.goals, Constraints: t.limits,
		Search: t.req.Search, HeldOut: t.req.HeldOut, Rows: []Row{}, Sensitivity: []Sensitivity{}, Elsewhere: []string{}, Idle: AsItWas,
		breaches: map[breach]string{},
	}
	if r.Constraints == nil {
		r.Constraints = []Limit{}
	}
	f := &t.search.field
	for _, p := range f.points {
		r.Points++
		r.Runs += len(p.runs)
		switch {
		case p.refused != "":
			r.Refused++
			continue
		case p.dropped != "":
			r.Dropped++
		}
		r.RunsAll += len(f.seeds)
	}
	final, winner := t.finalists()
	r.Level = 1 - (1-stats.DefaultLevel)/float64(len(final))
	r.Default = t.candidate(f.points[0])
	for _, p := range final {
		c := t.candidate(p)
		c.Winner = p == winner
		r.Candidates = append(r.Candidates, c)
	}
	r.note(0, 0, f.points[0].broken)
	for w := range t.worlds {
		list := final
		if w > 0 {
			if list = []*point{winner}; winner.no == 0 { // there is nothing to judge
				break
			}
		}
		if err := t.compare(ctx, r, w, list); err != nil {
			return nil, err
		}
	}
	if err := t.sensitivity(ctx, r, winner); err != nil {
		return nil, err
	}
	t.conclude(r, winner)
	return r, nil
}

func (t *Tune) candidate(p *point) Candidate {
	c := Candidate{Point: p.no, Values: p.values, Broken: p.broken}
	for row := range t.rows {
		c.Searched = append(c.Searched, num(t.search.estimate(p, row)))
	}
	return c
}

// finalists are the points that are judged: the best, or the front, of which one is the winner.
func (t *Tune) finalists() (list []*point, winner *point) {
	f := &t.search.field
	if len(f.goals) == 1 {
		b := f.best()
		return []*point{b}, b
	}
	front, _ := f.rivals()
	if len(front) == 0 {
		b := f.best()
		return []*point{b}, b
	}
	base := f.told(f.points[0])
	var over []*point // those that dominate the default
	for _, p := range front {
		if x := f.told(p); dominates(&x, &base) {
			over = append(over, p)
		}
	}
	if len(over) == 0 {
		over = front
	}
	winner = f.knee(over, front) // of all of the front: what is crowded may yet be the best trade
	return t.spread(front, winner), winner
}

// spread keeps the winner and the least crowded points of a front, ordered by the first objective.
func (t *Tune) spread(front []*point, winner *point) []*point {
	f := &t.search.field
	for len(front) > t.req.Front {
		all := make([]individual, len(front))
		order := make([]int, len(front))
		for i, p := range front {
			all[i].told, order[i] = f.told(p), i
		}
		crowd(all, order)
		least := -1
		for i := range all {
			if front[i] != winner && (least < 0 || all[i].crowding < all[least].crowding) {
				least = i
			}
		}
		if least < 0 {
			break
		}
		front = slices.Delete(slices.Clone(front), least, least+1)
	}
	slices.SortStableFunc(front, func(a, b *point) int {
		x, y := f.told(a), f.told(b)
		switch {
		case x.losses[0] < y.losses[0]:
			return -1
		case x.losses[0] > y.losses[0]:
			return 1
		}
		return a.no - b.no
	})
	return front
}

// knee is the point nearest to the best of every objective, each as a share of the front's width.
func (f *field) knee(list, front []*point) *point {
	n := len(f.goals)
	low, high := make([]float64, n), make([]float64, n)
	for g := range n {
		low[g], high[g] = math.Inf(1), math.Inf(-1)
	}
	for _, p := range front {
		for g, v := range f.told(p).losses {
			low[g], high[g] = min(low[g], v), max(high[g], v)
		}
	}
	best, least := list[0], math.Inf(1)
	for _, p := range list {
		far := 0.0
		for g, v := range f.told(p).losses {
			if high[g] > low[g] {
				d := (v - low[g]) / (high[g] - low[g])
				far += float64(d * d)
			}
		}
		if far < least {
			best, least = p, far
		}
	}
	return best
}

// compare judges points beside the default in one world, seed by seed.
func (t *Tune) compare(ctx context.Context, r *Report, world int, list []*point) error {
	base := &point{values: t.search.defaults()}
	if world == 0 {
		base.sets = t.search.points[0].sets
	}
	all := []*point{base}
	for _, p := range list {
		all = append(all, &point{no: p.no, values: p.values, sets: p.sets})
	}
	for _, p := range all {
		if _, err := t.worlds[world].points.Add(p.sets); err != nil {
			r.Elsewhere = append(r.Elsewhere, t.worlds[world].name+": refused: "+oneLine(err.Error()))
			return nil
		}
	}
	got, err := t.oracle(world)(ctx, all, t.req.HeldOut)
	if err != nil {
		return err
	}
	level := r.Level
	if world > 0 {
		level = stats.DefaultLevel
	}
	for i, p := range all {
		for _, s := range got[i] {
			if s.broken != "" {
				r.note(world, p.no, s.broken)
				break
			}
		}
	}
	for i, p := range all[1:] {
		for row := range t.rows {
			if x, ok := t.row(row, got[0], got[i+1], level); ok {
				x.World, x.Point = t.worlds[world].name, p.no
				r.Rows = append(r.Rows, x)
			}
		}
	}
	return nil
}

// note keeps that a run of a point broke an invariant.
func (r *Report) note(world, point int, what string) {
	if what == "" {
		return
	}
	r.breaches[breach{world, point}] = oneLine(what)
	if world > 0 {
		return
	}
	if point == 0 {
		r.Default.Broken = what
	}
	for i := range r.Candidates {
		if r.Candidates[i].Point == point {
			r.Candidates[i].Broken = what
		}
	}
}

// pairing is one value of a point beside that of the default, by seed.
type pairing struct {
	pairs []stats.Pair
	none  int // seeds in which one of them has no value
	lost  int // of these, in which the default has one
}

func paired(base, other []sample, row int) (p pairing) {
	for i := range base {
		switch u, v := base[i].values[row], other[i].values[row]; {
		case !math.IsNaN(u) && !math.IsNaN(v):
			p.pairs = append(p.pairs, stats.Pair{A: u, B: v})
		case math.IsNaN(u):
			p.none++
		default:
			p.none, p.lost = p.none+1, p.lost+1
		}
	}
	return p
}

// unvalued reports whether nothing can be said: what was left out is no chance where the point lost it.
func (p *pairing) unvalued() bool { return len(p.pairs) == 0 || p.lost > 0 }

func (p *pairing) means() (a, b float64) {
	for _, x := range p.pairs {
		a, b = a+x.A, b+x.B
	}
	n := float64(len(p.pairs))
	return a / n, b / n
}

// row compares one value; ok is false of costs where neither side gave anything to compare.
func (t *Tune) row(row int, base, other []sample, level float64) (x Row, ok bool) {
	p := paired(base, other, row)
	a, b := p.means()
	limit := row - len(t.goals)
	isLimit := limit >= 0 && limit < len(t.limits)
	x = Row{Value: t.rows[row].String(), Unit: t.units[row], Seeds: len(p.pairs), Role: RoleCost}
	if row >= len(t.goals)+len(t.limits) && (len(p.pairs) == 0 || a == 0 && b == 0) {
		return x, false
	}
	x.Default, x.Mean, x.Change = num(a), num(b), num(b-a)
	x.Relative = x.Change / x.Default
	iv := stats.PairedDifference(p.pairs, level)
	x.Low, x.High, x.Note = num(iv.Low), num(iv.High), iv.Note
	if p.none > 0 {
		x.Note = strconv.Itoa(p.none) + " seeds gave no value"
	}
	switch {
	case row < len(t.goals):
		x.Role, x.Verdict = RoleObjective, direction(iv, t.goals[row].More)
	case isLimit:
		x.Role, x.Verdict = RoleConstraint, t.held(&p, limit, level)
	default:
		x.Verdict = costOf(t.rows[row], iv)
	}
	if p.unvalued() {
		x.Verdict = Unvalued
	}
	return x, true
}

func direction(iv stats.Interval, more bool) string {
	switch {
	case !iv.Excludes(0):
		return NotShown
	case iv.Estimate > 0 == more:
		return Better
	}
	return WorseWord
}

// held says whether a constraint holds, by the interval of how far the value is beyond it.
func (t *Tune) held(p *pairing, limit int, level float64) string {
	l := &t.limits[limit]
	overs := make([]stats.Pair, len(p.pairs))
	for i, x := range p.pairs {
		if overs[i] = (stats.Pair{A: l.bound(x.A), B: x.B}); l.AtLeast {
			overs[i] = stats.Pair{A: x.B, B: l.bound(x.A)}
		}
	}
	switch over := stats.PairedDifference(overs, level); {
	case p.unvalued():
		return Unvalued
	case over.Known() && over.High <= 0:
		return Holds
	case over.Known() && over.Low > 0:
		return Broken
	case over.Estimate <= 0:
		return HoldsMean
	}
	return BreaksAvg
}

func costOf(r batch.Row, iv stats.Interval) string {
	m, _ := words.Lookup(r.Metric)
	switch better := m.Def().Better; {
	case !iv.Excludes(0):
		return NotShown
	case better == words.Lower, better == words.Higher:
		return direction(iv, better == words.Higher)
	}
	return Differs
}
