package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypersim/cmd/internal/explore"
)

func exploring(ctx context.Context, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = execute(ctx, append([]string{"explore"}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// A search that is stopped has not shown that nothing breaks.
func TestExploreIsStopped(t *testing.T) {
	ended, stop := context.WithCancel(t.Context())
	stop()
	code, out, _ := exploring(ended, "--runs", "4", "--out", t.TempDir())
	if code != exitInterrupted || !strings.Contains(out, "stopped; the same command goes on") {
		t.Errorf("exit %d, %q", code, out)
	}
}

// What a search cannot use is said in words of the command, before anything is run.
func TestExploreRefuses(t *testing.T) {
	other, run, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "file")
	if code, _, errs := exploring(t.Context(), "--runs", "1", "--seed", "9", "--out", other); code != exitOK {
		t.Fatalf("exit %d, %q", code, errs)
	}
	for _, path := range []string{filepath.Join(run, "manifest.json"), file} {
		if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		says string
		args []string
	}{
		{"another search: --seed 9, not 1; --shard 1/1, not 2/3; give", []string{"--runs", "3", "--shard", "2/3", "--out", other}},
		{"is the folder of a run", []string{"--runs", "1", "--out", run}},
		{"not a directory", []string{"--runs", "1", "--out", file}},
		{"--jobs 0", []string{"--runs", "1", "--jobs", "0", "--out", t.TempDir()}},
		{"--runs -1", []string{"--runs", "-1", "--for", "1s", "--out", t.TempDir()}},
		{"say how much", []string{"--runs", "0", "--out", t.TempDir()}},
		{"--out is empty", []string{"--runs", "1", "--out", ""}},
		{"must be a seed or a range", []string{"--seeds", "5..1", "--out", t.TempDir()}},
		{"goes without --runs and --seed", []string{"--seeds", "1..5", "--seed", "3", "--out", t.TempDir()}},
		{"none is left for this one", []string{"--runs", "3", "--shard", "4/4", "--out", t.TempDir()}},
		{"none is left for this one", []string{"--seeds", "1..3", "--shard", "4/4", "--out", t.TempDir()}},
		{"--shard 1/2x", []string{"--runs", "1", "--shard", "1/2x", "--out", t.TempDir()}},
	} {
		if code, out, errs := exploring(t.Context(), x.args...); code != exitUsage || out != "" || !strings.Contains(errs, x.says) {
			t.Errorf("%v: exit %d, %q, %q", x.args, code, out, errs)
		}
	}
}

// A search too short for any run has not shown that nothing breaks either.
func TestExploreOfNothing(t *testing.T) {
	code, out, errs := exploring(t.Context(), "--for", "1ns", "--out", t.TempDir())
	if code != exitOpen || strings.Contains(out, "no invariant broke") || !strings.Contains(out, "nothing can be said") || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
}

// Each seed is a run that follows from it alone, and parts share them out.
func TestExploreSeeds(t *testing.T) {
	logs := func(args ...string) (lines []string) {
		dir := t.TempDir()
		if code, out, errs := exploring(t.Context(), append(args, "--jobs", "1", "--out", dir)...); code != exitOK {
			t.Fatalf("exit %d, %q, %q", code, out, errs)
		}
		text, err := os.ReadFile(filepath.Join(dir, "log.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
			_, line, _ = strings.Cut(line, ",") // its place in the log
			lines = append(lines, line)
		}
		return lines
	}
	whole, second := logs("--seeds", "7..9"), logs("--seeds", "7..9", "--shard", "2/2")
	if len(whole) != 3 || len(second) != 1 || second[0] != whole[1] || !strings.Contains(whole[1], `"name":{"world":8,"faults":8,"seed":8}`) {
		t.Errorf("%q and %q", whole, second)
	}
}

// What was found is told of, and how to go on with it, whatever it was.
func TestExploreTellsOfFindings(t *testing.T) {
	bad := func(invariant string) *explore.Report {
		o := &explore.Outcome{}
		return &explore.Report{Runs: []*explore.Outcome{o}, Findings: []*explore.Finding{{Invariant: invariant, Signature: "x", Runs: 1, First: o, File: "findings/f-1.toml"}}}
	}
	for invariant, explained := range map[string]bool{"I-J4": true, explore.Panic: false} {
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		tellExplored(w, bad(invariant), "out", false)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); !strings.Contains(s, "hypersim shrink out/findings/f-1.toml --out out/small.toml") || strings.Contains(s, "hypersim explain "+invariant) != explained {
			t.Error(s)
		}
	}
}

// A line that is kept up to date is gone before the result; where no terminal is, texts are lines.
func TestLiveLine(t *testing.T) {
	var b bytes.Buffer
	l := &liveLine{w: &b}
	l.show("one")
	l.show("two")
	l.clear()
	if b.String() != "one\ntwo\n" {
		t.Errorf("%q", b.String())
	}
	l.shown = 3
	l.clear()
	if !strings.HasSuffix(b.String(), "\r   \r") {
		t.Errorf("%q", b.String())
	}
}
