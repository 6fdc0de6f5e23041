package worker

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// report tells the leader of a shard how far it is, and gives back the cores whose share is done (AD-8).
func (w *Worker) report(now core.Instant, x *shard, fx *core.Effects) {
	done, bad, cores := w.p.Meter.Done(now, x.Shard, x.token)
	if cores > x.given && cores < x.cores {
		w.cores.Release(x.handle, int(cores-x.given))
		x.given = cores
		w.version++
		w.move(x, x.state, job.ErrorNone, fx)
		w.freed(now, fx)
	}
	x.seq++
	p := job.ShardProgress{Shard: x.Shard, Token: x.token, Name: x.name, Status: job.StatusRunning, Completed: done, Failed: bad, Elapsed: now.Sub(x.started)}
	if s := p.Elapsed.Seconds(); s > 0 {
		p.Rate = float64(done+bad) / s
	}
	p.Cores, p.CoresDone, p.VUs, p.CoresAvailable, p.Seq = x.cores, x.given, x.vus, uint16(w.cores.Free()), x.seq
	if w.flusher.on {
		w.keepSnapshot(now, x, &p, fx)
		return
	}
	if !w.lets(now, x.leader) {
		return
	}
	b := call.Make[job.WorkflowProgress](fx, core.KindWorkflowProgress)
	b.ShardProgress = p
	w.calls.Go(now, x.leader, core.KindWorkflowProgress, b, &w.how.progress, ticket(opProgress, x), fx)
}

// ticket remembers which shard a call is about: its workflow tells which, its token whether it is still that one.
func ticket(op uint8, x *shard) call.Ticket {
	return call.Ticket{Op: op, Job: uint64(x.Job), Sub: uint64(x.Workflow), N: uint32(x.handle)}
}

func (w *Worker) asked(o *call.Outcome) *shard {
	x := w.shards.by[flowKey{job.ID(o.Job), job.WorkflowID(o.Sub)}]
	if x == nil || uint32(x.handle) != o.N {
		return nil
	}
	return x
}

// progressAnswered hears what the leader says to that: go on, or stop.
func (w *Worker) progressAnswered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	x := w.asked(o)
	a, ok := o.Reply.(*job.WorkflowProgressAck)
	if x != nil && ok {
		w.judged(now, x, o.From, a.Code, &a.ManagerAck, fx)
	}
}

// judged does with a shard what a manager said of it.
func (w *Worker) judged(now core.Instant, x *shard, from core.NodeID, code call.Code, a *job.ManagerAck, fx *core.Effects) {
	switch code {
	case call.CodeOK, call.CodeDuplicate:
		if from == x.leader { // one that led it when it was asked may not know yet that it does no more
			w.led(now, x, fx)
		}
	case call.CodeNotLeader: // it may know who does, and a transfer may have been lost
		if a.DE > x.de && a.JobLeader != core.NoNode {
			w.transfer(now, &replica.JobTransfer{Job: x.Job, DE: a.DE, Manager: a.JobLeader, Old: x.leader}, fx)
		}
	case call.CodeStaleFence, call.CodeUnknownWorkflow, call.CodeUnknownJob, call.CodeAlreadyTerminal:
		if a.DE >= x.de {
			w.stop(now, x, core.NoNode, job.ErrorCancelled, fx)
		}
	default: // the manager is busy with itself: the next report asks again
	}
}

// led notes that the leader of a shard wants it.
func (w *Worker) led(now core.Instant, x *shard, fx *core.Effects) {
	if x.orphan != core.Never {
		w.orphanFact(now, x, orphanLed, fx)
	}
	x.contact, x.orphan = now, core.Never
}
