package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// Here machines report that all is well, and the world knows better.
func init() {
	doctored = append(doctored, []doctoredRun{
		{id: M12, name: "a Min of one nanosecond", build: func(t *tape, bad bool) {
			t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
			if bad {
				f := &t.recs[len(t.recs)-2].Fact
				f.A, f.B, f.N, f.At = 1, 2, 0, t.now+1
			}
		}},
		{id: M12, name: "a Min that forgets the own health", build: func(t *tape, bad bool) {
			if bad {
				t.at(sec).fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, B: 0, Cause: core.CauseProbeFailed})
			}
			t.at(2*sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		}},
		{id: M12, name: "a Max that forgets the group", build: func(t *tape, bad bool) {
			t.ctx.Suspicions = []Suspicion{DefaultSuspicion()}
			if bad {
				t.ctx.Suspicions[0].Beta = 7 // 6 · 5 s are 30 s
			}
			t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		}},
		{id: M12, name: "a worker's grace", build: func(t *tape, bad bool) {
			f := core.Fact{Kind: core.FactSuspicionStarted, Subject: 3, Other: 0, A: 30e9, B: 30e9, At: 30 * sec}
			if bad {
				f.A = 5e9
			}
			t.fact(0, f)
		}},
		{id: M12, name: "expires before as many have confirmed", build: func(t *tape, bad bool) {
			t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
			due := 1*sec + core.Instant(17.5e9) // 30 − 25·ln 2/ln 4
			if bad {
				due -= ms
			}
			t.at(2*sec).fact(0, core.Fact{Kind: core.FactSuspicionConfirmed, Subject: 1, Other: 3, N: 1, At: due})
			t.at(due).expires(0, 1, sec, due)
		}},
		{id: M12, name: "a timer that is late at a free server", build: func(t *tape, bad bool) {
			t.at(sec).suspects(0, 1, 0, core.CauseProbeFailed, 0)
			if !bad {
				t.at(20*sec).life(trace.KindPause, 0)
				t.at(34*sec).life(trace.KindResume, 0)
			}
			t.at(34*sec).expires(0, 1, sec, 31*sec)
		}},
		{id: M16, name: "sent more often than it admits", build: func(t *tape, bad bool) {
			t.news(0)
			times := core.Instant(4)
			if bad {
				times = 5
			}
			for i := range times {
				t.spreads(sec+(i+1)*100*ms, core.Update{Type: core.UpdateAlive, Subject: 2, Incarnation: 1, From: core.NoNode})
			}
			t.fact(0, core.Fact{Kind: core.FactRetired, Subject: 2, Inc: 1, A: int64(core.UpdateAlive), Other: core.NoNode, B: 4, N: 4, Cause: core.CauseLimit})
		}},
		{id: M16, name: "sent after it left the queue", build: func(t *tape, bad bool) {
			t.news(0)
			u := core.Update{Type: core.UpdateAlive, Subject: 2, Incarnation: 1, From: core.NoNode}
			for i := range core.Instant(4) {
				t.spreads(sec+(i+1)*100*ms, u)
			}
			t.fact(0, core.Fact{Kind: core.FactRetired, Subject: 2, Inc: 1, A: int64(core.UpdateAlive), Other: core.NoNode, B: 4, N: 4, Cause: core.CauseLimit})
			if !bad { // what the receiver must hear of itself goes beside the queue
				u.Subject, u.Incarnation, u.Type = 1, 0, core.UpdateSuspect
			}
			m := t.spreads(9*sec, u)
			if !bad {
				m.Updates[0].Incarnation = 0
				t.raises(1, 0, 1)
			}
		}},
		{id: M16, name: "news again while it is told", build: func(t *tape, bad bool) {
			u, told := core.Update{Type: core.UpdateLeft, Subject: 2, From: core.NoNode}, int64(1)
			if bad {
				told = 0
			}
			gone := func() {
				t.moves(0, 2, core.StateOK, core.StateLeft, core.CauseLeft, 0, 0)
				t.tells(0, 2, core.CallbackLeft, core.CauseLeft)
				t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 2, A: int64(u.Type), Other: core.NoNode, Cause: core.CauseFresh, N: 3})
			}
			t.at(sec).life(trace.KindLeave, 2)
			t.at(sec + ms)
			gone()
			t.at(sec+2*ms).moves(0, 2, core.StateLeft, core.StateNone, core.CauseEvicted, 0, 0)
			t.at(sec+3*ms).moves(0, 2, core.StateNone, core.StateOK, core.CauseConfirm, 0, 0)
			t.tells(0, 2, core.CallbackJoined, core.CauseConfirm)
			t.at(sec+4*ms).fact(0, core.Fact{Kind: core.FactRetired, Subject: 2, A: int64(u.Type), Other: core.NoNode, B: told, N: 3, Cause: core.CauseSuperseded})
			gone()
			for i := range core.Instant(4) { // the first of them was composed before
				t.spreads(sec+(i+1)*100*ms, u)
			}
		}},
		{id: M16, name: "news again, and again, while it is told", build: func(t *tape, bad bool) {
			u, told := core.Update{Type: core.UpdateLeft, Subject: 2, From: core.NoNode}, int64(2)
			if bad {
				told = 1
			}
			retired := core.Fact{Kind: core.FactRetired, Subject: 2, A: int64(u.Type), Other: core.NoNode, N: 3, Cause: core.CauseSuperseded}
			t.at(sec).life(trace.KindLeave, 2)
			for round := range core.Instant(3) {
				t.at(sec+round*10*ms+ms).moves(0, 2, core.StateOK, core.StateLeft, core.CauseLeft, 0, 0)
				t.tells(0, 2, core.CallbackLeft, core.CauseLeft)
				t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 2, A: int64(u.Type), Other: core.NoNode, Cause: core.CauseFresh, N: 3})
				if round == 2 {
					break
				}
				t.at(sec+round*10*ms+2*ms).moves(0, 2, core.StateLeft, core.StateNone, core.CauseEvicted, 0, 0)
				t.at(sec+round*10*ms+3*ms).moves(0, 2, core.StateNone, core.StateOK, core.CauseConfirm, 0, 0)
				t.tells(0, 2, core.CallbackJoined, core.CauseConfirm)
				retired.B = told
				t.at(sec+round*10*ms+4*ms).fact(0, retired)
				told = 1
			}
			for i := range core.Instant(6) { // two were composed in the first round, one in the second
				t.spreads(sec+(i+1)*100*ms, u)
			}
		}},
		{id: M16, name: "a limit that counts by decades", build: func(t *tape, bad bool) {
			t.ctx.Limits.Lambda, t.ctx.Limits.Decades = 0, 3
			t.news(0)
			if t.recs[len(t.recs)-1].Fact.N = 3; bad { // the other limit, 3 · ln 4, would be 4
				t.recs[len(t.recs)-1].Fact.N = 4
			}
		}},
		{id: M16, name: "a limit that counts by decades, for who is alone", build: func(t *tape, bad bool) {
			for i := range t.ctx.Nodes[1:] {
				t.view.states[[2]core.NodeID{0, core.NodeID(i + 1)}] = core.StateNone
			}
			t.ctx.Limits.Lambda, t.ctx.Limits.Decades = 0, 3
			if bad {
				t.ctx.Limits.Lambda, t.ctx.Limits.Decades = 3, 0 // 3 · ln 2 is 2.1
			}
			t.news(0)
			t.recs[len(t.recs)-1].Fact.N = 3
		}},
		{id: M16, name: "a limit for a larger group", build: func(t *tape, bad bool) {
			t.news(0)
			if bad {
				t.recs[len(t.recs)-1].Fact.N = 5 // 3 · ln 4 is 4.2
			}
		}},
		{id: M22, name: "hears an accusation and says nothing", build: func(t *tape, bad bool) {
			t.accuses(0)
			if !bad {
				t.raises(1, 0, 1)
			}
			t.at(40 * sec).checkpoint()
		}},
		{id: M22, name: "an accusation that is refuted already", build: func(t *tape, bad bool) {
			t.raises(1, 0, 1)
			inc := uint32(0)
			if bad {
				inc = 1
			}
			t.accuses(inc)
			t.at(40 * sec).checkpoint()
		}},
		{id: M22, name: "an accusation by a process that is gone", build: func(t *tape, bad bool) {
			old := t.at(sec).message(core.KindGossip, 0, 1)
			old.Updates = []core.Update{{Type: core.UpdateDead, Subject: 1, From: 2, Role: core.RoleManager}}
			t.sent(old)
			t.view.flying[old.Kind]++
			if !bad {
				t.life(trace.KindCrash, 0)
				t.life(trace.KindStart, 0).Inst = 2
			}
			t.at(sec + 10*ms).delivered(old)
			t.at(40 * sec).checkpoint()
		}},
		{id: M24, name: "who left dies, although all was told", build: func(t *tape, bad bool) {
			t.at(sec).life(trace.KindLeave, 1)
			m := t.message(core.KindGossip, 1, 0)
			m.Updates = []core.Update{{Type: core.UpdateLeft, Subject: 1, From: core.NoNode, Role: core.RoleManager}}
			t.sent(m)
			t.view.flying[m.Kind]++
			t.at(6*sec).life(trace.KindStop, 1)
			if bad {
				t.at(6*sec + 10*ms).delivered(m)
			} // else it waits in an inbox
			t.at(7*sec).moves(0, 1, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
			t.tells(0, 1, core.CallbackDied, core.CauseDead)
		}},
		{id: M24, name: "who left dies where its departure met nobody who knew it", build: func(t *tape, bad bool) {
			t.at(sec).life(trace.KindLeave, 1)
			if !bad { // a message from before, which the departure overtook, is all that this one has
				t.moves(0, 1, core.StateNone, core.StateOK, core.CauseConfirm, 0, 0)
			}
			t.at(6*sec).life(trace.KindStop, 1)
			t.at(7*sec).moves(0, 1, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
			t.tells(0, 1, core.CallbackDied, core.CauseDead)
		}},
		{id: M25, name: "a stale accusation of the dead", build: func(t *tape, bad bool) {
			if !bad { // of hearsay it is news, once
				t.view.states[[2]core.NodeID{0, 2}] = core.StateUnconfirmed
			}
			t.at(40*sec).travels(core.KindGossip, 1, 0)
			t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 2, A: int64(core.UpdateSuspect), Other: 1, Cause: core.CauseFresh, N: 3})
			t.at(50 * sec).checkpoint()
		}},
		{id: M25, name: "an accusation of hearsay at another incarnation", build: func(t *tape, bad bool) {
			t.view.states[[2]core.NodeID{0, 2}] = core.StateUnconfirmed
			if bad {
				t.view.incs[[2]core.NodeID{0, 2}] = 1
			}
			t.at(40*sec).travels(core.KindGossip, 1, 0)
			t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 2, A: int64(core.UpdateSuspect), Other: 1, Cause: core.CauseFresh, N: 3})
			if !bad { // confirmed by the same message, and OK at the end of the step
				t.moves(0, 2, core.StateUnconfirmed, core.StateUnconfirmed, core.CauseSuspect, -1, 0)
			}
			t.at(50 * sec).checkpoint()
		}},
	}...)
}

// expires ends the suspicion of n against the subject, which dies of it.
func (t *tape) expires(n, subject core.NodeID, started, due core.Instant) {
	t.ends(n, subject, core.CauseExpired, started, due)
	t.moves(n, subject, core.StateSuspect, core.StateDead, core.CauseExpired, 0, 0)
	t.tells(n, subject, core.CallbackDied, core.CauseExpired)
}

// news lets n hear of a new incarnation of node 2 and pass it on four times.
func (t *tape) news(n core.NodeID) {
	t.at(sec).raises(2, 0, 1)
	t.at(sec+ms).moves(n, 2, core.StateOK, core.StateOK, core.CauseAlive, 0, 1)
	t.fact(n, core.Fact{
		Kind: core.FactQueued, Subject: 2, Inc: 1, A: int64(core.UpdateAlive), Other: core.NoNode, Cause: core.CauseFresh, N: 4,
	})
}

// spreads sends one update from node 0 to node 1.
func (t *tape) spreads(at core.Instant, u core.Update) *core.Message {
	m := t.at(at).message(core.KindGossip, 0, 1)
	u.Role = core.RoleManager
	m.Updates = []core.Update{u}
	t.sent(m)
	t.view.flying[m.Kind]++
	t.at(at + 10*ms).delivered(m)
	return m
}

// accuses tells node 1 at 1 s that node 2 suspects it.
func (t *tape) accuses(inc uint32) {
	t.spreads(sec, core.Update{Type: core.UpdateSuspect, Subject: 1, Incarnation: inc, From: 2})
}
