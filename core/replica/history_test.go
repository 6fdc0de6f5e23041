package replica

import (
	"math"
	"testing"

	"github.com/anishathalye/porcupine"

	"hypersim/core/job"
)

// histories is what roles saw of the jobs of a world, as operations of one object each: a set to which holders add results,
// and which whoever begins to hold reads as a whole. An addition is done when it is committed; one that never was may be
// there or not. Whoever holds when, the set is one, and linearizable: that is what holders, claims and commits are for.
type histories struct {
	tick int64
	ops  map[job.ID][]porcupine.Operation
	at   map[op]int // of additions, place in ops
	asks map[claimed]int64
}

// claimed is a job that a member claims.
type claimed struct {
	member int
	job    job.ID
}

func newHistories() *histories {
	return &histories{ops: map[job.ID][]porcupine.Operation{}, at: map[op]int{}, asks: map[claimed]int64{}}
}

// claims notes when a member begins to claim a job.
func (h *histories) claims(p *member, id job.ID) {
	if key := (claimed{p.i, id}); h != nil && h.asks[key] == 0 {
		h.asks[key] = h.point()
	}
}

// givesUp takes that it ends to.
func (h *histories) givesUp(p *member, id job.ID) {
	if h != nil {
		delete(h.asks, claimed{p.i, id})
	}
}

// findings are what a new holder finds, added an addition.
type (
	findings map[job.WorkflowID]bool
	added    job.WorkflowID
)

func (h *histories) point() int64 {
	h.tick++
	return h.tick
}

func (h *histories) adds(p *member, o op) {
	if h == nil {
		return
	}
	h.at[o] = len(h.ops[o.job])
	h.ops[o.job] = append(h.ops[o.job], porcupine.Operation{ClientId: p.i, Input: added(o.id), Call: h.point(), Return: math.MaxInt64})
}

func (h *histories) commits(o op) {
	if h == nil {
		return
	}
	if i, ok := h.at[o]; ok {
		h.ops[o.job][i].Return = h.point()
	}
}

// reads takes the entry that a holder begins with. It was read after the claim began; where the member claimed by itself, as a
// holder that a promise cut off does, any time before will do.
func (h *histories) reads(p *member, id job.ID, e *Entry) {
	if h == nil {
		return
	}
	r := findings{}
	for i := range e.Results {
		r[e.Results[i].Workflow] = true
	}
	h.ops[id] = append(h.ops[id], porcupine.Operation{ClientId: p.i, Input: r, Call: h.asks[claimed{p.i, id}], Return: h.point()})
	h.givesUp(p, id)
}

// set is the object: additions change it, readings have to be it.
var set = porcupine.Model{
	Init: func() any { return findings{} },
	Step: func(state, input, _ any) (bool, any) {
		s := state.(findings)
		switch x := input.(type) {
		case added:
			next := findings{job.WorkflowID(x): true}
			for k := range s {
				next[k] = true
			}
			return true, next
		case findings:
			return equal(s, x), s
		}
		return false, s
	},
	Equal: func(a, b any) bool { return equal(a.(findings), b.(findings)) },
}

func equal(a, b findings) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}

// What holders add to a job and what their successors find is one history, in worlds of all faults; and one from which a
// committed addition is taken is none.
func TestHistories(t *testing.T) {
	checked, doctored, timed := 0, 0, 0
	for k := range 300 {
		h := newHistories()
		w := newWorld(uint64(5000+k), []int{3, 5, 2, 4}[k%4], func(string, ...any) {})
		w.history = h
		w.live(60)
		w.rest()
		if w.exceeded {
			continue
		}
		for id := job.ID(1); id <= worldJobs; id++ {
			ops := h.ops[id]
			if len(ops) < 4 || len(ops) > 60 {
				continue
			}
			checked++
			for i := range ops {
				if _, reads := ops[i].Input.(findings); reads && ops[i].Call > 0 {
					timed++
				}
			}
			if !porcupine.CheckOperations(set, ops) {
				t.Errorf("world %d: the history of %v is not that of one set: %+v", k, id, ops)
			}
			if bad := forget(ops); bad != nil {
				if doctored++; porcupine.CheckOperations(set, bad) {
					t.Errorf("world %d: a history of %v in which a committed addition is forgotten passes", k, id)
				}
			}
		}
	}
	if t.Logf("%d histories, %d doctored, %d claims", checked, doctored, timed); checked < 50 || doctored < 10 || timed < 50 {
		t.Error("this shows little")
	}
}

// forget takes an addition that was committed from the last reading that followed it; nil if there is none.
func forget(ops []porcupine.Operation) []porcupine.Operation {
	for i := len(ops) - 1; i >= 0; i-- {
		r, ok := ops[i].Input.(findings)
		if !ok {
			continue
		}
		for _, o := range ops[:i] {
			x, adds := o.Input.(added)
			if !adds || !r[job.WorkflowID(x)] || o.Return >= ops[i].Return {
				continue
			}
			less := findings{}
			for k := range r {
				less[k] = k != job.WorkflowID(x)
			}
			delete(less, job.WorkflowID(x))
			bad := append([]porcupine.Operation(nil), ops...)
			bad[i].Input, bad[i].Call = less, max(bad[i].Call, o.Return+1)
			return bad
		}
	}
	return nil
}
