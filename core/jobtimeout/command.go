package jobtimeout

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Holding is how a manager holds the job that a command of a gate names.
type Holding struct {
	Known   bool      // there is a record
	Buried  job.State // what its tombstone says, or StateNone
	Leads   bool
	Leader  core.NodeID // who leads it, if it is not this one, or NoNode
	GE, DE  uint32
	State   job.State
	Pending bool // a terminal decision is not committed
}

// Order is what a command comes to.
type Order struct {
	Answer call.Answer
	State  job.State // goes with ALREADY_TERMINAL
	Apply  bool      // decide TIMEOUT; the answer follows the commit
	Later  bool      // the answer follows the commit of what is pending, or is to come (03-13, 04-30)
	Drop   bool      // another manager leads the job: it is forgotten first
	Again  bool      // the final status is sent again, to correct the gate's
}

// Judge is HandleGlobalTimeout (spec 20 §6.6): the first row that holds.
func Judge(b *GlobalTimeout, h *Holding) (o Order) {
	switch {
	case !h.Known && h.Buried.Terminal():
		o.Answer.Code, o.State = call.CodeAlreadyTerminal, h.Buried
	case !h.Known:
		o.Answer.Code = call.CodeUnknownJob
	case b.GE < h.GE:
		o.Answer = call.Stale(uint64(h.GE))
	case !h.Leads:
		o.Answer = call.NotLeader(h.Leader)
	case b.DE > h.DE:
		o.Answer, o.Drop = call.NotLeader(core.NoNode), true
	case b.DE != 0 && b.DE < h.DE:
		o.Answer = call.Stale(uint64(h.DE))
	case h.Pending:
		o.Later = true
	case h.State.Terminal():
		o.Answer.Code, o.State, o.Again = call.CodeAlreadyTerminal, h.State, true
	case h.State == job.StateCancelling: // it can end as nothing else, and nobody hears so before it has (04-30)
		o.Later = true
	default:
		o.Apply = true
	}
	return o
}

// Command notes that a gate ended the job: its rule stands, and nothing else is decided here.
func (m *Manager) Command(now core.Instant, id job.ID, rule Rule, ge uint32, fx *core.Effects) {
	t := m.by[id]
	if t == nil || t.stopped {
		return
	}
	t.deciding, t.rule, t.ge = true, rule, max(t.ge, ge)
	m.due(now, t)
	m.timeoutFact(now, t, EventCommanded, 0, fx)
}
