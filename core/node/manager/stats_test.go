package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/pressure"
	"hypersim/core/registry"
	"hypersim/core/statbuf"
)

// stated makes a bench whose manager keeps statistics, in a buffer of so many records, and takes job 7.
func stated(t *testing.T, capacity int) *bench {
	b := newBench(t)
	c, p := statbuf.Default(), pressure.Default()
	c.Stats.Least, c.Stats.Autosize = capacity, false
	b.m.p.Stats = &Stats{Buffer: &c, Pressure: &p.Pressure}
	b.m.initStats()
	b.m.beginStats(b.now)
	if a := b.submit(gate1, 1); !a.Accepted {
		t.Fatalf("%+v", a)
	}
	b.run(b.now + 10*ms)
	return b
}

// snapshot is the next one of the shard that runs.
func (b *bench) snapshot(seq uint32, done, bad uint64) *job.ShardProgress {
	d := b.tasks[0]
	return &job.ShardProgress{Shard: d.Shard, Token: d.Token, Status: job.StatusRunning, Completed: done, Failed: bad, Rate: 1, Cores: 1, Seq: seq}
}

func (b *bench) report(seq uint32, done, bad uint64) *job.WorkflowProgressAck {
	return b.ask(core.Message{Kind: core.KindWorkflowProgress, From: hand, Body: &job.WorkflowProgress{ShardProgress: *b.snapshot(seq, done, bad)}}).(*job.WorkflowProgressAck)
}

func (b *bench) shard() *shard { return &b.job().flows[0].shards[0] }

// Spec 30 §5.2, §5.3: levels by fill, told with every answer; at REJECT a snapshot is dropped unless it is critical.
func TestLevelsAreTold(t *testing.T) {
	b := stated(t, 20)
	want := map[uint32]job.Pressure{13: job.PressureNone, 14: job.PressureThrottle, 16: job.PressureThrottle, 17: job.PressureBatch, 18: job.PressureBatch, 19: job.PressureReject}
	last := uint32(0)
	for n := uint32(1); n <= 19; n++ {
		a := b.report(n, uint64(n), 0)
		if l, ok := want[n]; ok && a.Level != l || a.Code != call.CodeOK || a.Epoch != 1 || a.Seq <= last {
			t.Errorf("after %d: %+v", n, a.ManagerAck)
		}
		last = a.Seq
	}
	s := b.shard()
	if a := b.report(20, 20, 0); a.Level != job.PressureReject || a.Code != call.CodeOK || s.done != 19 || s.seq != 19 {
		t.Errorf("%v, taken in up to %d, seq %d; want the 20th dropped", a.Level, s.done, s.seq)
	}
	if a := b.report(21, 21, 1); a.Level != job.PressureReject || s.done != 21 || s.bad != 1 {
		t.Errorf("%v, %d done, %d bad; want what failed to be known", a.Level, s.done, s.bad)
	}
	if st, dropped := b.m.stats.buf.Stored, b.m.stats.buf.Dropped; st != 20 || dropped != 1 {
		t.Errorf("%d stored, %d dropped", st, dropped)
	}
	at := b.now
	b.run(at + 6*sec)
	beats := b.told(core.KindManagerHeartbeat, at)
	if len(beats) == 0 || beats[0].body.(*registry.ManagerHeartbeat).Pressure.Level != job.PressureReject {
		t.Errorf("gates hear %d heartbeats of it", len(beats))
	}
	b.run(at + 62*sec) // one minute and a tick after the last record
	if l := b.m.Pressure(); l != job.PressureNone {
		t.Errorf("%v a minute later (I-B8)", l)
	}
}

// 30/D29: a batch is one record, of the value of all; each entry is judged by itself.
func TestBatchIsOneRecord(t *testing.T) {
	b := stated(t, 20)
	alien := *b.snapshot(9, 9, 0)
	alien.Token = 1
	a := b.ask(core.Message{Kind: core.KindJobProgressBatch, From: hand, Body: &job.ProgressBatch{Job: 7, Entries: []job.ShardProgress{*b.snapshot(1, 5, 0), alien}}}).(*job.ProgressBatchAck)
	if len(a.Codes) != 2 || a.Codes[0] != call.CodeOK || a.Codes[1] != call.CodeStaleFence || a.Seq == 0 {
		t.Errorf("%+v", a)
	}
	if b.m.stats.buf.Stored != 1 || b.shard().done != 5 {
		t.Errorf("%d records, %d done", b.m.stats.buf.Stored, b.shard().done)
	}
	other := b.ask(core.Message{Kind: core.KindJobProgressBatch, From: hand, Body: &job.ProgressBatch{Job: 8, Entries: []job.ShardProgress{{Shard: job.Shard{Job: 8, Workflow: 3}}}}}).(*job.ProgressBatchAck)
	if other.Code != call.CodeUnknownJob || other.Codes[0] != call.CodeUnknownJob || b.m.stats.buf.Stored != 1 {
		t.Errorf("of a job that nobody knows: %+v", other)
	}
	probe := b.ask(core.Message{Kind: core.KindProgressProbe, From: hand, Body: new(job.ProgressProbe)}).(*job.WorkflowProgressAck)
	if probe.Seq == 0 || b.m.stats.buf.Stored != 1 {
		t.Errorf("a probe: %+v", probe)
	}
}

// Spec 30 §5.2: growth is immediate. Shards that begin within one tick, and tell of themselves, do not fill a buffer that is
// made for fewer.
func TestGrowthIsImmediate(t *testing.T) {
	b := stated(t, 2)
	b.m.p.Stats.Buffer.Stats.Autosize = true
	for n := uint32(1); n <= 2; n++ {
		b.report(n, uint64(n), 0)
	}
	if c := b.m.stats.buf.Capacity(); c < 240 || b.m.Pressure() != job.PressureNone {
		t.Errorf("capacity %d for one shard twice a second, %v", c, b.m.Pressure())
	}
}

// A run that asks for no statistics says nothing of pressure.
func TestNoStatistics(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(b.now + 10*ms)
	if a := b.report(1, 1, 0); a.Backpressure != (job.Backpressure{}) {
		t.Errorf("%+v", a.Backpressure)
	}
	b.run(b.now + 6*sec)
	for _, h := range b.told(core.KindManagerHeartbeat, 0) {
		if p := h.body.(*registry.ManagerHeartbeat).Pressure; p != (job.Backpressure{}) {
			t.Errorf("%+v", p)
		}
	}
}

// Updates that belong to no job are counted once each.
func TestUpdates(t *testing.T) {
	b := stated(t, 20)
	for _, seq := range []uint32{1, 1, 3, 2} {
		b.ask(core.Message{Kind: core.KindStatsUpdate, From: hand, Body: &job.StatsUpdate{Source: 5, Seq: seq, Value: 1}})
	}
	if n := b.m.stats.buf.Stored; n != 2 {
		t.Errorf("%d stored of 1, 1, 3, 2", n)
	}
	for _, x := range []struct{ life, seq uint32 }{{2, 1}, {2, 2}, {1, 9}} { // a new process counts anew, and what the old one still said is late
		b.lives[hand] = x.life
		b.ask(core.Message{Kind: core.KindStatsUpdate, From: hand, Body: &job.StatsUpdate{Source: 5, Seq: x.seq, Value: 1}})
	}
	if n := b.m.stats.buf.Stored; n != 4 {
		t.Errorf("%d stored: two of them are of a worker that started anew", n)
	}
}

// Windows of a workflow's workers become one, which goes to the gate of the job.
func TestWindows(t *testing.T) {
	b := stated(t, 20)
	for range 2 {
		b.send(core.Message{Kind: core.KindWindowedStatsPush, From: hand, Body: &job.WindowedStatsPush{Job: 7, Workflow: 100, Completed: 3, Workers: 1, Stats: core.Blob{Size: 50}}})
	}
	at := b.now
	b.run(at.Add(2 * time.Second))
	list := b.told(core.KindWindowedStatsPush, at)
	if len(list) != 1 || list[0].to != gate1 {
		t.Fatalf("%d windows: %+v", len(list), list)
	}
	if w := list[0].body.(*job.WindowedStatsPush); w.Completed != 6 || w.Workers != 2 || !w.Aggregated || w.Stats.Size != 50 || w.Site != 4 {
		t.Errorf("%+v", w)
	}
	if b.m.stats.buf.Stored != 2 {
		t.Errorf("%d records", b.m.stats.buf.Stored)
	}
}

// Spec 30 §5.3: who is sent away at the door hears at least THROTTLE, under a number of its own; 01-64: what is HOT weighs.
func TestRefusalsPress(t *testing.T) {
	b := stated(t, 20)
	before := b.report(1, 1, 0)
	var a job.WorkflowProgressAck
	if b.m.Press(1, &a); a.Level != job.PressureThrottle || a.Delay == 0 || a.Epoch != 1 || a.Seq <= before.Seq {
		t.Errorf("%+v after number %d", a.Backpressure, before.Seq)
	}
	for n := uint32(2); n <= 19; n++ {
		b.report(n, uint64(n), 0)
	}
	var batch job.ProgressBatchAck
	if b.m.Press(1, &batch); batch.Level != job.PressureReject {
		t.Errorf("at REJECT: %+v", batch.Backpressure)
	}
	if _, hot := b.m.Weighs(); hot != 19 {
		t.Errorf("%d records weigh", hot)
	}
	plain := newBench(t)
	var none job.WorkflowProgressAck
	if plain.m.Press(1, &none); none.Backpressure != (job.Backpressure{}) {
		t.Errorf("without statistics: %+v", none.Backpressure)
	}
}

// A worker that is heard twice in one window of its manager, because its messages took unequally long, has done what it said
// last, not both: counts are those since its shard began.
func TestWindowsOfOneWorker(t *testing.T) {
	b := stated(t, 20)
	say := func(from core.NodeID, to core.Duration, done uint64) {
		b.send(core.Message{Kind: core.KindWindowedStatsPush, From: from, Body: &job.WindowedStatsPush{Job: 7, Workflow: 100, To: to, Completed: done, Rate: 1, Workers: 1}})
	}
	say(hand, time.Second, 3)
	say(hand+1, time.Second, 10)
	say(hand, 2*time.Second, 5)
	say(hand, 2*time.Second, 4) // another shard of it
	say(hand, time.Second, 2)   // late
	at := b.now
	b.run(at.Add(2 * time.Second))
	list := b.told(core.KindWindowedStatsPush, at)
	if len(list) != 1 {
		t.Fatalf("%d windows", len(list))
	}
	if w := list[0].body.(*job.WindowedStatsPush); w.Completed != 19 || w.Workers != 3 || w.Rate != 3 {
		t.Errorf("%d done by %d workers at %g/s; want 5 and 4 of one, and 10 of the other", w.Completed, w.Workers, w.Rate)
	}
}
