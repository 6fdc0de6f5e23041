package swim

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/coretest/wiretest"
	"hypersim/core/wire"
)

func bodies() *core.Bodies {
	b := new(core.Bodies)
	AddBodies(b)
	return b
}

func TestBodiesRoundTrip(t *testing.T) { wiretest.RoundTrip(t, bodies()) }

func TestBodiesTruncated(t *testing.T) { wiretest.Truncation(t, bodies()) }

func FuzzBodies(f *testing.F) { wiretest.Fuzz(f, bodies()) }

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func names(core.NodeID) string { return "ab" }

var memberCodec = wire.Codec{Book: wire.LinearBook{Port: 7000, Names: names}, Bodies: bodies()}

// The bytes of each body, written down by hand.
func TestBodyBytes(t *testing.T) {
	table := []core.Entry{
		{Subject: 5, State: core.StateOK, Role: core.RoleManager, Incarnation: 300, Accuser: core.NoNode},
		{Subject: 6, State: core.StateSuspect, Role: core.RoleGate, Accuser: 7},
	}
	const records = "00000002 04 0a000005 1b58 02 6162 0a ac02   04 0a000006 1b58 02 6162 33 00 04 0a000007 1b58"
	for _, c := range []struct {
		kind core.Kind
		body core.Body
		want string
	}{
		{core.KindJoin, &JoinRequest{Major: 1, Minor: 5}, "01 05 02 6162"},
		{core.KindJoinAck, &JoinAck{Reject: RejectZombie, Required: 9, Records: table}, "03 00000009" + records},
		{core.KindSyncDigest, &SyncDigest{Sum: 0x1112131415161718, PartSum: 0x2122232425262728, Count: 3, PartCount: 2}, "1112131415161718 2122232425262728 00000003 00000002"},
		{core.KindSyncFull, &SyncFull{Records: table}, records},
		{core.KindSyncFull, &SyncFull{}, "00000000"},
	} {
		m := core.Message{Kind: c.kind, Body: c.body}
		want := unhex(t, c.want)
		if have := memberCodec.Encode(nil, &m)[wire.HeaderBytes:]; !bytes.Equal(have, want) {
			t.Errorf("%v: have %x\nwant %x", c.kind, have, want)
		}
	}
}

// A table is refused whole if one of its bytes cannot be.
func TestMalformedTables(t *testing.T) {
	record := "04 0a000005 1b58 02 6162 "
	for _, c := range []struct {
		what, bytes string
		want        error
	}{
		{"good", "00000001" + record + "0a 00", nil},
		{"state 6", "00000001" + record + "06 00", core.ErrValue},
		{"reserved bit", "00000001" + record + "42 00", core.ErrValue},
		{"role 3", "00000001" + record + "1a 00", nil},
		{"accuser without key", "00000001" + record + "23 00", core.ErrShort},
		{"another name", "00000001" + strings.Replace(record, "6162", "6163", 1) + "0a 00", core.ErrName},
		{"more records than bytes", "ffffffff" + record, core.ErrShort},
		{"no count", "0000", core.ErrShort},
	} {
		m := core.Message{Kind: core.KindSyncFull, Body: new(SyncFull)}
		var w core.Walker
		if _, err := w.Read(unhex(t, c.bytes), &m, &memberCodec); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
}
