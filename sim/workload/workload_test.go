package workload

import (
	"math"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
)

const sec = time.Second

// times returns the arrivals of a process in seconds since From.
func times(a Arrival, lasts core.Duration, seed uint64) (out []float64) {
	s := Spec{Key: 7, From: 10 * sec, To: 10*sec + lasts, Arrival: a}
	x := NewArrivals(&s, seed)
	for {
		at, nth, ok := x.Next()
		if !ok {
			return out
		}
		if int(nth) != len(out) {
			panic("jobs are not counted one by one")
		}
		out = append(out, at.Sub(core.Instant(10*sec)).Seconds())
	}
}

// Processes without chance arrive when they say.
func TestArrivalsByTheClock(t *testing.T) {
	for _, c := range []struct {
		a    Arrival
		want []float64
	}{
		{Arrival{Process: Once, Count: 3}, []float64{0, 0, 0}},
		{Arrival{Process: Constant, Rate: 2}, []float64{0, 0.5, 1, 1.5, 2, 2.5}},
		{Arrival{Process: Burst, Count: 2, Every: sec}, []float64{0, 0, 1, 1, 2, 2}},
	} {
		have := times(c.a, 3*sec, 1)
		same := len(have) == len(c.want)
		for i := range min(len(have), len(c.want)) {
			same = same && have[i] == c.want[i]
		}
		if !same {
			t.Errorf("%+v: %v, want %v", c.a, have, c.want)
		}
	}
}

// The others bring as many as their rate says, in every tenth of the time; 4.5 deviations of a Poisson number are allowed.
func TestArrivalsByChance(t *testing.T) {
	const lasts = 1000.0
	for name, c := range map[string]struct {
		a    Arrival
		upTo func(t float64) float64 // expected number up to t
	}{
		"poisson": {Arrival{Process: Poisson, Rate: 20}, func(t float64) float64 { return 20 * t }},
		"onoff": {Arrival{Process: OnOff, Rate: 40, On: 30 * sec, Off: 70 * sec}, func(t float64) float64 {
			return 40 * (30*math.Floor(t/100) + min(30, math.Mod(t, 100)))
		}},
		"ramp":    {Arrival{Process: Ramp, Rate: 5, Last: 35}, func(t float64) float64 { return 5*t + 15*t*t/lasts }},
		"descent": {Arrival{Process: Ramp, Rate: 30, Last: 0}, func(t float64) float64 { return 30*t - 15*t*t/lasts }},
		"diurnal": {Arrival{Process: Diurnal, Rate: 20, Amplitude: 0.8, Period: 200 * sec, Phase: 50 * sec}, func(t float64) float64 {
			w := 2 * math.Pi / 200
			return 20*t + 20*0.8/w*(math.Cos(w*50)-math.Cos(w*(t+50)))
		}},
	} {
		all := times(c.a, 1000*sec, 3)
		for k := range 10 {
			from, to := float64(k)*lasts/10, float64(k+1)*lasts/10
			n := 0
			for _, at := range all {
				if at >= from && at < to {
					n++
				}
			}
			want := c.upTo(to) - c.upTo(from)
			if math.Abs(float64(n)-want) > 4.5*math.Sqrt(want+1) {
				t.Errorf("%s: %d arrivals from %g s to %g s, want %.0f", name, n, from, to, want)
			}
		}
		for i := 1; i < len(all); i++ {
			if all[i] < all[i-1] {
				t.Fatalf("%s: time runs backwards at %d", name, i)
			}
		}
		if again := times(c.a, 1000*sec, 3); len(again) != len(all) || again[len(all)-1] != all[len(all)-1] {
			t.Errorf("%s: another seed's draws", name)
		}
	}
}

func spec(t testing.TB) *Spec {
	d, err := rng.Exponential(10)
	if err != nil {
		t.Fatal(err)
	}
	return &Spec{Index: 3, Key: 9, Clients: []core.NodeID{4, 5}, Mix: []Kind{
		{Share: 3, Needs: [][]uint32{nil, {1}}, Cores: 2, VUs: 2, Duration: d, Stuck: Trouble{Share: 0.1, After: sec}, Fail: Trouble{Share: 0.2}},
		{Share: 1, Needs: [][]uint32{nil}, Cores: 1, VUs: 1, Duration: d, Slow: Trouble{Share: 1, Factor: 4, Sites: []bool{false, true}}},
	}}
}

// Shares of the mix, clients and troubles come as often as they say, and durations have their mean.
func TestDraws(t *testing.T) {
	s := spec(t)
	const n = 20_000
	var first, client4, stuck, fails, slow, scripts int
	sum := 0.0
	for nth := range uint32(n) {
		j := s.Draw(1, nth)
		if len(j.Workflows) == 2 {
			first++
		}
		if s.Client(1, nth) == 4 {
			client4++
		}
		for i := range j.Workflows {
			w, k, f := Named(j.Workflows[i].Payload.ID)
			if w != 3 || k != nth || f != i {
				t.Fatalf("payload %x names %d %d %d", j.Workflows[i].Payload.ID, w, k, f)
			}
			x := s.Script(1, j.Workflows[i].Payload.ID, 1)
			if x != s.Script(1, j.Workflows[i].Payload.ID, 1) {
				t.Fatal("a script is drawn otherwise the second time")
			}
			if y := s.Script(1, j.Workflows[i].Payload.ID, 0); y.Length != x.Length || y.Factor != 1 {
				t.Fatalf("at another site it is %+v", y)
			}
			scripts++
			sum += x.Length.Seconds()
			if x.Stuck {
				stuck++
			}
			if x.Fails {
				fails++
			}
			if x.Factor == 4 {
				slow++
			}
		}
	}
	near := func(what string, have int, of int, p float64) {
		if sd := math.Sqrt(float64(of) * p * (1 - p)); math.Abs(float64(have)-float64(of)*p) > 4.5*sd+1 {
			t.Errorf("%s: %d of %d, want %g", what, have, of, p)
		}
	}
	near("first kind", first, n, 0.75)
	near("client 4", client4, n, 0.5)
	near("stuck", stuck, 2*first, 0.1)
	near("fails", fails, 2*first, 0.2)
	if slow != n-first {
		t.Errorf("%d slow of %d", slow, n-first)
	}
	if mean := sum / float64(scripts); math.Abs(mean-10) > 4.5*10/math.Sqrt(float64(scripts)) {
		t.Errorf("mean duration %g", mean)
	}
}

// A share changes nobody else's fate.
func TestOneShareLeavesTheOthersAlone(t *testing.T) {
	a, b := spec(t), spec(t)
	b.Mix[0].Stuck.Share = 0.9
	for i := range b.Mix {
		b.Mix[i].Extend.Share = 0.5
	}
	asks := 0
	for nth := range uint32(1000) {
		x, y := a.Script(1, a.Payload(nth, 0), 0), b.Script(1, b.Payload(nth, 0), 0)
		if x.Length != y.Length || x.Fails != y.Fails || x.Stuck && !y.Stuck {
			t.Fatalf("job %d: %+v and %+v", nth, x, y)
		}
		if y.Asks {
			asks++
		}
	}
	if asks < 430 || asks > 570 { // 500 ± 4.5 deviations
		t.Errorf("%d of 1000 ask for more time", asks)
	}
}

// Drawing an arrival and a script takes no memory.
func TestDrawsAllocateNothing(t *testing.T) {
	s := spec(t)
	s.To, s.Arrival = 1<<60, Arrival{Process: Poisson, Rate: 1}
	a := NewArrivals(s, 1)
	if n := testing.AllocsPerRun(1000, func() {
		_, nth, _ := a.Next()
		_ = s.Client(1, nth)
		_ = s.Script(1, s.Payload(nth, 0), 0)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A trace says when, to the nanosecond, and nothing is drawn; what comes after the end of the workload does not.
func TestTrace(t *testing.T) {
	at := []core.Duration{0, 1, 333_333_333, 333_333_333, 20e9, 30e9}
	s := Spec{Key: 1, From: 100_000_000_007, To: 120_000_000_008, Arrival: Arrival{Process: Trace, At: at}}
	a := NewArrivals(&s, 5)
	for i, d := range at[:5] {
		when, nth, ok := a.Next()
		if !ok || int(nth) != i || when != core.Instant(s.From+d) {
			t.Errorf("%d: %v, %d, %v", i, when, nth, ok)
		}
	}
	if _, _, ok := a.Next(); ok {
		t.Error("one after the end")
	}
	if _, _, ok := a.Next(); ok {
		t.Error("another one")
	}
}
