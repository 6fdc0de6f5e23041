package dispatch

import (
	"testing"

	"pgregory.net/rapid"
)

// No core has two owners and none gets lost, whatever is asked for; the lowest go out first, the highest come back
// first (I-JD1).
func TestCoresAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 16).Draw(t, "n")
		c, owner := NewCores(n), make([]int32, n) // −1 below: free
		for i := range owner {
			owner[i] = -1
		}
		held := func(h int32) (k int) {
			for _, o := range owner {
				if o == h {
					k++
				}
			}
			return k
		}
		for range rapid.IntRange(1, 40).Draw(t, "ops") {
			h, k := rapid.Int32Range(0, 4).Draw(t, "h"), rapid.IntRange(-1, n+1).Draw(t, "k")
			if rapid.Bool().Draw(t, "allocate") {
				want := k > 0 && k <= held(-1)
				if c.Allocate(h, k) != want {
					t.Fatalf("allocate %d: want %v", k, want)
				}
				for i := 0; want && k > 0; i++ {
					if owner[i] == -1 {
						owner[i] = h
						k--
					}
				}
			} else {
				want := held(h)
				if k >= 0 {
					want = min(want, k)
				}
				if have := c.Release(h, k); have != want {
					t.Fatalf("released %d, want %d", have, want)
				}
				for i := n - 1; i >= 0 && want > 0; i-- {
					if owner[i] == h {
						owner[i] = -1
						want--
					}
				}
			}
			for i, o := range owner {
				if c.owner[i] != o+1 {
					t.Fatalf("core %d is %d's, want %d's", i, c.owner[i]-1, o)
				}
			}
			if c.Free() != held(-1) || c.Held(h) != held(h) || c.Total() != n {
				t.Fatalf("%d free, want %d", c.Free(), held(-1))
			}
		}
	})
}
