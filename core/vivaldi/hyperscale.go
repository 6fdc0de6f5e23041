package vivaldi

import "math"

// What the engine of AD-35 fixes. Its error is a time, which is why it has bounds of its own (hyperscale_… in Config).
const (
	hyperShrink     = 0.99 // of each component, per update
	hyperAdjustGain = 0.05
)

// updateHyperscale applies one round trip r (s) to p by §11.5. It returns the distance predicted before
// the update.
//
// It differs from Vivaldi in three ways, and each hurts. An absolute error serves as weight, and never falls below
// 50 ms. Each update shrinks the position by 1 %, so that all distances come out low. Nodes at one place part along the
// first axis only, so that a cold start stays on one line.
func (n *Node) updateHyperscale(p *point, r float64) (d float64) {
	s := &n.self
	var u vector
	m := diff(&u, s.vec, &p.vec)
	raw := m + s.height + p.height
	d = max(0, raw+s.adj+p.adj)
	delta := r - d
	step := float64(n.cfg.CC * (s.err / (s.err + p.err)))
	dir := u[:len(s.vec)]
	if m > zeroThreshold {
		for i := range dir {
			dir[i] /= m
		}
	} else {
		u = vector{1}
	}
	move := float64(step * delta)
	for i, x := range s.vec {
		s.vec[i] = float64((x + float64(move*dir[i])) * hyperShrink)
	}
	s.height = max(0, s.height+float64(0.25*move))
	most := seconds(n.cfg.HyperAdjustmentMax)
	s.adj = clamp(s.adj+float64(hyperAdjustGain*delta), -most, most)
	s.err = clamp(s.err+float64(n.cfg.CE*(math.Abs(delta)-s.err)), seconds(n.cfg.HyperErrorMin), seconds(n.cfg.HyperErrorMax))
	// Its sigma is 1000·(e + e′) ms (§11.5), which is what error_ms then yields everywhere.
	s.errMS = float64(1000 * s.err)
	return d
}
