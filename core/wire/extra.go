package wire

import (
	"encoding/binary"

	"hypersim/core"
)

// Limits of the blocks of health and worker entries (spec 10 §4.6, §6).
const (
	ExtraHeader     = 4   // tag, count, length
	MaxHealth       = 5   // health entries that a datagram may carry
	MaxHealthBytes  = 600 // largest health block, header included
	MaxWorkersBytes = 600 // largest worker block, header included
	MaxEntries      = 255 // entries that a block can count
)

// Bits of the tag bytes of health entries (load 0–1, role 2–3, accepting 4) and worker entries (state 0–1).
const (
	healthRoleShift = 2
	bitAccepting    = 1 << 4
	healthReserved  = 1<<5 | 1<<7
	workerReserved  = 0xff &^ (3 | bitV6)
)

// Health and worker entries are read and written like updates: a tag byte with the small fields and the form of the endpoints,
// then numbers in base 128, then what has a fixed size.

// extraBug says what is wrong with m.Extra, or "".
func extraBug(m *core.Message) string {
	switch x := m.Extra; {
	case x == nil:
	case m.Kind.IsStream():
		return "Extra is for datagrams"
	case len(x.Health) == 0 && len(x.Workers) == 0 && x.Beat.Version == 0 && len(x.Shards) == 0:
		return "Extra without contents" // it would come back as nil
	case len(x.Health) > MaxEntries || len(x.Workers) > MaxEntries:
		return "more health or worker entries than a block can count"
	}
	if x := m.Extra; x != nil {
		for i := range x.Health {
			if h := &x.Health[i]; h.Load >= core.NumLoads || h.Role >= core.NumRoles {
				return "health entry of unknown load or role"
			}
		}
		for i := range x.Workers {
			if x.Workers[i].State >= core.NumWorkerStates {
				return "worker entry of unknown state"
			}
		}
		return beatBug(x)
	}
	return ""
}

func bit(set bool, b uint8) uint8 {
	if set {
		return b
	}
	return 0
}

// extra gives m its Extra, empty at the first call.
func (r *reader) extra(m *core.Message) *core.Extra {
	if m.Extra == nil {
		if r.spare == nil {
			r.spare = new(core.Extra)
		}
		r.spare.Clear()
		m.Extra = r.spare
	}
	return m.Extra
}

// HealthBytes returns the size of h in the health block; keyBytes is KeyV4 or KeyV6.
func HealthBytes(h *core.HealthEntry, keyBytes int) int {
	return 1 + varintLen(h.Version) + keyBytes + varintLen(h.Capacity) + 8
}

// WorkerBytes returns the size of e in the worker block; keyBytes is KeyV4 or KeyV6, for worker and owner
// alike.
func WorkerBytes(e *core.WorkerEntry, keyBytes int) int {
	return 1 + varintLen(e.Incarnation) + 2*keyBytes + InstanceBytes + varintLen(uint32(e.Cores)) + varintLen(uint32(e.Available))
}

// extraBytes is the size of all blocks of x, which a datagram is filled by: it must agree with what Encode writes to the byte.
func extraBytes(x *core.Extra, b Book, v4 bool) int {
	n := beatBlockBytes(x)
	if len(x.Health) > 0 {
		n += ExtraHeader
	}
	for i := range x.Health {
		key := KeyV4
		if !v4 && isV6(b, x.Health[i].Subject) {
			key = KeyV6
		}
		n += HealthBytes(&x.Health[i], key)
	}
	if len(x.Workers) > 0 {
		n += ExtraHeader
	}
	for i := range x.Workers {
		e, key := &x.Workers[i], KeyV4
		if !v4 && (isV6(b, e.Worker) || isV6(b, e.Owner)) {
			key = KeyV6
		}
		n += WorkerBytes(e, key)
	}
	return n
}

func appendHealth(dst []byte, hs []core.HealthEntry, b Book) []byte {
	dst = append(dst, blockHealth, uint8(len(hs)), 0, 0)
	start := len(dst)
	for i := range hs {
		h := &hs[i]
		subject := nodeKey(h.Subject, b)
		v6 := subject.Tag == TagV6
		tag := uint8(h.Load) | uint8(h.Role)<<healthRoleShift | bit(h.Accepting, bitAccepting) | bit(v6, bitV6)
		dst = appendVarint(append(dst, tag), h.Version)
		dst = subject.appendBare(dst, v6)
		dst = appendVarint(dst, h.Capacity)
		dst = appendFloat(dst, h.Throughput)
		dst = appendFloat(dst, h.Expected)
	}
	binary.BigEndian.PutUint16(dst[start-2:], uint16(len(dst)-start)) // at most 255·37
	return dst
}

func appendWorkers(dst []byte, es []core.WorkerEntry, b Book) []byte {
	dst = append(dst, blockWorkers, uint8(len(es)), 0, 0)
	start := len(dst)
	for i := range es {
		e := &es[i]
		worker, owner := nodeKey(e.Worker, b), nodeKey(e.Owner, b)
		v6 := worker.Tag == TagV6 || owner.Tag == TagV6
		dst = appendVarint(append(dst, uint8(e.State)|bit(v6, bitV6)), e.Incarnation)
		dst = worker.appendBare(dst, v6)
		dst = owner.appendBare(dst, v6)
		dst = binary.BigEndian.AppendUint32(dst, e.Instance)
		dst = appendVarint(dst, uint32(e.Cores))
		dst = appendVarint(dst, uint32(e.Available))
	}
	binary.BigEndian.PutUint16(dst[start-2:], uint16(len(dst)-start)) // at most 255·52
	return dst
}

func (r *reader) health(x *core.Extra, count int, b Book) {
	if r.err == nil && count == 0 { // nobody sends an empty block
		r.fail(ErrBlock)
	}
	for range count {
		if r.err != nil {
			return
		}
		tag := r.u8()
		h := core.HealthEntry{
			Load: core.Load(tag & 3), Role: core.Role(tag >> healthRoleShift & 3), Accepting: tag&bitAccepting != 0,
		}
		if tag&healthReserved != 0 {
			r.fail(ErrReserved)
			return
		}
		h.Version = r.varint()
		subject := r.bareKey(tag&bitV6 != 0)
		if tag&bitV6 != 0 && subject.Tag == TagV4 { // IPv4 has its own form
			r.fail(ErrKey)
		}
		h.Subject = r.lookup(subject, b)
		h.Capacity = r.varint()
		h.Throughput, h.Expected = r.float(), r.float()
		x.Health = append(x.Health, h)
	}
}

func (r *reader) workers(x *core.Extra, count int, b Book) {
	if r.err == nil && count == 0 {
		r.fail(ErrBlock)
	}
	for range count {
		if r.err != nil {
			return
		}
		tag := r.u8()
		if tag&workerReserved != 0 {
			r.fail(ErrReserved)
			return
		}
		e := core.WorkerEntry{State: core.WorkerState(tag & 3), Incarnation: r.varint()}
		v6 := tag&bitV6 != 0
		worker := r.bareKey(v6)
		e.Worker = r.lookup(worker, b)
		owner := r.bareKey(v6)
		e.Owner = r.lookup(owner, b)
		if v6 && worker.Tag == TagV4 && owner.Tag == TagV4 {
			r.fail(ErrKey)
		}
		e.Instance = r.u32()
		e.Cores, e.Available = r.varint16(), r.varint16()
		x.Workers = append(x.Workers, e)
	}
}

// varint16 reads a varint that must fit into 16 bits.
func (r *reader) varint16() uint16 {
	v := r.varint()
	if v > 0xffff {
		r.fail(ErrValue)
	}
	return uint16(v)
}
