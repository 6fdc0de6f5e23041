package host

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

func TestClock(t *testing.T) {
	const s = core.Instant(time.Second)
	ahead := NewClock(2*time.Second, 0)
	fast := NewClock(0, 100e-6) // 100 ppm: 100 µs per second
	slow := NewClock(-time.Second, -1e-3)
	stepped := NewClock(0, 0)
	stepped.Change(10*s, -3*time.Second, 1e-3)
	back := stepped
	back.Change(20*s, 3*time.Second, 0)
	for _, c := range []struct {
		name           string
		clock          Clock
		virtual, local core.Instant
	}{
		{"right", Clock{}, 5 * s, 5 * s},
		{"ahead", ahead, 5 * s, 7 * s},
		{"fast", fast, 10 * s, 10*s + s/1000},
		{"behind and slow", slow, 10 * s, 9*s - s/100},
		{"stepped back: at the step", stepped, 10 * s, 7 * s},
		{"stepped back: later", stepped, 11 * s, 8*s + s/1000},
		{"set right again: what it gained stays", back, 30 * s, 30*s + s/100},
	} {
		if have := c.clock.Local(c.virtual); have != c.local {
			t.Errorf("%s: at %v it shows %v, want %v", c.name, c.virtual, have, c.local)
		}
		first := c.virtual
		for c.clock.Local(first-1) == c.local { // a slow clock shows some nanoseconds twice
			first--
		}
		if have := c.clock.Virtual(c.local); have != first || first < c.virtual-1 {
			t.Errorf("%s: it shows %v at %v, want %v", c.name, c.local, have, first)
		}
	}
	if have := fast.Virtual(core.Never); have != core.Never {
		t.Errorf("never on the clock is %v", have)
	}
}

// Virtual is the inverse: the first instant at which the clock shows that much. What was shown before the
// last step is in the past. Local time does not go back but by a step.
func TestVirtualIsTheFirstInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drift := rapid.Float64Range(-1e-3, 1e-3)
		const month = 30 * 24 * int64(time.Hour)
		c := NewClock(core.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "offset")), drift.Draw(t, "drift"))
		now := core.Instant(0)
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			now += core.Instant(rapid.Int64Range(0, month).Draw(t, "later"))
			before, step := c.Local(now), core.Duration(rapid.Int64Range(-1e11, 1e11).Draw(t, "step"))
			c.Change(now, step, drift.Draw(t, "drift"))
			if c.Local(now) != before.Add(step) {
				t.Fatalf("a step of %v moves the clock from %v to %v", step, before, c.Local(now))
			}
		}
		local := c.anchor + core.Instant(rapid.Int64Range(-1e9, month).Draw(t, "ahead"))
		v := c.Virtual(local)
		if local <= c.anchor {
			if v > now {
				t.Fatalf("it has shown %v already, but Virtual says %v", local, v)
			}
			return
		}
		if v < now || c.Local(v) < local {
			t.Fatalf("at %v it shows %v, asked for %v", v, c.Local(v), local)
		}
		if c.Local(v-1) >= local {
			t.Fatalf("one nanosecond before %v it shows %v already, asked for %v", v, c.Local(v-1), local)
		}
	})
}

func BenchmarkClock(b *testing.B) {
	for _, bench := range []struct {
		name  string
		drift float64
	}{{"right", 0}, {"drifting", 37e-6}} {
		b.Run(bench.name, func(b *testing.B) {
			c := NewClock(0, bench.drift)
			sum := core.Instant(0)
			for i := range b.N {
				sum += c.Virtual(c.Local(core.Instant(i) * 12_345_679))
			}
			_ = sum
		})
	}
}
