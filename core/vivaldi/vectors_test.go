package vivaldi

import (
	"fmt"
	"math"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
)

// The vectors of spec 10 §14. Peers are given to the engine as float64, because the vectors were
// computed from unrounded values; the path over float32 records is compared in TestVectorsOverRecords.

func testStream() rng.Stream { return rng.New(1, "vivaldi.test") }

func node(t testing.TB, change func(*Config)) *Node {
	t.Helper()
	cfg := Default()
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	var n Node
	n.Init(&cfg, testStream())
	return &n
}

func near(t *testing.T, what string, have, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(have-want) <= tolerance) {
		t.Errorf("%s: have %.12g, want %.12g ± %g", what, have, want, tolerance)
	}
}

type state struct{ x0, x1, x2, height, adj, err, errMS float64 }

func checkState(t *testing.T, step string, n *Node, want state, tolerance float64) {
	t.Helper()
	s := &n.self
	near(t, step+" x0", s.vec[0], want.x0, tolerance)
	near(t, step+" x1", s.vec[1], want.x1, tolerance)
	near(t, step+" x2", s.vec[2], want.x2, tolerance)
	near(t, step+" height", s.height, want.height, tolerance)
	near(t, step+" adjustment", s.adj, want.adj, tolerance)
	near(t, step+" error", s.err, want.err, tolerance)
	near(t, step+" error_ms", s.errMS, want.errMS, 1e3*tolerance)
	for i, x := range s.vec[3:] {
		near(t, fmt.Sprintf("%s x%d", step, i+3), x, 0, 0)
	}
}

var (
	peerP = point{vec: vector{0.03, 0.04}, height: 1e-5, err: 1.5}
	peerQ = point{vec: vector{0, 0, -0.02}, height: 0.005, adj: 0.001, err: 0.2}
)

// serfSteps are the four steps of the table; printed with nine decimals (error_ms with six).
var serfSteps = []struct {
	peer *point
	rtt  core.Duration
	used core.Duration // after the median
	want state
}{
	{&peerP, 100 * time.Millisecond, 100 * time.Millisecond, state{-0.003748499, -0.004997998, 0, 0.000012499, 0.001093250, 1.374975, 93.7475}},
	{&peerP, 100 * time.Millisecond, 100 * time.Millisecond, state{-0.006807188, -0.009076251, 0, 0.000014538, 0.002059004, 1.261555618, 87.636490}},
	{&peerP, 900 * time.Millisecond, 100 * time.Millisecond, state{-0.009313187, -0.012417583, 0, 0.000016209, 0.002920298, 1.159243968, 81.804472}},
	{&peerQ, 40 * time.Millisecond, 40 * time.Millisecond, state{-0.009763932, -0.013018576, 0.000967992, 0.000258991, 0.003125275, 0.942708850, 65.587860}},
}

func TestVectorsSerf(t *testing.T) {
	n := node(t, nil)
	for i, s := range serfSteps {
		if i == 0 || i == 3 {
			d := map[int]float64{0: 0.050020, 3: 0.034253138}[i]
			rel := map[int]float64{0: 0.499800, 3: 0.143671540}[i]
			w := map[int]float64{0: 0.5, 3: 0.852859380}[i]
			r := s.used.Seconds()
			have := n.estimate(s.peer) / 1000
			near(t, "d", have, d, 1e-9)
			near(t, "ε", math.Abs(have-r)/r, rel, 1e-7/7) // follows from d, printed to 1e-9
			near(t, "w", weight(n.self.err, s.peer.err), w, 1e-9)
		}
		n.apply(s.peer, 0, s.used)
		checkState(t, fmt.Sprintf("step %d", i+1), n, s.want, 1e-9)
	}
	near(t, "estimate to p, ms", n.estimate(&peerP), 69.674555, 1e-6)
	near(t, "estimate to q, ms", n.estimate(&peerQ), 35.926202, 1e-6)
}

func coordOf(p *point, dims int) *core.Coord {
	c := &core.Coord{
		Dims: uint8(dims), Height: float32(p.height), Adjustment: float32(p.adj),
		Error: float32(p.err), ErrorMS: 10, Samples: 20,
	}
	for i := range dims {
		c.Vec[i] = float32(p.vec[i])
	}
	return c
}

// TestVectorsOverRecords takes the way of a datagram: Slot, Heard, Sample, with the median hiding the
// 0.9 s of step 3. Peers are rounded to float32 there: 0.04 moves by at most 2e-9, so the result does too,
// times a gain below 1 per step and 1000 for ms.
func TestVectorsOverRecords(t *testing.T) {
	n := node(t, nil)
	slots := map[*point]uint16{}
	for i, s := range serfSteps {
		id := core.NodeID(1)
		if s.peer == &peerQ {
			id = 2
		}
		slot, evicted := n.Slot(0, slots[s.peer], id)
		if evicted != core.NoNode {
			t.Fatalf("evicted %d", evicted)
		}
		slots[s.peer] = slot
		if !n.Heard(slot, 0, coordOf(s.peer, 8)) {
			t.Fatal("coordinate refused")
		}
		res := n.Sample(slot, 0, s.rtt)
		if res.Outcome != OutcomeUpdated || res.RTT != s.used {
			t.Fatalf("step %d: %+v, want %v", i+1, res, s.used)
		}
		checkState(t, fmt.Sprintf("step %d", i+1), n, s.want, 3e-8)
	}
}

func TestVectorsCoincidentStart(t *testing.T) {
	// The direction cannot be forced from outside; the state has to be the vector's after turning the
	// position onto +x₀, since every step depends on lengths only.
	for seed := range uint64(20) {
		n := node(t, nil)
		n.stream = rng.New(seed, "vivaldi.test")
		n.apply(&point{height: 1e-5, err: 1.5}, 0, 50*time.Millisecond)
		sum := 0.0
		for _, x := range n.self.vec {
			sum += x * x
		}
		near(t, "‖x‖", math.Sqrt(sum), 0.006247498, 1e-9)
		near(t, "height", n.self.height, 1e-5, 0)
		near(t, "adjustment", n.self.adj, 0.001093313, 1e-9)
		near(t, "error", n.self.err, 1.437450, 1e-9)
		near(t, "error_ms", n.self.errMS, 93.7475, 1e-9)
	}
}

func TestVectorsNegativeGuard(t *testing.T) {
	a := core.Coord{Dims: 8, Height: 1e-5, Adjustment: -0.01}
	near(t, "estimate, s", EstimateRTTms(&a, &a)/1000, 2e-5, 1e-12)
	n := node(t, nil)
	n.self.adj = -0.01
	near(t, "estimate of a node, s", n.estimate(&point{height: 1e-5, adj: -0.01})/1000, 2e-5, 1e-18)
}

func TestVectorsHyperscale(t *testing.T) {
	n := node(t, func(c *Config) { c.Engine = "hyperscale" })
	p := point{vec: vector{0.03, 0.04}, err: 1}
	n.apply(&p, 0, 100*time.Millisecond)
	checkState(t, "step 1", n, state{-0.0037125, -0.00495, 0, 0.0015625, 0.0025, 0.7625, 762.5}, 1e-9)
	n.apply(&p, 0, 100*time.Millisecond)
	checkState(t, "step 2", n, state{-0.006229101, -0.008305468, 0, 0.002637301, 0.0044875, 0.5818125, 581.8125}, 1e-9)

	a := core.Coord{Dims: 8, Error: 0.05, ErrorMS: 50}
	b := a
	b.Vec[0] = 0.0005
	near(t, "UCB at the error floor", EstimateUCBms(&a, &b, n.cfg), 200.5, 1e-6) // 0.0005 in float32
}

func TestVectorsLatencyFilter(t *testing.T) {
	in := []int{201, 200, 207, 1900, 203, 199, 211}
	want := []int{201, 201, 201, 207, 207, 203, 203}
	n := node(t, nil)
	slot, _ := n.Slot(0, 0, 7)
	for i := range in {
		now := core.Instant(i) * 1e9
		res := n.Sample(slot, now, core.Duration(in[i])*time.Millisecond)
		have, known := n.FilteredRTT(slot, now)
		if w := core.Duration(want[i]) * time.Millisecond; !known || have != w || res.RTT != w || res.Outcome != OutcomeFiltered {
			t.Errorf("sample %d: have %v and %+v, want %v", i, have, res, w)
		}
	}
}

func TestVectorsUCB(t *testing.T) {
	cfg := Default()
	for _, v := range []struct{ estimate, a, b, want float64 }{
		{0.5, 0.2, 0.2, 2.5}, {0.5, 3, 4, 14.5}, {80, 5, 7.5, 105}, {150, 300, 400, 1150}, {9999, 400, 400, 10000},
	} {
		near(t, fmt.Sprint(v), coordUCB(&cfg, v.estimate, v.a+v.b), v.want, 1e-9)
		a := core.Coord{Dims: 8, ErrorMS: float32(v.a)}
		b := core.Coord{Dims: 8, ErrorMS: float32(v.b)}
		b.Vec[3] = float32(v.estimate / 1000)
		near(t, fmt.Sprint("over coordinates ", v), EstimateUCBms(&a, &b, &cfg), v.want, 1e-4) // float32 of 9.999 s
	}
	some := core.Coord{Dims: 8}
	for _, v := range [][2]*core.Coord{{nil, &some}, {&some, nil}, {nil, nil}, {&some, {}}, {&some, {Dims: 7}}} {
		near(t, "missing", EstimateUCBms(v[0], v[1], &cfg), 200, 0)
	}

	n := node(t, nil)
	slot, _ := n.Slot(0, 0, 7)
	if _, known := n.RTTUCBms(slot, 0, SourceMeasured); known {
		t.Error("a bound without a sample or a coordinate")
	}
	for _, us := range []int{500, 600, 500} {
		n.Sample(slot, 0, core.Duration(us)*time.Microsecond)
	}
	have, known := n.RTTUCBms(slot, 0, SourceMeasured)
	near(t, "measured", have, 2.5, 1e-9)
	if _, byCoord := n.RTTUCBms(slot, 0, SourceCoordinate); !known || byCoord {
		t.Error("measured must be known, coordinate not")
	}
}

func TestVectorsQuality(t *testing.T) {
	cfg := Default()
	for _, v := range []struct {
		samples uint32
		errMS   float64
		age     int
		want    float64
	}{{0, 100, 0, 0}, {5, 10, 0, 0.5}, {10, 20, 0, 1}, {10, 40, 0, 0.5}, {50, 5, 600, 0.5}, {50, 40, 450, 1.0 / 3}, {100, 0, 0, 1}} {
		near(t, fmt.Sprint(v), CoordinateQuality(v.samples, v.errMS, core.Duration(v.age)*time.Second, &cfg), v.want, 1e-9)
	}
}
