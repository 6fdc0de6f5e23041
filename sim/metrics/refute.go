package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.before = append(on.before, r.suspected)
	on.after = append(on.after, r.refuted)
}, words.Refutation, words.RefutationFull)

// suspected begins an episode with the first SUSPECT about a process that is up, before the view changes.
func (r *Recorder) suspected(now core.Instant, o core.NodeID, f *core.Fact) {
	p := &r.peers[f.Subject]
	switch f.To {
	case core.StateSuspect:
		if (p.suspecting == 0 || p.suspectedAt < 0) && p.up && !r.stale(now, p, f.Inc) {
			p.suspectedAt, p.calledDead = now, false
		}
	case core.StateDead:
		p.calledDead = true
	default: // no accusation
	}
}

// refuted measures how the episode ends, after the view changed.
func (r *Recorder) refuted(now core.Instant, o core.NodeID, f *core.Fact) {
	p := &r.peers[f.Subject]
	if f.From != core.StateSuspect || f.To == core.StateSuspect || p.suspectedAt < 0 {
		return
	}
	if f.To == core.StateOK && p.up {
		x := r.about(words.Refutation, now, seconds(now.Sub(p.suspectedAt)), o, f.Subject)
		x.Inc = f.Inc
		r.keep(&x)
	}
	if p.suspecting > 0 {
		return
	}
	if f.To == core.StateOK && p.up && !p.calledDead {
		x := r.about(words.RefutationFull, now, seconds(now.Sub(p.suspectedAt)), core.NoNode, f.Subject)
		x.Inc = f.Inc
		r.keep(&x)
	}
	p.suspectedAt = -1
}
