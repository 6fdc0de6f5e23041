package world

import (
	"hypersim/core"
	corenode "hypersim/core/node"
	"hypersim/core/rng"
	"hypersim/scenarios"
)

// working is one worker's part in a workload: it reports progress in its own phase.
type working struct {
	node     core.NodeID
	workload int32
	stuck    int32  // faults that stop it
	done     uint64 // reports so far
}

// reportPhase is what the first report of a worker is drawn by.
const reportPhase = "workload.phase"

// planWork schedules the first report of every worker and both ends of every workload.
func (w *World) planWork() {
	for turn, i := range w.sc.WorkloadsByName() {
		l := &w.sc.Workloads[i]
		if l.Kind != scenarios.WorkloadProgress {
			continue
		}
		w.workOrder = append(w.workOrder, i)
		for _, id := range l.Target.Fixed {
			k := len(w.work)
			w.work = append(w.work, working{node: id, workload: int32(i)})
			draw := rng.New(w.sc.Seed, reportPhase, rng.Key(l.ID), w.sc.Nodes[id].Key)
			at := core.Instant(l.From).Add(core.Duration(draw.Float64() * float64(l.Interval)))
			w.pushTimerOf(at, id, wakeReport, k)
		}
		for k, at := range []core.Duration{l.From, l.To} {
			w.pushChange(core.Instant(at), changeWorkload, uint64(2*turn+k), i)
		}
	}
}

// report lets a worker say that its work goes on. One that is down, paused or stuck gets nothing done and
// says nothing; the phase stays.
func (w *World) report(now core.Instant, k int) {
	x := &w.work[k]
	l := &w.sc.Workloads[x.workload]
	if next := now.Add(l.Interval); next < core.Instant(l.To) {
		w.pushTimerOf(next, x.node, wakeReport, k)
	}
	n := &w.nodes[x.node]
	if !n.host.Up() || n.host.Paused() || x.stuck > 0 {
		return
	}
	if n.m.Report(corenode.Advance{Scope: l.Scope(), Done: x.done + 1}, &w.fx) {
		x.done++
	}
	w.drain(now, now, x.node)
}

// workEdge is the beginning or the end of workload i: every manager and gate that runs is told.
func (w *World) workEdge(now core.Instant, i int) {
	for id := range w.nodes {
		if n := &w.nodes[id]; n.host.Up() && !n.host.Paused() {
			w.tellWork(now, core.NodeID(id), i)
		}
	}
}

// tellAllWork tells id what it missed while it was down or paused.
func (w *World) tellAllWork(now core.Instant, id core.NodeID) {
	for _, i := range w.workOrder {
		w.tellWork(now, id, i)
	}
}

// tellWork tells id whether workload i goes on, as the job's own messages would.
func (w *World) tellWork(now core.Instant, id core.NodeID, i int) {
	n, l := &w.nodes[id], &w.sc.Workloads[i]
	switch {
	case n.m.Jobs() == nil || now < core.Instant(l.From):
	case now < core.Instant(l.To):
		n.m.OpenScope(l.Scope())
	default:
		n.m.ClearScope(n.local(now), l.Scope(), &w.fx)
		w.drain(now, now, id)
	}
}
