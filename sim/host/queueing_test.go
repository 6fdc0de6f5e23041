package host

import (
	"fmt"
	"math"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// A host is a single server. Its mean wait with Poisson arrivals is known (Pollaczek 1930, Khinchine 1932):
// ρ/(1−ρ) · (1+c²)/2 service times, c the coefficient of variation of a service: 0 for a constant
// (M/D/1), 1 for an exponential (M/M/1).
func TestMeanWaitFollowsPollaczekKhinchine(t *testing.T) {
	const (
		n      = 1_000_000
		meanUS = 20.0 // the default service time
	)
	constant, err := rng.Constant(meanUS / 1e6)
	constant = dist(t, constant, err)
	exponential, err := rng.Exponential(meanUS / 1e6)
	exponential = dist(t, exponential, err)
	seed := uint64(0)
	for _, c := range []struct {
		name    string
		service rng.Dist
		cv2     float64
	}{{"M/D/1", constant, 0}, {"M/M/1", exponential, 1}} {
		for _, rho := range []float64{0.3, 0.5, 0.7, 0.85} {
			t.Run(fmt.Sprintf("%s/%g", c.name, rho), func(t *testing.T) {
				seed++
				have := meanWait(t, c.service, seed, n, meanUS/1e6/rho)
				want := rho / (1 - rho) * (1 + c.cv2) / 2 * meanUS
				t.Logf("mean wait %.3f µs, closed form %.3f µs (%+.2f %%)", have, want, 100*(have/want-1))
				// The standard error grows as 1/(1−ρ) over the root of n: 1.4 % for M/M/1 at ρ = 0.85.
				if math.Abs(have/want-1) > 0.045 {
					t.Errorf("mean wait %.3f µs, closed form %.3f µs", have, want)
				}
			})
		}
	}
}

// meanWait is the mean wait in µs of n messages that arrive with exponential gaps of the mean in seconds.
func meanWait(t *testing.T, service rng.Dist, seed uint64, n int, gapSec float64) float64 {
	d, err := rng.Exponential(gapSec)
	gap := dist(t, d, err)
	s := rng.New(seed, "test.arrivals")
	arrived := make([]core.Instant, n)
	sum := 0.0
	drv := newDriver(newHost(service, n, true))
	drv.served = func(at core.Instant, handle uint32) { sum += float64(at.Sub(arrived[handle])) }
	now := core.Instant(0)
	for i := range n {
		now = now.Add(core.Seconds(gap.Sample(&s)))
		arrived[i] = now
		drv.arrive(now, core.ClassControl, uint32(i))
	}
	drv.run(core.Never - 1)
	return sum / float64(n) / 1e3
}

// With priorities CONTROL waits for the service in hand and for CONTROL alone (Cobham 1954: the wait of
// class i is W0/((1−σ(i−1))(1−σ(i))), σ the load of it and what goes before, W0 = ρ·D/2 for constants).
func TestControlDoesNotWaitForTelemetry(t *testing.T) {
	const (
		n       = 600_000
		meanUS  = 20.0
		control = 0.2 // load of CONTROL
		rest    = 0.6 // load of TELEMETRY
	)
	constant, err := rng.Constant(meanUS / 1e6)
	d, err2 := rng.Exponential(meanUS / 1e6 / (control + rest))
	service, gap := dist(t, constant, err), dist(t, d, err2)
	for _, byClass := range []bool{true, false} {
		s := rng.New(3, "test.priority")
		arrived, class := make([]core.Instant, n), make([]core.Class, n)
		var sum [core.NumClasses]float64
		var count [core.NumClasses]float64
		drv := newDriver(newHost(service, n, byClass))
		drv.class = func(h uint32) core.Class { return class[h] }
		drv.served = func(at core.Instant, h uint32) {
			sum[class[h]] += float64(at.Sub(arrived[h])) / 1e3
			count[class[h]]++
		}
		now := core.Instant(0)
		for i := range n {
			now = now.Add(core.Seconds(gap.Sample(&s)))
			arrived[i], class[i] = now, core.ClassTelemetry
			if s.Bool(control / (control + rest)) {
				class[i] = core.ClassControl
			}
			drv.arrive(now, class[i], uint32(i))
		}
		drv.run(core.Never - 1)
		w0 := (control + rest) * meanUS / 2
		wantControl, wantRest := w0/(1-control), w0/((1-control)*(1-control-rest))
		if !byClass {
			wantControl = w0 / (1 - control - rest)
			wantRest = wantControl
		}
		for _, c := range []struct {
			class core.Class
			want  float64
		}{{core.ClassControl, wantControl}, {core.ClassTelemetry, wantRest}} {
			have := sum[c.class] / count[c.class]
			t.Logf("by class %v: %v waits %.2f µs, closed form %.2f µs", byClass, c.class, have, c.want)
			if math.Abs(have/c.want-1) > 0.04 {
				t.Errorf("by class %v: %v waits %.2f µs, closed form %.2f µs", byClass, c.class, have, c.want)
			}
		}
	}
}

// A pace stretches every service, and ends when it ends, in the middle of one too.
func TestPaceStretchesService(t *testing.T) {
	d, err := rng.Constant(20e-6)
	h := newHost(dist(t, d, err), 10, true)
	if end := h.Serve(100, core.ClassControl); end != 20_100 {
		t.Errorf("a service of 20 µs from 100 ns ends at %v", end)
	}
	h.SetPace(Pace{50, core.Never})
	if end := h.Serve(30_000, core.ClassData); end != 1_030_000 {
		t.Errorf("50 times slower it ends at %v, want 1.03 ms", end)
	}
	h.SetPace(Pace{1, core.Never})
	if end := h.Serve(2_000_000, core.ClassData); end != 2_020_000 {
		t.Errorf("at normal speed again it ends at %v", end)
	}
	h.SetPace(Pace{50, 3_500_000}, Pace{10, 3_600_000}, Pace{1, core.Never})
	for _, c := range []struct{ begins, ends core.Instant }{
		{2_500_000, 3_500_000},          // 1 ms fits
		{3_100_000, 3_612_000 - 10_000}, // 400 µs are 8 µs of work, 100 µs are 10 µs, 2 µs are left
		{3_490_000, 3_600_000 + 9_800},  // 0.2, 10, 9.8 µs of work
		{3_600_000, 3_620_000},
	} {
		if end := h.Serve(c.begins, core.ClassData); end != c.ends {
			t.Errorf("from %v on, while the pace changes, it ends at %v, want %v", c.begins, end, c.ends)
		}
	}
}
