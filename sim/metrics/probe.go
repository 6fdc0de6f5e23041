package metrics

import (
	"math"

	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var _ = record(func(r *Recorder, on *hooks) {
	p := &probes{Recorder: r, answers: make([]answers, len(r.peers))}
	on.fact(p.ended, core.FactProbeEnded)
	on.fact(p.timeout, core.FactTimeout)
	on.fact(p.expired, core.FactSuspicionEnded)
	on.sampled = append(on.sampled, p.sample)
	on.finished = append(on.finished, p.finish)
}, words.ProbeFailures, words.LatencyMultiplier, words.SuspicionTimerRatio, words.StreamOnly)

// probes is how probes and their timeouts do.
type probes struct {
	*Recorder
	tally   [core.NumRoles][3]probeTally // by role of the prober and link, of this sample
	latency [rttClasses][latencyBins]uint32
	answers []answers // by node, see stream.go
}

type probeTally struct{ ended, failed uint32 }

const (
	rttClasses  = 5   // len(words.RTTs)
	latencyBins = 201 // 0.05 wide, up to a factor of 10
)

// expired takes the end of a suspicion.
func (r *probes) expired(now core.Instant, n core.NodeID, f *core.Fact) {
	age := f.Get("age")
	if nominal := age - f.Get("lateness"); f.Cause == core.CauseExpired && nominal > 0 {
		o := r.about(words.SuspicionTimerRatio, now, float64(age)/float64(nominal), n, f.Subject)
		o.Param = float64(nominal) / 1e9
		r.keep(&o)
	}
}

// ended counts how probes of members that should have answered ended.
func (r *probes) ended(now core.Instant, n core.NodeID, f *core.Fact) {
	failed := f.Cause == core.CauseProbeFailed
	streamed := f.Cause == core.CauseStreamAck
	if !failed && !streamed && f.Cause != core.CauseAck && f.Cause != core.CauseIndirectAck || !r.same(n, f.Subject) {
		return
	}
	r.answeredBy(now, n, f.Subject, streamed, failed)
	if p := &r.peers[f.Subject]; !p.up || p.paused || p.steady > now-core.Instant(f.Get("elapsed")) || !r.reachable(n, f.Subject) {
		return
	}
	t := &r.tally[r.roles[n]][r.link(n, f.Subject)]
	t.ended++
	if failed {
		t.failed++
	}
}

// timeout counts the latency factor by the true distance.
func (r *probes) timeout(now core.Instant, n core.NodeID, f *core.Fact) {
	if int(f.Subject) >= len(r.peers) || r.ctx.TrueRTT == nil {
		return
	}
	class := 0
	if r.link(n, f.Subject) == LinkInter {
		class = rttClass(r.ctx.TrueRTT(n, f.Subject, now))
	}
	bin := int(math.Round(float64(f.X[core.FactorLatency]) * 20))
	r.latency[class][min(max(bin, 0), latencyBins-1)]++
}

// rttClass returns the place of d in words.RTTs; the borders belong to the upper class.
func rttClass(d core.Duration) int {
	ms := float64(d) / 1e6
	switch {
	case ms < 10:
		return 1
	case ms < 50:
		return 2
	case ms < 100:
		return 3
	}
	return 4
}

func (r *probes) sample(now core.Instant, _ Probe) {
	r.flushProbes(now)
	r.flushLatency(now)
}

func (r *probes) flushProbes(now core.Instant) {
	for role := range r.tally {
		for link := range r.tally[role] {
			t := &r.tally[role][link]
			if t.ended == 0 {
				continue
			}
			o := blank(words.ProbeFailures, now, float64(t.failed)/float64(t.ended))
			o.Weight, o.Event, o.Role, o.Link = t.ended, r.samples, core.Role(role), Link(link)
			r.keep(&o)
			*t = probeTally{}
		}
	}
}

func (r *probes) flushLatency(now core.Instant) {
	for class := range r.latency {
		for bin, n := range r.latency[class] {
			if n == 0 {
				continue
			}
			o := blank(words.LatencyMultiplier, now, float64(bin)/20)
			o.Weight, o.Event, o.Type = n, r.samples, uint8(class)
			r.keep(&o)
			r.latency[class][bin] = 0
		}
	}
}
