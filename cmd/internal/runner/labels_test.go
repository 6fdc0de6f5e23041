package runner

import (
	"context"
	"slices"
	"testing"

	"hypersim/scenarios"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// everyLabel is each key that any metric carries.
func everyLabel() []string {
	var all []string
	for _, m := range words.All() {
		all = append(all, m.LabelKeys()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// told are the labels with a word, and the words, that observations of each metric had in some runs.
type told map[words.Metric]map[string]map[string]bool

func (t told) take(r *metrics.Result) {
	keys := everyLabel()
	for _, m := range words.All() {
		r.Select(m, func(o *metrics.Observation) bool {
			if t[m] == nil {
				t[m] = map[string]map[string]bool{}
			}
			for _, key := range keys {
				word, ok := r.Label(o, key)
				if !ok || word == "" {
					continue
				}
				if t[m][key] == nil {
					t[m][key] = map[string]bool{}
				}
				t[m][key][word] = true
			}
			return false
		})
	}
}

// A claim may name a label if and only if observations carry it: what a run measured is held against the
// declarations, in both directions.
func TestLabelsAreThoseCarried(t *testing.T) {
	t.Parallel()
	seen := told{}
	for _, name := range []string{"partition-symmetric-gates", "partition-asymmetric", "gray-failure", "worker-churn", "unconfirmed-lifecycle", "link-samples", "datagrams-blocked"} {
		sc, err := scenarios.Load(name, nil, scenarios.Options{Alone: true})
		if err != nil {
			t.Fatal(err)
		}
		sc.Workloads = slices.DeleteFunc(sc.Workloads, func(w scenarios.Workload) bool { return w.Jobs != nil }) // what jobs give has tests of its own
		res, err := Measure(context.Background(), Options{Scenario: sc})
		if err != nil {
			t.Fatal(err)
		}
		seen.take(res.Metrics)
	}
	for m, labels := range seen {
		declared := m.LabelKeys()
		for key, words := range labels {
			if !slices.Contains(declared, key) && !alwaysTold(m, key) {
				t.Errorf("%v: observations carry %s and no claim may name it: %v", m, key, words)
			}
			for word := range words {
				if want := m.Def().LabelWords(key); want != nil && slices.Contains(declared, key) && !slices.Contains(want, word) {
					t.Errorf("%v: %s is %q, not one of %v", m, key, word, want)
				}
			}
		}
		for _, key := range declared {
			if labels[key] == nil {
				t.Errorf("%v: a claim may name %s, and no observation carries it", m, key)
			}
		}
	}
}

// alwaysTold are words that say nothing about a metric, or what another key says: whether nobody is a ghost,
// the site that "dc" names, and which end of a pair, whose ends are in no order, has a role.
func alwaysTold(m words.Metric, key string) bool {
	if key == "subject_ghost" || key == "site_a" && slices.Contains(m.LabelKeys(), "dc") {
		return true
	}
	return m.Def().Event == "coordinate sample" && slices.Contains([]string{"role", "observer_role", "subject_role"}, key)
}
