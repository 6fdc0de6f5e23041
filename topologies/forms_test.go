package topologies

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What people bring, in the words of this test: how it is read, and what is said about a guess.
func TestFormsAreToldFromTheText(t *testing.T) {
	abc, abcd := []string{"a", "b", "c"}, []string{"a b", "c", "d d"}
	full := cellsOf(0, 10, 20, 10, 0, 30, 20, 30, 0)
	hollow := []int64{-1, 10, 20, 10, -1, 30, 20, 30, -1}
	oneSided := []int64{-1, 10, 20, -1, -1, 30, -1, -1, -1}
	for _, c := range []struct {
		name, text string
		opt        Options
		labels     []string
		cells      []int64 // ms, −1 missing; nil for full
		note       string
	}{
		{"labels from 0", ",0,1,2\n0,0.0,10.0,20.0\n1,10.0,0.0,30.0\n2,20.0,30.0,0.0\n", Options{}, []string{"0", "1", "2"}, nil, `"square"`},
		{"labels from 1, tabs", "\t1\t2\t3\n1\t0\t10\t20\n2\t10\t0\t30\n3\t20\t30\t0\n", Options{}, []string{"1", "2", "3"}, nil, `"square"`},
		{"labels that do not count", ",7,99,3\n7,0,10,20\n99,10,0,30\n3,20,30,0\n", Options{}, []string{"7", "99", "3"}, nil, `"square"`},
		{"no labels, no diagonal", ",10,20\n10,,30\n20,30,\n", Options{}, nil, hollow, ""},
		{"semicolons", "RTT (ms);a b;c;d d\na b;;10;20\nc;10;;30\nd d;20;30;\n", Options{}, abcd, hollow, ""},
		{"tabs", "RTT\ta b\tc\td d\na b\t\t10\t20\nc\t10\t\t30\nd d\t20\t30\t\n", Options{}, abcd, hollow, ""},
		{"blanks", "   a  b  c\na  0 10 20\nb 10  0 30\nc 20 30  0\n", Options{}, abc, nil, ""},
		{"blanks with a corner", "x  a  b  c\na  0 10 20\nb 10  0 30\nc 20 30  0\n", Options{}, abc, nil, ""},
		{"Markdown", "| | **a b** | c | d d |\n|---|:-:|--:|---|\n| **a b** | | 10 | 20 |\n| c | 10 | | 30 |\n|d d| 20| 30||\n", Options{}, abcd, hollow, ""},
		{"Markdown of pairs", "| src | dst | rtt (ms) |\n|---|---|---|\n| a | b | 10 |\n| a | c | 20 |\n| b | c | 30 |\n", Options{}, abc, oneSided, ""},
		{"three pairs of numbers", "1 2 10\n1 3 20\n2 3 30\n", Options{}, []string{"1", "2", "3"}, oneSided, `"square"`},
		{"three rows of numbers", "1 10 20\n10 1 30\n20 30 1\n", Options{}, nil, []int64{1, 10, 20, 10, 1, 30, 20, 30, 1}, ""},
		{"pairs of words", "a b 10\na c 20\nb c 30\n", Options{}, abc, oneSided, ""},
		{"pairs with commas", "a,b,10\na,c,20\nb,c,30\n", Options{}, abc, oneSided, ""},
		{"many pairs of numbers", "1 2 10\n1 3 20\n2 3 30\n2 1 10\n", Options{}, []string{"1", "2", "3"}, []int64{-1, 10, 20, 10, -1, 30, -1, -1, -1}, ""},
		{"an inner diagonal", "1 10 20\n1 30\n1\n", Options{}, nil, []int64{1, 10, 20, 10, 1, 30, 20, 30, 1}, `"upper" reads it without: 4 rows`},
		{"an inner diagonal, lower", "1\n10 1\n20 30 1\n", Options{}, nil, []int64{1, 10, 20, 10, 1, 30, 20, 30, 1}, `"lower" reads it without: 4 rows`},
		{"no diagonal", "10 20\n30\n", Options{}, nil, hollow, `"upper-diagonal" reads it with it: 2 rows`},
		{"zeros for pairs that were not measured", "0 20\n0\n", Options{}, nil, []int64{-1, 0, 20, 0, -1, 0, 20, 0, -1}, `"upper-diagonal" reads it with it: 2 rows`},
		{"source, destination", "source,destination,at,min,avg\na,b,x,1,10\na,c,x,1,20\nb,c,x,1,30\n", Options{}, abc, oneSided, ""},
		{"named columns", "asn1,asn2,n,x\na,b,1,10\na,c,1,20\nb,c,1,30\n", Options{From: "ASN1", To: "asn2", Column: "x"}, abc, oneSided, ""},
		{"one end has a column", "City,ping\nb,10ms\nc,20 ms\n", Options{To: "city"}, []string{"m", "b", "c"}, []int64{-1, 10, 20, -1, -1, -1, -1, -1, -1}, ""},
		{"two value columns", "from,to,avg,p50\na,b,10,1\na,c,20,1\nb,c,30,1\n", Options{}, abc, oneSided, `"p50" could be meant too`},
		{"JSON objects, wrapped", `{"data": {"a": {"b": 10, "c": "20 ms"}, "b": {"c": 30, "a": null}}}`, Options{}, abc, oneSided, ""},
		{"JSON arrays", `[[0, 10, 20], [10, 0, 30], [20, 30, 0]]`, Options{}, nil, nil, ""},
		{"JSON records", `{"rows": [{"from": "a", "to": "b", "ms": 10}, {"to": "c", "ms": 20, "from": "a"}, {"from": "b", "to": "c", "ms": 30}]}`, Options{}, abc, oneSided, ""},
		{"units in cells", "x,a,b,c\na,0,10ms,20 ms\nb,10000us,0,30 msec\nc,0.02s,30000 µs,0\n", Options{}, abc, nil, ""},
		{"marks of missing pairs", "x,a,b,c\na,-,10,20\nb,10,N/A,30\nc,20,30,null\n", Options{}, abc, hollow, ""},
		{"marks of missing pairs, no labels", "NaN 10 20\n10 NA 30\n20 30 None\n", Options{}, nil, hollow, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := load(c.text, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			want := full
			if c.cells != nil {
				want = want[:0:0]
				for _, v := range c.cells {
					want = append(want, cellsOf(float64(v))...)
				}
			}
			if !slices.Equal(m.Cells, want) || !slices.Equal(m.Labels, c.labels) {
				t.Errorf("have %v %v\nwant %v %v", m.Labels, m.Cells, c.labels, want)
			}
			notes := strings.Join(m.Notes, "\n")
			if c.note == "" && notes != "" || !strings.Contains(notes, c.note) {
				t.Errorf("notes %q, want %q", notes, c.note)
			}
		})
	}
}

func TestAGraphIsReadAsOneWayDelays(t *testing.T) {
	const text = `# made for this test
Creator "me [not you]"
graph [
  directed 1
  node [ id 0 label "a" ]
  node [ id 1 label "b" graphics [ x 1 ] ]
  edge [ source 0 target 0 latency "500 us" packet_loss 0.0 ]
  edge [ source 0 target 1 latency "40 ms" packet_loss 0.01 ]
  edge [ source 1 target 0 latency 42 ]
]`
	m, err := LoadMatrix(strings.NewReader(text), "g", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := cellsOf(0.5, 40, 42, -1); !slices.Equal(m.Cells, want) || m.Kind != OneWay || !slices.Equal(m.Labels, []string{"a", "b"}) {
		t.Errorf("%v %s %v, want %v", m.Labels, m.Kind, m.Cells, want)
	}
	if len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "packet_loss") {
		t.Error(m.Notes)
	}
	m, err = load(strings.Replace(text, "directed 1", "", 1), Options{Kind: OneWay})
	if want := cellsOf(0.5, 41, 41, -1); err != nil || !slices.Equal(m.Cells, want) { // both edges hold both ways, and their median counts
		t.Errorf("%v, %v, want %v", m, err, want)
	}
	_, err = load(text, Options{Kind: RTT})
	wantLines(t, err, []string{`m: kind: the latencies of a graph are one-way delays, as in Shadow; must be "one-way"`})
}

func TestARepeatedPairIsFoldedByANamedRule(t *testing.T) {
	const text = "from,to,ms\na,b,10\na,b,20\na,b,60\na,b,-\nb,a,5\n"
	for rule, want := range map[string]float64{"": 20, "median": 20, "mean": 30, "min": 10, "last": 60} {
		m, err := load(text, Options{Repeated: rule})
		if err != nil {
			t.Fatal(err)
		}
		if m.At(0, 1) != millis(want) || m.At(1, 0) != millis(5) {
			t.Errorf("%q: %v, want %v ms", rule, m.At(0, 1), want)
		}
		if rule == "" {
			rule = RepeatedDefault
		}
		if len(m.Notes) != 1 || !strings.Contains(m.Notes[0], `repeated = "`+rule+`"`) {
			t.Errorf("%q: %v", rule, m.Notes)
		}
	}
	_, err := load(text, Options{Repeated: "error"})
	wantLines(t, err, []string{`m:3: "a" → "b" stands at line 2 already`, `m:4: "a" → "b" stands at line 2 already`, `m:5: "a" → "b" stands at line 2 already`})
}

func TestAUnitInANameMustBeThatOfTheMatrix(t *testing.T) {
	for _, name := range []string{"rtt_us", "rtt (us)", "RTT [µs]", "latency.usec", "us", "rtt microseconds"} {
		text := "from,to," + name + "\na,b,80\n"
		if _, err := load(text, Options{Unit: Milliseconds}); err == nil || !strings.Contains(err.Error(), `is in us, but unit is "ms"`) {
			t.Errorf("%s as ms: %v", name, err)
		}
		if m, err := load(text, Options{Unit: Microseconds}); err != nil || m.At(0, 1) != 80_000 {
			t.Errorf("%s as us: %v, %v", name, m, err)
		}
	}
	_, err := load("average (us),a,b\na,0,1\nb,1,0\n", Options{})
	wantLines(t, err, []string{`m:1:1: "average (us)" is in us, but unit is "ms"`})
	for _, name := range []string{"hosts", "plus", "rtts"} {
		if base, unit := columnUnit(name); unit != "" || base != name {
			t.Errorf("%s is taken for %q in %q", name, base, unit)
		}
	}
}

// One sentence, whatever is brought.
func TestWhatIsNotReadIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"h1 : xmt/rcv/%loss = 5/5/0%, min/avg/max = 1/2/3\nh2 : xmt/rcv/%loss = 5/0/100%\n": "the summary of fping",
		"64 bytes from 192.0.2.1: icmp_seq=1 ttl=55 time=12.3 ms\n":                         "the output of ping",
		"<!DOCTYPE html>\n<html></html>\n":                                                  "a web page",
		"<?xml version=\"1.0\"?>\n<graphml/>\n":                                             "GraphML",
		"digraph x { a -> b }\n":                                                            "a graph of Graphviz",
		"schema = 1\n[topology]\nuse = \"wan5\"\n":                                          "a scenario or a topology file",
		"PK\x03\x04rest": "a spreadsheet",
		"a\x00b\n":       "no text",
		"To be or not to be\nthat is the question\n":             `text that begins with "To be or not to be"`,
		"City,min,avg\nx,1,2\ny,3,4\n":                           "a table with the columns City, min, avg: name those",
		`{"a": 1}`:                                               "JSON without a matrix",
		`{"p50": {"a": {"b": 1}}, "p90": {"a": {"b": 2}}}`:       "JSON with 2 matrices, p50, p90",
		`{"a": {"b": 1}`:                                         "JSON, but is broken",
		"[" + strings.Repeat("[", 100):                           "nested deeper",
		"graph [ node [ id 0 ] edge [ source 0 target 0 ] ]":     "an edge without a latency",
		"graph [ node [ id 0 ] edge [ source 0 target 1 ] ]":     "one of them is no node",
		"graph [ node [ id 0":                                    "GML, but is broken",
		"graph [\n" + strings.Repeat("x [ ", 100):                "nested deeper",
		"x,a,b\na,0,\"1,200.5\"\nb,1,0\n":                        "nothing between the thousands",
		"x,a,b\na,0,*\nb,1,0\n":                                  "a pair that was not measured is left empty",
		"x,a,b\na,0,inf\nb,1,0\n":                                "leave a pair that was not measured empty",
		"x,a,b\na,0,-1\nb,1,0\n":                                 "leave a pair that was not measured empty",
		"from,to,ms\na,b,1\n":                                    "",
		"graph [ node [ id 0 ] ]":                                "empty: no pair",
		"[[0, 1], [1, 0, 2]]":                                    "row 2 has 3 cells",
		"[{\"from\": \"a\", \"to\": \"b\", \"typical\": \"x\"}]": `"x" is no number`,
	} {
		opt := Options{}
		if strings.HasPrefix(text, "graph") {
			opt.Kind = OneWay
		}
		_, err := load(text, opt)
		if want == "" {
			if err != nil {
				t.Errorf("%.40q: %v", text, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40q: have %v, want %q", text, err, want)
		}
	}
}

// The labels of a wide file fill more than the first buffer.
func TestAFormIsToldFromLongLines(t *testing.T) {
	const n = 15_000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",%d", i)
	}
	for i := range 2 {
		fmt.Fprintf(&b, "\n%d%s", i, strings.Repeat(",1.5", n))
	}
	p := &parser{collector: &collector{}, in: bufio.NewReaderSize(strings.NewReader(b.String()), 1<<16), delimiter: blanks}
	if form, refusal := p.detect(); form != Wide || refusal != "" {
		t.Errorf("told %q %s", form, refusal)
	}
}
