package check

import (
	"math"
	"math/bits"

	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	V1 = rule("I-V1", "every coordinate field is finite and within its bounds", "spec 10 §13")
	V2 = rule("I-V2", "the local coordinate moves only on an own RTT sample", "spec 10 §13")
	V4 = rule("I-V4", "no more samples are counted than answers came", "spec 10 §13")
)

// coordBytesMax is the largest coordinate block (§3.1, I-M17).
const coordBytesMax = 80

// coordinate checks the block of a message of n. A block that was seen before was checked then.
func (c *Checker) coordinate(r *trace.Record, n *hot) {
	v := &r.Msg.Coord
	sum := uint64(math.Float32bits(v.Height))<<32 | uint64(math.Float32bits(v.Adjustment))
	sum ^= bits.RotateLeft64(uint64(math.Float32bits(v.Error))<<32|uint64(math.Float32bits(v.ErrorMS)), 17)
	sum ^= uint64(v.Samples)<<24 ^ uint64(v.Dims)<<48
	for _, x := range v.Vec[:min(v.Dims, core.MaxDims)] {
		sum = bits.RotateLeft64(sum, 7) ^ uint64(math.Float32bits(x))
	}
	if n.hasCoord && sum == n.coordSum {
		return
	}
	c.newCoordinate(r, n)
	n.coordSum, n.hasCoord = sum, true
}

// newCoordinate checks a coordinate that n has not sent before. One step may send two: an ACK's claims are
// answered before its sample counts.
func (c *Checker) newCoordinate(r *trace.Record, n *hot) {
	v, l := &r.Msg.Coord, &c.ctx.Limits
	if n.hasCoord && n.moves == 0 && c.fails(V2) {
		c.detail(V2, r.At, []core.NodeID{r.Node}, "the coordinate of %s moved although no ACK came", c.name(r.Node))
	}
	if n.moves > 0 {
		n.moves--
	}
	if uint32(v.Samples) > n.acks && c.fails(V4) {
		c.detail(V4, r.At, []core.NodeID{r.Node}, "%s counts %d samples after %d ACKs", c.name(r.Node), v.Samples, n.acks)
	}
	if size := 5 + 4*(int(v.Dims)+4); size > coordBytesMax && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{r.Node}, "coordinate block of %d bytes", size)
	}
	most := float32(l.CoordMax) // comparisons are false for NaN
	ok := v.Height >= float32(l.HeightMin) && v.Height <= most &&
		v.Error >= float32(l.ErrorMin) && v.Error <= float32(l.ErrorMax) &&
		v.ErrorMS >= 0 && v.ErrorMS <= math.MaxFloat32 && -most <= v.Adjustment && v.Adjustment <= most
	for _, x := range v.Vec[:min(v.Dims, core.MaxDims)] {
		ok = ok && -most <= x && x <= most
	}
	if !ok && c.fails(V1) {
		c.detail(V1, r.At, []core.NodeID{r.Node}, "coordinate of %s: %v", c.name(r.Node), *v)
	}
}
