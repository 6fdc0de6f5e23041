package judge

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/scenarios/claim"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

func sec(s float64) core.Instant { return core.Instant(core.Seconds(s)) }

func ptr(v float64) *float64 { return &v }

func at(d time.Duration) *claim.Moment { return (*claim.Moment)(&d) }

func obs(m words.Metric, at, v float64, event int32, to core.MemberState, observer core.NodeID) metrics.Observation {
	return metrics.Observation{
		Metric: m, At: sec(at), Value: v, Weight: 1, Event: event, Fault: -1, To: to,
		Observer: observer, Subject: 2, Role: core.RoleManager, PeerRole: core.RoleWorker, SiteA: -1, SiteB: -1,
	}
}

// run is a run of 120 s with a warm-up of 30 s. Two crashes, at 60 s and 80 s; false positives at 10
// (warm-up), 50, 51 and 100 s; three nodes that live throughout.
func run() *metrics.Result {
	r := &metrics.Result{
		Nodes: []metrics.Node{
			{ID: 0, Name: "a/manager/0", Site: "a", Role: core.RoleManager, Group: 1},
			{ID: 1, Name: "b/manager/0", Site: "b", Role: core.RoleManager, Group: 1},
			{ID: 2, Name: "b/worker/0", Site: "b", Role: core.RoleWorker, Group: 1},
		},
		Warmup: 30 * time.Second, Duration: 120 * time.Second, End: sec(120),
		Faults: []metrics.Fault{
			{ID: "crash", Kind: "crash", Start: sec(60), End: core.Never},
			{ID: "cut", Kind: "partition", Start: sec(40), End: sec(55)},
			{ID: "none", Kind: "crash", Start: core.Never, End: core.Never},
		},
		Observations: []metrics.Observation{
			obs(words.DetectionFirst, 62, 2, 0, core.StateSuspect, 0),
			obs(words.DetectionFirst, 67, 7, 0, core.StateDead, 0),
			obs(words.DetectionFirst, 81, 1, 1, core.StateSuspect, 1),
			obs(words.DetectionFirst, 89, 9, 1, core.StateDead, 1),
			obs(words.DetectionFull, 67.5, 7.5, 0, 0, core.NoNode),
			obs(words.DetectionFull, 89.2, 9.2, 1, 0, core.NoNode),
			obs(words.FalsePositives, 10, 1, -1, core.StateDead, 0),
			obs(words.FalsePositives, 50, 1, -1, core.StateDead, 0),
			obs(words.FalsePositives, 51, 1, -1, core.StateDead, 1),
			obs(words.FalsePositives, 100, 1, -1, core.StateDead, 0),
			obs(words.ViewError, 40, 0, 1, 0, core.NoNode),
			obs(words.ViewError, 60, 0.2, 2, 0, core.NoNode),
			obs(words.ViewError, 80, 0.1, 3, 0, core.NoNode),
			obs(words.ViewError, 100, 0.3, 4, 0, core.NoNode),
		},
	}
	slices.SortStableFunc(r.Observations, func(a, b metrics.Observation) int { return cmp.Compare(a.Metric, b.Metric) })
	for n := range core.NodeID(3) {
		r.Lives = append(r.Lives, metrics.Life{Node: n, To: r.End, Class: metrics.Healthy})
	}
	for i := range 12 { // two managers and a worker, one ping each and one answer of a manager
		at := sec(10 * float64(i+1))
		r.Exposure = append(r.Exposure, metrics.Exposure{At: at, Seconds: [core.NumRoles]float64{10, 20}})
		r.Traffic = append(r.Traffic,
			metrics.Traffic{At: at, Count: 10, Bytes: 890, Kind: core.KindPing, Role: core.RoleWorker},
			metrics.Traffic{At: at, Count: 20, Bytes: 1780, Kind: core.KindPing, Role: core.RoleManager},
			metrics.Traffic{At: at, Count: 10, Bytes: 910, Kind: core.KindAck, Role: core.RoleManager})
	}
	return r
}

func TestJudge(t *testing.T) {
	to := func(s string) claim.Where { return claim.Where{"to": {s}} }
	window := func(from, until time.Duration) *claim.Window { return &claim.Window{From: at(from), To: at(until)} }
	cases := []struct {
		name  string
		e     claim.Claim
		want  Outcome
		value float64
		why   string
	}{
		{"mean within", claim.Claim{Metric: "detection_first", Where: to("SUSPECT"), Stat: "mean", Min: ptr(1.4), Max: ptr(2.3)}, Pass, 1.5, ""},
		{"mean outside", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Stat: "mean", Max: ptr(7.9)}, Fail, 8, ""},
		{"default is the median", claim.Claim{Metric: "detection_first", Max: ptr(2)}, Pass, 2, ""},
		{"all shows the one nearest to its bound", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Stat: "all", Min: ptr(6)}, Pass, 7, ""},
		{"all shows the one farthest beyond", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Stat: "all", Min: ptr(6), Max: ptr(8.5)}, Fail, 9, ""},
		{"bound is inside", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Stat: "max", Max: ptr(9)}, Pass, 9, ""},
		{"min", claim.Claim{Metric: "detection_first", Stat: "min", Min: ptr(1.1)}, Fail, 1, ""},
		{"first", claim.Claim{Metric: "detection_first", Where: to("SUSPECT"), Stat: "first", Equals: ptr(2)}, Pass, 2, ""},
		{"last", claim.Claim{Metric: "detection_first", Where: to("SUSPECT"), Stat: "last", Equals: ptr(1)}, Pass, 1, ""},
		{"sd of 7 and 9", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Stat: "sd", Equals: ptr(math.Sqrt2)}, Pass, math.Sqrt2, ""},
		{"sum", claim.Claim{Metric: "detection_first", Stat: "sum", Equals: ptr(19)}, Pass, 19, ""},
		{"tolerance", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Stat: "mean", Equals: ptr(7.5), Tolerance: 0.5}, Pass, 8, ""},
		{"tolerance that is not enough", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Stat: "mean", Equals: ptr(7.5), Tolerance: 0.375}, Fail, 8, ""},
		{"where not", claim.Claim{Metric: "detection_first", Where: claim.Where{"observer_site_not": {"a"}}, Stat: "count", Equals: ptr(2)}, Pass, 2, ""},
		{"where one of", claim.Claim{Metric: "detection_first", Where: claim.Where{"to": {"SUSPECT", "DEAD"}, "role": {"worker"}}, Stat: "count", Equals: ptr(4)}, Pass, 4, ""},

		{"minus", claim.Claim{Metric: "detection_full", Minus: &claim.Other{Metric: "detection_first", Where: to("DEAD")}, Stat: "max", Max: ptr(0.5)}, Pass, 0.5, ""},
		{"ratio", claim.Claim{Metric: "detection_full", Ratio: &claim.Other{Metric: "detection_first", Where: to("SUSPECT")}, Stat: "all", Max: ptr(5)}, Fail, 9.2, ""},
		{"nothing to match by", claim.Claim{Metric: "detection_full", Minus: &claim.Other{Metric: "view_error", Where: nil}, Stat: "max", Max: ptr(1)}, CannotJudge, math.NaN(), "nothing in common"},

		{"warm-up does not count", claim.Claim{Metric: "false_positives", Stat: "count", Equals: ptr(0)}, Fail, 3, ""},
		{"window", claim.Claim{Metric: "false_positives", Stat: "count", Equals: ptr(2), Window: window(40*time.Second, 55*time.Second)}, Pass, 2, ""},
		{"window with offset", claim.Claim{Metric: "false_positives", Stat: "count", Equals: ptr(0), Window: window(52*time.Second, 55*time.Second)}, Pass, 0, ""},
		{"after the last fault", claim.Claim{Metric: "false_positives", Stat: "count", Equals: ptr(1), Window: &claim.Window{From: at(60 * time.Second)}}, Pass, 1, ""},
		{"rolling", claim.Claim{Metric: "false_positives", Stat: "max", Max: ptr(1), Window: &claim.Window{Rolling: 10 * time.Second}}, Fail, 2, ""},
		{"since", claim.Claim{Metric: "detection_first", Where: to("DEAD"), Since: at(55 * time.Second), Stat: "min", Equals: ptr(12)}, Pass, 12, ""},
		{"since drops what was before", claim.Claim{Metric: "detection_first", Since: at(70 * time.Second), Stat: "count", Equals: ptr(2)}, Pass, 2, ""},

		{"rate per node-hour", claim.Claim{Metric: "false_positives", Stat: "rate", Equals: ptr(3 / (90.0 * 3 / 3600))}, Pass, 40, ""},
		{"rate about one role", claim.Claim{Metric: "false_positives", Where: claim.Where{"role": {"worker"}}, Stat: "rate", Equals: ptr(3 / (90.0 / 3600))}, Pass, 120, ""},
		{"rate per second", claim.Claim{Metric: "detection_first", Stat: "rate", Equals: ptr(4.0 / 90)}, Pass, 4.0 / 90, ""},
		{"slope of 0 .2 .1 .3", claim.Claim{Metric: "view_error", Stat: "slope", Equals: ptr(0.004)}, Pass, 0.004, ""},
		{"messages of all", claim.Claim{Metric: "messages", Stat: "mean", Equals: ptr(4.0 / 3)}, Pass, 4.0 / 3, ""},
		{"messages of managers", claim.Claim{Metric: "messages", Where: claim.Where{"role": {"manager"}, "direction": {"sent"}}, Stat: "all", Equals: ptr(1.5)}, Pass, 1.5, ""},
		{"mean size of a datagram", claim.Claim{Metric: "bytes", Where: claim.Where{"transport": {"datagram"}}, Ratio: &claim.Other{Metric: "messages", Where: claim.Where{"transport": {"datagram"}}}, Stat: "mean", Min: ptr(89), Max: ptr(92)}, Pass, 89.5, ""},

		{"no observation", claim.Claim{Metric: "rejoin", Stat: "max", Max: ptr(1)}, CannotJudge, math.NaN(), "0 observations, needs 1"},
		{"no observation counts", claim.Claim{Metric: "rejoin", Stat: "count", Equals: ptr(0)}, Pass, 0, ""},
		{"too few", claim.Claim{Metric: "detection_first", Stat: "mean", Max: ptr(9), Needs: 5}, CannotJudge, 4.75, "4 observations, needs 5"},
		{"not measured", claim.Claim{Metric: words.Later()[0], Stat: "mean", Max: ptr(9)}, CannotJudge, math.NaN(), "not measured"},
		{"no such label", claim.Claim{Metric: "rejoin", Where: claim.Where{"colour": {"red"}}, Max: ptr(9)}, CannotJudge, math.NaN(), `no label "colour"`},
		{"no such statistic", claim.Claim{Metric: "detection_first", Stat: "p0", Max: ptr(9)}, CannotJudge, math.NaN(), `statistic "p0"`},
		{"record", claim.Claim{Metric: "detection_first", Stat: "mean", Level: claim.Record}, NotJudged, 4.75, "never judged"},
		{"sd of one", claim.Claim{Metric: "detection_full", Stat: "sd", Max: ptr(1), Window: &claim.Window{To: at(70 * time.Second)}}, CannotJudge, math.NaN(), "not defined"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := Judge([]claim.Claim{c.e}, run(), 0)[0]
			near := math.Abs(v.Value-c.value) < 1e-9 || math.IsNaN(v.Value) && math.IsNaN(c.value)
			if v.Outcome != c.want || !near || !strings.Contains(v.Why, c.why) {
				t.Errorf("%v, value %v, why %q; want %v, %v, %q", v.Outcome, v.Value, v.Why, c.want, c.value, c.why)
			}
		})
	}
}

// spec 40 §2: a single run judges safety and hard bounds and reports the rest as "needs more seeds".
func TestSeeds(t *testing.T) {
	for _, c := range []struct {
		stat   string
		across claim.Across
		want   Outcome
	}{
		{"mean", claim.AcrossDefault, NotJudged}, {"p95", claim.AcrossDefault, NotJudged}, {"sum", claim.AcrossDefault, NotJudged},
		{"all", claim.AcrossDefault, Pass}, {"count", claim.AcrossDefault, Pass}, {"min", claim.AcrossDefault, Pass}, {"max", claim.AcrossDefault, Pass},
		{"mean", claim.AcrossAll, Pass}, {"max", claim.AcrossPooled, NotJudged}, {"count", claim.AcrossMean, NotJudged}, {"all", claim.AcrossShare, NotJudged},
	} {
		e := claim.Claim{Metric: "detection_first", Stat: c.stat, Across: c.across, Min: ptr(0), Max: ptr(100)}
		v := Judge([]claim.Claim{e}, run(), 30)[0]
		if v.Outcome != c.want || math.IsNaN(v.Value) || v.Fails(true) {
			t.Errorf("%s across %d: %v, want %v (%+v)", c.stat, c.across, v.Outcome, c.want, v)
		}
		if c.want == NotJudged && !strings.Contains(v.Why, "needs more seeds") {
			t.Errorf("why %q", v.Why)
		}
		if v := Judge([]claim.Claim{e}, run(), 1)[0]; v.Outcome != Pass {
			t.Errorf("one seed: %v", v.Outcome)
		}
		// What one seed has too little of, the others may have: it is theirs to judge together, and no failure of one.
		e.Needs = 1000
		want := map[Outcome]Outcome{Pass: CannotJudge, NotJudged: NotJudged}[c.want]
		if v := Judge([]claim.Claim{e}, run(), 30)[0]; v.Outcome != want || v.Fails(false) != (want == CannotJudge) {
			t.Errorf("%s across %d, which needs more than there is: %v, want %v", c.stat, c.across, v.Outcome, want)
		}
	}
}

func TestFails(t *testing.T) {
	missed := claim.Claim{Metric: "detection_first", Stat: "mean", Max: ptr(1)}
	empty := claim.Claim{Metric: "rejoin", Stat: "mean", Max: ptr(1)}
	for _, c := range []struct {
		e             claim.Claim
		level         claim.Level
		plain, strict bool
	}{
		{missed, claim.Must, true, true}, {missed, claim.Should, false, true}, {missed, claim.Record, false, false},
		{empty, claim.Must, true, true}, {empty, claim.Should, false, true}, {empty, claim.Record, false, false},
	} {
		c.e.Level = c.level
		v := Judge([]claim.Claim{c.e}, run(), 0)[0]
		if v.Fails(false) != c.plain || v.Fails(true) != c.strict {
			t.Errorf("%s %v: fails %v, strict %v", c.e.Metric, c.level, v.Fails(false), v.Fails(true))
		}
	}
}

// A bound that kept observations meet is not proven when others were not kept; a broken one is broken.
func TestTruncated(t *testing.T) {
	r := run()
	r.Truncated = map[words.Metric]uint64{words.FalsePositives: 5}
	for _, c := range []struct {
		max  float64
		want Outcome
	}{{2, Fail}, {7, CannotJudge}, {8, Pass}} {
		v := Judge([]claim.Claim{{Metric: "false_positives", Stat: "count", Max: ptr(c.max)}}, r, 0)[0]
		if v.Outcome != c.want || v.Outcome == CannotJudge && !v.Fails(false) {
			t.Errorf("max %v: %v, want %v", c.max, v.Outcome, c.want)
		}
	}
}

func TestRow(t *testing.T) {
	e := claim.Claim{
		ID: "dead", Metric: "detection_first", Where: claim.Where{"to": {"DEAD"}, "observer_site_not": {"c", "d"}}, Stat: "mean",
		Equals: ptr(8), Tolerance: 0.64, Level: claim.Should, Why: "formula",
	}
	v := Judge([]claim.Claim{e}, run(), 0)[0]
	row := v.Row()
	if row.Labels != "observer_site!=c|d;to=DEAD" || row.Bound != "= 8 ± 0.64" || row.Verdict != "pass" || row.Level != "should" ||
		row.Unit != "s" || row.Summary.Count != 2 || row.Value != 8 || row.Why != "formula" || row.Expectation != "dead" {
		t.Errorf("row %+v", row)
	}
	all := Judge([]claim.Claim{{Metric: "detection_first", Stat: "all", Max: ptr(8)}}, run(), 0)[0]
	if all.Worst == nil || all.Worst.At != sec(89) || all.Bound != "<= 8" {
		t.Errorf("worst %+v", all.Worst)
	}
}

// The unit of a value is that of its statistic; the distribution behind it keeps the unit of the metric.
func TestUnitOfTheStatistic(t *testing.T) {
	for _, c := range []struct {
		metric, stat, want string
		ratio              *claim.Other
	}{
		{metric: "detection_first", stat: "count", want: "count"},
		{metric: "detection_first", stat: "mean", want: "s"},
		{metric: "detection_first", stat: "all", want: "s"},
		{metric: "detection_first", stat: "rate", want: "1/s"},
		{metric: "false_positives", stat: "rate", want: "1/node-hour"},
		{metric: "false_positives", stat: "sum", want: "count"},
		{metric: "view_error", stat: "slope", want: "fraction/s"},
		{metric: "bytes", stat: "mean", want: "ratio", ratio: &claim.Other{Metric: "messages"}},
	} {
		e := claim.Claim{Metric: c.metric, Stat: c.stat, Ratio: c.ratio, Min: ptr(0)}
		v := Judge([]claim.Claim{e}, run(), 0)[0]
		row := v.Row()
		def, _ := words.Lookup(c.metric)
		unit := def.Def().Unit
		if c.ratio != nil {
			unit = "ratio"
		}
		if v.Unit != c.want || row.ValueUnit != c.want || row.Unit != unit {
			t.Errorf("%s of %s: value in %q, row in %q, distribution in %q; want %q and %q", c.stat, c.metric, v.Unit, row.ValueUnit, row.Unit, c.want, unit)
		}
	}
	for _, m := range words.All() {
		v := Judge([]claim.Claim{{Metric: m.String(), Stat: "count", Min: ptr(0)}}, run(), 0)[0]
		if v.Unit != "count" {
			t.Errorf("the count of %s is in %q", m, v.Unit)
		}
	}
}

// What a run has of a metric that compares sites is one number, also where runs are pooled: not the mean of what the sites had (02-2).
func TestVariationIsOneNumberOfARun(t *testing.T) {
	r := run()
	for i, v := range []float64{0.2, 0.6, 0.4, 0.6} {
		o := obs(words.LoadCV, float64(50+i/2), v, -1, 0, core.NoNode)
		o.Weight, o.SiteA = 10, int16(i%2)
		r.Observations = append(r.Observations, o)
	}
	slices.SortStableFunc(r.Observations, func(a, b metrics.Observation) int { return cmp.Compare(a.Metric, b.Metric) })
	s, err := Select(&claim.Claim{Metric: "load_cv", Stat: "mean"}, r)
	if err != nil {
		t.Fatal(err)
	}
	// The sites' means are 0.3 and 0.6: mean 0.45, deviation 0.15.
	if len(s.Obs) != 1 || s.Obs[0].Weight != 1 || s.Obs[0].Value < 1.0/3-1e-9 || s.Obs[0].Value > 1.0/3+1e-9 {
		t.Errorf("%+v", s.Obs)
	}
	// In stretches of a second each instant is one: 0.4 ± 0.2 and 0.5 ± 0.1.
	s, err = Select(&claim.Claim{Metric: "load_cv", Stat: "mean", Window: &claim.Window{Rolling: core.Duration(1e9)}}, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Obs) != 2 || math.Abs(s.Obs[0].Value-0.5) > 1e-9 || math.Abs(s.Obs[1].Value-0.2) > 1e-9 {
		t.Errorf("%+v", s.Obs)
	}
}
