package world

import (
	"hypersim/core"
	corenode "hypersim/core/node"
	"hypersim/core/node/client"
	"hypersim/core/node/gate"
	"hypersim/core/node/manager"
	"hypersim/core/node/worker"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// compose makes a process of each role.
var compose = [core.NumRoles]func(*corenode.Node, *corenode.Config, *corenode.Identity){
	core.RoleGate:    gate.Compose,
	core.RoleManager: manager.Compose,
	core.RoleWorker:  worker.Compose,
	core.RoleClient:  client.Compose,
}

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
	n.host.Start(now)
	w.net.SetHost(id, network.HostUp)

	told := corenode.Identity{
		Self: id, Role: spec.Role, Seed: w.sc.Seed, Key: spec.Key, Instance: n.instance, Start: n.local(now), Keeps: !first && keepState,
		Group: w.groups[spec.Group], Formed: first && w.formedNode(id), Site: uint16(spec.Site), Sites: w.sites, Jobs: w.sc.HasProgress(), Work: w.toldTo(spec),
		Memory: w.sc.Node[spec.Role].Memory, Speaks: n.speaks,
	}
	w.tellVoters(&told)
	compose[spec.Role](&n.m, &cfg.Config, &told)
	n.machine, n.flow = &n.m, n.m.Flow()
	w.rec = trace.Record{
		At: now, Kind: trace.KindStart, Node: id, Peer: core.NoNode, Role: spec.Role, Inst: n.instance, Inc: n.m.Swim.Incarnation(id), Fault: -1,
	}
	w.emit()
	w.tellHost(now, id)
	n.m.Begin(n.local(now), &w.fx)
	w.drain(now, now, id)
	w.tellAllWork(now, id)
	w.tellProcess(now, id)
	w.mayFind(now)
}

// formedNode reports whether id is one of those that hold each other OK from the start.
func (w *World) formedNode(id core.NodeID) bool {
	s := &w.sc.Nodes[id]
	return w.sc.Cluster.Formed && s.Stands()
}

// stop ends a process: it crashed, or it finished leaving.
func (w *World) stop(now core.Instant, id core.NodeID, kind trace.Kind) {
	n := &w.nodes[id]
	if !n.host.Up() {
		return
	}
	n.life++
	w.rec = trace.Record{
		At: now, Kind: kind, Node: id, Peer: core.NoNode, Role: w.sc.Nodes[id].Role, Inst: n.instance, Inc: n.m.Swim.Incarnation(id), Fault: w.cause,
	}
	w.emit()
	w.loseShifts(now, id)
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
	w.repaceShifts(now, id)
	w.mark(now, id, trace.KindPause, 0)
}

// resume lets a paused host go on: its due timers fire, then what waited is served.
func (w *World) resume(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Paused() || !n.host.Resume() || !n.host.Up() {
		return
	}
	w.mark(now, id, trace.KindResume, 0)
	w.repaceShifts(now, id)
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
	w.handHeld(now, id)
	w.askTurn(now, id)
}

// mark records a change of a host.
func (w *World) mark(now core.Instant, id core.NodeID, kind trace.Kind, x float64) {
	w.rec = trace.Record{At: now, Kind: kind, Node: id, Peer: core.NoNode, Fault: w.cause, X: x}
	w.emit()
}
