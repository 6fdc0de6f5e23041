package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/network"
	"hypersim/sim/trace"
	"hypersim/topologies"
)

// life keeps starts, ends and the facts about joining.
func life(r *trace.Record) bool {
	return r.Kind >= trace.KindStart && r.Kind <= trace.KindClock ||
		r.Kind == trace.KindFact && (r.Fact.Kind == core.FactJoin || r.Fact.Kind == core.FactStopped)
}

// lives prints what v kept about a node.
func (v *watcher) lives(id core.NodeID) (out []string) {
	for i := range v.kept {
		r := &v.kept[i]
		switch {
		case r.Node != id:
		case r.Kind == trace.KindStart:
			out = append(out, fmt.Sprintf("%v start %d inc %d", r.At, r.Inst, r.Inc))
		case r.Kind != trace.KindFact:
			out = append(out, fmt.Sprintf("%v %v", r.At, r.Kind))
		}
	}
	return out
}

func (v *watcher) expectLives(t *testing.T, id core.NodeID, want ...string) {
	t.Helper()
	if have := v.lives(id); !slices.Equal(have, want) {
		t.Errorf("node %d: %q, want %q", id, have, want)
	}
}

func run(t *testing.T, sc *scenarios.Scenario) (*World, *watcher) {
	t.Helper()
	w, v := watch(t, sc, life)
	w.Run(w.End())
	w.Finish()
	v.check(t)
	return w, v
}

// agree reports who does not hold whom in the state that the truth gives.
func agree(t *testing.T, w *World, ids []core.NodeID, want func(subject core.NodeID) core.MemberState) {
	t.Helper()
	wrong := 0
	for _, a := range ids {
		for _, b := range ids {
			if !w.Up(a) {
				continue
			}
			if have := w.State(a, b); have != want(b) {
				if wrong++; wrong < 5 {
					t.Errorf("%d holds %d %v, want %v", a, b, have, want(b))
				}
			}
		}
	}
}

func all(n int) (ids []core.NodeID) {
	for i := range n {
		ids = append(ids, core.NodeID(i))
	}
	return ids
}

func ok(core.NodeID) core.MemberState { return core.StateOK }

// A crash without for stays; with it a new process starts then, which knows nothing and joins.
func TestCrashAndRestart(t *testing.T) {
	faults := aFault("stays", "crash", "at = \"10s\"\ntarget = { id = \"a/worker/8\" }") +
		aFault("returns", "crash", "at = \"10s\"\nfor = \"30s\"\ntarget = { id = \"a/worker/7\" }") +
		aFault("again", "restart", "at = \"15s\"\ntarget = { id = \"a/worker/6\" }") +
		aFault("kept", "restart", "at = \"20s\"\nkeep_state = true\ntarget = { id = \"a/worker/5\" }") +
		aFault("kept2", "restart", "at = \"50s\"\nkeep_state = true\ntarget = { id = \"a/worker/5\" }")
	w, v := run(t, small(t, 10, faults, "scenario.duration=120s"))
	v.expectLives(t, 8, "0s start 1 inc 0", "10s crash")
	v.expectLives(t, 7, "0s start 1 inc 0", "10s crash", "40s start 2 inc 0")
	v.expectLives(t, 6, "0s start 1 inc 0", "15s crash", "15s start 2 inc 0")
	// Spec 10: what was kept on disk is the incarnation; the new process begins 10 above it.
	v.expectLives(t, 5, "0s start 1 inc 0", "20s crash", "20s start 2 inc 10", "50s crash", "50s start 3 inc 20")
	agree(t, w, all(5), ok)
	for id := range core.NodeID(8) {
		agree(t, w, []core.NodeID{id, 5, 6, 7}, ok)
		want := core.StateDead
		if id >= 5 {
			want = core.StateNone // it joined a group that no longer counts the dead
		}
		if have := w.State(id, 8); have != want {
			t.Errorf("%d holds the crashed one %v, want %v", id, have, want)
		}
	}
}

// Who leaves goes on until its departure has been told, for leave.drain (5 s) at most, and stops (spec 10 §7.2);
// the others hold it LEFT, not DEAD.
func TestLeaveStopsAfterTheDrain(t *testing.T) {
	w, v := run(t, small(t, 10, aFault("bye", "leave", "at = \"10s\"\ntarget = { id = \"a/worker/4\" }")))
	v.expectLeave(t, 4, seconds(10))
	agree(t, w, all(10), func(id core.NodeID) core.MemberState {
		if id == 4 {
			return core.StateLeft
		}
		return core.StateOK
	})
}

// expectLeave wants that id was started, met with what is given, left at the instant and stopped within 5 s.
func (v *watcher) expectLeave(t *testing.T, id core.NodeID, at core.Instant, before ...string) {
	t.Helper()
	want := slices.Concat([]string{"0s start 1 inc 0"}, before, []string{at.String() + " leave"})
	have := v.lives(id)
	last := len(have) - 1
	if last < 0 || !slices.Equal(have[:last], want) || !strings.HasSuffix(have[last], " stop") {
		t.Errorf("node %d: %q, want %q and a stop", id, have, want)
	} else if stop := instantOf(t, have[last]); stop <= at || stop > at.Add(5e9) {
		t.Errorf("node %d stops at %v, want it within 5 s after %v", id, stop, at)
	}
}

// A process that is told to leave while it is paused hears of it when it goes on; one that crashes before
// that has not left.
func TestLeaveWhilePaused(t *testing.T) {
	faults := aFault("gc", "pause", "at = \"9s\"\nfor = \"4s\"\ntarget = { ids = [\"a/worker/4\", \"a/worker/5\"] }") +
		aFault("bye", "leave", "at = \"10s\"\ntarget = { ids = [\"a/worker/4\", \"a/worker/5\"] }") +
		aFault("gone", "restart", "at = \"11s\"\ntarget = { id = \"a/worker/5\" }")
	_, v := run(t, small(t, 10, faults))
	v.expectLeave(t, 4, seconds(13), "9s pause", "13s resume")
	v.expectLives(t, 5, "0s start 1 inc 0", "9s pause", "11s crash", "11s start 2 inc 0")
}

// A join starts those that were absent, spread evenly over its time in id order (spec 40 §8.3).
func TestJoinSpreadsStarts(t *testing.T) {
	w, v := run(t, small(t, 10, aFault("more", "join", "at = \"10s\"\nover = \"8s\"\ntarget = { ids = [\"a/worker/6\", \"a/worker/7\", \"a/worker/8\", \"a/worker/9\"] }")))
	for i, at := range []string{"10s", "12s", "14s", "16s"} {
		v.expectLives(t, core.NodeID(6+i), at+" start 1 inc 0")
	}
	agree(t, w, all(10), ok)
}

// A slow host stays slow when its process is a new one, and says so.
func TestSlowOutlivesTheProcess(t *testing.T) {
	faults := aFault("slow", "slow", "at = \"5s\"\nfor = \"20s\"\nfactor = 10\ntarget = { id = \"a/worker/4\" }") +
		aFault("again", "restart", "at = \"10s\"\ntarget = { id = \"a/worker/4\" }")
	_, v := run(t, small(t, 10, faults))
	v.expectLives(t, 4, "0s start 1 inc 0", "5s slow", "10s crash", "10s start 2 inc 0", "10s slow", "25s slow")
	if x := v.kept[len(v.kept)-1].X; x != 1 {
		t.Errorf("the last factor is %v", x)
	}
}

// Clocks that jump, or run fast for a while, change no view (J1): timers are late or early by the step.
func TestClockFaults(t *testing.T) {
	faults := aFault("ahead", "clock", "at = \"10s\"\nstep = \"5s\"\ntarget = { id = \"a/worker/4\" }") +
		aFault("behind", "clock", "at = \"20s\"\nfor = \"20s\"\nstep = \"-3s\"\ntarget = { id = \"a/worker/5\" }") +
		aFault("fast", "clock", "at = \"12s\"\nfor = \"10s\"\ndrift_ppm = 1000\ntarget = { id = \"a/worker/6\" }")
	w, v := run(t, small(t, 10, faults))
	v.expectLives(t, 4, "0s start 1 inc 0", "10s clock")
	v.expectLives(t, 5, "0s start 1 inc 0", "20s clock", "40s clock")
	agree(t, w, all(10), ok)
	for id, want := range map[core.NodeID]core.Instant{3: 0, 4: seconds(5), 5: 0, 6: seconds(0.01)} {
		if have := w.nodes[id].local(w.Now()) - w.Now(); have != want {
			t.Errorf("the clock of %d is ahead by %v, want %v", id, have, want)
		}
	}
}

// While its seeds' names do not resolve, a JOIN fails at once and is tried again; when they do, it joins.
func TestDiscoveryFault(t *testing.T) {
	faults := aFault("dns", "discovery", "at = \"0s\"\nfor = \"20s\"\ntarget = { id = \"a/worker/9\" }") +
		aFault("more", "join", "at = \"5s\"\ntarget = { id = \"a/worker/9\" }")
	w, v := run(t, small(t, 10, faults))
	var sent, failed, accepted []core.Instant
	for i := range v.kept {
		r := &v.kept[i]
		if r.Node != 9 || r.Kind != trace.KindFact {
			continue
		}
		switch r.Fact.Cause {
		case core.CauseJoinSent:
			sent = append(sent, r.At)
		case core.CauseJoinFailed:
			failed = append(failed, r.At)
		case core.CauseJoinAccepted:
			accepted = append(accepted, r.At)
		default:
		}
	}
	if len(accepted) != 1 || accepted[0] < seconds(20) || accepted[0] > seconds(32) {
		t.Errorf("accepted at %v, want once, within one retry (10 s and its jitter) after 20 s", accepted)
	}
	if len(failed) < 4 || len(sent) != len(failed)+1 {
		t.Fatalf("sent at %v, failed at %v", sent, failed)
	}
	for i := range failed {
		if d := failed[i].Sub(sent[i]); d > 1e6 {
			t.Errorf("attempt %d failed after %v, want at once", i+1, d)
		}
	}
	agree(t, w, all(10), ok)
}

// three is three sites that are 10 ms apart, four members each, in one flat group.
func three(t *testing.T, faults string, sets ...string) *scenarios.Scenario {
	t.Helper()
	text := strings.Replace(lan, `use = "lan1"`, `unit = "ms"
kind = "rtt"
rows = [[0, 20, 20], [20, 0, 20], [20, 20, 0]]
[[topology.sites]]
name = "a"
[[topology.sites]]
name = "b"
[[topology.sites]]
name = "c"`, 1)
	return parse(t, text+faults, 1, append([]string{"cluster.size=12", "scenario.settle=0s"}, sets...)...)
}

// Ids are site by site: 0–3 in a, 4–7 in b, 8–11 in c.
const inA, inB, inC = core.NodeID(1), core.NodeID(5), core.NodeID(9)

// Who reaches whom at an instant, as "ab ba ac ca bc cb" of those that do.
func reach(w *World) string {
	var out []string
	for _, p := range []struct {
		name     string
		from, to core.NodeID
	}{{"ab", inA, inB}, {"ba", inB, inA}, {"ac", inA, inC}, {"ca", inC, inA}, {"bc", inB, inC}, {"cb", inC, inB}} {
		if w.Reachable(p.from, p.to) {
			out = append(out, p.name)
		}
	}
	return strings.Join(out, " ")
}

func TestCuts(t *testing.T) {
	const (
		a, b   = "a = { site = \"a\" }\n", "b = { site = \"b\" }\n"
		whole  = "ab ba ac ca bc cb"
		timing = "at = \"10s\"\nfor = \"10s\"\n"
	)
	for _, c := range []struct {
		name, faults string
		at           []float64
		want         []string
	}{
		{"both ways", aFault("x", "partition", timing+a+b), []float64{9, 11, 19, 21}, []string{whole, "ac ca bc cb", "ac ca bc cb", whole}},
		{"one way", aFault("x", "partition", timing+a+b+`direction = "a-to-b"`), []float64{11, 21}, []string{"ba ac ca bc cb", whole}},
		{"groups", aFault("x", "partition", timing+`groups = [{ site = "a" }, { site = "b" }, { site = "c" }]`), []float64{11, 21}, []string{"", whole}},
		{"two groups leave the third alone", aFault("x", "partition", timing+`groups = [{ site = "a" }, { site = "b" }]`),
			[]float64{11}, []string{"ac ca bc cb"}},
		{"overlapping: the end of one leaves the other", aFault("x", "partition", timing+a+b) +
			aFault("y", "partition", "at = \"15s\"\nfor = \"10s\"\na = { site = \"a\" }\nb = { not = { site = \"a\" } }"),
			[]float64{11, 16, 21, 26}, []string{"ac ca bc cb", "bc cb", "bc cb", whole}},
		{"flap: 2 s down, 3 s up", aFault("x", "flap", timing+a+b+"down = \"2s\"\nup = \"3s\""),
			[]float64{9, 11, 13, 16, 18, 21}, []string{whole, "ac ca bc cb", whole, "ac ca bc cb", whole, whole}},
		{"flap that ends while down", aFault("x", "flap", "at = \"10s\"\nfor = \"6s\"\n"+a+b+"down = \"2s\"\nup = \"3s\""),
			[]float64{15.5, 16.5}, []string{"ac ca bc cb", whole}},
		{"blackhole of a site", aFault("x", "site-outage", timing+"site = \"b\"\nmode = \"blackhole\""), []float64{11, 21}, []string{"ac ca", whole}},
		{"repeated", aFault("x", "partition", "at = \"10s\"\nfor = \"2s\"\nrepeat = { every = \"5s\", count = 3 }\n"+a+b),
			[]float64{11, 13, 16, 18, 21, 23, 26}, []string{"ac ca bc cb", whole, "ac ca bc cb", whole, "ac ca bc cb", whole, whole}},
	} {
		t.Run(c.name, func(t *testing.T) {
			crossed := 0
			w, v := watch(t, three(t, c.faults), nil)
			v.keep = func(r *trace.Record) bool { // what left while it could not pass must not arrive
				if r.Kind == trace.KindSent && r.Due != 0 && !w.Reachable(r.Node, r.Peer) {
					crossed++
				}
				return r.Kind == trace.KindDropped && r.Reason == trace.ReasonPartition
			}
			for i, at := range c.at {
				w.Run(seconds(at))
				if have := reach(w); have != c.want[i] {
					t.Errorf("at %v s: %q, want %q", at, have, c.want[i])
				}
			}
			w.Run(w.End())
			w.Finish()
			v.check(t)
			if crossed > 0 || len(v.kept) == 0 {
				t.Errorf("%d datagrams got through, %d were stopped", crossed, len(v.kept))
			}
		})
	}
}

// A partition of some traffic stops that alone: types by name, whole classes.
func TestCutsOfSomeTraffic(t *testing.T) {
	for _, c := range []struct {
		traffic string
		stops   func(core.Kind) bool
	}{
		{`["ack", "nack"]`, func(k core.Kind) bool { return k == core.KindAck || k == core.KindNack }},
		{`"gossip"`, func(k core.Kind) bool { return k == core.KindGossip }},
		{`"control"`, func(core.Kind) bool { return true }}, // membership is CONTROL (spec 10 D30)
		{`["data", "telemetry"]`, func(core.Kind) bool { return false }},
		{`"datagram"`, func(core.Kind) bool { return true }},
		{`"stream"`, func(core.Kind) bool { return false }},
	} {
		cut := aFault("x", "partition", "at = \"10s\"\nfor = \"10s\"\na = { site = \"a\" }\nb = { not = { site = \"a\" } }\ntraffic = "+c.traffic)
		w, v := watch(t, three(t, cut), nil)
		var wrong int
		passed := map[core.Kind]int{}
		v.keep = func(r *trace.Record) bool {
			if r.Msg == nil || r.Msg.Kind.IsStream() || r.At < seconds(10) || r.At >= seconds(20) || (r.Node < 4) == (r.Peer < 4) {
				return false
			}
			stopped := r.Kind == trace.KindDropped && r.Reason == trace.ReasonPartition
			if stopped && !c.stops(r.Msg.Kind) || r.Kind == trace.KindSent && r.Due != 0 && c.stops(r.Msg.Kind) {
				wrong++
			}
			passed[r.Msg.Kind]++
			return false
		}
		w.Run(w.End())
		w.Finish()
		v.check(t)
		if wrong > 0 || passed[core.KindPing] == 0 {
			t.Errorf("traffic = %s: %d datagrams met the wrong fate, seen %v", c.traffic, wrong, passed)
		}
	}
}

// A refusing cut tells the sender of a stream after one round trip; a silent one at its deadline.
func TestRefusingCut(t *testing.T) {
	for mode, want := range map[string]string{"refuse": "10.0005", "blackhole": "15s"} {
		cut := aFault("cut", "partition", "at = \"1s\"\nfor = \"30s\"\na = { id = \"a/worker/0\" }\nb = { id = \"a/worker/1\" }\nmode = \""+mode+"\"")
		s := newStage(t, cut, [][]core.Instant{nil, nil})
		s.Run(seconds(10))
		s.post(core.KindJoin, 1, 1, 0, 5e9)
		s.end()
		if told := s.puppets[1].told; len(told) != 1 || !strings.HasPrefix(told[0], want) {
			t.Errorf("%s: told %q, want it at %s s", mode, told, want)
		}
	}
}

// A crashed site is down and comes back; the rest of the group sees it go and return.
func TestSiteOutage(t *testing.T) {
	w, v := watch(t, three(t, aFault("out", "site-outage", "at = \"10s\"\nfor = \"40s\"\nsite = \"b\""), "scenario.duration=120s"), life)
	w.Run(seconds(49))
	for id := range core.NodeID(12) {
		if w.Up(id) == (id >= 4 && id < 8) {
			t.Errorf("up %v: node %d", w.Up(id), id)
		}
	}
	agree(t, w, all(12), func(id core.NodeID) core.MemberState {
		if id >= 4 && id < 8 {
			return core.StateDead
		}
		return core.StateOK
	})
	w.Run(w.End())
	w.Finish()
	v.check(t)
	v.expectLives(t, inB, "0s start 1 inc 0", "10s crash", "50s start 2 inc 0")
	agree(t, w, all(12), ok)
}

// A later matrix of the topology replaces the delays of what is sent from then on.
func TestSnapshotsSwitch(t *testing.T) {
	sc := three(t, "", "network.jitter=0s")
	topo := *sc.Topology
	later := slices.Clone(topo.Base)
	for i := range later {
		later[i] *= 3
	}
	topo.Snapshots = []topologies.Snapshot{{At: 20e9, Base: later}}
	sc.Topology = &topo
	delivered := func(r *trace.Record) bool { return r.Kind == trace.KindDelivered && !r.Msg.Kind.IsStream() }
	w, v := watch(t, sc, delivered)
	w.Run(w.End())
	v.check(t)
	seen := [2]int{}
	for i := range v.kept {
		r := &v.kept[i]
		base, phase := topo.Base[sc.Nodes[r.Peer].Site*3+sc.Nodes[r.Node].Site], 0
		if r.Due >= seconds(20) {
			base, phase = 3*base, 1
		}
		seen[phase]++
		if r.Min < base || r.Min > base+20_000 { // and the bytes at 1 Gbit/s
			t.Fatalf("sent at %v it takes at least %v, the matrix says %v", r.Due, r.Min, base)
		}
	}
	if seen[0] == 0 || seen[1] == 0 {
		t.Errorf("seen %v", seen)
	}
}

// What the network cannot do (there may be 64 cuts at a time) stops the run for good, with an error that
// names the fault.
func TestFailureStopsTheRun(t *testing.T) {
	w := build(t, small(t, 5, aFault("cut", "partition", "at = \"5s\"\na = { id = \"a/worker/0\" }\nb = { id = \"a/worker/1\" }")))
	for range scenarios.LinkFaultsMax { // of an experiment's own; the loader counts those of the file
		if _, err := w.Network().AddCut(network.Cut{}); err != nil {
			t.Fatal(err)
		}
	}
	w.Run(seconds(10))
	w.Run(seconds(20))
	if err := w.Err(); err == nil || !strings.Contains(err.Error(), `"cut"`) || w.Now() != seconds(5) {
		t.Errorf("stopped at %v with %v", w.Now(), err)
	}
}
