package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"hypersim/cmd/internal/runner"
	"hypersim/topologies/input"
)

// Files of a sweep's folder, beside runs/.
const (
	PlanName         = "plan.json"
	SweepName        = "sweep.json"
	SummaryName      = "summary.csv"
	LongName         = "long.csv"
	ExpectationsName = "expectations.csv"
)

// Check returns why dir may not become, or go on as, the folder of a sweep of that scenario; nil if it may.
func Check(dir, scenario string) error {
	if there, err := runner.IsFolder(dir); !there || err != nil {
		return refused(err)
	}
	old, err := ReadPlan(dir)
	if err == nil {
		if old.Scenario != scenario {
			return usage("%s holds a sweep of %s, not of %s; choose another --out", dir, old.Scenario, scenario)
		}
		return nil
	}
	if errors.Is(err, errDamaged) && isSweep(dir) {
		return nil // the plan is written anew
	}
	list, err2 := runner.Strange(dir) // another part may have begun a moment ago
	if err2 != nil {
		return refused(err2)
	}
	strange := slices.ContainsFunc(list, func(name string) bool { return name != runsDir })
	if _, err := ReadPlan(dir); strange && err != nil {
		return usage("%s is not empty, and no folder of a sweep (%v); choose another --out", dir, err)
	}
	return nil
}

// fileMax bounds each file of a sweep, and what it is when unpacked, in bytes.
const fileMax = 1 << 30

// refused makes a usage error of this package of one of the runner's.
func refused(err error) error {
	if bad := (*runner.UsageError)(nil); errors.As(err, &bad) {
		return usage("%v", err)
	}
	return err
}

// isSweep reports whether the folder has runs in it.
func isSweep(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, runsDir))
	return err == nil && info.IsDir()
}

// ReadPlan reads the plan of a sweep's folder.
func ReadPlan(dir string) (*Plan, error) {
	text, err := input.ReadFile(filepath.Join(dir, PlanName), fileMax)
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errDamaged, filepath.Join(dir, PlanName), err)
	}
	if p.Schema != Format {
		return nil, usage("%s is of format %d, this program's is %d; sweep into another folder", filepath.Join(dir, PlanName), p.Schema, Format)
	}
	return p, nil
}

// prepare makes the folder, or takes one that is there, and marks it until all of the plan is in it.
func (p *Plan) prepare(dir string) error {
	if err := Check(dir, p.Scenario); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, runsDir), 0o777); err != nil {
		return refused(runner.Refused(err, "--out"))
	}
	runner.RemoveLeft(dir, runsDir, "plots")
	if err := runner.Replace(filepath.Join(dir, PlanName), indented(p)); err != nil {
		return refused(runner.Refused(err, "--out"))
	}
	if p.missing(dir) > 0 {
		return mark(dir, "this sweep did not end: it is still going on, or it was stopped; the same command goes on")
	}
	return nil
}

func mark(dir, why string) error {
	return runner.Replace(filepath.Join(dir, runner.Incomplete), []byte(why+"\n"))
}

// missing counts the runs of the plan that are not in the folder, or damaged as far as that was noticed.
func (p *Plan) missing(dir string) int {
	n := 0
	for i := range p.Cells {
		for _, address := range p.Cells[i].Runs {
			if p.aside[address] || !has(dir, address) {
				n++
			}
		}
	}
	return n
}

// setAside takes note of a damaged run.
func (p *Plan) setAside(address string) {
	if p.aside == nil {
		p.aside = map[string]bool{}
	}
	p.aside[address] = true
}

// broken says how many runs are damaged, "" if none is.
func (p *Plan) broken() string {
	if len(p.aside) == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of them damaged)", len(p.aside))
}

// Foreign counts the runs of the plan that lie in the folder as another program made them, and says which programs. They
// stay and are not used.
func (p *Plan) Foreign(dir string) (runs int, programs []string) {
	for i := range p.Cells {
		for _, address := range p.Cells[i].Runs {
			list, _ := filepath.Glob(filepath.Join(dir, runsDir, addressPattern(address))) // addresses hold no bad pattern
			list = slices.DeleteFunc(list, func(path string) bool { return filepath.Base(path) == address })
			if len(list) > 0 {
				runs++
			}
			for _, path := range list {
				h, _, _, err := load(dir, filepath.Base(path))
				if err == nil && !slices.Contains(programs, h.String()) {
					programs = append(programs, h.String())
				}
			}
		}
	}
	slices.Sort(programs)
	return runs, programs
}

func has(dir, address string) bool {
	_, err := os.Stat(filepath.Join(dir, runsDir, address, headName))
	return err == nil
}

// sweepOut removes what a killed process left of the given run.
func sweepOut(dir, address string) error {
	list, err := filepath.Glob(filepath.Join(dir, runsDir, "."+address+".*.partial"))
	for _, path := range list {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}
