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
	MaxIncarnation   = 1<<31 - 1
)

const (
	moreV6      = KeyV6 - KeyV4
	keyBytes    = 1 + KeyV4             // with tag
	coordHeader = 5                     // tag, length, dims, sample_count
	recordBytes = keyBytes + 1 + 1      // key, length of the id, role and state; without id, incarnation, accuser
	leastRecord = recordBytes + 1       // an empty id and an incarnation below 128
	countBytes  = 4                     // number of records
	siteBytes   = 44                    // report of a datacenter
	coordExtras = 4                     // height, adjustment, error, error_ms
	maxCoord    = core.MaxDims          // of a coordinate block
	flagsOnWire = core.FlagEqual<<1 - 1 // FlagProbe and later ones stay at home
)

// fixedBytes is header and body of each kind where all keys are IPv4, without id string, records and
// blocks; 0 for a kind that never travels.
var fixedBytes = [core.NumKinds]uint8{
	core.KindPing:       HeaderBytes + keyBytes,
	core.KindAck:        HeaderBytes + 9,
	core.KindPingReq:    HeaderBytes + keyBytes + 4,
	core.KindIndAck:     HeaderBytes + keyBytes + 4,
	core.KindNack:       HeaderBytes + keyBytes,
	core.KindGossip:     HeaderBytes,
	core.KindLeave:      HeaderBytes,
	core.KindXProbe:     HeaderBytes,
	core.KindXAck:       HeaderBytes + siteBytes,
	core.KindXNack:      HeaderBytes + 1, // and a key if the leader is known
	core.KindJoin:       HeaderBytes + 3,
	core.KindJoinAck:    HeaderBytes + 5 + countBytes,
	core.KindSyncDigest: HeaderBytes + 24,
	core.KindSyncFull:   HeaderBytes + countBytes,
	core.KindProgress:   HeaderBytes + 16,
	core.KindStreamPing: HeaderBytes + keyBytes + 4,
	core.KindStreamAck:  HeaderBytes,
}

// travels reports whether messages of this kind have bytes at all.
func travels(k core.Kind) bool { return int(k) < len(fixedBytes) && fixedBytes[k] != 0 }

// hasTarget reports whether the body of this kind names a target.
func hasTarget(k core.Kind) bool {
	return k == core.KindPing || k == core.KindPingReq || k == core.KindIndAck || k == core.KindNack || k == core.KindStreamPing
}

// namesLeader reports whether m is an XNACK that knows the leader.
func namesLeader(m *core.Message) bool { return m.Kind == core.KindXNack && m.Target != core.NoNode }

// hasRecords reports whether the body of this kind is a table.
func hasRecords(k core.Kind) bool { return k == core.KindJoinAck || k == core.KindSyncFull }

// Size returns how many bytes Encode writes for m, without writing them; 0 for a kind that never
// travels. It does not allocate, and where b has IPv4 only it asks b for nothing but names.
func Size(m *core.Message, b Book) int {
	if !travels(m.Kind) {
		return 0
	}
	v4 := onlyV4(b)
	n := int(fixedBytes[m.Kind])
	if !v4 {
		n += moreKeys(m, b)
	}
	if namesLeader(m) {
		n += keyBytes
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
	switch {
	case m.Kind == core.KindJoin:
		n += len(b.Name(m.From))
	case hasRecords(m.Kind):
		n += recordsBytes(m.Records, b, v4)
	}
	return n
}

// moreKeys is what header and body need beyond fixedBytes because of IPv6.
func moreKeys(m *core.Message, b Book) int {
	n := 0
	if isV6(b, m.From) {
		n += moreV6
	}
	if (hasTarget(m.Kind) || namesLeader(m)) && isV6(b, m.Target) {
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

func recordsBytes(es []core.Entry, b Book, v4 bool) int {
	n := len(es) * recordBytes
	for i := range es {
		e := &es[i]
		n += len(b.Name(e.Subject)) + varintLen(e.Incarnation)
		accused := e.Accuser != core.NoNode
		if accused {
			n += keyBytes
		}
		if v4 {
			continue
		}
		if isV6(b, e.Subject) {
			n += moreV6
		}
		if accused && isV6(b, e.Accuser) {
			n += moreV6
		}
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
