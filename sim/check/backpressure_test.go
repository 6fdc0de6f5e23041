package check

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/pressure"
	"hypersim/core/registry"
	"hypersim/core/statbuf"
	"hypersim/sim/trace"
)

// Of statistics node 0 is the manager, 3 the worker that tells it.

// fact adds what a node says of statistics.
func (t *tape) stats(n core.NodeID, f core.JobFact) {
	t.job(trace.JobRecord{Kind: trace.JobFact, Node: n, Fact: f})
}

func (t *tape) kept(from, to job.Pressure, out statbuf.Outcome, critical bool, hot, capacity int64) {
	f := core.JobFact{Kind: core.JobFactRecord, Job: 1, Node: 3, From: uint8(from), To: uint8(to), Code: uint8(out), A: hot, B: capacity}
	if critical {
		f.Shard = 1
	}
	t.stats(0, f)
}

func (t *tape) ticks(from, to job.Pressure, hot, capacity int64) {
	t.stats(0, core.JobFact{Kind: core.JobFactBuffer, Node: 0, From: uint8(from), To: uint8(to), A: hot, B: capacity})
}

func (t *tape) told(seq uint32) {
	m := t.message(core.KindStatsUpdate, 3, 0)
	m.Body = &job.StatsUpdate{Source: 1, Seq: seq}
	t.sent(m)
	t.view.flying[m.Kind]++
	t.at(t.now + 10*ms).delivered(m)
}

// fills lets the manager keep nine of ten records: THROTTLE at 7, and BATCH at 9.
func (t *tape) fills() {
	levels := []job.Pressure{0, 0, 0, 0, 0, 0, 0, 1, 1, 2}
	for n := 1; n <= 9; n++ {
		t.kept(levels[n-1], levels[n], statbuf.Stored, false, int64(n), 10)
	}
}

const (
	calm     = job.PressureNone
	throttle = job.PressureThrottle
	batched  = job.PressureBatch
	reject   = job.PressureReject
)

func init() {
	doctored = append(doctored, []doctoredRun{
		{id: B2, name: "a level that its fill does not mean", build: func(t *tape, bad bool) {
			t.at(sec).fills()
			to := reject
			if bad {
				to = batched
			}
			t.kept(batched, to, statbuf.Stored, false, 10, 10)
		}},
		{id: B2, name: "left without hysteresis", build: func(t *tape, bad bool) {
			t.at(sec)
			for n := int64(1); n <= 70; n++ {
				t.kept(calm, job.Pressure(n/70), statbuf.Stored, false, n, 100)
			}
			t.ctx.Statistics = []Statistics{DefaultStatistics()}
			t.ctx.Statistics[0].Buffer.Hot = 10e9
			t.at(10 * sec)
			for n := int64(71); n <= 72; n++ { // two younger ones
				t.kept(throttle, throttle, statbuf.Stored, false, n, 100)
			}
			to := calm
			if bad {
				to = throttle
			}
			t.at(12*sec).ticks(throttle, to, 2, 100)
		}},
		{id: B2, name: "a level that changes unsaid", build: func(t *tape, bad bool) {
			t.at(sec).fills()
			from := batched
			if bad {
				from = reject
			}
			t.kept(from, reject, statbuf.Stored, false, 10, 10)
		}},
		{id: B3, name: "more records than there is room for", build: func(t *tape, bad bool) {
			t.at(sec).fills()
			t.kept(batched, reject, statbuf.Stored, false, 10, 10)
			if bad {
				t.kept(reject, reject, statbuf.Critical, true, 11, 10)
			} else {
				t.kept(reject, reject, statbuf.FoldedEarly, true, 10, 10)
			}
		}},
		{id: B3, name: "a record that is older than a minute", build: func(t *tape, bad bool) {
			t.at(sec).kept(calm, calm, statbuf.Stored, false, 1, 10)
			hot := int64(0)
			if bad {
				hot = 1
			}
			t.at(62*sec).ticks(calm, calm, hot, 10)
		}},
		{id: B3, name: "a record that was lost", build: func(t *tape, bad bool) {
			t.at(sec).kept(calm, calm, statbuf.Stored, false, 1, 10)
			hot := int64(2)
			if bad {
				hot = 1
			}
			t.kept(calm, calm, statbuf.Stored, false, hot, 10)
		}},
		{id: B4, name: "an update that nobody counted", build: func(t *tape, bad bool) {
			t.at(sec).told(1)
			f := core.JobFact{Kind: core.JobFactRecord, Node: 3, Code: uint8(statbuf.Stored), A: 1, B: 10}
			t.stats(0, f)
			t.told(2)
			if !bad {
				f.A = 2
				t.stats(0, f)
			}
			t.told(2) // once more: it counts once
			t.at(10 * sec).checkpoint()
		}},
		{id: B5, name: "dropped at BATCH", build: func(t *tape, bad bool) {
			t.at(sec).fills()
			if bad {
				t.kept(batched, batched, statbuf.Dropped, false, 9, 10)
			}
			t.kept(batched, reject, statbuf.Stored, false, 10, 10)
			t.kept(reject, reject, statbuf.Dropped, false, 10, 10)
		}},
		{id: B5, name: "a critical one is dropped", build: func(t *tape, bad bool) {
			t.at(sec).fills()
			t.kept(batched, reject, statbuf.Stored, false, 10, 10)
			t.kept(reject, reject, statbuf.Dropped, bad, 10, 10)
		}},
		{id: B6, name: "a signal that was overtaken", build: func(t *tape, bad bool) {
			heard := func(epoch uint32, seq int64, from, to job.Pressure) {
				t.stats(3, core.JobFact{Kind: core.JobFactSignal, Node: 0, From: uint8(from), To: uint8(to), Epoch: epoch, A: seq})
			}
			t.at(sec)
			heard(1, 5, calm, batched)
			heard(2, 1, batched, calm) // another process of it
			heard(0, 0, calm, batched) // and such as say no numbers, for they have not agreed on a version
			heard(0, 0, batched, calm)
			seq := int64(2)
			if bad {
				seq = 1
			}
			heard(2, seq, calm, throttle)
		}},
		{id: B6, name: "a manager that numbers no signal anew", build: func(t *tape, bad bool) {
			says := func(epoch, seq uint32) {
				m := t.message(core.KindManagerHeartbeat, 0, 4)
				m.Body = &registry.ManagerHeartbeat{ManagerBeat: registry.ManagerBeat{Pressure: job.Backpressure{Epoch: epoch, Seq: seq}}}
				t.sent(m)
			}
			t.at(sec)
			says(1, 1)
			says(1, 2)
			says(0, 0) // to one that reads no numbers
			t.at(2*sec).life(trace.KindCrash, 0)
			t.at(3*sec).life(trace.KindStart, 0).Inst = 2
			says(2, 1)
			if bad {
				says(2, 1)
			} else {
				says(2, 2)
			}
		}},
		{id: B7, name: "a worker that latches", build: func(t *tape, bad bool) {
			t.at(sec).ticks(calm, calm, 0, 10)
			t.stats(3, core.JobFact{Kind: core.JobFactPressure, Node: core.NoNode, To: uint8(reject), A: -1})
			t.at(20 * sec).checkpoint()
			if !bad {
				t.stats(3, core.JobFact{Kind: core.JobFactPressure, Node: core.NoNode, From: uint8(reject), To: uint8(calm), A: -1})
			}
			t.at(30 * sec).checkpoint()
		}},
		{id: B7, name: "the pressure of a manager that has started anew", build: func(t *tape, bad bool) {
			t.at(sec).fills()
			t.kept(batched, reject, statbuf.Stored, false, 10, 10)
			t.stats(3, core.JobFact{Kind: core.JobFactPressure, Node: core.NoNode, To: uint8(reject), A: -1})
			t.at(40*sec).life(trace.KindCrash, 0)
			t.life(trace.KindStart, 0).Inst = 2
			t.checkpoint() // nobody can have told the worker yet
			if !bad {
				t.at(41*sec).stats(3, core.JobFact{Kind: core.JobFactPressure, Node: core.NoNode, From: uint8(reject), To: uint8(calm), A: -1})
			}
			t.at(70 * sec).checkpoint()
		}},
		{id: B8, name: "a manager that latches", also: []ID{B3}, build: func(t *tape, bad bool) {
			t.at(sec).fills()
			if bad {
				t.at(63*sec).ticks(batched, batched, 9, 10)
			} else {
				t.at(63*sec).ticks(batched, calm, 0, 10)
			}
		}},
		{id: B9, name: "an older snapshot", build: func(t *tape, bad bool) {
			m := t.at(sec).message(core.KindJobProgressBatch, 3, 0)
			seq := uint32(3)
			if bad {
				seq = 2
			}
			m.Body = &job.ProgressBatch{Job: 1, Entries: []job.ShardProgress{{Token: 1, Seq: 2}, {Token: 1, Seq: seq}}}
			t.sent(m)
			t.view.flying[m.Kind]++
			t.at(t.now + 10*ms).delivered(m)
		}},
		{id: B10, name: "single snapshots at REJECT", build: func(t *tape, bad bool) {
			what := pressure.Critical
			if bad {
				what = pressure.Singles
			}
			t.at(sec).stats(3, core.JobFact{Kind: core.JobFactFlush, Node: core.NoNode, From: uint8(reject), To: uint8(what)})
		}},
		{id: B10, name: "asked again at once, but after it had let go", build: func(t *tape, bad bool) {
			says := func(from, to job.Pressure, seq int64) {
				t.stats(3, core.JobFact{Kind: core.JobFactSignal, Node: 0, From: uint8(from), To: uint8(to), Epoch: 1, A: seq})
			}
			t.at(sec)
			says(calm, reject, 1)
			t.travels(core.KindProgressProbe, 3, 0)
			if !bad {
				t.at(sec + 400*ms)
				says(reject, throttle, 2)
				t.at(sec + 600*ms)
				says(throttle, reject, 3)
			}
			t.at(2*sec).travels(core.KindProgressProbe, 3, 0)
		}},
		{id: B9, name: "an older snapshot, behind one that nobody read", build: func(t *tape, bad bool) {
			batch := func(seq uint32) *core.Message {
				m := t.message(core.KindJobProgressBatch, 3, 0)
				m.Body = &job.ProgressBatch{Job: 1, Entries: []job.ShardProgress{{Token: 1, Seq: seq}}}
				t.sent(m)
				t.view.flying[m.Kind]++
				return m
			}
			t.at(sec)
			m := batch(2)
			t.at(sec + 5*ms)
			late := batch(3)
			r := t.at(sec + 15*ms).delivered(late)
			if !bad {
				r.Spent = trace.Refused
			}
			r = t.at(sec + 30*ms).delivered(m)
			r.Due = sec
		}},
		{id: B9, name: "an older snapshot, after a newer one that another manager was told", build: func(t *tape, bad bool) {
			batch := func(to core.NodeID, seq uint32) *core.Message {
				m := t.message(core.KindJobProgressBatch, 3, to)
				m.Body = &job.ProgressBatch{Job: 1, Entries: []job.ShardProgress{{Token: 1, Seq: seq}}}
				t.sent(m)
				t.view.flying[m.Kind]++
				return m
			}
			t.at(sec)
			late, to := batch(0, 2), core.NodeID(1)
			if bad {
				to = 0
			}
			m := batch(to, 3)
			t.at(sec + 10*ms).delivered(m)
			t.at(sec + 30*ms).delivered(late)
		}},
		{id: B10, name: "asked again at once, of one that was forgotten", build: func(t *tape, bad bool) {
			t.at(sec).travels(core.KindProgressProbe, 3, 0)
			from := calm
			if bad {
				from = reject
			}
			t.at(sec+500*ms).stats(3, core.JobFact{Kind: core.JobFactSignal, Node: 0, From: uint8(from), To: uint8(reject), Epoch: 1, A: 1})
			t.at(2*sec).travels(core.KindProgressProbe, 3, 0)
		}},
		{id: B10, name: "asked again at once, of one that rejects anew before it reads the first", build: func(t *tape, bad bool) {
			first := t.at(sec).message(core.KindProgressProbe, 3, 0)
			t.sent(first)
			from := calm
			if bad {
				from = reject
			}
			t.at(sec+300*ms).stats(3, core.JobFact{Kind: core.JobFactSignal, Node: 0, From: uint8(from), To: uint8(reject), Epoch: 1, A: 1})
			second := t.at(sec+500*ms).message(core.KindProgressProbe, 3, 0)
			t.sent(second)
			t.view.flying[second.Kind] += 2
			t.at(2 * sec).delivered(first).Due = sec
			t.delivered(second).Due = sec + 500*ms
		}},
		{id: B10, name: "asked again, and sent away before the first is read", build: func(t *tape, bad bool) {
			first := t.at(sec).message(core.KindProgressProbe, 3, 0)
			t.sent(first)
			next := 6 * sec
			if bad {
				next = 2 * sec
			}
			second := t.at(next).message(core.KindProgressProbe, 3, 0)
			t.sent(second)
			t.view.flying[second.Kind] += 2
			t.at(next + 10*ms).delivered(second).Spent = trace.Refused
			t.at(7 * sec).delivered(first).Due = sec
		}},
		{id: B10, name: "asked again at once", build: func(t *tape, bad bool) {
			t.at(sec).travels(core.KindProgressProbe, 3, 0)
			next := 6 * sec
			if bad {
				next = 2 * sec
			}
			t.at(next).travels(core.KindProgressProbe, 3, 0)
		}},
	}...)
}
