package world

import (
	"hypersim/core"
	corenode "hypersim/core/node"
	"hypersim/core/node/worker"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/workload"
)

// storm is statistics that belong to no job, of a workload or of one occurrence of a fault, for one manager.
type storm struct {
	of       *scenarios.Storm
	to       core.NodeID
	key      uint64
	from     []core.NodeID // the workers of its site, in turn
	arrivals workload.Arrivals
	over     bool
	nth      uint32
}

// planStorms schedules the first record of every workload of statistics.
func (w *World) planStorms() {
	for _, i := range w.sc.WorkloadsByName() {
		l := &w.sc.Workloads[i]
		if l.Storm == nil || l.Target == nil {
			continue
		}
		for _, id := range l.Target.Fixed {
			w.beginStorm(l.Storm, id, rng.Mix(rng.Key(l.ID), w.sc.Nodes[id].Key), l.From, l.To)
		}
	}
}

// beginStorm begins one, and returns its place.
func (w *World) beginStorm(of *scenarios.Storm, to core.NodeID, key uint64, from, until core.Duration) int {
	spec := workload.Spec{Key: key, From: from, To: until, Arrival: arrival(&of.Arrival)}
	s := &storm{of: of, to: to, key: key, arrivals: workload.NewArrivals(&spec, w.sc.Seed)}
	for i := range w.sc.Nodes {
		if n := &w.sc.Nodes[i]; n.Role == core.RoleWorker && n.Site == w.sc.Nodes[to].Site && !n.Ghost {
			s.from = append(s.from, n.ID)
		}
	}
	w.storms = append(w.storms, s)
	w.nextRecord(len(w.storms) - 1)
	return len(w.storms) - 1
}

func (w *World) nextRecord(k int) {
	s := w.storms[k]
	if at, nth, ok := s.arrivals.Next(); ok && len(s.from) > 0 {
		s.nth = nth
		w.pushTimerOf(at, s.from[int(nth)%len(s.from)], wakeStorm, k)
	}
}

// storm lets a worker tell a manager something. One that is down or frozen tells nothing, and nobody does it instead.
func (w *World) storm(now core.Instant, id core.NodeID, k int) {
	s := w.storms[k]
	if s.over {
		return
	}
	nth := s.nth
	w.nextRecord(k)
	n := &w.nodes[id]
	if !n.host.Up() || n.host.Paused() {
		return
	}
	u := worker.Update{Source: s.key, To: s.to, Value: 1, Critical: s.of.Critical, Obeys: s.of.Obeys, Details: core.Blob{ID: rng.Mix(s.key, uint64(nth)), Size: uint32(s.of.Bytes)}}
	corenode.Of[*worker.Worker](&n.m).Tell(n.local(now), &u, &w.fx)
	w.drain(now, max(now, n.host.Busy()), id)
}

// statsDeeds bring statistics.
var statsDeeds = []deed{{kind: fault.StatsStorm, begin: beginStorms, end: endStorms}}

func beginStorms(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	until := w.end
	if f.For > 0 {
		until = now.Add(f.For)
	}
	for _, id := range a.nodes {
		a.storms = append(a.storms, w.beginStorm(f.Storm, id, rng.Mix(a.key, w.sc.Nodes[id].Key), core.Duration(now), core.Duration(until)))
	}
}

func endStorms(w *World, _ core.Instant, _ *scenarios.Fault, a *activeFault) {
	for _, k := range a.storms {
		w.storms[k].over = true
	}
}
