package swim

import (
	"testing"
	"time"

	"hypersim/core"
)

func alone(cfg *Config, instance uint32, role core.Role) *Machine {
	return New(cfg, Params{Self: 0, Role: role, Group: 1, Capacity: 8, Instance: instance, Seed: 7, Owner: core.NoNode}, nil)
}

// A process begins to count where its draw says: an answer to the last one's ping is an answer to nothing (settled 2).
func TestFirstNumberIsDrawn(t *testing.T) {
	cfg := Default()
	first := map[uint32]bool{}
	for i := range uint32(8) {
		first[alone(&cfg, i+1, core.RoleManager).nextSeq()] = true
	}
	if len(first) != 8 {
		t.Errorf("eight processes begin at %v", first)
	}
	m := alone(&cfg, 1, core.RoleManager)
	m.seq = 1<<32 - 1
	if n := m.nextSeq(); n != 1 {
		t.Errorf("after the largest number comes %d; 0 stands for none", n)
	}
}

// A clock that is set back by an hour makes nobody wait for an hour, and nothing old.
func TestClockSetBack(t *testing.T) {
	cfg := Default()
	var l rateLimiter
	noon := core.Instant(12 * 3600e9)
	l.allow(&cfg, noon, 1)
	for i := range core.Instant(600) {
		if now := noon - 3600e9 + i*1e9; !l.allow(&cfg, now, 1) {
			t.Fatalf("one datagram a second is refused %v after the step", time.Duration(i)*time.Second)
		}
	}

	m := alone(&cfg, 1, core.RoleManager)
	var fx core.Effects
	for range cfg.Refute.Tokens {
		m.refuteNow(noon, m.inc, true, &fx)
	}
	if m.refuteNow(noon, m.inc, true, &fx) {
		t.Fatal("set-up: above the limit it refutes at once")
	}
	if !m.refuteNow(noon-3600e9, m.inc, true, &fx) {
		t.Error("an hour before the window, the window still limits")
	}

	m.rec[1].setState(stateTomb)
	m.rec[1].changed, m.hasGone = millis(noon), true
	m.onSweep(noon-60e9, &fx)
	if m.rec[1].state() != stateTomb {
		t.Error("a tombstone of the future is swept as one of 49 days ago")
	}
	m.relay(noon, &core.Update{Subject: 2, From: core.NoNode, Role: core.RoleManager}, core.CauseFresh, &fx)
	if m.expireQueue(noon-60e9, &fx); m.queue.Len() == 0 {
		t.Error("news of the future is too old")
	}
}

// A worker follows each manager's digest on its own (§7.3): its owner's, every few seconds, is not lost on it because
// another manager, which it meets once per walk, differed first.
func TestEveryManagersDigestIsFollowed(t *testing.T) {
	cfg := Default()
	m := alone(&cfg, 1, core.RoleWorker)
	other := uint32(m.sum.part) + 1
	var fx core.Effects
	m.compareDigest(0, 5, other, &fx)
	m.compareDigest(1e9, 1, other, &fx)
	m.compareDigest(1.5e9, 1, other, &fx) // less than sync.ack_gap after the first
	if len(fx.Messages) > 0 {
		t.Fatal("synchronises too early")
	}
	m.compareDigest(6e9, 1, other, &fx)
	if len(fx.Messages) != 1 || fx.Messages[0].To != 1 {
		t.Fatalf("%d messages, want one to the manager that differed twice", len(fx.Messages))
	}
	m.compareDigest(20e9, 5, other, &fx)
	m.compareDigest(21e9, 5, uint32(m.sum.part), &fx)
	m.compareDigest(22e9, 5, other, &fx)
	if len(fx.Messages) != 1 {
		t.Error("one that agreed in between did not differ twice")
	}
}

// A JOIN that came to the wrong group is refused, and the joiner takes that for what it is: no contact, no record.
func TestJoinOfAnotherGroup(t *testing.T) {
	cfg := Default()
	var asked, answered, fx core.Effects // each keeps its own message alive
	joiner := New(&cfg, Params{Self: 1, Role: core.RoleManager, Group: 2, Capacity: 8, Instance: 1, Seed: 7, Owner: core.NoNode,
		Seeds: []core.NodeID{0}}, nil)
	joiner.Wake(0, &asked)

	seed := alone(&cfg, 1, core.RoleManager)
	seed.Receive(1e6, &asked.Messages[0], &answered)
	if len(answered.Messages) != 1 || answered.Messages[0].Group != 2 || seed.count.JoinsRejected[RejectGroup] != 1 {
		t.Fatalf("the seed answers %+v", answered.Messages)
	}
	joiner.Receive(2e6, &answered.Messages[0], &fx)
	if joiner.count.JoinsFailed != 1 || joiner.State(0) != core.StateNone || joiner.join.done {
		t.Errorf("the joiner: %d failed, holds the seed %v, done %v", joiner.count.JoinsFailed, joiner.State(0), joiner.join.done)
	}
}
