package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.fact(r.retired, core.FactRetired)
	on.sampled = append(on.sampled, r.sampleQueues)
}, words.GossipEvicted, words.QueueDepth)

func (r *Recorder) retired(now core.Instant, n core.NodeID, f *core.Fact) {
	if f.Cause != core.CauseOverflow && f.Cause != core.CauseAge || f.Get("transmissions") >= f.Get("limit") {
		return
	}
	o := r.about(words.GossipEvicted, now, 1, n, core.NoNode)
	o.Subject, o.Inc, o.Cause, o.Type = f.Subject, f.Inc, f.Cause, uint8(f.Get("update"))
	r.keep(&o)
}

func (r *Recorder) sampleQueues(now core.Instant, probe Probe) {
	if probe == nil {
		return
	}
	for role := range core.NumRoles {
		h := r.histogram[:0]
		for i := range r.peers {
			if p := &r.peers[i]; p.alive && p.group >= 0 && r.roles[i] == core.Role(role) {
				h = append(h, Value{float64(probe.QueueLen(core.NodeID(i))), 1})
			}
		}
		r.histogram = h
		if len(h) == 0 {
			continue
		}
		r.distribution(words.QueueDepth, now, h, func(o *Observation) { o.Role = core.Role(role) })
		r.levels(now, words.QueueDepth, "role="+core.Role(role).String(), h)
	}
}
