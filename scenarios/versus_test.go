package scenarios

import (
	"slices"
	"strings"
	"testing"
)

const compared = `
schema = 1
[scenario]
name = "compared"
title = "Two variants"
duration = "100s"
[topology]
use = "lan1"
[cluster]
managers = 3
workers = 2
start = { mode = "formed" }
[[fault]]
id = "loss"
kind = "loss"
at = "1s"
for = "10s"
links = { a = { any = true }, b = { any = true } }
p = 0.1
[[variant]]
name = "a"
[[variant]]
name = "b"
[[expect]]
id = "slower"
metric = "detection_first"
stat = "mean"
versus = VERSUS
min = BOUND
why = "a test"
`

func TestVersus(t *testing.T) {
	for _, c := range []struct {
		versus, bound string
		want          []Choice
		ratio         bool
		unit          string
		bad           string
	}{
		{versus: `{ variant = "a" }`, bound: `"-1s"`, want: []Choice{{"variant", "a"}}, unit: "s"},
		{versus: `{ variant = "a", as = "difference" }`, bound: `"1s"`, want: []Choice{{"variant", "a"}}, unit: "s"},
		{versus: `{ variant = "a", as = "ratio" }`, bound: `1.05`, want: []Choice{{"variant", "a"}}, ratio: true, unit: "1"},
		{versus: `{ "fault.loss.p" = 0.1 }`, bound: `"0s"`, want: []Choice{{"fault.loss.p", "0.1"}}, unit: "s"},
		{versus: `{ fault.loss.p = 0.1, variant = "a" }`, bound: `"0s"`, want: []Choice{{"fault.loss.p", "0.1"}, {"variant", "a"}}, unit: "s"},
		{versus: `{ variant = "a", as = "ratio" }`, bound: `"1s"`, bad: "must be a number"},
		{versus: `{ variant = "a", as = "log" }`, bound: `"1s"`, bad: `"difference" or "ratio"`},
		{versus: `{ as = "ratio" }`, bound: `1`, bad: "must name a cell"},
		{versus: `"a"`, bound: `"1s"`, bad: "must be a table"},
		{versus: `{ variant = ["a", "b"] }`, bound: `"1s"`, bad: "one value"},
		{versus: `{ "fault.cut.for" = "1s" }`, bound: `"1s"`, bad: "no such key"},
	} {
		text := strings.NewReplacer("VERSUS", c.versus, "BOUND", c.bound).Replace(compared)
		sc, err := Parse(text, "compared.toml", nil, Options{})
		if c.bad != "" {
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%s: have %v, want …%s…", c.versus, err, c.bad)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.versus, err)
			continue
		}
		e := &sc.Expects[0]
		if !slices.Equal(e.Versus, c.want) || e.VersusRatio != c.ratio || e.Unit != c.unit {
			t.Errorf("%s: have %+v", c.versus, e)
		}
		if !strings.Contains(string(sc.Config), `"versus"`) {
			t.Errorf("%s: not in the resolved configuration", c.versus)
		}
	}
}
