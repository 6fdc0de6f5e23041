package world

import (
	"testing"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// cancels counts what clients ask for, and how often they are sent on.
type cancelTape struct {
	*jobTape
	sc    *scenarios.Scenario
	asked map[job.ID]map[core.NodeID]int
}

func (c *cancelTape) Record(r *trace.Record) {
	if r.Kind != trace.KindSent {
		return
	}
	if b, ok := r.Msg.Body.(*cancel.JobRequest); ok && c.sc.Nodes[r.Msg.From].Role == core.RoleClient {
		if c.asked[b.Job] == nil {
			c.asked[b.Job] = map[core.NodeID]int{}
		}
		c.asked[b.Job][r.Msg.To]++
	}
}

// A cancel goes to the gate that leads the job, or to another one that sends it on; asked for again and again it changes
// nothing more. Each job is cancelled once, whatever way.
func TestCancelsByTheirWay(t *testing.T) {
	for _, x := range []struct {
		how   string
		gates int // that hear of each cancel
		times int // in all, at the least
	}{{"", 1, 1}, {`via = "other-gate"`, 2, 2}, {`repeat = { count = 3, every = "10ms" }`, 1, 4}} {
		sc, err := scenarios.Parse(threeGates+`job = { duration = "30s" }
[[workload]]
id = "c"
kind = "cancel"
jobs = "w"
delay = "2s"
`+x.how+"\n", "", nil, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tape := &cancelTape{jobTape: new(jobTape), sc: sc, asked: map[job.ID]map[core.NodeID]int{}}
		w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		if o := tape.outcomes(); o[job.StateCancelled] != 40 || len(tape.asked) != 40 {
			t.Errorf("%q: %v, %d asked for", x.how, o, len(tape.asked))
		}
		for id, at := range tape.asked {
			n := 0
			for _, k := range at {
				n += k
			}
			if len(at) != x.gates || n < x.times {
				t.Errorf("%q: %v asked of %v", x.how, id, at)
				break
			}
		}
	}
}
