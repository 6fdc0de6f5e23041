package runner

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A run ends with a sentence, and leaves nothing, while there is still memory to say so.
func TestOutOfMemory(t *testing.T) {
	dir := t.TempDir()
	opt := Options{Scenario: load(t), Dir: filepath.Join(dir, "out")}
	used := uint64(0)
	guard := &memoryGuard{limits: []memoryLimit{{"the test", 8 << 30, func() (uint64, bool) { return used, true }}}}
	if err := guard.check(time.Unix(1, 0)); err != nil {
		t.Errorf("nothing is in use: %v", err)
	}
	used = 8<<30 - memorySpare + 1
	if err := guard.check(time.Unix(1, 1)); err != nil {
		t.Errorf("it looked again at once: %v", err)
	}
	r := &run{opt: &opt, memory: guard, began: time.Now(), res: Result{Scenario: opt.Scenario, Dir: opt.Dir}}
	_, err := r.carryOut(context.Background())
	var u *UsageError
	if err == nil || errors.As(err, &u) || !strings.Contains(err.Error(), "out of memory: 8064 of 8192 MiB") || !strings.Contains(err.Error(), "the test") {
		t.Errorf("have %v", err)
	}
	if have := list(t, dir); len(have) != 0 {
		t.Errorf("left: %v", have)
	}
}

// A world that cannot be built is refused before it is begun; pictures that cannot be drawn cost the pictures alone.
func TestNoRoom(t *testing.T) {
	used := uint64(0)
	guard := &memoryGuard{limits: []memoryLimit{{"the test", 8 << 30, func() (uint64, bool) { return used, true }}}}
	run := func() (*Result, error) {
		opt := Options{Scenario: load(t), Dir: filepath.Join(t.TempDir(), "out"), Plots: true}
		r := &run{opt: &opt, memory: guard, began: time.Now(), res: Result{Scenario: opt.Scenario, Dir: opt.Dir}}
		return r.carryOut(context.Background())
	}
	used = 8 << 30
	if _, err := run(); err == nil || !strings.Contains(err.Error(), "out of memory: building the world takes about") {
		t.Errorf("building: have %v", err)
	}
	used = 8<<30 - memoryPictures + 1
	res, err := run()
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Plots) > 0 || !strings.Contains(strings.Join(res.Warnings, "\n"), "pictures are not drawn: out of memory: drawing takes about 192 MiB") {
		t.Errorf("drawing: %d pictures, warnings %q", len(res.Plots), res.Warnings)
	}
}

// What this process may take is known, and it has not taken it.
func TestMemoryGuard(t *testing.T) {
	g := newMemoryGuard()
	if _, ok := procPages(0); ok && len(g.limits) == 0 {
		t.Error("no limit at all")
	}
	if err := g.check(time.Now()); err != nil {
		t.Error(err)
	}
}
