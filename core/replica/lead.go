package replica

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/fence"
	"hypersim/core/job"
)

// ack is what one member has acknowledged of the current epoch of a job: 16 bytes per job and peer.
type ack struct {
	seq uint64
	at  core.Instant // when the round was sent that it answered last, 0 = none
}

// lead is what the holder of a job knows beside the entry.
type lead struct {
	accepting bool // the entry is its own claim, and not committed
	usable    bool // as the role was told
	dirty     bool // changed since it was sent
	full      bool // is sent in full next: no member knows it under this epoch

	begun     core.Instant // the acceptance was sent
	next      core.Instant // and is sent again
	until     core.Instant // end of the lease
	handover  core.Instant // is withdrawn, Never = there is none
	reclaim   core.Instant // claims anew, Never = no need
	committed uint64
	flushed   uint64 // seq that was sent last
	results   int    // of the entry, that were sent
	layer     uint32 // that was sent
	withdrawn uint64 // seq that ends a handover: before it is committed, the successor may have the job
	since     uint64 // first round under this epoch
	refused   uint64 // members that refused the acceptance, a bit each
	acks      []ack
	offered   uint32   // number of the message that told the successor; 0: none did
	changes   []change // that no majority has, as they were made
}

// change is a number of the entry, and when it came to be.
type change struct {
	seq uint64
	at  core.Instant
}

// newLead makes this process the holder of r's entry.
func (m *Machine) newLead(r *record) *lead {
	r.lead = &lead{until: nobody, handover: core.Never, reclaim: core.Never, since: m.rounds.last + 1, acks: make([]ack, len(m.p.Peers)), full: true}
	m.led = append(m.led, r)
	return r.lead
}

// Accept begins to hold a job that is new here, with its FULL entry, of which number and holder are filled in. The answer
// is OK if it has begun: then Accepted follows, in a cluster of one at once. Lists in an entry are never written to again.
func (m *Machine) Accept(now core.Instant, e *Entry, fx *core.Effects) call.Answer {
	t, dead := m.tombs.Find(now, e.Job)
	r := m.find(e.Job)
	switch {
	case !m.ready:
		return call.Answer{Code: call.CodeSyncing}
	case dead && !t.Pending:
		return call.Answer{Code: call.CodeAlreadyTerminal}
	case r == nil:
		r = m.need(e.Job)
	case r.lead != nil && r.lead.accepting:
		return call.Answer{Code: call.CodeNoQuorum} // the role waits for that one (04-13)
	case r.lead != nil:
		return call.Answer{Code: call.CodeDuplicate}
	case r.known():
		return call.NotLeader(r.entry.Holder)
	case r.grave != nil || r.claim != nil || r.cancel > now:
		return call.Answer{Code: call.CodeNoQuorum}
	}
	if len(m.p.Peers) > 0 && r.heard(m.me) {
		return m.askFor(r, fx)
	}
	epoch := r.seen()
	if epoch == 0 || r.promise.Holder != m.me {
		epoch++ // under its own promise it accepts again (04-13)
	}
	if m.judge(now, r, &bid{Holder: m.me, epoch: epoch, reason: ReasonAccept, entry: true}) != accept {
		return call.NotLeader(r.promise.Holder.Node)
	}
	m.startAccept(now, r, e, epoch, fx)
	return call.Answer{}
}

// heard reports whether all that the member has of the job is that somebody else held it: it is not new, and not to be accepted
// (spec 20 §5.3 no. 2).
func (r *record) heard(me fence.Holder) bool {
	return !r.known() && r.promise.Token > 0 && r.promise.Holder != me && r.promise.Holder != fence.Nobody
}

// askFor asks the others for what they have of a job that one of them held, and answers who wants it accepted.
func (m *Machine) askFor(r *record, fx *core.Effects) call.Answer {
	f := core.Attach[Fetch](fx, m.header(fx, core.KindJobReplicaFetch, m.p.Peers[0], m.number()))
	f.Jobs = append(f.Jobs, r.id)
	m.toAll(fx)
	if n := r.promise.Holder.Node; n != m.p.Self {
		return call.NotLeader(n)
	}
	return call.NotLeader(core.NoNode) // it was its own, before it lost its memory
}

// unheard takes that somebody who was asked has nothing of a job. If nobody has, it is new again.
func (m *Machine) unheard(r *record) {
	if r.heard(m.me) {
		r.promise.Holder = fence.Nobody
	}
}

// acceptSeq is the number of an acceptance. Who has been accepted keeps it until something changes; who goes on, or wins the job, has a greater one.
const acceptSeq = 1

func (m *Machine) startAccept(now core.Instant, r *record, e *Entry, epoch uint32, fx *core.Effects) {
	m.promised(now, r, epoch, m.me)
	r.entry, r.at = *e, now
	r.entry.Head = Head{Job: r.id, Epoch: epoch, Seq: acceptSeq, Holder: m.me.Node, Instance: m.me.Instance}
	r.entry.Kind, r.entry.Reason, r.entry.Base = EntryFull, ReasonAccept, 0
	l := m.newLead(r)
	l.accepting, l.begun, l.next = true, now, now
	l.changes = append(l.changes, change{r.entry.Seq, now})
	m.lookLead(now, r, fx)
	if r.lead == l {
		m.count(now, r, fx)
	}
}

// Edit returns the entry of a job that this process holds, nil if it does not. Head, Kind, Reason and Base are not to be
// touched, and lists are replaced, not written to. Change follows.
func (m *Machine) Edit(id job.ID) *Entry {
	if r := m.find(id); r != nil && r.lead != nil && !r.lead.accepting {
		return &r.entry
	}
	return nil
}

// View returns what this member has of a job, nil if nothing. It is not to be written to.
func (m *Machine) View(id job.ID) *Entry {
	if r := m.find(id); r != nil && r.known() {
		return &r.entry
	}
	return nil
}

// Leads reports whether this process holds the job, suspended or not.
func (m *Machine) Leads(id job.ID) bool {
	r := m.find(id)
	return r != nil && r.lead != nil && !r.lead.accepting
}

// Change gives an edited entry its number and sends it: at once if it is urgent, else with others a little later. When a
// majority has it, Committed is called with this number or a greater one; in a cluster of one before Change returns.
func (m *Machine) Change(now core.Instant, id job.ID, urgent bool, fx *core.Effects) uint64 {
	r := m.find(id)
	if r == nil || r.lead == nil || r.lead.accepting {
		return 0
	}
	r.entry.Seq++
	r.at = now
	seq := r.entry.Seq
	r.lead.changes = append(r.lead.changes, change{seq, now})
	if !r.lead.dirty {
		r.lead.dirty = true
		m.dirty = append(m.dirty, r)
	}
	m.flushAt = min(m.flushAt, now.Add(m.cfg.Lease.Coalesce))
	if urgent {
		m.flush(now, fx)
	}
	if len(m.p.Peers) == 0 {
		m.count(now, r, fx)
	}
	return seq
}

// Valid reports whether this process may decide something about the job now: it holds it, its lease runs, it has promised
// it to nobody and hands it over to nobody (03-2). What was suspended is so until its role is told otherwise, whatever its clock says.
func (m *Machine) Valid(now core.Instant, id job.ID) bool {
	r := m.find(id)
	return r != nil && r.lead != nil && r.lead.usable && m.usable(now, r)
}

func (m *Machine) usable(now core.Instant, r *record) bool {
	l := r.lead
	return !l.accepting && now < l.until && r.seen() == r.entry.Epoch && r.entry.HandoverTo == core.NoNode && l.committed >= l.withdrawn
}

// tell lets the role know when that changes.
func (m *Machine) tell(now core.Instant, r *record, fx *core.Effects) {
	if u := m.usable(now, r); u != r.lead.usable {
		r.lead.usable = u
		if u {
			m.owner.Resumed(now, r.id, fx)
		} else {
			m.owner.Suspended(now, r.id, fx)
		}
	}
}

// count judges what the members have acknowledged. An ack counts for a commit while it could not be that of a life of
// which nobody knows any more that it has ended.
func (m *Machine) count(now core.Instant, r *record, fx *core.Effects) {
	l := r.lead
	need := m.majority()
	if r.seen() == r.entry.Epoch { // a holder that has promised the job to another is no member of its own majority
		need--
	}
	seq := r.entry.Seq
	if need > 0 {
		seq = l.agreed(need, now.Add(-m.cfg.Lease.commitWindow()))
		if at := l.reached(need, l.until.Add(m.cfg.Lease.Margin-m.cfg.Lease.Duration)); at != nobody {
			l.until = max(l.until, at.Add(m.cfg.Lease.Duration-m.cfg.Lease.Margin))
		}
	} else {
		l.until = core.Never
	}
	m.sooner(r, l.until)
	accepted := l.accepting && seq > 0
	if accepted {
		l.accepting, l.usable, r.entry.Reason = false, true, ReasonNone
		l.since = m.rounds.last + 1 // who refused the acceptance has refused nothing that follows
	}
	if r.seen() != r.entry.Epoch && !accepted { // cut off: what a majority has is told by who wins the job, this process anew perhaps
		seq = l.committed
	}
	grown := seq > l.committed
	l.committed = max(l.committed, seq)
	if grown {
		m.commitFact(now, r, accepted, fx)
	}
	switch {
	case accepted:
		m.Counters.Accepted++
		m.startRounds(now)
		m.owner.Accepted(now, r.id, call.Answer{}, fx)
	case grown && !l.accepting:
		m.tell(now, r, fx)
		if r.lead == l {
			m.committed(now, r, fx)
		}
	default:
		m.tell(now, r, fx)
	}
}

// commitFact says how long a majority took to hold what was changed. Alone this process is one.
func (m *Machine) commitFact(now core.Instant, r *record, accepted bool, fx *core.Effects) {
	l, n := r.lead, 0
	for n < len(l.changes) && l.changes[n].seq <= l.committed {
		n++
	}
	if n == 0 {
		return
	}
	oldest := l.changes[0].at
	l.changes = l.changes[:copy(l.changes, l.changes[n:])]
	if len(m.p.Peers) == 0 {
		return
	}
	f := fx.JobFact(core.JobFactCommit)
	f.Job, f.Epoch = uint64(r.id), r.entry.Epoch
	if accepted {
		f.To = 1
	}
	f.Put("elapsed", int64(now.Sub(oldest))).Put("seq", int64(l.committed))
}

// committed tells the role, or the successor that is named. What was decided before the job is handed over, and is committed
// while it is, is for the successor to tell, who has it; or for the role when nobody came, with the entry that takes the job back (03-2).
func (m *Machine) committed(now core.Instant, r *record, fx *core.Effects) {
	switch to := r.entry.HandoverTo; {
	case to != core.NoNode && r.lead.committed == r.entry.Seq:
		m.offer(r, to, fx)
	case to == core.NoNode && r.lead.committed >= r.lead.withdrawn:
		m.owner.Committed(now, r.id, r.lead.committed, fx)
	}
}

// agreed is the largest seq that so many members have, by acks of rounds that were sent at since or later; what is
// committed already if nothing more is. Of the acks of a round most move nothing, and those are counted once.
func (l *lead) agreed(need int, since core.Instant) (seq uint64) {
	seq = l.committed
	if l.have(need, since, seq+1) {
		for i := range l.acks {
			if a := &l.acks[i]; a.at >= since && a.seq > seq && l.have(need, since, a.seq) {
				seq = a.seq
			}
		}
	}
	return seq
}

// have reports whether so many members have a seq or more, by acks of rounds that were sent at since or later.
func (l *lead) have(need int, since core.Instant, seq uint64) bool {
	n := 0
	for i := range l.acks {
		if l.acks[i].seq >= seq && l.acks[i].at >= since {
			n++
		}
	}
	return n >= need
}

const nobody core.Instant = -1 << 62

// reached is the latest sending after an instant that so many members have answered, or nobody.
func (l *lead) reached(need int, after core.Instant) core.Instant {
	at := nobody
	if l.have(need, after+1, 1) {
		for i := range l.acks {
			if a := &l.acks[i]; a.seq > 0 && a.at > max(at, after) && l.have(need, a.at, 1) {
				at = a.at
			}
		}
	}
	return at
}

// lookLead does what is due for a holder.
func (m *Machine) lookLead(now core.Instant, r *record, fx *core.Effects) {
	l := r.lead
	switch {
	case l.accepting:
		m.lookAccept(now, r, fx)
		return
	case l.handover <= now:
		l.handover = core.Never
		r.age(now)
		r.entry.HandoverTo = core.NoNode // nobody came (04-55)
		l.withdrawn = r.entry.Seq + 1
		m.Change(now, r.id, true, fx)
	case l.reclaim <= now:
		l.reclaim = core.Never
		m.want(r, ReasonLeaseExpired, 0)
	}
	if r.lead != l {
		return
	}
	m.tell(now, r, fx)
	if r.lead == l {
		m.rearm(now, r)
	}
}

// rearm lets the job be looked at when its next time comes.
func (m *Machine) rearm(now core.Instant, r *record) {
	m.sooner(r, min(r.lead.handover, r.lead.reclaim))
	if r.lead.until > now {
		m.sooner(r, r.lead.until)
	}
}

// lookAccept sends an acceptance again to those that are silent, or gives it up.
func (m *Machine) lookAccept(now core.Instant, r *record, fx *core.Effects) {
	l := r.lead
	end := l.begun.Add(m.cfg.Lease.commitWindow())
	if now >= end {
		m.lose(now, r, call.Answer{Code: call.CodeNoQuorum, Tried: true}, fx) // it may be done all the same (04-12)
		return
	}
	if l.next <= now {
		l.next = now.Add(m.cfg.Lease.Commit)
		m.sendAll(now, r, fx)
	}
	m.sooner(r, min(l.next, end))
}

// lose ends leadership; a is the answer to an acceptance that was under way. What was accepted by no majority is dropped,
// and the promise stays (04-13).
func (m *Machine) lose(now core.Instant, r *record, a call.Answer, fx *core.Effects) {
	l := r.lead
	r.lead = nil
	m.led = slices.DeleteFunc(m.led, func(x *record) bool { return x == r })
	m.dirty = slices.DeleteFunc(m.dirty, func(x *record) bool { return x == r })
	if r.holder() == m.me {
		r.lease, r.window = now, min(r.window, now)
		if l.accepting {
			r.entry = Entry{}
		}
	}
	if l.accepting {
		m.NotAccepted++
		m.sooner(r, now) // to be settled
		m.owner.Accepted(now, r.id, a, fx)
		return
	}
	m.Lost++
	m.owner.Lost(now, r.id, fx)
}
