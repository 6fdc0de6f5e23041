package check

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/coretest/jobworld"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// TestRolesAreRight: clients, a manager and workers that lose shards, are stopped and fail break no rule of jobs. What is
// ground truth in a run is what workers say here.
func TestRolesAreRight(t *testing.T) {
	for seed := uint64(1); seed <= 4; seed++ {
		cfg := job.Default()
		w := jobworld.New(jobworld.Params{Config: &cfg, Workers: 4, Cores: 4, Clients: 2, Seed: seed})
		specs := map[uint64]job.Spec{}
		for i := range 12 {
			w.After(core.Duration(i)*3*time.Second, func() {
				s := spec(w, seed, i)
				id := w.Submit(i%2, s)
				specs[uint64(id)] = s
				if i%5 == 4 {
					w.After(4*time.Second, func() { w.Cancel(i%2, id) })
				}
			})
		}
		w.After(10*time.Second, func() { w.Crash(1) })
		w.After(15*time.Second, func() { w.Hold(1, core.StateDead) })
		w.After(40*time.Second, func() { w.Boot(1, false); w.Hold(1, core.StateOK) })
		w.Run(1200 * sec)

		order, n := map[uint64]uint32{}, uint32(0)
		var list []job.Spec
		ctx := Context{Limits: Default(), Nodes: make([]Node, 7), Jobs: &cfg}
		for i := range ctx.Nodes {
			ctx.Nodes[i] = Node{ID: core.NodeID(i), Role: core.RoleManager, Group: 1}
			if i > 0 {
				ctx.Nodes[i].Role, ctx.Nodes[i].Cores = core.RoleWorker, 4
			}
		}
		ctx.Job = func(_ int, nth uint32) job.Spec { return list[nth] }
		c := New(ctx)
		for i := range ctx.Nodes {
			c.Record(&trace.Record{Kind: trace.KindStart, Node: core.NodeID(i), Inst: 1})
		}
		inst := make([]uint32, len(ctx.Nodes))
		life := []trace.Record{{Kind: trace.KindCrash, At: 10 * sec, Node: 1, Inst: 1}, {Kind: trace.KindStart, At: 40 * sec, Node: 1, Inst: 2}}
		for i := range w.Facts {
			f := &w.Facts[i]
			for len(life) > 0 && life[0].At <= f.At {
				c.Record(&life[0])
				inst[1] = life[0].Inst - 1
				for len(c.work.running) > 0 && life[0].Kind == trace.KindCrash && c.runsAt(1) != nil {
					r := c.runsAt(1)
					c.RecordJob(&trace.JobRecord{Kind: trace.JobLost, At: life[0].At, Node: 1, Inst: 1, Work: core.Work{Job: r.job, Workflow: r.workflow, Token: r.token}})
				}
				life = life[1:]
			}
			if f.Kind == core.JobFactSubmit && f.To == 0 {
				list, order[f.Job] = append(list, specs[f.Job]), n
				c.RecordJob(&trace.JobRecord{Kind: trace.JobSubmitted, At: f.At, Node: f.Node, Inst: 1, Nth: n, Fact: f.JobFact})
				n++
			}
			for _, r := range truth(f) {
				r.Inst += inst[r.Node]
				c.RecordJob(&r)
			}
		}
		c.Record(&trace.Record{Kind: trace.KindEnd, At: 1200 * sec, Node: core.NoNode})
		for _, v := range c.Violations() {
			t.Errorf("seed %d: %s at %v: %s\n%q", seed, v.Invariant, v.At, v.What, v.Causes)
		}
		if len(c.NotReached()) > 0 && c.unready[J4] {
			t.Error("I-J4 was not judged")
		}
	}
}

// runsAt returns a shard that runs at n.
func (c *Checker) runsAt(n core.NodeID) *runSeen {
	for _, r := range c.work.running {
		if r.node == n {
			return r
		}
	}
	return nil
}

// truth returns the records that a world makes of a fact.
func truth(f *jobworld.Fact) []trace.JobRecord {
	out := []trace.JobRecord{{Kind: trace.JobFact, At: f.At, Local: f.At, Node: f.Node, Inst: 1, Fact: f.JobFact}}
	if f.Kind != core.JobFactShard {
		return out
	}
	r := trace.JobRecord{At: f.At, Local: f.At, Node: f.Node, Inst: 1, Work: core.Work{
		Attempt: f.Attempt, Shard: f.Shard, Cores: uint16(f.A), VUs: uint32(f.B), Job: f.Job, Workflow: f.Workflow, Token: f.Token,
	}}
	switch to := job.ShardState(f.To); to {
	case job.ShardAllocated:
		r.Kind = trace.JobWork
	case job.ShardCompleted, job.ShardFailed, job.ShardCancelled:
		r.Kind, r.Ended = trace.JobEnded, uint8(to-job.ShardCompleted)
	default:
		return out
	}
	return append(out, r)
}

// spec is a diamond of workflows, one of which may fail.
func spec(w *jobworld.World, seed uint64, i int) job.Spec {
	s := job.Spec{Timeout: 300 * time.Second}
	for k, needs := range [][]uint32{nil, {1}, {1}, {2, 3}} {
		p := uint64(len(w.Scripts) + 1)
		script := jobworld.Script{Length: core.Duration(1+(seed*7+uint64(i*3+k))%6) * time.Second}
		if i%4 == 3 && k == 2 {
			script.Ended, script.Error = job.EndedFailed, job.ErrorUser
		}
		w.Scripts[p] = script
		s.Workflows = append(s.Workflows, job.WorkflowSpec{
			Name: uint32(k + 1), VUs: uint32(2 + k), Depends: needs, Priority: job.Priority(1 + (i+k)%3), Test: true, Payload: core.Blob{ID: p, Size: 100},
		})
	}
	if i%6 == 5 {
		s.Workflows[1].Priority = job.PriorityExclusive
	}
	return s
}
