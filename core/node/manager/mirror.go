package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// mirror writes into the entry of a job what its record says. Lists are made anew: other members share the old ones.
func (m *Manager) mirror(now core.Instant, x *record, e *replica.Entry) {
	e.State, e.Completeness = x.state, x.completeness
	e.EndsAs = x.why
	e.Pending, e.PendingCompleteness = x.pending, x.pendingAs
	e.Delivered, e.Told, e.CancelWanted = x.delivered, x.told, x.state == job.StateCancelling
	e.Elapsed = now.Sub(x.accepted)
	if x.state.Terminal() {
		e.Took = x.ended.Sub(x.accepted)
	}
	e.Completed, e.Failed = x.completed, x.failed
	e.Commanded = x.command
	e.Gate, e.GE, e.Callback = x.gate, x.ge, x.client
	e.Results, e.Errors, e.Cancelled = slices.Clip(x.outcomes), slices.Clip(x.errors), slices.Clip(x.singles)
	m.mirrorTime(now, x, e)
	if x.state.Terminal() && x.open == 0 {
		e.Submission = nil
		if e.Workflows != nil {
			e.Workflows = nil // how they ended is in Results
		}
		return
	}
	e.Workflows = make([]replica.WorkflowEntry, len(x.flows))
	for i := range x.flows {
		m.mirrorFlow(x, i, &e.Workflows[i])
	}
}

func (m *Manager) mirrorFlow(x *record, i int, w *replica.WorkflowEntry) {
	f := &x.flows[i]
	*w = replica.WorkflowEntry{
		Workflow: f.id, State: m.flows.State(f.id), Final: m.flows.Final(f.id), Attempt: f.attempt, Retries: f.budget.Retries,
		DispatchAttempts: f.budget.Attempts, Due: max(0, f.due.Sub(x.accepted)),
	}
	for _, b := range f.excluded {
		until := replica.ForGood
		if b.until != core.Never {
			until = b.until.Sub(x.accepted)
		}
		w.Excluded = append(w.Excluded, replica.ExclusionEntry{Worker: b.worker, Until: until})
	}
	if len(f.shards) == 0 {
		return
	}
	w.Shards = make([]replica.ShardEntry, len(f.shards))
	for k := range f.shards {
		s := &f.shards[k]
		w.Shards[k] = replica.ShardEntry{
			Worker: s.worker, Index: uint16(k), Cores: s.cores, VUs: s.vus, Token: s.token, State: entryState[s.state],
		}
		if s.state == shardDone {
			w.Shards[k].Completed, w.Shards[k].Failed, w.Shards[k].Result = s.done, s.bad, s.result
		}
	}
}

// entryState says in an entry how the leader holds a shard.
var entryState = [...]job.ShardState{
	shardSent: job.ShardAllocated, shardAccepted: job.ShardRunning, shardDone: job.ShardCompleted, shardOver: job.ShardFailed,
	shardStopping: job.ShardCancelling,
}

// heldState is the same the other way.
func heldState(s job.ShardState) shardState {
	switch s {
	case job.ShardRunning:
		return shardAccepted
	case job.ShardCompleted:
		return shardDone
	case job.ShardFailed, job.ShardCancelled, job.ShardNone:
		return shardOver
	case job.ShardCancelling:
		return shardStopping
	case job.ShardAllocated:
	}
	return shardSent
}

// noteEnd adds the end of workflow i to what the other members know.
func (x *record) noteEnd(i int) {
	f := &x.flows[i]
	x.outcomes = append(x.outcomes, job.WorkflowOutcome{Workflow: f.id, Status: f.status, Error: f.kind, Results: f.result})
}
