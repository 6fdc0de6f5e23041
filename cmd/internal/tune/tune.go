package tune

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hypersim/analysis/stats"
	"hypersim/cmd/internal/batch"
	"hypersim/core/rng"
	"hypersim/sim/metrics/words"
)

// Request says what to search, for what, and on which seeds.
type Request struct {
	batch.Request // of which Vary and Seeds mean nothing; Variants: one, or the file's first

	Params      []string // see ParseSpec
	Objectives  []string // see ParseGoal: one, or two or three for a front
	Constraints []string // see ParseLimit
	Elsewhere   []string // SCENARIO[,key=value…]: other worlds on which the winner is judged; "." is the scenario itself
	Search      []uint64 // seeds of the points
	HeldOut     []uint64 // seeds of the verdict, none of them of Search
	Points      int      // tried at most, the default among them
	Front       int      // points of a front that are judged at most
	Seed        uint64   // of the search's own draws
	Command     string   // that repeats it, for the report
}

// The defaults of a request, and what a decision needs.
const (
	DefaultPoints = 60
	DefaultFront  = 8
	pointsMax     = 100_000
	frontMax      = 50
)

// UsageError is what the user can put right; nothing was written.
type UsageError struct{ err error }

func (e *UsageError) Error() string { return e.err.Error() }

// Progress is how far a search has got.
type Progress struct {
	batch.Progress
	Phase        string // PhaseSearch, PhaseVerdict
	Points, Most int
	Best         string // in words; "" before there is one
	Generation   bool   // a generation has just ended
}

// Phases of a search.
const (
	PhaseSearch  = "search"
	PhaseVerdict = "verdict"
)

// Tune is a search that has been checked.
type Tune struct {
	req    Request
	space  Space
	goals  []Goal
	limits []Limit
	rows   []batch.Row // goals, limits, then costs
	worlds []world     // the scenario, then those elsewhere
	method string

	opt      batch.Options
	progress func(Progress)
	phase    string
	search   search
	units    []string
	bestAt   []int // by point: the best when its generation ended
}

// world is a scenario on which points are run.
type world struct {
	name   string
	points *batch.Points
}

// costs are what a winner may cost, where a run measures them.
var costs = []string{
	"bytes:direction=sent", "messages:direction=sent", "detection_first:to=SUSPECT", "detection_first:to=DEAD", "detection_full",
	"false_suspicions", "false_positives", "job_latency", "accept_time", "timeout_lateness", "timeout_wrong", "timeout_missed",
	"routing_regret", "routing_switches",
}

// New checks a request: everything wrong with it is one error, and nothing is written.
func New(req Request) (*Tune, error) {
	t := &Tune{req: req}
	here, err := batch.NewPoints(req.Request, batch.Options{})
	if err != nil {
		return nil, &UsageError{err}
	}
	t.worlds = []world{{name: here.Base().Name, points: here}}
	var bad []error
	var specs []Spec
	for _, text := range req.Params {
		s, err := ParseSpec(text)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		specs = append(specs, s)
	}
	if len(specs) > 0 || len(req.Params) == 0 {
		t.space, err = Resolve(here.Base(), specs)
		bad = append(bad, err)
	}
	t.goals, t.limits, err = parseGoals(req.Objectives, req.Constraints, here.Base().Expects)
	bad = append(bad, err, t.checkSeeds(), t.elsewhere())
	if err := errors.Join(bad...); err != nil {
		return nil, &UsageError{err}
	}
	for _, g := range t.goals {
		t.rows = append(t.rows, g.Row)
	}
	for _, l := range t.limits {
		t.rows = append(t.rows, l.Row)
	}
	for _, text := range costs {
		name, _, _ := strings.Cut(text, ":")
		if !known(name) || len(here.Base().Workloads) == 0 && ofJobs(name) {
			continue
		}
		r, err := batch.ParseRow(text)
		if err != nil {
			panic("tune: a cost that is no row: " + err.Error())
		}
		if !slices.Contains(t.rows, r) {
			t.rows = append(t.rows, r)
		}
	}
	t.units = make([]string, len(t.rows))
	t.setMethod()
	return t, t.admit(&point{values: t.search.defaults()})
}

func known(metric string) bool { _, ok := words.Lookup(metric); return ok }

// ofJobs tells the metrics that a scenario without jobs does not have.
func ofJobs(metric string) bool {
	first, _, _ := strings.Cut(metric, "_")
	return slices.Contains([]string{"job", "accept", "timeout", "routing"}, first)
}

func (t *Tune) checkSeeds() error {
	var bad []error
	if len(t.req.Search) == 0 {
		bad = append(bad, errors.New("--seeds: at least one is needed"))
	}
	if n := len(t.req.HeldOut); n < stats.ShownRuns {
		bad = append(bad, fmt.Errorf("--held-out: %d seeds; a verdict needs %d or more", n, stats.ShownRuns))
	}
	for _, s := range t.req.HeldOut {
		if slices.Contains(t.req.Search, s) {
			bad = append(bad, fmt.Errorf("--held-out: seed %d is one of --seeds: the search has seen it, and no verdict may hang on it", s))
			break
		}
	}
	if n := t.req.Points; n < 2 || n > pointsMax {
		bad = append(bad, fmt.Errorf("--points = %d: must be ≥ 2 and ≤ %d", n, pointsMax))
	}
	if n := t.req.Front; n < 1 || n > frontMax {
		bad = append(bad, fmt.Errorf("--front = %d: must be ≥ 1 and ≤ %d", n, frontMax))
	}
	return errors.Join(bad...)
}

// elsewhere loads the other worlds.
func (t *Tune) elsewhere() error {
	var bad []error
	for _, text := range t.req.Elsewhere {
		parts := splitTop(text)
		req := batch.Request{Scenario: parts[0], Sets: parts[1:], Program: t.req.Program}
		if parts[0] == "." {
			req = t.req.Request
			req.Sets = slices.Concat(req.Sets, parts[1:])
		}
		p, err := batch.NewPoints(req, batch.Options{})
		if err != nil {
			bad = append(bad, fmt.Errorf("--elsewhere %s: %w", text, err))
			continue
		}
		for _, r := range append(slices.Clone(t.goals), limitGoals(t.limits)...) {
			if err := r.settle(p.Base().Expects); err != nil {
				bad = append(bad, fmt.Errorf("--elsewhere %s: %w", text, err))
			}
		}
		name := text
		if name == t.Scenario() {
			name += " as it is" // the rows of the two are told apart by their names
		}
		if slices.ContainsFunc(t.worlds, func(w world) bool { return w.name == name }) {
			bad = append(bad, fmt.Errorf("--elsewhere %s: it is given twice", text))
		}
		t.worlds = append(t.worlds, world{name: name, points: p})
	}
	return errors.Join(bad...)
}

// limitGoals are the rows of limits as goals, to look their expectations up.
func limitGoals(limits []Limit) (out []Goal) {
	for _, l := range limits {
		out = append(out, Goal{Text: l.Row.String(), Row: l.Row})
	}
	return out
}

// splitTop cuts at commas outside of quotes, brackets and braces.
func splitTop(text string) (out []string) {
	depth, quote, from := 0, byte(0), 0
	for i := 0; i <= len(text); i++ {
		if i == len(text) || text[i] == ',' && depth == 0 && quote == 0 {
			out, from = append(out, strings.TrimSpace(text[from:i])), i+1
			continue
		}
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
	}
	return out
}

// setMethod chooses how points are proposed.
func (t *Tune) setMethod() {
	draw := rng.New(t.req.Seed, "tune.search")
	start := t.space.Start()
	cells := make([]int, len(t.space))
	for i := range t.space {
		cells[i] = t.space[i].Cells()
	}
	t.search = search{
		field: field{goals: t.goals, limits: t.limits, seeds: t.req.Search}, space: t.space, most: t.req.Points, admit: t.admit,
		measure: t.oracle(0), after: t.after,
	}
	switch size := t.space.Size(t.req.Points); {
	case size > 0:
		t.method, t.search.method = fmt.Sprintf("all %d points", size), &finite{space: t.space, size: size}
		if t.search.most = size; !t.space.has(start) {
			t.search.most++
		}
	case len(t.goals) == 1:
		lambda := lambdaFor(len(t.space))
		t.method, t.search.method = fmt.Sprintf("CMA-ES, %d points a generation", lambda), newCMA(start, cells, lambda, draw)
	default:
		size := min(max(t.req.Points/6, 8), 40) / 2 * 2
		t.method, t.search.method = fmt.Sprintf("NSGA-II, %d points a generation", size), newNSGA(start, size, draw)
	}
}

// Method says how points are proposed.
func (t *Tune) Method() string { return t.method }

// Scenario is the name of what is searched.
func (t *Tune) Scenario() string { return t.worlds[0].name }

// admit loads a point. The error says why the scenario does not take it.
func (t *Tune) admit(p *point) error {
	p.sets = t.space.Sets(p.values)
	for i := range t.space { // the scenario itself, where it leaves a key open
		if p.values[i] == "" {
			p.sets = slices.DeleteFunc(p.sets, func(s string) bool { return s == t.space[i].Key+"=" })
		}
	}
	_, err := t.worlds[0].points.Add(p.sets)
	return err
}

// oracle measures points in one of the worlds.
func (t *Tune) oracle(world int) oracle {
	return func(ctx context.Context, list []*point, seeds []uint64) ([][]sample, error) {
		w := t.worlds[world].points
		var points [][]string
		for _, p := range list {
			points = append(points, p.sets)
		}
		w.Options = t.opt
		w.Dir = t.folder(world)
		w.Progress = func(p batch.Progress) { t.tell(Progress{Progress: p}) }
		gave, err := w.Run(ctx, points, seeds)
		if err != nil {
			return nil, err
		}
		out := make([][]sample, len(list))
		for i := range gave {
			for _, g := range gave[i] {
				s := sample{broken: g.Broken()}
				for k, r := range t.rows {
					v, unit := g.Value(r)
					s.values = append(s.values, v)
					if unit != "" {
						t.units[k] = unit
					}
				}
				out[i] = append(out[i], s)
			}
		}
		return out, nil
	}
}

func (t *Tune) tell(p Progress) {
	if t.progress == nil {
		return
	}
	p.Points, p.Most, p.Phase = len(t.search.points), t.search.most, t.phase
	p.Best = t.bestWords()
	t.progress(p)
}

// after keeps what a generation gave.
func (t *Tune) after() error {
	for len(t.bestAt) < len(t.search.points) {
		t.bestAt = append(t.bestAt, t.search.best().no)
	}
	t.tell(Progress{Generation: true})
	return t.writePoints()
}

// Options say how a search is carried out. None of them changes a byte of the result.
type Options struct {
	batch.Options
	Progress func(Progress)
	SVG      bool
	NoPlots  bool
}

// Run searches, judges and writes the folder.
func (t *Tune) Run(ctx context.Context, opt Options) (*Report, error) {
	t.opt, t.progress, t.phase = opt.Options, opt.Progress, PhaseSearch
	if err := t.prepare(); err != nil {
		return nil, err
	}
	if err := t.search.run(ctx); err != nil {
		return nil, err
	}
	t.phase = PhaseVerdict
	r, err := t.judge(ctx)
	if err != nil {
		return nil, err
	}
	return r, t.write(r, &opt)
}
