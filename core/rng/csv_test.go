package rng

import (
	"slices"
	"strings"
	"testing"
)

func TestReadQuantilesCSV(t *testing.T) {
	p, v, err := ReadQuantilesCSV(strings.NewReader("# ms, one way\nquantile,value\n0, 1.5\n0.5,2\n# the tail\n1,1e3\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p, []float64{0, 0.5, 1}) || !slices.Equal(v, []float64{1.5, 2, 1000}) {
		t.Errorf("read %v, %v", p, v)
	}
	if _, _, err := ReadQuantilesCSV(strings.NewReader("\ufeffquantile,value\r\n0.5,2\r\n")); err != nil {
		t.Errorf("byte order mark and CRLF: %v", err)
	}
}

func TestReadQuantilesCSVNamesLineAndFact(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"header", "# x\np,v\n0,1\n", `line 2: header "p,v", must be "quantile,value"`},
		{"no points", "quantile,value\n", "no points"},
		{"columns", "quantile,value\n0,1,2\n", "line 2: 3 columns"},
		{"number", "quantile,value\n0,1\nx,2\n", `line 3: quantile "x" is not a number`},
		{"unit", "quantile,value\n0,1ms\n", `line 2: value "1ms" is not a number`},
		{"percent", "quantile,value\n0,1\n50,2\n", "line 3: quantile 50, must be within 0 and 1"},
		{"order", "quantile,value\n0.5,1\n0.4,2\n", "line 3: quantile 0.4 does not exceed the one before, 0.5"},
		{"falling", "quantile,value\n0.4,2\n0.5,1\n", "line 3: value 1 is below the one before, 2"},
		{"infinite", "quantile,value\n0.4,Inf\n", "line 2: value +Inf, must be a finite number"},
		{"quotes", "quantile,value\n0,1\n\"0,1\n", "line"},
		{"two at once", "quantile,value\nx,1\ny,1\n", "line 3: quantile \"y\""},
	}
	for _, tc := range tests {
		_, _, err := ReadQuantilesCSV(strings.NewReader(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

// Whatever is read without an error makes a distribution whose draws stay between its points.
func FuzzReadQuantilesCSV(f *testing.F) {
	f.Add("quantile,value\n0,1\n0.5,2\n1,10\n")
	f.Add("# c\nquantile,value\n 0.1 , -1e300\n0.2,1e300\n")
	f.Add("quantile,value\n\"0\",\"1\"\n,\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, v, err := ReadQuantilesCSV(strings.NewReader(text))
		if err != nil {
			return
		}
		d, err := Empirical(p, v)
		if err != nil {
			t.Fatalf("read %v, %v, which Empirical refuses: %v", p, v, err)
		}
		s := New(1, "fuzz")
		for range 20 {
			if x := d.Sample(&s); !(x >= v[0] && x <= v[len(v)-1]) {
				t.Fatalf("draw %v outside of %v", x, v)
			}
		}
	})
}
