package world

import (
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// submissions keeps whom clients hand jobs to, what they would prefer, and how often they were sent on.
type submissions struct {
	to     map[string]int
	prefer int
	moved  int
	sc     *scenarios.Scenario
}

func (s *submissions) Record(r *trace.Record) {
	if r.Kind != trace.KindSent {
		return
	}
	b, ok := r.Msg.Body.(*job.Submission)
	if !ok || s.sc.Nodes[r.Msg.From].Role != core.RoleClient {
		return
	}
	s.to[s.sc.Nodes[r.Msg.To].Name]++
	if len(b.Preferred) > 0 {
		s.prefer++
	}
	if b.Redirects > 0 {
		s.moved++
	}
}

const threeGates = `
schema = 1
[scenario]
name = "three-gates"
title = "gates"
duration = "60s"
settle = "0s"
[topology]
sites = [{ name = "a" }, { name = "b" }]
generate = { kind = "uniform", sites = 2, rtt = "10ms" }
[cluster]
gates = 2
managers = 1
workers = 2
clients = 1
[[workload]]
id = "w"
kind = "jobs"
from = "10s"
to = "50s"
arrival = { process = "constant", rate = "1/s" }
`

// Whom jobs are handed to: their owner by the ring, gates that must own them, or whoever the workload names; a redirect
// follows where that one does not own it.
func TestWhomJobsAreHandedTo(t *testing.T) {
	const plain = `job = { duration = "1s" }`
	for _, x := range []struct {
		what, text string
		owners     int // gates that get some
		moved      bool
		prefer     [2]int // least, most
	}{
		{"by the ring", plain, 4, false, [2]int{0, 0}},
		{"owned by one", `owner = { id = "b/gate/1" }` + "\n" + plain, 1, false, [2]int{0, 0}},
		{"owned by a site's", `owner = { role = "gate", site = "a" }` + "\n" + plain, 2, false, [2]int{0, 0}},
		{"handed to one", `job = { duration = "1s", leader = { id = "a/gate/1" } }`, 4, true, [2]int{0, 0}},
		{"half of them prefer b", `preference = { sites = ["b"], share = 0.5 }` + "\n" + plain, 4, false, [2]int{10, 30}},
		{"all prefer b", `preference = { sites = ["b"] }` + "\n" + plain, 4, false, [2]int{40, 40}},
	} {
		sc, err := scenarios.Parse(threeGates+x.text+"\n", "", nil, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := &submissions{to: map[string]int{}, sc: sc}
		w, err := Build(sc, Options{Sinks: []trace.Sink{s}})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		if len(s.to) != x.owners || s.moved > 0 != x.moved || s.prefer < x.prefer[0] || s.prefer > x.prefer[1] {
			t.Errorf("%s: to %v, %d sent on, %d prefer", x.what, s.to, s.moved, s.prefer)
		}
	}
	for _, x := range []struct{ text, set, want string }{
		{`owner = { role = "worker" }` + "\n" + plain, "", "workload[0].owner: matches no gate"},
		{`job = { duration = "1s", leader = { role = "worker" } }`, "", "workload[0].job.leader: matches no gate"},
		{`job = { duration = "1s", leader = { role = "worker" } }`, "cluster.gates=0", "workload[0].job.leader: matches no manager"},
		{`preference = { sites = ["c"] }` + "\n" + plain, "", `no site "c"`},
		{`preference = { sites = ["b"] }` + "\n" + plain, "cluster.gates=0", "workload[0].preference: gates take jobs of clients then, and there are none"},
		{plain + "\n" + asking, "cluster.gates=0", "workload[1].gates: gates take jobs of clients then, and there are none"},
		{plain + "\n" + strings.Replace(asking, `role = "gate"`, `role = "worker"`, 1), "", "workload[1].gates: matches no gate"},
		{`owner = { role = "gate", count = 1 }` + "\n" + plain, "", "count and pct cannot be used here"},
	} {
		var sets []string
		if x.set != "" {
			sets = append(sets, x.set)
		}
		if _, err := scenarios.Parse(threeGates+x.text+"\n", "x.toml", sets, scenarios.Options{}); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: have %v\nwant %s", x.text, err, x.want)
		}
	}
}

// A job that is handed in again, to whoever leads it or to another gate, while it runs or after its end, is a duplicate; another one
// under its id is refused. It runs once in either case (G2, I-J6).
func TestJobsHandedInAgain(t *testing.T) {
	for _, x := range []struct {
		repeat string
		want   call.Code
		each   int
	}{
		{`{ delay = "1s" }`, call.CodeDuplicate, 1},
		{`{ delay = "1s", via = "other-gate" }`, call.CodeDuplicate, 1},
		{`{ delay = "1s", altered = true }`, call.CodeInvalid, 1},
		{`{ delay = "1s", via = "other-gate", altered = true }`, call.CodeInvalid, 1},
		{`{ delay = "0s", again_after = "5s" }`, call.CodeDuplicate, 2},
	} {
		sc, err := scenarios.Parse(threeGates+`job = { duration = "3s", repeat = `+x.repeat+" }\n", "", nil, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		tape := new(jobTape)
		w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		said, placed := map[call.Code]int{}, 0
		for i := range tape.list {
			switch f := &tape.list[i].Fact; f.Kind {
			case core.JobFactAgain:
				said[call.Code(f.Code)]++
			case core.JobFactPlaced:
				placed++
			default:
			}
		}
		if o := tape.outcomes(); o[job.StateCompleted] != 40 || placed != 40 || len(said) != 1 || said[x.want] != 40*x.each {
			t.Errorf("%s: %v, %d placed, answered %v", x.repeat, o, placed, said)
		}
	}
	sc, err := scenarios.Parse(threeGates+`job = { duration = "3s", repeat = { delay = "1s", share = 0.5 } }`+"\n", "", nil, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tape := new(jobTape)
	w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	n := 0
	for i := range tape.list {
		if tape.list[i].Fact.Kind == core.JobFactAgain {
			n++
		}
	}
	if n < 10 || n > 30 { // 40 draws of a half: 3 standard deviations
		t.Errorf("%d of 40 were handed in again, half of them should be", n)
	}
	if _, err := scenarios.Parse(threeGates+`job = { duration = "3s", repeat = { delay = "1s", via = "other-gate" } }`+"\n", "", []string{"cluster.gates=0"}, scenarios.Options{}); err == nil || !strings.Contains(err.Error(), "workload[0].job.repeat.via: gates take jobs") {
		t.Errorf("%v", err)
	}
}
