package federated

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

// The bytes of each body, written down by hand.
func TestBodyBytes(t *testing.T) {
	c := wire.Codec{Book: wire.LinearBook{Port: 7000}, Bodies: bodies()}
	report := SiteReport{
		Site: 0x0102, Term: 0x1112131415161718, External: 0x21222324, Leader: true, Health: 3,
		Managers: 0x3132, ManagersHealthy: 0x4142, Workers: 0x51525354, WorkersHealthy: 0x61626364,
		Cores: 0x71727374, CoresAvailable: 0x81828384, Jobs: 0x91929394, Workflows: 0xa1a2a3a4,
		Pending: 0xb1b2b3b4, Counter: 0xc1c2c3c4c5c6c7c8,
	}
	for _, x := range []struct {
		kind core.Kind
		body core.Body
		want string
	}{
		{
			core.KindXAck, &SiteBody{SiteReport: report},
			"0102 1112131415161718 21222324 01 03 3132 4142 51525354 61626364 71727374 81828384 91929394 a1a2a3a4 b1b2b3b4 c1c2c3c4c5c6c7c8",
		},
		{core.KindXNack, &Redirect{Leader: 0x0a0b0c}, "01 04 0a0a0b0c 1b58"},
		{core.KindXNack, &Redirect{Leader: core.NoNode}, "00"},
	} {
		want, err := hex.DecodeString(strings.ReplaceAll(x.want, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		m := core.Message{Kind: x.kind, Body: x.body}
		p := c.Encode(nil, &m)
		if have := p[wire.HeaderBytes:]; !bytes.Equal(have, want) {
			t.Errorf("%v: have %x\nwant %x", x.kind, have, want)
		}
		var w core.Walker
		want[0] = 9
		have := core.Message{Kind: x.kind, Body: bodies()[x.kind]()}
		if _, err := w.Read(want, &have, &c); x.kind == core.KindXNack && !errors.Is(err, core.ErrValue) {
			t.Errorf("known 9 in an XNACK: %v", err)
		}
	}
}
