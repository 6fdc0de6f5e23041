package wire

import (
	"encoding/binary"

	"hypersim/core"
)

// Decode fills *m from the bytes of one message, all of them. Fields that the message does not carry
// become zero: among them To and Timeout, which are the driver's to set. Updates and Records keep the
// capacity that they had and grow if needed. So does Extra for the messages that have one; for all others
// it becomes nil, so whoever decodes into m again puts it back first. Nothing else is allocated, and a
// malformed message cannot make them larger than itself. An error is one of the package's, bare; *m is then of no use but for its
// two slices.
//
// Decode is strict: what it accepts is what Encode writes, byte for byte, except for blocks of
// unknown tags, which it skips. It does not judge values that only the machine can judge:
// incarnations, budgets, coordinates (NaN passes).
func Decode(src []byte, m *core.Message, b Book) error {
	spare := m.Extra
	*m = core.Message{Updates: m.Updates[:0], Records: m.Records[:0]}
	at, err := checkFrame(src)
	if err != nil {
		return err
	}
	r := reader{rest: src[2:], spare: spare}
	m.Kind = core.Kind(r.u8())
	if !travels(m.Kind) {
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
	r.body(m, b)
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

func (r *reader) body(m *core.Message, b Book) {
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
	case core.KindJoin:
		m.Major, m.Minor = r.u8(), r.u8()
		r.name(m.From, b)
	case core.KindJoinAck:
		m.Reject = core.Reject(r.u8())
		m.Required = r.u32()
		if m.Reject > core.RejectFull {
			r.fail(ErrValue)
		}
		r.records(m, b)
	case core.KindSyncDigest:
		m.Sum, m.PartSum = r.u64(), r.u64()
		m.Count, m.PartCount = r.u32(), r.u32()
	case core.KindSyncFull:
		r.records(m, b)
	case core.KindProgress:
		m.Sum, m.PartSum = r.u64(), r.u64()
	case core.KindXAck:
		r.site(&r.extra(m).Site)
	case core.KindXNack:
		m.Target = r.leader(b)
	case core.KindPing, core.KindNack, core.KindGossip, core.KindLeave, core.KindXProbe, core.KindStreamAck:
	case core.KindNone, core.KindStreamFailed: // refused by Decode
	}
}

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

func (r *reader) records(m *core.Message, b Book) {
	count := r.u32()
	if uint64(count) > uint64(len(r.rest)/leastRecord) { // before anything grows
		r.fail(ErrShort)
		return
	}
	for range count {
		if r.err != nil {
			return
		}
		m.Records = append(m.Records, r.record(b))
	}
}

func (r *reader) record(b Book) core.Entry {
	e := core.Entry{Subject: r.node(b), Accuser: core.NoNode}
	r.name(e.Subject, b)
	tag := r.u8()
	e.State, e.Role = core.MemberState(tag&7), core.Role(tag>>roleShift&3)
	if r.err == nil && (e.State >= core.NumStates || tag&recordReserved != 0) {
		r.fail(ErrRecord)
	}
	e.Incarnation = r.varint()
	if tag&bitFrom != 0 {
		e.Accuser = r.node(b)
	}
	return e
}
