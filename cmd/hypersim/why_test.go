package main

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"strings"
	"testing"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

func routed() *analysis.Run {
	return &analysis.Run{Dir: "folder", Tables: &metrics.Tables{
		Routes: []metrics.RouteRow{
			{At: 2e9, Decision: 1, Gate: "a/gate/0", Job: "job-00000000000000aa", Trigger: "submit", Mode: "score", Why: "a chosen: the job had no choice yet", Primary: "a", Hindsight: "b", BestRTT: 20, Regret: 2.5, Oracle: "b", ChosenBegin: 850, OracleBegin: 20, Late: 42.5},
			{At: 3e9, Decision: 2, Gate: "a/gate/0", Job: "job-00000000000000ba", Trigger: "submit", Mode: "score", Why: "b chosen", Primary: "b", Hindsight: "b", Regret: 1},
			{At: 4e9, Decision: 3, Gate: "a/gate/0", Job: "job-00000000000000aa", Trigger: "redispatch", Mode: "score", Why: "there is no datacenter for it: no_usable_datacenter"},
		},
		Candidates: []metrics.CandidateRow{
			{Decision: 1, Gate: "a/gate/0", Job: "job-00000000000000aa", Site: "a", Why: "a: primary #1", RTT: 50, Begin: 850, CoresFree: 0, CoresWaited: 6},
			{Decision: 1, Gate: "a/gate/0", Job: "job-00000000000000aa", Site: "b", Why: "b: fallback #1", RTT: 20, Begin: 20, CoresFree: 7},
			{Decision: 1, Gate: "b/gate/0", Job: "job-00000000000000ab", Site: "a", Why: "of another gate"},
		},
	}}
}

func TestWhyTellsAJob(t *testing.T) {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	if err := cmp.Or(why(w, routed(), "0aa"), w.Flush()); err != nil {
		t.Fatal(err)
	}
	const want = `job-00000000000000aa

at 2 s a/gate/0 decided (submit, by score): a chosen: the job had no choice yet
  a: primary #1 (in truth 50 ms away)
  b: fallback #1 (in truth 20 ms away)
  in hindsight: b was the nearest of its class, 20 ms away; a is 2.5 times as far
  an oracle of distances and loads: b (begins after 20 ms: 7 cores free, 0 waited for); at a (begins after 850 ms: 0 cores free, 6 waited for) it takes 42.5 times as long

at 4 s a/gate/0 decided (redispatch, by score): there is no datacenter for it: no_usable_datacenter
  in hindsight: nothing could be chosen
`
	if b.String() != want {
		t.Errorf("have\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	if err := cmp.Or(costliest(w, routed()), w.Flush()); err != nil || strings.Count(b.String(), "\n") != 3 || strings.Index(b.String(), "0aa") > strings.Index(b.String(), "0ba") {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestWhyOfAnOracle(t *testing.T) {
	run := routed()
	for _, x := range []struct {
		row  metrics.RouteRow
		want string
	}{
		{metrics.RouteRow{}, ""}, // no datacenter took jobs
		{metrics.RouteRow{Primary: "a", Oracle: "b", OracleBegin: 60}, "an oracle of distances and loads: b, where it begins after 60 ms; a took no job then"},
		{metrics.RouteRow{Primary: "a", Oracle: "a", OracleBegin: 60, ChosenBegin: 60, Late: 1}, "an oracle of distances and loads: a, too"},
	} {
		if have := foresight(run, &x.row); have != x.want {
			t.Errorf("have %q, want %q", have, x.want)
		}
	}
}

func TestWhySaysWhatIsMissing(t *testing.T) {
	for name, want := range map[string]string{"cc": "no gate of this run decided about such a job", "a": "means 2 jobs"} {
		if _, err := oneJob(routed(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--job %s: %v", name, err)
		}
	}
	empty := &analysis.Run{Dir: "folder", Tables: &metrics.Tables{}}
	for _, err := range []error{why(bufio.NewWriter(io.Discard), empty, "a"), costliest(bufio.NewWriter(io.Discard), empty)} {
		if err == nil || !strings.Contains(err.Error(), "routing.csv") {
			t.Errorf("%v", err)
		}
	}
}
