package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/rng"
)

// Looks lets the gate look for jobs that nobody leads at the given time and every 2 s from there on, and draw its waits from the given
// stream.
func (g *Gate) Looks(first core.Instant, draw rng.Stream) {
	all := slices.Clone(g.timers.All())
	g.timers = job.Agenda[timer]{}
	for _, t := range all {
		if t.kind == timerLook {
			t.at = first
		}
		g.timers.Arm(t)
	}
	g.over.draw = draw
}
