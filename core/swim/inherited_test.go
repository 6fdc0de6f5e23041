package swim

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

var wheel = func() *Wheel {
	c := Default()
	return &c.Wheel
}()

// The figures of spec 10 §16 D8 and spec 40 (A1, J2): what the inherited wheel makes of a timeout, whatever
// the phase of its hands when the timer is armed.
func TestInheritedWheel(t *testing.T) {
	for _, c := range []struct{ timeout, least, most float64 }{
		{1.7, 0.1, 0.2}, // "1.7 s fires after 0.2 s": at the second fine tick from now
		{1.9, 0.3, 0.4}, // "1.9 s fires after 0.4 s"
		{5, 8, 9.6},     // "5 s after 8.0–9.6 s": six moves of the coarse hand
		{30, 48, 50},    // "30 s fires after 48–50 s"
		{120, 89, 92},   // "120 s after ≈ 90 s": slot 56
		{270, 23.5, 26}, // "24–25 s": slot 14, then a partial revolution of the fine wheel
	} {
		for phase := 0.0; phase < 1.6; phase += 0.007 {
			now := core.Instant(100e9).Add(core.Seconds(phase))
			d := wheel.fires(0, now, now.Add(core.Seconds(c.timeout))).Sub(now).Seconds()
			if d < c.least-1e-9 || d > c.most+1e-9 {
				t.Fatalf("%v s, armed at phase %.3f, fires after %.3f s, want %v to %v", c.timeout, phase, d, c.least, c.most)
			}
		}
	}
}

// wheelModel is the two-level wheel itself, advanced tick by tick.
type wheelModel struct {
	fine, coarse map[int][]core.Instant // due times by slot
	f, c         int                    // hands
	now          core.Instant
}

func (w *wheelModel) add(due core.Instant) {
	if left := due.Sub(w.now); left <= 2*time.Second {
		i := (w.f + int(left/(100*time.Millisecond))) % 16
		w.fine[i] = append(w.fine[i], due)
	} else {
		i := (w.c + int(left/time.Second)) % 64
		w.coarse[i] = append(w.coarse[i], due)
	}
}

// tick moves the hands at now and reports whether the timer fired.
func (w *wheelModel) tick() bool {
	fired := len(w.fine[w.f]) > 0
	delete(w.fine, w.f)
	w.f = (w.f + 1) % 16
	if w.f == 0 {
		moved := w.coarse[w.c]
		delete(w.coarse, w.c)
		w.c = (w.c + 1) % 64
		for _, due := range moved {
			if due <= w.now {
				fired = true
				continue
			}
			i := (w.f + int(due.Sub(w.now)/(100*time.Millisecond))) % 16
			w.fine[i] = append(w.fine[i], due)
		}
	}
	return fired
}

// The closed form agrees with a wheel that is turned by hand.
func TestInheritedWheelModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		armed := core.Instant(rapid.Int64Range(0, 20e9).Draw(t, "armed"))
		due := armed.Add(core.Duration(rapid.Int64Range(0, 300e9).Draw(t, "timeout")))
		w := wheelModel{fine: map[int][]core.Instant{}, coarse: map[int][]core.Instant{}}
		added := false
		for at := core.Instant(100e6); ; at += 100e6 {
			if !added && armed < at {
				w.now, added = armed, true
				w.add(due)
			}
			w.now = at
			if w.tick() {
				if have := wheel.fires(0, armed, due); have != at {
					t.Fatalf("armed at %v for %v: fires at %v, the wheel at %v", armed, due, have, at)
				}
				return
			}
		}
	})
}

// §5.3: "never early, late by at most one fine tick".
func TestWheelQuantum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Default()
		cfg.Wheel.Quantum = core.Duration(rapid.Int64Range(0, 1e9).Draw(t, "quantum"))
		m := Machine{cfg: &cfg, phase: core.Instant(rapid.Int64Range(0, 1e9).Draw(t, "phase"))}
		due := core.Instant(rapid.Int64Range(0, 100e9).Draw(t, "due"))
		late := m.alarm(0, due).Sub(due)
		if q := cfg.Wheel.Quantum; late < 0 || late > 0 && late >= q || q > 0 && m.alarm(0, due).Sub(m.phase)%q != 0 {
			t.Fatalf("quantum %v, phase %v: due %v goes off %v late", q, m.phase, due, late)
		}
	})
}
