package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// The view error itself is kept in view.go, what ends with it in fault.go.
var _ = record(func(r *Recorder, on *hooks) {
	on.sampled = append(on.sampled, r.sampleViews)
}, words.ViewError, words.Convergence, words.Rejoin)

// sampleViews reads the counters of view.go.
func (r *Recorder) sampleViews(now core.Instant, _ Probe) {
	var wrong, pairs [core.NumRoles]int64
	for i := range r.groups {
		g := &r.groups[i]
		for role, n := range g.up {
			if n == 0 {
				continue
			}
			expected := g.expectedBy(&r.ctx, core.Role(role))
			m := Membership{
				At: now, Group: g.id, Role: core.Role(role), Observers: n, ByState: g.byState[role],
				Pairs: expected + g.okDown[role], Disagree: expected - g.okUp[role] + g.okDown[role],
			}
			if len(r.res.Membership) < r.ctx.MaxRows {
				r.res.Membership = append(r.res.Membership, m)
			} else {
				r.res.TruncatedRows++
			}
			wrong[role] += m.Disagree
			pairs[role] += m.Pairs
			if m.Pairs > 0 {
				o := blank(words.ViewError, now, float64(m.Disagree)/float64(m.Pairs))
				o.Weight, o.Event, o.Role, o.Group = uint32(min(m.Pairs, 1<<32-1)), r.samples, m.Role, g.id
				r.keep(&o)
			}
		}
	}
	for role := range pairs {
		if pairs[role] > 0 {
			r.point(now, words.ViewError, "role="+core.Role(role).String(), float64(wrong[role])/float64(pairs[role]))
		}
	}
}
