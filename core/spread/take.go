package spread

// Budget is what there is room for in a datagram.
type Budget struct {
	Items int // at most so many more
	Bytes int // and so many bytes
	Least int // what the smallest item takes: with less left, nobody needs to look
}

// Spent reports whether nothing fits any more.
func (b *Budget) Spent() bool { return b.Items <= 0 || b.Bytes < b.Least }

// Spend takes an item of so many bytes out of the budget. It reports false, and takes nothing, where that does not fit.
func (b *Budget) Spend(bytes int) bool {
	if b.Items <= 0 || bytes > b.Bytes {
		return false
	}
	b.Items--
	b.Bytes -= bytes
	return true
}

// Take walks over the items, most urgent first, and counts the transmission of some:
//
//	t := q.Take()
//	for it := t.Next(); it != nil; it = t.Next() {
//		if budget.Spend(size(it)) {
//			t.Count() // else it is passed over, and stays as it is
//		}
//	}
//	t.End()
//
// The walk may end anywhere, always with End, and nothing may be pushed meanwhile.
type Take[T any] struct {
	q    *Queue[T]
	i, w int // items[:i] are still to come; items[w:] are those passed over, in their order
	pass bool
}

// Take begins a walk.
func (q *Queue[T]) Take() Take[T] {
	n := len(q.items)
	return Take[T]{q: q, i: n, w: n}
}

// Next returns the next item, nil at the end.
func (t *Take[T]) Next() *Item[T] {
	t.settle()
	if t.i == 0 {
		return nil
	}
	t.i--
	t.pass = true
	return &t.q.items[t.i]
}

// settle keeps the item that Next returned last, where nothing was counted.
func (t *Take[T]) settle() {
	if !t.pass {
		return
	}
	t.pass = false
	if t.w--; t.w != t.i {
		t.q.items[t.w] = t.q.items[t.i]
	}
}

// Count counts a transmission of the item that Next returned last. It reports whether that was the last one: the item
// has left the queue then, and may be looked at until the next call of Next or End.
func (t *Take[T]) Count() (last bool) {
	t.pass = false
	it := &t.q.items[t.i]
	it.Sent++
	if it.Sent >= it.Limit {
		return true
	}
	it.key += t.q.order.sending()
	t.q.taken = append(t.q.taken, *it)
	return false
}

// End puts what was told and has more transmissions to make back into its place.
func (t *Take[T]) End() {
	t.settle()
	q := t.q
	q.items = append(q.items[:t.i], q.items[t.w:]...)
	q.merge()
}

// merge puts the taken items, sorted by ascending key, back among the rest.
func (q *Queue[T]) merge() {
	n, k := len(q.items), len(q.taken)
	if k == 0 {
		return
	}
	q.items = append(q.items, q.taken...)
	for i, j, w := n-1, 0, n+k-1; j < k; w-- {
		if i >= 0 && q.items[i].key < q.taken[j].key {
			q.items[w] = q.items[i]
			i--
		} else {
			q.items[w] = q.taken[j]
			j++
		}
	}
	q.taken = q.taken[:0]
}
