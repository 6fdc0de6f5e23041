package wire

import (
	"bytes"
	"encoding/hex"
	"hash/crc32"
	"math"
	"strings"
	"testing"

	"hypersim/core"
	"pgregory.net/rapid"
)

// Spec 50 §3: the size is that of the real encoding, and both codecs give the same message.
func TestEncodeDecode(t *testing.T) {
	for name, b := range books() {
		for _, k := range kinds {
			t.Run(name+"/"+k.String(), func(t *testing.T) {
				var have core.Message // reused on purpose: nothing of the last message may shine through
				rapid.Check(t, func(t *rapid.T) {
					m := drawMessage(t, k)
					prefix := []byte("prefix")
					p := Encode(prefix, &m, b)
					if !bytes.HasPrefix(p, prefix) {
						t.Fatal("Encode does not append")
					}
					p = p[len(prefix):]
					if size := sizeOf(&m, b); size != len(p) {
						t.Fatalf("Size %d, encoded %d", size, len(p))
					}
					if err := Decode(p, &have, b); err != nil {
						t.Fatal(err)
					}
					if !same(&have, &m) {
						t.Fatalf("have %+v\nwant %+v", have, m)
					}
					if again := Encode(nil, &have, b); !bytes.Equal(again, p) {
						t.Fatalf("encoded again: %x\nwant %x", again, p)
					}
				})
			})
		}
	}
}

// The size of a LinearBook's messages comes from a shortcut; the long way must agree.
func TestSizeShortcut(t *testing.T) {
	type slow struct{ Book }
	rapid.Check(t, func(t *rapid.T) {
		m := drawMessage(t, rapid.SampledFrom(kinds).Draw(t, "kind"))
		if fast, long := sizeOf(&m, linear), sizeOf(&m, slow{linear}); fast != long {
			t.Fatalf("%d by the shortcut, %d without", fast, long)
		}
	})
}

// The layout of doc.go, written down by hand. The checksum is computed bit by bit.
func TestBytes(t *testing.T) {
	m := core.Message{
		Kind: core.KindNack, Flags: core.FlagDeclined, Role: core.RoleGate, Group: 0x0102, From: 0x010203,
		Instance: 0x11121314, Incarnation: 0x21222324, Seq: 0x31323334, Target: 0x0a0b0c,
		Coord: core.Coord{Dims: 1, Samples: 0x4142, Vec: [core.MaxDims]float32{1}, Height: 2, Adjustment: -2, Error: 0.5, ErrorMS: 0},
		Updates: []core.Update{
			{Type: core.UpdateLeft, Role: core.RoleManager, Subject: 9, Incarnation: 127, From: core.NoNode},
			{Type: core.UpdateDead, Role: core.RoleWorker, Subject: 10, Incarnation: 128, From: 11},
		},
	}
	want := "48 01 05 81 0102 04 0a010203 1b58 11121314 21222324 31323334 CRC" + // 0x1b58 = port 7000
		"04 0a0a0b0c 1b58" +
		"01 17 01 4142 3f800000 40000000 c0000000 3f000000 00000000" +
		"82 02 0017 0c 7f 0a000009 1b58 23 8001 0a00000a 1b58 0a00000b 1b58"
	head, tail, _ := strings.Cut(strings.ReplaceAll(want, " ", ""), "CRC")
	crc := crcByBits(unhex(t, head+tail))
	p := append(unhex(t, head), byte(crc>>24), byte(crc>>16), byte(crc>>8), byte(crc))
	p = append(p, unhex(t, tail)...)
	if have := Encode(nil, &m, linear); !bytes.Equal(have, p) {
		t.Errorf("have %x\nwant %x", have, p)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// crcByBits is CRC32C from its definition (RFC 3720 §12.1: reflected polynomial 82f63b78).
func crcByBits(p []byte) uint32 {
	c := ^uint32(0)
	for _, b := range p {
		c ^= uint32(b)
		for range 8 {
			c = c>>1 ^ 0x82f63b78&-(c&1)
		}
	}
	return ^c
}

func TestChecksumVector(t *testing.T) {
	const want = 0xe3069283 // the published check value of CRC-32C
	if have := crc32.Checksum([]byte("123456789"), castagnoli); have != want {
		t.Errorf("have %x want %x", have, want)
	}
	if have := crcByBits([]byte("123456789")); have != want {
		t.Errorf("by bits: have %x want %x", have, want)
	}
}

// What stays at home: the receiver, the detector's mark, the stream's patience.
func TestNotOnTheWire(t *testing.T) {
	m := ping()
	bare := Encode(nil, &m, linear)
	m.To, m.Flags, m.Timeout = 99, core.FlagProbe, 1e9
	if have := Encode(nil, &m, linear); !bytes.Equal(have, bare) {
		t.Error("the bytes depend on To, FlagProbe or Timeout")
	}
}

// I-V5: a coordinate after encode and decode equals the float32 rounding of the original, to the bit.
func TestFloatIdentity(t *testing.T) {
	for _, bits := range []uint32{
		0, 1 << 31, 1, 0x007fffff, 0x00800000, 0x7f7fffff, 0x7f800000, 0xff800000, // zeros, denormals, largest, infinities
		0x7fc00000, 0x7fc12345, 0xffffffff, math.Float32bits(0.1),
	} {
		m := ping()
		x := math.Float32frombits(bits)
		m.Coord.Vec[7], m.Coord.Height, m.Coord.Adjustment, m.Coord.Error, m.Coord.ErrorMS = x, x, x, x, x
		var have core.Message
		if err := Decode(Encode(nil, &m, linear), &have, linear); err != nil {
			t.Fatal(err)
		}
		if !same(&have, &m) {
			t.Errorf("%08x: have %+v", bits, have.Coord)
		}
	}
}

func TestDecodeReusesSlices(t *testing.T) {
	m := some()[0]
	room := make([]core.Update, 0, 8)
	have := core.Message{Updates: room, To: 7, Timeout: 1, Digest: 9}
	if err := Decode(Encode(nil, &m, linear), &have, linear); err != nil {
		t.Fatal(err)
	}
	if &have.Updates[0] != &room[:1][0] {
		t.Error("Updates was not reused")
	}
	if have.To != 0 || have.Timeout != 0 || have.Digest != 0 {
		t.Errorf("left over: %+v", have)
	}
}

func TestEncodePanics(t *testing.T) {
	for what, change := range map[string]func(*core.Message){
		"kind none":                func(m *core.Message) { m.Kind = core.KindNone },
		"kind stream_failed":       func(m *core.Message) { m.Kind = core.KindStreamFailed },
		"kind out of range":        func(m *core.Message) { m.Kind = 200 },
		"role":                     func(m *core.Message) { m.Role = core.NumRoles },
		"dimensions":               func(m *core.Message) { m.Coord.Dims = core.MaxDims + 1 },
		"updates":                  func(m *core.Message) { m.Updates = make([]core.Update, 256) },
		"update type":              func(m *core.Message) { m.Updates = []core.Update{{Type: core.NumUpdateTypes}} },
		"target of an ack":         func(m *core.Message) { m.Kind = core.KindAck },
		"digest in a ping":         func(m *core.Message) { m.Digest = 1 },
		"required in a ping":       func(m *core.Message) { m.Required = 1 },
		"budget in a ping":         func(m *core.Message) { m.BudgetMS = 1 },
		"body of a ping":           func(m *core.Message) { m.Body = someBody() },
		"xack without a body":      func(m *core.Message) { *m = core.Message{Kind: core.KindXAck} },
		"body of an unknown word":  func(m *core.Message) { *m = core.Message{Kind: core.KindXAck, Body: &everything{state: 6}} },
		"extra with nothing in it": func(m *core.Message) { m.Extra = new(core.Extra) },
		"extra on a stream":        func(m *core.Message) { *m = core.Message{Kind: core.KindStreamPing, Extra: someEntries()} },
		"health of load 4":         func(m *core.Message) { m.Extra = &core.Extra{Health: []core.HealthEntry{{Load: 4}}} },
		"worker of state 4":        func(m *core.Message) { m.Extra = &core.Extra{Workers: []core.WorkerEntry{{State: 4}}} },
		"256 worker entries":       func(m *core.Message) { m.Extra = &core.Extra{Workers: make([]core.WorkerEntry, 256)} },
		"failed in a ping":         func(m *core.Message) { m.Failed = core.KindJoin },
		"sender beyond the book":   func(m *core.Message) { m.From = LinearNodes },
		"target nobody":            func(m *core.Message) { m.Target = core.NoNode },
	} {
		m := ping()
		change(&m)
		wantPanic(t, what, func() { Encode(nil, &m, linear) })
	}
	long := LinearBook{Names: func(core.NodeID) string { return strings.Repeat("x", 256) }}
	wantPanic(t, "long name", func() { Encode(nil, &core.Message{Kind: core.KindJoin, Body: someBody()}, long) })
	wantPanic(t, "no key", func() { Encode(nil, &core.Message{Kind: core.KindGossip}, noKeys{}) })
}

type noKeys struct{ dual }

func (noKeys) Key(core.NodeID) Key { return Key{} }
