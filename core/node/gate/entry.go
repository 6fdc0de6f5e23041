package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// entry is a record as the other gates have it.
func (g *Gate) entry(now core.Instant, x *record) *replica.Entry {
	e := &replica.Entry{Head: replica.Head{Job: x.id}, Gate: g.p.Self, HandoverTo: core.NoNode, Submission: x.spec}
	g.write(now, x, e)
	return e
}

// write brings an entry up to date. Its lists are new ones: what was sent is not written to.
func (g *Gate) write(now core.Instant, x *record, e *replica.Entry) {
	e.State, e.Completeness, e.Pending, e.PendingCompleteness = x.state, x.completeness, x.pending, x.with
	e.Delivered, e.Elapsed, e.Callback, e.GE = x.delivered, now.Sub(x.begun), x.client, x.ge
	e.Cancelled, e.Submission, e.Errors = x.cancelled, x.spec, x.errors
	e.CancelWanted = e.CancelWanted && x.state < job.StateCancelling || x.cancelWanted
	e.Timeout = g.snapshotTime(now, x, e)
	e.Sites = make([]replica.SiteEntry, 0, len(x.sites))
	for i := range x.sites {
		s := &x.sites[i]
		if s.bare() {
			continue
		}
		r := replica.SiteEntry{
			Site: s.id, State: s.state, TimedOut: s.timedOut, Target: s.target, Unknown: s.unknown || s.asking, Owed: s.owed, Lost: s.lost,
			Stopped: s.counted, Cancelled: s.stopped.cancelled, Total: s.stopped.total,
			Manager: s.manager, DE: s.de, Result: s.result,
		}
		if s.losing {
			r.State, r.Lost = job.StateFailed, true
		}
		e.Sites = append(e.Sites, r)
	}
}

// bare reports whether there is nothing to say of a datacenter.
func (s *site) bare() bool {
	return s.state == job.StateNone && !s.target && !s.unknown && !s.asking && !s.owed && s.manager == core.NoNode
}

// save writes a record into its entry and sends it to the other gates: at once if it is urgent. When a majority has it,
// the number that it returns is committed.
func (g *Gate) save(now core.Instant, x *record, urgent bool, fx *core.Effects) uint64 {
	e := g.rep.Edit(x.id)
	if e == nil {
		return noSeq
	}
	g.write(now, x, e)
	return g.rep.Change(now, x.id, urgent, fx)
}

// noSeq is never committed.
const noSeq = 1<<64 - 1

// restore makes a record of an entry that this gate has won.
func (g *Gate) restore(now core.Instant, e *replica.Entry) *record {
	x := &record{
		id: e.Job, ge: e.Epoch, spec: e.Submission, client: e.Callback, begun: now.Add(-e.Elapsed), state: e.State, completeness: e.Completeness,
		cuts: make([]uint64, len(e.Cancelled)), errors: e.Errors,
		pending: e.Pending, with: e.PendingCompleteness, at: e.Seq, delivered: e.Delivered, cancelWanted: e.CancelWanted, cancelled: e.Cancelled,
	}
	if e.State.Terminal() {
		x.ended = now
	}
	if len(x.spec) > 0 {
		s := &x.spec[0]
		x.digest, x.timeout, x.flows = s.Digest, s.Timeout, uint32(len(s.Workflows))
		if x.timeout == 0 {
			x.timeout = g.cfg.Submit.DefaultTimeout
		}
	}
	g.rows(x, e)
	return x
}

// rows makes the table of datacenters of an entry.
func (g *Gate) rows(x *record, e *replica.Entry) {
	g.open(x)
	for i := range e.Sites {
		r := &e.Sites[i]
		s := x.site(r.Site)
		if s == nil {
			continue
		}
		s.state, s.timedOut, s.target, s.unknown, s.owed, s.manager, s.de, s.result = r.State, r.TimedOut, r.Target, r.Unknown, r.Owed, r.Manager, r.DE, r.Result
		s.lost, s.counted, s.stopped = r.Lost, r.Stopped, tallied{r.Cancelled, r.Total}
		if failure := slices.ContainsFunc(x.errors, func(f job.Failure) bool { return f.Site == r.Site && f.Kind == job.ErrorOrphan }); r.Lost && !failure {
			// Its holder may have died before the loss was committed: it is, with the first round of this gate.
			s.lost, s.losing, s.lostAt, s.state = false, true, e.Seq, job.StateRunning
		}
	}
}
