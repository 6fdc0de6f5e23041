package indexed

// Linked are the items of a Hash. A handle counts from 1, so that 0 is nobody.
type Linked interface {
	// Hash returns the hash of what the item is found by: well mixed, and the same as long as it is in.
	Hash(h uint32) uint64
	// Next is the link of the item, which belongs to the Hash while the item is in.
	Next(h uint32) *uint32
}

// Hash finds handles by what their items hold: chains that go through the items themselves. It allocates only to
// grow, nothing is ever iterated, and an item costs 4 bytes beside its link. The zero value is empty.
type Hash struct {
	first []uint32 // of each chain; a power of two of them
	n     int
}

// Chain returns the first handle of the chain in which items of that hash are; their Next leads on.
func (x *Hash) Chain(hash uint64) uint32 {
	if x.n == 0 {
		return 0
	}
	return x.first[x.bucket(hash)]
}

func (x *Hash) bucket(hash uint64) uint64 { return hash & uint64(len(x.first)-1) }

// Len returns how many items are in.
func (x *Hash) Len() int { return x.n }

// MemoryBytes returns the heap bytes of x itself.
func (x *Hash) MemoryBytes() int { return 4 * cap(x.first) }

// Add puts h in, which is not.
func Add[T Linked](items T, x *Hash, h uint32) {
	if x.n == len(x.first) {
		grow(items, x)
	}
	link(items, x.first, x, h)
	x.n++
}

// Take takes h out, which is in.
func Take[T Linked](items T, x *Hash, h uint32) {
	at := &x.first[x.bucket(items.Hash(h))]
	for *at != h {
		at = items.Next(*at)
	}
	next := items.Next(h)
	*at, *next = *next, 0
	x.n--
}

func link[T Linked](items T, first []uint32, x *Hash, h uint32) {
	b := &first[x.bucket(items.Hash(h))]
	*items.Next(h), *b = *b, h
}

// grow doubles the chains.
func grow[T Linked](items T, x *Hash) {
	old := x.first
	x.first = make([]uint32, max(8, 2*len(old)))
	for _, h := range old {
		for h != 0 {
			next := *items.Next(h)
			link(items, x.first, x, h)
			h = next
		}
	}
}
