package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/sim/trace"
)

// threeManagers are the managers 1, 2, 3 of a site, whose gate is 0.
const threeManagers = `
schema = 1
[scenario]
name = "leaders"
title = "who leads"
duration = "300s"
settle = "0s"
[topology]
sites = [{ name = "a" }]
generate = { kind = "uniform", sites = 1, rtt = "1ms" }
[cluster]
gates = 1
managers = 3
workers = 1
`

// leaderTape keeps who began to lead, the edges of faults, and what happened to processes, as "seconds what".
type leaderTape struct {
	gains, faults []string
	leader        core.NodeID
	struck        []core.NodeID // who led when a fault began, and whom it hit
	hit           [][]core.NodeID
}

func (l *leaderTape) Record(r *trace.Record) {
	switch r.Kind {
	case trace.KindFaultStart:
		l.faults = append(l.faults, fmt.Sprintf("%.9f begin %d", r.At.Seconds(), r.Fault))
		l.struck = append(l.struck, l.leader)
	case trace.KindFaultEnd:
		l.faults = append(l.faults, fmt.Sprintf("%.9f end %d", r.At.Seconds(), r.Fault))
	case trace.KindCrash:
		if r.Node == l.leader {
			l.leader = core.NoNode
		}
	default:
	}
}

func (l *leaderTape) RecordJob(r *trace.JobRecord) {
	if f := &r.Fact; r.Kind == trace.JobFact && f.Kind == core.JobFactVoter && r.Node != 0 {
		switch {
		case election.Role(f.To) == election.Leader:
			l.leader = r.Node
			l.gains = append(l.gains, fmt.Sprintf("%.9f %d", r.At.Seconds(), r.Node))
		case r.Node == l.leader:
			l.leader = core.NoNode
		}
	}
}

func (l *leaderTape) Hit(_ int, sides [][]core.NodeID) { l.hit = append(l.hit, slices.Clone(sides[0])) }

func runLeaders(t *testing.T, faults string, sets ...string) (*World, *leaderTape) {
	t.Helper()
	l := &leaderTape{leader: core.NoNode}
	w, err := Build(parse(t, threeManagers+faults, 1, sets...), Options{Sinks: []trace.Sink{l}, Witness: l})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	w.Finish()
	return w, l
}

// Each time it hits who leads then.
func TestKillLeader(t *testing.T) {
	_, l := runLeaders(t, aFault("kill", "kill-leader", "of = \"site:a\"\nat = \"30s\"\nfor = \"20s\"\nrepeat = { every = \"60s\", count = 4 }"))
	if len(l.hit) != 4 || len(l.gains) != 5 || l.hit[0][0] != 1 {
		t.Fatalf("hit %v, gains %q", l.hit, l.gains)
	}
	for i := range l.hit {
		if len(l.hit[i]) != 1 || l.hit[i][0] != l.struck[i] || i > 0 && l.hit[i][0] == l.hit[i-1][0] {
			t.Errorf("hit %v, the leaders were %v", l.hit, l.struck)
		}
	}
	if want := []string{"30.000000000 begin 0", "50.000000000 end 0", "90.000000000 begin 0", "110.000000000 end 0", "150.000000000 begin 0", "170.000000000 end 0", "210.000000000 begin 0", "230.000000000 end 0"}; !slices.Equal(l.faults, want) {
		t.Errorf("faults %q, want %q", l.faults, want)
	}
}

// Each occurrence that begins lasts as long as it is to, however late it begins; the last of three waits until there is a leader
// again, and outlasts the run.
func TestAFaultThatWaitsMayOutlastTheRun(t *testing.T) {
	_, l := runLeaders(t, aFault("kill", "kill-leader", "of = \"site:a\"\nat = \"40s\"\nfor = \"9s\"\nrepeat = { every = \"1s\", count = 3 }"), "scenario.duration=70s")
	begins, ends := 0, 0
	var outlasts bool
	for _, f := range l.faults {
		var at float64
		var what string
		if _, err := fmt.Sscanf(f, "%f %s", &at, &what); err != nil {
			t.Fatal(err)
		}
		end := fmt.Sprintf("%.9f end 0", at+9)
		switch {
		case what == "end":
			ends++
		case at+9 < 70 && !slices.Contains(l.faults, end):
			t.Errorf("%q does not end: %q", f, l.faults)
		default:
			begins++
			outlasts = outlasts || at > 42 && at+9 > 64
		}
	}
	if begins != 3 || ends != 2 || !outlasts {
		t.Errorf("%d begin and %d end, and the last is to begin late and to outlast the run: %q", begins, ends, l.faults)
	}
}

// While nobody leads, a fault of the leader waits, and lasts as long as it was to from then on. Two that wait do not hit
// the same process.
func TestAFaultWaitsForALeader(t *testing.T) {
	two := aFault("two", "crash", "target = { ids = [\"a/manager/0\", \"a/manager/1\"] }\nat = \"20s\"\nfor = \"60s\"")
	for _, c := range []struct {
		name, fault string
		again       bool // by the second, too
	}{
		{"kill-leader", aFault("kill", "kill-leader", "of = \"site:a\"\nat = \"30s\"\nfor = \"5s\"\nrepeat = { every = \"1s\", count = 2 }"), false},
		{"pause", aFault("gc", "pause", "target = { leader_of = \"site:a\" }\nat = \"30s\"\nfor = \"5s\"\nrepeat = { every = \"1s\", count = 2 }"), true},
		{"cut", aFault("cut", "partition", "a = { leader_of = \"site:a\" }\nb = { not = { leader_of = \"site:a\" } }\nat = \"30s\"\nfor = \"5s\""), false},
	} {
		w, l := runLeaders(t, two+c.fault)
		begins := []core.Instant{}
		for _, f := range l.faults {
			var at float64
			if n, _ := fmt.Sscanf(f, "%f begin 1", &at); n == 1 && f[len(f)-1] == '1' {
				begins = append(begins, seconds(at))
			}
		}
		if len(begins) == 0 || begins[0] < seconds(80) || begins[0] > seconds(130) {
			t.Fatalf("%s: %q", c.name, l.faults)
		}
		if c.again && begins[1] != begins[0] || !c.again && len(begins) > 1 && begins[1] < begins[0]+seconds(3) {
			t.Errorf("%s: begins at %v", c.name, begins)
		}
		if end := fmt.Sprintf("%.9f end 1", (begins[0] + seconds(5)).Seconds()); !slices.Contains(l.faults, end) {
			t.Errorf("%s: %q, want %q", c.name, l.faults, end)
		}
		if gained := fmt.Sprintf("%.9f %d", begins[0].Seconds(), l.hit[1][0]); !slices.Contains(l.gains, gained) || len(l.hit[1]) != 1 {
			t.Errorf("%s: hit %v at %v, gains %q", c.name, l.hit, begins[0], l.gains)
		}
		if left := w.leftovers(); len(left) > 0 {
			t.Errorf("%s: there are still %q", c.name, left)
		}
	}
}

// A fault that finds nobody to the end of the run never begins; one that may hit nobody begins at its time.
func TestAFaultThatNeverBegins(t *testing.T) {
	gone := aFault("gone", "crash", "target = { role = \"manager\" }\nat = \"20s\"")
	_, l := runLeaders(t, gone+aFault("kill", "kill-leader", "of = \"site:a\"\nat = \"30s\"\nfor = \"5s\""))
	if len(l.faults) != 1 {
		t.Errorf("%q", l.faults)
	}
	_, l = runLeaders(t, gone+aFault("gc", "pause", "target = { leader_of = \"site:a\", allow_empty = true }\nat = \"30s\"\nfor = \"5s\""))
	if !slices.Equal(l.faults, []string{"20.000000000 begin 0", "30.000000000 begin 1", "35.000000000 end 1"}) || len(l.hit[1]) != 0 {
		t.Errorf("%q, hit %v", l.faults, l.hit)
	}
}

// State names workers by what they do at that moment: of three jobs of one shard that fills a worker three of four work,
// and when all are done the next fault waits until one works again.
func TestSelectorOfState(t *testing.T) {
	sc := aSite(t, `
[[workload]]
id = "three"
kind = "jobs"
from = "10s"
arrival = { process = "once", count = 3 }
clients = { any = true }
job = { workflows = 1, cores = 4, duration = "40s" }
[[workload]]
id = "late"
kind = "jobs"
from = "150s"
arrival = { process = "once", count = 1 }
clients = { any = true }
job = { workflows = 1, cores = 4, duration = "40s" }
`+aFault("idle", "pause", "target = { state = \"idle\" }\nat = \"20s\"\nfor = \"1s\"")+
		aFault("busy", "pause", "target = { state = \"running-workflow\" }\nat = \"20s\"\nfor = \"1s\"")+
		aFault("next", "pause", "target = { state = \"running-workflow\" }\nat = \"100s\"\nfor = \"1s\"")+
		aFault("two", "pause", "target = { role = \"worker\", not = { state = \"running-workflow\" }, count = 2 }\nat = \"160s\"\nfor = \"1s\""))
	l := &leaderTape{}
	w, err := Build(sc, Options{Sinks: []trace.Sink{l}, Witness: l})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	both := append(slices.Clone(l.hit[0]), l.hit[1]...)
	slices.Sort(both)
	// faults of one instant go by name: busy, then idle
	if len(l.hit) != 4 || len(l.hit[0]) != 3 || len(l.hit[1]) != 1 || len(slices.Compact(both)) != 4 || len(l.hit[2]) != 1 || len(l.hit[3]) != 2 {
		t.Fatalf("hit %v: %q", l.hit, l.faults)
	}
	if slices.Contains(l.hit[3], l.hit[2][0]) {
		t.Errorf("hit %v: the one that works is not idle", l.hit)
	}
	var at float64
	if _, err := fmt.Sscanf(l.faults[4], "%f begin 2", &at); err != nil || at < 150 || at > 151 {
		t.Errorf("%q", l.faults)
	}
}

// The leader of a workload's jobs is who leads most of them then, of several managers as of several gates; owners are all
// that lead one. A fault of either waits until there is a job, and for ever once all are over.
func TestSelectorOfJobs(t *testing.T) {
	load := func(id, from, asked string, count int) string {
		return fmt.Sprintf("[[workload]]\nid = %q\nkind = \"jobs\"\nfrom = %q\narrival = { process = \"once\", count = %d }\n"+
			"job = { workflows = 1, cores = 1, duration = \"40s\", leader = { id = [%s] } }\n", id, from, count, asked)
	}
	for _, c := range []struct {
		name, role string
		sets       []string
	}{
		{"managers", "manager", []string{"cluster.managers=3"}},
		{"gates", "gate", []string{"cluster.managers=1", "cluster.gates=3"}},
	} {
		node := func(i int) string { return fmt.Sprintf("\"a/%s/%d\"", c.role, i) }
		one, both := node(1), node(1)+", "+node(2)
		file := load("mine", "10s", one, 1) + load("ours", "10s", both, 5) + load("late", "100s", node(2), 2)
		if c.role == "gate" { // the ring says who owns a job, whoever is asked
			own := func(s, asked string) string { return strings.Replace(file, s, s+"\nowner = { id = ["+asked+"] }", 1) }
			file = own(`id = "mine"`, one)
			file = own(`id = "ours"`, one)
			file = own(`id = "late"`, node(2))
		}
		at := func(id, target, when string) string {
			return aFault(id, "pause", target+"\nat = \""+when+"\"\nfor = \"1s\"")
		}
		sc := aSite(t, file+
			at("f0", `target = { leader_of = "job:mine" }`, "5s")+ // waits for the job
			at("f1", `target = { leader_of = "job:ours" }`, "20s")+
			at("f2", `target = { state = "owner-of:ours" }`, "20s")+
			at("f3", `target = { state = "owner-of:late" }`, "60s")+
			at("f4", `target = { leader_of = "job:mine" }`, "90s"), // all are over
			c.sets...)
		l := &leaderTape{}
		w, err := Build(sc, Options{Sinks: []trace.Sink{l}, Witness: l})
		if err != nil {
			t.Fatal(err)
		}
		w.Run(w.End())
		names := func(hit []core.NodeID) (out []string) {
			for _, id := range hit {
				if sc.Nodes[id].Role.String() == c.role {
					out = append(out, "\""+sc.Nodes[id].Name+"\"")
				}
			}
			return out
		}
		owners := []string{node(1), node(2)}
		if c.role == "gate" {
			owners = []string{node(1)}
		}
		if len(l.hit) != 4 {
			t.Fatalf("%s: hit %v: %q", c.name, l.hit, l.faults)
		}
		for i, want := range [][]string{{node(1)}, {node(1)}, owners, {node(2)}} {
			if have := names(l.hit[i]); !slices.Equal(have, want) {
				t.Errorf("%s: fault %d hits %v, want %v: %q", c.name, i, have, want, l.faults)
			}
		}
		for i, least := range []float64{10, 20, 20, 100} {
			var when float64
			if _, err := fmt.Sscanf(l.faults[slices.IndexFunc(l.faults, func(s string) bool { return strings.HasSuffix(s, fmt.Sprintf("begin %d", i)) })], "%f", &when); err != nil || when < least || when > least+1 {
				t.Errorf("%s: fault %d: %q", c.name, i, l.faults)
			}
		}
	}
}
