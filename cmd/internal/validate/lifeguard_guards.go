package validate

import (
	"slices"
)

// guard is one arrangement of Lifeguard's components. What each key switches off:
//
//	lhm.max = 0             LHA-Probe: no local health score, so neither interval nor timeouts stretch
//	suspicion.k = 0         LHA-Suspicion: the timeout is Min from the start, SWIM's fixed α·log10 n
//	suspicion.buddy         buddy system: a suspect hears of it with the next gossip only
//	suspicion.scaling none  LHM does not stretch suspicions (§5.1, D11; not part of the paper)
//	lag.enabled = false     our own additions to it: timer lag and degradation (§4.5),
//	*.pause_guard, _grace   and timers that know that they fire far too late (§4.2)
//
// Not switchable, so part of our "SWIM" too: nacks (without LHM they mean nothing), the gossip tick,
// original accusers in suspect claims, sync. α is the paper's 5 but for "tuned".
type guard struct {
	name, words string
	sets        []string
	bar         float64 // of SWIM's false deaths, at healthy members about healthy members
}

const swimAlpha = "protocol.suspicion.alpha=5"

var guards = func() []guard {
	off := map[string]string{
		"probe": "protocol.lhm.max=0", "suspicion": "protocol.suspicion.k=0", "buddy": "protocol.suspicion.buddy=false",
		"guard": "protocol.probe.pause_guard=false", "grace": "protocol.suspicion.pause_grace=false",
	}
	with := func(on ...string) []string {
		sets := []string{"protocol.lag.enabled=false", "protocol.suspicion.scaling=none", swimAlpha}
		for _, c := range []string{"probe", "suspicion", "buddy", "guard", "grace"} {
			if !slices.Contains(on, c) {
				sets = append(sets, off[c])
			}
		}
		return sets
	}
	full := with("probe", "suspicion", "buddy")
	tuned := append(slices.Clone(full), "protocol.suspicion.alpha=2") // the last one holds
	return []guard{
		{"swim", "SWIM", with(), 1},
		{"probe", "LHA-Probe alone", with("probe"), 1},
		{"suspicion", "LHA-Suspicion alone", with("suspicion"), 1},
		{"buddy", "buddy system alone", with("buddy"), 1},
		{"lifeguard", "Lifeguard: all three", full, 0.1},
		{"tuned", "Lifeguard, α = 2", tuned, 1.0 / 3},
		{"guards", "SWIM with our pause guard and grace", with("guard", "grace"), 1},
		{"defaults", "all defaults, α = 5", []string{swimAlpha}, 0.1},
	}
}()
