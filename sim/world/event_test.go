package world

import "testing"

// What an event is about comes back as it was packed, and an index that does not fit is refused.
func TestEventArguments(t *testing.T) {
	for _, index := range []int{0, 1, argMax} {
		for kind := range uint32(1 << (32 - argBits)) {
			if arg := argOf(kind, index); arg>>argBits != kind || int(arg&argMax) != index {
				t.Errorf("kind %d, index %d are packed as kind %d, index %d", kind, index, arg>>argBits, arg&argMax)
			}
		}
	}
	for _, index := range []int{-1, argMax + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("index %d is taken", index)
				}
			}()
			argOf(uint32(wakeJoin), index)
		}()
	}
	if wakeReport >= 1<<(32-argBits) || changeWorkload >= 1<<(32-argBits) {
		t.Error("there are more kinds than an argument holds")
	}
}
