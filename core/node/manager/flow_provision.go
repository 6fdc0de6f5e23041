package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
)

// A round of agreement is over with the majority, and who agrees after that holds cores too. Nobody had told it that they are
// used, so it held them for provision.ttl: of a hundred short jobs a second it soon held all that there are, and refused
// whatever it was asked.

// doubt asks the workers of a round that a peer refused for lack of cores what they have. The next round would choose them again, for a
// worker says of its own accord only that cores are free again (01-18), and five such rounds shut dispatch (P5).
func (m *Manager) doubt(now core.Instant, p *plan, fx *core.Effects) {
	if p.short == 0 {
		return
	}
	for _, s := range p.spots {
		m.reread(now, s.worker, fx)
	}
}

// confirmedLate ends the reservation of a peer that agreed after its round was over: with the others', if that is still to
// come, else at once. If the next round is about the same attempt, it hears how that one ends, and counts for nothing in it.
func (m *Manager) confirmedLate(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	a, ok := m.said(o)
	if !ok || !a.Confirmed {
		return
	}
	id, de := a.Workflow, uint32(o.Sub>>32)
	_, attempt, peer := asked(o.N)
	used := false
	if x != nil {
		i := x.place(id)
		if i >= 0 && x.flows[i].plan != nil && x.flows[i].plan.attempt == attempt {
			x.flows[i].plan.late |= 1 << peer
			return
		}
		used = i >= 0 && x.flows[i].attempt == attempt // it was launched, and all took it
	}
	b := call.Make[dispatch.ProvisionCommit](fx, core.KindProvisionCommit)
	b.Job, b.Workflow, b.Attempt, b.DE, b.Commit = job.ID(o.Job), id, attempt, de, used
	m.calls.Go(now, o.From, core.KindProvisionCommit, b, &m.how.agreed, call.Ticket{Op: opProvided}, fx)
}
