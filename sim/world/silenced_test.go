package world

import (
	"testing"

	"hypersim/core"
)

// A member comes back by way of a seed that has forgotten everything, at an incarnation below what somebody else
// remembers in a tombstone. Whoever holds it down tells it when it speaks, so a walk over the two others, 2·2−1 ticks,
// and the round trips after it are enough; without that it stays unknown for the life of the tombstone, 300 s.
func TestTombstoneTellsItsOwner(t *testing.T) {
	w, v := run(t, small(t, 3, aFault("refuted", "raise", "at = \"10s\"\ntarget = { id = \"a/worker/2\" }\n")+
		aFault("away", "crash", "at = \"20s\"\nfor = \"60s\"\ntarget = { id = \"a/worker/2\" }\n")+
		aFault("forgets", "crash", "at = \"70s\"\nfor = \"2s\"\ntarget = { id = \"a/worker/0\" }\n"),
		"scenario.duration=85s", "cluster.seeds={ id = \"a/worker/0\" }",
		"protocol.membership.dead_retention=5s", "protocol.cleanup.interval=1s"))
	v.expectLives(t, 2, "0s start 1 inc 0", "20s crash", "1m20s start 2 inc 0")
	agree(t, w, all(3), ok)
}

// All but one of a group come back at once, without a memory and at 0, to one that holds them DEAD above that. After
// one walk over the others everybody has confirmed all of them. The one that stayed, which nobody remembers, is met on
// its own walk; that takes up to nine times as long, because local health was at its worst while it was alone.
func TestMassRestartIsOverAfterAWalk(t *testing.T) {
	const n = 60
	everybody := "target = { not = { id = \"a/worker/59\" } }\n"
	faults := aFault("refuted", "raise", "at = \"5s\"\n"+everybody) + aFault("away", "crash", "at = \"20s\"\nfor = \"60s\"\n"+everybody)
	w, _ := run(t, small(t, n, faults, "scenario.duration=199s")) // 80 s, 2·60−1 ticks
	for observer := range core.NodeID(n) {
		for subject := range core.NodeID(n - 1) {
			if s := w.State(observer, subject); s != core.StateOK {
				t.Errorf("%d holds %d %v", observer, subject, s)
			}
		}
	}
	w, _ = run(t, small(t, n, faults, "scenario.duration=400s"))
	agree(t, w, all(n), ok)
}
