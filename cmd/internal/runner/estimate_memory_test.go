package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hypersim/scenarios"
)

// measuredRun names the scenario that a process started by TestMemoryForeseen runs.
const measuredRun = "HYPERSIM_MEASURED_RUN"

// TestMeasuredRun is the other process of TestMemoryForeseen: one run with all its files and pictures.
func TestMeasuredRun(t *testing.T) {
	words := strings.Split(os.Getenv(measuredRun), "|")
	if words[0] == "" {
		t.Skip("only as a process of TestMemoryForeseen")
	}
	sc, err := scenarios.Load(words[0], words[1:], scenarios.Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), Options{Scenario: sc, Dir: filepath.Join(t.TempDir(), "run"), Plots: true})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("peak=%d\n", res.Performance.PeakMemory)
}

// The memory that a plan foresees is the most that the run holds, to 30 %: of a few small ones always, of all of them and
// at half and twice their size with HYPERSIM_LONG.
func TestMemoryForeseen(t *testing.T) {
	if os.Getenv(measuredRun) != "" {
		t.Skip("within another process")
	}
	long := os.Getenv("HYPERSIM_LONG") != ""
	for _, e := range scenarios.List() {
		switch {
		case e.Name == "long-cut" || e.Name == "vivaldi-real-matrix" || e.Name == "wan-adaptive-timeout" || e.Name == "partition-asymmetric":
		case !long:
			continue
		}
		foreseen(t, e.Name)
		for _, by := range []float64{0.5, 2} {
			if sets := resized(t, e.Name, by); long && sets != nil {
				foreseen(t, e.Name, sets...)
			}
		}
	}
}

// resized returns what makes a scenario so many times as large, nil where it says its size otherwise or cannot be of that size.
func resized(t *testing.T, name string, by float64) []string {
	t.Helper()
	sc, err := scenarios.Load(name, nil, scenarios.Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	workers, all := 0, 0
	for _, s := range sc.Cluster.Sites {
		workers, all = max(workers, s.Workers), all+s.Gates+s.Managers+s.Workers
	}
	for _, set := range []string{"cluster.size=" + strconv.Itoa(int(by*float64(all))), "cluster.workers=" + strconv.Itoa(int(by*float64(workers)))} {
		if _, err := scenarios.Load(name, []string{set}, scenarios.Options{Alone: true}); err == nil {
			return []string{set}
		}
	}
	return nil
}

// foreseen holds the estimate against the peak of a run. When the collector of a busy machine comes late a peak is higher
// than it needs to be, so the least of three is taken.
func foreseen(t *testing.T, name string, sets ...string) {
	t.Helper()
	for attempt := range 3 {
		if off := estimate(t, name, sets...); off >= -0.3 && off <= 0.3 {
			return
		} else if attempt == 2 {
			t.Errorf("%s %v: the estimate is off by %+.0f %%", name, sets, 100*off)
		}
	}
}

// estimate returns by what share the foreseen memory is off.
func estimate(t *testing.T, name string, sets ...string) float64 {
	t.Helper()
	sc, err := scenarios.Load(name, sets, scenarios.Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMeasuredRun$")
	cmd.Env = append(os.Environ(), measuredRun+"="+strings.Join(append([]string{name}, sets...), "|"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	_, text, _ := strings.Cut(string(out), "peak=")
	text, _, _ = strings.Cut(text, "\n")
	peak, err := strconv.ParseFloat(text, 64)
	if err != nil || peak <= 0 {
		t.Fatalf("%s: no peak in %q", name, out)
	}
	plan := scenarios.Describe(sc)
	off := float64(plan.Memory)/peak - 1
	t.Logf("%s %v: %.0f MiB foreseen, %.0f used: %+.0f %%", name, sets, float64(plan.Memory)/(1<<20), peak/(1<<20), 100*off)
	return off
}
