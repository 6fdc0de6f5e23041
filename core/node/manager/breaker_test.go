package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// halfOpen is a member of a cluster whose breaker towards its worker has just become half open.
func halfOpen(t *testing.T) *bench {
	b := newCluster(t)
	b.run(20 * sec) // until its worker has failed to answer what a new leader asks
	k := health.Default().Breaker
	b.m.shuts.Init(&k)
	b.m.p.Breaker = &k
	for range k.Errors {
		b.m.Fared(b.now, &call.Sending{To: hand}, false, call.CodeInternal)
	}
	b.run(b.now.Add(k.HalfOpen) + sec)
	if b.m.shuts.Phase(b.now, hand) != health.HalfOpen || b.m.workers.at(hand).shut {
		t.Fatalf("%v", b.m.shuts.Phase(b.now, hand))
	}
	return b
}

// another is a submission of a job of its own.
func another(b *bench, id job.ID) core.Message {
	m := b.submission(gate1, 1)
	s := m.Body.(*job.Submission)
	s.Job = id
	for i := range s.Workflows {
		s.Workflows[i].Workflow += 100 * job.WorkflowID(id)
	}
	return m
}

// Spec 30 §9.2: exactly one trial in flight. Whose rounds of agreement overlap both choose the worker that may be tried: the first
// one has to take the trial when it is planned, and not when it is sent (I-C1).
func TestOneTrialAtOnce(t *testing.T) {
	b := halfOpen(t)
	b.send(another(b, 7))
	b.send(another(b, 8))
	most := 0
	for range 40 {
		b.run(b.now + ms/4)
		if b.m.shuts.Phase(b.now, hand) == health.HalfOpen {
			most = max(most, b.m.workers.at(hand).cores.Unanswered())
		}
	}
	if most != 1 {
		t.Errorf("%d trials at once", most)
	}
	if b.m.shuts.Phase(b.now, hand) != health.Closed || b.m.workers.at(hand).shut {
		t.Errorf("%v: an answer shows that it is back", b.m.shuts.Phase(b.now, hand))
	}
}

// Spec 30 §9.2: exactly one trial, also where the clock goes back once the time of an open breaker was over: a manager that is alone asks
// nobody before it sends a shard (I-C1).
func TestOneTrialWhereTheClockGoesBack(t *testing.T) {
	b := newBench(t)
	k := health.Default().Breaker
	b.m.shuts.Init(&k)
	b.m.p.Breaker = &k
	for range k.Errors {
		b.m.Fared(b.now, &call.Sending{To: hand}, false, call.CodeInternal)
	}
	b.run(b.now.Add(k.HalfOpen) + ms)
	if b.m.workers.at(hand).shut {
		t.Fatal("its time is over")
	}
	b.now -= 5 * sec
	b.send(another(b, 7))
	b.send(another(b, 8))
	most := 0
	for range 20 {
		b.run(b.now + ms/4)
		most = max(most, b.m.workers.at(hand).cores.Unanswered())
	}
	if most != 1 || b.m.shuts.Phase(b.now, hand) != health.Closed {
		t.Errorf("%d trials at once, %v", most, b.m.shuts.Phase(b.now, hand))
	}
}

// A round whose trial another call has decided meanwhile has none any more: the worker that it chose is the next round's to try (I-C1).
func TestTrialOfAnotherRound(t *testing.T) {
	b := halfOpen(t)
	b.m.p.Breaker.HalfOpen = core.Duration(sec / 2)
	b.hears = func(m *core.Message) bool { return m.Kind != core.KindWorkflowDispatch }
	failed := false
	b.atPeer = func(x *core.Message) bool {
		if x.Kind != core.KindProvisionRequest {
			return false
		}
		if !failed { // an older call
			failed = true
			b.m.Fared(b.now, &call.Sending{To: hand}, false, call.CodeInternal)
		}
		d := x.Body.(*dispatch.ProvisionRequest)
		y := core.Message{Kind: core.KindProvisionConfirm, From: x.To, To: self, Seq: x.Seq, Instance: 1, Body: &dispatch.ProvisionConfirm{Job: d.Job, Workflow: d.Workflow, Confirmed: true}}
		b.after(700*time.Millisecond, func() { b.arrive(&y) })
		return true
	}
	b.send(another(b, 7))
	b.after(550*time.Millisecond, func() { b.send(another(b, 8)) })
	most := 0
	for end := b.now + 3*sec; b.now < end; {
		b.run(b.now + ms)
		most = max(most, b.m.workers.at(hand).cores.Unanswered())
	}
	if !failed || most != 1 {
		t.Errorf("%d trials at once", most)
	}
}

// A breaker that is open for no time at all is tried at once, by one, and again when nobody has heard of that trial.
func TestOpenForNoTime(t *testing.T) {
	b := newBench(t)
	k := health.Default().Breaker
	k.HalfOpen = 0
	b.m.shuts.Init(&k)
	b.m.p.Breaker = &k
	for range k.Errors {
		b.m.Fared(b.now, &call.Sending{To: hand}, false, call.CodeInternal)
	}
	if !b.m.workers.at(hand).shut {
		t.Error("it has opened")
	}
	b.run(b.now + ms)
	if b.m.workers.at(hand).shut || b.m.shuts.Phase(b.now-sec, hand) != health.HalfOpen {
		t.Errorf("its time is over: %v", b.m.shuts.Phase(b.now-sec, hand))
	}
	if !b.m.tries(b.now, hand, &b.fx) || b.m.tries(b.now, hand, &b.fx) {
		t.Error("one is let through")
	}
	b.run(b.now.Add(k.Trial) + ms)
	if b.m.workers.at(hand).shut {
		t.Error("nobody has heard of the trial, and none follows")
	}
	if !b.m.tries(b.now, hand, &b.fx) {
		t.Fatal("the next trial")
	}
	b.m.Fared(b.now, &call.Sending{To: hand}, false, call.CodeInternal)
	if b.run(b.now + ms); b.m.workers.at(hand).shut {
		t.Error("it has failed, and none follows")
	}
}

// A round that comes to nothing gives the trial back: the next one tries, and not the next after trial_timeout.
func TestRefusedRoundsTryNobody(t *testing.T) {
	b := halfOpen(t)
	b.lost = func(m *core.Message) bool { return m.Kind == core.KindProvisionRequest }
	b.send(another(b, 7))
	for end := b.now + sec; b.now < end && !b.m.shuts.Trying(hand); {
		b.run(b.now + ms)
	}
	if !b.m.shuts.Trying(hand) || !b.m.workers.at(hand).shut {
		t.Fatal("the round has not taken the trial")
	}
	for end := b.now.Add(b.m.cfg.Provision.Quorum) + ms; b.now < end && b.m.shuts.Trying(hand); {
		b.run(b.now + ms)
	}
	if b.m.shuts.Phase(b.now, hand) != health.HalfOpen || b.m.shuts.Trying(hand) || b.m.workers.at(hand).shut {
		t.Errorf("%v, tried: %v", b.m.shuts.Phase(b.now, hand), b.m.shuts.Trying(hand))
	}
}

// 20 §2 and 30 §5.1 have state_sync_request in DISPATCH: of CONTROL, which ignores breakers, it is none, and one that runs out counts as any
// other call does.
func TestStateThatIsNotToldCounts(t *testing.T) {
	b := newCluster(t)
	k := health.Default().Breaker
	b.m.shuts.Init(&k)
	b.m.p.Breaker = &k
	if c := core.KindStateSyncRequest.Class(); c != core.ClassDispatch {
		t.Fatalf("it is %v", c)
	}
	for i := range k.Errors {
		if b.m.shuts.Phase(b.now, hand) != health.Closed {
			t.Errorf("open after %d", i)
		}
		b.m.Fared(b.now, &call.Sending{To: hand, Kind: core.KindStateSyncRequest}, false, call.CodeInternal)
	}
	if b.m.shuts.Phase(b.now, hand) != health.Open {
		t.Errorf("%v after %d", b.m.shuts.Phase(b.now, hand), k.Errors)
	}
}

// whileAsked submits a job and does something to its only worker while the round of agreement about it is under way. It returns how many
// shards were sent to the worker within the second after.
func whileAsked(b *bench, do func()) int {
	b.send(another(b, 7))
	n := len(b.tasks)
	done := false
	b.atPeer = func(x *core.Message) bool {
		if x.Kind == core.KindProvisionRequest && !done {
			done = true
			do()
		}
		return false
	}
	b.run(b.now + sec)
	if !done {
		b.t.Fatal("nobody was asked to agree")
	}
	return len(b.tasks) - n
}

// Spec 20 §4.4, 30 §9.2 (I-C1): what was agreed on goes to nobody who may get nothing meanwhile.
func TestNothingForWhoBecameUnfit(t *testing.T) {
	k := health.Default().Breaker
	for name, do := range map[string]func(b *bench){
		"fit": func(*bench) {},
		"its breaker is open": func(b *bench) {
			for range k.Errors {
				b.m.Fared(b.now, &call.Sending{To: hand}, false, call.CodeInternal)
			}
		},
		"suspected":  func(b *bench) { b.suspect = hand },
		"overloaded": func(b *bench) { b.m.workers.at(hand).load = core.LoadOverloaded },
		"late":       func(b *bench) { b.m.workers.at(hand).late = true },
		"another process, which cannot be told to do something once": func(b *bench) { // spec 30 §10
			c, old := registry.Default(), registry.Version{Major: 1, Minor: 1}.Says()
			b.m.pacts.Init(&registry.Words{Hello: c.Handshake(registry.Current)})
			b.m.pacts.Meet(hand, 2, &old, &b.fx)
		},
		"draining": func(b *bench) { b.m.workers.at(hand).state = registry.WorkerDraining },
	} {
		t.Run(name, func(t *testing.T) {
			b := newCluster(t)
			b.m.shuts.Init(&k)
			b.m.p.Breaker = &k
			want := 0
			if name == "fit" {
				want = 1
			}
			if n := whileAsked(b, func() { do(b) }); n != want {
				t.Errorf("%d shards went to it, want %d", n, want)
			}
		})
	}
	b := halfOpen(t)
	if n := whileAsked(b, func() {}); n != 1 {
		t.Errorf("%d trials were sent", n)
	}
	b = halfOpen(t)
	if n := whileAsked(b, func() { b.m.Fared(b.now, &call.Sending{To: hand}, false, call.CodeInternal) }); n != 0 {
		t.Errorf("the trial was lost to another call, and %d shards were sent", n)
	}
}

// I-H1: one that was about to be given up, and was heard of since the last look, gets what was agreed on, and is decided on anew before that.
func TestWhoIsFitAgainIsDecidedOnFirst(t *testing.T) {
	b, h := newCluster(t), health.Default()
	b.m.health.cfg = &h
	b.m.health.tracker = health.NewTracker(&h, 1, rng.Stream{})
	b.m.health.tracker.Hear(b.now, 0)
	w := b.m.workers.at(hand)
	told := health.Evict
	n := whileAsked(b, func() {
		w.decision = health.Evict
		b.after(9*time.Millisecond, func() { told = w.decision })
	})
	if n != 1 || told > health.Investigate {
		t.Errorf("%d shards were sent, and it stands at %v", n, told)
	}
}

// Spec 20 §4.5 P3, P5: a round to which a majority agreed has not failed, whatever became of its worker. Five workers that fall ill while
// they are agreed on would shut dispatch for all jobs.
func TestAgreedRoundsShutNothing(t *testing.T) {
	b := newCluster(t)
	b.send(another(b, 7))
	rounds := 0
	b.atPeer = func(x *core.Message) bool {
		if x.Kind == core.KindProvisionRequest && x.To == other {
			rounds++
			b.suspect = hand
			b.after(5*time.Millisecond, func() { b.suspect = core.NoNode; b.m.relist(hand) })
		}
		return false
	}
	b.run(b.now + 20*sec)
	if rounds < 6 || b.m.provisions.shut != 0 {
		t.Errorf("%d rounds, shut until %v", rounds, b.m.provisions.shut)
	}
}
