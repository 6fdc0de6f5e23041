package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// undone is a fault of each kind, at 20 s for 5 s where it lasts. Those without an end leave a change behind, but
// act at their instant alone.
var undone = map[fault.Kind]string{
	fault.Crash:         "target = { any = true, count = 3 }\n",
	fault.KillLeader:    "of = \"site:a\"\n",
	fault.Restart:       "target = { any = true, count = 3 }\n",
	fault.Leave:         "target = { id = \"b/manager/0\" }\n",
	fault.Join:          "target = { id = \"b/manager/0\" }\n",
	fault.Pause:         "target = { site = \"a\" }\n",
	fault.Slow:          "target = { site = \"a\" }\nfactor = 9000\n",
	fault.Clock:         "target = { site = \"a\" }\nstep = \"-3s\"\ndrift_ppm = 500\n",
	fault.Partition:     "a = { site = \"a\" }\nb = { site = \"b\" }\n",
	fault.Flap:          "a = { site = \"a\" }\nb = { site = \"b\" }\ndown = \"700ms\"\nup = \"300ms\"\n",
	fault.Loss:          "target = { any = true }\np = 0.9\n",
	fault.Duplicate:     "target = { any = true }\np = 0.9\n",
	fault.Reorder:       "target = { any = true }\np = 0.9\nextra = \"1s\"\n",
	fault.Corrupt:       "target = { any = true }\np = 0.9\n",
	fault.Delay:         "target = { any = true }\nadd = \"800ms\"\n",
	fault.Hold:          "target = { any = true }\n",
	fault.Bandwidth:     "target = { any = true }\nbandwidth = \"2kbit/s\"\n",
	fault.SiteOutage:    "site = \"b\"\n",
	fault.Discovery:     "target = { any = true }\nfail = true\n",
	fault.Raise:         "target = { any = true }\n",
	fault.Rumour:        "target = { site = \"a\" }\nabout = { id = \"a/manager/0\" }\n",
	fault.Churn:         "target = { role = \"manager\" }\nrate = \"600%/min\"\ndowntime = \"500ms\"\nmix = { crash = 1 }\n",
	fault.Poison:        "target = { site = \"a\" }\nvalues = \"nan\"\n",
	fault.Overload:      "target = { site = \"a\" }\ncpu = 0.99\n",
	fault.LHM:           "target = { site = \"a\" }\nscore = 8\n",
	fault.StatsStorm:    "target = { id = \"b/manager/0\" }\nrate = \"100/s\"\n",
	fault.StuckWorkflow: "target = { site = \"b\", role = \"worker\" }\njob = \"work\"\n",
}

// momentary are the kinds that have no time to last.
var momentary = []fault.Kind{
	fault.Restart, fault.Leave, fault.Join, fault.Raise, fault.Rumour,
}

const undoneWorld = `
schema = 1
[scenario]
name = "undone"
title = "a fault ends"
duration = "60s"
settle = "0s"
[topology]
unit = "ms"
kind = "rtt"
rows = [[0, 20], [20, 0]]
[[topology.sites]]
name = "a"
[[topology.sites]]
name = "b"
[network]
jitter = "0s"
[node]
service = "100us"
[cluster]
gates = 1
managers = 3
workers = 3
start = { mode = "formed" }
[[workload]]
id = "work"
kind = "progress"
interval = "1s"
target = { role = "worker" }
`

// undoneFault is the fault of a kind as undone says.
func undoneFault(kind fault.Kind, nth string, at float64) string {
	lasts := "for = \"5s\"\n"
	if slices.Contains(momentary, kind) {
		lasts = ""
	}
	return aFault(string(kind)+nth, string(kind), fmt.Sprintf("at = \"%vs\"\n", at)+lasts+undone[kind])
}

// After the end of a fault of any kind nothing of it is left in the world's books: not in the network, not at a
// host, not at a machine. Two of the kind that overlap end with the later.
func TestEveryFaultEnds(t *testing.T) {
	if have, want := len(undone), len(scenarios.FaultKinds()); have != want {
		t.Errorf("%d kinds are tried, there are %d", have, want)
	}
	for _, kind := range slices.Sorted(maps.Keys(undone)) {
		for _, faults := range []string{undoneFault(kind, "", 20), undoneFault(kind, "-a", 20) + undoneFault(kind, "-b", 22)} {
			w, v := watch(t, parse(t, undoneWorld+faults, 3), nil)
			w.Run(seconds(28))
			if left := w.leftovers(); len(left) > 0 {
				t.Errorf("%s: 1 s after its end there are still %s", kind, strings.Join(left, ", "))
			}
			rate := w.nodes[0].local(seconds(29)) - w.nodes[0].local(seconds(28))
			if rate != seconds(1) {
				t.Errorf("%s: a second takes %v", kind, rate)
			}
			w.Run(w.End())
			w.Finish()
			v.check(t)
		}
	}
}

// leftovers says what faults still do.
func (w *World) leftovers() (left []string) {
	count := func(what string, n int) {
		if n != 0 {
			left = append(left, fmt.Sprintf("%d %s", n, what))
		}
	}
	count("slow hosts", len(w.slows))
	count("forced scores", len(w.scores))
	count("poisoned", len(w.poisons))
	for _, s := range w.storms {
		if !s.over {
			count("storms", 1)
		}
	}
	for i := range w.work {
		count("stuck workers", int(w.work[i].stuck))
	}
	for i := range w.nodes {
		n := &w.nodes[i]
		count("held down", int(n.fate.holds))
		count("deaf", int(n.fate.deaf))
		for _, is := range []bool{n.host.Paused(), n.poison != poisonNone, n.host.Clock().Drift() != 0, n.departs || n.raises || n.misses || n.joins != 0} {
			if is {
				count("paused, poisoned, drifting or told something", 1)
			}
		}
		for j := range w.nodes {
			if !w.net.Reachable(core.NodeID(i), core.NodeID(j)) {
				count("cut off", 1)
			}
		}
	}
	for range scenarios.LinkFaultsMax { // all slots of the network are free again
		if _, err := w.net.AddCut(network.Cut{}); err != nil {
			count("cuts", 1)
		}
		if _, err := w.net.AddOverlay(network.Overlay{}); err != nil {
			count("overlays", 1)
		}
	}
	return left
}

// What is sent once a fault of links, hosts or clocks is over fares as if there had been none, and so do timers;
// messages that wait when it ends go at the pace of a world without it.
func TestAfterAFaultAllIsAsWithout(t *testing.T) {
	kinds := []fault.Kind{
		fault.Pause, fault.Slow, fault.Clock, fault.Partition, fault.Flap,
		fault.Loss, fault.Duplicate, fault.Reorder, fault.Corrupt, fault.Delay,
		fault.Hold, fault.Bandwidth, fault.Discovery, fault.Poison,
	}
	without := afterwards(t, "")
	for _, kind := range kinds {
		text := strings.ReplaceAll(undoneFault(kind, "", 20), "drift_ppm = 500\n", "")
		text = strings.ReplaceAll(text, `"b"`, `"a"`)
		text = strings.ReplaceAll(text, "a = { site = \"a\" }", "a = { id = \"a/worker/0\" }")
		text = strings.ReplaceAll(text, "b = { site = \"a\" }", "b = { id = \"a/worker/1\" }")
		have := afterwards(t, text)
		if len(have) != len(without) {
			t.Errorf("%s: afterwards told %d times, without it %d", kind, len(have), len(without))
			continue
		}
		for i := range have {
			if have[i] != without[i] {
				t.Errorf("%s: afterwards %q, without it %q", kind, have[i], without[i])
				break
			}
		}
	}
}

// afterwards is what two puppets are told of what is due or sent after 25 s, when a fault is over, and by when what
// waited then was handled.
func afterwards(t *testing.T, faults string) (told []string) {
	due := []core.Instant{seconds(25.2), seconds(26)}
	s := newStage(t, faults, [][]core.Instant{slices.Clone(due), slices.Clone(due)}, "node.inbox=10000")
	for at := 20.013; at < 25; at += 0.05 { // 20 messages of 60 bytes or more a second are 9.6 kbit/s
		s.Run(seconds(at))
		for id := range core.NodeID(2) {
			s.post(core.KindPing, 1, id, 1-id, 0)
		}
	}
	for i := range uint32(20) {
		s.Run(seconds(25.06) + 110e6*core.Instant(i))
		for id := range core.NodeID(2) {
			s.post(core.KindPing, 1000+i, id, 1-id, 0)
			s.post(core.KindJoin, 2000+i, id, 1-id, 3e9)
		}
	}
	s.end()
	for id, p := range s.puppets {
		for _, what := range p.told {
			if strings.Contains(what, " timer ") || !strings.HasSuffix(what, " 1") {
				told = append(told, fmt.Sprintf("%d at %s", id, what))
			}
		}
	}
	return told
}

// A frozen process changes nothing and reports nothing, whatever is forced on it; what is in force when it goes on
// holds from then on.
func TestNothingIsForcedOnAFrozenProcess(t *testing.T) {
	for _, c := range []struct {
		from, lasts float64
		after       int
	}{{12, 2, 0}, {12, 30, 8}, {5, 8, 0}} {
		faults := aFault("gc", "pause", "at = \"10s\"\nfor = \"5s\"\ntarget = { id = \"a/worker/0\" }") +
			aFault("lhm", "lhm", fmt.Sprintf("at = \"%vs\"\nfor = \"%vs\"\nscore = 8\ntarget = { id = \"a/worker/0\" }", c.from, c.lasts))
		w, v := watch(t, small(t, 3, faults, "scenario.settle=0s"), func(r *trace.Record) bool {
			return r.Node == 0 && r.Kind == trace.KindFact && r.At > seconds(10) && r.At < seconds(15)
		})
		w.Run(seconds(15) + 1000)
		if n := len(v.kept); n > 0 {
			t.Errorf("forced from %v s for %v s: a paused process reports %d facts, the first %v", c.from, c.lasts, n, v.kept[0].Fact.Kind)
		}
		if have := w.Machine(0).LHM(); (have == 8) != (c.after == 8) {
			t.Errorf("forced from %v s for %v s: afterwards the score is %d, want %d", c.from, c.lasts, have, c.after)
		}
		w.Run(w.End())
		w.Finish()
		v.check(t)
	}
}
