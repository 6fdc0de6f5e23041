package wire

import (
	"bytes"
	"strings"
	"testing"

	"hypersim/core"
)

// The bodies of the federated link, written down by hand from doc.go.
func TestLinkBytes(t *testing.T) {
	report := core.SiteReport{
		Site: 0x0102, Term: 0x1112131415161718, External: 0x21222324, Leader: true, Health: 3,
		Managers: 0x3132, ManagersHealthy: 0x4142, Workers: 0x51525354, WorkersHealthy: 0x61626364,
		Cores: 0x71727374, CoresAvailable: 0x81828384, Jobs: 0x91929394, Workflows: 0xa1a2a3a4,
	}
	for _, c := range []struct {
		m    core.Message
		want string
	}{
		{core.Message{Kind: core.KindXProbe}, ""},
		{
			core.Message{Kind: core.KindXAck, Extra: &core.Extra{Site: report}},
			"0102 1112131415161718 21222324 01 03 3132 4142 51525354 61626364 71727374 81828384 91929394 a1a2a3a4",
		},
		{core.Message{Kind: core.KindXNack, Target: 0x0a0b0c}, "01 04 0a0a0b0c 1b58"},
		{core.Message{Kind: core.KindXNack, Target: core.NoNode}, "00"},
	} {
		want := unhex(t, strings.ReplaceAll(c.want, " ", ""))
		if have := Encode(nil, &c.m, linear)[HeaderBytes:]; !bytes.Equal(have, want) {
			t.Errorf("%v: have %x\nwant %x", c.m.Kind, have, want)
		}
	}
}

// Decode uses the Extra that it finds and takes it away from a message that has none.
func TestDecodeReusesExtra(t *testing.T) {
	m := core.Message{Kind: core.KindXAck, Extra: &core.Extra{Site: core.SiteReport{Term: 9}}}
	room := &core.Extra{Site: core.SiteReport{Jobs: 77}, Health: make([]core.HealthEntry, 3)}
	have := core.Message{Extra: room}
	if err := Decode(Encode(nil, &m, linear), &have, linear); err != nil {
		t.Fatal(err)
	}
	if have.Extra != room || room.Site != m.Extra.Site || len(room.Health) != 0 {
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
		Workers: []core.WorkerEntry{{Worker: 9, Owner: 10, Incarnation: 300, Cores: 16, Available: 128, State: core.WorkerEvicted}},
	}}
	const want = "83 01 0012 16 8001 0a000009 1b58 40 3f800000 40000000" +
		"84 01 0012 02 ac02 0a000009 1b58 0a00000a 1b58 10 8001"
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
	if n := WorkerBytes(&e, KeyV4); n != 16 {
		t.Errorf("a worker entry takes %d bytes, want 16", n)
	}
}
