package analysis

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/sim/metrics"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	tables := &metrics.Tables{
		Membership: []metrics.MembershipRow{{At: 5e9, Group: 1, Role: "gate", Observers: 2, Pairs: 4, Disagree: 1, ViewError: 0.25, OK: 3, Dead: 1}},
		Faults:     []metrics.FaultRow{{ID: "cut", Kind: "partition", Start: 1e9, End: core.Never, Episodes: 1}},
	}
	if _, err := metrics.WriteDir(dir, tables); err != nil {
		t.Fatal(err)
	}
	write(t, dir, ManifestFile, `{"schema": 1, "scenario": "x", "title": "T", "seed": 18446744073709551615, "digest": "0123456789abcdef", "virtual_s": 7.5, "later": {"a": [1]}}`)
	run, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := Info{Scenario: "x", Title: "T", Seed: "18446744073709551615", Digest: "0123456789abcdef", Duration: 7500 * time.Millisecond}
	if run.Info != want {
		t.Errorf("have %+v, want %+v", run.Info, want)
	}
	if run.ShortDigest() != "0123456789ab" {
		t.Errorf("short digest %s", run.ShortDigest())
	}
	if !reflect.DeepEqual(run.Tables, tables) {
		t.Errorf("have %+v, want %+v", run.Tables, tables)
	}
}

// TestLoadRefuses: each folder that is no finished run is refused with what is wrong and what to do.
func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		make  func(dir string) string
		wants []string
	}{
		{"no folder", func(dir string) string { return filepath.Join(dir, "none") }, []string{"no folder"}},
		{"a file", func(dir string) string { write(t, dir, "f", ""); return filepath.Join(dir, "f") }, []string{"is a file", "give the folder"}},
		{"another folder", func(dir string) string { return dir }, []string{"holds no manifest.json"}},
		{"incomplete", func(dir string) string {
			write(t, dir, IncompleteFile, "killed\n")
			write(t, dir, ManifestFile, "{}")
			return dir
		}, []string{"the run is incomplete", "--force"}},
		{"broken manifest", func(dir string) string { write(t, dir, ManifestFile, "{"); return dir }, []string{"manifest.json: not a JSON object"}},
		{"two broken tables", func(dir string) string {
			write(t, dir, ManifestFile, `{"duration_s": -1}`)
			write(t, dir, "faults.csv", "fault,kind,start_s,end_s,episodes,detail,nodes,others,last_s,agreed_s\ncut,partition,soon,,1,,0,0,,\n")
			write(t, dir, "membership.csv", "a,b\n")
			return dir
		}, []string{"duration_s", "faults.csv:2:15: start_s", "membership.csv"}},
	} {
		_, err := Load(c.make(t.TempDir()))
		for _, w := range c.wants {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: have %v, want an error with %q", c.name, err, w)
			}
		}
		if c.name == "incomplete" && !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: the error does not wrap ErrIncomplete", c.name)
		}
	}
}

func TestParseManifest(t *testing.T) {
	for _, c := range []struct {
		text string
		want Info
	}{
		{`{}`, Info{}},
		{`{"scenario": {"name": "n", "title": "t", "seed": 3, "duration_s": 2}, "digest": "d"}`, Info{Scenario: "n", Title: "t", Seed: "3", Digest: "d", Duration: 2 * time.Second}},
		{`{"scenario": "n", "duration_s": "0.5"}`, Info{Scenario: "n", Duration: 500 * time.Millisecond}},
		{`{"scenario": null, "seed": null}`, Info{}},
		{`{"config": {"protocol": {"job_timeout": {"mode": "poll", "check_interval": "30s", "gate_check_interval": "15s"}, "extension": {"base": "30s", "min_grant": "1s"}}}}`,
			Info{Checks: Checks{Manager: 30 * time.Second, Gate: 15 * time.Second, Grant: 30 * time.Second, Least: time.Second}}},
		{`{"config": {"protocol": {"job_timeout": {"mode": "exact", "check_interval": 7}}}}`, Info{Checks: Checks{Exact: true}}},
		{`{"config": "none"}`, Info{}},
	} {
		if have, err := ParseManifest([]byte(c.text)); err != nil || have != c.want {
			t.Errorf("%s: have %+v, %v; want %+v", c.text, have, err, c.want)
		}
	}
}

// TestDurationFromTables: without a duration in the manifest the last instant of the tables is it; an end
// that never came is none.
func TestDurationFromTables(t *testing.T) {
	run := New("", Info{}, &metrics.Tables{
		Detections: []metrics.DetectionRow{{At: 3e9}},
		Faults:     []metrics.FaultRow{{Start: 4e9, End: core.Never}},
	})
	if run.Duration != 4*time.Second {
		t.Errorf("have %v", run.Duration)
	}
}

func TestSamples(t *testing.T) {
	nan := math.NaN()
	run := New("", Info{}, &metrics.Tables{
		Time: []metrics.TimeRow{
			{At: 1e9, Metric: "lhm_score", Unit: "0-8", Labels: "role=gate;stat=max", Value: 3},
			{At: 1e9, Metric: "view_error", Unit: "fraction", Labels: "role=gate", Value: 9}, // membership.csv has more
		},
		Membership: []metrics.MembershipRow{
			{At: 1e9, Group: 1, Role: "gate", Pairs: 10, Disagree: 1},
			{At: 1e9, Group: 2, Role: "gate", Pairs: 30, Disagree: 1},
			{At: 1e9, Group: 2, Role: "worker", Pairs: 0},
		},
		Detections: []metrics.DetectionRow{
			{At: 2e9, Observer: "a/gate/0", Subject: "b/worker/1", To: "DEAD", Truth: "crashed", SinceCrash: 1, First: 1},
			{At: 3e9, Observer: "a/gate/1", Subject: "b/worker/1", To: "DEAD", Truth: "crashed", SinceCrash: 2, First: nan},
			{At: 4e9, Observer: "a/gate/1", Subject: "b/worker/2", To: "DEAD", Truth: "live", SinceCrash: nan, First: nan},
			{At: 5e9, Observer: "a/gate/1", Subject: "b/worker/2", To: "DEAD", Truth: "paused", SinceCrash: nan, First: nan},
			{At: 6e9, Observer: "a/gate/1", Subject: "b/worker/2", To: "SUSPECT", Truth: "live", SinceCrash: nan, First: nan},
		},
	})
	for _, c := range []struct {
		metric, unit string
		want         []float64
	}{
		{"lhm_score", "0-8", []float64{3}},
		{"view_error", "fraction", []float64{0.05}},
		{"detection_first", "s", []float64{1}},
		{"detection_each", "s", []float64{1, 2}},
		{"false_positives", "count", []float64{1}},
		{"excused_positives", "count", []float64{1}},
		{"false_suspicions", "count", []float64{1}},
		{"job_latency", "", nil},
	} {
		list, unit := run.Samples(c.metric)
		var have []float64
		for _, s := range list {
			have = append(have, s.Value)
		}
		if !reflect.DeepEqual(have, c.want) || unit != c.unit {
			t.Errorf("%s: have %v %s, want %v %s", c.metric, have, unit, c.want, c.unit)
		}
	}
	list, _ := run.Samples("detection_first")
	if l := list[0].Labels; l.Get("role") != "worker" || l.Get("site") != "b" || l.Get("observer_role") != "gate" {
		t.Errorf("labels %v", l)
	}
	names := strings.Join(run.MetricNames(), " ")
	if names != "detection_each detection_first excused_positives false_positives false_suspicions lhm_score view_error" {
		t.Errorf("metrics %s", names)
	}
}

func TestMatches(t *testing.T) {
	l := ParseLabels("role=gate;to=DEAD")
	for _, c := range []struct {
		f    Filter
		want bool
	}{
		{Filter{"role", []string{"gate", "worker"}, false}, true},
		{Filter{"role", []string{"worker"}, false}, false},
		{Filter{"role", []string{"worker"}, true}, true},
		{Filter{"site", []string{"x"}, true}, true},
		{Filter{"site", []string{""}, false}, true},
	} {
		if l.Matches([]Filter{c.f}) != c.want {
			t.Errorf("%+v: want %v", c.f, c.want)
		}
	}
}

// FuzzParseManifest: no text makes the reader panic.
func FuzzParseManifest(f *testing.F) {
	f.Add(`{"scenario": {"name": 1}, "duration_s": 1e308}`)
	f.Add(`{"scenario": "x", "seed": [1]}`)
	f.Fuzz(func(t *testing.T, text string) {
		info, err := ParseManifest([]byte(text))
		if err == nil && info.Duration < 0 {
			t.Errorf("%q: duration %v", text, info.Duration)
		}
		_ = info.ShortDigest()
	})
}
