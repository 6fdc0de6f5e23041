package replica

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// phase is how far a claim is.
type phase uint8

const (
	phaseFetch phase = iota // asks what others have, and whether they would accept: nothing has changed anywhere (03-3)
	phaseClaim
)

// claim is a claim of this process on its way.
type claim struct {
	phase  phase
	reason Reason
	cancel bool   // somebody remembers one
	epoch  uint32 // claimed
	max    uint32 // highest epoch that anybody named
	tries  int
	first  uint32 // number of its first question of this phase
	next   core.Instant
	begun  core.Instant  // of the phase
	best   Entry         // what it begins with
	ran    core.Duration // for how long the job had run when somebody told of it last, as far as anybody knows,
	ranAt  core.Instant  // and when that was

	answered, yes uint64 // members, a bit each
}

// want is a claim that waits for its turn.
type want struct {
	job    job.ID
	reason Reason
	above  uint32 // an epoch that somebody else named
}

// Claim tries to get a job whose holder is gone, whose lease has ended, or who has named this member. Won, Unclaimed, or
// Lost where the job is over, follows. It is for the role to say who claims: the leader of a datacenter's managers, the
// next in the ring of gates. False: it is not ready, claims the job already, or there is a tombstone.
func (m *Machine) Claim(now core.Instant, id job.ID, reason Reason, fx *core.Effects) bool {
	return m.ClaimAbove(now, id, reason, 0, fx)
}

// ClaimAbove is the same, under an epoch that is greater than the given one as well: somebody outside the cluster knows the
// job under it (04-52).
func (m *Machine) ClaimAbove(now core.Instant, id job.ID, reason Reason, above uint32, fx *core.Effects) bool {
	if _, dead := m.tombs.Find(now, id); dead || !m.ready || m.Leaving {
		return false
	}
	r := m.need(id)
	if r.claim != nil || m.waits(id) {
		return false
	}
	m.want(r, reason, above)
	m.startClaims(now, fx)
	return true
}

// Adopt claims a job that the whole cluster has forgotten, with an entry that somebody offers; its Epoch is the last one
// known (J60).
func (m *Machine) Adopt(now core.Instant, e *Entry, fx *core.Effects) bool {
	_, dead := m.tombs.Find(now, e.Job)
	if r := m.find(e.Job); dead || !m.ready || r != nil && (r.known() || r.claim != nil || r.grave != nil) {
		return false
	}
	r := m.need(e.Job)
	m.fetch(now, r, ReasonAdopt)
	r.claim.max = e.Epoch
	r.claim.hear(now, e)
	m.ask(now, fx)
	m.fetched(now, r, fx)
	m.ask(now, fx)
	return true
}

func (m *Machine) waits(id job.ID) bool {
	return slices.ContainsFunc(m.waiting, func(w want) bool { return w.job == id })
}

func (m *Machine) want(r *record, reason Reason, above uint32) {
	if !m.waits(r.id) {
		m.waiting = append(m.waiting, want{r.id, reason, above})
	}
}

// startClaims begins the next claim, or a batch of them where many wait.
func (m *Machine) startClaims(now core.Instant, fx *core.Effects) {
	if len(m.waiting) == 0 || now < m.nextClaim {
		return
	}
	m.nextClaim = now.Add(m.between(m.cfg.Lease.SpaceMin, m.cfg.Lease.SpaceMax))
	n := 1
	if len(m.waiting) > m.cfg.Lease.Batch {
		n = m.cfg.Lease.Batch
	}
	ws := slices.Clone(m.waiting[:n])
	m.waiting = m.waiting[:copy(m.waiting, m.waiting[n:])]
	for _, w := range ws {
		if _, dead := m.tombs.Find(now, w.job); dead {
			continue
		}
		if r := m.need(w.job); r.claim == nil {
			m.fetch(now, r, w.reason)
			r.claim.max = w.above
			m.fetched(now, r, fx)
		}
	}
	m.ask(now, fx)
}

func (m *Machine) fetch(now core.Instant, r *record, reason Reason) {
	r.claim = &claim{reason: reason, tries: 1, next: now.Add(m.cfg.Lease.Timeout), begun: now, first: m.seq + 1}
	m.sooner(r, r.claim.next)
	m.batch = append(m.batch, r)
}

// ask sends what the claims of this step have to ask, one message to each member.
func (m *Machine) ask(now core.Instant, fx *core.Effects) {
	if len(m.batch) == 0 {
		return
	}
	for i, p := range m.p.Peers {
		m.askOne(now, i, p, fx)
	}
	m.batch = m.batch[:0]
}

func (m *Machine) askOne(now core.Instant, i int, to core.NodeID, fx *core.Effects) {
	var f *Fetch
	var a *Announcement
	for _, r := range m.batch {
		c := r.claim
		if c == nil || c.answered&(1<<i) != 0 || c.phase != phaseFetch {
			continue
		}
		if f == nil || f.Reason != c.reason {
			f = core.Attach[Fetch](fx, m.header(fx, core.KindJobReplicaFetch, to, m.number()))
			f.Reason = c.reason
		}
		f.Jobs = append(f.Jobs, r.id)
	}
	for _, r := range m.batch {
		c := r.claim
		if c == nil || c.answered&(1<<i) != 0 || c.phase != phaseClaim {
			continue
		}
		if a == nil {
			a = core.Attach[Announcement](fx, m.header(fx, core.KindJobLeadershipAnnouncement, to, m.number()))
			a.Claim = true
		}
		a.Claims = append(a.Claims, Claim{
			Job: r.id, Epoch: c.epoch, Leader: m.me.Node, Instance: m.me.Instance, Reason: c.reason,
			FromEpoch: c.best.Epoch, FromSeq: c.best.Seq, Workflows: uint32(len(c.best.Workflows)),
			TargetDatacenters: uint16(len(c.best.Sites)), Entry: []Entry{c.best},
		})
	}
}

// lookClaim asks again those that are silent, or gives up.
func (m *Machine) lookClaim(now core.Instant, r *record, fx *core.Effects) {
	c := r.claim
	switch {
	case now < c.next:
	case c.tries >= m.cfg.Lease.Tries:
		m.unclaim(now, r, fx)
		return
	default:
		c.tries++
		c.next = now.Add(m.cfg.Lease.Timeout)
		m.batch = append(m.batch, r)
	}
	m.sooner(r, c.next)
}

// fetched goes on to the claim itself when a majority, this member included and ready, would accept it.
func (m *Machine) fetched(now core.Instant, r *record, fx *core.Effects) {
	c := r.claim
	if c == nil || c.phase != phaseFetch || bits(c.yes)+1 < m.majority() {
		return
	}
	if !m.acceptable(now, r, m.me, c.reason) {
		return // not yet, or never: it ends when its time is over
	}
	if r.known() && (c.best.Epoch == 0 || !greater(&c.best, &r.entry)) {
		c.best = r.aged(now) // as it is now, and not as it was when it asked (04-1)
	}
	if c.best.Epoch == 0 {
		return // nobody knows the job
	}
	c.phase, c.epoch = phaseClaim, max(c.max, r.seen(), c.best.Epoch)+1
	c.tries, c.begun, c.next, c.first = 1, now, now.Add(m.cfg.Lease.Timeout), m.seq+1
	c.answered, c.yes = 0, 0
	m.promised(now, r, c.epoch, m.me)
	m.sooner(r, c.next)
	m.batch = append(m.batch, r)
	if r.lead != nil {
		m.tell(now, r, fx)
	}
	if r.claim == c {
		m.claimed(now, r, fx)
	}
}

// claimed leads when a majority has accepted.
func (m *Machine) claimed(now core.Instant, r *record, fx *core.Effects) {
	if c := r.claim; c != nil && c.phase == phaseClaim && bits(c.yes)+1 >= m.majority() {
		m.win(now, r, fx)
	}
}

// win begins a new epoch with the largest entry that the majority has (03-1). Who holds the job and begins anew has that
// entry and what has changed since it claimed, which is sent under a number that no ack of the old epoch is about.
func (m *Machine) win(now core.Instant, r *record, fx *core.Effects) {
	c := r.claim
	if r.lead != nil && !greater(&c.best, &r.entry) {
		c.best, c.begun = r.aged(now), now
	}
	e := c.best
	m.wonFrom = c.best.Holder
	e.Head = Head{Job: r.id, Epoch: c.epoch, Seq: c.best.Seq + 1, Holder: m.me.Node, Instance: m.me.Instance}
	e.Kind, e.Reason, e.Base, e.HandoverTo = EntryFull, ReasonNone, 0, core.NoNode
	e.Elapsed += now.Sub(c.begun)
	if r.known() {
		e.Elapsed = max(e.Elapsed, r.ran(now))
	}
	if c.ranAt > 0 {
		e.Elapsed = max(e.Elapsed, c.ran+now.Sub(c.ranAt))
	}
	e.CancelWanted = e.CancelWanted || c.cancel || r.cancel > now
	if r.lead != nil { // it held the job, and begins anew
		r.lead = nil
		m.led = slices.DeleteFunc(m.led, func(x *record) bool { return x == r })
		m.dirty = slices.DeleteFunc(m.dirty, func(x *record) bool { return x == r })
	}
	r.entry, r.at, r.claim, r.window = e, now, nil, 0
	l := m.newLead(r)
	m.Won++
	m.dirty, l.dirty = append(m.dirty, r), true
	m.flushAt = now // after all that this step wins
	m.startRounds(now)
	m.owner.Won(now, r.id, &r.entry, fx)
	if r.lead == l && len(m.p.Peers) == 0 {
		m.count(now, r, fx)
	}
}

// unclaim gives a claim up. The promise stays, and keeps nobody out (04-4).
func (m *Machine) unclaim(now core.Instant, r *record, fx *core.Effects) {
	r.claim = nil
	if r.promise.Holder == m.me {
		r.window = min(r.window, now)
	}
	m.Counters.Unclaimed++
	if r.lead != nil {
		r.lead.reclaim = now.Add(m.between(m.cfg.Lease.PauseMin, m.cfg.Lease.PauseMax))
		m.rearm(now, r)
		if r.seen() == r.entry.Epoch {
			r.lead.reclaim = core.Never
		}
	}
	m.sooner(r, now.Add(m.cfg.Lease.Hold))
	m.owner.Unclaimed(now, r.id, fx)
}

// WonFrom says who held the job before, within Won.
func (m *Machine) WonFrom() core.NodeID { return m.wonFrom }

func bits(x uint64) (n int) {
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}
