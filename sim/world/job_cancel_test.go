package world

import (
	"strings"
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
	ones  map[job.ID]map[job.WorkflowID]uint64 // request ids
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
	if b, ok := r.Msg.Body.(*cancel.SingleRequest); ok && c.sc.Nodes[r.Msg.From].Role == core.RoleClient {
		if c.ones[b.Job] == nil {
			c.ones[b.Job] = map[job.WorkflowID]uint64{}
		}
		c.ones[b.Job][b.Workflow] = b.Request
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

// Two workflows of three are taken back: each by a request of its own, which everybody answers. The third completes, unless
// the file lets those go that need what is taken back.
func TestCancelsOfWorkflows(t *testing.T) {
	for _, x := range []struct {
		job, how  string
		asked     int // workflows of each job
		completed int // jobs
	}{
		{`workflows = 3`, `workflows = 2`, 2, 40},
		{`workflows = 3`, `workflows = 9`, 3, 0},
		{`workflows = 3`, "workflows = 2\nvia = \"other-gate\"", 2, 40},
		{`workflows = 2, shape = "chain"`, "workflows = 2\ndependents = false", 2, 0},
	} {
		sc, err := scenarios.Parse(threeGates+`job = { duration = "5s", `+x.job+` }
[[workload]]
id = "c"
kind = "cancel"
jobs = "w"
delay = "2s"
`+x.how+"\n", "", nil, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tape := &cancelTape{jobTape: new(jobTape), sc: sc, asked: map[job.ID]map[core.NodeID]int{}, ones: map[job.ID]map[job.WorkflowID]uint64{}}
		w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		answers, requests := 0, map[uint64]bool{}
		for i := range tape.list {
			if f := &tape.list[i].Fact; f.Kind == core.JobFactSingle {
				answers++
				if f.To == uint8(cancel.SingleNotFound) || f.To == cancel.NumSingleStatuses {
					t.Errorf("%q: answered %v", x.how, cancel.SingleStatus(f.To))
				}
			}
		}
		for id, ones := range tape.ones {
			if len(ones) != x.asked {
				t.Errorf("%q: %d workflows of %v", x.how, len(ones), id)
			}
			for _, r := range ones {
				requests[r] = true
			}
		}
		if o := tape.outcomes(); len(tape.asked) != 0 || o[job.StateCompleted] != x.completed || answers != 40*x.asked || len(requests) != answers {
			t.Errorf("%q: %v, %d answers to %d requests", x.how, o, answers, len(requests))
		}
	}
	_, err := scenarios.Parse(threeGates+`job = { duration = "30s" }
[[workload]]
id = "c"
kind = "cancel"
jobs = "w"
dependents = false
`, "", nil, scenarios.Options{})
	if err == nil || !strings.Contains(err.Error(), "workload[1].dependents = false: a job that is taken back whole leaves nobody behind") {
		t.Errorf("%v", err)
	}
}
