package compare

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hypersim/analysis"
)

// Side is one of the two that are compared.
type Side struct {
	Dir      string   `json:"dir"`
	Scenario string   `json:"scenario"`
	IsRun    bool     `json:"is_run"` // one run, no sweep
	Seeds    []uint64 `json:"seeds"`
	Runs     int      `json:"runs"` // that are there
	Missing  int      `json:"missing"`
	Stopped  int      `json:"stopped"` // of those that are there
	Builds   []string `json:"builds"`

	declared analysis.Declared
	cells    []analysis.Cell
}

// Load reads the folder of a run or of a sweep.
func Load(dir string) (*Side, error) {
	has := func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("no folder %s", dir)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file; give the folder of a run or of a sweep", dir)
	case has(analysis.SweepFile):
		return loadSweep(dir)
	case has(analysis.ObservationsFile):
		return nil, fmt.Errorf("%s is a run within a sweep; give the sweep's folder, and choose cells with --a and --b", dir)
	case has(analysis.ManifestFile):
		return loadRun(dir)
	}
	return nil, fmt.Errorf("%s holds neither %s nor %s; give the folder of a run or of a sweep", dir, analysis.ManifestFile, analysis.SweepFile)
}

func loadSweep(dir string) (*Side, error) {
	s, err := analysis.LoadSweep(dir)
	if err != nil {
		return nil, err
	}
	if s.Done == 0 {
		return nil, fmt.Errorf("%s has no run yet; sweep first", dir)
	}
	out := &Side{Dir: dir, Scenario: s.Scenario, Seeds: s.Seeds, Runs: s.Done, Missing: s.Runs - s.Done, Builds: s.Builds, declared: s.Compare, cells: s.Cells}
	for i := range s.Cells {
		for k := range s.Cells[i].Runs {
			if s.Cells[i].Runs[k].Stopped != "" {
				out.Stopped++
			}
		}
	}
	return out, nil
}

// loadRun makes a sweep of one cell and one seed out of a run. Its rows are split as finely as its own
// summary.csv.
func loadRun(dir string) (*Side, error) {
	r, err := analysis.Load(dir)
	if err != nil {
		return nil, err
	}
	seed, err := strconv.ParseUint(r.Seed, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: the manifest's seed is %q", dir, r.Seed)
	}
	run := analysis.CellRun{Seed: seed, Digest: r.Digest}
	for i := range r.Tables.Summary {
		row := &r.Tables.Summary[i]
		if row.Expectation != "" {
			continue
		}
		run.Distributions = append(run.Distributions, analysis.Distribution{
			Metric: row.Metric, Labels: row.Labels, Unit: row.Unit, Count: row.Summary.Count,
			Mean: row.Summary.Mean, P50: row.Summary.P50, P99: row.Summary.P99, Max: row.Summary.Max,
		})
	}
	return &Side{
		Dir: dir, Scenario: r.Scenario, IsRun: true, Seeds: []uint64{seed}, Runs: 1, Builds: []string{},
		cells: []analysis.Cell{{Name: "all", Runs: []analysis.CellRun{run}}},
	}, nil
}

// Choose keeps the cells that have the given values, "key=value", and takes those keys out of what cells are
// matched by: variant=flat on one side can so meet variant=roles on the other.
func (s *Side) Choose(choices []string) error {
	for _, text := range choices {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("choice %q: must be key=value", text)
		}
		var have []string
		s.cells = slices.DeleteFunc(slices.Clone(s.cells), func(c analysis.Cell) bool {
			v := c.Point.Get(key)
			if v != "" && !slices.Contains(have, v) {
				have = append(have, v)
			}
			return !equal(v, value)
		})
		if len(s.cells) == 0 {
			if len(have) == 0 {
				return fmt.Errorf("choice %q: %s does not vary %s", text, s.Dir, key)
			}
			return fmt.Errorf("choice %q: %s has %s = %s", text, s.Dir, key, strings.Join(have, ", "))
		}
		for i := range s.cells {
			s.cells[i].Point = slices.DeleteFunc(slices.Clone(s.cells[i].Point), func(l analysis.Label) bool { return l.Key == key })
		}
	}
	return nil
}

// equal compares values as text, or as numbers.
func equal(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err1 == nil && err2 == nil && x == y
}
