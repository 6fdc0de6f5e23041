package fence

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// Space is one of the four kinds of tokens.
type Space uint8

// Spaces.
const (
	Term       Space = iota // leadership of a cluster
	Gate                    // ge: a job at the gates
	Datacenter              // de: a job in a datacenter
	Dispatch                // dt: a workflow's shards on a worker

	NumSpaces = 4
)

var spaceNames = [NumSpaces]string{"term", "ge", "de", "dt"}

func (s Space) String() string {
	if int(s) < len(spaceNames) {
		return spaceNames[s]
	}
	return "unknown"
}

// Key is what a token is about: a job, or a workflow of one. Parts that a space does not need are 0.
type Key struct {
	Space    Space
	Job, Sub uint64
}

// entry is a record with its key.
type entry struct {
	Record
	job, sub uint64
	until    core.Instant
	next     uint32 // in its chain of the hash
	pos      int32  // in the heap, −1 while it has no end
	space    Space
}

// Table is what one process has seen. A record lives until Drop, or until the end that Until gives it. A record costs
// 56 bytes, 4 to 8 in the hash, and 4 more while it has an end. The zero value is empty.
type Table struct {
	slab  []entry
	idle  []uint32
	heap  []uint32 // of records that have an end
	hash  indexed.Hash
	count [NumSpaces][NumVerdicts]uint64
}

// Judge judges a token shown by h, and raises the record of k, which is made if there is none, to what it accepts.
func (t *Table) Judge(k Key, token uint64, h Holder) Verdict {
	v := Stale
	if e := t.need(k, token); e != nil {
		v = e.Judge(token, h)
	}
	t.count[k.Space][v]++
	return v
}

// Raise uses up all tokens of k up to the given one.
func (t *Table) Raise(k Key, token uint64) {
	if e := t.need(k, token); e != nil {
		e.Raise(token)
	}
}

// Seen returns what was seen under k; the zero record if nothing.
func (t *Table) Seen(k Key) Record {
	if h := t.find(k); h != 0 {
		return t.at(h).Record
	}
	return Record{}
}

// Until lets the record of k, if there is one, end at the given time; core.Never: not by itself.
func (t *Table) Until(k Key, end core.Instant) {
	h := t.find(k)
	if h == 0 {
		return
	}
	e := t.at(h)
	e.until = end
	switch {
	case end == core.Never:
		t.stop(h)
	case e.pos < 0:
		t.heap = indexed.Push(t, t.heap, h)
	default:
		indexed.Fix(t, t.heap, int(e.pos))
	}
}

// Drop forgets the record of k.
func (t *Table) Drop(k Key) {
	if h := t.find(k); h != 0 {
		t.free(h)
	}
}

// Each calls visit with every record of a space, in an order that is the same in every run.
func (t *Table) Each(s Space, visit func(k Key, r Record)) {
	for i := range t.slab {
		if e := &t.slab[i]; e.space == s && e.Token > 0 {
			visit(e.key(), e.Record)
		}
	}
}

// Wake forgets the records whose end has come.
func (t *Table) Wake(now core.Instant) {
	for len(t.heap) > 0 && t.at(t.heap[0]).until <= now {
		t.free(t.heap[0])
	}
}

// Deadline reports when Wake is next needed.
func (t *Table) Deadline() (core.Instant, bool) {
	if len(t.heap) == 0 {
		return core.Never, false
	}
	return t.at(t.heap[0]).until, true
}

// Count returns how often tokens of a space got a verdict. Conflict must stay 0.
func (t *Table) Count(s Space, v Verdict) uint64 { return t.count[s][v] }

// Len returns how many records there are.
func (t *Table) Len() int { return t.hash.Len() }

// MemoryBytes returns the heap bytes that t holds.
func (t *Table) MemoryBytes() int {
	return entryBytes*cap(t.slab) + 4*(cap(t.idle)+cap(t.heap)) + t.hash.MemoryBytes()
}

// entryBytes is the size of a record with its key, held to the truth by a test.
const entryBytes = 56

func (t *Table) at(h uint32) *entry { return &t.slab[h-1] }

// need returns the entry of k, made if there is none; nil if there is none and the token is no token, which leaves no
// trace.
func (t *Table) need(k Key, token uint64) *entry {
	h := t.find(k)
	if h == 0 && token == 0 {
		return nil
	}
	if h == 0 {
		if n := len(t.idle); n > 0 {
			h, t.idle = t.idle[n-1], t.idle[:n-1]
		} else {
			t.slab = append(t.slab, entry{})
			h = uint32(len(t.slab))
		}
		*t.at(h) = entry{job: k.Job, sub: k.Sub, space: k.Space, until: core.Never, pos: -1}
		indexed.Add(t, &t.hash, h)
	}
	return t.at(h)
}

func (t *Table) find(k Key) uint32 {
	for h := t.hash.Chain(k.hash()); h != 0; h = t.at(h).next {
		if t.at(h).key() == k {
			return h
		}
	}
	return 0
}

func (t *Table) free(h uint32) {
	t.stop(h)
	indexed.Take(t, &t.hash, h)
	t.at(h).Record = Record{} // no record that is kept is empty
	t.idle = append(t.idle, h)
}

// stop takes h out of the heap if it is there.
func (t *Table) stop(h uint32) {
	if p := int(t.at(h).pos); p >= 0 {
		t.heap = indexed.Remove(t, t.heap, p)
		t.at(h).pos = -1
	}
}

func (e *entry) key() Key { return Key{Space: e.space, Job: e.job, Sub: e.sub} }

func (k Key) hash() uint64 {
	return core.Mix(core.Mix(core.Mix(uint64(k.Space)+1, k.Job), k.Sub), 1)
}

// Hash implements indexed.Linked.
func (t *Table) Hash(h uint32) uint64 { return t.at(h).key().hash() }

// Next implements indexed.Linked.
func (t *Table) Next(h uint32) *uint32 { return &t.at(h).next }

// Before implements indexed.Items: by end, then by key.
func (t *Table) Before(a, b uint32) bool {
	x, y := t.at(a), t.at(b)
	switch {
	case x.until != y.until:
		return x.until < y.until
	case x.job != y.job:
		return x.job < y.job
	case x.sub != y.sub:
		return x.sub < y.sub
	}
	return x.space < y.space
}

// Place implements indexed.Items.
func (t *Table) Place(h uint32, pos int) { t.at(h).pos = int32(pos) }
