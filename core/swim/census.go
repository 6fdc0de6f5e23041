package swim

import "hypersim/core"

// Census counts the managers and workers on record that are not gone, and those of them that are OK; the
// node itself counts as OK. It walks over all records.
func (m *Machine) Census() (managers, managersOK, workers, workersOK int) {
	count := func(r core.Role, s core.MemberState) {
		ok := 0
		if s == core.StateOK {
			ok = 1
		}
		switch r {
		case core.RoleManager:
			managers++
			managersOK += ok
		case core.RoleWorker:
			workers++
			workersOK += ok
		case core.RoleGate, core.RoleClient:
		}
	}
	count(m.role, core.StateOK)
	for k := range m.rec {
		if r := &m.rec[k]; counted(r.state()) && m.id(k) != m.self {
			count(r.role(), r.state())
		}
	}
	return managers, managersOK, workers, workersOK
}

// CoordEvicted tells that the coordinate slot of peer went to somebody whom membership does not know.
func (m *Machine) CoordEvicted(peer core.NodeID) { m.coordSwept(peer) }
