package runner

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"hypersim/scenarios"
)

// eventsOff is by how much foreseen events may be off.
const eventsOff = 0.3

// A scenario is made smaller until so many events are enough, and is tested always if there are not too many then.
// Of fewer nodes than fewNodes a fault of ten hits most.
const eventsEnough, eventsMost, fewNodes = 80_000, 300_000, 25

// unforeseen are the scenarios whose events a plan does not foresee, with the reason. Their runs are logged, and held to invariants alone.
var unforeseen = map[string]string{
	"leader-chaos":                 "faults of few members overlap, and each is counted as if it were alone",
	"manager-leader-failover":      "requests to those who are down wait in line on their streams, and what of them reaches its time is not counted",
	"split-brain-managers":         "likewise, to those who are cut off",
	"partition":                    "likewise, of the gates of the minority to those that they ask for jobs",
	"routing-dc-failure":           "likewise, to managers that are cut off",
	"partition-leader-gates":       "likewise, between gates that are cut off",
	"gate-failover-quorum":         "likewise, to the gates that are gone",
	"cancel-during-failover":       "jobs are taken back long before they would have ended, and those who stop them die",
	"timeout-gate-unreachable":     "likewise, to the gates that are gone",
	"control-plane-under-overload": "statistics that belong to no job are not counted, nor what is sent away",
	"timeout-partitioned-dc":       "likewise, to the datacenter that is cut off",
	"routing-dc-degraded":          "likewise, to managers that are gone",
	"stats-loop":                   "statistics that are withheld or go in batches are counted one by one",
	"bench-backpressure":           "likewise, and what a gate sends away is counted as if it were led",
}

// The events that a plan foresees are those of the run, to 30 %: of every bundled scenario but the unforeseen, each made so small that it is
// over soon; with HYPERSIM_LONG as it is, and at half and twice its size. One is chosen by -run TestEventsForeseen/NAME.
func TestEventsForeseen(t *testing.T) {
	t.Parallel()
	for _, e := range scenarios.List() {
		t.Run(e.Name, func(t *testing.T) {
			if os.Getenv("HYPERSIM_LONG") == "" {
				sets, ok := smallEnough(t, e.Name)
				if !ok {
					t.Skip("no size of it is small: with HYPERSIM_LONG=1")
				}
				eventsForeseen(t, e.Name, sets)
				return
			}
			sizes(t, e.Name, eventsForeseen)
		})
	}
}

// smaller makes scenarios small whose faults do not shrink with them.
var smaller = map[string][]string{"gossip-storm": {"cluster.size=400", "fault.restart.target.count=100", "fault.join.target.id=a/worker/3??"}}

// smallEnough returns what makes a scenario small, nothing where it is; false: it cannot be made small.
func smallEnough(t *testing.T, name string) (sets []string, ok bool) {
	t.Helper()
	if sets = smaller[name]; sets != nil {
		return sets, true
	}
	for _, by := range []float64{1, 0.5, 0.25, 0.1, 0.05, 0.02} {
		var now []string
		if by < 1 {
			if now = resized(t, name, by); now == nil {
				continue
			}
		}
		if now != nil && len(loaded(t, name, now).Nodes) < fewNodes {
			break
		}
		events := scenarios.Describe(loaded(t, name, now)).Events
		if sets, ok = now, events <= eventsMost; events <= eventsEnough {
			break
		}
	}
	return sets, ok
}

func eventsForeseen(t *testing.T, name string, sets []string) {
	t.Helper()
	sc := loaded(t, name, sets)
	plan := scenarios.Describe(sc)
	res, err := Measure(context.Background(), Options{Scenario: sc})
	if err != nil {
		t.Fatal(err)
	}
	if res.Stopped != "" {
		t.Errorf("%s %v: it was stopped: %s", name, sets, res.Stopped)
	}
	for i := range res.Violations {
		t.Errorf("%s %v: invariant %s: %s", name, sets, res.Violations[i].Invariant, res.Violations[i].What)
	}
	off := plan.Events/float64(res.Events) - 1
	t.Logf("%d nodes: %.0f events foreseen, %d were: %+.0f %%", plan.Nodes, plan.Events, res.Events, 100*off)
	if why := unforeseen[name]; why != "" {
		t.Log("not foreseen: " + why)
		t.SkipNow()
	}
	if off < -eventsOff || off > eventsOff {
		t.Errorf("%s %v: %.0f events are foreseen, there were %d: %+.0f %%", name, sets, plan.Events, res.Events, 100*off)
	}
}

// sizes runs a test of a scenario as it is, at half and at twice its size, where it can be of that size.
func sizes(t *testing.T, name string, test func(t *testing.T, name string, sets []string)) {
	t.Helper()
	for _, by := range []float64{1, 0.5, 2} {
		t.Run("x"+strconv.FormatFloat(by, 'g', -1, 64), func(t *testing.T) {
			var sets []string
			if by != 1 {
				if sets = resized(t, name, by); sets == nil {
					t.Skip("its size is its own")
				}
			}
			test(t, name, sets)
		})
	}
}

// resized returns what makes a scenario so many times as large, nil where it says its size otherwise or cannot be of that size.
func resized(t *testing.T, name string, by float64) []string {
	t.Helper()
	sc := loaded(t, name, nil)
	workers, all := 0, 0
	for _, s := range sc.Cluster.Sites {
		workers, all = max(workers, s.Workers), all+s.Gates+s.Managers+s.Workers
	}
	for _, set := range []string{fmt.Sprintf("cluster.size=%d", int(by*float64(all))), fmt.Sprintf("cluster.workers=%d", int(by*float64(workers)))} {
		other, err := scenarios.Load(name, []string{set}, scenarios.Options{Alone: true})
		if err == nil && len(other.Nodes) != len(sc.Nodes) {
			return []string{set}
		}
	}
	return nil
}

func loaded(t *testing.T, name string, sets []string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Load(name, sets, scenarios.Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}
