package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	h := &health{Recorder: r, score: make([]uint8, len(r.peers))}
	on.started = append(on.started, h.started)
	on.ended = append(on.ended, h.ended)
	on.fact(h.scored, core.FactLHM)
	on.sampled = append(on.sampled, h.sample)
}, words.LHMScore)

const lhmMax = 64 // largest configurable score

// health is the local health of live members.
type health struct {
	*Recorder
	score []uint8 // by node
	count [core.NumRoles][lhmMax + 1]int32
}

func (r *health) started(_ core.Instant, n core.NodeID) {
	r.score[n] = 0
	r.count[r.roles[n]][0]++
}

func (r *health) ended(_ core.Instant, n core.NodeID) {
	if r.peers[n].group >= 0 {
		r.count[r.roles[n]][r.score[n]]--
	}
}

func (r *health) scored(_ core.Instant, n core.NodeID, f *core.Fact) {
	count := &r.count[r.roles[n]]
	count[r.score[n]]--
	r.score[n] = uint8(min(max(f.Get("score"), 0), lhmMax))
	count[r.score[n]]++
}

func (r *health) sample(now core.Instant, _ Probe) {
	for role := range r.count {
		h := r.histogram[:0]
		for score, c := range r.count[role] {
			if c > 0 {
				r.sampled(words.LHMScore, now, float64(score), int64(c), core.Role(role))
				h = append(h, Value{float64(score), float64(c)})
			}
		}
		r.histogram = h
		r.levels(now, words.LHMScore, "role="+core.Role(role).String(), h)
	}
}
