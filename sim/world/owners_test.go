package world

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// A quarter of the managers of a datacenter start again while nobody else does anything. Their workers notice and
// register at once, many of them with a manager that has just restarted itself: those are nobody's orphans, and no
// worker is ever suspected.
func TestRestartedOwnersLoseNobody(t *testing.T) {
	for seed := uint64(1); seed <= 3; seed++ {
		sc := parse(t, lan+aFault("again", "restart", "at = \"60s\"\ntarget = { role = \"manager\", count = 6 }\n"), seed,
			"cluster.managers=24", "cluster.size=120", "protocol.membership.topology=roles", "scenario.duration=240s")
		w, v := watch(t, sc, func(r *trace.Record) bool {
			return r.Kind == trace.KindFact && r.Fact.Kind == core.FactTransition && r.Fact.To == core.StateSuspect
		})
		w.Run(w.End())
		v.check(t)
		for i := range v.kept {
			if r := &v.kept[i]; r.Fact.Role == core.RoleWorker {
				t.Errorf("seed %d: %v suspects worker %d at %v", seed, r.Node, r.Fact.Subject, r.At)
			}
		}
	}
}
