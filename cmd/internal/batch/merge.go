package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hypersim/topologies/input"
)

// Merge joins the folders of shards of one sweep into out, as if it had run in one place, and collects the
// result. The folders stay as they are; out may be one of them.
func Merge(out string, dirs []string, strict bool) (*Plan, *Report, error) {
	var plan *Plan
	var text []byte
	for _, dir := range dirs {
		p, err := ReadPlan(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, usage("%s is no folder of a sweep: it has no %s", dir, PlanName)
		}
		if err != nil {
			return nil, nil, err
		}
		if mine := indented(p); plan == nil {
			plan, text = p, mine
		} else if !bytes.Equal(mine, text) {
			return nil, nil, usage("%s and %s are not of the same sweep: their %s differ", dirs[0], dir, PlanName)
		}
	}
	if plan == nil {
		return nil, nil, usage("no folder to merge")
	}
	if err := plan.prepare(out); err != nil {
		return nil, nil, err
	}
	for i := range plan.Cells {
		for _, address := range plan.Cells[i].Runs {
			if err := adopt(out, dirs, address); err != nil {
				return nil, nil, err
			}
		}
	}
	r, err := plan.Collect(out, strict)
	return plan, r, err
}

// adopt copies a run from the first folder that has it; others that have it must hold the same.
func adopt(out string, dirs []string, address string) error {
	if err := sweepOut(out, address); err != nil {
		return err
	}
	for _, dir := range append([]string{out}, dirs...) {
		if !has(dir, address) {
			continue
		}
		a, err := readHead(dir, address)
		if err != nil {
			return err
		}
		if !has(out, address) {
			if err := copyRun(dir, out, address); err != nil {
				return fmt.Errorf("copy run %s from %s: %w", address, dir, err)
			}
			continue
		}
		if b, err := readHead(out, address); err != nil || a.Digest != b.Digest {
			return errors.Join(err, fmt.Errorf("run %s (%s, seed %d) has digest %s in %s and another elsewhere: they come from different programs",
				address, a.Scenario, a.Seed, a.Digest, dir))
		}
	}
	return nil
}

func copyRun(from, to, address string) error {
	work, err := os.MkdirTemp(filepath.Join(to, runsDir), "."+address+".*.partial")
	if err != nil {
		return err
	}
	err = os.Chmod(work, 0o755)
	for _, name := range []string{dataName, headName} {
		data, e := input.ReadFile(filepath.Join(from, runsDir, address, name), fileMax)
		if e == nil {
			e = writeSynced(filepath.Join(work, name), data)
		}
		err = errors.Join(err, e)
	}
	if err == nil {
		err = os.Rename(work, filepath.Join(to, runsDir, address))
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(work))
	}
	return nil
}
