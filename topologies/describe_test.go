package topologies

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"hypersim/core"
)

func near(t *testing.T, what string, have, want, tolerance float64) {
	t.Helper()
	if math.Abs(have-want) > tolerance {
		t.Errorf("%s is %v, want %v ± %v", what, have, want, tolerance)
	}
}

// A figure of the published description of the data, with the tolerance that its last digit leaves.
type published struct {
	what            string
	have            func(d *Description) float64
	want, tolerance float64
}

func p1(d *Description) float64       { return d.RTT.P1 }
func p25(d *Description) float64      { return d.RTT.P25 }
func p50(d *Description) float64      { return d.RTT.P50 }
func p75(d *Description) float64      { return d.RTT.P75 }
func p90(d *Description) float64      { return d.RTT.P90 }
func p99(d *Description) float64      { return d.RTT.P99 }
func least(d *Description) float64    { return d.RTT.Min }
func greatest(d *Description) float64 { return d.RTT.Max }
func relayed(d *Description) float64  { return 100 * d.Triangles.Pairs }
func twice(d *Description) float64    { return 100 * d.Triangles.PairsTwice }
func broken(d *Description) float64   { return 100 * d.Triangles.Violated }
func missing(d *Description) float64  { return float64(d.MissingCells) }
func asymP50(d *Description) float64  { return d.Asymmetry.P50 }
func asymP90(d *Description) float64  { return d.Asymmetry.P90 }
func asymMax(d *Description) float64  { return d.Asymmetry.Max }
func inMin(d *Description) float64    { return d.Intra.Min }
func inMax(d *Description) float64    { return d.Intra.Max }
func rows(d *Description) float64     { return float64(d.Rows) }

func checkPublished(t *testing.T, d Description, list []published) {
	t.Helper()
	for _, p := range list {
		near(t, d.Name+": "+p.what, p.have(&d), p.want, p.tolerance)
	}
}

// measured/SOURCES.md, "What the numbers look like".
func TestDescribeCloudMatrices(t *testing.T) {
	for name, list := range map[string][]published{
		"aws-2020": {
			{"rows", rows, 19, 0}, {"missing", missing, 0, 0}, {"min", least, 7.78, 0.005}, {"p50", p50, 150.6, 0.05},
			{"p90", p90, 272.6, 0.05}, {"max", greatest, 412.9, 0.05}, {"inside min", inMin, 0.08, 0.005},
			{"inside max", inMax, 0.30, 0.005}, {"pairs with relay", relayed, 42, 0.5},
		},
		"gcp-2019": {
			// Published are the upper ones of the two values around a quantile, 141.967 over 140.996 and 282.818 over 282.725.
			{"rows", rows, 20, 0}, {"missing", missing, 0, 0}, {"min", least, 7.24, 0.005}, {"p50", p50, 142.0, 0.6},
			{"p90", p90, 282.8, 0.1}, {"max", greatest, 381.6, 0.05}, {"inside min", inMin, 0.24, 0.005},
			{"inside max", inMax, 0.34, 0.005}, {"pairs with relay", relayed, 26, 0.5},
		},
		"azure": {
			{"rows", rows, 48, 0}, {"missing", missing, 6, 0}, {"min", least, 3, 0}, {"p50", p50, 149, 0}, {"p90", p90, 249, 0},
			{"max", greatest, 337, 0}, {"asymmetry p50", asymP50, 1, 0}, {"asymmetry max", asymMax, 6, 0},
			{"pairs with relay", relayed, 20, 1},
		},
	} {
		m, err := BundledMatrix(name)
		if err != nil {
			t.Fatal(err)
		}
		d := Describe(m)
		checkPublished(t, d, list)
		if name == "aws-2020" || name == "gcp-2019" {
			worst := 0.0
			for a := range m.N {
				for b := range a {
					ab, ba := m.At(a, b), m.At(b, a)
					worst = max(worst, math.Abs(float64(ab-ba))/float64(min(ab, ba)))
				}
			}
			limit := map[string]float64{"aws-2020": 0.001, "gcp-2019": 0.005}[name]
			if worst > limit*1.5 {
				t.Errorf("%s: directions differ by %.3f %%, want at most %.1f %%", name, 100*worst, 100*limit)
			}
		}
	}
}

func TestDescribePlanetLab(t *testing.T) {
	for file, list := range map[string][]published{
		"planetlab/PlanetLabData_1.gz": {
			{"rows", rows, 490, 0}, {"missing", missing, 0, 0}, {"asymmetry", asymMax, 0, 0},
			{"p1", p1, 6.12, 0.005}, {"p25", p25, 59.3, 0.05}, {"p50", p50, 135, 0.5}, {"p75", p75, 202, 0.5}, {"p90", p90, 291, 0.5},
			{"p99", p99, 413, 0.5}, {"max", greatest, 2984, 0.5}, {"triangles", broken, 5.86, 0.005}, {"pairs", relayed, 79, 0.5},
			{"pairs twice", twice, 1.6, 0.05},
		},
		"planetlab/PlanetLabData_11.gz": {
			{"p50", p50, 137, 0.5}, {"p90", p90, 305, 0.5}, {"p99", p99, 602, 0.5}, {"max", greatest, 1260, 0.5},
		},
	} {
		m, err := LoadMatrixFile(measured(t, file), Options{Unit: Milliseconds, Kind: RTT})
		if err != nil {
			t.Fatal(err)
		}
		d := Describe(m)
		checkPublished(t, d, list)
		if len(d.Warnings) > 0 {
			t.Errorf("%s: warnings %q for ordinary data", file, d.Warnings)
		}
	}
}

func TestDescribeSeattle(t *testing.T) {
	m, err := LoadMatrixFile(measured(t, "seattle/SeattleData_1"), Options{Unit: Seconds, Kind: RTT})
	if err != nil {
		t.Fatal(err)
	}
	d := Describe(m)
	checkPublished(t, d, []published{
		{"rows", rows, 99, 0}, {"missing", missing, 65, 0}, {"asymmetry p50", asymP50, 130, 0}, {"asymmetry p90", asymP90, 400, 0},
		{"p50", p50, 210, 0}, {"p90", p90, 520, 0}, {"p99", p99, 1030, 5}, {"max", greatest, 9160, 0},
	})
	if d.ZeroCells != 65 || d.MissingPairs != 22 || d.Intra.Count != 7 {
		t.Errorf("%d zeros, %d pairs in neither direction, %d diagonal values; want 65, 22, 7", d.ZeroCells, d.MissingPairs, d.Intra.Count)
	}
	if _, err := FromMatrix(m, nil, Options{PerNode: true}); err == nil {
		t.Error("loaded with 22 pairs missing and no fill rule")
	}
	// The published triangle figures are those of the mean of both directions.
	topo, err := FromMatrix(m, nil, Options{PerNode: true, Missing: "shortest-path", Symmetrize: "mean"})
	if err != nil {
		t.Fatal(err)
	}
	checkPublished(t, topo.Describe(), []published{{"triangles", broken, 15.9, 0.1}, {"pairs", relayed, 75, 1}})
}

// Four rows by hand: a–b 10, b–c 10, a–c 30 (relay b at 20, not twice as fast), d 100 from everyone but a
// (a–d 300: relays b and c at 110 and 130, both more than twice as fast). Of 24 directed triangles those of
// a→c by b, a→d by b and by c are broken, and the same backwards: 6.
func TestTrianglesByHand(t *testing.T) {
	m := &Matrix{N: 4, Kind: RTT, Cells: cellsOf(
		0, 10, 30, 300,
		10, 0, 10, 100,
		30, 10, 0, 100,
		300, 100, 100, 0,
	)}
	have := triangles(m)
	want := Triangles{Count: 24, Violated: 6.0 / 24, Pairs: 4.0 / 12, PairsTwice: 2.0 / 12, Rows: 4}
	if have != want {
		t.Errorf("have %+v\nwant %+v", have, want)
	}
	m.Cells[0*4+1], m.Cells[1*4+0] = Missing, 0 // a–b unknown: c alone relays a–d, at 130
	have = triangles(m)
	if have.PairsTwice != 2.0/10 || have.Pairs != 2.0/10 {
		t.Errorf("with a missing pair: %+v", have)
	}
}

func TestDescribeWarnsOfTheWrongUnit(t *testing.T) {
	m, err := load("0 0.1\n0.2 0\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := Describe(m); len(d.Warnings) == 0 || !strings.Contains(d.Warnings[0], "the unit looks like seconds") {
		t.Errorf("warnings %q", d.Warnings)
	}
	m, err = load("0 9000\n9000 0\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := Describe(m); len(d.Warnings) != 1 {
		t.Errorf("warnings %q", d.Warnings)
	}
}

// Of 0 … 200 the p-th percentile is 2p; of two values everything lies between.
func TestQuantilesInterpolate(t *testing.T) {
	var values []core.Duration
	for i := 200; i >= 0; i-- {
		values = append(values, millis(float64(i)))
	}
	have := quantiles(values)
	want := Quantiles{Count: 201, Min: 0, P1: 2, P25: 50, P50: 100, P75: 150, P90: 180, P99: 198, Max: 200}
	if have != want {
		t.Errorf("have %+v, want %+v", have, want)
	}
	have = quantiles([]core.Duration{millis(20), millis(10)})
	want = Quantiles{Count: 2, Min: 10, P1: 10.1, P25: 12.5, P50: 15, P75: 17.5, P90: 19, P99: 19.9, Max: 20}
	if have != want {
		t.Errorf("have %+v, want %+v", have, want)
	}
}

func TestDescriptionText(t *testing.T) {
	m, err := load("0 10 20\n12 0 0\n20 0 1.5\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := Describe(m)
	var b strings.Builder
	if err := d.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"rows                            3\n",
		"missing cells                   2  (1 pairs in neither direction; 2 of the cells were 0)\n",
		"       RTT in ms  count   min     1 %   25 %  50 %  75 %  90 %  99 %   max",
		"         between      4  10.0    10.1   11.5  16.0  20.0  20.0  20.0  20.0",
		"          inside      1  1.50",
		"! 2 cells off the diagonal are 0 and count as missing\n",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("no line %q in\n%s", part, b.String())
		}
	}
	js, err := json.Marshal(d)
	if err != nil || !strings.Contains(string(js), `"rtt_ms":{"count":4,"min":10,`) {
		t.Errorf("JSON %s, %v", js, err)
	}
}

func BenchmarkDescribe(b *testing.B) {
	topo, err := TruthRandom(RandomConfig{Nodes: 490, Mean: millis(100), Deviation: millis(10), Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	m := topo.Matrix()
	for b.Loop() {
		Describe(m)
	}
}
