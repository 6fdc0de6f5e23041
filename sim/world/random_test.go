package world

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/check"
	"hypersim/sim/fault"
	"hypersim/sim/trace"
)

const (
	randomManagers = 3
	randomWorkers  = 4
)

// randomTarget names some nodes of a small world with the sites a and b.
func randomTarget(t *rapid.T, label string) string {
	switch rapid.IntRange(0, 4).Draw(t, label) {
	case 0:
		return fmt.Sprintf("{ id = \"a/manager/%d\" }", rapid.IntRange(0, randomManagers-1).Draw(t, "which"))
	case 1:
		return fmt.Sprintf("{ id = \"b/worker/%d\" }", rapid.IntRange(0, randomWorkers-1).Draw(t, "which"))
	case 2:
		return fmt.Sprintf("{ any = true, count = %d }", rapid.IntRange(1, 8).Draw(t, "count"))
	case 3:
		return "{ role = \"gate\", pct = \"50%\" }"
	}
	return "{ site = \"b\" }"
}

// randomFault returns a fault of any kind, somewhen in the first 40 s.
func randomFault(t *rapid.T, i int) string {
	kinds := scenarios.FaultKinds()
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	span := fmt.Sprintf("for = \"%dms\"\n", rapid.IntRange(1, 20_000).Draw(t, "for"))
	lasts := span
	if rapid.IntRange(0, 3).Draw(t, "stays") == 0 {
		lasts = ""
	}
	at := fmt.Sprintf("at = \"%dms\"\n", rapid.IntRange(0, 40).Draw(t, "at")*1000)
	if rapid.IntRange(0, 3).Draw(t, "repeats") == 0 {
		at += fmt.Sprintf("repeat = { every = \"%ds\", count = 3, jitter = \"2s\" }\n", rapid.IntRange(1, 6).Draw(t, "every"))
	}
	target := "target = " + randomTarget(t, "target") + "\n"
	sides := "a = { site = \"a\" }\nb = { site = \"b\" }\n"
	if rapid.Bool().Draw(t, "inside") {
		sides = "a = { role = \"manager\" }\nb = { not = { role = \"manager\" } }\n"
	}
	links := target
	if rapid.Bool().Draw(t, "links") {
		links = "links = { a = { site = \"a\" }, b = { site = \"b\" } }\n"
	}
	if rapid.Bool().Draw(t, "some") {
		sides += "traffic = [\"ack\", \"join\"]\n"
	}
	p := fmt.Sprintf("p = %.2f\n", rapid.Float64Range(0, 1).Draw(t, "p"))
	rest := map[fault.Kind]string{
		fault.Crash: target + lasts, fault.Restart: target + "keep_state = true\n",
		fault.Leave: target, fault.Join: "target = { ids = [\"a/manager/2\", \"b/worker/1\", \"b/worker/2\"] }\nover = \"3s\"\n" + rapid.SampledFrom([]string{"", "to = { role = \"manager\" }\n"}).Draw(t, "to"),
		fault.Pause: target + span, fault.Slow: target + lasts + "factor = 500\n",
		fault.Clock:     target + lasts + "step = \"" + rapid.SampledFrom([]string{"-2s", "5s"}).Draw(t, "step") + "\"\ndrift_ppm = 300\n",
		fault.Partition: sides + lasts, fault.Flap: sides + span + "down = \"1s\"\nup = \"2s\"\nmode = \"refuse\"\n",
		fault.Loss: links + lasts + rapid.SampledFrom([]string{p, "model = \"gilbert-elliott\"\np_gb = 0.1\np_bg = 0.2\nloss_bad = 0.9\n"}).Draw(t, "loss"), fault.Duplicate: links + lasts + p,
		fault.Reorder: links + lasts + p + "extra = \"40ms\"\n", fault.Corrupt: links + lasts + p,
		fault.Hold:  links + span,
		fault.Delay: links + lasts + "add = \"100ms\"\nramp = \"5s\"\n", fault.Bandwidth: target + lasts + "bandwidth = \"64kbit/s\"\n",
		fault.SiteOutage: lasts + "site = \"b\"\n", fault.Discovery: target + lasts + "fail = true\n",
		fault.Raise: target, fault.Rumour: target + "about = { ids = [\"a/manager/0\", \"b/worker/1\"] }\n",
		fault.Churn: "target = { role = [\"manager\", \"worker\"] }\nrate = \"60%/min\"\ndowntime = \"500ms\"\nmix = { crash = 1, leave = 1, join = 1 }\n" + lasts,
		fault.Poison: target + lasts + fmt.Sprintf("values = %q\n", rapid.SampledFrom([]string{
			scenarios.PoisonNaN, scenarios.PoisonInf, scenarios.PoisonNegativeHeight, scenarios.PoisonFar, scenarios.PoisonWrongDims,
		}).Draw(t, "values")),
		fault.LHM: target + lasts + "score = 8\n",
	}[fault.Kind(kind)]
	if rest == "" { // nothing about it is drawn: as undone says
		if rest = undone[fault.Kind(kind)]; fault.Kind(kind).Row().Course.Ends() {
			rest += span
		}
	}
	return aFault(fmt.Sprintf("f%d", i), kind, at+rest)
}

// randomWorld is two sites with all roles, on links and hosts that may be bad, and up to six faults.
func randomWorld(t *rapid.T) string {
	var b strings.Builder
	fmt.Fprintf(&b, `
schema = 1
[scenario]
name = "random"
title = "whatever may happen"
duration = "60s"
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
codec = %q
loss = { p = %.2f }
duplicate = %.2f
corrupt = %.2f
[node]
inbox = %d
service = { dist = "exponential", mean = "%dus" }
clock = { offset = { dist = "uniform", min = "-5s", max = "5s" }, drift_ppm = { dist = "uniform", min = -1000, max = 1000 } }
[cluster]
gates = 2
managers = %d
workers = %d
start = { mode = %q }
[protocol.probe]
stream_fallback = %v
[protocol.worker]
deadline = "5s"
check = "1s"
grace = "2s"
[protocol.job]
progress_gap = "3s"
check_interval = "1s"
[[workload]]
id = "work"
kind = "progress"
to = "50s"
interval = "1s"
target = { role = "worker" }
[[workload]]
id = "more"
kind = "progress"
from = "10s"
interval = "500ms"
target = { site = "b", role = "worker" }
`, rapid.SampledFrom([]string{"struct", "wire"}).Draw(t, "codec"),
		rapid.Float64Range(0, 0.3).Draw(t, "loss"), rapid.Float64Range(0, 0.2).Draw(t, "dup"), rapid.Float64Range(0, 0.1).Draw(t, "corrupt"),
		rapid.SampledFrom([]int{1, 3, 1000}).Draw(t, "inbox"), rapid.SampledFrom([]int{20, 5000, 100_000}).Draw(t, "service"),
		randomManagers, randomWorkers, rapid.SampledFrom([]string{"formed", "cold"}).Draw(t, "start"), rapid.Bool().Draw(t, "stream fallback"))
	for i := range rapid.IntRange(0, 6).Draw(t, "faults") {
		b.WriteString(randomFault(t, i))
	}
	return b.String()
}

// endings are the occurrences of faults that have to end within the run, as they began: one that waits for somebody to hit may
// begin so late that it outlasts the run.
type endings struct {
	sc   *scenarios.Scenario
	open map[int32]int
}

func (e *endings) keep(r *trace.Record) bool {
	switch r.Kind {
	case trace.KindFaultStart:
		if f := &e.sc.Faults[r.Fault]; f.For > 0 && r.At.Add(f.For+f.Downtime) <= core.Instant(e.sc.Duration) {
			e.open[r.Fault]++
		}
	case trace.KindFaultEnd:
		if e.sc.Faults[r.Fault].For > 0 {
			e.open[r.Fault]--
		}
	default:
	}
	return false
}

// Whatever happens: the invariants of the world hold (I-W1 to I-W4), machines agree with themselves, every
// fault that begins and has an end ends, and the same again in slices is the same.
func TestRandomWorlds(t *testing.T) {
	runs, faults := 0, 0
	suspected, dead, cleared := uint64(0), uint64(0), uint64(0)
	rapid.Check(t, func(t *rapid.T) {
		text := randomWorld(t)
		seed := rapid.Uint64Range(0, 1<<50).Draw(t, "seed")
		sc, err := scenarios.Parse(text, "", nil, scenarios.Options{Seed: &seed})
		if err != nil {
			if strings.Contains(err.Error(), "absent") || strings.Contains(err.Error(), "joins") || strings.Contains(err.Error(), "seed") {
				t.Skip("who is to join is named by an earlier fault, or is a seed")
			}
			t.Fatalf("%v\n%s", err, text)
		}
		runs++
		faults += len(sc.Faults)
		ends := &endings{sc: sc, open: map[int32]int{}}
		v := &watcher{nodes: make([]watched, len(sc.Nodes)), keep: ends.keep}
		view := &late{}
		layers := check.New(Judged(sc, view))
		w, err := Build(sc, Options{Sinks: []trace.Sink{v, layers}, Checkpoint: 1e9})
		if err != nil {
			t.Fatal(err)
		}
		v.w, view.World = w, w
		for at := seconds(5); at <= w.End(); at += seconds(5) {
			w.Run(at)
			for i := range w.nodes {
				if w.Up(core.NodeID(i)) {
					for _, s := range w.Validate(core.NodeID(i)) {
						t.Errorf("at %v machine %d: %s", w.Now(), i, s)
					}
				}
			}
		}
		w.Finish()
		for _, s := range v.bad {
			t.Error(s)
		}
		for _, x := range layers.Violations() {
			t.Errorf("%v at %v: %s\n%s", x.Invariant, x.At, x.What, strings.Join(x.Causes, "\n"))
		}
		for i := range w.nodes {
			if h := w.nodes[i].m.Jobs(); h != nil {
				c := h.Counters()
				suspected += c.Started
				dead += c.Expired
				cleared += c.ClearedByGlobal
			}
		}
		if err := w.Err(); err != nil {
			t.Error(err)
		}
		for i, n := range ends.open {
			if n != 0 {
				t.Errorf("%d occurrences of fault %q have not ended", n, sc.Faults[i].ID)
			}
		}
		again, err := Build(sc, Options{})
		if err != nil {
			t.Fatal(err)
		}
		again.Run(again.End())
		if again.Digest() != w.Digest() {
			t.Errorf("again, in one go and unwatched, the digest is another one")
		}
		if t.Failed() {
			t.Logf("seed %d\n%s", seed, text)
		}
	})
	t.Logf("%d runs, %d faults; %d job suspicions, %d DEAD_JOB, %d cleared by the global layer", runs, faults, suspected, dead, cleared)
}
