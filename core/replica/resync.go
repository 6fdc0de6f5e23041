package replica

import (
	"hypersim/core"
	"hypersim/core/job"
)

// reading is how a member that restarted learns what the others have.
type reading struct {
	next            core.Instant // when it asks next, Never = it does not
	end             core.Instant // when it is ready whatever it has read
	answered, ready uint64       // members, a bit each
}

func (m *Machine) begin(now core.Instant, formed bool) {
	m.reading = reading{next: core.Never, end: core.Never}
	m.ready, m.resynced = formed, formed
	if !formed {
		m.reading.next = now.Add(m.cfg.Lease.Holdoff)
		m.reading.end = m.reading.next.Add(m.cfg.Lease.ReadLimit)
	}
}

// Ready reports whether the acks of this member count.
func (m *Machine) Ready() bool { return m.ready }

// Resynced reports whether this member has read all that was committed: one that became ready by the limit has perhaps not
// (03-15).
func (m *Machine) Resynced() bool { return m.resynced }

// read asks those that have not answered as ready ones. It begins when no ack and no acceptance of this member's earlier
// life counts any more for anybody: what they stood for is then at the others, or nowhere.
func (m *Machine) read(now core.Instant, fx *core.Effects) {
	if now < m.reading.next {
		return
	}
	if now >= m.reading.end {
		m.SyncFailed++
		m.become(false, fx)
		return
	}
	if m.enough() { // a cluster of one
		m.become(true, fx)
		return
	}
	m.reading.next = min(now.Add(m.cfg.Lease.ReadEvery), m.reading.end)
	for i, p := range m.p.Peers {
		if m.reading.ready&(1<<i) == 0 {
			core.Attach[StateRequest](fx, m.header(fx, core.KindStateSyncRequest, p, m.number()))
		}
	}
}

// enough reports whether so much has been read that every majority has answered; or all, none of which need be ready: the
// cold start (03-14).
func (m *Machine) enough() bool {
	others := len(m.p.Peers)
	return bits(m.reading.ready) >= others+1-m.majority()+1 || bits(m.reading.answered) == others
}

func (m *Machine) become(resynced bool, fx *core.Effects) {
	m.ready, m.resynced = true, resynced
	m.reading.next = core.Never
	f := fx.JobFact(core.JobFactResync)
	if !resynced {
		f.To = 1
	}
	f.Put("read", int64(m.reading.answered)).Put("ready", int64(m.reading.ready))
}

// onRead answers with all that this member has.
func (m *Machine) onRead(now core.Instant, x *core.Message, fx *core.Effects) {
	a := core.Attach[StateResponse](fx, m.header(fx, core.KindStateSyncResponse, x.From, x.Seq))
	a.Ready = m.ready
	for _, r := range m.all {
		if r != nil {
			a.Jobs = append(a.Jobs, m.found(now, r.id))
		}
	}
	for _, t := range m.tombs.Append(now, nil) {
		a.Jobs = append(a.Jobs, Found{Job: t.Job, Promised: t.Epoch, Tombstone: t.State})
	}
}

// onState merges what a member has. Merging is commutative and idempotent. One that is too busy to say has not answered.
func (m *Machine) onState(now core.Instant, b *StateResponse, i int, fx *core.Effects) {
	if !b.Code.Done() {
		return
	}
	for k := range b.Jobs {
		f := &b.Jobs[k]
		if f.Tombstone != job.StateNone {
			m.bury(now, m.need(f.Job), f.Tombstone, f.Promised, fx)
			continue
		}
		if f.CancelWanted {
			m.Remember(now, f.Job)
		}
		m.learnt(now, f.Job, f.Promised, f.Entry, fx)
	}
	if m.ready {
		return
	}
	m.reading.answered |= 1 << i
	if b.Ready {
		m.reading.ready |= 1 << i
	}
	if m.enough() {
		m.become(true, fx)
	}
}

// ReadHeads asks all members which jobs they know: what nobody leads is sent by nobody, and who is to lead it must hear of
// it (03-18).
func (m *Machine) ReadHeads(fx *core.Effects) {
	if len(m.p.Peers) == 0 {
		return
	}
	core.Attach[Fetch](fx, m.header(fx, core.KindJobReplicaFetch, m.p.Peers[0], m.number())).Heads = true
	m.toAll(fx)
}

// ReadHeadsOf asks one that was gone and is back the same.
func (m *Machine) ReadHeadsOf(peer core.NodeID, fx *core.Effects) {
	core.Attach[Fetch](fx, m.header(fx, core.KindJobReplicaFetch, peer, m.number())).Heads = true
}

// onHeads asks for the entries that are greater than those here, and tells of the jobs that are over.
func (m *Machine) onHeads(now core.Instant, from core.NodeID, b *FetchResponse, fx *core.Effects) {
	m.tellGraves(now, from, b.Heads, fx)
	var f *Fetch
	for i := range b.Heads {
		h := &b.Heads[i]
		if !m.lacks(now, h, fx) {
			continue
		}
		if f == nil {
			f = core.Attach[Fetch](fx, m.header(fx, core.KindJobReplicaFetch, from, m.number()))
		}
		f.Jobs = append(f.Jobs, h.Job)
	}
}

// lacks reports whether a head is of an entry that is not here. One that may be of an acceptance, which ends nobody's leadership (04-5), says
// nothing of who holds the job before the entry is read.
func (m *Machine) lacks(now core.Instant, h *Head, fx *core.Effects) bool {
	if _, dead := m.tombs.Find(now, h.Job); dead {
		return false
	}
	r := m.find(h.Job)
	if r != nil && h.Seq > acceptSeq {
		m.hear(now, r, h, fx)
	}
	return r == nil || above(h, &r.entry.Head)
}

// tellGraves tells a member of the jobs among those that it has that are over: it missed the word of their holder.
func (m *Machine) tellGraves(now core.Instant, to core.NodeID, heads []Head, fx *core.Effects) {
	var b *Sync
	for i := range heads {
		t, dead := m.tombs.Find(now, heads[i].Job)
		if !dead {
			continue
		}
		if b == nil {
			b = m.newRound(now, to, fx)
		}
		b.Entries = append(b.Entries, m.stone(t.Job, t.Epoch, t.State, ReasonNone))
	}
}

// Leaderless appends the jobs whose holder is gone or whose lease has ended, as far as this member knows, to dst: what the
// role looks at (T1, U1). The order is that of records, the same in every run.
func (m *Machine) Leaderless(now core.Instant, dst []job.ID) []job.ID {
	for _, r := range m.all {
		if r != nil && m.leaderless(now, r) {
			dst = append(dst, r.id)
		}
	}
	return dst
}

// IsLeaderless reports whether a job is one of those.
func (m *Machine) IsLeaderless(now core.Instant, id job.ID) bool {
	r := m.find(id)
	return r != nil && m.leaderless(now, r)
}

func (m *Machine) leaderless(now core.Instant, r *record) bool {
	return r.known() && r.lead == nil && r.claim == nil && (r.lease <= now || m.gone(r.holder()))
}
