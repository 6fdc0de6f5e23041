package swim

import (
	"math"
	"testing"
	"time"

	"hypersim/core"
)

func sec(s float64) core.Duration { return core.Seconds(s) }

// Spec 10 §14, suspicion timeout s, K = 3, C = 0 1 2 3.
func TestSuspicionTimeoutVectors(t *testing.T) {
	for _, c := range []struct {
		formula Formula
		lo, hi  float64
		k, n    int
		first   int // first C of want; log-n counts C′ = C + 1
		want    []float64
	}{
		{"lifeguard", 5, 30, 3, 0, 0, []float64{30, 17.5, 10.187969, 5}},
		{"lifeguard", 10, 60, 3, 0, 0, []float64{60, 35, 20.375937, 10}},
		{"lifeguard", 30, 120, 3, 0, 0, []float64{120, 75, 48.676687, 30}},
		{"lifeguard", 2, 30, 3, 0, 0, []float64{30, 16, 7.810525, 2}},
		{"lifeguard", 5, 30, 0, 0, 0, []float64{5}},
		{"lifeguard", 1, 10, 2, 0, 0, []float64{10, 4.321632, 1}},
		{"lifeguard", 2, 15, 2, 0, 0, []float64{15, 6.797913, 2}},
		{"lifeguard", 5, 30, 2, 0, 0, []float64{30, 14.226756, 5}},
		{"log-n", 5, 30, 3, 3, 0, []float64{17.5, 10.1880, 5, 5}},
		{"log-n", 5, 30, 3, 10, 0, []float64{22.7734, 18.5461, 15.5468, 13.2203}},
		{"log-n", 5, 30, 3, 1000, 0, []float64{27.4918, 26.0246, 24.9836, 24.1761}},
		{"log-n", 5, 30, 3, 1, 0, []float64{30}},
	} {
		for i, want := range c.want {
			have := suspicionTimeout(c.formula, sec(c.lo), sec(c.hi), c.first+i, c.k, c.n).Seconds()
			if tol := 1e-4; c.formula == "log-n" && math.Abs(have-want) > tol || c.formula != "log-n" && math.Abs(have-want) > 1e-6 {
				t.Errorf("%s (%v, %v) K=%d n=%d C=%d: have %.7f s, want %v", c.formula, c.lo, c.hi, c.k, c.n, i, have, want)
			}
		}
	}
}

// Spec 10 §14, scaled Min/Max s, LHM 0.
func TestScaledSuspicionVectors(t *testing.T) {
	s := Default().Suspicion
	for _, c := range []struct {
		n      int
		lo, hi float64
		k      int
	}{
		{2, 5, 30, 0}, {5, 5, 30, 3}, {30, 5.908485, 35.450910, 3}, {100, 8, 48, 3}, {128, 8.428840, 50.573039, 3},
		{1000, 12, 72, 3}, {10_000, 16, 96, 3},
	} {
		lo, hi, k := suspicionBounds(&s, time.Second, c.n)
		if math.Abs(lo.Seconds()-c.lo) > 1e-6 || math.Abs(hi.Seconds()-c.hi) > 1e-6 || k != c.k {
			t.Errorf("n=%d: have %v, %v, K=%d, want %v s, %v s, K=%d", c.n, lo, hi, k, c.lo, c.hi, c.k)
		}
	}
}

// Spec 10 §14, retransmit limit for λ = 3.
func TestRetransmitLimitVectors(t *testing.T) {
	cfg := Default()
	for n, want := range map[int]uint8{1: 2, 2: 3, 5: 5, 10: 7, 30: 10, 100: 13, 1000: 20, 10_000: 27} {
		m := &Machine{cfg: &cfg, role: core.RoleManager, nPart: n - 1}
		if have := m.retransmitLimit(); have != want {
			t.Errorf("n=%d: have %d, want %d", n, have, want)
		}
	}
}

// Spec 10 §14, sync factor.
func TestSyncFactorVectors(t *testing.T) {
	for n, want := range map[int]int{1: 1, 32: 1, 33: 2, 64: 2, 100: 3, 1000: 6, 10_000: 10} {
		if have := syncFactor(n); have != want {
			t.Errorf("n=%d: have %d, want %d", n, have, want)
		}
	}
}

// Spec 10 §14, adaptive timeout.
func TestAdaptiveTimeoutVectors(t *testing.T) {
	p := Default().Probe
	for _, c := range []struct {
		base              float64
		lhm               int
		degradation, ucb  float64
		quality, health   float64
		mult, conf, after float64
	}{
		{0.5, 0, 1, 2.5, 1, 1, 1, 1, 0.5},
		{0.5, 0, 1, 50, 1, 1, 5, 1, 2.5},
		{0.5, 0, 1, 104, 0.8, 1, 10, 1.1, 5.5},
		{0.5, 2, 1.2, 50, 0.5, 1.25, 5, 1.25, 14.0625},
		{0.5, 8, 3, 200, 0, 2.5, 10, 1.5, 30},
		{5, 0, 1, 5, 0.9, 1, 1, 1.05, 5.25},
	} {
		f := factors{
			lhm: float64(1 + c.lhm), degradation: c.degradation, latency: latencyMult(c.ucb, 10e6),
			confidence: confidenceAdj(c.quality), health: c.health,
		}
		if f.latency != c.mult || math.Abs(f.confidence-c.conf) > 1e-9 {
			t.Errorf("%+v: latency %v, confidence %v", c, f.latency, f.confidence)
		}
		if have := adaptiveTimeout(sec(c.base), f, p.TimeoutMin, p.TimeoutMax).Seconds(); math.Abs(have-c.after) > 1e-9 {
			t.Errorf("%+v: have %v s, want %v", c, have, c.after)
		}
	}
}

// Spec 10 §14, restart: DEAD(7) 30 s ago, JOIN incarnation 0 → required 12; 90 s ago → 8; record OK(7) → 8;
// unknown → accepted with 0.
func TestRequiredIncarnationVectors(t *testing.T) {
	cfg := Default()
	now := core.Instant(1000e9)
	for _, c := range []struct {
		name  string
		state core.MemberState
		ago   core.Duration
		want  uint32
	}{
		{"dead for 30 s", core.StateDead, 30 * time.Second, 12},
		{"dead for 90 s", core.StateDead, 90 * time.Second, 8},
		{"OK", core.StateOK, time.Second, 8},
		{"unknown", core.StateNone, 0, 0},
	} {
		m := &Machine{cfg: &cfg, rec: make([]record, 1)}
		if c.state != core.StateNone {
			m.rec[0].setState(c.state)
			m.rec[0].setIncarnation(7)
			m.rec[0].instance = 1
			m.rec[0].changed = millis(now.Add(-c.ago))
		}
		if have := m.requiredIncarnation(now, 0, &core.Message{Kind: core.KindJoin, Instance: 2}); have != c.want {
			t.Errorf("%s: required %d, want %d", c.name, have, c.want)
		}
	}
}
