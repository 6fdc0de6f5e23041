package batch

import (
	"slices"
	"strings"
	"testing"
)

func TestParseVary(t *testing.T) {
	for _, c := range []struct {
		text, key string
		values    []string
		bad       string // part of the message
	}{
		{text: "protocol.probe.interval=1s,2s", key: "protocol.probe.interval", values: []string{"1s", "2s"}},
		{text: " cluster.size = 5 , 20 ", key: "cluster.size", values: []string{"5", "20"}},
		{text: `network.inter.jitter={dist="normal",mean="0%",std="5%"},"1ms"`, key: "network.inter.jitter",
			values: []string{`{dist="normal",mean="0%",std="5%"}`, `"1ms"`}},
		{text: `a=[1,2],[3]`, key: "a", values: []string{"[1,2]", "[3]"}},
		{text: `a="x,y",'z,w'`, key: "a", values: []string{`"x,y"`, `'z,w'`}},
		{text: "cluster.size", bad: "must be key=value"},
		{text: "=1", bad: "must be key=value"},
		{text: "cluster.size=5,,20", bad: "value 2"},
		{text: "cluster.size=", bad: "is empty"},
		{text: "variant=a,b", bad: "--variant"},
		{text: "scenario.seed=1,2", bad: "--seeds"},
	} {
		key, values, err := ParseVary(c.text)
		switch {
		case c.bad != "":
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%s: have %v, want …%s…", c.text, err, c.bad)
			}
		case err != nil || key != c.key || !slices.Equal(values, c.values):
			t.Errorf("%s: have %q %q %v", c.text, key, values, err)
		}
	}
}

func TestParseSeeds(t *testing.T) {
	for _, c := range []struct {
		text string
		want []uint64
		bad  string
	}{
		{text: "1..4", want: []uint64{1, 2, 3, 4}},
		{text: "7", want: []uint64{7}},
		{text: "9, 2,3..4", want: []uint64{9, 2, 3, 4}},
		{text: "1..3,2", bad: "seed 2 comes twice"},
		{text: "4..1", bad: "must be a seed or a range"},
		{text: "1..", bad: "must be a seed or a range"},
		{text: "-1", bad: "must be a seed or a range"},
		{text: "", bad: "must be a seed or a range"},
		{text: "1..200000", bad: "at most 100000"},
	} {
		have, err := ParseSeeds(c.text)
		switch {
		case c.bad != "":
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%q: have %v, want …%s…", c.text, err, c.bad)
			}
		case err != nil || !slices.Equal(have, c.want):
			t.Errorf("%q: have %v %v", c.text, have, err)
		}
	}
}

// What stood in a file stands in a set as the same TOML value.
func TestTOML(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{"120s", `"120s"`}, {`a "b"`, `"a \"b\""`}, {int64(5), "5"}, {0.05, "0.05"}, {1.0, "1.0"}, {1e-7, "1e-07"}, {true, "true"},
		{[]any{int64(1), "x"}, `[1, "x"]`},
		{map[string]any{"dist": "normal", "a": 1.5}, `{"a" = 1.5, "dist" = "normal"}`},
	} {
		if have := toml(c.v); have != c.want {
			t.Errorf("%v: have %s, want %s", c.v, have, c.want)
		}
	}
}
