package call

import (
	"math"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
)

// bounds of 2,000 pauses after attempt k.
func pauses(s *Strategy, k int) (least, most core.Duration) {
	draw := rng.New(1, "test", uint64(k))
	least = math.MaxInt64
	for range 2000 {
		d := s.Pause(k, 0, &draw)
		least, most = min(least, d), max(most, d)
	}
	return least, most
}

// Spec 20 §13.13: attempts 2…6 of a submission after 0.25–0.75, 0.5–1.5, 1–3, 2–6, 4–12 s.
func TestSubmissionPauses(t *testing.T) {
	s := Strategy{Base: time.Second / 2, Jitter: JitterHalf}
	for k, want := range []float64{0.25, 0.5, 1, 2, 4} {
		least, most := pauses(&s, k)
		lo, hi := core.Seconds(want), core.Seconds(3*want)
		if least < lo || most > hi || float64(least) > 1.02*float64(lo) || float64(most) < 0.98*float64(hi) {
			t.Errorf("before attempt %d %v–%v, want %v–%v", k+2, least, most, lo, hi)
		}
	}
}

// Spec 30 §15.12: base 0.5 s, cap 30 s, a draw that is always the same.
func TestPauseVectors(t *testing.T) {
	for _, c := range []struct {
		j    Jitter
		u    float64
		want [8]float64
	}{
		{JitterFull, 0.25, [8]float64{0.125, 0.25, 0.5, 1, 2, 4, 7.5, 7.5}},
		{JitterEqual, 0.5, [8]float64{0.375, 0.75, 1.5, 3, 6, 12, 22.5, 22.5}},
		{JitterChain, 0.5, [8]float64{1, 1.75, 2.875, 4.5625, 7.09375, 10.890625, 16.585938, 25.128906}},
		{JitterNone, 0.5, [8]float64{0.5, 1, 2, 4, 8, 16, 30, 30}},
	} {
		s, prev := Strategy{Base: time.Second / 2, Cap: 30 * time.Second, Jitter: c.j}, core.Duration(0)
		for k, want := range c.want {
			if prev = s.pause(k, prev, c.u); math.Abs(prev.Seconds()-want) > 1e-6 {
				t.Errorf("jitter %d, retry %d: %v, want %g s", c.j, k, prev, want)
			}
		}
	}
}

// A call remembers its last pause: a chain grows from there, and is never above the cap (I-T1).
func TestChain(t *testing.T) {
	r := newRole()
	s := Strategy{Timeout: time.Second, Base: time.Second / 2, Cap: 20 * time.Second, Attempts: 40, Jitter: JitterChain}
	r.call(0, 2, &s, Ticket{})
	now, prev, longest := core.Instant(0), s.Base, core.Duration(0)
	for range 39 {
		m := r.one(t)
		r.reply(now, &m, Answer{Code: CodeSyncing})
		at := r.wake(t)
		pause := at.Sub(now)
		if pause < s.Base || pause > min(s.Cap, 3*prev) {
			t.Fatalf("%v after %v", pause, prev)
		}
		now, prev, longest = at, pause, max(longest, pause)
	}
	if longest < 10*time.Second {
		t.Errorf("no pause above %v", longest)
	}
}

// Every pause lies in the range of its jitter and is never above the cap (spec 30 §9.1, I-T1).
func TestPauses(t *testing.T) {
	const b, limit = time.Second / 2, 30 * time.Second
	for k, e := range []float64{0.5, 1, 2, 4, 8, 16, 30, 30} {
		for _, c := range []struct {
			j      Jitter
			lo, hi float64 // of e
		}{{JitterFull, 0, 1}, {JitterHalf, 0.5, 1.5}, {JitterEqual, 0.5, 1}, {JitterNone, 1, 1}} {
			s := Strategy{Base: b, Cap: limit, Jitter: c.j}
			least, most := pauses(&s, k)
			lo, hi := c.lo*e, min(c.hi*e, 30)
			if least.Seconds() < lo || most.Seconds() > hi || least.Seconds() > lo+0.02*e || most.Seconds() < hi-0.02*e {
				t.Errorf("jitter %d, retry %d: %v–%v, want %v–%v s", c.j, k, least, most, lo, hi)
			}
		}
	}
}

// 2^k saturates, with a cap and without.
func TestPausesSaturate(t *testing.T) {
	draw := rng.New(1, "test")
	for _, limit := range []core.Duration{0, time.Hour, math.MaxInt64} {
		want := limit
		if limit == 0 {
			want = math.MaxInt64
		}
		s := Strategy{Base: time.Second, Cap: limit, Jitter: JitterNone}
		if d := s.Pause(1_000_000, 0, &draw); d != want {
			t.Errorf("cap %v: %v", limit, d)
		}
		s.Jitter = JitterHalf
		if d := s.Pause(1_000_000, 0, &draw); d < want/2 || d > want {
			t.Errorf("cap %v: %v", limit, d)
		}
	}
	if s := (Strategy{Jitter: JitterFull}); s.Pause(3, 0, &draw) != 0 {
		t.Error("no base, and yet a pause")
	}
}

func TestFJ(t *testing.T) {
	if s := (FJ{Timeout: 5e9, Base: 1e9, Cap: 5e9, Retries: 3}.Strategy()); s.Attempts != 4 || s.Jitter != JitterFull || s.Timeout != 5e9 || s.Base != 1e9 || s.Cap != 5e9 {
		t.Errorf("%+v", s)
	}
	if (FJ{Timeout: 5e9, Base: 1e9, Cap: 5e9, Retries: -1}.Strategy()).Attempts != 0 {
		t.Error("no end means no end")
	}
}
