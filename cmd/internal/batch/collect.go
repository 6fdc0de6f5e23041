package batch

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"hypersim/cmd/internal/runner"
)

// Report is sweep.json: the plan's cells with their verdicts.
type Report struct {
	Schema   int          `json:"schema"`
	Scenario string       `json:"scenario"`
	Title    string       `json:"title"`
	Axes     []string     `json:"axes"`
	Defaults []Value      `json:"defaults"` // of the axes, where the scenario has one
	Seeds    []uint64     `json:"seeds"`
	Runs     int          `json:"runs"`
	Done     int          `json:"done"`
	Builds   []string     `json:"builds"` // of the program; several: runs of different programs are mixed
	Compare  Declared     `json:"compare"`
	Until    []Reach      `json:"until,omitempty"` // what the sweep went on for
	Cells    []CellReport `json:"cells"`
	Strict   bool         `json:"strict"` // expectations of level "should" fail the sweep, too
	Exit     int          `json:"exit"`
}

// Declared is what the scenario says that comparisons judge.
type Declared struct {
	Primary  []string `json:"primary"`
	HorizonS number   `json:"horizon_s"` // 0: none declared
}

// CellReport is one cell of sweep.json.
type CellReport struct {
	Cell       string      `json:"cell"`
	Values     []Value     `json:"values"`
	ConfigHash string      `json:"config_hash"`
	Nodes      int         `json:"nodes"`
	Args       []string    `json:"args"` // hypersim run SCENARIO, these and --seed repeat a run
	Runs       []RunReport `json:"runs"`
	Missing    []uint64    `json:"missing"` // seeds
	Events     uint64      `json:"events"`
	VirtualS   number      `json:"virtual_s"` // of all runs together
	Verdicts   []Verdict   `json:"expectations"`
	Violations []Violation `json:"violations"`
	Warnings   []string    `json:"warnings"`
	Exit       int         `json:"exit"`
}

// RunReport is one run of a cell.
type RunReport struct {
	Seed    uint64 `json:"seed"`
	Digest  string `json:"digest"`
	RunDir  string `json:"run_dir"` // relative to the sweep's folder
	Stopped string `json:"stopped,omitempty"`
}

// Collect turns the runs of the plan that are in the folder into its result files and returns what they say.
// The files follow from the plan and the runs alone. When other machines add runs meanwhile, it starts over,
// so that whoever comes last leaves the complete result.
func (p *Plan) Collect(dir string, strict bool) (*Report, error) {
	for {
		if len(p.aside) > 0 {
			p.aside = nil // they may have been done again
		}
		missing := p.missing(dir) // those found damaged while reading count from then on
		r, err := p.collect(dir, strict)
		if err != nil {
			return nil, err
		}
		switch still := p.missing(dir); {
		case still < missing || still < r.Runs-r.Done:
			continue
		case still == 0:
			return r, runner.Unmark(dir)
		default:
			return r, mark(dir, fmt.Sprintf("%d of %d runs are missing%s; the same command goes on", still, p.Runs(), p.broken()))
		}
	}
}

func (p *Plan) collect(dir string, strict bool) (*Report, error) {
	r := &Report{
		Schema: Format, Scenario: p.Scenario, Title: p.Title, Axes: p.Axes, Defaults: p.Defaults, Seeds: p.Seeds, Runs: p.Runs(), Builds: []string{}, Strict: strict,
		Compare: p.Compare,
	}
	t := newTables(p)
	all := make([][]evidence, len(p.Cells)) // by cell and claim
	single := make([][]Verdict, len(p.Cells))
	for i := range p.Cells {
		c := &p.Cells[i]
		runs, err := p.read(dir, c)
		if err != nil {
			return nil, err
		}
		x := CellReport{
			Cell: c.Name, Values: c.Values, ConfigHash: c.ConfigHash, Nodes: c.Nodes, Args: c.Args, Runs: []RunReport{}, Missing: []uint64{},
			Verdicts: []Verdict{}, Violations: []Violation{}, Warnings: append([]string{}, c.Warnings...),
		}
		for k, run := range runs {
			if run == nil {
				x.Missing = append(x.Missing, p.Seeds[k])
				continue
			}
			r.note(&x, run)
		}
		r.Cells = append(r.Cells, x)
		all[i] = gather(c, runs, p.Seeds)
		single[i] = byItself(all[i])
		t.long(c, runs)
		rows := statRows(runs)
		p.precision(c, rows)
		t.summary(c, rows)
	}
	for i := range p.Cells {
		for k := range p.Cells[i].Claims {
			if v, ok := p.judge(i, k, all, single[i][k]); ok {
				v.settle(strict)
				r.Cells[i].Verdicts = append(r.Cells[i].Verdicts, v)
				t.verdict(&p.Cells[i], &v)
			}
		}
		r.Cells[i].settle()
		r.Exit = worst(r.Exit, r.Cells[i].Exit)
	}
	r.settleUntil(p)
	slices.Sort(r.Builds)
	return r, t.write(dir, r)
}

// read loads the runs of a cell, nil where there is none yet, or a damaged one.
func (p *Plan) read(dir string, c *Cell) ([]*runData, error) {
	runs := make([]*runData, len(c.Runs))
	for k, address := range c.Runs {
		r, err := readRun(dir, address)
		if err == nil {
			err = r.answer(dir, c, p.Seeds[k])
		}
		switch {
		case errors.Is(err, errDamaged):
			p.setAside(address)
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			runs[k] = r
		}
	}
	return runs, nil
}

// answer judges the claims of the cell by the run alone.
func (r *runData) answer(dir string, c *Cell, seed uint64) error {
	if r.Seed != seed {
		return damaged(dir, r.Address, "it is of another seed than its address says")
	}
	if r.Stopped != "" {
		return nil // it measured nothing
	}
	for i := range c.Claims {
		s := r.sample(c.Claims[i].Selection())
		if s == nil {
			return damaged(dir, r.Address, "it lacks what the expectation "+c.Claims[i].ID+" is about")
		}
		r.claims = append(r.claims, s.judged(&c.Claims[i]))
	}
	return nil
}

// note adds a run to its cell.
func (r *Report) note(x *CellReport, run *runData) {
	r.Done++
	x.Runs = append(x.Runs, RunReport{Seed: run.Seed, Digest: run.Digest, RunDir: runsDir + "/" + run.Address, Stopped: run.Stopped})
	x.Events += run.Events
	x.VirtualS += number(run.VirtualS)
	x.Violations = append(x.Violations, run.Violations...)
	for _, w := range run.Warnings {
		if !slices.Contains(x.Warnings, w) {
			x.Warnings = append(x.Warnings, w)
		}
	}
	b := run.String()
	if !slices.Contains(r.Builds, b) {
		r.Builds = append(r.Builds, b)
	}
}

// settle decides a cell's exit status.
func (x *CellReport) settle() {
	bad, open := len(x.Violations) > 0, false
	for i := range x.Runs {
		bad = bad || x.Runs[i].Stopped != ""
	}
	for i := range x.Verdicts {
		bad, open = bad || x.Verdicts[i].Fails, open || x.Verdicts[i].Open
	}
	switch {
	case bad:
		x.Exit = 1
	case open:
		x.Exit = exitOpen
	}
}

// exitOpen is the exit status of a sweep that could not be judged: too few seeds.
const exitOpen = 4

// worst returns the graver of two exit statuses: what failed failed, whatever else could not be judged.
func worst(a, b int) int {
	if a == 1 || b == 1 {
		return 1
	}
	return max(a, b)
}

// gather collects what the runs of a cell say about each claim.
func gather(c *Cell, runs []*runData, seeds []uint64) []evidence {
	out := make([]evidence, len(c.Claims))
	for i := range out {
		e := &out[i]
		e.claim = &c.Claims[i]
		for k, r := range runs {
			switch {
			case r == nil:
				e.missing++
			case r.Stopped != "":
				e.stopped++
			default:
				e.samples, e.seeds = append(e.samples, r.claims[i]), append(e.seeds, seeds[k])
			}
		}
	}
	return out
}

// byItself judges each claim by its cell alone and lets go of the observations: a large sweep has more of them
// than fit into memory at once.
func byItself(list []evidence) []Verdict {
	out := make([]Verdict, len(list))
	for k := range list {
		e := &list[k]
		if e.claim.Applies {
			out[k] = judged(e)
		}
		for _, s := range e.samples {
			s.Values, s.Weights = nil, nil
		}
	}
	return out
}

// judge returns the verdict of claim k in cell i, of which v is that by the cell alone; ok is false where
// the claim says nothing about the cell.
func (p *Plan) judge(i, k int, all [][]evidence, v Verdict) (_ Verdict, ok bool) {
	c, e := &p.Cells[i], &all[i][k]
	if !e.claim.Applies {
		return v, false
	}
	if e.claim.Versus == nil {
		return v, true
	}
	switch other := p.reference(c, e.claim.Versus); other {
	case i:
		return v, false
	case -1:
		v.Across = "difference to " + versusName(e.claim.Versus)
		return v.cannot("no such cell in this sweep: %s", versusName(e.claim.Versus)), true
	default:
		return against(v, e, &all[other][k], p.Cells[other].Name), true
	}
}
