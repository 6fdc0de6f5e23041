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
	if size = beatSize(m.Extra); size > entriesMost && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{m.From, m.To}, "%v has a heartbeat of %d bytes, at most %d are allowed", m.Kind, size, entriesMost)
	}
}

// beatSize returns the bytes of the block of a worker's heartbeat, 0 without one.
func beatSize(x *core.Extra) int {
	b := &x.Beat
	if b.Version == 0 {
		return 0
	}
	size := updatesHeader + 1 + 8 + varint(uint32(b.Cores)) + varint(uint32(b.CoresAvailable)) + varint(uint32(b.Queue)) + 16
	if b.Ask.Seq != 0 {
		size += varint(b.Ask.Seq) + 1 + varint(uint32(b.Ask.Workflows)) + 32
	}
	for i := range x.Shards {
		s := &x.Shards[i]
		size += 8 + 8 + varint(uint32(s.Attempt)) + varint(uint32(s.Index)) + 1 + 8
	}
	return size
}

func varint(v uint32) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}
