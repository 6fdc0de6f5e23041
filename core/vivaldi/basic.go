package vivaldi

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
