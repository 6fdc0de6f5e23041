package world

import (
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/check"
	"hypersim/sim/trace"
)

// jobbed is a datacenter of three managers and six workers that work for "a" (scope 1, 30 s to 300 s) and
// "b" (scope 2, to the end), with the faults appended.
func jobbed(t *testing.T, faults string, sets ...string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Parse(`
schema = 1
[scenario]
name = "jobbed"
title = "work without jobs"
duration = "400s"
settle = "0s"
[topology]
sites = [{ name = "a" }]
generate = { kind = "uniform", sites = 1, rtt = "1ms" }
[cluster]
gateless = true
managers = 3
workers = 6
[[workload]]
id = "a"
kind = "progress"
from = "30s"
to = "300s"
interval = "10s"
target = { role = "worker" }
[[workload]]
id = "b"
kind = "progress"
interval = "10s"
target = { role = "worker" }
`+faults, "", sets, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

const stuckWorker = "a/worker/2"

// late is the view of a world that is built after its checker.
type late struct{ *World }

// checkContext lets the checks judge sc by the constants of the chapter.
func checkContext(sc *scenarios.Scenario, view check.View) check.Context {
	ctx := check.Context{Limits: check.Default(), View: view}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		ctx.Nodes = append(ctx.Nodes, check.Node{ID: n.ID, Name: n.Name, Site: n.Site, Role: n.Role, Group: n.Group})
	}
	for range sc.Faults {
		ctx.Faults = append(ctx.Faults, check.Fault{Lasting: true})
	}
	return ctx
}

// runJobs runs sc with all invariants and returns the facts of the job layer.
func runJobs(t *testing.T, sc *scenarios.Scenario) (*World, []trace.Record) {
	t.Helper()
	scoped := func(r *trace.Record) bool {
		return r.Kind == trace.KindFact && r.Fact.Kind >= core.FactScopeSuspected && r.Fact.Kind <= core.FactScopeExtended
	}
	w, v := watch(t, sc, scoped)
	c := check.New(checkContext(sc, w))
	w.opt.Sinks = append(w.opt.Sinks, c)
	w.Run(w.End())
	w.Finish()
	v.check(t)
	for _, x := range c.Violations() {
		t.Errorf("%v: %s", x.Invariant, x.What)
	}
	return w, v.kept
}

// expect compares kind, cause and scope of the facts, in order.
func expect(t *testing.T, have []trace.Record, want ...core.Fact) {
	t.Helper()
	for i := range have {
		f := &have[i].Fact
		if i >= len(want) || f.Kind != want[i].Kind || f.Cause != want[i].Cause || f.A != want[i].A || f.N != want[i].N {
			t.Errorf("fact %d at %v: %v of scope %d, cause %v, %d", i, have[i].At, f.Kind, f.A, f.Cause, f.N)
		}
	}
	if len(have) < len(want) {
		t.Errorf("%d facts, want %d", len(have), len(want))
	}
}

var (
	suspectedA = core.Fact{Kind: core.FactScopeSuspected, A: 1}
	expiredA   = core.Fact{Kind: core.FactScopeEnded, A: 1, Cause: core.CauseExpired}
)

func ends(cause core.Cause, mark int32) core.Fact {
	return core.Fact{Kind: core.FactScopeEnded, A: 1, Cause: cause, N: mark}
}

func stuckFor(length string) string {
	return aFault("stuck", "stuck-workflow", "job = \"a\"\nat = \"60s\"\nfor = \""+length+"\"\ntarget = { id = \""+stuckWorker+"\" }")
}

// No fault, no fact: also across the end of a scope, whose last reports are on their way.
func TestWorkThatGoesOnSaysNothing(t *testing.T) {
	w, facts := runJobs(t, jobbed(t, ""))
	expect(t, facts)
	sent, delivered, _ := w.Books(core.KindProgress)
	// 6 workers, 27 reports in 270 s for a and 40 in 400 s for b
	if want := uint64(6 * (27 + 40)); sent != want || delivered != want {
		t.Errorf("%d reports sent, %d delivered, want %d", sent, delivered, want)
	}
}

// The life of a job suspicion, by what ends it.
func TestStuckWork(t *testing.T) {
	for _, c := range []struct {
		name, faults string
		want         []core.Fact
	}{
		{"too short to be noticed", stuckFor("40s"), nil},
		{"progress takes DEAD_JOB back", stuckFor("150s"), []core.Fact{suspectedA, expiredA, ends(core.CauseRefuted, 1)}},
		{"the scope ends", stuckFor("330s"), []core.Fact{suspectedA, expiredA, ends(core.CauseRemoved, 1)}},
		{"the worker crashes: DEAD after 60 s, and the mark is gone with it",
			stuckFor("330s") + aFault("crash", "crash", "at = \"170s\"\ntarget = { id = \""+stuckWorker+"\" }"),
			[]core.Fact{suspectedA, expiredA, ends(core.CauseGossip, 1)}},
		{"the worker leaves",
			stuckFor("330s") + aFault("leave", "leave", "at = \"170s\"\ntarget = { id = \""+stuckWorker+"\" }"),
			[]core.Fact{suspectedA, expiredA, ends(core.CauseGossip, 1)}},
		{"its owner restarts and knows nothing", stuckFor("330s") + aFault("restart", "restart", "at = \"170s\"\ntarget = { role = \"manager\" }"),
			[]core.Fact{suspectedA, expiredA}},
		{"managers are paused at the end of the scope", stuckFor("330s") + aFault("pause", "pause", "at = \"290s\"\nfor = \"20s\"\ntarget = { role = \"manager\" }"),
			[]core.Fact{suspectedA, expiredA, ends(core.CauseRemoved, 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, facts := runJobs(t, jobbed(t, c.faults))
			expect(t, facts, c.want...)
			for id := range w.nodes {
				if h := w.nodes[id].m.Jobs(); h != nil && (h.Marks() != 0 || h.Suspects() != 0 || h.Counters().Anomalies != 0) {
					t.Errorf("node %d keeps %d suspicions and %d marks, %d anomalies", id, h.Suspects(), h.Marks(), h.Counters().Anomalies)
				}
			}
		})
	}
}
