package world

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// queryTape keeps what clients hear of their questions about workflows.
type queryTape struct {
	*jobTape
	sc   *scenarios.Scenario
	rows map[uint16]int // by datacenter
}

func (q *queryTape) Record(r *trace.Record) {
	if r.Kind != trace.KindDelivered || q.sc.Nodes[r.Node].Role != core.RoleClient {
		return
	}
	if b, ok := r.Msg.Body.(*job.WorkflowQueryResponse); ok {
		for _, v := range b.Workflows {
			q.rows[v.Site]++
		}
	}
}

// Clients ask gates how the workflows of their jobs stand, in each datacenter; managers where there are no gates.
func TestClientsAskAboutWorkflows(t *testing.T) {
	for _, x := range []struct {
		targets string
		sets    []string
		sites   int
	}{{", targets = { all = true }", nil, 2}, {"", []string{"cluster.gates=0"}, 2}} {
		sc, err := scenarios.Parse(threeGates+`job = { duration = "5s"`+x.targets+` }
[[workload]]
id = "q"
kind = "query"
from = "15s"
to = "45s"
arrival = { process = "constant", rate = "2/s" }
message = "workflow_query"
`, "", x.sets, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tape := &queryTape{jobTape: new(jobTape), sc: sc, rows: map[uint16]int{}}
		w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		answered := 0
		for i := range tape.list {
			if f := &tape.list[i].Fact; f.Kind == core.JobFactQueried && f.To == 0 && call.Code(f.Code) == call.CodeOK && core.Kind(f.Epoch) == core.KindWorkflowQueryRequest {
				answered++
			}
		}
		if answered != 60 || len(tape.rows) != x.sites {
			t.Errorf("%v: %d answered, rows of datacenters %v", x.sets, answered, tape.rows)
		}
	}
}
