package wire

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// String returns host:port; an IPv6 host is in brackets and in the form of RFC 5952. "none" for no key.
func (k Key) String() string {
	if !k.valid() {
		return "none"
	}
	var buf [48]byte
	return string(strconv.AppendUint(append(k.appendHost(buf[:0]), ':'), uint64(k.Port), 10))
}

// ParseKey reads what String prints. It takes every spelling of an IPv6 address but zones, and gives an
// IPv4-mapped one as IPv4. An error wraps ErrText.
func ParseKey(s string) (Key, error) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return Key{}, textError("no port in", s)
	}
	return parseEndpoint(s[:i], s[i+1:])
}

func parseEndpoint(host, port string) (Key, error) {
	p, ok := parseDecimal(port, 16)
	if !ok {
		return Key{}, textError("port", port)
	}
	if n := len(host); n >= 2 && host[0] == '[' && host[n-1] == ']' {
		addr, ok := parseV6(host[1 : n-1])
		if !ok {
			return Key{}, textError("IPv6 host", host)
		}
		return MakeKeyV6(addr, uint16(p)), nil
	}
	a, ok := parseV4(host)
	if !ok {
		return Key{}, textError("host (an address is wanted, IPv6 in brackets)", host)
	}
	return MakeKeyV4(a[0], a[1], a[2], a[3], uint16(p)), nil
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

// parseDecimal reads digits alone, without leading zeros: no sign, no space.
func parseDecimal(s string, bits int) (uint64, bool) {
	if s == "" || len(s) > 1 && s[0] == '0' || s[0] == '+' || s[0] == '-' {
		return 0, false
	}
	v, err := strconv.ParseUint(s, 10, bits)
	return v, err == nil
}

func parseV4(s string) (a [4]byte, ok bool) {
	for i := range a {
		part, rest, more := strings.Cut(s, ".")
		v, fine := parseDecimal(part, 8)
		if !fine || more != (i < 3) {
			return a, false
		}
		a[i], s = uint8(v), rest
	}
	return a, true
}

// parseV6 reads eight groups, or fewer around one "::"; the last two may be written as IPv4.
func parseV6(s string) (a [16]byte, ok bool) {
	head, tail, short := strings.Cut(s, "::")
	var left, right [16]byte
	nl, ok := parseGroups(head, &left, !short)
	if !ok {
		return a, false
	}
	if !short {
		return left, nl == 16
	}
	nr, ok := parseGroups(tail, &right, true)
	if !ok || nl+nr > 14 { // "::" stands for one group at least
		return a, false
	}
	copy(a[:], left[:nl])
	copy(a[16-nr:], right[:nr])
	return a, true
}

// parseGroups reads groups divided by ":" and returns how many bytes they fill.
func parseGroups(s string, a *[16]byte, v4Last bool) (n int, ok bool) {
	for s != "" {
		part, rest, more := strings.Cut(s, ":")
		if more && rest == "" {
			return 0, false
		}
		if !more && v4Last && strings.IndexByte(part, '.') >= 0 {
			v4, fine := parseV4(part)
			if !fine || n > 12 {
				return 0, false
			}
			return n + copy(a[n:], v4[:]), true
		}
		v, err := strconv.ParseUint(part, 16, 16)
		if err != nil || len(part) > 4 || part[0] == '+' || n == 16 {
			return 0, false
		}
		binary.BigEndian.PutUint16(a[n:], uint16(v))
		n, s = n+2, rest
	}
	return n, true
}
