package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/node/gate"
)

// aGate makes the process of a gate.
func aGate(w *World, id core.NodeID, life uint32, formed bool) Role {
	p := gate.Params{
		Config: w.Config, Replica: w.Replica, Timeout: w.Timeout, Self: id, Instance: life, Seed: w.Seed, Key: uint64(id) + 1, Members: w.View(id), Book: w.Book(),
		Gates: w.GateIDs(), Site: job.NoSite, BySite: w.BySite(), Formed: formed,
	}
	if w.Gates == 1 {
		return gate.New(p)
	}
	e := w.Voter(id, life, core.RoleGate, formed, w.GateIDs())
	p.Elected = e
	return Voting(e, gate.New(p))
}

func (w *World) gateAt(id core.NodeID) *gate.Gate {
	g, _ := w.GateAt(id).(*gate.Gate)
	return g
}

// everywhere is a job of one workflow that runs for the given time in n datacenters.
func everywhere(w *World, payload uint64, n int, length time.Duration) job.Spec {
	w.Scripts[payload] = Script{Length: length}
	return job.Spec{
		Workflows:       []job.WorkflowSpec{{Name: 1, Cores: 2, VUs: 2, Test: true, Payload: core.Blob{ID: payload, Size: 100}}},
		DatacenterCount: uint16(n), Timeout: 300 * time.Second,
	}
}

// outcomes returns what clients were told of a job.
func (w *World) outcomes(id job.ID) (list []Fact) {
	for _, f := range w.Facts {
		if f.Kind == core.JobFactOutcome && f.Job == uint64(id) {
			list = append(list, f)
		}
	}
	return list
}

// A job over three datacenters, gates and managers real: it ends once, and nothing of it is left in the end.
func TestThreeDatacentersThroughGates(t *testing.T) {
	for _, managers := range []int{1, 3} {
		for _, gates := range []int{1, 3} {
			c := job.Default()
			w := New(Params{Config: &c, Sites: 3, Managers: managers, Workers: 2, Cores: 4, Clients: 1, Gates: gates, Gate: aGate, Seed: 1})
			id := w.Submit(0, everywhere(w, 1, 3, 5*time.Second))
			w.Run(60 * sec)
			list := w.outcomes(id)
			if len(list) != 1 || job.State(list[0].To) != job.StateCompleted || job.Completeness(list[0].Code) != job.CompleteFull {
				t.Errorf("%d managers, %d gates: %+v", managers, gates, list)
			}
			if len(list) == 1 && list[0].At > 8*sec {
				t.Errorf("%d managers, %d gates: told at %v", managers, gates, list[0].At)
			}
			w.Run(4200 * sec)
			for _, g := range w.GateIDs() {
				if n := w.gateAt(g).Entries(); n != 0 {
					t.Errorf("%d managers, %d gates: gate %d keeps %d entries", managers, gates, g, n)
				}
			}
		}
	}
}
