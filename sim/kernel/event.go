package kernel

import (
	"fmt"

	"hypersim/core"
)

// Kind is the first thing that orders events of one instant: timers before messages before faults before
// samples (spec 50 §1). A sample thus sees everything else that happens at its instant.
type Kind uint8

// The kinds of event, in the order in which they are handled at one instant.
const (
	KindTimer Kind = iota
	KindMessage
	KindFault
	KindSample
	numKinds
)

var kindNames = [numKinds]string{"timer", "message", "fault", "sample"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// The fields of a key, from the most significant: kind, origin, sequence.
const (
	seqBits    = 39 // 550 billion events of one origin
	originBits = 22
	kindBits   = 3 // eight kinds, of which four are used

	originShift = seqBits
	kindShift   = seqBits + originBits
)

// The fields fill a key, and kinds fit in theirs: neither compiles if they do not.
var (
	_ [64 - seqBits - originBits - kindBits]struct{}
	_ [1<<kindBits - numKinds]struct{}
)

// MaxOrigin is the largest origin that a key holds, about 4.2 million; what has no node of its own
// (a fault, a sample) may use it.
const MaxOrigin core.NodeID = 1<<originBits - 1

// Event is something that happens at an instant of virtual time. It is held and passed by value, 24 bytes.
type Event struct {
	// At is when it happens, ≥ 0.
	At core.Instant
	// Key orders events of one instant; see MakeKey. No two pending events may share At and Key.
	Key uint64
	// Node is whom it happens to, Arg whatever the handler wants to find with it, for example the
	// message's place in a slab. Neither takes part in the order.
	Node core.NodeID
	Arg  uint32
}

// MakeKey packs what orders events of one instant: the kind, then the origin (the node that caused the
// event), then the origin's own sequence number. It panics if there is no such kind, origin ≥ 2^22 or seq ≥ 2^39: a wrapped
// field would silently reorder the run.
func MakeKey(k Kind, origin core.NodeID, seq uint64) uint64 {
	if k >= numKinds || origin > MaxOrigin || seq >= 1<<seqBits {
		badKey(k, origin, seq)
	}
	return uint64(k)<<kindShift | uint64(origin)<<originShift | seq
}

func badKey(k Kind, origin core.NodeID, seq uint64) {
	panic(fmt.Sprintf("kernel: event key out of range: %v, origin %d (max %d), sequence %d (max %d)",
		k, origin, MaxOrigin, seq, uint64(1<<seqBits-1)))
}

// Kind returns the kind packed in e.Key.
func (e Event) Kind() Kind { return Kind(e.Key >> kindShift) }

// Origin returns the node that caused e, as packed in e.Key.
func (e Event) Origin() core.NodeID { return core.NodeID(e.Key>>originShift) & MaxOrigin }

// Seq returns the origin's sequence number packed in e.Key.
func (e Event) Seq() uint64 { return e.Key & (1<<seqBits - 1) }

func (e Event) String() string {
	return fmt.Sprintf("%v %v %d/%d for node %d arg %d", e.At, e.Kind(), e.Origin(), e.Seq(), e.Node, e.Arg)
}

// before is the total order of spec 50 §1.
func (e *Event) before(f *Event) bool {
	return e.At < f.At || e.At == f.At && e.Key < f.Key
}

// compare is before as a three-way comparison, for the standard library's sort.
func compare(e, f Event) int {
	switch {
	case e.before(&f):
		return -1
	case f.before(&e):
		return 1
	}
	return 0
}
