package metrics

import (
	"slices"

	"hypersim/core"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// recovery is what a workflow waits for since a process ended that had a part in it.
type recovery struct {
	since core.Instant  // Never: it waits for nothing
	asked []core.NodeID // workers that were asked to run a shard of it, and have neither refused nor begun
}

// hurt notes what the end of a process leaves undone: workflows that ran there, had their result there or were about to run,
// those that only it led while nothing of them ran, and jobs that nothing had become of.
func (j *jobs) hurt(now core.Instant, n core.NodeID) {
	role := j.roles[n]
	for i := range j.state {
		t := &j.state[i]
		if j.res.Jobs[i].Ended != core.Never {
			continue
		}
		if (role == core.RoleGate || role == core.RoleManager) && len(t.flows) == 0 {
			t.hurt = min(t.hurt, now)
		}
		for _, x := range t.flows {
			if x.state != workflow.Completed && x.state != workflow.Aggregated && j.has(x, n, role) {
				x.recovery.since = min(x.recovery.since, now)
			}
		}
	}
}

// has reports whether a process had something of a workflow that is gone with it.
func (j *jobs) has(x *flow, n core.NodeID, role core.Role) bool {
	elsewhere := false
	for _, k := range x.runs {
		r := &j.res.Runs[k]
		if r.Attempt != x.attempt || r.accepted || r.Stop != core.Never && r.End != RunCompleted {
			continue
		}
		if r.Worker == n {
			return true
		}
		elsewhere = true
	}
	switch role {
	case core.RoleWorker:
		return slices.Contains(x.recovery.asked, n)
	case core.RoleManager:
		return x.leader == n && x.ready != core.Never && !elsewhere
	default:
		return false
	}
}

// asksWorker and heardWorker follow whom the leader asked to run a shard.
func (j *jobs) asksWorker(rec *trace.JobRecord) {
	if x := j.flows[flowKey{j.siteOf(rec.Node), rec.Fact.Workflow}]; x != nil {
		x.recovery.asked = append(x.recovery.asked, rec.Fact.Node)
	}
}

func (j *jobs) heardWorker(rec *trace.JobRecord) {
	if f := &rec.Fact; f.To != 0 || f.Code != 0 { // silent or unwilling
		if x := j.flows[flowKey{j.siteOf(rec.Node), f.Workflow}]; x != nil {
			x.recovery.drop(f.Node)
		}
	}
}

func (r *recovery) drop(worker core.NodeID) {
	if i := slices.Index(r.asked, worker); i >= 0 {
		r.asked = slices.Delete(r.asked, i, i+1)
	}
}

// ranBefore reports whether a shard of an attempt began before: a worker took it that could not say so any more.
func (j *jobs) ranBefore(x *flow, attempt, shard uint16) bool {
	return slices.ContainsFunc(x.runs, func(k int32) bool { return j.res.Runs[k].Attempt == attempt && j.res.Runs[k].Shard == shard })
}

// recovers takes that a shard of a workflow begins at a worker: the first one of an attempt, or another.
func (j *jobs) recovers(now core.Instant, x *flow, worker core.NodeID, anew bool) {
	x.recovery.drop(worker)
	t := &j.state[x.job]
	since := min(x.recovery.since, t.hurt)
	if !anew || since == core.Never {
		return
	}
	x.recovery.since, t.hurt = core.Never, core.Never
	o := j.aboutFlow(words.RecoveryTime, seconds(now.Sub(since)), x)
	j.keep(&o)
}
