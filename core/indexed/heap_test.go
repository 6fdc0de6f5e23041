package indexed

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// bag is the naive model's other half: keys by handle, and where each handle stands.
type bag struct{ key, pos []int }

func (b *bag) Before(x, y int) bool {
	return b.key[x] < b.key[y] || b.key[x] == b.key[y] && x < y
}
func (b *bag) Place(h, pos int) { b.pos[h] = pos }

// After any sequence of pushes, changes and removals the first is the least, and all know their places.
func TestHeapAgainstSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &bag{}
		var heap, in []int
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch what := rapid.IntRange(0, 3).Draw(t, "what"); {
			case what <= 1 || len(in) == 0:
				h := len(b.key)
				b.key, b.pos = append(b.key, rapid.IntRange(0, 9).Draw(t, "key")), append(b.pos, -1)
				heap, in = Push(b, heap, h), append(in, h)
			case what == 2:
				h := rapid.SampledFrom(in).Draw(t, "handle")
				b.key[h] = rapid.IntRange(0, 9).Draw(t, "key")
				Fix(b, heap, b.pos[h])
			default:
				i := rapid.IntRange(0, len(in)-1).Draw(t, "index")
				heap, in = Remove(b, heap, b.pos[in[i]]), slices.Delete(in, i, i+1)
			}
			for pos, h := range heap {
				if b.pos[h] != pos || !Ordered(b, heap, pos) {
					t.Fatalf("heap %v, keys %v, places %v: wrong at %d", heap, b.key, b.pos, pos)
				}
			}
			if have := slices.Sorted(slices.Values(heap)); !slices.Equal(have, in) {
				t.Fatalf("the heap holds %v, want %v", have, in)
			}
		}
	})
}

func TestHeapAllocatesNothing(t *testing.T) {
	b := &bag{key: []int{3, 1, 2}, pos: make([]int, 3)}
	heap := make([]int, 0, 3)
	if n := testing.AllocsPerRun(100, func() {
		for h := range b.key {
			heap = Push(b, heap, h)
		}
		for len(heap) > 0 {
			heap = Remove(b, heap, 0)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
