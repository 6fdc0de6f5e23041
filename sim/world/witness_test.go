package world

import (
	"slices"
	"testing"

	"hypersim/core"
)

// hits are the names that a fault hit, episode by episode; nil is everybody.
type hits map[int][][]core.NodeID

func (h hits) Hit(fault int, sides [][]core.NodeID) {
	for _, ids := range sides {
		h[fault] = append(h[fault], slices.Clone(ids))
	}
}

// A witness hears of those whom a fault finds: who is down already does not crash, and nobody is not
// everybody.
func TestWitness(t *testing.T) {
	sc := small(t, 5, `
[[fault]]
id = "one"
kind = "crash"
at = "20s"
target = { id = "a/worker/1" }
[[fault]]
id = "both"
kind = "crash"
at = "21s"
target = { ids = ["a/worker/1", "a/worker/2"] }
[[fault]]
id = "again"
kind = "leave"
at = "22s"
target = { id = "a/worker/2" }
[[fault]]
id = "cut"
kind = "partition"
at = "23s"
for = "1s"
a = { id = "a/worker/0" }
b = { ids = ["a/worker/3", "a/worker/4"] }
`, "scenario.settle=0s")
	h := hits{}
	w, err := Build(sc, Options{Witness: h})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	for fault, want := range [][][]core.NodeID{{{1}}, {{2}}, {{}}, {{0}, {3, 4}}} {
		have := h[fault]
		if len(have) != len(want) {
			t.Fatalf("fault %d hit %v, want %v", fault, have, want)
		}
		for i := range want {
			if !slices.Equal(have[i], want[i]) || (have[i] == nil) != (want[i] == nil) {
				t.Errorf("fault %d, side %d: %v, want %v", fault, i, have[i], want[i])
			}
		}
	}
}
