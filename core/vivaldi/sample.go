package vivaldi

import (
	"math"

	"hypersim/core"
)

// Outcome says what became of a sample.
type Outcome uint8

// Outcomes. Only the last two changed the local coordinate.
const (
	OutcomeIgnored  Outcome = iota // slot 0
	OutcomeRejected                // counted, nothing changed
	OutcomeFiltered                // the filter was fed; the peer's coordinate is not known
	OutcomeUpdated
	OutcomeReset // peers would refuse what came of it: back to the initial coordinate
)

// Result is what Sample did. The errors compare the prediction before the update with the round trip
// that the engine used (vivaldi_prediction_error, spec 10 §12); they are 0 unless the coordinate moved.
type Result struct {
	Outcome  Outcome
	RTT      core.Duration // what the engine used or would have: the median under serf, else the sample
	RelError float64       // |predicted − RTT| / RTT
	AbsMS    float64       // |predicted − RTT| in ms
}

// Sample applies a measured round trip to the peer of slot: local receive time − local send time of an
// own PING whose ACK carries its number (§11.3). Call Heard first when both came in one datagram.
func (n *Node) Sample(slot uint16, now core.Instant, rtt core.Duration) Result {
	if slot == 0 {
		return Result{}
	}
	if rtt < 0 || rtt > n.cfg.RTTSampleMax {
		n.counters.RejectedRTT++
		return Result{Outcome: OutcomeRejected}
	}
	rtt = max(rtt, rttFloorNS)
	r := n.record(slot)
	// The filter is fed even where the coordinate is unknown: when it comes, there is a median to begin with.
	n.feed(r, now, rtt)
	if n.engine == engineSerf {
		_, samples, _ := n.filter(r)
		rtt = core.Duration(median(samples[:filterLen(r)])) << 2
	}
	if r[wordMeta]&metaHasCoord == 0 {
		return Result{Outcome: OutcomeFiltered, RTT: rtt}
	}
	var p point
	n.loadPoint(r, &p)
	return n.apply(&p, now, rtt)
}

// apply moves the local coordinate by rtt to p.
func (n *Node) apply(p *point, now core.Instant, rtt core.Duration) Result {
	sec := seconds(rtt)
	var d float64
	switch n.engine {
	case engineSerf:
		d = n.updateSerf(p, sec)
	case engineBasic:
		d = n.updateBasic(p, sec)
	case engineHyperscale:
		d = n.updateHyperscale(p, sec)
	}
	n.self.samples++
	n.updated = now
	n.counters.Updates++
	off := math.Abs(d - sec)
	res := Result{Outcome: OutcomeUpdated, RTT: rtt, RelError: off / sec, AbsMS: float64(1000 * off)}
	// Something has stopped being finite or left what peers take (§11.3), after a peer that lied, a matrix that no space can hold, or a
	// slow answer from somebody at the same place (ADR 0051). To begin anew costs some seconds of error; to go on would spread it to everybody
	// who measures this node, or leave the node where nobody takes its coordinate.
	if !n.refreshWire() {
		n.toInitial()
		n.refreshWire()
		n.counters.Resets++
		res.Outcome = OutcomeReset
	}
	return res
}
