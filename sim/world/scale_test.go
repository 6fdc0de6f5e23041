package world

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// stretchable has two sites with all roles, loss, services and clocks, and most kinds of fault. Distance does
// not enter its timeouts: a budget travels in whole milliseconds, and only waits of whole milliseconds stay so.
const stretchable = `
schema = 1
[scenario]
name = "stretchable"
title = "the same at another pace"
duration = "120s"
settle = "0s"
[topology]
unit = "ms"
kind = "rtt"
rows = [[0, 60], [60, 0]]
[[topology.sites]]
name = "a"
[[topology.sites]]
name = "b"
[network]
loss = { p = 0.02 }
duplicate = 0.01
jitter = { dist = "uniform", min = "0s", max = "3ms" }
reorder = { p = 0.02, extra = "20ms" }
[network.inter]
drift = { kind = "sine", period = "20s", amplitude = 0.1 }
[node]
service = { dist = "exponential", mean = "50us" }
clock = { offset = { dist = "uniform", min = "0s", max = "2s" } }
[cluster]
gates = 2
managers = 4
workers = 5
[protocol.timeout]
latency_mode = "off"
[protocol.rate]
refill = 300
[protocol.membership]
dead_retention = "40s"
[protocol.cleanup]
interval = "7s"
[protocol.confirm]
manager_passive = "9s"
gate_passive = "11s"
worker_passive = "12s"
[protocol.worker]
deadline = "9s"
grace = "8s"
check = "2s"
[protocol.federated]
silence = "6s"
suspicion = "6s"
unknown = "9s"
[protocol.sync]
gone_age = "6s"
[protocol.job]
progress_gap = "10s"
check_interval = "3s"
[[workload]]
id = "work"
kind = "progress"
target = { role = "worker" }
interval = "1s"
`

var stretchableFaults = aFault("stuck", "stuck-workflow", "at = \"4s\"\nfor = \"50s\"\njob = \"work\"\ntarget = { site = \"b\", role = \"worker\" }") +
	aFault("dies", "crash", "at = \"5.1s\"\nfor = \"30s\"\ntarget = { role = \"manager\", count = 2 }") +
	aFault("cut", "partition", "at = \"42.3s\"\nfor = \"20s\"\na = { site = \"a\" }\nb = { site = \"b\" }") +
	aFault("split", "partition", "at = \"8s\"\nfor = \"15s\"\na = { id = \"b/manager/0\" }\nb = { not = { id = \"b/manager/0\" } }") +
	aFault("slow", "slow", "at = \"40s\"\nfor = \"25s\"\nfactor = 400\ntarget = { role = \"manager\", count = 2 }") +
	aFault("pause", "pause", "at = \"11.7s\"\nfor = \"9s\"\ntarget = { any = true, count = 5 }") +
	aFault("again", "restart", "at = \"55s\"\nkeep_state = true\ntarget = { any = true, count = 3 }") +
	aFault("away", "leave", "at = \"65s\"\ntarget = { role = \"worker\", count = 2 }") +
	aFault("late", "delay", "at = \"70s\"\nfor = \"20s\"\nadd = \"300ms\"\nramp = \"5s\"\nlinks = { a = { site = \"a\" }, b = { site = \"b\" } }") +
	aFault("step", "clock", "at = \"80s\"\nstep = \"700ms\"\ntarget = { any = true, count = 2 }") +
	aFault("flap", "flap", "at = \"90s\"\nfor = \"15s\"\ndown = \"2s\"\nup = \"1s\"\na = { site = \"a\" }\nb = { site = \"b\" }") +
	aFault("worker", "crash", "at = \"20s\"\nfor = \"50s\"\ntarget = { id = \"a/worker/1\" }") +
	aFault("churn", "churn", "at = \"20s\"\nfor = \"80s\"\nrate = \"12/min\"\ndowntime = \"3s\"\ntarget = { role = [\"worker\", \"manager\"] }")

// stretch multiplies every time of a scenario by k, and divides every rate.
func stretch(sc *scenarios.Scenario, k int64) {
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if d, ok := v.Addr().Interface().(*scenarios.Dist); ok {
				if !d.Relative {
					for _, x := range []*float64{&d.Value, &d.Min, &d.Max, &d.Mean, &d.Std, &d.Median, &d.Scale} {
						*x *= float64(k)
					}
				}
				return
			}
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					walk(v.Field(i))
				}
			}
		default:
			if v.Type() == reflect.TypeFor[core.Duration]() {
				v.SetInt(v.Int() * k)
			}
		}
	}
	walk(reflect.ValueOf(sc).Elem())
	for i := range sc.Protocol.Configs {
		sc.Protocol.Configs[i].Swim.Rate.Refill /= int(k)
	}
	for i := range sc.Network.Links {
		sc.Network.Links[i].Bandwidth /= float64(k)
	}
	for i := range sc.Faults {
		f := &sc.Faults[i]
		f.Bandwidth /= float64(k)
		if f.Churn != nil {
			f.Churn.Rate /= float64(k)
		}
	}
}

// event is what one node did: what, and when, and the times that it spoke of.
type event struct {
	what   string
	times  []int64
	budget int64 // of a PING_REQ, in whole ms: what is left of one is cut off
}

// diary keeps what every node does, in its own order: events of two nodes that nothing joins may lie within
// the nanosecond to which drawn times are rounded.
type diary struct{ nodes [][]event }

func (d *diary) Record(r *trace.Record) {
	switch r.Kind {
	case trace.KindCheckpoint, trace.KindEnd, trace.KindFaultStart, trace.KindFaultEnd:
		return
	}
	e := event{times: []int64{int64(r.At)}}
	f := &r.Fact
	switch {
	case r.Kind == trace.KindFact:
		a, b := f.A, f.B
		switch f.Kind {
		case core.FactTimeout, core.FactSuspicionStarted:
			e.times, a, b = append(e.times, f.A, f.B), 0, 0
		case core.FactProbeEnded, core.FactSuspicionEnded, core.FactScopeEnded:
			e.times, b = append(e.times, f.B), 0
			if f.Kind == core.FactSuspicionEnded { // the lateness of its timer
				e.times, a = append(e.times, f.A), 0
			}
		}
		if f.At != 0 {
			e.times = append(e.times, int64(f.At))
		}
		e.what = fmt.Sprint(f.Kind, f.From, f.To, f.Cause, f.Callback, f.Role, f.Inc, f.Subject, f.Other, f.N, a, b)
	case r.Msg != nil:
		m := r.Msg
		e.what = fmt.Sprint(r.Kind, r.Reason, r.Size, m.Kind, m.Flags, m.From, m.To, m.Seq, m.Incarnation, m.Target, m.State, len(m.Updates), bodyHash(m.Body))
		if m.Kind == core.KindPingReq {
			e.budget = int64(m.BudgetMS)
		}
	default:
		e.what = fmt.Sprint(r.Kind, r.Role, r.Inst, r.Inc, r.Fault)
	}
	d.nodes[r.Node] = append(d.nodes[r.Node], e)
}

func bodyHash(b core.Body) uint64 {
	if b == nil {
		return 0
	}
	var w core.Walker
	return w.Hash(0, b)
}

func diaryOf(t *testing.T, sets []string, k int64) *diary {
	t.Helper()
	text := stretchable + stretchableFaults
	if slices.Contains(sets, "fault.stuck=") { // no work where nobody owns a worker
		text = stretchableFaults[strings.Index(stretchableFaults, "[[fault]]\nid = \"dies\""):]
		text = stretchable[:strings.Index(stretchable, "[[workload]]")] + text
		sets = slices.DeleteFunc(slices.Clone(sets), func(s string) bool { return s == "fault.stuck=" || s == "workload=[]" })
	}
	sc := parse(t, text, 1, sets...)
	stretch(sc, k)
	d := &diary{nodes: make([][]event, len(sc.Nodes))}
	w, err := Build(sc, Options{Sinks: []trace.Sink{d}, Checkpoint: core.Duration(k) * 10e9})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	return d
}

// No time of the protocol is written into it: a world in which everything takes three times as long, keys,
// distances, services and faults, does the same, three times as late. What is drawn is rounded to nanoseconds,
// so that "three times" holds to some of them.
func TestScalingAllTimesScalesARun(t *testing.T) {
	for _, c := range []struct{ name, set, shows string }{
		{"roles", "", "suspicion_started scope_suspected confirm_attempt degradation sync reach"},
		{"flat, cold, quanta", "cluster.start.mode=cold protocol.membership.topology=flat protocol.wheel.quantum=70ms protocol.suspicion.scaling=adaptive protocol.probe.stream_fallback=true workload=[] fault.stuck=",
			"suspicion_started confirm_attempt degradation suspicion_grace sync join"},
		{"inherited", "protocol.inherited.10/D8=true protocol.vivaldi.engine=hyperscale protocol.worker.probe=member", "suspicion_started degradation sync"},
	} {
		t.Run(c.name, func(t *testing.T) { scalesExactly(t, strings.Fields(c.set), strings.Fields(c.shows)) })
	}
}

func scalesExactly(t *testing.T, sets, shows []string) {
	const k, slack = 3, 1000
	one, all := diaryOf(t, sets, 1), diaryOf(t, sets, k)
	events, worst := 0, int64(0)
	for id := range one.nodes {
		if have, want := len(all.nodes[id]), len(one.nodes[id]); have != want {
			t.Errorf("node %d does %d things, at a third of the pace %d", id, want, have)
		}
		for i := range min(len(one.nodes[id]), len(all.nodes[id])) {
			a, b := one.nodes[id][i], all.nodes[id][i]
			off := int64(0)
			for j := range min(len(a.times), len(b.times)) {
				d := b.times[j] - k*a.times[j]
				off = max(off, d, -d)
			}
			cut := b.budget - k*a.budget
			events++
			worst = max(worst, off)
			if a.what != b.what || len(a.times) != len(b.times) || off > slack || cut < 0 || cut >= k {
				t.Errorf("node %d, event %d: %v\nat a third of the pace: %v", id, i, a, b)
				break
			}
		}
	}
	if events < 20_000 {
		t.Errorf("only %d events are compared", events)
	}
	t.Logf("%d events, the times of the slow run within %d ns of three times those of the fast one", events, worst)
	for _, kind := range shows {
		if !one.saw(kind) {
			t.Errorf("the run shows no %s: there is a time that it does not use", kind)
		}
	}
}

func (d *diary) saw(what string) bool {
	for _, n := range d.nodes {
		for i := range n {
			if strings.HasPrefix(n[i].what, what) {
				return true
			}
		}
	}
	return false
}
