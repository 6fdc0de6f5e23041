package vivaldi

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"hypersim/core"
)

// observed is everything about a node that a rejected sample must not touch (I-V2).
type observed struct {
	vec, window []float64
	rest        local
	wire, peer  core.Coord
	rtt         core.Duration
	updated     core.Instant
	records     []uint32
}

func observe(n *Node, slot uint16) observed {
	o := observed{vec: slices.Clone(n.self.vec), window: slices.Clone(n.self.window), rest: n.self, updated: n.updated}
	o.rest.vec, o.rest.window = nil, nil
	n.Coord(&o.wire)
	n.PeerCoord(slot, 0, &o.peer)
	o.rtt, _ = n.FilteredRTT(slot, 0)
	o.records = slices.Clone(n.record(slot))
	return o
}

// warm is a node that has heard and sampled one peer.
func warm(t testing.TB, engine EngineName) (*Node, uint16) {
	n := node(t, func(c *Config) { c.Engine = engine })
	slot, _ := n.Slot(0, 0, 7)
	n.Heard(slot, 0, coordOf(&peerP, 8))
	n.Sample(slot, 0, 100*time.Millisecond)
	return n, slot
}

func TestRejectedSamples(t *testing.T) {
	n, slot := warm(t, "serf")
	before := observe(n, slot)
	// NaN and infinity cannot be said in a Duration; converting them gives the extreme values.
	for i, rtt := range []core.Duration{-1, -time.Second, 10*time.Second + 1, math.MaxInt64, math.MinInt64, core.Seconds(math.Inf(1))} {
		if res := n.Sample(slot, 0, rtt); res.Outcome != OutcomeRejected {
			t.Errorf("%v: %+v", rtt, res)
		}
		if got := n.Counters(); got.RejectedRTT != uint64(i+1) || got.Updates != 1 {
			t.Errorf("%v: counters %+v", rtt, got)
		}
	}
	if after := observe(n, slot); !reflect.DeepEqual(before, after) {
		t.Errorf("state moved:\n%+v\n%+v", before, after)
	}
	for _, rtt := range []core.Duration{0, 10 * time.Second} {
		if res := n.Sample(slot, 0, rtt); res.Outcome != OutcomeUpdated {
			t.Errorf("%v must be legal: %+v", rtt, res)
		}
	}
}

func TestZeroRTTIsAMicrosecond(t *testing.T) {
	for _, e := range []EngineName{EngineSerf, EngineBasic, EngineHyperscale} {
		n := node(t, func(c *Config) { c.Engine = e })
		slot, _ := n.Slot(0, 0, 7)
		if res := n.Sample(slot, 0, 0); res.RTT != time.Microsecond {
			t.Errorf("%s: used %v", e, res.RTT)
		}
		if rtt, known := n.FilteredRTT(slot, 0); !known || rtt != time.Microsecond {
			t.Errorf("%s: filtered %v", e, rtt)
		}
	}
}

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

func TestRejectedCoordinates(t *testing.T) {
	dims := func(c *Counters) *uint64 { return &c.RejectedDims }
	nonFinite := func(c *Counters) *uint64 { return &c.RejectedNonFinite }
	negative := func(c *Counters) *uint64 { return &c.RejectedNegative }
	beyond := func(c *Counters) *uint64 { return &c.RejectedRange }
	for _, v := range []struct {
		name   string
		change func(*core.Coord)
		reason func(*Counters) *uint64
	}{
		{"fewer dimensions", func(c *core.Coord) { c.Dims = 7 }, dims},
		{"more dimensions", func(c *core.Coord) { c.Dims = 12 }, dims},
		{"absurd dimensions", func(c *core.Coord) { c.Dims = 255 }, dims},
		{"component NaN", func(c *core.Coord) { c.Vec[7] = nan }, nonFinite},
		{"component infinite", func(c *core.Coord) { c.Vec[0] = -inf }, nonFinite},
		{"height NaN", func(c *core.Coord) { c.Height = nan }, nonFinite},
		{"height infinite", func(c *core.Coord) { c.Height = inf }, nonFinite},
		{"adjustment NaN", func(c *core.Coord) { c.Adjustment = nan }, nonFinite},
		{"error NaN", func(c *core.Coord) { c.Error = nan }, nonFinite},
		{"error infinite", func(c *core.Coord) { c.Error = inf }, nonFinite},
		{"error_ms NaN", func(c *core.Coord) { c.ErrorMS = nan }, nonFinite},
		{"error_ms infinite", func(c *core.Coord) { c.ErrorMS = inf }, nonFinite},
		{"height negative", func(c *core.Coord) { c.Height = -1e-9 }, negative},
		{"error negative", func(c *core.Coord) { c.Error = -0.1 }, negative},
		{"error_ms negative", func(c *core.Coord) { c.ErrorMS = -1 }, negative},
		{"height too large", func(c *core.Coord) { c.Height = 10.001 }, beyond},
		{"component too large", func(c *core.Coord) { c.Vec[3] = 10.001 }, beyond},
		{"component too negative", func(c *core.Coord) { c.Vec[3] = -10.001 }, beyond},
		{"adjustment too large", func(c *core.Coord) { c.Adjustment = 10.001 }, beyond},
		{"adjustment too negative", func(c *core.Coord) { c.Adjustment = -10.001 }, beyond},
	} {
		n, slot := warm(t, "serf")
		before := observe(n, slot)
		c := coordOf(&peerQ, 8)
		v.change(c)
		if n.Heard(slot, 1e9, c) {
			t.Errorf("%s: accepted", v.name)
		}
		got := n.Counters()
		if *v.reason(&got) != 1 || got.Rejected() != 1 {
			t.Errorf("%s: counters %+v", v.name, got)
		}
		if after := observe(n, slot); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: state moved", v.name)
		}
	}
	n, slot := warm(t, "serf")
	c := coordOf(&peerQ, 8)
	c.Height, c.Adjustment, c.Vec[0], c.Error, c.ErrorMS = 10, -10, -10, 0, 0
	c.Vec[11] = nan // beyond the dimensions, no part of the coordinate
	if !n.Heard(slot, 0, c) {
		t.Error("the limits themselves are legal")
	}
	if n.Heard(slot, 0, &core.Coord{}) || n.Heard(slot, 0, nil) || n.counters.Rejected() != 0 {
		t.Error("an absent coordinate is nothing, and no rejection")
	}
}

// TestHearingNeverMoves is the second half of I-V2: only an own sample moves the coordinate.
func TestHearingNeverMoves(t *testing.T) {
	n, slot := warm(t, "serf")
	before := observe(n, slot)
	n.Heard(slot, 5e9, coordOf(&peerQ, 8))
	after := observe(n, slot)
	if !slices.Equal(before.vec, after.vec) || before.wire != after.wire || before.rest.samples != after.rest.samples {
		t.Error("the local coordinate moved")
	}
	if after.peer != *coordOf(&peerQ, 8) {
		t.Errorf("stored %+v", after.peer)
	}
}

// TestCoordinateIsFloat32Rounded is I-V5 as far as it lies here: what is sent is the rounding of what is
// held, and arrives unchanged.
func TestCoordinateIsFloat32Rounded(t *testing.T) {
	n, _ := warm(t, "serf")
	var sent, got core.Coord
	n.Coord(&sent)
	s := &n.self
	want := core.Coord{Height: float32(s.height), Adjustment: float32(s.adj), Error: float32(s.err), ErrorMS: float32(s.errMS), Samples: 1, Dims: 8}
	for i, x := range s.vec {
		want.Vec[i] = float32(x)
	}
	if sent != want {
		t.Errorf("sent %+v, want %+v", sent, want)
	}
	other := node(t, nil)
	slot, _ := other.Slot(0, 0, 1)
	other.Heard(slot, 2e9, &sent)
	age, ok := other.PeerCoord(slot, 5e9, &got)
	if !ok || got != sent || age < 3*time.Second-2*time.Millisecond || age > 3*time.Second+2*time.Millisecond {
		t.Errorf("arrived %+v after %v", got, age)
	}
}

func TestSampleCountSaturatesOnTheWire(t *testing.T) {
	n, slot := warm(t, "serf")
	n.self.samples = 70_000
	n.Sample(slot, 0, time.Millisecond)
	var c core.Coord
	n.Coord(&c)
	if c.Samples != 65535 || n.Samples() != 70_001 {
		t.Errorf("%d on the wire, %d held", c.Samples, n.Samples())
	}
}

// TestNobodyKeepsWhatPeersRefuse holds a node to its peers' measure (ADR 0051). Two nodes lie 10 µs apart, one of them is slow, so
// that an answer takes 7 s. The height step divides by those 10 µs and throws the node some thousand seconds high; gravity, which grows with
// the square, then throws it out of ±10 s, where nobody takes its coordinate any more (§11.3).
func TestNobodyKeepsWhatPeersRefuse(t *testing.T) {
	for _, e := range []EngineName{EngineSerf, EngineBasic} {
		n := node(t, func(c *Config) { c.Engine = e })
		slot, _ := n.Slot(0, 0, 7)
		n.Heard(slot, 0, &core.Coord{Dims: 8, Vec: [core.MaxDims]float32{1e-5}, Height: 0.02, Error: 1.5, ErrorMS: 100, Samples: 20})
		if res := n.Sample(slot, 0, 7*time.Second); res.Outcome != OutcomeReset || n.Counters().Resets != 1 {
			t.Errorf("%s: %+v, %+v", e, res, n.self)
		}
		if bad := n.Validate(0); bad != nil {
			t.Errorf("%s: %v", e, bad)
		}
		var c core.Coord
		n.Coord(&c)
		other := node(t, nil)
		slot, _ = other.Slot(0, 0, 1)
		if !other.Heard(slot, 0, &c) {
			t.Errorf("%s: refused: %+v", e, c)
		}
	}
}

func TestNonFiniteResets(t *testing.T) {
	for _, e := range []EngineName{EngineSerf, EngineBasic, EngineHyperscale} {
		for _, poison := range []float64{math.NaN(), math.Inf(1), 1e300} { // the last overflows float32 only
			n, slot := warm(t, e)
			n.self.vec[2] = poison
			if res := n.Sample(slot, 1e9, 50*time.Millisecond); res.Outcome != OutcomeReset {
				t.Errorf("%s, %v: %+v", e, poison, res)
			}
			fresh := node(t, func(c *Config) { c.Engine = e })
			if !slices.Equal(n.self.vec, fresh.self.vec) || n.wire != fresh.wire || n.Samples() != 0 || n.Counters().Resets != 1 {
				t.Errorf("%s, %v: not the initial coordinate", e, poison)
			}
			if bad := n.Validate(1e9); bad != nil {
				t.Error(bad)
			}
		}
	}
}
