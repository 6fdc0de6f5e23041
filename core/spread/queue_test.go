package spread

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

// news is what the tests spread: it is about somebody, and takes so many bytes.
type news struct {
	about core.NodeID
	rank  Rank
	bytes int
}

// naiveItem and naive are §6 as it is written: a list, sorted anew for every datagram.
type naiveItem struct {
	n           news
	sent, limit int
	queued      core.Instant
}

type naive struct {
	order Order
	items []naiveItem
}

func (q *naive) forget(about core.NodeID) {
	q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return i.n.about == about })
}

func (q *naive) add(n news, limit, most int, now core.Instant) {
	if len(q.items) >= most { // "drop the most-transmitted, then oldest"
		worst := slices.MaxFunc(q.items, func(a, b naiveItem) int {
			return cmp.Or(cmp.Compare(a.sent, b.sent), cmp.Compare(b.queued, a.queued))
		})
		q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return i == worst })
	}
	q.items = append(q.items, naiveItem{n: n, limit: limit, queued: now})
}

func (q *naive) take(most, bytes int) []news {
	slices.SortFunc(q.items, func(a, b naiveItem) int {
		sent, rank := cmp.Compare(a.sent, b.sent), cmp.Compare(a.n.rank, b.n.rank)
		if q.order == RankFirst {
			sent, rank = rank, sent
		}
		return cmp.Or(sent, rank, cmp.Compare(b.queued, a.queued), cmp.Compare(a.n.about, b.n.about))
	})
	var out []news
	for i := range q.items {
		it := &q.items[i]
		if len(out) < most && it.n.bytes <= bytes {
			out = append(out, it.n)
			bytes -= it.n.bytes
			it.sent++
		}
	}
	q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return i.sent >= i.limit })
	return out
}

func (q *naive) expire(age core.Duration, now core.Instant) {
	q.items = slices.DeleteFunc(q.items, func(i naiveItem) bool { return now.Sub(i.queued) > age })
}

// forget, expire and take use a queue as its users do.
func forget(q *Queue[news], about core.NodeID) {
	s := q.SiftAbout(about)
	for s.Next() != nil {
		s.Drop()
	}
}

func expire(q *Queue[news], age core.Duration, now core.Instant) {
	s := q.Sift()
	for it := s.Next(); it != nil; it = s.Next() {
		if it.Age(now) > uint32(age.Milliseconds()) {
			s.Drop()
		}
	}
}

func take(q *Queue[news], out []news, b Budget) []news {
	t := q.Take()
	for !b.Spent() {
		it := t.Next()
		if it == nil {
			break
		}
		if b.Spend(it.News.bytes) {
			out = append(out, it.News)
			t.Count()
		}
	}
	t.End()
	return out
}

// Spec 10 §6: "fewest transmissions, then type order dead/leave, suspect, join, alive, then newest, then
// key. Fill until cap or bytes; an entry that does not fit is skipped, not a stop. ... At the limit the
// entry is dropped." In the other order the rank comes first (§4.6).
func TestQueueAgainstNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.SampledFrom([]Order{LeastSent, RankFirst}).Draw(t, "order")
		most := rapid.SampledFrom([]int{1, 3, 10, 1000}).Draw(t, "most")
		room := Budget{Items: rapid.IntRange(1, 8).Draw(t, "items"), Bytes: rapid.IntRange(10, 100).Draw(t, "bytes"), Least: 6}
		q, model := New[news](order), naive{order: order}
		now := core.Instant(0)
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			now = now.Add(core.Duration(rapid.IntRange(1, 60).Draw(t, "ms")) * time.Millisecond)
			switch rapid.IntRange(0, 4).Draw(t, "op") {
			case 0, 1:
				n := news{
					about: core.NodeID(rapid.IntRange(1, 11).Draw(t, "about")), rank: Rank(rapid.IntRange(0, NumRanks-1).Draw(t, "rank")),
					bytes: rapid.IntRange(6, 20).Draw(t, "size"),
				}
				limit := rapid.IntRange(1, 5).Draw(t, "limit")
				if rapid.Bool().Draw(t, "replaces") {
					forget(&q, n.about)
					model.forget(n.about)
				}
				if q.Len() >= most {
					q.DropMostSent()
				}
				q.Push(now, &n, n.about, n.rank, uint8(limit))
				model.add(n, limit, most, now)
			case 2, 3:
				if have, want := take(&q, nil, room), model.take(room.Items, room.Bytes); !slices.Equal(have, want) {
					t.Fatalf("have %v, want %v", have, want)
				}
			case 4:
				expire(&q, time.Second, now)
				model.expire(time.Second, now)
			}
			if !q.Sound() {
				t.Fatalf("not sound: %+v", q.items)
			}
			compare(t, &q, &model)
		}
	})
}

func compare(t *rapid.T, q *Queue[news], model *naive) {
	var have, want []string
	for i := range q.Len() {
		it := q.At(i)
		have = append(have, fmt.Sprint(it.News, it.Sent, it.Limit))
	}
	for _, it := range model.items {
		want = append(want, fmt.Sprint(it.n, it.sent, it.limit))
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Fatalf("queue: have %v, want %v", have, want)
	}
}

// What is newest is told by instants, not by the clock's unit; at one instant the lower id comes first. A clock that
// was set back makes nothing old: what is pushed later is newer.
func TestNewestComesFirst(t *testing.T) {
	var q Queue[news]
	for i, at := range []core.Instant{5e9, 5e9 + 1, 5e9 + 1, 1e9} {
		n := news{about: core.NodeID(9 - i)}
		q.Push(at, &n, n.about, 0, 3)
	}
	var have []core.NodeID
	for i := range q.Len() {
		have = append(have, q.At(i).News.about)
	}
	if want := []core.NodeID{6, 7, 8, 9}; !slices.Equal(have, want) {
		t.Errorf("about %v, want %v", have, want)
	}
	if age := q.At(3).Age(1e9); age != 0 {
		t.Errorf("news of the future is %d ms old", age)
	}
}

// A transmission never spills over into the rank, up to the largest limit.
func TestTransmissionsStayBelowTheRank(t *testing.T) {
	for _, order := range []Order{LeastSent, RankFirst} {
		q := New[news](order)
		for rank := range Rank(NumRanks) {
			q.Push(1e9, &news{about: core.NodeID(rank), rank: rank, bytes: 1}, core.NodeID(rank), rank, 255)
		}
		for round := range 254 {
			got := take(&q, nil, Budget{Items: NumRanks, Bytes: NumRanks, Least: 1})
			for i, n := range got {
				if len(got) != NumRanks || n.rank != Rank(i) {
					t.Fatalf("order %d, round %d: %v", order, round, got)
				}
			}
		}
		if take(&q, nil, Budget{Items: 9, Bytes: 9, Least: 1}); q.Len() != 0 {
			t.Errorf("order %d: %d left at the limit", order, q.Len())
		}
	}
}

// §6: max(1, ⌊λ·ln(n+1)⌋).
func TestLimit(t *testing.T) {
	for _, c := range []struct {
		lambda float64
		n      int
		want   uint8
	}{{3, 0, 1}, {3, 1, 2}, {3, 30, 10}, {3, 1000, 20}, {0.1, 1000, 1}, {20, 65535, 221}, {40, 65535, 255}} {
		if have := Limit(c.lambda, c.n); have != c.want {
			t.Errorf("λ = %v, n = %d: %d, want %d", c.lambda, c.n, have, c.want)
		}
	}
}

func TestSteadyQueueAllocatesNothing(t *testing.T) {
	var q Queue[news]
	var out []news
	now := core.Instant(0)
	step := func() {
		now += 1e6
		for about := range core.NodeID(40) {
			n := news{about: about, rank: Rank(about % NumRanks), bytes: 10}
			forget(&q, about)
			q.Push(now, &n, about, n.rank, 3)
		}
		out = take(&q, out[:0], Budget{Items: 64, Bytes: 300, Least: 10})
		expire(&q, time.Second, now)
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(100, step); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkPushTake is 64 items that replace those of the time before, and one datagram of them.
func BenchmarkPushTake(b *testing.B) {
	var q Queue[core.Update]
	now := core.Instant(0)
	b.ReportAllocs()
	for b.Loop() {
		now += 1e6
		for about := range core.NodeID(64) {
			for s := q.SiftAbout(about); s.Next() != nil; {
				s.Drop()
			}
			q.Push(now, &core.Update{Subject: about}, about, 3, 10)
		}
		t := q.Take()
		for range 64 {
			if it := t.Next(); it != nil {
				t.Count()
			}
		}
		t.End()
	}
}
