package vivaldi

import "math"

// updateSerf applies one filtered round trip r (s) to p by §11.4, in the order of its steps. It returns
// the distance predicted before the update.
//
// Serf's engine is Vivaldi with the adaptive timestep (steps 2 and 4), an adjustment term that absorbs
// what no position can express (step 6), and a weak pull to the origin that stops the cloud of all
// coordinates from drifting (step 7).
func (n *Node) updateSerf(p *point, r float64) (d float64) {
	s, c := &n.self, n.cfg
	var u vector
	m := diff(&u, s.vec, &p.vec)
	raw := m + s.height + p.height
	d = apart(raw, s.adj, p.adj)
	r = max(r, zeroThreshold)
	w := n.learn(p, d, r)

	// Step 5 with the direction of the old positions; the new distances of steps 6 and 7 come from the
	// same pass.
	dist, far := n.push(p, &u, m, float64(float64(c.CC*w)*(r-d)))

	if len(s.window) > 0 {
		raw = dist + s.height + p.height
		s.window[s.next] = r - raw
		if s.next++; s.next == len(s.window) {
			s.next = 0
		}
		s.adj = sum(s.window) / float64(2*len(s.window))
	}
	if n.rho > 0 {
		n.gravity(far)
	}
	return d
}

// sum adds v in four interleaved lanes: one lane waits for each addition to finish, and this is the
// longest chain of an update.
func sum(v []float64) float64 {
	var a, b, c, d float64
	for ; len(v) >= 4; v = v[4:] {
		a += v[0]
		b += v[1]
		c += v[2]
		d += v[3]
	}
	for _, x := range v {
		a += x
	}
	return (a + b) + (c + d)
}

// learn is steps 2 to 4: the weight of the peer, then both errors.
func (n *Node) learn(p *point, d, r float64) (w float64) {
	s, c := &n.self, n.cfg
	off := math.Abs(d - r)
	rel := off / r
	w = weight(s.err, p.err)
	cew := float64(c.CE * w)
	s.errMS += float64(cew * (float64(1000*off) - s.errMS))
	s.err = clamp(float64(cew*rel)+float64(s.err*(1-cew)), c.ErrorMin, c.ErrorMax)
	return w
}

// push is step 5: the force moves the coordinate away from p, or toward it when negative. u holds the
// difference of the positions and m its length. It returns the new distances from p and from the origin.
func (n *Node) push(p *point, u *vector, m, force float64) (dist, far float64) {
	s := &n.self
	x := s.vec
	dir, to := u[:len(x)], p.vec[:len(x)]
	if m > zeroThreshold {
		for i := range dir {
			dir[i] /= m
		}
		s.height = max(n.heightMin, s.height+float64((s.height+p.height)*force)/m)
	} else {
		n.randomDirection(u)
	}
	for i, v := range x {
		v += float64(force * dir[i])
		x[i] = v
		far += float64(v * v)
		v -= to[i]
		dist += float64(v * v)
	}
	return math.Sqrt(dist), math.Sqrt(far)
}

// gravity is step 7; far is the length of the position. The origin has the least height and no
// adjustment.
func (n *Node) gravity(far float64) {
	s := &n.self
	g := apart(far+s.height+n.heightMin, s.adj, 0) / n.rho
	force := -float64(g * g)
	x := s.vec
	if far > zeroThreshold {
		for i, v := range x {
			x[i] = v + float64(force*(v/far))
		}
		s.height = max(n.heightMin, s.height+float64((s.height+n.heightMin)*force)/far)
		return
	}
	var u vector
	n.randomDirection(&u)
	for i := range x {
		x[i] += float64(force * u[i])
	}
}
