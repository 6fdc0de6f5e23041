package vivaldi

import (
	"math"

	"hypersim/core"
)

// engine says which rule moves the local coordinate. A number and one switch instead of an interface:
// this runs for every acknowledgement of a run.
type engine uint8

const (
	engineSerf engine = iota
	engineBasic
	engineHyperscale
)

func parseEngine(s EngineName) (engine, bool) {
	switch s {
	case EngineSerf:
		return engineSerf, true
	case EngineBasic:
		return engineBasic, true
	case EngineHyperscale:
		return engineHyperscale, true
	}
	return 0, false
}

const (
	// zeroThreshold is the distance (s) at or below which two positions coincide, and the least RTT and
	// least sum of errors that are divided by (§11.4).
	zeroThreshold = 1e-6
	rttFloorNS    = 1000 // zeroThreshold in ns: what a sample of 0 becomes (§11.3)
)

// vector is a position in seconds; components beyond the dimensions in use stay 0.
type vector [core.MaxDims]float64

// point is a peer's coordinate widened to float64, the form in which engines read it.
type point struct {
	vec    vector
	height float64 // s
	adj    float64 // s
	err    float64 // relative; seconds under hyperscale
}

// local is a node's own coordinate.
type local struct {
	vec     []float64 // s, one per dimension
	window  []float64 // ring of residuals (s), empty without adjustment
	next    int       // position of the next residual
	height  float64   // s
	adj     float64   // s
	err     float64   // relative; seconds under hyperscale
	errMS   float64   // EWMA of the absolute misprediction, ms
	samples uint32    // accepted since the last reset
}

// diff stores x − y of the dimensions of x in d and returns its length, summed in order of dimensions.
func diff(d *vector, x []float64, y *vector) float64 {
	out, to := d[:len(x)], y[:len(x)] // spares the loop its bounds checks
	sum := 0.0
	for i, a := range x {
		v := a - to[i]
		out[i] = v
		sum += float64(v * v)
	}
	return math.Sqrt(sum)
}

// apart returns adj where it is positive and raw otherwise (§11.4 step 1): adjustments never make a
// distance negative.
func apart(raw, adjA, adjB float64) float64 {
	if d := raw + adjA + adjB; d > 0 {
		return d
	}
	return raw
}

// weight is the share that the own error has in both (§11.4 step 2).
func weight(own, peer float64) float64 { return own / max(own+peer, zeroThreshold) }

func clamp(v, lo, hi float64) float64 { return min(max(v, lo), hi) }

// randomDirection fills u with a random unit vector of n dimensions: components uniform in (−0.5, 0.5),
// the first axis where they all but vanish (§11.4 step 5).
func (n *Node) randomDirection(u *vector) {
	sum := 0.0
	for i := range n.self.vec {
		v := n.stream.Float64() - 0.5
		u[i] = v
		sum += float64(v * v)
	}
	m := math.Sqrt(sum)
	if m <= zeroThreshold {
		*u = vector{1}
		return
	}
	for i := range n.self.vec {
		u[i] /= m
	}
}

// updateBasic applies one round trip r (s) to p as Vivaldi was published (figure 3, §5.4 for heights):
// steps 1 to 5 of spec 10 §11.4 and nothing else, on the unfiltered sample. It returns the distance
// predicted before the update.
func (n *Node) updateBasic(p *point, r float64) (d float64) {
	var u vector
	m := diff(&u, n.self.vec, &p.vec)
	d = m + n.self.height + p.height
	r = max(r, zeroThreshold)
	w := n.learn(p, d, r)
	n.push(p, &u, m, float64(float64(n.cfg.CC*w)*(r-d)))
	return d
}
