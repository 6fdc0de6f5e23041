package wire

import (
	"strconv"
	"strings"

	"hypersim/core"
)

// FormatUpdate returns u as logs and tables show it (spec 10 §3.1): type:incarnation:host:port:role, and
// for an accusation :host/port of the accuser. IPv6 hosts are in brackets. u must be of a known type.
func FormatUpdate(u core.Update, b Book) string {
	k := nodeKey(u.Subject, b)
	s := append(make([]byte, 0, 80), u.Type.String()...)
	s = append(s, ':')
	s = strconv.AppendUint(s, uint64(u.Incarnation), 10)
	s = append(s, ':')
	s = k.appendHost(s)
	s = append(s, ':')
	s = strconv.AppendUint(s, uint64(k.Port), 10)
	s = append(s, ':')
	s = append(s, u.Role.String()...)
	if u.From != core.NoNode && accuses(u.Type) {
		from := nodeKey(u.From, b)
		s = append(s, ':')
		s = from.appendHost(s)
		s = append(s, '/')
		s = strconv.AppendUint(s, uint64(from.Port), 10)
	}
	return string(s)
}

func accuses(t core.UpdateType) bool { return t == core.UpdateSuspect || t == core.UpdateDead }

// ParseUpdate reads what FormatUpdate prints, with or without the last one or two fields. A role that is
// missing or unknown is the zero role, as everywhere (spec 10 §1). An error wraps ErrText or
// ErrUnknownKey.
func ParseUpdate(s string, b Book) (core.Update, error) {
	u := core.Update{From: core.NoNode}
	name, rest, _ := strings.Cut(s, ":")
	inc, rest, _ := strings.Cut(rest, ":")
	host, rest, ok := cutHost(rest)
	if !ok {
		return u, textError("fewer than 4 fields in", s)
	}
	port, rest, hasRole := strings.Cut(rest, ":")
	role, from, hasFrom := strings.Cut(rest, ":")

	var err error
	if u.Type, ok = parseType(name); !ok {
		return u, textError("type of update", name)
	}
	v, ok := parseDecimal(inc, 32)
	if !ok {
		return u, textError("incarnation", inc)
	}
	u.Incarnation = uint32(v)
	if u.Subject, err = findNode(host, port, b); err != nil {
		return u, err
	}
	if hasRole {
		u.Role, _ = core.ParseRole(role) // unknown: the zero role
	}
	if !hasFrom {
		return u, nil
	}
	if !accuses(u.Type) {
		return u, textError("accuser of no accusation", from)
	}
	i := strings.LastIndexByte(from, '/')
	if i < 0 {
		return u, textError("accuser (host/port is wanted)", from)
	}
	u.From, err = findNode(from[:i], from[i+1:], b)
	return u, err
}

// cutHost takes the host off the front, brackets and all.
func cutHost(s string) (host, rest string, ok bool) {
	if !strings.HasPrefix(s, "[") {
		return strings.Cut(s, ":")
	}
	host, rest, ok = strings.Cut(s, "]:")
	return host + "]", rest, ok
}

func parseType(s string) (core.UpdateType, bool) {
	for t := core.UpdateType(0); t < core.NumUpdateTypes; t++ {
		if t.String() == s {
			return t, true
		}
	}
	return 0, false
}

func findNode(host, port string, b Book) (core.NodeID, error) {
	k, err := parseEndpoint(host, port)
	if err != nil {
		return core.NoNode, err
	}
	id, ok := b.Node(k)
	if !ok {
		return core.NoNode, unknownKey(k)
	}
	return id, nil
}
