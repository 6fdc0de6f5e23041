package front_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/call"
	"hypersim/core/front"
	"hypersim/core/job"
	"hypersim/core/node"
	"hypersim/core/overload"
)

const ms = time.Millisecond

// bench is a server with the driver's part played by hand.
type bench struct {
	*front.Server
	fx    core.Effects
	cfg   overload.Config
	desk  admission.Config
	facts []core.JobFact
	seq   uint32
}

func newBench(role core.Role, change func(*overload.Config, *admission.Config)) *bench {
	b := &bench{cfg: overload.Default(), desk: admission.Default()}
	if change != nil {
		change(&b.cfg, &b.desk)
	}
	b.Server = front.New(front.Params{Overload: &b.cfg, Admission: &b.desk, Bodies: node.Bodies(), Self: 1, Role: role, Instance: 1, Reply: time.Second})
	return b
}

// send lets a request of a kind arrive.
func (b *bench) send(at core.Instant, k core.Kind, from core.NodeID, role core.Role) (*core.Message, bool) {
	b.seq++
	m := &core.Message{Kind: k, From: from, To: 1, Seq: b.seq, Role: role}
	ok := b.Admit(at, m, &b.fx)
	b.drain()
	return m, ok
}

func (b *bench) begin(at core.Instant, m *core.Message, waited, takes core.Duration) {
	b.Begin(at, m, waited, takes, &b.fx)
	b.drain()
}

func (b *bench) drain() {
	b.facts = append(b.facts, b.fx.JobFacts...)
	b.fx.JobFacts = b.fx.JobFacts[:0]
}

func (b *bench) inFlight(c core.Class) int {
	of, _ := b.Counts(c)
	return of
}

// A request is in flight until it is answered, however long that takes after its service.
func TestInFlightUntilAnswered(t *testing.T) {
	b := newBench(core.RoleGate, nil)
	m, ok := b.send(0, core.KindJobSubmission, 7, core.RoleClient)
	if !ok || b.inFlight(core.ClassDispatch) != 1 {
		t.Fatalf("taken %v, %d in flight", ok, b.inFlight(core.ClassDispatch))
	}
	b.begin(core.Instant(ms), m, ms, ms)
	b.Sent([]core.Message{{Kind: core.KindJobAck, To: 8, Seq: m.Seq}, {Kind: core.KindJobAck, To: 7, Seq: m.Seq + 1}})
	if b.inFlight(core.ClassDispatch) != 1 {
		t.Fatal("the answer to another request ends this one")
	}
	b.Sent([]core.Message{{Kind: core.KindJobAck, To: 7, Seq: m.Seq}})
	if b.inFlight(core.ClassDispatch) != 0 {
		t.Fatal("it is answered, and in flight")
	}
}

// One that nobody answers is in flight until its service ends; one whose answer never comes, for request_timeout.
func TestInFlightEnds(t *testing.T) {
	b := newBench(core.RoleManager, nil)
	m, _ := b.send(0, core.KindWorkerHeartbeat, 7, core.RoleWorker)
	b.begin(0, m, 0, 10*ms)
	b.send(core.Instant(9*ms), core.KindPing, 7, core.RoleWorker)
	if b.inFlight(core.ClassData) != 1 {
		t.Error("it is in service, and not in flight")
	}
	m, _ = b.send(core.Instant(10*ms), core.KindJobStatusRequest, 7, core.RoleClient)
	if b.inFlight(core.ClassData) != 1 {
		t.Errorf("%d in flight: its service is over, and another one waits", b.inFlight(core.ClassData))
	}
	b.begin(core.Instant(10*ms), m, 0, ms)
	b.send(core.Instant(40*time.Second), core.KindJobCancelRequest, 7, core.RoleClient)
	if b.inFlight(core.ClassData) != 0 || b.Forced != 1 {
		t.Errorf("%d in flight, %d given up", b.inFlight(core.ClassData), b.Forced)
	}
}

// Answers to this server's own requests are never refused and not in flight, but take their time: who comes behind them
// waits for them too.
func TestAnswersStandAmongWhatWaits(t *testing.T) {
	b := newBench(core.RoleGate, nil)
	m, _ := b.send(0, core.KindJobSubmission, 7, core.RoleWorker)
	b.begin(0, m, 0, 10*ms) // the mean is 10 ms from now on
	for range 41 {
		if _, ok := b.send(1, core.KindJobAck, 9, core.RoleManager); !ok {
			t.Fatal("an answer is refused")
		}
	}
	if b.inFlight(core.ClassDispatch) != 1 {
		t.Error("answers are in flight")
	}
	if _, ok := b.send(2, core.KindJobSubmission, 8, core.RoleGate); ok {
		t.Error("whoever would wait 410 ms is taken in")
	}
	if f := b.facts[len(b.facts)-1]; f.Kind != core.JobFactRefused || admission.Reason(f.To) != admission.Wait || core.Duration(f.Get("retry_after")) != 400*ms {
		t.Errorf("%+v", f)
	}
}

// Whoever is refused gets one answer of the kind that it waits for: BUSY, and when to come again.
func TestEveryRefusalIsAnswered(t *testing.T) {
	silent := 0
	for k := range core.Kind(core.NumKinds) {
		if !newBench(core.RoleManager, nil).Judges(k) || k.Class() == core.ClassControl {
			continue
		}
		b := newBench(core.RoleManager, nil)
		b.Floors(0, overload.Floors{Share: 0.99, Memory: 0}, &b.fx)
		b.drain()
		b.facts = nil
		m, ok := b.send(0, k, 7, core.RoleGate)
		if ok {
			t.Errorf("%v is taken in by a server that is OVERLOADED", k)
			continue
		}
		if len(b.facts) != 1 || b.inFlight(k.Class()) != 0 {
			t.Errorf("%v: %d facts, %d in flight", k, len(b.facts), b.inFlight(k.Class()))
		}
		if len(b.fx.Messages) == 0 {
			silent++
			continue
		}
		a := &b.fx.Messages[0]
		r, is := a.Body.(call.Reply)
		if !is || r.Head().Code != call.CodeBusy || r.Head().RetryAfter != 2*time.Second || a.Kind.Answers() != k || a.To != 7 || a.Seq != m.Seq || len(b.fx.Messages) != 1 {
			t.Errorf("%v is answered by %+v", k, a)
		}
	}
	if silent > 12 {
		t.Errorf("%d kinds of requests are refused without an answer", silent)
	}
}

// 01-65: registrations count, whoever registers: twenty at once, and two a second (spec 30 §8).
func TestRegistrationsAreRated(t *testing.T) {
	for _, k := range []core.Kind{
		core.KindWorkerRegistration, core.KindManagerRegistration, core.KindGateRegistrationRequest, core.KindManagerPeerRegistration, core.KindManagerToWorkerRegistration,
	} {
		b := newBench(core.RoleManager, nil)
		taken := 0
		for range 30 {
			if m, ok := b.send(0, k, 7, core.RoleManager); ok {
				taken++
				b.begin(0, m, 0, 0)
				b.Lost(m)
			}
		}
		if taken != 20 {
			t.Errorf("%v: %d of 30 at once", k, taken)
		}
	}
}

// CONTROL is taken in whatever the state is, and membership is not even looked at.
func TestControlIsNeverRefused(t *testing.T) {
	for k := range core.Kind(core.NumKinds) {
		if !k.Travels() || k.Class() != core.ClassControl {
			continue
		}
		b := newBench(core.RoleManager, func(_ *overload.Config, a *admission.Config) { a.InFlight.Manager = 1 })
		b.Floors(0, overload.Floors{Share: 0.99, Memory: 0}, &b.fx)
		for range 3 {
			if _, ok := b.send(0, k, 7, core.RoleGate); !ok {
				t.Fatalf("%v is refused", k)
			}
		}
	}
}

// What is taken in is told as of the state that took it, also where it is itself what makes the server worse (I-S1).
func TestTakenBeforeItWeighs(t *testing.T) {
	b := newBench(core.RoleGate, func(_ *overload.Config, a *admission.Config) { a.InFlight.Gate, a.InFlight.MaxWait = 20, 0 })
	state := core.LoadHealthy
	for range 14 { // DISPATCH 10 and DATA 6 of 20: BUSY at 10, STRESSED at 14
		k := core.KindJobSubmission
		if b.inFlight(core.ClassDispatch) == 10 {
			k = core.KindJobStatusRequest
		}
		if _, ok := b.send(0, k, 7, core.RoleClient); !ok {
			t.Fatal("refused")
		}
	}
	for _, f := range b.facts {
		switch {
		case f.Kind == core.JobFactLoad:
			state = core.Load(f.To)
		case core.Load(f.From) != state:
			t.Errorf("%v is taken in by a server that is %v and says %v", core.Kind(f.Epoch), state, core.Load(f.From))
		}
	}
	if state != core.LoadStressed {
		t.Errorf("in the end it is %v", state)
	}
}

// 30/D24: probes between sites were TELEMETRY once, so that a server that was merely busy did not answer them.
func TestClassesAsTheyWere(t *testing.T) {
	for _, v := range []struct {
		table admission.Table
		kind  core.Kind
		load  float64
		taken bool
	}{
		{admission.Specified, core.KindXProbe, 0.99, true}, {admission.Inherited, core.KindXProbe, 0.75, false},
		{admission.Specified, core.KindJobTimeoutReport, 0.99, true}, {admission.Inherited, core.KindJobTimeoutReport, 0.75, true},
		{admission.Inherited, core.KindJobTimeoutReport, 0.9, false}, {admission.Specified, core.KindJobSubmission, 0.9, true},
		{admission.Inherited, core.KindJobSubmission, 0.9, false}, {admission.Inherited, core.KindPing, 0.99, true},
	} {
		b := newBench(core.RoleManager, func(_ *overload.Config, a *admission.Config) { a.Shed.Classes = v.table })
		b.Floors(0, overload.Floors{Share: v.load, Memory: 0}, &b.fx)
		if _, ok := b.send(0, v.kind, 7, core.RoleGate); ok != v.taken {
			t.Errorf("%s at %g: %v is taken in: %v", v.table, v.load, v.kind, ok)
		}
	}
}

// A machine test of I-X2 and I-S3: whatever comes, what is counted is there.
func TestCountsAreTrue(t *testing.T) {
	kinds := []core.Kind{
		core.KindJobSubmission, core.KindJobStatusRequest, core.KindWorkerHeartbeat, core.KindJobCancelRequest, core.KindJobAck, core.KindPing,
		core.KindJobProgress,
	}
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(core.RoleGate, func(_ *overload.Config, a *admission.Config) {
			a.InFlight.Gate, a.InFlight.Leak = 20, 3*time.Second
		})
		now := core.Instant(0)
		var waiting, served []*core.Message
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			now = now.Add(core.Duration(rapid.IntRange(0, 500).Draw(t, "ms")) * ms)
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				if m, ok := b.send(now, rapid.SampledFrom(kinds).Draw(t, "kind"), core.NodeID(rapid.IntRange(2, 4).Draw(t, "from")), core.RoleClient); ok {
					waiting = append(waiting, m)
				}
			case 2:
				if len(waiting) > 0 {
					m := waiting[0]
					waiting = waiting[1:]
					b.begin(now, m, 0, core.Duration(rapid.IntRange(0, 900).Draw(t, "takes"))*ms)
					served = append(served, m)
				}
			case 3:
				if len(waiting) > 0 {
					b.Lost(waiting[len(waiting)-1])
					waiting = waiting[:len(waiting)-1]
				}
			case 4:
				if len(served) > 0 {
					i := rapid.IntRange(0, len(served)-1).Draw(t, "which")
					m := served[i]
					served = slices.Delete(served, i, i+1)
					for k := range core.Kind(core.NumKinds) {
						if k.Answers() == m.Kind {
							b.Sent([]core.Message{{Kind: k, To: m.From, Seq: m.Seq}})
						}
					}
				}
			}
			if bad := b.Validate(); len(bad) > 0 {
				t.Fatal(bad)
			}
		}
	})
}

// A server that sleeps while nothing can get worse says the same at the same times as one that looks at every tick.
func TestSleepingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		change := func(c *overload.Config, _ *admission.Config) {
			if rapid.Bool().Draw(t, "chapter") {
				c.Overload.MaxAge, c.Overload.Floor, c.Overload.Ceiling, c.Overload.ShareCeiling = 10*time.Second, 20*ms, overload.Overloaded, overload.Overloaded
			}
		}
		type step struct {
			after, waited, takes core.Duration
			kind                 core.Kind
		}
		var steps []step
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			steps = append(steps, step{
				after:  core.Duration(rapid.SampledFrom([]int{0, 1, 7, 90, 251, 800, 1400, 9000, 40_000}).Draw(t, "after")) * ms,
				waited: core.Duration(rapid.SampledFrom([]int{0, 1, 30, 150, 600, 3000}).Draw(t, "waited")) * ms,
				takes:  core.Duration(rapid.SampledFrom([]int{0, 1, 5, 400, 1200}).Draw(t, "takes")) * ms,
				kind:   rapid.SampledFrom([]core.Kind{core.KindJobSubmission, core.KindJobProgress, core.KindPing}).Draw(t, "kind"),
			})
		}
		c, a := overload.Default(), admission.Default()
		change(&c, &a)
		run := func(eager bool) (said []string) {
			b := newBench(core.RoleManager, func(o *overload.Config, _ *admission.Config) { *o = c })
			now, tick, seen := core.Instant(0), core.Instant(c.Overload.Tick), 0
			note := func(at core.Instant) {
				for _, f := range b.facts[seen:] {
					if f.Kind == core.JobFactLoad {
						said = append(said, at.String()+core.Load(f.To).String())
					}
				}
				seen = len(b.facts)
			}
			until := func(at core.Instant) {
				for {
					due, ok := b.Deadline()
					if eager {
						due, ok = tick, true
					}
					if !ok || due > at {
						return
					}
					if tick = tick.Add(c.Overload.Tick); eager {
						b.Server.Look(due, &b.fx)
					} else {
						b.Wake(due, &b.fx)
					}
					b.drain()
					note(due)
				}
			}
			for _, s := range steps {
				now = now.Add(s.after)
				until(now)
				m, ok := b.send(now, s.kind, 7, core.RoleGate)
				note(now)
				if ok {
					b.begin(now, m, s.waited, s.takes)
					note(now)
					b.Sent([]core.Message{{Kind: core.KindJobAck, To: 7, Seq: m.Seq}, {Kind: core.KindJobProgressAck, To: 7, Seq: m.Seq}})
				}
				said = append(said, now.String()+b.State().String())
				now = now.Add(s.takes) // a server does one thing at a time
			}
			until(now.Add(20 * time.Second))
			return append(said, b.State().String())
		}
		if have, want := run(false), run(true); !slices.Equal(have, want) {
			t.Fatalf("asleep: %v\nawake:  %v", have, want)
		}
	})
}

// Memory is 64 MiB, 16 KiB a live job and 256 B an entry of statistics, over what the host has (spec 01 no. 64).
func TestMemory(t *testing.T) {
	c, a := overload.Default(), admission.Default()
	const host = 1 << 30
	s := front.New(front.Params{Overload: &c, Admission: &a, Bodies: node.Bodies(), Self: 1, Role: core.RoleManager, Memory: host})
	h := &held{}
	s.Watch(h)
	var fx core.Effects
	for _, v := range []struct {
		jobs, hot int
		want      core.Load
	}{
		{0, 0, core.LoadHealthy},
		{(host*70/100 - 64<<20) / (16 << 10), 0, core.LoadHealthy},
		{(host*70/100-64<<20)/(16<<10) + 1, 0, core.LoadBusy},
		{0, (host*86/100 - 64<<20) / 256, core.LoadStressed},
		{0, (host*96/100 - 64<<20) / 256, core.LoadOverloaded},
	} {
		h.jobs, h.hot = v.jobs, v.hot
		for range 3 {
			at, ok := s.Deadline()
			if !ok {
				t.Fatal("memory grows without a message, and nobody looks")
			}
			s.Wake(at, &fx)
		}
		if s.State() != v.want {
			t.Errorf("%d jobs, %d entries: %v, want %v", v.jobs, v.hot, s.State(), v.want)
		}
	}
}

type held struct{ jobs, hot int }

func (h *held) Weighs() (jobs, hot int) { return h.jobs, h.hot }

// In steady state nothing is allocated.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	b := newBench(core.RoleManager, nil)
	m := &core.Message{Kind: core.KindJobProgress, From: 7, To: 1, Role: core.RoleManager}
	answer := []core.Message{{Kind: core.KindJobProgressAck, To: 7}}
	now := core.Instant(0)
	round := func() {
		for range 100 {
			now = now.Add(3 * ms)
			m.Seq++
			answer[0].Seq = m.Seq
			b.Admit(now, m, &b.fx)
			b.Begin(now, m, 0, ms, &b.fx)
			b.Sent(answer)
			b.fx.Reset()
		}
	}
	round()
	if n := testing.AllocsPerRun(10, round); n != 0 {
		t.Errorf("%v allocations per 100 requests", n)
	}
}

var _ call.Reply = (*job.Ack)(nil)
