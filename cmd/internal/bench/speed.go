package bench

import (
	"fmt"
	"math"
	"runtime"
	"time"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/kernel"
	"hypersim/sim/world"
)

// subject is a piece of work that is timed: run does about so many events, and says how many.
type subject interface{ run(events int) int }

// hold is the kernel in the hold model.
type hold struct {
	kernel   *kernel.Kernel
	entities []entity
	left     int
}

func newHold() (subject, error) {
	h := &hold{entities: newEntities()}
	h.kernel = kernel.New(h)
	for i := range h.entities {
		h.kernel.Schedule(h.event(h.entities[i].after(0), core.NodeID(i)))
	}
	return h, nil
}

func (h *hold) event(at core.Instant, id core.NodeID) kernel.Event {
	return kernel.Event{At: at, Key: kernel.MakeKey(kernel.KindTimer, id, h.entities[id].seq), Node: id}
}

// Touch implements kernel.Toucher.
func (h *hold) Touch(e *kernel.Event) { runtime.KeepAlive(h.entities[e.Node].count) }

// Handle implements kernel.Handler.
func (h *hold) Handle(e *kernel.Event) {
	h.kernel.Schedule(h.event(h.entities[e.Node].after(e.At), e.Node))
	if h.left--; h.left == 0 {
		h.kernel.Stop()
	}
}

func (h *hold) run(events int) int {
	h.left = events
	h.kernel.Run(core.Never)
	return events
}

// life is a world that goes on, and is built anew when it has come to its end.
type life struct {
	sc   *scenarios.Scenario
	from core.Duration // nothing before this is timed
	w    *world.World
}

func newLife(scenario string, from core.Duration, sets ...string) (subject, error) {
	sc, err := scenarios.Load(scenario, sets, scenarios.Options{Alone: true})
	if err != nil {
		return nil, err
	}
	l := &life{sc: sc, from: from}
	return l, l.build()
}

func (l *life) build() (err error) {
	if l.w, err = world.Build(l.sc, world.Options{}); err == nil {
		l.w.Run(core.Instant(0).Add(l.from))
		err = l.w.Err()
	}
	return err
}

func (l *life) run(events int) int {
	from := l.w.Events()
	for l.w.Events()-from < uint64(events) && l.w.Now() < l.w.End() {
		l.w.Run(min(l.w.Now().Add(50*time.Millisecond), l.w.End()))
	}
	return int(l.w.Events() - from)
}

// over reports whether s has to begin anew before it is timed again.
func over(s subject) bool {
	l, ok := s.(*life)
	return ok && l.w.Now() >= l.w.End()
}

// rounds of a timing, quick and full, and events in a turn of each side.
const (
	quickRounds = 25
	fullRounds  = 61
	turn        = 20_000
)

// timed returns how long an event of s takes, in events of the reference: the least of so many turns of each, in processor
// time. Whatever else the machine does makes turns longer and never shorter, and some turns are spared.
func timed(s subject, ref *reference, rounds int) (float64, error) {
	s.run(3 * turn)
	ref.run(3 * turn)
	runtime.GC()
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for range rounds {
		if over(s) {
			if err := s.(*life).build(); err != nil {
				return 0, err
			}
		}
		for i, x := range [2]subject{ref, s} {
			t, err := perEvent(x)
			if err != nil {
				return 0, err
			}
			least[i] = min(least[i], t)
		}
	}
	return least[1] / least[0], nil
}

func perEvent(s subject) (float64, error) {
	from, err := cpuSeconds()
	if err != nil {
		return 0, fmt.Errorf("processor time: %w", err)
	}
	n := s.run(turn)
	to, err := cpuSeconds()
	return (to - from) / float64(max(1, n)), err
}
