package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		{"another search: --seed 9, not 1; --shard 1/1, not 2/3; give", []string{"--runs", "1", "--shard", "2/3", "--out", other}},
		{"is the folder of a run", []string{"--runs", "1", "--out", run}},
		{"not a directory", []string{"--runs", "1", "--out", file}},
		{"--jobs 0", []string{"--runs", "1", "--jobs", "0", "--out", t.TempDir()}},
		{"--runs -1", []string{"--runs", "-1", "--for", "1s", "--out", t.TempDir()}},
		{"--shard 1/2x", []string{"--runs", "1", "--shard", "1/2x", "--out", t.TempDir()}},
	} {
		if code, out, errs := exploring(t.Context(), x.args...); code != exitUsage || out != "" || !strings.Contains(errs, x.says) {
			t.Errorf("%v: exit %d, %q, %q", x.args, code, out, errs)
		}
	}
}
