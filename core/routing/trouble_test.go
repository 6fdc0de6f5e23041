package routing

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/federated"
)

// The table of spec 30 §3.4, row by row.
func TestTroubleTable(t *testing.T) {
	c := Default().Correlation
	type step struct {
		t    float64
		what string
		want Trouble
	}
	for name, steps := range map[string][]step{
		"a failure that lasts":      {{0, "fail", TroubleFailing}, {4.9, "", TroubleFailing}, {5, "", TroubleFailed}, {100, "", TroubleFailed}},
		"a blink":                   {{0, "fail", TroubleFailing}, {3, "well", TroubleRecovering}, {32.9, "", TroubleRecovering}, {33, "", TroubleNone}},
		"a recovery":                {{0, "fail", TroubleFailing}, {5, "", TroubleFailed}, {50, "well", TroubleRecovering}, {80, "", TroubleNone}},
		"once more within recovery": {{0, "fail", TroubleFailing}, {3, "well", TroubleRecovering}, {10, "fail", TroubleFailing}, {15, "", TroubleFailed}},
		"flapping": {
			{0, "fail", TroubleFailing}, {5, "", TroubleFailed}, {20, "well", TroubleRecovering}, {30, "fail", TroubleFlapping}, {40, "well", TroubleFlapping},
			{329.9, "well", TroubleFlapping}, {330, "well", TroubleRecovering}, {360, "", TroubleNone},
		},
		"slow flapping is none": {
			{0, "fail", TroubleFailing}, {5, "", TroubleFailed}, {120, "well", TroubleRecovering}, {121, "fail", TroubleFailing},
		},
	} {
		tr := newTrouble(&c)
		for _, s := range steps {
			switch s.what {
			case "fail":
				tr.fail(at(s.t), &c)
			case "well":
				tr.recover(at(s.t), &c)
			}
			if tr.tick(at(s.t), &c); tr.state != s.want {
				t.Errorf("%s: %v at %v s, want %v", name, tr.state, s.t, s.want)
			}
		}
	}
}

// run ticks the bench each second up to the given one; every two seconds the datacenters that are up answer a probe.
func (b *bench) run(from, to int, up func(site int) bool) (facts []core.JobFact) {
	var fx core.Effects
	for s := from; s <= to; s++ {
		now := core.Instant(s) * second
		for i := range b.beat {
			if up(i) {
				b.hearSite(now, i)
				if s%2 == 0 {
					b.Acked(now, core.NodeID(10*i), &federated.SiteReport{Site: uint16(i), Workers: 4, WorkersHealthy: 4}, 50e6)
				}
			}
		}
		b.Wake(now)
		b.Tell(&fx)
	}
	return fx.JobFacts
}

func find(facts []core.JobFact, k core.JobFactKind) []core.JobFact {
	return slices.DeleteFunc(slices.Clone(facts), func(f core.JobFact) bool { return f.Kind != k })
}

// Three of five datacenters fall silent together: they are held at DEGRADED for two minutes from when their failure was
// confirmed, jobs that stood on them choose anew, and after that the class says what is there (spec 30 §3.3, spec 02 no. 36).
func TestDatacentersThatFailTogetherAreHeld(t *testing.T) {
	b := newBench(5, nil)
	b.distance(0, 20)
	all := func(int) bool { return true }
	facts := b.run(1, 99, all)
	b.Route(99*second, &Query{Job: 1})
	cut := func(i int) bool { return i > 2 }
	facts = append(facts, b.run(100, 107, cut)...)
	for i := range 3 {
		b.Reach(108*second, uint16(i), core.ReachSuspected)
	}
	facts = append(facts, b.run(108, 112, cut)...)
	if s, _ := b.Severity(); s != SeverityNone && s != SeverityLow || b.split {
		t.Errorf("%v before it is confirmed", s)
	}
	facts = append(facts, b.run(113, 113, cut)...)
	if s, _ := b.Severity(); s != SeverityMedium || !b.split {
		t.Fatalf("%v", s)
	}
	c := b.Route(113*second, &Query{Job: 1, Trigger: TriggerReroute})
	if d := b.Decision(c.Decision); d.Reason != PartitionReset || c.Primary[0] < 3 || d.Find(0).Class != Degraded {
		t.Errorf("%v %v", d.Reason, c.Primary)
	}
	for i := range 3 {
		b.Reach(138*second, uint16(i), core.ReachUnreachable)
	}
	facts = append(facts, b.run(138, 232, cut)...)
	for _, s := range []struct {
		t     int
		class Class
		why   ClassReason
	}{{232, Degraded, ReasonHold}, {233, Unhealthy, ReasonUnreachable}} {
		facts = append(facts, b.run(s.t, s.t, cut)...)
		if class, why := b.ClassOf(0); class != s.class || why != s.why {
			t.Errorf("at %d s: %v %v, want %v %v", s.t, class, why, s.class, s.why)
		}
	}
	for i := range 3 {
		b.Reach(300*second, uint16(i), core.ReachReachable)
	}
	facts = append(facts, b.run(300, 400, all)...)
	if class, why := b.ClassOf(0); class != Healthy || b.split {
		t.Errorf("after it healed: %v %v", class, why)
	}
	if p := find(facts, core.JobFactPartition); len(p) != 2 || p[0].To != 1 || p[1].From != 1 {
		t.Errorf("%+v", p)
	}
	if e := find(facts, core.JobFactEvicted); len(e) != 9 {
		t.Errorf("%d managers were evicted", len(e))
	}
	for _, f := range facts {
		if field := f.Unnamed(); field != "" {
			t.Errorf("%v fills %s", f.Kind, field)
		}
	}
}

// Two of three secondary signs hold verdicts back as well.
func TestSecondarySigns(t *testing.T) {
	b := newBench(4, nil)
	for i := range 2 {
		b.beat[i].LHM = 3
	}
	b.run(1, 9, func(int) bool { return true })
	if _, signs := b.Severity(); signs != 1 || b.hold {
		t.Errorf("%d signs", signs)
	}
	for i := range 2 {
		b.beat[i].WorkersExtended = 2
	}
	b.run(10, 11, func(int) bool { return true })
	if _, signs := b.Severity(); signs != 2 || !b.hold {
		t.Errorf("%d signs", signs)
	}
	for i := range 2 {
		b.beat[i].WorkersExtended, b.beat[i].LHM = 0, 2
	}
	b.run(12, 131, func(int) bool { return true })
	if _, signs := b.Severity(); signs != 1 {
		t.Errorf("%d signs: extensions count for two minutes", signs)
	}
	b.run(132, 132, func(int) bool { return true })
	if _, signs := b.Severity(); signs != 0 {
		t.Errorf("%d signs", signs)
	}
	for i := range 2 {
		b.distance(i, 30)
		for s := 133; s < 220; s++ {
			b.Acked(core.Instant(s)*second, core.NodeID(10*i), &federated.SiteReport{Site: uint16(i)}, 110e6)
		}
	}
	b.run(220, 220, func(int) bool { return true })
	if _, signs := b.Severity(); signs != 1 {
		t.Errorf("%d signs: probes take 110 ms instead of 30", signs)
	}
}
