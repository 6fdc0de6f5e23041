package wire

import (
	"math/bits"

	"hypersim/core"
)

// Sizes in bytes, spec 10 §3.1.
const (
	HeaderBytes      = 29
	MaxBodyBytes     = keyBytes + 4 // longest body of a datagram that carries updates: PING_REQ, IND_ACK
	UpdatesHeader    = 4            // tag, count, length of the membership update block
	MTU              = 1400         // largest datagram
	MaxUpdatesBytes  = 1200         // largest membership update block, header included
	MaxUpdatesParsed = 100          // updates that a receiver processes per datagram
	MaxUpdates       = 255          // updates that a block can count
	MaxNameBytes     = 255          // longest id string
	KeyV4            = 6            // key without tag
	KeyV6            = 18
	InstanceBytes    = 4 // of an owner's process
	MaxIncarnation   = 1<<31 - 1
)

const (
	moreV6      = KeyV6 - KeyV4
	keyBytes    = 1 + KeyV4             // with tag
	coordHeader = 5                     // tag, length, dims, sample_count
	coordExtras = 4                     // height, adjustment, error, error_ms
	maxCoord    = core.MaxDims          // of a coordinate block
	flagsOnWire = core.FlagEqual<<1 - 1 // FlagProbe and later ones stay at home
)

// fieldBytes is what each kind has between header and blocks where all keys are IPv4, without its body.
var fieldBytes = [core.NumKinds]uint8{
	core.KindPing:       keyBytes,
	core.KindAck:        9,
	core.KindPingReq:    keyBytes + 4,
	core.KindIndAck:     keyBytes + 4,
	core.KindNack:       keyBytes,
	core.KindStreamPing: keyBytes + 4,
	core.KindSampleAck:  4,
}

// hasTarget reports whether the body of this kind names a target.
func hasTarget(k core.Kind) bool {
	return k == core.KindPing || k == core.KindPingReq || k == core.KindIndAck || k == core.KindNack || k == core.KindStreamPing
}

// Size returns how many bytes Encode writes for m without its body, which is all that a datagram of
// membership has; 0 for a kind that never travels. It does not allocate, and where b has IPv4 only it asks
// b for nothing.
func Size(m *core.Message, b Book) int {
	if !m.Kind.Travels() {
		return 0
	}
	v4 := onlyV4(b)
	n := HeaderBytes + int(fieldBytes[m.Kind])
	if !v4 {
		n += moreKeys(m, b)
	}
	if m.Coord.Dims > 0 {
		n += CoordBytes(int(m.Coord.Dims))
	}
	if len(m.Updates) > 0 {
		n += UpdatesHeader + updatesBytes(m.Updates, b, v4)
	}
	if m.Extra != nil {
		n += extraBytes(m.Extra, b, v4)
	}
	return n
}

// moreKeys is what header and fields need beyond the sizes above because of IPv6.
func moreKeys(m *core.Message, b Book) int {
	n := 0
	if isV6(b, m.From) {
		n += moreV6
	}
	if hasTarget(m.Kind) && isV6(b, m.Target) {
		n += moreV6
	}
	return n
}

func updatesBytes(us []core.Update, b Book, v4 bool) int {
	n := 0
	for i := range us {
		key := KeyV4
		if !v4 && updateIsV6(&us[i], b) {
			key = KeyV6
		}
		n += UpdateBytes(&us[i], key)
	}
	return n
}

// updateIsV6 reports whether u needs the long keys: one IPv6 party is enough, the other one is then
// written as an IPv4-mapped address.
func updateIsV6(u *core.Update, b Book) bool {
	return isV6(b, u.Subject) || u.From != core.NoNode && isV6(b, u.From)
}

func isV6(b Book, id core.NodeID) bool { return b.Key(id).Tag == TagV6 }

// CoordBytes returns the size of a coordinate block of the given dimensions: 53 at 8.
func CoordBytes(dims int) int { return coordHeader + 4*(dims+coordExtras) }

// UpdateBytes returns the size of u in the update block; keyBytes is KeyV4 or KeyV6, for subject and
// accuser alike.
func UpdateBytes(u *core.Update, keyBytes int) int {
	n := 1 + varintLen(u.Incarnation) + keyBytes
	if u.From != core.NoNode {
		n += keyBytes
	}
	return n
}

// varintLen is the size of v in base 128: 1 to 5.
func varintLen(v uint32) int { return (bits.Len32(v|1) + 6) / 7 }
