package wire

import (
	"encoding/binary"
	"strconv"
)

// String returns host:port; an IPv6 host is in brackets and in the form of RFC 5952. "none" for no key.
func (k Key) String() string {
	if !k.valid() {
		return "none"
	}
	var buf [48]byte
	return string(strconv.AppendUint(append(k.appendHost(buf[:0]), ':'), uint64(k.Port), 10))
}

func (k *Key) appendHost(dst []byte) []byte {
	if k.Tag == TagV6 {
		return append(k.appendV6(append(dst, '[')), ']')
	}
	for i, octet := range k.Addr[:4] {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = strconv.AppendUint(dst, uint64(octet), 10)
	}
	return dst
}

// appendV6 shortens the longest run of two or more zero groups, the first of equals (RFC 5952 §4.2).
func (k *Key) appendV6(dst []byte) []byte {
	var group [8]uint16
	for i := range group {
		group[i] = binary.BigEndian.Uint16(k.Addr[2*i:])
	}
	from, to := -1, -1
	for i := 0; i < len(group); i++ {
		j := i
		for j < len(group) && group[j] == 0 {
			j++
		}
		if j-i > max(1, to-from) {
			from, to = i, j
		}
		i = max(i, j-1)
	}
	for i := 0; i < len(group); i++ {
		if i == from {
			dst = append(dst, "::"...)
			if i = to; i == len(group) {
				break
			}
		} else if i > 0 {
			dst = append(dst, ':')
		}
		dst = strconv.AppendUint(dst, uint64(group[i]), 16)
	}
	return dst
}
