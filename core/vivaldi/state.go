package vivaldi

import (
	"fmt"
	"math"

	"hypersim/core"
)

// Validate returns what is wrong with the state, in words; nothing when it is sound. It is the
// coordinate part of ValidateState (spec 10 §12, I-V1) and checks the bookkeeping of peers too. A
// coordinate that has not converged is not wrong: see IsConverged. O(peers).
func (n *Node) Validate(now core.Instant) []string {
	var bad []string
	report := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	s := &n.self
	finite := func(v float64) bool { return v-v == 0 }
	within := func(v float64) bool { return float32(math.Abs(v)) <= float32(n.rttMax) } // as peers read it; false for NaN
	for i, x := range s.vec {
		if !within(x) {
			report("coordinate: component %d is %v s, must be within ±%v s", i, x, n.rttMax)
		}
	}
	if !within(s.height) || s.height < n.heightMin {
		report("coordinate: height is %v s, must be %v to %v s", s.height, n.heightMin, n.rttMax)
	}
	if !within(s.adj) {
		report("coordinate: adjustment is %v s, must be within ±%v s", s.adj, n.rttMax)
	}
	lo, hi := n.cfg.ErrorMin, n.cfg.ErrorMax
	if n.engine == engineHyperscale {
		lo, hi = seconds(n.cfg.HyperErrorMin), seconds(n.cfg.HyperErrorMax)
	}
	if !(s.err >= lo && s.err <= hi) {
		report("coordinate: error is %v, must be %v to %v", s.err, lo, hi)
	}
	if !finite(s.errMS) || s.errMS < 0 {
		report("coordinate: error_ms is %v, must not be negative", s.errMS)
	}
	if n.updated > now {
		report("coordinate: updated at %v, after %v", n.updated, now)
	}
	n.validatePeers(report)
	return bad
}

// Slots are a slab with two lists through it, by age and of the free: what must hold is that each slot is in one of them.

// validatePeers walks the order of hearing and the chain of freed slots: each slot in exactly one.
func (n *Node) validatePeers(report func(format string, args ...any)) {
	listed, newer := 0, uint16(0)
	for slot := n.head; slot != 0 && listed <= int(n.used); listed++ {
		r := n.record(slot)
		l := n.links[slot-1]
		if l.newer != newer || r[wordMeta]&metaInUse == 0 {
			report("peers: slot %d is linked wrongly or not in use", slot)
		}
		newer, slot = slot, l.older
	}
	freed := 0
	for slot := n.free; slot != 0 && freed <= int(n.used); freed++ {
		slot = n.links[slot-1].newer
	}
	if newer != n.tail || listed != int(n.count) || listed+freed != int(n.used) {
		report("peers: %d listed and %d freed of %d used slots, %d counted", listed, freed, n.used, n.count)
	}
}

// nodeBytes is the size of a Node on a 64-bit machine; a test compares it.
const nodeBytes = 360

// MemoryBytes returns the memory of n, its slabs included.
func (n *Node) MemoryBytes() int {
	bytes := nodeBytes + 8*(len(n.self.vec)+len(n.self.window)) + 24*cap(n.chunks) + 4*cap(n.links)
	for _, c := range n.chunks {
		bytes += 4 * cap(c)
	}
	return bytes
}
