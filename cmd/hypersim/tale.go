package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hypersim/cmd/internal/runner"
	"hypersim/cmd/internal/shrink"
	"hypersim/cmd/internal/story"
	"hypersim/scenarios"
	"hypersim/sim/check"
	"hypersim/sim/metrics"
	"hypersim/topologies/input"
)

// tellTale prints how a recorded run came to break an invariant: the first that it broke, or the one of that name.
func tellTale(ctx context.Context, w io.Writer, dir, invariant string) error {
	if filepath.Base(dir) == runner.TraceName { // the file itself
		dir = filepath.Dir(dir)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return usageError{fmt.Errorf("%s: there is no folder of a run; --story reads what a run broke from its folder", dir)}
	}
	t := &metrics.Tables{}
	for _, name := range []string{"violations.csv", "faults.csv"} {
		text, err := input.ReadFile(filepath.Join(dir, name), 1<<30)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = metrics.ReadCSV(bytes.NewReader(text), name, t)
		}
		if err != nil {
			return usageError{err}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); len(t.Violations) == 0 && errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s: is no folder of a run that came to its end (it has no manifest.json): what it broke is not known; --causes leads any line back", dir)}
	}
	if len(t.Violations) == 0 {
		return usageError{fmt.Errorf("%s: this run broke no invariant (it has no violations.csv), so there is no story to tell; --causes leads any line back", dir)}
	}
	var broke []string
	for i := range t.Violations {
		v := &t.Violations[i]
		if broke = append(broke, v.Invariant); invariant != "" && !strings.EqualFold(v.Invariant, invariant) {
			continue
		}
		what, _, _ := strings.Cut(v.What, "; before: ")
		b := &story.Breach{Invariant: v.Invariant, Rule: ruleOf(v.Invariant), What: what, At: int64(v.At), Nodes: strings.Fields(v.Nodes), Faults: faultsOf(dir, t)}
		return printTale(ctx, w, dir, b)
	}
	return usageError{fmt.Errorf("--invariant %s: this run does not break it; it breaks %s", invariant, strings.Join(broke, ", "))}
}

func printTale(ctx context.Context, w io.Writer, dir string, b *story.Breach) error {
	lines, err := taleOf(ctx, dir, b)
	if err != nil {
		return err
	}
	return printLines(w, lines)
}

func taleOf(ctx context.Context, dir string, b *story.Breach) ([]string, error) {
	lines, err := story.Tale(func() (*story.Reader, error) { return story.Open(ctx, dir) }, b, story.TaleMax)
	if err != nil {
		return nil, unreadable(err)
	}
	return lines, nil
}

func printLines(w io.Writer, lines []string) error {
	for _, l := range lines {
		if _, err := fmt.Fprintln(w, l); err != nil {
			return err
		}
	}
	return nil
}

// ruleOf is what an invariant says, and where it comes from.
func ruleOf(name string) string {
	for _, id := range check.Rules() {
		if r := id.Rule(); r.Name == name {
			return r.Text + " (" + r.From + ")"
		}
	}
	return "nothing that this program knows"
}

// shrunkTale runs a scenario that breaks an invariant once more, recorded, and returns how it comes to that. What it leaves is gone by
// then: who reads no more than the first lines of what is printed ends the program.
func shrunkTale(ctx context.Context, text, file string, v *runner.Violation) (lines []string, err error) {
	dir, err := os.MkdirTemp("", "hypersim-tale-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	sc, err := scenarios.Parse(text, file, nil, scenarios.Options{Alone: true})
	if err != nil {
		return nil, err
	}
	sc.Expects = nil
	at := filepath.Join(dir, "run")
	if _, err := runner.Run(ctx, runner.Options{Scenario: sc, Dir: at, Trace: true, Build: runner.ReadBuild(version)}); err != nil {
		return nil, err
	}
	return taleOf(ctx, at, &story.Breach{
		Invariant: v.Invariant, Rule: ruleOf(v.Invariant), What: v.What, At: int64(v.At), Nodes: v.Nodes, Faults: mishaps(sc),
	})
}

// mishaps are the faults of a scenario: what they do, and to whom as far as the file tells.
func mishaps(sc *scenarios.Scenario) (list []story.Mishap) {
	for i := range sc.Faults {
		f := &sc.Faults[i]
		var parts []string
		for _, s := range []string{f.Sides(sc), f.Detail(sc)} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		list = append(list, story.Mishap{ID: f.ID, Kind: string(f.Kind), Detail: strings.Join(parts, ", ")})
	}
	return list
}

// faultsOf are those of the run in a folder. Where its configuration cannot be read any more, the tables tell less of them.
func faultsOf(dir string, t *metrics.Tables) (list []story.Mishap) {
	var req shrink.Request
	if err := shrinkText(dir, &req); err == nil {
		if sc, err := scenarios.Parse(req.Text, req.File, nil, scenarios.Options{Alone: true}); err == nil {
			return mishaps(sc)
		}
	}
	for i := range t.Faults {
		f := &t.Faults[i]
		list = append(list, story.Mishap{ID: f.ID, Kind: f.Kind, Detail: f.Detail})
	}
	return list
}
