package metrics

import (
	"math"

	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// fact takes what the machine of node n reported.
func (r *Recorder) fact(now core.Instant, n core.NodeID, f *core.Fact) {
	r.res.Counters.Facts[f.Kind]++
	p := &r.peers[n]
	if p.group < 0 || !p.alive {
		return
	}
	switch f.Kind {
	case core.FactTimeout:
		r.timeout(now, n, f)
	case core.FactProbeEnded:
		r.probeEnded(now, n, f)
	case core.FactLHM:
		count := &r.lhmCount[r.roles[n]]
		count[p.lhm]--
		p.lhm = uint8(min(max(f.A, 0), lhmMax))
		count[p.lhm]++
	case core.FactTransition:
		r.transition(now, n, f)
	case core.FactCallback:
		r.callback(now, n, f)
		if f.Callback == core.CallbackPeerRestarted && p.up && r.same(n, f.Subject) {
			r.meets(now, n, f.Subject) // one that nobody missed is held OK without any transition
		}
	case core.FactIncarnation:
		p.inc, p.incMax = f.Inc, max(p.incMax, f.Inc)
		if p.up && f.Cause != core.CauseJoinRequired { // that one is told as a join, by the seed
			r.born(now, n, core.UpdateAlive, f.Inc, core.NoNode)
		}
	case core.FactQueued:
		r.queued(now, n, f)
	case core.FactRetired:
		r.retired(now, n, f)
	case core.FactConfirmAttempt:
		r.attempt(now, n, f)
	case core.FactReach:
		r.reach(now, n, f)
	case core.FactSuspicionEnded:
		if nominal := f.B - f.A; f.Cause == core.CauseExpired && nominal > 0 {
			o := r.about(words.SuspicionTimerRatio, now, float64(f.B)/float64(nominal), n, f.Subject)
			o.Param = float64(nominal) / 1e9
			r.keep(&o)
		}
	case core.FactScopeSuspected, core.FactScopeEnded:
		r.scoped(now, n, f)
	default: // counted above, in no metric
	}
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
		r.unconfirmed(now, o, f)
		r.suspected(now, o, f)
		r.mark(now, o, f)
	}
	r.set(o, s, f.To)
	if !r.peers[o].up {
		return
	}
	r.notices(o, f)
	r.renews(o, f)
	r.refuted(now, o, f)
	r.heard(now, o, f)
	r.checkFull(now, s)
	r.checkJoin(now, s)
	r.settle(now)
}

// queued: the first time that a join is put into a queue is its birth.
func (r *Recorder) queued(now core.Instant, n core.NodeID, f *core.Fact) {
	if core.UpdateType(f.A) != core.UpdateJoin || !r.same(n, f.Subject) {
		return
	}
	if p := &r.peers[f.Subject]; p.up && !p.join && f.Inc >= p.inc {
		p.join = true
		r.born(now, f.Subject, core.UpdateJoin, f.Inc, n)
	}
}

func (r *Recorder) retired(now core.Instant, n core.NodeID, f *core.Fact) {
	if f.Cause != core.CauseOverflow && f.Cause != core.CauseAge || f.B >= int64(f.N) {
		return
	}
	o := r.about(words.GossipEvicted, now, 1, n, core.NoNode)
	o.Subject, o.Inc, o.Cause, o.Type = f.Subject, f.Inc, f.Cause, uint8(f.A)
	r.keep(&o)
}

// probeEnded counts how probes of members that should have answered ended.
func (r *Recorder) probeEnded(now core.Instant, n core.NodeID, f *core.Fact) {
	failed := f.Cause == core.CauseProbeFailed
	streamed := f.Cause == core.CauseStreamAck
	if !failed && !streamed && f.Cause != core.CauseAck && f.Cause != core.CauseIndirectAck || !r.same(n, f.Subject) {
		return
	}
	r.answeredBy(now, n, f.Subject, streamed, failed)
	if p := &r.peers[f.Subject]; !p.up || p.paused || p.steady > now-core.Instant(f.B) || !r.reachable(n, f.Subject) {
		return
	}
	t := &r.probes[r.roles[n]][r.link(n, f.Subject)]
	t.ended++
	if failed {
		t.failed++
	}
}

// timeout counts the latency factor by the true distance.
func (r *Recorder) timeout(now core.Instant, n core.NodeID, f *core.Fact) {
	if int(f.Subject) >= len(r.peers) || r.ctx.TrueRTT == nil {
		return
	}
	class := 0
	if r.link(n, f.Subject) == LinkInter {
		class = rttClass(r.ctx.TrueRTT(n, f.Subject, now))
	}
	bin := int(math.Round(float64(f.X[2]) * 20))
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
