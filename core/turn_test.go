package core

import "testing"

// Turns of lives, ticks, lone datagrams, errands and copies do not meet.
func TestTurnsDiffer(t *testing.T) {
	seen := map[uint32]string{}
	add := func(turn uint32, what string) {
		t.Helper()
		if before, ok := seen[turn]; ok {
			t.Fatalf("%s and %s have turn %d", before, what, turn)
		}
		seen[turn] = what
	}
	for life := range uint32(20) {
		for k := range uint32(5000) {
			add(TurnOf(life, int64(k)), "a tick")
			add(TurnLone(life, int64(k)), "a lone one")
		}
	}
	tick := TurnOf(1, 7)
	errands := map[uint32]bool{tick: true, TurnCopy(tick): true}
	for who := range 10_000 {
		turn := TurnFor(tick, who)
		if errands[turn] {
			t.Fatalf("asker %d has a turn that was there", who)
		}
		errands[turn] = true
	}
}
