package replica

import (
	"hypersim/core"
	"hypersim/core/job"
)

// How a job goes to a successor whom its holder names (spec 20 §5.7, 03-2, 04-55):
//
//  1. The holder commits an entry that names it, and decides nothing more from then on. It says so to the successor.
//  2. The successor claims the job. One that has not read enough yet, or that leaves itself, claims nothing: it refuses.
//  3. The holder takes the job back when it is refused, or when nobody has come for it in time, and may name another one. Who
//     has refused, or says that its acks do not count, is not named for so long.

// Handover names the successor of a job that this process holds. It decides nothing more about it until the successor has
// it, or will not come for it.
func (m *Machine) Handover(now core.Instant, id job.ID, to core.NodeID, fx *core.Effects) bool {
	if !m.Valid(now, id) || m.peer(to) < 0 {
		return false
	}
	r := m.find(id)
	r.age(now)
	r.entry.HandoverTo = to
	r.lead.handover, r.lead.offered = now.Add(m.cfg.Lease.Handover), 0
	m.sooner(r, r.lead.handover)
	m.Change(now, id, true, fx)
	if r.lead != nil {
		m.tell(now, r, fx)
	}
	return true
}

// Willing reports whether a job may be handed over to a peer, as far as is known.
func (m *Machine) Willing(now core.Instant, id core.NodeID) bool {
	i := m.peer(id)
	return i >= 0 && now >= m.shuns[i]
}

// shun notes that a peer takes no job for now.
func (m *Machine) shun(now core.Instant, i int) { m.shuns[i] = now.Add(m.cfg.Lease.Handover) }

// offer tells the successor of a job.
func (m *Machine) offer(r *record, to core.NodeID, fx *core.Effects) {
	r.lead.offered = m.number()
	y := m.header(fx, core.KindLeaseTransfer, to, r.lead.offered)
	b := core.Attach[LeaseTransfer](fx, y)
	b.Job, b.Site, b.From, b.To, b.Epoch, b.Version = r.id, job.NoSite, m.p.Self, to, r.entry.Epoch+1, r.entry.Seq
}

// onTransfer takes the word of a holder that names this member its successor.
func (m *Machine) onTransfer(now core.Instant, x *core.Message, b *LeaseTransfer, fx *core.Effects) {
	y := m.header(fx, core.KindLeaseTransferAck, x.From, x.Seq)
	core.Attach[LeaseTransferAck](fx, y).Accepted = m.ready && !m.Leaving
	if b.To == m.p.Self {
		m.Claim(now, b.Job, ReasonHandover, fx)
	}
}

// onTransferAck takes a job back that the successor refuses.
func (m *Machine) onTransferAck(now core.Instant, b *LeaseTransferAck, seq uint32, i int, fx *core.Effects) {
	if b.Accepted {
		return
	}
	m.shun(now, i)
	for _, r := range m.led {
		if l := r.lead; l.offered == seq && l.handover != core.Never && r.entry.HandoverTo == m.p.Peers[i] {
			l.handover = now
			m.lookLead(now, r, fx)
			return
		}
	}
}
