package vivaldi

import (
	"fmt"

	"hypersim/core"
	"hypersim/core/rng"
)

// Node is the engine of one node: its own coordinate, and what it knows of at most `peers` others. It is
// not safe for concurrent use. Make it with New, or in place with Init; do not copy one in use.
type Node struct {
	cfg    *Config
	stream rng.Stream
	self   local
	chunks [][]uint32 // peer records, see peers.go
	links  []link     // of the slots that chunks hold

	// Derived from cfg once, because they are needed at every sample.
	heightMin float64 // s, 0 under hyperscale
	rho       float64 // s, 0 without gravity
	rttMax    float64 // s, rtt_sample_max
	ttl       uint32  // coord_ttl in ticks, rounded up

	head, tail, free uint16 // most and least recently heard slot; first of the freed ones, chained by links
	used, count      uint16 // slots ever used; peers now
	stride           uint16 // words per record
	engine           engine

	updated  core.Instant // of the local coordinate
	wire     core.Coord   // the local coordinate as sent
	counters Counters
}

// Counters only grow (spec 10 §12). A rejected sample or coordinate changed nothing else.
type Counters struct {
	Updates uint64 // vivaldi_coordinate_updates: samples that moved the local coordinate
	Resets  uint64 // back to the initial coordinate because peers would have refused it (§11.4 step 8, ADR 0051)
	Evicted uint64 // peers that gave their slot to another

	RejectedRTT       uint64 // negative or above rtt_sample_max
	RejectedDims      uint64 // another number of dimensions
	RejectedNonFinite uint64 // NaN or infinite field
	RejectedNegative  uint64 // height or error below 0
	RejectedRange     uint64 // height, component or adjustment beyond rtt_sample_max
}

// Rejected returns the number of all rejected samples and coordinates.
func (c *Counters) Rejected() uint64 {
	return c.RejectedRTT + c.RejectedDims + c.RejectedNonFinite + c.RejectedNegative + c.RejectedRange
}

// Init makes n a fresh node at the origin. cfg is valid, shared, and outlives the node; stream is the node's own, for
// directions of coincident positions.
func (n *Node) Init(cfg *Config, stream rng.Stream) {
	e, ok := parseEngine(cfg.Engine)
	if !ok {
		panic(fmt.Sprintf("vivaldi: engine %q; was the configuration validated?", cfg.Engine))
	}
	slab := make([]float64, cfg.Dimensions+cfg.AdjustmentWindow)
	*n = Node{
		cfg: cfg, stream: stream, engine: e,
		self:      local{vec: slab[:cfg.Dimensions:cfg.Dimensions], window: slab[cfg.Dimensions:]},
		heightMin: seconds(cfg.HeightMin),
		rho:       seconds(cfg.GravityRho),
		rttMax:    seconds(cfg.RTTSampleMax),
		ttl:       uint32((cfg.CoordTTL + 1<<tickShift - 1) >> tickShift),
		stride:    uint16(recordWords(cfg.Dimensions, cfg.LatencyFilter)),
	}
	if e == engineHyperscale {
		n.heightMin = 0
	}
	n.toInitial()
	n.refreshWire()
}

// Restart is what a restart of the process leaves of n: nothing of the peers, and the own coordinate
// only with kept state (§11.6). Counters and stream go on.
func (n *Node) Restart(keepState bool) {
	n.chunks, n.links = nil, nil
	n.head, n.tail, n.free, n.used, n.count = 0, 0, 0, 0, 0
	if !keepState {
		n.toInitial()
		n.updated = 0
		n.refreshWire()
	}
}

// toInitial is the coordinate of a fresh node.
func (n *Node) toInitial() {
	s := &n.self
	clear(s.vec)
	clear(s.window)
	s.next, s.samples = 0, 0
	s.height, s.adj = n.heightMin, 0
	s.err, s.errMS = n.cfg.ErrorInitial, milliseconds(n.cfg.ErrorMSInitial)
	if n.engine == engineHyperscale {
		s.err, s.errMS = seconds(n.cfg.HyperErrorInitial), milliseconds(n.cfg.HyperErrorInitial)
	}
}

// IsConverged reports error ≤ convergence_error with at least convergence_samples samples (§11.6).
func (n *Node) IsConverged() bool {
	return n.self.err <= n.cfg.ConvergenceError && int(n.self.samples) >= n.cfg.ConvergenceSamples
}

// Error returns the local error estimate: relative, or seconds under hyperscale.
func (n *Node) Error() float64 { return n.self.err }

// ErrorMS returns the local absolute error in ms.
func (n *Node) ErrorMS() float64 { return n.self.errMS }

// Samples returns how many samples have been accepted since the last reset.
func (n *Node) Samples() uint32 { return n.self.samples }

// Updated returns when the local coordinate last moved, 0 before the first time.
func (n *Node) Updated() core.Instant { return n.updated }

// Counters returns a copy of the counters.
func (n *Node) Counters() Counters { return n.counters }

// PeerCount returns the number of cached peers.
func (n *Node) PeerCount() int { return int(n.count) }

// seconds converts a length of time, correctly rounded.
func seconds(d core.Duration) float64 { return float64(d) / 1e9 }

// milliseconds converts a length of time, correctly rounded.
func milliseconds(d core.Duration) float64 { return float64(d) / 1e6 }

func panicSlot(slot uint16, peer core.NodeID, r []uint32) {
	panic(fmt.Sprintf("vivaldi: slot %d is not peer %d's (it has id %d, in use %v); was its handle cleared?",
		slot, peer, peerOf(r), r[wordMeta]&metaInUse != 0))
}

// Config returns what n was made with; read only.
func (n *Node) Config() *Config { return n.cfg }
