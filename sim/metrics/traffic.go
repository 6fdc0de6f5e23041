package metrics

import "hypersim/core"

// Messages are counted by kind. What the link between gates and datacenters sends is told apart from
// membership: its own kinds, and the PINGs and ACKs of group 0 with which leaders sample gates. Those two
// have numbers behind those of the contract, so that one number stays enough.
const (
	trafficLinkPing = core.NumKinds + iota
	trafficLinkAck
	numTraffic
)

// trafficOf returns under which number m is counted.
func trafficOf(m *core.Message) core.Kind {
	if m.Group == 0 {
		switch m.Kind {
		case core.KindPing:
			return trafficLinkPing
		case core.KindAck:
			return trafficLinkAck
		default:
		}
	}
	return m.Kind
}

// trafficName returns the word of k.
func trafficName(k core.Kind) string {
	switch k {
	case trafficLinkPing:
		return "sample_ping"
	case trafficLinkAck:
		return "sample_ack"
	default:
		return k.String()
	}
}

// contractKind returns the kind of the contract that k is.
func contractKind(k core.Kind) core.Kind {
	switch k {
	case trafficLinkPing:
		return core.KindPing
	case trafficLinkAck:
		return core.KindAck
	default:
		return k
	}
}

// transport returns how messages counted as k travel: "stream", "link" for the datagrams between gates and
// datacenters, or "datagram" for those of membership.
func transport(k core.Kind) string {
	switch {
	case k >= core.NumKinds, k.Room() == core.RoomLink:
		return "link"
	case k.IsStream():
		return "stream"
	}
	return "datagram"
}

// TransportOf returns how messages of the type that the tables call so travel, "" for no type: "stream",
// "link" or "datagram".
func TransportOf(name string) string {
	for k := core.Kind(1); k < numTraffic; k++ {
		if trafficName(k) == name {
			return transport(k)
		}
	}
	return ""
}
