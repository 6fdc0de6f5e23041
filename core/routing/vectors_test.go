package routing

import (
	"math"
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/job"
	"hypersim/core/vivaldi"
)

// The vectors of spec 30 §15.3: T, A, W, HW, cores, OW.
func TestClasses(t *testing.T) {
	c := Default().Sites
	for _, v := range []struct {
		t, a         int
		w, hw, cores uint32
		ow           uint32
		class        Class
		why          ClassReason
	}{
		{3, 3, 10, 10, 5, 0, Healthy, ReasonOK}, {3, 2, 10, 10, 5, 0, Healthy, ReasonOK},
		{3, 1, 10, 10, 5, 0, Degraded, ReasonManagersLost}, {2, 1, 10, 10, 5, 0, Degraded, ReasonManagersLost},
		{3, 3, 0, 0, 0, 0, Unhealthy, ReasonNoWorkers},
		{3, 3, 10, 6, 5, 0, Healthy, ReasonOK}, {3, 3, 10, 5, 5, 0, Degraded, ReasonWorkersLost},
		{3, 3, 10, 10, 0, 0, Busy, ReasonNoCapacity},
		{3, 3, 10, 10, 5, 2, Healthy, ReasonOK}, {3, 3, 10, 10, 5, 3, Busy, ReasonPartly},
		{3, 3, 10, 10, 5, 5, Degraded, ReasonOverloaded}, {3, 3, 10, 10, 5, 10, Degraded, ReasonOverloaded},
	} {
		x := Condition{Reach: core.ReachReachable, Managers: v.t, Alive: v.a, Heard: true, Workers: v.w, Fit: v.hw, Available: v.cores, WorkersOverloaded: v.ow}
		if class, why := c.Classify(&x); class != v.class || why != v.why {
			t.Errorf("%+v: %v %v", v, class, why)
		}
	}
	whole := func(set func(*Condition)) (Class, ClassReason) {
		x := Condition{Reach: core.ReachReachable, Managers: 3, Alive: 3, Heard: true, Workers: 10, Fit: 10, Available: 5}
		set(&x)
		return c.Classify(&x)
	}
	for _, v := range []struct {
		class Class
		why   ClassReason
		set   func(*Condition)
	}{
		{Degraded, ReasonStale, func(x *Condition) { x.Alive, x.Age = 0, 45*time.Second }},
		{Unhealthy, ReasonNoManagers, func(x *Condition) { x.Alive, x.Age = 0, 60*time.Second }},
		{Unhealthy, ReasonNoManagers, func(x *Condition) { x.Alive, x.Age, x.Reach = 0, 45*time.Second, core.ReachSuspected }},
		{Unhealthy, ReasonNoManagers, func(x *Condition) { x.Alive, x.Heard = 0, false }},
		{Degraded, ReasonSuspected, func(x *Condition) { x.Reach = core.ReachSuspected }},
		{Unhealthy, ReasonUnreachable, func(x *Condition) { x.Reach = core.ReachUnreachable }},
		{Degraded, ReasonNotReady, func(x *Condition) { x.NotReady = 2 }},
		{Healthy, ReasonOK, func(x *Condition) { x.NotReady = 1 }},
		{Degraded, ReasonStuck, func(x *Condition) { x.Stuck = 1 }},
		{Degraded, ReasonOverloaded, func(x *Condition) { x.LeaderOverloaded = true }},
		{Busy, ReasonPartly, func(x *Condition) { x.Overloaded = 1 }},
		{Degraded, ReasonOverloaded, func(x *Condition) { x.Overloaded = 2 }},
	} {
		if class, why := whole(v.set); class != v.class || why != v.why {
			t.Errorf("%v %v, want %v %v", class, why, v.class, v.why)
		}
	}
	for _, v := range []struct {
		class Class
		why   ClassReason
		a     Around
		want  Class
		say   ClassReason
	}{
		{Unhealthy, ReasonUnreachable, Around{Hold: true}, Degraded, ReasonHold},
		{Unhealthy, ReasonNoManagers, Around{Hold: true}, Degraded, ReasonHold},
		{Unhealthy, ReasonNoWorkers, Around{Hold: true}, Unhealthy, ReasonNoWorkers},
		{Healthy, ReasonOK, Around{Self: Busy}, Busy, ReasonSelf},
		{Busy, ReasonNoCapacity, Around{Self: Degraded}, Degraded, ReasonSelf},
		{Degraded, ReasonOverloaded, Around{Self: Busy}, Degraded, ReasonOverloaded},
		{Healthy, ReasonOK, Around{Affected: true}, Degraded, ReasonPartition},
	} {
		if class, why := Adjust(v.class, v.why, v.a); class != v.want || why != v.say {
			t.Errorf("%v %v with %+v: %v %v", v.class, v.why, v.a, class, why)
		}
	}
}

// The vectors of spec 30 §15.3: confirmed, flapping, unconfirmed, known; and of spec 02 no. 36.
func TestSeverities(t *testing.T) {
	c := Default().Correlation
	for _, v := range []struct {
		n    Toll
		want Severity
	}{
		{Toll{1, 0, 1, 5}, SeverityNone}, {Toll{1, 0, 2, 5}, SeverityLow}, {Toll{2, 0, 0, 2}, SeverityLow}, {Toll{2, 1, 0, 3}, SeverityMedium},
		{Toll{3, 0, 0, 8}, SeverityMedium}, {Toll{4, 0, 0, 8}, SeverityHigh}, {Toll{4, 0, 0, 9}, SeverityMedium}, {Toll{0, 0, 4, 6}, SeverityLow},
		{Toll{0, 4, 0, 6}, SeverityHigh}, {Toll{3, 0, 0, 48}, SeverityLow}, {Toll{5, 0, 0, 48}, SeverityMedium},
	} {
		if have := c.Severity(v.n); have != v.want {
			t.Errorf("%+v: %v, want %v", v.n, have, v.want)
		}
	}
}

// The vectors of spec 30 §15.4, of which the mathematics is vivaldi's, with the least bound as it was.
func TestBoundsAndQuality(t *testing.T) {
	cfg := vivaldi.Default()
	at := func(ms, err float64) *core.Coord {
		c := &core.Coord{Dims: 1, ErrorMS: float32(err)}
		c.Vec[0] = float32(ms / 1000)
		return c
	}
	for _, v := range []struct{ rtt, local, remote, want float64 }{
		{40, 2, 3, 50}, {8, 0.2, 0.1, 10}, {180, 10, 15, 230}, {0.2, 0.1, 0.1, 2.2}, {60, 400, 300, 1060}, {9900, 100, 100, 10000},
	} {
		if have := vivaldi.EstimateUCBms(at(0, v.local), at(v.rtt, v.remote), &cfg); math.Abs(have-v.want) > 1e-4 {
			t.Errorf("%+v: %v", v, have)
		}
	}
	if have := vivaldi.EstimateUCBms(nil, nil, &cfg); have != 200 {
		t.Errorf("nothing known: %v", have)
	}
	for _, v := range []struct {
		samples        uint32
		err, age, want float64
	}{{50, 5, 10, 1}, {50, 25, 10, 0.8}, {4, 20, 10, 0.4}, {50, 20, 600, 0.5}, {3, 40, 450, 0.1}} {
		if have := vivaldi.CoordinateQuality(v.samples, v.err, core.Seconds(v.age), &cfg); math.Abs(have-v.want) > 1e-12 {
			t.Errorf("%+v: %v", v, have)
		}
	}
	b := newBench(1, nil)
	b.distance(0, 2.2)
	c := b.Route(second, &Query{Job: 1})
	if x := b.Decision(c.Decision).Find(0); x.RTT != 10 {
		t.Errorf("nearer than rtt_min is equally near: %v", x.RTT)
	}
}

// Bounds of measured distances (spec 02 no. 7): the median of the last five and twice their largest deviation.
func TestMeasuredBounds(t *testing.T) {
	k := Default().Routing
	for _, v := range []struct {
		ms   []float64
		want float64
	}{{[]float64{40}, 42}, {[]float64{40, 44}, 46}, {[]float64{40, 41, 50}, 59}, {[]float64{900, 40, 41, 42, 43, 44}, 46}} {
		var e echoes
		for i, ms := range v.ms {
			e.add(at(float64(2*i)), echo{ms: ms}, time.Minute, k.Samples)
		}
		if have, ok := e.bound(at(20), &k, 2, 1); !ok || have != v.want {
			t.Errorf("%v: %v %v", v.ms, have, ok)
		}
		if _, ok := e.bound(at(float64(2*len(v.ms)-2+60)), &k, 2, 1); ok {
			t.Errorf("%v: the last answer is a minute old", v.ms)
		}
	}
	var e echoes
	for i := range 100 {
		e.add(at(float64(i)), echo{ms: float64(i)}, 10*time.Second, 5)
	}
	if mean, n := e.mean(at(99), 10*time.Second); n != 11 || mean != 94 || len(e.all) > 12 {
		t.Errorf("%d answers, mean %v, %d kept", n, mean, len(e.all))
	}
	e.add(at(1000), echo{ms: 1}, 10*time.Second, 5)
	if _, n := e.mean(at(1000), 10*time.Second); n != 1 || len(e.all) != 5 {
		t.Errorf("%d kept", len(e.all))
	}
}

// The six datacenters of spec 30 §15.5.
var six = []struct {
	name         string
	class        Class
	avail, total uint32
	queue        uint32
	open, of     int32
	ucb, quality float64
	// with the queue term of spec 02 no. 13
	load, doubt, score, preferred float64
}{
	{"us-east", Healthy, 48, 64, 2, 0, 3, 50, 1, 1.134375, 1, 56.71875, 51.046875},
	{"us-west", Healthy, 30, 60, 5, 0, 3, 78, 0.5, 1.275, 1.25, 124.3125, 111.88125},
	{"eu-west", Healthy, 20, 80, 15, 1, 3, 80, 0.8, 1.4979166667, 1.1, 131.8166666667, 118.635},
	{"ap-south", Healthy, 90, 100, 0, 0, 3, 230, 0.9, 1.05, 1.05, 253.575, 228.2175},
	{"us-central", Busy, 0, 64, 40, 0, 3, 30, 1, 1.6875, 1, 50.625, 50.625},
	{"sa-east", Degraded, 10, 40, 0, 1, 2, 200, 0, 1.475, 1.5, 442.5, 442.5},
}

func candidates(preferred ...uint16) []Candidate {
	var out []Candidate
	for i, s := range six {
		out = append(out, Candidate{
			Site: uint16(i), Class: s.class, Managers: s.of, Open: s.open, Available: s.avail, Total: s.total, Queue: s.queue, RTT: s.ucb, Quality: s.quality,
			Preferred: s.class == Healthy && slices.Contains(preferred, uint16(i)),
		})
	}
	return out
}

func close9(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }

// The vectors of spec 30 §15.5 as spec 02 no. 14 has them.
func TestScores(t *testing.T) {
	k := Default().Routing
	for i, c := range candidates() {
		s := six[i]
		k.weigh(&c)
		if !close9(c.Load, s.load) || !close9(c.Doubt, s.doubt) || !close9(c.Score, s.score) {
			t.Errorf("%s: load %v, quality %v, score %v", s.name, c.Load, c.Doubt, c.Score)
		}
	}
	for i, c := range candidates(0, 1, 2, 3, 4, 5) {
		if k.weigh(&c); !close9(c.Score, six[i].preferred) {
			t.Errorf("%s preferred: %v", six[i].name, c.Score)
		}
	}
	one := func(set func(*Candidate)) Candidate {
		c := candidates()[0]
		set(&c)
		k.weigh(&c)
		return c
	}
	if c := one(func(c *Candidate) { c.CoolingLeft = 1 }); !close9(c.Score, 113.4375) || !close9(c.Raw, 56.71875) {
		t.Errorf("in cooldown: %v", c.Score)
	}
	if c := one(func(c *Candidate) { c.Available, c.Queue = 32, 3 }); !close9(c.Load, 1.2640625) || !close9(c.Score, 63.203125) {
		t.Errorf("16 cores and 1 workflow reserved: %v %v", c.Load, c.Score)
	}
	if c := one(func(c *Candidate) { c.Available, c.Queue = 0, 8 }); !close9(c.Load, 1.5375) {
		t.Errorf("48 cores and 6 workflows reserved: %v", c.Load)
	}
	for _, v := range []struct {
		avail, queue uint32
		open         int32
		want         float64
	}{{8, 0, 1, 16.2}, {2, 4, 0, 18.15}} { // of a manager; one that is half open counts as half
		c := Candidate{Available: v.avail, Total: 16, Queue: v.queue, Open: v.open, Managers: 2, RTT: 12, Quality: 1}
		if k.weigh(&c); !close9(c.Raw, v.want) {
			t.Errorf("manager: %v, want %v", c.Raw, v.want)
		}
	}
}

// The same six through order and chain.
func TestChains(t *testing.T) {
	k := Default().Routing
	for _, v := range []struct {
		name                        string
		preferred                   []uint16
		count                       int32
		primary, extended, fallback []uint16
		worst                       Class
	}{
		{"no preference", nil, 2, []uint16{0, 1}, nil, []uint16{2, 3, 4, 5}, Healthy},
		{"eu-west preferred", []uint16{2}, 2, []uint16{0, 2}, nil, []uint16{1, 3, 4, 5}, Healthy},
		{"five", nil, 5, []uint16{0, 1, 2, 3}, []uint16{4}, []uint16{5}, Busy},
	} {
		c := candidates(v.preferred...)
		slices.Reverse(c)
		for i := range c {
			k.weigh(&c[i])
		}
		var o orderer
		o.order(&k, ModeScore, c)
		d := Record{Requested: v.count, Best: Healthy}
		new(Router).chain(&d, c)
		if !slices.Equal(d.Primary, v.primary) || !slices.Equal(d.Extended, v.extended) || !slices.Equal(d.Fallback, v.fallback) || d.Worst != v.worst {
			t.Errorf("%s: %v, %v, %v, %v", v.name, d.Primary, d.Extended, d.Fallback, d.Worst)
		}
	}
}

// The vectors of spec 30 §15.6: the healthy four without coordinates.
func TestBootstrapRanks(t *testing.T) {
	k := Default().Routing
	for _, v := range []struct {
		preferred []uint16
		cooling   int
		want      []uint16
	}{{nil, -1, []uint16{3, 0, 1, 2}}, {[]uint16{0}, -1, []uint16{3, 0, 1, 2}}, {nil, 3, []uint16{0, 1, 2, 3}}} {
		c := candidates(v.preferred...)[:4]
		if v.cooling >= 0 {
			c[v.cooling].CoolingLeft = 1
		}
		for i := range c {
			k.weigh(&c[i])
		}
		var o orderer
		o.order(&k, ModeBootstrap, c)
		for i := range c {
			if c[i].Site != v.want[i] || c[i].Rank != int32(i+1) || c[i].Raw != float64(i+1) || c[i].ByScore {
				t.Errorf("%v cooling %d: place %d: %+v", v.preferred, v.cooling, i, c[i])
			}
		}
	}
	c := candidates(0)[0]
	if have := k.free(&c); !close9(have, 0.75/0.9) {
		t.Errorf("preferred: %v", have)
	}
}

// The timeline of spec 30 §15.7: one job, three datacenters. Scores are distances here: all cores are free, and where a
// datacenter is BUSY, its utilisation weighs nothing.
func TestHysteresisTimeline(t *testing.T) {
	b := newBench(3, func(c *Config) { c.Routing.Util = 0 })
	const a, bb, c = 0, 1, 2
	dist := func(now core.Instant, raw [3]float64) {
		for i, ms := range raw {
			b.distance(i, ms)
		}
		b.hear(now)
	}
	busy := func(sites ...int) {
		for i := range 3 {
			b.free(i, 64)
			if slices.Contains(sites, i) {
				b.free(i, 0)
			}
		}
	}
	for _, v := range []struct {
		t        float64
		raw      [3]float64
		before   func(now core.Instant)
		exclude  []uint16
		primary  uint16
		reason   Reason
		baseline float64
		worse    float64 // s, −1: unset
	}{
		{t: 0, raw: [3]float64{50, 60, 90}, primary: a, reason: InitialSelection, baseline: 50, worse: -1},
		{t: 10, raw: [3]float64{50, 30, 90}, primary: a, reason: HoldDownRetained, baseline: 50, worse: -1},
		{t: 29.9, raw: [3]float64{50, 30, 90}, primary: a, reason: HoldDownRetained, baseline: 50, worse: -1},
		{t: 30, raw: [3]float64{50, 41, 90}, primary: a, reason: ImprovementInsufficient, baseline: 50, worse: -1},
		{t: 40, raw: [3]float64{50, 40, 90}, primary: bb, reason: ImprovementMet, baseline: 40, worse: -1},
		{t: 50, raw: [3]float64{50, 64, 90}, primary: bb, reason: HoldDownRetained, baseline: 40, worse: 50},
		{t: 55, raw: [3]float64{50, 59, 90}, primary: bb, reason: HoldDownRetained, baseline: 40, worse: -1},
		{t: 58, raw: [3]float64{50, 61, 90}, primary: bb, reason: HoldDownRetained, baseline: 40, worse: 58},
		{t: 67.9, raw: [3]float64{50, 61, 90}, primary: bb, reason: HoldDownRetained, baseline: 40, worse: 58},
		{t: 68, raw: [3]float64{50, 61, 90}, primary: a, reason: DegradationForced, baseline: 50, worse: -1},
		{
			t: 70, raw: [3]float64{50, 61, 90}, before: func(now core.Instant) { b.Failed(now, 7, a, false) }, primary: bb, reason: CooldownPenalty, baseline: 61, worse: -1,
		},
		{t: 100, raw: [3]float64{50, 61, 90}, primary: bb, reason: RetainedBest, baseline: 61, worse: -1},
		{t: 189.9, raw: [3]float64{40, 61, 90}, primary: bb, reason: RetainedBest, baseline: 61, worse: -1},
		{t: 190, raw: [3]float64{48, 61, 90}, primary: a, reason: ImprovementMet, baseline: 48, worse: -1},
		{t: 195, raw: [3]float64{48, 61, 90}, exclude: []uint16{a}, primary: bb, reason: ExclusionForced, baseline: 61, worse: -1},
		{t: 200, raw: [3]float64{48, 61, 90}, before: func(core.Instant) { busy(a, bb) }, primary: c, reason: BucketDropForced, baseline: 90, worse: -1},
		{
			t: 205, raw: [3]float64{48, 61, 90}, before: func(now core.Instant) { b.Reach(now, c, core.ReachSuspected) },
			primary: bb, reason: BucketDropForced, baseline: 61, worse: -1,
		},
	} {
		now := at(v.t)
		if v.before != nil {
			v.before(now)
		}
		dist(now, v.raw)
		ch := b.Route(now, &Query{Job: 7, Exclude: v.exclude})
		d := b.Decision(ch.Decision)
		s := b.states.at(b.states.find(7))
		worse := -1.0
		if s.Worse != core.Never {
			worse = s.Worse.Seconds()
		}
		if ch.Primary[0] != v.primary || d.Reason != v.reason || !close9(s.Baseline, v.baseline) || worse != v.worse || s.Primary != int32(v.primary) {
			t.Fatalf("%v s: %d %v, baseline %v, worse since %v; want %d %v, %v, %v", v.t, ch.Primary[0], d.Reason, s.Baseline, worse, v.primary, v.reason, v.baseline, v.worse)
		}
	}
	if left := b.states.cooling(at(200), b.states.at(b.states.find(7)), a); left != 115*time.Second {
		t.Errorf("a cools for another %v", left)
	}
}

func TestABetterClassIsTakenAtOnce(t *testing.T) {
	b := newBench(3, nil)
	b.distance(0, 20)
	b.distance(1, 40)
	b.distance(2, 300)
	b.free(0, 0)
	b.free(1, 0)
	b.hear(0)
	b.Ready(0, 2, false)
	if c := b.Route(0, &Query{Job: 1}); c.Primary[0] != 0 {
		t.Errorf("%+v", c)
	}
	b.Ready(5*second, 2, true)
	c := b.Route(5*second, &Query{Job: 1})
	if d := b.Decision(c.Decision); c.Primary[0] != 2 || d.Reason != BucketUpgradeForced {
		t.Errorf("%+v %v", c, d.Reason)
	}
}

// A drop of class that all share moves nobody.
func TestASharedDropIsNotForced(t *testing.T) {
	b := newBench(2, nil)
	b.distance(0, 20)
	b.Route(0, &Query{Job: 1})
	b.free(0, 0)
	b.free(1, 0)
	b.hear(second)
	c := b.Route(second, &Query{Job: 1})
	if d := b.Decision(c.Decision); c.Primary[0] != 0 || d.Reason != RetainedBest || d.Best != Busy {
		t.Errorf("%+v %v", c, d.Reason)
	}
	if s := b.states.at(b.states.find(1)); s.Class != Busy {
		t.Errorf("the class is refreshed: %v", s.Class)
	}
}

// With measured distances, bootstrap ends for good with an answer of half of the datacenters (spec 02 no. 9).
func TestBootstrapEnds(t *testing.T) {
	b := newBench(4, func(c *Config) { c.Routing.Source = Measured })
	mode := func() Mode {
		c := b.Route(second, &Query{Job: 1})
		return b.Decision(c.Decision).Mode
	}
	b.Acked(second, 0, &federated.SiteReport{}, 20*time.Millisecond)
	if mode() != ModeBootstrap {
		t.Error("one of four")
	}
	b.Acked(second, 10, &federated.SiteReport{Site: 1}, -1)
	if mode() != ModeScore {
		t.Error("two of four")
	}
	b.Acked(second, 0, &federated.SiteReport{}, 20*time.Millisecond)
	c := b.Route(2*second, &Query{Job: 2})
	if x := b.Decision(c.Decision).Find(0); x.RTT != 22 || x.Quality != 1 {
		t.Errorf("measured: %v", x.RTT)
	}
	if x := b.Decision(c.Decision).Find(3); x.RTT != 50 {
		t.Errorf("not measured: the coordinate counts: %v", x.RTT)
	}
	b = newBench(1, nil)
	for _, v := range []struct {
		l    Local
		want Mode
	}{
		{Local{}, ModeBootstrap}, {Local{Known: true, Samples: 9, Error: 1}, ModeBootstrap}, {Local{Known: true, Samples: 10, Error: 40.1}, ModeBootstrap},
		{Local{Known: true, Samples: 10, Error: 40}, ModeScore},
	} {
		if b.ways.local = v.l; mode() != v.want {
			t.Errorf("%+v: not %v", v.l, v.want)
		}
	}
	b.cfg.Routing.BootstrapQuality = 0.5
	if mode() != ModeBootstrap {
		t.Error("the coordinate's quality is too low")
	}
	b.cfg.Routing.Bootstrap = false
	if mode() != ModeScore {
		t.Error("bootstrap is off")
	}
}

// On leaving bootstrap the fresh score is what later ones are compared with (spec 30 §4.7).
func TestTheFirstScoreAfterBootstrapIsTheBaseline(t *testing.T) {
	b := newBench(2, nil)
	b.ways.local = Local{}
	b.distance(0, 300)
	b.Route(0, &Query{Job: 1})
	s := b.states.at(b.states.find(1))
	if s.Baseline != 1 || s.Primary != 0 {
		t.Fatalf("%+v", s)
	}
	b.free(0, 32)
	b.hear(second)
	c := b.Route(second, &Query{Job: 1})
	if d := b.Decision(c.Decision); d.Reason != VoluntaryOff || c.Primary[0] != 0 {
		t.Errorf("%v", d.Reason)
	}
	b.ways.local = Local{Known: true, Samples: 50, Error: 1}
	c = b.Route(2*second, &Query{Job: 1})
	if d := b.Decision(c.Decision); d.Reason != HoldDownRetained || s.Baseline != 375 || s.Worse != core.Never {
		t.Errorf("%v, baseline %v", d.Reason, s.Baseline)
	}
}

// What a report knows of is no longer reserved (spec 30 §4.9 no. 10, spec 02 nos. 10 to 12).
func TestReservations(t *testing.T) {
	b := newBench(1, nil)
	want := func(name string, now core.Instant, cores, queue uint32) {
		t.Helper()
		b.expire(now)
		if c, q := b.Reserved(0); c != cores || q != queue {
			t.Errorf("%s: %d cores, %d workflows", name, c, q)
		}
	}
	b.Reserve(0, 1, 0, 16, 2)
	b.Reserve(second, 2, 0, 8, 1)
	want("two jobs", second, 24, 3)
	c := b.Route(second, &Query{Job: 9})
	if x := b.Decision(c.Decision).Find(0); x.Available != 40 || x.Reserved != 24 || x.Queue != 3 {
		t.Errorf("%+v", x)
	}
	b.Accepted(2*second, 1, 0, 0, job.Load{Report: 5, Cores: 64, CoresAvailable: 64})
	b.beat[0].Load.Report = 5
	b.hear(2 * second)
	want("a report that is not later", 2*second, 24, 3)
	b.Heard(2*second, 1, &b.beat[0])
	want("a report of another manager", 2*second, 24, 3)
	b.Acked(2*second, 0, &federated.SiteReport{Leader: true, Counter: 5}, 0)
	want("the answer to a probe, not later", 2*second, 24, 3)
	b.beat[0].Load.Report = 6
	b.hear(3 * second)
	want("a later report", 3*second, 8, 1)
	b.Refused(3*second, 2, 0)
	want("refused", 3*second, 0, 0)
	b.Reserve(3*second, 3, 0, 100, 1)
	c = b.Route(3*second, &Query{Job: 9})
	if x := b.Decision(c.Decision).Find(0); x.Available != 0 || x.Reserved != 64 || x.Class != Busy {
		t.Errorf("more than there is: %+v", x)
	}
	if b.Wake(4 * second); b.sites[0].class != Healthy {
		t.Error("the published class rests on the report alone")
	}
	b.Accepted(4*second, 3, 0, 0, job.Load{Report: 7, Cores: 64, CoresAvailable: 64})
	b.Acked(4*second, 0, &federated.SiteReport{Leader: true, Counter: 8, Workers: 1, WorkersHealthy: 1, Cores: 64, CoresAvailable: 30, Pending: 4, Workflows: 90}, 0)
	want("the answer to a probe knows of it", 4*second, 0, 0) // spec 02 no. 10
	c = b.Route(4*second, &Query{Job: 9})
	if x := b.Decision(c.Decision).Find(0); x.Available != 30 || x.Queue != 4 {
		t.Errorf("what is running waits for nothing: %+v", x)
	}
	b.Reserve(4*second, 5, 0, 16, 1)
	b.Accepted(4*second, 5, 0, 0, job.Load{Report: 9, Cores: 64, CoresAvailable: 30})
	b.Accepted(4*second, 6, 0, 0, job.Load{Report: 10, Cores: 64, CoresAvailable: 14})
	want("a later acceptance is a report as well", 4*second, 0, 0)
	b.End(5)
	b.End(6)
	b.Reserve(4*second, 3, 0, 10, 1) // again: the job is counted once
	want("again", 12*second, 10, 1)
	want("after ten seconds", 14*second, 0, 0)
	b.Reserve(20*second, 4, 0, 10, 1)
	b.End(4)
	want("the job ended", 20*second, 0, 0)
	if b.Jobs() != 4 { // 1, 2, 3 and 9
		t.Errorf("%d jobs", b.Jobs())
	}
}
