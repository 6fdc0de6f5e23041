package jobworld

import (
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
)

// holder returns which manager holds the job, NoNode if none does.
func (w *World) holder(id job.ID) core.NodeID {
	for i := range w.firstGate() {
		at := core.NodeID(i)
		if w.IsManager(at) && w.ManagerAt(at) != nil && w.ManagerAt(at).Holds(w.Local(at), id) {
			return at
		}
	}
	return core.NoNode
}

// The holder of a job dies, at any time: another manager takes over, adopts what runs, and the job completes. Shards that
// run go on, so that it takes no longer than without the crash and the takeover, and nothing runs twice.
func TestHolderDies(t *testing.T) {
	for _, at := range []core.Duration{1, 3, 10, 60, 500, 3000, 5010, 5052, 5060, 5070, 9000, 12000, 12003} {
		at := at * time.Millisecond
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			w := world(t, Params{Managers: 3, Workers: 2, Cores: 4, Detect: 4 * time.Second})
			id := w.Submit(0, chain(w, 5*time.Second, 7*time.Second))
			var dead core.NodeID
			w.After(at, func() {
				if dead = w.holder(id); dead == core.NoNode {
					dead = 0
				}
				w.Crash(dead)
			})
			w.Run(120 * sec)
			if s := w.state(id); s != job.StateCompleted {
				t.Fatalf("it ended %v; holder %d", s, w.holder(id))
			}
			for i := range w.Facts {
				if f := &w.Facts[i]; f.Kind == core.JobFactOutcome && f.At > 35*sec {
					t.Errorf("it took %v", f.At.Seconds())
				}
			}
			for _, m := range w.ManagersOf(0) {
				if x := w.ManagerAt(m); x != nil {
					if illegal, stale := x.Counters(); illegal != 0 || stale != 0 {
						t.Errorf("manager %d: %d illegal, %d stale", m, illegal, stale)
					}
				}
			}
		})
	}
}
