package plot

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// voted is a run of 100 s in which the gates kept their leader, and one site's leader crashed at 20 s and the next one was
// frozen at 60 s.
func voted() *analysis.Run {
	s := func(x float64) core.Instant {
		if x < 0 {
			return core.Never
		}
		return core.Instant(x * 1e9)
	}
	row := func(cluster, node, part string, term uint64, from, to, acts, by float64) metrics.ElectionRow {
		return metrics.ElectionRow{Cluster: cluster, Node: node, Role: part, Term: term, Start: s(from), Stop: s(to), ActsFrom: s(acts), ActsTo: s(by)}
	}
	return &analysis.Run{Info: analysis.Info{Duration: 100 * time.Second}, Tables: &metrics.Tables{Elections: []metrics.ElectionRow{
		row("gates", "a/gate/0", "LEADER", 1, 0, -1, 0, -1),
		row("gates", "b/gate/0", "FOLLOWER", 1, 0, -1, -1, -1),
		row("site:a", "a/manager/10", "FOLLOWER", 0, 0, 25, -1, -1),
		row("site:a", "a/manager/2", "LEADER", 1, 0, 20, 0, 20),
		row("site:a", "a/manager/10", "CANDIDATE", 2, 25, 32, -1, -1),
		row("site:a", "a/manager/10", "LEADER", 2, 32, 80, 33, 64),
		row("site:a", "a/manager/2", "LEADER", 3, 72, -1, 72, -1),
	}}}
}

// Every row of the file is a lane of its voter, nobody acts between the leaders, and who kept its leader is left out.
func TestLeaders(t *testing.T) {
	run := voted()
	all, quiet := electorates(run.Tables.Elections, 100)
	if len(all) != 1 || quiet != 1 {
		t.Fatalf("%d clusters, %d quiet", len(all), quiet)
	}
	e := &all[0]
	if want := []string{"a/manager/2", "a/manager/10"}; !slices.Equal(e.voters, want) || e.leaders != 3 || !slices.Equal(e.terms, []uint64{1, 2, 3}) {
		t.Errorf("voters %q, %d leaders, terms %v", e.voters, e.leaders, e.terms)
	}
	if want := []span2{{20, 33}, {64, 72}}; !reflect.DeepEqual(e.gaps, want) {
		t.Errorf("gaps %v, want %v", e.gaps, want)
	}
	want := []lane{
		{row: 1, part: "FOLLOWER", to: 25}, {part: "LEADER", term: 1, to: 20, by: 20}, {row: 1, part: "CANDIDATE", term: 2, from: 25, to: 32},
		{row: 1, part: "LEADER", term: 2, from: 32, to: 80, actsFrom: 33, by: 64}, {part: "LEADER", term: 3, from: 72, to: 100, actsFrom: 72, by: 100},
	}
	if !reflect.DeepEqual(e.lanes, want) {
		t.Errorf("lanes %v, want %v", e.lanes, want)
	}
	names, err := All(run, t.TempDir(), Options{})
	if err != nil || !slices.Contains(names, "leaders.png") {
		t.Errorf("%q, %v", names, err)
	}
	run.Tables.Elections = run.Tables.Elections[:2]
	if leaders(run) != nil {
		t.Error("a picture of nothing")
	}
}

// Of very many leaders the first ones are shown.
func TestManyLeaders(t *testing.T) {
	run := voted()
	run.Tables.Elections = nil
	for i := range 60 {
		at := core.Instant(i) * 1e9
		run.Tables.Elections = append(run.Tables.Elections, metrics.ElectionRow{Cluster: "site:a", Node: "a/manager/0", Role: "LEADER", Term: uint64(i), Start: at, Stop: at + 5e8, ActsFrom: at, ActsTo: at + 5e8})
	}
	if f := leaders(run); f.panels[0].x.hi != leadersMost {
		t.Errorf("shown to %v s, want the first %d", f.panels[0].x.hi, leadersMost)
	}
}

// TestLeaderGaps: the distribution of all gaps, by role; a few are none.
func TestLeaderGaps(t *testing.T) {
	tables := &metrics.Tables{}
	for i := range 5 {
		tables.Observed = append(tables.Observed, metrics.TimeRow{At: sec(float64(i)), Metric: "leader_gap", Unit: "s", Labels: "role=manager", Value: float64(10 + i)})
	}
	f := leaderGaps(loaded(tables))
	if f == nil || len(f.panels[0].legend) != 1 || f.panels[0].legend[0].label != "clusters of managers (n = 5,\np50 12 s, p95 14 s)" {
		t.Fatalf("have %+v", f)
	}
	readable(t, f)
	if tables.Observed = tables.Observed[:2]; leaderGaps(loaded(tables)) != nil {
		t.Error("two gaps are no distribution")
	}
}
