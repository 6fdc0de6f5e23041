package hier

import (
	"math"
	"testing"
	"time"

	"hypersim/core"
)

// Spec 10 §14, "Job layer K = 2".
func TestTimeoutVectors(t *testing.T) {
	for _, c := range []struct {
		lo, hi core.Duration
		want   [3]float64 // seconds, C = 0, 1, 2
	}{
		{1e9, 10e9, [3]float64{10, 4.321632, 1}},
		{2e9, 15e9, [3]float64{15, 6.797913, 2}},
		{5e9, 30e9, [3]float64{30, 14.226756, 5}},
	} {
		for n, want := range c.want {
			if have := timeout(c.lo, c.hi, n, 2).Seconds(); math.Abs(have-want) > 1e-6 {
				t.Errorf("(%v, %v), C = %d: %v s, want %v", c.lo, c.hi, n, have, want)
			}
		}
	}
	if have := timeout(2e9, 15e9, 0, 0); have != 2e9 {
		t.Errorf("K = 0: %v, want Min", have)
	}
}

// The roles of §8, as they show in the deadlines of suspicions with 0, 1 and 2 further sources, and in
// what local health makes of them: × (1 + min(LHM, 2)).
func TestDeadlinesByRoleAndHealth(t *testing.T) {
	for _, c := range []struct {
		role core.Role
		lhm  int
		want [3]float64
	}{
		{core.RoleWorker, 0, [3]float64{10, 4.321632, 1}},
		{core.RoleManager, 0, [3]float64{15, 6.797913, 2}},
		{core.RoleGate, 0, [3]float64{30, 14.226756, 5}},
		{core.RoleManager, 1, [3]float64{30, 13.595826, 4}},
		{core.RoleManager, 2, [3]float64{45, 20.393739, 6}},
		{core.RoleManager, 8, [3]float64{45, 20.393739, 6}},
	} {
		b := newBench(t, Default(), c.role, 5)
		b.w.lhm = c.lhm
		b.Evidence(0, 7, 1, 0, SourceQuery, &b.fx)
		b.w.lhm = 0 // fixed at the start
		for n, from := range []Source{SourceQuery, SourceDispatch, SourcePeer(4)} {
			b.Evidence(0, 7, 1, 0, from, &b.fx)
			b.valid()
			left, ok := b.Remaining(0, 7, 1)
			if !ok || math.Abs(left.Seconds()-c.want[n]) > 3e-6 {
				t.Errorf("%v, LHM %d, C = %d: %v, want %v s", c.role, c.lhm, n, left, c.want[n])
			}
		}
	}
}

// A further source shortens from the start, and never restarts or lengthens anything (§5.3, AD-30).
func TestConfirmationNeverRestarts(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 5)
	b.Evidence(0, 1, 2, 0, SourceProgress, &b.fx)
	b.now = 6 * sec
	b.Evidence(b.now, 1, 2, 0, SourceQuery, &b.fx)
	if left, _ := b.Remaining(b.now, 1, 2); left != timeout(2e9, 15e9, 1, 2)-6*time.Second {
		t.Errorf("%v left after the first confirmation", left)
	}
	b.Evidence(b.now, 1, 2, 0, SourceDispatch, &b.fx) // timeout(2) = 2 s is past: now
	b.until(b.now)
	if b.StatusFor(1, 2) != DeadJob || b.Counters().Expired != 1 {
		t.Errorf("is %v after its timeout, expired %d", b.StatusFor(1, 2), b.Counters().Expired)
	}
	f := b.facts()
	last := f[len(f)-1]
	if last.Kind != core.FactScopeEnded || last.Cause != core.CauseExpired || last.B != 6e9 || last.N != 0 {
		t.Errorf("expiry is told as %+v", last)
	}
}

func TestRepeatedAndStaleSourcesDoNotCount(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 9)
	b.w.incs[2] = 4
	for _, c := range []struct {
		name string
		from Source
		inc  uint32
		want bool
	}{
		{"of an earlier incarnation", SourceQuery, 3, false},
		{"by the subject", SourcePeer(2), 4, false},
		{"first", SourceQuery, 4, true},
		{"the same again", SourceQuery, 4, false},
		{"a peer", SourcePeer(5), 4, true},
		{"the same peer", SourcePeer(5), 4, false},
		{"another peer", SourcePeer(6), 4, true},
		{"beyond K", SourcePeer(7), 4, false},
	} {
		if have := b.Evidence(sec, 1, 2, c.inc, c.from, &b.fx); have != c.want {
			t.Errorf("%s: counted %v", c.name, have)
		}
		b.valid()
	}
	if c := b.Counters(); c.Started != 1 || c.Confirmed != 2 || c.Stale != 5 {
		t.Errorf("%+v", *c)
	}
}

// J3 (b): suspected 60–75 s after the last progress, DEAD_JOB 15 s later, alive for other scopes all the time.
func TestGapBecomesSuspicionBecomesDeath(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 3)
	for s := range uint64(3) {
		b.Work(0, s, 1, true)
	}
	for at := core.Instant(0); at <= 200*sec; at += 10 * sec {
		b.until(at)
		for s := range uint64(3) {
			if s != 0 || at <= 20*sec {
				b.Progress(at, s, 1, &b.fx)
			}
		}
	}
	var got []core.Fact
	for _, f := range b.facts() {
		if f.A != 0 {
			t.Errorf("scope %d: %v", f.A, f.Kind)
		}
		got = append(got, f)
	}
	// last progress at 20 s, checks at multiples of 15 s: 90 s is the first with a gap of 60 s
	if len(got) != 2 || got[0].Kind != core.FactScopeSuspected || got[0].At != 105*sec || got[0].B != int64(SourceProgress) ||
		got[1].Cause != core.CauseExpired {
		t.Fatalf("facts: %+v", got)
	}
	if b.AliveFor(0, 1) || !b.AliveFor(1, 1) || !b.AliveFor(2, 1) || !b.AliveGlobal(1) || b.Status(1) != DeadJob {
		t.Error("DEAD_JOB of one scope is not that of one scope")
	}
	b.Progress(b.now, 0, 1, &b.fx)
	if f := b.facts(); len(f) != 1 || f[0].Cause != core.CauseRefuted || f[0].N != 1 || !b.AliveFor(0, 1) {
		t.Errorf("progress of a DEAD_JOB: %+v", f)
	}
}

// Who has no active work is not suspected by the check, and DEAD_JOB outlives the work.
func TestWorkEnds(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 3)
	b.Work(0, 1, 1, true)
	b.Work(0, 1, 2, true)
	b.Work(30*sec, 1, 1, false)
	b.until(80 * sec)
	if b.StatusFor(1, 1) != Alive || b.StatusFor(1, 2) != DeadJob {
		t.Errorf("%v, %v", b.StatusFor(1, 1), b.StatusFor(1, 2))
	}
	b.Work(b.now, 1, 2, false)
	if b.StatusFor(1, 2) != DeadJob {
		t.Error("the end of the work took DEAD_JOB back")
	}
	b.ClearScope(b.now, 1, &b.fx)
	b.valid()
	if _, ok := b.Deadline(); ok || b.Scopes() != 0 || b.StatusFor(1, 2) != Alive {
		t.Error("something is left of a cleared scope")
	}
}

// A granted extension moves the deadline later, nothing else does; a confirmation keeps what was granted.
func TestExtend(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 5)
	if b.Extend(0, 1, 2, 15e9, &b.fx) {
		t.Error("extended what does not run")
	}
	b.Evidence(0, 1, 2, 0, SourceProgress, &b.fx)
	b.Extend(0, 1, 2, 15e9, &b.fx)
	b.valid()
	if left, _ := b.Remaining(0, 1, 2); left != 30e9 {
		t.Errorf("%v left", left)
	}
	b.Evidence(sec, 1, 2, 0, SourceQuery, &b.fx)
	if left, _ := b.Remaining(0, 1, 2); left != timeout(2e9, 15e9, 1, 2)+15e9 {
		t.Errorf("%v left after a confirmation", left)
	}
	b.until(30 * sec)
	if b.StatusFor(1, 2) != DeadJob || b.Extend(b.now, 1, 2, 1e9, &b.fx) {
		t.Errorf("%v, or extended after its death", b.StatusFor(1, 2))
	}
}

func TestTablesRefuseWhenFull(t *testing.T) {
	cfg := Default()
	cfg.Job.MaxPerScope, cfg.Job.MaxTotal = 2, 3
	b := newBench(t, cfg, core.RoleManager, 9)
	for _, c := range []struct {
		scope uint64
		node  core.NodeID
		want  bool
	}{{1, 1, true}, {1, 2, true}, {1, 3, false}, {2, 3, true}, {2, 4, false}, {3, 4, false}} {
		if have := b.Evidence(0, c.scope, c.node, 0, SourceQuery, &b.fx); have != c.want {
			t.Errorf("(%d, %d): %v", c.scope, c.node, have)
		}
		b.valid()
	}
	if b.Counters().Refused != 3 || b.Scopes() != 2 {
		t.Errorf("refused %d, scopes %d", b.Counters().Refused, b.Scopes())
	}
	b.Progress(0, 1, 1, &b.fx)
	if !b.Evidence(0, 1, 3, 0, SourceQuery, &b.fx) {
		t.Error("no room where room was made")
	}
}

// The combination rules of §8: what an event of the global layer does to a suspicion and to a mark.
func TestCombination(t *testing.T) {
	const none = core.CauseNone
	for _, c := range []struct {
		name     string
		state    core.MemberState
		inc      uint32
		susp     core.Cause // how the suspicion ends, none = it goes on
		mark     core.Cause
		overall  Status // for the marked scope afterwards
		evidence bool   // suspect_job is accepted afterwards
	}{
		{"suspected globally", core.StateSuspect, 5, none, none, SuspectedGlobal, false},
		{"refuted globally: a higher incarnation", core.StateOK, 6, core.CauseRefuted, none, DeadJob, true},
		{"OK once more at the same", core.StateOK, 5, none, none, DeadJob, true},
		{"dead", core.StateDead, 5, core.CauseGossip, core.CauseGossip, DeadGlobal, false},
		{"left", core.StateLeft, 5, core.CauseGossip, core.CauseGossip, DeadGlobal, false},
		{"removed", core.StateNone, 5, core.CauseGossip, core.CauseGossip, Unconfirmed, false},
		{"unconfirmed", core.StateUnconfirmed, 6, core.CauseGossip, core.CauseGossip, Unconfirmed, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Default(), core.RoleManager, 5)
			b.w.incs[1] = 5
			b.Work(0, 10, 1, true)
			b.Work(0, 10, 2, true) // a bystander in the same scope
			b.Evidence(0, 10, 1, 5, SourceQuery, &b.fx)
			b.Evidence(0, 10, 2, 0, SourceQuery, &b.fx)
			b.until(20 * sec) // both are marks of scope 10
			b.Evidence(b.now, 20, 1, 5, SourceQuery, &b.fx)
			b.facts()

			b.becomes(1, c.state, c.inc)
			ends := map[int64]core.Cause{}
			for _, f := range b.facts() {
				if f.Subject != 1 || f.Kind != core.FactScopeEnded {
					t.Errorf("%+v", f)
				}
				ends[f.A] = f.Cause
			}
			if ends[10] != c.mark || ends[20] != c.susp {
				t.Errorf("mark ends by %v, suspicion by %v", ends[10], ends[20])
			}
			if have := b.StatusFor(10, 1); have != c.overall {
				t.Errorf("status %v", have)
			}
			if b.StatusFor(10, 2) != DeadJob {
				t.Error("the bystander changed")
			}
			if have := b.AliveGlobal(1); have != (c.state == core.StateOK) {
				t.Errorf("alive_global %v", have)
			}
			if have := b.Evidence(b.now, 30, 1, c.inc, SourceQuery, &b.fx); have != c.evidence {
				t.Errorf("suspect_job accepted: %v", have)
			}
			b.until(b.now + 6*sec)
			if b.Counters().Anomalies != 0 {
				t.Error("reconcile found an anomaly")
			}
		})
	}
}

// The most severe status wins (§8): rows in the order of severity, each on top of all below it.
func TestStatusOrder(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 3)
	expect := func(want Status) {
		t.Helper()
		if have := b.Status(1); have != want {
			t.Errorf("status %v, want %v", have, want)
		}
	}
	expect(Alive)
	b.Evidence(0, 1, 1, 0, SourceQuery, &b.fx)
	expect(SuspectedJob)
	b.until(15 * sec)
	b.Evidence(b.now, 2, 1, 0, SourceQuery, &b.fx)
	expect(DeadJob)
	b.becomes(1, core.StateSuspect, 0)
	expect(SuspectedGlobal)
	b.becomes(1, core.StateDead, 0)
	expect(DeadGlobal)
	b.becomes(1, core.StateNone, 0)
	expect(Unconfirmed)
	if b.AliveGlobal(1) || b.AliveFor(1, 1) || b.AliveGlobal(77) || b.AliveFor(1, 77) {
		t.Error("an unknown node counts as alive (D28)")
	}
}

// The reconcile timer sees what no event told the layer, counts it and changes nothing.
func TestReconcileCounts(t *testing.T) {
	b := newBench(t, Default(), core.RoleManager, 3)
	b.Evidence(0, 1, 1, 0, SourceQuery, &b.fx)
	b.w.states[1] = core.StateDead // behind its back
	b.Wake(5*sec, &b.fx)
	if b.Counters().Anomalies != 1 || b.Suspects() != 1 {
		t.Errorf("anomalies %d, suspects %d", b.Counters().Anomalies, b.Suspects())
	}
	if len(b.Validate()) == 0 {
		t.Error("Validate sees nothing")
	}
}

func TestConfigValidate(t *testing.T) {
	c := Default()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	c.Job.ManagerMin, c.Job.MaxPerScope = 16*time.Second, 60_000
	err := c.Validate()
	const want = "job.manager_min = 16s: must not be above job.manager_max = 15s\n" +
		"job.max_per_scope = 60000: must not be above job.max_total = 50000"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// The bounds hold what a Duration holds, and local health stretches them: neither wraps around.
func TestTheLongestTimeoutsDoNotWrap(t *testing.T) {
	cfg := Default()
	cfg.Job.ManagerMin, cfg.Job.ManagerMax = math.MaxInt64/2, math.MaxInt64
	for lhm := range 3 {
		b := newBench(t, cfg, core.RoleManager, 5)
		b.w.lhm = lhm
		b.Evidence(0, 1, 2, 0, SourceQuery, &b.fx)
		b.valid()
		b.Extend(0, 1, 2, math.MaxInt64, &b.fx)
		b.Extend(0, 1, 2, math.MaxInt64, &b.fx)
		b.Evidence(sec, 1, 2, 0, SourceDispatch, &b.fx)
		b.valid()
		if left, ok := b.Remaining(sec, 1, 2); !ok || left < 30*365*24*3600*1e9 {
			t.Errorf("LHM %d: %v left of the longest timeout", lhm, left)
		}
	}
}
