package words

import "hypersim/core"

// Words of the labels direction and transport.
var (
	Directions = []string{"sent", "received", "dropped"}
	Transports = []string{"datagram", "stream", "link", "election"}

	ofTraffic = with(ofRole, label("direction", Fixed, Directions...), label("transport", Fixed, Transports...), "type")
)

// Messages and their bytes.
const traffic family = 50

// The metrics.
var (
	Messages = traffic.metric(Def{
		Name: "messages", Unit: "1/s per node", Fold: FoldRate, Better: Lower, Labels: ofTraffic,
		Words: map[string][]string{"type": kinds()}, Apart: []string{"direction"}, Event: "traffic sample",
		Doc: "messages per live node and second, by direction and type",
	})

	Bytes = traffic.metric(Def{
		Name: "bytes", Unit: "B/s per node", Fold: FoldRate, Better: Lower, Labels: ofTraffic,
		Words: map[string][]string{"type": kinds()}, Apart: []string{"direction"}, Event: "traffic sample",
		Doc: "bytes per live node and second, by direction and type",
	})
)

// kinds are the kinds of messages; the first is kind 1.
func kinds() []string {
	var list []string
	for k := core.Kind(1); k < core.NumKinds; k++ {
		list = append(list, k.String())
	}
	return list
}
