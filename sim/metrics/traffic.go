package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// The labels of messages and bytes: Observation.Dir is Direction + 1, Type the kind. Folded rates have neither.
var (
	_ = reads("direction", func(_ *Result, o *Observation) string {
		return o.travels(Direction((o.Dir + NumDirections - 1) % NumDirections).String())
	})
	_ = reads("transport", func(_ *Result, o *Observation) string { return o.travels(transport(core.Kind(o.Type))) })
	_ = reads("type", func(_ *Result, o *Observation) string { return o.travels(core.Kind(o.Type).String()) })
)

func (o *Observation) travels(word string) string {
	if o.Dir == 0 {
		return ""
	}
	return word
}

// transport returns how messages counted as k travel: "stream", "link" for the datagrams between gates and
// datacenters, or "datagram" for those of membership.
func transport(k core.Kind) string {
	switch {
	case k.Room() == core.RoomLink:
		return words.Transports[2]
	case k.IsStream():
		return words.Transports[1]
	}
	return words.Transports[0]
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
