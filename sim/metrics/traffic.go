package metrics

import "hypersim/core"

// transport returns how messages counted as k travel: "stream", "link" for the datagrams between gates and
// datacenters, or "datagram" for those of membership.
func transport(k core.Kind) string {
	switch {
	case k.Room() == core.RoomLink:
		return "link"
	case k.IsStream():
		return "stream"
	}
	return "datagram"
}

// TransportOf returns how messages of the type that the tables call so travel, "" for no type: "stream",
// "link" or "datagram".
func TransportOf(name string) string {
	for k := core.Kind(1); k < core.NumKinds; k++ {
		if k.String() == name {
			return transport(k)
		}
	}
	return ""
}
