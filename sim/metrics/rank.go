package metrics

import (
	"math"

	"hypersim/core"
)

// rank returns the number of principal axes that hold more than 1 % of the variance of all coordinate
// vectors (spec 40 §4), or −1 with fewer than two vectors or no variance.
func (c *coordinates) rank() int {
	var mean [core.MaxDims]float64
	n, dims := 0.0, 0
	for i := range c.have {
		if !c.have[i] {
			continue
		}
		n++
		dims = max(dims, int(c.coords[i].Dims))
		for k := range mean {
			mean[k] += float64(c.coords[i].Vec[k])
		}
	}
	if n < 2 {
		return -1
	}
	for k := range mean {
		mean[k] /= n
	}
	var cov matrix
	for i := range c.have {
		if !c.have[i] {
			continue
		}
		for a := range dims {
			for b := range dims {
				cov[a][b] += float64((float64(c.coords[i].Vec[a]) - mean[a]) * (float64(c.coords[i].Vec[b]) - mean[b]))
			}
		}
	}
	return cov.axes(dims)
}

type matrix [core.MaxDims][core.MaxDims]float64

// axes counts the eigenvalues of the symmetric dims×dims matrix above 1 % of their sum.
func (m *matrix) axes(dims int) int {
	m.diagonalise(dims)
	total, n := 0.0, 0
	for i := range dims {
		total += m[i][i]
	}
	if !(total > 0) {
		return -1
	}
	for i := range dims {
		if m[i][i] > 0.01*total {
			n++
		}
	}
	return n
}

// diagonalise applies cyclic Jacobi rotations (Golub and Van Loan §8.5); ten sweeps are plenty for 12×12.
func (m *matrix) diagonalise(dims int) {
	for range 10 {
		for p := range dims {
			for q := p + 1; q < dims; q++ {
				m.rotate(dims, p, q)
			}
		}
	}
}

// rotate makes m[p][q] zero.
func (m *matrix) rotate(dims, p, q int) {
	if m[p][q] == 0 {
		return
	}
	theta := (m[q][q] - m[p][p]) / (2 * m[p][q])
	t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(float64(t*t)+1)
	s := t * c
	for k := range dims {
		a, b := m[k][p], m[k][q]
		m[k][p], m[k][q] = float64(c*a)-float64(s*b), float64(s*a)+float64(c*b)
	}
	for k := range dims {
		a, b := m[p][k], m[q][k]
		m[p][k], m[q][k] = float64(c*a)-float64(s*b), float64(s*a)+float64(c*b)
	}
}
