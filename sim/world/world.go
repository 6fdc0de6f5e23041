package world

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/front"
	corenode "hypersim/core/node"
	"hypersim/core/registry"
	"hypersim/core/swim"
	"hypersim/core/wire"
	"hypersim/scenarios"
	"hypersim/sim/host"
	"hypersim/sim/kernel"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// node is one process with the host under it. Its fields stand in the order in which an event needs them.
type node struct {
	host     host.Host
	flow     *front.Server    // what its messages pass before they wait; nil: all wait
	machine  core.Machine     // what the driver drives: &m, unless a test puts something else there
	instance uint32           // start count
	life     uint32           // rises with every crash and stop, so that streams to an older process are known
	dies     bool             // never started: a ghost
	departs  bool             // was told to leave while paused
	raises   bool             // was told to raise its incarnation while paused
	misses   bool             // what a fault forces on it changed while paused
	joins    int32            // was told to join while paused: 1 + the number of the fault
	speaks   registry.Version // what the next process speaks of the protocol
	poison   poison           // what becomes of the coordinates that it sends
	m        corenode.Node
	fate     fate // what faults want of it
}

// Options are what a caller may choose about a run beside the scenario.
type Options struct {
	Sinks      []trace.Sink
	Sampler    Sampler       // nil: no samples
	Witness    Witness       // nil: nobody is told whom faults hit
	Checkpoint core.Duration // time between checkpoints; 0: 10 s
	Small      bool          // time stands after a tenth of the events at one instant that may be otherwise: a search need not wait for ten million
}

// Sampler is called at every sample instant, after everything else that happens then.
type Sampler interface {
	Sample(now core.Instant)
}

// Witness is told whom each episode of a fault hits: one list of nodes, or one for each side of a cut or of links, nil
// being everybody. It is told after the record of the start, and changes nothing.
type Witness interface {
	Hit(fault int, sides [][]core.NodeID)
}

// World is a run in progress.
type World struct {
	sc     *scenarios.Scenario
	opt    Options
	kernel *kernel.Kernel
	net    *network.Network
	nodes  []node
	slab   slab
	fx     core.Effects
	codec  wire.Codec
	doors  doors
	wire   bool // network.codec = "wire"
	buf    []byte

	rec        trace.Record
	step       uint64 // counts events of the kernel: Step of the records
	digest     trace.Digest
	jobSinks   []trace.JobSink // of the sinks, those that want to hear of jobs
	jobRec     trace.JobRecord
	routeSinks []routeSink // of the sinks, those that want decisions of gates whole
	books      books

	disturbances
	labour
	work                []working
	workOrder           []int // the workloads by name
	samples             uint64
	sampleDue, checkDue core.Instant
	models              [core.NumRoles]host.Model
	groups              []*corenode.Group // by id
	sites               []federated.Site  // the datacenters that gates probe
	clusters            []*cluster        // by node; nil: it votes nowhere
	end                 core.Instant
	failed              error
	holds               int // how often the kernel looked up at this instant
	touched             byte
}

// Digest returns the hash of all protocol-visible events so far.
func (w *World) Digest() uint64 { return w.digest.Sum() }

// Events returns how many events have been handled.
func (w *World) Events() uint64 { return w.kernel.Handled() }

// Now returns virtual time.
func (w *World) Now() core.Instant { return w.kernel.Now() }

// Nodes returns how many nodes there are, running or not.
func (w *World) Nodes() int { return len(w.nodes) }

// Up reports whether the process of id runs.
func (w *World) Up(id core.NodeID) bool { return w.nodes[id].host.Up() }

// Machine returns the membership machine of id, to be read only. It is meaningful while Up.
func (w *World) Machine(id core.NodeID) *swim.Machine { return &w.nodes[id].m.Swim }

// Network returns the simulated network, to be read only.
func (w *World) Network() *network.Network { return w.net }

// State implements metrics.Viewer.
func (w *World) State(observer, subject core.NodeID) core.MemberState {
	return w.nodes[observer].m.Swim.State(subject)
}

// Coord implements metrics.Probe.
func (w *World) Coord(id core.NodeID, c *core.Coord) bool { return w.nodes[id].m.Swim.Coordinate(c) }

// JobTables implements metrics.Probe.
func (w *World) JobTables(id core.NodeID, each func(table string, entries int)) {
	if w.Up(id) {
		w.nodes[id].m.Tables(each)
	}
}

// QueueLen implements metrics.Probe.
func (w *World) QueueLen(id core.NodeID) int { return w.nodes[id].m.Swim.QueueLen() }

// MemoryBytes implements metrics.Probe: what all running machines hold.
func (w *World) MemoryBytes() int64 {
	sum := int64(0)
	for i := range w.nodes {
		if n := &w.nodes[i]; n.host.Up() {
			sum += int64(n.m.Swim.MemoryBytes())
		}
	}
	return sum
}

// local is the time on id's own clock.
func (n *node) local(now core.Instant) core.Instant { return n.host.Clock().Local(now) }
