package metrics

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/routing"
	"hypersim/sim/metrics/words"
)

func TestRouteRulesAreThoseOfRouting(t *testing.T) {
	var have []string
	for i := range routing.Reason(routing.NumReasons) {
		have = append(have, i.String())
	}
	if !slices.Equal(have, words.RouteRules) {
		t.Errorf("routing has %q, the words have %q", have, words.RouteRules)
	}
}

// What a decision is told as: the choice, what it cost in truth, and what would have been better.
func TestDecisions(t *testing.T) {
	s := flat(t, 3)
	s.rec.ctx.TrueRTT = func(core.NodeID, core.NodeID, core.Instant) core.Duration { return 40e6 }
	s.rec.routes.managers = map[int]core.NodeID{0: 1}
	d := routing.Record{
		ID: 7, Job: 9, Reason: routing.ImprovementMet, Switched: true, Previous: 1, Incumbent: 50, BestScore: 40, Primary: []uint16{0},
		Candidates: []routing.Candidate{
			{Site: 0, ByScore: true, Score: 40, Raw: 40, RTT: 42, Cool: 1},
			{Site: 1, Verdict: routing.Excluded, Exclusion: routing.ExUnhealthy, Class: routing.Unhealthy, Why: routing.ReasonUnreachable},
		},
	}
	s.rec.RecordRoute(at(3), 0, &d, nil)
	r := s.end(50)
	s.want(words.RoutingSwitches, []float64{1}, "route_rule", "improvement_threshold_met")
	s.want(words.RoutingRTT, []float64{40})
	s.want(words.RoutingRegret, []float64{1})
	s.want(words.RoutingShare, []float64{1})
	var b bytes.Buffer
	if err := WriteCSV(&b, "routing.csv", r.Tables()); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(b.String(), "\n"); lines[1] != "3,7,a/manager/0,job-0000000000000009,submit,score,improvement_threshold_met,a,,HEALTHY,50,40,0.2,0,40,40,1,a,1,:unhealthy_status,switched  → a: improvement_threshold_met," {
		t.Errorf("%s", lines[1])
	}
	b.Reset()
	if err := WriteCSV(&b, "routing_candidates.csv", r.Tables()); err != nil || strings.Count(b.String(), "\n") != 3 {
		t.Errorf("%v\n%s", err, b.String())
	}
}
