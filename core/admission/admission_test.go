package admission

import (
	"math"
	"testing"
	"time"
	"unsafe"

	"hypersim/core"
	"hypersim/core/overload"
	"pgregory.net/rapid"
)

func TestDefaultsFit(t *testing.T) {
	c, o := Default(), overload.Default()
	if err := c.Validate(&o); err != nil {
		t.Error(err)
	}
	c.InFlight.MaxWait = 500 * time.Millisecond
	if c.Validate(&o) == nil {
		t.Error("a wait as long as what is called STRESSED is taken")
	}
	if clientBytes != int(unsafe.Sizeof(client{})) {
		t.Errorf("clientBytes = %d, a client takes %d", clientBytes, unsafe.Sizeof(client{}))
	}
}

// Spec 30 §15.10.
func TestInFlightVectors(t *testing.T) {
	c := Default()
	var d Desk
	d.Init(&c, core.RoleWorker)
	d.limits = [core.NumClasses]int{5, 3, 2, 1}
	classes := map[byte]core.Class{'C': core.ClassControl, 'H': core.ClassDispatch, 'N': core.ClassData, 'L': core.ClassTelemetry}
	for i, v := range []struct {
		class byte
		want  Reason
	}{
		{'L', Admitted}, {'L', InFlightClass}, {'N', Admitted}, {'N', Admitted}, {'N', InFlightClass}, {'H', Admitted}, {'C', Admitted}, {'H', InFlightAll},
		{'C', Admitted}, {'C', Admitted}, {'H', InFlightAll}, {'C', Admitted}, {'L', InFlightAll},
	} {
		if got := d.Admit(0, core.LoadHealthy, &Request{Class: classes[v.class], Client: core.NoNode}); got.Reason != v.want {
			t.Errorf("step %d, %c: %v (%d), want %d", i, v.class, got.Reason, got.Reason, v.want)
		}
	}
	if _, all := d.InFlight(core.ClassControl); all != 8 {
		t.Errorf("%d in flight, want 8", all)
	}
}

// Spec 30 §15.11.
func TestRateVectors(t *testing.T) {
	c := Default()
	c.Rate.Idle = time.Hour
	var d Desk
	d.Init(&c, core.RoleGate)
	ask := func(at, n float64) Refusal {
		return d.Admit(core.Instant(core.Seconds(at)), core.LoadHealthy, &Request{Class: core.ClassDispatch, Client: 7, Op: OpSubmit, N: n})
	}
	for i := range 50 {
		if r := ask(0, 1); r.Reason != Admitted {
			t.Fatalf("submission %d: %v", i, r)
		}
	}
	for _, v := range []struct{ at, n, after float64 }{
		{0, 1, 0.2}, {0.1, 1, 0.1}, {0.2, 1, 0}, {0.2, 1, 0.2}, {0.7, 3, 0.1}, {0.8, 3, 0}, {900, 51, math.Inf(1)},
	} {
		r := ask(v.at, v.n)
		switch {
		case v.after == 0 && r.Reason != Admitted, v.after > 0 && r.Reason != RateLimit:
			t.Errorf("%+v: %v", v, r)
		case v.after > 0 && !math.IsInf(v.after, 1) && math.Abs(r.After.Seconds()-v.after) > 1e-6:
			t.Errorf("%+v: after %v", v, r.After)
		}
	}
}

func TestStressShare(t *testing.T) {
	for clients, want := range map[int]int{1: 100, 50: 100, 51: 98, 100: 50, 500: 10, 1000: 10} {
		c := Default()
		var d Desk
		d.Init(&c, core.RoleGate)
		for i := range clients {
			d.Admit(0, core.LoadHealthy, &Request{Class: core.ClassData, Client: core.NodeID(i)})
		}
		if got := d.rates.share(0); got != want {
			t.Errorf("%d clients: a share of %d, want %d", clients, got, want)
		}
	}
}

// I-S1: the table of spec 30 §6.
func TestSheds(t *testing.T) {
	for s, from := range map[core.Load]int{core.LoadHealthy: 4, core.LoadBusy: 3, core.LoadStressed: 2, core.LoadOverloaded: 1} {
		for c := range core.NumClasses {
			if got := sheds(s, core.Class(c)); got != (c >= from) {
				t.Errorf("%v sheds %v: %v", s, core.Class(c), got)
			}
		}
	}
}

// Whoever would wait longer than max_wait is refused; those above do not wait for those below.
func TestBoundedWait(t *testing.T) {
	c := Default()
	var d Desk
	d.Init(&c, core.RoleManager)
	admit := func(class core.Class) Reason {
		return d.Admit(0, core.LoadHealthy, &Request{Class: class, Client: core.NoNode}).Reason
	}
	d.Served(core.ClassData, 10*time.Millisecond)
	d.Served(core.ClassDispatch, 10*time.Millisecond)
	n := 0
	for admit(core.ClassData) == Admitted {
		n++
	}
	if n != 41 { // 40 in front of it wait 400 ms, which is not longer
		t.Errorf("%d requests of 10 ms are taken in, want 41", n)
	}
	if got := admit(core.ClassDispatch); got != Admitted {
		t.Errorf("DISPATCH behind DATA: %d", got)
	}
	d.Begin(core.ClassData)
	d.Begin(core.ClassData)
	if got := admit(core.ClassData); got != Admitted {
		t.Errorf("after two began: %d", got)
	}
}

// I-S3: a refusal changes nothing but its own count; all against a model that keeps plain lists.
func TestAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Default()
		c.InFlight.Gate, c.Rate.SubmitSize, c.Rate.SubmitRefill, c.Rate.Clients = 8, 3, 1, 3
		var d Desk
		d.Init(&c, core.RoleGate)
		now := core.Instant(0)
		count := [core.NumClasses]int{}
		type model struct {
			tokens float64
			at     core.Instant
		}
		tokens, order := map[core.NodeID]model{}, []core.NodeID{}
		limit := [core.NumClasses]int{8, 4, 2, 1}
		for range rapid.IntRange(1, 80).Draw(t, "n") {
			now = now.Add(core.Duration(rapid.IntRange(0, 1500).Draw(t, "ms")) * time.Millisecond)
			class := core.Class(rapid.IntRange(0, 3).Draw(t, "class"))
			if rapid.Bool().Draw(t, "release") {
				if count[class] > 0 {
					count[class]--
					d.Begin(class)
					d.Release(class)
				}
				continue
			}
			who := core.NodeID(rapid.IntRange(1, 5).Draw(t, "client"))
			before := d
			got := d.Admit(now, core.LoadHealthy, &Request{Class: class, Client: who, Op: OpSubmit})
			total := 0
			for _, n := range count {
				total += n
			}
			have := 3.0
			if m, ok := tokens[who]; ok {
				have = min(3, m.tokens+now.Sub(m.at).Seconds())
			}
			want := Admitted
			switch {
			case class == core.ClassControl:
			case have < 1-slack:
				want = RateLimit
			case total >= 8:
				want = InFlightAll
			case count[class] >= limit[class]:
				want = InFlightClass
			}
			if got.Reason != want {
				t.Fatalf("%v of %d at %v: %d, want %d", class, who, now, got.Reason, want)
			}
			if want != Admitted {
				if d.total != before.total || d.count != before.count || d.queues != before.queues || got.After <= 0 {
					t.Fatal("a refusal changed a count, or says no time")
				}
				continue
			}
			count[class]++
			if class == core.ClassControl {
				continue
			}
			if _, ok := tokens[who]; !ok && len(order) == 3 {
				delete(tokens, order[0])
				order = order[1:]
			}
			for i, x := range order {
				if x == who {
					order = append(order[:i:i], order[i+1:]...)
					break
				}
			}
			order = append(order, who)
			tokens[who] = model{have - 1, now}
		}
		if d.Clients() != len(tokens) {
			t.Fatalf("%d clients are remembered, want %d", d.Clients(), len(tokens))
		}
	})
}

func TestClientsAreForgotten(t *testing.T) {
	c := Default()
	var d Desk
	d.Init(&c, core.RoleGate)
	for i := range 100 {
		d.Admit(0, core.LoadHealthy, &Request{Class: core.ClassData, Client: core.NodeID(i)})
	}
	d.Admit(core.Instant(301*time.Second), core.LoadHealthy, &Request{Class: core.ClassData, Client: 200})
	if d.Clients() != 1 {
		t.Errorf("%d clients are remembered", d.Clients())
	}
}

func TestNoAllocation(t *testing.T) {
	c := Default()
	var d Desk
	d.Init(&c, core.RoleGate)
	r := Request{Class: core.ClassData, Client: 3}
	now := core.Instant(0)
	step := func() {
		now = now.Add(time.Second)
		if d.Admit(now, core.LoadStressed-1, &r).Reason == Admitted {
			d.Begin(r.Class)
			d.Served(r.Class, time.Millisecond)
			d.Release(r.Class)
		}
	}
	step()
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%g allocations a request", n)
	}
}
