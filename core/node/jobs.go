package node

import (
	"slices"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/swim"
)

// AddJobs gives n the job layer of hierarchical detection (spec 10 §8, AD-30), after Init and AddLink and
// before Begin. A gate needs its end of the link for it; roles other than manager and gate have none.
func (n *Node) AddJobs(cfg *hier.Config, role core.Role, start core.Instant) {
	h := hier.Params{Role: role, Start: start}
	switch {
	case role == core.RoleManager:
		h.Global = &n.Swim
	case role == core.RoleGate && n.Gate() != nil:
		h.Global = linked{gate: n.parts.gate, swim: &n.Swim}
	default:
		return
	}
	n.need().jobs = hier.New(cfg, h)
}

// Jobs returns the job layer, nil if n has none. It is to be read only: what changes it goes through n.
func (n *Node) Jobs() *hier.Machine {
	if n.parts == nil {
		return nil
	}
	return n.parts.jobs
}

// Report lets a worker tell its owner that work of the scope goes on; done grows with it, and the message is
// given up after timeout. It reports whether there is an owner to tell.
func (n *Node) Report(scope, done uint64, timeout core.Duration, fx *core.Effects) bool {
	return n.Swim.Progress(scope, done, timeout, fx)
}

// OpenScope tells n that a scope has work from now on. Without it, progress says nothing: what arrives
// after the end of a job must not begin it anew.
func (n *Node) OpenScope(scope uint64) {
	if n.Jobs() == nil {
		return
	}
	if i, known := slices.BinarySearch(n.parts.open, scope); !known {
		n.parts.open = slices.Insert(n.parts.open, i, scope)
	}
}

// ClearScope tells n that a scope is over.
func (n *Node) ClearScope(now core.Instant, scope uint64, fx *core.Effects) {
	if h := n.Jobs(); h != nil && !n.Swim.Stopped() {
		if i, known := slices.BinarySearch(n.parts.open, scope); known {
			n.parts.open = slices.Delete(n.parts.open, i, i+1)
		}
		h.ClearScope(now, scope, fx)
		n.parts.arm()
	}
}

// Validate recomputes what n keeps incrementally and returns what does not agree.
func (n *Node) Validate(now core.Instant) []string {
	bad := n.Swim.ValidateState(now).Errors
	if h := n.Jobs(); h != nil {
		bad = append(bad, h.Validate()...)
	}
	return bad
}

// progress hands a worker's word to the job layer: whoever reports work has it.
func (n *Node) progress(now core.Instant, m *core.Message, fx *core.Effects) {
	h := n.Jobs()
	b, ok := m.Body.(*swim.Progress)
	if h == nil || !ok || n.Swim.Stopped() || !n.Swim.Speaks(m) {
		return
	}
	if s := n.Swim.State(m.From); s != core.StateOK && s != core.StateSuspect {
		return // a ghost's work is nobody's
	}
	if _, open := slices.BinarySearch(n.parts.open, b.Scope); !open {
		return
	}
	h.Work(now, b.Scope, m.From, true)
	h.Progress(now, b.Scope, m.From, fx)
	n.parts.arm()
}

// reached tells a gate's job layer what the link found out in the facts from mark on: its judgement of a
// datacenter is the global layer for all managers there.
func (p *parts) reached(now core.Instant, mark int, fx *core.Effects) {
	if p.jobs == nil {
		return
	}
	for i, end := mark, len(fx.Facts); i < end; i++ {
		if f := &fx.Facts[i]; f.Kind == core.FactReach {
			state := stateOf(core.Reach(f.B))
			for _, id := range p.gate.ManagersOf(uint16(f.A)) {
				p.jobs.GlobalChanged(now, id, state, 0, fx)
			}
		}
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
