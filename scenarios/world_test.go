package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/scenarios/claim"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// small returns base with other sections appended and pieces replaced, loaded.
func small(t *testing.T, extra string, replace ...string) *Scenario {
	t.Helper()
	s, err := Parse(strings.NewReplacer(replace...).Replace(base)+extra, "x.toml", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Ids: all gates site by site, then per site managers and workers; groups are ranges (spec 10 §1). Sites go by
// their names, whatever the order of the topology.
func TestNodeTable(t *testing.T) {
	s := small(t, "")
	want := []struct {
		id    core.NodeID
		name  string
		group core.GroupID
	}{{0, "apne1/gate/0", 1}, {5, "use1/gate/1", 1}, {6, "apne1/manager/0", 4}, {9, "apne1/worker/0", 4}, {19, "euw1/manager/0", 3}, {44, "use1/worker/9", 2}}
	for _, w := range want {
		if n := s.Nodes[w.id]; n.Name != w.name || n.Group != w.group || n.Row != n.Site {
			t.Errorf("node %d is %+v, want %s in group %d", w.id, n, w.name, w.group)
		}
	}
	groups := []Group{{1, "gates", -1, 0, 6}, {2, "site:use1", 0, 32, 13}, {3, "site:euw1", 1, 19, 13}, {4, "site:apne1", 2, 6, 13}}
	if !slices.Equal(s.Groups, groups) || len(s.Nodes) != 45 {
		t.Errorf("groups %+v of %d nodes", s.Groups, len(s.Nodes))
	}
}

func TestFlatGroupHoldsEverybody(t *testing.T) {
	s := small(t, "\n[protocol.membership]\ntopology = \"flat\"\n")
	if len(s.Groups) != 1 || s.Groups[0] != (Group{1, "flat", -1, 0, 45}) {
		t.Errorf("groups %+v", s.Groups)
	}
}

func TestGhostsSeedsAndSites(t *testing.T) {
	s := small(t, "", "workers = 10\n", "workers = 10\nghosts = { manager = 2 }\n",
		`use = "wan3"`, "use = \"wan3\"\nsites = [{ name = \"euw1\", workers = 1, gates = 0 }]")
	var ghosts, seeds []string
	for _, n := range s.Nodes {
		if n.Ghost {
			ghosts = append(ghosts, n.Name)
		}
		if n.Seed {
			seeds = append(seeds, n.Name)
		}
	}
	wantGhosts := []string{"apne1/manager/3", "apne1/manager/4", "euw1/manager/3", "euw1/manager/4", "use1/manager/3", "use1/manager/4"}
	if !slices.Equal(ghosts, wantGhosts) {
		t.Errorf("ghosts %v", ghosts)
	}
	// The first three of each group, those of the gates at different sites as far as there are.
	wantSeeds := []string{"apne1/gate/0", "apne1/gate/1", "use1/gate/0"}
	if !slices.Equal(seeds[:3], wantSeeds) || len(seeds) != 12 {
		t.Errorf("seeds %v", seeds)
	}
	if c := s.Cluster.Sites[1]; c.Workers != 1 || c.Gates != 0 || c.Managers != 3 {
		t.Errorf("euw1 has %+v", c)
	}
	for _, id := range s.Faults[1].Target.Fixed {
		if s.Nodes[id].Ghost {
			t.Errorf("a role selects the ghost %s", s.Nodes[id].Name)
		}
	}
}

// A cold start spreads everybody over the given time, role by role, and another seed shuffles within roles.
func TestColdStart(t *testing.T) {
	load := func(seed uint64) *Scenario {
		s, err := Parse(strings.Replace(base, "workers = 10\n", "workers = 10\nstart = { mode = \"cold\", over = \"9s\", order = [\"manager\", \"gate\"] }\n", 1), "x.toml", nil, Options{Seed: &seed})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := load(1)
	last := map[core.Role]core.Duration{}
	first := map[core.Role]core.Duration{}
	for _, n := range s.Nodes {
		if f, ok := first[n.Role]; !ok || n.Start < f {
			first[n.Role] = n.Start
		}
		last[n.Role] = max(last[n.Role], n.Start)
	}
	if last[core.RoleManager] >= first[core.RoleGate] || last[core.RoleGate] >= first[core.RoleWorker] || last[core.RoleWorker] >= 9*time.Second {
		t.Errorf("first %v, last %v", first, last)
	}
	if slices.EqualFunc(s.Nodes, load(2).Nodes, func(a, b NodeSpec) bool { return a.Start == b.Start }) {
		t.Error("two seeds give one order")
	}
	if s.Protocol.Default().Swim.Membership.Initial != "cold" {
		t.Error("the members believe that they are formed")
	}
}

func TestJoinersAreAbsent(t *testing.T) {
	s := small(t, "\n[[fault]]\nid = \"come\"\nkind = \"join\"\nat = \"50s\"\ntarget = { id = \"use1/worker/*\" }\n[[fault]]\nid = \"back\"\nkind = \"join\"\nat = \"220s\"\ntarget = { role = \"gate\" }\n[[fault]]\nid = \"gone\"\nkind = \"leave\"\nat = \"100s\"\ntarget = { role = \"gate\" }\n")
	absent := 0
	for _, n := range s.Nodes {
		if n.Absent {
			absent++
			if !strings.HasPrefix(n.Name, "use1/worker/") {
				t.Errorf("%s is absent; it leaves before it joins", n.Name)
			}
		}
	}
	if absent != 10 {
		t.Errorf("%d absent", absent)
	}
}

func TestLinks(t *testing.T) {
	s := small(t, "", `use = "wan3"`, `use = "wan3"
links = [
  { from = "use1", to = "*", loss = { p = 0.5 } },
  { from = "use1", to = "euw1", both = false, one_way = "7ms", duplicate = 0.25 },
]`, "[network.inter]", "[network]\ncorrupt = 0.125\n[network.intra]\njitter = \"1ms\"\n[network.inter]")
	n := &s.Network
	if n.LinkOf(1, 1).Jitter.Value != 0.001 || n.LinkOf(1, 1).Loss.Model != LossNone || n.LinkOf(1, 1).Corrupt != 0.125 {
		t.Errorf("intra %+v", n.LinkOf(1, 1))
	}
	if l := n.LinkOf(1, 2); l.Loss.P != 0.01 || l.Corrupt != 0.125 || !l.Jitter.Relative {
		t.Errorf("inter %+v", l)
	}
	for _, p := range [][2]int{{0, 1}, {1, 0}, {0, 2}, {2, 0}} {
		if l := n.LinkOf(p[0], p[1]); l.Loss.P != 0.5 {
			t.Errorf("%v: %+v", p, l)
		}
	}
	if n.LinkOf(0, 1).Duplicate != 0.25 || n.LinkOf(1, 0).Duplicate != 0 {
		t.Error("both = false goes both ways")
	}
	if s.Topology.OneWay(0, 1) != 7*time.Millisecond || s.Topology.OneWay(1, 0) == 7*time.Millisecond {
		t.Errorf("use1 → euw1 %v, back %v", s.Topology.OneWay(0, 1), s.Topology.OneWay(1, 0))
	}
}

func TestConfigsByRoleAndOverride(t *testing.T) {
	s := small(t, `
[protocol.role.worker.probe]
interval = "4s"
[[protocol.override]]
target = { id = "use1/worker/0" }
set = { "probe.timeout" = "300ms", gossip = { lambda = 5 } }
`)
	w0, w1, m := s.ConfigOf(35), s.ConfigOf(36), s.ConfigOf(32)
	if w0.Swim.Probe.Interval != 4*time.Second || w0.Swim.Probe.Timeout != 300*time.Millisecond || w0.Swim.Gossip.Lambda != 5 {
		t.Errorf("use1/worker/0: %+v", w0.Swim.Probe)
	}
	if w1.Swim.Probe.Interval != 4*time.Second || w1.Swim.Probe.Timeout != 500*time.Millisecond || m != s.Protocol.Default() {
		t.Errorf("use1/worker/1: %+v, manager shares %v", w1.Swim.Probe, m == s.Protocol.Default())
	}
	if len(s.Protocol.Configs) != 3 {
		t.Errorf("%d configurations, three are different", len(s.Protocol.Configs))
	}
}

func TestUnsafeTurnsChecksIntoWarnings(t *testing.T) {
	s := small(t, "\n[protocol]\nunsafe = true\n", `interval = "1s"`, `interval = "400ms"`)
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "probe.timeout") {
		t.Errorf("warnings %q", s.Warnings)
	}
}

// A draw takes what it should from the living, evenly by site if asked, and the same for the same stream.
func TestDraw(t *testing.T) {
	s := small(t, "", `target = { role = "manager", count = 1 }`, `target = { role = "worker", pct = "30%", stratify = "site" }`)
	sel := s.Faults[1].Target
	draw := func(seed uint64, alive func(core.NodeID) bool) []core.NodeID {
		return sel.Resolve(s.Nodes, nil, alive, seed)
	}
	ids := draw(1, nil)
	bySite := map[int]int{}
	for _, id := range ids {
		bySite[s.Nodes[id].Site]++
	}
	if len(ids) != 9 || bySite[0] != 3 || bySite[1] != 3 || bySite[2] != 3 || !slices.IsSorted(ids) {
		t.Errorf("30 %% of 30 workers by site: %v", bySite)
	}
	if !slices.Equal(ids, draw(1, nil)) || slices.Equal(ids, draw(2, nil)) {
		t.Error("the draw does not follow its chance")
	}
	for _, id := range draw(3, func(id core.NodeID) bool { return id%2 == 0 }) {
		if id%2 != 0 {
			t.Errorf("%d is not alive", id)
		}
	}
	if ids := draw(1, func(core.NodeID) bool { return false }); len(ids) != 0 {
		t.Errorf("%v of nobody", ids)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"use1/worker/1", "use1/worker/1", true}, {"use1/worker/1", "use1/worker/12", false}, {"use1/*", "use1/worker/12", true},
		{"*/worker/*", "use1/worker/12", true}, {"*/worker/1?", "use1/worker/12", true}, {"*/worker/?", "use1/worker/12", false},
		{"*", "", true}, {"", "a", false}, {"a*b*c", "aXbYbZc", true}, {"a*b*c", "aXbYbZ", false},
	} {
		if have := glob(c.pattern, c.name); have != c.want {
			t.Errorf("glob(%q, %q) = %v", c.pattern, c.name, have)
		}
	}
}

// Expressions have the values of their arithmetic.
func TestExpressions(t *testing.T) {
	for text, want := range map[string]float64{
		"=2*cfg.probe.timeout + max(cfg.suspicion.min, 4*log10(cluster.size)*cfg.probe.interval)": 1 + 4*math.Log10(45),
		"=dur(\"250ms\")*4":          1,
		"=group_size(\"gates\")":     6,
		"=group_size(\"site:use1\")": 13,
		"=cluster.workers/10":        3,
		"=cluster.sites > 2 ? 1 : 2": 1,
		"=sqrt(16) + ceil(1.5) + floor(1.5) + log2(8) + ln(1) + min(4, 2, 3)": 4 + 2 + 1 + 3 + 0 + 2,
		"=size(\"1KiB\") / size(\"1KiB\") + rate(\"30/min\")*dur(\"1s\")":     1.5,
		"=9223372036854775807 + 1 > 0 ? 1 : 2":                                1, // reals: whole numbers would wrap around
		"=cfg.role.worker.probe.interval":                                     1,
		"=1000*owd(\"use1\",\"euw1\") - 500*rtt(\"euw1\",\"use1\")":           0,
	} {
		stat := "count"
		if strings.Contains(text, "cfg.") || strings.Contains(text, "owd") || strings.HasPrefix(text, "=dur") {
			stat = "p95" // a time
		}
		s := small(t, "", `max = "=2*cfg.probe.timeout + dur(\"10s\")"`, "max = '"+text+"'", `stat = "p95"`, `stat = "`+stat+`"`)
		if have := *s.Expects[0].Max; math.Abs(have-want) > 1e-9 {
			t.Errorf("%s = %v, want %v", text, have, want)
		}
	}
}

func TestExpectation(t *testing.T) {
	s := small(t, "", `max = "=2*cfg.probe.timeout + dur(\"10s\")"`, `per = "cluster.workers"
equals = { 10 = "8s", 20 = "9s" }
tolerance = "25%"
window = { from = "cut.end", to = "faults.end+5s" }
since = "crash.start"
across = "share"
at_least = 0.5`)
	e := s.Expects[0]
	if e.Min != nil || e.Max != nil || *e.Equals != 8 || e.Tolerance != 2 || e.BoundText() != "= 8 ± 2" || e.Unit != "s" {
		t.Errorf("bounds %v %v, tolerance %v, %q", e.Min, e.Max, e.Tolerance, e.BoundText())
	}
	second := claim.Moment(time.Second)
	if *e.Window.From != 150*second || *e.Window.To != 165*second || *e.Since != 160*second || e.AtLeast != 0.5 || e.Across != claim.AcrossShare || e.Stat != "p95" || !e.Applies {
		t.Errorf("%+v", e)
	}
	if e.Holds(5.9) || !e.Holds(6) || !e.Holds(10) || e.Holds(10.1) || e.Holds(math.NaN()) {
		t.Error("Holds")
	}
	other, err := Parse(strings.Replace(base, `max = "=2`, "when = { \"cluster.workers\" = [20] }\nmax = \"=2", 1), "x.toml", nil, Options{})
	if err != nil || other.Expects[0].Applies {
		t.Errorf("an expectation for 20 workers applies to 10: %v", err)
	}
}

// A bound on a rate is in the unit of the rate: per node-hour where the metric is of nodes, else per second; expressions
// count in seconds.
func TestRateBounds(t *testing.T) {
	for _, c := range []struct {
		metric, max string
		want        float64
		unit        string
	}{
		{"false_suspicions", "1000/h", 1000, "1/node-hour"},
		{"false_suspicions", "1000/s", 3.6e6, "1/node-hour"},
		{"false_suspicions", "2/min", 120, "1/node-hour"},
		{"false_suspicions", "=2*rate(\"30/h\")", 60, "1/node-hour"},
		{"refutation", "7200/h", 2, "1/s"},
		{"refutation", "3/s", 3, "1/s"},
	} {
		s := small(t, fmt.Sprintf("[[expect]]\nid = \"r\"\nmetric = %q\nstat = \"rate\"\nmax = %q\nwhy = \"x\"\n", c.metric, c.max))
		if e := s.Expects[len(s.Expects)-1]; math.Abs(*e.Max-c.want) > 1e-9 || e.Unit != c.unit {
			t.Errorf("%s of %s: %v, %q; want %v, %q", c.max, c.metric, *e.Max, e.Unit, c.want, c.unit)
		}
	}
}

// Each unit reads what it prints.
func TestUnits(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 1500, time.Millisecond, 250 * time.Millisecond, 90 * time.Second, 3723004005006, -5 * time.Second} {
		if have, err := form.ParseDuration(form.FormatDuration(d)); err != nil || have != d {
			t.Errorf("%v prints as %q, reads as %v: %v", d, form.FormatDuration(d), have, err)
		}
	}
	for _, v := range []int64{0, 1, 1400, 1 << 10, 3 << 20, 1<<30 + 1} {
		if have, err := form.ParseSize(form.FormatSize(v)); err != nil || have != v {
			t.Errorf("%d prints as %q, reads as %d: %v", v, form.FormatSize(v), have, err)
		}
	}
	for _, v := range []float64{1, 1e3, 1.5e6, 1e9, 1e10} {
		if have, err := form.ParseBandwidth(form.FormatBandwidth(v)); err != nil || have != v {
			t.Errorf("%v prints as %q, reads as %v: %v", v, form.FormatBandwidth(v), have, err)
		}
	}
	for _, v := range []float64{0, 0.05, 0.3, 0.125, 1} {
		if have, err := form.ParsePercent(form.FormatPercent(v)); err != nil || have != v {
			t.Errorf("%v prints as %q, reads as %v: %v", v, form.FormatPercent(v), have, err)
		}
	}
}

func TestPlan(t *testing.T) {
	s := small(t, "")
	p := Describe(s)
	// Per second 6 gates, whose peers are far, have 3 events, 9 managers and 30 workers one more. Each gate probes
	// three datacenters every 2 s and is sampled by their leaders every 5 s.
	least := (6*3 + 9*4 + 30*4 + 6*3*4/2.0 + 6*3*3/5.0) * 300
	if p.Nodes != 45 || p.Events < least || p.Events > 1.2*least || p.Pairs != 6*5+3*(3*12+10*3) {
		t.Errorf("%d nodes, %v events, %d pairs", p.Nodes, p.Events, p.Pairs)
	}
	if p.Fits(0) != nil || p.Fits(1<<40) != nil || p.Fits(1<<20) == nil {
		t.Error("Fits")
	}
	if !strings.Contains(p.String(), "group gates          6 members, 6 participants") {
		t.Errorf("%s", p)
	}
}

func TestSweepAndVariants(t *testing.T) {
	s := mustLoad(t, "loss-false-positive", Options{})
	if len(s.Sweep.Seeds) != 10 || len(s.Sweep.Grid) != 1 || len(s.Sweep.Grid[0].Values) != 6 || s.Variant != "independent" || len(s.Faults) != 2 {
		t.Errorf("%+v, variant %q, %d faults", s.Sweep, s.Variant, len(s.Faults))
	}
	burst := mustLoad(t, "loss-false-positive", Options{Variant: "burst"})
	if len(burst.Faults) != 1 || burst.Network.LinkOf(0, 0).Loss.Model != LossGilbertElliott || !s.Faults[0].Lasting() {
		t.Errorf("%+v, %+v", burst.Faults, burst.Network.LinkOf(0, 0))
	}
}

// A file at the size limit is read or refused in a moment, whatever its shape.
func TestLargeFilesAreQuick(t *testing.T) {
	for name, text := range map[string]string{
		"one long line": "a = [" + strings.Repeat("1,", form.TextMax/2-10) + "]",
		"many keys": func() string {
			var b strings.Builder
			for i := range 40_000 {
				b.WriteString("k" + form.Number(float64(i)) + " = 1\n")
			}
			return b.String()
		}(),
		"deep arrays":    "a = " + strings.Repeat("[", 100_000),
		"deep tables":    "a" + strings.Repeat(".a", 100_000) + " = 1",
		"too large":      strings.Repeat("#", form.TextMax+1),
		"many table":     strings.Repeat("[[fault]]\n", 50_000),
		"open string":    "a = \"" + strings.Repeat("x", form.TextMax-10),
		"open multiline": "a = \"\"\"" + strings.Repeat("\n", form.TextMax-10),
	} {
		start := time.Now()
		if _, err := Parse(text, "x.toml", nil, Options{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		} else {
			t.Logf("%s: %v", name, took.Round(time.Millisecond))
		}
	}
}

// A key of the protocol that is a word is compared as one, whatever type it has in core.
func TestAnExpressionComparesWords(t *testing.T) {
	text := strings.Replace(base, `"=2*cfg.probe.timeout + dur(\"10s\")"`, `"=cfg.membership.topology == \"roles\" ? dur(\"1s\") : dur(\"2s\")"`, 1)
	sc, err := Parse(text, "x.toml", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if have := *sc.Expects[0].Max; have != 1 {
		t.Errorf("bound %v s, want 1 s", have)
	}
}
