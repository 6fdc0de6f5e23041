package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hypersim/core"
)

// handlerFunc is a handler without look ahead.
type handlerFunc func(e *Event)

func (f handlerFunc) Handle(e *Event) { f(e) }

// toucher is a handler that notes what was touched.
type toucher struct {
	handlerFunc
	touched map[uint64]bool
}

func (t *toucher) Touch(e *Event) { t.touched[e.Key] = true }

func timer(at core.Instant, node core.NodeID, seq uint64) Event {
	return Event{At: at, Key: MakeKey(KindTimer, node, seq), Node: node}
}

func TestRunStopsAtUntil(t *testing.T) {
	var seen []core.Instant
	var k *Kernel
	k = New(handlerFunc(func(e *Event) {
		if k.Now() != e.At {
			t.Errorf("clock at %v during an event at %v", k.Now(), e.At)
		}
		seen = append(seen, e.At)
	}))
	for i := range uint64(10) {
		k.Schedule(timer(core.Instant(i*10), 0, i))
	}
	for _, c := range []struct {
		until   core.Instant
		handled uint64
	}{{0, 1}, {9, 1}, {10, 2}, {55, 6}, {55, 6}, {1000, 10}, {core.Never, 10}} {
		k.Run(c.until)
		if k.Handled() != c.handled || k.Now() != c.until || k.Pending() != int(10-c.handled) {
			t.Errorf("until %v: handled %d, now %v, pending %d; want %d, %v, %d",
				c.until, k.Handled(), k.Now(), k.Pending(), c.handled, c.until, 10-c.handled)
		}
	}
	if !slices.IsSorted(seen) || len(seen) != 10 {
		t.Errorf("saw %v", seen)
	}
	mustPanic(t, "scheduling in the past", func() { k.Schedule(timer(7, 0, 99)) })
	mustPanic(t, "run until 7ns, but the clock is at never", func() { k.Run(7) })
}

// TestTimePassesWithoutEvents: what is scheduled between two runs may be earlier than everything that the
// first one looked at.
func TestTimePassesWithoutEvents(t *testing.T) {
	var seen []uint64
	k := New(handlerFunc(func(e *Event) { seen = append(seen, e.Seq()) }))
	k.Schedule(timer(1e12, 0, 1000))
	k.Run(1e9)
	for i := range uint64(500) {
		k.Schedule(timer(1e9+core.Instant(i*i)*1e6, 0, i))
		if err := k.queue.check(); err != nil {
			t.Fatal(err)
		}
	}
	mustPanic(t, "scheduling in the past", func() { k.Schedule(timer(1e9-1, 0, 0)) })
	k.Run(1e12)
	if len(seen) != 501 || !slices.IsSorted(seen) {
		t.Errorf("%d events, in order: %t", len(seen), slices.IsSorted(seen))
	}
}

func TestStop(t *testing.T) {
	var k *Kernel
	k = New(handlerFunc(func(e *Event) {
		if e.At == 30 {
			k.Stop()
		}
	}))
	for i := range uint64(10) {
		k.Schedule(timer(core.Instant(i*10), 0, i))
	}
	k.Run(1000)
	if k.Handled() != 4 || k.Now() != 30 || k.Pending() != 6 {
		t.Errorf("stopped after %d at %v with %d pending; want 4, 30ns, 6", k.Handled(), k.Now(), k.Pending())
	}
	k.Run(1000)
	if k.Handled() != 10 || k.Now() != 1000 {
		t.Errorf("went on to %d at %v; want 10, 1µs", k.Handled(), k.Now())
	}
}

func TestRunInsideAHandlerPanics(t *testing.T) {
	var k *Kernel
	k = New(handlerFunc(func(*Event) { k.Run(core.Never) }))
	k.Schedule(timer(1, 0, 0))
	mustPanic(t, "inside a handler: true", func() { k.Run(10) })
}

// cascade is a handler whose events cause others: at the same instant, soon, late, of all kinds. Its record
// must be the same whoever runs it.
type cascade struct {
	rng      *rand.Rand
	seq      uint64
	schedule func(Event)
	record   []Event
}

func (c *cascade) Handle(e *Event) {
	c.record = append(c.record, *e)
	if c.seq > 20_000 {
		return
	}
	for range c.rng.IntN(4) {
		c.seq++
		d := core.Duration(0)
		switch c.rng.IntN(4) {
		case 1:
			d = core.Duration(c.rng.IntN(100))
		case 2:
			d = core.Duration(c.rng.IntN(1e6))
		case 3:
			d = core.Duration(c.rng.ExpFloat64() * 1e9)
		}
		origin := core.NodeID(c.rng.IntN(100))
		c.schedule(Event{At: e.At.Add(d), Key: MakeKey(Kind(c.rng.IntN(4)), origin, c.seq), Node: origin})
	}
}

type touchingCascade struct {
	cascade
	ahead map[uint64]int
}

func (c *touchingCascade) Touch(e *Event) { c.ahead[e.Key]++ }

func TestEveryDriverGivesOneRecord(t *testing.T) {
	start := func(c *cascade, schedule func(Event)) {
		c.rng = rand.New(rand.NewPCG(5, 8))
		c.schedule = schedule
		for range 200 {
			c.seq++
			schedule(timer(core.Instant(c.rng.IntN(5)), core.NodeID(c.seq), c.seq))
		}
	}

	var want cascade
	var m model
	start(&want, m.push)
	for e, ok := m.pop(); ok; e, ok = m.pop() {
		want.Handle(&e)
	}
	if len(want.record) < 5000 {
		t.Fatalf("only %d events: choose another seed", len(want.record))
	}

	var plain cascade
	k := New(&plain)
	start(&plain, k.Schedule)
	k.Run(core.Never)
	if !slices.Equal(plain.record, want.record) {
		t.Error("the kernel's record differs from the model's")
	}

	touching := touchingCascade{ahead: map[uint64]int{}}
	k = New(&touching)
	start(&touching.cascade, k.Schedule)
	for until := core.Instant(1); k.Pending() > 0; until = until*3 + 1 { // in many slices
		k.Run(until)
	}
	if !slices.Equal(touching.record, want.record) {
		t.Error("looking ahead, or running in slices, changed the record")
	}
	if len(touching.ahead) < len(want.record)/2 {
		t.Errorf("only %d of %d events were touched", len(touching.ahead), len(want.record))
	}
}

func TestTouchComesBeforeHandle(t *testing.T) {
	h := &toucher{touched: map[uint64]bool{}}
	early := 0
	// Nothing is scheduled meanwhile, so every event is touched, and most while others are yet to come.
	h.handlerFunc = func(e *Event) {
		if !h.touched[e.Key] {
			t.Errorf("%v handled untouched", e)
		}
		delete(h.touched, e.Key)
		if len(h.touched) > 0 {
			early++
		}
	}
	k := New(h)
	for i := range uint64(1000) {
		k.Schedule(timer(core.Instant(i*i), 0, i))
	}
	k.Run(core.Never)
	if early < 500 {
		t.Errorf("only %d of 1000 events were handled with others already touched", early)
	}
}

func TestHandlingAllocatesNothing(t *testing.T) {
	var k *Kernel
	r := rand.New(rand.NewPCG(7, 11))
	var seq uint64
	k = New(handlerFunc(func(e *Event) {
		seq++
		k.Schedule(timer(e.At.Add(core.Duration(r.ExpFloat64()*1e9)), e.Node, seq))
	}))
	for i := range uint64(2000) {
		k.Schedule(timer(core.Instant(i), core.NodeID(i), 1<<30+i))
	}
	k.Run(60e9)
	if n := testing.AllocsPerRun(5, func() { k.Run(k.Now().Add(1e9)) }); n != 0 {
		t.Errorf("%v allocations in about 2000 events", n)
	}
}

// What is scheduled anew for its own instant, again and again, holds time up: a Run returns after so many events, and the next one goes on
// from there. Many events at many instants are no reason.
func TestHeldAtOneInstant(t *testing.T) {
	at5 := 0
	var k *Kernel
	k = New(handlerFunc(func(e *Event) {
		if e.At != 5 {
			return
		}
		if at5++; at5 <= 21 { // 25 in all
			k.Schedule(timer(5, 0, uint64(100+at5)))
		}
	}))
	k.atOnce = 10
	for i := range uint64(40) {
		k.Schedule(timer(core.Instant(i/4), 0, i)) // four an instant, up to 9
	}
	for _, want := range []struct {
		held bool
		now  core.Instant
	}{{true, 5}, {true, 5}, {false, 50}} {
		if k.Run(50); k.Held() != want.held || k.Now() != want.now {
			t.Fatalf("held %v at %v, want %+v", k.Held(), k.Now(), want)
		}
	}
	if at5 != 25 || k.Pending() != 0 {
		t.Errorf("%d events at 5, %d left", at5, k.Pending())
	}
}

// What is scheduled anew a little later, again and again, holds a Run up, too, where that was asked for; as much in more time does not.
func TestHeldWhileTimeCreeps(t *testing.T) {
	for _, c := range []struct {
		step core.Duration
		span core.Duration
		held bool
	}{{1, 10, true}, {1, 9, false}, {2, 20, true}, {3, 20, false}, {1, 0, false}, {0, 0, true}, {0, 10, true}} {
		var k *Kernel
		left := 100
		k = New(handlerFunc(func(e *Event) {
			if left--; left > 0 {
				k.Schedule(timer(e.At.Add(c.step), 0, uint64(200-left)))
			}
		}))
		k.atOnce = 10
		k.Crowded(c.span)
		k.Schedule(timer(5, 0, 0))
		k.Run(1000)
		if k.Held() != c.held || k.Held() && k.Crowd() != 10*c.step {
			t.Errorf("%d ns apart, span %v: held %t, within %v", c.step, c.span, k.Held(), k.Crowd())
		}
		for k.Held() {
			k.Run(1000)
		}
		if k.Pending() != 0 || left != 0 {
			t.Errorf("%d ns apart, span %v: %d left", c.step, c.span, left)
		}
	}
}
