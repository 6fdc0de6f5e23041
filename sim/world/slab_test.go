package world

import (
	"testing"
	"unsafe"

	"hypersim/core"
)

// A datagram's flight is its message and 40 bytes; what only streams need is not in it.
func TestFlightOfADatagramIsSmall(t *testing.T) {
	f, s, m := unsafe.Sizeof(flight{}), unsafe.Sizeof(streamed{}), unsafe.Sizeof(core.Message{})
	t.Logf("message %d, datagram %d, stream %d bytes", m, f, s)
	if f > m+40 {
		t.Errorf("a datagram's flight has %d bytes around a message of %d", f, m)
	}
}

// What is freed is used again, and a count follows every change.
func TestSlabKeepsKindsApart(t *testing.T) {
	var s slab
	s.shelf = new(core.Shelf)
	a, b := s.alloc(false), s.alloc(true)
	if isStream(a) || !isStream(b) || s.at(b) != &s.stream(b).flight || s.live() != 2 {
		t.Fatalf("handles %x and %x, %d live", a, b, s.live())
	}
	s.at(a).fill(&core.Message{Kind: core.KindPing, Updates: make([]core.Update, 3)})
	s.at(b).fill(&core.Message{Kind: core.KindJoin})
	if s.count(core.KindPing) != 1 || s.count(core.KindJoin) != 1 {
		t.Errorf("%d pings, %d joins", s.count(core.KindPing), s.count(core.KindJoin))
	}
	s.free(a)
	if s.count(core.KindPing) != 0 || s.count(core.KindNone) != 0 || s.live() != 1 {
		t.Errorf("%d pings, %d of none, %d live", s.count(core.KindPing), s.count(core.KindNone), s.live())
	}
	if again := s.alloc(false); again != a || cap(s.at(a).msg.Updates) < 3 {
		t.Errorf("handle %d again, want %d with its memory", again, a)
	}
}
