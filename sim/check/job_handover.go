package check

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/sim/trace"
)

// Whoever names a successor starts nothing and decides nothing any more, before a majority has the entry in which it takes the job back
// (03-2). That it has done so is read off what it sends, and not off what it says of its own lease: the successor was told when the entry
// that names it was committed.
var _ = judge(func(c *Checker, on *hooks) {
	h := &handovers{Checker: c, named: map[recordKey]*naming{}}
	on.sent = append(on.sent, h.sent)
	on.jobFact(h.committed, core.JobFactCommit)
	on.jobFact(h.held, core.JobFactHolder)
	on.jobFact(h.placed, core.JobFactPlaced)
	on.jobFact(h.declared, core.JobFactTimeout)
	on.jobFact(h.ended, core.JobFactState)
})

// handovers are the jobs whose holders have named a successor.
type handovers struct {
	*Checker
	named map[recordKey]*naming
}

// naming is the word of a process to a successor.
type naming struct {
	inst    uint32
	to      core.NodeID
	version uint64 // of the entry that names it
	back    uint64 // of the first one after it that names nobody; 0: none was sent
}

// sent takes who is named, and what takes a job back.
func (h *handovers) sent(r *trace.Record) {
	switch b := r.Msg.Body.(type) {
	case *replica.LeaseTransfer:
		h.named[recordKey{r.Node, uint64(b.Job)}] = &naming{inst: h.hot[r.Node].inst, to: b.To, version: b.Version}
	case *replica.Sync:
		for i := 0; i < len(b.Entries) && len(h.named) > 0; i++ {
			e := &b.Entries[i]
			n := h.named[recordKey{r.Node, uint64(e.Job)}]
			if n != nil && n.back == 0 && (e.Kind == replica.EntryFull || e.Kind == replica.EntryDelta) && e.HandoverTo == core.NoNode && e.Seq > n.version {
				n.back = e.Seq
			}
		}
	}
}

func (h *handovers) committed(r *trace.JobRecord) {
	key := recordKey{r.Node, r.Fact.Job}
	if n := h.named[key]; n != nil && n.back > 0 && uint64(r.Fact.Get("seq")) >= n.back {
		delete(h.named, key)
	}
}

// held takes that a process loses a job, or wins it anew.
func (h *handovers) held(r *trace.JobRecord) {
	switch job.Holding(r.Fact.Get("part")) {
	case job.HoldAccepted, job.HoldWon, job.HoldLost:
		delete(h.named, recordKey{r.Node, r.Fact.Job})
	default:
	}
}

// successor returns whom the process that reports r has named, NoNode if nobody.
func (h *handovers) successor(r *trace.JobRecord) core.NodeID {
	if n := h.named[recordKey{r.Node, r.Fact.Job}]; n != nil && n.inst == r.Inst {
		return n.to
	}
	return core.NoNode
}

func (h *handovers) placed(r *trace.JobRecord) {
	if to := h.successor(r); to != core.NoNode && h.fails(JL3) {
		h.detail(JL3, r.At, []core.NodeID{r.Node, to}, "%s sends a shard of %v to %s, and has named %s to hold the job", h.name(r.Node), job.ID(r.Fact.Job), h.name(r.Fact.Node), h.name(to))
	}
}

func (h *handovers) declared(r *trace.JobRecord) {
	e := jobtimeout.Event(r.Fact.To)
	if to := h.successor(r); to != core.NoNode && (e == jobtimeout.EventDeclared || e == jobtimeout.EventFallback) && h.fails(JL3) {
		h.detail(JL3, r.At, []core.NodeID{r.Node, to}, "%s says that the time of %v is over, and has named %s to hold it", h.name(r.Node), job.ID(r.Fact.Job), h.name(to))
	}
}

func (h *handovers) ended(r *trace.JobRecord) {
	if to := h.successor(r); to != core.NoNode && job.State(r.Fact.To).Terminal() && h.fails(JL3) {
		h.detail(JL3, r.At, []core.NodeID{r.Node, to}, "%s ends %v %v, and has named %s to hold it", h.name(r.Node), job.ID(r.Fact.Job), job.State(r.Fact.To), h.name(to))
	}
}
