package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Merged is what became of joining folders.
type Merged struct {
	Plan    *Plan
	Report  *Report
	Damaged []string // files that are not as they were written; of a run that has another copy, that one was taken
}

// Merge joins the folders of shards of one sweep into out, as if it had run in one place, and collects the
// result. The folders stay as they are; out may be one of them.
func Merge(out string, dirs []string, strict bool) (*Merged, error) {
	m := &Merged{}
	if err := m.plan(dirs); err != nil {
		return nil, err
	}
	if err := m.Plan.prepare(out); err != nil {
		return nil, err
	}
	for i := range m.Plan.Cells {
		for _, address := range m.Plan.Cells[i].Runs {
			if err := m.adopt(out, dirs, address); err != nil {
				return nil, err
			}
		}
	}
	var err error
	m.Report, err = m.Plan.Collect(out, strict)
	return m, err
}

// plan reads the plan that all folders share. A folder whose plan is damaged may still hold runs of it.
func (m *Merged) plan(dirs []string) error {
	first := ""
	var last error
	for _, dir := range dirs {
		p, err := ReadPlan(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return usage("%s is no folder of a sweep: it has no %s", dir, PlanName)
		case errors.Is(err, errDamaged):
			m.Damaged, last = append(m.Damaged, filepath.Join(dir, PlanName)), err
		case err != nil:
			return err
		case m.Plan == nil:
			m.Plan, first = p, dir
		case p.Program != m.Plan.Program:
			return usage("%s and %s were made by different programs (%.8s and %.8s); sweep the parts with the same one", first, dir, m.Plan.Program, p.Program)
		case !bytes.Equal(indented(p), indented(m.Plan)):
			return usage("%s and %s are not of the same sweep: their %s differ", first, dir, PlanName)
		}
	}
	if m.Plan == nil {
		return usage("no folder to merge: %v", last)
	}
	return nil
}

// adopt copies a run from the first folder that has it whole; others that have it whole must hold the same.
func (m *Merged) adopt(out string, dirs []string, address string) error {
	if err := sweepOut(out, address); err != nil {
		return err
	}
	var good *Head
	from := ""
	for _, dir := range append([]string{out}, dirs...) {
		h, head, data, err := load(dir, address)
		switch {
		case errors.Is(err, fs.ErrNotExist) || dir == out && good != nil:
		case errors.Is(err, errDamaged):
			m.note(filepath.Join(dir, runsDir, address))
		case err != nil:
			return err
		case good == nil:
			good, from = h, dir
			if dir == out {
				continue
			}
			if err := errors.Join(os.RemoveAll(filepath.Join(out, runsDir, address)), putRun(out, address, head, data)); err != nil {
				return fmt.Errorf("copy run %s from %s: %w", address, dir, err)
			}
		case h.SHA256 != good.SHA256:
			return fmt.Errorf("run %s (%s, seed %d) of one program has digest %s in %s and %s in %s: one of the machines computes wrongly, or this is a bug",
				address, h.Scenario, h.Seed, good.Digest, from, h.Digest, dir)
		}
	}
	return nil
}

// note takes a damaged file once: out may be one of the folders.
func (m *Merged) note(path string) {
	for _, have := range m.Damaged {
		if filepath.Clean(have) == filepath.Clean(path) {
			return
		}
	}
	m.Damaged = append(m.Damaged, path)
}
