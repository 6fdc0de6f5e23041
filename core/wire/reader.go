package wire

import (
	"encoding/binary"
	"math"

	"hypersim/core"
)

// reader takes a message apart from front to back. The first error stays; after it every read gives
// zero, so that a decoder checks once per part instead of once per field.
type reader struct {
	rest  []byte
	err   error
	spare *core.Extra // memory for the message's Extra, if it needs one
}

// fail keeps the first error and takes away what is left to read, so that every later read ends at once.
func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.rest = nil
}

// take returns the next n bytes, or nil and fails.
func (r *reader) take(n int) []byte {
	if len(r.rest) < n {
		r.fail(ErrShort)
		return nil
	}
	p := r.rest[:n:n]
	r.rest = r.rest[n:]
	return p
}

func (r *reader) u8() uint8 {
	if p := r.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if p := r.take(2); p != nil {
		return binary.BigEndian.Uint16(p)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if p := r.take(4); p != nil {
		return binary.BigEndian.Uint32(p)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if p := r.take(8); p != nil {
		return binary.BigEndian.Uint64(p)
	}
	return 0
}

// float passes on whatever the bits say, NaN and infinities too: the coordinate engine judges them.
func (r *reader) float() float32 { return math.Float32frombits(r.u32()) }

// varint accepts the shortest form only, so that a message has one encoding.
func (r *reader) varint() uint32 {
	var v uint32
	for shift := 0; ; shift += 7 {
		c := r.u8()
		switch {
		case r.err != nil:
			return 0
		case shift == 28 && c > 0x0f, shift > 0 && c == 0: // beyond 32 bits, or longer than needed
			r.fail(ErrVarint)
			return 0
		}
		v |= uint32(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
}

// key reads a tagged key.
func (r *reader) key() Key {
	switch r.u8() {
	case TagV4:
		return r.bareKey(false)
	case TagV6:
		k := r.bareKey(true)
		if k.Tag == TagV4 { // mapped: IPv4 has its own form
			r.fail(ErrKey)
		}
		return k
	}
	r.fail(ErrKey)
	return Key{}
}

// bareKey reads a key without tag; a mapped address gives an IPv4 key.
func (r *reader) bareKey(v6 bool) Key {
	if !v6 {
		p := r.take(KeyV4)
		if p == nil {
			return Key{}
		}
		return MakeKeyV4([4]byte(p), binary.BigEndian.Uint16(p[4:]))
	}
	p := r.take(KeyV6)
	if p == nil {
		return Key{}
	}
	return MakeKeyV6([16]byte(p[:16]), binary.BigEndian.Uint16(p[16:]))
}

// node reads a tagged key and looks it up.
func (r *reader) node(b Book) core.NodeID { return r.lookup(r.key(), b) }

func (r *reader) lookup(k Key, b Book) core.NodeID {
	if r.err != nil {
		return core.NoNode
	}
	id, ok := b.Node(k)
	if !ok {
		r.fail(ErrUnknownKey)
	}
	return id
}
