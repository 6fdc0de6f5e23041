package world

import (
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// start begins a process on id's host, the first or, after a crash or departure, a new one. Where a fault
// holds the process down, it begins when that is over.
func (w *World) start(now core.Instant, id core.NodeID, keepState bool) {
	n := &w.nodes[id]
	if n.dies {
		return
	}
	n.fate.again = n.host.Up() && !n.fate.wanted
	if n.fate.again {
		return
	}
	n.fate.wanted, n.fate.refuses, n.fate.due = true, false, 0
	if n.host.Up() || n.fate.holds > 0 {
		return
	}
	spec := &w.sc.Nodes[id]
	cfg := w.sc.ConfigOf(id)
	first := n.instance == 0
	n.instance++
	inc := uint32(0)
	if !first && keepState {
		inc = n.kept + cfg.Swim.Membership.RestartBump
	}
	n.host.Start(now)
	w.net.SetHost(id, network.HostUp)

	p := swim.Params{
		Self: id, Role: spec.Role, Group: spec.Group, Instance: n.instance, Incarnation: inc, Seed: w.sc.Seed, Key: spec.Key,
		Start: n.local(now), Owner: core.NoNode, Seeds: w.seeds[spec.Group], Known: w.known[spec.Group],
	}
	g := &w.sc.Groups[spec.Group-1]
	p.Base, p.Capacity = g.First, w.capacity(spec.Role, spec.Group)
	if first && w.formedNode(id) {
		p.Formed, p.Owners = w.formed[spec.Group], w.owner
		p.Owner = w.owner(id)
	}
	var viv *vivaldi.Node
	if w.hasCoordinates(spec.Role) {
		if first || !keepState {
			n.viv = vivaldi.New(&cfg.Vivaldi, rng.New(w.sc.Seed, "vivaldi", spec.Key, uint64(n.instance)))
		} else {
			n.viv.Restart(true)
		}
		viv = &n.viv
	}
	n.m.Init(&cfg.Swim, p, viv)
	w.addLink(now, id)
	w.addJobs(now, id)
	n.machine = &n.m
	w.rec = trace.Record{
		At: now, Kind: trace.KindStart, Node: id, Peer: core.NoNode, Role: spec.Role, Inst: n.instance, Inc: inc, Fault: -1,
	}
	w.emit()
	w.tellHost(now, id)
	n.m.Begin(n.local(now), &w.fx)
	w.drain(now, now, id)
	w.tellAllWork(now, id)
	w.tellProcess(now, id)
}

// capacity is how many subjects a member of the group may know. A worker's table holds the managers,
// which come first.
func (w *World) capacity(role core.Role, group core.GroupID) int {
	g := &w.sc.Groups[group-1]
	if role != core.RoleWorker || w.flat() {
		return g.Count
	}
	return w.leading[group]
}

func (w *World) flat() bool { return w.sc.Protocol.Default().Swim.AllParticipants() }

func (w *World) hasCoordinates(r core.Role) bool {
	c := &w.sc.Protocol.Default().Vivaldi
	return c.Enabled && (w.flat() || c.Workers || r != core.RoleWorker)
}

// formedNode reports whether id is one of those that hold each other OK from the start.
func (w *World) formedNode(id core.NodeID) bool {
	s := &w.sc.Nodes[id]
	return w.sc.Cluster.Formed && !s.Absent && !s.Ghost && s.Start == 0
}

// owner is the manager that watches worker id in a formed group: the managers in turn.
func (w *World) owner(id core.NodeID) core.NodeID {
	s := &w.sc.Nodes[id]
	if s.Role != core.RoleWorker || w.flat() {
		return core.NoNode
	}
	managers := w.managers[s.Group]
	if len(managers) == 0 {
		return core.NoNode
	}
	return managers[int(id-w.sc.Groups[s.Group-1].First)%len(managers)]
}

// stop ends a process: it crashed, or it finished leaving.
func (w *World) stop(now core.Instant, id core.NodeID, kind trace.Kind) {
	n := &w.nodes[id]
	if !n.host.Up() {
		return
	}
	n.kept = n.m.Swim.Incarnation(id)
	n.life++
	w.rec = trace.Record{
		At: now, Kind: kind, Node: id, Peer: core.NoNode, Role: w.sc.Nodes[id].Role, Inst: n.instance, Inc: n.kept, Fault: w.cause,
	}
	w.emit()
	n.departs, n.raises, n.misses, n.joins = false, false, false, 0
	n.host.Crash(func(handle uint32) { w.lose(now, handle, trace.ReasonDown) })
	w.net.ResetNode(id)
	w.net.SetHost(id, network.HostSilent)
}

func (w *World) pause(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Up() {
		return
	}
	n.host.Pause()
	w.mark(now, id, trace.KindPause, 0)
}

// resume lets a paused host go on: its due timers fire, then what waited is served.
func (w *World) resume(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Paused() || !n.host.Resume() || !n.host.Up() {
		return
	}
	w.mark(now, id, trace.KindResume, 0)
	if n.misses {
		n.misses = false
		w.tellProcess(now, id)
	}
	if busy := n.host.Busy(); busy > now { // the pause was shorter than the service in hand
		w.armAt(id, busy)
	} else {
		n.machine.Wake(n.local(now), &w.fx)
		w.drain(now, now, id)
	}
	if n.raises {
		n.raises = false
		w.raise(now, id)
	}
	if f := n.joins; f != 0 {
		n.joins = 0
		w.join(now, id, int(f)-1)
	}
	if n.departs {
		n.departs = false
		w.leave(now, id)
	}
	w.tellAllWork(now, id)
	w.askTurn(now, id)
}

// mark records a change of a host.
func (w *World) mark(now core.Instant, id core.NodeID, kind trace.Kind, x float64) {
	w.rec = trace.Record{At: now, Kind: kind, Node: id, Peer: core.NoNode, Fault: w.cause, X: x}
	w.emit()
}
