package world

import (
	"fmt"
	"strings"
	"testing"

	"hypersim/core"
)

// island is one site with its own managers and workers and no gates: a group that talks to nobody else.
const island = `
schema = 1
[scenario]
name = "island"
title = "one datacenter, perhaps beside another one"
duration = "60s"
settle = "0s"
[topology]
unit = "ms"
kind = "rtt"
%s
[network]
loss = { p = 0.02 }
duplicate = 0.01
[node]
service = { dist = "exponential", mean = "50us" }
clock = { drift_ppm = { dist = "normal", mean = 0, std = 50 } }
[cluster]
gateless = true
managers = 3
workers = 8
start = { mode = "formed" }
`

const (
	alone = "rows = [[0]]\n[[topology.sites]]\nname = \"a\""
	pair  = "rows = [[0, 80], [80, 0]]\n[[topology.sites]]\nname = \"a\"\n[[topology.sites]]\nname = \"b\"\nworkers = 20"
)

// aFault returns one [[fault]] block.
func aFault(id, kind, rest string) string {
	return fmt.Sprintf("[[fault]]\nid = %q\nkind = %q\nforce = true\n%s\n", id, kind, rest)
}

// digests runs a world to its end and returns what each of the first n nodes did.
func digests(t *testing.T, text string, n int) []uint64 {
	t.Helper()
	w, v := watch(t, parse(t, text, 1), nil)
	w.Run(w.End())
	v.check(t)
	out := make([]uint64, n)
	for i := range out {
		out[i] = v.nodes[i].digest.Sum()
	}
	return out
}

func compare(t *testing.T, have, want []uint64) {
	t.Helper()
	for i := range want {
		if have[i] != want[i] {
			t.Errorf("node %d did something else", i)
		}
	}
}

// A group that no message reaches changes nothing: streams are keyed by node, and events of one instant
// are ordered by their origin.
func TestUnconnectedGroupChangesNothing(t *testing.T) {
	faults := aFault("crash", "crash", `at = "10s"
for = "15s"
target = { id = "a/manager/1" }`) + aFault("pause", "pause", `at = "20s"
for = "8s"
target = { site = "a", role = "worker", count = 2 }`)
	own := digests(t, fmt.Sprintf(island, alone)+faults, 11)
	compare(t, digests(t, fmt.Sprintf(island, pair)+faults, 11), own)
	// Nor do faults there that come last in the file.
	there := aFault("there", "restart", `at = "15s"
target = { site = "b", count = 5 }`)
	compare(t, digests(t, fmt.Sprintf(island, pair)+faults+there, 11), own)
}

// What has not happened yet changes nothing.
func TestLaterFaultChangesNothingBefore(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(island, alone), `duration = "60s"`, `duration = "120s"`, 1) +
		aFault("crash", "crash", "at = \"10s\"\nfor = \"15s\"\ntarget = { role = \"manager\", count = 1 }")
	a := build(t, parse(t, text, 1))
	b := build(t, parse(t, text+aFault("late", "crash", "at = \"100s\"\ntarget = { any = true, count = 3 }"), 1))
	for at := seconds(10); at <= seconds(110); at += seconds(10) {
		a.Run(at - 1)
		b.Run(at - 1)
		if same := a.Digest() == b.Digest(); same != (at <= seconds(100)) {
			t.Errorf("before %v: same digest %v", at, same)
		}
	}
}

// Where faults name their nodes, their order in the file is no difference, as long as no two of them meet.
func TestOrderOfFaultsChangesNothing(t *testing.T) {
	list := []string{
		aFault("crash", "crash", "at = \"10s\"\nfor = \"15s\"\ntarget = { id = \"a/manager/1\" }"),
		aFault("pause", "pause", "at = \"22s\"\nfor = \"8s\"\ntarget = { id = \"a/worker/3\" }"),
		aFault("cut", "partition", "at = \"35s\"\nfor = \"12s\"\na = { id = \"a/manager/0\" }\nb = { not = { id = \"a/manager/0\" } }"),
		aFault("slow", "slow", "at = \"40s\"\nfor = \"10s\"\nfactor = 100\ntarget = { id = \"a/worker/0\" }"),
	}
	text := fmt.Sprintf(island, alone)
	want := digests(t, text+list[0]+list[1]+list[2]+list[3], 11)
	compare(t, digests(t, text+list[3]+list[2]+list[1]+list[0], 11), want)
	compare(t, digests(t, text+list[2]+list[0]+list[3]+list[1], 11), want)
}

// A machine measures spans: clocks that are all an hour ahead give the same run.
func TestClockOffsetChangesNothing(t *testing.T) {
	text := fmt.Sprintf(island, alone) + aFault("crash", "crash", "at = \"10s\"\ntarget = { id = \"a/manager/1\" }")
	text = strings.Replace(text, `clock = { drift_ppm = { dist = "normal", mean = 0, std = 50 } }`, `clock = { offset = "%s" }`, 1)
	type seen struct{ events, sent, delivered uint64 }
	of := func(offset string) (s seen) {
		w := build(t, parse(t, fmt.Sprintf(text, offset), 1))
		w.Run(w.End())
		s.events = w.Events()
		for k := range core.Kind(core.NumKinds) {
			sent, delivered, _ := w.Books(k)
			s.sent, s.delivered = s.sent+sent, s.delivered+delivered
		}
		return s
	}
	if a, b := of("0s"), of("1h"); a != b {
		t.Errorf("with right clocks %+v, with clocks that are an hour ahead %+v", a, b)
	}
}
