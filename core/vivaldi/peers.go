package vivaldi

import "hypersim/core"

// Cached peers live in chunks of fixed records, made of 32-bit words: at 8 dimensions and a filter of 3,
// 21 words = 84 bytes, and 32 of them fill an allocation class of 2,688 bytes exactly. Growth adds a
// chunk and copies nothing. Slot s is record s−1; slot 0 is none.
//
//	0            peer id
//	1            neighbours in the order of hearing: 16 bits toward the most recent, 16 toward the oldest
//	2            16 bits sample_count of the coordinate, then filter length, then flags
//	3            receipt of the coordinate, units of 2^20 ns
//	4 …          vec, height, adjustment, error, error_ms as float32 bits
//	4+dims+4     time of the newest filter sample, units of 2^20 ns
//	then         filter samples, newest first, units of 4 ns
//	then         how much older than the newest each further sample is, 16 bits, units of 2^26 ns
const (
	chunkLen = 32

	wordID     = 0
	wordLinks  = 1
	wordMeta   = 2
	wordHeard  = 3
	wordCoord  = 4
	coordExtra = 4 // height, adjustment, error, error_ms

	metaLenShift  = 16
	metaLenMask   = 7 << metaLenShift
	metaHasCoord  = 1 << 19
	metaInUse     = 1 << 20
	metaSamples   = 1<<16 - 1
	tickShift     = 20 // 1.05 ms: a 32-bit time spans 52 days
	ageShift      = 26 // 67 ms: a 16-bit age spans 73 min
	tickPerAgeLog = ageShift - tickShift
)

// tick is an instant in units of 2^20 ns, modulo 2^32.
func tick(now core.Instant) uint32 { return uint32(now >> tickShift) }

// sinceTick returns the ticks from then to now; a clock that was set back gives 0.
func sinceTick(now core.Instant, then uint32) uint32 {
	if d := tick(now) - then; int32(d) > 0 {
		return d
	}
	return 0
}

// recordWords returns the length of one record.
func recordWords(dims, filter int) int { return wordCoord + dims + coordExtra + 1 + filter + filter/2 }

// record returns the words of slot.
func (n *Node) record(slot uint16) []uint32 {
	i := int(slot-1) & 0xffff
	at := (i % chunkLen) * int(n.stride)
	return n.chunks[i/chunkLen][at : at+int(n.stride)]
}

// Slot returns the slot of peer and marks the peer as heard. slot is what the caller keeps for the peer,
// 0 for none: then a slot is taken, and when all `peers` are in use that of the least recently heard
// peer, which is returned as evicted and whose handle the caller must clear; evicted is core.NoNode
// otherwise. Without coordinates (enabled = false) the slot is 0, on which every method does nothing.
// O(1); it allocates only to grow.
func (n *Node) Slot(_ core.Instant, slot uint16, peer core.NodeID) (newSlot uint16, evicted core.NodeID) {
	if slot != 0 {
		if r := n.record(slot); r[wordID] != uint32(peer) || r[wordMeta]&metaInUse == 0 {
			panicSlot(slot, peer, r)
		}
		if slot != n.head {
			n.unlink(slot)
			n.linkFront(slot)
		}
		return slot, core.NoNode
	}
	if !n.cfg.Enabled {
		return 0, core.NoNode
	}
	evicted = core.NoNode
	switch {
	case n.free != 0:
		slot = n.free
		n.free = uint16(n.record(slot)[wordLinks])
	case int(n.used) < n.cfg.Peers:
		slot = n.grow()
	default:
		slot = n.tail
		evicted = core.NodeID(n.record(slot)[wordID])
		n.unlink(slot)
		n.count--
		n.counters.Evicted++
	}
	r := n.record(slot)
	r[wordID], r[wordMeta] = uint32(peer), metaInUse
	n.linkFront(slot)
	n.count++
	return slot, evicted
}

// Forget empties slot, for a peer that is DEAD, LEFT or removed (§11.6). Slot 0 is ignored.
func (n *Node) Forget(slot uint16) {
	if slot == 0 {
		return
	}
	r := n.record(slot)
	if r[wordMeta]&metaInUse == 0 {
		return
	}
	n.unlink(slot)
	r[wordMeta] = 0
	r[wordLinks] = uint32(n.free)
	n.free = slot
	n.count--
}

// Sweep is cleanup_stale_peers with max_age = coord_ttl (§11.6): it drops coordinates and samples that
// are older, forgets each peer of whom nothing is left after telling forget, whose handle the caller must
// clear, and returns the number of those. forget may be nil; it must not call n. In order of slots.
func (n *Node) Sweep(now core.Instant, forget func(peer core.NodeID)) int {
	gone := 0
	for slot := uint16(1); slot <= n.used && slot != 0; slot++ {
		r := n.record(slot)
		if r[wordMeta]&metaInUse == 0 {
			continue
		}
		if r[wordMeta]&metaHasCoord != 0 && sinceTick(now, r[wordHeard]) > n.ttl {
			r[wordMeta] &^= metaHasCoord
		}
		n.setFilterLen(r, n.freshSamples(r, now))
		if r[wordMeta]&(metaHasCoord|metaLenMask) != 0 {
			continue
		}
		peer := core.NodeID(r[wordID])
		n.Forget(slot)
		gone++
		if forget != nil {
			forget(peer)
		}
	}
	return gone
}

// grow returns the next slot that was never used.
func (n *Node) grow() uint16 {
	if int(n.used) == len(n.chunks)*chunkLen {
		records := min(chunkLen, n.cfg.Peers-int(n.used))
		n.chunks = append(n.chunks, make([]uint32, records*int(n.stride)))
	}
	n.used++
	return n.used
}

// unlink takes slot out of the order of hearing.
func (n *Node) unlink(slot uint16) {
	links := n.record(slot)[wordLinks]
	newer, older := uint16(links), uint16(links>>16)
	if newer == 0 {
		n.head = older
	} else {
		r := n.record(newer)
		r[wordLinks] = r[wordLinks]&0xffff | uint32(older)<<16
	}
	if older == 0 {
		n.tail = newer
	} else {
		r := n.record(older)
		r[wordLinks] = r[wordLinks]&^0xffff | uint32(newer)
	}
}

// linkFront makes slot the most recently heard.
func (n *Node) linkFront(slot uint16) {
	n.record(slot)[wordLinks] = uint32(n.head) << 16
	if n.head == 0 {
		n.tail = slot
	} else {
		r := n.record(n.head)
		r[wordLinks] = r[wordLinks]&^0xffff | uint32(slot)
	}
	n.head = slot
}
