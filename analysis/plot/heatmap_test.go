package plot

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"hypersim/core"
	"hypersim/topologies"
)

// latency reads a bundled or measured matrix as a picture needs it.
func latency(t testing.TB, name string) *Latency {
	t.Helper()
	m, err := topologies.OpenMatrix(name, topologies.Options{Unit: topologies.Milliseconds, Kind: topologies.RTT})
	if err != nil {
		t.Fatal(err)
	}
	l := &Latency{Name: filepath.Base(m.Name), Title: m.Title, Source: m.Source, N: m.N, RTT: m.Cells, Labels: m.Labels}
	if m.Kind == topologies.OneWay {
		l.Scale = 2
	}
	return l
}

func heatDir(t *testing.T) string {
	if *keep != "" {
		return *keep
	}
	return t.TempDir()
}

func TestHeatMapBundled(t *testing.T) {
	dir := heatDir(t)
	for _, name := range topologies.MatrixNames() {
		l := latency(t, name)
		path := filepath.Join(dir, "heat-"+name+".png")
		if err := HeatMap(l, path, HeatOptions{}); err != nil {
			t.Fatal(err)
		}
		if l.N > 20 {
			continue
		}
		first, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := HeatMap(l, path, HeatOptions{}); err != nil {
			t.Fatal(err)
		}
		if second, err := os.ReadFile(path); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: drawn twice, two pictures (%v)", name, err)
		}
	}
}

// TestHeatMapMeasured draws a large matrix without labels, with an outage and holes, if the data is there.
func TestHeatMapMeasured(t *testing.T) {
	data := os.Getenv("HYPERSIM_DATA")
	if data == "" {
		data = "../../../shared/data/latency"
	}
	paths, err := filepath.Glob(filepath.Join(data, "planetlab", "*"))
	if err != nil || len(paths) == 0 {
		t.Skip("no measured matrices: set HYPERSIM_DATA to a folder that holds planetlab/")
	}
	l := latency(t, paths[0])
	if err := HeatMap(l, filepath.Join(heatDir(t), "heat-measured.png"), HeatOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestHeatMapRefuses(t *testing.T) {
	good := &Latency{Name: "x", N: 2, RTT: []core.Duration{1, 2, 3, 4}}
	path := filepath.Join(t.TempDir(), "x.png")
	if err := HeatMap(good, path, HeatOptions{}); err != nil {
		t.Errorf("a small matrix: %v", err)
	}
	for name, m := range map[string]*Latency{
		"no rows":        {Name: "x"},
		"missing values": {Name: "x", N: 2, RTT: []core.Duration{1}},
		"too few labels": {Name: "x", N: 2, RTT: good.RTT, Labels: []string{"a"}},
	} {
		if HeatMap(m, path, HeatOptions{}) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if HeatMap(good, "x.gif", HeatOptions{}) == nil {
		t.Error("a GIF was promised")
	}
}

// TestHeatMapDegenerate: matrices with nothing to compare must not end in a panic or a NaN colour.
func TestHeatMapDegenerate(t *testing.T) {
	dir := t.TempDir()
	for name, m := range map[string]*Latency{
		"one":       {Name: "one", N: 1, RTT: []core.Duration{0}},
		"unknown":   {Name: "unknown", N: 3, RTT: make([]core.Duration, 9)},
		"all equal": {Name: "equal", N: 3, RTT: []core.Duration{0, 5e6, 5e6, 5e6, 0, 5e6, 5e6, 5e6, 0}},
	} {
		if err := HeatMap(m, filepath.Join(dir, "x.svg"), HeatOptions{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestViridisEven: the lightness of the map grows, and by about the same in each step.
func TestViridisEven(t *testing.T) {
	const steps = 18
	last, mean := lightness(viridis(0)), (lightness(viridis(1))-lightness(viridis(0)))/steps
	for i := 1; i <= steps; i++ {
		l := lightness(viridis(float64(i) / steps))
		if d := l - last; d < 0.6*mean || d > 1.4*mean {
			t.Errorf("step %d: lightness grows by %.1f, mean %.1f", i, d, mean)
		}
		last = l
	}
	if viridis(-1) != viridis(0) || viridis(2) != viridis(1) || viridis(math.Inf(1)) != viridis(1) {
		t.Error("values outside take the nearest end")
	}
}
