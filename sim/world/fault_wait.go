package world

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
	"hypersim/core/node/gate"
	"hypersim/core/node/manager"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// waiting is what faults need whose selectors name somebody only when they fire: the leader of a cluster, a worker that
// is idle. Where they name nobody, the fault waits until they do (spec 01 no. 75).
type waiting struct {
	specs  []fault.Spec // per fault of the scenario
	begins []fault.Edge // that are due and wait, in the order in which they were due
	nth    uint64       // changes scheduled on the way
	asked  bool         // the next look is scheduled
}

// plannedFirst is the first number of the changes that are planned before the run; there may be as many.
const plannedFirst = 1 << 32

// moves reports whether the fault begins when it can only: with an event, or when one of its selectors names somebody, who is
// known only when it fires.
func moves(f *scenarios.Fault) bool {
	return f.On != nil || slices.ContainsFunc(selectors(f), (*scenarios.Selector).Moves)
}

func selectors(f *scenarios.Fault) []*scenarios.Selector {
	return append([]*scenarios.Selector{f.Target, f.A, f.B}, f.Groups...)
}

// mayBegin reports whether a fault finds somebody wherever it is about who leads or works now. If so, it plans what
// follows the beginning; if not, the beginning waits.
func (w *World) mayBegin(now core.Instant, e *fault.Edge, f *scenarios.Fault) bool {
	for _, s := range selectors(f) {
		if s.Moves() && !s.AllowEmpty && len(s.Resolve(w.sc.Nodes, w, nil, 0)) == 0 {
			w.waiting.begins = append(w.waiting.begins, *e)
			return false
		}
	}
	for _, rest := range w.waiting.specs[e.Fault].Rest(e.Fault, e.Occurrence, now, w.end) {
		w.waiting.nth++
		nth := 2*plannedFirst + w.waiting.nth // after what was planned before the run, but ends go first
		if rest.Phase == fault.End {
			nth = w.waiting.nth
		}
		w.edges = append(w.edges, rest)
		w.pushChange(rest.At, changeFault, nth, len(w.edges)-1)
	}
	return true
}

// mayFind lets the faults that wait look again, once this step is over: a leader was elected, work began or ended, or a
// process did.
func (w *World) mayFind(now core.Instant) {
	if len(w.waiting.begins) > 0 && !w.waiting.asked {
		w.waiting.asked = true
		w.waiting.nth++
		w.pushChange(now, changeWaiting, w.waiting.nth, 0)
	}
}

// lookAgain begins the faults that wait and find somebody now.
func (w *World) lookAgain(now core.Instant) {
	begins := w.waiting.begins
	w.waiting.begins, w.waiting.asked = nil, false
	for i := range begins {
		w.fault(now, &begins[i])
	}
}

// Works implements scenarios.Moment.
func (w *World) Works(id core.NodeID) (up, works bool) {
	return w.Up(id), w.has && w.shifts.first[id] != 0
}

// Leads implements scenarios.Moment. O(jobs of the workload).
func (w *World) Leads(id core.NodeID, workload int) (leads int) {
	if !w.Up(id) || !w.has {
		return 0
	}
	n := &w.nodes[id]
	is := func(job.ID) bool { return false }
	switch w.sc.Nodes[id].Role {
	case core.RoleGate:
		g := corenode.Of[*gate.Gate](&n.m)
		is = func(j job.ID) bool {
			_, s := g.Holds(j)
			return s != job.StateNone && !s.Terminal()
		}
	case core.RoleManager:
		is = corenode.Of[*manager.Manager](&n.m).Leads
	default:
	}
	for _, j := range w.ids[workload] {
		if is(j) {
			leads++
		}
	}
	return leads
}
