package swim

import (
	"testing"
	"time"

	"hypersim/core"
)

// §4.5: "Rate r < 1: of every 20 ticks exactly 20·r probe, spread evenly".
func TestDegradedProbeRate(t *testing.T) {
	for level, want := range []int{20, 18, 14, 10, 5} {
		m := &Machine{level: uint8(level)}
		ticks := make([]bool, 2000)
		for i := range ticks {
			ticks[i] = m.tickProbes()
		}
		for start := range len(ticks) - 20 {
			n := 0
			for _, probes := range ticks[start : start+20] {
				if probes {
					n++
				}
			}
			if n != want {
				t.Fatalf("level %d: %d of the 20 ticks from %d, want %d", level, n, start, want)
			}
		}
		gap, longest, most := 0, 0, (20+want-1)/want
		for _, probes := range ticks {
			if gap++; probes {
				longest, gap = max(longest, gap), 0
			}
		}
		if longest > most {
			t.Errorf("level %d: %d ticks between two probes, evenly spread at most %d", level, longest, most)
		}
	}
}

// lagged is a machine whose lag timer is driven by hand.
type lagged struct {
	m   *Machine
	now core.Instant
	fx  core.Effects
}

func newLagged() *lagged {
	cfg := Default()
	l := &lagged{now: 100e9}
	l.m = New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 3, Instance: 1}, nil)
	return l
}

// sample lets the lag timer fire late by ratio × 100 ms.
func (l *lagged) sample(ratio float64) {
	due := l.now.Add(time.Second)
	l.now = due.Add(core.Duration(ratio * 1e8))
	l.m.onLag(due, l.now, &l.fx)
	l.now = due
}

// §4.5: "ratio > 0.5 lagging, > 2.0 critical"; §4.4: "+1 / +2 / −1"; "Three lagging samples in a row:
// degraded; five good ones: recovered".
func TestLagMovesLocalHealth(t *testing.T) {
	l := newLagged()
	for _, c := range []struct {
		name  string
		ratio float64
		lhm   uint8
	}{
		{"on time", 0, 0}, {"not yet lagging", 0.5, 0}, {"lagging", 0.6, 1}, {"critical", 2.1, 3}, {"good", 0.1, 3},
		{"two in a row", 0.6, 4}, {"", 0.6, 5}, {"three: degraded", 0.6, 6},
		{"good 1", 0, 6}, {"2", 0, 6}, {"3", 0, 6}, {"4", 0, 6}, {"5: recovered", 0, 5}, {"no second time", 0, 5},
	} {
		l.sample(c.ratio)
		if l.m.lhm != c.lhm {
			t.Fatalf("%s: LHM %d, want %d", c.name, l.m.lhm, c.lhm)
		}
	}
}

// Two lagging samples and a good one do not degrade, so that nothing is there to recover from.
func TestLagNeedsThreeInARow(t *testing.T) {
	l := newLagged()
	for range 4 {
		l.sample(0.6)
		l.sample(0.6)
		l.sample(0)
	}
	if l.m.lag.degraded {
		t.Error("degraded")
	}
	before := l.m.lhm
	for range 10 {
		l.sample(0)
	}
	if l.m.lhm != before {
		t.Errorf("recovered from nothing: LHM %d to %d", before, l.m.lhm)
	}
}

// §4.5: "Level = worse of LHM thresholds 2, 4, 6, 7 and average lag ratio thresholds 0.5, 1.0, 1.5, 2.0".
func TestLevelThresholds(t *testing.T) {
	for lhm, want := range []uint8{0, 0, 1, 1, 2, 2, 3, 4, 4} {
		l := newLagged()
		l.m.lhm = uint8(lhm)
		l.sample(0)
		if l.m.level != want {
			t.Errorf("LHM %d: level %d, want %d", lhm, l.m.level, want)
		}
	}
	for _, c := range []struct {
		average float64
		want    uint8
	}{{0.49, 0}, {0.5, 1}, {0.99, 1}, {1, 2}, {1.5, 3}, {1.99, 3}, {2, 4}, {9, 4}} {
		l := newLagged()
		l.m.lag.n, l.m.lag.sum = 10, 10*c.average
		l.m.regrade(l.now, &l.fx)
		if l.m.level != c.want {
			t.Errorf("average lag %v: level %d, want %d", c.average, l.m.level, c.want)
		}
	}
}

// §4.5: "going down needs the value below 0.8 × the threshold; a level lasts at least 5 s".
func TestLevelHysteresis(t *testing.T) {
	l := newLagged()
	l.m.lhm = 4
	l.sample(0)
	if l.m.level != 2 {
		t.Fatalf("level %d", l.m.level)
	}
	l.m.lhm = 0
	for second := 1; second <= 4; second++ {
		l.sample(0)
		if l.m.level != 2 {
			t.Fatalf("left its level after %d s", second)
		}
	}
	l.sample(0)
	if l.m.level != 0 {
		t.Errorf("level %d after 5 s", l.m.level)
	}

	l = newLagged()
	l.m.lag.n, l.m.lag.sum = 60, 60*1.2
	l.m.regrade(l.now, &l.fx)
	for _, c := range []struct {
		average float64
		want    uint8
	}{{0.81, 2}, {0.8, 2}, {0.79, 1}, {0.41, 1}, {0.39, 0}} {
		l.now = l.now.Add(6 * time.Second)
		l.m.lag.sum = 60 * c.average
		l.m.regrade(l.now, &l.fx)
		if l.m.level != c.want {
			t.Errorf("average lag falls to %v: level %d, want %d", c.average, l.m.level, c.want)
		}
	}
}

// "Average over the last 60 samples": the 61st has left.
func TestLagAverageIsOverSixtySamples(t *testing.T) {
	var meter lagMeter
	meter.add(6)
	for i := range 59 {
		meter.add(0)
		if want := 6 / float64(i+2); meter.average() < want-1e-9 || meter.average() > want+1e-9 {
			t.Fatalf("average %v after %d samples, want %v", meter.average(), i+2, want)
		}
	}
	if meter.add(0); meter.average() > 1e-9 {
		t.Errorf("average %v after 61 samples", meter.average())
	}
}
