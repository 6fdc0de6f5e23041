package wire

import (
	"testing"

	"hypersim/core"
)

// busy is a ping with a full load of updates.
func busy() core.Message {
	m := ping()
	for i := range core.NodeID(64) {
		m.Updates = append(m.Updates, core.Update{Type: core.UpdateSuspect, Subject: i, From: i + 1, Incarnation: uint32(i) * 5})
	}
	return m
}

func TestNoAllocations(t *testing.T) {
	for name, b := range books() {
		for what, m := range map[string]core.Message{"ping": ping(), "busy": busy()} {
			c := newCodec(b)
			p := c.Encode(nil, &m)
			buf := make([]byte, 0, 4*MTU)
			have := core.Message{Updates: make([]core.Update, 0, MaxUpdates)}
			for op, f := range map[string]func(){
				"Size":   func() { Size(&m, b) },
				"Encode": func() { c.Encode(buf, &m) },
				"Decode": func() {
					if err := c.Decode(p, &have); err != nil {
						t.Fatal(err)
					}
				},
			} {
				if n := testing.AllocsPerRun(100, f); n != 0 {
					t.Errorf("%s of a %s message (%s): %v allocations", op, what, name, n)
				}
			}
		}
	}
}

var sink int

func Benchmark(b *testing.B) {
	var book Book = linear
	ack := some()[1]
	ack.Updates = nil
	for _, c := range []struct {
		name string
		m    core.Message
	}{{"ping", ping()}, {"ack", ack}, {"busy", busy()}} {
		m, codec := c.m, newCodec(book)
		p := codec.Encode(nil, &m)
		b.Run("size/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink += Size(&m, book)
			}
		})
		b.Run("encode/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 4*MTU)
			for b.Loop() {
				buf = codec.Encode(buf[:0], &m)
			}
		})
		b.Run("decode/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			have := core.Message{Updates: make([]core.Update, 0, MaxUpdates)}
			for b.Loop() {
				if codec.Decode(p, &have) != nil {
					b.Fatal("does not decode")
				}
			}
		})
	}
}
