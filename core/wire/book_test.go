package wire

import (
	"testing"

	"hypersim/core"
)

func TestLinearBook(t *testing.T) {
	b := LinearBook{Port: 9, Nodes: 70000}
	for _, id := range []core.NodeID{0, 1, 255, 256, 65535, 65536, 69999} {
		k := b.Key(id)
		if back, ok := b.Node(k); !ok || back != id {
			t.Errorf("%d: %v is %d, %v", id, k, back, ok)
		}
	}
	if have := b.Key(66051 - 1).String(); have != "10.1.2.2:9" { // 66050 = 0x010202
		t.Errorf("have %s", have)
	}
	for what, k := range map[string]Key{
		"another network": MakeKeyV4([4]byte{11, 0, 0, 1}, 9), "another port": MakeKeyV4([4]byte{10, 0, 0, 1}, 8),
		"beyond the last node": MakeKeyV4([4]byte{10, 255, 0, 0}, 9), "IPv6": MakeKeyV6([16]byte{0: 10}, 9), "none": {},
	} {
		if id, ok := b.Node(k); ok {
			t.Errorf("%s: %v is node %d", what, k, id)
		}
	}
	wantPanic(t, "beyond the last node", func() { b.Key(70000) })
	wantPanic(t, "nobody", func() { (LinearBook{}).Key(core.NoNode) })
	if have := b.Name(3); have != "" {
		t.Errorf("a name from nowhere: %s", have)
	}
}

// An IPv4 endpoint has one key, however it was written.
func TestMappedKeyIsV4(t *testing.T) {
	if have, want := MakeKeyV6([16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, 5), MakeKeyV4([4]byte{10, 0, 0, 1}, 5); have != want {
		t.Errorf("have %+v want %+v", have, want)
	}
}
