package swim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core/rng"
)

func listOf(n int, seed uint64) *probeList {
	l := &probeList{stream: rng.New(seed, "test")}
	for k := range n {
		l.insert(k)
	}
	return l
}

// §4.2: "shuffle, walk to the end, reshuffle": each walk visits everybody once.
func TestWalkVisitsEachOnce(t *testing.T) {
	l := listOf(17, 1)
	for walk := range 50 {
		seen := map[int]bool{}
		for range 17 {
			seen[l.next()] = true
		}
		if len(seen) != 17 {
			t.Fatalf("walk %d visits %d of 17", walk, len(seen))
		}
	}
}

// I-M10: "between two probes of a target that stayed in the list lie ≤ 2L − 1 ... ticks, L the largest
// length in between". A newcomer lengthens the walk that it enters by one tick even if another one left:
// so many ticks more are allowed.
func TestGapIsBoundedWhileMembersComeAndGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := listOf(rapid.IntRange(1, 6).Draw(t, "n"), rapid.Uint64().Draw(t, "seed"))
		type visit struct{ tick, longest, newcomers int }
		last := map[int]*visit{}
		for _, k := range l.order {
			last[int(k)] = &visit{longest: l.len()}
		}
		next := 100
		for tick := 1; tick <= 60; tick++ {
			switch rapid.IntRange(0, 5).Draw(t, "op") {
			case 0:
				l.insert(next)
				for _, v := range last {
					v.newcomers++
				}
				last[next] = &visit{tick: tick - 1}
				next++
			case 1:
				if l.len() > 1 {
					k := int(l.order[rapid.IntRange(0, l.len()-1).Draw(t, "who")])
					l.remove(k)
					delete(last, k)
				}
			}
			for _, v := range last {
				v.longest = max(v.longest, l.len())
			}
			peeked := l.peek()
			k := l.next()
			if k != peeked {
				t.Fatalf("peek says %d, next is %d", peeked, k)
			}
			v, ok := last[k]
			if !ok {
				t.Fatalf("%d was removed and is visited", k)
			}
			if gap := tick - v.tick; gap > 2*v.longest-1+v.newcomers {
				t.Fatalf("%d ticks between two visits of %d, the list held at most %d, %d came", gap, k, v.longest, v.newcomers)
			}
			*v = visit{tick: tick, longest: l.len()}
			sorted := slices.Clone(l.order)
			slices.Sort(sorted)
			if len(slices.Compact(sorted)) != len(last) || l.pos > l.len() {
				t.Fatalf("the list is %v at %d, members %d", l.order, l.pos, len(last))
			}
		}
	})
}

// chi2 returns Σ (have − want)²/want.
func chi2(have []int, want float64) float64 {
	sum := 0.0
	for _, h := range have {
		sum += (float64(h) - want) * (float64(h) - want) / want
	}
	return sum
}

// Every member stands at every place of a walk equally often.
func TestWalkIsUniform(t *testing.T) {
	const n, walks = 8, 40_000
	l := listOf(n, 3)
	var at [n * n]int
	for range walks {
		for place := range n {
			at[place*n+l.next()]++
		}
	}
	// 49 degrees of freedom: 99.99 % quantile 96.
	if x := chi2(at[:], walks/n); x > 96 {
		t.Errorf("chi² of the walk is %v", x)
	}
}

// A newcomer is as likely at each place of the rest of the walk.
func TestNewcomerIsUniformInTheRest(t *testing.T) {
	const n, runs = 6, 30_000
	var at [n]int
	for run := range runs {
		l := listOf(n, uint64(run))
		l.next() // one is visited, five and the newcomer remain
		l.insert(99)
		for place := range n {
			if l.next() == 99 {
				at[place]++
			}
		}
	}
	// 5 degrees of freedom: 99.99 % quantile 25.7.
	if x := chi2(at[:], runs/n); x > 25.7 {
		t.Errorf("chi² of the newcomer's place is %v: %v", x, at)
	}
}

// §4.2, §6: distinct members at random, all fit ones equally likely, never an unfit one.
func TestPickIsDistinctAndUniform(t *testing.T) {
	stream := rng.New(1, "pick")
	for _, c := range []struct {
		name             string
		n, extra, want   int
		ok               func(int) bool
		fit              int
		quantile9999     float64 // of fit − 1 degrees of freedom
		expectedPickings int
	}{
		{"all fit", 10, 0, 3, func(int) bool { return true }, 10, 33.7, 3},
		{"recently dead too", 6, 4, 3, func(int) bool { return true }, 10, 33.7, 3},
		{"half fit", 20, 0, 3, func(k int) bool { return k%2 == 0 }, 10, 33.7, 3},
		{"fewer than wanted", 10, 0, 3, func(k int) bool { return k < 2 }, 2, 15.1, 2},
		{"nobody", 10, 0, 3, func(int) bool { return false }, 0, 0, 0},
		{"empty", 0, 0, 3, func(int) bool { return true }, 0, 0, 0},
	} {
		const runs = 30_000
		l := listOf(c.n, 1)
		var extra []uint16
		for i := range c.extra {
			extra = append(extra, uint16(c.n+i))
		}
		counts := map[uint16]int{}
		for range runs {
			var buf [3]uint16
			got := l.pick(&stream, buf[:c.want], extra, c.ok)
			if len(got) != c.expectedPickings {
				t.Fatalf("%s: %d picked, want %d", c.name, len(got), c.expectedPickings)
			}
			for i, k := range got {
				if !c.ok(int(k)) || slices.Contains(got[:i], k) {
					t.Fatalf("%s: picked %v", c.name, got)
				}
				counts[k]++
			}
		}
		if len(counts) != c.fit {
			t.Errorf("%s: %d different ones, want %d", c.name, len(counts), c.fit)
		}
		if c.fit == 0 {
			continue
		}
		have := make([]int, 0, len(counts))
		for _, n := range counts {
			have = append(have, n)
		}
		// Without replacement the counts vary less than chi² allows for: the bound stays valid.
		if x := chi2(have, float64(runs*c.expectedPickings)/float64(c.fit)); x > c.quantile9999 {
			t.Errorf("%s: chi² %v", c.name, x)
		}
	}
}
