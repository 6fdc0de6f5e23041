package swim

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
)

// §6: "picks min(fanout, available) distinct targets among OK, SUSPECT, UNCONFIRMED and recently DEAD
// participants"; gossip.to_dead = 30 s: whom we hold DEAD may not be.
func TestRecentlyDeadStillGetGossip(t *testing.T) {
	x := newTabled(t)
	x.m.cfg.Gossip.Fanout = 10
	x.prepare("DEAD")
	targets := func() []core.NodeID {
		x.fx.Reset()
		x.m.Refresh(x.now, &x.fx) // something to say
		x.m.onGossipTick(x.now, &x.fx)
		var to []core.NodeID
		for i := range x.fx.Messages {
			if x.fx.Messages[i].Kind == core.KindGossip {
				to = append(to, x.fx.Messages[i].To)
			}
		}
		slices.Sort(to)
		return to
	}
	x.now = x.now.Add(29 * time.Second)
	if have, want := targets(), []core.NodeID{1, 2, 3, 4, 5}; !slices.Equal(have, want) {
		t.Errorf("after 29 s: have %v, want %v", have, want)
	}
	x.now = x.now.Add(time.Second)
	if have, want := targets(), []core.NodeID{2, 3, 4, 5}; !slices.Equal(have, want) {
		t.Errorf("after 30 s: have %v, want %v", have, want)
	}
}

// §6: "Gossip tick: armed only while the queue is non-empty, on the node's own phase grid".
func TestGossipTickIsArmedOnTheGrid(t *testing.T) {
	x := newTabled(t)
	x.m.phase = 123
	x.now = 5e9
	x.m.Refresh(x.now, &x.fx)
	at := x.m.due[timerGossip]
	if at <= x.now || at > x.now.Add(200*time.Millisecond) || (at-123)%core.Instant(200*time.Millisecond) != 0 {
		t.Fatalf("armed for %d", at)
	}
	for range 100 {
		if at = x.m.due[timerGossip]; at == core.Never {
			break
		}
		x.now = at
		x.fx.Reset()
		x.m.Wake(at, &x.fx)
	}
	if at != core.Never || x.m.queue.Len() != 0 {
		t.Errorf("still armed for %v with %d updates", at, x.m.queue.Len())
	}
}

// §7.3: "A worker syncs with the manager whose ACKs carried another participant digest than its own
// twice, ≥ 1 s apart, at most once per 5 s."
func TestWorkerSyncsOnForeignDigests(t *testing.T) {
	cfg := Default()
	var formed []core.Entry
	for id := range core.NodeID(3) {
		formed = append(formed, core.Entry{Subject: id, Role: core.RoleManager, State: core.StateOK})
	}
	m := New(&cfg, Params{Self: 3, Role: core.RoleWorker, Group: 1, Capacity: 3, Instance: 1, Formed: formed, Owner: 0}, nil)
	same := uint32(m.sum.part)
	for _, c := range []struct {
		at     core.Duration
		from   core.NodeID
		digest uint32
		syncs  bool
	}{
		{0, 1, 5, false},
		{900 * time.Millisecond, 1, 5, false},   // too soon
		{1000 * time.Millisecond, 2, 5, false},  // another one, for the first time
		{1100 * time.Millisecond, 1, 5, true},   // twice, 1.1 s apart, although 2 came in between
		{1200 * time.Millisecond, 1, 5, false},  // first again
		{3000 * time.Millisecond, 1, 5, false},  // twice, but 5 s have not passed
		{6200 * time.Millisecond, 1, 5, true},   // now they have
		{20000 * time.Millisecond, 2, 5, false}, // first
		{21000 * time.Millisecond, 2, same, false},
		{22000 * time.Millisecond, 2, 5, false}, // agreed meanwhile: first again
		{23000 * time.Millisecond, 2, 5, true},
	} {
		var fx core.Effects
		msg := core.Message{Kind: core.KindAck, Role: core.RoleManager, Group: 1, From: c.from, To: 3, Instance: 1, Digest: c.digest}
		m.Receive(core.Instant(c.at), &msg, &fx)
		syncs := slices.ContainsFunc(fx.Messages, func(m core.Message) bool { return m.Kind == core.KindSyncDigest && m.To == c.from })
		if syncs != c.syncs {
			t.Errorf("at %v: sync with %d: %v, want %v", c.at, c.from, syncs, c.syncs)
		}
	}
}
