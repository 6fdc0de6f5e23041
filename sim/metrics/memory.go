package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.sampled = append(on.sampled, r.sampleMemory)
}, words.MemoryPerPair)

func (r *Recorder) sampleMemory(now core.Instant, probe Probe) {
	if probe == nil {
		return
	}
	held := int64(0)
	for i := range r.groups {
		for role := range r.groups[i].byState {
			for _, n := range r.groups[i].byState[role] {
				held += n
			}
		}
	}
	if b := probe.MemoryBytes(); b > 0 && held > 0 {
		v := float64(b) / float64(held)
		r.sampled(words.MemoryPerPair, now, v, 1, NoRole)
		r.point(now, words.MemoryPerPair, "", v)
	}
}
