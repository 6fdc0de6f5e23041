package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// Accepted implements replica.Owner: the job is one of this gate, or none.
func (g *Gate) Accepted(now core.Instant, id job.ID, a call.Answer, fx *core.Effects) {
	x := g.records.by[id]
	if x == nil {
		return
	}
	g.committed(now, a.Code)
	first := x.first
	x.first, x.accepting = core.Message{}, false
	if a.Code != call.CodeOK {
		g.records.remove(x)
		_, k := g.elsewhere(now, id)
		g.say(&first, g.knownJob(first.Body.(*job.Submission), a, k.state), k, fx)
		g.release(x)
		return
	}
	e := g.rep.View(id)
	x.ge = e.Epoch
	g.holderFact(id, job.HoldAccepted, fx)
	g.led1(x, fx)
	x.state = job.StateNone
	g.setState(now, x, job.StateSubmitted, fx)
	g.answer(&first, x, call.Answer{}, fx)
	g.release(x)
	g.goOn(now, x, fx)
	g.handOver(now, x, fx) // if the gate drains since it was handed in
}

// holderFact reports this gate's part in holding a job.
func (g *Gate) holderFact(id job.ID, p job.Holding, fx *core.Effects) {
	f := fx.JobFact(core.JobFactHolder)
	f.Job = uint64(id)
	f.Put("part", int64(p))
	if e := g.rep.View(id); e != nil {
		f.Epoch = e.Epoch
		f.Put("seq", int64(e.Seq))
	}
}

// led1 counts a job that this gate leads from now on.
func (g *Gate) led1(x *record, fx *core.Effects) {
	if !x.state.Terminal() {
		g.records.live++
	}
	f := fx.JobFact(core.JobFactTable)
	f.Job, f.Epoch = uint64(x.id), x.ge
	f.Put("made", 1)
}

// Won implements replica.Owner: another gate's job is this one's now, or its own anew.
func (g *Gate) Won(now core.Instant, id job.ID, e *replica.Entry, fx *core.Effects) {
	g.holderFact(id, job.HoldWon, fx)
	if x := g.records.by[id]; x != nil { // its own, anew: what it knows is newer than what is written
		g.time.SetEpoch(id, e.Epoch)
		x.ge, x.cancelWanted = e.Epoch, x.cancelWanted || e.CancelWanted
		g.write(now, x, e)
		g.tellSites(now, x, fx)
		return
	}
	x := g.restore(now, e)
	g.records.add(x)
	g.led1(x, fx)
	g.resumeTime(now, x, e, fx)
	g.tookOver(now, x, fx)
	g.adopted(now, x, fx)
}

// Unclaimed implements replica.Owner.
func (g *Gate) Unclaimed(now core.Instant, id job.ID, fx *core.Effects) {
	if x := g.led(id); x != nil { // it claimed its own job anew
		g.goOn(now, x, fx)
		g.tellFenced(now, x, fx)
	}
	g.notAdopted(now, id, fx)
}

// Committed implements replica.Owner.
func (g *Gate) Committed(now core.Instant, id job.ID, seq uint64, fx *core.Effects) {
	x := g.led(id)
	if x == nil {
		return
	}
	x.done = max(x.done, seq)
	g.acknowledged(x, fx)
	g.singlesCommitted(now, x, fx)
	g.sitesLost(now, x, fx)
	if x.pending != job.StateNone && x.done >= x.at {
		g.decided(now, x, fx)
	}
}

// Suspended implements replica.Owner: nothing is started or decided until further notice. Who waits for a decision is
// told so (03-13).
func (g *Gate) Suspended(now core.Instant, id job.ID, fx *core.Effects) {
	if x := g.led(id); x != nil {
		g.holderFact(id, job.HoldSuspended, fx)
		g.refuse(now, x, fx)
	}
}

// Resumed implements replica.Owner.
func (g *Gate) Resumed(now core.Instant, id job.ID, fx *core.Effects) {
	if x := g.led(id); x != nil {
		g.holderFact(id, job.HoldResumed, fx)
		g.goOn(now, x, fx)
	}
	g.stillDraining(now, id, fx)
}

// Lost implements replica.Owner: the job is another gate's, or over. It is forgotten without a word (J29).
func (g *Gate) Lost(now core.Instant, id job.ID, fx *core.Effects) {
	if x := g.led(id); x != nil {
		g.holderFact(id, job.HoldLost, fx)
		g.refuse(now, x, fx)
		g.refuseAcks(x, fx)
		g.refuseSingles(x, fx)
		g.drop(x, fx)
	}
}

// drop frees what this gate keeps of a job.
func (g *Gate) drop(x *record, fx *core.Effects) {
	for op := opSubmit; op <= opFinal; op++ {
		g.calls.Cancel(op, uint64(x.id))
	}
	if !x.state.Terminal() {
		g.records.live--
	}
	g.records.remove(x)
	g.unrouted(x.id)
	g.time.Drop(x.id)
	f := fx.JobFact(core.JobFactTable)
	f.Job, f.Epoch = uint64(x.id), x.ge
	f.Put("made", 0)
}

// goOn does whatever is due of a job that this gate may decide about. It may be called at any time.
func (g *Gate) goOn(now core.Instant, x *record, fx *core.Effects) {
	if g.records.by[x.id] != x || x.accepting || !g.rep.Valid(now, x.id) {
		return
	}
	g.pay(now, x, fx) // before a cancel: that counts what is owed already as being paid
	if x.cancelWanted && x.state < job.StateCompleting && x.pending == job.StateNone {
		x.cancelWanted = false
		g.stopJob(now, x, fx)
		return
	}
	g.singlesCommitted(now, x, fx)
	g.time.Recheck(x.id)
	switch {
	case x.state.Terminal():
		g.deliver(now, x, fx)
	case x.pending != job.StateNone:
	case x.state < job.StateRunning:
		g.fill(now, x, fx)
	default:
		g.review(now, x, fx)
	}
}
