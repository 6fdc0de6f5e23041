package trace

import (
	"math"

	"hypersim/core"
)

// Digest is a rolling 64-bit hash of all protocol-visible events of a run, in order: every message sent,
// delivered and dropped with its contents, every fact, every start and stop of a process. Two runs with
// equal digests did the same. It is not cryptographic; it is meant to notice, not to resist.
type Digest struct {
	h    uint64
	n    uint64
	walk core.Walker
}

// Sum returns the digest so far.
func (d *Digest) Sum() uint64 { return d.h }

// Count returns how many records are in it.
func (d *Digest) Count() uint64 { return d.n }

func (d *Digest) mix(x uint64) { d.h = core.Mix(d.h, x) }

// What the layout of mixed words holds: nodes have 24 bits, as the address book does (wire.LinearNodes).
const (
	nodeBits = 24
	nodeMask = 1<<nodeBits - 1

	_ = uint(1<<4 - NumReasons)
	_ = uint(1<<4 - KindDropped)
	_ = uint(1<<4 - core.NumStates)
)

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
		d.mix(uint64(r.Kind)<<56 | uint64(r.Role)<<48 | uint64(r.Node)<<24 | uint64(r.Inst))
		d.mix(uint64(r.Inc)<<32 | uint64(uint32(r.Fault)))
		d.mix(math.Float64bits(r.X))
	}
	d.n++
}

func (d *Digest) message(r *Record) {
	m := r.Msg
	d.mix(uint64(r.At))
	d.mix(uint64(r.Kind)<<60 | uint64(m.Kind)<<52 | uint64(r.Reason)<<48 |
		uint64(m.From)&nodeMask<<nodeBits | uint64(m.To)&nodeMask)
	d.mix(uint64(m.Seq)<<32 | uint64(m.Incarnation))
	if r.Kind != KindSent {
		return // the contents were mixed in when it was sent
	}
	d.mix(uint64(r.Size)<<32 | uint64(m.Instance))
	d.mix(uint64(m.Flags)<<56 | uint64(m.Role)<<48 | uint64(m.State)<<40 | uint64(m.Failed)<<32)
	d.mix(uint64(m.Target)<<32 | uint64(m.Required))
	d.mix(uint64(m.Digest)<<32 | uint64(m.BudgetMS))
	d.mix(uint64(math.Float32bits(m.RTTms))<<32 | uint64(m.Group)<<16 | uint64(len(m.Updates)))
	if m.Coord.Dims != 0 {
		d.mix(coord(&m.Coord))
	}
	for i := range m.Updates {
		u := &m.Updates[i]
		d.mix(uint64(u.Subject)<<32 | uint64(u.Incarnation))
		d.mix(uint64(u.From)<<32 | uint64(u.Type)<<8 | uint64(u.Role))
	}
	if m.Extra != nil {
		d.extra(m.Extra)
	}
	if m.Timeout != 0 {
		d.mix(uint64(m.Timeout))
	}
	if m.Body != nil {
		d.h = d.walk.Hash(d.h, m.Body)
	}
}

func (d *Digest) extra(x *core.Extra) {
	d.mix(uint64(len(x.Health))<<32 | uint64(len(x.Workers)))
	for i := range x.Health {
		h := &x.Health[i]
		accepting := uint64(0)
		if h.Accepting {
			accepting = 1
		}
		d.mix(uint64(h.Subject)<<32 | uint64(h.Version))
		d.mix(uint64(h.Capacity)<<32 | uint64(h.Role)<<16 | uint64(h.Load)<<8 | accepting)
		d.mix(uint64(math.Float32bits(h.Throughput))<<32 | uint64(math.Float32bits(h.Expected)))
	}
	for i := range x.Workers {
		e := &x.Workers[i]
		d.mix(uint64(e.Worker)<<32 | uint64(e.Owner))
		d.mix(uint64(e.Incarnation)<<32 | uint64(e.State))
		d.mix(uint64(e.Instance))
		d.mix(uint64(e.Cores)<<32 | uint64(e.Available))
	}
	if x.Beat.Version != 0 {
		d.beat(x)
	}
}

// beat hashes a worker's heartbeat.
func (d *Digest) beat(x *core.Extra) {
	b, accepting := &x.Beat, uint64(0)
	if b.Accepting {
		accepting = 1
	}
	d.mix(b.Version)
	d.mix(uint64(b.Cores)<<48 | uint64(b.CoresAvailable)<<32 | uint64(b.Queue)<<16 | uint64(b.State)<<8 | uint64(b.Load)<<1 | accepting)
	d.mix(uint64(math.Float32bits(b.CPU))<<32 | uint64(math.Float32bits(b.Memory)))
	d.mix(uint64(math.Float32bits(b.Throughput))<<32 | uint64(math.Float32bits(b.Expected)))
	d.mix(uint64(b.Ask.Seq)<<32 | uint64(b.Ask.Workflows)<<8 | uint64(b.Ask.Reason))
	d.mix(math.Float64bits(b.Ask.Progress))
	d.mix(b.Ask.Done)
	d.mix(b.Ask.Total)
	d.mix(uint64(b.Ask.Remaining))
	d.mix(uint64(len(x.Shards)))
	for i := range x.Shards {
		s := &x.Shards[i]
		d.mix(s.Job)
		d.mix(s.Workflow)
		d.mix(uint64(s.Attempt)<<32 | uint64(s.Index)<<8 | uint64(s.State))
		d.mix(s.Done)
	}
}

// coord hashes a coordinate by itself: a chain that does not wait for the digest's.
func coord(c *core.Coord) uint64 {
	h := uint64(c.Dims)<<16 | uint64(c.Samples)
	for i := 0; i < min(int(c.Dims), len(c.Vec)-1); i += 2 {
		h = core.Mix(h, uint64(math.Float32bits(c.Vec[i]))<<32|uint64(math.Float32bits(c.Vec[i+1])))
	}
	h = core.Mix(h, uint64(math.Float32bits(c.Height))<<32|uint64(math.Float32bits(c.Adjustment)))
	return core.Mix(h, uint64(math.Float32bits(c.Error))<<32|uint64(math.Float32bits(c.ErrorMS)))
}

func (d *Digest) fact(r *Record) {
	f := &r.Fact
	d.mix(uint64(r.At))
	d.mix(uint64(f.Kind)<<56 | uint64(f.Cause)<<48 | uint64(f.From)<<44 | uint64(f.To)<<40 |
		uint64(f.Role)<<32 | uint64(f.Callback)<<nodeBits | uint64(r.Node)&nodeMask)
	d.mix(uint64(f.Subject)<<32 | uint64(f.Inc))
	d.mix(uint64(f.Other)<<32 | uint64(uint32(f.N)))
	d.mix(uint64(f.A))
	d.mix(uint64(f.B))
	if f.At != 0 {
		d.mix(uint64(f.At))
	}
	if f.Kind == core.FactTimeout {
		for _, x := range f.X {
			d.mix(uint64(math.Float32bits(x)))
		}
	}
}
