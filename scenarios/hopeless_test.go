package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// What a run cannot do, or only in vain, is told by its plan, all in one round.
func TestHopeless(t *testing.T) {
	const world = `schema = 1
[scenario]
name = "x"
title = "nothing comes of it"
duration = "60s"
warmup = "5s"
settle = "5s"
[topology]
use = "lan1"
[cluster]
managers = 10
gateless = true
[protocol.membership]
topology = "flat"
`
	start := "[cluster.start]\nmode = \"cold\"\nover = \"%\"\n"
	plot := func(text string) string { return "[[report.plot]]\n" + text + "\n" }
	fault := "[[fault]]\nid = \"f\"\nkind = \"pause\"\nat = \"10s\"\nfor = \"500us\"\nrepeat = { every = \"1ms\", count = % }\ntarget = { role = \"manager\", count = 4 }\n"
	for _, c := range []struct {
		name, more string
		sets, want []string
	}{
		{"all start in time", strings.ReplaceAll(start, "%", "60s"), nil, nil},
		{"some never start", strings.ReplaceAll(start, "%", "100s"), nil, []string{"cluster.start.over is 100s, the run ends after 60s: 4 of 10 nodes never start"}},
		{"as many records as members", "", []string{"protocol.membership.max_members=10"}, nil},
		{"fewer records than members", "", []string{"protocol.membership.max_members=9"}, []string{"group flat has 10 members, but protocol.membership.max_members lets a member keep 9"}},
		{"as slow as it gets", "", []string{"node.service=59s"}, nil},
		{"slower than the run", "", []string{"node.manager.service={ control = \"60s\" }"}, []string{"node.service of class CONTROL is 60s on average, the run ends after 60s: 10 of 10 nodes"}},
		{"a host of nobody", "", []string{"node.worker.service=\"9h\""}, nil},
		{"slower than the run, all classes", "", []string{"node.service=9h"}, []string{"class CONTROL", "class DISPATCH", "class DATA", "class TELEMETRY"}},
		{"often", strings.ReplaceAll(fault, "%", "24999"), nil, nil},
		{"too often", strings.ReplaceAll(fault, "%", "25000"), nil, []string{`fault "f" happens 100000 times`}},
		{"a picture", plot("kind = \"line\"\nmetric = \"messages\"\nsplit = [\"direction\", \"role\"]"), nil, nil},
		{"no such form", plot("kind = \"box\"\nmetric = \"messages\""), nil, []string{`report.plot[0] of messages is not drawn: there is no kind "box" yet (has area,`}},
		{"an axis of a sweep", plot("kind = \"line\"\nmetric = \"messages\"\nx = \"cluster.size\""), nil, []string{`not drawn: x = "cluster.size"`}},
		{"split by a key", plot("kind = \"line\"\nmetric = \"messages\"\nsplit = [\"variant\"]"), nil, []string{`split by "variant" tells the runs of a sweep apart`}},
		{"no such label", plot("kind = \"line\"\nmetric = \"messages\"\nsplit = [\"directoin\"]"), nil, []string{`carry no label "directoin" to split by (has`}},
		{"an empty window", plot("kind = \"line\"\nmetric = \"messages\"\nwindow = { from = \"50s\", to = \"20s\" }"), nil, []string{"its window ends at 20s, and begins at 50s"}},
		{
			"all at once", strings.ReplaceAll(start, "%", "100s") + strings.ReplaceAll(fault, "%", "25000") + plot("kind = \"gantt\"\nmetric = \"messages\""),
			[]string{"protocol.membership.max_members=9"}, []string{"never start", "keep 9", "100000 times", `a gantt chart shows the shards that core_seconds counts`},
		},
	} {
		sc, err := Parse(world+c.more, "x.toml", c.sets, Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(sc.Warnings) != len(c.want) {
			t.Errorf("%s: warned of %q, want %d", c.name, sc.Warnings, len(c.want))
		}
		for _, w := range c.want {
			if !slices.ContainsFunc(sc.Warnings, func(s string) bool { return strings.Contains(s, w) }) {
				t.Errorf("%s: not warned of %q, but of %q", c.name, w, sc.Warnings)
			}
		}
	}
}

// A text that must be there must say something.
func TestEmptyNamesAreRefused(t *testing.T) {
	for _, name := range []string{"", "  "} {
		_, err := Parse("schema = 1\n[scenario]\nname = \""+name+"\"\ntitle = \"t\"\nduration = \"9s\"\n", "x.toml", nil, Options{})
		if err == nil || !strings.Contains(err.Error(), `x.toml:3:8: scenario.name = "`+name+`": must not be empty`) {
			t.Errorf("name %q: %v", name, err)
		}
	}
}
