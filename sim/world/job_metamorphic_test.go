package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
	"hypersim/sim/workload"
)

// yard is one site that runs jobs, without workloads. A worker crashes while it runs some, and comes back.
const yard = `
schema = 1
[scenario]
name = "yard"
title = "jobs in one datacenter"
duration = "150s"
settle = "0s"
[topology]
use = "lan1"
[network]
loss = { p = 0.01 }
[cluster]
managers = 1
workers = 4
clients = 2
cores_per_worker = %d
start = { mode = "formed" }
[[fault]]
id = "crash"
kind = "crash"
force = true
at = "30s"
for = "60s"
target = { id = "a/worker/1" }
`

const (
	chains = `
[[workload]]
id = "chains"
kind = "jobs"
to = "50s"
arrival = { process = "poisson", rate = "0.5/s" }
job = { workflows = 3, shape = "chain", cores = %d, vus = 8, duration = { dist = "exponential", mean = "3s" }, fail = { share = 0.05 } }
`
	fans = `
[[workload]]
id = "fans"
kind = "jobs"
from = "5s"
to = "50s"
arrival = { process = "onoff", rate = "1/s", on = "5s", off = "10s" }
mix = [
  { share = 1, job = { workflows = 4, shape = "fan", cores = 1, duration = { dist = "lognormal", median = "2s", sigma = 1 } } },
  { share = 2, job = { cores = 3, priority = "high", duration = "4s" } },
]
`
)

// workbook is what became of jobs, by workload and number: what a person would write down, without the ids of a run.
type workbook struct {
	names []string
	drawn map[string]string   // when and where a job was handed in
	work  map[string][]string // by workflow: when and where shards began and ended
	takes map[string]core.Duration
	began map[[2]uint64]core.Instant // by job and token
}

func (d *workbook) Record(*trace.Record) {}

func (d *workbook) RecordJob(r *trace.JobRecord) {
	if r.Kind == trace.JobSubmitted {
		name := fmt.Sprintf("%s/%d", d.names[r.Workload], r.Nth)
		d.drawn[name] = fmt.Sprintf("%v at %d", r.At, r.Node)
		return
	}
	if r.Kind != trace.JobWork && r.Kind != trace.JobEnded && r.Kind != trace.JobLost {
		return
	}
	index, nth, flow := workload.Named(r.Work.Payload.ID)
	name := fmt.Sprintf("%s/%d/%d", d.names[index], nth, flow)
	d.work[name] = append(d.work[name], fmt.Sprintf("%v %v %v of attempt %d at %d", r.At, r.Kind, r.Work.Kind, r.Work.Attempt, r.Node))
	key := [2]uint64{r.Work.Job, r.Work.Token}
	switch r.Kind {
	case trace.JobWork:
		d.began[key] = r.At
	case trace.JobEnded:
		d.takes[name] = r.At.Sub(d.began[key])
	}
}

// partOf returns the part of a workload.
func partOf[V any](m map[string]V, name string) map[string]V {
	out := maps.Clone(m)
	maps.DeleteFunc(out, func(key string, _ V) bool { return !strings.HasPrefix(key, name+"/") })
	return out
}

func kept(t *testing.T, text string, sets ...string) (*workbook, uint64) {
	t.Helper()
	sc := parse(t, text, 3, sets...)
	d := &workbook{
		drawn: map[string]string{}, work: map[string][]string{}, takes: map[string]core.Duration{}, began: map[[2]uint64]core.Instant{},
	}
	for i := range sc.Workloads {
		d.names = append(d.names, sc.Workloads[i].ID)
	}
	w := build(t, sc, d)
	w.Run(w.End())
	if err := w.Err(); err != nil {
		t.Fatal(err)
	}
	if len(d.drawn) < 10 || len(d.takes) < 30 {
		t.Fatalf("%d jobs, %d workflows that ended: too few to tell", len(d.drawn), len(d.takes))
	}
	return d, w.Digest()
}

func sameWork(t *testing.T, have, want *workbook) {
	t.Helper()
	if !maps.Equal(have.drawn, want.drawn) {
		t.Errorf("jobs were handed in as %v, want %v", have.drawn, want.drawn)
	}
	for _, name := range slices.Sorted(maps.Keys(want.work)) {
		if !slices.Equal(have.work[name], want.work[name]) {
			t.Errorf("%s: %v, want %v", name, have.work[name], want.work[name])
			return
		}
	}
	if len(have.work) != len(want.work) {
		t.Errorf("%d workflows ran, want %d", len(have.work), len(want.work))
	}
}

// Messages of jobs say everything: a run that encodes and decodes each is the same to the last bit.
func TestJobsOnTheWire(t *testing.T) {
	text := fmt.Sprintf(yard+chains, 8, 2) + fans
	_, plain := kept(t, text)
	if _, wire := kept(t, text, "network.codec=wire"); wire != plain {
		t.Errorf("digest %x with codec wire, %x without", wire, plain)
	}
}

// A body of a broadcast is on its way to all, or nobody has it: also where the first stream is refused while it is sent.
func TestJobsOnTheWireAreRefused(t *testing.T) {
	text := `
[[workload]]
id = "jobs"
kind = "jobs"
from = "5s"
to = "60s"
arrival = { process = "constant", rate = "1/s" }
job = { workflows = 3, shape = "chain", cores = 1, duration = "2s", timeout = "60s" }
[[fault]]
id = "refused"
kind = "partition"
at = "10s"
for = "20s"
mode = "refuse"
a = { id = "a/manager/0" }
b = { id = "a/manager/1" }
[[fault]]
id = "again"
kind = "partition"
at = "40s"
for = "10s"
mode = "refuse"
a = { id = "a/manager/1" }
b = { id = "a/manager/2" }
`
	digest := func(codec string) uint64 {
		sc := aSite(t, text, "cluster.managers=3", "scenario.duration=90s", "network.codec="+codec)
		w := build(t, sc)
		w.Run(w.End())
		if err := w.Err(); err != nil {
			t.Fatal(err)
		}
		return w.Digest()
	}
	if plain, wire := digest("struct"), digest("wire"); plain != wire {
		t.Errorf("digest %x with codec wire, %x without", wire, plain)
	}
}

// A workload more changes nothing that another one draws: who hands in what when, and how long it takes. When and where it
// runs does change.
func TestAnotherWorkloadDrawsForItself(t *testing.T) {
	alone, _ := kept(t, fmt.Sprintf(yard+chains, 8, 2))
	beside, _ := kept(t, fmt.Sprintf(yard+chains, 8, 2)+fans)
	if !maps.Equal(partOf(beside.drawn, "chains"), alone.drawn) {
		t.Errorf("beside another workload jobs are handed in as %v, alone as %v", partOf(beside.drawn, "chains"), alone.drawn)
	}
	both := 0
	for name, took := range alone.takes {
		if other, ok := beside.takes[name]; ok {
			if both++; other != took {
				t.Errorf("%s takes %v alone and %v beside another workload", name, took, other)
			}
		}
	}
	if both < 30 {
		t.Errorf("only %d workflows ended in both runs", both)
	}
	if len(partOf(beside.work, "fans")) == 0 {
		t.Error("the other workload ran nothing")
	}
}

// The order of workloads in the file is no difference to anybody.
func TestOrderOfWorkloadsChangesNothing(t *testing.T) {
	head, one := fmt.Sprintf(yard, 8), fmt.Sprintf(chains, 2)
	first, _ := kept(t, head+one+fans)
	last, _ := kept(t, head+fans+one)
	sameWork(t, last, first)
}

// Cores have no size: twice as many on each worker, and twice as many for each workflow, run the same.
func TestTwiceTheCoresForTwiceTheDemand(t *testing.T) {
	once, _ := kept(t, fmt.Sprintf(yard+chains, 3, 2))
	twice, _ := kept(t, fmt.Sprintf(yard+chains, 6, 4))
	sameWork(t, twice, once)
	more, _ := kept(t, fmt.Sprintf(yard+chains, 6, 2))
	if maps.EqualFunc(more.work, once.work, slices.Equal) {
		t.Error("twice the cores for the same demand change nothing: nobody waited, and the test says nothing")
	}
}
