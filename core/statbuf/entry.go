package statbuf

import "hypersim/core"

// Entry is a record, or some of them together. Its value is Sum/Count; a value of 0 is one like others.
type Entry struct {
	At            core.Instant // of a bucket: its beginning
	Count         uint64
	Sum, Min, Max float64
}

const entryBytes = 40

// merge adds o to e, which keeps its instant.
func (e *Entry) merge(o *Entry) {
	switch {
	case o.Count == 0:
		return
	case e.Count == 0:
		at := e.At
		*e = *o
		e.At = at
		return
	}
	e.Count += o.Count
	e.Sum += o.Sum
	e.Min, e.Max = min(e.Min, o.Min), max(e.Max, o.Max)
}

// ring holds entries, oldest first.
type ring struct {
	items   []Entry
	head, n int
}

func (r *ring) at(i int) *Entry { return &r.items[(r.head+i)%len(r.items)] }

// push adds an entry, growing up to most entries; ok is false if there is no room.
func (r *ring) push(e *Entry, most int) (ok bool) {
	if r.n >= most {
		return false
	}
	if r.n == len(r.items) {
		r.resize(min(most, max(64, 2*len(r.items))))
	}
	r.n++
	*r.at(r.n - 1) = *e
	return true
}

func (r *ring) pop() Entry {
	e := *r.at(0)
	r.head = (r.head + 1) % len(r.items)
	r.n--
	return e
}

func (r *ring) resize(size int) {
	items := make([]Entry, max(size, r.n))
	for i := range r.n {
		items[i] = *r.at(i)
	}
	r.items, r.head = items, 0
}

// bucketOf is the beginning of the aligned bucket that an instant is in.
func bucketOf(at core.Instant, length core.Duration) core.Instant {
	b := at / core.Instant(length)
	if at < 0 && at%core.Instant(length) != 0 {
		b--
	}
	return b * core.Instant(length)
}
