package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
	"hypersim/scenarios/form"
	"hypersim/sim/metrics/words"
)

// Points is a place where single points of a scenario are run, for who chooses the next ones by what the last ones gave.
// Runs lie in the folder as those of a sweep do: each is on disk, whole, as soon as it is done, named by what was run and by
// which program, and none is done twice.
type Points struct {
	Request // of which Vary and Seeds mean nothing, and Variants holds one name at most
	Options

	base  *scenarios.Scenario
	plan  *Plan
	cells map[string]*Cell // by the changes of a point
}

// NewPoints loads the scenario as it is without a point's changes.
func NewPoints(req Request, opt Options) (*Points, error) {
	p := &Points{Request: req, Options: opt, cells: map[string]*Cell{}}
	var variant string
	if len(req.Variants) > 0 {
		variant = req.Variants[0]
	}
	var err error
	p.base, err = scenarios.Load(req.Scenario, req.Sets, scenarios.Options{Duration: req.Duration, Input: req.Input, Variant: variant})
	if err != nil {
		return nil, usage("%v", err)
	}
	p.plan = &Plan{Schema: Format, Scenario: p.base.Name, SHA256: p.base.SHA256, Program: req.Program}
	return p, nil
}

// Base is the scenario without a point's changes.
func (p *Points) Base() *scenarios.Scenario { return p.base }

// Add loads a point, given as "key=value", and returns how much memory a run of it needs, in bytes. An error says why the
// scenario refuses it.
func (p *Points) Add(sets []string) (memory int64, err error) {
	key := strings.Join(sets, "\n")
	if c := p.cells[key]; c != nil {
		return c.memory, nil
	}
	values := []Value{}
	for _, v := range p.Variants {
		values = append(values, Value{Key: variantKey, Text: v})
	}
	req := p.Request
	req.Sets = slices.Concat(req.Sets, sets)
	c, err := loadCell(req, values)
	if err != nil {
		return 0, err
	}
	c.Name = strings.Join(sets, ", ")
	p.cells[key] = c
	return c.memory, nil
}

// Repeat returns the flags of hypersim run that repeat a point, beside --seed.
func (p *Points) Repeat(sets []string) []string { return p.cells[strings.Join(sets, "\n")].Args }

// Run carries out the points with each of the seeds, as far as the folder lacks them, and returns what each gave: by point,
// then by seed. With a shard it does its part, and waits for the others to do theirs.
func (p *Points) Run(ctx context.Context, points [][]string, seeds []uint64) ([][]*Gave, error) {
	plan := *p.plan
	plan.Seeds = seeds
	at, index := make([]int, len(points)), map[string]int{} // points that come to the same configuration are one cell
	for i, sets := range points {
		c := p.cells[strings.Join(sets, "\n")]
		if c == nil {
			panic("batch: a point that was not added")
		}
		k, twice := index[c.run]
		if !twice {
			k = len(plan.Cells)
			index[c.run] = k
			d := *c
			d.Runs = nil
			for _, seed := range seeds {
				d.Runs = append(d.Runs, address(d.run, seed, p.Program))
			}
			plan.Cells = append(plan.Cells, d)
		}
		at[i] = k
	}
	if err := os.MkdirAll(filepath.Join(p.Dir, runsDir), 0o777); err != nil {
		return nil, refused(runner.Refused(err, "--out"))
	}
	runner.RemoveLeft(p.Dir, runsDir)
	out, err := plan.carryOut(ctx, p.Request, p.Options)
	switch {
	case err != nil:
		return nil, err
	case out.Interrupted:
		return nil, context.Canceled
	case len(out.Slow) > 0:
		return nil, usage("%s exceeded its budget of wall time (scenario.budget.wall)", out.Slow[0])
	}
	gave, err := p.read(ctx, &plan)
	if err != nil {
		return nil, err
	}
	all := make([][]*Gave, len(points))
	for i, k := range at {
		all[i] = gave[k]
	}
	return all, nil
}

// othersEvery is how often a part looks whether the others are done.
const othersEvery = 50 * time.Millisecond

// read returns what the runs of the plan gave. Those of other parts it waits for.
func (p *Points) read(ctx context.Context, plan *Plan) ([][]*Gave, error) {
	all := make([][]*Gave, len(plan.Cells))
	for i := range plan.Cells {
		c := &plan.Cells[i]
		for k, at := range c.Runs {
			for {
				r, err := readRun(p.Dir, at)
				// What is damaged is another part's: it does that run again once it comes to it. Our own were looked at.
				others := p.Shard.Of > 1 && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, errDamaged))
				if err == nil {
					err = r.answer(p.Dir, c, plan.Seeds[k])
				}
				if err == nil {
					all[i] = append(all[i], &Gave{r, c})
					break
				}
				if !others {
					return nil, err
				}
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-time.After(othersEvery):
				}
			}
		}
	}
	return all, nil
}

// Gave is what one run gave.
type Gave struct {
	run  *runData
	cell *Cell
}

// Broken says which invariant did not hold, or why the run was stopped; "" if neither.
func (g *Gave) Broken() string {
	switch {
	case len(g.run.Violations) > 0:
		v := &g.run.Violations[0]
		return fmt.Sprintf("seed %d: invariant %s: %s", g.run.Seed, v.Invariant, v.What)
	case g.run.Stopped != "":
		return fmt.Sprintf("seed %d: %s", g.run.Seed, g.run.Stopped)
	}
	return ""
}

// Row names a value of a run.
type Row struct {
	Metric, Labels string // as in summary.csv
	Stat           string // "", p50, p90, p99 or max of the run's observations; "" is the mean, or how often it happened
	Expect         string // instead: the value of the expectation of this id
}

// ParseRow reads METRIC[:label=word;label=word][@p99], or expect:ID.
func ParseRow(text string) (r Row, err error) {
	if id, ok := strings.CutPrefix(text, "expect:"); ok {
		if id == "" {
			return r, errors.New(`"expect:" names no expectation`)
		}
		return Row{Expect: id}, nil
	}
	body, stat, ok := strings.Cut(text, "@")
	if ok && !slices.Contains(rowStats, stat) {
		return r, fmt.Errorf("@%s: must be @%s", stat, strings.Join(rowStats, ", @"))
	}
	r.Stat = stat
	r.Metric, r.Labels, _ = strings.Cut(body, ":")
	m, ok := words.Lookup(r.Metric)
	if !ok {
		return r, fmt.Errorf("no metric %q; hypersim schema lists them, expect:ID is the value of an expectation", r.Metric)
	}
	for _, l := range strings.FieldsFunc(r.Labels, isSemicolon) {
		key, word, ok := strings.Cut(l, "=")
		if !ok || key == "" || word == "" || !slices.Contains(m.Def().Labels, key) {
			return r, fmt.Errorf("%q: must be label=word, of %s", l, strings.Join(m.Def().Labels, ", "))
		}
		if all := m.Def().LabelWords(key); all != nil && !slices.Contains(all, word) {
			return r, fmt.Errorf("%q: %s must be %s%s", l, key, form.OneOf(all), form.DidYouMean(word, all))
		}
	}
	return r, nil
}

var rowStats = []string{"p50", "p90", "p99", "max"}

// String returns what ParseRow reads.
func (r Row) String() string {
	if r.Expect != "" {
		return "expect:" + r.Expect
	}
	out := r.Metric
	if r.Labels != "" {
		out += ":" + r.Labels
	}
	if r.Stat != "" {
		out += "@" + r.Stat
	}
	return out
}

// Value returns the run's value and its unit. A crash that was never detected counts for as long as it was waited for. NaN:
// the run observed nothing of the kind.
func (g *Gave) Value(r Row) (v float64, unit string) {
	if r.Expect != "" {
		for i, s := range g.run.claims {
			if g.cell.Claims[i].ID == r.Expect {
				return float64(s.Value), s.Unit
			}
		}
		return math.NaN(), ""
	}
	for _, exact := range []bool{true, false} {
		if v, unit, ok := g.run.value(r, exact); ok {
			return v, unit
		}
	}
	if m, _ := words.Lookup(r.Metric); m.Def().Counted && r.Stat == "" {
		return 0, "count"
	}
	return math.NaN(), ""
}

func (r *runData) value(row Row, exact bool) (v float64, unit string, ok bool) {
	is := func(metric, labels string) bool { return metric == row.Metric && carries(labels, row.Labels, exact) }
	if row.Stat == "" {
		for i := range r.Survival {
			if s := &r.Survival[i]; is(s.Metric, s.Labels) {
				sum := number(0)
				for _, t := range slices.Concat(s.Times, s.Censored) {
					sum += t
				}
				return float64(sum) / float64(len(s.Times)+len(s.Censored)), "s", true
			}
		}
		for i := range r.Counts {
			if c := &r.Counts[i]; is(c.Metric, c.Labels) {
				return float64(c.Count), "count", true
			}
		}
	}
	weight := 0.0 // rows that carry more labels than were asked for are put together, where that can be done
	for i := range r.Metrics {
		d := &r.Metrics[i]
		if d.Fine || !is(d.Metric, d.Labels) {
			continue
		}
		unit = d.Unit
		switch x := float64(map[string]number{"": d.Mean, "p50": d.P50, "p90": d.P90, "p99": d.P99, "max": d.Max}[row.Stat]); row.Stat {
		case "":
			v += float64(x * float64(d.Count))
			weight += float64(d.Count)
		default:
			if v, ok = max(v, x), true; exact {
				return x, unit, true
			}
		}
	}
	if weight > 0 {
		return v / weight, unit, true
	}
	return v, unit, ok
}
