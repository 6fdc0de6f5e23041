package wire

import (
	"testing"

	"hypersim/core"
)

// Spec 10 §3.1 gives these figures.
func TestSizes(t *testing.T) {
	with := func(k core.Kind, change func(*core.Message)) core.Message {
		m := core.Message{Kind: k}
		if !k.IsStream() {
			m.Coord = coord8()
		}
		if change != nil {
			change(&m)
		}
		return m
	}
	for _, c := range []struct {
		what string
		m    core.Message
		b    Book
		want int
	}{
		{"ping", with(core.KindPing, nil), linear, 89},
		{"ack", with(core.KindAck, nil), linear, 91},
		{"ping_req", with(core.KindPingReq, nil), linear, 93},
		{"ind_ack", with(core.KindIndAck, nil), linear, 93},
		{"nack", with(core.KindNack, nil), linear, 89},
		{"gossip", with(core.KindGossip, nil), linear, 82},
		{"gossip without coordinates", core.Message{Kind: core.KindGossip}, linear, 29},
		{"xprobe", with(core.KindXProbe, nil), linear, 82},
		{"stream_ping", with(core.KindStreamPing, nil), linear, 29 + 7 + 4},
		{"stream_ack", with(core.KindStreamAck, nil), linear, 29},
		{"ping of IPv6 node 3 to IPv4 node 4", with(core.KindPing, func(m *core.Message) { m.From, m.Target = 3, 4 }), dual{}, 89 + 12},
		{"ping of IPv6 node 3 to IPv6 node 6", with(core.KindPing, func(m *core.Message) { m.From, m.Target = 3, 6 }), dual{}, 89 + 24},
		{"never travels", core.Message{Kind: core.KindStreamFailed}, linear, 0},
		{"out of range", core.Message{Kind: 255}, linear, 0},
	} {
		if have := Size(&c.m, c.b); have != c.want {
			t.Errorf("%s: %d bytes, want %d", c.what, have, c.want)
		}
		if c.want != 0 {
			if have := len(Encode(nil, &c.m, c.b)); have != c.want {
				t.Errorf("%s: encoded to %d bytes, want %d", c.what, have, c.want)
			}
		}
	}
}

// Spec 10 §3.1: 8–12 bytes for alive, join and leave, 14–18 for suspect and dead; the incarnation makes
// the difference.
func TestUpdateSizes(t *testing.T) {
	for _, c := range []struct {
		incarnation uint32
		varint      int
	}{
		{0, 1}, {127, 1}, {128, 2}, {1<<14 - 1, 2}, {1 << 14, 3}, {1<<21 - 1, 3}, {1 << 21, 4}, {1<<28 - 1, 4},
		{1 << 28, 5}, {MaxIncarnation, 5}, {1<<32 - 1, 5},
	} {
		u := core.Update{Subject: 1, Incarnation: c.incarnation, From: core.NoNode}
		if have, want := UpdateBytes(&u, KeyV4), 7+c.varint; have != want {
			t.Errorf("alive(%d): %d bytes, want %d", c.incarnation, have, want)
		}
		u.Type, u.From = core.UpdateSuspect, 2
		if have, want := UpdateBytes(&u, KeyV4), 13+c.varint; have != want {
			t.Errorf("suspect(%d): %d bytes, want %d", c.incarnation, have, want)
		}
		if have, want := UpdateBytes(&u, KeyV6), 37+c.varint; have != want {
			t.Errorf("suspect(%d) by IPv6: %d bytes, want %d", c.incarnation, have, want)
		}
		if have := len(appendVarint(nil, c.incarnation)); have != c.varint {
			t.Errorf("varint of %d: %d bytes, want %d", c.incarnation, have, c.varint)
		}
	}
}

// Spec 10 §3.1 and I-M17: 53 bytes at 8 dimensions, at most 80.
func TestCoordSizes(t *testing.T) {
	if CoordBytes(8) != 53 {
		t.Errorf("8 dimensions: %d bytes, want 53", CoordBytes(8))
	}
	if CoordBytes(core.MaxDims) > 80 {
		t.Errorf("%d dimensions: %d bytes, want 80 at most", core.MaxDims, CoordBytes(core.MaxDims))
	}
}

// I-M17: a full update block leaves room for header, body and coordinate, IPv6 included.
func TestFullDatagramFits(t *testing.T) {
	most := 0
	for _, k := range kinds {
		if !k.IsStream() {
			most = max(most, HeaderBytes+int(fieldBytes[k])+2*moreV6)
		}
	}
	if n := most + CoordBytes(core.MaxDims) + MaxUpdatesBytes; n > MTU {
		t.Errorf("%d bytes, the MTU is %d", n, MTU)
	}
}
