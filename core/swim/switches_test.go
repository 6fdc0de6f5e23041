package swim

import (
	"math"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// measuredPeer is manager 0 of a formed group of four that has measured 100 ms to manager 1 three times.
func measuredPeer(t *testing.T, change func(c *Config)) *Machine {
	t.Helper()
	cfg, vcfg := Default(), vivaldi.Default()
	change(&cfg)
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	var node vivaldi.Node
	node.Init(&vcfg, rng.New(1, "test", 0, 0))
	var all []core.Entry
	for i := range core.NodeID(4) {
		all = append(all, core.Entry{Subject: i, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode})
	}
	m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 4, Instance: 1, Formed: all}, &node)
	var fx core.Effects
	msg := core.Message{Kind: core.KindAck, From: 1, Group: 1}
	node.Coord(&msg.Coord) // another node of the same make that has not moved yet
	for i := range 3 {
		now := core.Instant(1e9 * (i + 1))
		m.hearCoord(now, 1, &msg)
		m.sampleRTT(now, 1, 100*time.Millisecond)
		fx.Reset()
	}
	return m
}

// §4.3: timeout.latency_mode and timeout.rtt_source. Three equal samples of 100 ms have the upper bound
// 100 + 2·max(1, 0) = 102 ms and, being measured, full confidence.
func TestTimeoutSwitches(t *testing.T) {
	now := core.Instant(4e9)
	var fx core.Effects
	for _, c := range []struct {
		mode LatencyMode
		want float64
	}{
		{"multiplier", 0.5 * 10},        // min(10, 102/10)
		{"additive", 0.5 + 2*0.001*102}, // base + 2·ucb
		{"off", 0.5},                    // also what is left of a timeout that never learns its peer (10/D12)
	} {
		m := measuredPeer(t, func(cfg *Config) { cfg.Timeout.LatencyMode = c.mode })
		if have := m.adaptive(now, m.cfg.Probe.Timeout, 1, &fx).Seconds(); math.Abs(have-c.want) > 1e-6 {
			t.Errorf("latency_mode %s: %v s, want %v", c.mode, have, c.want)
		}
	}
	// By coordinate the bound carries both nodes' errors, so it is above that of equal measured samples.
	measured, byCoordinate := measuredPeer(t, func(*Config) {}), measuredPeer(t, func(cfg *Config) { cfg.Timeout.RTTSource = "coordinate" })
	_, m := measured.factorsFor(now, 1)
	f, c := byCoordinate.factorsFor(now, 1)
	if math.Abs(m-102) > 1e-3 || math.Abs(c-m) < 1 {
		t.Errorf("upper bound measured %v ms, by coordinate %v ms", m, c)
	}
	if f.latency != latencyMult(c, 10e6) {
		t.Errorf("latency factor %v of a bound of %v ms", f.latency, c)
	}
}

// §5.2: f = 1 + LHM (lhm), 1 (none), adaptive(1 s, subject)/1 s (adaptive), fixed at the start.
func TestSuspicionScalingSwitch(t *testing.T) {
	for _, c := range []struct {
		scaling Scaling
		f       float64
	}{{"none", 1}, {"lhm", 3}, {"adaptive", 30}} { // 3 × 10 for 100 ms; the clamp is 30 s
		m := measuredPeer(t, func(cfg *Config) { cfg.Suspicion.Scaling = c.scaling })
		m.lhm = 2
		var fx core.Effects
		m.accuse(4e9, 1, core.CauseProbeFailed, &fx)
		if s := m.susp.at(m.rec[1].side); math.Abs(s.min.Seconds()-5*c.f) > 1e-6 || math.Abs(s.max.Seconds()-30*c.f) > 1e-6 {
			t.Errorf("scaling %s: Min %v and Max %v, want %v times 5 s and 30 s", c.scaling, s.min, s.max, c.f)
		}
	}
}

// §7.3: sync.mode = digest asks first, full sends the table at once, off never syncs.
func TestSyncModeSwitch(t *testing.T) {
	for mode, want := range map[SyncMode]core.Kind{"digest": core.KindSyncDigest, "full": core.KindSyncFull, "off": core.KindNone} {
		m := measuredPeer(t, func(cfg *Config) {
			cfg.Sync.Mode = mode
			cfg.Probe.Interval, cfg.Probe.Timeout = 1000*time.Second, 500*time.Millisecond
		})
		kinds := map[core.Kind]int{}
		for now := core.Instant(0); now < 100e9; now += 1e9 {
			var fx core.Effects
			m.Wake(now, &fx)
			for i := range fx.Messages {
				if fx.Messages[i].Kind.IsStream() {
					kinds[fx.Messages[i].Kind]++
				}
			}
		}
		if want == core.KindNone && len(kinds) > 0 || want != core.KindNone && (len(kinds) != 1 || kinds[want] == 0) {
			t.Errorf("mode %s: streams %v", mode, kinds)
		}
	}
}

// The defaults are the chapter's: no inherited behaviour, guards on, exact deadlines.
func TestSwitchesDefaultToTheSpecified(t *testing.T) {
	c := Default()
	if c.Inherited != (Inherited{}) || !c.Probe.PauseGuard || !c.Suspicion.PauseGrace || c.Wheel.Quantum != 0 || c.Worker.Probe != "never" || c.AllParticipants() {
		t.Errorf("defaults %+v", c)
	}
}
