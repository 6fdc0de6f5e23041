package runner

import (
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// deaf is a world in which a message reached a node that never started (I-W2).
func deaf(sc *scenarios.Scenario) *checks {
	c := newChecks(sc, nil)
	m := &core.Message{Kind: core.KindPing, From: 1, To: 2}
	for range 3 {
		c.Record(&trace.Record{At: 5e9, Kind: trace.KindDelivered, Node: 2, Peer: 1, Msg: m, Size: 40, Min: 1, Due: 4e9})
	}
	return c
}

func TestViolation(t *testing.T) {
	sc := load(t)
	list := deaf(sc).violations()
	i := 0
	for i < len(list) && list[i].Invariant != "I-W2" {
		i++
	}
	if i == len(list) {
		t.Fatalf("no I-W2 in %+v", list)
	}
	v := &list[i]
	if v.At != core.Instant(5e9) || v.Count != 3 || len(v.Nodes) == 0 || v.Nodes[0] != sc.Nodes[2].Name {
		t.Errorf("%+v", v)
	}
	if text := v.text(); !strings.HasPrefix(text, v.What+" (the first of 3)") {
		t.Error(text)
	}
}

// An invariant that the scenario turned off is no violation, but it is told.
func TestDisabledInvariant(t *testing.T) {
	sc := load(t)
	for _, v := range deaf(sc).violations() {
		sc.Disabled = append(sc.Disabled, scenarios.DisabledInvariant{ID: v.Invariant, Why: "a test"})
	}
	c := deaf(sc)
	if list := c.violations(); len(list) > 0 || c.failed() {
		t.Errorf("still violated: %+v", list)
	}
	if w := c.warnings(); len(w) == 0 || !strings.Contains(w[0], "is turned off (a test); broken") {
		t.Errorf("warnings %q", w)
	}
}

func TestFailFast(t *testing.T) {
	sc := load(t)
	for _, fast := range []bool{false, true} {
		r := &run{opt: &Options{Scenario: sc, FailFast: fast}, checks: deaf(sc)}
		if why := r.why(t.Context(), time.Now()); (why == "stopped by the first broken invariant") != fast {
			t.Errorf("fail fast = %v: %q", fast, why)
		}
	}
}

// A run ends where it is given up, at the same instant on every machine; what broke before that ends it first.
func TestGivenUp(t *testing.T) {
	const until = 2500e6
	res, err := Measure(t.Context(), Options{Scenario: load(t), Bare: true, Until: until})
	if err != nil || res.Virtual != until || res.Stopped != "given up at virtual time 2.5s" || res.Interrupted {
		t.Errorf("%+v, %v", res, err)
	}
	r := &run{opt: &Options{Scenario: load(t), Bare: true, FailFast: true, Until: 1}, memory: processMemory()}
	if err := r.build(); err != nil {
		t.Fatal(err)
	}
	r.checks = deaf(r.opt.Scenario)
	if err := r.loop(t.Context(), time.Now()); err != nil || !strings.HasPrefix(r.res.Stopped, "stopped by the first broken invariant") {
		t.Errorf("%q, %v", r.res.Stopped, err)
	}
}
