package world

import (
	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
	"hypersim/core/node/gate"
	"hypersim/sim/kernel"
	"hypersim/sim/trace"
)

// sampleOrigin keeps the keys of samples and checkpoints apart.
const (
	originSample core.NodeID = iota
	originCheckpoint
)

// sample is a point of measurement, or of balancing the books: after everything else of its instant.
func (w *World) sample(now core.Instant) {
	if w.opt.Sampler != nil && w.sampleDue == now {
		w.opt.Sampler.Sample(now)
		w.sampleDue = now.Add(w.sc.Report.Sample)
		w.pushSample(w.sampleDue, originSample)
	}
	if w.checkDue == now {
		w.checkpoint(now)
		w.checkDue = now.Add(w.opt.Checkpoint)
		w.pushSample(w.checkDue, originCheckpoint)
	}
}

func (w *World) pushSample(at core.Instant, origin core.NodeID) {
	w.samples++
	w.kernel.Schedule(kernel.Event{At: at, Key: kernel.MakeKey(kernel.KindSample, origin, w.samples), Node: core.NoNode})
}

// checkpoint tells the sinks that the books are balanced now.
func (w *World) checkpoint(now core.Instant) {
	w.rec = trace.Record{At: now, Kind: trace.KindCheckpoint, Node: core.NoNode, Peer: core.NoNode}
	w.emit()
}

// Books returns how many messages of a kind were sent, delivered and dropped.
func (w *World) Books(k core.Kind) (sent, delivered, dropped uint64) {
	return w.books.sent[k], w.books.delivered[k], w.books.dropped[k]
}

// InFlight counts the messages of a kind that are on their way or wait in an inbox. O(messages).
func (w *World) InFlight(k core.Kind) uint64 { return w.slab.count(k) }

// Validate returns what does not agree inside the machine of id (spec 10 §12).
func (w *World) Validate(id core.NodeID) []string {
	n := &w.nodes[id]
	return n.m.Validate(n.local(w.kernel.Now()))
}

// Incarnation returns the incarnation that observer holds of subject.
func (w *World) Incarnation(observer, subject core.NodeID) uint32 {
	return w.nodes[observer].m.Swim.Incarnation(subject)
}

// TableDigest returns the table digests of id (spec 10 §7.3).
func (w *World) TableDigest(id core.NodeID) (all, participants uint64) {
	return w.nodes[id].m.Swim.Digest()
}

// Tracks reports whether a gate that leads a job counts with a part of it in a datacenter.
func (w *World) Tracks(g core.NodeID, id uint64, site int) (tracks, leads bool) {
	if x := corenode.Of[*gate.Gate](&w.nodes[g].m); x != nil {
		return x.Tracks(job.ID(id), uint16(site))
	}
	return false, false
}

// Owes reports whether a gate that leads a job owes a datacenter a command about it.
func (w *World) Owes(g core.NodeID, id uint64) bool {
	x := corenode.Of[*gate.Gate](&w.nodes[g].m)
	return x != nil && x.Owes(job.ID(id))
}

// Reachable reports whether no cut stops a datagram from a to b now.
func (w *World) Reachable(a, b core.NodeID) bool { return w.net.Reachable(a, b) }
