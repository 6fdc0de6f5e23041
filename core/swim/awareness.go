package swim

import "hypersim/core"

// addLHM moves the local health score (Lifeguard, LHA-Probe; §4.4). It saturates at 0 and lhm.max.
func (m *Machine) addLHM(by int, cause core.Cause, fx *core.Effects) {
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
	if p.asked == 0 {
		m.addLHM(1, core.CauseProbeFailed, fx)
		return
	}
	m.addLHM(missing, core.CauseNackMissing, fx)
}
