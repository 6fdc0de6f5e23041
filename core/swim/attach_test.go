package swim

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
)

// §6: "type order dead/leave, suspect, join, alive, then newest". A fresh claim replaces what is queued about its
// subject, whatever it says; a confirmation stands beside the accusation that it confirms.
func TestOrderAndReplacementOfUpdates(t *testing.T) {
	cfg := Default()
	m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 12, Instance: 1}, nil)
	m.nPart = 11
	var fx core.Effects
	say := func(typ core.UpdateType, subject core.NodeID, cause core.Cause) {
		at := core.Instant(m.queue.Len()+1) * core.Instant(time.Second)
		m.relay(at, &core.Update{Type: typ, Subject: subject, From: core.NoNode, Role: core.RoleManager}, cause, &fx)
	}
	say(core.UpdateAlive, 1, core.CauseFresh)
	say(core.UpdateJoin, 2, core.CauseFresh)
	say(core.UpdateSuspect, 3, core.CauseFresh)
	say(core.UpdateSuspect, 3, core.CauseConfirmation)
	say(core.UpdateDead, 4, core.CauseFresh)
	say(core.UpdateLeft, 5, core.CauseFresh)
	say(core.UpdateSuspect, 6, core.CauseFresh)
	say(core.UpdateSuspect, 6, core.CauseConfirmation)
	say(core.UpdateAlive, 6, core.CauseFresh)
	order := func() (got []core.NodeID) {
		for i := range m.queue.Len() {
			got = append(got, m.queue.At(i).News.Subject)
		}
		return got
	}
	if have, want := order(), []core.NodeID{5, 4, 3, 3, 2, 6, 1}; !slices.Equal(have, want) {
		t.Errorf("queued about %v, want %v", have, want)
	}
	if m.count.Superseded != 2 {
		t.Errorf("%d superseded, want both accusations of 6", m.count.Superseded)
	}
	cfg.Gossip.QueueMax = 7
	m.header(core.KindPing, 1, &fx)
	m.attach(20e9, &fx.Messages[0], &fx) // all are told once
	say(core.UpdateAlive, 7, core.CauseFresh)
	if have, want := order(), []core.NodeID{7, 5, 4, 3, 3, 2, 6}; !slices.Equal(have, want) {
		t.Errorf("with the queue full, queued about %v, want %v", have, want)
	}
}

// §4.5: the update cap shrinks with the level, never below 1; §5.4: the forced copy is exempt from it and
// from the limit.
func TestForcedUpdateIsExempt(t *testing.T) {
	x := newTabled(t)
	x.m.cfg.Gossip.MaxUpdates = 1
	x.prepare("SUSPECT")
	for range 20 {
		x.fx.Reset()
		msg := x.m.header(core.KindPing, tableSubject, &x.fx)
		x.m.attach(x.now, msg, &x.fx)
		first := msg.Updates[0]
		if first.Type != core.UpdateSuspect || first.Subject != tableSubject || first.From != tableFirst {
			t.Fatalf("first update is %+v", first)
		}
	}
	if x.m.queue.Len() != 0 {
		t.Error("the queue should have reached its limit")
	}
}

func TestUpdateCapByLevel(t *testing.T) {
	cfg := Default()
	m := &Machine{cfg: &cfg}
	for level, want := range []int{64, 51, 38, 25, 12} { // 100, 80, 60, 40, 20 % of 64
		m.level = uint8(level)
		if have := m.updateCap(); have != want {
			t.Errorf("level %d: have %d, want %d", level, have, want)
		}
	}
	cfg.Gossip.MaxUpdates = 1
	if have := m.updateCap(); have != 1 {
		t.Errorf("cap %d, must not be below 1", have)
	}
}
