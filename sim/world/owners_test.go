package world

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// A quarter of the managers of a datacenter start again while nobody else does anything. Their workers notice and
// register at once, many of them with a manager that has just restarted itself: those are nobody's orphans. Nobody is declared
// dead, and hardly anybody is suspected: gossip may miss a manager (spec 10 §15.1), which then watches a worker of somebody
// else for the whole deadline. Over 60 seeds that were at most three workers of a run, whichever owners they choose.
func TestRestartedOwnersLoseNobody(t *testing.T) {
	const most = 3
	for seed := uint64(1); seed <= 3; seed++ {
		sc := parse(t, lan+aFault("again", "restart", "at = \"60s\"\ntarget = { role = \"manager\", count = 6 }\n"), seed,
			"cluster.managers=24", "cluster.size=120", "protocol.membership.topology=roles", "scenario.duration=240s")
		w, v := watch(t, sc, func(r *trace.Record) bool {
			return r.Kind == trace.KindFact && r.Fact.Kind == core.FactTransition && r.Fact.Role == core.RoleWorker
		})
		w.Run(w.End())
		v.check(t)
		suspected := map[core.NodeID]bool{}
		for i := range v.kept {
			switch r := &v.kept[i]; r.Fact.To {
			case core.StateSuspect:
				suspected[r.Fact.Subject] = true
			case core.StateDead:
				t.Errorf("seed %d: %v holds worker %d dead at %v", seed, r.Node, r.Fact.Subject, r.At)
			}
		}
		if len(suspected) > most {
			t.Errorf("seed %d: %d workers were suspected, want at most %d", seed, len(suspected), most)
		}
	}
}
