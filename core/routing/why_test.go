package routing

import (
	"testing"
	"time"

	"hypersim/core"
)

// Every kind of sentence, from a record.
func TestWhy(t *testing.T) {
	name := func(site uint16) string { return []string{"use1", "usw2", "euw1", "apne1", "sae1", "deep1"}[site] }
	r := Record{Best: Healthy, Previous: 1, Incumbent: 125, BestScore: 100, HoldDown: 12 * time.Second}
	first := Candidate{Site: 0, ByScore: true, Score: 100, RTT: 80, Load: 1.25, Doubt: 1, Preference: 1, Cool: 1}
	for _, v := range []struct {
		c     Candidate
		place int
		want  string
	}{
		{first, 1, "use1: primary #1 in HEALTHY; score 100 = 80 ms × load 1.25 × quality 1 × pref 1 × cooldown 1"},
		{Candidate{Site: 1, Verdict: Fallback, ByScore: true, Score: 125, RTT: 100, Load: 1.25, Doubt: 1, Preference: 1, Cool: 1}, 2, "usw2: fallback #2; score 125 = 100 ms × load 1.25 × quality 1 × pref 1 × cooldown 1, 25% above use1"},
		{Candidate{Site: 2, Verdict: Fallback, ByScore: true, Score: 90, RTT: 90, Load: 1, Doubt: 1, Preference: 1, Cool: 1}, 3, "euw1: fallback #3; score 90 = 90 ms × load 1 × quality 1 × pref 1 × cooldown 1, 10% below use1"},
		{Candidate{Site: 3, Verdict: SelectedExtended, Class: Busy, Why: ReasonNoCapacity, Rank: 1, Util: 1, RTT: 30}, 4, "apne1: target #4 beside the primary ones; bucket BUSY (no_capacity) is worse than HEALTHY; rank 1, free 0.00, 30 ms"},
		{Candidate{Site: 4, Verdict: Excluded, Exclusion: ExUnhealthy, Class: Unhealthy, Why: ReasonUnreachable}, 0, "sae1: excluded, unhealthy_status (unreachable)"},
		{Candidate{Site: 5, Verdict: Excluded, Exclusion: ExBreakers}, 0, "deep1: excluded, all_managers_circuit_open"},
	} {
		if have := r.Why(&v.c, &first, v.place, name); have != v.want {
			t.Errorf("have %q\nwant %q", have, v.want)
		}
	}
	for reason, want := range map[Reason]string{
		InitialSelection: "usw2 chosen: the job had no choice yet", RetainedBest: "usw2 kept: it is still the best",
		HoldDownRetained:        "usw2 kept: 12 s of hold-down left; use1 would improve by 20%",
		ImprovementInsufficient: "usw2 kept: use1 improves by 20%, below what a switch needs",
		DegradationForced:       "switched usw2 → usw2: degradation_forced", Empty: "there is no datacenter for it: routable",
		VoluntaryOff:   "usw2 kept: switches for the better are off in mode score",
		PartitionReset: "usw2 chosen anew: the choice before is among datacenters that fail together",
	} {
		if r.Reason = reason; r.Ruling(0, 1, name) != want {
			t.Errorf("have %q\nwant %q", r.Ruling(0, 1, name), want)
		}
	}
}

// Whatever a router decides can be told.
func TestEveryDecisionCanBeTold(t *testing.T) {
	b := newBench(3, nil)
	name := func(site uint16) string { return string(rune('a' + site)) }
	for i := range 20 {
		now := core.Instant(i) * second
		if i == 10 {
			b.Reach(now, 0, core.ReachUnreachable)
		}
		c := b.Route(now, &Query{Job: 1})
		d := b.Decision(c.Decision)
		if len(d.Ruling(d.Candidates[0].Site, d.Candidates[0].Site, name)) < 10 {
			t.Errorf("%v", d.Reason)
		}
		for k := range d.Candidates {
			if len(d.Why(&d.Candidates[k], &d.Candidates[0], k+1, name)) < 10 {
				t.Errorf("%+v", d.Candidates[k])
			}
		}
	}
}
