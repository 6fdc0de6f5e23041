package bench

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// pending is how many events wait in the reference and in the kernel that is timed beside it. All of it fits into a core's own
// cache: what does not, shares a cache with whatever else the machine does, and its speed differs by a third from one minute to
// the next. With 2,000 the ratio is the same within 2 % at a load of 22 on two cores; with 50,000 it was 0.45 to 0.66.
const pending = 2_000

// entity is one cache line of state, its generator in it, as a node's is.
type entity struct {
	draw  rng.Stream
	count uint64
	seq   uint64
	_     [4]uint64
}

func newEntities() []entity {
	list := make([]entity, pending)
	for i := range list {
		list[i].draw = rng.New(1, "bench.hold", uint64(i))
	}
	return list
}

// after draws when the next event of e is: the hold model, each event that is handled schedules one.
func (e *entity) after(now core.Instant) core.Instant {
	e.count++
	e.seq++
	return now + core.Instant(e.draw.Exp()*1e9)
}

// reference is the plainest event loop that there is: a binary heap of times. Nobody improves it, so that it is the same
// piece of work for ever.
type reference struct {
	heap     []waiting
	entities []entity
}

type waiting struct {
	at   core.Instant
	node uint32
}

func newReference() *reference {
	r := &reference{entities: newEntities()}
	for i := range r.entities {
		r.push(waiting{r.entities[i].after(0), uint32(i)})
	}
	return r
}

func (r *reference) push(w waiting) {
	r.heap = append(r.heap, w)
	i := len(r.heap) - 1
	for i > 0 && w.at < r.heap[(i-1)/2].at {
		r.heap[i] = r.heap[(i-1)/2]
		i = (i - 1) / 2
	}
	r.heap[i] = w
}

// step handles the earliest event, and puts what follows in its place.
func (r *reference) step() {
	w := r.heap[0]
	w.at = r.entities[w.node].after(w.at)
	i := 0
	for {
		k := 2*i + 1
		if k >= len(r.heap) {
			break
		}
		if k+1 < len(r.heap) && r.heap[k+1].at < r.heap[k].at {
			k++
		}
		if r.heap[k].at >= w.at {
			break
		}
		r.heap[i] = r.heap[k]
		i = k
	}
	r.heap[i] = w
}

func (r *reference) run(events int) int {
	for range events {
		r.step()
	}
	return events
}
