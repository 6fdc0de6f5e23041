package coretest_test

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/coretest"
)

// echo answers every ping and pings its peer at every full second.
type echo struct {
	self, peer core.NodeID
	due        core.Instant
	got        []string
}

func (e *echo) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	e.got = append(e.got, now.String()+" "+m.Kind.String())
	if m.Kind == core.KindPing {
		a := fx.Send()
		a.Kind, a.From, a.To, a.Seq = core.KindAck, e.self, m.From, m.Seq
	}
}

func (e *echo) Wake(now core.Instant, fx *core.Effects) {
	for e.due <= now {
		p := fx.Send()
		p.Kind, p.From, p.To, p.Target, p.Seq = core.KindPing, e.self, e.peer, e.peer, 1
		e.due = e.due.Add(1e9)
	}
}

func (e *echo) Deadline() (core.Instant, bool) { return e.due, e.due != core.Never }

func pair(delay core.Duration) (b *coretest.Bench, x, y *echo) {
	b = coretest.New(delay)
	x, y = &echo{self: 0, peer: 1, due: 1e9}, &echo{self: 1, peer: 0, due: core.Never}
	b.Place(0, "x", x)
	b.Place(1, "y", y)
	return b, x, y
}

func expect(t *testing.T, have []string, want ...string) {
	t.Helper()
	if !slices.Equal(have, want) {
		t.Errorf("have %q, want %q", have, want)
	}
}

func TestWireTakesItsDelay(t *testing.T) {
	b, x, y := pair(1e7)
	b.Advance(1e9 + 15e6)
	expect(t, y.got, "1.01s ping")
	expect(t, x.got)
	b.Advance(5e6)
	expect(t, x.got, "1.02s ack")
}

func TestRuleDropsItsCount(t *testing.T) {
	b, x, y := pair(0)
	b.Drop(coretest.Rule{Match: coretest.Match{From: 1, To: core.NoNode, Kind: core.KindAck}, Count: 1})
	b.Advance(2e9)
	expect(t, y.got, "1s ping", "2s ping")
	expect(t, x.got, "2s ack")
}

func TestHeldMessagesWaitForDeliver(t *testing.T) {
	b, x, y := pair(0)
	b.Hold()
	b.Advance(2e9)
	expect(t, y.got)
	if n := b.Deliver(coretest.Any, 1); n != 1 {
		t.Errorf("delivered %d", n)
	}
	expect(t, y.got, "2s ping")
	if n := b.Discard(coretest.Match{From: 1, To: core.NoNode}); n != 1 {
		t.Errorf("discarded %d", n)
	}
	b.Release()
	b.Advance(0)
	expect(t, y.got, "2s ping", "2s ping")
	expect(t, x.got, "2s ack")
}

func TestPausedNodeFindsItsInboxLate(t *testing.T) {
	b, x, y := pair(0)
	b.Pause(1)
	b.Advance(2e9)
	expect(t, y.got)
	b.Resume(1)
	expect(t, y.got, "2s ping", "2s ping")
	b.Advance(0)
	expect(t, x.got, "2s ack", "2s ack")
	b.Crash(1)
	b.Advance(1e9)
	expect(t, y.got, "2s ping", "2s ping")
}

func TestLostStreamMessageComesBack(t *testing.T) {
	b, x, _ := pair(0)
	x.due = core.Never
	b.Crash(1)
	b.Do(0, func(_ core.Instant, fx *core.Effects) {
		m := fx.Send()
		m.Kind, m.From, m.To, m.Seq, m.Timeout = core.KindJoin, 0, 1, 7, 5e9
	})
	b.Advance(6e9)
	expect(t, x.got, "5s stream_failed")
}

func TestUpdateTextRoundTrip(t *testing.T) {
	b, _, _ := pair(0)
	for _, s := range []string{"suspect:3:x:y", "alive:0:y", "dead:7:x:x", "leave:1:y", "join:2:x"} {
		u, err := b.ParseUpdate(s)
		if err != nil || b.Update(&u) != s {
			t.Errorf("%s: %v, %v", s, b.Update(&u), err)
		}
	}
	for _, s := range []string{"", "suspect:3", "suspect:-1:x", "suspect:1:z", "odd:1:x", "dead:1:x:z", "dead:1:x:y:y"} {
		if _, err := b.ParseUpdate(s); err == nil {
			t.Errorf("%q was accepted", s)
		}
	}
}
