package topologies

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
)

func TestExportedCSVReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		m := &Matrix{N: n, Kind: RTT, Unit: Milliseconds}
		label := rapid.StringMatching(`[#a-z",][-a-z 0-9",#\\]{0,6}[a-z]`)
		m.Labels = rapid.SliceOfNDistinct(label, n, n, rapid.ID[string]).Draw(t, "labels")
		for range n * n {
			m.Cells = append(m.Cells, core.Duration(rapid.Int64Range(-1, int64(DelayMax)).Draw(t, "cell")))
		}
		var out bytes.Buffer
		if err := WriteCSV(&out, m); err != nil {
			t.Fatal(err)
		}
		back, err := LoadMatrix(bytes.NewReader(out.Bytes()), "out", Options{Form: Wide, Unit: Milliseconds, Kind: RTT})
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		if !slices.Equal(back.Cells, m.Cells) || !slices.Equal(back.Labels, m.Labels) {
			t.Fatalf("have %v %v\nwant %v %v", back.Labels, back.Cells, m.Labels, m.Cells)
		}
	})
}

// A bundled matrix survives to the byte: export writes what the file holds.
func TestExportOfBundledMatrixIsItsFile(t *testing.T) {
	for _, name := range []string{"aws-2020-06-05-rtt-ms-avg", "gcp-2019-09-rtt-ms-avg", "azure-p50-rtt-ms"} {
		m, err := BundledMatrix(name)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := WriteCSV(&out, m); err != nil {
			t.Fatal(err)
		}
		want, _ := bundle.ReadFile("measured/" + name + ".csv")
		if out.String() != string(want) {
			t.Errorf("%s differs", name)
		}
	}
}

// From a measured file through an export and a topology file to a topology of nodes with a snapshot.
func TestImportOfPlanetLabEndToEnd(t *testing.T) {
	source := measured(t, "planetlab/PlanetLabData_1.gz")
	second := measured(t, "planetlab/PlanetLabData_11.gz")
	m, err := LoadMatrixFile(source, Options{Unit: Milliseconds, Kind: RTT})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "planetlab.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(f, m); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("slice11.gz", data)
	write("nodes.toml", []byte(`schema = 1
name = "planetlab"
matrix = "planetlab.csv"
unit = "ms"
kind = "rtt"
per_node = true
snapshots = [{ at = "600s", matrix = "slice11.gz" }]
`))
	topo, err := LoadFile(filepath.Join(dir, "nodes.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if topo.N() != 490 || len(topo.Snapshots) != 1 || len(topo.Sites) != 1 {
		t.Fatalf("%d nodes, %d snapshots, %d sites", topo.N(), len(topo.Snapshots), len(topo.Sites))
	}
	for a := range 490 {
		for b := range 490 {
			if want := (m.At(a, b) + 1) / 2; topo.OneWay(a, b) != want {
				t.Fatalf("%d → %d is %v, want half of %v", a, b, topo.OneWay(a, b), m.At(a, b))
			}
		}
	}
}

func BenchmarkLoadSquare490(b *testing.B) {
	topo, err := TruthRandom(RandomConfig{Nodes: 490, Mean: millis(100), Deviation: millis(10), Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	var csv bytes.Buffer
	if err := WriteCSV(&csv, topo.Matrix()); err != nil {
		b.Fatal(err)
	}
	var square bytes.Buffer
	for i, line := range strings.Split(strings.TrimSpace(csv.String()), "\n") {
		if i > 0 {
			_, cells, _ := strings.Cut(line, ",")
			square.WriteString(strings.ReplaceAll(cells, ",", "\t") + "\n")
		}
	}
	b.SetBytes(int64(square.Len()))
	for b.Loop() {
		if _, err := LoadMatrix(bytes.NewReader(square.Bytes()), "m", Options{Unit: Milliseconds, Kind: OneWay}); err != nil {
			b.Fatal(err)
		}
	}
}
