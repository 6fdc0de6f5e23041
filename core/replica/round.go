package replica

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
)

// sentRounds are when the last rounds were sent: a lease counts from there. Numbers go on by one, and begin anew with
// each life of the process.
type sentRounds struct {
	last uint64
	at   []core.Instant // of the last len(at) rounds
}

// add notes a round, forgets those sent before the given time, and returns its number.
func (s *sentRounds) add(now, since core.Instant) uint64 {
	n := 0
	for n < len(s.at) && s.at[n] < since {
		n++
	}
	if n > len(s.at)/2 {
		s.at = s.at[:copy(s.at, s.at[n:])]
	}
	s.at = append(s.at, now)
	s.last++
	return s.last
}

// sent returns when a round was sent; false: not by this life, or too long ago.
func (s *sentRounds) sent(round uint64) (core.Instant, bool) {
	if back := s.last - round; round <= s.last && back < uint64(len(s.at)) {
		return s.at[len(s.at)-1-int(back)], true
	}
	return 0, false
}

// newRound appends an empty round to one member.
func (m *Machine) newRound(now core.Instant, to core.NodeID, fx *core.Effects) *Sync {
	b := core.Attach[Sync](fx, m.header(fx, core.KindJobStateSync, to, m.number()))
	b.Round = m.rounds.add(now, now.Add(-m.cfg.Lease.Duration))
	return b
}

// startRounds begins the rounds when the first job is held.
func (m *Machine) startRounds(now core.Instant) {
	if m.nextRound == core.Never && len(m.p.Peers) > 0 {
		m.nextRound = now.Add(m.cfg.Lease.Interval)
	}
}

// round tells all members of all jobs that this process holds. In steady state it allocates nothing.
func (m *Machine) round(now core.Instant, fx *core.Effects) {
	m.nextRound = core.Never
	if len(m.led) == 0 {
		return
	}
	m.nextRound = now.Add(m.cfg.Lease.Interval)
	b := m.newRound(now, m.p.Peers[0], fx)
	for _, r := range m.led {
		if !r.lead.accepting {
			b.Entries = append(b.Entries, r.news(now))
		}
	}
	m.toAll(fx)
	m.dirty, m.flushAt = m.dirty[:0], core.Never
}

// flush tells all members what has changed.
func (m *Machine) flush(now core.Instant, fx *core.Effects) {
	m.flushAt = core.Never
	if len(m.dirty) == 0 || len(m.p.Peers) == 0 {
		for _, r := range m.dirty {
			r.news(now)
		}
		m.dirty = m.dirty[:0]
		return
	}
	b := m.newRound(now, m.p.Peers[0], fx)
	for _, r := range m.dirty {
		b.Entries = append(b.Entries, r.news(now))
	}
	m.dirty = m.dirty[:0]
	m.toAll(fx)
}

// news is what the next round says of the job: all members get it, so that what it says counts as sent.
func (r *record) news(now core.Instant) Entry {
	l := r.lead
	var e Entry
	switch {
	case l.full:
		e = r.aged(now)
	case l.dirty:
		e = r.aged(now) // it has waited for others that change (spec 20 §5.4), and the job has gone on
		e.Kind, e.Base, e.Submission = EntryDelta, l.flushed, nil
		e.Results = e.Results[min(l.results, len(e.Results)):]
		if e.Layer == l.layer {
			e.Context = nil
		}
	default:
		return Entry{Head: r.entry.Head, Kind: EntryRenew, Base: r.entry.Seq}
	}
	l.dirty, l.full = false, false
	l.flushed, l.results, l.layer = r.entry.Seq, len(r.entry.Results), r.entry.Layer
	return e
}

// sendAll sends one job in full to those that have not acknowledged it.
func (m *Machine) sendAll(now core.Instant, r *record, fx *core.Effects) {
	r.lead.full = true
	e := r.news(now)
	for i, p := range m.p.Peers {
		if r.lead.acks[i].seq < r.entry.Seq {
			b := m.newRound(now, p, fx)
			b.Entries = append(b.Entries, e)
		}
	}
	m.startRounds(now)
}

// onSyncAck takes a member's answers to a round.
func (m *Machine) onSyncAck(now core.Instant, b *SyncAck, i int, fx *core.Effects) {
	at, known := m.rounds.sent(b.Round)
	if !b.Ready {
		m.shun(now, i)
	}
	m.missing = m.missing[:0]
	for k := range b.Verdicts {
		v := &b.Verdicts[k]
		r := m.find(v.Job)
		switch {
		case r == nil || !known:
		case v.Stand == StandTerminal:
			m.bury(now, r, v.State, v.Epoch, fx)
		case v.Stand == StandRejected:
			m.rejected(now, r, v, b, i, fx)
		case r.grave != nil:
			m.graveAcked(now, r, b, i, fx)
		case r.lead == nil:
		case v.Stand == StandMissing:
			m.missing = append(m.missing, r)
		case b.Ready && v.Epoch == r.entry.Epoch && holderOf(&v.Head) == m.me:
			a := &r.lead.acks[i]
			a.seq, a.at = max(a.seq, v.Seq), max(a.at, at)
			m.count(now, r, fx)
		}
	}
	m.fill(now, m.p.Peers[i], fx)
}

// fill sends a member the jobs in full that it is missing. What has changed goes to all before, so that no member ever
// holds an entry between two that were sent to all.
func (m *Machine) fill(now core.Instant, to core.NodeID, fx *core.Effects) {
	m.missing = slices.DeleteFunc(m.missing, func(r *record) bool { return r.lead == nil || r.lead.accepting })
	if len(m.missing) == 0 {
		return
	}
	m.flush(now, fx)
	b := m.newRound(now, to, fx)
	for _, r := range m.missing {
		b.Entries = append(b.Entries, r.aged(now))
	}
}

// rejected takes a refusal: by an entry of a higher epoch leadership ends, by a mere promise it does not, and the holder
// claims its job anew (04-5).
func (m *Machine) rejected(now core.Instant, r *record, v *Verdict, b *SyncAck, i int, fx *core.Effects) {
	l := r.lead
	if r.grave != nil && b.Round >= r.grave.since {
		m.ungrave(now, r, fx)
		if v.Epoch > 0 && m.ready && !m.Leaving { // somebody has an entry: of an acceptance that came to nothing here, perhaps
			m.want(r, ReasonLeaseExpired, v.Epoch)
			m.startClaims(now, fx)
		}
		return
	}
	m.hear(now, r, &v.Head, fx)
	switch {
	case l == nil || r.lead != l || b.Round < l.since:
	case l.accepting:
		l.refused |= 1 << i
		m.hopeless(now, r, v, fx)
	case l.reclaim == core.Never && r.claim == nil && b.Ready:
		l.reclaim = now.Add(m.between(m.cfg.Lease.PauseMin, m.cfg.Lease.PauseMax))
		m.sooner(r, l.reclaim)
	}
}

// hopeless ends an acceptance that so many have refused that no majority is left.
func (m *Machine) hopeless(now core.Instant, r *record, v *Verdict, fx *core.Effects) {
	left := len(m.p.Peers) + 1
	for i := range m.p.Peers {
		if r.lead.refused&(1<<i) != 0 {
			left--
		}
	}
	if left >= m.majority() {
		return
	}
	a := call.Answer{Code: call.CodeNoQuorum, Tried: true}
	if v.Epoch > 0 && v.Holder != m.p.Self {
		a = call.NotLeader(v.Holder)
	}
	m.lose(now, r, a, fx)
}
