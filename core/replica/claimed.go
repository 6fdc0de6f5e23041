package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/fence"
	"hypersim/core/job"
)

// onFetch answers who asks for entries, and whether its claim would be accepted; or for the heads of all.
func (m *Machine) onFetch(now core.Instant, x *core.Message, b *Fetch, fx *core.Effects) {
	a := core.Attach[FetchResponse](fx, m.header(fx, core.KindJobReplicaFetchResponse, x.From, x.Seq))
	a.Ready = m.ready
	if b.Heads {
		for _, r := range m.all {
			if r != nil && r.known() {
				a.Heads = append(a.Heads, r.entry.Head)
			}
		}
		return
	}
	from := fence.Holder{Node: x.From, Instance: x.Instance}
	for _, id := range b.Jobs {
		f := m.found(now, id)
		r := m.find(id)
		f.Acceptable = f.Tombstone == job.StateNone && m.ready && (r == nil || m.acceptable(now, r, from, b.Reason))
		a.Found = append(a.Found, f)
	}
}

// found is what this member has of a job.
func (m *Machine) found(now core.Instant, id job.ID) Found {
	f := Found{Job: id}
	if t, ok := m.tombs.Find(now, id); ok {
		f.Tombstone = t.State
	}
	if r := m.find(id); r != nil {
		f.Promised, f.CancelWanted = r.seen(), r.cancel > now
		if r.known() {
			f.Entry = []Entry{r.aged(now)}
		}
	}
	return f
}

// onFetched takes the answer of a member.
func (m *Machine) onFetched(now core.Instant, x *core.Message, b *FetchResponse, i int, fx *core.Effects) {
	m.onHeads(now, x.From, b, fx)
	for k := range b.Found {
		f := &b.Found[k]
		if f.Tombstone != job.StateNone {
			m.bury(now, m.need(f.Job), f.Tombstone, f.Promised, fx)
			continue
		}
		r := m.find(f.Job)
		if r == nil || r.claim == nil {
			if r != nil && b.Ready && len(f.Entry) == 0 {
				m.unheard(r)
			}
			m.learnt(now, f.Job, 0, f.Entry, fx)
			continue
		}
		switch {
		case r.claim.phase == phaseClaim:
			m.fetchedLate(now, r, f, fx)
		case m.mine(x.Seq, r.claim.first):
			m.oneFetched(now, r, b.Ready, f, i, fx)
		}
	}
	m.ask(now, fx)
}

// fetchedLate takes an entry that comes when the claim is on its way already. Those that accept it may have less: one that lost its
// memory and could not read the others is ready by the limit, and not because it knows (03-15).
func (m *Machine) fetchedLate(now core.Instant, r *record, f *Found, fx *core.Effects) {
	if len(f.Entry) == 0 {
		return
	}
	c := r.claim
	m.hearOf(now, r, &f.Entry[0], fx)
	if r.claim != c {
		m.learnt(now, f.Job, 0, f.Entry, fx)
		return
	}
	c.hear(now, &f.Entry[0])
}

// hear takes an entry that somebody has. The greatest counts, and the longest time that any of them says.
func (c *claim) hear(now core.Instant, e *Entry) {
	if c.ranAt == 0 {
		c.ranAt = now
	}
	c.ran, c.ranAt = max(c.ran+now.Sub(c.ranAt), e.Elapsed), now
	if greater(e, &c.best) {
		c.best = *e
	}
}

func (m *Machine) oneFetched(now core.Instant, r *record, ready bool, f *Found, i int, fx *core.Effects) {
	c := r.claim
	c.max = max(c.max, f.Promised)
	c.cancel = c.cancel || f.CancelWanted
	if len(f.Entry) > 0 {
		m.hearOf(now, r, &f.Entry[0], fx)
		if r.claim != c { // and the next one begins with what this one has heard (T2)
			m.learnt(now, f.Job, 0, f.Entry, fx)
			return
		}
		c.hear(now, &f.Entry[0])
	}
	c.answered |= 1 << i
	if ready && f.Acceptable {
		c.yes |= 1 << i
	} else {
		c.yes &^= 1 << i
	}
	m.fetched(now, r, fx)
}

// onClaims answers every claim of a claimant.
func (m *Machine) onClaims(now core.Instant, x *core.Message, b *Announcement, fx *core.Effects) {
	a := core.Attach[AnnouncementAck](fx, m.header(fx, core.KindJobLeadershipAck, x.From, x.Seq))
	a.Ready = m.ready
	from := fence.Holder{Node: x.From, Instance: x.Instance}
	for i := range b.Claims {
		c := &b.Claims[i]
		if h := (fence.Holder{Node: c.Leader, Instance: c.Instance}); h != from || !b.Claim {
			continue
		}
		a.Answers = append(a.Answers, m.answer(now, c, from, fx))
	}
}

func (m *Machine) answer(now core.Instant, c *Claim, from fence.Holder, fx *core.Effects) ClaimAnswer {
	a := ClaimAnswer{Job: c.Job, Code: call.CodeNotLeader, Leader: core.NoNode}
	if t, ok := m.tombs.Find(now, c.Job); ok {
		a.Code, a.Tombstone = call.CodeAlreadyTerminal, t.State
		return a
	}
	r := m.need(c.Job)
	defer m.settle(now, r)
	if !m.ready {
		a.Code = call.CodeSyncing
	} else {
		m.weigh(now, r, c, from, &a, fx)
	}
	a.Promised, a.CancelWanted = r.seen(), r.cancel > now
	if r.known() {
		a.Leader, a.HeldEpoch, a.HeldSeq = r.entry.Holder, r.entry.Epoch, r.entry.Seq
		if above(&r.entry.Head, &Head{Epoch: c.FromEpoch, Seq: c.FromSeq}) || len(c.Entry) > 0 && greater(&r.entry, &c.Entry[0]) {
			a.Entry = []Entry{r.aged(now)} // it may have been committed since the claimant asked (03-1)
		}
	}
	return a
}

// weigh accepts a claim or not.
func (m *Machine) weigh(now core.Instant, r *record, c *Claim, from fence.Holder, a *ClaimAnswer, fx *core.Effects) {
	switch m.judge(now, r, &bid{Holder: from, epoch: c.Epoch, reason: c.Reason, entry: len(c.Entry) > 0}) {
	case unknown:
		a.Code = call.CodeUnknownJob
	case accept:
		a.Code, a.Accepted = call.CodeOK, true
		if r.grave != nil {
			m.ungrave(now, r, fx)
		}
		m.promised(now, r, c.Epoch, from)
		if !r.known() {
			r.entry, r.at, r.lease = c.Entry[0], now, now
		}
		if r.lead != nil {
			m.tell(now, r, fx)
			if r.lead != nil && r.entry.HandoverTo != from.Node { // it was not asked to: it claims its own back (04-5)
				r.lead.reclaim = now.Add(m.cfg.Lease.Hold)
				m.sooner(r, r.lead.reclaim)
			}
		}
	case refuse:
	}
}

// onClaimed takes the answers of a member.
func (m *Machine) onClaimed(now core.Instant, x *core.Message, b *AnnouncementAck, i int, fx *core.Effects) {
	for k := range b.Answers {
		a := &b.Answers[k]
		r := m.find(a.Job)
		if a.Tombstone != job.StateNone {
			m.bury(now, m.need(a.Job), a.Tombstone, a.Promised, fx)
			continue
		}
		if r != nil && r.claim != nil && r.claim.phase == phaseClaim && m.mine(x.Seq, r.claim.first) {
			m.oneClaimed(now, r, b.Ready, a, i, fx)
		}
	}
	m.ask(now, fx)
	if m.flushAt <= now {
		m.flush(now, fx)
	}
}

func (m *Machine) oneClaimed(now core.Instant, r *record, ready bool, a *ClaimAnswer, i int, fx *core.Effects) {
	c := r.claim
	if now > c.begun.Add(m.cfg.Lease.window()) {
		return // its promise may have kept nobody out since (03-4)
	}
	if only := len(a.Entry) > 0 && a.Entry[0].claims(); a.HeldEpoch > r.entry.Epoch && !only { // who holds the job, and claims it anew, does not hold it any more (03-12)
		m.hear(now, r, &Head{Job: r.id, Epoch: a.HeldEpoch, Holder: a.Leader}, fx)
		if r.claim != c {
			m.learnt(now, a.Job, 0, a.Entry, fx)
			return
		}
	}
	c.answered |= 1 << i
	if !ready || !a.Accepted {
		return
	}
	c.yes |= 1 << i
	c.cancel = c.cancel || a.CancelWanted
	if len(a.Entry) > 0 {
		c.hear(now, &a.Entry[0])
	}
	m.claimed(now, r, fx)
}
