package claim

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

func ptr(v float64) *float64 { return &v }

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		claim Claim
		text  string
		holds []float64
		not   []float64
	}{
		{Claim{Min: ptr(6), Max: ptr(10)}, "in [6, 10]", []float64{6, 10, 10 + 1e-12}, []float64{5.9, 10.1, math.NaN()}},
		{Claim{Min: ptr(6)}, ">= 6", []float64{6, math.Inf(1)}, []float64{5.9}},
		{Claim{Max: ptr(6)}, "<= 6", []float64{6, math.Inf(-1)}, []float64{6.1}},
		{Claim{Equals: ptr(8), Tolerance: 2}, "= 8 ± 2", []float64{6, 10}, []float64{5.9, 10.1}},
		{Claim{Equals: ptr(8)}, "= 8", []float64{8}, []float64{7.99}},
		{Claim{}, "", []float64{0, math.Inf(1)}, []float64{math.NaN()}},
	} {
		if have := c.claim.BoundText(); have != c.text {
			t.Errorf("%q, want %q", have, c.text)
		}
		for _, v := range c.holds {
			if !c.claim.Holds(v) {
				t.Errorf("%s: %v does not hold", c.text, v)
			}
		}
		for _, v := range c.not {
			if c.claim.Holds(v) {
				t.Errorf("%s: %v holds", c.text, v)
			}
		}
	}
	if m := (&Claim{Min: ptr(6), Max: ptr(10)}).Margin(9); m != 1 {
		t.Errorf("margin %v", m)
	}
}

// Words of files and of results are the same both ways.
func TestWords(t *testing.T) {
	for _, l := range []Level{Must, Should, Record} {
		if ParseLevel(l.String()) != l {
			t.Errorf("level %s is read as %s", l, ParseLevel(l.String()))
		}
	}
	for _, a := range []Across{AcrossAll, AcrossPooled, AcrossMean, AcrossShare} {
		if ParseAcross(a.String()) != a {
			t.Errorf("across %s is read as %s", a, ParseAcross(a.String()))
		}
	}
	if ParseLevel("") != Must || ParseAcross("") != AcrossDefault {
		t.Error("no word has another meaning than its default")
	}
	w := Where{"to": {"DEAD"}, "observer_site_not": {"c", "d"}}
	if have := w.String(); have != "observer_site!=c|d;to=DEAD" || !w.Asks("observer_site") || w.Asks("observer") {
		t.Errorf("%s", have)
	}
}

// Runs of a sweep are found by the names of the selections that they keep: another spelling would lose them.
func TestSelectionKeepsItsSpelling(t *testing.T) {
	from, since := Moment(10*time.Second), Moment(7*time.Second)
	c := Claim{
		ID: "x", Metric: "a", Where: Where{"to_not": {"DEAD"}}, Minus: &Other{Metric: "b"}, Window: &Window{From: &from, Rolling: time.Second},
		Since: &since, Max: ptr(3), Level: Should,
	}
	const want = `{"Metric":"a","Where":{"to_not":["DEAD"]},"Minus":{"Metric":"b","Where":null},"Ratio":null,"Stat":"p50",` +
		`"Window":{"From":{"Ref":"","Offset":10000000000},"To":null,"Rolling":1000000000},"Since":{"Ref":"","Offset":7000000000}}`
	if have := c.Selection(); have != want {
		t.Errorf("\nhave %s\nwant %s", have, want)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Claim
	if err := json.Unmarshal(text, &back); err != nil || back.Selection() != want || *back.Max != 3 || back.Level != Should {
		t.Errorf("%s is read as %+v, %v", text, back, err)
	}
}
