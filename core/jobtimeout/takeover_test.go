package jobtimeout

import (
	"testing"

	"hypersim/core"
)

// 04-38, I-JT4: the sum of the extensions never falls, over a takeover among gates neither: the next gate does not end a job in the time
// that was granted before it has heard its datacenters.
func TestExtensionsOutliveTheirGate(t *testing.T) {
	for _, rule := range []ExtensionRule{ExtensionTotal, ExtensionMaxWorker} {
		cfg := Default()
		cfg.Job.ExtensionRule = rule
		var fx core.Effects
		g, h := &judging{}, &judging{}
		for _, x := range []*judging{g, h} {
			x.m.Init(x, GateParams{Config: &cfg.Job, Keep: 3600e9})
		}
		sites := []Part{{Site: 1, Manager: 3, DE: 1}}
		g.m.Start(0, &GateTracking{Job: theJob, Timeout: 60e9, GE: 1, Sites: sites}, &fx)
		g.m.OnProgress(50*sec, &ProgressReport{Job: theJob, Site: 1, Manager: 3, DE: 1, Seq: 1, Extensions: 15e9, MaxExtension: 15e9, Recent: true}, &fx)
		var s Snapshot
		if !g.m.Snapshot(61*sec, theJob, &s) {
			t.Fatal("no snapshot")
		}
		h.m.Resume(61*sec, &GateTracking{Job: theJob, Timeout: 60e9, GE: 2, Elapsed: s.Elapsed, Extensions: s.Extensions, Sites: sites}, &fx)
		for at := h.m.Deadline(); at <= 90*sec; at = h.m.Deadline() {
			h.m.Wake(at, &fx)
		}
		if h.n != 1 || h.rule != RuleOverall || h.at != 90*sec { // looks at multiples of 15 s; 75 is not beyond 75
			t.Errorf("%v: decided %d times, by %v at %v", rule, h.n, h.rule, h.at)
		}
	}
}

// 04-49, U6: what R3 counts is what is known of the targets now. One that is new, or whose leader is, may undo a majority; and one that a
// gate finds where it takes over ends a job as one that came to be there.
func TestMajorityOfTheTargetsThatThereAre(t *testing.T) {
	cfg := Default()
	var fx core.Effects
	out := func(site uint16) *TimeoutReport {
		return &TimeoutReport{Job: theJob, Site: site, Manager: 3, DE: 1, Seq: 1, Kind: KindStuck}
	}
	fresh := func(parts ...Part) *judging {
		x := &judging{}
		x.m.Init(x, GateParams{Config: &cfg.Job, Keep: 3600e9})
		x.m.Start(0, &GateTracking{Job: theJob, Timeout: 600e9, GE: 1, Sites: parts}, &fx)
		return x
	}
	t.Run("another target", func(t *testing.T) {
		x := fresh(Part{Site: 1, Manager: 3, DE: 1})
		x.m.OnTimeout(5*sec, out(1), &fx)
		x.m.Target(6*sec, theJob, &Part{Site: 2, Manager: 7, DE: 1})
		if x.m.Wake(15*sec, &fx); x.n != 0 {
			t.Errorf("one of two ended the job: %v", x.rule)
		}
	})
	t.Run("another leader", func(t *testing.T) {
		x := fresh(Part{Site: 1, Manager: 3, DE: 1})
		x.m.OnTimeout(5*sec, out(1), &fx)
		x.m.Target(6*sec, theJob, &Part{Site: 1, Manager: 4, DE: 2})
		if x.m.Wake(15*sec, &fx); x.n != 0 {
			t.Errorf("nobody ended the job: %v", x.rule)
		}
	})
	t.Run("found", func(t *testing.T) {
		x := &judging{}
		x.m.Init(x, GateParams{Config: &cfg.Job, Keep: 3600e9})
		x.m.Resume(5*sec, &GateTracking{Job: theJob, Timeout: 600e9, GE: 2, Sites: []Part{{Site: 1, Manager: 3, DE: 1, TimedOut: true}}}, &fx)
		if x.m.Wake(15*sec, &fx); x.n != 1 || x.rule != RuleMajority {
			t.Errorf("decided %d times, by %v", x.n, x.rule)
		}
	})
}
