package scenarios

import (
	"slices"
	"testing"

	"hypersim/core"
)

// All datagrams, or all streams, are one word; between them they are everything that travels.
func TestTrafficByTransport(t *testing.T) {
	of := func(traffic string) *Fault {
		return &small(t, "", `for = "90s"`, "for = \"90s\"\ntraffic = "+traffic).Faults[0]
	}
	datagrams, streams := of(`"datagram"`), of(`["stream"]`)
	for k := core.Kind(1); k < core.NumKinds; k++ {
		travels := k != core.KindStreamFailed
		if slices.Contains(datagrams.Kinds, k) != (travels && !k.IsStream()) || slices.Contains(streams.Kinds, k) != (travels && k.IsStream()) {
			t.Errorf("%v: among the datagrams %v, among the streams %v", k, datagrams.Kinds, streams.Kinds)
		}
	}
	if mixed := of(`["control", "stream", "ping"]`); len(mixed.Classes) != 1 || len(mixed.Kinds) != len(streams.Kinds)+1 {
		t.Errorf("a class, a transport and a type: %v and %v", mixed.Classes, mixed.Kinds)
	}
}

// What a fault is for is told in few words, however many types a transport has.
func TestTrafficIsToldInItsWords(t *testing.T) {
	for traffic, want := range map[string]string{
		`"datagram"`:                        "datagrams",
		`["stream"]`:                        "streams",
		`["datagram", "stream"]`:            "datagrams, streams",
		`["ping", "stream", "ack", "xack"]`: "streams, ping, ack, xack",
		`["control", "ping", "datagram"]`:   "datagrams, CONTROL",
		`["ack", "ping"]`:                   "ack, ping",
	} {
		sc := small(t, "", `for = "90s"`, "for = \"90s\"\ntraffic = "+traffic)
		if have := sc.Faults[0].Detail(sc); have != want {
			t.Errorf("%s is told as %q, not %q", traffic, have, want)
		}
	}
}
