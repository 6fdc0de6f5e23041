package swim

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/wire"
)

func (c *crowd) hears(es ...core.HealthEntry) {
	c.now = c.now.Add(1e6)
	c.msg = core.Message{Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: 1, Instance: 1, Extra: &core.Extra{Health: es}}
	c.fx.Reset()
	c.m.Receive(c.now, &c.msg, &c.fx)
}

// says lets member k ping the machine and returns what its ack says about loads.
func (c *crowd) says(t *testing.T, k int) []core.HealthEntry {
	t.Helper()
	c.pinged(k)
	if len(c.fx.Messages) != 1 || c.fx.Messages[0].Kind != core.KindAck {
		t.Fatalf("answers with %v", c.fx.Messages)
	}
	if x := c.fx.Messages[0].Extra; x != nil {
		return x.Health
	}
	return nil
}

// Spec 10 §4.6: most severe first, then least transmitted; at most five; eight transmissions if stressed or
// worse, else three.
func TestHealthSelection(t *testing.T) {
	c := newCrowd(20, true)
	load := map[core.NodeID]core.Load{}
	for id := core.NodeID(2); id < 10; id++ {
		load[id] = core.Load(id % core.NumLoads)
		c.hears(core.HealthEntry{Subject: id, Version: 1, Load: load[id], Role: core.RoleManager})
	}
	sent := map[core.NodeID]int{}
	for range 40 {
		es := c.says(t, 15)
		if len(es) > wire.MaxHealth {
			t.Fatalf("%d entries", len(es))
		}
		for i := range es {
			if i > 0 && es[i].Load > es[i-1].Load {
				t.Errorf("%v after %v", es[i].Load, es[i-1].Load)
			}
			sent[es[i].Subject]++
		}
	}
	for id, l := range load {
		want := 3
		if l >= core.LoadStressed {
			want = 8
		}
		if sent[id] != want {
			t.Errorf("%d, %v: sent %d times, want %d", id, l, sent[id], want)
		}
	}
	if x := c.says(t, 15); x != nil {
		t.Errorf("says %v at the end", x)
	}
}

// A full table drops the oldest entry (§4.6: 500 entries).
func TestHealthTableIsBounded(t *testing.T) {
	c := newCrowd(600, false)
	c.hears() // nothing in an Extra is nothing
	for id := core.NodeID(1); id < 600; id++ {
		c.hears(core.HealthEntry{Subject: id, Version: 1, Load: core.LoadBusy})
	}
	if n := len(c.m.health.peers); n != 500 {
		t.Errorf("%d entries, want 500", n)
	}
	if _, ok := c.m.Health(c.now, 99); ok {
		t.Error("the oldest of 599 is still there")
	}
	if _, ok := c.m.Health(c.now, 100); !ok {
		t.Error("one of the 500 newest is gone")
	}
	if bad := c.m.Validate(); len(bad) > 0 {
		t.Error(bad)
	}
}

// §4.3 and §4.6: what a peer's load does to timeouts and to the update cap, for 30 s.
func TestPeerLoadFactors(t *testing.T) {
	for l, want := range []struct {
		factor  float64
		updates int
	}{{1, 64}, {1.25, 48}, {1.75, 32}, {2.5, 16}} {
		c := newCrowd(10, false)
		c.hears(core.HealthEntry{Subject: 3, Version: 1, Load: core.Load(l)})
		for _, at := range []struct {
			age     core.Duration
			factor  float64
			updates int
		}{{0, want.factor, want.updates}, {30*time.Second - 1, want.factor, want.updates}, {30 * time.Second, 1, 64}} {
			now := c.now.Add(at.age)
			if f, _ := c.m.factorsFor(now, 3); f.health != at.factor {
				t.Errorf("%v, %v old: factor %v, want %v", core.Load(l), at.age, f.health, at.factor)
			}
			if n := c.m.updateCapFor(now, 3); n != at.updates {
				t.Errorf("%v, %v old: %d updates, want %d", core.Load(l), at.age, n, at.updates)
			}
		}
	}
}

// The own level speaks for itself, repeats itself while it lasts, and role logic can only make it worse.
func TestOwnHealth(t *testing.T) {
	c := newCrowd(10, false)
	own := func() (core.Load, uint32) {
		h, _ := c.m.Health(c.now, c.m.self)
		return h.Load, h.Version
	}
	expect := func(what string, l core.Load, v uint32) {
		t.Helper()
		if load, version := own(); load != l || version != v {
			t.Errorf("%s: %v(%d), want %v(%d)", what, load, version, l, v)
		}
	}
	c.m.SetHealth(c.now, &core.HealthEntry{Accepting: true})
	if c.m.health != nil {
		t.Error("a healthy node keeps a table of loads")
	}
	c.m.level = 2
	c.m.judgeOwnHealth(c.now)
	expect("MODERATE", core.LoadStressed, 1)
	c.now = c.now.Add(10 * time.Second)
	c.m.renewHealth(c.now)
	expect("10 s later", core.LoadStressed, 2)
	c.m.SetHealth(c.now, &core.HealthEntry{Load: core.LoadBusy, Accepting: true, Capacity: 8})
	expect("role logic says busy", core.LoadStressed, 2)
	c.m.SetHealth(c.now, &core.HealthEntry{Load: core.LoadOverloaded})
	expect("role logic says overloaded", core.LoadOverloaded, 3)
	c.m.SetHealth(c.now, &core.HealthEntry{Accepting: true})
	expect("role logic says healthy", core.LoadStressed, 4)
	c.m.level = 0
	c.m.judgeOwnHealth(c.now)
	expect("NORMAL", core.LoadHealthy, 5)
	c.now = c.now.Add(time.Hour)
	c.m.renewHealth(c.now)
	expect("an hour later", core.LoadHealthy, 5)

	c = newCrowd(10, false)
	cfg := *c.m.cfg
	cfg.Health.Enabled = false
	c.m.cfg = &cfg
	c.m.level = 4
	c.m.judgeOwnHealth(c.now)
	c.hears(core.HealthEntry{Subject: 3, Version: 1, Load: core.LoadOverloaded})
	if c.m.health != nil {
		t.Error("health.enabled = false, and yet loads are told or kept")
	}
}

// §4.2 step 3: loaded participants are proxies only where the others do not suffice.
func TestLoadedAreLastAsProxies(t *testing.T) {
	c := newCrowd(8, false)
	for _, id := range []core.NodeID{2, 3, 4} {
		c.hears(core.HealthEntry{Subject: id, Version: 1, Load: core.LoadStressed})
	}
	for range 200 {
		for _, k := range c.m.pickProxies(c.now, 1, make([]uint16, 3)) { // 5, 6, 7 are healthy
			if k < 5 {
				t.Fatalf("asks %d", k)
			}
		}
		got := c.m.pickProxies(c.now, 7, make([]uint16, 4)) // 1, 5, 6 and one of the loaded
		if len(got) != 4 {
			t.Fatalf("asks %v", got)
		}
		for i, k := range got {
			if loaded := k >= 2 && k <= 4; loaded != (i == 3) {
				t.Fatalf("asks %v", got)
			}
		}
	}
}
