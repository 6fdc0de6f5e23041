package client

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Spec 20 §5.8, client row: a job is an orphan 10 s after the last word, within a check of 2 s; from 15 s later on every
// gate is asked in turn, every 5 s.
func TestOrphanTimes(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(0)
	b.until(20 * sec)
	x := b.c.jobs[id]
	if x.orphan < 10*sec || x.orphan > 12*sec || x.contact != 0 {
		t.Errorf("an orphan since %v", x.orphan)
	}
	b.until(x.orphan + 20*sec)
	b.of(core.KindPing)
	from := b.now
	b.until(from + 60*sec)
	var to []core.NodeID
	for _, m := range b.of(core.KindJobStatusRequest) {
		to = append(to, m.To)
	}
	if len(to) < 5 || len(to) > 13 {
		t.Errorf("asked %v in a minute", to)
	}
	for i := range to {
		if i >= 3 && to[i] != to[i-3] {
			t.Errorf("not in turn: %v", to)
			break
		}
	}
	b.say(0, core.KindJobStatusPush, status(id, 1, 1, job.StateRunning))
	if x.orphan != core.Never || !slices.Equal(b.facts(core.JobFactOrphan), []uint8{orphanMarked, orphanLed}) {
		t.Errorf("a word leaves it an orphan: %v", b.facts(core.JobFactOrphan))
	}
}

// 04-42, with what chapter 40 allows: when a job is lost.
func TestJobLost(t *testing.T) {
	const knows, denies, silent = 1, 2, 3
	for _, x := range []struct {
		what        string
		gate        func(g core.NodeID, at core.Instant) int
		first, last int // s: lost between, last = 0: not within 400 s
	}{
		{"all deny it", func(core.NodeID, core.Instant) int { return denies }, 120, 125},
		{"all deny it, one is silent", func(g core.NodeID, _ core.Instant) int {
			if g == 2 {
				return silent
			}
			return denies
		}, 120, 125},
		{"denied within 15 s only, then cut off", func(_ core.NodeID, at core.Instant) int {
			if at < 15*sec {
				return denies
			}
			return silent
		}, 0, 0},
		{"cut off", func(core.NodeID, core.Instant) int { return silent }, 0, 0},
		{"cut off for 200 s, then nobody knows it", func(_ core.NodeID, at core.Instant) int {
			if at < 200*sec {
				return silent
			}
			return denies
		}, 205, 230},
		{"cut off for 200 s, then one of three knows it", func(g core.NodeID, at core.Instant) int {
			switch {
			case at < 200*sec:
				return silent
			case g == 1:
				return knows
			}
			return denies
		}, 0, 0},
		{"one of three knows it, and does not lead it", func(g core.NodeID, _ core.Instant) int {
			if g == 2 {
				return knows
			}
			return denies
		}, 0, 0},
		{"one knows it for 100 s", func(g core.NodeID, at core.Instant) int {
			if g == 2 && at < 100*sec {
				return knows
			}
			return denies
		}, 190, 225},
	} {
		b := with(t, 3)
		id := b.accepted(0)
		b.reply = func(m *core.Message) (core.Kind, core.Body) {
			s := &job.GlobalStatus{}
			s.JobLeader = core.NoNode
			switch x.gate(m.To, b.now) {
			case knows:
				s.Answer = call.NotLeader(core.NoNode)
			case denies:
				s.Code = call.CodeUnknownJob
			default:
				return 0, nil
			}
			return core.KindGlobalJobStatus, s
		}
		lost := 0
		for at := 1; at <= 400 && lost == 0; at++ {
			if b.until(core.Instant(at) * sec); b.c.State(id) == job.LocalLost {
				lost = at
			}
		}
		if x.last == 0 && lost != 0 || x.last != 0 && (lost < x.first || lost > x.last) {
			t.Errorf("%s: lost at %d s", x.what, lost)
		}
		if lost == 0 {
			continue
		}
		b.result(1, id, 7, job.StateCompleted)
		b.result(2, id, 8, job.StateCompleted)
		if n := b.facts(core.JobFactLate); len(b.facts(core.JobFactOutcome)) != 1 || len(n) != 1 || n[0] != uint8(job.StateCompleted) {
			t.Errorf("%s: outcomes %v, later %v", x.what, b.facts(core.JobFactOutcome), n)
		}
		b.until(b.now + 3700*sec)
		if b.c.Entries() != 0 {
			t.Errorf("%s: %d entries are left", x.what, b.c.Entries())
		}
	}
}

// Who does not lead a job names who does, and that one is too busy: the next polls ask it at once, until another one
// leads under a higher number.
func TestWhoWasNamedAndBusyIsAskedFirst(t *testing.T) {
	b := with(t, 3)
	id := b.accepted(2)
	b.until(40 * sec) // what is known of its leader is old
	b.c.jobs[id].orphan, b.c.jobs[id].contact = core.Never, b.now
	for i := range core.NodeID(3) {
		b.c.targets.fared(b.now, i, true)
	}
	b.of(core.KindPing)
	poll := func() *core.Message {
		t.Helper()
		for range 20 {
			if got := b.of(core.KindJobStatusRequest); len(got) > 0 {
				return &got[0]
			}
			b.until(b.now + sec)
		}
		t.Fatal("nobody is asked")
		return nil
	}
	busy := &job.GlobalStatus{Answer: call.Busy(core.Duration(sec)/10, call.ReasonRate), JobLeader: core.NoNode}
	m := poll()
	leader := (m.To + 1) % 3
	b.answer(m, core.KindGlobalJobStatus, &job.GlobalStatus{Answer: call.NotLeader(leader), Status: job.Status{Job: id}, JobLeader: core.NoNode})
	if m = poll(); m.To != leader {
		t.Fatalf("it is redirected to %d", m.To)
	}
	for range 2 { // 10 s: soon nobody speaks of it, and everybody is asked in turn
		b.answer(m, core.KindGlobalJobStatus, busy)
		if m = poll(); m.To != leader {
			t.Errorf("%d is asked, and %d was named", m.To, leader)
		}
	}
	if b.c.jobs[id].named != leader {
		t.Fatal("nobody is named any more")
	}
	other := (leader + 1) % 3
	b.say(other, core.KindJobStatusPush, status(id, 2, 1, job.StateRunning))
	if x := b.c.jobs[id]; x.named != core.NoNode {
		t.Errorf("%d is named, and %d leads under a higher number", x.named, other)
	}
}
