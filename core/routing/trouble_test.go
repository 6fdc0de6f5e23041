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

// A way that becomes longer is a sign although the coordinate learns it at once, as long as the window still knows the old one; that it
// becomes short again is none (spec 40 D7 c: set within 60 s + 10 s).
func TestSlowWaysAreASign(t *testing.T) {
	b := newBench(4, nil)
	probes := func(from, to int, ms float64) (signs []int) {
		for s := from; s <= to; s += 2 {
			for i := range 4 {
				way := 100.0
				if i < 2 {
					way = ms
				}
				b.distance(i, way)
				b.Acked(core.Instant(s)*second, core.NodeID(10*i), &federated.SiteReport{Site: uint16(i)}, core.Duration(way*1e6))
			}
			b.hear(core.Instant(s) * second)
			b.Wake(core.Instant(s) * second)
			_, n := b.Severity()
			signs = append(signs, n)
		}
		return signs
	}
	for i, n := range probes(10, 98, 100) {
		if n != 0 {
			t.Fatalf("%d s: %d signs, and nothing changes", 10+2*i, n)
		}
	}
	// 31 answers lie within 60 s; k of them at 500 ms make a mean of 100 + 400 k/31 ms, which is 150 with four.
	for i, n := range probes(100, 198, 500) {
		if want := i+1 >= 4 && 100+2*i <= 98+60; (n == 1) != want {
			t.Errorf("%d s: %d signs, want one %v", 100+2*i, n, want)
		}
	}
	for i, n := range probes(200, 298, 100) {
		if n != 0 {
			t.Errorf("%d s: %d signs, and the way is shorter than before", 200+2*i, n)
		}
	}
}

// The ack that ends UNREACHABLE is a recovery: it is heard before the change of reach is (spec 30 §3.2, §3.4).
func TestTheAckThatEndsUnreachable(t *testing.T) {
	b := newBench(2, nil)
	b.Reach(second, 0, core.ReachUnreachable)
	b.run(2, 9, func(site int) bool { return site == 1 })
	if have := b.sites[0].trouble.state; have != TroubleFailed {
		t.Fatalf("%v", have)
	}
	b.Acked(10*second, 0, &federated.SiteReport{Workers: 4, WorkersHealthy: 4}, 50e6)
	if have := b.sites[0].trouble.state; have != TroubleRecovering {
		t.Errorf("%v after an ack", have)
	}
	b.Reach(10*second, 0, core.ReachReachable)
	if have := b.sites[0].trouble.state; have != TroubleRecovering {
		t.Errorf("%v after the way is told to be open", have)
	}
}

// Of four that fail together three come back and one stays dead: those are HEALTHY once their recovery is confirmed.
func TestWhoRecoveredIsAffectedNoLonger(t *testing.T) {
	b := newBench(8, nil)
	up := func(from int) func(site int) bool { return func(site int) bool { return site >= from } }
	fail := func(s, to int) {
		for i := range to {
			b.Reach(core.Instant(s)*second, uint16(i), core.ReachSuspected)
		}
	}
	fail(1, 4)
	b.run(2, 20, up(4))
	if class, why := b.ClassOf(3); class != Degraded {
		t.Fatalf("%v for %v", class, why)
	}
	for i := 1; i < 4; i++ {
		b.Reach(21*second, uint16(i), core.ReachReachable)
	}
	b.run(21, 40, up(1))
	if class, why := b.ClassOf(3); class != Degraded || why != ReasonPartition {
		t.Errorf("%v for %v before its recovery is confirmed", class, why)
	}
	b.run(41, 60, up(1))
	if class, why := b.ClassOf(3); class != Healthy {
		t.Errorf("%v for %v after 38 s of health", class, why)
	}
	if class, _ := b.ClassOf(0); class < Degraded {
		t.Errorf("%v, and nobody hears of it", class)
	}
}
