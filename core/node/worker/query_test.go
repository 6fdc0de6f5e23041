package worker

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/replica"
)

// A manager that reads a worker's state gets all that is there, and nothing if it knows that already (spec 20 §1.5).
func TestSnapshot(t *testing.T) {
	b := on(t, 2)
	b.order(0, 9, 1, 3, 1)
	b.lead(1, 7, 2)
	b.done = 40
	ask := func(since uint64) *replica.StateResponse {
		b.of(core.KindPing)
		b.say(1, core.KindStateSyncRequest, &replica.StateRequest{Since: since})
		return b.of(core.KindStateSyncResponse)[0].Body.(*replica.StateResponse)
	}
	a := ask(0)
	if len(a.Worker) != 1 || !a.Ready || len(ask(a.Version).Worker) != 0 {
		t.Fatalf("%+v", a)
	}
	s := a.Worker[0]
	shard := job.ShardView{Shard: job.Shard{Job: 9, Workflow: 1, Attempt: 1}, Token: job.Ticket{DE: 3, N: 1}.Token(), State: job.ShardRunning, Cores: 1, VUs: 4}
	if s.Worker != self || s.State != registry.WorkerHealthy || s.Cores != 8 || s.CoresAvailable != 7 || s.Version != a.Version ||
		!slices.Equal(s.Shards, []replica.ShardCount{{ShardView: shard, Done: 40}}) || !slices.Equal(s.Fences, []replica.Fence{{Job: 7, DE: 2}, {Job: 9, DE: 3}}) {
		t.Errorf("%+v", s)
	}
}
