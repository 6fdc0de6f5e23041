package core

import (
	"math"
	"testing"
)

// pair is a small body with a list.
type pair struct {
	Shared
	a    uint64
	list []uint32
}

func (p *pair) Walk(w *Walker) {
	w.Uint64("a", &p.a)
	List(w, "list", &p.list, 4, walkOne)
}

func walkOne(x *uint32, w *Walker) { w.Uint32("x", x) }

func TestHashTellsFieldsAndLengthsApart(t *testing.T) {
	var w Walker
	seen := map[uint64]int{}
	for i, b := range []*pair{
		{}, {a: 1}, {a: 2}, {list: []uint32{0}}, {list: []uint32{0, 0}}, {list: []uint32{1}}, {a: 1, list: []uint32{1}}, {list: []uint32{1, 0}},
		{list: []uint32{0, 1}}, {a: math.MaxUint64},
	} {
		h := w.Hash(0, b)
		if j, known := seen[h]; known {
			t.Errorf("bodies %d and %d have the same hash", i, j)
		}
		seen[h] = i
	}
}

// A body goes back to the shelf when the last one lets go of it, and comes out clear, with its memory.
func TestShelf(t *testing.T) {
	var fx Effects
	m := Message{Kind: KindProgress}
	b := Attach[pair](&fx, &m)
	b.a, b.list = 7, append(b.list, 1, 2, 3)
	if m.Body != Body(b) {
		t.Fatal("not attached")
	}
	Hold(b)
	Hold(b)
	fx.Bodies.Drop(m.Kind, b)
	if other := Attach[pair](&fx, &m); other == b {
		t.Fatal("given out while somebody holds it")
	}
	fx.Bodies.Drop(m.Kind, b)
	again := Attach[pair](&fx, &m)
	if again != b || again.a != 0 || len(again.list) != 0 || cap(again.list) < 3 {
		t.Errorf("have %+v", again)
	}
	m.Kind = KindJoin
	if other := Attach[pair](&fx, &m); other == b {
		t.Error("given to another kind")
	}
}

func TestDropWithoutHoldPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	new(Shelf).Drop(KindJoin, new(pair))
}

func TestWalksAllocateNothing(t *testing.T) {
	var fx Effects
	var w Walker
	m := Message{Kind: KindProgress}
	buf := make([]byte, 0, 100)
	step := func() {
		b := Attach[pair](&fx, &m)
		b.a, b.list = 7, append(b.list, 1, 2, 3)
		Hold(b)
		_ = w.Size(&m, nil)
		var err error
		if buf, err = w.Append(buf[:0], &m, nil); err != nil {
			t.Fatal(err)
		}
		_ = w.Hash(1, b)
		fx.Bodies.Drop(m.Kind, b)
	}
	step()
	if n := testing.AllocsPerRun(100, step); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
