package world

import (
	"fmt"
	"runtime"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// expected is how many events a kernel must hold: one wake-up per process with a deadline, one per message
// under way, the edges of faults to come, sample and checkpoint. Hosts must be idle.
func expected(w *World) int {
	n := w.slab.live() + 1 // the next checkpoint
	for i := range w.nodes {
		if !w.nodes[i].host.Up() {
			continue
		}
		n -= w.nodes[i].host.Waiting()
		if _, ok := w.nodes[i].machine.Deadline(); ok {
			n++
		}
	}
	for i := range w.edges {
		if w.edges[i].At > w.Now() {
			n++
		}
	}
	return n
}

// Spec 50 §1: wake-ups that are no longer wanted stay in the queue, but never more than half of it.
func TestStaleWakesAreFew(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		sets []string
	}{
		{"flat lan", lan, nil},
		{"wan with roles", rough, []string{"scenario.duration=60s"}},
		{"flat under loss", lan, []string{"network.loss.p=0.3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := build(t, parse(t, c.text, 1, c.sets...))
			worst := 0.0
			for at := seconds(2); at <= w.End(); at += seconds(0.37) {
				w.Run(at)
				pending := w.kernel.Pending()
				stale := pending - expected(w)
				worst = max(worst, float64(stale)/float64(pending))
				if 2*stale > pending {
					t.Errorf("at %v %d of %d events are stale", w.Now(), stale, pending)
				}
			}
			t.Logf("at most %.1f %% of the events are stale", 100*worst)
		})
	}
}

// After whatever has happened, a quiet minute leaves in the slab what is under way and nothing else: the
// live handles are the messages in flight, few for so many members.
func TestSlabDoesNotLeak(t *testing.T) {
	for _, codec := range []string{"struct", "wire"} {
		w, v := watch(t, parse(t, rough, 1, "scenario.duration=180s", "network.codec="+codec), nil)
		most := 0
		for at := seconds(1); at <= seconds(60); at += seconds(1) {
			w.Run(at)
			most = max(most, w.slab.live())
		}
		w.Run(w.End())
		w.Finish()
		v.check(t)
		flying := uint64(0)
		for k := range core.Kind(core.NumKinds) {
			flying += w.InFlight(k)
		}
		t.Logf("%s: %d in flight at the end, %d at most, %d chunks", codec, flying, most, len(w.slab.datagrams.chunks)+len(w.slab.streams.chunks))
		// A member sends and answers about one probe per second; one way takes at most 0.2 s.
		if n := len(w.nodes); w.slab.live() > n/2 || flying != uint64(w.slab.live()) {
			t.Errorf("%s: %d handles, %d in flight, for %d nodes", codec, w.slab.live(), flying, n)
		}
		for h := range idle(&w.slab.datagrams) {
			if k := w.slab.at(h).msg.Kind; k != core.KindNone {
				t.Errorf("%s: the idle flight %d is a %v", codec, h, k)
			}
		}
		idle(&w.slab.streams)
	}
}

// idle returns the handles of a pool that are not in use, and panics where one is listed twice or is nobody's.
func idle[T any](p *pool[T]) map[uint32]bool {
	handles := map[uint32]bool{}
	for _, h := range p.idle {
		if handles[h] || int(h) >= len(p.chunks)*chunkSize {
			panic(fmt.Sprintf("handle %d is freed twice, or out of range", h))
		}
		handles[h] = true
	}
	return handles
}

// Once everything has its size an event allocates nothing. Tables of peers grow until everybody has probed
// everybody, some 100 s for 100 members; the table of streams, by one entry per new pair, until all pairs
// have synchronised. That is what is left: an allocation in some 200 events.
func TestSteadyStateAllocations(t *testing.T) {
	for _, codec := range []string{"struct", "wire"} {
		w := build(t, load(t, "cluster.size=100", "scenario.duration=10m", "network.codec="+codec))
		w.Run(seconds(400))
		var before, after runtime.MemStats
		from := w.Events()
		runtime.ReadMemStats(&before)
		w.Run(seconds(500))
		runtime.ReadMemStats(&after)
		per := float64(after.Mallocs-before.Mallocs) / float64(w.Events()-from)
		t.Logf("%s: %.5f allocations per event over %d events", codec, per, w.Events()-from)
		if per > 0.01 {
			t.Errorf("%s: %.4f allocations per event", codec, per)
		}
	}
}

// validator holds every machine against its own recount at every checkpoint.
type validator struct {
	w   *World
	bad []string
	n   int
}

func (v *validator) Record(r *trace.Record) {
	if r.Kind != trace.KindCheckpoint {
		return
	}
	v.n++
	for i := range v.w.nodes {
		if v.w.Up(core.NodeID(i)) {
			v.bad = append(v.bad, v.w.Validate(core.NodeID(i))...)
		}
	}
}

// The flagship's world without its faults: 1,000 nodes in five regions that start formed stay formed.
func TestViewsAgree(t *testing.T) {
	sc := parse(t, `
schema = 1
[scenario]
name = "formed"
title = "five regions at rest"
duration = "60s"
settle = "0s"
[topology]
use = "wan5"
[network.inter]
jitter = { dist = "normal", mean = "0%", std = "5%" }
[cluster]
gates = 10
managers = 10
workers = 180
start = { mode = "formed" }
`, 1)
	v := new(validator)
	w := build(t, sc, v)
	v.w = w
	w.Run(w.End())
	w.Finish()
	if v.n != 7 || len(v.bad) > 0 {
		t.Errorf("at %d checkpoints: %q", v.n, v.bad[:min(5, len(v.bad))])
	}
	pairs, wrong := 0, 0
	for i := range sc.Nodes {
		for j := range sc.Nodes {
			a, b := &sc.Nodes[i], &sc.Nodes[j]
			if a.Group != b.Group || a.Role == core.RoleWorker && b.Role == core.RoleWorker {
				continue // not in each other's tables
			}
			pairs++
			if w.State(a.ID, b.ID) != core.StateOK {
				wrong++
			}
		}
	}
	if want := 50*50 + 5*(10*10+2*10*180); pairs != want || wrong > 0 {
		t.Errorf("%d of %d views are not OK (want %d pairs)", wrong, pairs, want)
	}
}
