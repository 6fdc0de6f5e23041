package peers

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
)

// Spec 30 §15.15.
func TestRendezvousVectors(t *testing.T) {
	const selector, role = "worker-7", "manager"
	var list []Peer
	for i, c := range []struct {
		peer           string
		u, whole, half float64
	}{
		{"mgr-a", 0.583120733, 1.854046, 0.927023},
		{"mgr-b", 0.881727934, 7.944595, 3.972298},
		{"mgr-c", 0.099141825, 0.432675, 0.216337},
		{"mgr-d", 0.780991029, 4.045445, 2.022722},
	} {
		near := func(what string, have, want, within float64) {
			if math.Abs(have-want) > within {
				t.Errorf("%s: %s %.9f, want %.9f", c.peer, what, have, want)
			}
		}
		near("u", draw(c.peer, selector, role), c.u, 1e-9)
		near("score", Score(c.peer, selector, role, 1), c.whole, 1e-6)
		near("score at weight 0.5", Score(c.peer, selector, role, 0.5), c.half, 1e-6)
		list = append(list, Peer{Node: core.NodeID(i), Name: c.peer, Weight: 1})
	}
	ordered := func(want string) {
		var have string
		Order(list, selector, role)
		for i := range list {
			have += list[i].Name[4:]
		}
		if have != want {
			t.Errorf("order %s, want %s", have, want)
		}
	}
	ordered("bdac")
	list[0].Weight = 0.5
	ordered("dbac")
}

// Spec 30 §15.15, the weights; the edges follow from the formula.
func TestWeights(t *testing.T) {
	for _, c := range []struct{ errors, ewma, want float64 }{
		{0, 10, 1}, {0.02, 15, 0.8}, {0.05, 20, 0.6}, {0.1, 30, 0.3}, {0.4, 90, 0.1},
		{0, 1, 1}, {0, 1e9, 0.5}, {0.2, 10, 0.6}, {0.35, 10, 0.3}, {1, 10, 0.1},
	} {
		if have := Weight(c.errors, c.ewma, 10); have != c.want {
			t.Errorf("errors %v, %v ms: %v, want %v", c.errors, c.ewma, have, c.want)
		}
	}
	for _, c := range []struct {
		known []float64
		want  float64
	}{{nil, 10}, {[]float64{80, 90}, 10}, {[]float64{90, 70, 80}, 80}, {[]float64{40, 10, 30, 20}, 25}} {
		if have := Baseline(c.known); have != c.want {
			t.Errorf("baseline %v, want %v", have, c.want)
		}
	}
}

// The number never reaches an end of (0, 1), where the score would change its sign or vanish.
func TestUnitIsOpen(t *testing.T) {
	for _, x := range []uint64{0, 1, 1 << 53, math.MaxUint64 - 1<<10, math.MaxUint64} {
		if u := unit(x); u <= 0 || u >= 1 {
			t.Errorf("unit(%d) = %v", x, u)
		}
	}
}

// naive finds the first of a set without sorting, from the definition, in numbers of 200 bits up to the logarithm.
func naive(list []Peer, selector, role string) core.NodeID {
	best, at := math.Inf(-1), -1
	for i, p := range list {
		sum := sha256.Sum256([]byte(fmt.Sprintf("hyperscale-rendezvous\x00%s\x00%s\x00%s", p.Name, selector, role)))
		x := new(big.Float).SetPrec(200).SetInt(new(big.Int).SetBytes(sum[:8]))
		x.Add(x, big.NewFloat(0.5)).SetMantExp(x, -64)
		u, _ := x.Float64()
		if s := -p.Weight / math.Log(u); at < 0 || s > best || s == best && p.Node < list[at].Node {
			best, at = s, i
		}
	}
	return list[at].Node
}

func drawPeers(t *rapid.T) []Peer {
	list := make([]Peer, rapid.IntRange(1, 20).Draw(t, "peers"))
	for i := range list {
		list[i] = Peer{
			Node: core.NodeID(i), Name: fmt.Sprintf("%s/manager/%d", rapid.SampledFrom([]string{"a", "eu-west"}).Draw(t, "site"), i),
			Weight:  float64(rapid.IntRange(1, 10).Draw(t, "weight")) / 10,
			Latency: float64(rapid.IntRange(1, 4).Draw(t, "ms")),
		}
	}
	return list
}

func ids(list []Peer) []core.NodeID {
	out := make([]core.NodeID, len(list))
	for i := range list {
		out[i] = list[i].Node
	}
	return out
}

// The first is the naive model's; taking a peer away leaves the others in their order; how they came does not matter.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawPeers(t)
		selector := fmt.Sprintf("a/worker/%d", rapid.IntRange(0, 1000).Draw(t, "selector"))
		again := rapid.Permutation(list).Draw(t, "again")
		Order(list, selector, "manager")
		if want := naive(again, selector, "manager"); list[0].Node != want {
			t.Fatalf("%d comes first, want %d", list[0].Node, want)
		}
		Order(again, selector, "manager")
		if !slices.Equal(ids(list), ids(again)) {
			t.Fatalf("%v, and in another order %v", ids(list), ids(again))
		}
		gone := rapid.IntRange(0, len(list)-1).Draw(t, "gone")
		rest := slices.Delete(slices.Clone(list), gone, gone+1)
		want := ids(rest)
		Order(rest, selector, "manager")
		if !slices.Equal(ids(rest), want) {
			t.Fatalf("without %d: %v, want %v", list[gone].Node, ids(rest), want)
		}
	})
}

// Shares are those of the weights: of 4,000 selectors a third goes to each of three equals, and twice as many go to a peer of
// twice the weight. Five standard deviations.
func TestSharesFollowWeights(t *testing.T) {
	const selectors = 4000
	for _, weights := range [][]float64{{1, 1, 1}, {1, 0.5, 0.5}, {0.1, 1, 0.4}} {
		var sum float64
		for _, w := range weights {
			sum += w
		}
		firsts := make([]float64, len(weights))
		for n := range selectors {
			var list []Peer
			for i, w := range weights {
				list = append(list, Peer{Node: core.NodeID(i), Name: fmt.Sprintf("a/manager/%d", i), Weight: w})
			}
			Order(list, fmt.Sprintf("a/worker/%d", n), "manager")
			firsts[list[0].Node]++
		}
		for i, w := range weights {
			p := w / sum
			if off := math.Abs(firsts[i] - selectors*p); off > 5*math.Sqrt(selectors*p*(1-p)) {
				t.Errorf("weights %v: %v first, want about %.0f of the %d. peer", weights, firsts[i], selectors*p, i)
			}
		}
	}
}

// I-A3: the same set, weights, key and state of the generator give the same peer, whatever the set was listed in. The
// drawn one is no worse than some other of the first eight, and nobody but them.
func TestSameInputsSamePeer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawPeers(t)
		again := rapid.Permutation(list).Draw(t, "again")
		Order(list, "a/worker/1", "manager")
		Order(again, "a/worker/1", "manager")
		seed := rapid.Uint64().Draw(t, "seed")
		a, b := rng.New(seed, "peers"), rng.New(seed, "peers")
		for range 20 {
			x, ok := Choose(list, &a)
			if y, _ := Choose(again, &b); x != y || !ok {
				t.Fatalf("%d, and from another list %d", x, y)
			}
			top := list[:min(Kept, len(list))]
			at := slices.Index(ids(top), x)
			if at < 0 {
				t.Fatalf("%d is not one of the first %d", x, Kept)
			}
			beaten := len(top) == 1
			for _, p := range top {
				beaten = beaten || cmp.Or(cmp.Compare(top[at].Latency, p.Latency), cmp.Compare(x, p.Node)) < 0
			}
			if !beaten {
				t.Fatalf("%d was chosen though it is the slowest", x)
			}
		}
	})
}

// Of eight peers of different latency the r-th best is chosen when it is drawn with a slower one: (7 − r) of the 28 pairs. The ninth
// never is.
func TestTwoChoicesShares(t *testing.T) {
	const times = 28000
	list := make([]Peer, 9)
	for i := range list {
		list[i] = Peer{Node: core.NodeID(i), Latency: float64(i)}
	}
	s := rng.New(1, "peers")
	var won [9]float64
	for range times {
		id, _ := Choose(list, &s)
		won[id]++
	}
	for r := range 8 {
		p := float64(7-r) / 28
		if off := math.Abs(won[r] - times*p); off > 5*math.Sqrt(times*p*(1-p)) {
			t.Errorf("the %d. best was chosen %v times, want about %.0f", r, won[r], times*p)
		}
	}
	if won[8] != 0 {
		t.Errorf("the ninth was chosen %v times", won[8])
	}
}

// One needs no draw, none is a failure.
func TestFewToChooseFrom(t *testing.T) {
	s, same := rng.New(1, "peers"), rng.New(1, "peers")
	if id, ok := Choose(nil, &s); ok || id != core.NoNode {
		t.Errorf("of none: %d, %v", id, ok)
	}
	if id, ok := Choose([]Peer{{Node: 3}}, &s); !ok || id != 3 {
		t.Errorf("of one: %d, %v", id, ok)
	}
	if s.Uint64() != same.Uint64() {
		t.Error("the stream has moved")
	}
}

// Spec 30 §11.4 step 4, by hand.
func TestEstimate(t *testing.T) {
	at := func(s int) core.Instant { return core.Instant(s) * core.Instant(time.Second) }
	var e Estimate
	expect := func(s int, want float64) {
		t.Helper()
		if have := e.Effective(at(s)); math.Abs(have-want) > 1e-9 {
			t.Errorf("at %d s: %v ms, want %v", s, have, want)
		}
	}
	expect(0, 50)
	e.Failed(at(10))
	expect(10, 1050)
	e.Answered(100)
	expect(11, 100)
	e.Answered(200)
	expect(11, 120) // 0.2 × 200 + 0.8 × 100
	for range 12 {
		e.Failed(at(20))
	}
	expect(20, 10120)
	expect(79, 10120)
	expect(80+60, 10120) // two minutes: ten are left
	expect(80+120, 9120)
	e.Failed(at(80 + 150)) // in the middle of a minute, which goes on
	expect(80+150, 10120)
	expect(80+180, 9120)
	expect(80+180+3600, 120)
	e.Failed(at(10000)) // a row of its own
	expect(10059, 1120)
	expect(10060, 120)
}
