package explore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

// What searches found stays repaired, in roles, in the simulated world and in the rules: testdata/found holds the worlds as they were left,
// with their seeds. The name of each is the invariant that broke in it and its seed, and its head says how it broke. Of breaches of one
// kind in one search it is two at most.
func TestWhatWasFound(t *testing.T) {
	files, err := filepath.Glob("testdata/found/*.toml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for i, file := range files {
		if testing.Short() && i%8 != 0 {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".toml"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sc, err := scenarios.Parse(string(text), file, nil, scenarios.Options{Alone: true})
			if err != nil {
				t.Fatal(err)
			}
			res, err := runner.Measure(t.Context(), runner.Options{Scenario: sc, Bare: true, Small: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range res.Violations {
				t.Errorf("%s at %v: %s", v.Invariant, v.At, v.What)
			}
			if res.Virtual == 0 || res.Stopped != "" {
				t.Errorf("it ran for %v: %s", res.Virtual, res.Stopped)
			}
		})
	}
}
