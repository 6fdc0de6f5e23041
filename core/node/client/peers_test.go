package client

import (
	"testing"

	"hypersim/core"
	"hypersim/core/registry"
)

// Where pushes go is told to a leader that knows what to do with that, which is so since 1.2; the other one is polled
// (spec 30 §10, client_reconnection).
func TestOldGatesArePolled(t *testing.T) {
	for minor, want := range map[uint8]int{1: 0, 2: 1} {
		b := with(t, 3)
		now, old := registry.Version{Major: 1, Minor: 5}, registry.Version{Major: 1, Minor: minor}
		words := registry.Words{Formed: true, Spoken: []registry.Version{now, now, old}}
		words.Hello.Versions = now.Says()
		b.c.pacts.Init(&words)
		id := b.accepted(0)
		b.step(func() { b.c.learnt(b.now, b.c.jobs[id], 9, 2, &b.fx) })
		if got := b.of(core.KindRegisterCallback); len(got) != want {
			t.Errorf("a gate of 1.%d is told %d times where pushes go, want %d", minor, len(got), want)
		}
		b.until(b.now.Add(20e9))
		if got := b.of(core.KindJobStatusRequest); len(got) == 0 {
			t.Errorf("a gate of 1.%d is not polled", minor)
		}
	}
}
