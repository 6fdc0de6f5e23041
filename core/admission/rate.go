package admission

import (
	"math"

	"hypersim/core"
	"hypersim/core/indexed"
)

// Operation is what a request counts as.
type Operation uint8

// Operations that have buckets of their own.
const (
	OpOther Operation = iota
	OpSubmit
	OpRegister
	OpStress // of all operations together, while the server is STRESSED
	NumOperations
)

// bucket holds tokens that come back with time.
type bucket struct {
	tokens, size, rate float64
	at                 core.Instant
}

// slack forgives the rounding of sums of tokens.
const slack = 1e-9

func (b *bucket) fill(now core.Instant) float64 {
	return min(b.size, b.tokens+float64(now.Sub(b.at).Seconds()*b.rate))
}

// ask says whether n tokens are there, and else when they will be. It changes nothing.
func (b *bucket) ask(now core.Instant, n float64) (after core.Duration, ok bool) {
	have := b.fill(now)
	switch {
	case n > b.size:
		return core.Duration(math.MaxInt64), false
	case have >= n-slack:
		return 0, true
	}
	return core.Seconds((n - have) / b.rate), false
}

func (b *bucket) take(now core.Instant, n float64) {
	b.tokens, b.at = max(0, b.fill(now)-n), now
}

// resize follows a share that changes: nobody keeps more than it.
func (b *bucket) resize(now core.Instant, size, rate float64) {
	b.tokens, b.at = min(b.fill(now), size), now
	b.size, b.rate = size, rate
}

// client is one that is remembered. Clients stand in a list by when they asked last.
type client struct {
	id           core.NodeID
	buckets      [NumOperations]bucket
	seen         core.Instant
	older, newer uint32 // handles; free ones are linked by older
	link         uint32
}

const clientBytes = 8 + int(NumOperations)*32 + 8 + 4 + 4 + 4 + 4

// rates are the buckets of all clients.
type rates struct {
	cfg    *Rate
	list   []client
	index  indexed.Hash
	newest uint32
	oldest uint32
	free   uint32
	used   int

	counted core.Instant // when active was
	active  int
}

func (r *rates) init(c *Rate) { r.cfg, r.counted = c, -1 }

// at returns a client by its handle, from 1.
func (r *rates) at(h uint32) *client { return &r.list[h-1] }

// Hash implements indexed.Linked.
func (r *rates) Hash(h uint32) uint64 { return mix(r.at(h).id) }

// Next implements indexed.Linked.
func (r *rates) Next(h uint32) *uint32 { return &r.at(h).link }

// mix spreads ids, which are dense.
func mix(id core.NodeID) uint64 { return uint64(id) * 0x9e3779b97f4a7c15 >> 17 }

func (r *rates) find(id core.NodeID) uint32 {
	for h := r.index.Chain(mix(id)); h != 0; h = r.at(h).link {
		if r.at(h).id == id {
			return h
		}
	}
	return 0
}

// ask says whether the rate of the client allows it. It changes nothing but what is forgotten with time.
func (r *rates) ask(now core.Instant, state core.Load, q *Request) (after core.Duration, ok bool) {
	if q.Client == core.NoNode {
		return 0, true
	}
	switch {
	case state == core.LoadOverloaded, state >= core.LoadBusy && q.Class == core.ClassTelemetry:
		return r.cfg.Refused, false
	}
	r.forget(now)
	h := r.find(q.Client)
	if h == 0 {
		return 0, q.tokens() <= r.size(q.Op)
	}
	x := r.at(h)
	if after, ok := x.buckets[q.Op].ask(now, q.tokens()); !ok {
		return after, false
	}
	if state == core.LoadStressed {
		return r.stress(now, x).ask(now, q.tokens())
	}
	return 0, true
}

func (q *Request) tokens() float64 {
	if q.N == 0 {
		return 1
	}
	return q.N
}

func (r *rates) size(op Operation) float64 {
	switch op {
	case OpSubmit:
		return r.cfg.SubmitSize
	case OpRegister:
		return r.cfg.RegisterSize
	case OpOther, OpStress:
	}
	return r.cfg.Size
}

// take pays for a request that is admitted.
func (r *rates) take(now core.Instant, state core.Load, q *Request) {
	if q.Client == core.NoNode {
		return
	}
	h := r.find(q.Client)
	if h == 0 {
		h = r.add(now, q.Client)
	}
	r.touch(now, h)
	x := r.at(h)
	x.buckets[q.Op].take(now, q.tokens())
	if state == core.LoadStressed {
		r.stress(now, x).take(now, q.tokens())
	}
}

// stress returns the bucket of a client while the server is STRESSED, as large as its share is now.
func (r *rates) stress(now core.Instant, x *client) *bucket {
	b := &x.buckets[OpStress]
	share := float64(r.share(now))
	if b.size != share {
		if b.size == 0 {
			b.tokens, b.at = share, now
			b.size = share
		}
		b.resize(now, share, share/60)
	}
	return b
}

// share is how many requests a minute each active client has.
func (r *rates) share(now core.Instant) int {
	return min(r.cfg.ShareMost, max(r.cfg.ShareLeast, r.cfg.Global/max(1, r.Active(now))))
}

// Active counts the clients that were seen lately, at most once a second.
func (r *rates) Active(now core.Instant) int {
	if r.counted >= 0 && now.Sub(r.counted) < r.cfg.Recount {
		return r.active
	}
	r.counted, r.active = now, 0
	for h := r.newest; h != 0 && now.Sub(r.at(h).seen) <= r.cfg.Window; h = r.at(h).older {
		r.active++
	}
	return r.active
}

// add remembers a client, in the place of the one that asked least lately when there are too many.
func (r *rates) add(now core.Instant, id core.NodeID) uint32 {
	if r.used >= r.cfg.Clients {
		r.remove(r.oldest)
	}
	h := r.free
	if h != 0 {
		r.free = r.at(h).older
	} else {
		r.list = append(r.list, client{})
		h = uint32(len(r.list))
	}
	c := r.cfg
	*r.at(h) = client{id: id, seen: now, buckets: [NumOperations]bucket{
		OpOther: {c.Size, c.Size, c.Refill, now}, OpSubmit: {c.SubmitSize, c.SubmitSize, c.SubmitRefill, now},
		OpRegister: {c.RegisterSize, c.RegisterSize, c.RegisterRefill, now},
	}}
	indexed.Add(r, &r.index, h)
	r.used++
	r.front(h)
	return h
}

func (r *rates) remove(h uint32) {
	indexed.Take(r, &r.index, h)
	r.unlink(h)
	r.at(h).older, r.free = r.free, h
	r.used--
}

// forget removes who asked nothing for long.
func (r *rates) forget(now core.Instant) {
	for r.oldest != 0 && now.Sub(r.at(r.oldest).seen) > r.cfg.Idle {
		r.remove(r.oldest)
	}
}

func (r *rates) touch(now core.Instant, h uint32) {
	r.at(h).seen = now
	if r.newest != h {
		r.unlink(h)
		r.front(h)
	}
}

func (r *rates) front(h uint32) {
	x := r.at(h)
	x.older, x.newer = r.newest, 0
	if r.newest != 0 {
		r.at(r.newest).newer = h
	}
	r.newest = h
	if r.oldest == 0 {
		r.oldest = h
	}
}

func (r *rates) unlink(h uint32) {
	x := r.at(h)
	if x.newer != 0 {
		r.at(x.newer).older = x.older
	} else {
		r.newest = x.older
	}
	if x.older != 0 {
		r.at(x.older).newer = x.newer
	} else {
		r.oldest = x.newer
	}
}

func (r *rates) memoryBytes() int { return clientBytes*cap(r.list) + r.index.MemoryBytes() }
