package batch

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// table reads a CSV file of a sweep as rows by column.
func readTable(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// A run that ends before a crash is detected does not make detection look fast: it is counted as censored,
// and the median is that of Kaplan and Meier.
func TestCensored(t *testing.T) {
	req := scenario(t, `duration = "40s"`, `duration = "26.5s"`)
	req.Seeds, req.Variants = []uint64{1, 2, 3, 4, 5, 6, 7, 8}, []string{"fast"}
	req.Vary = []string{"fault.loss.p=0.01"}
	dir := filepath.Join(t.TempDir(), "out")
	sweep(t, req, Options{Dir: dir, Jobs: 2})
	var times []float64
	for _, r := range readTable(t, filepath.Join(dir, LongName)) {
		if r["metric"] == "detection_first" && r["labels"] == "to=DEAD" && r["stat"] == "max" {
			v, err := strconv.ParseFloat(r["value"], 64)
			if err != nil {
				t.Fatal(err)
			}
			times = append(times, v)
		}
	}
	slices.Sort(times)
	found := false
	for _, r := range readTable(t, filepath.Join(dir, SummaryName)) {
		if r["metric"] != "detection_first" || r["labels"] != "to=DEAD" || r["stat"] != "time" {
			continue
		}
		found = true
		if n := 8 - len(times); n == 0 || n == 8 || r["censored"] != strconv.Itoa(n) || r["count"] != "8" {
			t.Errorf("%d of 8 detected, row %v", len(times), r)
		}
		// All are censored at the same time, 6.5 s, after every detection: the curve falls by 1/8 at each, so
		// that the median is the fourth detection, if there are so many.
		want := "Inf"
		if len(times) >= 4 {
			want = strconv.FormatFloat(times[3], 'g', 9, 64)
		}
		// The mean up to 6.5 s: what was not detected counts as that.
		mean := 0.0
		for _, v := range times {
			mean += v / 8
		}
		mean += 6.5 * float64(8-len(times)) / 8
		if have, err := strconv.ParseFloat(r["mean"], 64); err != nil || math.Abs(have-mean) > 1e-6 || r["horizon_s"] != "6.5" {
			t.Errorf("mean %s up to %s, want %v up to 6.5", r["mean"], r["horizon_s"], mean)
		}
		if r["km_median"] != want {
			t.Errorf("median %s, want %s of %v", r["km_median"], want, times)
		}
	}
	if !found {
		t.Error("no row")
	}
}

// A crash that nobody lived to notice, and one that was DEAD without having been SUSPECT, were not waited for in vain.
func TestSurvivalOnlyWhatCouldBe(t *testing.T) {
	at := func(s float64) core.Instant { return core.Instant(s * 1e9) }
	m := &metrics.Result{
		Nodes: []metrics.Node{{Role: core.RoleWorker}},
		Crashes: []metrics.Crash{
			{At: at(10), Until: at(60), Dead: true, Full: true}, {At: at(20), Until: at(60), Full: true}, {At: at(30), Until: at(60)},
		},
		Observations: []metrics.Observation{{Metric: words.DetectionFirst, At: at(17), Value: 7, Weight: 1, To: core.StateDead, Event: 0}},
	}
	for _, s := range survival(m) {
		times := 0
		if s.Labels == "to=DEAD" {
			times = 1
		}
		if s.Metric == "detection_first" && !strings.Contains(s.Labels, "subject_role") && (len(s.Times) != times || len(s.Censored) != 1 || s.Censored[0] != 30) {
			t.Errorf("%+v", s)
		}
	}
}

// No event in four runs is no rate: nothing but how many runs may have any follows from it.
func TestRareCounts(t *testing.T) {
	req := scenario(t)
	req.Variants, req.Seeds = []string{"slow"}, []uint64{1, 2, 3, 4}
	dir := filepath.Join(t.TempDir(), "out")
	sweep(t, req, Options{Dir: dir, Jobs: 2})
	for _, r := range readTable(t, filepath.Join(dir, SummaryName)) {
		if r["metric"] != "false_positives" || r["labels"] != "" {
			continue
		}
		hours, err := strconv.ParseFloat(r["node_hours"], 64)
		// Ten nodes, nine after the crash at 20 s, measured from 5 s to 40 s, four times.
		if want := 4 * (10*15 + 9*20) / 3600.0; err != nil || math.Abs(hours-want) > 1e-6 {
			t.Errorf("%v node-hours, want %v", r["node_hours"], want)
		}
		if r["count"] != "0" || r["rate_per_node_hour"] != "0" || r["rate_high"] != "" || r["high"] != "" || r["note"] != "none in 4 runs: at most 60 % of runs have any" {
			t.Errorf("%v", r)
		}
		return
	}
	t.Error("no row")
}
