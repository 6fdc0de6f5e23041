package world

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// ranStats runs a datacenter and returns its digest, and what was told of statistics.
func ranStats(t *testing.T, rest string, sets ...string) (uint64, map[core.JobFactKind]int) {
	t.Helper()
	w, tape := runSite(t, aSite(t, rest, sets...))
	told := map[core.JobFactKind]int{}
	for _, r := range tape.all(trace.JobFact) {
		if r.Fact.Kind.Room() == core.FactsOfStats {
			told[r.Fact.Kind]++
		}
	}
	return w.Digest(), told
}

const (
	someJobs = "[[workload]]\nid = \"j\"\nkind = \"jobs\"\nto = \"100s\"\narrival = { process = \"constant\", rate = \"0.2/s\" }\n"
	plainJob = "job = { workflows = 2, duration = \"8s\" }\n"
	hurries  = "job = { workflows = 2, duration = \"8s\", progress = \"every-flush\" }\n"
	counts   = "job = { workflows = 2, duration = \"8s\", stats = { rate = \"10/s\", bytes = \"100B\" } }\n"
)

// In a run that asks for no statistics nothing of them is there: their keys change nothing (ADR 0040).
func TestNoStatisticsUnlessAskedFor(t *testing.T) {
	plain, told := ranStats(t, someJobs+plainJob)
	if len(told) > 0 {
		t.Errorf("told of statistics: %v", told)
	}
	other, _ := ranStats(t, someJobs+plainJob, "protocol.stats.hot_entries=1", "protocol.stats.window=0.2s", "protocol.backpressure.combine=destination", "protocol.backpressure.worker_ttl=1s")
	if plain != other {
		t.Error("keys of statistics change a run without")
	}
}

// With them the same run gives the same bytes, over both codecs, and every word is told of.
func TestStatisticsRepeat(t *testing.T) {
	for _, job := range []string{hurries, counts} {
		for _, size := range []string{"protocol.stats.hot_entries=1000", "protocol.stats.hot_entries=40"} {
			fixed := "protocol.stats.hot_autosize=false"
			a, told := ranStats(t, someJobs+job, size, fixed)
			b, _ := ranStats(t, someJobs+job, size, fixed, "network.codec=wire")
			if a != b {
				t.Errorf("%s: the codec changes the run", size)
			}
			if told[core.JobFactRecord] < 80 || told[core.JobFactBuffer] < 290 {
				t.Errorf("%s: told %v", size, told)
			}
			if pressed := told[core.JobFactPressure] > 0; pressed != (size == "protocol.stats.hot_entries=40") {
				t.Errorf("%s: workers felt pressure %v", size, pressed)
			}
		}
	}
}
