package health

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
)

const second = core.Instant(time.Second)

func at(s float64) core.Instant { return core.Instant(core.Seconds(s)) }

// The vectors of spec 30 §15.2: what a node may get.
func TestDecisions(t *testing.T) {
	c := Default()
	for _, v := range []struct {
		name     string
		silent   float64 // s since the last sign of life
		failures int
		dead     bool
		ready    bool
		progress Progress
		stuck    float64 // s
		extended bool
		want     Decision
		label    Label
	}{
		{name: "fit", ready: true, progress: Normal, want: Route, label: LabelHealthy},
		{name: "idle", ready: true, progress: Idle, want: Route, label: LabelHealthy},
		{name: "full", progress: Normal, want: Drain, label: LabelBusy},
		{name: "full and idle", progress: Idle, want: Drain, label: LabelBusy},
		{name: "slow", ready: true, progress: Slow, want: Investigate, label: LabelSlow},
		{name: "degraded", ready: true, progress: Degraded, want: Investigate, label: LabelDegraded},
		{name: "slow and full", progress: Slow, want: Drain, label: LabelDegraded},
		{name: "stuck", ready: true, progress: Stuck, stuck: 59.9, want: Drain, label: LabelStuck},
		{name: "stuck and full", progress: Stuck, stuck: 1, want: Drain, label: LabelStuck},
		{name: "stuck for long", ready: true, progress: Stuck, stuck: 60, want: Evict, label: LabelStuck},
		{name: "stuck, with an extension", ready: true, progress: Stuck, stuck: 300, extended: true, want: Drain, label: LabelStuck},
		{name: "just there", silent: 29.999, ready: true, progress: Normal, want: Route, label: LabelHealthy},
		{name: "silent", silent: 30, ready: true, progress: Normal, want: Evict, label: LabelSuspect},
		{name: "failing", silent: 1, failures: 3, ready: true, progress: Normal, want: Evict, label: LabelSuspect},
		{name: "failed twice", silent: 1, failures: 2, ready: true, progress: Normal, want: Route, label: LabelHealthy},
		{name: "dead", dead: true, ready: true, progress: Normal, want: Evict, label: LabelSuspect},
	} {
		now := at(1000)
		n := Track(now - at(v.silent))
		for range v.failures {
			n.Failed()
		}
		n.Dead(v.dead)
		n.Ready(v.ready)
		n.Extended(v.extended)
		n.Progressed(now-at(v.stuck), v.progress)
		n.Progressed(now, v.progress)
		if d, l := n.Decide(now, &c.Node); d != v.want || l != v.label {
			t.Errorf("%s: %v (%v), want %v (%v)", v.name, d, l, v.want, v.label)
		}
	}
}

func TestProgressOfWorkers(t *testing.T) {
	c := Default()
	for _, v := range []struct {
		w    Worked
		want Progress
	}{
		{Worked{}, Idle},
		{Worked{Assigned: 4, Expected: 0.67, Advanced: true}, Normal},
		{Worked{Assigned: 4, Expected: 0.67}, Stuck},
		{Worked{Assigned: 5, Expected: 5, Completed: 4}, Normal},
		{Worked{Assigned: 5, Expected: 5, Completed: 2}, Slow},
		{Worked{Assigned: 5, Expected: 5, Completed: 1}, Degraded},
		{Worked{Assigned: 5, Expected: 5, Advanced: true}, Degraded},
		{Worked{Assigned: 5, Expected: 5}, Stuck},
	} {
		if have := c.Node.OfWorker(v.w); have != v.want {
			t.Errorf("%+v: %v, want %v", v.w, have, v.want)
		}
	}
}

func TestProgressOfServers(t *testing.T) {
	c := Default()
	for _, v := range []struct {
		s    Served
		want Progress
	}{
		{Served{}, Idle}, {Served{Pending: 1, Expected: 1}, Stuck}, {Served{Done: 1}, Normal}, {Served{Pending: 10, Done: 8, Expected: 10}, Normal},
		{Served{Pending: 10, Done: 3, Expected: 10}, Slow}, {Served{Pending: 10, Done: 2, Expected: 10}, Degraded},
	} {
		if have := c.Node.OfServer(v.s); have != v.want {
			t.Errorf("%+v: %v, want %v", v.s, have, v.want)
		}
	}
}

func TestPace(t *testing.T) {
	c := Default()
	var p Pace
	if have := p.Expected(4, &c.Node); have < 0.66 || have > 0.67 { // 4 × 10 s ÷ 60 s
		t.Errorf("%v before anything was completed", have)
	}
	for range 50 {
		p.Took(5*time.Second, &c.Node)
	}
	for range 25 {
		p.Took(10*time.Second, &c.Node)
	}
	if have := p.Expected(3, &c.Node); have != 4 { // half of the last fifty took 10 s
		t.Errorf("%v expected", have)
	}
}

// A group of n of which so many fall silent together: are their evictions held (spec 30 §15.2, spec 02 no. 33)?
func TestEvictionsAreHeldWhereMoreThanHalfFallSilent(t *testing.T) {
	for _, v := range []struct {
		n, lost int
		held    bool
	}{{1, 1, false}, {2, 2, true}, {2, 1, false}, {4, 2, false}, {4, 3, true}, {100, 10, false}} {
		c := Default()
		tr := NewTracker(&c, v.n, rng.New(1, "test"))
		for i := range v.n {
			tr.Hear(0, i)
		}
		for i := v.lost; i < v.n; i++ {
			tr.Hear(20*second, i)
		}
		out := tr.Tick(30*second, nil)
		if held := len(out) == 0; held != v.held || !held && len(out) != v.lost {
			t.Errorf("%d of %d: %d evicted", v.lost, v.n, len(out))
		}
		if want := map[bool]Verdict{true: Correlated, false: Backoff}[v.held]; tr.Judge(30*second, 0) != want {
			t.Errorf("%d of %d: %v, want %v", v.lost, v.n, tr.Judge(30*second, 0), want)
		}
	}
}

// A burst is held for a minute and a tick at the longest, less where membership says dead; what it releases goes one by
// one, so many at a time (spec 02 nos. 33, 35).
func TestAHoldEnds(t *testing.T) {
	c := Default()
	tr := NewTracker(&c, 10, rng.New(1, "test"))
	for i := range 10 {
		tr.Hear(0, i)
	}
	gone := map[int]core.Instant{}
	tick := func(now core.Instant) {
		for _, i := range tr.Tick(now, nil) {
			gone[i] = now
		}
	}
	for now := 30 * second; now < 90*second; now += second {
		tick(now)
		if now == 50*second {
			tr.Node(7).Dead(true)
		}
	}
	if at, ok := gone[7]; !ok || at != 51*second || len(gone) != 1 || tr.Bursts != 1 || tr.Held != 10 {
		t.Fatalf("within the hold: %v; %d bursts, %d held", gone, tr.Bursts, tr.Held)
	}
	for now := 90 * second; now < 100*second; now += second / 100 {
		tick(now)
	}
	if len(gone) != 5 { // the dead one is still being handed over, and four more
		t.Fatalf("%d are being handed over: %v", len(gone), gone)
	}
	for i := range gone {
		tr.Handed(i)
	}
	if next := tr.Next(100 * second); next != 100*second {
		t.Errorf("the next one may go at %v", next)
	}
	for now := 100 * second; now < 110*second; now += second / 100 {
		tick(now)
	}
	if len(gone) != 10 || tr.Next(110*second) != core.Never {
		t.Errorf("%d are gone", len(gone))
	}
	byTime := map[core.Instant]int{}
	for _, at := range gone {
		if byTime[at]++; byTime[at] > 1 {
			t.Errorf("two went at %v", at)
		}
	}
}

// A node that comes back gets work again, and is not evicted twice within the backoff (I-H3).
func TestEvictionsOfOneNodeAreApart(t *testing.T) {
	c := Default()
	c.Node.Timeout = 5 * time.Second
	tr := NewTracker(&c, 3, rng.New(1, "test"))
	for i := range 3 {
		tr.Hear(0, i)
	}
	live := func(now core.Instant) { tr.Hear(now, 1); tr.Hear(now, 2) }
	var gone []core.Instant
	for now := second; now < 60*second; now += second {
		live(now)
		if now == 10*second {
			tr.Hear(now, 0)
			if d, _ := tr.Decide(now, 0); d != Evict || tr.Alive(now, 0) {
				t.Errorf("%v before the tick that sees it", d)
			}
		}
		if len(tr.Tick(now, nil)) > 0 {
			gone = append(gone, now)
		}
		if now == 10*second && (!tr.Alive(now, 0)) {
			t.Error("it is back")
		}
	}
	if len(gone) != 2 || gone[0] != 5*second || gone[1] != 35*second {
		t.Errorf("evicted at %v", gone)
	}
}

func TestWithoutEvictionOnlyTheDeadGo(t *testing.T) {
	c := Default()
	c.Evict.Enabled = false
	tr := NewTracker(&c, 3, rng.New(1, "test"))
	for i := range 3 {
		tr.Hear(0, i)
	}
	if out := tr.Tick(100*second, nil); len(out) != 0 {
		t.Errorf("%v", out)
	}
	tr.Node(1).Dead(true)
	if out := tr.Tick(100*second, nil); len(out) != 1 || out[0] != 1 {
		t.Errorf("%v", out)
	}
	tr.Forget(1)
	if tr.Judge(100*second, 1) != NotTracked || tr.Node(1) != nil {
		t.Error("it is forgotten")
	}
}
