package check

import (
	"math"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/sim/trace"
)

// doctored are runs that are right with bad = false and have one defect with bad = true. also lists the
// invariants that the defect breaks beside id, because they say the same thing of it.
type doctoredRun struct {
	id    ID
	name  string
	also  []ID
	build func(t *tape, bad bool)
}

var doctored = append(slices.Concat(doctoredJobs, doctoredAdmission, doctoredPeers, doctoredWorld), []doctoredRun{
	{id: W1, name: "faster than the link", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		t.sent(m)
		r := t.at(sec + 10*ms).delivered(m)
		if bad {
			r.Min = 11e6
		}
	}},
	{id: W1, name: "arrives before it leaves", build: func(t *tape, bad bool) {
		r := t.at(sec).sent(t.message(core.KindGossip, 0, 1))
		if bad {
			r.Due = sec - 1
		}
	}},
	{id: W2, name: "delivered to a crashed node", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		t.sent(m)
		if bad {
			t.life(trace.KindCrash, 1)
		}
		t.at(sec + 10*ms).delivered(m)
	}},
	{id: W2, name: "a crashed node acts", build: func(t *tape, bad bool) {
		t.at(sec).life(trace.KindCrash, 1)
		n := core.NodeID(0)
		if bad {
			n = 1
		}
		t.fact(n, core.Fact{Kind: core.FactTick, Subject: n, Cause: core.CauseIdle})
	}},
	{id: W3, name: "virtual time", build: func(t *tape, bad bool) {
		t.at(2*sec).travels(core.KindGossip, 0, 1)
		if bad {
			t.at(2 * sec)
		}
		t.fact(1, core.Fact{Kind: core.FactTick, Subject: 1, Cause: core.CauseIdle})
	}},
	{id: W3, name: "local time without a change of the clock", build: func(t *tape, bad bool) {
		t.at(2*sec).fact(1, core.Fact{Kind: core.FactTick, Subject: 1, Cause: core.CauseIdle})
		if !bad {
			t.life(trace.KindClock, 1)
		}
		t.at(3*sec).fact(1, core.Fact{Kind: core.FactTick, Subject: 1, Cause: core.CauseIdle}).Local = sec
	}},
	{id: W4, name: "a message vanishes", build: func(t *tape, bad bool) {
		t.at(sec).travels(core.KindPing, 0, 1)
		m := t.message(core.KindPing, 1, 2)
		t.sent(m)
		if !bad {
			t.add(trace.Record{Kind: trace.KindDropped, Node: 1, Peer: 2, Msg: m, Reason: trace.ReasonLoss})
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: W4, name: "a copy counts as sent", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindPing, 0, 1)
		t.sent(m)
		if !bad {
			t.sent(m).Copy = true
		}
		t.view.flying[core.KindPing] = 2
		t.at(10 * sec).checkpoint()
	}},
	{id: W5, name: "a worker mistakes its manager", build: func(t *tape, bad bool) {
		if bad {
			t.view.states[[2]core.NodeID{3, 0}] = core.StateSuspect
		}
		t.at(100 * sec).end()
	}},
	{id: W5, name: "a worker that asks to be let in, and all its seeds are gone", build: func(t *tape, bad bool) {
		t.ctx.Nodes[0].Seed, t.ctx.Nodes[1].Seed = true, bad
		t.at(sec).life(trace.KindCrash, 0)
		t.fact(3, core.Fact{Kind: core.FactJoin, Subject: 0, Cause: core.CauseJoinSent})
		for o := core.NodeID(1); o < 4; o++ {
			t.view.states[[2]core.NodeID{o, 0}] = core.StateDead
		}
		for o := core.NodeID(1); o < 3; o++ {
			t.view.states[[2]core.NodeID{o, 3}] = core.StateDead
		}
		t.at(130 * sec).end()
	}},
	{id: W5, name: "a death that nobody refutes", also: []ID{M30}, build: func(t *tape, bad bool) { // 5 s after it nobody need have
		t.ctx.Lossy = true
		from := 95 * sec
		if bad {
			from = 10 * sec
		}
		t.at(from).suspects(0, 1, 0, core.CauseProbeFailed, 0)
		t.at(from+30*sec).expires(0, 1, from, from+30*sec)
		t.view.states[[2]core.NodeID{0, 1}] = core.StateDead
		t.at(130 * sec).end()
	}},
	{id: M33, name: "a worker that died, and that nobody watched", build: func(t *tape, bad bool) {
		t.at(sec).life(trace.KindCrash, 3)
		for o := range core.NodeID(3) {
			if o > 0 || !bad {
				t.view.states[[2]core.NodeID{o, 3}] = core.StateDead
			}
		}
		t.at(400 * sec).end()
	}},
	{id: M30, name: "a worker whose departure nobody heard of", also: []ID{M33}, build: func(t *tape, bad bool) {
		t.at(sec).life(trace.KindLeave, 3)
		t.at(2*sec).life(trace.KindStop, 3)
		t.view.sums = map[core.NodeID]uint64{2: 1}
		t.view.states[[2]core.NodeID{2, 3}] = core.StateDead
		end := 70 * sec // the others wait for it still
		if bad {
			end = 200 * sec
		}
		t.at(end).end()
	}},
	{id: M30, name: "other digests, and a young suspicion of another", build: func(t *tape, bad bool) {
		t.ctx.Lossy = true
		t.view.sums = map[core.NodeID]uint64{2: 1}
		of := core.NodeID(1)
		if bad {
			of = 3 // one that is gone, and was for long
			t.at(sec).life(trace.KindCrash, of)
		}
		t.view.states[[2]core.NodeID{2, of}] = core.StateDead
		t.at(95*sec).suspects(2, 1, 2, core.CauseProbeFailed, 0)
		t.at(100 * sec).end()
	}},
	{id: M30, name: "a suspicion that may last longer than a run settles", build: func(t *tape, bad bool) {
		t.view.states[[2]core.NodeID{0, 2}] = core.StateSuspect
		t.ctx.Settle = 20e9
		if bad { // it is shorter, and of the calm
			t.ctx.Settle = 31e9
		}
		t.at(2*sec).life(trace.KindFaultStart, 0)
		t.life(trace.KindFaultEnd, 0)
		t.at(15*sec).suspects(0, 2, 0, core.CauseProbeFailed, 0)
		t.at(40 * sec).end()
	}},
	{id: M30, name: "a suspicion that may last for long, and began when all had settled", build: func(t *tape, bad bool) {
		t.view.states[[2]core.NodeID{0, 2}] = core.StateSuspect
		t.ctx.Settle = 30e9
		t.at(2*sec).life(trace.KindFaultStart, 0)
		t.life(trace.KindFaultEnd, 0)
		at := 20 * sec
		if bad {
			at = 40 * sec
		}
		t.at(at).suspects(0, 2, 0, core.CauseProbeFailed, 0)
		t.at(45 * sec).end()
	}},
	{id: W6, name: "a queue without measure", build: func(t *tape, bad bool) {
		n := 16
		if bad {
			n = 17
		}
		for range n {
			t.fact(1, core.Fact{Kind: core.FactQueued, Subject: 1, Other: core.NoNode, Cause: core.CauseSelf, N: 4})
		}
		t.at(10 * sec).end()
	}},
	{id: M1, name: "hearsay suspects", also: []ID{M5}, build: func(t *tape, bad bool) {
		from := core.StateOK
		if bad {
			from = core.StateUnconfirmed
		}
		t.at(sec).moves(0, 1, from, core.StateSuspect, core.CauseSuspect, 0, 0)
	}},
	{id: M2, name: "a record of itself", build: func(t *tape, bad bool) {
		s := core.NodeID(1)
		if bad {
			s = 0
		}
		t.moves(0, s, core.StateNone, core.StateUnconfirmed, core.CauseConfigured, -1, 0)
	}},
	{id: M2, name: "holds itself SUSPECT", build: func(t *tape, bad bool) {
		if bad {
			t.view.states[[2]core.NodeID{1, 1}] = core.StateSuspect
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M3, name: "a record goes back", also: []ID{M5}, build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 1)
		old := int64(0)
		if bad {
			old = 2
		}
		t.moves(0, 1, core.StateOK, core.StateOK, core.CauseSeen, old, 1)
	}},
	{id: M3, name: "the tombstone knew more", also: []ID{M5}, build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 1)
		old := int64(1)
		if bad {
			old = 2
		}
		t.moves(0, 1, core.StateNone, core.StateUnconfirmed, core.CauseSeen, old, 1)
	}},
	{id: M3, name: "the own incarnation goes back", build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 2)
		inc := uint32(3)
		if bad {
			inc = 1
		}
		t.raises(1, 2, inc)
	}},
	{id: M4, name: "a record of what nobody adopted", build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 5)
		inc := uint32(5)
		if bad {
			inc = 3
		}
		t.moves(0, 1, core.StateOK, core.StateOK, core.CauseAlive, 0, inc)
	}},
	{id: M4, name: "a header of what the node did not adopt", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		if bad {
			m.Incarnation = 1
		}
		t.sent(m)
	}},
	{id: M5, name: "LEFT to OK at once", build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 1)
		to := core.StateUnconfirmed
		if bad {
			to = core.StateOK
		}
		t.moves(0, 1, core.StateLeft, to, core.CauseAlive, 0, 1)
	}},
	{id: M5, name: "a cause that is none", build: func(t *tape, bad bool) {
		cause := core.CauseSuspect
		if bad {
			cause = core.CauseLag
		}
		t.at(sec).moves(0, 1, core.StateOK, core.StateSuspect, cause, 0, 0)
	}},
	{id: M6, name: "an ack of the same incarnation clears", also: []ID{M5}, build: func(t *tape, bad bool) {
		inc := uint32(1)
		if bad {
			inc = 0
		}
		t.at(sec).raises(1, 0, 1)
		t.suspects(0, 1, 0, core.CauseProbeFailed, 0)
		t.at(2*sec).ends(0, 1, core.CauseRefuted, sec, 0)
		t.moves(0, 1, core.StateSuspect, core.StateOK, core.CauseSeen, 0, inc)
	}},
	{id: M7, name: "a worker is probed", build: func(t *tape, bad bool) {
		to := core.NodeID(1)
		if bad {
			to = 3
		}
		t.at(sec).sent(t.message(core.KindPing, 0, to))
	}},
	{id: M7, name: "a worker is asked about", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindPingReq, 0, 1)
		m.Target = 2
		if bad {
			m.Target = 3
		}
		t.sent(m)
	}},
	{id: M7, name: "a worker is confirmed", build: func(t *tape, bad bool) {
		s := core.NodeID(1)
		if bad {
			s = 3
		}
		t.at(sec).fact(0, core.Fact{Kind: core.FactConfirmAttempt, Subject: s, Role: t.ctx.Nodes[s].Role, Cause: core.CauseReactive})
	}},
	{id: M8, name: "gossip confirms", build: func(t *tape, bad bool) {
		kind := core.KindAck
		if bad {
			kind = core.KindGossip
		}
		t.at(sec).travels(kind, 1, 0)
		t.moves(0, 1, core.StateUnconfirmed, core.StateOK, core.CauseConfirm, 0, 0)
	}},
	{id: M8, name: "another node's message confirms", build: func(t *tape, bad bool) {
		s := core.NodeID(3) // a worker is confirmed by any datagram
		if bad {
			s = 1
		}
		t.at(sec).travels(core.KindPing, 3, 0)
		t.moves(0, s, core.StateUnconfirmed, core.StateOK, core.CauseConfirm, 0, 0)
	}},
	{id: M9, name: "two probes of one target", build: func(t *tape, bad bool) {
		t.at(sec).fact(0, core.Fact{Kind: core.FactProbeStarted, Subject: 1, A: 1, N: 2})
		s := core.NodeID(2)
		if bad {
			s = 1
		}
		t.at(2*sec).fact(0, core.Fact{Kind: core.FactProbeStarted, Subject: s, A: 2, N: 2})
	}},
	{id: M9, name: "too many probes", build: func(t *tape, bad bool) {
		if bad {
			t.ctx.Limits.MaxOutstanding = 1
		}
		t.at(sec).fact(0, core.Fact{Kind: core.FactProbeStarted, Subject: 1, A: 1, N: 2})
		t.at(2*sec).fact(0, core.Fact{Kind: core.FactProbeStarted, Subject: 2, A: 2, N: 2})
	}},
	{id: M10, name: "a target is passed over", build: func(t *tape, bad bool) {
		targets := []core.NodeID{1, 2, 2, 1, 1, 2} // two walks of two are (1 2)(2 1)(1 2)
		if bad {
			targets = []core.NodeID{1, 2, 2, 2, 2, 2}
		}
		for i, s := range targets {
			t.at(core.Instant(i+1)*sec).probes(0, s, int64(i), 2)
		}
	}},
	{id: M10, name: "a newcomer makes the walk longer", build: func(t *tape, bad bool) {
		t.ctx.Flat = true
		t.ctx.Limits.Coordinates = false
		for i, s := range []core.NodeID{1, 2, 2, 3, 1} { // 3 joins the second walk
			t.at(core.Instant(i+1) * sec)
			if i == 3 && !bad {
				t.moves(0, 3, core.StateNone, core.StateUnconfirmed, core.CauseAlive, -1, 0)
			}
			t.probes(0, s, int64(i), 2)
		}
	}},
	{id: M11, name: "a confirmation postpones", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		due := 20 * sec
		if bad {
			due = 32 * sec
		}
		t.at(2*sec).fact(0, core.Fact{Kind: core.FactSuspicionConfirmed, Subject: 1, Other: 3, N: 1, At: due})
	}},
	{id: M11, name: "a second grace", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		t.at(40*sec).fact(0, core.Fact{Kind: core.FactSuspicionGrace, Subject: 1, At: 42 * sec})
		if bad {
			t.at(50*sec).fact(0, core.Fact{Kind: core.FactSuspicionGrace, Subject: 1, At: 52 * sec})
		}
	}},
	{id: M11, name: "starts anew", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		if !bad {
			t.at(2*sec).ends(0, 1, core.CauseSuperseded, sec, 0)
		}
		t.at(2*sec).raises(1, 0, 1)
		t.fact(0, core.Fact{Kind: core.FactSuspicionStarted, Subject: 1, Inc: 1, Other: 2, A: 5e9, B: 30e9, N: 3, At: 30 * sec})
	}},
	{id: M12, name: "expires early", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 0, core.CauseProbeFailed, 0)
		t.at(31 * sec)
		if bad {
			t.at(31*sec - 1)
		}
		t.ends(0, 1, core.CauseExpired, sec, 31*sec)
		t.moves(0, 1, core.StateSuspect, core.StateDead, core.CauseExpired, 0, 0)
		t.tells(0, 1, core.CallbackDied, core.CauseExpired)
	}},
	{id: M12, name: "late without saying so", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 0, core.CauseProbeFailed, 0)
		t.at(32*sec).ends(0, 1, core.CauseExpired, sec, 31*sec)
		if bad {
			t.recs[len(t.recs)-1].Fact.A = 0
		}
	}},
	{id: M12, name: "a deadline beyond Max", build: func(t *tape, bad bool) {
		f := core.Fact{Kind: core.FactSuspicionStarted, Subject: 1, Other: 2, A: 5e9, B: 30e9, N: 3, At: 30 * sec}
		if bad {
			f.At++
		}
		t.fact(0, f)
	}},
	{id: M13, name: "one accuser counts twice", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		by := core.NodeID(3)
		if bad {
			by = 2
		}
		t.at(2*sec).fact(0, core.Fact{Kind: core.FactSuspicionConfirmed, Subject: 1, Other: by, N: 1, At: 20 * sec})
	}},
	{id: M13, name: "more than K confirm", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		if bad {
			t.recs[len(t.recs)-2].Fact.N = 0
		}
		t.at(2*sec).fact(0, core.Fact{Kind: core.FactSuspicionConfirmed, Subject: 1, Other: 3, N: 1, At: 20 * sec})
	}},
	{id: M13, name: "the subject accuses itself", build: func(t *tape, bad bool) {
		by := core.NodeID(2)
		if bad {
			by = 1
		}
		t.at(sec).suspects(0, 1, by, core.CauseSuspect, 0)
	}},
	{id: M14, name: "a failed probe kills", also: []ID{M5}, build: func(t *tape, bad bool) {
		cause := core.CauseDead
		if bad {
			cause = core.CauseProbeFailed
		}
		t.at(sec).moves(0, 1, core.StateOK, core.StateDead, cause, 0, 0)
		t.tells(0, 1, core.CallbackDied, cause)
	}},
	{id: M15, name: "Died does not fire", build: func(t *tape, bad bool) {
		t.at(sec).moves(0, 1, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
		if !bad {
			t.tells(0, 1, core.CallbackDied, core.CauseDead)
		}
		t.at(2 * sec).checkpoint()
	}},
	{id: M15, name: "Died fires twice", build: func(t *tape, bad bool) {
		t.at(sec).moves(0, 1, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
		t.tells(0, 1, core.CallbackDied, core.CauseDead)
		if bad {
			t.tells(0, 1, core.CallbackDied, core.CauseDead)
		}
	}},
	{id: M15, name: "a later dead claim kills again", build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 1)
		t.moves(0, 1, core.StateDead, core.StateDead, core.CauseDead, 0, 1)
		if bad {
			t.tells(0, 1, core.CallbackDied, core.CauseDead)
		}
	}},
	{id: M16, name: "one transmission too many", build: func(t *tape, bad bool) {
		f := core.Fact{Kind: core.FactRetired, Subject: 1, B: 4, N: 4, Cause: core.CauseLimit}
		if bad {
			f.B = 5
		}
		t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 0, Other: core.NoNode, Cause: core.CauseSelf, N: 4})
		t.at(sec).fact(0, f)
	}},
	{id: M17, name: "a datagram of 1401 bytes", build: func(t *tape, bad bool) {
		r := t.at(sec).sent(t.message(core.KindGossip, 0, 1))
		r.Size = 1400
		if bad {
			r.Size = 1401
		}
	}},
	{id: M17, name: "a block of more than 1200 bytes", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		m.Updates = make([]core.Update, 85) // 14 bytes each with accuser and a small incarnation: 1194
		if bad {
			m.Updates = make([]core.Update, 86)
		}
		t.sent(m)
	}},
	{id: M17, name: "six health entries", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindPing, 0, 1)
		m.Extra = &core.Extra{Health: make([]core.HealthEntry, 5)}
		if bad {
			m.Extra.Health = make([]core.HealthEntry, 6)
		}
		t.sent(m)
	}},
	{id: M17, name: "a worker block of more than 600 bytes", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		m.Extra = &core.Extra{Workers: make([]core.WorkerEntry, 29)} // 20 bytes each: 584
		for i := range 6 {
			m.Extra.Workers[i].Incarnation = 1 << 14 // 2 more: 596
		}
		if bad {
			m.Extra.Workers[28].Incarnation, m.Extra.Workers[28].Cores, m.Extra.Workers[28].Available = 1<<21, 128, 128 // 5 more
		}
		t.sent(m)
	}},
	{id: M17, name: "no coordinate", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		if bad {
			m.Coord = core.Coord{}
		}
		t.sent(m)
	}},
	{id: M18, name: "an ack makes it worse", build: func(t *tape, bad bool) {
		cause := core.CauseProbeFailed
		if bad {
			cause = core.CauseAck
		}
		t.at(sec).fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, B: 0, Cause: cause})
	}},
	{id: M18, name: "above the largest score", build: func(t *tape, bad bool) {
		if bad {
			t.ctx.Limits.LHMMax = 1
		}
		t.at(sec).fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 2, B: 0, Cause: core.CauseLag})
	}},
	{id: M18, name: "changed unseen", build: func(t *tape, bad bool) {
		f := core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, B: 0, Cause: core.CauseVoid}
		if bad {
			f.A, f.B = 2, 1
		}
		t.at(sec).fact(0, f)
	}},
	{id: M19, name: "a factor out of range", build: func(t *tape, bad bool) {
		f := core.Fact{Kind: core.FactTimeout, Subject: 1, A: 5e9, B: 500e6, X: [5]float32{1, 1, 10, 1, 1}}
		if bad {
			f.X[2] = 10.5
		}
		t.at(sec).fact(0, f)
	}},
	{id: M19, name: "less than the base", build: func(t *tape, bad bool) {
		f := core.Fact{Kind: core.FactTimeout, Subject: 1, A: 500e6, B: 500e6, X: [5]float32{1, 1, 1, 1, 1}}
		if bad {
			f.A--
		}
		t.at(sec).fact(0, f)
	}},
	{id: M19, name: "not a number", build: func(t *tape, bad bool) {
		f := core.Fact{Kind: core.FactTimeout, Subject: 1, A: 500e6, B: 500e6, X: [5]float32{1, 1, 1, 1, 1}}
		if bad {
			f.X[3] = float32(math.NaN())
		}
		t.at(sec).fact(0, f)
	}},
	{id: M11, name: "an extension of more than was granted", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		f := core.Fact{Kind: core.FactSuspicionExtended, Subject: 1, A: 15e9, At: 46 * sec}
		if bad {
			f.At += ms
		}
		t.at(2*sec).fact(0, f)
	}},
	{id: M12, name: "expires beyond Max with nothing granted", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		due := 31 * sec
		if !bad {
			due = 46 * sec
			t.at(2*sec).fact(0, core.Fact{Kind: core.FactSuspicionExtended, Subject: 1, A: 15e9, At: due})
		}
		t.at(46*sec).ends(0, 1, core.CauseExpired, sec, 46*sec)
		t.moves(0, 1, core.StateSuspect, core.StateDead, core.CauseExpired, 0, 0)
		t.tells(0, 1, core.CallbackDied, core.CauseExpired)
	}},
	{id: M11, name: "a job suspicion ends later after a confirmation", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		at := 8 * sec
		if bad {
			at = 17 * sec
		}
		t.at(2*sec).scope(0, core.FactScopeConfirmed, 7, at)
	}},
	{id: M12, name: "a job suspicion expires early", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		if bad {
			t.at(16*sec - 1)
		} else {
			t.at(16 * sec)
		}
		t.scopeEnds(0, 7, core.CauseExpired)
	}},
	{id: M13, name: "a job suspicion begins twice", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		if !bad {
			t.progress(7)
			t.scopeEnds(0, 7, core.CauseRefuted)
		}
		t.at(2*sec).scope(0, core.FactScopeSuspected, 7, 17*sec)
	}},
	{id: M20, name: "who dies stays suspected for its job", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		t.at(2*sec).moves(0, 3, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
		t.tells(0, 3, core.CallbackDied, core.CauseDead)
		if bad {
			t.at(3 * sec)
		}
		t.scopeEnds(0, 7, core.CauseGossip)
		t.at(4*sec).fact(0, core.Fact{Kind: core.FactTick, Cause: core.CauseIdle})
	}, also: []ID{M21}},
	{id: M20, name: "DEAD_JOB outlives a departure", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		t.at(16*sec).scopeEnds(0, 7, core.CauseExpired)
		t.at(20*sec).moves(0, 3, core.StateOK, core.StateLeft, core.CauseLeft, 0, 0)
		if !bad {
			t.scopeEnds(0, 7, core.CauseGossip)
		}
		t.at(21*sec).fact(0, core.Fact{Kind: core.FactTick, Cause: core.CauseIdle})
	}},
	{id: M20, name: "a suspect is suspected for its job too", build: func(t *tape, bad bool) {
		if bad {
			t.view.states[[2]core.NodeID{0, 3}] = core.StateSuspect
		}
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
	}},
	{id: M20, name: "a gate suspects managers of a datacenter that it cannot reach", build: func(t *tape, bad bool) {
		t.ctx.Nodes[2].Role, t.ctx.Nodes[2].Group = core.RoleGate, 2
		if !bad {
			t.at(sec).links(core.KindXAck, 0, 2)
			t.reaches(2, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
		}
		t.at(2*sec).fact(2, core.Fact{Kind: core.FactScopeSuspected, Subject: 1, A: 0, At: 32 * sec})
	}},
	{id: M20, name: "a gate suspects managers of a datacenter that it lost", build: func(t *tape, bad bool) {
		t.ctx.Nodes[2].Role, t.ctx.Nodes[2].Group = core.RoleGate, 2
		t.at(sec).links(core.KindXAck, 0, 2)
		t.reaches(2, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
		t.at(2*sec).fact(2, core.Fact{Kind: core.FactScopeSuspected, Subject: 1, A: 0, At: 32 * sec})
		t.at(20*sec).reaches(2, 0, core.ReachReachable, core.ReachSuspected, core.CauseProbeFailed)
		t.at(50*sec).reaches(2, 0, core.ReachSuspected, core.ReachUnreachable, core.CauseExpired)
		if !bad {
			t.fact(2, core.Fact{Kind: core.FactScopeEnded, Subject: 1, A: 0, Cause: core.CauseGossip})
		}
		t.at(51*sec).fact(2, core.Fact{Kind: core.FactTick, Cause: core.CauseIdle})
	}},
	{id: M20, name: "reconcile finds an anomaly", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"job layer rule: reconcile_anomalies is 1"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M21, name: "progress of one scope ends the suspicion of another", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		if bad {
			t.progress(8)
		} else {
			t.progress(7)
		}
		t.scopeEnds(0, 7, core.CauseRefuted)
	}},
	{id: M21, name: "cleared by a global layer that said nothing", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		t.at(2 * sec)
		subject := core.NodeID(3)
		if bad {
			subject = 1
		}
		t.moves(0, subject, core.StateOK, core.StateLeft, core.CauseLeft, 0, 0)
		t.scopeEnds(0, 7, core.CauseGossip)
	}},
	{id: M21, name: "refuted by nothing", build: func(t *tape, bad bool) {
		t.at(sec).scope(0, core.FactScopeSuspected, 7, 16*sec)
		if t.at(2 * sec); !bad {
			t.raises(3, 0, 1)
			t.moves(0, 3, core.StateOK, core.StateOK, core.CauseSeen, 0, 1)
		}
		t.scopeEnds(0, 7, core.CauseRefuted)
	}},
	{id: M21, name: "routed for a scope to who is not alive", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"job layer route: node 3 is alive for scope 7 and not at all"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M22, name: "never refuted", build: func(t *tape, bad bool) {
		t.at(sec).fact(1, core.Fact{Kind: core.FactAccused, Subject: 1, Other: 0})
		if !bad {
			t.at(11*sec).raises(1, 0, 1)
		}
		t.at(20 * sec).checkpoint()
	}},
	{id: M22, name: "never refuted, by one that is slow", build: func(t *tape, bad bool) {
		t.at(sec).fact(1, core.Fact{Kind: core.FactAccused, Subject: 1, Other: 0})
		slow := t.life(trace.KindSlow, 1)
		if slow.X = 40_000; bad { // a message of 0.2 ms takes 8 s
			slow.X = 40
		}
		t.at(20 * sec).checkpoint()
	}},
	{id: M22, name: "refuted too late", build: func(t *tape, bad bool) {
		t.at(sec).fact(1, core.Fact{Kind: core.FactAccused, Subject: 1, Other: 0})
		if !bad {
			t.at(2*sec).life(trace.KindPause, 1)
			t.at(12*sec).life(trace.KindResume, 1)
		}
		t.at(13*sec).raises(1, 0, 1)
	}},
	{id: M23, name: "a message of a dead process counts", build: func(t *tape, bad bool) {
		old := t.at(sec).message(core.KindGossip, 1, 0)
		t.sent(old)
		t.life(trace.KindCrash, 1)
		t.life(trace.KindStart, 1).Inst = 2
		m := t.message(core.KindPing, 1, 0)
		m.Instance = 2
		t.sent(m)
		t.at(2 * sec).delivered(m)
		t.tells(0, 1, core.CallbackPeerRestarted, core.CauseSeen)
		t.at(3 * sec).delivered(old)
		if bad {
			t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 0, Other: core.NoNode, Cause: core.CauseSelf, N: 4})
		}
	}},
	{id: M23, name: "what a dead process says of its progress counts, and not only its result", build: func(t *tape, bad bool) {
		kind := core.KindWorkflowFinalResult
		if bad {
			kind = core.KindWorkflowProgress
		}
		old := t.at(sec).message(kind, 3, 0)
		t.sent(old)
		t.life(trace.KindCrash, 3)
		t.life(trace.KindStart, 3).Inst = 2
		m := t.message(core.KindPing, 3, 0)
		m.Instance = 2
		t.sent(m)
		t.at(2 * sec).delivered(m)
		t.tells(0, 3, core.CallbackPeerRestarted, core.CauseSeen)
		t.at(3*sec).scope(0, core.FactScopeSuspected, 7, 18*sec)
		t.delivered(old)
		t.scopeEnds(0, 7, core.CauseSeen)
	}},
	{id: M23, name: "a question of a dead process is answered", build: func(t *tape, bad bool) {
		old := t.at(sec).message(core.KindPing, 1, 0)
		t.sent(old)
		t.life(trace.KindCrash, 1)
		t.life(trace.KindStart, 1).Inst = 2
		m := t.message(core.KindPing, 1, 0)
		m.Instance = 2
		t.sent(m)
		t.at(2 * sec).delivered(m)
		t.tells(0, 1, core.CallbackPeerRestarted, core.CauseSeen)
		t.at(3 * sec).delivered(old)
		answer := t.message(core.KindAck, 0, 1)
		if answer.Seq = old.Seq; !bad {
			t.at(3*sec + 1) // some other time: the new process asked under the same number
		}
		t.sent(answer)
	}},
	{id: M24, name: "LEFT comes back by itself", also: []ID{M5, M6}, build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 1)
		inc := uint32(1)
		if bad {
			inc = 0
		}
		t.moves(0, 1, core.StateLeft, core.StateUnconfirmed, core.CauseSeen, 0, inc)
	}},
	{id: M24, name: "who left dies", build: func(t *tape, bad bool) {
		t.at(sec).life(trace.KindLeave, 1)
		kind := trace.KindCrash
		if bad {
			kind = trace.KindStop
		}
		t.at(6*sec).life(kind, 1)
		t.at(7*sec).moves(0, 1, core.StateOK, core.StateDead, core.CauseDead, 0, 0)
		t.tells(0, 1, core.CallbackDied, core.CauseDead)
	}},
	{id: M25, name: "an echo", build: func(t *tape, bad bool) {
		t.at(sec).raises(1, 0, 1)
		t.at(2 * sec)
		if !bad {
			t.moves(0, 1, core.StateOK, core.StateOK, core.CauseAlive, 0, 1)
		}
		t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 1, Inc: 1, Other: core.NoNode, Cause: core.CauseFresh, N: 4})
	}},
	{id: M25, name: "a confirmation that did not count", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 2, core.CauseSuspect, 0)
		t.at(2 * sec)
		if !bad {
			t.fact(0, core.Fact{Kind: core.FactSuspicionConfirmed, Subject: 1, Other: 3, N: 1, At: 20 * sec})
		}
		t.fact(0, core.Fact{
			Kind: core.FactQueued, Subject: 1, A: int64(core.UpdateSuspect), Other: 3, Cause: core.CauseConfirmation, N: 4,
		})
	}},
	{id: M26, name: "the digest drifts", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"digest is 1, recomputed 2"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M27, name: "a side table drifts", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"suspicions is 1, recomputed 0"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M27, name: "a table above its bound", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"513 coordinates are cached, at most 512 may be"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M31, name: "heard, told, heard again, and still DEAD", build: func(t *tape, bad bool) {
		t.view.states[[2]core.NodeID{0, 1}] = core.StateDead
		t.at(sec).checkpoint()
		t.at(2*sec).travels(core.KindGossip, 1, 0)
		t.at(3*sec).travels(core.KindGossip, 0, 1)
		again := 14*sec + 20*ms // refute.window and a second after it was told
		if !bad {
			again -= 20 * ms
		}
		t.at(again).travels(core.KindGossip, 1, 0)
		t.at(20 * sec).checkpoint()
	}},
	{id: M31, name: "what was heard of a lower incarnation changed the record", build: func(t *tape, bad bool) {
		t.view.states[[2]core.NodeID{2, 0}] = core.StateNone
		t.at(sec).checkpoint()
		t.at(2*sec).travels(core.KindPing, 0, 2)
		t.at(3*sec).travels(core.KindAck, 2, 0)
		t.at(20*sec).travels(core.KindPing, 0, 2)
		if !bad {
			t.moves(2, 0, core.StateNone, core.StateUnconfirmed, core.CauseSeen, -1, 0)
			t.view.states[[2]core.NodeID{2, 0}] = core.StateUnconfirmed
		}
		t.at(25 * sec).checkpoint()
	}},
	{id: V1, name: "a coordinate that no message shows", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"coordinate: height is 0 s, must be at least 1e-05 s"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M27, name: "too many health entries", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"501 health entries are kept"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M27, name: "too many worker entries", build: func(t *tape, bad bool) {
		if bad {
			t.view.wrong = []string{"501 worker entries are queued"}
		}
		t.at(10 * sec).checkpoint()
	}},
	{id: M27, name: "a suspicion outlives its record", build: func(t *tape, bad bool) {
		t.at(sec).suspects(0, 1, 0, core.CauseProbeFailed, 0)
		if !bad {
			t.at(2*sec).ends(0, 1, core.CauseLeft, sec, 0)
		}
		t.at(2*sec).moves(0, 1, core.StateSuspect, core.StateLeft, core.CauseLeft, 0, 0)
	}},
	{id: M28, name: "a calm run suspects", build: func(t *tape, bad bool) {
		t.ctx.Calm = true
		if !bad {
			t.at(sec).life(trace.KindCrash, 1)
		}
		t.at(2*sec).suspects(0, 1, 0, core.CauseProbeFailed, 0)
	}},
	{id: M29, name: "nobody notices", build: func(t *tape, bad bool) {
		t.at(sec).probes(0, 1, 1, 2)
		t.at(2*sec).life(trace.KindCrash, 1)
		for _, o := range []core.NodeID{0, 2} {
			t.view.states[[2]core.NodeID{o, 1}] = core.StateDead
		}
		if bad {
			t.view.states[[2]core.NodeID{2, 1}] = core.StateOK
		}
		t.at(120 * sec).checkpoint()
	}},
	{id: M29, name: "a cut excuses", build: func(t *tape, bad bool) {
		t.at(2*sec).life(trace.KindCrash, 1)
		if !bad {
			t.fault(trace.KindFaultStart, 1)
		}
		t.view.states[[2]core.NodeID{0, 1}] = core.StateDead
		t.at(120 * sec).checkpoint()
	}},
	{id: M30, name: "a participant mistaken", build: func(t *tape, bad bool) {
		if bad {
			t.view.states[[2]core.NodeID{0, 2}] = core.StateDead
		}
		t.at(100 * sec).end()
	}},
	{id: M30, name: "an old incarnation", build: func(t *tape, bad bool) {
		t.at(sec).raises(2, 0, 1)
		for o := range core.NodeID(4) {
			t.view.incs[[2]core.NodeID{o, 2}] = 1
		}
		if bad {
			t.view.incs[[2]core.NodeID{1, 2}] = 0
		}
		t.at(100 * sec).end()
	}},
	{id: M30, name: "other digests", build: func(t *tape, bad bool) {
		if bad {
			t.view.sums = map[core.NodeID]uint64{2: 1}
		}
		t.at(100 * sec).end()
	}},
	{id: V1, name: "a coordinate that is none", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		if bad {
			m.Coord.Vec[7] = float32(math.Inf(1))
		}
		t.sent(m)
	}},
	{id: V1, name: "a coordinate that every peer refuses", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		m.Coord.Vec[7] = -10
		if bad {
			m.Coord.Vec[7] = -10.5
		}
		t.sent(m)
	}},
	{id: V1, name: "below the least height", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		if bad {
			m.Coord.Height = 0
		}
		t.sent(m)
	}},
	{id: V2, name: "moves without a sample", build: func(t *tape, bad bool) {
		t.at(sec).travels(core.KindGossip, 0, 1)
		if !bad {
			t.travels(core.KindAck, 1, 0)
		}
		m := t.message(core.KindGossip, 0, 1)
		m.Coord.Vec[1] = 0.5
		t.sent(m)
	}},
	{id: V4, name: "a sample of nothing", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindGossip, 0, 1)
		if bad {
			m.Coord.Samples = 1
		}
		t.sent(m)
	}},
	{id: L1, name: "a probe of the link makes a record", also: []ID{M5}, build: func(t *tape, bad bool) {
		t.at(sec).links(core.KindXProbe, 1, 0)
		if bad {
			t.moves(0, 2, core.StateOK, core.StateOK, core.CauseSeen, 0, 0)
		}
	}},
	{id: L1, name: "an answer of the link makes news of the one that hears it, which does not leave", build: func(t *tape, bad bool) {
		if !bad {
			t.at(sec).life(trace.KindLeave, 0)
		}
		t.at(2*sec).links(core.KindXAck, 1, 0)
		t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 0, Other: core.NoNode, Cause: core.CauseSelf, N: 4})
	}},
	{id: L2, name: "an answer of the link heals one that leaves", build: func(t *tape, bad bool) {
		t.at(sec).fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, B: 0, Cause: core.CauseProbeFailed})
		t.life(trace.KindLeave, 0)
		t.at(2*sec).links(core.KindXAck, 1, 0)
		if bad {
			t.fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 0, B: 1, Cause: core.CauseAck})
		}
		t.fact(0, core.Fact{Kind: core.FactQueued, Subject: 0, Other: core.NoNode, Cause: core.CauseSelf, N: 4})
	}},
	{id: L1, name: "an answer of the link makes a record at one that leaves", also: []ID{M5}, build: func(t *tape, bad bool) {
		t.at(sec).life(trace.KindLeave, 0)
		t.at(2*sec).links(core.KindXAck, 1, 0)
		if bad {
			t.moves(0, 2, core.StateOK, core.StateOK, core.CauseSeen, 0, 0)
		}
	}},
	{id: L1, name: "claims on the link", build: func(t *tape, bad bool) {
		m := t.at(sec).message(core.KindXAck, 0, 1)
		m.Group = 0
		if bad {
			m.Updates = []core.Update{{Type: core.UpdateAlive, Subject: 2, From: core.NoNode}}
		}
		t.sent(m)
	}},
	{id: L2, name: "a sample heals", build: func(t *tape, bad bool) {
		t.at(sec).fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, B: 0, Cause: core.CauseProbeFailed})
		t.at(2*sec).links(core.KindSampleAck, 1, 0)
		if bad {
			t.fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 0, B: 1, Cause: core.CauseAck})
		}
	}},
	{id: L2, name: "a fault that forces its health is over when a sample arrives", build: func(t *tape, bad bool) {
		t.at(sec).fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 1, B: 0, Cause: core.CauseConfigured})
		t.at(2*sec).links(core.KindSampleAck, 1, 0)
		why := core.CauseConfigured
		if bad {
			why = core.CauseAck
		}
		t.fact(0, core.Fact{Kind: core.FactLHM, Subject: 0, A: 0, B: 1, Cause: why})
	}},
	{id: L2, name: "a sample confirms", build: func(t *tape, bad bool) {
		t.at(sec).links(core.KindSamplePing, 0, 1)
		if bad {
			t.fact(1, core.Fact{Kind: core.FactConfirmAttempt, Subject: 0, Role: core.RoleManager, Cause: core.CauseReactive})
		}
	}},
	{id: L3, name: "reachable without an answer", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.at(sec)
		if !bad {
			t.links(core.KindXAck, 0, 1)
		}
		t.reaches(1, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
	}},
	{id: L3, name: "the answer of another datacenter", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		from := core.NodeID(0)
		if bad {
			from = 2
		}
		t.at(sec).links(core.KindXAck, from, 1)
		t.reaches(1, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
	}},
	{id: L3, name: "given up too early", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.at(sec).links(core.KindXAck, 0, 1)
		t.reaches(1, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
		t.at(20*sec).reaches(1, 0, core.ReachReachable, core.ReachSuspected, core.CauseProbeFailed)
		at := 50 * sec
		if bad {
			at -= ms
		}
		t.at(at).reaches(1, 0, core.ReachSuspected, core.ReachUnreachable, core.CauseExpired)
	}},
	{id: L3, name: "not suspected first", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.at(sec).links(core.KindXAck, 0, 1)
		t.reaches(1, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
		to, cause := core.ReachSuspected, core.CauseSilent
		if bad {
			to, cause = core.ReachUnreachable, core.CauseExpired
		}
		t.at(60*sec).reaches(1, 0, core.ReachReachable, to, cause)
	}},
	{id: L3, name: "a leader that nobody named", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.at(sec).links(core.KindXAck, 0, 1)
		t.reaches(1, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
		t.at(20*sec).reaches(1, 0, core.ReachReachable, core.ReachSuspected, core.CauseProbeFailed)
		t.at(21 * sec)
		if !bad {
			t.links(core.KindXNack, 0, 1)
		}
		t.reaches(1, 0, core.ReachSuspected, core.ReachUnknown, core.CauseSuperseded)
	}},
	{id: L3, name: "forgets what it thought", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.at(sec).links(core.KindXAck, 0, 1)
		t.reaches(1, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
		from := core.ReachReachable
		if bad {
			from = core.ReachUnknown
		}
		to, cause := core.ReachSuspected, core.CauseSilent
		if bad {
			to, cause = core.ReachUnreachable, core.CauseExpired
		}
		t.at(60*sec).reaches(1, 0, from, to, cause)
	}},
	{id: L3, name: "a manager judges", build: func(t *tape, bad bool) {
		if !bad {
			t.ctx.Nodes[1].Role = core.RoleGate
		}
		t.at(sec).links(core.KindXAck, 0, 1)
		t.reaches(1, 0, core.ReachUnknown, core.ReachReachable, core.CauseAck)
	}},
}...)

func TestDoctored(t *testing.T) {
	for _, d := range doctored {
		t.Run(d.id.String()+"/"+d.name, func(t *testing.T) {
			good := newTape()
			d.build(good, false)
			for _, v := range good.run().Violations() {
				t.Errorf("the right run breaks %v: %s", v.Invariant, v.What)
			}
			bad := newTape()
			d.build(bad, true)
			c := bad.run()
			if c.Count(d.id) == 0 {
				t.Fatalf("the defect goes unnoticed")
			}
			for _, v := range c.Violations() {
				if v.ID != d.id && !slices.Contains(d.also, v.ID) {
					t.Errorf("the defect also breaks %v: %s", v.Invariant, v.What)
				}
				if v.What == "" || v.At < 0 || v.Count == 0 {
					t.Errorf("incomplete: %+v", v)
				}
			}
			for _, id := range d.also {
				if c.Count(id) == 0 {
					t.Errorf("%v was expected to break too", id)
				}
			}
		})
	}
}

// TestEveryInvariant fails when an id is added without a doctored run that breaks it.
func TestEveryInvariant(t *testing.T) {
	names := map[string]bool{}
	for _, id := range Rules() {
		if r := id.Rule(); r.Name == "" || r.Text == "" || r.From == "" || names[r.Name] {
			t.Errorf("%+v: a name of its own, a text and a source are needed", r)
		}
		names[id.String()] = true
		has := false
		for _, d := range doctored {
			has = has || d.id == id
		}
		if !has {
			t.Errorf("%v has no doctored run", id)
		}
	}
}
