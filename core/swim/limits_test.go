package swim

import (
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// A record with the largest slot is still the record that it was.
func TestSlotsLeaveTheRecordAlone(t *testing.T) {
	for s := core.StateNone; s <= stateTomb; s++ {
		for role := core.RoleWorker; role <= core.RoleGate; role++ {
			var r record
			r.setState(s)
			r.setRole(role)
			r.setOutstanding(true)
			r.setSlot(vivaldi.MaxPeers)
			if r.state() != s || r.role() != role || !r.outstanding() || r.slot() != vivaldi.MaxPeers {
				t.Errorf("%v %v with slot %d reads %v %v, slot %d", s, role, vivaldi.MaxPeers, r.state(), r.role(), r.slot())
			}
		}
	}
}

// More members than the cache has places, and the cache as large as it may be.
func TestMorePeersThanSlots(t *testing.T) {
	const n = vivaldi.MaxPeers + 80
	c := newCrowd(n, true)
	vc := vivaldi.Default()
	vc.Peers = vivaldi.MaxPeers
	var node vivaldi.Node
	node.Init(&vc, rng.New(1, "vivaldi"))
	c.m.viv = &node
	for range 2 {
		for k := 1; k < n; k++ {
			c.pinged(k)
		}
	}
	if have := node.PeerCount(); have != vivaldi.MaxPeers {
		t.Errorf("%d coordinates are kept, want %d", have, vivaldi.MaxPeers)
	}
	if bad := c.m.Validate(); bad != nil {
		t.Error(bad)
	}
}

// The last member of the largest group is silent, and it is the one that dies.
func TestLargestGroup(t *testing.T) {
	cfg := Default()
	cfg.Gossip.Interval, cfg.Lag.Enabled, cfg.Sync.Mode, cfg.Reconnect.Interval = 0, false, "off", 0
	const silent, talks = MaxGroup - 1, 7
	m := New(&cfg, Params{
		Role: core.RoleManager, Group: 1, Capacity: MaxGroup, Instance: 1, Seed: 1, Owner: core.NoNode,
		Owners: func(core.NodeID) core.NodeID { return 0 },
		Formed: []core.Entry{
			{Subject: talks, Role: core.RoleWorker, State: core.StateOK, Accuser: core.NoNode},
			{Subject: silent, Role: core.RoleWorker, State: core.StateOK, Accuser: core.NoNode},
		},
	}, nil)
	var fx core.Effects
	for at := core.Instant(0); at < 80e9; at += 1e9 {
		fx.Reset()
		m.Receive(at, &core.Message{Kind: core.KindPing, Group: 1, From: talks, Role: core.RoleWorker, Instance: 1}, &fx)
		m.Wake(at, &fx)
	}
	if m.State(silent) != core.StateDead || m.State(talks) != core.StateOK {
		t.Errorf("who is silent is %v, who talks %v", m.State(silent), m.State(talks))
	}
	if bad := m.Validate(); bad != nil {
		t.Error(bad)
	}
	defer func() {
		if p, _ := recover().(string); !strings.Contains(p, "65536") {
			t.Errorf("a group of 65536 gives %q", p)
		}
	}()
	New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: MaxGroup + 1, Instance: 1}, nil)
}

// Products of factors saturate, and a budget is never nothing.
func TestTimesSaturate(t *testing.T) {
	s := Suspicion{Min: 365 * 24 * time.Hour, Max: 365 * 24 * time.Hour, Alpha: 1000, Beta: 1000, ScaleWithN: true, K: 3}
	lo, hi, _ := suspicionBounds(&s, time.Hour, MaxGroup)
	if hi = saturated(65 * float64(hi)); lo <= 0 || hi < lo || core.Instant(0).Add(hi) < core.Instant(lo) {
		t.Errorf("a suspicion takes %v to %v", lo, hi)
	}
	c := Confirm{Backoff: 10, Jitter: 0.1}
	far := strategy{interval: 24 * time.Hour, attempts: 100}
	if at := far.attemptAt(&c, 5, 99, 1); at < core.Instant(longest) {
		t.Errorf("the last of 100 attempts is due at %v", at)
	}
	for _, c := range []struct {
		wait core.Duration
		want uint32
	}{{1, 1}, {999_999, 1}, {1_500_000, 1}, {100 * 24 * time.Hour, 1<<31 - 1}} {
		if have := budgetMS(c.wait); have != c.want {
			t.Errorf("a wait of %v travels as %d ms, want %d", c.wait, have, c.want)
		}
	}
}

// A formed start with more members than there is room for keeps to the bound.
func TestFormedStartKeepsToMaxMembers(t *testing.T) {
	cfg := Default()
	cfg.Membership.MaxMembers = 2
	formed := make([]core.Entry, 5)
	for i := range formed {
		formed[i] = core.Entry{Subject: core.NodeID(i), Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}
	}
	m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 5, Instance: 1, Formed: formed}, nil)
	if bad := m.Validate(); bad != nil || m.Counters().MembersRefused != 2 {
		t.Errorf("%v, %d refused", bad, m.Counters().MembersRefused)
	}
}

// What a process kept, and the bump over it, may be above the last incarnation: such a process stops before it says anything.
func TestABumpBeyondTheLastIncarnationIsFatal(t *testing.T) {
	cfg := Default()
	for inc, want := range map[uint32]bool{maxIncarnation: false, maxIncarnation + 1: true, maxIncarnation + 1000: true} {
		m := New(&cfg, Params{
			Self: 1, Role: core.RoleManager, Group: 1, Capacity: 2, Instance: 2, Incarnation: inc, Owner: core.NoNode,
			Seeds: []core.NodeID{0},
		}, nil)
		var fx core.Effects
		m.Begin(0, &fx)
		m.Wake(0, &fx)
		fatal := len(fx.Facts) == 1 && fx.Facts[0].Kind == core.FactFatal
		if fatal != want || want && len(fx.Messages) > 0 {
			t.Errorf("incarnation %d: fatal is %v, want %v; %d messages", inc, fatal, want, len(fx.Messages))
		}
	}
}
