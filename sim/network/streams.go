package network

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// streams is the state of all reliable streams: per directed pair in use one half, what its sender knows.
type streams struct {
	cfg   StreamConfig
	epoch []uint32 // by NodeID: how often it was reset
	host  []Host   // by NodeID
	draws []streamDraws

	index map[uint64]int32 // directed pair → place in slab; for lookup only
	slab  []*half          // pointers stay valid while the slab grows
	free  []int32
	sweep int // clean up when so many pairs are in use
}

// half is one direction of a stream.
type half struct {
	pair             uint64
	epochFrom, epoch uint32 // lives of sender and receiver that it belongs to

	open        bool
	ready       core.Instant // handshake done
	accepted    core.Instant // first arrival: from then on the receiver can answer on it
	lastUse     core.Instant
	lastArrival core.Instant // nothing arrives before it: order

	// The line of those who wait: the first of it is being tried. It may outlive the half of a pair, where an end is reset
	// before the first is tried again.
	head, next uint32 // tickets: first of the line, next to give
	line       []slot // by ticket from head on, which stands at line[front]
	front      int
	waiting    int  // slots from front on that are not left
	former     bool // another half has its pair
}

// slot is a request in a line.
type slot struct {
	since  core.Instant // when it left its host, or will: what is sent while a host serves leaves when the service ends
	handle uint32
	left   bool
}

const sweepLeast = 1024

func (t *streams) init(cfg StreamConfig, seed uint64, keys []uint64) {
	nodes := len(keys)
	t.cfg = cfg
	t.epoch = make([]uint32, nodes)
	t.host = make([]Host, nodes)
	t.draws = make([]streamDraws, nodes)
	t.index = make(map[uint64]int32)
	t.sweep = sweepLeast
	for i, key := range keys {
		t.draws[i] = streamDraws{
			jitter: rng.New(seed, "network.stream.jitter", key),
			loss:   rng.New(seed, "network.stream.loss", key),
		}
	}
}

// ResetNode ends the streams of a node that crashed or restarted, in both directions: requests that were
// waiting fail with ReasonReset, later ones open new streams. What already has an arrival time is
// under way and not taken back. O(1).
func (n *Network) ResetNode(id core.NodeID) { n.streams.epoch[id]++ }

// SetHost says how streams to a node fare from now on: a driver sets HostSilent or HostRefuses while its
// process is down. Datagrams are not affected; what becomes of those is for the receiver's host to say.
func (n *Network) SetHost(id core.NodeID, h Host) { n.streams.host[id] = h }

// half returns the place of the half of a directed pair, a new one if there is none of these two lives.
func (t *streams) half(from, to core.NodeID, now core.Instant) int32 {
	pair := pairOf(from, to)
	i, ok := t.index[pair]
	if ok && t.alive(t.slab[i], from, to) {
		return i
	}
	if ok && t.slab[i].waiting > 0 { // they are still to find out
		t.slab[i].former = true
		ok = false
	}
	if !ok {
		i = t.insert(pair, now)
	}
	h := t.slab[i]
	*h = half{pair: pair, epochFrom: t.epoch[from], epoch: t.epoch[to], accepted: core.Never, line: h.line[:0]}
	return i
}

// join puts a request at the end of the line of its pair.
func (t *streams) join(now core.Instant, from, to core.NodeID, st *StreamTry) {
	i := t.half(from, to, now)
	h := t.slab[i]
	*st = StreamTry{Handle: st.Handle, ticket: h.next, place: i, epochFrom: h.epochFrom, epoch: h.epoch, started: true}
	h.next++
	h.line = append(h.line, slot{since: now, handle: st.Handle})
	h.waiting++
}

// turn says who is first in the line at place now, after the one before is not any more.
func (t *streams) turn(now core.Instant, h *half, place int32, out *StreamFate) {
	if h.waiting > 0 {
		s := &h.line[h.front]
		out.Turn, out.Next, out.NextAt = true, s.handle, max(now, s.since+1)
		return
	}
	if h.former {
		h.former = false
		t.free = append(t.free, place)
	}
}

func pairOf(from, to core.NodeID) uint64 { return uint64(from)<<32 | uint64(to) }

func (t *streams) alive(h *half, from, to core.NodeID) bool {
	return h.epochFrom == t.epoch[from] && h.epoch == t.epoch[to]
}

// isOpen reports whether the first of the line may send data: over its own stream, or over the one that
// the peer opened and on which something has arrived.
func (t *streams) isOpen(h *half, p *packet, now core.Instant) bool {
	if h.open && now.Sub(h.lastUse) <= t.cfg.IdleClose {
		return true
	}
	h.open = false
	if i, ok := t.index[pairOf(p.to, p.from)]; ok {
		r := t.slab[i]
		if t.alive(r, p.to, p.from) && r.open && r.accepted <= now && now.Sub(r.lastUse) <= t.cfg.IdleClose {
			h.open, h.ready, h.accepted, h.lastUse = true, now, core.Never, now
		}
	}
	return h.open
}

// close ends the stream that h is one direction of. Simplification: the peer knows at once.
func (t *streams) close(h *half) {
	h.open = false
	if i, ok := t.index[h.pair<<32|h.pair>>32]; ok {
		t.slab[i].open = false
	}
}

// backoff is the retransmission timeout after so many losses in a row.
func (t *streams) backoff(lost uint8) core.Duration {
	if d := t.cfg.RTOMin << min(lost, 40); d>>min(lost, 40) == t.cfg.RTOMin && d < t.cfg.RTOMax {
		return d
	}
	return t.cfg.RTOMax
}

// behind is how many requests wait behind the first.
func (h *half) behind() int { return h.waiting - 1 }

// drop takes a request out of its line: the first of those behind it is first then, if it was. O(1) on average.
func (h *half) drop(st *StreamTry) {
	if st.out {
		return
	}
	st.out = true
	h.line[h.front+int(st.ticket-h.head)].left = true
	h.waiting--
	for h.front < len(h.line) && h.line[h.front].left {
		h.front++
		h.head++
	}
	if 2*h.front >= len(h.line) {
		h.line = h.line[:copy(h.line, h.line[h.front:])]
		h.front = 0
	}
}

// insert gives a new pair a place, after a clean-up if the table has doubled since the last one.
func (t *streams) insert(pair uint64, now core.Instant) int32 {
	if len(t.index) >= t.sweep {
		t.cleanUp(now)
		t.sweep = max(2*len(t.index), sweepLeast)
	}
	if k := len(t.free); k > 0 {
		i := t.free[k-1]
		t.free = t.free[:k-1]
		t.index[pair] = i
		return i
	}
	i := int32(len(t.slab))
	t.slab = append(t.slab, new(half))
	t.index[pair] = i
	return i
}

// cleanUp forgets halves that a lookup would replace or find closed with nothing waiting or under way,
// so that it changes no fate.
func (t *streams) cleanUp(now core.Instant) {
	for i, h := range t.slab {
		from, to := core.NodeID(h.pair>>32), core.NodeID(h.pair)
		j, ok := t.index[h.pair]
		if !ok || int(j) != i {
			continue // already free
		}
		if h.waiting > 0 {
			continue
		}
		idle := h.lastArrival <= now && (!h.open || now.Sub(h.lastUse) > t.cfg.IdleClose)
		if idle || !t.alive(h, from, to) {
			delete(t.index, h.pair)
			t.free = append(t.free, int32(i))
		}
	}
}
