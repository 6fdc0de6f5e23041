package analysis

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hypersim/topologies/input"
)

// SweepFile is in the folder of every sweep that has been collected.
const SweepFile = "sweep.json"

// sweepFormat is the version of the files of a sweep that this package reads.
const sweepFormat = 3

// Sweep is what a folder of a sweep holds: cells, each with its runs. It is a plain value; do not write to
// what it holds.
type Sweep struct {
	Dir        string
	Scenario   string
	Title      string
	Axes       []string // keys, "variant" first if there is one
	Seeds      []uint64 // planned
	Runs, Done int      // planned; on disk
	Builds     []string // of the program that made the runs
	Compare    Declared
	Cells      []Cell
}

// Declared is what the scenario says that comparisons judge.
type Declared struct {
	Primary []string // metrics that decide, "metric" or "metric:label=word"; none: all
	Horizon float64  `json:"horizon_s"` // s, of times to an event; 0: as long as every run would have waited
}

// Cell is one combination of values; its runs differ in the seed alone.
type Cell struct {
	Name       string // "variant=flat,cluster.size=20", or "all"
	Point      Labels // of the axes that mean something to this cell
	ConfigHash string
	Nodes      int
	Args       []string // for `hypersim run`, beside the scenario and --seed; may be unknown
	Violations int      // broken invariants, over all runs
	Runs       []CellRun
}

// CellRun is one run of a cell. A run that was stopped measured nothing.
type CellRun struct {
	Seed          uint64
	Digest        string
	Stopped       string // why it ended early; "" for a whole run
	Distributions []Distribution
	Counts        []Count
	Survival      []Survival
}

// LoadSweep reads the folder that `hypersim sweep` or `hypersim merge` left, with what every run measured.
// Runs that are missing are missing in the cells, too: compare Done with Runs. Costs one small file per run.
func LoadSweep(dir string) (*Sweep, error) {
	text, err := input.ReadFile(filepath.Join(dir, SweepFile), recordMax)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("load sweep: %s holds no %s; give the folder that `hypersim sweep` wrote", dir, SweepFile)
	}
	if err != nil {
		return nil, fmt.Errorf("load sweep: %w", err)
	}
	var in sweepJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("load sweep: %s: %w", filepath.Join(dir, SweepFile), err)
	}
	if in.Schema != sweepFormat {
		return nil, fmt.Errorf("load sweep: %s is of format %d, this program reads %d; sweep again", filepath.Join(dir, SweepFile), in.Schema, sweepFormat)
	}
	s := &Sweep{Dir: dir, Scenario: in.Scenario, Title: in.Title, Axes: in.Axes, Seeds: in.Seeds, Runs: in.Runs, Done: in.Done, Builds: in.Builds, Compare: in.Compare}
	for i := range in.Cells {
		c, err := in.Cells[i].load(dir)
		if err != nil {
			return nil, fmt.Errorf("load sweep: %w", err)
		}
		s.Cells = append(s.Cells, *c)
	}
	return s, nil
}

type sweepJSON struct {
	Schema   int
	Scenario string
	Title    string
	Axes     []string
	Seeds    []uint64
	Runs     int
	Done     int
	Builds   []string
	Compare  Declared
	Cells    []cellJSON
}

type cellJSON struct {
	Cell       string
	Values     []struct{ Key, Value string }
	ConfigHash string `json:"config_hash"`
	Nodes      int
	Args       []string
	Runs       []struct {
		Seed    uint64
		Digest  string
		RunDir  string `json:"run_dir"`
		Stopped string
	}
	Violations []struct{}
}

func (in *cellJSON) load(dir string) (*Cell, error) {
	c := &Cell{Name: in.Cell, ConfigHash: in.ConfigHash, Nodes: in.Nodes, Args: in.Args, Violations: len(in.Violations)}
	for _, v := range in.Values {
		c.Point = append(c.Point, Label{v.Key, v.Value})
	}
	for _, r := range in.Runs {
		run := CellRun{Seed: r.Seed, Digest: r.Digest, Stopped: r.Stopped}
		if r.Stopped == "" {
			if !filepath.IsLocal(r.RunDir) {
				return nil, fmt.Errorf("%s: run_dir %q leads out of the folder", dir, r.RunDir)
			}
			if err := run.read(filepath.Join(dir, r.RunDir)); err != nil {
				return nil, err
			}
		}
		c.Runs = append(c.Runs, run)
	}
	return c, nil
}

// Seeded returns the seeds of the runs that measured something, ascending.
func (c *Cell) Seeded() []uint64 {
	var out []uint64
	for i := range c.Runs {
		if c.Runs[i].Stopped == "" {
			out = append(out, c.Runs[i].Seed)
		}
	}
	slices.Sort(out)
	return out
}

// SeedRanges writes seeds as `--seeds` reads them: "1..40", "1..3,7".
func SeedRanges(seeds []uint64) string {
	s := slices.Clone(seeds)
	slices.Sort(s)
	var parts []string
	for i := 0; i < len(s); {
		k := i
		for k+1 < len(s) && s[k+1] <= s[k]+1 {
			k++
		}
		part := strconv.FormatUint(s[i], 10)
		if s[k] > s[i] {
			part += ".." + strconv.FormatUint(s[k], 10)
		}
		parts = append(parts, part)
		i = k + 1
	}
	return strings.Join(parts, ",")
}
