package node

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/swim"
)

// Jobs returns the job layer, nil if n has none. It is to be read only: what changes it goes through n.
func (n *Node) Jobs() *hier.Machine { return Of[*hier.Machine](n) }

// Advance is how far the work of a scope has come: Done only grows.
type Advance struct{ Scope, Done uint64 }

// Report lets a worker tell its owner that work of a scope goes on. It reports whether there is an owner to tell.
func (n *Node) Report(a Advance, fx *core.Effects) bool {
	m := n.Swim.ToOwner(core.KindProgress, n.cfg.Hier.Job.ProgressTimeout, fx)
	if m == nil {
		return false
	}
	b := core.Attach[hier.Progress](fx, m)
	b.Scope, b.Done = a.Scope, a.Done
	return true
}

// OpenScope tells n that a scope has work from now on. Without it, progress says nothing: what arrives
// after the end of a job must not begin it anew.
func (n *Node) OpenScope(scope uint64) {
	if h := n.Jobs(); h != nil {
		h.OpenScope(scope)
	}
}

// ClearScope tells n that a scope is over.
func (n *Node) ClearScope(now core.Instant, scope uint64, fx *core.Effects) {
	if h := n.Jobs(); h != nil && !n.Swim.Stopped() {
		mark := len(fx.Facts)
		h.ClearScope(now, scope, fx)
		n.Settle(now, mark, fx)
	}
}

// fromMembers tells a manager's job layer what membership found out.
type fromMembers struct{ jobs *hier.Machine }

// Observe implements Observer: a record changed from f.From to f.To at incarnation f.Inc.
func (l *fromMembers) Observe(now core.Instant, f *core.Fact, fx *core.Effects) {
	if f.Kind == core.FactTransition {
		l.jobs.GlobalChanged(now, f.Subject, f.To, f.Inc, fx)
	}
}

// fromLink tells a gate's job layer what the link found out: its judgement of a datacenter is the global layer for all
// managers there.
type fromLink struct {
	jobs *hier.Machine
	gate *federated.Gate
}

// Observe implements Observer.
func (l *fromLink) Observe(now core.Instant, f *core.Fact, fx *core.Effects) {
	if f.Kind != core.FactReach {
		return
	}
	state := stateOf(core.Reach(f.Get("reach")))
	for _, id := range l.gate.ManagersOf(uint16(f.Get("datacenter"))) {
		l.jobs.GlobalChanged(now, id, state, 0, fx)
	}
}

// linked is the global layer of a gate: linked managers have no membership records there (spec 10 §8).
type linked struct {
	gate *federated.Gate
	swim *swim.Machine
}

func (l linked) State(id core.NodeID) core.MemberState { return stateOf(l.gate.ReachOf(id)) }
func (l linked) Incarnation(core.NodeID) uint32        { return 0 }
func (l linked) LHM() int                              { return l.swim.LHM() }
func (l linked) Speaks(m *core.Message) bool           { return l.swim.Speaks(m) }

// stateOf reads reachability as a state of membership (spec 10 §8, last sentence).
func stateOf(r core.Reach) core.MemberState {
	switch r {
	case core.ReachReachable:
		return core.StateOK
	case core.ReachSuspected:
		return core.StateSuspect
	case core.ReachUnreachable:
		return core.StateDead
	case core.ReachUnknown:
	}
	return core.StateUnconfirmed
}
