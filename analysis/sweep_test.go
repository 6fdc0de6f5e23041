package analysis

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"hypersim/analysis/stats"
)

func observations(t *testing.T, dir, text string) {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	zipped := z.EncodeAll([]byte(text), nil)
	head := fmt.Sprintf(`{"observations_sha256": "%x"}`, sha256.Sum256(zipped))
	err = errors.Join(os.MkdirAll(dir, 0o777), os.WriteFile(filepath.Join(dir, ObservationsFile), zipped, 0o666),
		os.WriteFile(filepath.Join(dir, headFile), []byte(head), 0o666), z.Close())
	if err != nil {
		t.Fatal(err)
	}
}

const sweepText = `{"schema": 3, "scenario": "x", "title": "T", "axes": ["k"], "seeds": [1, 2, 3], "runs": 3, "done": 2, "builds": ["b"], "later": 1, "compare": {"primary": ["detection_full"], "horizon_s": 30},
"cells": [{"cell": "k=1", "values": [{"key": "k", "value": "1"}], "nodes": 4, "args": ["--set", "k=1"], "violations": [{"seed": 1}],
  "runs": [{"seed": 1, "digest": "d1", "run_dir": "runs/a"}, {"seed": 2, "digest": "d2", "run_dir": "runs/b", "stopped": "time"}], "missing": [3]}]}`

func TestLoadSweep(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, SweepFile, sweepText)
	observations(t, filepath.Join(dir, "runs/a"), `{"expectations": [{"id": "skipped"}],
		"metrics": [{"metric": "view_error", "labels": "", "unit": "fraction", "count": 3, "mean": 0.5, "sd": null, "p50": null, "p99": 1, "max": "+Inf", "histogram": {}},
			{"metric": "view_error", "labels": "role=gate", "fine": true, "mean": 1}],
		"counts": [{"metric": "false_positives", "labels": "", "count": 2, "node_hours": 4}],
		"survival": [{"metric": "detection_full", "labels": "", "times": [1, 3], "censored": [2.5], "watched_s": 6}]}`)
	s, err := LoadSweep(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &s.Cells[0]
	if s.Scenario != "x" || s.Runs != 3 || s.Done != 2 || c.Point.Get("k") != "1" || c.Violations != 1 || c.Nodes != 4 || len(c.Args) != 2 {
		t.Errorf("have %+v", s)
	}
	if have := c.Seeded(); !reflect.DeepEqual(have, []uint64{1}) {
		t.Errorf("seeds with values: %v", have)
	}
	if d := c.Runs[0].Distributions; len(d) != 1 || d[0].Mean != 0.5 || d[0].P50 == d[0].P50 || !math.IsInf(d[0].Max, 1) {
		t.Errorf("distributions %+v", d)
	}
	if have := c.Values(Key{"view_error", ""}, "p99"); !reflect.DeepEqual(have, []stats.Run{{Seed: 1, Value: 1}}) {
		t.Errorf("values %v", have)
	}
	if have, counts := c.Rates(Key{Metric: "false_positives"}); have[0].Value != 0.5 || len(counts) != 1 || counts[0] != (stats.Rate{Count: 2, Exposure: 4}) {
		t.Errorf("rates %v of %v", have, counts)
	}
	full := Key{Metric: "detection_full"}
	if h := c.Watched(full); h != 6 {
		t.Errorf("watched for %v", h)
	}
	// One comes at 1, one is lost after 2.5, one comes at 3: 2/3 last beyond 1, and none beyond 3.
	w, err := c.Wait(full, 6, nil)
	if err != nil || math.Abs(w.Mean-(1+2.0/3*2)) > 1e-12 || w.Censored != 1 || w.Events != 3 || len(w.Runs) != 1 || w.Runs[0] != (stats.Run{Seed: 1, Value: w.Mean}) {
		t.Errorf("wait %+v, %v", w, err)
	}
	if w, err := c.Wait(full, 6, []uint64{7}); err != nil || w.Events != 0 || w.Note == "" {
		t.Errorf("of another seed: %+v, %v", w, err)
	}
	if runs, events := c.Waited(full); runs != 1 || events != 3 {
		t.Errorf("%d runs waited for %d", runs, events)
	}
	if s.Compare.Horizon != 30 || len(s.Compare.Primary) != 1 {
		t.Errorf("declared %+v", s.Compare)
	}
}

// TestLoadSweepRefuses: what is no sweep, of another format, damaged, or points out of its folder.
func TestLoadSweepRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, data, want string }{
		{"empty folder", "", "", "holds no sweep.json"},
		{"no JSON", "{", "", "sweep.json"},
		{"another format", `{"schema": 7}`, "", "format 7"},
		{"no run", sweepText, "", "runs/a/run.json"},
		{"damaged", sweepText, "{", "damaged"},
		{"exchanged", sweepText, "{} ", "its checksum is another"},
		{"elsewhere", strings.Replace(sweepText, "runs/a", "../a", 1), "", "leads out"},
	} {
		dir := t.TempDir()
		if c.text != "" {
			write(t, dir, SweepFile, c.text)
		}
		if c.data != "" {
			observations(t, filepath.Join(dir, "runs/a"), c.data)
		}
		if c.name == "exchanged" {
			write(t, filepath.Join(dir, "runs/a"), ObservationsFile, "of another run")
		}
		if _, err := LoadSweep(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: have %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestSeedRanges(t *testing.T) {
	for want, seeds := range map[string][]uint64{"": nil, "7": {7}, "1..3,7,9..10": {10, 1, 9, 3, 2, 7}, "1..2": {1, 1, 2}} {
		if have := SeedRanges(seeds); have != want {
			t.Errorf("%v: have %s, want %s", seeds, have, want)
		}
	}
}
