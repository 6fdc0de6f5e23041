package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// One crash in a group of four, seen by three: spec 50 §6, detection_first, detection_full,
// dissemination of the death, view_error and convergence, spec 40 §4 death_callbacks.
func TestCrash(t *testing.T) {
	s := flat(t, 4, func(c *Context) { c.Faults = []FaultInfo{{ID: "crash", Kind: "crash"}} })
	s.rec.Sample(at(5), nil)
	s.fault(10, trace.KindFaultStart, 0)
	s.truth(10, trace.KindCrash, 3)
	s.rec.Sample(at(11), nil) // three observers hold it OK, wrongly
	s.becomes(12, 0, 3, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(12.5, 1, 3, ok, suspect, core.CauseSuspect, 0)
	s.rec.Sample(at(13), nil) // one left
	s.becomes(13.5, 2, 3, ok, suspect, core.CauseSuspect, 0)
	s.becomes(17, 0, 3, suspect, dead, core.CauseExpired, 0)
	s.fact(17, 0, core.Fact{Kind: core.FactCallback, Callback: core.CallbackDied, Subject: 3, Cause: core.CauseExpired})
	s.becomes(17.25, 2, 3, suspect, dead, core.CauseDead, 0)
	s.fact(17.25, 2, core.Fact{Kind: core.FactCallback, Callback: core.CallbackDied, Subject: 3, Cause: core.CauseDead})
	s.fact(17.25, 2, core.Fact{Kind: core.FactCallback, Callback: core.CallbackDied, Subject: 3, Cause: core.CauseDead})
	s.becomes(18, 1, 3, suspect, dead, core.CauseDead, 0) // and nobody was told
	s.rec.Sample(at(19), nil)
	s.end(20)

	s.want(words.DetectionFirst, []float64{2}, "to", "SUSPECT")
	s.want(words.DetectionFirst, []float64{7}, "to", "DEAD")
	s.want(words.DetectionFirst, []float64{7}, "to", "DEAD", "path", "timer", "observer", "a/manager/0", "subject", "a/manager/3")
	s.want(words.DetectionEach, []float64{7, 7.25, 8}, "to", "DEAD")
	s.want(words.DetectionFull, []float64{8})
	s.want(words.Dissemination, []float64{0.25}, "type", "dead", "share", "50") // 2 of 3 ≥ 50 %
	s.want(words.Dissemination, []float64{1}, "type", "dead", "share", "99")
	s.want(words.Dissemination, []float64{1}, "type", "dead", "share", "100")
	s.want(words.DeathCallbacks, []float64{1, 2, 0})
	s.want(words.FalsePositives, nil)
	s.want(words.FalseSuspicions, nil)
	// 4·3 pairs agree; then 3·2 live pairs and 3 wrong ones; then one wrong; then none.
	s.want(words.ViewError, []float64{0, 3.0 / 9, 1.0 / 7, 0})
	s.want(words.Convergence, []float64{0}, "edge", "run")
	s.want(words.Convergence, []float64{3.5}, "edge", "start", "fault", "crash") // SUSPECT counts as not up
	if n := len(s.rec.Result().Detections); n != 6 {
		t.Errorf("%d detections, want 6", n)
	}
}

// A mark of a live subject is held against the truth at that moment (spec 50 §6).
func TestFalseMarks(t *testing.T) {
	cases := []struct {
		name   string
		before func(*script)
		want   Truth
		class  Class
		inc    uint32
	}{
		{"live", func(s *script) {}, TruthLive, Healthy, 0},
		{"subject paused", func(s *script) { s.truth(5, trace.KindPause, 1) }, TruthPaused, Healthy, 0},
		{"subject resumed", func(s *script) { s.truth(5, trace.KindPause, 1); s.truth(6, trace.KindResume, 1) }, TruthLive, Healthy, 0},
		{"cut one way", func(s *script) { s.cut[[2]core.NodeID{1, 0}] = true }, TruthUnreachable, Healthy, 0},
		{"cut the other way", func(s *script) { s.cut[[2]core.NodeID{0, 1}] = true }, TruthUnreachable, Healthy, 0},
		{"a third is cut", func(s *script) { s.cut[[2]core.NodeID{2, 1}] = true }, TruthLive, Healthy, 0},
		{"leaving", func(s *script) { s.truth(5, trace.KindLeave, 1) }, TruthLeaving, Healthy, 0},
		{"gone", func(s *script) { s.truth(5, trace.KindLeave, 1); s.truth(7, trace.KindStop, 1) }, TruthLeaving, Healthy, 0},
		{"observer slow", func(s *script) { s.record(5, trace.Record{Kind: trace.KindSlow, Node: 0, X: 10}) }, TruthLive, Impaired, 0},
		{"observer paused before", func(s *script) { s.truth(5, trace.KindPause, 0); s.truth(6, trace.KindResume, 0) }, TruthLive, Impaired, 0},
		{"observer normal again", func(s *script) {
			s.record(5, trace.Record{Kind: trace.KindSlow, Node: 0, X: 10})
			s.record(6, trace.Record{Kind: trace.KindSlow, Node: 0, X: 1})
		}, TruthLive, Impaired, 0},
		{"crashed", func(s *script) { s.truth(5, trace.KindCrash, 1) }, TruthCrashed, Healthy, 0},
		{"old process", func(s *script) {
			s.fact(4, 1, core.Fact{Kind: core.FactIncarnation, Inc: 3, Cause: core.CauseRefute})
			s.truth(5, trace.KindCrash, 1)
			s.record(6, trace.Record{Kind: trace.KindStart, Node: 1, Inc: 10})
		}, TruthRestarted, Healthy, 3},
		{"new process", func(s *script) {
			s.truth(5, trace.KindCrash, 1)
			s.record(6, trace.Record{Kind: trace.KindStart, Node: 1, Inc: 10})
		}, TruthLive, Healthy, 10},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := flat(t, 3)
			c.before(s)
			s.becomes(10, 0, 1, ok, suspect, core.CauseProbeFailed, c.inc)
			s.becomes(20, 0, 1, suspect, dead, core.CauseExpired, c.inc)
			r := s.end(30)
			for _, d := range r.Detections {
				if d.Truth != c.want || d.Class != c.class {
					t.Errorf("%v: %v at a %v observer, want %v, %v", d.To, d.Truth, d.Class, c.want, c.class)
				}
			}
			count := func(b bool) int {
				if b {
					return 1
				}
				return 0
			}
			live, right := c.want == TruthLive, c.want == TruthCrashed
			if n := len(r.Of(words.FalseSuspicions)); n != count(live) {
				t.Errorf("%d false suspicions", n)
			}
			if n := len(r.Of(words.FalsePositives)); n != count(live) {
				t.Errorf("%d false positives", n)
			}
			if n := len(r.Of(words.ExcusedPositives)); n != count(!live && !right) {
				t.Errorf("%d excused", n)
			}
		})
	}
}

// An impaired observer counts as healthy again 60 s after the end of the pause.
func TestImpairedFor(t *testing.T) {
	s := flat(t, 3)
	s.truth(5, trace.KindPause, 0)
	s.truth(6, trace.KindResume, 0)
	s.becomes(65.9, 0, 1, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(66, 0, 2, ok, suspect, core.CauseProbeFailed, 0)
	s.end(70)
	s.want(words.FalseSuspicions, []float64{1}, "class", "impaired", "subject", "a/manager/1")
	s.want(words.FalseSuspicions, []float64{1}, "class", "healthy", "subject", "a/manager/2")
}

// What a node lived is kept apart by its class: impaired while it stands still and for a minute after, its next process
// included; down it is neither.
func TestLives(t *testing.T) {
	s := flat(t, 2)
	s.truth(10, trace.KindPause, 0)
	s.truth(20, trace.KindResume, 0)
	s.truth(100, trace.KindPause, 0)
	s.truth(110, trace.KindCrash, 0)
	s.truth(150, trace.KindStart, 0)
	r := s.end(300)
	for _, c := range []struct {
		node     core.NodeID
		class    Class
		from, to float64
		want     float64
	}{
		{0, Impaired, 0, 300, 70 + 10 + 60}, {0, Healthy, 0, 300, 10 + 20 + 90}, {0, Healthy, 0, 149, 30}, {1, Healthy, 0, 300, 300}, {1, Impaired, 0, 300, 0},
		{0, Impaired, 15, 30, 15},
	} {
		have := r.NodeSeconds(Span{From: at(c.from), To: at(c.to)}, func(n core.NodeID, class Class) bool { return n == c.node && class == c.class })
		if have != c.want {
			t.Errorf("node %d, %s, from %v to %v s: lived %v s, want %v", c.node, c.class, c.from, c.to, have, c.want)
		}
	}
}

// One accusation that nine observers believe, down to the verdict, is one accusation and one death; so is none about
// a subject that is paused.
func TestAccusations(t *testing.T) {
	s := flat(t, 10)
	for i := range core.NodeID(9) {
		s.becomes(10+0.1*float64(i), i, 9, ok, suspect, core.CauseSuspect, 0)
	}
	for i := range core.NodeID(9) {
		s.becomes(15+0.1*float64(i), i, 9, suspect, dead, core.CauseExpired, 0)
	}
	s.truth(20, trace.KindPause, 8)
	s.becomes(21, 0, 8, ok, suspect, core.CauseProbeFailed, 0)
	s.end(30)
	s.want(words.FalseSuspicions, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1})
	s.want(words.FalsePositives, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1})
	s.want(words.Accusations, []float64{1}, "to", "SUSPECT", "observer", "a/manager/0", "subject", "a/manager/9")
	s.want(words.Accusations, []float64{1}, "to", "DEAD", "observer", "a/manager/0", "subject", "a/manager/9")
}

// A second SUSPECT counts only at a new incarnation; a refutation is measured from the first SUSPECT
// anywhere, at each observer and until the last one.
func TestRefutation(t *testing.T) {
	s := flat(t, 4)
	s.becomes(10, 0, 3, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(10.5, 1, 3, ok, suspect, core.CauseSuspect, 0)
	s.fact(10.75, 3, core.Fact{Kind: core.FactIncarnation, Inc: 1, Cause: core.CauseRefute})
	s.fact(11, 0, core.Fact{Kind: core.FactTransition, Subject: 3, From: suspect, To: ok, Inc: 1, A: 0, Cause: core.CauseSeen})
	s.fact(11.25, 2, core.Fact{Kind: core.FactTransition, Subject: 3, From: ok, To: ok, Inc: 1, A: 0, Cause: core.CauseAlive})
	s.fact(12, 1, core.Fact{Kind: core.FactTransition, Subject: 3, From: suspect, To: suspect, Inc: 1, A: 0, Cause: core.CauseSuspect})
	s.fact(13, 1, core.Fact{Kind: core.FactTransition, Subject: 3, From: suspect, To: ok, Inc: 2, A: 1, Cause: core.CauseSeen})
	s.end(20)
	s.want(words.FalseSuspicions, []float64{1, 1, 1})
	s.want(words.Accusations, []float64{1, 1}, "to", "SUSPECT", "subject", "a/manager/3") // at incarnations 0 and 1, however many believe it
	s.want(words.Refutation, []float64{1, 3})
	s.want(words.RefutationFull, []float64{3})
	s.want(words.Dissemination, []float64{0.5}, "type", "alive", "share", "50") // 2 of 3 others
	s.want(words.Dissemination, []float64{1.25}, "type", "alive", "share", "100")
	s.want(words.IncarnationMax, []float64{1}, "node", "a/manager/3")
	s.want(words.IncarnationMax, []float64{0, 0, 0, 1})
}

// Members that die while an update spreads leave the audience, whether they had heard it or not.
func TestAudienceShrinks(t *testing.T) {
	s := flat(t, 5)
	raise := func(sec float64, o core.NodeID) {
		s.fact(sec, o, core.Fact{Kind: core.FactTransition, Subject: 4, From: ok, To: ok, Inc: 1, A: 0, Cause: core.CauseAlive})
	}
	s.fact(1, 4, core.Fact{Kind: core.FactIncarnation, Inc: 1, Cause: core.CauseRefute})
	raise(2, 0)
	s.truth(3, trace.KindCrash, 0) // heard: 0 of 3 now
	raise(4, 1)
	raise(5, 1)                    // nothing new: 1 of 3
	s.truth(6, trace.KindCrash, 2) // 1 of 2
	raise(7, 3)
	s.end(9)
	s.want(words.Dissemination, []float64{5}, "share", "50", "type", "alive")
	s.want(words.Dissemination, []float64{6}, "share", "100", "type", "alive")
}

// detection_full waits for whoever held it OK or SUSPECT; a dead observer waits for nobody.
func TestDetectionFullWithoutObserver(t *testing.T) {
	s := flat(t, 3)
	s.truth(10, trace.KindCrash, 2)
	s.becomes(15, 0, 2, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(16, 0, 2, suspect, dead, core.CauseExpired, 0)
	s.truth(18, trace.KindCrash, 1)
	r := s.end(30)
	s.want(words.DetectionFull, []float64{8})
	if r.Counters.Crashes != 2 || r.Counters.Undetected != 1 { // nobody has noticed that 1 is gone
		t.Errorf("crashes %d, undetected %d", r.Counters.Crashes, r.Counters.Undetected)
	}
}

// spec 50 §6, detection_full: "until every live member that knew it has it DEAD or removed". Of one that nobody outlived
// nothing was detected: its wait ends with the last who could have noticed, and nothing is said of it.
func TestNobodyLeftToNotice(t *testing.T) {
	type crash struct {
		sec  float64
		node core.NodeID
	}
	for _, c := range []struct {
		name      string
		crashes   []crash
		marks     func(*script)
		full      []float64
		detected  []float64 // DEAD, by time of the crash
		until     float64   // of the first crash
		unwatched uint64
		missed    uint64
	}{
		{"all at once", []crash{{10, 0}, {10, 1}, {10, 2}, {10, 3}}, nil, nil, nil, 10, 3, 0},
		{"one after the other", []crash{{10, 3}, {11, 2}, {12, 1}, {13, 0}}, nil, nil, nil, 13, 3, 0},
		{"who noticed died too", []crash{{10, 3}}, func(s *script) {
			s.becomes(15, 0, 3, ok, suspect, core.CauseProbeFailed, 0)
			s.becomes(20, 0, 3, suspect, dead, core.CauseExpired, 0)
			s.truth(21, trace.KindCrash, 0)
			s.truth(22, trace.KindCrash, 1)
			s.truth(23, trace.KindCrash, 2)
		}, nil, []float64{1}, 23, 3, 0},
		{"who noticed lives", []crash{{10, 3}}, func(s *script) {
			s.becomes(15, 0, 3, ok, suspect, core.CauseProbeFailed, 0)
			s.becomes(20, 0, 3, suspect, dead, core.CauseExpired, 0)
			s.truth(22, trace.KindCrash, 1)
			s.truth(23, trace.KindCrash, 2)
		}, []float64{13}, []float64{1, 0, 0}, 50, 0, 2},
		{"one took it back", []crash{{10, 3}}, func(s *script) {
			s.becomes(15, 0, 3, ok, suspect, core.CauseProbeFailed, 0)
			s.becomes(20, 0, 3, suspect, dead, core.CauseExpired, 0)
			s.becomes(21, 0, 3, dead, ok, core.CauseAlive, 1) // old news
			s.truth(22, trace.KindCrash, 1)
			s.truth(23, trace.KindCrash, 2)
		}, nil, []float64{1, 0, 0}, 50, 0, 3},
		{"somebody overlooks it", []crash{{10, 3}}, nil, nil, []float64{0}, 50, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := flat(t, 4)
			for _, x := range c.crashes {
				s.truth(x.sec, trace.KindCrash, x.node)
			}
			if c.marks != nil {
				c.marks(s)
			}
			r := s.end(50)
			s.want(words.DetectionFull, c.full)
			s.want(words.Detected, c.detected, "to", "DEAD")
			if have := r.Crashes[0].Until; have != at(c.until) {
				t.Errorf("waited for until %v, want %v", have, at(c.until))
			}
			if n := r.Counters; n.Unwatched != c.unwatched || n.Undetected != c.missed {
				t.Errorf("unwatched %d, undetected %d; want %d, %d", n.Unwatched, n.Undetected, c.unwatched, c.missed)
			}
		})
	}
}

// The share of crashes that were detected is over all that somebody could have.
func TestDetected(t *testing.T) {
	s := flat(t, 4)
	s.becomes(5, 0, 3, ok, suspect, core.CauseProbeFailed, 0) // before the crash, and it stays so
	s.truth(10, trace.KindCrash, 3)
	s.becomes(14, 0, 3, suspect, dead, core.CauseExpired, 0)
	s.truth(20, trace.KindCrash, 2)
	s.truth(20, trace.KindPause, 1)
	s.end(30)
	s.want(words.Detected, []float64{1, 0}, "to", "SUSPECT")
	s.want(words.Detected, []float64{1, 0}, "to", "DEAD", "role", "manager", "subject_class", "healthy")
	s.want(words.Detected, []float64{0}, "to", "DEAD", "subject", "a/manager/2")
}

// A death is news for those who live at its birth and knew the subject: a node that starts later, or that never heard
// of the subject, has nothing to hear, and its coming does not keep the news from reaching everybody.
func TestWhoStartsLaterIsNoAudience(t *testing.T) {
	s := flat(t, 6, func(c *Context) { c.Nodes[4].Late, c.Nodes[5].Late = true, true })
	s.truth(5, trace.KindStart, 5) // knows 0 only
	s.becomes(5, 5, 0, none, ok, core.CauseConfirm, 0)
	s.truth(10, trace.KindCrash, 3)
	s.becomes(11, 0, 3, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(15, 0, 3, suspect, dead, core.CauseExpired, 0)
	s.truth(15.1, trace.KindStart, 4)
	s.becomes(15.25, 1, 3, ok, dead, core.CauseDead, 0)
	s.becomes(15.5, 2, 3, ok, dead, core.CauseDead, 0)
	s.fact(20, 0, core.Fact{Kind: core.FactIncarnation, Inc: 1, Cause: core.CauseRefute})
	alive := func(sec float64, o core.NodeID) {
		s.fact(sec, o, core.Fact{Kind: core.FactTransition, Subject: 0, From: ok, To: ok, Inc: 1, A: 0, Cause: core.CauseAlive})
	}
	alive(20.25, 1)
	s.truth(20.25, trace.KindCrash, 4)
	s.truth(20.3, trace.KindStart, 4) // was to hear it; its next process is not
	alive(20.5, 2)
	alive(21, 5)
	r := s.end(60)
	s.want(words.Dissemination, []float64{0.25}, "type", "dead", "share", "50")
	s.want(words.Dissemination, []float64{0.5}, "type", "dead", "share", "100")
	s.want(words.Dissemination, []float64{1}, "type", "alive", "share", "100")
	if r.Counters.Unspread != 0 {
		t.Errorf("%d updates did not spread", r.Counters.Unspread)
	}
}

// join_* count who heard of the process that started, not who still believes in the one before it.
func TestOldOpinionsAreNoJoin(t *testing.T) {
	old := core.Fact{Kind: core.FactTransition, Subject: 3, From: ok, To: ok, Inc: 2, A: 0, Cause: core.CauseAlive}
	restart := func(inc uint32) *script {
		s := flat(t, 4)
		s.fact(1, 3, core.Fact{Kind: core.FactIncarnation, Inc: 2, Cause: core.CauseRefute})
		s.truth(10, trace.KindCrash, 3)
		s.record(11, trace.Record{Kind: trace.KindStart, Node: 3, Inc: inc, Inst: 2})
		return s
	}
	s := restart(0)
	s.truth(12, trace.KindCrash, 2) // changes nobody's opinion
	s.fact(13, 0, old)              // the last words of the old process
	s.end(20)
	s.want(words.JoinFirst, nil)
	s.want(words.JoinConfirm, nil)
	s.want(words.JoinConfirmRole, nil)

	s = restart(0)
	hear := func(sec float64, o core.NodeID, inst uint32) {
		s.record(sec, trace.Record{Kind: trace.KindDelivered, Node: o, Peer: 3, Msg: &core.Message{Kind: core.KindPing, From: 3, To: o, Instance: inst}})
	}
	hear(11.5, 0, 1) // of the old process
	hear(12, 0, 2)
	s.fact(12.5, 1, core.Fact{Kind: core.FactTransition, Subject: 3, From: ok, To: ok, Inc: 3, A: 0, Cause: core.CauseJoined})
	s.truth(13, trace.KindCrash, 2)
	s.end(20)
	s.want(words.JoinFirst, []float64{1})
	s.want(words.JoinConfirm, []float64{2})

	s = restart(5) // what is said at or below 2 is about the process before
	s.becomes(12, 0, 3, ok, suspect, core.CauseSuspect, 0)
	s.fact(12.5, 0, core.Fact{Kind: core.FactTransition, Subject: 3, From: suspect, To: ok, Inc: 2, A: 0, Cause: core.CauseAlive})
	s.fact(14, 0, core.Fact{Kind: core.FactTransition, Subject: 3, From: ok, To: ok, Inc: 5, A: 2, Cause: core.CauseSeen})
	s.end(20)
	s.want(words.JoinFirst, []float64{3})
	s.want(words.JoinConfirm, nil)
}

// A suspicion of one that is down, or of an earlier process, is refuted by nobody: that its node starts again ends it.
func TestRestartIsNoRefutation(t *testing.T) {
	s := flat(t, 3)
	s.truth(10, trace.KindCrash, 2)
	s.becomes(12, 0, 2, ok, suspect, core.CauseProbeFailed, 0)
	s.record(15, trace.Record{Kind: trace.KindStart, Node: 2, Inc: 4})
	s.fact(15.5, 0, core.Fact{Kind: core.FactTransition, Subject: 2, From: suspect, To: ok, Inc: 4, A: 0, Cause: core.CauseSeen})
	s.fact(15.5, 1, core.Fact{Kind: core.FactTransition, Subject: 2, From: ok, To: ok, Inc: 4, A: 0, Cause: core.CauseSeen})
	s.becomes(20, 1, 2, ok, suspect, core.CauseProbeFailed, 4)
	s.fact(22, 1, core.Fact{Kind: core.FactTransition, Subject: 2, From: suspect, To: ok, Inc: 5, A: 4, Cause: core.CauseSeen})
	s.end(30)
	s.want(words.Refutation, []float64{2})
	s.want(words.RefutationFull, []float64{2})
}

// An accusation of a new process counts although the one before it had been accused at a higher incarnation.
func TestAccusationsOfEachProcess(t *testing.T) {
	s := flat(t, 3)
	s.fact(1, 2, core.Fact{Kind: core.FactIncarnation, Inc: 3, Cause: core.CauseRefute})
	s.becomes(2, 0, 2, ok, suspect, core.CauseProbeFailed, 3)
	s.truth(10, trace.KindCrash, 2)
	s.truth(11, trace.KindStart, 2)
	s.becomes(100, 1, 2, ok, suspect, core.CauseProbeFailed, 0)
	s.end(120)
	s.want(words.FalseSuspicions, []float64{1, 1})
	s.want(words.Accusations, []float64{1, 1}, "to", "SUSPECT")
}

// spec 50 §6, rejoin: from heal to all live members agreeing all are alive.
func TestRejoin(t *testing.T) {
	s := flat(t, 2, func(c *Context) { c.Faults = []FaultInfo{{ID: "cut", Kind: "partition"}, {ID: "lag", Kind: "delay"}} })
	s.fault(10, trace.KindFaultStart, 0)
	s.becomes(15, 0, 1, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(15, 1, 0, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(25, 0, 1, suspect, dead, core.CauseExpired, 0)
	s.becomes(25, 1, 0, suspect, dead, core.CauseExpired, 0)
	s.fault(40, trace.KindFaultEnd, 0)
	s.becomes(60, 0, 1, dead, ok, core.CauseSeen, 1)
	s.becomes(61.5, 1, 0, dead, ok, core.CauseSeen, 1)
	s.fault(70, trace.KindFaultStart, 1)
	s.fault(80, trace.KindFaultEnd, 1)
	r := s.end(100)
	s.want(words.Rejoin, []float64{21.5}, "fault", "cut")
	s.want(words.Rejoin, []float64{21.5})
	s.want(words.Convergence, []float64{21.5}, "edge", "end", "fault", "cut")
	s.want(words.Convergence, []float64{0, 0}, "fault", "lag")
	if r.Counters.Unconverged != 1 { // between 10 and 40 s they never agreed
		t.Errorf("unconverged %d, want 1", r.Counters.Unconverged)
	}
	if f := r.Faults[0]; f.Start != at(10) || f.End != at(40) || f.Episodes != 1 || f.Last != at(40) || f.Agreed != at(61.5) {
		t.Errorf("fault %+v", f)
	}
	if f := r.Faults[1]; f.Last != at(80) || f.Agreed != at(80) {
		t.Errorf("a fault that nobody noticed: %+v", f)
	}
}

// What a fault does comes after its record: that all agreed at this very moment is not yet an end of it.
func TestAgreedAfterACrash(t *testing.T) {
	s := flat(t, 2, func(c *Context) { c.Faults = []FaultInfo{{ID: "crash", Kind: "crash"}, {ID: "again", Kind: "crash"}} })
	s.fault(10, trace.KindFaultStart, 0)
	s.rec.Hit(0, [][]core.NodeID{{1}})
	s.truth(10, trace.KindCrash, 1)
	s.becomes(15, 0, 1, ok, suspect, core.CauseProbeFailed, 0)
	s.becomes(22, 0, 1, suspect, dead, core.CauseExpired, 0)
	s.fault(30, trace.KindFaultStart, 1)
	s.rec.Hit(1, [][]core.NodeID{{1}})
	s.fault(40, trace.KindFaultStart, 1)
	s.rec.Hit(1, [][]core.NodeID{{0, 1}})
	r := s.end(100)
	// Who suspects a crashed member does not take it for up.
	if f := r.Faults[0]; f.Last != at(10) || f.Agreed != at(15) || f.Varies || len(f.Sides) != 1 || len(f.Sides[0]) != 1 {
		t.Errorf("%+v", f)
	}
	if f := r.Faults[1]; f.Last != at(40) || f.Agreed != at(40) || f.Episodes != 2 || !f.Varies || len(f.Sides[0]) != 2 {
		t.Errorf("%+v", f)
	}
}
