package replica

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// desk is one member, n0 of three or five, whose others are played by the test. It owns itself.
type desk struct {
	t *testing.T
	Machine
	cfg  Config
	fx   core.Effects
	at   core.Instant
	dead map[core.NodeID]bool
	new  map[core.NodeID]uint32 // which process membership has heard
	said []string               // what the role was told

	tells []Entry // what others have, where they are asked for it
}

func newDesk(t *testing.T, c int, formed bool) *desk {
	d := &desk{t: t, cfg: Default(), dead: map[core.NodeID]bool{}, new: map[core.NodeID]uint32{}, at: core.Instant(time.Hour)}
	var peers []core.NodeID
	for i := 1; i < c; i++ {
		peers = append(peers, core.NodeID(i))
	}
	d.Init(d.at, d, Params{
		Self: 0, Role: core.RoleManager, Instance: 7, Peers: peers, Seed: 1, Formed: formed, Config: &d.cfg, Graves: 10, GravesKeep: time.Hour,
	})
	return d
}

func (d *desk) Gone(n core.NodeID) bool      { return d.dead[n] }
func (d *desk) Process(n core.NodeID) uint32 { return d.new[n] }
func (d *desk) say(s string)                 { d.said = append(d.said, s) }

func (d *desk) Accepted(_ core.Instant, _ job.ID, a call.Answer, _ *core.Effects) {
	d.say("accepted " + a.Code.String())
}
func (d *desk) Won(core.Instant, job.ID, *Entry, *core.Effects)           { d.say("won") }
func (d *desk) Committed(core.Instant, job.ID, uint64, *core.Effects)     { d.say("committed") }
func (d *desk) Suspended(core.Instant, job.ID, *core.Effects)             { d.say("suspended") }
func (d *desk) Resumed(core.Instant, job.ID, *core.Effects)               { d.say("resumed") }
func (d *desk) Lost(core.Instant, job.ID, *core.Effects)                  { d.say("lost") }
func (d *desk) Buried(_ core.Instant, _ job.ID, ok bool, _ *core.Effects) { d.say("buried") }

// Unclaimed lets the role go on with what it holds still, as gates do.
func (d *desk) Unclaimed(now core.Instant, id job.ID, fx *core.Effects) {
	d.say("unclaimed")
	if d.Valid(now, id) {
		d.say("goes on")
		d.Change(now, id, false, fx)
	}
}

// wait lets time pass, one wake-up after the other.
func (d *desk) wait(by core.Duration) {
	end := d.at.Add(by)
	for {
		at, ok := d.Deadline()
		if !ok || at > end {
			break
		}
		d.at = max(d.at, at)
		d.Wake(d.at, &d.fx)
	}
	d.at = end
}

// get delivers a body of a member, in its life 1, and returns the body of the answer.
func (d *desk) get(from core.NodeID, k core.Kind, b core.Body, seq uint32) core.Body {
	d.fx.Messages = d.fx.Messages[:0]
	d.Receive(d.at, &core.Message{Kind: k, From: from, Instance: 1, Seq: seq, Body: b}, &d.fx)
	for i := range d.fx.Messages {
		if x := &d.fx.Messages[i]; x.To == from && x.Kind.Answers() == k {
			return x.Body
		}
	}
	return nil
}

// entry is one of job 1.
func entry(holder core.NodeID, kind EntryKind, epoch uint32, seq, base uint64) Entry {
	e := Entry{
		Head: Head{Job: 1, Epoch: epoch, Seq: seq, Holder: holder, Instance: 1}, Kind: kind, Base: base,
		HandoverTo: core.NoNode, Gate: core.NoNode, Callback: core.NoNode, Layer: uint32(seq),
	}
	if holder == 0 {
		e.Instance = 7
	}
	return e
}

func accepts(e Entry) Entry {
	e.Reason = ReasonAccept
	return e
}

// sync is what becomes of an entry that its holder sends.
func (d *desk) sync(e Entry) Stand {
	return d.verdictOf(e.Holder, e).Stand
}

func (d *desk) verdictOf(from core.NodeID, e Entry) Verdict {
	return d.get(from, core.KindJobStateSync, &Sync{Round: 1, Entries: []Entry{e}}, 1).(*SyncAck).Verdicts[0]
}

// bid is what becomes of a claim that begins with a FULL entry of number (epoch − 1, 1).
func (d *desk) bid(from core.NodeID, epoch uint32, reason Reason) ClaimAnswer {
	return d.bidWith(from, epoch, reason, []Entry{entry(9, EntryFull, epoch-1, 1, 0)})
}

func (d *desk) bidWith(from core.NodeID, epoch uint32, reason Reason, e []Entry) ClaimAnswer {
	c := Claim{Job: 1, Epoch: epoch, Leader: from, Instance: 1, Reason: reason, FromEpoch: epoch - 1, FromSeq: 1, Entry: e}
	return d.get(from, core.KindJobLeadershipAnnouncement, &Announcement{Claim: true, Claims: []Claim{c}}, 1).(*AnnouncementAck).Answers[0]
}

func (d *desk) want(what string, ok bool) {
	d.t.Helper()
	if !ok {
		d.t.Errorf("%s: not so; the role was told %v", what, d.said)
	}
}

// acks lets a member acknowledge all that was sent to it since the last step, or refuse it.
func (d *desk) acks(from core.NodeID, s Stand, held Head) {
	d.t.Helper()
	for _, x := range append([]core.Message{}, d.fx.Messages...) {
		b, ok := x.Body.(*Sync)
		if !ok || x.To != from {
			continue
		}
		a := &SyncAck{Round: b.Round, Ready: true}
		for i := range b.Entries {
			v := Verdict{Head: b.Entries[i].Head, Stand: s, State: job.StateFailed}
			if held.Job != 0 {
				v.Head = held
			}
			a.Verdicts = append(a.Verdicts, v)
		}
		d.get(from, core.KindJobStateSyncAck, a, x.Seq)
	}
}

// agree lets a member agree to all that was asked since the last step: that a claim would be accepted, and to the claim
// itself, with an entry that it has.
func (d *desk) agree(from core.NodeID, has ...Entry) {
	d.t.Helper()
	for _, x := range append([]core.Message{}, d.fx.Messages...) {
		switch b := x.Body.(type) {
		case *Fetch:
			if x.To == from {
				d.fx.Messages = d.fx.Messages[:0]
				d.Receive(d.at, &core.Message{Kind: core.KindJobReplicaFetchResponse, From: from, Instance: 1, Seq: x.Seq, Body: &FetchResponse{Ready: true, Found: []Found{{Job: b.Jobs[0], Acceptable: true, Entry: d.tells}}}}, &d.fx)
				return
			}
		case *Announcement:
			if x.To == from {
				a := ClaimAnswer{Job: b.Claims[0].Job, Accepted: true, Promised: b.Claims[0].Epoch, Leader: core.NoNode, Entry: has}
				if len(has) > 0 {
					a.Leader, a.HeldEpoch, a.HeldSeq = has[0].Holder, has[0].Epoch, has[0].Seq
				}
				d.fx.Messages = d.fx.Messages[:0]
				d.Receive(d.at, &core.Message{Kind: core.KindJobLeadershipAck, From: from, Instance: 1, Seq: x.Seq, Body: &AnnouncementAck{Ready: true, Answers: []ClaimAnswer{a}}}, &d.fx)
				return
			}
		}
	}
	d.t.Fatal("nothing was asked")
}

// holds makes the member the holder of job 1, epoch 1, with a lease.
func holds(t *testing.T) *desk {
	d := newDesk(t, 3, true)
	e := entry(0, EntryFull, 0, 0, 0)
	d.Accept(d.at, &e, &d.fx)
	d.acks(1, StandStored, Head{})
	d.want("it holds the job", d.Valid(d.at, 1))
	return d
}

// The rule of claims (spec 20 §5.3) and of entries (§5.4), and what corrects them, one line per sentence.
func TestRulesOfClaimsAndEntries(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(d *desk)
	}{
		{"5.3 no. 1: an epoch that is not above the known one is refused", func(d *desk) {
			d.sync(entry(1, EntryFull, 3, 1, 0))
			d.dead[1] = true
			d.want("refused", !d.bid(2, 3, ReasonDeadLeader).Accepted && !d.bid(2, 2, ReasonDeadLeader).Accepted)
		}},
		{"5.3 no. 2: while the holder lives and its lease runs, a claim is refused", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.wait(30*time.Second - 1)
			d.want("refused", !d.bid(2, 2, ReasonLeaseExpired).Accepted)
			d.wait(1)
			d.want("accepted", d.bid(2, 2, ReasonLeaseExpired).Accepted)
		}},
		{"5.3 no. 2: a dead holder's job is free", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.dead[1] = true
			d.want("accepted", d.bid(2, 2, ReasonDeadLeader).Accepted)
		}},
		{"5.3 no. 2: a handover is for whom the entry names", func(d *desk) {
			e := entry(1, EntryFull, 1, 1, 0)
			e.HandoverTo = 2
			d.sync(e)
			d.want("refused", !d.bid(3, 2, ReasonHandover).Accepted)
			d.want("accepted", d.bid(2, 2, ReasonHandover).Accepted)
		}},
		{"03-1, 04-1: the acceptance carries a larger entry than the claim's", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 5, 0))
			d.dead[1] = true
			a := d.bid(2, 2, ReasonDeadLeader)
			d.want("entry 5", a.Accepted && a.HeldSeq == 5 && len(a.Entry) == 1 && a.Entry[0].Seq == 5)
		}},
		{"04-1: an entry that a late answer to the fetch brings counts, too", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.dead[1] = true
			d.fx.Messages = d.fx.Messages[:0]
			d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
			asked := append([]core.Message{}, d.fx.Messages...)
			says := func(from core.NodeID, has ...Entry) {
				for _, x := range asked {
					if x.To == from {
						d.get(from, core.KindJobReplicaFetchResponse, &FetchResponse{Ready: true, Found: []Found{{Job: 1, Acceptable: true, Entry: has}}}, x.Seq)
					}
				}
			}
			says(2)
			says(3)
			d.want("it claims", d.find(1).claim.phase == phaseClaim)
			claims := append([]core.Message{}, d.fx.Messages...)
			says(4, entry(1, EntryFull, 1, 5, 0))
			for _, n := range []core.NodeID{2, 3} {
				d.fx.Messages = append(d.fx.Messages[:0], claims...)
				d.agree(n)
			}
			e := d.find(1).entry
			d.want("it leads with entry 5", d.find(1).lead != nil && e.Epoch == 2 && e.Seq == 6 && e.Layer == 5)
		}},
		{"03-3: a fetch says whether a claim would be accepted", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			ask := func() bool {
				return d.get(2, core.KindJobReplicaFetch, &Fetch{Reason: ReasonLeaseExpired, Jobs: []job.ID{1}}, 1).(*FetchResponse).Found[0].Acceptable
			}
			d.want("no", !ask())
			d.dead[1] = true
			d.want("yes", ask())
			d.want("and nothing has changed", d.find(1).promise.Token == 1)
		}},
		{"03-3, 04-5: a claim only when a majority would accept it", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.dead[1] = true
			d.fx.Messages = d.fx.Messages[:0]
			d.want("it asks", d.Claim(d.at, 1, ReasonDeadLeader, &d.fx))
			asked := append([]core.Message{}, d.fx.Messages...)
			says := func(from core.NodeID, yes bool) {
				for _, x := range asked {
					if x.To == from {
						d.get(from, core.KindJobReplicaFetchResponse, &FetchResponse{Ready: true, Found: []Found{{Job: 1, Acceptable: yes}}}, x.Seq)
					}
				}
			}
			says(2, false)
			says(3, false)
			says(4, true)
			d.want("two are no majority of five", d.find(1).seen() == 1 && d.find(1).claim.phase == phaseFetch)
			says(3, true)
			d.want("three are", d.find(1).seen() == 2 && d.find(1).claim.phase == phaseClaim)
		}},
		{"03-4: an acceptance keeps others out for 8 s", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.dead[1] = true
			d.bid(2, 2, ReasonDeadLeader)
			d.wait(8*time.Second - 1)
			d.want("refused", !d.bid(3, 3, ReasonDeadLeader).Accepted)
			d.wait(1)
			d.want("accepted", d.bid(3, 3, ReasonDeadLeader).Accepted)
		}},
		{"03-5: a repetition is accepted whatever the lease, and the holder itself always", func(d *desk) {
			d.sync(entry(1, EntryFull, 2, 1, 0))
			d.want("repetition", d.bid(1, 2, ReasonLeaseExpired).Accepted)
			d.want("anew", d.bid(1, 4, ReasonLeaseExpired).Accepted)
		}},
		{"03-6, 04-9: a member that does not know the job accepts a claim with the entry, and stores it", func(d *desk) {
			d.want("missing", d.bidWith(2, 2, ReasonDeadLeader, nil).Code == call.CodeUnknownJob)
			d.want("accepted", d.bid(2, 2, ReasonDeadLeader).Accepted && d.View(1) != nil)
		}},
		{"03-7, 04-6: a holder of a higher epoch needs no condition", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.want("stored", d.sync(entry(2, EntryFull, 2, 1, 0)) == StandStored && d.View(1).Holder == 2)
		}},
		{"03-8: an entry with the stored number is answered as stored", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 2, 0))
			d.want("stored", d.sync(entry(1, EntryFull, 1, 2, 0)) == StandStored && d.sync(entry(1, EntryDelta, 1, 2, 1)) == StandStored)
		}},
		{"03-9: no gaps: a RENEW and a DELTA are missing what they build on", func(d *desk) {
			d.want("unknown", d.sync(entry(1, EntryRenew, 1, 1, 1)) == StandMissing)
			d.sync(entry(1, EntryFull, 1, 2, 0))
			d.want("RENEW", d.sync(entry(1, EntryRenew, 1, 3, 3)) == StandMissing)
			d.want("DELTA", d.sync(entry(1, EntryDelta, 1, 5, 4)) == StandMissing && d.View(1).Seq == 2)
			d.want("next", d.sync(entry(1, EntryDelta, 1, 4, 2)) == StandStored && d.View(1).Seq == 4)
			d.want("higher epoch", d.sync(entry(2, EntryDelta, 2, 5, 4)) == StandMissing && d.View(1).Epoch == 1)
		}},
		{"03-10: an ACCEPT that is not above the stored entry is rejected with who holds the job", func(d *desk) {
			d.sync(accepts(entry(1, EntryFull, 1, 1, 0)))
			v := d.verdictOf(2, accepts(entry(2, EntryFull, 1, 1, 0)))
			d.want("rejected", v.Stand == StandRejected && v.Holder == 1 && d.Conflicts == 0)
			d.want("repetition", d.sync(accepts(entry(1, EntryFull, 1, 1, 0))) == StandStored)
		}},
		{"03-10: also of a later life of the same node", func(d *desk) {
			e := accepts(entry(1, EntryFull, 1, 1, 0))
			d.sync(e)
			e.Instance = 2
			d.Receive(d.at, &core.Message{Kind: core.KindJobStateSync, From: 1, Instance: 2, Body: &Sync{Round: 1, Entries: []Entry{e}}}, &d.fx)
			d.want("as it was", d.View(1).Instance == 1)
		}},
		{"03-11, 04-11: a holder that lives again is not the holder", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.Receive(d.at, &core.Message{Kind: core.KindJobStateSync, From: 1, Instance: 2, Body: &Sync{Round: 1}}, &d.fx)
			d.want("accepted", d.bid(2, 2, ReasonDeadLeader).Accepted)
		}},
		{"04-2: accepting a claim does not relabel the entry", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 4, 0))
			d.dead[1] = true
			a := d.bid(2, 2, ReasonDeadLeader)
			d.want("both numbers", a.Promised == 2 && a.HeldEpoch == 1 && a.HeldSeq == 4 && a.Leader == 1)
		}},
		{"04-3: a holder's entry replaces a promise to another claimant of its epoch", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.dead[1] = true
			d.bid(2, 2, ReasonDeadLeader)
			d.want("stored", d.sync(entry(3, EntryFull, 2, 2, 0)) == StandStored && d.Conflicts == 0)
			d.want("conflict", d.sync(entry(4, EntryFull, 2, 3, 0)) == StandRejected && d.Conflicts == 1)
		}},
		{"04-3: it replaces what a rival began with an ACCEPT, but not by halves", func(d *desk) {
			d.sync(accepts(entry(1, EntryFull, 1, 1, 0)))
			d.want("missing", d.sync(entry(2, EntryDelta, 1, 2, 1)) == StandMissing)
			d.want("stored", d.sync(entry(2, EntryFull, 1, 1, 0)) == StandStored && d.View(1).Holder == 2 && d.Conflicts == 0)
		}},
		{"04-5: entries below a promise stay refused", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.dead[1] = true
			d.bid(2, 2, ReasonDeadLeader)
			d.wait(time.Minute)
			v := d.verdictOf(1, entry(1, EntryFull, 1, 2, 0))
			d.want("rejected by a promise: no higher holder is named", v.Stand == StandRejected && v.Epoch == 1 && v.Seq == 1)
		}},
		{"04-7: a tombstone answers everything", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.Free(d.at, 1, job.StateTimeout, &d.fx)
			v := d.verdictOf(1, entry(1, EntryFull, 2, 2, 0))
			a := d.bid(2, 9, ReasonDeadLeader)
			f := d.get(2, core.KindJobReplicaFetch, &Fetch{Jobs: []job.ID{1}}, 1).(*FetchResponse).Found[0]
			d.want("entry", v.Stand == StandTerminal && v.State == job.StateTimeout)
			d.want("claim", !a.Accepted && a.Code == call.CodeAlreadyTerminal && a.Tombstone == job.StateTimeout)
			d.want("fetch", !f.Acceptable && f.Tombstone == job.StateTimeout)
		}},
		{"04-15: a pending tombstone is stored by who has no record, and refuses acceptances", func(d *desk) {
			d.want("stored", d.sync(accepts(entry(1, EntryTombstone, 0, 0, 0))) == StandStored)
			_, named := d.Tombstone(d.at, 1)
			d.want("named to nobody", !named)
			d.want("refused", d.sync(accepts(entry(2, EntryFull, 1, 1, 0))) == StandRejected)
		}},
		{"04-15: a member with a record refuses it", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.want("refused", d.sync(accepts(entry(2, EntryTombstone, 0, 0, 0))) == StandRejected)
		}},
		{"04-7, 04-15: who has a tombstone says so to a member that wants to make another, and that one takes it over", func(d *desk) {
			d.sync(entry(1, EntryFull, 1, 1, 0))
			d.Free(d.at, 1, job.StateCompleted, &d.fx)
			cancelled := accepts(entry(2, EntryTombstone, 0, 0, 0))
			cancelled.State = job.StateCancelled
			v := d.verdictOf(2, cancelled)
			d.want("COMPLETED", v.Stand == StandTerminal && v.State == job.StateCompleted)
			d.fx.Messages = d.fx.Messages[:0]
			d.want("begun", d.Bury(d.at, 2, job.StateCancelled, &d.fx))
			for i := range d.fx.Messages {
				b := d.fx.Messages[i].Body.(*Sync)
				a := &SyncAck{Round: b.Round, Ready: true, Verdicts: []Verdict{{Head: Head{Job: 2, Epoch: 1, Holder: 1}, Stand: StandTerminal, State: job.StateCompleted}}}
				d.get(1, core.KindJobStateSyncAck, a, d.fx.Messages[i].Seq)
				break
			}
			stone, dead := d.Tombstone(d.at, 2)
			d.want("it is the one that there was", dead && stone.State == job.StateCompleted)
		}},
		{"04-47: a cancel that cannot be buried is kept in mind", func(d *desk) {
			e := entry(2, EntryFull, 1, 1, 0)
			d.Adopt(d.at, &e, &d.fx)
			d.want("not buried", !d.Bury(d.at, 1, job.StateCancelled, &d.fx))
			d.want("kept in mind", d.Cancelled(d.at, 1))
		}},
		{"04-13, 04-46: where others keep the entry of an acceptance that came to nothing here, who buries the job claims it, and it ends by the cancel", func(d *desk) {
			d.want("begun", d.Bury(d.at, 2, job.StateCancelled, &d.fx))
			b := d.fx.Messages[0].Body.(*Sync)
			a := &SyncAck{Round: b.Round, Ready: true, Verdicts: []Verdict{{Head: Head{Job: 2, Epoch: 1, Seq: 1, Holder: 0, Instance: 7}, Stand: StandRejected}}}
			d.get(1, core.KindJobStateSyncAck, a, 1)
			asks := 0
			for i := range d.fx.Messages {
				if f, ok := d.fx.Messages[i].Body.(*Fetch); ok && f.Jobs[0] == 2 {
					asks++
				}
			}
			d.want("all are asked", asks == 4 && d.Cancelled(d.at, 2))
		}},
		{"04-47: a remembered cancel refuses an ACCEPT, and is reported with the acceptance of a claim", func(d *desk) {
			d.Remember(d.at, 1)
			d.want("refused", d.sync(accepts(entry(1, EntryFull, 1, 1, 0))) == StandRejected)
			a := d.bid(2, 2, ReasonDeadLeader)
			d.want("reported", a.Accepted && a.CancelWanted)
		}},
		{"a process that is no more is not heard", func(d *desk) {
			d.Receive(d.at, &core.Message{Kind: core.KindJobStateSync, From: 1, Instance: 2, Body: &Sync{Round: 1}}, &d.fx)
			d.get(1, core.KindJobStateSync, &Sync{Round: 2, Entries: []Entry{entry(1, EntryFull, 1, 1, 0)}}, 1)
			d.want("nothing", d.View(1) == nil)
		}},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(newDesk(t, 5, true)) })
	}
}

// Whose job an entry is when its holder is not heard of any more.
func TestRulesOfOrphans(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(d *desk)
	}{
		{"5.5 T9: nobody holds it any more when its holder is gone", func(d *desk) {
			d.want("held", !d.Orphaned(d.at, 1))
			d.dead[2] = true
			d.want("orphaned", d.Orphaned(d.at, 1))
		}},
		{"5.5 T9: or was silent for as long as its lease lasts: who has left is forgotten in the end (10 §2.3)", func(d *desk) {
			d.wait(d.cfg.Lease.Duration - 1)
			d.want("held", !d.Orphaned(d.at, 1))
			d.wait(1)
			d.want("orphaned", d.Orphaned(d.at, 1))
			d.sync(entry(2, EntryRenew, 1, 1, 1))
			d.want("held again", !d.Orphaned(d.at, 1))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, 5, true)
			d.sync(accepts(entry(2, EntryFull, 1, 1, 0)))
			c.test(d)
		})
	}
}

// What a holder does with acks, refusals and time.
func TestRulesOfHolders(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(d *desk)
	}{
		{"5.2: 27 s after the sending of the last acked round it is suspended, and resumes with the next ack", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.wait(27*time.Second - 1)
			d.want("valid", d.Valid(d.at, 1))
			d.wait(1)
			d.want("not", !d.Valid(d.at, 1) && d.said[len(d.said)-1] == "suspended")
			d.acks(1, StandStored, Head{})
			d.want("again", d.Valid(d.at, 1) && d.said[len(d.said)-1] == "resumed")
		}},
		{"5.2: and not because its clock goes back: what it was told is what it may do", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.wait(27 * time.Second)
			d.at -= core.Instant(time.Second)
			d.want("not", !d.Valid(d.at, 1) && !d.Handover(d.at, 1, 2, &d.fx))
			d.acks(1, StandStored, Head{})
			d.want("again", d.Valid(d.at, 1) && d.said[len(d.said)-1] == "resumed")
		}},
		{"5.3 no. 3: the holder of a valid lease refuses claims", func(d *desk) {
			d.want("refused", !d.bid(2, 2, ReasonLeaseExpired).Accepted)
		}},
		{"03-12: a higher held epoch ends leadership in the same event, by an entry", func(d *desk) {
			d.sync(entry(2, EntryFull, 2, 9, 0))
			d.want("lost", !d.Leads(1) && d.said[len(d.said)-1] == "lost")
		}},
		{"03-12: so too where it claims its job anew just then: it goes on with nothing that is another's", func(d *desk) {
			d.wait(10 * time.Second)
			d.want("it claims", d.Claim(d.at, 1, ReasonLeaseExpired, &d.fx))
			v := d.verdictOf(2, entry(2, EntryFull, 2, 9, 0))
			d.want("lost", !d.Leads(1) && d.find(1).claim == nil)
			d.want("it has what it was given", v.Stand == StandStored && v.Epoch == 2 && v.Seq == 9)
			d.want("it is told of the loss first", slices.Index(d.said, "lost") < slices.Index(d.said, "unclaimed") && !slices.Contains(d.said, "goes on"))
		}},
		{"03-12: or by a refusal", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.wait(10 * time.Second)
			d.acks(1, StandRejected, Head{Job: 1, Epoch: 2, Seq: 1, Holder: 2, Instance: 1})
			d.want("lost", !d.Leads(1))
		}},
		{"04-5: a promise alone does not: it claims its job anew", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.wait(10 * time.Second)
			d.acks(1, StandRejected, Head{Job: 1, Epoch: 1, Seq: 1, Holder: 0, Instance: 7})
			d.want("holder", d.Leads(1))
			d.wait(3 * time.Second)
			d.want("claims", d.find(1).claim != nil)
		}},
		{"04-1, 03-13: claimed anew, it begins with what it knows then, under a number that it never gave", func(d *desk) {
			d.wait(10 * time.Second)
			d.fx.Messages = d.fx.Messages[:0]
			d.want("it claims", d.Claim(d.at, 1, ReasonLeaseExpired, &d.fx))
			d.agree(1)
			d.want("it has promised itself an epoch", d.find(1).claim != nil && d.find(1).seen() == 2 && !d.Valid(d.at, 1))
			d.Edit(1).Completed = 5
			seq := d.Change(d.at, 1, true, &d.fx)
			d.agree(1)
			e := d.Edit(1)
			d.want("won", e.Epoch == 2 && d.said[len(d.said)-1] == "won")
			d.want("all that it knows", e.Completed == 5)
			d.want("a new number", e.Seq > seq)
		}},
		{"20 §5.5, 03-13: who is cut off decides nothing, though the acks of what it had decided come now: it tells when it has won anew", func(d *desk) {
			d.wait(10 * time.Second)
			d.fx.Messages = d.fx.Messages[:0]
			d.Edit(1).Completed = 5
			d.Change(d.at, 1, true, &d.fx)
			sent := append([]core.Message{}, d.fx.Messages...)
			d.want("it claims", d.Claim(d.at, 1, ReasonLeaseExpired, &d.fx))
			d.agree(1)
			d.want("it has promised itself an epoch", d.find(1).seen() == 2 && !d.Valid(d.at, 1))
			said := len(d.said)
			for _, x := range sent {
				if b, ok := x.Body.(*Sync); ok {
					d.get(x.To, core.KindJobStateSyncAck, &SyncAck{Round: b.Round, Ready: true, Verdicts: []Verdict{{Head: b.Entries[0].Head}}}, x.Seq)
				}
			}
			for _, word := range d.said[said:] {
				d.want("nothing is told", word != "committed")
			}
			d.want("all have it", len(d.find(1).lead.acks) == 2 && d.find(1).lead.acks[0].seq == d.Edit(1).Seq && d.find(1).lead.acks[1].seq == d.Edit(1).Seq)
		}},
		{"03-12: claimed anew, and another one has held it since: what this one knows is void", func(d *desk) {
			d.wait(10 * time.Second)
			d.fx.Messages = d.fx.Messages[:0]
			d.Claim(d.at, 1, ReasonLeaseExpired, &d.fx)
			d.find(1).claim.max = 5
			d.agree(1)
			d.agree(1, entry(2, EntryFull, 3, 9, 0))
			d.want("lost, then won", len(d.said) > 2 && d.said[len(d.said)-2] == "lost" && d.said[len(d.said)-1] == "won" && d.Edit(1).Seq == 10)
		}},
		{"04-52: a claim goes above an epoch that somebody else named", func(d *desk) {
			d.wait(10 * time.Second)
			d.fx.Messages = d.fx.Messages[:0]
			d.want("it claims", d.ClaimAbove(d.at, 1, ReasonLeaseExpired, 41, &d.fx))
			d.agree(1)
			d.agree(1)
			d.want("won", d.Edit(1).Epoch == 42)
		}},
		{"04-7: a tombstone ends it", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.wait(10 * time.Second)
			d.acks(1, StandTerminal, Head{})
			_, dead := d.Tombstone(d.at, 1)
			d.want("over", !d.Leads(1) && dead)
		}},
		{"04-8: missing is no ack, and is answered in full", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.Edit(1).Elapsed = 1
			d.Change(d.at, 1, true, &d.fx)
			d.acks(1, StandMissing, Head{})
			full := d.fx.Messages[len(d.fx.Messages)-1].Body.(*Sync)
			d.want("FULL", full.Entries[0].Kind == EntryFull && d.said[len(d.said)-1] != "committed")
			d.acks(1, StandStored, Head{})
			d.want("committed", d.said[len(d.said)-1] == "committed")
		}},
		{"04-8: nor is an ack of a member that is not ready", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.Edit(1).Elapsed = 1
			d.Change(d.at, 1, true, &d.fx)
			b := d.fx.Messages[0].Body.(*Sync)
			d.get(1, core.KindJobStateSyncAck, &SyncAck{Round: b.Round, Verdicts: []Verdict{{Head: b.Entries[0].Head}}}, 1)
			d.want("not committed", d.said[len(d.said)-1] != "committed")
		}},
		{"a holder that has promised its job to another is no member of its own majority", func(d *desk) {
			d.wait(28 * time.Second)
			d.want("promised", d.bid(2, 2, ReasonLeaseExpired).Accepted && d.Leads(1))
			d.fx.Messages = d.fx.Messages[:0]
			until := d.find(1).lead.until
			d.Edit(1).Elapsed = 1
			d.Change(d.at, 1, true, &d.fx)
			d.acks(1, StandStored, Head{})
			d.want("not committed", d.said[len(d.said)-1] != "committed")
			d.want("and no lease is renewed", d.find(1).lead.until == until)
		}},
		{"5.2: a lease counts from the sending, and not from the ack", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.wait(10 * time.Second)
			d.wait(5 * time.Second)
			d.acks(1, StandStored, Head{})
			d.wait(22*time.Second - 1)
			d.want("valid", d.Valid(d.at, 1))
			d.wait(1)
			d.want("not", !d.Valid(d.at, 1))
		}},
		{"04-45: an ack counts for a commit for 6 s", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.Edit(1).Elapsed = 1
			d.Change(d.at, 1, true, &d.fx)
			sent := append([]core.Message{}, d.fx.Messages...)
			d.wait(6*time.Second + 1)
			d.fx.Messages = append(d.fx.Messages[:0], sent...)
			d.acks(1, StandStored, Head{})
			d.want("not committed", d.said[len(d.said)-1] != "committed")
		}},
		{"03-2, 04-55: while it hands over it decides nothing; unclaimed for 8 s, it is withdrawn, and that is committed first", func(d *desk) {
			d.fx.Messages = d.fx.Messages[:0]
			d.want("begun", d.Handover(d.at, 1, 2, &d.fx) && !d.Valid(d.at, 1))
			d.acks(1, StandStored, Head{})
			d.want("told", d.fx.Messages[len(d.fx.Messages)-1].Kind == core.KindLeaseTransfer)
			d.wait(8 * time.Second)
			d.want("withdrawn, not committed", d.Edit(1).HandoverTo == core.NoNode && !d.Valid(d.at, 1))
			d.acks(1, StandStored, Head{})
			d.want("valid", d.Valid(d.at, 1))
		}},
		{"03-2: what was decided before a handover, and is committed during it, is not told before the job is taken back (I-JL3)", func(d *desk) {
			sends := func(step func()) []core.Message {
				d.fx.Messages = d.fx.Messages[:0]
				step()
				return append([]core.Message{}, d.fx.Messages...)
			}
			heard := func(sent []core.Message) {
				d.fx.Messages = append(d.fx.Messages[:0], sent...)
				d.acks(1, StandStored, Head{})
			}
			d.cfg.Lease.Handover = 4 * time.Second // so that an ack of the entry before counts still (04-45)
			decided := sends(func() {
				d.Edit(1).State = job.StateCompleted
				d.Change(d.at, 1, true, &d.fx)
			})
			named := sends(func() { d.Handover(d.at, 1, 2, &d.fx) })
			d.said = nil
			heard(decided)
			d.want("not told", len(d.said) == 0)
			back := sends(func() { d.wait(4 * time.Second) })
			heard(named) // late
			d.want("not told yet", len(d.said) == 0)
			heard(back)
			d.want("told", len(d.said) == 2 && d.said[0] == "resumed" && d.said[1] == "committed")
		}},
		{"03-2: the entry that names a successor, and the one that takes it back, say how long the job has run (I-JT4)", func(d *desk) {
			ran := func() core.Duration {
				for i := range d.fx.Messages {
					if b, ok := d.fx.Messages[i].Body.(*Sync); ok && len(b.Entries) > 0 && b.Entries[0].Kind == EntryDelta {
						return b.Entries[0].Elapsed
					}
				}
				return 0
			}
			had, from := d.find(1).entry.Elapsed, d.find(1).at
			d.wait(15 * time.Second)
			d.fx.Messages = d.fx.Messages[:0]
			d.Handover(d.at, 1, 2, &d.fx)
			d.want("named", ran() == had+d.at.Sub(from) && ran() >= 15*time.Second)
			d.fx.Messages = d.fx.Messages[:0]
			d.wait(8 * time.Second)
			d.want("taken back", d.Edit(1).HandoverTo == core.NoNode && ran() >= 23*time.Second)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := holds(t)
			c.test(d)
		})
	}
}

// How an acceptance ends (04-12, 04-13, 04-45).
func TestAcceptance(t *testing.T) {
	e := entry(0, EntryFull, 0, 0, 0)
	d := newDesk(t, 3, true)
	d.Accept(d.at, &e, &d.fx)
	d.want("a repeat waits", d.Accept(d.at, &e, &d.fx).Code == call.CodeNoQuorum)
	d.wait(6 * time.Second)
	d.want("unknown outcome after 6 s, and no record", d.said[0] == "accepted NO_QUORUM" && d.View(1) == nil)
	d.want("the promise stays", d.find(1).promise.Token == 1)
	d.want("and others are refused under it", d.sync(accepts(entry(1, EntryFull, 1, 1, 0))) == StandRejected)
	d.want("it accepts again under its own promise", d.Accept(d.at, &e, &d.fx).Code == call.CodeOK && d.find(1).entry.Epoch == 1)
	d.acks(1, StandStored, Head{})
	d.want("with a majority", d.said[len(d.said)-1] == "accepted OK" && d.Valid(d.at, 1))
	d.want("after that it is a duplicate", d.Accept(d.at, &e, &d.fx).Code == call.CodeDuplicate)
}

// A member that refused the acceptance, for it remembers a cancel, has refused nothing else: the holder has no need to claim the
// job anew, as it has where its entries are refused (04-5).
func TestAcceptanceThatOneRefused(t *testing.T) {
	d := newDesk(t, 3, true)
	e := entry(0, EntryFull, 0, 0, 0)
	d.Accept(d.at, &e, &d.fx)
	round := map[core.NodeID]uint64{}
	for i := range d.fx.Messages {
		if b, ok := d.fx.Messages[i].Body.(*Sync); ok {
			round[d.fx.Messages[i].To] = b.Round
		}
	}
	v := Verdict{Head: Head{Job: 1, Epoch: 1, Seq: 1, Holder: 0, Instance: 7}, Stand: StandStored}
	d.get(1, core.KindJobStateSyncAck, &SyncAck{Round: round[1], Ready: true, Verdicts: []Verdict{v}}, 1)
	if !d.Valid(d.at, 1) {
		t.Fatal("it does not hold the job")
	}
	d.get(2, core.KindJobStateSyncAck, &SyncAck{Round: round[2], Ready: true, Verdicts: []Verdict{{Head: Head{Job: 1, Holder: 2}, Stand: StandRejected}}}, 2)
	d.wait(5 * time.Second)
	if r := d.find(1); r.claim != nil || d.Counters.Won != 0 || !d.Valid(d.at, 1) || r.entry.Epoch != 1 {
		t.Errorf("it claims its own job: %+v, won %d", r.claim, d.Counters.Won)
	}
}

// An acceptance is a claim (01-20), and of two entries the one whose holder was accepted goes first, whatever their epochs: a member that has
// it refuses the acceptance of another, so that no majority ever has that.
func TestAcceptanceBesideWhatIsHeld(t *testing.T) {
	held, claim := entry(2, EntryFull, 2, 7, 0), accepts(entry(1, EntryFull, 3, 1, 0))
	has := func(d *desk) bool { return d.View(1) != nil && d.View(1).Epoch == 2 && d.View(1).Seq == 7 }
	found := func(e Entry) *FetchResponse {
		return &FetchResponse{Ready: true, Found: []Found{{Job: 1, Promised: e.Epoch, Entry: []Entry{e}}}}
	}

	for _, first := range []int{0, 1} {
		d := newDesk(t, 3, false)
		d.wait(7 * time.Second)
		for i := range 2 {
			e := []Entry{claim, held}[(i+first)%2]
			d.get(e.Holder, core.KindStateSyncResponse, &StateResponse{Ready: true, Jobs: []Found{{Job: 1, Promised: e.Epoch, Entry: []Entry{e}}}}, 1)
		}
		d.want("read by who restarted", d.Ready() && has(d))
		d.want("which refuses the acceptance", d.sync(claim) == StandRejected)
	}

	d := newDesk(t, 3, true)
	d.sync(held)
	d.get(1, core.KindJobReplicaFetchResponse, found(claim), 1)
	d.want("told by who has read it", has(d) && d.sync(claim) == StandRejected)
	c := Claim{Job: 1, Epoch: 4, Leader: 1, Instance: 1, Reason: ReasonDeadLeader, FromEpoch: 3, FromSeq: 1, Entry: []Entry{claim}}
	d.dead[2] = true
	a := d.get(1, core.KindJobLeadershipAnnouncement, &Announcement{Claim: true, Claims: []Claim{c}}, 1).(*AnnouncementAck).Answers[0]
	d.want("a claimant hears of it", a.Accepted && len(a.Entry) > 0 && a.Entry[0].Epoch == 2)

	d = newDesk(t, 3, true)
	d.sync(claim)
	d.dead[1] = true
	d.fx.Messages = d.fx.Messages[:0]
	d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
	d.agree(2)
	d.agree(2, held)
	d.want("and begins with it", d.Leads(1) && d.View(1).Seq == 8 && d.View(1).Epoch == 4)

	d = newDesk(t, 3, true)
	d.sync(held)
	d.dead[2] = true
	d.fx.Messages = d.fx.Messages[:0]
	d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
	d.tells = []Entry{claim}
	d.agree(1)
	d.agree(1, claim)
	d.want("nor does it end a claim", d.Leads(1) && d.View(1).Seq == 8)

	d = newDesk(t, 3, true)
	d.sync(claim)
	v := d.verdictOf(2, held)
	d.want("who holds the job is refused as by a promise, and does not lose it (04-5)", v.Stand == StandRejected && v.Epoch == 0)

	d = holds(t)
	d.get(1, core.KindJobReplicaFetchResponse, found(claim), 1)
	d.want("nor by hearing of the acceptance", d.Valid(d.at, 1) && d.View(1).Epoch == 1)

	// A head does not say whether it is that of an acceptance (03-18), but that of who went on, or won the job, has a greater number.
	asks := func(h Head) bool {
		d = holds(t)
		d.get(2, core.KindJobReplicaFetchResponse, &FetchResponse{Ready: true, Heads: []Head{h}}, 1)
		return slices.ContainsFunc(d.fx.Messages, func(x core.Message) bool { return x.Kind == core.KindJobReplicaFetch && x.To == 2 })
	}
	d.want("a head may be that of an acceptance, and the entry is asked for", asks(claim.Head) && d.Valid(d.at, 1) && d.Counters.Lost == 0)
	d.get(2, core.KindJobReplicaFetchResponse, found(claim), 1)
	d.want("which says so", d.Valid(d.at, 1) && d.View(1).Epoch == 1)
	asks(claim.Head)
	d.get(2, core.KindJobReplicaFetchResponse, found(entry(1, EntryFull, 3, 1, 0)), 1)
	d.want("or that it is none (03-12)", !d.Leads(1) && d.View(1).Epoch == 3)
	d.want("and one that cannot be it ends leadership at once", asks(held.Head) && !d.Leads(1))
}

// T2: a claimant keeps the greatest entry that it was told of. Of an epoch above the one it knows that ends its claim (03-12), and the next
// one begins with it: it does not find the same again.
func TestClaimantLearnsOfALaterHolder(t *testing.T) {
	d := newDesk(t, 3, true)
	d.sync(entry(2, EntryFull, 1, 5, 0))
	d.dead[1], d.dead[2] = true, true
	d.fx.Messages = d.fx.Messages[:0]
	d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
	d.tells = []Entry{entry(1, EntryFull, 2, 3, 0)}
	d.agree(2)
	d.want("another one has held it since", d.said[0] == "unclaimed" && d.View(1).Epoch == 2 && d.View(1).Seq == 3)
	d.want("who is gone, too", d.IsLeaderless(d.at, 1))
	d.wait(time.Second)
	d.fx.Messages = d.fx.Messages[:0]
	d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
	d.agree(2)
	d.agree(2)
	d.want("the next claim wins", d.Leads(1) && d.View(1).Epoch == 3 && d.View(1).Seq == 4)

	for _, late := range []bool{false, true} { // the same when the claim is on its way
		d = newDesk(t, 3, true)
		d.sync(entry(2, EntryFull, 1, 5, 0))
		d.dead[2] = true
		d.fx.Messages = d.fx.Messages[:0]
		d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
		d.agree(1)
		if late {
			f := Found{Job: 1, Promised: 2, Entry: []Entry{entry(1, EntryFull, 2, 3, 0)}}
			d.get(2, core.KindJobReplicaFetchResponse, &FetchResponse{Ready: true, Found: []Found{f}}, 1)
		} else {
			d.agree(2, entry(1, EntryFull, 2, 3, 0))
		}
		d.want("unclaimed, and it knows why", d.said[0] == "unclaimed" && d.View(1).Epoch == 2 && d.View(1).Seq == 3)
	}
}

// A job that somebody has is not new (spec 20 §5.3 no. 2): who hears of it asks for it, and accepts it when nobody has it any more.
func TestNoAcceptanceOfWhatOthersHave(t *testing.T) {
	e, held := entry(0, EntryFull, 0, 0, 0), entry(2, EntryFull, 2, 7, 0)
	told := func() *desk {
		d := newDesk(t, 3, true)
		d.Accept(d.at, &e, &d.fx)
		d.acks(1, StandRejected, held.Head)
		d.want("it is refused", d.said[0] == "accepted NOT_LEADER")
		d.fx.Messages = d.fx.Messages[:0]
		a := d.Accept(d.at, &e, &d.fx)
		d.want("and does not accept it above", a.Code == call.CodeNotLeader && a.Leader == 2 && d.View(1) == nil)
		return d
	}
	answer := func(d *desk, has ...Entry) {
		n := 0
		for _, x := range append([]core.Message{}, d.fx.Messages...) {
			if b, ok := x.Body.(*Fetch); ok && len(b.Jobs) == 1 {
				n++
				d.Receive(d.at, &core.Message{Kind: core.KindJobReplicaFetchResponse, From: x.To, Instance: 1, Seq: x.Seq, Body: &FetchResponse{Ready: true, Found: []Found{{Job: 1, Entry: has}}}}, &d.fx)
			}
		}
		d.want("both are asked", n == 2)
	}

	d := told()
	answer(d, held)
	d.want("it has what they have", d.View(1) != nil && d.View(1).Seq == 7 && d.Accept(d.at, &e, &d.fx).Code == call.CodeNotLeader)
	d = told()
	answer(d)
	d.want("it accepts what nobody has", d.Accept(d.at, &e, &d.fx).Code == call.CodeOK && d.View(1).Epoch == 3)
}

// Spec 10 §2.6: membership may hear the next process of a member first. What the former one has stored is lost with it, whether its
// answer came before or is still on its way.
func TestFormerProcessHasStoredNothing(t *testing.T) {
	committed := func(d *desk) (n int) {
		for _, s := range d.said {
			if s == "committed" {
				n++
			}
		}
		return n
	}
	d := holds(t)
	d.fx.Messages = d.fx.Messages[:0]
	d.Change(d.at, 1, true, &d.fx)
	d.new[1] = 2
	d.acks(1, StandStored, Head{})
	d.want("an answer that was under way counts for nothing", committed(d) == 0)

	d = newDesk(t, 5, true)
	e := entry(0, EntryFull, 0, 0, 0)
	d.Accept(d.at, &e, &d.fx)
	asked := append([]core.Message{}, d.fx.Messages...)
	d.acks(1, StandStored, Head{})
	d.new[1] = 2
	d.fx.Messages = asked
	d.acks(2, StandStored, Head{})
	d.want("nor one that came before", len(d.said) == 0)
	d.fx.Messages = asked
	d.acks(3, StandStored, Head{})
	d.want("two others are a majority", len(d.said) == 1 && d.said[0] == "accepted OK")

	d = newDesk(t, 5, true)
	d.Bury(d.at, 1, job.StateCancelled, &d.fx)
	asked = append([]core.Message{}, d.fx.Messages...)
	d.acks(1, StandStored, Head{})
	d.new[1] = 2
	d.fx.Messages = asked
	d.acks(2, StandStored, Head{})
	d.want("a tombstone alike", len(d.said) == 0)
	d.fx.Messages = asked
	d.acks(3, StandStored, Head{})
	d.want("is committed by two others", len(d.said) == 1 && d.said[0] == "buried")

	d = newDesk(t, 5, true)
	e = entry(0, EntryFull, 1, 1, 0)
	d.Adopt(d.at, &e, &d.fx)
	asked = append([]core.Message{}, d.fx.Messages...)
	d.agree(1)
	d.fx.Messages = asked
	d.agree(2)
	asked = append([]core.Message{}, d.fx.Messages...)
	d.agree(1)
	d.new[1] = 2
	d.fx.Messages = asked
	d.agree(2)
	d.want("what it has promised neither", !d.Leads(1))
	d.fx.Messages = asked
	d.agree(3)
	d.want("with the promises of two others it has won", d.Leads(1))
}

// I-JT4: the job that is adopted went on while the member that adopts it stood still between its questions and their answers.
func TestTimeOfAnAdoptedJob(t *testing.T) {
	d := newDesk(t, 3, true)
	e := entry(0, EntryFull, 1, 1, 0)
	e.Elapsed = 100 * time.Second
	d.want("it asks", d.Adopt(d.at, &e, &d.fx))
	d.at = d.at.Add(40 * time.Second)
	d.agree(1)
	d.agree(1)
	d.want("won", d.Leads(1))
	d.want("with all the time", d.View(1).Elapsed >= 140*time.Second)
}

// I-JT4: a member that was frozen stores an entry long after it was sent, and counts from then on. Who has an older entry, and has counted
// since it was sent, knows better how long the job has run.
func TestTimeOfAFrozenMember(t *testing.T) {
	d := newDesk(t, 3, true)
	old, news := entry(2, EntryFull, 1, 1, 0), entry(2, EntryFull, 1, 2, 0)
	old.Elapsed, news.Elapsed = 100*time.Millisecond, 200*time.Millisecond
	d.sync(old)
	d.wait(45 * time.Second)
	d.dead[2] = true
	d.fx.Messages = d.fx.Messages[:0]
	d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
	d.agree(1)
	d.agree(1, news)
	d.want("won with the greater entry", d.Leads(1) && d.View(1).Seq == 3)
	d.want("and with all the time", d.View(1).Elapsed >= 45*time.Second)

	d = newDesk(t, 3, true)
	d.wait(45 * time.Second)
	d.sync(old)
	d.dead[2] = true
	d.fx.Messages = d.fx.Messages[:0]
	d.Claim(d.at, 1, ReasonDeadLeader, &d.fx)
	old.Elapsed = 46 * time.Second
	d.tells = []Entry{old}
	d.agree(1)
	d.agree(1)
	d.want("and with that of who was not frozen, though its entry is no greater", d.View(1).Elapsed >= 46*time.Second)

	d = newDesk(t, 3, false)
	old.Elapsed = 100 * time.Millisecond
	d.sync(old)
	d.wait(45 * time.Second)
	d.get(1, core.KindStateSyncResponse, &StateResponse{Ready: true, Jobs: []Found{{Job: 1, Promised: 1, Entry: []Entry{news}}}}, 1)
	d.want("read", d.View(1).Seq == 2 && d.View(1).Elapsed >= 45*time.Second)
}

func TestClusterOfOne(t *testing.T) {
	d := newDesk(t, 1, true)
	e := entry(0, EntryFull, 0, 0, 0)
	d.Accept(d.at, &e, &d.fx)
	d.want("accepted at once", d.said[0] == "accepted OK" && d.Valid(d.at, 1))
	seq := d.Change(d.at, 1, false, &d.fx)
	d.want("committed at once", seq == 2 && d.said[len(d.said)-1] == "committed")
	d.wait(10 * time.Minute)
	d.want("for ever, and nobody is told", d.Valid(d.at, 1) && len(d.fx.Messages) == 0)
}

// A member that restarted is ready when it has read so many that every majority is among them, and not before acks of its
// earlier life count for nothing (03-14, 04-10).
func TestResync(t *testing.T) {
	answer := func(d *desk, from core.NodeID, ready bool) {
		d.get(from, core.KindStateSyncResponse, &StateResponse{Ready: ready, Jobs: []Found{{Job: 1, Promised: 3, Entry: []Entry{entry(2, EntryFull, 2, 4, 0)}}}}, 1)
	}
	d := newDesk(t, 3, false)
	d.wait(7*time.Second - 1)
	d.want("it has not asked", len(d.fx.Messages) == 0)
	d.want("it accepts no acceptance", d.sync(accepts(entry(1, EntryFull, 1, 1, 0))) == StandMissing)
	d.fx.Messages = d.fx.Messages[:0]
	d.wait(1)
	d.want("it asks both", len(d.fx.Messages) == 2)
	answer(d, 1, true)
	d.want("one is not enough", !d.Ready())
	d.want("it knows the promise", d.sync(entry(2, EntryFull, 2, 5, 0)) == StandRejected)
	answer(d, 2, true)
	d.want("two are", d.Ready() && d.Resynced() && d.View(1).Seq == 4)

	d = newDesk(t, 3, false)
	d.wait(7 * time.Second)
	answer(d, 1, false)
	answer(d, 2, false)
	d.want("the cold start", d.Ready() && d.Resynced())

	d = newDesk(t, 3, false)
	d.wait(7 * time.Second)
	d.get(1, core.KindStateSyncResponse, &StateResponse{Answer: call.Answer{Code: call.CodeBusy}}, 1)
	answer(d, 2, true)
	d.want("who is too busy to say what it has was not read", !d.Ready())
	answer(d, 1, true)
	d.want("and is asked again", d.Ready() && d.Resynced())

	d = newDesk(t, 5, false)
	d.wait(7 * time.Second)
	for _, from := range []core.NodeID{3, 1, 4} {
		holder := core.NodeID(3)
		if from == 1 { // and n0 in its earlier life, perhaps: then that one is committed
			holder = 1
		}
		d.get(from, core.KindStateSyncResponse, &StateResponse{Ready: true, Jobs: []Found{{Job: 1, Promised: 1, Entry: []Entry{accepts(entry(holder, EntryFull, 1, 1, 0))}}}}, 1)
	}
	d.want("it has read enough", d.Ready() && d.Resynced())
	d.want("two acceptances under one epoch: it has no second vote", d.sync(accepts(entry(3, EntryFull, 1, 1, 0))) == StandRejected)
	d.want("who goes on was accepted", d.sync(entry(1, EntryFull, 1, 2, 0)) == StandStored)

	d = newDesk(t, 3, false)
	d.wait(42 * time.Second)
	d.want("the limit", d.Ready() && !d.Resynced() && d.SyncFailed == 1)
}
