package trace

import (
	"math"

	"hypersim/core"
)

// Digest is a rolling 64-bit hash of all protocol-visible events of a run, in order: every message sent,
// delivered and dropped with its contents, every fact, every start and stop of a process. Two runs with
// equal digests did the same. It is not cryptographic; it is meant to notice, not to resist.
type Digest struct {
	h uint64
	n uint64
}

// Sum returns the digest so far, Count how many records are in it.
func (d *Digest) Sum() uint64   { return d.h }
func (d *Digest) Count() uint64 { return d.n }

func (d *Digest) mix(x uint64) {
	// The multiply-xorshift step of MurmurHash3's finaliser (Appleby 2011), chained.
	x = (x ^ d.h) * 0xff51afd7ed558ccd
	d.h = x ^ x>>32
}

// Record implements Sink.
func (d *Digest) Record(r *Record) {
	switch r.Kind {
	case KindCheckpoint, KindEnd, KindNone:
		return // book-keeping of the observer, not of the protocol
	case KindSent, KindDelivered, KindDropped:
		d.message(r)
	case KindFact:
		d.fact(r)
	default:
		d.mix(uint64(r.At))
		d.mix(uint64(r.Kind)<<56 | uint64(r.Node)<<24 | uint64(r.Inst))
		d.mix(uint64(r.Inc)<<32 | uint64(uint32(r.Fault)))
		d.mix(math.Float64bits(r.X))
	}
	d.n++
}

func (d *Digest) message(r *Record) {
	m := r.Msg
	d.mix(uint64(r.At))
	d.mix(uint64(r.Kind)<<60 | uint64(m.Kind)<<54 | uint64(r.Reason)<<48 | uint64(m.From)<<24 ^ uint64(m.To))
	d.mix(uint64(m.Seq)<<32 | uint64(r.Size)<<16 ^ uint64(m.Incarnation))
	if r.Kind != KindSent {
		return // the contents were mixed in when it was sent
	}
	if m.Coord.Dims != 0 {
		c := &m.Coord
		d.mix(uint64(math.Float32bits(c.Vec[0]))<<32 | uint64(math.Float32bits(c.Vec[1])))
		d.mix(uint64(math.Float32bits(c.Height))<<32 | uint64(math.Float32bits(c.ErrorMS)))
	}
	d.mix(uint64(m.Target)<<32 | uint64(m.Required) ^ uint64(m.Digest))
	for i := range m.Updates {
		u := &m.Updates[i]
		d.mix(uint64(u.Subject)<<40 ^ uint64(u.Type)<<36 ^ uint64(u.From)<<32 ^ uint64(u.Incarnation))
	}
	for i := range m.Records {
		e := &m.Records[i]
		d.mix(uint64(e.Subject)<<40 ^ uint64(e.State)<<36 ^ uint64(e.Incarnation))
	}
	if m.Kind == core.KindSyncDigest {
		d.mix(m.Sum)
		d.mix(m.PartSum)
	}
}

func (d *Digest) fact(r *Record) {
	f := &r.Fact
	d.mix(uint64(r.At))
	d.mix(uint64(f.Kind)<<56 | uint64(f.Cause)<<48 | uint64(f.From)<<44 | uint64(f.To)<<40 | uint64(r.Node))
	d.mix(uint64(f.Subject)<<32 | uint64(f.Inc))
	d.mix(uint64(f.A) ^ uint64(f.Other)<<32)
	d.mix(uint64(f.B) ^ uint64(uint32(f.N))<<32)
}
