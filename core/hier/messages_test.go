package hier

import (
	"bytes"
	"encoding/hex"
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

// The bytes of the body, written down by hand.
func TestBodyBytes(t *testing.T) {
	c := wire.Codec{Book: wire.LinearBook{Port: 7000}, Bodies: bodies()}
	want, err := hex.DecodeString("00000000000000070000000000000102")
	if err != nil {
		t.Fatal(err)
	}
	m := core.Message{Kind: core.KindProgress, Body: &Progress{Scope: 7, Done: 0x0102}}
	if have := c.Encode(nil, &m)[wire.HeaderBytes:]; !bytes.Equal(have, want) {
		t.Errorf("have %x, want %x", have, want)
	}
}
