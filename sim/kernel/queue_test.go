package kernel

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hypersim/core"

	"pgregory.net/rapid"
)

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if have := fmt.Sprint(recover()); !strings.Contains(have, want) {
			t.Errorf("panic with %q, want one with %q", have, want)
		}
	}()
	f()
}

// pair runs a queue and its model side by side.
type pair struct {
	q   *Queue
	m   model
	seq uint64
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// push pushes an event, after the clock by d, with a key that is unique by its sequence number.
func (p *pair) push(d core.Duration, k Kind, origin core.NodeID) {
	p.seq++
	e := Event{At: p.m.floor.Add(d), Key: MakeKey(k, origin, p.seq), Node: origin, Arg: uint32(p.seq)}
	p.q.Push(e)
	p.m.push(e)
}

func (p *pair) pop(t failer) {
	t.Helper()
	have, haveOK := p.q.Pop()
	want, wantOK := p.m.pop()
	if have != want || haveOK != wantOK {
		t.Fatalf("popped %v %t, want %v %t", have, haveOK, want, wantOK)
	}
}

func (p *pair) check(t failer) {
	t.Helper()
	if p.q.Len() != len(p.m.events) {
		t.Fatalf("length %d, want %d", p.q.Len(), len(p.m.events))
	}
	if err := p.q.check(); err != nil {
		t.Fatalf("%v", err)
	}
}

// delays are the shapes of increment that a simulation has, and some that are meant to hurt.
var delays = map[string]func(r *rand.Rand) core.Duration{
	"same instant":   func(*rand.Rand) core.Duration { return 0 },
	"few instants":   func(r *rand.Rand) core.Duration { return core.Duration(r.IntN(3)) },
	"exponential 1s": func(r *rand.Rand) core.Duration { return core.Duration(r.ExpFloat64() * 1e9) },
	"fixed period":   func(*rand.Rand) core.Duration { return 1e9 },
	"LAN and timer": func(r *rand.Rand) core.Duration {
		if r.IntN(4) == 0 {
			return 1e9
		}
		return core.Duration(200_000 + r.IntN(100_000))
	},
	"every magnitude": func(r *rand.Rand) core.Duration { return core.Duration(r.Int64() >> r.IntN(64)) },
	"near never":      func(r *rand.Rand) core.Duration { return core.Duration(math.MaxInt64 - r.Int64N(1000)) },
	"block borders": func(r *rand.Rand) core.Duration {
		return core.Duration(1)<<r.IntN(62) - core.Duration(r.IntN(2))
	},
}

// TestQueueMatchesModel draws whole histories. Bursts are longer than two runs, so that splits, spreads and
// lifts all happen; TestRareBranches aims at each of them.
func TestQueueMatchesModel(t *testing.T) {
	shapes := make([]string, 0, len(delays))
	for name := range delays {
		shapes = append(shapes, name)
	}
	slices.Sort(shapes)
	rapid.Check(t, func(t *rapid.T) {
		p := pair{q: new(Queue)}
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed")))
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			n := rapid.IntRange(0, 5*runTarget).Draw(t, "burst")
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1, 2:
				shape := delays[rapid.SampledFrom(shapes).Draw(t, "delays")]
				kinds := rapid.IntRange(1, 4).Draw(t, "kinds")
				for range n {
					p.push(shape(r), Kind(r.IntN(kinds)), core.NodeID(r.IntN(1000)))
				}
			case 3:
				for range n {
					p.pop(t)
				}
			case 4:
				have, haveOK := p.q.Peek()
				want, wantOK := p.m.peek()
				if have != want || haveOK != wantOK {
					t.Fatalf("peeked %v %t, want %v %t", have, haveOK, want, wantOK)
				}
			case 5:
				p.q.Reset()
				p.m = model{}
			}
			p.check(t)
		}
		for range len(p.m.events) + 1 {
			p.pop(t)
		}
		p.check(t)
	})
}

// TestHoldMatchesModel holds a number of pending events through every shape of increments.
func TestHoldMatchesModel(t *testing.T) {
	for name, shape := range delays {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 11))
			p := pair{q: new(Queue)}
			for range 400 {
				p.push(shape(r), Kind(r.IntN(4)), core.NodeID(r.IntN(50)))
			}
			for i := range 2000 {
				p.pop(t)
				p.push(shape(r), Kind(r.IntN(4)), core.NodeID(r.IntN(50)))
				if i%10 == 0 {
					p.check(t)
				}
			}
		})
	}
}

// Spec 50 §1: a total order that does not depend on insertion order.
func TestInsertionOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	var events []Event
	for i := range 3000 {
		events = append(events, Event{
			At:  core.Instant(r.IntN(40)) * 1e6,
			Key: MakeKey(Kind(r.IntN(4)), core.NodeID(r.IntN(20)), uint64(i)),
		})
	}
	want := slices.SortedFunc(slices.Values(events), compare)
	q := new(Queue)
	for range 20 {
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		q.Reset()
		for _, e := range events {
			q.Push(e)
		}
		var have []Event
		for e, ok := q.Pop(); ok; e, ok = q.Pop() {
			have = append(have, e)
		}
		if !slices.Equal(have, want) {
			t.Fatal("another order of insertion gave another order of events")
		}
	}
}

func TestPushIntoThePastPanics(t *testing.T) {
	q := new(Queue)
	mustPanic(t, "scheduling in the past: event -1ns", func() { q.Push(Event{At: -1}) })
	q.Push(Event{At: 2e9})
	q.Push(Event{At: 3e9})
	q.Peek()
	q.Push(Event{At: 1e9}) // only popping moves the floor
	q.Pop()
	q.Push(Event{At: 1e9})
	mustPanic(t, "event 999.999999ms timer 0/0 for node 0 arg 0, but the clock is at 1s",
		func() { q.Push(Event{At: 1e9 - 1}) })
}

// TestEqualEventsSurvive: pushing two events of one place is a bug of the caller, but may not lose any
// or hang.
func TestEqualEventsSurvive(t *testing.T) {
	q := new(Queue)
	for range 1000 {
		q.Push(Event{At: 5, Key: 9})
	}
	for i := range 1000 {
		if err := q.check(); err != nil {
			t.Fatal(err)
		}
		if e, ok := q.Pop(); !ok || e.At != 5 || e.Key != 9 {
			t.Fatalf("pop %d: %v %t", i, e, ok)
		}
	}
}

// TestSmallerKeysAtTheInstantInHand: a handler may push more events of the instant in hand than a run holds,
// with keys before those of the many that still wait at that instant.
func TestSmallerKeysAtTheInstantInHand(t *testing.T) {
	p := pair{q: new(Queue)}
	for i := range 5000 {
		p.push(10, KindMessage, core.NodeID(i*7%5000))
	}
	for range 3 {
		for range 100 {
			p.pop(t)
		}
		for i := range 1000 {
			p.push(0, KindTimer, core.NodeID(i*3%1000))
		}
		p.check(t)
	}
	for range 8000 {
		p.pop(t)
	}
	p.check(t)
}

// TestRareBranches shows that each way to move the limit is reached, and leaves a valid queue: a bucket
// spread over a lower level, a run that was split, and one that was split below a look ahead.
func TestRareBranches(t *testing.T) {
	p := pair{q: new(Queue)}
	q := p.q
	for i := range 4 * runTarget {
		p.push(1e9+core.Duration(i), KindTimer, 1)
	}
	q.Peek()
	p.check(t)
	if len(q.run) > runTarget || q.limit.at < 1e9 || q.occupied == 0 {
		t.Fatalf("a look ahead left a run of %d, limit %v: the bucket was not spread", len(q.run), q.limit)
	}

	low := bits.TrailingZeros32(q.occupied)
	for i := range 2 * runTarget {
		p.push(core.Duration(i)*1e5, KindTimer, 2)
	}
	p.check(t)
	if q.limit.at >= 1e9 || len(q.run) > 2*runTarget {
		t.Fatalf("a run of %d, limit %v: the run was not split", len(q.run), q.limit)
	}
	if have := bits.TrailingZeros32(q.occupied); have <= low {
		t.Fatalf("lowest level %d, before the split %d: nothing was lifted", have, low)
	}
	for range 6*runTarget + 1 {
		p.pop(t)
	}
	p.check(t)
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	for name, shape := range delays {
		if name == "every magnitude" || name == "near never" || name == "block borders" {
			continue // time runs out; these have no steady state
		}
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 11))
			q := new(Queue)
			var seq uint64
			push := func(at core.Instant) {
				seq++
				q.Push(Event{At: at.Add(shape(r)), Key: MakeKey(KindTimer, core.NodeID(r.IntN(1000)), seq)})
			}
			for range 5000 {
				push(0)
			}
			hold := func() {
				e, _ := q.Pop()
				push(e.At)
			}
			for range 100_000 {
				hold()
			}
			// Many operations per run: AllocsPerRun rounds down, and one missed growth must not hide.
			if n := testing.AllocsPerRun(20, func() {
				for range 5000 {
					hold()
				}
			}); n != 0 {
				t.Errorf("%v allocations in 5000 events", n)
			}
		})
	}
}

// FuzzQueue reads a history from bytes: each three are a shift and a delay to push, or a pop.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{0, 0, 0, 30, 7, 1, 255, 0, 0})
	f.Add([]byte(strings.Repeat("\x00\x01\x02", 200) + strings.Repeat("\xff\xff\xff", 50)))
	f.Fuzz(func(t *testing.T, history []byte) {
		p := pair{q: new(Queue)}
		for len(history) >= 3 {
			a, b, c := history[0], history[1], history[2]
			history = history[3:]
			switch {
			case a < 192 && p.q.Len() < 2000: // the model takes its time
				n, d := 1, core.Duration(b)<<(a%64)&math.MaxInt64>>1
				if a >= 128 { // a burst, so that short inputs reach long runs
					n = 3 * runTarget
				}
				for i := range n {
					p.push(d+core.Duration(i)*core.Duration(c&15), Kind(c>>6), core.NodeID(c))
				}
			case a < 208:
				p.q.Peek()
			default:
				for range 1 + int(b) {
					p.pop(t)
				}
			}
		}
		p.check(t)
		for range len(p.m.events) + 1 {
			p.pop(t)
		}
	})
}
