package world

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// decisions keeps when a gate decided about each job that is only asked about, and what else was heard of those jobs.
type decisions struct {
	at    map[job.ID][]core.Instant
	known map[job.ID]bool // handed in
	kept  int
}

func (d *decisions) Record(*trace.Record) {}

func (d *decisions) RecordJob(r *trace.JobRecord) {
	if r.Kind == trace.JobSubmitted {
		d.known[job.ID(r.Fact.Job)] = true
	}
}

func (d *decisions) RecordRoute(at core.Instant, _ core.NodeID, r *routing.Record, _ *routing.Keys) {
	if r.Trigger == routing.TriggerProbe {
		d.at[r.Job] = append(d.at[r.Job], at)
		if r.Previous >= 0 {
			d.kept++
		}
	}
}

const asking = `
[[workload]]
id = "ask"
kind = "route-probe"
gates = { role = "gate", site = "a" }
pinned = 5
interval = "2s"
from = "20s"
to = "50s"
`

// A route-probe asks where its jobs would go, each every interval, and nothing else comes of it (01-59).
func TestRouteProbes(t *testing.T) {
	sc, err := scenarios.Parse(threeGates+"job = { duration = \"1s\" }\n"+asking, "x.toml", nil, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := &decisions{at: map[job.ID][]core.Instant{}, known: map[job.ID]bool{}}
	w, err := Build(sc, Options{Sinks: []trace.Sink{d}})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	if len(d.at) != 5 {
		t.Fatalf("%d jobs were asked about", len(d.at))
	}
	for id, at := range d.at {
		if d.known[id] || len(at) < 14 || len(at) > 15 {
			t.Errorf("%v: %d decisions; handed in: %v", id, len(at), d.known[id])
		}
		for i := 1; i < len(at); i++ {
			if at[i].Sub(at[i-1]) != 2*time.Second {
				t.Errorf("%v: decided at %v and %v", id, at[i-1], at[i])
			}
		}
	}
	if d.kept < 5*13 { // each keeps its choice from one decision to the next
		t.Errorf("%d decisions had a choice before", d.kept)
	}
	if len(d.known) != 40 {
		t.Errorf("%d jobs were handed in", len(d.known))
	}
}
