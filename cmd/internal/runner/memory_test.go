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
