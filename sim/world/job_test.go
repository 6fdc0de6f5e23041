package world

import (
	"math"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// aSite is a datacenter of one manager, four workers of four cores and two clients, with workloads and faults appended.
func aSite(t testing.TB, rest string, sets ...string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Parse(`
schema = 1
[scenario]
name = "a-site"
title = "jobs in a datacenter"
duration = "300s"
settle = "0s"
[topology]
sites = [{ name = "a" }]
generate = { kind = "uniform", sites = 1, rtt = "1ms" }
[network]
jitter = "0s"
[cluster]
managers = 1
workers = 4
clients = 2
cores_per_worker = 4
`+rest, "", sets, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// jobTape keeps what is said of jobs.
type jobTape struct{ list []trace.JobRecord }

func (j *jobTape) Record(*trace.Record)         {}
func (j *jobTape) RecordJob(r *trace.JobRecord) { j.list = append(j.list, *r) }

// all returns the records of a kind.
func (j *jobTape) all(k trace.JobKind) (out []trace.JobRecord) {
	for _, r := range j.list {
		if r.Kind == k {
			out = append(out, r)
		}
	}
	return out
}

// outcomes counts how jobs ended at their clients.
func (j *jobTape) outcomes() map[job.State]int {
	out := map[job.State]int{}
	for _, r := range j.list {
		if r.Kind == trace.JobFact && r.Fact.Kind == core.JobFactOutcome {
			out[job.State(r.Fact.To)]++
		}
	}
	return out
}

func runSite(t testing.TB, sc *scenarios.Scenario) (*World, *jobTape) {
	t.Helper()
	tape := new(jobTape)
	w, err := Build(sc, Options{Sinks: []trace.Sink{tape}})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	w.Finish()
	return w, tape
}

const aRoughDay = `
[protocol.dispatch]
limit_slack = "20s"
[[workload]]
id = "many"
kind = "jobs"
to = "120s"
arrival = { process = "poisson", rate = "1/s" }
mix = [
  { share = 3, job = { workflows = 3, shape = "fan", duration = { dist = "exponential", mean = "2s" }, payload = "2KiB", fail = { share = 0.05 } } },
  { share = 1, job = { workflows = 2, shape = "chain", cores = 6, timeout = "30s", duration = "3s", stuck = { share = 0.2, after = "1s" }, slow = { share = 0.3, factor = 2 } } },
]
[[workload]]
id = "waves"
kind = "jobs"
to = "100s"
arrival = { process = "burst", count = 5, every = "30s" }
job = { cores = 0, vus = 20, priority = "high", duration = { dist = "lognormal", median = "2s", sigma = 1.0 } }
[[workload]]
id = "regret"
kind = "cancel"
jobs = "many"
share = 0.2
delay = { dist = "exponential", mean = "2s" }
[[fault]]
id = "crash"
kind = "crash"
at = "20s"
for = "100s"
target = { id = "a/worker/1" }
[[fault]]
id = "pause"
kind = "pause"
at = "50s"
for = "5s"
target = { id = "a/worker/2" }
[[fault]]
id = "away"
kind = "pause"
at = "60s"
for = "3s"
target = { id = "a/client/0" }
[[fault]]
id = "strain"
kind = "slow"
applies = "execution"
factor = 3
at = "70s"
for = "20s"
target = { role = "worker", count = 2 }
[[fault]]
id = "leaves"
kind = "leave"
at = "90s"
target = { id = "a/worker/3" }
`

// Jobs take the same way whether messages travel as structs or as bytes, and every run of a seed takes it; when all is
// over no shard runs, and nothing is kept of any.
func TestJobsOfARoughDay(t *testing.T) {
	var digests []uint64
	for _, codec := range []string{"struct", "wire", "struct"} {
		w, tape := runSite(t, aSite(t, aRoughDay, "network.codec="+codec))
		digests = append(digests, w.Digest())
		ends := tape.outcomes()
		sum := 0
		for _, n := range ends {
			sum += n
		}
		if handed := len(tape.all(trace.JobSubmitted)); sum != handed || handed < 100 {
			t.Errorf("%d jobs were handed in, %d ended: %v", handed, sum, ends)
		}
		if ends[job.StateCompleted] < 80 || ends[job.StateFailed] == 0 || ends[job.StateCancelled] == 0 || len(tape.all(trace.JobLost)) == 0 {
			t.Errorf("the day was not rough: %v, %d shards lost", ends, len(tape.all(trace.JobLost)))
		}
		if w.shifts.n != 0 || len(w.held) != 0 {
			t.Errorf("%d shards run and %d hands wait when all is over", w.shifts.n, len(w.held))
		}
		free := 0
		for k := w.shifts.free; k != 0; k = w.shifts.list[k-1].next {
			free++
		}
		if free != len(w.shifts.list) || free > 100 {
			t.Errorf("%d of %d places of shards are free", free, len(w.shifts.list))
		}
	}
	if digests[0] != digests[1] || digests[0] != digests[2] {
		t.Errorf("digests %x", digests)
	}
}

// How long a shard takes: its length at the pace of its host, times its own factor, and what a pause adds.
func TestShardTimes(t *testing.T) {
	for _, c := range []struct {
		name, jobs, fault string
		want              float64
		how               job.Ended
	}{
		{"by itself", ``, ``, 10, job.EndedCompleted},
		{"slow", `, slow = { factor = 1.5 }`, ``, 15, job.EndedCompleted},
		{"fails", `, fail = { after = "4s" }`, ``, 4, job.EndedFailed},
		{"fails at its end", `, fail = { share = 1 }`, ``, 10, job.EndedFailed},
		{"slow host", ``, aFault("x", "slow", "at = \"6s\"\nfor = \"4s\"\nfactor = 2\napplies = \"execution\"\ntarget = { role = \"worker\" }"), 12, job.EndedCompleted},
		{"two that slow it", ``, aFault("x", "slow", "at = \"6s\"\nfor = \"6s\"\nfactor = 2\napplies = \"execution\"\ntarget = { role = \"worker\" }") +
			aFault("y", "slow", "at = \"8s\"\nfor = \"4s\"\nfactor = 2\napplies = \"execution\"\ntarget = { role = \"worker\" }"), 14, job.EndedCompleted},
		{"slow service", ``, aFault("x", "slow", "at = \"6s\"\nfor = \"4s\"\nfactor = 2\ntarget = { role = \"worker\" }"), 10, job.EndedCompleted},
		{"paused host", ``, aFault("x", "pause", "at = \"6s\"\nfor = \"3s\"\ntarget = { role = \"worker\" }"), 13, job.EndedCompleted},
		{"its workload stands still there", ``, aFault("x", "stuck-workflow", "job = \"one\"\nat = \"6s\"\nfor = \"4s\"\ntarget = { role = \"worker\" }") +
			aFault("y", "stuck-workflow", "job = \"one\"\nat = \"8s\"\nfor = \"5s\"\ntarget = { role = \"worker\" }"), 17, job.EndedCompleted},
		{"another one does", ``, "[[workload]]\nid = \"other\"\nkind = \"jobs\"\nfrom = \"59s\"\narrival = { process = \"once\", count = 1 }\njob = { duration = \"10s\" }\n" +
			aFault("x", "stuck-workflow", "job = \"other\"\nat = \"6s\"\nfor = \"4s\"\ntarget = { role = \"worker\" }"), 10, job.EndedCompleted},
		{"told to stop", `, stop = "2s"`, "[[workload]]\nid = \"c\"\nkind = \"cancel\"\njobs = \"one\"\ndelay = \"5s\"\n", 7, job.EndedCancelled},
	} {
		_, tape := runSite(t, aSite(t, `
[[workload]]
id = "one"
kind = "jobs"
from = "2s"
arrival = { process = "once", count = 1 }
job = { cores = 2, duration = "10s"`+c.jobs+` }
`+c.fault, "scenario.duration=60s"))
		began, ended := tape.all(trace.JobWork), tape.all(trace.JobEnded)
		if len(ended) != 1 || job.Ended(ended[0].Ended) != c.how {
			t.Errorf("%s: ends %+v", c.name, ended)
			continue
		}
		if took := ended[0].At.Sub(began[0].At).Seconds(); math.Abs(took-c.want) > 0.01 { // messages take 1 ms
			t.Errorf("%s: took %g s, want %g", c.name, took, c.want)
		}
	}
}

// A running shard gets on by as many items as it has cores every 100 ms; one that is stuck stands still, does not hear that
// it shall stop, and is killed.
func TestShardProgress(t *testing.T) {
	one := func(rest string) *World {
		w, err := Build(aSite(t, `
[[workload]]
id = "one"
kind = "jobs"
arrival = { process = "once", count = 1 }
job = { cores = 2, duration = "10s"`+rest, "scenario.duration=60s"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	done := func(w *World) (sum uint64) {
		for i := range w.shifts.list {
			if s := &w.shifts.list[i]; s.runs {
				n, _, _ := w.meters[s.node].Done(0, job.Shard{Job: job.ID(s.work.Job), Workflow: job.WorkflowID(s.work.Workflow)}, job.Token(s.work.Token))
				sum += n
			}
		}
		return sum
	}
	w := one(" }")
	for at, want := range []uint64{0, 18, 38, 58} { // it began a little after 0
		if w.Run(seconds(float64(at))); done(w) != want {
			t.Errorf("%d items at %d s, want %d", done(w), at, want)
		}
	}
	w = one(", stuck = { after = \"2s\" } }\n[[workload]]\nid = \"c\"\nkind = \"cancel\"\njobs = \"one\"\ndelay = \"10s\"\n")
	for _, x := range []struct {
		at   float64
		want uint64
		runs int
	}{{1, 18, 1}, {3, 40, 1}, {9, 40, 1}, {14, 40, 1}, {16, 0, 0}} {
		if w.Run(seconds(x.at)); done(w) != x.want || w.shifts.n != x.runs {
			t.Errorf("stuck: %d items of %d shards at %g s", done(w), w.shifts.n, x.at)
		}
	}
}

// What another workload draws leaves a workload's jobs alone: when they come, from whom, and what they are.
func TestWorkloadsDrawAlone(t *testing.T) {
	const mine = `
[[workload]]
id = "mine"
kind = "jobs"
to = "60s"
arrival = { process = "onoff", rate = "2/s", on = "5s", off = "5s" }
mix = [{ share = 1, job = { duration = { dist = "exponential", mean = "1s" } } }, { share = 1, job = { workflows = 2, duration = { dist = "pareto", scale = "1s", shape = 2.5 } } }]
`
	other := strings.ReplaceAll(mine, "mine", "another")
	of := func(rest string) (out []string) {
		w, tape := runSite(t, aSite(t, rest, "scenario.duration=100s"))
		for _, r := range tape.all(trace.JobSubmitted) {
			l := &w.sc.Workloads[r.Workload]
			if l.ID != "mine" {
				continue
			}
			line := l.ID + " " + r.At.Sub(0).String() + " " + w.sc.Nodes[r.Node].Name
			spec := w.Job(int(r.Workload), r.Nth)
			for i := range spec.Workflows {
				line += " " + w.specs[r.Workload].Script(w.sc.Seed, spec.Workflows[i].Payload.ID, 0).Length.String()
			}
			out = append(out, line)
		}
		return out
	}
	alone, beside := of(mine), of(other+mine)
	if len(alone) < 30 || strings.Join(alone, "\n") != strings.Join(beside, "\n") {
		t.Errorf("alone %d jobs, beside another %d:\n%s\n\n%s", len(alone), len(beside), alone[0], beside[0])
	}
}

// Workers that register after a cold start run jobs as those of a formed one do.
func TestJobsAfterAColdStart(t *testing.T) {
	_, tape := runSite(t, aSite(t, `
[[workload]]
id = "w"
kind = "jobs"
from = "20s"
to = "60s"
arrival = { process = "constant", rate = "1/s" }
job = { duration = "2s" }
`, "cluster.start.mode=cold", "cluster.start.over=5s", "scenario.duration=100s"))
	if ends := tape.outcomes(); ends[job.StateCompleted] != 40 || len(ends) != 1 {
		t.Errorf("%v", ends)
	}
}

// A client that is paused hands in what waited when it goes on; one that is down hands in nothing.
func TestClientsAway(t *testing.T) {
	const w = `
[[workload]]
id = "w"
kind = "jobs"
to = "30s"
clients = { id = "a/client/0" }
arrival = { process = "constant", rate = "1/s" }
job = { duration = "1s" }
`
	for _, c := range []struct {
		kind string
		want int
	}{{"pause", 30}, {"crash", 20}} {
		_, tape := runSite(t, aSite(t, w+aFault("x", c.kind, "at = \"9500ms\"\nfor = \"10s\"\ntarget = { id = \"a/client/0\" }"), "scenario.duration=60s"))
		handed := tape.all(trace.JobSubmitted)
		if len(handed) != c.want {
			t.Errorf("%s: %d jobs", c.kind, len(handed))
		}
		for _, r := range handed {
			if r.At > seconds(9.5) && r.At < seconds(19.5) {
				t.Errorf("%s: a job at %v", c.kind, r.At)
			}
		}
	}
}
