package scenarios_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
	"hypersim/scenarios"
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
	"hypersim/sim/world"
)

// walked is a small world with something of everything, in which a member dies.
const walked = `
schema = 1
[scenario]
name = "walked"
title = "one key after the other"
duration = "9s"
settle = "0s"
[topology]
unit = "ms"
kind = "rtt"
rows = [[0, 60], [60, 0]]
[[topology.sites]]
name = "a"
[[topology.sites]]
name = "b"
[cluster]
gates = 1
managers = 3
workers = 2
[[workload]]
id = "work"
kind = "progress"
target = { role = "worker" }
interval = "1s"
[[fault]]
id = "dies"
kind = "crash"
at = "1s"
target = { id = "a/manager/1" }
[[fault]]
id = "f"
`

const calm = "kind = \"raise\"\nat = \"2s\"\ntarget = { any = true }\n"

// faults is one fault of each kind with all that it needs.
var faults = map[fault.Kind]string{
	fault.Crash: "target = { id = \"b/manager/1\" }\nfor = \"2s\"\n", fault.Restart: "target = { any = true, count = 2 }\n",
	fault.KillLeader: "of = \"site:a\"\nfor = \"2s\"\n",
	fault.Leave:      "target = { any = true, count = 2 }\n", fault.Join: "target = { ids = [\"a/manager/2\", \"b/worker/1\"] }\n",
	fault.Pause: "target = { any = true, count = 2 }\nfor = \"2s\"\n", fault.Slow: "target = { any = true, count = 2 }\nfor = \"2s\"\nfactor = 50\n",
	fault.Clock:     "target = { any = true, count = 2 }\nfor = \"2s\"\nstep = \"1s\"\n",
	fault.Partition: "a = { site = \"a\" }\nb = { site = \"b\" }\nfor = \"2s\"\n",
	fault.Flap:      "a = { site = \"a\" }\nb = { site = \"b\" }\nfor = \"2s\"\ndown = \"100ms\"\nup = \"200ms\"\n",
	fault.Loss:      "target = { any = true }\nfor = \"2s\"\np = 0.5\n", fault.Duplicate: "target = { any = true }\nfor = \"2s\"\np = 0.5\n",
	fault.Reorder: "target = { any = true }\nfor = \"2s\"\np = 0.5\nextra = \"20ms\"\n", fault.Corrupt: "target = { any = true }\nfor = \"2s\"\np = 0.5\n",
	fault.Hold:  "target = { any = true }\nfor = \"2s\"\n",
	fault.Delay: "target = { any = true }\nfor = \"2s\"\nadd = \"20ms\"\n", fault.Bandwidth: "target = { any = true }\nfor = \"2s\"\nbandwidth = \"64kbit/s\"\n",
	fault.SiteOutage: "site = \"b\"\nfor = \"2s\"\n", fault.Discovery: "target = { any = true }\nfor = \"2s\"\n",
	fault.Raise: "target = { any = true }\n", fault.Rumour: "target = { any = true }\nabout = { id = \"a/manager/0\" }\n",
	fault.Churn:  "target = { role = \"worker\" }\nfor = \"2s\"\nrate = \"2/s\"\n",
	fault.Poison: "target = { any = true }\nfor = \"2s\"\nvalues = \"far\"\n", fault.LHM: "target = { any = true }\nfor = \"2s\"\nscore = 3\n", fault.Overload: "target = { any = true }\nfor = \"2s\"\ncpu = 0.9\nmemory = 0.9\n",
	fault.StatsStorm:    "target = { id = \"b/manager/0\" }\nfor = \"2s\"\nrate = \"20/s\"\n",
	fault.StuckWorkflow: "target = { role = \"worker\" }\nfor = \"2s\"\njob = \"work\"\n",
}

// instead are other bodies, for keys that exclude others.
var instead = map[string]string{
	"p_gb": bursts, "p_bg": bursts, "loss_good": bursts, "loss_bad": bursts, "factor": "target = { any = true }\nfor = \"2s\"\nfactor = 2\n",
}

const bursts = "target = { any = true }\nfor = \"2s\"\nmodel = \"gilbert-elliott\"\np_gb = 0.5\np_bg = 0.5\nloss_bad = 0.5\n"

// company are keys that another one needs beside it.
var company = []struct {
	key  string
	sets []string
}{
	{"drift.from", []string{"drift.kind=ramp", "drift.to=8640000s", "drift.factor=2"}},
	{"drift.to", []string{"drift.kind=ramp", "drift.from=0s", "drift.factor=2"}},
	{"drift.factor", []string{"drift.kind=ramp", "drift.from=1s", "drift.to=5s"}},
	{"drift.period", []string{"drift.kind=sine", "drift.amplitude=0.5"}},
	{"drift.amplitude", []string{"drift.kind=sine", "drift.period=5s"}},
	{"drift.step", []string{"drift.kind=walk", "drift.sigma=0.2"}},
	{"drift.sigma", []string{"drift.kind=walk", "drift.step=1s"}},
	{"drift.limit", []string{"drift.kind=walk", "drift.step=1s", "drift.sigma=0.5"}},
	{"loss.p_gb", []string{"loss.model=gilbert-elliott", "loss.p_bg=0.5", "loss.loss_bad=0.5"}},
	{"loss.p_bg", []string{"loss.model=gilbert-elliott", "loss.p_gb=0.5", "loss.loss_bad=0.5"}},
	{"loss.loss_good", []string{"loss.model=gilbert-elliott", "loss.p_gb=0.5", "loss.p_bg=0.5", "loss.loss_bad=0.5"}},
	{"loss.loss_bad", []string{"loss.model=gilbert-elliott", "loss.p_gb=0.5", "loss.p_bg=0.5"}},
	{"reorder.p", []string{"reorder.extra=20ms"}},
	{"reorder.extra", []string{"reorder.p=0.5"}},
	{"start.over", []string{"start.mode=cold"}},
	{"ghosts.", nil},
	{"stream.rto_min", []string{"stream.rto_max=24h"}},
	{"stream.rto_max", []string{"stream.rto_min=1ms"}},
}

// beside returns the sets that key needs, with its own path before them.
func beside(key string) []string {
	for _, c := range company {
		if i := strings.Index(key, "."+c.key); i >= 0 && i+1+len(c.key) == len(key) {
			var out []string
			for _, s := range c.sets {
				out = append(out, key[:i+1]+s)
			}
			return out
		}
	}
	return nil
}

// Every key of the format takes the ends of its range, or the file is refused because of what stands beside it:
// nothing stops a run, loops without time passing, or leaves a table that disagrees with itself.
func TestEveryKeyHoldsItsEnds(t *testing.T) {
	walks, refused := 0, 0
	walk := func(text, key, value string, sets ...string) {
		t.Helper()
		walks++
		all := append(sets, key+"="+value)
		sc, err := scenarios.Parse(text, "walked.toml", all, scenarios.Options{Alone: true})
		if err == nil {
			run(t, sc, key, value)
			return
		}
		var problems form.Problems
		switch {
		case !errors.As(err, &problems):
			t.Errorf("%s = %s: %v", key, value, err)
		case strings.HasPrefix(key, "protocol."): // another key does not fit; by itself this one does
			sc, err = scenarios.Parse(text, "walked.toml", append(all, "protocol.unsafe=true"), scenarios.Options{Alone: true})
			if err != nil {
				t.Errorf("%s = %s is an end of its range and refused: %v", key, value, err)
				return
			}
			run(t, sc, key, value)
		default:
			refused++
		}
	}
	ends := scenarios.KeyEnds()
	for _, e := range ends {
		for _, value := range []string{e.Low, e.High} {
			walk(walked+calm, e.Key, value, beside(e.Key)...)
		}
	}
	for _, kind := range scenarios.FaultKinds() {
		body, ok := faults[fault.Kind(kind)]
		if !ok {
			t.Fatalf("no fault of kind %q to walk", kind)
		}
		head := walked + fmt.Sprintf("kind = %q\nat = \"2s\"\nforce = true\n", kind)
		text := head + body
		for _, e := range scenarios.FaultEnds(fault.Kind(kind)) {
			text := text
			if b, other := instead[e.Key]; other {
				text = head + b
			}
			for _, value := range []string{e.Low, e.High} {
				walk(text, "fault.f."+e.Key, value)
			}
		}
		for _, every := range []string{"1ms", "8760h"} {
			walk(text, "fault.f.repeat", fmt.Sprintf("{ every = %q, count = 50 }", every))
		}
	}
	if walks < 550 || refused > walks/15 {
		t.Errorf("%d ends were walked, of which %d are refused: this test shows little", walks, refused)
	}
}

// run goes on for a while, and says what is wrong with the machines at the end.
func run(t *testing.T, sc *scenarios.Scenario, key, value string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s = %s: %v", key, value, p)
		}
	}()
	if len(sc.Nodes) > 5000 {
		return // it loads; what a run of that size does is for the machine's own tests
	}
	w, err := world.Build(sc, world.Options{})
	if err != nil {
		t.Errorf("%s = %s: loads and does not build: %v", key, value, err)
		return
	}
	for at := core.Instant(0); at < w.End() && at < 9e9; at += 10e6 {
		before := w.Events()
		w.Run(at)
		if w.Events() > 40_000 {
			break
		}
		if n := w.Events() - before; n > 30_000 {
			t.Errorf("%s = %s: %d events in 10 ms", key, value, n)
			return
		}
	}
	if err := w.Err(); err != nil {
		t.Errorf("%s = %s: %v", key, value, err)
	}
	for id := range core.NodeID(w.Nodes()) {
		if !w.Up(id) || sc.Protocol.Unsafe {
			continue
		}
		if bad := w.Validate(id); len(bad) > 0 {
			t.Errorf("%s = %s: node %d: %v", key, value, id, bad)
			return
		}
	}
}

// Ranges end where the representation does.
func TestRangesEndWithTheRepresentation(t *testing.T) {
	most := map[string]string{}
	for _, e := range scenarios.KeyEnds() {
		most[strings.TrimPrefix(e.Key, "protocol.")] = e.High
	}
	for key, want := range map[string]int{
		"vivaldi.peers": vivaldi.MaxPeers, "membership.max_members": swim.MaxGroup, "membership.max_suspicions": swim.MaxGroup,
	} {
		if most[key] != fmt.Sprint(want) {
			t.Errorf("%s may be %s, what it counts has room for %d", key, most[key], want)
		}
	}
	days := fmt.Sprintf("%ds", swim.MaxAge/1e9)
	for _, key := range []string{
		"scenario.duration", "membership.dead_retention", "membership.left_retention", "membership.tombstone", "membership.zombie_window",
		"gossip.to_dead", "gossip.queue_age", "worker_state.age",
	} {
		if most[key] != days {
			t.Errorf("%s may be %s; ages hold %s", key, most[key], days)
		}
	}
}

func TestWhatARunCannotHoldIsRefused(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"cluster.workers=70000", "group site:a has 70003 members, ghosts included; a group may have 65535"},
		{"protocol.vivaldi.peers=1024", "must be ≥ 1 and ≤ 1023"},
		{`topology.links=[{from="a", to="b", rtt="50h"}]`, "longer than a day"},
		{"topology.sites[0].name=" + strings.Repeat("long", 62), "bytes; site/role/index may have 255"},
		{"scenario.duration=50h30m", ""},
		{"scenario.duration=600h", "must be > 0s and ≤ 2147483s"},
		{"fault.f", ""},
	} {
		text := walked + "kind = \"clock\"\nat = \"2s\"\nforce = true\nstep = \"8760h\"\ndrift_ppm = 100000\nrepeat = { every = \"1s\", count = 5 }\ntarget = { any = true }\n"
		sets := []string{c.set}
		if c.set == "fault.f" {
			sets, c.want = nil, "add 500000 ppm; they may add 400000"
		} else {
			sets = append(sets, "fault.f.drift_ppm=10")
		}
		if i := slices.IndexFunc(sets, func(s string) bool { return strings.HasPrefix(s, "topology.sites") }); i >= 0 {
			text = strings.ReplaceAll(text, "a/manager/1", strings.Repeat("long", 62)+"/manager/1")
		}
		_, err := scenarios.Parse(text, "walked.toml", sets, scenarios.Options{Alone: true})
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.set, err, c.want)
		}
	}
}
