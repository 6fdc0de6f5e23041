package worker

import (
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// A heartbeat from before a worker was taken in says that it starts. That it is ready now must be newer, or managers go on holding
// it for one that starts, give it no work, and hear nothing newer from it, for it has none.
func TestReadyIsNews(t *testing.T) {
	cfg := job.Default()
	b := &bench{t: t, cfg: cfg, dead: map[core.NodeID]bool{}, work: map[job.WorkflowID]effort{}}
	b.w = New(Params{Config: &b.cfg, Self: self, Instance: 2, Seed: 1, Key: 7, Cores: 8, Members: b, Meter: b, Managers: []core.NodeID{0}})
	b.step(func() { b.w.Begin(b.now, &b.fx) })
	var before, after core.Extra
	b.w.Beat(b.now, 0, &before)
	for _, m := range b.of(core.KindWorkerRegistration) {
		b.answer(&m, core.KindRegistrationResponse, &registry.RegistrationResponse{Accepted: true, Manager: m.To})
	}
	b.w.Beat(b.now, 0, &after)
	if x, y := before.Beat, after.Beat; registry.WorkerState(x.State) != registry.WorkerStarting || registry.WorkerState(y.State) != registry.WorkerHealthy || y.Version <= x.Version {
		t.Errorf("state %d, version %d; then state %d, version %d", x.State, x.Version, y.State, y.Version)
	}
	b.w.Beat(b.now, 0, &before)
	if before.Beat.Version != after.Beat.Version {
		t.Error("nothing is new, and its version is")
	}
}
