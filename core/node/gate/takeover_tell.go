package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// Who hears that this gate leads a job from now on: its datacenters until each has answered, the gate that led it, and the
// client (spec 20 §5.7 U4, U5).

// tellSites tells the datacenters of a job that have not given all yet, and those in which it may be (04-49).
func (g *Gate) tellSites(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.sites {
		if s := &x.sites[i]; s.target && len(s.result) == 0 || x.adopting() && inDoubt(s) {
			g.tellSite(now, x, s, fx)
		}
	}
}

// tellSite begins to tell one, in place of what it was being told.
func (g *Gate) tellSite(now core.Instant, x *record, s *site, fx *core.Effects) {
	s.denied, s.fenced = 0, false
	s.told++
	g.tellManager(now, x, s, core.NoNode, fx)
}

func (g *Gate) tellManager(now core.Instant, x *record, s *site, to core.NodeID, fx *core.Effects) {
	b := call.Make[replica.GateTransfer](fx, core.KindJobLeaderGateTransfer)
	b.Job, b.Gate, b.GE, b.Old = x.id, g.p.Self, x.ge, x.old
	t := call.Ticket{Op: opTransfer, N: s.told, Job: uint64(x.id), Sub: uint64(s.id)}
	g.calls.Go(now, to, core.KindJobLeaderGateTransfer, b, &g.how.transfer, t, fx)
}

// transferTarget names whom to tell in a datacenter: who leads the job there, as far as is known, and the others in turn,
// but for those that know nothing of it.
func (g *Gate) transferTarget(x *record, t *call.Ticket, attempt int, last core.NodeID) core.NodeID {
	if t.Sub == uint64(job.NoSite) {
		return last
	}
	s := x.site(uint16(t.Sub))
	if s == nil || s.told != t.N || s.target && len(s.result) > 0 {
		return core.NoNode
	}
	return g.managerToTell(s, attempt)
}

func (g *Gate) managerToTell(s *site, attempt int) core.NodeID {
	all := g.managersOf(s)
	if s.manager != core.NoNode && attempt%2 == 1 && s.denied&bit(all, s.manager) == 0 {
		return s.manager
	}
	for k := range all {
		if id := all[(attempt/2+k)%len(all)]; s.denied&bit(all, id) == 0 {
			return id
		}
	}
	return core.NoNode
}

// managersOf are all configured managers of a datacenter.
func (g *Gate) managersOf(s *site) []core.NodeID {
	if int(s.id) < len(g.p.BySite) {
		return g.p.BySite[s.id]
	}
	return nil
}

// bit is the place of a node in a list, as a bit; 0 if it is not there.
func bit(list []core.NodeID, id core.NodeID) uint64 {
	for i, n := range list {
		if n == id {
			return 1 << i
		}
	}
	return 0
}

// transferAnswered hears what a manager says.
func (g *Gate) transferAnswered(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	a, _ := o.Reply.(*replica.GateTransferAck)
	if o.Sub == uint64(job.NoSite) || a == nil {
		return
	}
	s := x.site(uint16(o.Sub))
	if s == nil || s.told != o.N {
		return
	}
	switch {
	case o.Done():
		g.recordThere(now, x, s, o.From, a, fx)
	case o.Code == call.CodeStaleFence: // somebody leads the job above this epoch, or did
		s.fenced = true
		g.claimAbove(now, x, a.Current, fx)
	case o.Code == call.CodeUnknownJob:
		g.unknownThere(now, x, s, o.From, fx)
	case o.Code == call.CodeAlreadyTerminal:
		g.buriedThere(now, x, s, a.State, fx)
	}
}

// claimAbove claims a job above an epoch that a datacenter knows of it (04-52). When that is done, or came to nothing,
// everybody who was fenced off is told again.
func (g *Gate) claimAbove(now core.Instant, x *record, epoch uint64, fx *core.Effects) {
	if epoch < uint64(x.ge) || epoch >= 1<<32-1 {
		return
	}
	g.rep.ClaimAbove(now, x.id, replica.ReasonLeaseExpired, uint32(epoch), fx)
}

// tellFenced tells those again that refused the epoch of this gate: the claim above it came to nothing.
func (g *Gate) tellFenced(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.sites {
		if s := &x.sites[i]; s.fenced {
			g.tellSite(now, x, s, fx)
		}
	}
}

// recordThere hears from a manager that its datacenter has a record of the job, and who leads it there. Nobody does where it has ended.
func (g *Gate) recordThere(now core.Instant, x *record, s *site, by core.NodeID, a *replica.GateTransferAck, fx *core.Effects) {
	switch {
	case a.Final:
		g.knownBy(now, x, s, by, a.DE, fx)
	case a.JobLeader == core.NoNode:
		g.ledBy(now, x, s, s.manager, a.DE, fx)
	default:
		g.ledBy(now, x, s, a.JobLeader, a.DE, fx)
	}
	if x.adopting() {
		g.hasRun(now, x, now.Add(-a.Elapsed), fx)
	}
	if !s.target && inDoubt(s) {
		s.target, s.unknown = true, false
	}
	if s.target && s.state == job.StateNone {
		s.state = job.StateRunning
	}
	g.retarget(now, x, s)
	g.save(now, x, false, fx)
	g.review(now, x, fx)
}

// unknownThere hears from a manager that it knows nothing of the job. The others are asked; if none does, the job is not
// in that datacenter.
func (g *Gate) unknownThere(now core.Instant, x *record, s *site, by core.NodeID, fx *core.Effects) {
	all := g.managersOf(s)
	s.denied |= bit(all, by)
	for _, id := range all {
		if s.denied&bit(all, id) == 0 {
			g.tellManager(now, x, s, id, fx)
			return
		}
	}
	if !s.target {
		s.unknown = false
		g.save(now, x, false, fx)
		g.review(now, x, fx)
	}
}

// buriedThere hears that a datacenter has a tombstone of the job. Its outcome was in the hands of gates that forgot it, or
// it never ran there.
func (g *Gate) buriedThere(now core.Instant, x *record, s *site, as job.State, fx *core.Effects) {
	if s.target {
		g.end(s, as)
		g.time.Final(now, x.id, s.id, s.state, fx)
	} else {
		s.unknown = false
	}
	g.save(now, x, true, fx)
	g.review(now, x, fx)
}

// tellOld lets the gate that led the job know, if it may be there.
func (g *Gate) tellOld(now core.Instant, x *record, fx *core.Effects) {
	if x.old == core.NoNode || x.old == g.p.Self || g.Gone(x.old) {
		return
	}
	b := call.Make[replica.GateTransfer](fx, core.KindJobLeaderGateTransfer)
	b.Job, b.Gate, b.GE, b.Old = x.id, g.p.Self, x.ge, x.old
	g.calls.Go(now, x.old, core.KindJobLeaderGateTransfer, b, &g.how.push, call.Ticket{Op: opTransfer, Job: uint64(x.id), Sub: uint64(job.NoSite)}, fx)
}

// onGateTransfer hears that another gate leads a job: this one does not any more (03-12).
func (g *Gate) onGateTransfer(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*replica.GateTransfer)
	r := core.Attach[replica.GateTransferAck](fx, g.calls.Respond(fx, m, core.KindJobLeaderGateTransferAck))
	r.JobLeader = core.NoNode
	if !g.isGate(b.Gate) {
		r.Code = call.CodeRoleDenied
		return
	}
	g.rep.Learn(now, &replica.Head{Job: b.Job, Epoch: b.GE, Holder: core.NoNode}, fx)
}

// tellClient tells the client who leads its job (U5).
func (g *Gate) tellClient(now core.Instant, x *record, fx *core.Effects) {
	if x.client == core.NoNode {
		return
	}
	b := call.Make[replica.GateTransfer](fx, core.KindGateJobLeaderTransfer)
	b.Job, b.Gate, b.GE, b.Old = x.id, g.p.Self, x.ge, x.old
	g.push(now, x, core.KindGateJobLeaderTransfer, b, opPush, fx)
}
