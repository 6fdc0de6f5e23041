package indexed

import (
	"testing"

	"pgregory.net/rapid"
)

// book is items that are found by key; many of them share a hash.
type book struct {
	key  []uint64
	next []uint32
}

func (b *book) Hash(h uint32) uint64  { return b.key[h-1] / 3 }
func (b *book) Next(h uint32) *uint32 { return &b.next[h-1] }

// After any sequence of additions and removals exactly what is in is found.
func TestHashAgainstMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x Hash
		b := &book{}
		in := make(map[uint32]bool)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			h := uint32(rapid.IntRange(1, 40).Draw(t, "handle"))
			for int(h) > len(b.key) {
				b.key, b.next = append(b.key, 0), append(b.next, 0)
			}
			if in[h] {
				Take(b, &x, h)
				delete(in, h)
			} else {
				b.key[h-1] = rapid.Uint64Range(0, 60).Draw(t, "key")
				Add(b, &x, h)
				in[h] = true
			}
			if x.Len() != len(in) {
				t.Fatalf("%d in, want %d", x.Len(), len(in))
			}
			for i := range b.key {
				h, found := uint32(i+1), 0
				for g := x.Chain(b.Hash(h)); g != 0; g = *b.Next(g) {
					if !in[g] {
						t.Fatalf("%d is found and not in", g)
					}
					if g == h {
						found++
					}
				}
				if want := in[h]; (found == 1) != want || found > 1 {
					t.Fatalf("%d is found %d times, in: %v", h, found, want)
				}
			}
		}
	})
}

func TestHashMemory(t *testing.T) {
	var x Hash
	if x.Chain(7) != 0 || x.MemoryBytes() != 0 {
		t.Error("an empty one finds or holds something")
	}
	b := &book{key: make([]uint64, 1000), next: make([]uint32, 1000)}
	for h := range uint32(1000) {
		b.key[h] = uint64(h)
		Add(b, &x, h+1)
	}
	if n := x.MemoryBytes(); n != 4*1024 {
		t.Errorf("%d bytes for 1000 items", n)
	}
}
