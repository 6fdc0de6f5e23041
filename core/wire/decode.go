package wire

import (
	"encoding/binary"

	"hypersim/core"
)

// Decode fills *m from the bytes of one message, all of them. Fields that the message does not carry
// become zero: among them To and Timeout, which are the driver's to set. Updates keep the capacity that
// they had and grow if needed. So does Extra for the messages that have one; for all others it becomes nil,
// so whoever decodes into m again puts it back first. A body is taken from the shelf, is nobody's else, and
// is not held yet. A malformed message cannot make any of them larger than itself. An error is one of
// the package's, bare; *m is then of no use but for its updates.
//
// Decode is strict: what it accepts is what Encode writes, byte for byte, except for blocks of
// unknown tags, which it skips. It does not judge values that only the machine can judge:
// incarnations, budgets, coordinates (NaN passes).
func (c *Codec) Decode(src []byte, m *core.Message) error {
	spare, b := m.Extra, c.Book
	*m = core.Message{Updates: m.Updates[:0]}
	at, err := checkFrame(src)
	if err != nil {
		return err
	}
	r := reader{rest: src[2:], spare: spare}
	m.Kind = core.Kind(r.u8())
	if !m.Kind.Travels() {
		return ErrUnknownKind
	}
	bits := r.u8()
	if bits&headerReserved != 0 {
		return ErrReserved
	}
	m.Flags, m.Role = core.Flags(bits)&flagsOnWire, core.Role(bits>>headerRoleShift)
	m.Group = core.GroupID(r.u16())
	m.From = r.node(b)
	m.Instance, m.Incarnation, m.Seq = r.u32(), r.u32(), r.u32()
	if r.err != nil {
		return r.err
	}
	r.rest = src[at+4:]
	r.fields(m, b)
	if c.hasBody(m.Kind) && r.err == nil {
		m.Body = c.body(m.Kind)
		if r.rest, err = c.walk.Read(r.rest, m, c); err != nil {
			r.fail(err)
		}
	}
	r.blocks(m, b)
	return r.err
}

// checkFrame is step 1 of spec 10 §3.2: length, checksum, version. It returns where the checksum is.
func checkFrame(src []byte) (at int, err error) {
	if len(src) < HeaderBytes {
		return 0, ErrShort
	}
	if src[0] != Magic {
		return 0, ErrMagic
	}
	at = HeaderBytes - 4
	if src[6] == TagV6 { // any other tag is refused as a key, after the checksum
		at += moreV6
	}
	if len(src) < at+4 {
		return 0, ErrShort
	}
	if binary.BigEndian.Uint32(src[at:]) != checksum(src, at) {
		return 0, ErrChecksum
	}
	if src[1] != FormatVersion {
		return 0, ErrVersion
	}
	return at, nil
}

// fields reads what the datagrams of membership have between header and blocks.
func (r *reader) fields(m *core.Message, b Book) {
	if hasTarget(m.Kind) {
		m.Target = r.node(b)
	}
	switch m.Kind {
	case core.KindAck:
		m.RTTms = r.float()
		m.State = core.MemberState(r.u8())
		m.Digest = r.u32()
		if m.State >= core.NumStates {
			r.fail(ErrValue)
		}
	case core.KindPingReq, core.KindStreamPing:
		m.BudgetMS = r.u32()
	case core.KindIndAck:
		m.Required = r.u32()
	case core.KindSampleAck:
		m.RTTms = r.float()
	default: // nothing, or a body
	}
}

// Strictness pays twice. A message has one encoding, so that the digest of a run does not depend on the codec; and what a
// fuzzer finds to be accepted must come out byte for byte as it went in.

// blocks reads the blocks up to the end of the message.
func (r *reader) blocks(m *core.Message, b Book) {
	order := uint8(0)
	for len(r.rest) > 0 {
		tag := r.u8()
		if tag&blockOrder <= order {
			r.fail(ErrBlock)
			return
		}
		order = tag & blockOrder
		count, length := uint8(0), 0
		if tag&blockLong != 0 {
			count, length = r.u8(), int(r.u16())
		} else {
			length = int(r.u8())
		}
		in := reader{rest: r.take(length), err: r.err}
		switch tag {
		case blockCoord:
			in.coord(&m.Coord)
		case blockUpdates:
			in.updates(m, int(count), b)
		case blockHealth:
			in.health(r.extra(m), int(count), b)
		case blockWorkers:
			in.workers(r.extra(m), int(count), b)
		case blockBeat:
			in.beat(r.extra(m), int(count))
		default:
			continue // from a later version
		}
		if len(in.rest) > 0 {
			in.fail(ErrBlock)
		}
		if in.err != nil {
			r.fail(in.err)
		}
	}
}

func (r *reader) coord(c *core.Coord) {
	dims := r.u8()
	if r.err == nil && (dims == 0 || dims > core.MaxDims) {
		r.fail(ErrBlock)
		return
	}
	c.Samples = r.u16()
	for i := range c.Vec[:dims] {
		c.Vec[i] = r.float()
	}
	c.Height, c.Adjustment, c.Error, c.ErrorMS = r.float(), r.float(), r.float(), r.float()
	c.Dims = dims
}

func (r *reader) updates(m *core.Message, count int, b Book) {
	if r.err == nil && count == 0 { // nobody sends an empty block
		r.fail(ErrBlock)
	}
	for range count {
		if r.err != nil {
			return
		}
		m.Updates = append(m.Updates, r.update(b))
	}
}

func (r *reader) update(b Book) core.Update {
	tag := r.u8()
	u := core.Update{Type: core.UpdateType(tag & 7), Role: core.Role(tag >> roleShift & 3), From: core.NoNode}
	if u.Type >= core.NumUpdateTypes || tag&updateReserved != 0 {
		r.fail(ErrUpdate)
		return u
	}
	u.Incarnation = r.varint()
	v6 := tag&bitV6 != 0
	subject := r.bareKey(v6)
	u.Subject = r.lookup(subject, b)
	long := subject.Tag == TagV6
	if tag&bitFrom != 0 {
		from := r.bareKey(v6)
		u.From = r.lookup(from, b)
		long = long || from.Tag == TagV6
	}
	if v6 && !long { // IPv4 has its own form
		r.fail(ErrUpdate)
	}
	return u
}
