package main

import (
	"testing"
	"time"

	"hypersim/cmd/internal/batch"
)

func TestSweepLine(t *testing.T) {
	p := batch.Progress{Done: 3, Kept: 2, Total: 10, Share: 0.25, Events: 4_000_000, Wall: 20 * time.Second}
	if have, want := sweepLine(&p), "5 of 10 runs (2 were there), 200 k events/s, about 1m0s left"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
	if left := (&batch.Progress{Wall: time.Second}).Left(); left != 0 {
		t.Errorf("nothing done yet, %v left", left)
	}
}

// What is printed to repeat a run can be pasted into a shell.
func TestShellWords(t *testing.T) {
	have := shellWords([]string{"a/b.toml", "--set", "fault.cut.for=120s", "--set", `x={dist="normal"}`, "it's"})
	if want := `a/b.toml --set fault.cut.for=120s --set 'x={dist="normal"}' 'it'\''s'`; have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}
