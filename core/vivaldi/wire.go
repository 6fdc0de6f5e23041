package vivaldi

import (
	"math"

	"hypersim/core"
)

// Coord stores the local coordinate in dst as it travels, rounded to float32. With coordinates switched
// off dst.Dims is 0. It is kept ready: one copy of 68 bytes.
func (n *Node) Coord(dst *core.Coord) { *dst = n.wire }

// refreshWire rounds the local coordinate for the wire and reports whether peers take it as it is there: every field finite, none
// of those in seconds beyond what Heard allows. A float64 too large for float32 counts as not finite.
func (n *Node) refreshWire() (sound bool) {
	w, s := &n.wire, &n.self
	if !n.cfg.Enabled {
		return true
	}
	w.Height, w.Adjustment = float32(s.height), float32(s.adj)
	w.Error, w.ErrorMS = float32(s.err), float32(s.errMS)
	w.Samples = uint16(min(s.samples, math.MaxUint16))
	w.Dims = uint8(len(s.vec))
	most := math.Float32bits(float32(n.rttMax))
	bad := beyond(w.Height, most) | beyond(w.Adjustment, most) | notFinite(w.Error) | notFinite(w.ErrorMS)
	out := w.Vec[:len(s.vec)]
	for i, x := range s.vec {
		v := float32(x)
		out[i] = v
		bad |= beyond(v, most)
	}
	return bad>>31 == 0
}

// beyond sets the top bit where v is further from 0 than most says, which are the bits of a limit. The bits of positive numbers
// are ordered as they are, with the infinities and NaN behind them.
func beyond(v float32, most uint32) uint32 { return most - math.Float32bits(v)&^(1<<31) }

// notFinite sets the top bit for NaN and the infinities: their exponent is all ones, and one more
// overflows it. Integers, so that the test of a whole coordinate is no chain of float additions.
func notFinite(v float32) uint32 { return math.Float32bits(v)&^(1<<31) + 1<<23 }

// Heard takes c, which arrived from the peer of slot, as the peer's coordinate, and reports whether it
// was accepted (§11.3). An absent coordinate (Dims 0, nil) and slot 0 are ignored; a rejected one is
// counted and leaves the stored one as it is. The local coordinate never moves here.
func (n *Node) Heard(slot uint16, now core.Instant, c *core.Coord) bool {
	if slot == 0 || c == nil || c.Dims == 0 {
		return false
	}
	if int(c.Dims) != len(n.self.vec) {
		n.counters.RejectedDims++
		return false
	}
	r := n.record(slot)
	body := r[wordCoord:]
	limit := float32(n.rttMax)
	ok := true
	dims := int(c.Dims)
	for _, v := range c.Vec[:dims] {
		ok = ok && v >= -limit && v <= limit // false for NaN
	}
	ok = ok && c.Height >= 0 && c.Height <= limit && c.Adjustment >= -limit && c.Adjustment <= limit &&
		c.Error >= 0 && c.Error <= math.MaxFloat32 && c.ErrorMS >= 0 && c.ErrorMS <= math.MaxFloat32
	if !ok {
		n.countRejected(c)
		return false
	}
	for i, v := range c.Vec[:dims] {
		body[i] = math.Float32bits(v)
	}
	tail := body[dims : dims+coordExtra]
	tail[0], tail[1] = math.Float32bits(c.Height), math.Float32bits(c.Adjustment)
	tail[2], tail[3] = math.Float32bits(c.Error), math.Float32bits(c.ErrorMS)
	r[wordHeard] = tick(now)
	r[wordMeta] = r[wordMeta]&(1<<samplesShift-1) | metaHasCoord | min(uint32(c.Samples), samplesMax)<<samplesShift
	return true
}

// countRejected counts c under the first reason of the order non-finite, negative, range.
func (n *Node) countRejected(c *core.Coord) {
	finite := func(v float32) bool { return v-v == 0 }
	all := finite(c.Height) && finite(c.Adjustment) && finite(c.Error) && finite(c.ErrorMS)
	for _, v := range c.Vec[:c.Dims] {
		all = all && finite(v)
	}
	switch {
	case !all:
		n.counters.RejectedNonFinite++
	case c.Height < 0 || c.Error < 0 || c.ErrorMS < 0:
		n.counters.RejectedNegative++
	default:
		n.counters.RejectedRange++
	}
}

// PeerCoord stores the coordinate of slot's peer in dst and returns its age since receipt; ok is false
// when there is none.
func (n *Node) PeerCoord(slot uint16, now core.Instant, dst *core.Coord) (age core.Duration, ok bool) {
	if slot == 0 {
		return 0, false
	}
	r := n.record(slot)
	if r[wordMeta]&metaHasCoord == 0 {
		return 0, false
	}
	dims := len(n.self.vec)
	*dst = core.Coord{Dims: uint8(dims), Samples: uint16(samplesOf(r))}
	for i := range dims {
		dst.Vec[i] = math.Float32frombits(r[wordCoord+i])
	}
	tail := r[wordCoord+dims : wordCoord+dims+coordExtra]
	dst.Height, dst.Adjustment = math.Float32frombits(tail[0]), math.Float32frombits(tail[1])
	dst.Error, dst.ErrorMS = math.Float32frombits(tail[2]), math.Float32frombits(tail[3])
	return core.Duration(sinceTick(now, r[wordHeard])) << tickShift, true
}

// loadPoint widens the coordinate of record r, which has one.
func (n *Node) loadPoint(r []uint32, p *point) {
	dims := len(n.self.vec)
	body := r[wordCoord : wordCoord+dims+coordExtra]
	to := p.vec[:dims]
	for i, b := range body[:dims] {
		to[i] = float64(math.Float32frombits(b))
	}
	p.height = float64(math.Float32frombits(body[dims]))
	p.adj = float64(math.Float32frombits(body[dims+1]))
	p.err = float64(math.Float32frombits(body[dims+2]))
}
