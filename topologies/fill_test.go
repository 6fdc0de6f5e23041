package topologies

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
)

func TestFromMatrixRules(t *testing.T) {
	const x = -1 // missing
	for _, c := range []struct {
		name  string
		cells []core.Duration // RTT in ms of a, b, c
		opt   Options
		want  []core.Duration // one-way
	}{
		{
			"empty takes the other direction, a zero counts as empty, empty diagonal takes 0.5 ms",
			cellsOf(x, 10, 0, x, 0, 30, 20, 32, 2), Options{},
			cellsOf(0.25, 5, 10, 5, 0.25, 15, 10, 16, 1),
		},
		{
			"a given intra-site RTT wins over the diagonal",
			cellsOf(x, 10, 20, 10, 3, 30, 20, 30, 2), Options{IntraRTT: millis(0.8)},
			cellsOf(0.4, 5, 10, 5, 0.4, 15, 10, 15, 0.4),
		},
		{
			"mean",
			cellsOf(1, 10, 20, 14, 1, 30, 20, 30, 1), Options{Symmetrize: "mean"},
			cellsOf(0.5, 6, 10, 6, 0.5, 15, 10, 15, 0.5),
		},
		{
			"min",
			cellsOf(1, 10, 20, 14, 1, 30, 20, 30, 1), Options{Symmetrize: "min"},
			cellsOf(0.5, 5, 10, 5, 0.5, 15, 10, 15, 0.5),
		},
		{
			"shortest path",
			cellsOf(1, 10, x, 10, 1, 30, x, 30, 1), Options{Missing: "shortest-path"},
			cellsOf(0.5, 5, 20, 5, 0.5, 15, 20, 15, 0.5),
		},
		{
			"nodes: the diagonal is 0",
			cellsOf(1, 10, 20, 10, 1, 30, 20, 30, 1), Options{PerNode: true},
			cellsOf(0, 5, 10, 5, 0, 15, 10, 15, 0),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &Matrix{Name: "m", Labels: []string{"a", "b", "c"}, N: 3, Kind: RTT, Cells: slices.Clone(c.cells)}
			topo, err := FromMatrix(m, nil, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(topo.Base, c.want) {
				t.Errorf("have %v\nwant %v", topo.Base, c.want)
			}
			if !slices.Equal(m.Cells, c.cells) {
				t.Error("the matrix was changed")
			}
		})
	}
}

func TestOneWayMatrixIsNotHalved(t *testing.T) {
	m := &Matrix{Labels: []string{"a", "b"}, N: 2, Kind: OneWay, Cells: cellsOf(1, 10, 30, -1)}
	topo, err := FromMatrix(m, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := cellsOf(1, 10, 30, 0.25); !slices.Equal(topo.Base, want) {
		t.Errorf("have %v, want %v", topo.Base, want)
	}
	if topo.RTT(0, 1) != millis(40) || topo.RTT(1, 0) != millis(40) {
		t.Errorf("RTT %v and %v, want there and back", topo.RTT(0, 1), topo.RTT(1, 0))
	}
}

func TestFromMatrixSelectsRegions(t *testing.T) {
	m, err := BundledMatrix("aws-2020")
	if err != nil {
		t.Fatal(err)
	}
	topo, err := FromMatrix(m, []Site{{Name: "x", Region: "sa-east-1"}, {Name: "us-east-1"}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if have := topo.Sites[1].Region; have != "us-east-1" {
		t.Errorf("a site without region took %q", have)
	}
	_, err = FromMatrix(m, []Site{{Name: "x", Region: "us-eest-1"}, {Name: "mars"}}, Options{})
	has := "af-south-1, ap-east-1, ap-northeast-1, ap-south-1, ap-southeast-1, ap-southeast-2, ca-central-1, eu-central-1, eu-north-1, eu-south-1, eu-west-1, eu-west-2 and 7 more"
	wantLines(t, err, []string{
		`aws-2020-06-05-rtt-ms-avg: sites[0].region: no region "us-eest-1" in matrix "aws-2020-06-05-rtt-ms-avg" (did you mean "us-east-1"?); it has ` + has,
		`aws-2020-06-05-rtt-ms-avg: sites[1].name: no region "mars" in matrix "aws-2020-06-05-rtt-ms-avg"; it has ` + has,
	})
}

func TestMissingPairIsAnErrorOnce(t *testing.T) {
	m := &Matrix{Name: "m", N: 3, Kind: RTT, Cells: cellsOf(0, 10, 0, 10, 0, -1, 0, -1, 0)}
	_, err := FromMatrix(m, nil, Options{})
	wantLines(t, err, []string{
		`m: matrix: no value for n0 ↔ n2 in either direction; missing = "shortest-path" would fill it`,
		`m: matrix: no value for n1 ↔ n2 in either direction; missing = "shortest-path" would fill it`,
	})
	_, err = FromMatrix(m, nil, Options{Missing: "shortest-path"})
	wantLines(t, err, []string{
		"m: matrix: no measured path n0 → n2", "m: matrix: no measured path n1 → n2", "m: matrix: no measured path n2 → n0", "m: matrix: no measured path n2 → n1",
	})
}

// The fill against Floyd and Warshall's triple loop.
func TestShortestPathFillAgainstFloydWarshall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		cells := make([]core.Duration, n*n)
		for i := range cells {
			cells[i] = core.Duration(rapid.SampledFrom([]int{-1, -1, 0, 1, 2, 3, 5, 8, 13}).Draw(t, "cell"))
		}
		fillReverse(cells, n)
		const far = core.Duration(1) << 40
		paths := make([]core.Duration, n*n)
		for i, d := range cells {
			switch {
			case i/n == i%n:
				paths[i] = 0
			case d == Missing:
				paths[i] = far
			default:
				paths[i] = d
			}
		}
		for k := range n {
			for a := range n {
				for b := range n {
					paths[a*n+b] = min(paths[a*n+b], paths[a*n+k]+paths[k*n+b])
				}
			}
		}
		filled := slices.Clone(cells)
		fillShortest(filled, n)
		for i, d := range filled {
			want := cells[i] // a measured cell is never changed, faster way or not
			if i/n != i%n && want == Missing && paths[i] < far {
				want = paths[i]
			}
			if d != want {
				t.Fatalf("cell %d,%d is %d, want %d\n%v", i/n, i%n, d, want, cells)
			}
		}
	})
}
