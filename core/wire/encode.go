package wire

import (
	"encoding/binary"
	"hash/crc32"
	"math"

	"hypersim/core"
)

// First bytes of every message.
const (
	Magic         = 0x48 // 'H'
	FormatVersion = 1    // of this layout; the protocol's own version is in JOIN
)

// Block tags. The low seven bits order the blocks of a message, strictly ascending; the high bit says
// which header follows, so that a reader can skip a block that it does not know.
const (
	blockCoord   = 0x01 // tag, length 1
	blockUpdates = 0x82 // tag, count 1, length 2
	blockHealth  = 0x83 // as updates
	blockWorkers = 0x84
	blockBeat    = 0x85
	blockLong    = 0x80
	blockOrder   = 0x7f
)

// Bits of the tag byte of an update, which starts with three bits of type and two of role.
const (
	roleShift      = 3
	bitFrom        = 1 << 5
	bitV6          = 1 << 6
	updateReserved = 1 << 7
)

// Layout of the header's byte of flags and role.
const (
	headerRoleShift = 6
	headerReserved  = 1 << 5
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var noCRC [4]byte

// The layout of a message, in bytes; numbers are big-endian, v4 endpoints 7 bytes with their tag and v6 ones 19:
//
//	 0  magic 'H'   1  format version   2  kind   3  flags 0–4, reserved 5, role 6–7   4–5  group
//	 6  endpoint of the sender   then instance 4, incarnation 4, number 4, CRC32C 4 of all but itself
//	    fields of the kind, or its body   then blocks by rising tag: coordinate, updates, health, workers, heartbeat
//
// The header is first and the checksum at its end, so that a reader that does not know the sender has read 29 bytes. A block
// says how long it is: a reader of an earlier version skips what it does not know.

// Encode appends the bytes of m to dst. What travels is listed in the package comment: not To, Timeout
// and FlagProbe, nor ballast. It panics for messages that only a bug builds: a kind that never travels, a
// field set that the kind does not have, a body that is missing or too much, a name or a block longer than
// its length field can say. A datagram larger than MTU is none of its business. It does not allocate if
// dst has room for Size bytes.
func (c *Codec) Encode(dst []byte, m *core.Message) []byte {
	what := bug(m)
	switch {
	case what != "":
	case m.Body == nil && c.hasBody(m.Kind):
		what = "without its body"
	case m.Body != nil && !c.hasBody(m.Kind):
		what = "this kind has no body"
	}
	if what != "" {
		panicMessage(m, what)
	}
	b := c.Book
	start := len(dst)
	dst = append(dst, Magic, FormatVersion, uint8(m.Kind), uint8(m.Flags&flagsOnWire)|uint8(m.Role)<<headerRoleShift)
	dst = binary.BigEndian.AppendUint16(dst, uint16(m.Group))
	dst = appendNode(dst, m.From, b)
	dst = binary.BigEndian.AppendUint32(dst, m.Instance)
	dst = binary.BigEndian.AppendUint32(dst, m.Incarnation)
	dst = binary.BigEndian.AppendUint32(dst, m.Seq)
	sum := len(dst)
	dst = append(dst, noCRC[:]...)
	dst = appendFields(dst, m, b)
	if m.Body != nil {
		var err error
		if dst, err = c.walk.Append(dst, m, c); err != nil {
			panicMessage(m, err.Error())
		}
	}
	if m.Coord.Dims > 0 {
		dst = appendCoord(dst, &m.Coord)
	}
	if len(m.Updates) > 0 {
		dst = appendUpdates(dst, m.Updates, b)
	}
	if x := m.Extra; x != nil {
		if len(x.Health) > 0 {
			dst = appendHealth(dst, x.Health, b)
		}
		if len(x.Workers) > 0 {
			dst = appendWorkers(dst, x.Workers, b)
		}
		if x.Beat.Version != 0 {
			dst = appendBeat(dst, x)
		}
	}
	binary.BigEndian.PutUint32(dst[sum:], checksum(dst[start:], sum-start))
	return dst
}

// checksum is the CRC32C of all of msg but the four bytes at the given place.
func checksum(msg []byte, at int) uint32 {
	return crc32.Update(crc32.Checksum(msg[:at], castagnoli), castagnoli, msg[at+4:])
}

// appendNode appends the tagged key of id.
func appendNode(dst []byte, id core.NodeID, b Book) []byte {
	k := nodeKey(id, b)
	return k.appendTagged(dst)
}

func nodeKey(id core.NodeID, b Book) Key {
	k := b.Key(id)
	if !k.valid() {
		panicUnknown(id)
	}
	return k
}

// appendFields appends what the datagrams of membership have between header and blocks.
func appendFields(dst []byte, m *core.Message, b Book) []byte {
	if hasTarget(m.Kind) {
		dst = appendNode(dst, m.Target, b)
	}
	switch m.Kind {
	case core.KindAck:
		dst = appendFloat(dst, m.RTTms)
		dst = append(dst, uint8(m.State))
		dst = binary.BigEndian.AppendUint32(dst, m.Digest)
	case core.KindPingReq, core.KindStreamPing:
		dst = binary.BigEndian.AppendUint32(dst, m.BudgetMS)
	case core.KindIndAck:
		dst = binary.BigEndian.AppendUint32(dst, m.Required)
	case core.KindSampleAck:
		dst = appendFloat(dst, m.RTTms)
	default: // nothing, or a body
	}
	return dst
}

func appendFloat(dst []byte, f float32) []byte {
	return binary.BigEndian.AppendUint32(dst, math.Float32bits(f))
}

// appendCoord writes a coordinate: 4 bytes for each dimension, height, adjustment and error, in seconds but for ErrorMS.
func appendCoord(dst []byte, c *core.Coord) []byte {
	dst = append(dst, blockCoord, uint8(CoordBytes(int(c.Dims))-2), c.Dims)
	dst = binary.BigEndian.AppendUint16(dst, c.Samples)
	for _, x := range c.Vec[:c.Dims] {
		dst = appendFloat(dst, x)
	}
	dst = appendFloat(dst, c.Height)
	dst = appendFloat(dst, c.Adjustment)
	dst = appendFloat(dst, c.Error)
	return appendFloat(dst, c.ErrorMS)
}

func appendUpdates(dst []byte, us []core.Update, b Book) []byte {
	dst = append(dst, blockUpdates, uint8(len(us)), 0, 0)
	start := len(dst)
	for i := range us {
		dst = appendUpdate(dst, &us[i], b)
	}
	binary.BigEndian.PutUint16(dst[start-2:], uint16(len(dst)-start)) // at most 255·42
	return dst
}

// appendUpdate writes one claim, 8 bytes at the least: what matters is how many fit into a datagram. Both endpoints have the
// longer form if one needs it, which one bit says for both.
func appendUpdate(dst []byte, u *core.Update, b Book) []byte {
	subject := nodeKey(u.Subject, b)
	tag := uint8(u.Type) | uint8(u.Role)<<roleShift
	v6 := subject.Tag == TagV6
	var from Key
	if u.From != core.NoNode {
		from = nodeKey(u.From, b)
		tag |= bitFrom
		v6 = v6 || from.Tag == TagV6
	}
	if v6 {
		tag |= bitV6
	}
	dst = appendVarint(append(dst, tag), u.Incarnation)
	dst = subject.appendBare(dst, v6)
	if u.From != core.NoNode {
		dst = from.appendBare(dst, v6)
	}
	return dst
}

func appendVarint(dst []byte, v uint32) []byte {
	for v >= 0x80 {
		dst = append(dst, uint8(v)|0x80)
		v >>= 7
	}
	return append(dst, uint8(v))
}
