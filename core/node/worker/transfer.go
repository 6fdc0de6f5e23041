package worker

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/fence"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// pending is who leads a job that has nothing here (spec 20 §5.6 row 5).
type pending struct {
	manager core.NodeID
	de      uint32
	until   core.Instant
}

// pendings are those of all jobs; dates are theirs by time, replaced ones included.
type pendings struct {
	by    map[job.ID]pending
	dates []pendingDate
}

type pendingDate struct {
	job   job.ID
	until core.Instant
}

func (p *pendings) init() { p.by = map[job.ID]pending{} }

// put stores who leads a job: a newer one replaces an older one, never the reverse. Fences see to that.
func (p *pendings) put(j job.ID, x pending) {
	p.by[j] = x
	p.dates = append(p.dates, pendingDate{j, x.until})
}

// take returns who leads a job and forgets it.
func (p *pendings) take(now core.Instant, j job.ID) (pending, bool) {
	x, ok := p.by[j]
	delete(p.by, j)
	return x, ok && now < x.until
}

func (p *pendings) sweep(now core.Instant) {
	n := 0
	for ; n < len(p.dates) && p.dates[n].until <= now; n++ {
		if d := &p.dates[n]; p.by[d.job].until == d.until {
			delete(p.by, d.job)
		}
	}
	if n > 0 {
		p.dates = slices.Delete(p.dates, 0, n)
	}
}

func (p *pendings) memoryBytes() int {
	return (8+pendingBytes+mapBytes)*len(p.by) + pendingDateBytes*cap(p.dates)
}

// Transfers counts what became of words about new leaders, job by job (spec 20 §5.6 row 6).
type Transfers struct {
	Received, Accepted                      uint64
	RejectedStale, RejectedUnknown, Invalid uint64 // by a token below the record; of a manager that this worker is not registered with; without a token
	PendingStored, PendingApplied           uint64
}

// Transfers returns the counts so far.
func (w *Worker) Transfers() Transfers { return w.transfers }

// onTransfer hears which manager leads jobs from now on (spec 20 §5.6). Who sends it is answered with what is here of
// each, so that it can go on where the old leader was (§5.5 T5).
func (w *Worker) onTransfer(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*replica.WorkerTransfer)
	reply := w.calls.Respond(fx, msg, core.KindJobLeaderWorkerTransferAck)
	out := core.Attach[replica.WorkerTransferAck](fx, reply)
	for i := range b.Entries {
		a := w.transfer(now, &b.Entries[i], fx)
		if a.Code == call.CodeSyncing {
			out.Code = call.CodeSyncing // the same again succeeds once this worker is registered there
		}
		out.Answers = append(out.Answers, a)
	}
}

// transfer judges one job of it, row by row.
func (w *Worker) transfer(now core.Instant, e *replica.JobTransfer, fx *core.Effects) replica.JobTransferAnswer {
	record := w.fences.Seen(epochKey(e.Job))
	v := record.Look(uint64(e.DE), fence.Holder{Node: e.Manager})
	a := replica.JobTransferAnswer{Job: e.Job, DE: uint32(record.Token)}
	w.transfers.Received++
	switch {
	case e.DE == 0:
		a.Code = call.CodeInvalid
		w.transfers.Invalid++
	case !v.OK():
		a.Code = call.CodeStaleFence
		w.transfers.RejectedStale++
	case v == fence.Same:
		a.Code, a.Accepted = call.CodeDuplicate, true
	case !w.pool.has(e.Manager):
		a.Code = call.CodeSyncing
		w.transfers.RejectedUnknown++
		w.meet(now, e.Manager, fx)
	default:
		a.Accepted, a.DE = true, e.DE
		w.fences.Judge(epochKey(e.Job), uint64(e.DE), fence.Holder{Node: e.Manager})
		if w.follow(now, e.Job, e.DE, e.Manager, fx) == 0 {
			w.await(now, e)
		}
	}
	if a.Accepted {
		w.transfers.Accepted++
		w.expireJob(now, e.Job)
		a.Shards = w.views(e.Job, nil)
	}
	w.transferFact(e, &a, fx)
	return a
}

// await remembers who leads a job until something of it comes here, or it is too long ago.
func (w *Worker) await(now core.Instant, e *replica.JobTransfer) {
	w.transfers.PendingStored++
	w.pendings.put(e.Job, pending{manager: e.Manager, de: e.DE, until: now.Add(w.cfg.Orphan.Pending)})
}

// follow lets everything that is here of a job have another leader from now on, and returns how much that is. Results
// that nobody has committed are offered to it at once: it waits for them.
func (w *Worker) follow(now core.Instant, j job.ID, de uint32, leader core.NodeID, fx *core.Effects) (n int) {
	for _, x := range w.shards.order {
		if x.Job == j {
			w.inherit(x.leader, leader)
			x.de, x.leader = de, leader
			w.led(now, x, fx)
			w.introduce(now, x, fx)
			n++
		}
	}
	return n + w.readdress(now, j, leader, fx)
}

// raised notes that a dispatch told of another leader than the record: its transfer is late, or was lost.
func (w *Worker) raised(now core.Instant, j job.ID, de uint32, leader core.NodeID, fx *core.Effects) {
	w.pendings.take(now, j)
	w.follow(now, j, de, leader, fx)
}

func (w *Worker) transferFact(e *replica.JobTransfer, a *replica.JobTransferAnswer, fx *core.Effects) {
	f := fx.JobFact(core.JobFactTransfer)
	f.Job, f.Epoch, f.Node, f.Code = uint64(e.Job), e.DE, e.Manager, uint8(a.Code)
	f.Put("shards", int64(len(a.Shards))).Put("record", int64(a.DE))
}
