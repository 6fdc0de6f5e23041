package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// A worker that starts at 5 s asks manager 0 once and manager 1 three times; another process of it begins to count anew. Of three that
// joined, two by way of manager 0, one is gone at the end.
func TestRegistrations(t *testing.T) {
	nodes := []Node{
		{ID: 0, Name: "a/manager/0", Site: "a", Role: core.RoleManager, Group: 1}, {ID: 1, Name: "a/manager/1", Site: "a", Role: core.RoleManager, Group: 1},
		{ID: 2, Name: "a/worker/0", Site: "a", Role: core.RoleWorker, Group: 1, Late: true}, {ID: 3, Name: "a/worker/1", Site: "a", Role: core.RoleWorker, Group: 1},
		{ID: 4, Name: "a/worker/2", Site: "a", Role: core.RoleWorker, Group: 1}, {ID: 5, Name: "a/client/0", Site: "a", Role: core.RoleClient},
	}
	y := telling{custom(t, nodes)}
	asks := func(sec float64, m core.NodeID) {
		y.record(sec, trace.Record{Kind: trace.KindDelivered, Node: m, Msg: &core.Message{Kind: core.KindWorkerRegistration, From: 2, To: m, Group: 1}})
	}
	agrees := func(sec float64, n, with core.NodeID, ok uint8) {
		y.says(sec, n, core.JobFact{Kind: core.JobFactNegotiated, Node: with, Epoch: 1, To: ok})
	}
	joins := func(sec float64, n, by core.NodeID) {
		y.fact(sec, n, core.Fact{Kind: core.FactJoin, Subject: by, Cause: core.CauseJoinAccepted})
	}
	joins(1, 3, 0)
	joins(1, 4, 1)
	y.truth(5, trace.KindStart, 2)
	joins(5.1, 2, 0)
	asks(5.2, 0)
	asks(5.2, 1)
	agrees(5.3, 0, 2, 1) // what the manager knows is not what the worker has heard
	agrees(5.5, 2, 0, 1)
	asks(6, 1)
	agrees(6.1, 2, 1, 0) // of another version
	asks(7, 1)
	agrees(7.5, 2, 1, 1)
	agrees(8, 2, 1, 1) // anew, and nobody asked
	y.truth(9, trace.KindCrash, 4)
	y.end(20)
	y.want(words.RegistrationTime, []float64{0.5}, "observer", "a/manager/0")
	y.want(words.RegistrationTime, []float64{2.5}, "observer", "a/manager/1")
	y.want(words.RegistrationAttempts, []float64{1}, "observer", "a/manager/0")
	y.want(words.RegistrationAttempts, []float64{3}, "observer", "a/manager/1")
	y.want(words.PeerLoadRatio, []float64{2}) // both that are there, of two managers
}
