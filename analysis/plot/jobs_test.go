package plot

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// working writes the folder of a run with jobs that never happened, and reads it back. One shard is lost with its worker
// and runs again, one is cancelled, one is stuck for very long, one goes on at the end.
func working(t *testing.T, dir string) *analysis.Run {
	t.Helper()
	s := func(x float64) core.Instant { return core.Instant(x * 1e9) }
	tables := &metrics.Tables{Faults: []metrics.FaultRow{{ID: "crash", Kind: "crash", Start: s(25), End: s(70), Episodes: 1}}}
	for i := range 12 {
		row := metrics.JobRow{Job: fmt.Sprintf("job-%d", i), Workload: "load", Submitted: s(float64(i)), Ended: s(float64(20 + 3*i)), Outcome: "COMPLETED"}
		switch i {
		case 4:
			row.Outcome = "FAILED"
		case 11:
			row.Outcome, row.Ended = "UNFINISHED", core.Never
		}
		tables.Jobs = append(tables.Jobs, row)
		tables.Observed = append(tables.Observed,
			metrics.TimeRow{At: row.Submitted, Metric: "wait", Unit: "s", Labels: "dc=a", Value: 0.5 * float64(1+i%5)},
			metrics.TimeRow{At: row.Submitted, Metric: "makespan", Unit: "s", Value: float64(10 + i)})
		for k := range 2 {
			run := metrics.RunRow{
				Job: row.Job, Workflow: fmt.Sprintf("wf-%d", k), Site: "a", Attempt: 1, Worker: fmt.Sprintf("a/worker/%d", (i+k)%11), Token: 1, Cores: uint64(1 + k),
				Start: s(float64(i + 10*k)), Stop: s(float64(i + 10*k + 8)), End: "completed",
			}
			switch {
			case i == 9 && k == 1:
				run.End, run.Stop = "lost", s(25)
				second := run
				second.Attempt, second.Worker, second.Start, second.Stop, second.End = 2, "a/worker/3", s(40), s(48), "completed"
				tables.Runs = append(tables.Runs, run, second)
				continue
			case i == 4 && k == 1:
				run.End = "cancelled"
			case i == 7 && k == 1:
				run.Stop, run.End = s(290), "killed"
			case i == 11 && k == 1:
				run.Stop, run.End = core.Never, ""
			}
			tables.Runs = append(tables.Runs, run)
		}
	}
	for x := 1; x <= 300; x++ {
		for _, r := range []struct {
			metric string
			mean   float64
		}{{"cores_in_use", float64(x%7) / 2}, {"cores", 4}} {
			tables.Time = append(tables.Time,
				metrics.TimeRow{At: s(float64(x)), Metric: r.metric, Unit: "count", Labels: "dc=a;stat=mean", Value: r.mean},
				metrics.TimeRow{At: s(float64(x)), Metric: r.metric, Unit: "count", Labels: "dc=a;stat=count", Value: 11})
		}
		tables.Time = append(tables.Time, metrics.TimeRow{At: s(float64(x)), Metric: "utilisation", Unit: "fraction", Labels: "dc=a", Value: float64(x%7) / 8})
	}
	if _, err := metrics.WriteDir(dir, tables); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, analysis.ManifestFile), []byte(`{"scenario": {"name": "work"}, "seed": 7, "duration_s": 300}`), 0o644); err != nil {
		t.Fatal(err)
	}
	run, err := analysis.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// rowsOf reads a file as it lies there.
func rowsOf(t *testing.T, dir, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, line := range all[1:] {
		r := map[string]string{}
		for i, key := range all[0] {
			r[key] = line[i]
		}
		out = append(out, r)
	}
	return out
}

func num(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// TestJobPictures: a run with jobs has its four pictures.
func TestJobPictures(t *testing.T) {
	run, dir := working(t, t.TempDir()), t.TempDir()
	if *keep != "" {
		dir = *keep
	}
	names, err := All(run, dir, Options{Plots: []Request{{Kind: "gantt", Metric: "core_seconds", From: 20, To: 60}}})
	if want := []string{"gantt.png", "jobs.png", "job-times.png", "cores.png", "plot-1-gantt-core_seconds.png"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("have %v, %v, want %v", names, err, want)
	}
}

// TestGanttIsTheFile: every row of workflows.csv is a bar of its worker, and no two overlap on a core.
func TestGanttIsTheFile(t *testing.T) {
	dir := t.TempDir()
	run := working(t, dir)
	g := newChart(run, 0, math.Inf(1))
	rows := rowsOf(t, dir, "workflows.csv")
	if len(g.bars) != len(rows) {
		t.Fatalf("%d bars of %d rows", len(g.bars), len(rows))
	}
	high := num(rows[g.bars[0].at]["cores"]) / (g.bars[0].hi - g.bars[0].lo)
	for i := range g.bars {
		b := &g.bars[i]
		r := rows[b.at]
		end := num(r["end_s"])
		if r["end_s"] == "" {
			end = 300
		}
		if g.names[b.row] != r["worker"] || b.from != num(r["start_s"]) || b.to != end || b.end != r["end"] || float64(b.attempt) != num(r["attempt"]) ||
			math.Abs((b.hi-b.lo)*high-num(r["cores"])) > 1e-9 || b.hi > 1+1e-9 {
			t.Errorf("row %v is drawn as %+v", r, b)
		}
		for k := range g.bars[:i] {
			c := &g.bars[k]
			if c.row == b.row && c.from < b.to && b.from < c.to && c.lo < b.hi-1e-9 && b.lo < c.hi-1e-9 {
				t.Errorf("%+v and %+v lie upon each other", b, c)
			}
		}
	}
	if len(g.links) != 1 || g.links[0].from.end != "lost" || g.links[0].to.attempt != 2 || g.names[g.links[0].to.row] != "a/worker/3" {
		t.Errorf("links %+v", g.links)
	}
	if g.x.hi > 100 || g.beyond != 2 {
		t.Errorf("the axis ends at %v, %d shards end beyond", g.x.hi, g.beyond)
	}
	if names := g.names; names[2] != "a/worker/2" || names[10] != "a/worker/10" {
		t.Errorf("workers in the order %v", names)
	}
	if again := g.again(run); again == nil || len(again.y.names) != 1 || again.y.names[0] != "job 10, workflow 2" {
		t.Error("the workflow that ran again has no row of its own")
	}
}

// curveOf returns the points of the curve whose label begins so.
func curveOf(t *testing.T, f *figure, label string) plotter.XYs {
	t.Helper()
	for _, p := range f.panels {
		k := slices.IndexFunc(p.legend, func(e entry) bool { return strings.HasPrefix(e.label, label) })
		if k >= 0 {
			return p.layers[k].(*curve).xy
		}
	}
	t.Fatalf("no curve %q", label)
	return nil
}

// TestJobCurvesAreTheFiles: counts of jobs, distributions of times and cores in use.
func TestJobCurvesAreTheFiles(t *testing.T) {
	dir := t.TempDir()
	run := working(t, dir)
	jobs := rowsOf(t, dir, "jobs.csv")
	count := func(until float64, column, outcome string) float64 {
		n := 0.0
		for _, r := range jobs {
			if num(r[column]) <= until && (outcome == "" || r["outcome"] == outcome) {
				n++
			}
		}
		return n
	}
	f := jobOutcomes(run)
	for label, c := range map[string][2]string{"handed in": {"submitted_s", ""}, "COMPLETED": {"ended_s", "COMPLETED"}, "FAILED": {"ended_s", "FAILED"}} {
		for _, v := range curveOf(t, f, label)[1:] {
			if want := count(v.X, c[0], c[1]); v.Y != want {
				t.Errorf("%s at %v: drawn %v, the file says %v", label, v.X, v.Y, want)
			}
		}
	}
	times := rowsOf(t, dir, "observations.csv")
	f = jobTimes(run)
	for label, metric := range map[string]string{"wait": "wait", "makespan": "makespan"} {
		for i, v := range curveOf(t, f, label) {
			n, all := 0.0, 0.0
			for _, r := range times {
				if r["metric"] == metric {
					all++
					if num(r["value"]) <= v.X {
						n++
					}
				}
			}
			if i > 0 && v.Y != n/all {
				t.Errorf("%s up to %v: drawn %v, the file says %v", label, v.X, v.Y, n/all)
			}
		}
	}
	samples := rowsOf(t, dir, "timeseries.csv")
	f = coresInUse(run)
	for label, metric := range map[string]string{"capacity": "cores", "in use": "cores_in_use"} {
		for _, v := range curveOf(t, f, label) {
			mean, n := math.NaN(), math.NaN()
			for _, r := range samples {
				if r["metric"] == metric && num(r["t_s"]) == v.X {
					if strings.Contains(r["labels"], "mean") {
						mean = num(r["value"])
					} else {
						n = num(r["value"])
					}
				}
			}
			if v.Y != mean*n {
				t.Errorf("%s at %v: drawn %v, the file says %v × %v", label, v.X, v.Y, mean, n)
			}
		}
	}
}
