package world

import (
	"fmt"
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/trace"
)

// deed is what a kind of fault does to the world: the row of its family's file that is read for it.
type deed struct {
	kind fault.Kind
	// begin does it. Whom it hits is in a.nodes, as the target says; where others feel it, begin notes them in a.sides.
	begin act
	// end undoes it, beside the cuts and overlays of a, which are removed for every kind. nil: there is nothing else.
	end act
	// host and process tell a host, and its process, what is in force there, when a new process starts; process is
	// told also when a process goes on that was frozen while something changed. nil: they need not be told again.
	host, process func(w *World, now core.Instant, id core.NodeID)
}

type act func(w *World, now core.Instant, f *scenarios.Fault, a *activeFault)

// each does the same at every node that a fault hits.
func each(do func(w *World, now core.Instant, f *scenarios.Fault, id core.NodeID)) act {
	return func(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
		for _, id := range a.nodes {
			do(w, now, f, id)
		}
	}
}

// deeds are the rows of all kinds.
var deeds = slices.Concat(lifeDeeds, hostDeeds, cutDeeds, linkDeeds, memberDeeds, poisonDeeds, lhmDeeds, churnDeeds, workDeeds, statsDeeds)

// disturbances is what the faults of a run do.
type disturbances struct {
	edges    []fault.Edge
	deeds    []*deed // per fault of the scenario
	telling  []*deed // of them, each once, those of which new processes are told
	active   map[occurrence]*activeFault
	promises []promise // of those in force
	cause    int32     // the fault being carried out, −1 outside
	waiting  waiting
	on       *occasions // nil: no fault waits for an event

	slows   inForce[slowness]
	strains inForce[float64] // how much longer shards take
	jams    inForce[int]     // the workload whose shards stand still
	poisons inForce[poison]
	taint   core.Message // the poisoned copy in hand
	scores  inForce[int] // of local health
	floors  inForce[floor]
	churns  churns
}

// activeFault is what one occurrence of a fault has done and must undo.
type activeFault struct {
	occurrence
	key            uint64 // of its chance: of the fault's name and the occurrence
	nodes          []core.NodeID
	lives          []uint32 // of nodes, when a pause froze them
	cuts, overlays []int
	storms         []int
	sides          [][]core.NodeID // whom it hits: of cuts and links as they were resolved; nil: nodes
}

// occurrence is one time that a fault happens; there may be a hundred thousand of one.
type occurrence struct{ fault, nth int }

// planFaults schedules every edge of every fault.
func (w *World) planFaults() {
	specs := make([]fault.Spec, len(w.sc.Faults))
	w.deeds = make([]*deed, len(w.sc.Faults))
	for i := range w.sc.Faults {
		f := &w.sc.Faults[i]
		w.deeds[i] = deedOf(f.Kind)
		if d := w.deeds[i]; (d.host != nil || d.process != nil) && !slices.Contains(w.telling, d) {
			w.telling = append(w.telling, d)
		}
		lasts := f.For
		if lasts > 0 {
			lasts += f.Downtime
		}
		specs[i] = fault.Spec{
			ID: f.ID, At: f.At, For: lasts, Down: f.Down, Up: f.Up,
			Count: f.Repeat.Count, Every: f.Repeat.Every, Jitter: f.Repeat.Jitter, Waits: moves(f), Unplanned: f.On != nil,
		}
		if p := f.Process; p != nil {
			specs[i].Rate, specs[i].Until = p.Rate, p.Until
		}
	}
	w.edges, w.waiting.specs = fault.Plan(specs, w.sc.Seed, w.end), specs
	w.planOccasions()
	for i := range w.edges {
		w.pushChange(w.edges[i].At, changeFault, plannedFirst+uint64(i), i)
	}
}

func deedOf(kind fault.Kind) *deed {
	i := slices.IndexFunc(deeds, func(d deed) bool { return d.kind == kind })
	if i < 0 {
		panic(fmt.Sprintf("world: no fault of kind %q", kind))
	}
	return &deeds[i]
}

// fault carries out an edge of a fault.
func (w *World) fault(now core.Instant, e *fault.Edge) {
	f, d := &w.sc.Faults[e.Fault], w.deeds[e.Fault]
	this := occurrence{e.Fault, e.Occurrence}
	w.cause = int32(e.Fault)
	switch e.Phase {
	case fault.Begin:
		w.beginFault(now, e, f, d)
	case fault.Down, fault.Up:
		a := w.find(this)
		for _, id := range a.cuts {
			w.net.SetCut(id, e.Phase == fault.Down)
		}
		w.pausePromises(a, e.Phase == fault.Up)
	case fault.End:
		a := w.find(this)
		w.mend(a)
		if d.end != nil {
			d.end(w, now, f, a)
		}
		delete(w.active, this)
		w.markFault(now, trace.KindFaultEnd, e.Fault)
	}
	w.cause = -1
}

func (w *World) beginFault(now core.Instant, e *fault.Edge, f *scenarios.Fault, d *deed) {
	if moves(f) && !w.mayBegin(now, e, f) {
		return
	}
	w.markFault(now, trace.KindFaultStart, e.Fault)
	a := &activeFault{occurrence: occurrence{e.Fault, e.Occurrence}, key: rng.Mix(rng.Key(f.ID), uint64(e.Occurrence))}
	if f.Target != nil {
		a.nodes = f.Target.Resolve(w.sc.Nodes, w, w.eligible(f.Kind), w.chance(a, "fault.target", 0))
	}
	d.begin(w, now, f, a)
	w.witness(a)
	if f.For > 0 { // else it is never undone
		w.active[a.occurrence] = a
	}
}

func (w *World) markFault(now core.Instant, kind trace.Kind, fault int) {
	w.rec = trace.Record{At: now, Kind: kind, Node: core.NoNode, Peer: core.NoNode, Fault: int32(fault)}
	w.emit()
}

// eligible says which nodes a draw may take: those that run, or, to join, those that do not.
func (w *World) eligible(kind fault.Kind) func(core.NodeID) bool {
	if kind == fault.Join {
		return func(id core.NodeID) bool { return !w.Up(id) }
	}
	return w.Up
}

func (w *World) find(o occurrence) *activeFault {
	if a := w.active[o]; a != nil {
		return a
	}
	panic(fmt.Sprintf("world: fault %d ends before it began", o.fault))
}

// witness tells whom the fault hit.
func (w *World) witness(a *activeFault) {
	if w.opt.Witness != nil {
		if a.sides == nil {
			a.sides = [][]core.NodeID{some(a.nodes)}
		}
		w.opt.Witness.Hit(a.fault, a.sides)
	}
	a.sides = nil
}

// feel notes that of those whom a fault hits only they feel it who run, before it acts.
func (w *World) feel(a *activeFault) { a.sides = [][]core.NodeID{some(w.running(a.nodes))} }

// some returns the list, never nil: nobody is not everybody.
func some(ids []core.NodeID) []core.NodeID {
	if ids == nil {
		return []core.NodeID{}
	}
	return ids
}

func (w *World) running(ids []core.NodeID) []core.NodeID {
	var up []core.NodeID
	for _, id := range ids {
		if w.Up(id) {
			up = append(up, id)
		}
	}
	return up
}

// chance is a draw of one occurrence of a fault: of the given purpose, and of its side or group.
func (w *World) chance(a *activeFault, purpose string, side int) uint64 {
	draw := rng.New(w.sc.Seed, purpose, a.key, uint64(side))
	return draw.Uint64()
}

// undoneAt is when a fault that begins now is undone. What takes time, a service or the sending of a packet, asks for
// it: it goes on at the pace that comes after.
func undoneAt(now core.Instant, f *scenarios.Fault) core.Instant {
	if f.For > 0 {
		return now.Add(f.For)
	}
	return core.Never
}

// tellHost and tellProcess tell a new process' host, and the process, what faults hold there.
func (w *World) tellHost(now core.Instant, id core.NodeID) {
	for _, d := range w.telling {
		if d.host != nil {
			d.host(w, now, id)
		}
	}
}

func (w *World) tellProcess(now core.Instant, id core.NodeID) {
	for _, d := range w.telling {
		if d.process != nil {
			d.process(w, now, id)
		}
	}
}
