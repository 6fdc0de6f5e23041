package check

import (
	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/replica"
	"hypersim/sim/trace"
)

// entry is one that manager 0 tells manager 1.
func (t *tape) entry(k replica.EntryKind, base, seq uint64) {
	m := t.message(core.KindJobStateSync, 0, 1)
	m.Body = &replica.Sync{Entries: []replica.Entry{{Head: replica.Head{Job: 1, Epoch: 1, Seq: seq, Holder: 0, Instance: 1}, Kind: k, Base: base}}}
	t.delivered(m)
}

// restarts lets manager 1 begin anew.
func (t *tape) restarts() {
	t.at(10*sec).life(trace.KindCrash, 1)
	t.at(20*sec).life(trace.KindStart, 1).Inst = 2
}

// reads lets a manager tell manager 1 what it has.
func (t *tape) reads(from core.NodeID, ready bool) {
	m := t.message(core.KindStateSyncResponse, from, 1)
	m.Body = &replica.StateResponse{Ready: ready}
	t.delivered(m)
}

// acks1 lets manager 1 answer a round.
func (t *tape) acks1(instance uint32, ready bool, v ...replica.Verdict) {
	m := t.message(core.KindJobStateSyncAck, 1, 0)
	m.Instance, m.Body = instance, &replica.SyncAck{Ready: ready, Verdicts: v}
	t.sent(m)
}

func init() {
	doctored = append(doctored, []doctoredRun{
		{id: JL8, name: "a change of what it does not have", build: func(t *tape, bad bool) {
			base := uint64(3)
			if bad {
				base = 4
			}
			t.at(sec).entry(replica.EntryFull, 0, 3)
			t.entry(replica.EntryDelta, base, 5)
			t.acks1(1, true, replica.Verdict{Head: replica.Head{Job: 1, Epoch: 1, Seq: 5, Holder: 0, Instance: 1}, Stand: replica.StandStored})
		}},
		{id: JL8, name: "it forgot what the change builds on", build: func(t *tape, bad bool) {
			t.at(sec).entry(replica.EntryFull, 0, 3)
			t.restarts()
			if !bad {
				t.entry(replica.EntryFull, 0, 4)
			}
			t.entry(replica.EntryDelta, 4, 5)
			t.acks1(2, false, replica.Verdict{Head: replica.Head{Job: 1, Epoch: 1, Seq: 5, Holder: 0, Instance: 1}, Stand: replica.StandStored})
		}},
		{id: JL9, name: "ready after one of two", build: func(t *tape, bad bool) {
			t.ctx.Nodes[2].Site = 0
			t.restarts()
			t.at(30*sec).reads(0, true)
			if !bad {
				t.reads(2, true)
			}
			t.acks1(2, true)
		}},
		{id: JL9, name: "ready after none, too early", build: func(t *tape, bad bool) {
			t.ctx.Nodes[2].Site = 0
			t.restarts()
			t.at(30*sec).reads(0, false)
			at := 63 * sec
			if bad {
				at = 40 * sec
			}
			t.at(at).acks1(2, true)
		}},
		{id: JL10, name: "a vote right after a restart", build: func(t *tape, bad bool) {
			t.restarts()
			m := t.at(22*sec).message(core.KindLeaderVote, 1, 0)
			if !bad {
				t.at(29 * sec)
			}
			m.Instance, m.Body = 2, &election.Vote{Term: 3, For: 3, Granted: true}
			t.sent(m)
		}},
	}...)
}
