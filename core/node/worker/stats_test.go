package worker

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/pressure"
)

// telling is a bench whose worker has the flush loop, and managers that answer what it tells them.
type telling struct {
	*bench
	keys  pressure.Config
	level map[core.NodeID]job.Pressure // what managers say
	mute  map[core.NodeID]bool
	seqs  uint32
	log   []told
}

type told struct {
	at   core.Instant
	to   core.NodeID
	kind core.Kind
	n    int // entries
}

func teller(t *testing.T, managers int, change func(*pressure.Keys)) *telling {
	b := &telling{bench: on(t, managers), keys: pressure.Default(), level: map[core.NodeID]job.Pressure{}, mute: map[core.NodeID]bool{}}
	b.cfg.Progress.Interval = 500 * time.Millisecond
	if change != nil {
		change(&b.keys.Pressure)
	}
	b.w.p.Stats = &Stats{Pressure: &b.keys.Pressure}
	b.w.initFlusher()
	return b
}

func (b *telling) run(to core.Instant) {
	for {
		b.serve()
		d, ok := b.w.Deadline()
		if !ok || d > to {
			b.now = to
			return
		}
		b.until(d)
	}
}

// serve answers what was sent.
func (b *telling) serve() {
	for len(b.sent) > 0 {
		list := slices.Clone(b.sent)
		b.sent = b.sent[:0]
		for i := range list {
			b.reply(&list[i])
		}
	}
}

func (b *telling) reply(m *core.Message) {
	ack := job.ManagerAck{Manager: m.To, JobLeader: m.To, DE: 1}
	ack.Backpressure = b.keys.Pressure.Signal(b.level[m.To])
	b.seqs++
	ack.Epoch, ack.Seq = 1, b.seqs
	n, kind := 1, core.KindWorkflowProgressAck
	var body core.Body = &job.WorkflowProgressAck{ManagerAck: ack}
	switch x := m.Body.(type) {
	case *job.WorkflowProgress:
	case *job.ProgressBatch:
		n, kind = len(x.Entries), core.KindJobProgressBatchAck
		body = &job.ProgressBatchAck{ManagerAck: ack, Codes: make([]call.Code, n)}
	case *job.ProgressProbe:
		n, kind = 0, core.KindProgressProbeAck
	case *job.StatsUpdate:
		kind = core.KindStatsUpdateAck
	default:
		return
	}
	b.log = append(b.log, told{b.now, m.To, m.Kind, n})
	if !b.mute[m.To] {
		b.answer(m, kind, body)
	}
}

// times are when something of a kind went to a manager, in ms, from an instant on.
func (b *telling) times(from core.Instant, to core.NodeID, kind core.Kind) (list []int) {
	for _, x := range b.log {
		if x.at >= from && x.to == to && x.kind == kind && (len(list) == 0 || list[len(list)-1] != int(x.at/1e6)) {
			list = append(list, int(x.at/1e6))
		}
	}
	return list
}

func gaps(list []int) (out []int) {
	for i := 1; i < len(list); i++ {
		out = append(out, list[i]-list[i-1])
	}
	return out
}

// Spec 30 §5.4, the table: how often, and what.
func TestFlushByLevel(t *testing.T) {
	for _, v := range []struct {
		level job.Pressure
		kind  core.Kind
		ms, n int
	}{
		{job.PressureNone, core.KindWorkflowProgress, 500, 1},
		{job.PressureThrottle, core.KindWorkflowProgress, 1000, 1},
		{job.PressureBatch, core.KindJobProgressBatch, 1500, 2},
		{job.PressureReject, core.KindProgressProbe, 4500, 0},
	} {
		b := teller(t, 1, nil)
		b.level[0] = v.level
		b.order(0, 9, 1, 1, 1)
		b.order(0, 9, 2, 1, 2)
		b.run(30 * sec)
		got := gaps(b.times(6*sec, 0, v.kind))
		if len(got) < 3 || slices.ContainsFunc(got, func(x int) bool { return x != v.ms }) {
			t.Errorf("%v: %v ms between flushes, want %d", v.level, got, v.ms)
		}
		for _, x := range b.log {
			if x.at >= 6*sec && (x.kind != v.kind || x.n != v.n) {
				t.Errorf("%v: at %v %v with %d entries, want %v with %d", v.level, x.at, x.kind, x.n, v.kind, v.n)
			}
		}
	}
}

// Spec 30/D28: at REJECT the probe's answer clears the level, and the next flush comes as soon as it may.
func TestRejectClears(t *testing.T) {
	b := teller(t, 1, nil)
	b.level[0] = job.PressureReject
	b.order(0, 9, 1, 1, 1)
	b.run(10 * sec)
	b.level[0] = job.PressureNone
	b.run(30 * sec)
	probes, news := b.times(10*sec, 0, core.KindProgressProbe), b.times(10*sec, 0, core.KindWorkflowProgress)
	if len(probes) != 1 || len(news) < 10 || news[0]-probes[0] != 500 {
		t.Errorf("probes %v, then %v", probes, news[:min(len(news), 2)])
	}
	if b.w.Pressure() != job.PressureNone {
		t.Errorf("it stays at %v", b.w.Pressure())
	}
}

// Spec 02 no. 30: with max one manager at REJECT silences the others, with destination it does not.
func TestCombine(t *testing.T) {
	for _, v := range []struct {
		combine     pressure.Combine
		least, most int
	}{{pressure.Max, 0, 0}, {pressure.Destination, 38, 42}} {
		b := teller(t, 2, func(k *pressure.Keys) { k.Combine = v.combine })
		b.level[0] = job.PressureReject
		b.order(0, 9, 1, 1, 1)
		b.order(1, 8, 1, 1, 2)
		b.run(40 * sec)
		if n := len(b.times(20*sec, 1, core.KindWorkflowProgress)); n < v.least || n > v.most {
			t.Errorf("%s: %d updates to the healthy manager in 20 s", v.combine, n)
		}
		if n := len(b.times(20*sec, 0, core.KindWorkflowProgress)); n != 0 {
			t.Errorf("%s: %d updates to the one at REJECT", v.combine, n)
		}
	}
}

// I-B5, I-B10: what is critical goes out at once whatever the level is, and until it is acknowledged.
func TestCriticalIsNeverLost(t *testing.T) {
	b := teller(t, 1, nil)
	b.level[0] = job.PressureReject
	b.order(0, 9, 1, 1, 1)
	b.run(10 * sec)
	b.mute[0] = true
	if b.order(0, 9, 2, 1, 2); true {
		b.sent = append(b.sent, core.Message{}) // order looked at what was sent
	}
	b.run(60 * sec)
	x := b.w.shards.by[flowKey{9, 2}]
	if x.snap.known {
		t.Fatal("known without an answer")
	}
	if n := len(b.times(10*sec, 0, core.KindWorkflowProgress)); n < 6 {
		t.Errorf("told %d times in 50 s without an answer", n)
	}
	b.mute[0] = false
	b.run(80 * sec)
	if x = b.w.shards.by[flowKey{9, 2}]; x == nil || !x.snap.known || x.snap.asking {
		t.Errorf("its manager answers: %+v", x)
	}
}

// A signal that nobody repeats is over after 15 s, and so is that of a manager that is dead.
func TestSignalsOfTheSilentEnd(t *testing.T) {
	for _, dead := range []bool{false, true} {
		b := teller(t, 2, nil)
		b.level[0] = job.PressureReject
		b.order(0, 9, 1, 1, 1)
		b.order(1, 8, 1, 1, 2)
		b.run(10 * sec)
		b.mute[0] = true
		heard := b.log[len(b.log)-1].at
		for _, x := range b.log {
			if x.to == 0 {
				heard = x.at
			}
		}
		end := heard + 15*sec
		if dead {
			f := core.Fact{Kind: core.FactTransition, Subject: 0, To: core.StateDead}
			b.step(func() { b.w.Observe(b.now, &f, &b.fx) })
			end = b.now
		}
		b.run(end)
		if l := b.w.Pressure(); dead && l != job.PressureNone || !dead && l != job.PressureReject {
			t.Errorf("dead %v: %v at its end", dead, l)
		}
		b.run(end + 1)
		if l := b.w.Pressure(); l != job.PressureNone {
			t.Errorf("dead %v: %v after its end", dead, l)
		}
		b.run(end + sec)
		if len(b.times(end, 1, core.KindWorkflowProgress)) == 0 {
			t.Errorf("dead %v: the other one hears nothing", dead)
		}
	}
}

// Updates of sources: those that obey wait, the newest says all; others go out at once.
func TestSources(t *testing.T) {
	b := teller(t, 1, nil)
	b.level[0] = job.PressureReject
	tell := func(obeys, critical bool) {
		b.step(func() { b.w.Tell(b.now, &Update{Source: 1, To: 0, Obeys: obeys, Critical: critical}, &b.fx) })
	}
	tell(false, false)
	b.run(2 * sec)
	for range 10 {
		tell(true, false)
	}
	b.run(20 * sec)
	if n := len(b.times(2*sec, 0, core.KindStatsUpdate)); n != 0 {
		t.Errorf("%d updates at REJECT", n)
	}
	b.level[0] = job.PressureNone
	b.run(30 * sec)
	if n := len(b.times(2*sec, 0, core.KindStatsUpdate)); n != 1 {
		t.Errorf("%d updates after it, of ten the newest says all", n)
	}
	if d, ok := b.w.Deadline(); ok && d < b.now.Add(time.Second/2) && len(b.w.shards.by) == 0 && b.w.flusher.lanes[0].armed {
		t.Error("the loop goes on with nothing to tell")
	}
}

type everyFlush struct{}

func (everyFlush) Hurries(job.Shard, job.Token) bool { return true }

// Who leads a job from now on hears of its shards at once, and at each flush, whatever the way in which managers are served.
func TestNewLeaderIsTold(t *testing.T) {
	for _, combine := range []pressure.Combine{pressure.Max, pressure.Destination} {
		b := teller(t, 2, func(k *pressure.Keys) { k.Combine = combine })
		b.w.hurries = everyFlush{}
		b.order(0, 9, 1, 1, 1)
		b.run(10 * sec)
		b.lead(1, 9, 2)
		at := b.now
		b.run(at + 10*sec)
		if n := len(b.times(at, 1, core.KindWorkflowProgress)); n < 19 || b.times(at, 1, core.KindWorkflowProgress)[0] > int(at/1e6) {
			t.Errorf("%s: told %d times in 10 s: %v", combine, n, b.times(at, 1, core.KindWorkflowProgress))
		}
		if n := len(b.times(at+sec, 0, core.KindWorkflowProgress)); n > 0 {
			t.Errorf("%s: the old leader is told %d times", combine, n)
		}
	}
}
