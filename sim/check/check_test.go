package check

import (
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// TestReport: the first violation keeps its details, later ones are counted, OnFirst hears once.
func TestReport(t *testing.T) {
	tp := newTape()
	tp.at(sec).life(trace.KindPause, 1)
	tp.at(2*sec).suspects(0, 1, 2, core.CauseSuspect, 0)
	for i := range 3 { // OK although it is SUSPECT: a lower rank, in no row, and its suspicion goes on
		tp.at(core.Instant(3+i)*sec).moves(0, 1, core.StateSuspect, core.StateOK, core.CauseSeen, 0, 0)
	}
	c := New(tp.ctx)
	told := map[ID]int{}
	c.OnFirst = func(v Violation) { told[v.ID]++ }
	for i := range tp.recs {
		c.Record(&tp.recs[i])
	}
	if c.Count(M6) != 3 || told[M6] != 1 || !c.Failed() {
		t.Fatalf("I-M6: %d counted, told %d times", c.Count(M6), told[M6])
	}
	i := slices.IndexFunc(c.Violations(), func(v Violation) bool { return v.ID == M6 })
	v := c.Violations()[i]
	if v.At != 3*sec || v.Count != 3 || v.Invariant != "I-M6" || !slices.Equal(v.Nodes, []core.NodeID{0, 1}) {
		t.Errorf("violation %+v", v)
	}
	chain := strings.Join(v.Causes, "\n")
	for _, want := range []string{"b: pause", "a: transition of b OK to SUSPECT", "a: suspicion_started of b"} {
		if !strings.Contains(chain, want) {
			t.Errorf("the causes lack %q:\n%s", want, chain)
		}
	}
	if strings.Index(chain, "pause") > strings.Index(chain, "SUSPECT") {
		t.Errorf("the causes are not in order:\n%s", chain)
	}
}

// TestHand: the message that a step handles ends the causal chain.
func TestHand(t *testing.T) {
	tp := newTape()
	tp.at(sec).travels(core.KindGossip, 2, 0)
	tp.moves(0, 1, core.StateUnconfirmed, core.StateOK, core.CauseConfirm, 0, 0)
	v := tp.run().Violations()
	if len(v) != 1 || v[0].ID != M8 || !strings.Contains(v[0].Causes[len(v[0].Causes)-1], "a handles gossip of c") {
		t.Errorf("%+v", v)
	}
}

// TestForget: what a process knew ends with it.
func TestForget(t *testing.T) {
	for _, end := range []trace.Kind{trace.KindCrash, trace.KindStop} {
		tp := newTape()
		tp.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		tp.suspects(0, 2, 1, core.CauseSuspect, 0)
		tp.fact(0, core.Fact{Kind: core.FactProbeStarted, Subject: 1, A: 1, N: 2})
		tp.fact(0, core.Fact{Kind: core.FactAccused, Subject: 0, Other: 1})
		tp.fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, Cause: core.CauseVoid})
		tp.at(2*sec).life(end, 0)
		tp.at(3*sec).life(trace.KindStart, 0).Inst = 2
		tp.at(4*sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		tp.fact(0, core.Fact{Kind: core.FactProbeStarted, Subject: 1, A: 1, N: 2})
		tp.fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, Cause: core.CauseVoid})
		tp.at(40 * sec).checkpoint()
		c := tp.run()
		for _, v := range c.Violations() {
			t.Errorf("%v: %v: %s", end, v.Invariant, v.What)
		}
		if len(c.susp.index) != 1 || c.cold[0].nSusp != 1 {
			t.Errorf("%v: %d suspicions are kept", end, len(c.susp.index))
		}
	}
}

// TestRows: the table by cause has every row, and no cause stands in two rows of one mode.
func TestRows(t *testing.T) {
	cells := 0
	for from := range observerTable {
		for to := range observerTable[from] {
			for cause := range observerTable[from][to] {
				if observerTable[from][to][cause] != 0 {
					cells++
				}
			}
		}
	}
	want := 0
	for _, r := range rows {
		if r.mode != hearsay {
			want += len(r.causes)
		}
		if r.from == dead && r.to == unconfirmed || r.from == unconfirmed && (r.to == suspect || r.to == dead) {
			t.Errorf("row %+v is not in the spec", r)
		}
	}
	if cells != want {
		t.Errorf("%d cells from %d causes: rows overlap", cells, want)
	}
}

// TestHearsay: gossip confirms in that mode, and only in it.
func TestHearsay(t *testing.T) {
	for _, hearsay := range []bool{false, true} {
		tp := newTape()
		tp.ctx.Hearsay = hearsay
		tp.moves(0, 1, core.StateNone, core.StateOK, core.CauseJoined, -1, 0)
		if c := tp.run(); c.Failed() == hearsay {
			t.Errorf("hearsay %v: failed %v", hearsay, c.Failed())
		}
	}
}

// TestLongHistory: the ring keeps the newest.
func TestLongHistory(t *testing.T) {
	tp := newTape()
	for i := range historyLen + 100 {
		tp.at(core.Instant(i+1)*ms).fact(2, core.Fact{Kind: core.FactDegradation, Subject: 2, A: int64(i & 3)})
	}
	tp.fact(2, core.Fact{Kind: core.FactLHM, Subject: 2, A: 20, Cause: core.CauseVoid})
	v := tp.run().Violations()
	if len(v) != 1 || len(v[0].Causes) != causesMax || !strings.Contains(v[0].Causes[causesMax-1], "lhm to 20") {
		t.Errorf("%+v", v)
	}
}

// TestNotJudged: what the context excuses.
func TestNotJudged(t *testing.T) {
	cases := []struct {
		name  string
		build func(t *tape)
	}{
		{"convergence before the settle time", func(t *tape) {
			t.view.states[[2]core.NodeID{0, 1}] = core.StateDead
			t.at(59 * sec).end()
		}},
		{"convergence under a lasting fault", func(t *tape) {
			t.view.states[[2]core.NodeID{0, 1}] = core.StateDead
			t.at(sec).fault(trace.KindFaultStart, 2)
			t.at(200 * sec).end()
		}},
		{"a young suspicion in a lossy run", func(t *tape) {
			t.ctx.Lossy = true
			t.view.states[[2]core.NodeID{0, 1}] = core.StateSuspect
			t.at(95*sec).suspects(0, 1, 0, core.CauseProbeFailed, 0)
			t.at(100 * sec).end()
		}},
		{"an observer that was paused", func(t *tape) {
			t.at(2*sec).life(trace.KindCrash, 1)
			t.at(3*sec).life(trace.KindPause, 0)
			t.at(90*sec).life(trace.KindResume, 0)
			t.view.states[[2]core.NodeID{2, 1}] = core.StateDead
			t.at(120 * sec).checkpoint()
		}},
		{"a departure that a cut kept secret", func(t *tape) {
			t.at(sec).fault(trace.KindFaultStart, 1)
			t.at(2*sec).life(trace.KindLeave, 1)
			t.at(7*sec).life(trace.KindStop, 1)
			t.at(40*sec).moves(0, 1, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
			t.tells(0, 1, core.CallbackDied, core.CauseDead)
		}},
		{"the death of a process before the one that left", func(t *tape) {
			t.at(sec).life(trace.KindCrash, 1)
			t.life(trace.KindStart, 1).Inst = 2
			t.at(2*sec).life(trace.KindLeave, 1)
			t.at(7*sec).life(trace.KindStop, 1)
			t.at(40*sec).moves(0, 1, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
			t.tells(0, 1, core.CallbackDied, core.CauseDead)
		}},
		{"two samples, and both coordinates sent in the step of the second", func(t *tape) {
			t.at(sec).travels(core.KindGossip, 0, 1)
			t.travels(core.KindAck, 1, 0)
			before := t.message(core.KindGossip, 0, 2)
			t.travels(core.KindAck, 1, 0)
			t.sent(before)
			t.sent(t.message(core.KindIndAck, 0, 2))
		}},
		{"a target with a long probe", func(t *tape) {
			t.at(sec).fact(0, core.Fact{Kind: core.FactProbeStarted, Subject: 1, A: 1, N: 2})
			for i := range 9 {
				t.at(core.Instant(i+2)*sec).probes(0, 2, int64(i), 2)
			}
		}},
		{"leaving without refuting", func(t *tape) {
			t.at(sec).fact(1, core.Fact{Kind: core.FactAccused, Subject: 1, Other: 0})
			t.at(2*sec).life(trace.KindLeave, 1)
			t.at(30 * sec).checkpoint()
		}},
		{"a restarted node in a calm run", func(t *tape) {
			t.ctx.Calm = true
			t.at(sec).life(trace.KindCrash, 1)
			t.life(trace.KindStart, 1).Inst = 2
			t.at(3*sec).suspects(0, 1, 0, core.CauseProbeFailed, 0)
		}},
	}
	for _, tc := range cases {
		tp := newTape()
		tc.build(tp)
		for _, v := range tp.run().Violations() {
			t.Errorf("%s: %v: %s", tc.name, v.Invariant, v.What)
		}
	}
}
