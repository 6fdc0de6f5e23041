package world

import (
	"testing"

	"hypersim/sim/trace"
)

// What `check` says about paths is what a run meets: a storm of news where the blocks fit to the byte loses nothing
// to the path's MTU, and one where they do not loses pings and acks too.
func TestBlocksThatFitThePath(t *testing.T) {
	storm := aFault("storm", "crash", "at = \"5s\"\nfor = \"20s\"\ntarget = { any = true, count = 90 }")
	for _, c := range []struct {
		name   string
		sets   []string
		warned bool
	}{
		{"fits", []string{"network.mtu=600B", "protocol.gossip.max_bytes=400", "protocol.health.max_bytes=107"}, false},
		{"does not", []string{"network.mtu=600B"}, true},
	} {
		sc := small(t, 200, storm, append(c.sets, "scenario.duration=60s")...)
		dropped := 0
		w, v := watch(t, sc, func(r *trace.Record) bool {
			if r.Kind == trace.KindDropped && r.Reason == trace.ReasonMTU {
				dropped++
			}
			return false
		})
		w.Run(w.End())
		w.Finish()
		v.check(t)
		if warned := len(sc.Warnings) > 0; warned != c.warned || dropped > 0 != c.warned {
			t.Errorf("%s: warned %v, %d datagrams refused", c.name, warned, dropped)
		}
	}
}
