package jobtimeout

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

const sec = core.Instant(time.Second)

// The vectors of spec 20 §13.4.
func TestExtensionVectors(t *testing.T) {
	c := DefaultExtension()
	var x Tracker
	for i, r := range []struct {
		progress float64
		granted  float64 // seconds, 0 = denied
		denial   Denial
		left     uint8
		warning  bool
	}{
		{0.1, 15, DenialNone, 4, false}, {0.2, 7.5, DenialNone, 3, false}, {0.2, 0, DenialNoProgress, 3, false}, {0.3, 3.75, DenialNone, 2, false},
		{0.4, 1.875, DenialNone, 1, true}, {0.5, 1, DenialNone, 0, false}, {0.6, 0, DenialExhausted, 0, false},
	} {
		g, evict := x.Ask(100*sec, &core.Ask{Seq: uint32(i + 1), Progress: r.progress}, StandingGood, &c)
		if evict || g.Extension.Seconds() != r.granted || g.Granted != (r.granted > 0) || g.Denial != r.denial || g.Remaining != r.left || g.Warning != r.warning {
			t.Errorf("request %d: %+v, evict %v", i+1, g, evict)
		}
		if i == 1 {
			again, _ := x.Ask(101*sec, &core.Ask{Seq: 2, Progress: 0.9}, StandingGood, &c)
			if again != g || x.Total != 22500*time.Millisecond {
				t.Errorf("repeated: %+v, sum %v", again, x.Total)
			}
		}
		if r.denial == DenialExhausted && (!g.Grace || g.GraceRemaining != 10*time.Second) {
			t.Errorf("exhausted: %+v", g)
		}
	}
	if x.Total != 29125*time.Millisecond {
		t.Errorf("sum %v", x.Total)
	}
	if g, evict := x.Ask(110*sec, &core.Ask{Seq: 8, Progress: 0.7}, StandingGood, &c); !evict || g.Grace {
		t.Errorf("after the grace: %+v, evict %v", g, evict)
	}
	x.Reset()
	if g, _ := x.Ask(120*sec, &core.Ask{Seq: 9, Progress: 0.1}, StandingGood, &c); g.Extension != 15*time.Second {
		t.Errorf("after a reset: %+v", g)
	}
}

func TestExtensionDeadline(t *testing.T) {
	c := DefaultExtension()
	var x Tracker
	x.Ask(100*sec, &core.Ask{Seq: 1, Progress: 0.1}, StandingGood, &c)
	if at, ok := x.Deadline(); !ok || at != 145*sec {
		t.Errorf("deadline %v", at)
	}
	for now := 100 * sec; now <= 185*sec; now += 5 * sec {
		want := OnTime
		switch {
		case now > 175*sec:
			want = Lost
		case now > 145*sec:
			want = Overdue
		}
		if have := x.Check(now, &c); have != want {
			t.Errorf("at %v: %v, want %v", now, have, want)
		}
	}
}

// Items count if both sides have them, strangers and suspects get nothing, three denials in a row are the end, and a grant
// between them is not.
func TestExtensionDenials(t *testing.T) {
	c := DefaultExtension()
	var x Tracker
	seq := uint32(0)
	ask := func(done uint64, progress float64, who Standing) (Grant, bool) {
		seq++
		return x.Ask(sec, &core.Ask{Seq: seq, Done: done, Total: 100, Progress: progress}, who, &c)
	}
	if g, evict := ask(1, 0, StandingUnknown); g.Denial != DenialUnknownWorker || evict {
		t.Errorf("%+v", g)
	}
	ask(5, 0.5, StandingGood)
	if g, _ := ask(5, 0.9, StandingGood); g.Denial != DenialNoProgress {
		t.Errorf("items stand still: %+v", g)
	}
	if g, evict := ask(9, 0.9, StandingSuspect); g.Denial != DenialSuspect || evict {
		t.Errorf("%+v", g)
	}
	if g, _ := ask(9, 0.1, StandingGood); !g.Granted {
		t.Errorf("%+v", g)
	}
	for i := range 3 {
		if _, evict := ask(9, 1, StandingGood); evict != (i == 2) {
			t.Errorf("denial %d: evict %v", i+1, evict)
		}
	}
}

// Whatever is asked: at most five grants a period, each from 1 to 15 s, none above the one before, 29.125 s in all (I-JX1),
// none but the first without growth (I-JX2), and a repeat changes nothing (I-JT6).
func TestExtensionsHold(t *testing.T) {
	c := DefaultExtension()
	rapid.Check(t, func(t *rapid.T) {
		var x Tracker
		last, best := time.Hour, -1.0
		for i := range rapid.IntRange(1, 30).Draw(t, "requests") {
			a := core.Ask{Seq: uint32(i + 1), Progress: rapid.SampledFrom([]float64{0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1}).Draw(t, "progress")}
			g, _ := x.Ask(core.Instant(i)*sec, &a, Standing(rapid.IntRange(0, 2).Draw(t, "who")), &c)
			before := x
			if again, _ := x.Ask(core.Instant(i+1)*sec, &a, StandingGood, &c); again != g || x != before {
				t.Fatalf("a repeat: %+v after %+v", again, g)
			}
			if !g.Granted {
				continue
			}
			if x.N > 5 || g.Extension > last || g.Extension > 15*time.Second || g.Extension < time.Second || x.N > 1 && a.Progress <= best || x.Total > 29125*time.Millisecond {
				t.Fatalf("grant %d: %+v after %v at %v, sum %v", x.N, g, last, best, x.Total)
			}
			last, best = g.Extension, a.Progress
		}
	})
}
