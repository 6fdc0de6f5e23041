package judge

import (
	"math"
	"strings"
	"testing"
	"time"

	"hypersim/scenarios/claim"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// unseenRun has four crashes of the worker: detected after 7 s, never in 25 s and in 25 s, and over after 2 s.
func unseenRun() *metrics.Result {
	r := run()
	r.Observations = []metrics.Observation{
		obs(words.DetectionFirst, 42, 2, 0, core.StateSuspect, 0),
		obs(words.DetectionFirst, 47, 7, 0, core.StateDead, 0),
		obs(words.DetectionFull, 48, 8, 0, 0, core.NoNode),
	}
	r.Crashes = []metrics.Crash{
		{At: sec(40), Until: sec(120), Subject: 2, Suspect: true, Dead: true, Full: true},
		{At: sec(60), Until: sec(85), Subject: 2},
		{At: sec(70), Until: sec(95), Subject: 2},
		{At: sec(100), Until: sec(102), Subject: 2},
	}
	return r
}

// What was never detected counts in every claim about detection: it is beyond any bound that it was waited for, it
// is part of means and percentiles, and what ended sooner says nothing.
func TestUnseen(t *testing.T) {
	dead := claim.Where{"to": {"DEAD"}}
	until := func(s float64) *claim.Window { return &claim.Window{To: at(time.Duration(s * 1e9))} }
	for _, c := range []struct {
		name  string
		e     claim.Claim
		want  Outcome
		value float64
		why   string
	}{
		{"all", claim.Claim{Metric: "detection_first", Where: dead, Stat: "all", Max: ptr(15)}, Fail, 25, "2 of 4 never came, waited for up to 25 s"},
		{"max", claim.Claim{Metric: "detection_first", Where: dead, Stat: "max", Max: ptr(15)}, Fail, 25, "never came"},
		{"last", claim.Claim{Metric: "detection_first", Where: dead, Stat: "last", Max: ptr(15)}, Fail, 25, "never came"},
		{"within more than anything was waited for", claim.Claim{Metric: "detection_first", Where: dead, Stat: "all", Max: ptr(30)}, Pass, 7, ""},
		{"p90", claim.Claim{Metric: "detection_first", Where: dead, Stat: "p90", Max: ptr(15)}, Fail, 25, "3 of 4 never came"},
		{"p90 that may lie within", claim.Claim{Metric: "detection_first", Where: dead, Stat: "p90", Max: ptr(30)}, CannotJudge, 25, "p90 is at least 25: 3 of 4 never came"},
		{"p90 above a least value", claim.Claim{Metric: "detection_first", Where: dead, Stat: "p90", Min: ptr(5)}, Pass, 25, ""},
		{"p90 above what is not known", claim.Claim{Metric: "detection_first", Where: dead, Stat: "p90", Min: ptr(26)}, CannotJudge, 25, "at least"},
		{"p30 is known", claim.Claim{Metric: "detection_first", Where: dead, Stat: "p30", Max: ptr(15)}, Pass, 7, ""},
		// At 2 s one of four is lost, a third of the rest comes at 7 s: 7 + 18 · 2/3.
		{"mean", claim.Claim{Metric: "detection_first", Where: dead, Stat: "mean", Max: ptr(15)}, Fail, 19, "3 of 4 never came"},
		{"mean that may be more", claim.Claim{Metric: "detection_first", Where: dead, Stat: "mean", Max: ptr(20)}, CannotJudge, 19, "mean is at least 19"},
		{"how far they are apart", claim.Claim{Metric: "detection_first", Where: dead, Stat: "sd", Max: ptr(15)}, CannotJudge, math.NaN(), "sd of 4 observations is not defined: 3 of 4 never came"},
		{"a trend", claim.Claim{Metric: "detection_first", Where: dead, Stat: "slope", Max: ptr(15)}, CannotJudge, math.NaN(), "3 of 4 never came"},
		{"a count is one of what came", claim.Claim{Metric: "detection_first", Where: dead, Stat: "count", Equals: ptr(1)}, Pass, 1, ""},
		{"full", claim.Claim{Metric: "detection_full", Stat: "all", Max: ptr(15)}, Fail, 25, "2 of 4 never came"},
		{"each", claim.Claim{Metric: "detection_each", Where: dead, Stat: "all", Max: ptr(15)}, Fail, 25, "never came"},
		{"of another subject", claim.Claim{Metric: "detection_first", Where: claim.Where{"to": {"DEAD"}, "subject_role": {"gate"}}, Stat: "all", Max: ptr(15), Needs: 0}, CannotJudge, math.NaN(), "0 observations"},
		{"by observers there are", claim.Claim{Metric: "detection_first", Where: claim.Where{"to": {"DEAD"}, "observer_site": {"a"}}, Stat: "all", Max: ptr(15)}, Fail, 25, "never came"},
		{"by observers that do not know it", claim.Claim{Metric: "detection_first", Where: claim.Where{"to": {"DEAD"}, "observer_role": {"gate"}}, Stat: "all", Max: ptr(15)}, CannotJudge, math.NaN(), "0 observations"},
		{"by healthy observers", claim.Claim{Metric: "detection_first", Where: claim.Where{"to": {"DEAD"}, "class": {"healthy"}}, Stat: "all", Max: ptr(15)}, Fail, 25, "never came"},
		{"how it came", claim.Claim{Metric: "detection_first", Where: claim.Where{"to": {"DEAD"}, "path": {"gossip"}}, Stat: "all", Max: ptr(15), Needs: 0}, CannotJudge, math.NaN(), "0 observations"},
		{"after the window", claim.Claim{Metric: "detection_first", Where: dead, Stat: "all", Max: ptr(3), Window: until(45)}, Fail, 5, "1 of 1 never came, waited for up to 5 s"},
		{"begun after the window", claim.Claim{Metric: "detection_first", Where: dead, Stat: "all", Max: ptr(15), Window: until(50)}, Pass, 7, ""},
		{"nothing came since, nor was waited for so long", claim.Claim{Metric: "detection_first", Where: dead, Stat: "all", Max: ptr(50), Since: at(55 * time.Second)}, CannotJudge, math.NaN(), "0 observations"},
		{"since, longer", claim.Claim{Metric: "detection_first", Where: dead, Stat: "all", Max: ptr(39), Since: at(40 * time.Second)}, Fail, 62, "3 of 4"},
	} {
		c.e.Why = "WHY"
		v := Judge([]claim.Claim{c.e}, unseenRun(), 0)[0]
		same := v.Value == c.value || math.Abs(v.Value-c.value) < 1e-9 || v.Value != v.Value && c.value != c.value
		if v.Outcome != c.want || !same || !strings.Contains(v.Why, c.why) || !strings.Contains(v.Why, "WHY") {
			t.Errorf("%s: %v %v (%s), want %v %v …%s…", c.name, v.Outcome, v.Value, v.Why, c.want, c.value, c.why)
		}
	}
}

// A crash that nobody lived to detect, and one that is DEAD without having been SUSPECT, are no missing detection.
func TestUnseenOnlyWhatCouldBe(t *testing.T) {
	r := unseenRun()
	r.Crashes = []metrics.Crash{
		{At: sec(40), Until: sec(120), Subject: 2, Suspect: true, Dead: true, Full: true},
		{At: sec(60), Until: sec(120), Subject: 2, Full: true},
		{At: sec(70), Until: sec(120), Subject: 2, Dead: true, Full: true},
	}
	r.Observations = append(r.Observations, obs(words.DetectionFirst, 78, 8, 2, core.StateDead, 0))
	for _, to := range []string{"SUSPECT", "DEAD"} {
		if v := Judge([]claim.Claim{{Metric: "detection_first", Where: claim.Where{"to": {to}}, Stat: "all", Max: ptr(15)}}, r, 0)[0]; v.Outcome != Pass {
			t.Errorf("%s: %v %v (%s)", to, v.Outcome, v.Value, v.Why)
		}
	}
}
