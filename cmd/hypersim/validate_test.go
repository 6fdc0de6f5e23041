package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestValidateFails: a matrix that bears the name of one that no engine can embed, and is embedded at once, is
// not what the specification says of it: status 1, and --quiet names the rows.
func TestValidateFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "SeattleData")
	row := strings.Repeat("0.01 ", 99) + "\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(row, 99)), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	out := filepath.Join(dir, "out")
	code := execute(t.Context(), []string{"validate", "--quick", "--only", "coord-seattledata-serf", "--matrix", path, "--unit", "s", "--kind", "rtt", "--quiet", "--out", out}, &stdout, &stderr)
	if code != exitFailed || !strings.Contains(stdout.String(), "coord-seattledata-serf/median-1000") || strings.Contains(stdout.String(), "pass") {
		t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
	}
}

// TestValidateInterrupted: Ctrl-C ends it with status 130 and leaves a table in which rows are missing.
func TestValidateInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out := filepath.Join(t.TempDir(), "out")
	var stdout, stderr bytes.Buffer
	code := execute(ctx, []string{"validate", "--quick", "--only", "lifeguard", "--out", out, "--json"}, &stdout, &stderr)
	if code != exitInterrupted || !strings.Contains(stdout.String(), `"interrupted": true`) || !strings.Contains(stdout.String(), fmt.Sprintf(`"verdict": %q`, "missing")) {
		t.Errorf("exit %d\n%s%s", code, stdout.String(), stderr.String())
	}
	if _, err := os.Stat(filepath.Join(out, "table.csv")); err != nil {
		t.Error(err)
	}
}
