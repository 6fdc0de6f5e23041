package swim

import (
	"hypersim/core"
	"hypersim/core/vivaldi"
)

// factors are what stretches a timeout (§4.3).
type factors struct{ lhm, degradation, latency, confidence, health float64 }

// adaptiveTimeout is the binding formula of §4.3: base × all factors, clamped to [lo, hi].
func adaptiveTimeout(base core.Duration, f factors, lo, hi core.Duration) core.Duration {
	t := float64(base) * f.lhm * f.degradation * f.latency * f.confidence * f.health
	return clampDuration(t, lo, hi)
}

func clampDuration(ns float64, lo, hi core.Duration) core.Duration {
	switch {
	case ns <= float64(lo):
		return lo
	case ns >= float64(hi):
		return hi
	}
	return core.Duration(ns + 0.5)
}

// latencyMult is min(10, max(1, ucb/reference)), the reference being 10 ms.
func latencyMult(ucbMS float64, reference core.Duration) float64 {
	return min(10, max(1, ucbMS/(float64(reference)/1e6)))
}

// confidenceAdj is 1 … 1.5.
func confidenceAdj(quality float64) float64 { return 1 + float64((1-quality)*0.5) }

// The factors, and what each defends against (§4.3):
//
//	lhm          1–9    the node itself hears badly: its own word counts less (Lifeguard, LHA-Probe)
//	degradation  1–3    the node is late at its own alarms (§4.5)
//	latency      1–10   the peer is far away: the upper bound of its round trip over 10 ms (Vivaldi)
//	confidence   1–1.5  that bound is a guess, after few samples or old ones
//	health       1–     the peer has said that it is loaded
//
// Their product is clamped, since ten bad things at once are still one timeout. A peer without a measurement has latency 1:
// the first contact with somebody far away may cost a false alarm, which a proxy near it clears.

// factorsFor returns the factors of a timeout for peer k.
func (m *Machine) factorsFor(now core.Instant, k int) (f factors, ucbMS float64) {
	f = factors{lhm: float64(1 + int(m.lhm)), degradation: degradationFactor[m.level], latency: 1, confidence: 1, health: 1}
	if m.health != nil {
		f.health = healthFactor[m.loadFor(now, k)]
	}
	if m.viv == nil || m.cfg.Timeout.LatencyMode == LatencyOff {
		return f, 0
	}
	slot := m.rec[k].slot()
	ucb, known := m.viv.RTTUCBms(slot, now, m.rttSource())
	if !known {
		return f, 0
	}
	f.latency = latencyMult(ucb, m.cfg.Timeout.LatencyReference)
	if q, ok := m.viv.Quality(slot, now); ok {
		f.confidence = confidenceAdj(q)
	}
	return f, ucb
}

func (m *Machine) rttSource() vivaldi.Source {
	if m.cfg.Timeout.RTTSource == RTTCoordinate {
		return vivaldi.SourceCoordinate
	}
	return vivaldi.SourceMeasured
}

// adaptive returns the wait for peer k.
func (m *Machine) adaptive(now core.Instant, base core.Duration, k int, fx *core.Effects) core.Duration {
	f, ucb := m.factorsFor(now, k)
	p := &m.cfg.Probe
	var t core.Duration
	// Additive: two bounds of the round trip on top, in place of a multiple. For groups over continents, where ten times half a
	// second is longer than any period.
	if m.cfg.Timeout.LatencyMode == LatencyAdditive {
		f.latency = 1
		ns := float64(float64(base)*f.lhm*f.degradation*f.confidence*f.health) + float64(2e6*ucb)
		t = clampDuration(ns, p.TimeoutMin, p.TimeoutMax)
	} else {
		t = adaptiveTimeout(base, f, p.TimeoutMin, p.TimeoutMax)
	}
	fact := fx.Fact(core.FactTimeout)
	fact.Subject = m.id(k)
	fact.Put("result", int64(t)).Put("base", int64(base))
	fact.X = [5]float32{float32(f.lhm), float32(f.degradation), float32(f.latency), float32(f.confidence), float32(f.health)}
	return t
}

// hearCoord stores the coordinate that came with a datagram of k.
func (m *Machine) hearCoord(now core.Instant, k int, msg *core.Message) {
	r := &m.rec[k]
	if !counted(r.state()) || !m.isParticipant(r.role()) {
		return
	}
	slot, evicted := m.viv.Slot(now, r.slot(), msg.From)
	if evicted != core.NoNode {
		if e, ok := m.index(evicted); ok {
			m.rec[e].setSlot(0)
		}
	}
	r.setSlot(slot)
	m.viv.Heard(slot, now, &msg.Coord)
}

// sampleRTT feeds one round trip to k that a matched ACK measured (§11.3).
func (m *Machine) sampleRTT(now core.Instant, k int, rtt core.Duration) {
	if m.viv == nil || m.rec[k].slot() == 0 {
		return
	}
	m.viv.Sample(m.rec[k].slot(), now, rtt)
}

// filteredRTT is what is measured of k, if anything is: the median of the last few round trips, so that one that waited in a
// queue does not count.
func (m *Machine) filteredRTT(now core.Instant, k int) (core.Duration, bool) {
	if m.viv == nil || m.rec[k].slot() == 0 {
		return 0, false
	}
	return m.viv.FilteredRTT(m.rec[k].slot(), now)
}

// forgetCoord gives back the place of a member that is gone: places are few, and the next one measures anew.
func (m *Machine) forgetCoord(k int) {
	if m.viv != nil && m.rec[k].slot() != 0 {
		m.viv.Forget(m.rec[k].slot())
		m.rec[k].setSlot(0)
	}
}
