package job

import (
	"slices"
	"testing"

	"hypersim/core"
)

// The vectors of spec 20 §13.2.
func TestRing(t *testing.T) {
	if a, b := hash("gate-1:0"), hash("gate-2:149"); a != 0x6afbb0e3 || b != 0x108bd917 {
		t.Errorf("hashes %08x and %08x", a, b)
	}
	all := NewRing([]core.NodeID{1, 2, 3}, []string{"gate-1", "gate-2", "gate-3"}, RingNodes)
	two := NewRing([]core.NodeID{1, 3}, []string{"gate-1", "gate-3"}, RingNodes)
	for _, x := range []struct {
		id       ID
		key      uint32
		all, two []core.NodeID
	}{
		{1, 0x9e085396, []core.NodeID{1, 2, 3}, []core.NodeID{1, 3}},
		{2, 0x87252ffc, []core.NodeID{2, 3, 1}, []core.NodeID{3, 1}},
		{3, 0xefe4cc02, []core.NodeID{1, 3, 2}, []core.NodeID{1, 3}},
		{0xff, 0x8a28a2be, []core.NodeID{3, 2, 1}, []core.NodeID{3, 1}},
		{0xdeadbeef, 0xa272f9e7, []core.NodeID{1, 2, 3}, []core.NodeID{1, 3}},
	} {
		if have := all.Ranks(nil, x.id); hash(x.id.String()) != x.key || !slices.Equal(have, x.all) || all.Owner(x.id) != x.all[0] {
			t.Errorf("%v: key %08x, ranks %v", x.id, hash(x.id.String()), have)
		}
		if have := two.Ranks(nil, x.id); !slices.Equal(have, x.two) {
			t.Errorf("%v without gate-2: ranks %v", x.id, have)
		}
	}
	owns := map[core.NodeID]int{}
	for id := range ID(30000) {
		owns[all.Owner(id)]++
	}
	if owns[1] != 9591 || owns[2] != 10478 || owns[3] != 9931 {
		t.Errorf("of 30,000 jobs: %v", owns)
	}
	if NewRing(nil, nil, RingNodes).Owner(1) != core.NoNode || len(NewRing(nil, nil, RingNodes).Ranks(nil, 1)) != 0 {
		t.Error("an empty ring has an owner")
	}
}

// Equal positions of two gates coexist, and the lower name owns (J18), in whatever order they are given.
func TestRingCollision(t *testing.T) {
	r := &Ring{gates: 2, points: []point{{7, "a", 1}, {7, "b", 2}}}
	if have := r.Ranks(nil, 5); !slices.Equal(have, []core.NodeID{1, 2}) {
		t.Errorf("ranks %v", have)
	}
	a := NewRing([]core.NodeID{1, 2}, []string{"x", "y"}, 20)
	b := NewRing([]core.NodeID{2, 1}, []string{"y", "x"}, 20)
	if !slices.Equal(a.points, b.points) {
		t.Error("the order of the gates matters")
	}
}
