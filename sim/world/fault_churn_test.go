package world

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// goings are the departures of a churn run: when, and who.
func goings(v *watcher) (crashes, leaves []trace.Record) {
	for i := range v.kept {
		switch r := v.kept[i]; r.Kind {
		case trace.KindCrash:
			crashes = append(crashes, r)
		case trace.KindLeave:
			leaves = append(leaves, r)
		default:
		}
	}
	return crashes, leaves
}

// A churn of 60 events a minute for 300 s, two leaves to a crash: 300 events ± 3·√300, a third of them
// crashes, none after its time; everybody who went is back as a new process after the downtime.
func TestChurn(t *testing.T) {
	const faults = "rate = \"60/min\"\nat = \"10s\"\nfor = \"300s\"\ndowntime = \"20s\"\nmix = { crash = 1, leave = 2 }\ntarget = { role = \"worker\" }"
	w, v := run(t, small(t, 60, aFault("churn", "churn", faults), "scenario.duration=400s"))
	crashes, leaves := goings(v)
	if n := len(crashes) + len(leaves); n < 248 || n > 352 {
		t.Errorf("%d events, want 300 ± 52", n)
	}
	if share := float64(len(crashes)) / float64(len(crashes)+len(leaves)); share < 0.25 || share > 0.42 { // 1/3 ± 3·0.027
		t.Errorf("%.2f of the events are crashes, want a third", share)
	}
	first := trace.Record{At: core.Never}
	for _, r := range slices.Concat(crashes, leaves) {
		if r.At < seconds(10) || r.At >= seconds(310) || r.Fault != 0 {
			t.Errorf("%v at %v by fault %d", r.Kind, r.At, r.Fault)
		}
		if r.At < first.At {
			first = r
		}
		back := slices.ContainsFunc(v.kept, func(s trace.Record) bool {
			return s.Kind == trace.KindStart && s.Node == r.Node && s.At == r.At.Add(20e9) && s.Inst > 1
		})
		if !back {
			t.Errorf("node %d went at %v and is not back after 20 s", r.Node, r.At)
		}
	}
	if first.At > seconds(20) { // e^−10
		t.Errorf("the first event is at %v", first.At)
	}
	agree(t, w, all(60), ok)
}

// With arrivals as a part of the mix and no downtime, who went stays away until an arrival draws it; a
// share is one of the target's nodes, whoever runs; and another fault moves no event.
func TestChurnWithArrivals(t *testing.T) {
	const faults = "rate = \"100%/min\"\nat = \"10s\"\nfor = \"300s\"\nmix = { crash = 1, join = 1 }\ntarget = { role = \"worker\" }"
	churn := aFault("churn", "churn", faults)
	_, v := run(t, small(t, 60, churn, "scenario.duration=400s"))
	crashes, leaves := goings(v)
	starts := 0
	for i := range v.kept {
		if r := &v.kept[i]; r.Kind == trace.KindStart && r.Inst > 1 {
			starts++
		}
	}
	if len(leaves) > 0 || len(crashes) < 105 || len(crashes) > 180 || starts > len(crashes) || starts < len(crashes)/2 {
		t.Errorf("%d crashes, %d leaves, %d starts of 60 events per minute, want half of 300 each", len(crashes), len(leaves), starts)
	}
	_, other := run(t, small(t, 60, churn+aFault("loss", "loss", "p = 0.1\nat = \"5s\"\nfor = \"100s\"\ntarget = { any = true, count = 5 }"), "scenario.duration=400s"))
	again, _ := goings(other)
	if !slices.EqualFunc(crashes, again, func(a, b trace.Record) bool { return a.At == b.At && a.Node == b.Node }) {
		t.Error("a loss moves the churn")
	}
}

// Who is to come back while it is still taking its leave comes back when that is done.
func TestReturnWhileLeaving(t *testing.T) {
	faults := aFault("bye", "leave", "at = \"10s\"\ntarget = { id = \"a/worker/4\" }") + aFault("back", "join", "at = \"10100ms\"\ntarget = { id = \"a/worker/4\" }")
	w, v := run(t, small(t, 10, faults+aFault("first", "restart", "at = \"1s\"\ntarget = { id = \"a/worker/4\" }"), "scenario.duration=60s"))
	have := v.lives(4)
	if len(have) != 6 || have[3] != "10s leave" || instantOf(t, have[4]) != instantOf(t, have[5]) {
		t.Errorf("%q, want a start when it stops", have)
	}
	agree(t, w, all(10), ok)
}
