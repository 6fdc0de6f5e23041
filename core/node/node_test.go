package node

import (
	"testing"
	"unsafe"

	"hypersim/core"
	"hypersim/core/swim"
)

// A node without parts is its membership machine: same effects, same deadlines.
func TestBareNodeIsItsMembership(t *testing.T) {
	cfg := Default()
	cfg.Vivaldi.Enabled = false
	formed := []core.Entry{
		{Subject: 0, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode},
		{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode},
	}
	p := swim.Params{Self: 0, Role: core.RoleManager, Group: 1, Capacity: 2, Instance: 1, Seed: 7, Formed: formed, Owner: core.NoNode}
	var n Node
	n.Compose(&cfg, &Identity{
		Role: core.RoleManager, Instance: 1, Seed: 7, Group: &Group{ID: 1, Count: 2, Formed: formed}, Formed: true,
	})
	m := swim.New(&cfg.Swim, p, nil)
	var a, b core.Effects
	for range 200 {
		at, ok := n.Deadline()
		if want, wantOK := m.Deadline(); at != want || ok != wantOK {
			t.Fatalf("deadline %v %v, membership alone has %v %v", at, ok, want, wantOK)
		}
		n.Wake(at, &a)
		m.Wake(at, &b)
		for i := range a.Messages {
			if i >= len(b.Messages) || a.Messages[i].Kind != b.Messages[i].Kind || a.Messages[i].Seq != b.Messages[i].Seq {
				t.Fatalf("at %v the messages differ", at)
			}
		}
		if len(a.Facts) != len(b.Facts) {
			t.Fatalf("at %v: %d facts, membership alone has %d", at, len(a.Facts), len(b.Facts))
		}
		a.Reset()
		b.Reset()
	}
}

func TestSizes(t *testing.T) {
	if have := int(unsafe.Sizeof(part{})); have != partBytes {
		t.Errorf("a part has %d bytes, the constant says %d", have, partBytes)
	}
}
