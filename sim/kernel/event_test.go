package kernel

import (
	"testing"
	"unsafe"

	"hypersim/core"

	"pgregory.net/rapid"
)

func TestEventIs24Bytes(t *testing.T) {
	if n := unsafe.Sizeof(Event{}); n != 24 {
		t.Errorf("an event has %d bytes; three fit in 72, not 96, only at 24", n)
	}
}

func TestKeyKeepsItsFields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := Kind(rapid.IntRange(0, 3).Draw(t, "kind"))
		origin := core.NodeID(rapid.Uint32Max(uint32(MaxOrigin)).Draw(t, "origin"))
		seq := rapid.Uint64Max(1<<39-1).Draw(t, "seq")
		e := Event{Key: MakeKey(k, origin, seq)}
		if e.Kind() != k || e.Origin() != origin || e.Seq() != seq {
			t.Fatalf("have %v %d %d, want %v %d %d", e.Kind(), e.Origin(), e.Seq(), k, origin, seq)
		}
	})
}

// Spec 50 §1: the event key is (time, kind, origin node, origin sequence), compared in that order.
func TestOrderIsLexicographic(t *testing.T) {
	ordered := []Event{
		{At: 1, Key: MakeKey(KindTimer, 0, 0)},
		{At: 1, Key: MakeKey(KindTimer, 0, 1<<39-1)},
		{At: 1, Key: MakeKey(KindTimer, 1, 0)},
		{At: 1, Key: MakeKey(KindTimer, MaxOrigin, 7)},
		{At: 1, Key: MakeKey(KindMessage, 0, 0)},
		{At: 1, Key: MakeKey(KindMessage, 3, 9)},
		{At: 1, Key: MakeKey(KindFault, 2, 0)},
		{At: 1, Key: MakeKey(KindSample, 0, 0)},
		{At: 1, Key: MakeKey(KindSample, MaxOrigin, 1<<39-1)},
		{At: 2, Key: MakeKey(KindTimer, 0, 0)},
		{At: core.Never, Key: MakeKey(KindTimer, 0, 0)},
	}
	for i := range ordered {
		for j := range ordered {
			if have := ordered[i].before(&ordered[j]); have != (i < j) {
				t.Errorf("(%v) before (%v): %t", ordered[i], ordered[j], have)
			}
		}
	}
}

func TestKeyOutOfRangePanics(t *testing.T) {
	mustPanic(t, "event key out of range", func() { MakeKey(KindTimer, MaxOrigin+1, 0) })
	mustPanic(t, "event key out of range", func() { MakeKey(KindTimer, core.NoNode, 0) })
	mustPanic(t, "event key out of range", func() { MakeKey(KindTimer, 0, 1<<39) })
	mustPanic(t, "event key out of range", func() { MakeKey(KindSample+1, 0, 0) })
}
