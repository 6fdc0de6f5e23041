package job

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// Tombstone is what is left of a job: enough to answer everything about it (04-7).
type Tombstone struct {
	Job   ID
	Epoch uint32 // ge or de under which it ended
	State State

	// Pending: of a cancel for a job that is not known, and not yet committed. It refuses submissions and is named to
	// nobody (04-15, 04-46).
	Pending bool
}

// grave is a tombstone in its table.
type grave struct {
	job     ID
	until   core.Instant
	next    uint32 // in its chain of the hash
	later   uint32 // the next newer one
	epoch   uint32
	state   State // StateNone: removed before its time
	pending bool
}

// Tombstones are those of one process. Each lives for a time; beyond a number the oldest go first, which is counted
// (spec 20 §11). One costs 32 bytes and 4 to 8 in the hash.
type Tombstones struct {
	limit       int
	keep        core.Duration
	slab        []grave
	idle        []uint32
	first, last uint32 // oldest and newest, 0 = none
	hash        indexed.Hash
	dead        int // removed, and still in line
	displaced   uint64
}

// Init makes t ready to hold at most limit tombstones, each for the given time.
func (t *Tombstones) Init(limit int, keep core.Duration) {
	*t = Tombstones{limit: limit, keep: keep}
}

// Put adds x. Where the job has one already, that stands, and its time too, unless it is pending or of a lower epoch.
func (t *Tombstones) Put(now core.Instant, x Tombstone) {
	t.Sweep(now)
	if h := t.find(x.Job); h != 0 {
		if g := t.at(h); x.Epoch > g.epoch && g.pending == x.Pending || g.pending && !x.Pending {
			g.epoch, g.state, g.pending = x.Epoch, x.State, x.Pending
		}
		return
	}
	if t.limit <= 0 {
		return
	}
	t.room()
	h := t.alloc()
	*t.at(h) = grave{job: x.Job, until: now.Add(t.keep), epoch: x.Epoch, state: x.State, pending: x.Pending}
	indexed.Add(t, &t.hash, h)
	if t.last != 0 {
		t.at(t.last).later = h
	} else {
		t.first = h
	}
	t.last = h
}

// room makes room for one more.
func (t *Tombstones) room() {
	for t.Len() >= t.limit {
		if t.at(t.first).state != StateNone {
			t.displaced++
		}
		t.drop()
	}
}

// Find returns the tombstone of a job.
func (t *Tombstones) Find(now core.Instant, job ID) (x Tombstone, ok bool) {
	if h := t.find(job); h != 0 && t.at(h).until > now {
		return t.at(h).stone(), true
	}
	return x, false
}

// Remove takes that of a job away before its time: the job turned out to live.
func (t *Tombstones) Remove(job ID) {
	if h := t.find(job); h != 0 {
		indexed.Take(t, &t.hash, h)
		t.at(h).state = StateNone // its place is free when it has become the oldest,
		t.dead++
		t.thin() // or when these are more than the others
	}
}

// thin keeps the places of those that were removed from outnumbering the others.
func (t *Tombstones) thin() {
	if t.dead > t.Len() {
		t.compact()
	}
}

// compact frees the places of all that were removed.
func (t *Tombstones) compact() {
	at := &t.first
	t.last, t.dead = 0, 0
	for h := t.first; h != 0; h = *at {
		g := t.at(h)
		if g.state != StateNone {
			t.last, at = h, &g.later
			continue
		}
		*at = g.later
		t.idle = append(t.idle, h)
	}
}

// Sweep forgets those whose time is over. Put does it too.
func (t *Tombstones) Sweep(now core.Instant) {
	for t.first != 0 && (t.at(t.first).until <= now || t.at(t.first).state == StateNone) {
		t.drop()
	}
	t.thin()
}

// Append appends all that are not over, oldest first, to dst: what a snapshot carries.
func (t *Tombstones) Append(now core.Instant, dst []Tombstone) []Tombstone {
	for h := t.first; h != 0; h = t.at(h).later {
		if g := t.at(h); g.state != StateNone && g.until > now {
			dst = append(dst, g.stone())
		}
	}
	return dst
}

// Len returns how many there are.
func (t *Tombstones) Len() int { return t.hash.Len() }

// Displaced returns how many went before their time, to make room.
func (t *Tombstones) Displaced() uint64 { return t.displaced }

// MemoryBytes returns the heap bytes that t holds.
func (t *Tombstones) MemoryBytes() int {
	return graveBytes*cap(t.slab) + 4*cap(t.idle) + t.hash.MemoryBytes()
}

// graveBytes is the size of a tombstone in its table, held to the truth by a test.
const graveBytes = 32

func (g *grave) stone() Tombstone {
	return Tombstone{Job: g.job, Epoch: g.epoch, State: g.state, Pending: g.pending}
}

// drop lets the oldest go.
func (t *Tombstones) drop() {
	h := t.first
	g := t.at(h)
	if g.state != StateNone {
		indexed.Take(t, &t.hash, h)
	} else {
		t.dead--
	}
	if t.first = g.later; t.first == 0 {
		t.last = 0
	}
	t.idle = append(t.idle, h)
}

func (t *Tombstones) at(h uint32) *grave { return &t.slab[h-1] }

func (t *Tombstones) alloc() uint32 {
	if n := len(t.idle); n > 0 {
		h := t.idle[n-1]
		t.idle = t.idle[:n-1]
		return h
	}
	t.slab = append(t.slab, grave{})
	return uint32(len(t.slab))
}

func (t *Tombstones) find(job ID) uint32 {
	for h := t.hash.Chain(hashOf(job)); h != 0; h = t.at(h).next {
		if t.at(h).job == job {
			return h
		}
	}
	return 0
}

// hashOf takes ids as they are: their clients drew them, and Mix takes the order out of those that tests count.
func hashOf(job ID) uint64 { return core.Mix(1, uint64(job)) }

// Hash implements indexed.Linked.
func (t *Tombstones) Hash(h uint32) uint64 { return hashOf(t.at(h).job) }

// Next implements indexed.Linked.
func (t *Tombstones) Next(h uint32) *uint32 { return &t.at(h).next }
