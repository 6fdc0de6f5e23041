package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// What a datagram may say about loads and workers at most (§4.6, §6).
const (
	healthMost  = 5
	entriesMost = 600 // bytes of either block

	instanceBytes = 4 // of a worker's owner
)

// extraFits takes a datagram with health or worker entries (I-M17). Keys are IPv4.
func (c *Checker) extraFits(r *trace.Record) {
	m := r.Msg
	if n := len(m.Extra.Health); n > healthMost && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{m.From, m.To}, "%v with %d health entries, at most %d are allowed", m.Kind, n, healthMost)
	}
	size := updatesHeader
	for i := range m.Extra.Health {
		h := &m.Extra.Health[i]
		size += 1 + varint(h.Version) + updateKey + varint(h.Capacity) + 8
	}
	if size > entriesMost && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{m.From, m.To}, "%v has a health block of %d bytes, at most %d are allowed", m.Kind, size, entriesMost)
	}
	size = updatesHeader
	for i := range m.Extra.Workers {
		e := &m.Extra.Workers[i]
		size += 1 + varint(e.Incarnation) + 2*updateKey + instanceBytes + varint(uint32(e.Cores)) + varint(uint32(e.Available))
	}
	if size > entriesMost && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{m.From, m.To}, "%v has a worker block of %d bytes, at most %d are allowed", m.Kind, size, entriesMost)
	}
}

func varint(v uint32) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}
