package check

import (
	"hypersim/core"
	"hypersim/core/jobtimeout"
	"hypersim/sim/trace"
)

// streams lets a message of node 0 go over a stream to node 1 at one time and be read at another.
func (t *tape) streams(left, read core.Instant) {
	m := t.at(left).message(core.KindSyncDigest, 0, 1)
	t.sent(m).Due = 0
	r := t.at(read).delivered(m)
	r.Due, r.Min = left, 0
}

// lasts says how long a job may take, and how long it has.
func (t *tape) lasts(e jobtimeout.Event, effective, elapsed core.Instant) {
	t.says(0, core.JobFact{Kind: core.JobFactDeadline, To: uint8(e), A: int64(effective), B: int64(elapsed)})
}

// timesOut says what became of its time.
func (t *tape) timesOut(e jobtimeout.Event, k jobtimeout.Kind, r jobtimeout.Rule) {
	t.says(0, core.JobFact{Kind: core.JobFactTimeout, From: uint8(k), To: uint8(e), Code: uint8(r)})
}

var doctoredWorld = []doctoredRun{
	{id: W7, name: "overtakes", build: func(t *tape, bad bool) {
		first, second := sec, 2*sec
		if bad {
			first, second = second, first
		}
		t.streams(first, 3*sec)
		t.streams(second, 3*sec+1)
	}},
	{id: W8, name: "for the process before", build: func(t *tape, bad bool) {
		t.at(sec)
		t.life(trace.KindCrash, 1)
		t.at(3 * sec).add(trace.Record{Kind: trace.KindStart, Node: 1, Inst: 2})
		left := 2 * sec
		if bad {
			left = sec / 2
		}
		t.streams(left, 4*sec)
	}},
	{id: W9, name: "reads in its sleep", build: func(t *tape, bad bool) {
		t.at(sec).life(trace.KindPause, 1)
		if !bad {
			t.at(2*sec).life(trace.KindResume, 1)
		}
		t.at(3*sec).travels(core.KindGossip, 0, 1)
	}},
	{id: W9, name: "acts in its sleep", build: func(t *tape, bad bool) {
		t.at(sec).life(trace.KindPause, 1)
		if !bad {
			t.at(2*sec).life(trace.KindResume, 1)
		}
		t.at(3*sec).fact(1, core.Fact{Kind: core.FactTick, Subject: 1, Cause: core.CauseIdle})
	}},
	{id: W10, name: "passes a cut", build: func(t *tape, bad bool) {
		t.view.severed = bad
		t.at(sec).fault(trace.KindFaultStart, 1)
		t.at(2*sec).travels(core.KindGossip, 0, 1)
		t.at(3*sec).fault(trace.KindFaultEnd, 1)
	}},
	{id: W11, name: "not delayed", build: func(t *tape, bad bool) {
		t.view.slowed = 5e6
		if bad {
			t.view.slowed = 5e8
		}
		t.at(sec).fault(trace.KindFaultStart, 2)
		m := t.at(2*sec).message(core.KindGossip, 0, 1)
		t.sent(m).Due = 2*sec + 1e7
		t.at(2*sec + 1e7).delivered(m)
		t.at(3*sec).fault(trace.KindFaultEnd, 2)
	}},
	{id: M32, name: "dead by a table", build: func(t *tape, bad bool) {
		k := core.KindGossip
		if bad {
			k = core.KindSyncFull
		}
		t.at(sec).travels(k, 0, 1)
		t.moves(1, 2, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
		t.tells(1, 2, core.CallbackDied, core.CauseDead)
	}},
	{id: V6, name: "worse than nothing", build: func(t *tape, bad bool) {
		t.ctx.Settle = 200e9
		for range 220 {
			t.at(t.now+sec).travels(core.KindAck, 1, 0)
		}
		m := t.at(300*sec).message(core.KindGossip, 0, 1)
		if bad {
			m.Coord.ErrorMS = 300
		}
		t.sent(m)
		t.view.flying[core.KindGossip]++
		t.at(300*sec + 10*ms).delivered(m)
		t.at(400 * sec).end()
	}},
	{id: V6, name: "a worker, where its manager measures nobody", build: func(t *tape, bad bool) {
		t.ctx.Settle = 200e9
		for range 220 {
			t.at(t.now+sec/2).travels(core.KindAck, 0, 3)
			if bad {
				t.at(t.now+sec/2).travels(core.KindAck, 1, 0)
			}
		}
		for _, n := range []core.NodeID{0, 3} {
			m := t.at(300*sec).message(core.KindGossip, n, 1)
			if n == 3 { // workers have coordinates, too
				m.Coord = core.Coord{Dims: 8, Height: 1e-5, Error: 1, ErrorMS: 300, Samples: t.acks[n]}
			}
			t.sent(m)
			t.view.flying[core.KindGossip]++
			t.at(300*sec + 10*ms).delivered(m)
		}
		t.at(400 * sec).end()
	}},
	{id: V6, name: "begun anew in the calm", build: func(t *tape, bad bool) {
		t.ctx.Settle = 200e9
		for range 220 {
			t.at(t.now+sec).travels(core.KindAck, 1, 0)
		}
		t.travels(core.KindGossip, 0, 1)
		at := 299 * sec // of a calm from 200 s to 400 s
		if bad {
			at = 301 * sec
		}
		t.beginsAnew(296 * sec)
		t.beginsAnew(297 * sec)
		t.beginsAnew(at)
		t.at(400 * sec).end()
	}},
	{id: V6, name: "begun anew in the calm by chance", build: func(t *tape, bad bool) {
		t.ctx.Settle = 200e9
		for range 220 {
			t.at(t.now+sec).travels(core.KindAck, 1, 0)
		}
		t.travels(core.KindGossip, 0, 1)
		if bad {
			t.beginsAnew(310 * sec)
		}
		t.beginsAnew(311 * sec)
		t.beginsAnew(312 * sec)
		t.at(400 * sec).end()
	}},
	{id: JT1, name: "overall, too early", build: func(t *tape, bad bool) {
		t.works()
		t.at(10*sec).lasts(jobtimeout.EventStart, 20*sec, 0)
		at := 31 * sec
		if bad {
			at = 29 * sec
		}
		t.at(at).timesOut(jobtimeout.EventLocal, jobtimeout.KindOverall, jobtimeout.RuleLocal)
	}},
	{id: JT3, name: "without asking", build: func(t *tape, bad bool) {
		t.works()
		t.at(10*sec).lasts(jobtimeout.EventStart, 20*sec, 0)
		t.at(31*sec).timesOut(jobtimeout.EventLocal, jobtimeout.KindOverall, jobtimeout.RuleLocal)
		at := 332 * sec
		if bad {
			at = 100 * sec
		}
		t.at(at).timesOut(jobtimeout.EventFallback, jobtimeout.KindOverall, jobtimeout.RuleFallback)
	}},
	{id: JT4, name: "begins anew", build: func(t *tape, bad bool) {
		t.works()
		t.at(10*sec).lasts(jobtimeout.EventStart, 300*sec, 0)
		elapsed := 80 * sec
		if bad {
			elapsed = 0
		}
		t.at(100*sec).lasts(jobtimeout.EventResume, 300*sec, elapsed)
	}},
	{id: JX1, name: "does not shrink", build: func(t *tape, bad bool) {
		second := int64(7.5e9)
		if bad {
			second = 15e9
		}
		t.at(sec).says(3, core.JobFact{Kind: core.JobFactAsked, Node: 0, A: 15e9, B: 4})
		t.at(9*sec).says(3, core.JobFact{Kind: core.JobFactAsked, Node: 0, A: second, B: 3})
	}},
}

// beginsAnew lets node 0 say that it has no samples any more, and then that it has some again.
func (t *tape) beginsAnew(at core.Instant) {
	t.at(at-100*ms).travels(core.KindAck, 1, 0)
	m := t.at(at).message(core.KindGossip, 0, 1)
	m.Coord.Samples = 0
	t.sent(m)
	t.view.flying[core.KindGossip]++
	t.at(at + 10*ms).delivered(m)
	t.at(at+100*ms).travels(core.KindAck, 1, 0)
	t.travels(core.KindGossip, 0, 1)
}
