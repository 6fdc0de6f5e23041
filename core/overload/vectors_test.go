package overload

import (
	"math"
	"testing"
	"time"

	"hypersim/core"
	"pgregory.net/rapid"
)

// alone returns the keys that the vectors of spec 30 §15.1 were made with.
func alone() *Config {
	c := Default()
	c.Overload.Floor, c.Overload.Ceiling, c.Overload.MaxAge = 0, Overloaded, time.Hour
	return &c
}

// Spec 30 §15.1: 12 × 50 ms, 10 × 150 ms, 14 × 50 ms.
func TestDeltaVectors(t *testing.T) {
	type row struct {
		n                             int
		avg, fast, slow, delta, trend float64
		state                         core.Load
	}
	rows := []row{
		{12, 50, 50, 50, 0, 0, core.LoadHealthy},
		{13, 60, 60, 52, 0.1538, 0.0070, core.LoadHealthy},
		{14, 70, 69, 53.96, 0.2973, 0.0163, core.LoadBusy},
		{16, 90, 84.39, 57.7632, 0.5581, 0.0346, core.LoadStressed},
		{20, 130, 106.9533, 64.9237, 1.0024, 0.0601, core.LoadOverloaded},
		{22, 150, 115.1322, 68.2927, 1.1964, 0.0677, core.LoadOverloaded},
		{24, 130, 102.7570, 67.5683, 0.9240, 0.0731, core.LoadStressed},
		{28, 90, 84.6139, 66.2045, 0.3594, 0.0449, core.LoadBusy},
		{30, 70, 78.0373, 65.5628, 0.0677, 0.0144, core.LoadHealthy},
	}
	c := alone()
	var w window
	for n := 1; n <= 36; n++ {
		x := 50.0
		if n > 12 && n <= 22 {
			x = 150
		}
		w.add(core.Instant(n), x, &c.Overload)
		for _, r := range rows {
			if r.n != n {
				continue
			}
			near := func(what string, got, want float64) {
				if math.Abs(got-want) > 5.01e-5 {
					t.Errorf("n = %d: %s = %.5f, want %.4f", n, what, got, want)
				}
			}
			near("avg", w.mean(), r.avg)
			near("fast", w.fast, r.fast)
			near("slow", w.slow, r.slow)
			near("delta", w.delta(), r.delta)
			near("trend", w.trend(), r.trend)
			if got := w.state(&c.Overload); got != r.state {
				t.Errorf("n = %d: %v, want %v", n, got, r.state)
			}
		}
	}
}

func TestSteps(t *testing.T) {
	for _, v := range []struct {
		times, worst float64
		state        core.Load
	}{{1.2, 0.1576, core.LoadHealthy}, {1.3, 0.2324, core.LoadBusy}, {1.5, 0.3743, core.LoadBusy}, {2, 0.6907, core.LoadStressed}, {3, 1.1964, core.LoadOverloaded}} {
		c := alone()
		var w window
		worst, state := 0.0, core.LoadHealthy
		for n := range 300 {
			x := 50.0
			if n >= 200 {
				x = 50 * v.times
			}
			w.add(core.Instant(n), x, &c.Overload)
			worst, state = max(worst, w.delta()), max(state, w.state(&c.Overload))
		}
		if math.Abs(worst-v.worst) > 5.01e-5 || state != v.state {
			t.Errorf("×%g: worst delta %.5f and %v, want %.4f and %v", v.times, worst, state, v.worst, v.state)
		}
	}
}

func TestCreep(t *testing.T) {
	c := alone()
	var w window
	x := 50.0
	for n := range 200 { // counted from 0
		w.add(core.Instant(n), x, &c.Overload)
		if w.state(&c.Overload) > core.LoadHealthy {
			if n != 115 || math.Abs(x-88.7) > 0.6 {
				t.Errorf("a creep of 0.5 %% a sample is BUSY at sample %d, %.1f ms; want 115, 88.7", n, x)
			}
			return
		}
		x *= 1.005
	}
	t.Error("a creep of 0.5 % a sample is never BUSY")
}

func TestAbsoluteAndResources(t *testing.T) {
	c := Default()
	var d Detector
	d.Init(&c)
	d.Latency(0, core.ClassDispatch, 600*time.Millisecond)
	if d.State() != core.LoadStressed {
		t.Errorf("a first request of 600 ms is %v", d.State())
	}
	c.Overload.ShareCeiling = Overloaded // as the vectors have it
	for _, v := range []struct {
		cpu, mem, queue float64
		want            core.Load
	}{
		{0.70, 0.2, 0.1, core.LoadHealthy}, {0.7001, 0.2, 0.1, core.LoadBusy}, {0.5, 0.86, 0.1, core.LoadStressed}, {0.96, 0.1, 0.1, core.LoadOverloaded},
		{0.1, 0.1, 0.5, core.LoadBusy}, {0.1, 0.1, 0.7, core.LoadStressed}, {0.1, 0.1, 0.9, core.LoadOverloaded},
	} {
		d.Init(&c)
		d.Resources(v.cpu, v.mem)
		d.Queue(v.queue)
		if d.State() != v.want {
			t.Errorf("%+v is %v", v, d.State())
		}
	}
}

// Spec 30 §15.1, the last line: raws of ticks and what is reported.
func TestRing(t *testing.T) {
	levels := map[byte]core.Load{'H': core.LoadHealthy, 'B': core.LoadBusy, 'S': core.LoadStressed, 'O': core.LoadOverloaded}
	memory := map[byte]float64{'H': 0, 'B': 0.8, 'S': 0.9, 'O': 0.99}
	raws, want := "HOBHBHHSHH", "HOOBBBHSSH"
	c := Default()
	var d Detector
	d.Init(&c)
	for i := range raws {
		d.memory = memory[raws[i]] // between ticks nothing is said
		d.Tick(core.Instant(i))
		if d.State() != levels[want[i]] {
			t.Errorf("tick %d: %v, want %v", i, d.State(), levels[want[i]])
		}
	}
}

// Each class raises the state only as far as sheds that class (02-20), CONTROL not at all.
func TestCeilings(t *testing.T) {
	for c, want := range map[core.Class]core.Load{
		core.ClassControl: core.LoadHealthy, core.ClassDispatch: core.LoadOverloaded, core.ClassData: core.LoadStressed, core.ClassTelemetry: core.LoadBusy,
	} {
		cfg := Default()
		var d Detector
		d.Init(&cfg)
		d.Latency(0, c, 5*time.Second)
		if d.State() != want {
			t.Errorf("5 s of %v are %v, want %v", c, d.State(), want)
		}
	}
}

// A server that is busy all the time is BUSY; one that a fault sets to the same share is OVERLOADED (02-23).
func TestBusyIsNoDistress(t *testing.T) {
	c := Default()
	var d Detector
	d.Init(&c)
	if d.Resources(1, 0); d.State() != core.LoadBusy {
		t.Errorf("busy all the time: %v", d.State())
	}
	if d.Claim(Floors{Share: 0.96}); d.State() != core.LoadOverloaded {
		t.Errorf("an overload fault of 0.96: %v", d.State())
	}
	for at, want := range map[float64]core.Load{0.49: core.LoadHealthy, 0.5: core.LoadBusy, 0.7: core.LoadStressed, 0.9: core.LoadOverloaded} {
		d.Init(&c)
		if d.Claim(Floors{Queue: at}); d.State() != want {
			t.Errorf("a fault that takes %g of the places for requests: %v, want %v", at, d.State(), want)
		}
	}
}

// 02-19: ten requests of 2 ms that waited for each other are no overload.
func TestQueueOfFastRequests(t *testing.T) {
	c := Default()
	var d Detector
	d.Init(&c)
	for i := range 200 {
		d.Latency(core.Instant(i)*core.Instant(time.Millisecond), core.ClassDispatch, 2*time.Millisecond)
	}
	for i := range 10 {
		d.Latency(core.Instant(time.Second), core.ClassDispatch, core.Duration(2*(i+1))*time.Millisecond)
	}
	if d.State() != core.LoadHealthy {
		t.Errorf("ten requests that queue are %v", d.State())
	}
}

// I-O1 to I-O4 under random events.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Default()
		var d Detector
		d.Init(&c)
		now := core.Instant(0)
		ring := []core.Load{core.LoadHealthy, core.LoadHealthy}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			now = now.Add(core.Duration(rapid.IntRange(0, 400).Draw(t, "wait")) * time.Millisecond)
			switch rapid.IntRange(0, 3).Draw(t, "event") {
			case 0:
				d.Latency(now, core.Class(rapid.IntRange(0, 3).Draw(t, "class")), core.Duration(rapid.IntRange(-5, 4000).Draw(t, "ms"))*time.Millisecond)
				ring[0] = max(ring[0], d.Raw())
			case 1:
				d.Resources(rapid.Float64Range(0, 1).Draw(t, "cpu"), rapid.Float64Range(0, 1).Draw(t, "mem"))
				ring[0] = max(ring[0], d.Raw())
			case 2:
				d.Queue(rapid.Float64Range(0, 1.2).Draw(t, "queue"))
				ring[0] = max(ring[0], d.Raw())
			case 3:
				d.Tick(now)
				ring[0], ring[1] = d.Raw(), ring[0]
			}
			if want := max(ring[0], ring[1]); d.State() != want {
				t.Fatalf("state %v, the last two ticks say %v", d.State(), want)
			}
			if a, b := d.State(), d.State(); a != b {
				t.Fatalf("read twice: %v, %v", a, b)
			}
		}
		d.Resources(0.7, 0.7)
		d.Queue(0.49)
		quiet := now
		for now.Sub(quiet) < c.Overload.MaxAge+3*c.Overload.Tick {
			now = now.Add(c.Overload.Tick)
			d.Tick(now)
		}
		if d.State() != core.LoadHealthy {
			t.Fatalf("I-O2: %v long after the last sample", d.State())
		}
	})
}

func TestNoAllocation(t *testing.T) {
	c := Default()
	var d Detector
	d.Init(&c)
	now := core.Instant(0)
	if n := testing.AllocsPerRun(1000, func() {
		now++
		d.Latency(now, core.ClassData, time.Millisecond)
		d.Tick(now)
	}); n != 0 {
		t.Errorf("%g allocations a sample", n)
	}
}
