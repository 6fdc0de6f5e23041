package topologies

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hypersim/core"
)

// measured returns the path of a measured file outside of the repository, or skips the test.
func measured(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("HYPERSIM_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data", "latency")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s: set HYPERSIM_DATA to a folder that has it", name)
	}
	return path
}

func millis(v float64) core.Duration { return core.Duration(v * float64(time.Millisecond)) }

// problemLines returns each problem of err as a line, or the error itself.
func problemLines(err error) []string {
	var list Problems
	if errors.As(err, &list) {
		return strings.Split(list.Error(), "\n")
	}
	if err != nil {
		return []string{err.Error()}
	}
	return nil
}

func wantLines(t *testing.T, err error, want []string) {
	t.Helper()
	have := problemLines(err)
	if len(have) != len(want) {
		t.Fatalf("have %d problems:\n%s\nwant %d:\n%s", len(have), strings.Join(have, "\n"), len(want), strings.Join(want, "\n"))
	}
	for i := range want {
		if have[i] != want[i] {
			t.Errorf("problem %d\nhave %s\nwant %s", i, have[i], want[i])
		}
	}
}
