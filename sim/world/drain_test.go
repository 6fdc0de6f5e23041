package world

import (
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// stopTape keeps when the last process stopped, too.
type stopTape struct {
	*jobTape
	stopped core.Instant
}

func (s *stopTape) Record(r *trace.Record) {
	if r.Kind == trace.KindStop {
		s.stopped = r.At
	}
}

// A worker that leaves finishes what it runs, and nothing runs twice; what takes longer than 30 s is given back and runs again
// elsewhere. Its process stops when that is done, not before.
func TestWorkerLeavesWithWork(t *testing.T) {
	for _, x := range []struct {
		length  string
		stops   [2]float64 // s
		started int        // shards
	}{{"20s", [2]float64{30, 37}, 4}, {"60s", [2]float64{50, 57}, 5}} {
		sc := aSite(t, `
[[workload]]
id = "w"
kind = "jobs"
from = "10s"
to = "20s"
arrival = { process = "once", count = 4 }
job = { cores = 4, duration = "`+x.length+`" }
[[fault]]
id = "bye"
kind = "leave"
at = "20s"
target = { id = "a/worker/1" }
`)
		tape := &stopTape{jobTape: new(jobTape)}
		w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		starts := 0
		for _, r := range tape.list {
			if r.Kind == trace.JobWork && r.Work.Kind == core.WorkStart {
				starts++
			}
		}
		if o := tape.outcomes(); o[job.StateCompleted] != 4 || starts != x.started {
			t.Errorf("%s: outcomes %v, %d shards started", x.length, o, starts)
		}
		if at := tape.stopped.Seconds(); at < x.stops[0] || at > x.stops[1] {
			t.Errorf("%s: it stopped at %g s", x.length, at)
		}
	}
}
