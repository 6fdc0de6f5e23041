package world

import (
	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
)

var (
	_ corenode.Estimator = (*meter)(nil)
	_ corenode.Hurrier   = (*meter)(nil)
	_ corenode.Statist   = (*meter)(nil)
)

// Statistics implements node.Statist.
func (m *meter) Statistics(s job.Shard, t job.Token, over core.Duration) core.Blob {
	k := m.w.shifts.find(m.node, s.Job, s.Workflow, t)
	if k == 0 {
		return core.Blob{}
	}
	x := &m.w.shifts.list[k-1].script
	return core.Blob{ID: uint64(t), Size: uint32(min(float64(x.StatsRate*over.Seconds())*float64(x.StatsBytes), 1<<30))}
}

// Hurries implements node.Hurrier.
func (m *meter) Hurries(s job.Shard, t job.Token) bool {
	k := m.w.shifts.find(m.node, s.Job, s.Workflow, t)
	return k != 0 && m.w.shifts.list[k-1].script.Hurries
}

// Estimate implements node.Estimator for shards whose script asks for more time than their job has. One that is stuck does
// not know that it is: it counts on what its length would still take, and comes no nearer to its end.
func (m *meter) Estimate(_ core.Instant, s job.Shard, t job.Token) (left core.Duration, items uint64, tells bool) {
	k := m.w.shifts.find(m.node, s.Job, s.Workflow, t)
	if k == 0 {
		return 0, 0, false
	}
	x := &m.w.shifts.list[k-1]
	if !x.script.Asks || x.told {
		return 0, 0, false
	}
	goal := x.goal
	if goal == endless {
		goal = x.script.Length
	}
	return x.takes(min(x.at(m.w.Now()), x.still), goal), uint64(x.script.Length/tick) * uint64(x.work.Cores), true
}
