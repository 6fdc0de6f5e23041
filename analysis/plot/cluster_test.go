package plot

import (
	"slices"
	"testing"
)

// TestClusterOrder: two groups of near rows whose ids alternate end up side by side, whatever the order of
// their ids, and every row appears once.
func TestClusterOrder(t *testing.T) {
	const n = 9
	d := make([]float64, n*n)
	for i := range n {
		for k := range n {
			d[i*n+k] = float64(i + k) // ties are rare
			if i%2 != k%2 {
				d[i*n+k] += 1000
			}
		}
	}
	have := clusterOrder(n, d)
	sorted := slices.Sorted(slices.Values(have))
	for i, v := range sorted {
		if i != v {
			t.Fatalf("%v is no order of %d rows", have, n)
		}
	}
	changes := 0
	for i := 1; i < n; i++ {
		if have[i]%2 != have[i-1]%2 {
			changes++
		}
	}
	if changes != 1 {
		t.Errorf("%v: the groups stand in %d pieces, want 2", have, changes+1)
	}
}

// TestClusterLine: points on a line come out in the order of the line: every merge turns its halves so that
// near ends meet.
func TestClusterLine(t *testing.T) {
	at := []float64{7, 1, 4, 2, 8.5, 3.1, 5.3}
	n := len(at)
	d := make([]float64, n*n)
	for i := range n {
		for k := range n {
			d[i*n+k] = max(at[i]-at[k], at[k]-at[i])
		}
	}
	var along []float64
	for _, i := range clusterOrder(n, d) {
		along = append(along, at[i])
	}
	if along[0] > along[n-1] {
		slices.Reverse(along)
	}
	if !slices.IsSorted(along) {
		t.Errorf("%v is not the order of the line", along)
	}
}
