package vivaldi

import (
	"math"

	"hypersim/core"
)

// Cached peers live in chunks of fixed records, made of 32-bit words: at 8 dimensions and a filter of 3,
// 19 words = 76 bytes, and 128 of them fill an allocation class of 9,728 bytes exactly; links beside
// make it 80 bytes a peer. Growth adds a chunk and copies no record. Slot s is record s−1; slot 0 is none.
//
//	0            22 bits peer id, 3 filter length, 2 flags, 5 sample_count of the coordinate, saturating
//	1            receipt of the coordinate, units of 2^20 ns
//	2 …          vec, height, adjustment, error, error_ms as float32 bits
//	2+dims+4     time of the newest filter sample, units of 2^20 ns
//	then         filter samples, newest first, units of 4 ns
//	then         how much older than the newest each further sample is, 16 bits, units of 2^26 ns
const (
	chunkLen = 128

	wordMeta   = 0
	wordHeard  = 1
	wordCoord  = 2
	coordExtra = 4 // height, adjustment, error, error_ms

	metaID        = 1<<22 - 1
	metaLenShift  = 22
	metaLenMask   = 7 << metaLenShift
	metaHasCoord  = 1 << 25
	metaInUse     = 1 << 26
	samplesShift  = 27
	samplesMax    = 1<<5 - 1 // min_samples_for_routing cannot ask for more
	tickShift     = 20       // 1.05 ms: a 32-bit time spans 52 days
	ageShift      = 26       // 67 ms: a 16-bit age spans 73 min
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

// peerOf returns whose record r is.
func peerOf(r []uint32) core.NodeID { return core.NodeID(r[wordMeta] & metaID) }

// samplesOf returns the sample_count that came with the coordinate of r, at most samplesMax.
func samplesOf(r []uint32) uint32 { return r[wordMeta] >> samplesShift }

// recordWords returns the length of one record.
func recordWords(dims, filter int) int { return wordCoord + dims + coordExtra + 1 + filter + filter/2 }

// record returns the words of slot.
func (n *Node) record(slot uint16) []uint32 {
	i := int(slot-1) & 0xffff
	at := (i % chunkLen) * int(n.stride)
	return n.chunks[i/chunkLen][at : at+int(n.stride)]
}

// Slot returns the slot of peer, whose id is below 2^22, and marks the peer as heard. The caller keeps the slot and hands
// it in again; 0 stands for none, and then a slot is taken. Where all `peers` are in use it is that of the peer heard
// longest ago: that peer is returned as evicted (else core.NoNode), and the caller must forget its slot. Without
// coordinates (enabled = false) the slot is 0, on which every method does nothing. O(1); it allocates only to grow.
func (n *Node) Slot(_ core.Instant, slot uint16, peer core.NodeID) (newSlot uint16, evicted core.NodeID) {
	if slot != 0 {
		if r := n.record(slot); peerOf(r) != peer || r[wordMeta]&metaInUse == 0 {
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
		n.free = n.links[slot-1].newer
	case int(n.used) < n.cfg.Peers:
		slot = n.grow()
	default:
		slot = n.tail
		evicted = peerOf(n.record(slot))
		n.unlink(slot)
		n.count--
		n.counters.Evicted++
	}
	r := n.record(slot)
	r[wordMeta] = uint32(peer)&metaID | metaInUse
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
	n.links[slot-1] = link{newer: n.free}
	n.free = slot
	n.count--
}

// Sweep is cleanup_stale_peers with max_age = coord_ttl (§11.6): it forgets each peer whose coordinate and samples are
// all older, and returns how many. It tells forget first, so that the caller forgets the slot; forget may be nil, and
// must not call n.
//
// The walk begins with the peer heard longest ago and stops at the first that still has something: a sweep costs what
// it drops. Who was heard later has something fresher. The exception is a peer whose coordinates are all being rejected:
// it stays until those before it have gone.
func (n *Node) Sweep(now core.Instant, forget func(peer core.NodeID)) int {
	gone := 0
	for slot := n.tail; slot != 0; slot = n.tail {
		r := n.record(slot)
		hasCoord := r[wordMeta]&metaHasCoord != 0 && sinceTick(now, r[wordHeard]) <= n.ttl
		if hasCoord || n.freshSamples(r, now) > 0 {
			break
		}
		peer := peerOf(r)
		n.Forget(slot)
		gone++
		if forget != nil {
			forget(peer)
		}
	}
	return gone
}

// TouchSelf loads the local coordinate; see Touch.
func (n *Node) TouchSelf() byte {
	if len(n.self.vec) == 0 {
		return 0
	}
	x := math.Float64bits(n.self.vec[0]) ^ uint64(n.self.samples) ^ uint64(n.used) ^ uint64(n.wire.Samples)
	if w := n.self.window; n.self.next < len(w) {
		x ^= math.Float64bits(w[n.self.next])
	}
	return byte(x)
}

// Touch loads the memory that Slot, Heard and Sample of slot will need, for a driver that wants its
// misses to overlap. The result means nothing.
func (n *Node) Touch(slot uint16) byte {
	if slot == 0 || slot > n.used {
		return 0
	}
	r := n.record(slot)
	x := r[0] ^ r[len(r)-1]
	l := n.links[slot-1]
	if l.newer != 0 {
		x ^= uint32(n.links[l.newer-1].older)
	}
	if l.older != 0 {
		x ^= uint32(n.links[l.older-1].older)
	}
	return byte(x)
}

// grow returns the next slot that was never used.
func (n *Node) grow() uint16 {
	if int(n.used) == len(n.chunks)*chunkLen {
		records := min(chunkLen, n.cfg.Peers-int(n.used))
		n.chunks = append(n.chunks, make([]uint32, records*int(n.stride)))
		n.links = append(make([]link, 0, len(n.links)+records), n.links...)[:len(n.links)+records]
	}
	n.used++
	return n.used
}

// link is a slot's place in the order of hearing. Links stand apart from the records: moving one slot to
// the front touches four of them, which then share a few cache lines.
type link struct{ newer, older uint16 }

// unlink takes slot out of the order of hearing.
func (n *Node) unlink(slot uint16) {
	l := n.links[slot-1]
	if l.newer == 0 {
		n.head = l.older
	} else {
		n.links[l.newer-1].older = l.older
	}
	if l.older == 0 {
		n.tail = l.newer
	} else {
		n.links[l.older-1].newer = l.newer
	}
}

// linkFront makes slot the most recently heard.
func (n *Node) linkFront(slot uint16) {
	n.links[slot-1] = link{older: n.head}
	if n.head == 0 {
		n.tail = slot
	} else {
		n.links[n.head-1].newer = slot
	}
	n.head = slot
}

// Holds reports whether slot is peer's. Peers that another mechanism than membership talks to share the
// slots; either side may see one go to somebody else, and asks this before it uses a handle of its own.
func (n *Node) Holds(slot uint16, peer core.NodeID) bool {
	if slot == 0 || slot > n.used {
		return false
	}
	r := n.record(slot)
	return r[wordMeta]&metaInUse != 0 && peerOf(r) == peer
}
