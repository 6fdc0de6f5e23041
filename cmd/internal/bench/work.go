package bench

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"hypersim/core"
	"hypersim/sim/world"

	"hypersim/scenarios"
)

// work is a number of the program itself.
type work struct {
	name string
	do   func(ctx context.Context, r *Result, opt *Options) error
}

// speeds are what is timed.
var speeds = []struct {
	name  string
	build func() (subject, error)
}{
	{"speed-kernel", newHold},
	{"speed-gossip", func() (subject, error) {
		return newLife("bench-detection", 3*time.Second, "cluster.size=64", "scenario.duration=60m", "report.sample=1h")
	}},
	{"speed-jobs", func() (subject, error) { return newLife("bench-jobs", 3*time.Second, "report.sample=1h") }},
	{"speed-large", func() (subject, error) { return newLife("bench-scale", time.Second, "report.sample=1h") }},
}

// chosen returns the works that are wanted, in order.
func chosen(opt *Options) (list []work) {
	if opt.wants("exact") {
		list = append(list, work{"exact", exact})
	}
	for _, s := range speeds {
		if opt.wants(s.name) {
			list = append(list, work{s.name, func(ctx context.Context, r *Result, opt *Options) error { return speedOf(ctx, r, opt, s.name, s.build) }})
		}
	}
	return list
}

// fullAttempts is how often a full run times each piece of work, of which the least counts.
const fullAttempts = 4

func speedOf(ctx context.Context, r *Result, opt *Options, name string, build func() (subject, error)) error {
	s, err := build()
	if err != nil {
		return err
	}
	ratio, err := timed(s, newReference(), roundsOf(opt.Quick))
	r.Speeds = append(r.Speeds, Value{Name: name, Value: ratio, Unit: "events of the reference", Processor: processor()})
	for k := 1; k < fullAttempts && !opt.Quick && err == nil && ctx.Err() == nil; k++ { // it may become the baseline
		opt.pause(ctx, k)
		err = again(&r.Speeds[len(r.Speeds)-1])
	}
	return err
}

func roundsOf(quick bool) int {
	if quick {
		return quickRounds
	}
	return fullRounds
}

// again times what seems slower than it was once more, longer, and keeps the better of both.
func again(v *Value) error {
	for _, s := range speeds {
		if s.name != v.Name {
			continue
		}
		x, err := s.build()
		if err != nil {
			return err
		}
		ratio, err := timed(x, newReference(), fullRounds)
		v.Value = min(v.Value, ratio)
		return err
	}
	return nil
}

// members is the size of the group of exact.
const members = 300

// exact counts what a formed group takes in memory, by its own account, and what it allocates while nothing happens.
func exact(_ context.Context, r *Result, _ *Options) error {
	sc, err := scenarios.Load("bench-detection", []string{"cluster.size=300", "scenario.duration=10m", "report.sample=1h"}, scenarios.Options{Alone: true})
	if err != nil {
		return err
	}
	sc.Faults = nil
	w, err := world.Build(sc, world.Options{})
	if err != nil {
		return err
	}
	w.Run(core.Instant(0).Add(time.Minute))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	events := w.Events()
	runtime.ReadMemStats(&before)
	w.Run(w.Now().Add(time.Minute))
	runtime.ReadMemStats(&after)
	if err := w.Err(); err != nil {
		return err
	}
	perEvent := float64(after.Mallocs-before.Mallocs) / float64(w.Events()-events)
	r.Exact = append(r.Exact,
		Value{Name: "exact-bytes", Value: float64(w.MemoryBytes()) / (members * members), Unit: "B per pair"},
		Value{Name: "exact-allocations", Value: math.Round(perEvent*1000) / 1000, Unit: "per event"})
	return nil
}
