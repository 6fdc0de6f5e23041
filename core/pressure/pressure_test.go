package pressure

import (
	"testing"
	"time"
	"unsafe"

	"hypersim/core"
	"hypersim/core/job"
	"pgregory.net/rapid"
)

const (
	none     = job.PressureNone
	throttle = job.PressureThrottle
	batch    = job.PressureBatch
	reject   = job.PressureReject

	base = 500 * time.Millisecond // between two flushes of a worker that nobody slows down
)

// Spec 30 §15.9.
func TestFlushVectors(t *testing.T) {
	type sig struct {
		level job.Pressure
		ms    int
		age   float64
	}
	for _, v := range []struct {
		live     []sig
		level    job.Pressure
		d        int
		interval float64
	}{
		{nil, none, 0, 0.5},
		{[]sig{{throttle, 100, 0}, {none, 0, 0}}, throttle, 500, 1.0},
		{[]sig{{throttle, 800, 0}}, throttle, 800, 1.3},
		{[]sig{{throttle, 800, 0}, {batch, 500, 0}}, batch, 1000, 1.5},
		{[]sig{{batch, 700, 0}}, batch, 1400, 1.9},
		{[]sig{{reject, 1000, 0}}, reject, 4000, 4.5},
		{[]sig{{reject, 1000, 15.1}, {throttle, 100, 0}}, throttle, 500, 1.0},
	} {
		c := Default()
		k := &c.Pressure
		var table Table
		now := core.Instant(time.Minute)
		for i, s := range v.live {
			table.Apply(now-core.Instant(core.Seconds(s.age)), core.NodeID(i), &job.Backpressure{Level: s.level, Delay: core.Duration(s.ms) * time.Millisecond, Epoch: 1, Seq: 1})
		}
		l, asked := table.Worst(now, k.WorkerTTL, nil)
		if d := k.added(l, asked); l != v.level || d != core.Duration(v.d)*time.Millisecond || k.Interval(base, l, asked) != core.Seconds(v.interval) {
			t.Errorf("%v: %v, %v, %v; want %v, %d ms, %g s", v.live, l, d, k.Interval(base, l, asked), v.level, v.d, v.interval)
		}
	}
}

// The table of spec 30 §5.3.
func TestSignals(t *testing.T) {
	c := Default()
	for l, want := range map[job.Pressure]job.Backpressure{
		none: {}, throttle: {Level: throttle, Delay: 100 * time.Millisecond}, batch: {Level: batch, Delay: 500 * time.Millisecond, BatchOnly: true},
		reject: {Level: reject, Delay: time.Second, BatchOnly: true},
	} {
		if got := c.Pressure.Signal(l); got != want {
			t.Errorf("%v: %+v, want %+v", l, got, want)
		}
	}
}

// The table of spec 30 §5.5.
func TestForwarding(t *testing.T) {
	c := Default()
	for _, v := range []struct {
		level    job.Pressure
		update   Pass
		status   Pass
		interval float64
	}{{none, Now, Now, 0}, {throttle, Hold, Hold, 0.35}, {batch, Hold, Hold, 0.75}, {reject, Drop, Now, 1.25}} {
		s := c.Pressure.Signal(v.level)
		if Forward(v.level, false) != v.update || Forward(v.level, true) != v.status || c.Pressure.ForwardInterval(v.level, s.Delay) != core.Seconds(v.interval) {
			t.Errorf("%v: %d, %d, %v", v.level, Forward(v.level, false), Forward(v.level, true), c.Pressure.ForwardInterval(v.level, s.Delay))
		}
	}
}

// A level that falls shortens the wait from the last flush; one that rises waits for the flush that is due.
func TestFlushIsShortened(t *testing.T) {
	c := Default()
	k := &c.Pressure
	at := func(s float64) core.Instant { return core.Instant(core.Seconds(s)) }
	var f Flush
	f.Begin(0, at(0.5), base)
	if f.Heard(at(0.1), k, reject, time.Second) || f.Next() != at(0.5) {
		t.Errorf("REJECT moved the flush that is due to %v", f.Next())
	}
	f.Flushed(at(0.5), k, reject, time.Second)
	if f.Next() != at(5) {
		t.Errorf("at REJECT the next is at %v", f.Next())
	}
	if !f.Heard(at(2), k, none, 0) || f.Next() != at(2) {
		t.Errorf("at NONE it is at %v, want at once: the interval is over", f.Next())
	}
	f.Flushed(at(2), k, batch, 500*time.Millisecond)
	if !f.Heard(at(2.1), k, throttle, 100*time.Millisecond) || f.Next() != at(3) {
		t.Errorf("at THROTTLE it is at %v, want 3 s", f.Next())
	}
}

func TestWhatIsSent(t *testing.T) {
	for _, v := range []struct {
		level   job.Pressure
		batches bool
		want    What
	}{{none, true, Singles}, {throttle, true, Singles}, {batch, true, Batches}, {batch, false, Singles}, {reject, true, Critical}, {reject, false, Critical}} {
		if got := Of(v.level, v.batches); got != v.want {
			t.Errorf("%v, batches %v: %d", v.level, v.batches, got)
		}
	}
}

// I-B6: what is applied never goes back, and what a manager said last counts; against a plain map.
func TestTableAgainstModel(t *testing.T) {
	if signalBytes != int(unsafe.Sizeof(signal{})) {
		t.Errorf("signalBytes = %d, a signal takes %d", signalBytes, unsafe.Sizeof(signal{}))
	}
	rapid.Check(t, func(t *rapid.T) {
		var table Table
		model := map[core.NodeID]signal{}
		now := core.Instant(0)
		const ttl = 15 * time.Second
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			now = now.Add(core.Duration(rapid.IntRange(0, 4000).Draw(t, "ms")) * time.Millisecond)
			id := core.NodeID(rapid.IntRange(1, 4).Draw(t, "manager"))
			switch rapid.IntRange(0, 9).Draw(t, "event") {
			case 0:
				table.Remove(id)
				delete(model, id)
			case 1:
				table.Expire(now, ttl)
				for k, s := range model {
					if now.Sub(s.at) > ttl {
						delete(model, k)
					}
				}
			default:
				b := job.Backpressure{
					Level: job.Pressure(rapid.IntRange(0, 3).Draw(t, "level")), Delay: core.Duration(rapid.IntRange(0, 2000).Draw(t, "delay")),
					Epoch: uint32(rapid.IntRange(1, 3).Draw(t, "epoch")), Seq: uint32(rapid.IntRange(1, 5).Draw(t, "seq")),
				}
				s, known := model[id]
				newer := !known || b.Epoch > s.epoch || b.Epoch == s.epoch && b.Seq > s.seq
				if table.Apply(now, id, &b) != newer {
					t.Fatalf("%+v after %+v: applied %v", b, s, !newer)
				}
				if newer {
					model[id] = signal{id, b.Level, b.Delay, b.Epoch, b.Seq, now}
				}
			}
			worst, delay := none, core.Duration(0)
			for _, s := range model {
				if now.Sub(s.at) <= ttl && s.level > worst {
					worst = s.level
				}
			}
			for _, s := range model {
				if now.Sub(s.at) <= ttl && s.level == worst {
					delay = max(delay, s.delay)
				}
			}
			if l, d := table.Worst(now, ttl, nil); l != worst || d != delay {
				t.Fatalf("worst %v %v, want %v %v", l, d, worst, delay)
			}
			if table.Len() != len(model) {
				t.Fatalf("%d managers, want %d", table.Len(), len(model))
			}
		}
	})
}

// Spec 30/D27: where lower levels are ignored, pressure never clears, however old the signal is.
func TestRaisesLatch(t *testing.T) {
	table := Table{Latches: true}
	table.Apply(0, 1, &job.Backpressure{Level: reject, Delay: time.Second, Epoch: 1, Seq: 1})
	table.Apply(core.Instant(time.Second), 1, &job.Backpressure{Level: none, Epoch: 1, Seq: 2})
	table.Expire(core.Instant(time.Hour), 15*time.Second)
	if l, d := table.Worst(core.Instant(time.Hour), 15*time.Second, nil); l != reject || d != time.Second || table.Next(15*time.Second) != core.Never {
		t.Errorf("%v, %v; want REJECT, 1s", l, d)
	}
}

// Next is the first instant at which a signal does not count any more.
func TestSignalsEnd(t *testing.T) {
	const ttl = 15 * time.Second
	var table Table
	table.Apply(0, 1, &job.Backpressure{Level: none, Epoch: 1, Seq: 1})
	if table.Next(ttl) != core.Never {
		t.Error("NONE has an end")
	}
	table.Apply(core.Instant(time.Second), 2, &job.Backpressure{Level: batch, Epoch: 1, Seq: 1})
	end := table.Next(ttl)
	if l, _ := table.Worst(end-1, ttl, nil); l != batch {
		t.Errorf("%v before its end", l)
	}
	if l, _ := table.Worst(end, ttl, nil); l != none {
		t.Errorf("%v at its end", l)
	}
}
