package indexed

// Items are what the handles of a heap stand for.
type Items[H any] interface {
	// Before is a strict, total order: ties would make the order depend on history.
	Before(a, b H) bool
	// Place notes that h stands at position pos of the heap.
	Place(h H, pos int)
}

// Push adds h.
func Push[H any, T Items[H]](items T, heap []H, h H) []H {
	heap = append(heap, h)
	items.Place(h, len(heap)-1)
	up(items, heap, len(heap)-1)
	return heap
}

// Remove takes out what stands at pos. Its place is the caller's to forget.
func Remove[H any, T Items[H]](items T, heap []H, pos int) []H {
	last := len(heap) - 1
	swap(items, heap, pos, last)
	heap = heap[:last]
	if pos < last {
		Fix(items, heap, pos)
	}
	return heap
}

// Fix moves what stands at pos, and whose order has changed, to its place.
func Fix[H any, T Items[H]](items T, heap []H, pos int) {
	if !up(items, heap, pos) {
		down(items, heap, pos)
	}
}

// Ordered reports whether what stands at pos is not before its parent.
func Ordered[H any, T Items[H]](items T, heap []H, pos int) bool {
	return pos == 0 || !items.Before(heap[pos], heap[(pos-1)/2])
}

func swap[H any, T Items[H]](items T, heap []H, i, j int) {
	heap[i], heap[j] = heap[j], heap[i]
	items.Place(heap[i], i)
	items.Place(heap[j], j)
}

func up[H any, T Items[H]](items T, heap []H, i int) (moved bool) {
	for !Ordered(items, heap, i) {
		swap(items, heap, i, (i-1)/2)
		i, moved = (i-1)/2, true
	}
	return moved
}

func down[H any, T Items[H]](items T, heap []H, i int) {
	for {
		c := 2*i + 1
		if c >= len(heap) {
			return
		}
		if c+1 < len(heap) && items.Before(heap[c+1], heap[c]) {
			c++
		}
		if !items.Before(heap[c], heap[i]) {
			return
		}
		swap(items, heap, i, c)
		i = c
	}
}
