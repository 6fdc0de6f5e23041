package host

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
)

const (
	control   = core.ClassControl
	dispatch  = core.ClassDispatch
	data      = core.ClassData
	telemetry = core.ClassTelemetry
)

func TestOrderAndOverflow(t *testing.T) {
	for _, c := range []struct {
		name    string
		byClass bool
		inbox   int
		arrive  []core.Class // the first is in service; handles are 0, 1, 2 …
		served  []uint32     // after it
		dropped []uint32
	}{
		{"by class: CONTROL first, then as they came", true, 9,
			[]core.Class{data, telemetry, data, control, data, control, dispatch}, []uint32{3, 5, 6, 2, 4, 1}, nil},
		{"fifo", false, 9,
			[]core.Class{data, telemetry, data, control, data, control, dispatch}, []uint32{1, 2, 3, 4, 5, 6}, nil},
		{"full: the newest of the lowest class goes", true, 3,
			[]core.Class{data, telemetry, telemetry, data, control}, []uint32{4, 3, 1}, []uint32{2}},
		{"full: lowest first, class after class", true, 2,
			[]core.Class{data, telemetry, data, control, control}, []uint32{3, 4}, []uint32{1, 2}},
		{"full of its own class: what comes is the newest", true, 2,
			[]core.Class{data, data, data, data}, []uint32{1, 2}, []uint32{3}},
		{"full of more important ones", true, 2,
			[]core.Class{data, control, dispatch, telemetry}, []uint32{1, 2}, []uint32{3}},
		{"fifo, full: tail drop whatever the class", false, 2,
			[]core.Class{data, telemetry, telemetry, control}, []uint32{1, 2}, []uint32{3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := rng.Constant(20e-6)
			drv := newDriver(newHost(dist(t, d, err), c.inbox, c.byClass))
			var served, dropped []uint32
			drv.served = func(_ core.Instant, h uint32) { served = append(served, h) }
			drv.dropped = func(h uint32) { dropped = append(dropped, h) }
			drv.class = func(h uint32) core.Class { return c.arrive[h] }
			for i, class := range c.arrive {
				drv.arrive(core.Instant(i), class, uint32(i))
			}
			drv.run(core.Never - 1)
			if !slices.Equal(served[1:], c.served) || !slices.Equal(dropped, c.dropped) {
				t.Errorf("served %v, dropped %v, want %v and %v", served[1:], dropped, c.served, c.dropped)
			}
			if drv.h.Waiting() != 0 {
				t.Errorf("%d still wait", drv.h.Waiting())
			}
		})
	}
}

// waiting is one entry of the naive inbox: a list in order of arrival.
type waiting struct {
	class  core.Class
	handle uint32
}

// The inbox against a list that is searched.
func TestInboxAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		byClass := rapid.Bool().Draw(t, "byClass")
		bound := rapid.IntRange(1, 20).Draw(t, "bound")
		h := newHost(rng.Dist{}, bound, byClass)
		h.busy = core.Never // the server never gets free by itself: only Turn takes
		var model []waiting
		for i := range uint32(rapid.IntRange(1, 200).Draw(t, "steps")) {
			if rapid.IntRange(0, 2).Draw(t, "op") == 0 {
				handle, ok := h.Turn()
				if ok != (len(model) > 0) {
					t.Fatalf("Turn says %v with %d waiting", ok, len(model))
				}
				if !ok {
					continue
				}
				first := 0
				for j := range model {
					if byClass && model[j].class < model[first].class {
						first = j
					}
				}
				if handle != model[first].handle {
					t.Fatalf("took %d, the model %d", handle, model[first].handle)
				}
				if rapid.IntRange(0, 3).Draw(t, "returned") == 0 { // it stays the first of its class
					h.Return(model[first].class, handle)
					continue
				}
				model = slices.Delete(model, first, first+1)
				continue
			}
			c := core.Class(rapid.IntRange(0, core.NumClasses-1).Draw(t, "class"))
			s, out := h.Arrive(0, c, i)
			model = append(model, waiting{c, i})
			if len(model) <= bound {
				if s != Busy {
					t.Fatalf("state %v with room", s)
				}
				continue
			}
			last := len(model) - 1
			for j := len(model) - 1; j >= 0; j-- {
				if byClass && model[j].class > model[last].class {
					last = j
				}
			}
			if s != Full || out != model[last].handle {
				t.Fatalf("dropped %d (state %v), the model %d", out, s, model[last].handle)
			}
			model = slices.Delete(model, last, last+1)
			if h.Waiting() != len(model) {
				t.Fatalf("%d wait, in the model %d", h.Waiting(), len(model))
			}
		}
	})
}

func TestCrashDropsWhatWaits(t *testing.T) {
	h := newHost(rng.Dist{}, 10, true)
	h.busy = 100
	for i := range uint32(4) {
		h.Arrive(0, core.Class(i), i)
	}
	if !h.NeedsTurn() {
		t.Fatal("nobody is told to come back")
	}
	h.Arm(50)
	h.Pause()
	var gone []uint32
	h.Crash(func(handle uint32) { gone = append(gone, handle) })
	slices.Sort(gone)
	if !slices.Equal(gone, []uint32{0, 1, 2, 3}) || h.Waiting() != 0 || h.Up() {
		t.Errorf("dropped %v, %d wait, up %v", gone, h.Waiting(), h.Up())
	}
	h.Start(60)
	if h.Fires(50) {
		t.Error("a wake-up of the old process fires")
	}
	if h.Paused() {
		t.Error("the new process is paused")
	}
	if s, _ := h.Arrive(60, control, 9); s != Idle {
		t.Errorf("the new process is not idle but %v", s)
	}
}
