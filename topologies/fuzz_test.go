package topologies

import (
	"bytes"
	"errors"
	"testing"
)

// fuzzForm feeds arbitrary text to one form: no panic, and what loads is a consistent matrix that survives
// an export.
func fuzzForm(f *testing.F, form Form, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := LoadMatrix(bytes.NewReader(text), "m", Options{Form: form, Unit: Milliseconds, Kind: kindOf(form)})
		if err != nil {
			return
		}
		if m.N < 1 || len(m.Cells) != m.N*m.N || m.Labels != nil && len(m.Labels) != m.N {
			t.Fatalf("%d rows, %d cells, %d labels", m.N, len(m.Cells), len(m.Labels))
		}
		for _, d := range m.Cells {
			if d < Missing || d > DelayMax {
				t.Fatalf("cell %d", d)
			}
		}
		if m.N > 50 {
			return
		}
		Describe(m)
		if topo, err := FromMatrix(m, nil, Options{PerNode: true, Missing: "shortest-path"}); err == nil {
			if err := topo.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := WriteCSV(&out, m); err != nil {
			t.Fatal(err)
		}
		back, err := LoadMatrix(&out, "out", Options{Form: Wide, Unit: Milliseconds, Kind: RTT})
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Cells {
			if back.Cells[i] != m.Cells[i] {
				t.Fatalf("cell %d is %d after export, was %d", i, back.Cells[i], m.Cells[i])
			}
		}
	})
}

func kindOf(form Form) Kind {
	if form == GML {
		return OneWay
	}
	return RTT
}

func FuzzMatrixAuto(f *testing.F) {
	fuzzForm(f, Auto, "0 1\n1 0\n", "a,b\n", "node 1\n1,2 3\n", "\x1f\x8b\x08", "from,to,ms\na,b,1\n", "x,a,b\na,0,1\nb,1,0\n")
}
func FuzzMatrixSquare(f *testing.F) {
	fuzzForm(f, Square, "0 1\n1 0\n", "0,1\n,0\n", "0 NaN\n1e999 -1\n")
}
func FuzzMatrixJSON(f *testing.F) {
	fuzzForm(f, JSON, `{"d":{"a":{"b":1,"c":null},"b":{"a":"2 ms"}}}`, `[[0,1],[1,0]]`, `[{"from":"a","to":"b","ms":1}]`, `[[`)
}
func FuzzMatrixGML(f *testing.F) {
	fuzzForm(f, GML, "graph [ node [ id 0 label \"x\" ] node [ id 1 ] edge [ source 0 target 1 latency \"4 ms\" ] ]", "graph [ x \"", "# \n]")
}
func FuzzMatrixMarkdown(f *testing.F) {
	fuzzForm(f, Auto, "| x | **a** | b |\n|---|:-:|--:|\n| a | | 1 |\n| b | 1 | |\n", "|from|to|ms|\n|-|-|-|\n|a\\|b|c|1|\n", "|\n|")
}
func FuzzMatrixSemicolons(f *testing.F) {
	fuzzForm(f, Auto, "x;a;b\na;;1\nb;1;\n", "x\ta b\tc\na b\t\t1\nc\t1\t\n", "a;b;1\n", ";1;2\n1;0;3\n2;3;0\n")
}
func FuzzMatrixUpper(f *testing.F) { fuzzForm(f, Upper, "0 1 2\n0 3\n0\n", "1 2\n3\n", "1\n") }
func FuzzMatrixLower(f *testing.F) { fuzzForm(f, Lower, "0\n1 0\n2 3 0\n", "1\n2 3\n") }
func FuzzMatrixWide(f *testing.F)  { fuzzForm(f, Wide, "x,a,b\na,0,1\nb,1,0\n", "\"x\n,\"\"") }
func FuzzMatrixLong(f *testing.F) {
	fuzzForm(f, Long, "from,to,avg_ms\na,b,1\nb,a,2\n", "to,from,v\n#")
}
func FuzzMatrixPairs(f *testing.F) { fuzzForm(f, Pairs, "node 1\n1,2 3\n", "a b 1\nb a 2\n") }

// Topology files without any file they could name: no panic, and errors always have a place.
func FuzzTopologyFile(f *testing.F) {
	for _, name := range Names() {
		text, _ := bundle.ReadFile(name + ".toml")
		f.Add(string(text))
	}
	f.Add("schema = 1\nunit=\"ms\"\nkind=\"rtt\"\nrows=[[0,1],[1,0]]\n" + sitesAB)
	f.Add("schema = 1\ngenerate = { kind = \"ring\", sites = 8, rtt = \"20ms\" }\n")
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := decode(text, "x.toml")
		if err != nil {
			var list Problems
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("an error without problems: %v", err)
			}
			for _, p := range list {
				if p.Line < 1 || p.Text == "" {
					t.Fatalf("a problem without place or text: %+v", p)
				}
			}
			return
		}
		if spec.Matrix != "" && !isBundledMatrix(spec.Matrix) {
			return
		}
		for _, s := range spec.Snapshots {
			if !isBundledMatrix(s.Matrix) {
				return
			}
		}
		if g := spec.Generate; g != nil && max(g.Sites, g.Nodes) > 100 {
			return
		}
		topo, err := spec.Build("")
		if err != nil {
			return
		}
		if err := topo.Validate(); err != nil {
			t.Fatal(err)
		}
	})
}
