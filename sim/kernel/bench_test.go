package kernel

import (
	"container/heap"
	"fmt"
	"runtime"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// The hold model (Jones, CACM 29, 1986): each handled event schedules one other, so that the number of
// pending events stays. Increments are exponential with a mean of one second. The event belongs to an
// entity with 64 bytes of state, which holds its generator, as a node's state does in a world: at a
// million of them nearly every event meets cold memory, and that is part of what is measured.

var holdSizes = []int{10_000, 100_000, 1_000_000}

// entity is one cache line of state, the generator in it as in a node's.
type entity struct {
	rng   rng.Stream
	seq   uint64
	count uint64
	_     [4]uint64
}

// next returns when the entity's next event is.
func (n *entity) next(now core.Instant) core.Instant {
	return now + core.Instant(n.rng.Exp()*1e9)
}

type holdWorld struct {
	kernel   *Kernel
	entities []entity
	left     int
	sink     uint64
}

func (w *holdWorld) Touch(e *Event) { w.sink += w.entities[e.Node].count }

func (w *holdWorld) Handle(e *Event) {
	n := &w.entities[e.Node]
	n.count++
	n.seq++
	w.kernel.Schedule(Event{
		At: n.next(e.At), Key: MakeKey(KindTimer, e.Node, n.seq), Node: e.Node,
	})
	if w.left--; w.left == 0 {
		w.kernel.Stop()
	}
}

// run handles n events.
func (w *holdWorld) run(n int) {
	w.left = n
	w.kernel.Run(core.Never)
}

// newEntities returns n entities, each with its own generator.
func newEntities(n int) []entity {
	es := make([]entity, n)
	for i := range es {
		es[i].rng = rng.New(1, "kernel.hold", uint64(i))
	}
	return es
}

func liveHeap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func BenchmarkHold(b *testing.B) {
	for _, pending := range holdSizes {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			w := &holdWorld{entities: newEntities(pending)}
			before := liveHeap()
			w.kernel = New(w)
			for i := range w.entities {
				n := &w.entities[i]
				w.kernel.Schedule(Event{
					At: n.next(0), Key: MakeKey(KindTimer, core.NodeID(i), 0), Node: core.NodeID(i),
				})
			}
			w.run(3 * pending) // to the steady state, memory included
			bytes := (liveHeap() - before) / float64(pending)
			b.ReportAllocs()
			b.ResetTimer()
			w.run(b.N)
			b.ReportMetric(bytes, "B/pending")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// refEvent is an event as most simulators hold it: a pointer to a time and a closure.
type refEvent struct {
	at  core.Instant
	key uint64
	do  func()
}

type refHeap []*refEvent

func (h refHeap) Len() int { return len(h) }
func (h refHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].key < h[j].key
}
func (h refHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *refHeap) Push(x any)   { *h = append(*h, x.(*refEvent)) }
func (h *refHeap) Pop() any {
	old := *h
	n := len(old) - 1
	e := old[n]
	old[n] = nil
	*h = old[:n]
	return e
}

type refWorld struct {
	heap     refHeap
	entities []entity
}

func (w *refWorld) schedule(at core.Instant, key uint64, node core.NodeID) {
	heap.Push(&w.heap, &refEvent{at: at, key: key, do: func() { w.handle(at, node) }})
}

func (w *refWorld) handle(now core.Instant, node core.NodeID) {
	n := &w.entities[node]
	n.count++
	n.seq++
	w.schedule(n.next(now), MakeKey(KindTimer, node, n.seq), node)
}

func (w *refWorld) run(n int) {
	for range n {
		heap.Pop(&w.heap).(*refEvent).do()
	}
}

// BenchmarkHoldReference is what the kernel is compared with: container/heap, a closure for each event.
func BenchmarkHoldReference(b *testing.B) {
	for _, pending := range holdSizes {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			w := &refWorld{entities: newEntities(pending)}
			before := liveHeap()
			for i := range w.entities {
				n := &w.entities[i]
				w.schedule(n.next(0), MakeKey(KindTimer, core.NodeID(i), 0), core.NodeID(i))
			}
			w.run(pending)
			bytes := (liveHeap() - before) / float64(pending)
			b.ReportAllocs()
			b.ResetTimer()
			w.run(b.N)
			b.ReportMetric(bytes, "B/pending")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
