package topologies

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const sitesAB = "[[sites]]\nname = \"a\"\n[[sites]]\nname = \"b\"\n"

func TestTopologyFile(t *testing.T) {
	topo, err := Parse(`
schema = 1
name   = "two"
title  = "two places"
source = "made up"
rows   = [[0, 10], [12, 0]]
unit   = "ms"
kind   = "rtt"
symmetrize = "mean"
intra_rtt  = "0.2ms"

[[sites]]
name  = "a"
group = "west"
[[sites]]
name  = "b"
[[links]]
from = "*"
to   = "*"
rtt  = "30ms"
[[links]]
from    = "b"
to      = "a"
both    = false
one_way = "20ms"
`, "two.toml")
	if err != nil {
		t.Fatal(err)
	}
	if want := cellsOf(0.1, 15, 20, 0.1); !slices.Equal(topo.Base, want) {
		t.Errorf("have %v, want %v", topo.Base, want)
	}
	if topo.Name != "two" || topo.Title != "two places" || topo.Source != "made up" || topo.Sites[0].Group != "west" {
		t.Errorf("%+v", topo)
	}
	if i, ok := topo.SiteIndex("b"); i != 1 || !ok {
		t.Errorf("site b is %d, %v", i, ok)
	}
	copied := topo.Clone()
	if err := copied.SetLink("a", "b", millis(1), true); err != nil || topo.OneWay(0, 1) != millis(15) {
		t.Errorf("changing a copy changed the original, or %v", err)
	}
}

// A byte order mark says nothing, and moves no place by a column.
func TestMarkedTopologyFile(t *testing.T) {
	const text = "schema = 1\nname = \"one\"\ntitle = \"t\"\nsource = \"s\"\nrows = [[0, 9], [9, 0]]\nunit = \"ms\"\nkind = \"rtt\"\nintra_rtt = \"1ms\"\n[[sites]]\nname = \"a\"\n[[sites]]\nname = \"b\"\n"
	plain, err := Parse(text, "one.toml")
	if err != nil {
		t.Fatal(err)
	}
	marked, err := Parse("\ufeff"+text, "one.toml")
	if err != nil || !slices.Equal(marked.Base, plain.Base) {
		t.Errorf("with a mark: %v, %v", marked, err)
	}
	if _, err := Parse("\ufeff"+strings.Replace(text, "schema = 1", "schema = 2", 1), "one.toml"); err == nil || !strings.HasPrefix(err.Error(), "one.toml:1:") {
		t.Errorf("schema 2 behind a mark: %v", err)
	}
}

func TestTopologyFileGenerates(t *testing.T) {
	topo, err := Parse("schema = 1\nname = \"r\"\ngenerate = { kind = \"ring\", sites = 8, rtt = \"20ms\" }\n", "r.toml")
	if err != nil {
		t.Fatal(err)
	}
	wantRow(t, topo, 0, 0.5, 20, 40, 60, 80, 60, 40, 20)
	topo, err = Parse("schema = 1\ngenerate = { kind = \"star\", rtt = \"20ms\" }\nintra_rtt = \"1ms\"\n"+sitesAB, "r.toml")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(topo.SiteNames(), " ") != "a b" || topo.RTT(0, 0) != millis(1) {
		t.Errorf("%+v", topo)
	}
	for _, g := range []string{
		`kind = "uniform", sites = 3, rtt = "1ms"`, `kind = "geometric", sites = 3, side_km = 100, path_factor = 2, seed = 4`,
		`kind = "line", nodes = 10, rtt = "10ms"`, `kind = "grid", nodes = 25, rtt = "10ms"`,
		`kind = "split", nodes = 25, rtt = "1ms", wan = "10ms"`, `kind = "circle", nodes = 25, rtt = "100ms"`,
		`kind = "random", nodes = 25, rtt = "100ms", deviation = "10ms", seed = 2`,
	} {
		if _, err := Parse("schema = 1\ngenerate = { "+g+" }\n", "g.toml"); err != nil {
			t.Error(err)
		}
	}
}

func TestBrokenTopologyFiles(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"syntax", "schema = 1\nname = \n", []string{"x.toml:2:8: expected value but found '\\n' instead"}},
		{"empty", "", []string{`x.toml:1:1: schema: missing; this program reads schema = 1`}},
		{"schema", "schema = 2\n", []string{"x.toml:1:1: schema: 2, this program reads 1"}},
		{"unknown keys and wrong types, all at once", `schema = 1
nam = "x"
unit = 5
per_node = "yes"
intra_rtt = 0.5
sites = [
  { name = "a", regoin = "r" }, # comment
  { name = 7 },
]
[generate]
kind = "ring"
sites = 1.5
side_km = "far"
seed = -1
`, []string{
			`x.toml:2:1: nam: unknown key (did you mean "name"?)`,
			`x.toml:3:1: unit: 5 is a number, must be a string`,
			`x.toml:4:1: per_node: yes is a string, must be true or false`,
			`x.toml:5:1: intra_rtt: 0.5 is a number, must be a string with a unit, like "0.5ms"`,
			`x.toml:7:17: sites[0].regoin: unknown key (did you mean "region"?)`,
			`x.toml:8:5: sites[1].name: 7 is a number, must be a string`,
			`x.toml:12:1: generate.sites: 1.5 is a number, must be a whole number`,
			`x.toml:13:1: generate.side_km: far is a string, must be a number`,
			`x.toml:14:1: generate.seed: -1 must be ≥ 0`,
		}},
		{"not a table", "schema = 1\nsites = [1]\ngenerate = true\nrows = 3\n", []string{
			`x.toml:2:10: sites[0]: is a number, must be a table`,
			`x.toml:3:1: generate: is a boolean, must be a table`,
			`x.toml:4:1: rows: is a number, must be an array`,
		}},
		{"no delays", "schema = 1\n" + sitesAB, []string{`x.toml:1:1: matrix: missing: 2 sites need a matrix, rows or generate`}},
		{"two sources, no unit", "schema = 1\nrows = [[0]]\nmatrix = \"aws-2020\"\nintra_rtt = \"5\"\nsymmetrize = \"max\"\n", []string{
			`x.toml:1:1: unit: missing, must be "ms", "s" or "us"`,
			`x.toml:1:1: kind: missing, must be "rtt" or "one-way"`,
			`x.toml:2:1: rows: matrix and rows are both given; one of matrix, rows and generate says where the delays come from`,
			`x.toml:4:1: intra_rtt: "5" is no duration; write a number with a unit, like "0.5ms"`,
			`x.toml:5:1: symmetrize: "max", must be "none", "mean" or "min"`,
		}},
		{"rows", "schema = 1\nunit = \"ms\"\nkind = \"rtt\"\nrows = [\n  [0, nan],\n  [-1, inf, 0],\n  [1e9, 2, 0],\n]\n" + sitesAB, []string{
			`x.toml:4:1: rows: 3 rows for 2 sites; rows are in site order`,
			`x.toml:5:3: rows[0]: not square: 2 values, 3 rows`,
			`x.toml:6:4: rows[1][0]: -1 is negative; write 0 for a pair that was not measured`,
			`x.toml:6:8: rows[1][1]: +Inf is not finite`,
			`x.toml:7:4: rows[2][0]: 1e+09ms is more than 10m0s; is the unit right?`,
		}},
		{"sites", "schema = 1\nmatrix = \"aws-2020\"\n[[sites]]\nname = \"a b\"\nregion = \"us-east-1\"\n[[sites]]\nname = \"x\"\nregion = \"us-east-3\"\n", []string{
			`x.toml:8:1: sites[1].region: no region "us-east-3" in matrix "aws-2020-06-05-rtt-ms-avg" (did you mean "us-east-1"?); it has af-south-1, ap-east-1, ap-northeast-1, ap-south-1, ap-southeast-1, ap-southeast-2, ca-central-1, eu-central-1, eu-north-1, eu-south-1, eu-west-1, eu-west-2 and 7 more`,
		}},
		{"site names", "schema = 1\nmatrix = \"aws-2020\"\n[[sites]]\nname = \"a b\"\nregion = \"us-east-1\"\n[[sites]]\nname = \"a b\"\nregion = \"us-east-2\"\n", []string{
			`x.toml:4:1: sites[0].name: "a b" may hold letters, digits, '-', '_' and '.' only`,
			`x.toml:7:1: sites[1].name: "a b" may hold letters, digits, '-', '_' and '.' only`,
			`x.toml:7:1: sites[1].name: "a b" is the name of sites[0] too; site names are unique`,
		}},
		{"generate", "schema = 1\ngenerate = { kind = \"ring\", sites = 3, nodes = 4, rtt = \"0s\" }\n", []string{
			`x.toml:2:40: generate.nodes: means nothing for kind "ring", which takes sites, rtt`,
			`x.toml:2:51: generate.rtt: "0s" must be > 0s`,
		}},
		{"generator", "schema = 1\n[generate]\nkind = \"rings\"\n", []string{
			`x.toml:3:1: generate.kind: "rings" (did you mean "ring"?), must be one of uniform, ring, star, geometric, line, grid, split, circle, random`,
		}},
		{"generator and sites", "schema = 1\ngenerate = { kind = \"ring\", sites = 3, rtt = \"1ms\" }\n" + sitesAB, []string{
			`x.toml:2:29: generate.sites: 3, but 2 sites are named`,
		}},
		{"links", "schema = 1\nunit = \"ms\"\nkind = \"rtt\"\nrows = [[0, 1], [1, 0]]\n" + sitesAB +
			"[[links]]\nfrom = \"a\"\nto = \"c\"\nrtt = \"1ms\"\n[[links]]\nfrom = \"a\"\nto = \"b\"\n", []string{
			`x.toml:9:1: links[0]: no site "c" (did you mean "a"?); there are a, b`,
			`x.toml:13:1: links[1]: give exactly one of rtt and one_way`,
		}},
		{"snapshots", "schema = 1\nmatrix = \"aws-2020\"\nper_node = true\n[[snapshots]]\nat = \"-1s\"\nmatrix = \"gcp-2019\"\n[[snapshots]]\nat = \"1s\"\nmatrix = \"nowhere\"\n", []string{
			`x.toml:5:1: snapshots[0].at: "-1s" must be > 0s`,
			`x.toml:6:1: snapshots[0].matrix: 20 rows, the first matrix has 19`,
			`x.toml:9:1: snapshots[1].matrix: no bundled matrix "nowhere"; there are aws-2020-06-05-rtt-ms-avg, gcp-2019-09-rtt-ms-avg, azure-p50-rtt-ms, aws-2020, gcp-2019, azure, or give the path of a file`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.text, "x.toml")
			wantLines(t, err, c.want)
		})
	}
}

func TestProblemsOfAMatrixFileKeepTheirPlace(t *testing.T) {
	dir := t.TempDir()
	matrix, topo := filepath.Join(dir, "m.csv"), filepath.Join(dir, "t.toml")
	for path, text := range map[string]string{
		matrix: "x,a,b\na,0,oops\nb,1,0\n",
		topo:   "schema = 1\nmatrix = \"m.csv\"\nunit = \"ms\"\nkind = \"rtt\"\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := LoadFile(topo)
	wantLines(t, err, []string{matrix + `:2:5: "oops" is no number; a pair that was not measured is left empty, or is -, NaN, NA, N/A or null`})
	_, err = Open(filepath.Join(dir, "absent.toml"))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("have %v", err)
	}
}

func TestValidate(t *testing.T) {
	good := func() *Topology {
		return &Topology{Name: "t", Sites: []Site{{Name: "a"}, {Name: "b"}}, Base: cellsOf(1, 2, 3, 1)}
	}
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*Topology)
		want   []string
	}{
		{"no sites", func(t *Topology) { t.Sites, t.Base = nil, nil }, []string{"t: sites: a topology needs at least one site"}},
		{"size", func(t *Topology) { t.Base = t.Base[:3] }, []string{"t: matrix: 3 delays, 2 × 2 rows need 4"}},
		{"zero and huge", func(t *Topology) { t.Base[0], t.Base[1] = 0, math.MaxInt64 }, []string{
			"t: matrix: delay a → a is 0s, must be > 0", "t: matrix: delay a → b is 2562047h47m16.854775807s, more than 10m0s; is the unit right?",
		}},
		{"node diagonal", func(t *Topology) { t.PerNode, t.Nodes = true, []string{"x", "y"} }, []string{
			"t: matrix: delay of x to itself is 1ms, must be 0", "t: matrix: delay of y to itself is 1ms, must be 0",
		}},
		{"snapshot order", func(t *Topology) { t.Snapshots = []Snapshot{{2, t.Base}, {1, t.Base}} }, []string{
			"t: snapshots[1].at: 1ns must be later than 2ns",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			topo := good()
			c.change(topo)
			wantLines(t, topo.Validate(), c.want)
		})
	}
}

func TestDeepTextIsRefused(t *testing.T) {
	for _, text := range []string{"rows = " + strings.Repeat("[", 1_000_000), "a" + strings.Repeat(".a", 8000) + " = 1"} {
		if _, err := Parse(text, "x.toml"); err == nil || !strings.Contains(err.Error(), "nested deeper than") {
			t.Errorf("%.20q…: %v", text, err)
		}
	}
}

// Who names a file of latencies where a topology file belongs is told what such a file looks like.
func TestLatenciesAreNoTopologyFile(t *testing.T) {
	_, err := Parse(",a,b\na,0.5,60\nb,60,0.5\n", "mine.csv")
	want := `mine.csv:1:1: is no topology file; if it holds latencies, write a file with schema = 1, matrix = "mine.csv", unit and kind, and name that one`
	if err == nil || err.Error() != want {
		t.Errorf("have %v\nwant %s", err, want)
	}
}
