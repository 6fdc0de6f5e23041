package swim

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/wire"
)

// naiveItem and naiveQueue are §6 as it is written: a list, sorted anew for every datagram.
type naiveItem struct {
	u           core.Update
	sent, limit int
	queued      core.Instant
}

type naiveQueue struct{ items []naiveItem }

func (q *naiveQueue) add(u core.Update, confirmation bool, limit, most int, now core.Instant) {
	if !confirmation {
		q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return i.u.Subject == u.Subject })
	}
	if len(q.items) >= most { // "drop the most-transmitted, then oldest"
		worst := slices.MaxFunc(q.items, func(a, b naiveItem) int {
			return cmp.Or(cmp.Compare(a.sent, b.sent), cmp.Compare(b.queued, a.queued))
		})
		q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return i == worst })
	}
	q.items = append(q.items, naiveItem{u: u, limit: limit, queued: now})
}

var naiveOrder = map[core.UpdateType]int{
	core.UpdateDead: 0, core.UpdateLeft: 0, core.UpdateSuspect: 1, core.UpdateJoin: 2, core.UpdateAlive: 3,
}

func (q *naiveQueue) take(most, bytes int) []core.Update {
	slices.SortFunc(q.items, func(a, b naiveItem) int {
		return cmp.Or(
			cmp.Compare(a.sent, b.sent), cmp.Compare(naiveOrder[a.u.Type], naiveOrder[b.u.Type]),
			cmp.Compare(b.queued, a.queued), cmp.Compare(a.u.Subject, b.u.Subject),
		)
	})
	var out []core.Update
	for i := range q.items {
		it := &q.items[i]
		if size := wire.UpdateBytes(&it.u, wire.KeyV4); len(out) < most && size <= bytes {
			out = append(out, it.u)
			bytes -= size
			it.sent++
		}
	}
	q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return i.sent >= i.limit })
	return out
}

func (q *naiveQueue) expire(age core.Duration, now core.Instant) {
	q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return now.Sub(i.queued) > age })
}

// Spec 10 §6: "fewest transmissions, then type order dead/leave, suspect, join, alive, then newest, then
// key. Fill until cap or bytes; an entry that does not fit is skipped, not a stop. ... At the limit the
// entry is dropped."
func TestQueueAgainstNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Default()
		cfg.Gossip.MaxUpdates = rapid.IntRange(1, 8).Draw(t, "cap")
		cfg.Gossip.MaxBytes = rapid.IntRange(32, 120).Draw(t, "bytes")
		cfg.Gossip.QueueMax = rapid.SampledFrom([]int{1, 3, 10, 1000}).Draw(t, "most")
		cfg.Gossip.QueueAge = time.Second
		cfg.Gossip.Lambda = rapid.Float64Range(0.5, 3).Draw(t, "lambda")
		m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 12, Instance: 1}, nil)
		m.nPart = 5
		var naive naiveQueue
		var fx core.Effects
		now := core.Instant(0)
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			// One millisecond is the resolution of "newest": never two entries in one.
			now = now.Add(core.Duration(rapid.IntRange(1, 60).Draw(t, "ms")) * time.Millisecond)
			fx.Reset()
			switch rapid.IntRange(0, 4).Draw(t, "op") {
			case 0, 1:
				u := core.Update{
					Type:    core.UpdateType(rapid.IntRange(0, core.NumUpdateTypes-1).Draw(t, "type")),
					Subject: core.NodeID(rapid.IntRange(1, 11).Draw(t, "subject")), From: core.NoNode, Role: core.RoleManager,
					Incarnation: rapid.SampledFrom([]uint32{0, 1, 200, 70_000}).Draw(t, "incarnation"), // 1, 2 or 3 bytes
				}
				if u.Type == core.UpdateSuspect || u.Type == core.UpdateDead {
					u.From = core.NodeID(rapid.IntRange(0, 11).Draw(t, "from"))
				}
				cause := core.CauseFresh
				if u.Type == core.UpdateSuspect && rapid.Bool().Draw(t, "confirmation") {
					cause = core.CauseConfirmation
				}
				naive.add(u, cause == core.CauseConfirmation, int(m.retransmitLimit()), cfg.Gossip.QueueMax, now)
				m.relay(now, &u, cause, &fx)
			case 2, 3:
				msg := m.header(core.KindPing, 1, &fx)
				m.attach(now, msg, &fx)
				want := naive.take(cfg.Gossip.MaxUpdates, cfg.Gossip.MaxBytes-wire.UpdatesHeader)
				if !slices.Equal(msg.Updates, want) {
					t.Fatalf("have %v, want %v", msg.Updates, want)
				}
			case 4:
				naive.expire(cfg.Gossip.QueueAge, now)
				m.expireQueue(now, &fx)
			}
			compareQueues(t, m, &naive)
		}
	})
}

func compareQueues(t *rapid.T, m *Machine, naive *naiveQueue) {
	text := func(u core.Update, sent, limit int) string { return fmt.Sprint(u, sent, limit) }
	var have, want []string
	for _, it := range m.queue.items {
		have = append(have, text(m.queue.update(&it), int(it.sent), int(it.limit)))
	}
	for _, it := range naive.items {
		want = append(want, text(it.u, it.sent, it.limit))
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Fatalf("queue: have %v, want %v", have, want)
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
	if len(x.m.queue.items) != 0 {
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
