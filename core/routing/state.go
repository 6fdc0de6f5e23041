package routing

import (
	"hypersim/core"
	"hypersim/core/indexed"
	"hypersim/core/job"
)

// pair is what a gate remembers of one job and one datacenter.
type pair struct {
	site    int32 // index
	manager core.NodeID
	cool    core.Instant // until then the datacenter counts as one that failed the job
	until   core.Instant // the reservation ends then, 0: there is none
	report  uint64       // of the manager's load when it accepted
	cores   uint32       // reserved
	queue   uint32       // workflows reserved
	next    uint32       // pair of the job
	after   uint32       // reservation of the site
	before  uint32
	took    bool // the job was accepted: a later report of the manager knows of it
}

// state is what a gate remembers of one job.
type state struct {
	Standing
	id      job.ID
	touched core.Instant
	last    uint64 // decision
	next    uint32 // in its chain of the hash
	pairs   uint32 // the first one
}

// states are all jobs that a gate routes. A job costs a state, and a pair for each datacenter that it was sent to or
// that failed it; both are kept for the next job when it ends.
type states struct {
	slab  []state
	idle  []uint32
	hash  indexed.Hash
	pairs []pair
	spare []uint32
}

func (t *states) at(h uint32) *state  { return &t.slab[h-1] }
func (t *states) pair(h uint32) *pair { return &t.pairs[h-1] }

func (t *states) find(id job.ID) uint32 {
	for h := t.hash.Chain(hashOf(id)); h != 0; h = t.at(h).next {
		if t.at(h).id == id {
			return h
		}
	}
	return 0
}

func hashOf(id job.ID) uint64 { return core.Mix(uint64(id), 1) }

// Hash implements indexed.Linked.
func (t *states) Hash(h uint32) uint64 { return hashOf(t.at(h).id) }

// Next implements indexed.Linked.
func (t *states) Next(h uint32) *uint32 { return &t.at(h).next }

// need returns the state of a job, made if there is none.
func (t *states) need(id job.ID) *state {
	h := t.find(id)
	if h == 0 {
		if n := len(t.idle); n > 0 {
			h, t.idle = t.idle[n-1], t.idle[:n-1]
		} else {
			t.slab = append(t.slab, state{})
			h = uint32(len(t.slab))
		}
		*t.at(h) = state{Standing: Unset(), id: id}
		indexed.Add(t, &t.hash, h)
	}
	return t.at(h)
}

// of returns the pair of a job and a site, 0 if there is none.
func (t *states) of(s *state, site int) uint32 {
	for h := s.pairs; h != 0; h = t.pair(h).next {
		if int(t.pair(h).site) == site {
			return h
		}
	}
	return 0
}

// needPair returns that pair, made if there is none.
func (t *states) needPair(s *state, site int) uint32 {
	if h := t.of(s, site); h != 0 {
		return h
	}
	var h uint32
	if n := len(t.spare); n > 0 {
		h, t.spare = t.spare[n-1], t.spare[:n-1]
	} else {
		t.pairs = append(t.pairs, pair{})
		h = uint32(len(t.pairs))
	}
	*t.pair(h) = pair{site: int32(site), manager: core.NoNode, next: s.pairs}
	s.pairs = h
	return h
}

// cooling returns for how much longer the datacenter counts as one that failed the job.
func (t *states) cooling(now core.Instant, s *state, site int) core.Duration {
	if h := t.of(s, site); h != 0 && t.pair(h).cool > now {
		return t.pair(h).cool.Sub(now)
	}
	return 0
}

// free forgets a job, whose reservations are released.
func (t *states) free(h uint32) {
	s := t.at(h)
	for p := s.pairs; p != 0; p = t.pair(p).next {
		t.spare = append(t.spare, p)
	}
	indexed.Take(t, &t.hash, h)
	*s = state{}
	t.idle = append(t.idle, h)
}

func (t *states) memoryBytes() int {
	return stateBytes*cap(t.slab) + pairBytes*cap(t.pairs) + 4*(cap(t.idle)+cap(t.spare)) + t.hash.MemoryBytes()
}
