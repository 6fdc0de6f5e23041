package plot

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// scaled places points in a plane so that their distances are as near as possible to d (row-major, symmetric): classical
// scaling (Torgerson 1952), the two largest eigenvectors of the doubly centred squares. The sign of each is chosen so that
// its largest component is positive. kept is the share of all squared distance that the plane shows.
func scaled(d [][]float64) (x, y []float64, kept float64) {
	n := len(d)
	x, y = make([]float64, n), make([]float64, n)
	if n < 2 {
		return x, y, 1
	}
	row, all := make([]float64, n), 0.0
	for i := range n {
		for j := range n {
			row[i] += d[i][j] * d[i][j] / float64(n)
		}
		all += row[i] / float64(n)
	}
	b := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			b.SetSym(i, j, -0.5*(d[i][j]*d[i][j]-row[i]-row[j]+all))
		}
	}
	var e mat.EigenSym
	if !e.Factorize(b, true) {
		return x, y, 0
	}
	values := e.Values(nil) // ascending
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	total := 0.0
	for _, v := range values {
		total += math.Abs(v)
	}
	for k, out := range [][]float64{x, y} {
		at := n - 1 - k
		v := max(values[at], 0)
		kept += v
		column, largest := mat.Col(nil, at, &vectors), 0
		for i, c := range column {
			if math.Abs(c) > math.Abs(column[largest])+1e-9 {
				largest = i
			}
		}
		sign := 1.0
		if column[largest] < 0 {
			sign = -1
		}
		for i, c := range column {
			out[i] = sign * math.Sqrt(v) * c
		}
	}
	if total == 0 {
		return x, y, 1
	}
	return x, y, kept / total
}
