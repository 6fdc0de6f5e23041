package gate

import (
	"hypersim/core"
	"hypersim/core/job"
)

// setState moves a job, and tells its client. What is not in the table changes nothing and is counted.
func (g *Gate) setState(now core.Instant, x *record, to job.State, fx *core.Effects) bool {
	if !x.state.May(to) {
		g.illegal++
		return false
	}
	f := fx.JobFact(core.JobFactState)
	f.Job, f.From, f.To, f.Epoch, f.Code = uint64(x.id), uint8(x.state), uint8(to), x.ge, uint8(x.completeness)
	x.state = to
	g.newsOf(now, x)
	if to.Terminal() {
		x.ended = now
		g.records.live--
		g.unrouted(x.id)
	}
	if to != job.StateSubmitted && !to.Terminal() { // the ack says the one, the result the other
		g.pushStatus(now, x, fx)
	}
	return true
}

// wait sets how long the state that begins now may last.
func (g *Gate) wait(now core.Instant, x *record, d core.Duration) {
	x.limit = now.Add(d)
	g.timers.Arm(timer{at: x.limit, kind: timerLimit, job: x.id})
}

// review looks whether the job is to end, and how. It may be called at any time: a decision that cannot be taken now is
// taken when the lease is back (04-31).
func (g *Gate) review(now core.Instant, x *record, fx *core.Effects) {
	if x.pending != job.StateNone || x.state.Terminal() || !g.rep.Valid(now, x.id) {
		return
	}
	if x.state == job.StateRunning && x.count(isOpen) == 0 && !x.adopting() {
		g.setState(now, x, job.StateCompleting, fx)
		g.wait(now, x, g.cfg.Result.DataWait)
		g.save(now, x, true, fx)
	}
	if s, c := x.verdict(now); s != job.StateNone && x.pending == job.StateNone {
		g.decide(now, x, s, c, fx)
	}
}

// verdict is how the job is to end now, StateNone: not yet.
func (x *record) verdict(now core.Instant) (job.State, job.Completeness) {
	switch {
	case x.state == job.StateCancelling && (x.count(isOpen) == 0 || now >= x.limit):
		_, c := x.outcome()
		return job.StateCancelled, c
	case x.state == job.StateCompleting && (x.count(lacksData) == 0 || now >= x.limit):
		return x.outcome()
	case x.exhausted && x.state < job.StateRunning: // dispatch_exhausted
		return job.StateFailed, job.CompleteNone
	}
	return job.StateNone, job.CompleteNone
}

// decide takes the one decision about how a job ends: it is written down as pending, and told to nobody before a majority
// has it (03-13). Whoever is to take it looks first whether it may (review).
func (g *Gate) decide(now core.Instant, x *record, s job.State, c job.Completeness, fx *core.Effects) {
	x.pending, x.with, x.at = s, c, noSeq
	g.stopAsking(x)
	if x.at = g.save(now, x, true, fx); x.done >= x.at { // a cluster of one
		g.decided(now, x, fx)
	}
}

// decided applies a decision that is committed, and tells everybody.
func (g *Gate) decided(now core.Instant, x *record, fx *core.Effects) {
	x.completeness = x.with
	cancelled := x.state == job.StateCancelling
	if g.setState(now, x, x.pending, fx) {
		x.pending = job.StateNone
		g.timeEnds(now, x, fx)
		g.save(now, x, true, fx)
		if cancelled {
			g.pushCancelled(now, x, fx)
		}
		g.deliver(now, x, fx)
	}
	g.release(x)
}

// settled notes that a datacenter of a job that is over knows it. There is nothing to do yet but for what it is owed.
func (g *Gate) settled(_ core.Instant, _ *record, _ *core.Effects) {}
