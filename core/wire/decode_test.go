package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"hypersim/core"
)

// Any change of one byte is noticed. CRC32C detects every burst of up to 32 bits; the one change that moves
// the checksum itself, the tag of the sender's key, is tried here like all others.
func TestCorruption(t *testing.T) {
	for name, b := range books() {
		for _, m := range some() {
			p := Encode(nil, &m, b)
			var have core.Message
			for i := range p {
				for x := 1; x < 256; x++ {
					p[i] ^= byte(x)
					if Decode(p, &have, b) == nil {
						t.Fatalf("%s %v: byte %d xor %02x not noticed", name, m.Kind, i, x)
					}
					p[i] ^= byte(x)
				}
			}
		}
	}
}

// A message cut off anywhere is an error, even if whoever cut it computed the checksum anew, unless the
// cut falls between blocks.
func TestTruncation(t *testing.T) {
	for name, b := range books() {
		for _, m := range some() {
			p := Encode(nil, &m, b)
			bare := m
			whole := []int{}
			if x := m.Extra; x != nil {
				bare.Extra = &core.Extra{Health: x.Health, Workers: x.Workers}
				whole = append(whole, sizeOf(&bare, b))
				bare.Extra = &core.Extra{Health: x.Health}
				whole = append(whole, sizeOf(&bare, b))
				bare.Extra = nil
				whole = append(whole, sizeOf(&bare, b))
			}
			bare.Updates = nil
			whole = append(whole, sizeOf(&bare, b))
			bare.Coord = core.Coord{}
			whole = append(whole, sizeOf(&bare, b))
			var have core.Message
			for n := range p {
				if err := Decode(p[:n], &have, b); err == nil {
					t.Errorf("%s %v: %d of %d bytes decode", name, m.Kind, n, len(p))
				}
				err := Decode(reseal(slices.Clone(p[:n])), &have, b)
				if (err == nil) != slices.Contains(whole, n) {
					t.Errorf("%s %v: %d of %d bytes with a new checksum: %v", name, m.Kind, n, len(p), err)
				}
			}
		}
	}
}

// Where things are in the encoded ping() and in tables.
const (
	atCoord = HeaderBytes + keyBytes
	atAfter = atCoord + 53
)

func TestDecodeErrors(t *testing.T) {
	update := func(tag byte, rest ...byte) []byte {
		u := append([]byte{tag}, rest...)
		return append([]byte{blockUpdates, 1, 0, byte(len(u))}, u...)
	}
	entry := func(block, tag byte, rest ...byte) []byte {
		e := append([]byte{tag}, rest...)
		return append([]byte{block, 1, 0, byte(len(e))}, e...)
	}
	zero := func(n int) []byte { return make([]byte, n) }
	key := func(d byte) []byte { return []byte{10, 0, 0, d, 0x1b, 0x58} }
	mapped := append([]byte{10: 0xff, 11: 0xff}, key(3)...)
	set := func(i int, v byte) func([]byte) []byte {
		return func(p []byte) []byte { p[i] = v; return p }
	}
	after := func(block ...byte) func([]byte) []byte {
		return func(p []byte) []byte { return append(p, block...) }
	}
	for _, c := range []struct {
		what   string
		change func([]byte) []byte // of an encoded ping; the checksum is put right afterwards
		want   error
	}{
		{"unchanged", func(p []byte) []byte { return p }, nil},
		{"empty", func([]byte) []byte { return nil }, ErrShort},
		{"magic", set(0, 0x49), ErrMagic},
		{"version", set(1, 2), ErrVersion},
		{"kind none", set(2, 0), ErrUnknownKind},
		{"kind stream_failed", set(2, uint8(core.KindStreamFailed)), ErrUnknownKind},
		{"kind out of range", set(2, 255), ErrUnknownKind},
		{"reserved flag", set(3, 0x60), ErrReserved},
		{"key tag", set(6, 5), ErrKey},
		{"sender elsewhere", set(7, 11), ErrUnknownKey},
		{"sender's port", set(12, 0), ErrUnknownKey},
		{"target's tag", set(HeaderBytes, 0), ErrKey},
		{"target as mapped IPv6", func(p []byte) []byte {
			return append(append(p[:HeaderBytes], TagV6), mapped...)
		}, ErrKey},

		{"block tag 0", after(0, 0), ErrBlock},
		{"block tag 0x80", after(0x80, 0, 0, 0), ErrBlock},
		{"lone tag", after(3), ErrShort},
		{"block longer than the message", after(3, 1), ErrShort},
		{"unknown short block", after(3, 2, 7, 7), nil},
		{"unknown long block", after(0x86, 9, 0, 2, 7, 7), nil},
		{"unknown blocks in order", after(3, 0, 4, 0, 0xff, 0, 0, 0), nil},
		{"two blocks of one order", after(3, 0, 0x83, 0, 0, 0), ErrBlock},
		{"unknown blocks out of order", after(4, 0, 3, 0), ErrBlock},
		{"second coordinate", func(p []byte) []byte { return append(p, p[atCoord:atAfter]...) }, ErrBlock},
		{"coordinate after updates", func(p []byte) []byte {
			q := append(slices.Clone(p[:atCoord]), update(0, append([]byte{0}, key(5)...)...)...)
			return append(q, p[atCoord:atAfter]...)
		}, ErrBlock},
		{"no dimensions", set(atCoord+2, 0), ErrBlock},
		{"13 dimensions", set(atCoord+2, 13), ErrBlock},
		{"9 dimensions in the room of 8", set(atCoord+2, 9), ErrShort},
		{"7 dimensions in the room of 8", set(atCoord+2, 7), ErrBlock},

		{"update", after(update(0, append([]byte{0}, key(5)...)...)...), nil},
		{"no update", after(blockUpdates, 0, 0, 0), ErrBlock},
		{"more updates than room", after(blockUpdates, 2, 0, 8, 0, 0, 10, 0, 0, 5, 0x1b, 0x58), ErrShort},
		{"more room than updates", after(blockUpdates, 1, 0, 9, 0, 0, 10, 0, 0, 5, 0x1b, 0x58, 0), ErrBlock},
		{"update type 5", after(update(5, append([]byte{0}, key(5)...)...)...), ErrUpdate},
		{"reserved bit of an update", after(update(0x80, append([]byte{0}, key(5)...)...)...), ErrUpdate},
		{"varint with a useless byte", after(update(0, append([]byte{0x81, 0}, key(5)...)...)...), ErrVarint},
		{"varint beyond 32 bits", after(update(0, append([]byte{0xff, 0xff, 0xff, 0xff, 0x1f}, key(5)...)...)...), ErrVarint},
		{"varint of six bytes", after(update(0, append([]byte{0xff, 0xff, 0xff, 0xff, 0x8f, 1}, key(5)...)...)...), ErrVarint},
		{"largest varint", after(update(0, append([]byte{0xff, 0xff, 0xff, 0xff, 0x0f}, key(5)...)...)...), nil},
		{"unknown subject", after(update(0, 0, 11, 0, 0, 5, 0x1b, 0x58)...), ErrUnknownKey},
		{"unknown accuser", after(update(2|bitFrom, 0, 10, 0, 0, 5, 0x1b, 0x58, 11, 0, 0, 5, 0x1b, 0x58)...), ErrUnknownKey},
		{"IPv4 alone in the long form", after(update(bitV6, append([]byte{0}, mapped...)...)...), ErrUpdate},

		{"health entry", after(entry(blockHealth, 0, append([]byte{0}, append(key(5), zero(9)...)...)...)...), nil},
		{"health entry of the largest load and role", after(entry(blockHealth, 0x1f, append([]byte{0}, append(key(5), zero(9)...)...)...)...), nil},
		{"no health entry", after(blockHealth, 0, 0, 0), ErrBlock},
		{"reserved bit of a health entry", after(entry(blockHealth, 0x20, append([]byte{0}, append(key(5), zero(9)...)...)...)...), ErrReserved},
		{"health entry cut short", after(entry(blockHealth, 0, append([]byte{0}, append(key(5), zero(8)...)...)...)...), ErrShort},
		{"health entry and more", after(entry(blockHealth, 0, append([]byte{0}, append(key(5), zero(10)...)...)...)...), ErrBlock},
		{"health entry of IPv4 in the long form", after(entry(blockHealth, bitV6, append([]byte{0}, append(mapped, zero(9)...)...)...)...), ErrKey},
		{"worker entry", after(entry(blockWorkers, 3, append([]byte{0}, append(append(key(5), key(6)...), 0, 0, 0, 0, 0, 0)...)...)...), nil},
		{"no worker entry", after(blockWorkers, 0, 0, 0), ErrBlock},
		{"reserved bit of a worker entry", after(entry(blockWorkers, 4, append([]byte{0}, append(append(key(5), key(6)...), 0, 0, 0, 0, 0, 0)...)...)...), ErrReserved},
		{"worker entry of IPv4 in the long form", after(entry(blockWorkers, bitV6, append([]byte{0}, append(append(append([]byte{}, mapped...), mapped...), 0, 0, 0, 0, 0, 0)...)...)...), ErrKey},
		{"worker of 65,536 cores", after(entry(blockWorkers, 0, append([]byte{0}, append(append(key(5), key(6)...), 0, 0, 0, 0, 0x80, 0x80, 4, 0)...)...)...), ErrValue},
		{"health after workers", func(p []byte) []byte {
			p = append(p, entry(blockWorkers, 3, append([]byte{0}, append(append(key(5), key(6)...), 0, 0, 0, 0, 0, 0)...)...)...)
			return append(p, entry(blockHealth, 0, append([]byte{0}, append(key(5), zero(9)...)...)...)...)
		}, ErrBlock},
	} {
		m := ping()
		p := reseal(c.change(Encode(nil, &m, linear)))
		var have core.Message
		if err := Decode(p, &have, linear); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	m := core.Message{Kind: core.KindAck}
	p := Encode(nil, &m, linear)
	p[HeaderBytes+4] = 9
	var have core.Message
	if err := Decode(reseal(p), &have, linear); !errors.Is(err, ErrValue) {
		t.Errorf("state 9 in an ACK: %v", err)
	}
}

// A later version's block before and after ours does not disturb what we know.
func TestUnknownBlocksAreSkipped(t *testing.T) {
	m := some()[0]
	p := append(Encode(nil, &m, linear), 0x86, 1, 0, 3, 'a', 'b', 'c', 7, 0)
	var have core.Message
	if err := Decode(reseal(p), &have, linear); err != nil {
		t.Fatal(err)
	}
	if !same(&have, &m) {
		t.Errorf("have %+v", have)
	}
}

// The checksum comes before everything but length and magic (spec 10 §3.2 step 1).
func TestChecksumFirst(t *testing.T) {
	m := ping()
	p := Encode(nil, &m, linear)
	p[1], p[2] = 9, 200
	var have core.Message
	if err := Decode(p, &have, linear); !errors.Is(err, ErrChecksum) {
		t.Errorf("have %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range books() {
		for _, m := range some() {
			f.Add(Encode(nil, &m, b))
		}
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, p []byte) {
		for name, b := range books() {
			fuzzDecode(t, name, p, b)
			fuzzDecode(t, name, reseal(slices.Clone(p)), b) // or the checksum would stop nearly everything
		}
	})
}

func fuzzDecode(t *testing.T, name string, p []byte, b Book) {
	t.Helper()
	var m, again core.Message
	if Decode(p, &m, b) != nil {
		return
	}
	q := Encode(nil, &m, b)
	if sizeOf(&m, b) != len(q) {
		t.Fatalf("%s: Size %d, encoded %d", name, sizeOf(&m, b), len(q))
	}
	if known := withoutUnknown(p, len(q)); !bytes.Equal(known, q) {
		t.Fatalf("%s: %x\nencodes again to %x", name, p, q)
	}
	if err := Decode(q, &again, b); err != nil || !same(&m, &again) {
		t.Fatalf("%s: %v\n%+v\n%+v", name, err, m, again)
	}
}

// withoutUnknown removes the blocks that this version does not know from p, whose known part is n bytes
// long. It walks back to front of the known part only where lengths differ.
func withoutUnknown(p []byte, n int) []byte {
	if len(p) == n {
		return p
	}
	for at := HeaderBytes; at <= n; at++ { // where the blocks begin is unknown here: try
		q, ok := slices.Clone(p[:at]), true
		for r := p[at:]; len(r) > 0 && ok; {
			size := 0
			switch {
			case r[0]&blockLong == 0 && len(r) >= 2:
				size = 2 + int(r[1])
			case r[0]&blockLong != 0 && len(r) >= 4:
				size = 4 + int(binary.BigEndian.Uint16(r[2:]))
			}
			if ok = size > 0 && size <= len(r); ok {
				if r[0] == blockCoord || r[0] == blockUpdates || r[0] == blockHealth || r[0] == blockWorkers {
					q = append(q, r[:size]...)
				}
				r = r[size:]
			}
		}
		if ok && len(q) == n {
			return reseal(q)
		}
	}
	return nil
}
