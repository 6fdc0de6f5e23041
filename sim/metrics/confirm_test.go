package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// roles: two managers and two workers, formed, one worker late, one ghost manager.
func roles(t *testing.T) *script {
	nodes := []Node{
		{ID: 0, Name: "m0", Site: "a", Role: core.RoleManager, Group: 7},
		{ID: 1, Name: "m1", Site: "a", Role: core.RoleManager, Group: 7},
		{ID: 2, Name: "w0", Site: "a", Role: core.RoleWorker, Group: 7},
		{ID: 3, Name: "w1", Site: "a", Role: core.RoleWorker, Group: 7, Late: true},
		{ID: 4, Name: "ghost", Site: "a", Role: core.RoleManager, Group: 7, Ghost: true},
	}
	return custom(t, nodes, func(c *Context) { c.Formed = true })
}

// spec 40 §4: join_confirm counts the members that should know the newcomer: for a worker, the managers.
func TestJoinConfirm(t *testing.T) {
	s := roles(t)
	s.rec.Sample(at(1), nil)
	s.truth(10, trace.KindStart, 3)
	s.becomes(10.5, 0, 3, none, ok, core.CauseConfirm, 0)
	s.fact(10.5, 0, core.Fact{Kind: core.FactQueued, Subject: 3, A: int64(core.UpdateJoin), Cause: core.CauseFresh})
	s.becomes(11, 3, 0, none, ok, core.CauseConfirm, 0)
	s.rec.Sample(at(12), nil)
	s.becomes(12.5, 1, 3, none, unconfirmed, core.CauseJoined, 0)
	s.becomes(13, 1, 3, unconfirmed, ok, core.CauseConfirm, 0)
	s.end(20)
	s.want(words.JoinConfirm, []float64{3}, "role", "worker")
	s.want(words.JoinFirst, []float64{0.5}, "role", "worker")
	s.want(words.Dissemination, []float64{0}, "type", "join", "share", "50")
	s.want(words.Dissemination, []float64{2}, "type", "join", "share", "100")
	// At 1 s: managers hold each other and the worker, 4 pairs; the worker holds 2 managers.
	// At 12 s: one manager does not hold the new worker (6 pairs), which holds one of two managers (4 pairs).
	s.want(words.ViewError, []float64{0, 1.0 / 6}, "role", "manager")
	s.want(words.ViewError, []float64{0, 1.0 / 4}, "role", "worker")
	s.want(words.ViewError, []float64{0, 2.0 / 10}, "group", "site:a")
}

// spec 40 §4: unconfirmed_peers, unconfirmed_removed, unconfirmed_illegal_transitions, confirmation_attempts.
func TestUnconfirmed(t *testing.T) {
	s := roles(t)
	s.becomes(5, 0, 4, none, unconfirmed, core.CauseConfigured, 0)
	s.becomes(5, 1, 4, none, unconfirmed, core.CauseConfigured, 0)
	s.rec.Sample(at(6), nil)
	for i := range 3 {
		s.fact(50+5*float64(i), 0, core.Fact{Kind: core.FactConfirmAttempt, Subject: 4, Role: core.RoleManager, Cause: core.CauseProactive})
	}
	s.fact(61, 0, core.Fact{Kind: core.FactConfirmAttempt, Subject: 4, Role: core.RoleManager, Cause: core.CauseReactive})
	s.becomes(95, 0, 4, unconfirmed, none, core.CauseRoleTimeout, 0)
	s.becomes(96, 1, 4, unconfirmed, suspect, core.CauseSuspect, 0) // what I-M1 forbids
	s.rec.Sample(at(97), nil)
	s.end(99)
	s.want(words.UnconfirmedRemoved, []float64{90}, "role", "manager", "cause", "passive_timeout_expired")
	s.want(words.ConfirmationPerPeer, []float64{3})
	s.want(words.ConfirmationAttempts, []float64{1, 1, 1, 1}, "subject", "ghost", "subject_ghost", "true")
	s.want(words.ConfirmationAttemptAge, []float64{45, 50, 55}, "cause", "proactive")
	s.want(words.UnconfirmedIllegal, []float64{1}, "to", "SUSPECT")
	s.want(words.UnconfirmedPeers, []float64{1, 0}, "observer_role", "manager", "role", "manager") // each stands for both observers
	if c := s.rec.Result().Counters.Transitions; c[unconfirmed][none] != 1 || c[none][unconfirmed] != 2 || c[unconfirmed][suspect] != 1 {
		t.Errorf("transitions %v", c)
	}
}

// Facts that become observations one by one.
func TestSingleFacts(t *testing.T) {
	s := flat(t, 2, func(c *Context) {
		c.TrueRTT = func(a, b core.NodeID, now core.Instant) core.Duration { return core.Seconds(0.07) }
		c.Nodes[1].SiteIndex, c.Nodes[1].Site = 1, "b"
	})
	evict := func(cause core.Cause, sent int64) {
		s.fact(1, 0, core.Fact{Kind: core.FactRetired, Subject: 1, Cause: cause, A: int64(core.UpdateDead), B: sent, N: 10})
	}
	evict(core.CauseOverflow, 9)   // counts
	evict(core.CauseOverflow, 10)  // used up
	evict(core.CauseLimit, 10)     // regular
	evict(core.CauseSuperseded, 0) // replaced by newer news
	evict(core.CauseAge, 3)        // counts
	s.fact(1, 0, core.Fact{Kind: core.FactSuspicionEnded, Subject: 1, Cause: core.CauseExpired, A: 1e8, B: 51e8})
	s.fact(1, 0, core.Fact{Kind: core.FactSuspicionEnded, Subject: 1, Cause: core.CauseRefuted, B: 51e8})
	s.fact(1, 0, core.Fact{Kind: core.FactLHM, A: 3})
	s.fact(1, 0, core.Fact{Kind: core.FactTimeout, Subject: 1, X: [5]float32{1, 1, 7.21, 1, 1}})
	probe := func(sec float64, cause core.Cause) {
		s.fact(sec, 0, core.Fact{Kind: core.FactProbeEnded, Subject: 1, Cause: cause})
	}
	probe(1, core.CauseAck)
	probe(1, core.CauseIndirectAck)
	probe(1, core.CauseAck)
	probe(1, core.CauseProbeFailed)
	probe(1, core.CauseVoid) // neither
	s.rec.Sample(at(2), nil)
	s.truth(2, trace.KindPause, 1)
	probe(3, core.CauseProbeFailed) // of a paused node: not counted
	s.truth(3.5, trace.KindResume, 1)
	s.fact(3.8, 0, core.Fact{Kind: core.FactProbeEnded, Subject: 1, Cause: core.CauseProbeFailed, B: 1e9}) // nor of one that was
	s.rec.Sample(at(4), nil)
	s.end(5)
	s.want(words.GossipEvicted, []float64{1, 1}, "type", "dead", "node", "a/manager/0")
	s.want(words.SuspicionTimerRatio, []float64{1.02}, "nominal_s", "5")
	s.want(words.LHMScore, []float64{0, 3, 0, 3})
	s.want(words.LatencyMultiplier, []float64{7.2}, "rtt", "50-100ms")
	s.want(words.ProbeFailures, []float64{0.25}, "link", "inter")
}

// Probes that only a stream answered are counted, and a row of them about one member names it; a datagram from it
// ends the row, a failed probe says nothing.
func TestAnswersOverStreamsOnly(t *testing.T) {
	s := flat(t, 3)
	ends := func(sec float64, observer, subject core.NodeID, cause core.Cause) {
		s.fact(sec, observer, core.Fact{Kind: core.FactProbeEnded, Subject: subject, Cause: cause})
	}
	for i := range 9 {
		ends(float64(1+i), 0, 2, core.CauseStreamAck) // nine and an ack: no row
	}
	ends(10, 1, 2, core.CauseIndirectAck)
	for i := range 12 {
		ends(float64(20+i), core.NodeID(i%2), 2, core.CauseStreamAck)
		ends(float64(20+i), 2, 0, core.CauseAck)
	}
	ends(31.5, 0, 2, core.CauseProbeFailed)
	ends(32, 0, 2, core.CauseStreamAck)
	s.end(40)
	res := s.rec.Result()
	if n := len(res.Of(words.StreamOnly)); n != 22 {
		t.Errorf("%d observations, want 22", n)
	}
	want := Blocked{Subject: 2, Probes: 13, Since: at(20), Last: at(32)}
	if len(res.Blocked) != 1 || res.Blocked[0] != want {
		t.Errorf("blocked %+v, want %+v", res.Blocked, want)
	}
}

// A process that came back before anybody missed it is held OK without any transition; its peers notice by
// its instance.
func TestJoinOfOneNotMissed(t *testing.T) {
	s := roles(t)
	s.truth(10, trace.KindCrash, 2)
	s.truth(12, trace.KindStart, 2)
	s.fact(12.5, 0, core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: 2})
	s.fact(13, 1, core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: 2})
	s.end(20)
	s.want(words.JoinFirst, []float64{0.5})
	s.want(words.JoinConfirm, []float64{1})
}
