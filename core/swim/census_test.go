package swim

import (
	"testing"

	"hypersim/core"
)

func TestCensus(t *testing.T) {
	cfg := Default()
	var formed []core.Entry
	for id := range core.NodeID(6) {
		role := core.RoleManager
		if id >= 3 {
			role = core.RoleWorker
		}
		formed = append(formed, core.Entry{Subject: id, Role: role, State: core.StateOK, Accuser: core.NoNode})
	}
	m := New(&cfg, Params{Self: 0, Role: core.RoleManager, Group: 1, Capacity: 8, Instance: 1, Owner: core.NoNode, Formed: formed}, nil)
	check := func(want [4]int) {
		t.Helper()
		var have [4]int
		if have[0], have[1], have[2], have[3] = m.Census(); have != want {
			t.Errorf("managers, of them OK, workers, of them OK: %v, want %v", have, want)
		}
	}
	check([4]int{3, 3, 3, 3})
	var fx core.Effects
	m.becomeSuspect(0, 1, 0, 2, core.CauseSuspect, &fx)
	m.becomeDead(0, 4, 0, 2, core.CauseExpired, &fx)
	m.becomeUnconfirmed(0, 6, 0, core.CauseAlive, &fx)
	m.rec[6].setRole(core.RoleWorker)
	check([4]int{3, 2, 3, 2})
}
