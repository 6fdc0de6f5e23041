package wire

import (
	"bytes"
	"strings"
	"testing"

	"hypersim/core"
)

// Decode uses the Extra that it finds and takes it away from a message that has none.
func TestDecodeReusesExtra(t *testing.T) {
	m := core.Message{Kind: core.KindGossip, Extra: &core.Extra{Workers: []core.WorkerEntry{{Worker: 1, Owner: 2}}}}
	room := &core.Extra{Health: make([]core.HealthEntry, 3)}
	have := core.Message{Extra: room}
	if err := Decode(Encode(nil, &m, linear), &have, linear); err != nil {
		t.Fatal(err)
	}
	if have.Extra != room || len(room.Workers) != 1 || len(room.Health) != 0 {
		t.Errorf("have %+v in %p, want %+v in %p", have.Extra, have.Extra, m.Extra, room)
	}
	m = core.Message{Kind: core.KindXProbe}
	if err := Decode(Encode(nil, &m, linear), &have, linear); err != nil {
		t.Fatal(err)
	}
	if have.Extra != nil {
		t.Errorf("an XPROBE has %+v", have.Extra)
	}
}

// Health and worker entries, written down by hand from doc.go.
func TestEntryBytes(t *testing.T) {
	m := core.Message{Kind: core.KindGossip, Extra: &core.Extra{
		Health: []core.HealthEntry{{
			Subject: 9, Version: 128, Capacity: 64, Throughput: 1, Expected: 2, Role: core.RoleManager,
			Load: core.LoadStressed, Accepting: true,
		}},
		Workers: []core.WorkerEntry{{Worker: 9, Owner: 10, Instance: 3, Incarnation: 300, Cores: 16, Available: 128, State: core.WorkerEvicted}},
	}}
	const want = "83 01 0012 16 8001 0a000009 1b58 40 3f800000 40000000" +
		"84 01 0016 02 ac02 0a000009 1b58 0a00000a 1b58 00000003 10 8001"
	p := unhex(t, strings.ReplaceAll(want, " ", ""))
	if have := Encode(nil, &m, linear)[HeaderBytes:]; !bytes.Equal(have, p) {
		t.Errorf("have %x\nwant %x", have, p)
	}
}

// Spec 10 §4.6 and §6: blocks of at most 600 bytes. Five health entries fit whatever they say.
func TestEntrySizes(t *testing.T) {
	h := core.HealthEntry{Version: 1<<32 - 1, Capacity: 1<<32 - 1}
	if n := ExtraHeader + MaxHealth*HealthBytes(&h, KeyV6); n > MaxHealthBytes {
		t.Errorf("%d health entries take %d bytes, want %d at most", MaxHealth, n, MaxHealthBytes)
	}
	e := core.WorkerEntry{Incarnation: 1, Cores: 16, Available: 16}
	if n := WorkerBytes(&e, KeyV4); n != 20 {
		t.Errorf("a worker entry takes %d bytes, want 20", n)
	}
}
