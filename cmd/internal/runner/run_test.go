package runner

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypersim/core"
)

func run1(t *testing.T, change func(*Options), sets ...string) (*Result, error) {
	t.Helper()
	o := Options{Scenario: load(t, sets...), Dir: filepath.Join(t.TempDir(), "out"), Build: ReadBuild("")}
	if change != nil {
		change(&o)
	}
	return Run(t.Context(), o)
}

func TestRun(t *testing.T) {
	var last Progress
	res, err := run1(t, func(o *Options) { o.Progress = func(p Progress) { last = p } })
	if err != nil {
		t.Fatal(err)
	}
	if res.Virtual != core.Instant(20e9) || res.Events == 0 || len(res.Digest) != 16 || res.Stopped != "" {
		t.Errorf("%+v", res)
	}
	if len(res.Violations) > 0 || res.Failed(true) {
		t.Errorf("violations %v, verdicts %+v", res.Violations, res.Verdicts)
	}
	if last.Now != core.Instant(20e9) {
		t.Errorf("last progress %+v", last)
	}
	text, err := os.ReadFile(filepath.Join(res.Dir, manifestName))
	if err != nil {
		t.Fatal(err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Digest != res.Digest || m.Nodes != 27 {
		t.Errorf("%v, %+v", err, m)
	}
	for _, f := range res.Files {
		if info, err := os.Stat(filepath.Join(res.Dir, f)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// A panic becomes an error that says when it happened, and leaves nothing.
func TestPanicLeavesNothing(t *testing.T) {
	var dir string
	_, err := run1(t, func(o *Options) {
		dir = filepath.Dir(o.Dir)
		o.Trace = true
		o.Fault = func(core.Instant, string, bool) { panic("a bug") }
	})
	var bug *InternalError
	if !errors.As(err, &bug) {
		t.Fatalf("have %v", err)
	}
	if want := "internal error in scenario tiny, seed 1, at virtual time 10s: a bug"; bug.Error() != want {
		t.Errorf("have %s\nwant %s", bug, want)
	}
	if f := bug.Function(); !strings.HasPrefix(f, "hypersim/cmd/internal/runner.Test") {
		t.Errorf("%q gave up\n%s", f, bug.Stack)
	}
	if !strings.Contains(bug.Stack, "run_test.go") {
		t.Error("the stack does not show the bug")
	}
	if have := list(t, dir); len(have) > 0 {
		t.Errorf("left: %v", have)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := filepath.Join(t.TempDir(), "out")
	res, err := Run(ctx, Options{
		Scenario: load(t), Dir: dir, Trace: true, Fault: func(core.Instant, string, bool) { cancel() },
	})
	if err != nil {
		t.Fatal(err)
	}
	if !res.Interrupted || res.Stopped != "interrupted at virtual time 10s" || !res.Failed(false) {
		t.Errorf("%v %q", res.Interrupted, res.Stopped)
	}
	if _, err := os.Stat(filepath.Join(dir, Incomplete)); err != nil {
		t.Error(err)
	}
}

func TestBudgets(t *testing.T) {
	for _, set := range []string{"scenario.budget.events=1000", "scenario.budget.wall=1ns", "scenario.budget.memory=64KiB"} {
		res, err := run1(t, nil, set)
		if err != nil {
			t.Error(set, err)
			continue
		}
		if !strings.HasPrefix(res.Stopped, "stopped by its budget of ") || res.Virtual >= core.Instant(20e9) || !res.Failed(false) {
			t.Errorf("%s: %q at %v", set, res.Stopped, res.Virtual)
		}
	}
}

// A budget that cannot hold what is built is told before anything is built.
func TestBudgetBelowTheTables(t *testing.T) {
	_, err := run1(t, nil, "scenario.budget.memory=1KiB")
	if err == nil || !strings.Contains(err.Error(), "the membership tables alone need") {
		t.Error(err)
	}
}

// How virtual time is sliced, and who watches, changes nothing.
func TestWatchersChangeNothing(t *testing.T) {
	bare, err := run1(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	watched, err := run1(t, func(o *Options) {
		o.Trace, o.Progress, o.Fault = true, func(Progress) {}, func(core.Instant, string, bool) {}
	}, "network.codec=wire")
	if err != nil {
		t.Fatal(err)
	}
	if bare.Digest != watched.Digest || bare.Events != watched.Events {
		t.Errorf("%s after %d events, watched %s after %d", bare.Digest, bare.Events, watched.Digest, watched.Events)
	}
}
