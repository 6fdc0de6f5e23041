package routing

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/job"
)

// Random worlds: distances, loads, failures, cuts and jobs of any order. Every decision holds what must hold, two routers
// that hear the same say the same (I-R10), reservations return to nothing (I-R14), and ended jobs leave nothing (I-R11).
func TestInvariantsInRandomWorlds(t *testing.T) {
	policies := []Policy{Learned, Learned, Learned, Nearest, Random, LeastLoaded, TwoChoices}
	rapid.Check(t, func(t *rapid.T) {
		set := func(c *Config) {
			c.Routing.Policy = policies[rapid.IntRange(0, len(policies)-1).Draw(t, "policy")]
			c.Routing.Spread = float64(rapid.IntRange(0, 1).Draw(t, "spread")) / 5
			if rapid.Bool().Draw(t, "measured") {
				c.Routing.Source = Measured
			}
		}
		b := newBench(4, set)
		twin := newBench(4, func(c *Config) { *c = b.cfg })
		both := func(f func(r *bench)) { f(b); f(twin) }
		cooling := NewCooling(&b.cfg.Routing)
		live := map[job.ID]bool{}
		now := core.Instant(0)
		for range rapid.IntRange(20, 120).Draw(t, "steps") {
			now = now.Add(core.Duration(rapid.Int64Range(0, 8e9).Draw(t, "wait")))
			site := rapid.IntRange(0, 3).Draw(t, "site")
			id := job.ID(rapid.IntRange(1, 6).Draw(t, "job"))
			switch rapid.IntRange(0, 11).Draw(t, "what") {
			case 0:
				ms := rapid.Float64Range(0.1, 400).Draw(t, "ms")
				both(func(r *bench) { r.distance(site, ms) })
			case 1, 2:
				free := uint32(rapid.IntRange(0, 64).Draw(t, "free"))
				both(func(r *bench) { r.free(site, free); r.hearSite(now, site) })
			case 3:
				reach := core.Reach(rapid.IntRange(0, 3).Draw(t, "reach"))
				both(func(r *bench) { r.Reach(now, uint16(site), reach) })
			case 4:
				both(func(r *bench) { r.Failed(now, id, uint16(site), true) })
				cooling.Failed(now, id, uint16(site))
				live[id] = true
			case 5:
				both(func(r *bench) { r.Reserve(now, id, uint16(site), 8, 1) })
				live[id] = true
			case 6:
				both(func(r *bench) { r.Called(now, core.NodeID(10*site), Fault) })
			case 7:
				both(func(r *bench) { r.End(id) })
				for s := range uint16(4) {
					delete(cooling.until, cooled{id, s})
				}
				delete(live, id)
			case 8:
				both(func(r *bench) { r.Wake(now) })
			case 9:
				both(func(r *bench) {
					r.Acked(now, core.NodeID(10*site), &federated.SiteReport{Site: uint16(site), Workers: 4, WorkersHealthy: 4}, 30e6)
				})
			default:
				q := Query{Job: id, Count: rapid.IntRange(0, 5).Draw(t, "count"), Trigger: TriggerRedispatch}
				if rapid.Bool().Draw(t, "prefers") {
					q.Preferred = []uint16{uint16(site)}
				}
				if rapid.IntRange(0, 4).Draw(t, "excludes") == 0 {
					q.Exclude = []uint16{uint16(site)}
				}
				c, d := b.Route(now, &q), twin.Route(now, &q)
				live[id] = true
				r := b.Decision(c.Decision)
				if r.Digest() != twin.Decision(d.Decision).Digest() {
					t.Fatalf("I-R10: two routers that heard the same decide\n%+v\n%+v", r, twin.Decision(d.Decision))
				}
				if bad := append(b.cfg.Routing.Check(r), cooling.Check(r)...); len(bad) > 0 {
					t.Fatalf("%v\n%+v", bad, r)
				}
				if int(r.Requested) > len(r.Primary)+len(r.Extended) && len(r.Fallback) > 0 {
					t.Fatalf("fewer targets than wanted, and somebody is left: %+v", r)
				}
			}
		}
		if b.Jobs() != len(live) {
			t.Fatalf("I-R11: %d jobs are remembered, %d live", b.Jobs(), len(live))
		}
		b.expire(now.Add(b.cfg.Routing.Reservation))
		for s := range uint16(4) {
			if cores, flows := b.Reserved(s); cores != 0 || flows != 0 {
				t.Fatalf("I-R14: %d cores and %d workflows are still reserved", cores, flows)
			}
		}
	})
}

// Each rule notices a record that breaks it.
func TestEachInvariantNoticesItsBreach(t *testing.T) {
	for rule, doctor := range map[string]func(r *Record){
		"I-R1":  func(r *Record) { r.Candidates[0].Class = Busy },
		"I-R2":  func(r *Record) { r.Fallback = append(r.Fallback, r.Primary[0]) },
		"I-R3":  func(r *Record) { r.Candidates[1].Class, r.Candidates[1].Verdict = Degraded, SelectedExtended },
		"I-R4":  func(r *Record) { r.Candidates[2].Exclusion = ExStale },
		"I-R5":  func(r *Record) { r.Switched, r.Previous, r.Reason, r.Since = true, 1, ImprovementMet, r.At-second },
		"I-R6":  func(r *Record) { r.Switched, r.Reason, r.Incumbent, r.BestScore = true, ImprovementMet, 50, 41 },
		"I-R7":  func(r *Record) { r.Switched, r.Reason, r.Worse = true, DegradationForced, r.At-9*second },
		"I-R9":  func(r *Record) { r.Candidates[0].Score *= 1.001 },
		"I-R12": func(r *Record) { r.Switched, r.Previous = false, 2 },
	} {
		b := newBench(3, nil)
		c := b.Route(second, &Query{Job: 1})
		r := b.Decision(c.Decision)
		if bad := b.cfg.Routing.Check(r); len(bad) > 0 {
			t.Fatalf("nothing is wrong yet: %v", bad)
		}
		doctor(r)
		if bad := b.cfg.Routing.Check(r); !slices.ContainsFunc(bad, func(x Breach) bool { return x.Rule == rule }) {
			t.Errorf("%s is broken, and noticed is %v", rule, bad)
		}
	}
	b := newBench(3, nil)
	cooling := NewCooling(&b.cfg.Routing)
	cooling.Failed(0, 1, 0)
	c := b.Route(second, &Query{Job: 1})
	if bad := cooling.Check(b.Decision(c.Decision)); len(bad) != 1 || bad[0].Rule != "I-R8" {
		t.Errorf("%v", bad)
	}
}
