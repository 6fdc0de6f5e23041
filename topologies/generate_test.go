package topologies

import (
	"math"
	"slices"
	"testing"

	"hypersim/core"
)

func must(t *testing.T) func(*Topology, error) *Topology {
	return func(topo *Topology, err error) *Topology {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return topo
	}
}

func rtts(topo *Topology, a int) []float64 {
	var row []float64
	for b := range topo.N() {
		row = append(row, ms(topo.RTT(a, b)))
	}
	return row
}

func wantRow(t *testing.T, topo *Topology, a int, want ...float64) {
	t.Helper()
	have := rtts(topo, a)
	for i := range want {
		if len(have) != len(want) || math.Abs(have[i]-want[i]) > 1e-5 {
			t.Errorf("%s: RTTs of row %d are %v, want %v", topo.Name, a, have, want)
			return
		}
	}
}

func TestRegularShapes(t *testing.T) {
	shape := Shape{Sites: 5, RTT: millis(20), IntraRTT: millis(1)}
	u := must(t)(Uniform(shape))
	wantRow(t, u, 0, 1, 20, 20, 20, 20)
	r := must(t)(Ring(shape))
	wantRow(t, r, 0, 1, 20, 40, 40, 20)
	wantRow(t, r, 3, 40, 40, 20, 1, 20)
	s := must(t)(Star(shape))
	wantRow(t, s, 0, 1, 20, 20, 20, 20)
	wantRow(t, s, 2, 20, 40, 1, 40, 40)
	if d := must(t)(Uniform(Shape{Sites: 1, RTT: 1})).RTT(0, 0); d != IntraRTTDefault {
		t.Errorf("intra-site RTT %v without one given", d)
	}
}

// The definitions of Serf's coordinate tests, at sizes of chapter 10 §15.3 or smaller.
func TestTruths(t *testing.T) {
	line := must(t)(TruthLine(4, millis(10)))
	wantRow(t, line, 1, 10, 0, 10, 20)
	grid := must(t)(TruthGrid(25, millis(10)))
	if have, want := ms(grid.RTT(0, 24)), 40*math.Sqrt2; math.Abs(have-want) > 1e-5 {
		t.Errorf("grid corner to corner %v, want %v", have, want)
	}
	split := must(t)(TruthSplit(SplitConfig{Nodes: 25, LAN: millis(1), WAN: millis(10)}))
	for b, want := range map[int]float64{1: 1, 12: 1, 13: 11, 24: 11} {
		if have := ms(split.RTT(0, b)); have != want {
			t.Errorf("split: 0 to %d is %v, want %v", b, have, want)
		}
	}
	circle := must(t)(TruthCircle(25, millis(100)))
	if have, want := ms(circle.RTT(1, 2)), 200*math.Sin(math.Pi/25); math.Abs(have-want) > 1e-5 {
		t.Errorf("circle: neighbours are %v apart, want the chord %v", have, want)
	}
	if have := circle.RTT(0, 7); have != millis(200) {
		t.Errorf("circle: centre to rim %v, want two radii", have)
	}
	for _, topo := range []*Topology{line, grid, split, circle} {
		if !topo.PerNode || topo.N() != len(topo.Nodes) || topo.OneWay(1, 1) != 0 {
			t.Errorf("%s is no node matrix", topo.Name)
		}
	}
}

func TestTruthRandomHasItsMoments(t *testing.T) {
	topo := must(t)(TruthRandom(RandomConfig{Nodes: 200, Mean: millis(100), Deviation: millis(10), Seed: 7}))
	var sum, squares float64
	count := 0
	for a := range topo.N() {
		for b := range a {
			v := ms(topo.RTT(a, b))
			sum += v
			squares += v * v
			count++
		}
	}
	mean := sum / float64(count)
	sd := math.Sqrt(squares/float64(count) - mean*mean)
	near(t, "mean", mean, 100, 4*10/math.Sqrt(float64(count)))
	near(t, "standard deviation", sd, 10, 4*10/math.Sqrt(2*float64(count)))
	if slices.Equal(topo.Base, must(t)(TruthRandom(RandomConfig{Nodes: 200, Mean: millis(100), Deviation: millis(10), Seed: 8})).Base) {
		t.Error("another seed, the same matrix")
	}
}

func TestGeometric(t *testing.T) {
	g := GeometricConfig{Sites: 300, SideKM: 4000, PathFactor: 1.5, Seed: 3}
	big := must(t)(Geometric(g))
	g.Sites = 40
	small := must(t)(Geometric(g))
	for a := range 40 {
		for b := range 40 {
			if big.OneWay(a, b) != small.OneWay(a, b) {
				t.Fatal("a larger topology of the same seed must begin with the same sites")
			}
		}
	}
	// The mean distance of two random points of a unit square is (2 + √2 + 5·asinh 1)/15 = 0.5214; 300 points
	// give it within about 3 %.
	var sum float64
	for a := range big.N() {
		for b := range a {
			sum += ms(big.RTT(a, b))
		}
	}
	mean := sum / float64(big.N()*(big.N()-1)/2)
	want := (2 + math.Sqrt2 + 5*math.Asinh(1)) / 15 * 4000 * 2 * 1.5 / 200
	near(t, "mean RTT", mean, want, 0.06*want)
	if d := big.Describe(); d.Triangles.Pairs > 0.001 {
		t.Errorf("%.2f %% of pairs have a faster relay in a plane", 100*d.Triangles.Pairs)
	}
	if big.MinOneWay() < IntraRTTDefault/2 {
		t.Errorf("two sites are %v apart, less than two nodes of one", big.MinOneWay())
	}
}

func TestGeneratorsRefuse(t *testing.T) {
	_, err := Ring(Shape{Sites: 0, RTT: -1, IntraRTT: DelayMax + 1})
	wantLines(t, err, []string{
		"generate.sites: 0, must be 1 to 20000", "generate.rtt: -1ns, must be > 0s and at most 10m0s",
		"intra_rtt: 10m0.000000001s, must be > 0s and at most 10m0s",
	})
	_, err = Geometric(GeometricConfig{Sites: 3, SideKM: math.NaN(), PathFactor: 0.5})
	wantLines(t, err, []string{"generate.side_km: NaN, must be > 0 and at most 20000", "generate.path_factor: 0.5, must be 1 to 100"})
	for _, err := range []error{
		second(TruthLine(-1, 1)), second(TruthGrid(-1, 1)), second(TruthSplit(SplitConfig{Nodes: 3, LAN: 1, WAN: 0})), second(TruthCircle(-1, 1)),
		second(TruthRandom(RandomConfig{Nodes: 2, Mean: 1, Deviation: 0, Seed: 1})), second(TruthRandom(RandomConfig{Nodes: RowsMax + 1, Mean: 1, Deviation: 1, Seed: 1})), second(TruthLine(5, DelayMax)),
	} {
		if err == nil {
			t.Error("a generator took nonsense")
		}
	}
}

func second(_ *Topology, err error) error { return err }

func TestMinOneWayOfSnapshots(t *testing.T) {
	topo := must(t)(TruthLine(3, millis(10)))
	if topo.MinOneWay() != millis(5) {
		t.Errorf("least delay %v; the diagonal of a node matrix does not count", topo.MinOneWay())
	}
	topo.Snapshots = []Snapshot{{At: 1, Base: []core.Duration{0, 7, 7, 7, 0, 7, 7, 7, 0}}}
	if err := topo.Validate(); err != nil || topo.MinOneWay() != 7 {
		t.Errorf("least delay %v, %v", topo.MinOneWay(), err)
	}
}
