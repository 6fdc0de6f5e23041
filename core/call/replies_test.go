package call

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

func request(from core.NodeID, instance uint32) *core.Message {
	return &core.Message{Kind: ask, From: from, Instance: instance, Seq: uint32(from) + 100}
}

func (r *role) recorded(now core.Instant, rs *Replies, q *core.Message, id, what uint64) {
	m := r.c.Respond(&r.fx, q, answer)
	core.Attach[report](&r.fx, m).Current = what
	rs.Keep(now, q, id, m, &r.fx)
}

// A repeated request gets the recorded reply under its own number, for the time that replies are kept.
func TestRecordedReply(t *testing.T) {
	r, rs := newRole(), new(Replies)
	rs.Init(10, 60*time.Second)
	q := request(4, 2)
	if rs.Repeat(0, &r.c, q, 8, &r.fx) {
		t.Fatal("a reply that was never given")
	}
	r.recorded(sec, rs, q, 8, 55)
	r.recorded(2*sec, rs, q, 8, 56) // the first stands
	r.sent()
	q.Seq = 7 // another attempt
	if !rs.Repeat(60*sec, &r.c, q, 8, &r.fx) {
		t.Fatal("not recorded")
	}
	if m := r.one(t); m.Seq != 7 || m.To != 4 || m.Kind != answer || m.Body.(*report).Current != 55 {
		t.Errorf("%+v", m)
	}
	for _, other := range []*core.Message{request(5, 2), request(4, 3), {Kind: core.KindXProbe, From: 4, Instance: 2}} {
		if rs.Repeat(3*sec, &r.c, other, 8, &r.fx) {
			t.Errorf("the reply to somebody else: %+v", other)
		}
	}
	if rs.Repeat(3*sec, &r.c, q, 9, &r.fx) || rs.Repeat(61*sec, &r.c, q, 8, &r.fx) || rs.Len() != 0 {
		t.Error("the reply to something else, or one whose time is over")
	}
}

// The table never holds more than its limit, forgets the oldest first, counts that, and repeats exactly what it was
// given: bodies are never given out anew while they are kept.
func TestRepliesAgainstList(t *testing.T) {
	type entry struct {
		from  core.NodeID
		id    uint64
		until core.Instant
		what  uint64
	}
	rapid.Check(t, func(t *rapid.T) {
		r, rs := newRole(), new(Replies)
		limit := rapid.IntRange(0, 4).Draw(t, "limit")
		rs.Init(limit, 10*time.Second)
		var now core.Instant
		var list []entry
		var displaced, what uint64
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(core.Duration(rapid.IntRange(0, 4).Draw(t, "wait")) * time.Second)
			for len(list) > 0 && list[0].until <= now {
				list = list[1:]
			}
			from, id := core.NodeID(rapid.IntRange(0, 2).Draw(t, "from")), rapid.Uint64Range(0, 2).Draw(t, "id")
			var known *entry
			for i := range list {
				if list[i].from == from && list[i].id == id {
					known = &list[i]
				}
			}
			if rapid.Bool().Draw(t, "again") {
				if got := rs.Repeat(now, &r.c, request(from, 1), id, &r.fx); got != (known != nil) {
					t.Fatalf("repeated: %v, known: %v", got, known)
				}
				if m := r.sent(); known != nil && (len(m) != 1 || m[0].Body.(*report).Current != known.what) {
					t.Fatalf("%+v, want %d", m, known.what)
				}
				continue
			}
			what++
			if r.recorded(now, rs, request(from, 1), id, what); known == nil && limit > 0 {
				if len(list) == limit {
					list = list[1:]
					displaced++
				}
				list = append(list, entry{from, id, now.Add(10 * time.Second), what})
			}
			if m := r.sent(); m[0].Body.(*report).Current != what {
				t.Fatal("the reply was changed before it went out")
			}
			if rs.Len() != len(list) || rs.Displaced() != displaced {
				t.Fatalf("%d kept, %d displaced; want %d, %d", rs.Len(), rs.Displaced(), len(list), displaced)
			}
		}
	})
}

// A reply that is displaced in the very step that sends it still goes out as it was.
func TestDisplacedAtOnce(t *testing.T) {
	r, rs := newRole(), new(Replies)
	rs.Init(1, time.Second)
	for id := range uint64(3) {
		r.recorded(sec, rs, request(4, 1), id, id+10)
	}
	for i, m := range r.sent() {
		if got := m.Body.(*report).Current; got != uint64(i)+10 {
			t.Errorf("reply %d says %d", i, got)
		}
	}
}

func TestRepliesAllocateNothing(t *testing.T) {
	r, rs := newRole(), new(Replies)
	rs.Init(100, 60*time.Second)
	var now core.Instant
	q := request(1, 1)
	step := func() {
		for range 1000 {
			now = now.Add(time.Second)
			m := r.c.Respond(&r.fx, q, answer)
			core.Attach[report](&r.fx, m)
			rs.Keep(now, q, uint64(now), m, &r.fx)
			core.Hold(m.Body)
			r.fx.Bodies.Drop(m.Kind, m.Body)
			r.fx.Reset()
		}
	}
	step()
	if n := testing.AllocsPerRun(10, step); n != 0 {
		t.Errorf("%v allocations in 1000 replies", n)
	}
	if rs.Len() != 60 {
		t.Errorf("%d replies of the last minute", rs.Len())
	}
}
