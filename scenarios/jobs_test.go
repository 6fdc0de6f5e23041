package scenarios_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/world"
)

const site = `
schema = 1
[scenario]
name = "site"
title = "jobs"
duration = "100s"
settle = "0s"
[topology]
use = "lan1"
[cluster]
managers = 1
workers = 4
clients = 1
`

// What a workload of jobs says wrong is told all at once, each at its place.
func TestBrokenJobs(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no arrival", `job = { duration = "1s" }`, `workload[0].arrival: missing`},
		{"no duration", `arrival = { process = "once", count = 1 }` + "\njob = { }", `workload[0].job.duration: missing`},
		{"no job", `arrival = { process = "once", count = 1 }`, `workload[0].job: missing: what are the jobs?`},
		{"a key of another process", `arrival = { process = "poisson", rate = "1/s", every = "1s" }` + "\njob = { duration = \"1s\" }", `workload[0].arrival.every: a process poisson has no such key (takes "rate")`},
		{"a rate that is none", `arrival = { process = "poisson", rate = "often" }` + "\njob = { duration = \"1s\" }", `workload[0].arrival.rate = "often": must be a rate such as "2/s" or "30/min"`},
		{"a ramp to nothing", `arrival = { process = "ramp", from = "0/s", to = "0/s" }` + "\njob = { duration = \"1s\" }", `a ramp from 0 to 0 brings no jobs`},
		{"a circle", `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\", edges = [[1, 2], [2, 3], [3, 1]] }", `workload[0].job.edges: go round in a circle`},
		{"an edge to itself", `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\", edges = [[1, 1]] }", `must be a pair of two workflows`},
		{"fewer than edges name", `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\", workflows = 2, edges = [[1, 3]] }", `workload[0].job.workflows = 2: edges name workflow 3`},
		{"job and mix", `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\" }\nmix = [{ share = 1, job = { duration = \"1s\" } }]", `workload[0].mix: job is given too`},
		{"no client", `clients = { role = "worker" }` + "\n" + `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\" }", `workload[0].clients: matches no client`},
		{"no site", `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\", slow = { factor = 2, sites = [\"b\"] } }", `workload[0].job.slow.sites[0] = "b": no site "b"`},
		{"slow by nothing", `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\", slow = { share = 0.1 } }", `workload[0].job.slow.factor: missing`},
		{"a probe of nothing", `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\" }\n[[workload]]\nid = \"p\"\nkind = \"route-probe\"\ninterval = \"1s\"", `workload[1].pinned: missing`},
		{"progress's key", `interval = "1s"` + "\n" + `arrival = { process = "once", count = 1 }` + "\njob = { duration = \"1s\" }", `workload[0].interval: a workload of kind jobs has no such key`},
	} {
		_, err := scenarios.Parse(site+"[[workload]]\nid = \"w\"\nkind = \"jobs\"\n"+c.text+"\n", "x.toml", nil, scenarios.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.toml:1") {
			t.Errorf("%s: have %v\nwant %s", c.name, err, c.want)
		}
	}
	const good = "[[workload]]\nid = \"w\"\nkind = \"jobs\"\narrival = { process = \"once\", count = 1 }\njob = { duration = \"1s\" }\n"
	for _, c := range []struct{ set, want string }{
		{"protocol.membership.topology=flat", `jobs need protocol.membership.topology = "roles"`},
		{"cluster.managers=0", `a site with workers needs managers, which lead the jobs there; there are none in "a"`},
		{"cluster.clients=0", `there is nobody to hand in jobs`},
		{"cluster.workers=0", `no site has workers`},
		{"cluster.managers=65", `at most 64 managers of a site can lead jobs; there are 65 in "a"`},
		{"cluster.gates=65", `at most 64 gates can lead jobs; there are 65`},
	} {
		if _, err := scenarios.Parse(site+good, "x.toml", []string{c.set}, scenarios.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: have %v\nwant %s", c.set, err, c.want)
		}
	}
	if _, err := scenarios.Parse(site+good, "x.toml", []string{"cluster.managers=64", "cluster.gates=64"}, scenarios.Options{}); err != nil {
		t.Errorf("64 of each: %v", err)
	}
	if _, err := scenarios.Parse(site+good+"[[workload]]\nid = \"c\"\nkind = \"cancel\"\njobs = \"v\"\n", "x.toml", nil, scenarios.Options{}); err == nil || !strings.Contains(err.Error(), `no workload of jobs "v" (has w)`) {
		t.Errorf("cancel: %v", err)
	}
}

// Where jobs run: said wrong, and said right.
func TestTargets(t *testing.T) {
	const wan = `schema = 1
[scenario]
name = "wan"
title = "jobs"
duration = "100s"
settle = "0s"
[topology]
use = "wan3"
[cluster]
gates = 1
managers = 1
workers = 2
clients = 1
[[workload]]
id = "w"
kind = "jobs"
arrival = { process = "once", count = 1 }
`
	for _, c := range []struct {
		targets string
		set     []string
		count   int
		of      []uint16
		want    string
	}{
		{targets: `{ any = 2 }`, count: 2},
		{targets: `{ any = 1, of = ["euw1", "use1"] }`, count: 1, of: []uint16{0, 1}},
		{targets: `{ sites = ["apne1", "use1"] }`, count: 2, of: []uint16{0, 2}},
		{targets: `{ all = true }`, count: 3},
		{targets: `{ all = true, any = 1 }`, want: `workload[0].job.targets: must say one of any, sites and all`},
		{targets: `{ sites = ["x"] }`, want: `workload[0].job.targets.sites[0] = "x": no site "x"`},
		{targets: `{ all = true, of = ["use1"] }`, want: `workload[0].job.targets.of: goes with any`},
		{targets: `{ any = 4 }`, want: `only 3 sites have workers`},
		{targets: `{ any = 1 }`, set: []string{"cluster.gates=0", "cluster.gateless=true"}, want: `gates choose datacenters, and there are none`},
	} {
		sc, err := scenarios.Parse(wan+`job = { duration = "1s", targets = `+c.targets+" }\n", "x.toml", c.set, scenarios.Options{})
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: have %v\nwant %s", c.targets, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.targets, err)
			continue
		}
		if k := &sc.Workloads[0].Jobs.Mix[0]; k.Targets != c.count || !slices.Equal(k.Of, c.of) {
			t.Errorf("%s: %d of %v", c.targets, k.Targets, k.Of)
		}
	}
}

// Which workflow needs which, by shape.
func TestShapes(t *testing.T) {
	for _, c := range []struct {
		job  string
		want [][]uint32
	}{
		{`workflows = 3`, [][]uint32{nil, nil, nil}},
		{`workflows = 3, shape = "chain"`, [][]uint32{nil, {1}, {2}}},
		{`workflows = 5, shape = "fan"`, [][]uint32{nil, {1}, {1}, {1}, {2, 3, 4}}},
		{`workflows = 3, shape = "fan"`, [][]uint32{nil, {1}, {2}}},
		{`workflows = 2, shape = "fan"`, [][]uint32{nil, {1}}},
		{`shape = "fan"`, [][]uint32{nil}},
		{`edges = [[1, 2], [1, 3], [2, 4], [3, 4]]`, [][]uint32{nil, {1}, {1}, {2, 3}}},
		{`workflows = 3, edges = [[3, 1]]`, [][]uint32{{3}, nil, nil}},
	} {
		sc, err := scenarios.Parse(site+"[[workload]]\nid = \"w\"\nkind = \"jobs\"\narrival = { process = \"once\", count = 1 }\njob = { duration = \"1s\", "+c.job+" }\n", "x.toml", nil, scenarios.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.job, err)
			continue
		}
		have := sc.Workloads[0].Jobs.Mix[0].Needs
		same := len(have) == len(c.want)
		for i := range min(len(have), len(c.want)) {
			same = same && len(have[i]) == len(c.want[i])
			for k := range have[i] {
				same = same && have[i][k] == c.want[i][k]
			}
		}
		if !same {
			t.Errorf("%s: have %v, want %v", c.job, have, c.want)
		}
	}
}

// What jobs cost is foreseen: events within a fifth, jobs within what chance allows.
func TestJobsAreForeseen(t *testing.T) {
	for _, w := range []string{
		`arrival = { process = "constant", rate = "2/s" }` + "\njob = { workflows = 3, duration = \"5s\" }",
		`arrival = { process = "burst", count = 20, every = "20s" }` + "\njob = { workflows = 2, shape = \"chain\", duration = { dist = \"exponential\", mean = \"2s\" } }",
		`arrival = { process = "ramp", from = "0/s", to = "4/s" }` + "\njob = { duration = \"1s\" }",
		`arrival = { process = "diurnal", rate = "2/s", amplitude = 0.9, period = "20s" }` + "\njob = { duration = \"1s\" }",
		`arrival = { process = "onoff", rate = "4/s", on = "5s", off = "15s" }` + "\njob = { duration = \"1s\" }",
	} {
		sc, err := scenarios.Parse(site+"[[workload]]\nid = \"w\"\nkind = \"jobs\"\nto = \"80s\"\n"+w+"\n", "x.toml", []string{"cluster.workers=10"}, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		run, err := world.Build(sc, world.Options{})
		if err != nil {
			t.Fatal(err)
		}
		run.Run(run.End())
		sent, _, _ := run.Books(core.KindJobSubmission)
		p := scenarios.Describe(sc)
		if math.Abs(float64(sent)-p.Jobs) > 4*math.Sqrt(p.Jobs) {
			t.Errorf("%s: %d jobs, foreseen %g", w, sent, p.Jobs)
		}
		if have := float64(run.Events()); math.Abs(have-p.Events) > 0.2*have {
			t.Errorf("%s: %g events, foreseen %g", w, have, p.Events)
		}
	}
}

// A key of the job layer says that it has no effect where there are no jobs, and only there.
func TestKeysOfJobsWithoutJobs(t *testing.T) {
	without := strings.Replace(site, "clients = 1\n", "", 1)
	sc, err := scenarios.Parse(without, "x.toml", []string{"protocol.dispatch.retries=1"}, scenarios.Options{})
	if err != nil || len(sc.Inert) != 1 || sc.Inert[0].Why != "there are no jobs" {
		t.Errorf("%v %v", sc, err)
	}
	sc, err = scenarios.Parse(site+"[[workload]]\nid = \"w\"\nkind = \"jobs\"\narrival = { process = \"once\", count = 1 }\njob = { duration = \"1s\" }\n", "x.toml", []string{"protocol.dispatch.retries=1"}, scenarios.Options{})
	if err != nil || len(sc.Inert) != 0 {
		t.Errorf("%v %v", sc, err)
	}
}
