package topologies

import "hypersim/core"

// Triangles counts how far a matrix is from a metric space, over rows a, b and a relay k, all different,
// with all three values known. Shares are 0–1.
type Triangles struct {
	Count      int64   `json:"count"`        // triangles looked at
	Violated   float64 `json:"violated"`     // share where a→k→b is faster than a→b
	Pairs      float64 `json:"pairs"`        // share of pairs with at least one such relay
	PairsTwice float64 `json:"pairs_twice"`  // share of pairs with a relay that is faster than half
	Rows       int     `json:"rows_sampled"` // rows looked at, all of them when not above the limit
}

// triangleRowsMax bounds the O(n³) scan to about two seconds.
const triangleRowsMax = 1000

func triangles(m *Matrix) Triangles {
	rows := evenRows(m.N, triangleRowsMax)
	n := len(rows)
	// Two copies, so that both legs of a relay are read along memory: out[a][k] and in[b][k].
	out, in := make([]core.Duration, n*n), make([]core.Duration, n*n)
	const absent = core.Duration(1) << 60 // of an unknown leg: such a relay is never faster
	for i, a := range rows {
		for k, b := range rows {
			d, ok := m.known(a, b)
			if !ok || i == k {
				d = absent
			}
			out[i*n+k], in[k*n+i] = d, d
		}
	}
	t := Triangles{Rows: n}
	var violated, pairs, pairsOne, pairsTwo int64
	for a := range n {
		legs := out[a*n : a*n+n]
		for b := range n {
			direct := legs[b]
			if direct == absent {
				continue
			}
			pairs++
			count, faster, best := relays(legs, in[b*n:b*n+n], direct, absent)
			t.Count += count
			violated += faster
			if best < direct {
				pairsOne++
			}
			if 2*best < direct {
				pairsTwo++
			}
		}
	}
	t.Violated, t.Pairs, t.PairsTwice = share(violated, t.Count), share(pairsOne, pairs), share(pairsTwo, pairs)
	return t
}

// relays counts the usable relays and those that beat direct, and returns the fastest relayed delay.
func relays(first, second []core.Duration, direct, absent core.Duration) (count, faster int64, best core.Duration) {
	best = absent
	for k, d := range first {
		via := d + second[k]
		if via >= absent {
			continue
		}
		count++
		if via < direct {
			faster++
		}
		best = min(best, via)
	}
	return count, faster, best
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// evenRows returns up to most of n rows, evenly spread.
func evenRows(n, most int) []int {
	count := min(n, most)
	rows := make([]int, count)
	for i := range rows {
		rows[i] = i * n / count
	}
	return rows
}
