package world

import (
	"testing"

	"hypersim/core"
)

// Faults that take one process down overlap: undoing restores the value under the others, not the original
// (spec 40 §8.3).
func TestDownTimesNest(t *testing.T) {
	const four, five = "target = { id = \"a/worker/4\" }\n", "target = { id = \"a/worker/5\" }\n"
	const born = "0s start 1 inc 0"
	for _, c := range []struct {
		name, faults string
		want         []string // of node 4
	}{
		{"the later one ends later", aFault("a", "crash", "at = \"10s\"\nfor = \"20s\"\n"+four) + aFault("b", "crash", "at = \"20s\"\nfor = \"20s\"\n"+four),
			[]string{born, "10s crash", "40s start 2 inc 0"}},
		{"the later one ends earlier", aFault("a", "crash", "at = \"10s\"\nfor = \"30s\"\n"+four) + aFault("b", "crash", "at = \"20s\"\nfor = \"5s\"\n"+four),
			[]string{born, "10s crash", "40s start 2 inc 0"}},
		{"inside the outage of a site", aFault("a", "site-outage", "at = \"10s\"\nfor = \"20s\"\nsite = \"a\"") + aFault("b", "crash", "at = \"15s\"\nfor = \"25s\"\n"+four),
			[]string{born, "10s crash", "40s start 2 inc 0"}},
		{"for good, inside one that ends", aFault("a", "crash", "at = \"10s\"\nfor = \"20s\"\n"+four) + aFault("b", "crash", "at = \"15s\"\n"+four),
			[]string{born, "10s crash"}},
		{"a join waits for the end of the outage", aFault("a", "site-outage", "at = \"10s\"\nfor = \"20s\"\nsite = \"a\"") +
			aFault("b", "crash", "at = \"15s\"\n"+four) + aFault("c", "join", "at = \"20s\"\n"+four),
			[]string{born, "10s crash", "30s start 2 inc 0"}},
		{"a restart under a crash", aFault("a", "crash", "at = \"10s\"\nfor = \"20s\"\n"+four) + aFault("b", "restart", "at = \"15s\"\n"+four),
			[]string{born, "10s crash", "30s start 2 inc 0"}},
		{"state is kept if all keep it", aFault("a", "crash", "at = \"10s\"\nfor = \"20s\"\nkeep_state = true\n"+four) + aFault("b", "crash", "at = \"20s\"\nfor = \"20s\"\nkeep_state = true\n"+four),
			[]string{born, "10s crash", "40s start 2 inc 10"}},
		{"state is lost if one loses it", aFault("a", "crash", "at = \"10s\"\nfor = \"20s\"\nkeep_state = true\n"+four) + aFault("b", "crash", "at = \"20s\"\nfor = \"20s\"\n"+four),
			[]string{born, "10s crash", "40s start 2 inc 0"}},
		{"who left stays away", aFault("x", "leave", "at = \"5s\"\n"+four) + aFault("a", "crash", "at = \"5200ms\"\nfor = \"20s\"\n"+four),
			[]string{born, "5s leave", "5.2s crash"}},
		{"pauses", aFault("a", "pause", "at = \"10s\"\nfor = \"3s\"\n"+four) + aFault("b", "pause", "at = \"12s\"\nfor = \"3s\"\n"+four),
			[]string{born, "10s pause", "12s pause", "15s resume"}},
		{"a pause does not outlive the process", aFault("a", "pause", "at = \"10s\"\nfor = \"20s\"\n"+four) + aFault("b", "crash", "at = \"12s\"\nfor = \"8s\"\n"+four),
			[]string{born, "10s pause", "12s crash", "20s start 2 inc 0"}},
		{"another node", aFault("a", "crash", "at = \"10s\"\nfor = \"20s\"\n"+five), []string{born}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, v := run(t, small(t, 10, c.faults, "scenario.duration=60s"))
			v.expectLives(t, 4, c.want...)
		})
	}
}

// While a host is held down both by a crash that leaves it answering and by one that does not, it is silent;
// when only the first is left, it refuses.
func TestRefusalNests(t *testing.T) {
	faults := aFault("proc", "crash", "at = \"10s\"\nfor = \"40s\"\nrefuse = true\ntarget = { id = \"a/worker/0\" }") +
		aFault("host", "crash", "at = \"20s\"\nfor = \"10s\"\ntarget = { id = \"a/worker/0\" }")
	s := newStage(t, faults, [][]core.Instant{nil, nil}, "scenario.duration=60s")
	s.Run(seconds(15))
	s.post(core.KindJoin, 1, 1, 0, 3e9) // refused after a round trip
	s.Run(seconds(25))
	s.post(core.KindJoin, 2, 1, 0, 3e9) // silence until 28 s
	s.Run(seconds(35))
	s.post(core.KindJoin, 3, 1, 0, 3e9) // refused again
	s.end()
	want := []core.Instant{seconds(15.0005), seconds(28), seconds(35.0005)}
	if told := s.puppets[1].told; len(told) < 3 {
		t.Fatalf("told %q, want it at %v", told, want)
	}
	for i, at := range want {
		if have := instantOf(t, s.puppets[1].told[i]); have.Sub(at) < -1e6 || have.Sub(at) > 1e6 {
			t.Errorf("told %q, want it at about %v", s.puppets[1].told[i], at)
		}
	}
}
