package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/fence"
	"hypersim/core/job"
)

// grave is a tombstone of a job that is not known here, on its way to a majority (04-15). Until then it refuses
// acceptances and is named to nobody.
type grave struct {
	state       job.State
	since       uint64 // first round of it
	acks        uint64 // members, a bit each
	begun, next core.Instant
}

// Free ends a job that this process holds or has a replica of: it is over, its outcome delivered, and what is left is a
// tombstone, which the members are told of and which answers everything about it.
func (m *Machine) Free(now core.Instant, id job.ID, state job.State, fx *core.Effects) {
	r := m.find(id)
	if r == nil {
		return
	}
	leads := r.lead != nil
	if leads && len(m.p.Peers) > 0 {
		m.tombstone(now, r, state, ReasonNone, fx)
	}
	if leads { // the role knows
		r.lead.accepting = false
		m.Lost--
	}
	epoch := r.seen()
	m.forget(r)
	m.tombs.Put(now, job.Tombstone{Job: id, Epoch: epoch, State: state})
}

// tombstone tells all members; with reason ACCEPT it asks them.
func (m *Machine) tombstone(now core.Instant, r *record, state job.State, reason Reason, fx *core.Effects) {
	b := m.newRound(now, m.p.Peers[0], fx)
	b.Entries = append(b.Entries, m.stone(r.id, r.seen(), state, reason))
	m.toAll(fx)
}

func (m *Machine) stone(id job.ID, epoch uint32, state job.State, reason Reason) Entry {
	return Entry{
		Head: Head{Job: id, Epoch: epoch, Holder: m.me.Node, Instance: m.me.Instance},
		Kind: EntryTombstone, Reason: reason, State: state,
	}
}

// forget frees the record without a word.
func (m *Machine) forget(r *record) {
	if r.lead != nil {
		r.lead = nil
		m.led = without(m.led, r)
		m.dirty = without(m.dirty, r)
	}
	r.claim, r.grave = nil, nil
	m.free(r)
}

func without(rs []*record, x *record) []*record {
	for i, r := range rs {
		if r == x {
			return append(rs[:i], rs[i+1:]...)
		}
	}
	return rs
}

// bury takes over a tombstone that another member has: whoever held or claimed the job decides nothing more (04-7).
func (m *Machine) bury(now core.Instant, r *record, state job.State, epoch uint32, fx *core.Effects) {
	m.tombs.Put(now, job.Tombstone{Job: r.id, Epoch: max(epoch, r.seen()), State: state})
	l, c, g := r.lead, r.claim, r.grave
	m.forget(r)
	switch {
	case l != nil && l.accepting:
		m.NotAccepted++
		m.owner.Accepted(now, r.id, call.Answer{Code: call.CodeAlreadyTerminal}, fx)
	case l != nil:
		m.Lost++
		m.owner.Lost(now, r.id, fx)
	case c != nil:
		m.owner.Unclaimed(now, r.id, fx)
	case g != nil:
		m.owner.Buried(now, r.id, true, fx)
	}
}

// Tombstone returns that of a job.
func (m *Machine) Tombstone(now core.Instant, id job.ID) (job.Tombstone, bool) {
	return m.tombs.Find(now, id)
}

// Bury makes a tombstone of a job that nobody knows: a cancel that came before its job, or after all had forgotten it.
// Buried follows; before it says that it is committed, nothing may be told (04-15, 04-46). Committed, the tombstone is this one
// or another that there was. False: there is a record, or a claim is on its way; the cancel is kept in mind then (04-47).
func (m *Machine) Bury(now core.Instant, id job.ID, state job.State, fx *core.Effects) bool {
	if _, dead := m.tombs.Find(now, id); dead {
		return false
	}
	r := m.need(id)
	if r.known() || r.claim != nil || r.grave != nil || !m.ready {
		m.remember(now, r)
		m.settle(now, r)
		return false
	}
	r.grave = &grave{state: state, since: m.rounds.last + 1, begun: now, next: now}
	m.remember(now, r)
	m.lookGrave(now, r, fx)
	if r.grave != nil {
		m.buried(now, r, fx)
	}
	return true
}

func (m *Machine) lookGrave(now core.Instant, r *record, fx *core.Effects) {
	g := r.grave
	end := g.begun.Add(m.cfg.Lease.commitWindow())
	if now >= end {
		m.ungrave(now, r, fx)
		return
	}
	if g.next <= now && len(m.p.Peers) > 0 {
		g.next = now.Add(m.cfg.Lease.Commit)
		m.tombstone(now, r, g.state, ReasonAccept, fx)
	}
	m.sooner(r, min(g.next, end))
}

// graveAcked counts a member that would refuse the job.
func (m *Machine) graveAcked(now core.Instant, r *record, b *SyncAck, i int, fx *core.Effects) {
	if b.Ready && b.Round >= r.grave.since {
		r.grave.acks |= 1 << i
		m.buried(now, r, fx)
	}
}

func (m *Machine) buried(now core.Instant, r *record, fx *core.Effects) {
	if g := r.grave; bits(g.acks)+1 >= m.majority() {
		if len(m.p.Peers) > 0 {
			m.tombstone(now, r, g.state, ReasonNone, fx)
		}
		m.bury(now, r, g.state, r.seen(), fx)
	}
}

// ungrave turns a tombstone that somebody contradicts, or too few confirm, into a remembered cancel (04-46).
func (m *Machine) ungrave(now core.Instant, r *record, fx *core.Effects) {
	r.grave = nil
	m.remember(now, r)
	m.owner.Buried(now, r.id, false, fx)
}

// storeTombstone takes one of a holder, whose job is over, or the question of a member that wants to make one.
func (m *Machine) storeTombstone(now core.Instant, from fence.Holder, e *Entry, fx *core.Effects) Stand {
	if _, dead := m.tombs.Find(now, e.Job); dead {
		if e.Reason == ReasonAccept {
			return StandTerminal // it is over already, and how is said (04-7)
		}
		return StandStored
	}
	r := m.need(e.Job)
	defer m.settle(now, r)
	switch {
	case e.Reason != ReasonAccept:
		m.bury(now, r, e.State, e.Epoch, fx)
	case r.known() || r.claim != nil || r.grave != nil && from.Node > m.p.Self:
		return StandRejected
	default:
		m.remember(now, r)
	}
	return StandStored
}

// Remember keeps in mind a cancel that cannot be answered for good now: it stores no acceptance of the job, and whoever
// claims it hears of the cancel (04-47).
func (m *Machine) Remember(now core.Instant, id job.ID) {
	if _, dead := m.tombs.Find(now, id); !dead {
		m.remember(now, m.need(id))
	}
}

// Cancelled reports whether a cancel is remembered.
func (m *Machine) Cancelled(now core.Instant, id job.ID) bool {
	r := m.find(id)
	return r != nil && r.cancel > now
}

func (m *Machine) remember(now core.Instant, r *record) {
	r.cancel = max(r.cancel, now.Add(m.cfg.Lease.CancelKeep))
	if !r.known() {
		m.sooner(r, r.cancel)
	}
}
