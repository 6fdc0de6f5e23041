package runner

import (
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

const resting = `
schema = 1
[scenario]
name = "resting"
title = "Jobs, a crash, and nothing more"
duration = "600s"
settle = "560s"
rest = "REST"
[topology]
use = "lan1"
[cluster]
managers = 3
workers = 3
clients = 1
start = { mode = "formed" }
[[workload]]
id = "load"
kind = "jobs"
from = "1s"
to = "20s"
arrival = { process = "constant", rate = "0.5/s" }
job = { workflows = 2, cores = 1, JOB }
[[fault]]
id = "crash"
kind = "crash"
at = "15s"
for = "10s"
target = { id = "a/worker/1" }
`

// early is the digest of what a run tells up to an instant.
type early struct {
	trace.Digest
	until core.Instant
}

func (e *early) Record(r *trace.Record) {
	if r.At < e.until && r.Kind != trace.KindCheckpoint {
		e.Digest.Record(r)
	}
}

func (e *early) RecordJob(r *trace.JobRecord) {
	if r.At < e.until {
		e.Digest.RecordJob(r)
	}
}

func restOf(t *testing.T, rest time.Duration, until core.Instant, job string) (*Result, uint64) {
	t.Helper()
	sc, err := scenarios.Parse(strings.NewReplacer("JOB", job, "REST", rest.String()).Replace(resting), "resting.toml", nil, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := &early{until: until}
	r, err := Measure(t.Context(), Options{Scenario: sc, Bare: rest > 0, Sinks: []trace.Sink{e}})
	if err != nil || r.Failed(false) {
		t.Fatalf("%v, %+v", err, r)
	}
	return r, e.Sum()
}

// A run that may end at rest ends after the calm that it is to have had, and not before its last job; until then it is the run that
// goes on to its end and is measured.
func TestRest(t *testing.T) {
	const calm = 60 * time.Second
	for _, c := range []struct {
		name string
		job  string
		from time.Duration // not before
		to   time.Duration
	}{
		{"the crash ends at 25 s", `duration = "5s", timeout = "400s"`, 85 * time.Second, 120 * time.Second},
		{"jobs take 200 s", `duration = "200s", timeout = "450s"`, 200 * time.Second, 450 * time.Second},
		{"jobs are stuck until their time is up", `duration = "5s", timeout = "90s", stuck = { share = 1.0, after = "1s" }`, 92 * time.Second, 400 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, a := restOf(t, calm, core.Instant(c.from), c.job)
			if at := time.Duration(r.Virtual); at < c.from || at > c.to {
				t.Errorf("at rest at %v, want between %v and %v", at, c.from, c.to)
			}
			whole, b := restOf(t, 0, core.Instant(c.from), c.job)
			if whole.Virtual != core.Instant(600*time.Second) || a != b {
				t.Errorf("the whole run ends at %v, and its beginning has the digest %x, that of the shorter %x", whole.Virtual, b, a)
			}
			if r.Metrics != nil || len(r.Verdicts) > 0 || len(r.Violations) != len(whole.Violations) {
				t.Errorf("bare, and yet: %+v", r)
			}
		})
	}
}
