package front

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// pending are requests that were served and are not answered yet, oldest first: all are given up after the same time.
type pending struct {
	slab        []open
	idle        []uint32
	first, last uint32 // 0: none
	hash        indexed.Hash
	count       [core.NumClasses]int
	gone        core.Class // of the last that expire gave up
}

type open struct {
	until        core.Instant
	from         core.NodeID
	seq          uint32
	kind         core.Kind
	class        core.Class
	next         uint32 // in its chain of the hash
	older, newer uint32
}

func (p *pending) init() { *p = pending{} }

func (p *pending) len() int { return p.hash.Len() }

func (p *pending) at(h uint32) *open { return &p.slab[h-1] }

// add notes a request that is being served.
func (p *pending) add(m *core.Message, c core.Class, until core.Instant) {
	var h uint32
	if n := len(p.idle); n > 0 {
		h, p.idle = p.idle[n-1], p.idle[:n-1]
	} else {
		p.slab = append(p.slab, open{})
		h = uint32(len(p.slab))
	}
	*p.at(h) = open{until: until, from: m.From, seq: m.Seq, kind: m.Kind, class: c, older: p.last}
	if p.last != 0 {
		p.at(p.last).newer = h
	} else {
		p.first = h
	}
	p.last = h
	p.count[c]++
	indexed.Add(p, &p.hash, h)
}

// take removes the request that an answer is for, and reports whether there was one.
func (p *pending) take(kind core.Kind, from core.NodeID, seq uint32) bool {
	for h := p.hash.Chain(hashOf(from, seq)); h != 0; h = p.at(h).next {
		if x := p.at(h); x.seq == seq && x.from == from && x.kind == kind {
			p.remove(h)
			return true
		}
	}
	return false
}

// expire gives up the oldest request if its time is over, and reports whether it did.
func (p *pending) expire(now core.Instant) bool {
	if p.first == 0 || p.at(p.first).until > now {
		return false
	}
	p.gone = p.at(p.first).class
	p.remove(p.first)
	return true
}

func (p *pending) remove(h uint32) {
	x := p.at(h)
	indexed.Take(p, &p.hash, h)
	if x.older != 0 {
		p.at(x.older).newer = x.newer
	} else {
		p.first = x.newer
	}
	if x.newer != 0 {
		p.at(x.newer).older = x.older
	} else {
		p.last = x.older
	}
	p.count[x.class]--
	*x = open{}
	p.idle = append(p.idle, h)
}

func hashOf(from core.NodeID, seq uint32) uint64 { return core.Mix(uint64(from), uint64(seq)) }

// Hash implements indexed.Linked.
func (p *pending) Hash(h uint32) uint64 { return hashOf(p.at(h).from, p.at(h).seq) }

// Next implements indexed.Linked.
func (p *pending) Next(h uint32) *uint32 { return &p.at(h).next }

func (p *pending) memoryBytes() int {
	return openBytes*cap(p.slab) + 4*cap(p.idle) + p.hash.MemoryBytes()
}

// Sizes in bytes, held to the truth by a test.
const (
	openBytes   = 32
	serverBytes = 7296
)
