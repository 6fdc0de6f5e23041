package workflow

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGraph(t *testing.T) {
	// 0 ← 1 ← 3, 0 ← 2 ← 3; 2 is named before it comes; 4 stands alone.
	g, err := NewGraph([]uint32{10, 11, 12, 13, 14}, [][]uint32{nil, {10}, {10, 10}, {12, 11}, nil})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(g.Needs(3), []int32{1, 2}) || !slices.Equal(g.Feeds(0), []int32{1, 2}) || len(g.Feeds(4)) != 0 {
		t.Errorf("needs of 3 %v, feeds of 0 %v", g.Needs(3), g.Feeds(0))
	}
	if !slices.Equal(g.Layer, []uint16{0, 1, 1, 2, 0}) || !slices.Equal(g.Order, []int32{0, 4, 1, 2, 3}) {
		t.Errorf("layers %v, order %v", g.Layer, g.Order)
	}
	if have := g.Dependents(nil, 0); !slices.Equal(have, []int32{1, 2, 3}) {
		t.Errorf("dependents of 0: %v", have)
	}
}

func TestGraphRefuses(t *testing.T) {
	for _, x := range []struct {
		names []uint32
		deps  [][]uint32
		want  error
	}{
		{[]uint32{1, 2}, [][]uint32{nil, {3}}, ErrUnknownName},
		{[]uint32{1, 1, 2}, [][]uint32{nil, nil, {1}}, ErrTwiceNamed},
		{[]uint32{1, 1, 2}, [][]uint32{nil, nil, nil}, nil},
		{[]uint32{1, 2}, [][]uint32{{2}, {1}}, ErrCycle},
		{[]uint32{1}, [][]uint32{{1}}, ErrCycle},
	} {
		if _, err := NewGraph(x.names, x.deps); !errors.Is(err, x.want) {
			t.Errorf("%v %v: %v, want %v", x.names, x.deps, err, x.want)
		}
	}
}

// Every workflow comes after what it needs, one layer below the deepest of it.
func TestGraphOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "n")
		names, deps := make([]uint32, n), make([][]uint32, n)
		for i := range names {
			names[i] = uint32(i)
			for k := range names[:i] {
				if rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
					deps[i] = append(deps[i], uint32(k))
				}
			}
		}
		g, err := NewGraph(names, deps)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			layer := uint16(0)
			for _, k := range g.Needs(i) {
				layer = max(layer, g.Layer[k]+1)
				if slices.Index(g.Order, k) > slices.Index(g.Order, int32(i)) || !slices.Contains(g.Feeds(int(k)), int32(i)) {
					t.Fatalf("%d needs %d", i, k)
				}
			}
			if g.Layer[i] != layer {
				t.Fatalf("layer of %d: %d, want %d", i, g.Layer[i], layer)
			}
		}
	})
}

// Waits of 1, 2, 4 s … up to 60 s, and the fourth loss is the end (spec 20 §3.4, §13.11).
func TestBudget(t *testing.T) {
	l := Limits{Retries: 3, Attempts: 5, Base: time.Second, Cap: 60 * time.Second}
	var b Budget
	for _, want := range []time.Duration{1, 2, 4} {
		if !b.Spend(CauseGone, &l) || b.Backoff(&l) != want*time.Second {
			t.Errorf("%+v: wait %v", b, b.Backoff(&l))
		}
	}
	if b.Spend(CauseGone, &l) || b.Spend(CauseStopped, &l) || b.Retries != 3 {
		t.Errorf("a fourth loss is retried: %+v", b)
	}
	for range 5 {
		if !b.Spend(CauseRefused, &l) {
			t.Fatal("refusals have a count of their own")
		}
	}
	if b.Spend(CauseUnanswered, &l) || b.Backoff(&l) != 60*time.Second || b != (Budget{3, 5}) {
		t.Errorf("%+v waits %v", b, b.Backoff(&l))
	}
	for _, c := range []Cause{CauseUser, CauseLimit, CauseDependency} {
		if c.Infrastructure() || new(Budget).Spend(c, &l) {
			t.Errorf("%v is retried", c)
		}
	}
}
