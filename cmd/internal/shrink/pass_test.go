package shrink

import (
	"slices"
	"strings"
	"testing"

	"hypersim/scenarios"
)

const twoSites = `
schema = 1
[scenario]
name = "x"
title = "t"
duration = "100s"
settle = "20s"
[topology]
kind = "rtt"
unit = "ms"
rows = [[0, 7], [7, 0]]
sites = [{ name = "a" }, { name = "b" }]
[cluster]
managers = 3
gates = 1
clients = 1
workers = 1
[protocol]
refute.tokens = 1
[[workload]]
id = "b"
kind = "jobs"
arrival = { process = "once", count = 3 }
mix = [{ share = 1, job = { duration = "5s" } }, { share = 2, job = { duration = "1s", cores = 2 } }]
[[fault]]
id = "freeze"
kind = "pause"
at = "5s"
for = "2s"
target.id = ["a/manager/1", "b/manager/1"]
[[fault]]
id = "leader"
kind = "kill-leader"
at = "6s"
for = "2s"
of = "site:b"
[[fault]]
id = "slow"
kind = "slow"
at = "6s"
for = "2s"
factor = 2
target = { site = ["a", "b"], role = ["gate", "worker"] }
`

// Who is named at a site that goes is looked for where it is put, and the rest stays as it is.
func TestSitesGo(t *testing.T) {
	for name, c := range map[string]struct {
		edit       func(t tree) edit
		gone, kept []string
	}{
		"one lan": {func(t tree) edit { return places(t)[0] }, []string{"rows", `"b/`, "sites"},
			[]string{`use = "lan1"`, `target.id = ["a/manager/1"]`, `of = "site:a"`, `site = ["a"]`, `role = ["gate", "worker"]`}},
		"wide": {func(t tree) edit { return places(t)[1] }, []string{"rows", `"a/`, `"b/`},
			[]string{`use = "wan3"`, `["use1/manager/1", "euw1/manager/1"]`, `of = "site:euw1"`, `site = ["use1", "euw1"]`}},
		"without the second": {func(t tree) edit { return sites(t)[0] }, []string{`"b/`, "7"}, []string{`target.id = ["a/manager/1"]`, `of = "site:a"`, `site = ["a"]`}},
		"without the first":  {func(t tree) edit { return sites(t)[1] }, []string{`"a/`, `"a"`, "7"}, []string{`target.id = ["b/manager/1"]`, `of = "site:b"`, `site = ["b"]`}},
	} {
		tr, err := parse(twoSites)
		if err != nil {
			t.Fatal(err)
		}
		if !c.edit(tr)(tr) || scenario(tr, "") == nil {
			_, err := scenarios.Parse(text(tr), "x.toml", nil, scenarios.Options{Alone: true})
			t.Errorf("%s: %v", name, err)
		}
		holds(t, name, text(tr), c.gone, c.kept)
	}
}

func holds(t *testing.T, name, out string, gone, kept []string) {
	t.Helper()
	for _, s := range gone {
		if strings.Contains(out, s) {
			t.Errorf("%s: %s is still there:\n%s", name, s, out)
		}
	}
	for _, s := range kept {
		if !strings.Contains(out, s) {
			t.Errorf("%s: no %s:\n%s", name, s, out)
		}
	}
}

// The networks that a scenario is put into have the sites that are said here.
func TestSmallNetworks(t *testing.T) {
	for _, n := range small {
		sc := scenario(tree{
			"schema": int64(1), "scenario": tree{"name": "x", "title": "t", "duration": "5s", "settle": "0s"},
			"topology": tree{"use": n.use}, "cluster": tree{"size": int64(9)},
		}, "")
		if sc == nil || len(sc.Topology.Sites) != len(n.sites) {
			t.Fatalf("%s has other sites", n.use)
		}
		for i := range sc.Topology.Sites {
			if sc.Topology.Sites[i].Name != n.sites[i] {
				t.Errorf("%s: %s, not %s", n.use, sc.Topology.Sites[i].Name, n.sites[i])
			}
		}
	}
}

// All that a scenario can do without is tried at once, and what it needs is not among it.
func TestSettings(t *testing.T) {
	tr, err := parse(twoSites)
	if err != nil {
		t.Fatal(err)
	}
	list := settings(tr)
	if len(list) == 0 || !list[0](tr) || scenario(tr, "") == nil {
		t.Fatalf("%d edits; the first leaves\n%s", len(list), text(tr))
	}
	holds(t, "at once", text(tr), []string{"tokens", "gates", "cores = 2", "role"}, []string{"rows", `id = "freeze"`, `kind = "slow"`, "target", "factor", "duration"})
}

// Of a list on one line its elements go, and of a mix of jobs one is left.
func TestParts(t *testing.T) {
	tr, err := parse(twoSites)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range parts(tr) {
		x := clone(tr).(tree)
		if e(x) && scenario(x, "") != nil {
			left = append(left, text(x))
		}
	}
	for _, want := range []string{`target.id = ["a/manager/1"]`, `role = ["worker"]`, `site = ["b"]`, `job.duration = "5s"`, `job = { cores = 2, duration = "1s" }`} {
		if !slices.ContainsFunc(left, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("no edit leaves %s", want)
		}
	}
}

// Jobs that came by chance come at once, and those that do already stay.
func TestArrivals(t *testing.T) {
	tr, err := parse(strings.Replace(twoSites, `{ process = "once", count = 3 }`, `{ process = "poisson", rate = "0.5/s" }`, 1))
	if err != nil {
		t.Fatal(err)
	}
	list := arrivals(tr)
	if len(list) == 0 || !list[0](tr) || scenario(tr, "") == nil {
		t.Fatalf("%d edits; the first leaves\n%s", len(list), text(tr))
	}
	holds(t, "once", text(tr), []string{"poisson", "rate"}, []string{`arrival = { count = 1, process = "once" }`})
	if list = arrivals(tr); len(list) > 0 {
		t.Errorf("of jobs that come at once are left %d edits", len(list))
	}
}

// One fault does for two, from when the first began until the last was over; of what lasts as long by itself nothing is tried again.
func TestMerged(t *testing.T) {
	faults := func(list ...any) tree { return tree{"fault": list} }
	early, late := tree{"id": "a", "at": "75s", "for": "15s"}, tree{"id": "b", "at": "90s", "for": "40s"}
	var left []string
	both := faults(early, late)
	for _, e := range merged(both) {
		x := clone(both).(tree)
		if !e(x) {
			t.Error("an edit changes nothing")
		}
		left = append(left, value(x["fault"]))
	}
	if want := []string{`[{ id = "a", at = "75s", for = "55s" }]`, `[{ id = "b", at = "75s", for = "55s" }]`}; !slices.Equal(left, want) {
		t.Errorf("%q, want %q", left, want)
	}
	if n := len(merged(faults(tree{"at": "1s", "for": "9s"}, tree{"at": "2s", "for": "1s"}))); n != 1 {
		t.Errorf("%d edits where one lasts longer than the other", n)
	}
	if n := len(merged(faults(early, tree{"at": "+5s", "for": "1s"}, tree{"for": "1s"}, tree{"at": "5s"}))); n != 0 {
		t.Errorf("%d edits of what does not say when, or for how long", n)
	}
	if n := len(merged(faults(early, late, late, late, late, early))); n != 0 {
		t.Errorf("%d edits of many", n)
	}
}
