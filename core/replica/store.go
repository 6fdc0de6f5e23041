package replica

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/fence"
	"hypersim/core/job"
)

// onSync takes a round of a holder and answers every entry of it (03-8).
func (m *Machine) onSync(now core.Instant, x *core.Message, b *Sync, fx *core.Effects) {
	y := m.header(fx, core.KindJobStateSyncAck, x.From, x.Seq)
	a := core.Attach[SyncAck](fx, y)
	a.Round, a.Ready = b.Round, m.ready
	from := fence.Holder{Node: x.From, Instance: x.Instance}
	for i := range b.Entries {
		e := &b.Entries[i]
		a.Verdicts = append(a.Verdicts, m.verdict(now, e, m.store(now, from, e, fx)))
	}
}

// verdict says what became of an entry, and what the member holds now.
func (m *Machine) verdict(now core.Instant, e *Entry, s Stand) Verdict {
	v := Verdict{Head: Head{Job: e.Job, Holder: m.p.Self}, Stand: s}
	if r := m.find(e.Job); r != nil && r.known() && (e.claims() || !r.entry.claims()) {
		v.Head = r.entry.Head // to a holder an acceptance is no more than a promise, and ends no leadership (04-5)
	}
	if t, ok := m.tombs.Find(now, e.Job); ok && s == StandTerminal {
		v.State = t.State
	}
	return v
}

// store is the rule of spec 20 §5.4, as 03-6 to 03-10, 04-3 and 04-6 to 04-8 have it.
func (m *Machine) store(now core.Instant, from fence.Holder, e *Entry, fx *core.Effects) Stand {
	if e.Kind == EntryTombstone {
		return m.storeTombstone(now, from, e, fx)
	}
	if _, ok := m.tombs.Find(now, e.Job); ok {
		return StandTerminal
	}
	if holderOf(&e.Head) != from {
		return StandRejected
	}
	r := m.need(e.Job)
	defer m.settle(now, r)
	switch {
	case e.Epoch < r.seen():
		return StandRejected
	case e.Reason == ReasonAccept:
		return m.storeAccept(now, r, e, fx)
	case r.known() && e.Epoch == r.entry.Epoch && r.holder() != from && r.entry.Reason != ReasonAccept:
		m.Conflicts++
		return StandRejected
	case r.entry.Epoch != e.Epoch || r.holder() != from: // it is new, or replaces what its sender's rival began (04-3)
		if e.Kind != EntryFull {
			return StandMissing
		}
		m.keep(now, r, e, fx)
		return StandStored
	}
	return m.storeNext(now, r, e, fx)
}

// storeAccept takes an entry that is its own claim (01-20, 03-10).
func (m *Machine) storeAccept(now core.Instant, r *record, e *Entry, fx *core.Effects) Stand {
	h := holderOf(&e.Head)
	if r.known() {
		// What a member that restarted has read is no vote of its own: its earlier life may have given that to another.
		if e.Epoch == r.entry.Epoch && e.Seq <= r.entry.Seq && r.holder() == h && r.promise.Holder == h {
			r.lease = max(r.lease, now.Add(m.cfg.Lease.Duration))
			return StandStored // a repetition
		}
		return StandRejected
	}
	if !m.ready {
		return StandMissing // it is a claim, and who does not know what was accepted before accepts none
	}
	if m.judge(now, r, &bid{Holder: h, epoch: e.Epoch, reason: ReasonAccept, entry: true}) != accept {
		return StandRejected
	}
	m.keep(now, r, e, fx)
	return StandStored
}

// storeNext takes an entry of the holder that the member knows.
func (m *Machine) storeNext(now core.Instant, r *record, e *Entry, fx *core.Effects) Stand {
	switch {
	case e.Seq <= r.entry.Seq: // this one or a newer one is there
		r.lease = max(r.lease, now.Add(m.cfg.Lease.Duration))
		if e.Seq == r.entry.Seq {
			r.entry.Reason = ReasonNone // its holder goes on: the acceptance was committed
		}
	case e.Kind == EntryFull:
		m.keep(now, r, e, fx)
	case e.Kind == EntryDelta && e.Base == r.entry.Seq:
		d := merged(&r.entry, e)
		m.keep(now, r, &d, fx)
	default:
		return StandMissing // a gap (03-9)
	}
	return StandStored
}

// merged is the entry that a DELTA makes of old. Lists are shared with both: nobody writes to one that is in an entry.
func merged(old, delta *Entry) Entry {
	e := *delta
	e.Kind, e.Base = EntryFull, 0
	e.Submission = old.Submission
	e.Results = append(slices.Clip(old.Results), delta.Results...)
	if e.Layer == old.Layer {
		e.Context = old.Context
	}
	return e
}

// keep stores the FULL entry of a holder.
func (m *Machine) keep(now core.Instant, r *record, e *Entry, fx *core.Effects) {
	r.entry, r.at = *e, now
	r.entry.Kind, r.entry.Base = EntryFull, 0
	r.lease = max(r.lease, now.Add(m.cfg.Lease.Duration))
	r.raise(e.Epoch, holderOf(&e.Head))
	m.outdo(now, r, e.Epoch, fx)
}

// learnt stores an entry that somebody else than its holder told of: greater numbers win, each by itself (03-14).
func (m *Machine) learnt(now core.Instant, id job.ID, promised uint32, entry []Entry, fx *core.Effects) {
	if _, dead := m.tombs.Find(now, id); dead {
		return // an answer that was on its way when the job ended
	}
	r := m.need(id)
	if uint64(promised) > r.promise.Token {
		r.raise(promised, fence.Nobody)
	}
	if len(entry) > 0 && entry[0].Job == id {
		m.learntOf(now, r, &entry[0], fx)
	}
	m.settle(now, r)
}

func (m *Machine) learntOf(now core.Instant, r *record, e *Entry, fx *core.Effects) {
	if e.claims() && r.known() && !r.claimed() {
		return // it came to nothing
	}
	r.raiseBelow(e)
	m.hearOf(now, r, e, fx)
	if greater(e, &r.entry) {
		m.learnEntry(now, r, e)
	}
}

// raiseBelow lifts the promise to what an entry shows, and no further. Whom another one has accepted this member has not.
func (r *record) raiseBelow(e *Entry) {
	switch {
	case uint64(e.Epoch) <= r.promise.Token:
	case e.claims():
		r.raise(e.Epoch, fence.Nobody)
	default:
		r.raise(e.Epoch, holderOf(&e.Head))
	}
}

// hearOf notes what an entry says of its holder: one that only claims the job has it not, as far as is known.
func (m *Machine) hearOf(now core.Instant, r *record, e *Entry, fx *core.Effects) {
	if !e.claims() {
		m.hear(now, r, &e.Head, fx)
	}
}

func (m *Machine) learnEntry(now core.Instant, r *record, e *Entry) {
	if r.lead != nil {
		return // its own, of this epoch: it knows better
	}
	ran := e.Elapsed
	if r.known() {
		ran = max(ran, r.ran(now))
	}
	r.entry, r.at = *e, now
	r.entry.Kind, r.entry.Base, r.entry.Elapsed = EntryFull, 0, ran
	if holderOf(&e.Head) != m.me { // else it is an acceptance of this process that failed, and has no holder
		r.lease = max(r.lease, now.Add(m.cfg.Lease.Duration)) // 03-16
	}
}

// Learn tells that somebody holds a job under an epoch, by whatever message (03-12).
func (m *Machine) Learn(now core.Instant, h *Head, fx *core.Effects) {
	if r := m.find(h.Job); r != nil {
		m.hear(now, r, h, fx)
	}
}

// hear notes that somebody holds the job under an epoch. A promise alone is no such thing.
func (m *Machine) hear(now core.Instant, r *record, h *Head, fx *core.Effects) {
	if h.Epoch == 0 || holderOf(h) == m.me {
		return
	}
	if uint64(h.Epoch) > r.promise.Token {
		r.raise(h.Epoch, holderOf(h))
	}
	if h.Epoch > r.entry.Epoch {
		m.outdo(now, r, h.Epoch, fx)
	}
}

// outdo ends what this process has of a job that another one holds under the given epoch.
func (m *Machine) outdo(now core.Instant, r *record, epoch uint32, fx *core.Effects) {
	if r.lead != nil && (r.holder() != m.me || r.entry.Epoch < epoch) { // first: who is told the rest goes on with what it holds
		m.lose(now, r, call.NotLeader(r.promise.Holder.Node), fx)
	}
	if r.grave != nil {
		m.ungrave(now, r, fx)
	}
	if r.claim != nil && (r.claim.phase == phaseFetch || r.claim.epoch <= epoch) {
		m.unclaim(now, r, fx)
	}
}
