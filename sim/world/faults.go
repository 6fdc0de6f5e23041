package world

import (
	"fmt"
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/host"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// activeFault is what one occurrence of a fault has done and must undo.
type activeFault struct {
	fault, occurrence int
	key               uint64 // of its chance: of the fault's name and the occurrence
	nodes             []core.NodeID
	lives             []uint32 // of nodes, when a pause froze them
	cuts, overlays    []int
	sides             [][]core.NodeID // of cuts and links, as they were resolved
}

// occurrence is one time that a fault happens; there may be a hundred thousand of one.
type occurrence struct{ fault, nth int }

// slowing is one slow fault in force at a node.
type slowing struct {
	node   core.NodeID
	factor float64
	until  core.Instant // core.Never if it is never undone
	fault  int
	nth    int
}

// planFaults schedules every edge of every fault.
func (w *World) planFaults() {
	specs := make([]fault.Spec, len(w.sc.Faults))
	for i := range w.sc.Faults {
		f := &w.sc.Faults[i]
		lasts := f.For
		if lasts > 0 {
			lasts += f.Downtime
		}
		specs[i] = fault.Spec{
			ID: f.ID, At: f.At, For: lasts, Down: f.Down, Up: f.Up,
			Count: f.Repeat.Count, Every: f.Repeat.Every, Jitter: f.Repeat.Jitter,
		}
	}
	w.edges = fault.Plan(specs, w.sc.Seed, w.end)
	for i := range w.edges {
		w.pushChange(w.edges[i].At, changeFault, uint64(i), i)
	}
}

// fault carries out an edge of a fault.
func (w *World) fault(now core.Instant, e *fault.Edge) {
	f := &w.sc.Faults[e.Fault]
	w.cause = int32(e.Fault)
	switch e.Phase {
	case fault.Begin:
		w.rec = trace.Record{At: now, Kind: trace.KindFaultStart, Node: core.NoNode, Peer: core.NoNode, Fault: int32(e.Fault)}
		w.emit()
		a := activeFault{fault: e.Fault, occurrence: e.Occurrence, key: rng.Mix(rng.Key(f.ID), uint64(e.Occurrence))}
		if f.Target != nil {
			a.nodes = f.Target.Resolve(w.sc.Nodes, w.eligible(f.Kind), w.chance(&a, "fault.target", 0))
		}
		w.aim(f, &a)
		w.begin(now, f, &a)
		w.witness(f, &a)
		if f.For > 0 { // else it is never undone
			w.active[occurrence{e.Fault, e.Occurrence}] = &a
		}
	case fault.Down, fault.Up:
		for _, id := range w.find(e).cuts {
			w.net.SetCut(id, e.Phase == fault.Down)
		}
	case fault.End:
		w.undo(now, f, w.find(e))
		delete(w.active, occurrence{e.Fault, e.Occurrence})
		w.rec = trace.Record{At: now, Kind: trace.KindFaultEnd, Node: core.NoNode, Peer: core.NoNode, Fault: int32(e.Fault)}
		w.emit()
	}
	w.cause = -1
}

// eligible says which nodes a draw may take: those that run, or, to join, those that do not.
func (w *World) eligible(kind scenarios.FaultKind) func(core.NodeID) bool {
	if kind == scenarios.FaultJoin {
		return func(id core.NodeID) bool { return !w.Up(id) }
	}
	return w.Up
}

func (w *World) find(e *fault.Edge) *activeFault {
	if a := w.active[occurrence{e.Fault, e.Occurrence}]; a != nil {
		return a
	}
	panic(fmt.Sprintf("world: fault %d ends before it began", e.Fault))
}

// aim notes whom a fault hits where only those who run feel it, before it does.
func (w *World) aim(f *scenarios.Fault, a *activeFault) {
	if w.opt.Witness == nil {
		return
	}
	switch f.Kind {
	case scenarios.FaultLeave, scenarios.FaultRaise, scenarios.FaultRumour:
		a.sides = [][]core.NodeID{some(w.running(a.nodes))}
	case scenarios.FaultCrash:
		if f.For == 0 { // else whoever is down already is held down, too
			a.sides = [][]core.NodeID{some(w.running(a.nodes))}
		}
	default:
	}
}

// witness tells whom the fault hit.
func (w *World) witness(f *scenarios.Fault, a *activeFault) {
	if w.opt.Witness == nil {
		return
	}
	switch {
	case f.Kind == scenarios.FaultChurn:
		a.sides = [][]core.NodeID{some(f.Target.Fixed)}
	case a.sides == nil:
		a.sides = [][]core.NodeID{some(a.nodes)}
	}
	w.opt.Witness.Hit(a.fault, a.sides)
	a.sides = nil
}

// some returns the list, never nil: nobody is not everybody.
func some(ids []core.NodeID) []core.NodeID {
	if ids == nil {
		return []core.NodeID{}
	}
	return ids
}

func (w *World) begin(now core.Instant, f *scenarios.Fault, a *activeFault) {
	switch f.Kind {
	case scenarios.FaultCrash:
		for _, id := range a.nodes {
			if f.For > 0 {
				w.hold(now, id, f.Refuse)
			} else {
				w.crash(now, id, f.Refuse)
			}
		}
	case scenarios.FaultRestart:
		for _, id := range a.nodes {
			w.stop(now, id, trace.KindCrash)
			w.start(now, id, f.KeepState)
		}
	case scenarios.FaultLeave:
		for _, id := range a.nodes {
			w.leave(now, id)
		}
	case scenarios.FaultJoin:
		for i, id := range a.nodes {
			k, n := core.Duration(i), core.Duration(len(a.nodes))
			at := now.Add(f.Over/n*k + f.Over%n*k/n) // over·k/n, where over·k may exceed an int64
			w.pushTimerOf(at, id, wakeJoin, a.fault)
		}
	case scenarios.FaultPause:
		a.nodes = w.running(a.nodes)
		for _, id := range a.nodes {
			a.lives = append(a.lives, w.nodes[id].life)
			w.pause(now, id)
		}
	case scenarios.FaultSlow:
		for _, id := range a.nodes {
			w.slows = append(w.slows, slowing{node: id, factor: f.Factor, until: undoneAt(now, f), fault: a.fault, nth: a.occurrence})
			w.reslow(now, id)
		}
	case scenarios.FaultClock:
		for _, id := range a.nodes {
			w.shiftClock(now, id, f.Step, f.DriftPPM)
		}
	case scenarios.FaultPartition, scenarios.FaultFlap:
		w.cut(a, f)
	case scenarios.FaultSiteOutage:
		w.siteOutage(now, f, a)
	case scenarios.FaultLoss, scenarios.FaultDuplicate, scenarios.FaultReorder, scenarios.FaultCorrupt,
		scenarios.FaultDelay, scenarios.FaultHold, scenarios.FaultBandwidth:
		w.overlay(now, f, a)
	case scenarios.FaultDiscovery:
		for _, id := range a.nodes {
			w.deaf[id]++
		}
	case scenarios.FaultStuckWorkflow:
		w.stick(f, a.nodes, 1)
	case scenarios.FaultRaise:
		for _, id := range a.nodes {
			w.raise(now, id)
		}
	case scenarios.FaultRumour:
		for _, id := range a.nodes {
			w.rumour(now, id, f.About.Fixed)
		}
	case scenarios.FaultChurn:
		w.churn(now, f, a)
	case scenarios.FaultPoison:
		for _, id := range a.nodes {
			w.poisons = append(w.poisons, poisoning{node: id, values: poisonOf[f.Values], fault: a.fault, nth: a.occurrence})
			w.repoison(id)
		}
	case scenarios.FaultLHM:
		for _, id := range a.nodes {
			w.forced = append(w.forced, forcing{node: id, score: f.Score, fault: a.fault, nth: a.occurrence})
			w.reforce(now, id)
		}
	default:
		panic(fmt.Sprintf("world: no fault of kind %q", f.Kind))
	}
}

func (w *World) undo(now core.Instant, f *scenarios.Fault, a *activeFault) {
	for _, id := range a.cuts {
		w.net.RemoveCut(id)
	}
	for _, id := range a.overlays {
		w.net.RemoveOverlay(id)
	}
	a.cuts, a.overlays = nil, nil
	switch f.Kind {
	case scenarios.FaultCrash, scenarios.FaultSiteOutage:
		for _, id := range a.nodes {
			w.release(now, id, f.Refuse, f.KeepState)
		}
	case scenarios.FaultPause:
		for i, id := range a.nodes {
			if w.nodes[id].life == a.lives[i] { // else the process that was frozen is gone
				w.resume(now, id)
			}
		}
	case scenarios.FaultSlow:
		kept := w.slows[:0]
		for _, s := range w.slows {
			if s.fault != a.fault || s.nth != a.occurrence {
				kept = append(kept, s)
			}
		}
		w.slows = kept
		for _, id := range a.nodes {
			w.reslow(now, id)
		}
	case scenarios.FaultClock:
		for _, id := range a.nodes {
			w.shiftClock(now, id, -f.Step, -f.DriftPPM)
		}
	case scenarios.FaultPoison:
		w.poisons = slices.DeleteFunc(w.poisons, func(p poisoning) bool { return p.fault == a.fault && p.nth == a.occurrence })
		for _, id := range a.nodes {
			w.repoison(id)
		}
	case scenarios.FaultLHM:
		w.forced = slices.DeleteFunc(w.forced, func(p forcing) bool { return p.fault == a.fault && p.nth == a.occurrence })
		for _, id := range a.nodes {
			w.reforce(now, id)
		}
	case scenarios.FaultStuckWorkflow:
		w.stick(f, a.nodes, -1)
	case scenarios.FaultDiscovery:
		for _, id := range a.nodes {
			w.deaf[id]--
		}
	default:
	}
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

func (w *World) leave(now core.Instant, id core.NodeID) {
	if !w.Up(id) {
		return
	}
	n := &w.nodes[id]
	if n.host.Paused() { // it hears of it when it runs again
		n.departs = true
		return
	}
	w.mark(now, id, trace.KindLeave, 0)
	n.fate.wanted = false
	n.m.Leave(n.local(now), &w.fx)
	w.drain(now, now, id)
}

// join starts the process of id if none runs, and tells one that runs to join again: those that the fault
// names, or its seeds.
func (w *World) join(now core.Instant, id core.NodeID, f int) {
	n, to := &w.nodes[id], w.sc.Faults[f].To
	ran := n.host.Up() && n.fate.wanted
	if !ran {
		w.start(now, id, false)
	}
	switch {
	case !n.host.Up() || !n.fate.wanted: // held down, or still leaving
	case n.host.Paused(): // as for leave
		n.joins = int32(f) + 1
	case to != nil:
		n.m.Rejoin(n.local(now), to.Fixed, &w.fx)
		w.drain(now, now, id)
	case ran:
		n.m.Rejoin(n.local(now), nil, &w.fx)
		w.drain(now, now, id)
	}
}

func (w *World) raise(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	switch {
	case !n.host.Up():
	case n.host.Paused(): // as for leave
		n.raises = true
	default:
		n.m.Refresh(n.local(now), &w.fx)
		w.drain(now, now, id)
	}
}

// rumour lets id hear that others are alive. A frozen process hears nothing, and a member of another group is
// none of its business.
func (w *World) rumour(now core.Instant, id core.NodeID, about []core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Up() || n.host.Paused() {
		return
	}
	for _, s := range about {
		if w.sc.Nodes[s].Group == w.sc.Nodes[id].Group && s != id {
			u := core.Update{Type: core.UpdateAlive, Subject: s, From: core.NoNode, Role: w.sc.Nodes[s].Role}
			n.m.Swim.Hear(n.local(now), &u, &w.fx)
		}
	}
	w.drain(now, now, id)
}

// undoneAt is when a fault that begins now is undone. What takes time, a service or the sending of a packet, asks for
// it: it goes on at the pace that comes after.
func undoneAt(now core.Instant, f *scenarios.Fault) core.Instant {
	if f.For > 0 {
		return now.Add(f.For)
	}
	return core.Never
}

// reslow sets the product of all slow faults in force at id, now and after each of their ends.
func (w *World) reslow(now core.Instant, id core.NodeID) {
	var paces []host.Pace
	for from := now; from != core.Never; {
		p := host.Pace{Factor: 1, Until: core.Never}
		for _, s := range w.slows {
			if s.node == id && s.until > from {
				p.Factor = float64(p.Factor * s.factor)
				p.Until = min(p.Until, s.until)
			}
		}
		paces = append(paces, p)
		from = p.Until
	}
	w.nodes[id].host.SetPace(paces...)
	w.mark(now, id, trace.KindSlow, paces[0].Factor)
}

// shiftClock changes id's clock; its pending wake-up is set anew, since it was computed with the old one.
func (w *World) shiftClock(now core.Instant, id core.NodeID, step core.Duration, ppm float64) {
	n := &w.nodes[id]
	c := n.host.Clock()
	c.Change(now, step, c.Drift()+ppm/1e6)
	w.mark(now, id, trace.KindClock, step.Seconds())
	if n.host.Up() && !n.host.Paused() {
		if at, ok := n.machine.Deadline(); ok {
			w.armAt(id, max(c.Virtual(at), now))
		}
	}
}

// members turns a list of nodes into a set by id.
func (w *World) members(ids []core.NodeID) []bool {
	set := make([]bool, len(w.nodes))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// chance is a draw of one occurrence of a fault: of the given purpose, and of its side or group.
func (w *World) chance(a *activeFault, purpose string, side int) uint64 {
	draw := rng.New(w.sc.Seed, purpose, a.key, uint64(side))
	return draw.Uint64()
}

// resolve returns who stands on a side of a fault, nil being everybody, and notes it; every side and every group draws
// for itself.
func (w *World) resolve(s *scenarios.Selector, a *activeFault, side int) []bool {
	if s == nil {
		a.sides = append(a.sides, nil)
		return nil
	}
	ids := s.Resolve(w.sc.Nodes, nil, w.chance(a, "fault.side", side))
	a.sides = append(a.sides, some(ids))
	return w.members(ids)
}

// cut separates the sides of a partition: A from B, or every group from all the others.
func (w *World) cut(a *activeFault, f *scenarios.Fault) {
	if len(f.Groups) == 0 {
		w.addCut(a, network.Cut{
			A: w.resolve(f.A, a, 0), B: w.resolve(f.B, a, 1), OneWay: f.OneWay, Refuse: f.Refuse, Kinds: f.Kinds, Classes: f.Classes,
		})
		return
	}
	sets := make([][]bool, len(f.Groups))
	for i, g := range f.Groups {
		sets[i] = w.resolve(g, a, 2+i)
	}
	for i := range sets {
		others := make([]bool, len(w.nodes))
		for j := range sets {
			for id := range others {
				others[id] = others[id] || j != i && sets[j][id]
			}
		}
		w.addCut(a, network.Cut{A: sets[i], B: others, Refuse: f.Refuse, Kinds: f.Kinds, Classes: f.Classes})
	}
}

func (w *World) addCut(a *activeFault, c network.Cut) {
	id, err := w.net.AddCut(c)
	if err != nil {
		w.fail(fmt.Errorf("fault %q: %w", w.sc.Faults[a.fault].ID, err))
		return
	}
	w.net.SetCut(id, true)
	a.cuts = append(a.cuts, id)
}

func (w *World) siteOutage(now core.Instant, f *scenarios.Fault, a *activeFault) {
	inside := make([]bool, len(w.nodes))
	var all []core.NodeID
	for i := range w.sc.Nodes {
		if w.sc.Nodes[i].Site == f.Site {
			inside[i] = true
			all = append(all, core.NodeID(i))
		}
	}
	if f.Blackhole {
		outside := make([]bool, len(w.nodes))
		for i := range outside {
			outside[i] = !inside[i]
		}
		w.addCut(a, network.Cut{A: inside, B: outside})
		a.sides = [][]core.NodeID{all, nil}
		return
	}
	a.nodes = all
	for _, id := range a.nodes {
		w.hold(now, id, false)
	}
}

// overlay worsens links: those between A and B, or the egress of the target.
func (w *World) overlay(now core.Instant, f *scenarios.Fault, a *activeFault) {
	o := network.Overlay{ID: a.key, Ramp: f.Ramp, Kinds: f.Kinds, Classes: f.Classes}
	if f.Target != nil {
		o.From = w.members(a.nodes)
	} else {
		o.From, o.To, o.Both = w.resolve(f.A, a, 0), w.resolve(f.B, a, 1), !f.OneWay
	}
	var err error
	switch f.Kind {
	case scenarios.FaultLoss:
		o.Loss = f.Loss.P
		if l := &f.Loss; l.Model == scenarios.LossGilbertElliott {
			o.Burst = network.Loss{Model: network.LossGilbertElliott, PGB: l.PGB, PBG: l.PBG, LossGood: l.LossGood, LossBad: l.LossBad}
		}
	case scenarios.FaultDuplicate:
		o.Duplicate = f.P
	case scenarios.FaultReorder:
		o.Reorder.P = f.P
		o.Reorder.Extra, err = f.Extra.Build()
	case scenarios.FaultCorrupt:
		o.Corrupt = f.P
	case scenarios.FaultDelay:
		o.Factor = f.Factor
		o.Add = core.Seconds(f.Add.Value)
	case scenarios.FaultHold:
		o.Hold, o.Until = true, undoneAt(now, f)
	case scenarios.FaultBandwidth:
		o.BitsPerSec = int64(f.Bandwidth)
		o.Until = undoneAt(now, f)
	default:
	}
	if err == nil {
		var id int
		if id, err = w.net.AddOverlay(o); err == nil {
			w.net.SetOverlay(id, true, now)
			a.overlays = append(a.overlays, id)
			return
		}
	}
	w.fail(fmt.Errorf("fault %q: %w", f.ID, err))
}
