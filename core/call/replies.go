package call

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// Replies are the recorded replies of one process: who asks again, because the reply was lost, gets the same one and
// nothing is done twice (spec 20 §0, §11). They are kept for a time and up to a number; the oldest go first.
type Replies struct {
	limit       int
	keep        core.Duration
	slab        []kept
	idle        []uint32
	first, last uint32 // oldest and newest, 0 = none
	hash        indexed.Hash
	displaced   uint64
}

// replyKey is what a repeated request is known by.
type replyKey struct {
	id       uint64 // of the request, in the words of its kind
	from     core.NodeID
	instance uint32
	kind     core.Kind
}

type kept struct {
	key   replyKey
	body  core.Body
	until core.Instant
	made  core.Instant
	next  uint32 // in its chain of the hash
	later uint32 // the next newer one
	kind  core.Kind
}

// Init makes r ready to keep at most limit replies, each for the given time.
func (r *Replies) Init(limit int, keep core.Duration) {
	*r = Replies{limit: limit, keep: keep}
}

func keyOf(request *core.Message, id uint64) replyKey {
	return replyKey{id: id, from: request.From, instance: request.Instance, kind: request.Kind}
}

// Keep records the reply, which has its body, to a request. id is what tells the request from others of its kind and
// sender: its Seq, or a number in its body that stays the same in every attempt. The first record stands.
func (r *Replies) Keep(now core.Instant, request *core.Message, id uint64, reply *core.Message, fx *core.Effects) {
	r.Sweep(now, fx)
	key := keyOf(request, id)
	if r.limit <= 0 || r.find(key) != 0 {
		return
	}
	if r.Len() >= r.limit {
		r.displaced++
		r.drop(now, fx)
	}
	core.Hold(reply.Body)
	h := r.alloc()
	*r.at(h) = kept{key: key, body: reply.Body, kind: reply.Kind, made: now, until: now.Add(r.keep)}
	indexed.Add(r, &r.hash, h)
	if r.last != 0 {
		r.at(r.last).later = h
	} else {
		r.first = h
	}
	r.last = h
}

// Repeat sends the recorded reply to a request, if there is one, and reports whether there was.
func (r *Replies) Repeat(now core.Instant, c *Calls, request *core.Message, id uint64, fx *core.Effects) bool {
	r.Sweep(now, fx)
	h := r.find(keyOf(request, id))
	if h == 0 {
		return false
	}
	c.Respond(fx, request, r.at(h).kind).Body = r.at(h).body
	return true
}

// Sweep lets go of what has been kept long enough. Keep and Repeat do it too: it is for when nobody asks any more.
func (r *Replies) Sweep(now core.Instant, fx *core.Effects) {
	for r.first != 0 && r.at(r.first).until <= now {
		r.drop(now, fx)
	}
}

// drop lets the oldest go. A body that was recorded in this very step may still be in the effects: it is left to the
// collector.
func (r *Replies) drop(now core.Instant, fx *core.Effects) {
	h := r.first
	k := r.at(h)
	indexed.Take(r, &r.hash, h)
	if r.first = k.later; r.first == 0 {
		r.last = 0
	}
	if k.made != now {
		fx.Bodies.Drop(k.kind, k.body)
	}
	*k = kept{}
	r.idle = append(r.idle, h)
}

func (r *Replies) at(h uint32) *kept { return &r.slab[h-1] }

func (r *Replies) alloc() uint32 {
	if n := len(r.idle); n > 0 {
		h := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return h
	}
	r.slab = append(r.slab, kept{})
	return uint32(len(r.slab))
}

func (r *Replies) find(k replyKey) uint32 {
	for h := r.hash.Chain(k.hash()); h != 0; h = r.at(h).next {
		if r.at(h).key == k {
			return h
		}
	}
	return 0
}

func (k *replyKey) hash() uint64 {
	return core.Mix(core.Mix(uint64(k.from)<<32|uint64(k.instance), k.id), uint64(k.kind))
}

// Hash implements indexed.Linked.
func (r *Replies) Hash(h uint32) uint64 { return r.at(h).key.hash() }

// Next implements indexed.Linked.
func (r *Replies) Next(h uint32) *uint32 { return &r.at(h).next }

// Len returns how many replies are kept.
func (r *Replies) Len() int { return r.hash.Len() }

// Displaced returns how many went before their time, to make room.
func (r *Replies) Displaced() uint64 { return r.displaced }

// MemoryBytes returns the heap bytes that r holds, bodies left out.
func (r *Replies) MemoryBytes() int {
	return keptBytes*cap(r.slab) + 4*cap(r.idle) + r.hash.MemoryBytes()
}

// keptBytes is the size of a kept reply, held to the truth by a test.
const keptBytes = 72
