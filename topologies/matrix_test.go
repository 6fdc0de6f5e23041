package topologies

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
)

// load reads text as RTTs in ms.
func load(text string, opt Options) (*Matrix, error) {
	if opt.Unit == "" {
		opt.Unit = Milliseconds
	}
	if opt.Kind == "" {
		opt.Kind = RTT
	}
	return LoadMatrix(strings.NewReader(text), "m", opt)
}

func cellsOf(values ...float64) []core.Duration {
	cells := make([]core.Duration, len(values))
	for i, v := range values {
		cells[i] = millis(v)
		if v < 0 {
			cells[i] = Missing
		}
	}
	return cells
}

func TestMatrixForms(t *testing.T) {
	abc := []string{"a", "b", "c"}
	full := cellsOf(0, 10, 20, 10, 0, 30, 20, 30, 0)
	hollow := cellsOf(-1, 10, 20, 10, -1, 30, 20, 30, -1)
	oneSided := cellsOf(-1, 10, 20, -1, -1, 30, -1, -1, -1)
	for _, c := range []struct {
		name, text string
		opt        Options
		labels     []string
		cells      []core.Duration
	}{
		{"square, tabs", "0\t10\t20\n10\t0\t30\n20\t30\t0\n", Options{}, nil, full},
		{"square, blanks, CRLF, comment, no final newline", "# c\r\n 0  10 20\r\n\r\n10 0 30 \r\n20 30 0", Options{}, nil, full},
		{"square, byte order mark", "\ufeff0 10 20\n10 0 30\n20 30 0", Options{}, nil, full},
		{"square, commas, empty and dash missing", ",10,20\n10, -,30\n20,30,\n", Options{}, nil, hollow},
		{"square, exponent and seconds", "0 1e-2 .02\n0.01 0 0.03\n2E-2 3e-2 0", Options{Unit: Seconds}, nil, full},
		{"square, microseconds", "0 10000 20000\n10000 0 30000\n20000 30000 0", Options{Unit: Microseconds}, nil, full},
		{"upper with diagonal", "0 10 20\n0 30\n0\n", Options{Form: UpperDiagonal}, nil, full},
		{"upper without diagonal", "10 20\n30\n", Options{}, nil, hollow},
		{"lower with diagonal", "0\n10 0\n20 30 0\n", Options{Form: LowerDiagonal}, nil, full},
		{"lower without diagonal", "10\n20 30\n", Options{}, nil, hollow},
		{"wide", "from\\to,a,b,c\na,,10,20\nb,10,,30\nc,20,30,\n", Options{}, abc, hollow},
		{"wide, rows in another order, quotes", "\"\",a,b,c\nc,20,30,\n\"b\",10,,30\na,,10,20\n", Options{}, abc, hollow},
		{"long, usual column", "from,to,min_ms,avg_ms\na,b,1,10\na,c,1,20\nb,c,1,30\n", Options{}, abc, oneSided},
		{"long, named column", "x,to,from,foo,avg_ms\n,b,a,10,1\n,c,a,20,1\n,c,b,30,1\n", Options{Column: "foo"}, abc, oneSided},
		{"long, only third column", "from,to,whatever\na,b,10\na,c,20\nb,c,30\n", Options{}, abc, oneSided},
		{"pairs of p2psim", "topology E2EGraph\nfailure_model NullFailureModel\n\nnode a\nnode b\na,b 10\na,c 20\nb,c 30\n", Options{}, abc, oneSided},
		{"pairs, three words", "a b 10\na c 20\nb c 30\n", Options{Form: Pairs}, abc, oneSided},
		{"one row", "0\n", Options{}, nil, cellsOf(0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := load(c.text, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(m.Cells, c.cells) || !slices.Equal(m.Labels, c.labels) {
				t.Errorf("have %v %v\nwant %v %v", m.Labels, m.Cells, c.labels, c.cells)
			}
		})
		t.Run(c.name+", gzip", func(t *testing.T) {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write([]byte(c.text))
			_ = z.Close()
			m, err := load(packed.String(), c.opt)
			if err != nil || !slices.Equal(m.Cells, c.cells) {
				t.Errorf("have %v, %v", m, err)
			}
		})
	}
}

func TestMatrixProblemsAreToldAllAtOnceWithPositions(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opt        Options
		want       []string
	}{
		{"cells", "0 NaN x\n-1 0 +Inf\n1e9 1e400 0\n", Options{}, []string{
			`m:1:7: "x" is no number; a pair that was not measured is left empty, or is -, NaN, NA, N/A or null`,
			`m:2:1: "-1" is negative; leave a pair that was not measured empty, or write 0`,
			`m:2:6: "+Inf" is not finite; leave a pair that was not measured empty`,
			`m:3:1: 1e9ms is more than 10m0s; is the unit right?`,
			`m:3:5: "1e400" is not finite; leave a pair that was not measured empty`,
		}},
		{"not square", "0 1 2\n1 0\n2 1 0\n", Options{}, []string{`m:2: row 2 has 2 cells, row 1 has 3`}},
		{"too few rows", "0 1 2\n1 0 2\n", Options{}, []string{`m:2: not square: 2 rows of 3 cells`}},
		{"empty", "\n# nothing\n", Options{}, []string{`m: empty: no row of numbers`}},
		{"not upper", "0 1 2\n1 0\n2 1 0\n", Options{Form: Upper}, []string{
			`m:1: not upper triangular: each row must be one cell shorter than the row above`,
		}},
		{"options", "0", Options{Unit: "hours", Kind: "ping", Form: "cube", Symmetrize: "max", Missing: "guess", IntraRTT: -1}, []string{
			`m: unit: "hours", must be "ms", "s" or "us"`,
			`m: kind: "ping", must be "rtt" or "one-way"`,
			`m: form: "cube", must be one of square, upper, upper-diagonal, lower, lower-diagonal, wide, long, pairs, json, gml`,
			`m: symmetrize: "max", must be "none", "mean" or "min"`,
			`m: missing: "guess", must be "error" or "shortest-path"`,
			`m: intra_rtt: -1ns, must be > 0s and at most 10m0s`,
		}},
		{"wide labels", "x,a,b,a,\na,1,2,3,4\n", Options{}, []string{
			`m:1:7: label "a" is used twice, in columns 2 and 4`,
			`m:1:9: column 5 has no label`,
		}},
		{"wide rows", "x,west,east\nwest,0,inf\nwost,0,1\nwest,0,1\n", Options{}, []string{
			`m:2:8: "inf" is not finite; leave a pair that was not measured empty`,
			`m:3: row "wost" has no column (did you mean "west"?)`,
			`m:4: row "west" stands at line 2 already`,
			`m: not square: column "east" has no row`,
		}},
		{"wide short row", "x,a,b\na,0\nb,1,0\n", Options{}, []string{`m:2: row "a" has 1 cells, the header has 2`}},
		{"csv syntax", "x,a,b\na,0,\"1\nb,1,0\n", Options{}, []string{
			`m:3:7: extraneous or missing " in quoted-field`,
		}},
		{"long columns", "from,to,typical,spread\na,b,1,2\n", Options{}, []string{
			`m:1: none of from, to, typical, spread is known as a value column; name one`,
		}},
		{"long column name", "from,to,avg_ms,max_ms\na,b,1,2\n", Options{Column: "avgms"}, []string{
			`m:1: no column "avgms" (did you mean "avg_ms"?); the header has from, to, avg_ms, max_ms`,
		}},
		{"long unit", "from,to,avg_ms\na,b,1\n", Options{Unit: Seconds}, []string{`m:1:9: column "avg_ms" is in ms, but unit is "s"`}},
		{"long rows", "from,to,avg_ms\na,b,1\na,b,2\n,b,1\na,b\n", Options{Repeated: "error"}, []string{
			`m:3: "a" → "b" stands at line 2 already`,
			`m:4: from and to must both be named`,
			`m:5: 2 fields, the header has 3`,
		}},
		{"pairs", "node 1\n1,2 5\n1,2\n1,3 x\n", Options{}, []string{
			`m:3: "1,2": a line must be "a,b value" or "a b value"`,
			`m:4:5: "x" is no number; a pair that was not measured is left empty, or is -, NaN, NA, N/A or null`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := c.opt
			if opt.Unit == "" {
				opt.Unit = Milliseconds
			}
			if opt.Kind == "" {
				opt.Kind = RTT
			}
			_, err := LoadMatrix(strings.NewReader(c.text), "m", opt)
			wantLines(t, err, c.want)
		})
	}
}

func TestMatrixOfAbsurdSizeIsRefused(t *testing.T) {
	_, err := load(strings.Repeat("0 ", RowsMax+1), Options{})
	wantLines(t, err, []string{"m:1: more than 20000 columns"})
	_, err = load(strings.Repeat("0\n", RowsMax+1), Options{})
	wantLines(t, err, []string{"m:20001: more than 20000 rows"})
	_, err = load(strings.Repeat("1", lineMax+1), Options{})
	wantLines(t, err, []string{"m: a line of more than 1 MiB; this is no matrix"})
	_, err = load(strings.Repeat("x -1 1\n", 1000), Options{})
	if have := len(problemLines(err)); have != problemsMax+1 {
		t.Errorf("%d lines for 2000 problems, want %d and a last one that counts the rest", have, problemsMax+1)
	}
}

func TestTruncatedGzipIsAnError(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(strings.Repeat("0 1 2 3 4 5 6 7\n", 8)))
	_ = z.Close()
	if _, err := load(packed.String()[:packed.Len()-6], Options{}); err == nil {
		t.Error("a cut gzip file loaded")
	}
}
