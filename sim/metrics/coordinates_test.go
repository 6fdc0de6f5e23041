package metrics

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"

	"pgregory.net/rapid"
)

// machines is a Probe with fixed answers.
type machines struct {
	coords map[core.NodeID]core.Coord
	queue  map[core.NodeID]int
	memory int64
}

func (m machines) Coord(n core.NodeID, c *core.Coord) (ok bool) {
	*c, ok = m.coords[n]
	return ok
}
func (m machines) JobTables(core.NodeID, func(string, int)) {}

func (m machines) QueueLen(n core.NodeID) int { return m.queue[n] }
func (m machines) MemoryBytes() int64         { return m.memory }

// Three nodes on a line at 0, 30 and 40 ms, heights 0, true RTTs 25, 50 and 10 ms: relative errors 0.2,
// 0.2 and 0; error_ms 1 at each node makes sigma 2 and the bound 4 ms above the estimate.
func TestCoordinates(t *testing.T) {
	place := func(x float32, samples uint16) core.Coord {
		return core.Coord{Vec: [core.MaxDims]float32{x}, ErrorMS: 1, Samples: samples, Dims: 8}
	}
	s := flat(t, 4, func(c *Context) {
		c.Nodes[2].Site, c.Nodes[2].SiteIndex = "b", 1
		c.Nodes[3].Late = true
		c.TrueRTT = func(a, b core.NodeID, _ core.Instant) core.Duration {
			return map[core.NodeID]core.Duration{1: 25, 2: 50, 3: 10}[a+b] * time.Millisecond // 0–1, 0–2, 1–2
		}
	})
	m := machines{coords: map[core.NodeID]core.Coord{0: place(0, 20), 1: place(0.03, 5), 2: place(0.04, 20)}, queue: map[core.NodeID]int{0: 4}, memory: 600}
	s.rec.Sample(at(1), m)
	s.end(2)
	near := func(m words.Metric, want []float64, where ...string) {
		t.Helper()
		have := s.values(m, where...)
		for i := range have {
			have[i] = math.Round(have[i]*1e5) / 1e5
		}
		if !slices.Equal(have, want) {
			t.Errorf("%v%v: have %v, want %v", m, where, have, want)
		}
	}
	near(words.CoordinateError, []float64{0.2}, "link", "intra", "site_a", "a", "site_b", "a")
	near(words.CoordinateError, []float64{0, 0.2}, "link", "inter", "roles", "manager-manager")
	near(words.CoordinateErrorMS, []float64{0, 10}, "link", "inter")
	near(words.RTTUCBCoverage, []float64{0.66667})                  // 34 ≥ 25, 44 < 50, 14 ≥ 10
	near(words.RTTUCBRatio, []float64{0.88, 1.4}, "link", "inter")  // 44/50, 14/10
	near(words.CoordinateQuality, []float64{0.5, 1})                // 5 of 10 samples
	near(words.CoordinateRank, []float64{1})                        // a line
	near(words.CoordinateSettle, []float64{1}, "threshold", "0.25") // the median is 0.2
	near(words.CoordinateSettle, nil, "threshold", "0.15")
	near(words.QueueDepth, []float64{0, 4})
	near(words.MemoryPerPair, []float64{100}) // three nodes hold two records each
}

// newcomer_error is measured anew for each process, also for one that came back between two samples.
func TestNewcomerAgain(t *testing.T) {
	s := flat(t, 3, func(c *Context) {
		c.Nodes[2].Late = true
		c.TrueRTT = func(a, b core.NodeID, _ core.Instant) core.Duration { return 50 * time.Millisecond }
	})
	m := machines{coords: map[core.NodeID]core.Coord{}}
	sample := func(sec float64, x float32, samples uint16) {
		for n := range core.NodeID(2) {
			m.coords[n] = core.Coord{Dims: 8, Samples: 100}
		}
		m.coords[2] = core.Coord{Dims: 8, Samples: samples, Vec: [core.MaxDims]float32{x}}
		s.rec.Sample(at(sec), m)
	}
	s.truth(1, trace.KindStart, 2)
	sample(2, 0.025, 5)
	sample(3, 0.04, 25)
	s.truth(3.25, trace.KindCrash, 2)
	s.truth(3.5, trace.KindStart, 2)
	sample(4, 0, 4)
	sample(5, 0.045, 6)
	s.end(6)
	round := func(v []float64) (out []float64) {
		for _, x := range v {
			out = append(out, math.Round(x*100)/100)
		}
		return out
	}
	if have := round(s.values(words.NewcomerError, "samples", "5")); !slices.Equal(have, []float64{0.5, 0.1}) {
		t.Errorf("after 5 samples: %v", have)
	}
	if have := round(s.values(words.NewcomerError, "samples", "20")); !slices.Equal(have, []float64{0.2}) {
		t.Errorf("after 20 samples: %v", have)
	}
}

// The kept quantiles are the nearest ranks k/n, so that percentiles of whole per cents are exact.
func TestQuantiles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(0, 9), 1, 500).Draw(rt, "v")
		all := make([]Value, len(v))
		for i := range v {
			all[i] = Value{float64(float32(v[i])), 1}
		}
		SortValues(all)
		q := quantiles(v, 100)
		row := CoordRow{Pairs: int32(len(v)), Rel: q}
		var kept []Value
		total := 0.0
		(&Result{}).eachPair(words.CoordinateError, &row, 0, func(o *Observation) {
			kept = append(kept, Value{o.Value, float64(o.Weight)})
			total += float64(o.Weight)
		})
		if total != float64(len(v)) {
			rt.Fatalf("weights sum to %v, want %d", total, len(v))
		}
		for _, p := range []float64{1, 25, 50, 90, 99, 100} {
			if have, want := Percentile(kept, p), Percentile(all, p); have != want {
				rt.Fatalf("p%v = %v, want %v", p, have, want)
			}
		}
	})
}

// Principal axes: points on a plane have two, on a cube three, all equal none.
func TestRank(t *testing.T) {
	for want, points := range map[int][][3]float32{
		-1: {{1, 1, 1}, {1, 1, 1}},
		1:  {{0, 0, 0}, {1, 1, 1}, {2, 2, 2}},
		2:  {{0, 0, 0}, {1, 1, 0}, {1, -1, 0}, {2, 0, 0}},
		3:  {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 0}},
	} {
		c := coordinates{}
		for _, p := range points {
			c.have = append(c.have, true)
			c.coords = append(c.coords, core.Coord{Dims: 8, Vec: [core.MaxDims]float32{p[0], p[1], p[2]}})
		}
		if have := c.rank(); have != want {
			t.Errorf("%v: rank %d, want %d", points, have, want)
		}
	}
}

// Above PairsAll the pairs are drawn: as many as PairsMax, the same for the same seed, never a node with itself.
func TestDrawnPairs(t *testing.T) {
	build := func(seed uint64) []measured {
		c := Context{Nodes: make([]Node, 300), Seed: seed, SampleEvery: 1, Flat: true, TrueRTT: func(a, b core.NodeID, _ core.Instant) core.Duration { return 1 }}
		for i := range c.Nodes {
			c.Nodes[i] = Node{ID: core.NodeID(i), Key: rng.Key(strconv.Itoa(i)), Group: 1, Role: core.RoleGate}
		}
		return New(c).coords.pairs
	}
	a, b, c := build(1), build(1), build(2)
	if len(a) != 5000 || !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Errorf("%d pairs; same seed equal %v; other seed equal %v", len(a), slices.Equal(a, b), slices.Equal(a, c))
	}
	seen := map[[2]core.NodeID]bool{}
	for _, p := range a {
		if p.a >= p.b || seen[[2]core.NodeID{p.a, p.b}] {
			t.Fatalf("pair %v", p)
		}
		seen[[2]core.NodeID{p.a, p.b}] = true
	}
}

// A node more takes part in pairs of its own and parts a few neighbours; it moves none of the other pairs.
func TestAnotherNodeMovesFewPairs(t *testing.T) {
	build := func(n, skip int) map[string]bool {
		c := Context{Seed: 1, SampleEvery: 1, Flat: true, TrueRTT: func(a, b core.NodeID, _ core.Instant) core.Duration { return 1 }}
		for i := range n {
			if i != skip {
				name := strconv.Itoa(i)
				c.Nodes = append(c.Nodes, Node{ID: core.NodeID(len(c.Nodes)), Name: name, Key: rng.Key(name), Group: 1, Role: core.RoleGate})
			}
		}
		pairs := map[string]bool{}
		for _, p := range New(c).coords.pairs {
			a, b := c.Nodes[p.a].Name, c.Nodes[p.b].Name
			pairs[min(a, b)+" "+max(a, b)] = true
		}
		return pairs
	}
	without, with := build(400, 7), build(400, -1)
	kept := 0
	for p := range without {
		if with[p] {
			kept++
		}
	}
	// 5,000 pairs are up to 13 places apart: the newcomer has 26 and parts 78 others.
	if kept < len(without)-120 {
		t.Errorf("%d of %d pairs are still measured with another node", kept, len(without))
	}
}
