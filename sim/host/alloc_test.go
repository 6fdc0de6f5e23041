package host

import (
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// Once the inbox has its size, neither messages nor wake-ups allocate.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	d, err := rng.Exponential(20e-6)
	drv := newDriver(newHost(dist(t, d, err), 64, true))
	now := core.Instant(0)
	round := func() {
		for i := range uint32(100) {
			now += 10_000
			drv.arrive(now, core.Class(i%core.NumClasses), i)
			drv.h.Arm(now + 5_000)
			drv.h.Fires(now + 5_000)
		}
	}
	round()
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations per 100 messages", n)
	}
}

func BenchmarkServe(b *testing.B) {
	d, err := rng.Constant(20e-6)
	drv := newDriver(newHost(dist(b, d, err), 64, true))
	b.ReportAllocs()
	for i := range b.N {
		drv.arrive(core.Instant(i)*25_000, core.ClassControl, 0)
	}
}
