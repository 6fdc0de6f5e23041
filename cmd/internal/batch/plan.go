package batch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/cmd/internal/runner"
	"hypersim/core"
	"hypersim/scenarios"
)

// Format is the version of what a run leaves in a sweep's folder. It is part of a run's address, so that
// runs of another format are done again and not misread.
const Format = 3

// runsMax bounds a sweep where the scenario does not.
const runsMax = 1_000_000

// Request says what to sweep.
type Request struct {
	Scenario string         // path or bundled name, or "-": Input
	Input    string         // the text of the scenario "-"
	Sets     []string       // "key=value", for every cell
	Duration *core.Duration // replaces the scenario's
	Vary     []string       // "key=a,b,c", axes beside those of the file
	Variants []string       // none: all of the file
	Seeds    []uint64       // none: the file's sweep seeds, or else its one seed
	Program  string         // that makes the runs: see runner.Build
}

// UsageError is what the user can put right; nothing was written.
type UsageError struct{ msg string }

func (e *UsageError) Error() string { return e.msg }

func usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// Plan is a sweep before it is run: plan.json. It is the same bytes for every shard.
type Plan struct {
	Schema   int      `json:"schema"`
	Scenario string   `json:"scenario"`
	Title    string   `json:"title"`
	SHA256   string   `json:"scenario_sha256"` // of the file's text
	Sets     []string `json:"sets"`
	Duration string   `json:"duration,omitempty"` // if it replaces the file's
	Axes     []string `json:"axes"`               // keys, in order; "variant" first
	Defaults []Value  `json:"defaults"`           // of the axes, where the scenario has one
	Seeds    []uint64 `json:"seeds"`
	Program  string   `json:"program"` // that makes the runs: SHA-256 of the executable
	Compare  Declared `json:"compare"`
	Until    []*Until `json:"until,omitempty"` // what it goes on for; Seeds are then those used so far
	Cells    []Cell   `json:"cells"`

	variants []scenarios.Variant
	family   string          // hash of what later plans of the same sweep share: neither seeds nor points
	aside    map[string]bool // addresses of runs that are damaged
}

// Cell is one combination of values; its runs differ in the seed alone.
type Cell struct {
	Name       string        `json:"name"`
	Values     []Value       `json:"values"`
	Identity   string        `json:"identity"` // of the configuration
	ConfigHash string        `json:"config_hash"`
	Nodes      int           `json:"nodes"`
	Args       []string      `json:"args"` // hypersim run SCENARIO, these and --seed repeat a run
	Warnings   []string      `json:"warnings"`
	Claims     []claim.Claim `json:"expectations"`
	Runs       []string      `json:"runs"` // addresses, one per seed

	inert   []scenarios.Inert
	run     string // hash of what its runs follow from and what is kept of them, without bounds
	sets    []string
	variant string
	cost    float64 // events expected of one run
	memory  int64
}

// Expand loads every cell and returns the plan. Everything wrong with any of them is one error.
func Expand(req Request) (*Plan, error) {
	base, err := scenarios.Load(req.Scenario, req.Sets, scenarios.Options{Duration: req.Duration, Input: req.Input})
	if err != nil {
		return nil, usage("%v", err)
	}
	dims, err := axes(base, &req)
	if err != nil {
		return nil, usage("%v", err)
	}
	p := &Plan{
		Schema: Format, Scenario: base.Name, Title: base.Title, SHA256: base.SHA256, Sets: append([]string{}, req.Sets...), Program: req.Program,
		Axes: []string{}, Seeds: firstOf(req.Seeds, base.Sweep.Seeds, []uint64{base.Seed}),
	}
	p.variants = base.Variants
	p.Compare = Declared{Primary: append([]string{}, base.Compare.Primary...), HorizonS: number(base.Compare.Horizon.Seconds())}
	if req.Duration != nil {
		p.Duration = req.Duration.String()
	}
	cells := 1
	for _, a := range dims {
		for _, v := range a[0] {
			p.Axes = append(p.Axes, v.Key)
		}
		if cells *= len(a); cells > runsMax {
			break
		}
	}
	p.Defaults = defaults(base, p.Axes)
	if err := allowed(cells*len(p.Seeds), base.Sweep.MaxRuns); err != nil {
		return nil, err
	}
	if err := p.load(req, dims); err != nil {
		return nil, err
	}
	p.join()
	for i := range p.Cells {
		c := &p.Cells[i]
		for _, seed := range p.Seeds {
			c.Runs = append(c.Runs, address(c.run, seed, req.Program))
		}
	}
	p.family = runner.RunIdentity(base)
	return p, nil
}

func firstOf(lists ...[]uint64) []uint64 {
	for _, l := range lists {
		if len(l) > 0 {
			return slices.Clone(l)
		}
	}
	return nil
}

func allowed(runs, most int) error {
	switch {
	case most > 0 && runs > most:
		return usage("the sweep has %d runs, sweep.max_runs allows %d", runs, most)
	case runs > runsMax:
		return usage("the sweep has %d runs or more, at most %d are possible", runs, runsMax)
	}
	return nil
}

// load makes a cell of each combination, the last axis fastest.
func (p *Plan) load(req Request, dims []axis) error {
	var errs []error
	seen := map[string]bool{}
	at := make([]int, len(dims))
	for {
		var values []Value
		for i, a := range dims {
			values = append(values, a[at[i]]...)
		}
		c, err := loadCell(req, p.pinned(values))
		if err == nil {
			p.Cells = append(p.Cells, *c)
		} else if !seen[err.Error()] {
			seen[err.Error()] = true
			errs = append(errs, err)
		}
		i := len(dims) - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < len(dims[i]) {
				break
			}
			at[i] = 0
		}
		if i < 0 {
			break
		}
	}
	if err := errors.Join(errs...); err != nil {
		return usage("%v", err)
	}
	return nil
}

// pinned returns the values of a cell: what its variant sets itself stays as the variant has it, unless the
// command line varies it. Of a scenario that sweeps group sizes, a variant that is about one group of 45
// gives one cell.
func (p *Plan) pinned(values []Value) []Value {
	i := slices.IndexFunc(p.variants, func(v scenarios.Variant) bool {
		return len(values) > 0 && values[0].Key == variantKey && values[0].Text == v.Name
	})
	if i < 0 {
		return values
	}
	out := slices.Clone(values)
	for k := range out {
		if own, ok := p.variants[i].Set[out[k].Key]; ok && out[k].file {
			out[k] = Value{Key: out[k].Key, Text: unquoted(toml(own))}
		}
	}
	return out
}

func loadCell(req Request, values []Value) (*Cell, error) {
	c := &Cell{Values: append([]Value{}, values...), sets: slices.Clone(req.Sets)}
	for _, v := range values {
		switch {
		case v.Key == variantKey:
			c.variant = v.Text
		case v.set != "":
			c.sets = append(c.sets, v.set)
		}
	}
	c.Args = arguments(&req, c)
	sc, err := c.scenario(&req, nil)
	if err != nil {
		if len(values) > 0 {
			err = fmt.Errorf("cell %s: %w", cellName(values), err)
		}
		return nil, err
	}
	c.Identity, c.ConfigHash, c.Nodes = runner.Identity(sc), sc.ConfigHash, len(sc.Nodes)
	c.Warnings = append([]string{}, sc.Warnings...)
	c.Claims = sc.Expects
	c.run = hash(runner.RunIdentity(sc) + "\n" + strings.Join(selections(c.Claims), "\n"))
	c.inert = sc.Inert
	d := scenarios.Describe(sc)
	c.cost, c.memory = max(d.Events, 1), d.Memory
	return c, nil
}

// arguments returns the flags of hypersim run for the cell.
func arguments(req *Request, c *Cell) []string {
	out := []string{}
	if c.variant != "" {
		out = append(out, "--variant", c.variant)
	}
	for _, s := range c.sets {
		out = append(out, "--set", s)
	}
	if req.Duration != nil {
		out = append(out, "--duration", req.Duration.String())
	}
	return out
}

// scenario loads the cell; a nil seed leaves the file's own.
func (c *Cell) scenario(req *Request, seed *uint64) (*scenarios.Scenario, error) {
	return scenarios.Load(req.Scenario, c.sets, scenarios.Options{
		Seed: seed, Duration: req.Duration, Variant: c.variant, Alone: true, Input: req.Input,
	})
}

// join makes one cell of those that turned out to be the same: a variant may lack what an axis changes. The
// values that they differ in have no meaning for it and go.
func (p *Plan) join() {
	var out []Cell
	place := map[string]int{}
	for _, c := range p.Cells {
		i, twice := place[c.Identity]
		if !twice {
			place[c.Identity] = len(out)
			out = append(out, c)
			continue
		}
		first := &out[i]
		first.Values = slices.DeleteFunc(first.Values, func(v Value) bool { return c.value(v.Key) != v.Text })
	}
	for i := range out {
		out[i].Name = cellName(out[i].Values)
	}
	p.Cells = out
}

// value returns the cell's value on an axis, "" where it has none.
func (c *Cell) value(key string) string {
	for _, v := range c.Values {
		if v.Key == key {
			return v.Text
		}
	}
	return ""
}

func cellName(values []Value) string {
	if len(values) == 0 {
		return "all"
	}
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = v.Key + "=" + v.Text
	}
	return strings.Join(parts, ",")
}

// reference returns the cell that a claim of cell c compares with: it has the values of the choices and
// otherwise those of c. −1: there is none.
func (p *Plan) reference(c *Cell, choices []claim.Choice) int {
	return slices.IndexFunc(p.Cells, func(o Cell) bool {
		for _, x := range choices {
			if !same(o.value(x.Key), x.Value) {
				return false
			}
		}
		for _, key := range p.Axes {
			named := slices.ContainsFunc(choices, func(x claim.Choice) bool { return x.Key == key })
			if mine, its := c.value(key), o.value(key); !named && mine != "" && its != "" && mine != its {
				return false
			}
		}
		return true
	})
}

// same compares values as text, or as numbers.
func same(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err1 == nil && err2 == nil && x == y
}

// address names a run by what is run and by which program: the same run of another program has the same first part.
func address(identity string, seed uint64, program string) string {
	return hash(fmt.Sprintf("hypersim run, format %d\n%s\nseed %d\n", Format, identity, seed))[:24] + "-" + hash(program)[:8]
}

// addressPattern matches the address of the same run of any program.
func addressPattern(address string) string { return strings.SplitN(address, "-", 2)[0] + "-????????" }

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Default returns the folder of a sweep that was given none. Its name follows from the scenario, its changes
// and its axes, not from seeds or points: a sweep with more of them finds the runs that are there.
func (p *Plan) Default() string {
	text := strings.Join([]string{p.family, strings.Join(p.Axes, "\n")}, "\n\n")
	return filepath.Join("results", p.Scenario, "sweep-"+hash(text)[:8])
}

// Runs returns how many runs the plan has.
func (p *Plan) Runs() int { return len(p.Cells) * len(p.Seeds) }

// Memory returns what the largest run is expected to need, in bytes.
func (p *Plan) Memory() int64 {
	most := int64(0)
	for i := range p.Cells {
		most = max(most, p.Cells[i].memory)
	}
	return most
}
