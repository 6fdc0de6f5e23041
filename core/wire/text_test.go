package wire

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"hypersim/core"
	"pgregory.net/rapid"
)

func TestFormatUpdate(t *testing.T) {
	for _, c := range []struct {
		u    core.Update
		want string
	}{
		{core.Update{Type: core.UpdateAlive, Subject: 1, From: core.NoNode}, "alive:0:10.0.0.1:7000:worker"},
		{core.Update{Type: core.UpdateJoin, Subject: 0x010204, Incarnation: 7, From: core.NoNode, Role: core.RoleGate}, "join:7:10.1.2.4:7000:gate"},
		{core.Update{Type: core.UpdateSuspect, Subject: 1, Incarnation: 2, From: 4, Role: core.RoleManager}, "suspect:2:10.0.0.1:7000:manager:10.0.0.4/7000"},
		{core.Update{Type: core.UpdateDead, Subject: 3, Incarnation: 2, From: 6}, "dead:2:[2001:db8::3]:7001:worker:[2001:db8::6]/7001"},
		{core.Update{Type: core.UpdateDead, Subject: 3, Incarnation: 2, From: core.NoNode}, "dead:2:[2001:db8::3]:7001:worker"},
		{core.Update{Type: core.UpdateLeft, Subject: 2, Incarnation: 1<<32 - 1, From: core.NoNode}, "leave:4294967295:10.0.0.2:7000:worker"},
	} {
		have := FormatUpdate(c.u, dual{})
		if have != c.want {
			t.Errorf("have %s want %s", have, c.want)
		}
		if u, err := ParseUpdate(have, dual{}); err != nil || u != c.u {
			t.Errorf("%s: parsed to %+v, %v", have, u, err)
		}
	}
}

func TestParseUpdate(t *testing.T) {
	for s, want := range map[string]core.Update{
		"alive:5:10.0.0.1:7000":                          {Type: core.UpdateAlive, Subject: 1, Incarnation: 5, From: core.NoNode},
		"suspect:5:[2001:db8::3]:7001":                   {Type: core.UpdateSuspect, Subject: 3, Incarnation: 5, From: core.NoNode},
		"alive:5:[2001:0DB8:0:0::0.0.0.3]:7001:gate":     {Type: core.UpdateAlive, Subject: 3, Incarnation: 5, From: core.NoNode, Role: core.RoleGate},
		"alive:5:[::ffff:10.0.0.1]:7000:manager":         {Type: core.UpdateAlive, Subject: 1, Incarnation: 5, From: core.NoNode, Role: core.RoleManager},
		"alive:5:10.0.0.1:7000:overseer":                 {Type: core.UpdateAlive, Subject: 1, Incarnation: 5, From: core.NoNode},
		"alive:5:10.0.0.1:7000:":                         {Type: core.UpdateAlive, Subject: 1, Incarnation: 5, From: core.NoNode},
		"suspect:5:10.0.0.1:7000:overseer:10.0.0.2/7000": {Type: core.UpdateSuspect, Subject: 1, Incarnation: 5, From: 2},
		"dead:5:10.0.0.1:7000:gate:[2001:db8::3]/7001":   {Type: core.UpdateDead, Subject: 1, Incarnation: 5, From: 3, Role: core.RoleGate},
		"leave:4294967295:10.255.255.254:7000":           {Type: core.UpdateLeft, Subject: 0xfffffe, Incarnation: 1<<32 - 1, From: core.NoNode},
	} {
		if have, err := ParseUpdate(s, dual{}); err != nil || have != want {
			t.Errorf("%s: have %+v, %v; want %+v", s, have, err, want)
		}
	}
	for s, want := range map[string]error{
		"":                                              ErrText,
		"alive":                                         ErrText,
		"alive:5":                                       ErrText,
		"alive:5:10.0.0.1":                              ErrText,
		"alive:5:10.0.0.1:":                             ErrText,
		"alive:5:[2001:db8::3]":                         ErrText,
		"alive:5:2001:db8::3:7001":                      ErrText,
		"sick:5:10.0.0.1:7000":                          ErrText,
		"Alive:5:10.0.0.1:7000":                         ErrText,
		"alive::10.0.0.1:7000":                          ErrText,
		"alive:-5:10.0.0.1:7000":                        ErrText,
		"alive:+5:10.0.0.1:7000":                        ErrText,
		"alive:4294967296:10.0.0.1:7000":                ErrText,
		"alive:5:10.0.0.1:65536":                        ErrText,
		"alive:5:10.0.0.01:7000":                        ErrText,
		"alive:5:host:7000":                             ErrText,
		"alive:5:10.0.0.1:7000:gate:10.0.0.2/7000":      ErrText,
		"suspect:5:10.0.0.1:7000:gate:10.0.0.2":         ErrText,
		"suspect:5:10.0.0.1:7000:gate:10.0.0.2/7000:x":  ErrText,
		"suspect:5:10.0.0.1:7000:gate:2001:db8::3/7001": ErrText,
		"suspect:5:10.0.0.1:7000:gate:":                 ErrText,
		"alive:5:11.0.0.1:7000":                         ErrUnknownKey,
		"suspect:5:10.0.0.1:7000:gate:11.0.0.1/7000":    ErrUnknownKey,
	} {
		if u, err := ParseUpdate(s, dual{}); !errors.Is(err, want) {
			t.Errorf("%s: have %+v, %v; want %v", s, u, err, want)
		}
	}
}

// Package netip is the model: it is not to be used in core, but it may judge.
func TestKeyAgainstNetip(t *testing.T) {
	groups := rapid.Custom(func(t *rapid.T) string {
		n := rapid.IntRange(0, 9).Draw(t, "groups")
		s := make([]string, n)
		for i := range s {
			s[i] = rapid.SampledFrom([]string{"", "0", "0", "0", "1", "ab", "FFFF", "00f0", "12345", "g", "1.2.3.4", "01.2.3.4"}).Draw(t, "group")
		}
		return "[" + strings.Join(s, ":") + "]"
	})
	host := rapid.OneOf(groups, rapid.StringMatching(`[0-2]?[0-9]{1,2}(\.[0-2]?[0-9]{1,2}){2,4}`))
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		s := host.Draw(t, "host") + ":" + rapid.SampledFrom([]string{"0", "80", "65535", "65536", "x", ""}).Draw(t, "port")
		checkKey(t, s, &valid)
	})
	if valid == 0 {
		t.Error("no valid key was drawn")
	}
	rapid.Check(t, func(t *rapid.T) {
		var a [16]byte
		for i := range a {
			a[i] = rapid.SampledFrom([]byte{0, 0, 0, 1, 0xab}).Draw(t, "byte")
		}
		checkKey(t, netip.AddrPortFrom(netip.AddrFrom16(a), 7000).String(), &valid)
	})
}

func checkKey(t *rapid.T, s string, valid *int) {
	want, wantErr := netip.ParseAddrPort(s)
	have, err := ParseKey(s)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s: %v, netip says %v", s, err, wantErr)
	}
	if err != nil {
		if !errors.Is(err, ErrText) {
			t.Fatalf("%s: %v does not wrap ErrText", s, err)
		}
		return
	}
	*valid++
	plain := netip.AddrPortFrom(want.Addr().Unmap(), want.Port())
	if have.String() != plain.String() {
		t.Fatalf("%s: have %s want %s", s, have, plain)
	}
	if again, err := ParseKey(have.String()); err != nil || again != have {
		t.Fatalf("%s: parsed again to %v, %v", have, again, err)
	}
}

func TestNoKey(t *testing.T) {
	if have := (Key{}).String(); have != "none" {
		t.Errorf("have %s", have)
	}
}

func FuzzParseUpdate(f *testing.F) {
	f.Add("alive:5:10.0.0.1:7000")
	f.Add("suspect:5:[2001:db8::3]:7001:gate:10.0.0.2/7000")
	f.Add("dead:0:[::ffff:10.0.0.1]:7000::[2001:db8::3]/7001")
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseUpdate(s, dual{})
		if err != nil {
			if !errors.Is(err, ErrText) && !errors.Is(err, ErrUnknownKey) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		again, err := ParseUpdate(FormatUpdate(u, dual{}), dual{})
		if err != nil || again != u {
			t.Fatalf("%q: %+v, again %+v, %v", s, u, again, err)
		}
	})
}
