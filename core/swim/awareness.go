package swim

import "hypersim/core"

// What moves the local health score, and by how much (Lifeguard §4.1; spec 10 §4.4):
//
//	−1  a probe was answered: this node hears, and is heard
//	−1  five alarms in a row came in time after it was late (lag.go)
//	+1  it had to refute: others did not hear it
//	+1  a probe is void because it slept through the end of it
//	+1  for each proxy that should have said at least "neither do I" and did not; +1 for a failed probe where none was asked
//	+1, +2  its own alarm came late, by how much
//
// All of these say something about this node, none about the one that it probed. At 8 its waits are nine times as long.

// addLHM moves the local health score (Lifeguard, LHA-Probe; §4.4). It saturates at 0 and lhm.max.
func (m *Machine) addLHM(by int, cause core.Cause, fx *core.Effects) {
	// A fault holds the score where it wants it. What it would be is kept, so that taking the fault back leaves nothing behind.
	if m.lhmForced {
		m.lhmOwn = uint8(min(max(int(m.lhmOwn)+by, 0), m.cfg.LHM.Max))
		return
	}
	old := int(m.lhm)
	score := min(max(old+by, 0), m.cfg.LHM.Max)
	if score == old {
		return
	}
	m.lhm = uint8(score)
	f := fx.Fact(core.FactLHM)
	f.Subject, f.Cause = m.self, cause
	f.Put("score", int64(score)).Put("old_score", int64(old))
}

// failedProbeLHM counts a failed probe of a confirmed target.
func (m *Machine) failedProbeLHM(p *ping, fx *core.Effects) {
	missing := int(p.asked) - p.nacks()
	if m.cfg.LHM.FailedProbeRule == FailedProbePaper {
		m.addLHM(1, core.CauseProbeFailed, fx)
		if missing > 0 {
			m.addLHM(1, core.CauseNackMissing, fx)
		}
		return
	}
	// Without proxies there is nobody whose silence could be told from the target's.
	if p.asked == 0 {
		m.addLHM(1, core.CauseProbeFailed, fx)
		return
	}
	m.addLHM(missing, core.CauseNackMissing, fx)
}
