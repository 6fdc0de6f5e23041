package metrics

import (
	"hypersim/core"
)

// fact takes what the machine of node n reported: first the truth and the views, then the families.
func (r *Recorder) fact(now core.Instant, n core.NodeID, f *core.Fact) {
	r.res.Counters.Facts[f.Kind]++
	p := &r.peers[n]
	if p.group < 0 || !p.alive {
		return
	}
	switch f.Kind {
	case core.FactTransition:
		r.transition(now, n, f)
	case core.FactCallback:
		r.res.Counters.Callbacks[f.Callback]++
		if f.Callback == core.CallbackPeerRestarted && p.up && r.same(n, f.Subject) {
			r.meets(now, n, f.Subject) // one that nobody missed is held OK without any transition
		}
	case core.FactIncarnation:
		p.inc, p.incMax = f.Inc, max(p.incMax, f.Inc)
	default: // the truth and the views stay as they are
	}
	tell(r.on.facts[f.Kind], now, n, f)
}

// same reports whether f is about another member of n's group.
func (r *Recorder) same(n core.NodeID, s core.NodeID) bool {
	return s != n && int(s) < len(r.peers) && r.peers[s].group == r.peers[n].group
}

// transition takes a change in how o holds a subject.
func (r *Recorder) transition(now core.Instant, o core.NodeID, f *core.Fact) {
	r.res.Counters.Transitions[f.From][f.To]++
	s := f.Subject
	if !r.same(o, s) {
		return
	}
	if r.peers[o].up {
		tell(r.on.before, now, o, f)
	}
	r.set(o, s, f.To)
	if !r.peers[o].up {
		return
	}
	tell(r.on.after, now, o, f)
	r.settle(now)
}
