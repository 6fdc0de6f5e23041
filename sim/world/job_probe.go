package world

import (
	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
	"hypersim/core/node/gate"
	"hypersim/core/rng"
)

// probing is a job that nobody hands in: a gate is asked where it would go, again and again.
type probing struct {
	gate     core.NodeID
	workload int32
	job      job.ID
}

// planProbes schedules the first decision about each job of workload i.
func (w *World) planProbes(i int) {
	l := &w.sc.Workloads[i]
	if l.Probe == nil {
		return
	}
	for n := range l.Probe.Pinned {
		id := l.Probe.Gates[n%len(l.Probe.Gates)]
		draw := rng.New(w.sc.Seed, "workload.probe", rng.Key(l.ID), uint64(n))
		k := len(w.probes)
		w.probes = append(w.probes, probing{gate: id, workload: int32(i), job: job.ID(draw.Uint64() | 1)})
		w.pushTimerOf(core.Instant(l.From).Add(core.Duration(draw.Float64()*float64(l.Interval))), id, wakeProbe, k)
	}
}

// probe lets a gate decide about a job. One that is down or paused does not, and forgets with its process what it chose.
func (w *World) probe(now core.Instant, k int) {
	x := &w.probes[k]
	l := &w.sc.Workloads[x.workload]
	if next := now.Add(l.Interval); next < core.Instant(l.To) {
		w.pushTimerOf(next, x.gate, wakeProbe, k)
	}
	n := &w.nodes[x.gate]
	if !n.host.Up() || n.host.Paused() {
		return
	}
	if g := corenode.Of[*gate.Gate](&n.m); g != nil {
		g.Probe(n.local(now), x.job, &w.fx)
		w.drain(now, max(now, n.host.Busy()), x.gate)
	}
}
