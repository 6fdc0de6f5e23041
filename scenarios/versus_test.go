package scenarios

import (
	"slices"
	"strings"
	"testing"

	"hypersim/scenarios/claim"
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
		want          []claim.Choice
		ratio         bool
		unit          string
		bad           string
	}{
		{versus: `{ variant = "a" }`, bound: `"-1s"`, want: []claim.Choice{{Key: "variant", Value: "a"}}, unit: "s"},
		{versus: `{ variant = "a", as = "difference" }`, bound: `"1s"`, want: []claim.Choice{{Key: "variant", Value: "a"}}, unit: "s"},
		{versus: `{ variant = "a", as = "ratio" }`, bound: `1.05`, want: []claim.Choice{{Key: "variant", Value: "a"}}, ratio: true, unit: "1"},
		{versus: `{ "fault.loss.p" = 0.1 }`, bound: `"0s"`, want: []claim.Choice{{Key: "fault.loss.p", Value: "0.1"}}, unit: "s"},
		{versus: `{ fault.loss.p = 0.1, variant = "a" }`, bound: `"0s"`, want: []claim.Choice{{Key: "fault.loss.p", Value: "0.1"}, {Key: "variant", Value: "a"}}, unit: "s"},
		{versus: `{ variant = "a", as = "ratio" }`, bound: `"1s"`, bad: "must be a number"},
		{versus: `{ variant = "a", as = "log" }`, bound: `"1s"`, bad: `"difference" or "ratio"`},
		{versus: `{ as = "ratio" }`, bound: `1`, bad: "must name a cell"},
		{versus: `"a"`, bound: `"1s"`, bad: "must be a table"},
		{versus: `{ variant = "aa" }`, bound: `"1s"`, bad: `no such variant (has a, b) (did you mean "a"?)`},
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
		if !slices.Equal(e.Versus, c.want) || e.AsRatio != c.ratio || e.Unit != c.unit {
			t.Errorf("%s: have %+v", c.versus, e)
		}
		if !strings.Contains(string(sc.Config), `"versus"`) {
			t.Errorf("%s: not in the resolved configuration", c.versus)
		}
	}
}

// A comparison with a variant of a file without variants would never be judged.
func TestVersusWithoutVariants(t *testing.T) {
	text := strings.NewReplacer("VERSUS", `{ variant = "a" }`, "BOUND", `"1s"`, "[[variant]]\nname = \"a\"\n[[variant]]\nname = \"b\"\n", "").Replace(compared)
	if _, err := Parse(text, "compared.toml", nil, Options{}); err == nil || !strings.Contains(err.Error(), "this file has no variants") {
		t.Errorf("have %v", err)
	}
}

// What comparisons judge is declared beside the runs and changes none of them.
func TestCompareIsDeclared(t *testing.T) {
	text := strings.NewReplacer("VERSUS", `{ variant = "a" }`, "BOUND", `"1s"`).Replace(compared)
	bare, err := Parse(text, "compared.toml", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sc, err := Parse(text+"[compare]\nprimary = [\"detection_first:to=DEAD\", \"bytes\"]\nhorizon = \"40s\"\n", "compared.toml", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(sc.Compare.Primary) != 2 || sc.Compare.Horizon.Seconds() != 40 || sc.ConfigHash != bare.ConfigHash {
		t.Errorf("%+v, configuration %s, without it %s", sc.Compare, sc.ConfigHash, bare.ConfigHash)
	}
	for text, want := range map[string]string{
		text + "[compare]\nprimary = [\"detection_frst\"]\n": `did you mean "detection_first"`, text + "[compare]\nhorizon = \"0s\"\n": "must be",
		text + "[compare]\nhorizont = \"1s\"\n": `did you mean "horizon"`,
	} {
		if _, err := Parse(text, "compared.toml", nil, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want …%s…", err, want)
		}
	}
}
