package wire

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// Package netip is the model: it is not to be used in core, but it may judge.
func TestKeyAgainstNetip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a [16]byte
		for i := range a {
			a[i] = rapid.SampledFrom([]byte{0, 0, 0, 1, 0xab}).Draw(t, "byte")
		}
		if rapid.Bool().Draw(t, "IPv4") {
			a = netip.AddrFrom4([4]byte(a[:4])).As16()
		}
		port := rapid.Uint16().Draw(t, "port")
		want := netip.AddrPortFrom(netip.AddrFrom16(a).Unmap(), port).String()
		if have := MakeKeyV6(a, port).String(); have != want {
			t.Fatalf("have %s want %s", have, want)
		}
	})
}

func TestNoKey(t *testing.T) {
	if have := (Key{}).String(); have != "none" {
		t.Errorf("have %s", have)
	}
}
