package swim

import (
	"testing"
	"time"

	"hypersim/core"
)

// Spec 10 §14, confirmation timeout s.
func TestConfirmationTimeoutVectors(t *testing.T) {
	cfg := Default()
	m := Machine{cfg: &cfg}
	for _, c := range []struct {
		role    core.Role
		lhm     int
		ucb     float64 // ms; 0: nothing is known of the peer
		quality float64
		want    float64
	}{
		{core.RoleGate, 0, 0, 0, 120},
		{core.RoleGate, 4, 0, 0, 360},
		{core.RoleManager, 4, 0, 0, 450},
		{core.RoleWorker, 8, 0, 0, 1620},
		{core.RoleGate, 0, 50, 0.8, 660},
		{core.RoleManager, 1, 30, 1, 540},
		{core.RoleWorker, 0, 50, 0.8, 180}, // both factors are 1 for workers
	} {
		latency, confidence := 1.0, 1.0
		if c.ucb > 0 {
			latency, confidence = latencyMult(c.ucb, 10e6), confidenceAdj(c.quality)
		}
		s := m.strategy(c.role)
		if have := s.timeout(c.lhm, latency, confidence); have != sec(c.want) {
			t.Errorf("%v LHM %d UCB %v quality %v: have %v, want %v s", c.role, c.lhm, c.ucb, c.quality, have, c.want)
		}
	}
}

// §10.2: attempts of a gate at 60, 65, 70, 75, 80 s and of a manager at 45, 50, 55 s; with a backoff of 2 the
// steps of §10.2's formula are i·5·2ⁱ s.
func TestAttemptSchedule(t *testing.T) {
	cfg := Default()
	m := Machine{cfg: &cfg}
	for _, c := range []struct {
		role    core.Role
		backoff float64
		want    []float64
	}{
		{core.RoleGate, 1, []float64{60, 65, 70, 75, 80}},
		{core.RoleManager, 1, []float64{45, 50, 55}},
		{core.RoleManager, 2, []float64{45, 55, 85}},
	} {
		s := m.strategy(c.role)
		if s.attempts != len(c.want) {
			t.Errorf("%v: %d attempts, want %d", c.role, s.attempts, len(c.want))
		}
		cfg.Confirm.Backoff = c.backoff
		for i, want := range c.want {
			since := core.Instant(7e9)
			if have := s.attemptAt(&cfg.Confirm, since, i, 0).Sub(since); have != sec(want) {
				t.Errorf("%v backoff %v attempt %d: have %v, want %v s", c.role, c.backoff, i, have, want)
			}
			for _, jitter := range []float64{-1, 1} {
				have := s.attemptAt(&cfg.Confirm, since, i, jitter).Sub(since)
				if want := sec(want + 0.5*jitter); have != want {
					t.Errorf("%v attempt %d jitter %v: have %v, want %v", c.role, i, jitter, have, want)
				}
			}
		}
	}
	if n := m.strategy(core.RoleWorker).attempts; n != 0 {
		t.Errorf("a worker gets %d attempts", n)
	}
}

// Never more than the limit in any second, and no second is wasted while attempts wait.
func TestPacing(t *testing.T) {
	var c confirmations
	var sent []core.Instant
	now := core.Instant(5e9)
	for now < 20e9 {
		ok, free := c.mayAttempt(now, 10, time.Second)
		if !ok {
			if free <= now {
				t.Fatalf("refused at %v until %v", now, free)
			}
			now = free
			continue
		}
		c.attempted(now, 10)
		sent = append(sent, now)
		now += core.Instant(1e6 * (len(sent) % 7))
	}
	for i := 10; i < len(sent); i++ {
		if d := sent[i].Sub(sent[i-10]); d < 1e9 {
			t.Errorf("11 attempts within %v", d)
		}
	}
	if len(sent) < 150 {
		t.Errorf("%d attempts in 15 s, want 10 in each", len(sent))
	}
}

// What is unconfirmed costs nothing to look after: no allocation once the tables have grown.
func TestConfirmingDoesNotAllocate(t *testing.T) {
	cfg := Default()
	cfg.Sync.Mode, cfg.Reconnect.Interval, cfg.Lag.Enabled = "off", 0, false
	cfg.Audit.Max = 16
	m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 12, Instance: 1, Seed: 1}, nil)
	var fx core.Effects
	var now core.Instant
	known := func() {
		for k := 1; k < 12; k++ {
			m.rec[k].setRole(core.Role(k % 3))
			m.becomeUnconfirmed(now, k, 0, core.CauseConfigured, &fx)
		}
	}
	round := func() {
		known()
		for m.Unconfirmed() > 0 {
			at, _ := m.Deadline()
			now = max(now, at)
			fx.Reset()
			m.Wake(now, &fx)
		}
	}
	round()
	if n := testing.AllocsPerRun(10, round); n != 0 {
		t.Errorf("%v allocations per round of discovery, attempts and removal", n)
	}
	c := m.ConfirmationMetrics()
	if c.Attempts[core.RoleWorker] != 0 || c.Proactive[core.RoleManager] == 0 || c.Removed[core.RoleWorker][RemovalTimeout] == 0 {
		t.Errorf("%+v", c)
	}
}
