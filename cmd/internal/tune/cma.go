package tune

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// cma is CMA-ES: Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv 1604.00772, with its default parameters. It
// needs places only, which racing can give. optimize.CmaEsChol of gonum draws without the step size, so that it does not
// close in: ADR-0041.
type cma struct {
	draw  rng.Stream
	floor []float64 // of a coordinate's spread: one that falls into cells never narrows to one of them

	weights            []float64
	muEff              float64
	cc, cs, c1, cmu, d float64
	chi                float64 // expected length of a normal vector

	mean, pc, ps []float64
	sigma        float64
	c            *mat.SymDense
	b            *mat.Dense // eigenvectors of c, in columns
	scale        []float64  // roots of its eigenvalues
	generation   int
	asked        [][]float64
}

// cmaSpread is the first step size: two thirds of the cube are within reach of its centre.
const cmaSpread = 0.3

func newCMA(start []float64, cells []int, lambda int, draw rng.Stream) *cma {
	n := float64(len(start))
	m := &cma{draw: draw, mean: slices.Clone(start), sigma: cmaSpread, pc: make([]float64, len(start)), ps: make([]float64, len(start)), floor: make([]float64, len(start))}
	for i, k := range cells {
		if k > 0 {
			m.floor[i] = 0.3 / float64(k)
		}
	}
	mu, sum, squares := lambda/2, 0.0, 0.0
	for i := range mu {
		w := xmath.Log(float64(lambda)/2+0.5) - xmath.Log(float64(i+1))
		m.weights = append(m.weights, w)
		sum += w
	}
	for i := range m.weights {
		m.weights[i] /= sum
		squares += float64(m.weights[i] * m.weights[i])
	}
	m.muEff = 1 / squares
	m.cc = (4 + m.muEff/n) / (n + 4 + 2*m.muEff/n)
	m.cs = (m.muEff + 2) / (n + m.muEff + 5)
	m.c1 = 2 / (float64((n+1.3)*(n+1.3)) + m.muEff)
	m.cmu = min(1-m.c1, 2*(m.muEff-2+1/m.muEff)/(float64((n+2)*(n+2))+m.muEff))
	m.d = 1 + 2*max(0, math.Sqrt((m.muEff-1)/(n+1))-1) + m.cs
	m.chi = math.Sqrt(n) * (1 - 1/(4*n) + 1/float64(21*n*n))
	m.c = mat.NewSymDense(len(start), nil)
	for i := range start {
		m.c.SetSym(i, i, 1)
	}
	m.decompose()
	m.asked = make([][]float64, lambda)
	return m
}

// lambdaFor is the population for so many dimensions.
func lambdaFor(n int) int { return 4 + int(3*xmath.Log(float64(n))) }

func (m *cma) decompose() {
	var e mat.EigenSym
	if !e.Factorize(m.c, true) {
		panic("tune: a covariance without eigenvalues")
	}
	m.b = new(mat.Dense)
	e.VectorsTo(m.b)
	m.scale = e.Values(nil)
	for i := range m.scale {
		m.scale[i] = math.Sqrt(max(m.scale[i], 1e-20))
	}
}

func (m *cma) ask() [][]float64 {
	n := len(m.mean)
	for k := range m.asked {
		z := make([]float64, n)
		for i := range z {
			z[i] = m.draw.Norm() * m.scale[i]
		}
		x := make([]float64, n)
		for i := range x {
			for j := range z {
				x[i] += float64(m.b.At(i, j) * z[j])
			}
			x[i] = m.mean[i] + float64(m.sigma*x[i])
			extra := m.draw.Norm() * m.floor[i] // drawn always, so that one coordinate does not move the draws of another
			if float64(m.sigma*math.Sqrt(m.c.At(i, i))) < m.floor[i] {
				x[i] += extra
			}
			x[i] = reflected(x[i])
		}
		m.asked[k] = x
	}
	return m.asked
}

func (m *cma) tell(list []told) {
	n := len(m.mean)
	best := make([][]float64, len(list))
	for k := range list {
		best[list[k].place] = m.asked[k]
	}
	old := slices.Clone(m.mean)
	for i := range m.mean {
		m.mean[i] = 0
		for k, w := range m.weights {
			m.mean[i] += float64(w * best[k][i])
		}
	}
	step := make([]float64, n) // of the mean, in units of the step size
	for i := range step {
		step[i] = (m.mean[i] - old[i]) / m.sigma
	}
	length := 0.0
	push := math.Sqrt(m.cs * (2 - m.cs) * m.muEff)
	for i, v := range m.whitened(step) {
		m.ps[i] = float64((1-m.cs)*m.ps[i]) + float64(push*v)
		length += float64(m.ps[i] * m.ps[i])
	}
	length = math.Sqrt(length)
	m.generation++
	expected := m.chi * math.Sqrt(1-xmath.Pow(1-m.cs, float64(2*m.generation)))
	steady := 0.0 // while the step size grows fast the covariance waits
	if length < (1.4+2/(float64(n)+1))*expected {
		steady = 1
	}
	pull := steady * math.Sqrt(m.cc*(2-m.cc)*m.muEff)
	for i := range m.pc {
		m.pc[i] = float64((1-m.cc)*m.pc[i]) + float64(pull*step[i])
	}
	m.adapt(best, old, steady)
	m.sigma *= xmath.Exp(min(1, m.cs/m.d*(length/m.chi-1)))
	m.sigma = min(max(m.sigma, 1e-9), 1)
	m.decompose()
}

// whitened returns C^(−1/2) v.
func (m *cma) whitened(v []float64) []float64 {
	n := len(v)
	out := make([]float64, n)
	for j := range n {
		dot := 0.0
		for i := range n {
			dot += float64(m.b.At(i, j) * v[i])
		}
		dot /= m.scale[j]
		for i := range n {
			out[i] += float64(m.b.At(i, j) * dot)
		}
	}
	return out
}

// adapt moves the covariance towards the path of the mean (rank one) and the best of the generation (rank mu).
func (m *cma) adapt(best [][]float64, old []float64, steady float64) {
	keep := 1 - m.c1 - m.cmu + float64(float64((1-steady)*m.c1)*float64(m.cc*(2-m.cc)))
	n := len(old)
	for i := range n {
		for j := i; j < n; j++ {
			v := float64(keep*m.c.At(i, j)) + float64(m.c1*float64(m.pc[i]*m.pc[j]))
			for k, w := range m.weights {
				a, b := (best[k][i]-old[i])/m.sigma, (best[k][j]-old[j])/m.sigma
				v += float64(float64(m.cmu*w) * float64(a*b))
			}
			m.c.SetSym(i, j, v)
		}
	}
}
