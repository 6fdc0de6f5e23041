package world

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/peers"
	"hypersim/sim/trace"
)

// firstOf is the one of the managers that has the highest rendezvous score for a worker.
func firstOf(w *World, worker core.NodeID, managers ...core.NodeID) core.NodeID {
	score := func(id core.NodeID) float64 {
		return peers.Score(w.sc.Nodes[id].Name, w.sc.Nodes[worker].Name, "manager", 1)
	}
	return slices.MaxFunc(managers, func(a, b core.NodeID) int {
		if score(a) < score(b) {
			return -1
		}
		return 1
	})
}

// accepted lists who let worker in, in turn.
func (v *watcher) accepted(worker core.NodeID) (by []core.NodeID) {
	for i := range v.kept {
		r := &v.kept[i]
		if r.Node == worker && r.Kind == trace.KindFact && r.Fact.Kind == core.FactJoin && r.Fact.Cause == core.CauseJoinAccepted {
			by = append(by, r.Fact.Subject)
		}
	}
	return by
}

// The primary of a worker that joins is the first of the rendezvous order over the managers that it knows (01-44): of the seeds
// in a cold start and after a restart, of those that it has met when its owner is gone. In a formed start owners go in turn.
func TestPrimaryOfAWorker(t *testing.T) {
	const managers, workers = 5, 20
	seeds := []core.NodeID{0, 1, 2} // the first three participants
	faults := aFault("again", "restart", "at = \"60s\"\ntarget = { role = \"worker\", pct = \"50%\" }\n") +
		aFault("gone", "crash", "at = \"120s\"\ntarget = { id = \"a/manager/1\" }\n")
	for _, mode := range []string{"cold", "formed"} {
		sc := parse(t, lan+faults, 1, "cluster.managers=5", "cluster.size=25", "protocol.membership.topology=roles",
			"scenario.duration=240s", "cluster.start.mode="+mode)
		w, v := run(t, sc)
		moved := 0
		for id := core.NodeID(managers); id < managers+workers; id++ {
			by := v.accepted(id)
			first, at := firstOf(w, id, seeds...), 0
			if mode == "cold" {
				if len(by) == 0 || by[0] != first {
					t.Errorf("cold: %d is let in by %v, want %d first", id, by, first)
					continue
				}
				at++
			}
			if restarted := w.nodes[id].instance > 1; restarted {
				if len(by) <= at || by[at] != first {
					t.Errorf("%s: %d is let in by %v, want %d when it starts again", mode, id, by, first)
					continue
				}
				at++
			}
			if len(by) == at { // its owner lives
				continue
			}
			moved++
			if want := firstOf(w, id, 0, 2, 3, 4); len(by) != at+1 || by[at] != want {
				t.Errorf("%s: %d is let in by %v, want %d when manager 1 is gone", mode, id, by, want)
			}
		}
		if moved == 0 {
			t.Errorf("%s: no worker had manager 1", mode)
		}
	}
}
