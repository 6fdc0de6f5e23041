package wire

import "encoding/binary"

// Tags of a key: which address family it has. A key with another tag is not valid.
const (
	TagV4 = 4
	TagV6 = 6
)

// Key is the datagram endpoint by which nodes know each other on the wire (spec 10 §0). It is
// comparable; equal endpoints have equal keys, because an IPv4 address has one form only: the IPv4-mapped
// IPv6 range ::ffff:0:0/96 does not occur.
type Key struct {
	Addr [16]byte // IPv4: the first four, the rest zero
	Port uint16
	Tag  uint8 // TagV4, TagV6; 0 = no key
}

// MakeKeyV4 returns the key of an IPv4 endpoint.
func MakeKeyV4(addr [4]byte, port uint16) Key {
	k := Key{Tag: TagV4, Port: port}
	copy(k.Addr[:], addr[:])
	return k
}

// MakeKeyV6 returns the key of an IPv6 endpoint; an IPv4-mapped address gives the IPv4 key.
func MakeKeyV6(addr [16]byte, port uint16) Key {
	if isMapped(addr[:]) {
		return MakeKeyV4([4]byte(addr[12:]), port)
	}
	return Key{Tag: TagV6, Addr: addr, Port: port}
}

// isMapped reports whether the 16 bytes lie in ::ffff:0:0/96.
func isMapped(a []byte) bool {
	return binary.BigEndian.Uint64(a) == 0 && binary.BigEndian.Uint32(a[8:]) == 0xffff
}

func (k *Key) valid() bool { return k.Tag == TagV4 || k.Tag == TagV6 }

// appendTagged appends k as header and bodies have it: tag, address, port.
func (k *Key) appendTagged(dst []byte) []byte {
	if k.Tag == TagV4 {
		dst = append(dst, TagV4, k.Addr[0], k.Addr[1], k.Addr[2], k.Addr[3])
	} else {
		dst = append(append(dst, TagV6), k.Addr[:]...)
	}
	return binary.BigEndian.AppendUint16(dst, k.Port)
}

// appendBare appends k as updates have it: no tag, the family is that of the update.
func (k *Key) appendBare(dst []byte, v6 bool) []byte {
	switch {
	case !v6:
		dst = append(dst, k.Addr[:4]...)
	case k.Tag == TagV4:
		dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)
		dst = append(dst, k.Addr[:4]...)
	default:
		dst = append(dst, k.Addr[:]...)
	}
	return binary.BigEndian.AppendUint16(dst, k.Port)
}
