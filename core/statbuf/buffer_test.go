package statbuf

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"pgregory.net/rapid"
)

func fixed(hysteresis float64) *Config {
	c := Default()
	c.Stats.Autosize, c.Stats.Hysteresis = false, hysteresis
	return &c
}

// Spec 30 §15.8, the first line.
func TestLevels(t *testing.T) {
	for n, want := range map[int]job.Pressure{
		699: job.PressureNone, 700: job.PressureThrottle, 849: job.PressureThrottle, 850: job.PressureBatch, 949: job.PressureBatch, 950: job.PressureReject,
	} {
		var b Buffer
		b.Init(fixed(0))
		for range n {
			b.Record(0, 1, true)
		}
		if b.Level() != want {
			t.Errorf("%d of 1000: %v, want %v", n, b.Level(), want)
		}
	}
}

// Spec 30 §15.8 and spec 02 no. 28: a record every 50 ms until 119.95 s, then nothing. The chapter's figures have timers before
// messages (30 §0), those of 02-28 the record of an instant before its tick: one record more or less.
func TestStormVectors(t *testing.T) {
	type change struct {
		ms    int
		level job.Pressure
		hot   int // −1: not given
	}
	for _, v := range []struct {
		hysteresis float64
		from       int  // ms: only what comes after it is compared
		late       bool // ticks come after records
		want       []change
	}{
		{0, 0, false, []change{{34_950, job.PressureThrottle, -1}, {42_450, job.PressureBatch, -1}, {47_450, job.PressureReject, -1}}},
		{0, 119_999, false, []change{{120_000, job.PressureBatch, 949}, {126_000, job.PressureThrottle, 848}, {134_000, job.PressureNone, 688}}},
		{0.05, 0, true, []change{
			{34_950, job.PressureThrottle, -1}, {42_450, job.PressureBatch, -1}, {47_450, job.PressureReject, -1}, {63_000, job.PressureBatch, 889},
			{110_500, job.PressureReject, -1}, {126_000, job.PressureBatch, 890}, {131_000, job.PressureThrottle, 790}, {139_000, job.PressureNone, 630},
		}},
	} {
		var b Buffer
		b.Init(fixed(v.hysteresis))
		var got []change
		level := job.PressureNone
		note := func(ms int) {
			if b.Level() != level {
				level = b.Level()
				if ms > v.from {
					got = append(got, change{ms, level, b.Len()})
				}
			}
		}
		for ms := 0; ms <= 150_000; ms += 50 {
			at := core.Instant(ms) * core.Instant(time.Millisecond)
			tick := func() {
				if ms%1000 == 0 {
					b.Tick(at)
					note(ms)
				}
			}
			if !v.late {
				tick()
			}
			if ms < 120_000 {
				b.Record(at, 1, false)
				note(ms)
			}
			if v.late {
				tick()
			}
		}
		if len(got) < len(v.want) {
			t.Fatalf("hysteresis %g: %v", v.hysteresis, got)
		}
		for i, w := range v.want {
			if got[i].ms != w.ms || got[i].level != w.level || w.hot >= 0 && got[i].hot != w.hot {
				t.Errorf("hysteresis %g, change %d: %+v, want %+v", v.hysteresis, i, got[i], w)
			}
		}
		if b.Stored != 1900 || b.Dropped != 500 {
			t.Errorf("hysteresis %g: %d stored, %d dropped; want 1900, 500", v.hysteresis, b.Stored, b.Dropped)
		}
	}
}

// Spec 30/D25: where entries leave only when one is taken, what is full takes nothing, and stays full for ever.
func TestExpiryOnRecordLatches(t *testing.T) {
	c := fixed(0)
	c.Stats.Expiry = OnRecord
	var b Buffer
	b.Init(c)
	at := func(ms int) core.Instant { return core.Instant(ms) * core.Instant(time.Millisecond) }
	for ms := 0; ms < 120_000; ms += 50 {
		b.Record(at(ms), 1, false)
	}
	for s := 120; s <= 420; s++ {
		b.Tick(at(1000 * s))
	}
	if b.Level() != job.PressureReject || b.Stored != 950 {
		t.Errorf("%v after 300 s of silence, %d stored; want REJECT, 950", b.Level(), b.Stored)
	}
	if b.Record(at(421_000), 1, true); b.Level() != job.PressureNone {
		t.Errorf("%v after one critical record", b.Level())
	}
}

func TestSteadyFill(t *testing.T) {
	for workflows, want := range map[int]float64{5: 0.60, 6: 0.72, 7: 0.84, 8: 0.96} {
		var b Buffer
		b.Init(fixed(0))
		for ms := 0; ms < 60_000; ms += 500 {
			for range workflows {
				b.Record(core.Instant(ms)*core.Instant(time.Millisecond), 1, true)
			}
		}
		if b.Fill() != want {
			t.Errorf("%d workflows: %g, want %g", workflows, b.Fill(), want)
		}
	}
}

func TestAutosize(t *testing.T) {
	for active, want := range map[int]int{1: 1000, 4: 1000, 5: 1200, 50: 12_000, 1000: 240_000} {
		c := Default()
		var b Buffer
		b.Init(&c)
		b.Fit(active, 500*time.Millisecond)
		if b.Capacity() != want {
			t.Errorf("%d workflows: %d, want %d", active, b.Capacity(), want)
		}
	}
}

// Records that come faster than workflows explain make it larger (02-29), and it shrinks only when it is less than half full.
func TestAutosizeByWhatArrives(t *testing.T) {
	c := Default()
	var b Buffer
	b.Init(&c)
	at := core.Instant(0)
	for s := range 120 {
		for range 100 {
			b.Record(at, 1, true)
		}
		at = core.Instant(s+1) * core.Instant(time.Second)
		b.Tick(at)
		b.Fit(1, 500*time.Millisecond)
	}
	if f := b.Fill(); f < 0.45 || f > 0.55 || b.Dropped != 0 {
		t.Errorf("100 records a second: fill %g of %d, %d dropped", f, b.Capacity(), b.Dropped)
	}
	large := b.Capacity()
	for range 11 {
		at = at.Add(time.Second)
		b.Tick(at)
	}
	if b.Fit(1, 500*time.Millisecond); b.Capacity() != large {
		t.Error("it shrinks while it is more than half full of what it would be then")
	}
}

// I-B2, I-B3, I-B4 and I-B8 under random traffic, through all tiers.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Default()
		k := &c.Stats
		k.Least, k.Autosize = 20, rapid.Bool().Draw(t, "autosize")
		k.Hot, k.Warm, k.Cold, k.WarmBucket, k.ColdBucket, k.WarmEntries, k.ColdEntries = 5*time.Second, 40*time.Second, 200*time.Second, time.Second, 4*time.Second, 8, 6
		var b Buffer
		b.Init(&c)
		now := core.Instant(0)
		tick := core.Instant(0)
		for range rapid.IntRange(1, 120).Draw(t, "events") {
			now = now.Add(core.Duration(rapid.IntRange(0, 900).Draw(t, "ms")) * time.Millisecond)
			for tick <= now {
				b.Tick(tick)
				tick = tick.Add(time.Second)
			}
			critical := rapid.Bool().Draw(t, "critical")
			reject := b.Level() == job.PressureReject
			stored := b.Record(now, 0, critical) != Dropped
			if critical && !stored || reject && !critical && stored {
				t.Fatalf("critical %v, REJECT %v, stored %v", critical, reject, stored)
			}
			if rapid.Bool().Draw(t, "fit") {
				b.Fit(rapid.IntRange(0, 3).Draw(t, "active"), 500*time.Millisecond)
			}
			hot, warm, cold, archive := b.Counts()
			if hot+warm+cold+archive != b.Stored {
				t.Fatalf("I-B4: %d + %d + %d + %d, stored %d", hot, warm, cold, archive, b.Stored)
			}
			if b.Len() > b.Capacity() {
				t.Fatalf("I-B3: %d of %d", b.Len(), b.Capacity())
			}
			if e := b.Oldest(); e != nil && now.Sub(e.At) > k.Hot+k.Tick {
				t.Fatalf("I-B3: a record of %v at %v", e.At, now)
			}
		}
		for range 6 {
			b.Tick(tick)
			tick = tick.Add(time.Second)
		}
		if b.Level() != job.PressureNone {
			t.Fatalf("I-B8: %v long after the last record", b.Level())
		}
	})
}

func TestCheckpoint(t *testing.T) {
	c := Default()
	var a, b Buffer
	a.Init(&c)
	b.Init(&c)
	for s := range 10 {
		a.Record(core.Instant(s)*core.Instant(time.Second), float64(s), false)
	}
	now := core.Instant(20 * time.Second)
	b.Record(core.Instant(5*time.Second), 100, false)
	b.Import(now, a.Export(now))
	got := b.Export(now)
	if len(got) != 6 || got[0].Value != 0 || got[4].Value != 4 || got[5].Value != 100 {
		t.Errorf("imported: %v", got)
	}
}

func TestNoAllocation(t *testing.T) {
	c := Default()
	var b Buffer
	b.Init(&c)
	now := core.Instant(0)
	step := func() {
		now = now.Add(100 * time.Millisecond)
		b.Record(now, 1, false)
		if now%core.Instant(time.Second) == 0 {
			b.Tick(now)
		}
	}
	for range 100_000 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%g allocations a record", n)
	}
}
