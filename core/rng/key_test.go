package rng

import (
	"math/bits"
	"slices"
	"strconv"
	"testing"
)

// Key is the beginning of a hash that others can compute; an empty name is one too.
func TestKeyIsTheHashOfTheName(t *testing.T) {
	for name, want := range map[string]uint64{"": 0xe3b0c44298fc1c14, "abc": 0xba7816bf8f01cfea} { // FIPS 180-4
		if have := Key(name); have != want {
			t.Errorf("key of %q is %x, want %x", name, have, want)
		}
	}
}

// Every bit of either number turns about half of the bits of the result, and Mix is a permutation in its second.
func TestMixDependsOnEveryBit(t *testing.T) {
	const trials = 2000
	for which := range 2 {
		for bit := range 64 {
			turned := 0
			for i := range uint64(trials) {
				a, b := Key(strconv.FormatUint(i, 10)), i
				x, y := Mix(a, b), Mix(a, b^1<<bit)
				if which == 0 {
					y = Mix(a^1<<bit, b)
				}
				if x == y {
					t.Fatalf("bit %d of number %d changes nothing at %d", bit, which, i)
				}
				turned += bits.OnesCount64(x ^ y)
			}
			if mean := float64(turned) / trials; mean < 31.3 || mean > 32.7 { // sd of the mean 0.09
				t.Errorf("bit %d of number %d turns %.2f bits", bit, which, mean)
			}
		}
	}
}

// Ordering by Mix is a fair shuffle: each of 5 things comes first, and last, in a fifth of 50,000 draws, and the
// first two are any ordered pair alike (5 sd).
func TestOrderByMixIsAShuffle(t *testing.T) {
	const draws = 50_000
	keys := []uint64{Key("a/worker/0"), Key("a/worker/1"), Key("a/worker/2"), Key("b/gate/0"), Key("b/gate/1")}
	var first, last [5]int
	var pair [25]int
	for d := range uint64(draws) {
		order := []int{0, 1, 2, 3, 4}
		slices.SortFunc(order, func(a, b int) int {
			if Mix(d, keys[a]) < Mix(d, keys[b]) {
				return -1
			}
			return 1
		})
		first[order[0]]++
		last[order[4]]++
		pair[5*order[0]+order[1]]++
	}
	for i := range 5 {
		if first[i] < 9553 || first[i] > 10447 || last[i] < 9553 || last[i] > 10447 {
			t.Errorf("%d is first %d times and last %d times of %d", i, first[i], last[i], draws)
		}
		for k := range 5 {
			if n := pair[5*i+k]; i != k && (n < 2256 || n > 2744) {
				t.Errorf("%d before %d begin %d times of %d", i, k, n, draws)
			}
		}
	}
}
