package swim

import "hypersim/core"

// ForceLHM holds the local health score at score, as far as lhm.max allows, until FreeLHM: an experiment
// that asks what an unhealthy observer does (spec 40 J2 (c)) needs one that is not unhealthy by accident.
// What the node sees of itself meanwhile is counted aside.
func (m *Machine) ForceLHM(score int, fx *core.Effects) {
	if !m.lhmForced {
		m.lhmForced, m.lhmOwn = true, m.lhm
	}
	m.moveLHM(min(max(score, 0), m.cfg.LHM.Max), fx)
}

// FreeLHM ends ForceLHM: the score becomes what it would be without.
func (m *Machine) FreeLHM(fx *core.Effects) {
	if m.lhmForced {
		m.lhmForced = false
		m.moveLHM(int(m.lhmOwn), fx)
	}
}

func (m *Machine) moveLHM(score int, fx *core.Effects) {
	old := m.lhm
	if score == int(old) {
		return
	}
	m.lhm = uint8(score)
	f := fx.Fact(core.FactLHM)
	f.Subject, f.Cause = m.self, core.CauseConfigured
	f.Put("score", int64(score)).Put("old_score", int64(old))
}
