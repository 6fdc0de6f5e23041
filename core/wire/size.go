package wire

import "hypersim/core"

// Sizes in bytes, spec 10 §3.1.
const (
	HeaderBytes      = 29
	UpdatesHeader    = 4    // tag, count, length of the membership update block
	MTU              = 1400 // largest datagram
	MaxUpdatesBytes  = 1200 // largest membership update block, header included
	MaxUpdatesParsed = 100  // updates that a receiver processes per datagram
	KeyV4            = 6    // key without tag
	KeyV6            = 18
	MaxIncarnation   = 1<<31 - 1
)

// CoordBytes returns the size of a coordinate block of the given dimensions: 53 at 8.
func CoordBytes(dims int) int { return 5 + 4*(dims+4) }

// UpdateBytes returns the size of u in the update block; keyBytes is KeyV4 or KeyV6, for subject and
// accuser alike.
func UpdateBytes(u *core.Update, keyBytes int) int {
	n := 1 + varintLen(u.Incarnation) + keyBytes
	if u.From != core.NoNode {
		n += keyBytes
	}
	return n
}

func varintLen(v uint32) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}
