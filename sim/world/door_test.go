package world

import (
	"testing"

	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/registry"
	"hypersim/scenarios"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// lives counts what became of the processes of a node.
type lives struct {
	node  core.NodeID
	count map[trace.Kind]int
}

func (d *lives) Record(r *trace.Record) {
	if r.Node == d.node {
		d.count[r.Kind]++
	}
}

// Who is of another cluster is a member of no group: what faults do to members passes it by, and where it leaves there is nobody to
// tell, so that its process ends at once and may begin again.
func TestFaultsOfOneOfAnotherCluster(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		stops int
	}{
		"leave":       {"kind = \"leave\"\ntarget = { role = \"worker\" }", 1},
		"raise":       {"kind = \"raise\"\ntarget = { role = \"worker\" }", 0},
		"lhm":         {"kind = \"lhm\"\nscore = 8\nfor = \"5s\"\ntarget = { role = \"worker\" }", 0},
		"lhm restart": {"kind = \"lhm\"\nscore = 8\nfor = \"5s\"\ntarget = { id = \"a/worker/3\" }\n[[fault]]\nid = \"g\"\nkind = \"restart\"\nat = \"42s\"\ntarget = { id = \"a/worker/3\" }", 0},
		"rumour":      {"kind = \"rumour\"\nabout = { role = \"worker\" }\ntarget = { role = \"worker\" }", 0},
		"churn":       {"kind = \"churn\"\nrate = \"1/s\"\nmix = { leave = 1.0 }\ndowntime = \"2s\"\nfor = \"30s\"\ntarget = { id = \"a/worker/3\" }", 5},
	} {
		t.Run(name, func(t *testing.T) {
			sc := aSite(t, `
[[protocol.override]]
target = { id = "a/worker/3" }
set = { "isolation.cluster" = "blue" }
[[workload]]
id = "w"
kind = "jobs"
arrival = { process = "constant", rate = "0.2/s" }
job = { duration = "1s" }
[[fault]]
id = "f"
at = "40s"
`+c.fault)
			d := &lives{node: nodeOf(t, sc, "a/worker/3"), count: map[trace.Kind]int{}}
			w, err := Build(sc, Options{Sinks: []trace.Sink{d}})
			if err != nil {
				t.Fatal(err)
			}
			w.Run(w.End())
			if d.count[trace.KindStop] < c.stops || c.stops == 0 && d.count[trace.KindStop] > 0 || d.count[trace.KindStart] < max(1, c.stops) {
				t.Errorf("%v", d.count)
			}
		})
	}
}

func nodeOf(t *testing.T, sc *scenarios.Scenario, name string) core.NodeID {
	t.Helper()
	for i := range sc.Nodes {
		if sc.Nodes[i].Name == name {
			return sc.Nodes[i].ID
		}
	}
	t.Fatalf("no %s", name)
	return 0
}

// The words of metrics are those of the core, which metrics do not know.
func TestWordsOfPeers(t *testing.T) {
	for i := range uint8(registry.NumBars) {
		if words.Bars[i] != registry.Bar(i).String() {
			t.Errorf("bar %d is %s, and %s in metrics", i, registry.Bar(i), words.Bars[i])
		}
	}
	for i := range uint8(health.NumPhases) {
		if words.BreakerPhases[i] != health.Phase(i).String() {
			t.Errorf("phase %d is %s, and %s in metrics", i, health.Phase(i), words.BreakerPhases[i])
		}
	}
	for i := range uint8(health.NumDecisions) {
		if words.Decisions[i] != health.Decision(i).String() {
			t.Errorf("decision %d is %s, and %s in metrics", i, health.Decision(i), words.Decisions[i])
		}
	}
	for i := range uint8(health.NumLabels) {
		if words.Judged[i] != health.Label(i).String() {
			t.Errorf("label %d is %s, and %s in metrics", i, health.Label(i), words.Judged[i])
		}
	}
	if len(words.Bars) != registry.NumBars || len(words.BreakerPhases) != health.NumPhases {
		t.Error("there are others")
	}
}
