package vivaldi

import (
	"math"

	"hypersim/core"
)

// EstimateRTTms returns the predicted round trip between a and b in ms (estimate_rtt_ms, §11.6). Both
// are present and of equal dimensions; further ones are ignored.
func EstimateRTTms(a, b *core.Coord) float64 {
	sum := 0.0
	for i, v := range a.Vec[:min(a.Dims, b.Dims, core.MaxDims)] {
		x := float64(v) - float64(b.Vec[i])
		sum += float64(x * x)
	}
	raw := math.Sqrt(sum) + float64(a.Height) + float64(b.Height)
	return float64(1000 * apart(raw, float64(a.Adjustment), float64(b.Adjustment)))
}

// EstimateUCBms returns the upper bound of the round trip between a and b in ms (estimate_rtt_ucb_ms,
// §11.6). A coordinate that is nil, absent (Dims 0) or of other dimensions than its partner is missing:
// the answer is then the default, 200 ms.
func EstimateUCBms(a, b *core.Coord, cfg *Config) float64 {
	if a == nil || b == nil || a.Dims == 0 || a.Dims != b.Dims {
		return ucb(cfg, milliseconds(cfg.RTTDefault), milliseconds(cfg.SigmaDefault))
	}
	return coordUCB(cfg, EstimateRTTms(a, b), float64(a.ErrorMS)+float64(b.ErrorMS))
}

// coordUCB is the bound from an estimate and the sum of both absolute errors.
func coordUCB(cfg *Config, estimateMS, errorSumMS float64) float64 {
	return ucb(cfg, estimateMS, clamp(errorSumMS, milliseconds(cfg.SigmaMin), milliseconds(cfg.SigmaMax)))
}

// ucb is k_sigma deviations above the estimate, within rtt_min … rtt_max.
func ucb(cfg *Config, estimateMS, sigmaMS float64) float64 {
	return clamp(estimateMS+float64(cfg.KSigma*sigmaMS), milliseconds(cfg.RTTMin), milliseconds(cfg.RTTMax))
}

// CoordinateQuality returns how far a coordinate can be trusted, 0 … 1 (coordinate_quality, §11.6), from
// its number of samples, its absolute error and its age since receipt (since update for the local one).
func CoordinateQuality(samples uint32, errorMS float64, age core.Duration, cfg *Config) float64 {
	q := min(1, float64(samples)/float64(cfg.MinSamplesForRouting))
	if good := milliseconds(cfg.ErrorGood); errorMS > good { // §11.6 divides by at least 1 ms, which error_good is above
		q = float64(q * (good / errorMS))
	}
	if age > cfg.CoordTTL {
		q = float64(q * (float64(cfg.CoordTTL) / float64(age)))
	}
	return clamp(q, 0, 1)
}

// Source says where a peer's distance comes from (timeout.rtt_source).
type Source uint8

// The sources. SourceMeasured falls back on coordinates where no fresh sample exists.
const (
	SourceMeasured Source = iota
	SourceCoordinate
)

// RTTUCBms returns the upper bound of the round trip to slot's peer in ms for timeouts (rtt_ucb_ms,
// §11.6); known is false when there is neither a fresh sample nor a coordinate, and factors are 1.
func (n *Node) RTTUCBms(slot uint16, now core.Instant, source Source) (ucbMS float64, known bool) {
	if slot == 0 {
		return 0, false
	}
	r := n.record(slot)
	if source == SourceMeasured {
		if fresh := n.freshSamples(r, now); fresh > 0 {
			_, samples, _ := n.filter(r)
			return measuredUCB(n.cfg, samples[:fresh]), true
		}
	}
	if r[wordMeta]&metaHasCoord == 0 {
		return 0, false
	}
	var p point
	n.loadPoint(r, &p)
	errorMS := math.Float32frombits(r[wordCoord+len(n.self.vec)+3])
	return coordUCB(n.cfg, n.estimate(&p), n.self.errMS+float64(errorMS)), true
}

// measuredUCB is the bound from samples in units of 4 ns: the largest deviation from the median stands
// for the standard deviation, because three samples have none worth the name.
func measuredUCB(cfg *Config, samples []uint32) float64 {
	mid := median(samples)
	var dev uint32
	for _, v := range samples {
		dev = max(dev, max(v, mid)-min(v, mid))
	}
	const perMS = 250_000
	return ucb(cfg, float64(mid)/perMS, max(milliseconds(cfg.SigmaMin), float64(dev)/perMS))
}

// estimate returns the predicted round trip to p in ms, from the unrounded local coordinate.
func (n *Node) estimate(p *point) float64 {
	var u vector
	raw := diff(&u, n.self.vec, &p.vec) + n.self.height + p.height
	return float64(1000 * apart(raw, n.self.adj, p.adj))
}

// Quality returns how far RTTUCBms of slot can be trusted, 0 … 1: 1 with a fresh sample, else the quality
// of the peer's coordinate (§11.6); known is false without either.
func (n *Node) Quality(slot uint16, now core.Instant) (q float64, known bool) {
	if slot == 0 {
		return 0, false
	}
	r := n.record(slot)
	if n.freshSamples(r, now) > 0 {
		return 1, true
	}
	if r[wordMeta]&metaHasCoord == 0 {
		return 0, false
	}
	errorMS := math.Float32frombits(r[wordCoord+len(n.self.vec)+3])
	age := core.Duration(sinceTick(now, r[wordHeard])) << tickShift
	return CoordinateQuality(samplesOf(r), float64(errorMS), age, n.cfg), true
}

// LocalQuality returns the quality of the own coordinate; its age counts from its last update.
func (n *Node) LocalQuality(now core.Instant) float64 {
	return CoordinateQuality(n.self.samples, n.self.errMS, now.Sub(n.updated), n.cfg)
}

// Distance returns what the coordinate of slot's peer says of the way to it: the predicted round trip and its upper bound
// in ms, and how far that can be trusted, 0 … 1 (§11.6). Measured samples are not asked. known is false without a
// coordinate.
func (n *Node) Distance(slot uint16, now core.Instant) (rttMS, ucbMS, quality float64, known bool) {
	if slot == 0 {
		return 0, 0, 0, false
	}
	r := n.record(slot)
	if r[wordMeta]&metaHasCoord == 0 {
		return 0, 0, 0, false
	}
	var p point
	n.loadPoint(r, &p)
	rtt, errorMS := n.estimate(&p), float64(math.Float32frombits(r[wordCoord+len(n.self.vec)+3]))
	age := core.Duration(sinceTick(now, r[wordHeard])) << tickShift
	return rtt, coordUCB(n.cfg, rtt, n.self.errMS+errorMS), CoordinateQuality(samplesOf(r), errorMS, age, n.cfg), true
}
