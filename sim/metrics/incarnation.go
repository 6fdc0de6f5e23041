package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.finished = append(on.finished, r.finishIncarnations)
}, words.IncarnationMax)

func (r *Recorder) finishIncarnations(end core.Instant) {
	for i := range r.peers {
		if p := &r.peers[i]; p.started >= 0 && p.group >= 0 {
			o := r.about(words.IncarnationMax, end, float64(p.incMax), core.NodeID(i), core.NoNode)
			r.keep(&o)
		}
	}
}
