package vivaldi

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

// drawFloat32 favours what breaks things.
func drawFloat32(t *rapid.T, name string) float32 {
	if rapid.IntRange(0, 9).Draw(t, name+" kind") == 0 {
		return rapid.SampledFrom([]float32{nan, inf, -inf, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, 10, -10, 11}).Draw(t, name)
	}
	return rapid.Float32Range(-0.5, 0.5).Draw(t, name)
}

func drawCoord(t *rapid.T, dims int) core.Coord {
	c := core.Coord{Dims: uint8(dims), Samples: rapid.Uint16().Draw(t, "samples")}
	if rapid.IntRange(0, 20).Draw(t, "other dims") == 0 {
		c.Dims = rapid.Uint8().Draw(t, "dims")
	}
	for i := range dims {
		c.Vec[i] = drawFloat32(t, "vec")
	}
	if rapid.IntRange(0, 3).Draw(t, "near the origin") == 0 {
		c.Vec = [core.MaxDims]float32{}
	}
	c.Height, c.Adjustment = drawFloat32(t, "height"), drawFloat32(t, "adjustment")
	if c.Height < 0 && rapid.Bool().Draw(t, "fix height") {
		c.Height = -c.Height
	}
	c.Error = rapid.SampledFrom([]float32{0, 0.01, 0.3, 1.5, 1e30, -1, nan}).Draw(t, "error")
	c.ErrorMS = rapid.SampledFrom([]float32{0, 1, 100, 1e30, -1, inf}).Draw(t, "error_ms")
	return c
}

// TestInvariants feeds random, partly poisoned coordinates and samples, and checks I-V1, I-V2 and I-V4
// after every step and I-V3 for the bounds.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Default()
		cfg.Engine = rapid.SampledFrom([]EngineName{EngineSerf, EngineBasic, EngineHyperscale}).Draw(t, "engine")
		cfg.Dimensions = rapid.SampledFrom([]int{1, 2, 8, 12}).Draw(t, "dimensions")
		cfg.LatencyFilter = rapid.IntRange(1, 5).Draw(t, "filter")
		cfg.AdjustmentWindow = rapid.SampledFrom([]int{0, 1, 20}).Draw(t, "window")
		var n Node
		n.Init(&cfg, testStream())
		var slots [4]uint16
		now := core.Instant(0)
		accepted := uint32(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += core.Instant(rapid.Int64Range(0, 100e9).Draw(t, "wait"))
			k := rapid.IntRange(0, 3).Draw(t, "peer")
			slots[k], _ = n.Slot(now, slots[k], core.NodeID(k))
			c := drawCoord(t, cfg.Dimensions)
			held := slices.Clone(n.self.vec)
			n.Heard(slots[k], now, &c)
			rtt := core.Duration(rapid.Int64Range(0, 1e9).Draw(t, "rtt"))
			if rapid.IntRange(0, 9).Draw(t, "odd rtt") == 0 {
				rtt = rapid.SampledFrom([]core.Duration{-1, 0, 10 * time.Second, 11 * time.Second, math.MaxInt64}).Draw(t, "rtt odd")
			}
			if !slices.Equal(held, n.self.vec) {
				t.Fatal("hearing moved the coordinate")
			}
			switch res := n.Sample(slots[k], now, rtt); res.Outcome {
			case OutcomeUpdated:
				accepted++
			case OutcomeReset:
				accepted = 0
			default:
				if !slices.Equal(held, n.self.vec) {
					t.Fatalf("%+v moved the coordinate", res)
				}
			}
			if n.Samples() != accepted {
				t.Fatalf("sample_count %d, accepted since the last reset %d", n.Samples(), accepted)
			}
			if want := n.Error() <= 0.5 && accepted >= 10; n.IsConverged() != want {
				t.Fatalf("is_converged %v", n.IsConverged())
			}
			checkBounded(t, &n)
			checkEstimates(t, &n, slots[k], now)
		}
	})
}

// checkBounded is I-V1.
func checkBounded(t *rapid.T, n *Node) {
	s := &n.self
	lo, hi := n.cfg.ErrorMin, n.cfg.ErrorMax
	if n.engine == engineHyperscale {
		lo, hi = seconds(n.cfg.HyperErrorMin), seconds(n.cfg.HyperErrorMax)
	}
	for _, v := range append(slices.Clone(s.vec), s.height, s.adj) {
		if float32(math.Abs(v)) > float32(n.rttMax) {
			t.Fatalf("no peer takes it: %+v", s)
		}
	}
	for _, v := range append(slices.Clone(s.vec), s.height, s.adj, s.err, s.errMS) {
		if math.IsNaN(v) || math.IsInf(v, 0) || math.IsInf(float64(float32(v)), 0) {
			t.Fatalf("not finite: %+v", s)
		}
	}
	if s.height < n.heightMin || s.err < lo || s.err > hi || s.errMS < 0 {
		t.Fatalf("out of bounds: %+v", s)
	}
}

// checkEstimates is I-V3 for one peer.
func checkEstimates(t *rapid.T, n *Node, slot uint16, now core.Instant) {
	var own, peer core.Coord
	n.Coord(&own)
	_, ok := n.PeerCoord(slot, now, &peer)
	if ok {
		estimate := EstimateRTTms(&own, &peer)
		bound := EstimateUCBms(&own, &peer, n.cfg)
		if bound < 1 || bound > 10_000 || bound < min(estimate, 10_000) || estimate < 0 {
			t.Fatalf("bound %v of estimate %v", bound, estimate)
		}
		more := peer
		more.ErrorMS++
		if EstimateUCBms(&own, &more, n.cfg) < bound {
			t.Fatal("the bound fell with a growing error")
		}
		more = own
		more.ErrorMS++
		if EstimateUCBms(&more, &peer, n.cfg) < bound {
			t.Fatal("the bound fell with a growing error")
		}
		// Sums in the other order differ in the last bits of their terms. Where adjustments cancel the
		// distance to almost nothing, those bits decide which branch of step 1 counts.
		slack := 1e-12 * 1000 * float64(1+own.Height+peer.Height)
		if back := EstimateRTTms(&peer, &own); math.Abs(back-estimate) > slack && min(back, estimate) > slack {
			t.Fatal("not symmetric")
		}
	}
	for _, source := range []Source{SourceMeasured, SourceCoordinate} {
		if bound, known := n.RTTUCBms(slot, now, source); known && (bound < 1 || bound > 10_000) {
			t.Fatalf("bound %v", bound)
		}
	}
	q, known := n.Quality(slot, now)
	if q < 0 || q > 1 || math.IsNaN(q) || !known && q != 0 {
		t.Fatalf("quality %v", q)
	}
	if q = n.LocalQuality(now); q < 0 || q > 1 || math.IsNaN(q) {
		t.Fatalf("local quality %v", q)
	}
}

// naive is the peer cache and filter as one would write them without counting bytes.
type naive struct {
	id      core.NodeID
	slot    uint16
	coord   *core.Coord
	coordAt core.Instant
	at      []core.Instant // oldest first
	rtt     []core.Duration
}

func (p *naive) filtered(now core.Instant, ttl core.Duration) (core.Duration, bool) {
	var fresh []core.Duration
	for i, at := range p.at {
		if now.Sub(at) <= ttl {
			fresh = append(fresh, p.rtt[i])
		}
	}
	if fresh == nil {
		return 0, false
	}
	slices.Sort(fresh)
	return fresh[len(fresh)/2], true
}

// TestPeersAgainstModel compares slots, order of eviction, filters and sweeps with the naive model. All
// times are multiples of 2^26 ns, where the packed ages are exact.
func TestPeersAgainstModel(t *testing.T) {
	const unit = core.Instant(1) << ageShift
	rapid.Check(t, func(t *rapid.T) {
		cfg := Default()
		cfg.Peers = rapid.IntRange(1, 40).Draw(t, "peers")
		cfg.LatencyFilter = rapid.IntRange(1, 5).Draw(t, "filter")
		cfg.Dimensions = rapid.IntRange(1, 12).Draw(t, "dims")
		cfg.CoordTTL = core.Duration(unit) * 50
		var n Node
		n.Init(&cfg, testStream())
		var model []*naive // most recently heard first
		now := unit * core.Instant(rapid.Int64Range(-100, 100).Draw(t, "start"))
		find := func(id core.NodeID) int {
			return slices.IndexFunc(model, func(p *naive) bool { return p.id == id })
		}
		for range rapid.IntRange(1, 150).Draw(t, "steps") {
			now += unit * core.Instant(rapid.Int64Range(0, 12).Draw(t, "wait"))
			id := core.NodeID(rapid.Uint32Range(0, 60).Draw(t, "id"))
			i := find(id)
			switch rapid.IntRange(0, 9).Draw(t, "op") {
			case 0:
				if i >= 0 {
					n.Forget(model[i].slot)
					model = slices.Delete(model, i, i+1)
				}
			case 1:
				var gone []core.NodeID
				count := n.Sweep(now, func(p core.NodeID) { gone = append(gone, p) })
				var want []core.NodeID
				for len(model) > 0 { // from the least recently heard, up to the first of whom something is left
					p := model[len(model)-1]
					_, fresh := p.filtered(now, cfg.CoordTTL)
					if fresh || p.coord != nil && now.Sub(p.coordAt) <= cfg.CoordTTL {
						break
					}
					want = append(want, p.id)
					model = model[:len(model)-1]
				}
				slices.Sort(gone)
				slices.Sort(want)
				if !slices.Equal(gone, want) || count != len(want) {
					t.Fatalf("swept %v, want %v", gone, want)
				}
			default:
				var p *naive
				if i >= 0 {
					p = model[i]
					model = slices.Delete(model, i, i+1)
				} else {
					p = &naive{id: id}
				}
				slot, evicted := n.Slot(now, p.slot, id)
				want := core.NoNode
				if i < 0 && len(model) == cfg.Peers {
					want = model[len(model)-1].id
					model = model[:len(model)-1]
				}
				if evicted != want || slot == 0 || i >= 0 && slot != p.slot {
					t.Fatalf("slot %d evicting %d, want %d", slot, evicted, want)
				}
				p.slot = slot
				model = slices.Insert(model, 0, p)
				if rapid.Bool().Draw(t, "coordinate") {
					c := core.Coord{Dims: uint8(cfg.Dimensions), Samples: uint16(min(id, samplesMax)), Height: 0.01}
					c.Vec[0] = float32(id) / 100
					p.coord, p.coordAt = &c, now
					n.Heard(slot, now, &c)
				}
				if rapid.Bool().Draw(t, "sample") {
					rtt := core.Duration(rapid.Int64Range(250, 1e8).Draw(t, "rtt")) * 4
					p.at, p.rtt = append(p.at, now), append(p.rtt, rtt)
					if over := len(p.at) - cfg.LatencyFilter; over > 0 {
						p.at, p.rtt = p.at[over:], p.rtt[over:]
					}
					n.Sample(slot, now, rtt)
				}
			}
			if bad := slices.DeleteFunc(n.Validate(now), func(s string) bool { return s[:5] != "peers" }); len(bad) > 0 || n.PeerCount() != len(model) {
				t.Fatalf("%d peers, want %d; %v", n.PeerCount(), len(model), bad)
			}
			for _, p := range model {
				have, known := n.FilteredRTT(p.slot, now)
				want, fresh := p.filtered(now, cfg.CoordTTL)
				if have != want || known != fresh {
					t.Fatalf("peer %d: filtered %v %v, want %v %v", p.id, have, known, want, fresh)
				}
				var c core.Coord
				age, ok := n.PeerCoord(p.slot, now, &c)
				if ok != (p.coord != nil) || ok && (c != *p.coord || age != now.Sub(p.coordAt)) {
					t.Fatalf("peer %d: coordinate %+v %v %v, want %+v", p.id, c, age, ok, p.coord)
				}
			}
		}
	})
}
