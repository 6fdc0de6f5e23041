package world

import (
	"slices"

	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/trace"
)

// occasions are what faults of a run wait for. A run without such faults has none, nil, and asks nothing.
type occasions struct {
	sent, received [core.NumKinds][]*await
	facts          [core.NumFactKinds][]*await
	jobFacts       [core.NumJobFactKinds][]*await
	awaits         []*await // per fault of the scenario, nil: it waits for none
	due            []*await // that came in the step in hand, before it has told anybody
	fx             core.Effects
}

// await is a fault that waits for an event.
type await struct {
	fault        int
	on           *scenarios.On
	from         core.Instant
	nodes, peers []bool // by node; nil: all
	job          func(*core.JobFact) bool
	member       func(*core.Fact) bool
	came         int // events that counted so far
	node, peer   core.NodeID
}

// onlyJob tells an event from others of the same fact about a job; what is not here is told by its kind.
var onlyJob = map[string]func(*core.JobFact) bool{
	"stood_for_leader": func(f *core.JobFact) bool { return election.Role(f.To) == election.Candidate },
	"leader_elected":   func(f *core.JobFact) bool { return election.Role(f.To) == election.Leader },
	"leader_lost":      func(f *core.JobFact) bool { return election.Role(f.From) == election.Leader },
	"job_accepted":     func(f *core.JobFact) bool { return f.To == 1 },
	"job_claimed":      func(f *core.JobFact) bool { return job.Holding(f.Get("part")) == job.HoldWon },
	"job_ended":        func(f *core.JobFact) bool { return job.State(f.To).Terminal() },
	"shard_accepted":   func(f *core.JobFact) bool { return job.ShardState(f.To) == job.ShardAllocated },
	"shard_started":    func(f *core.JobFact) bool { return job.ShardState(f.To) == job.ShardRunning },
	"result_ready":     func(f *core.JobFact) bool { return job.ShardState(f.To) == job.ShardCompleted },
	"dispatch_acked":   func(f *core.JobFact) bool { return f.To == 0 && f.Code == 0 },
	"orphaned":         func(f *core.JobFact) bool { return f.To == 1 }, // 2: it ends for it
	"worker_evicted":   func(f *core.JobFact) bool { return registry.WorkerState(f.To) == registry.WorkerOffline },
}

// onlyMember tells the same of facts about members.
var onlyMember = map[string]func(*core.Fact) bool{
	"suspected":     func(f *core.Fact) bool { return f.To == core.StateSuspect && f.From != core.StateSuspect },
	"declared_dead": func(f *core.Fact) bool { return f.To == core.StateDead && f.From != core.StateDead },
	"refuted":       func(f *core.Fact) bool { return f.Cause == core.CauseRefute },
}

// planOccasions notes what faults wait for.
func (w *World) planOccasions() {
	for i := range w.sc.Faults {
		f := &w.sc.Faults[i]
		if f.On == nil {
			continue
		}
		if w.on == nil {
			w.on = &occasions{awaits: make([]*await, len(w.sc.Faults))}
		}
		e := &f.On.Event
		a := &await{fault: i, on: f.On, from: core.Instant(f.At), nodes: w.those(f.On.Node), peers: w.those(f.On.Peer), job: onlyJob[e.Name], member: onlyMember[e.Name], node: core.NoNode, peer: core.NoNode}
		w.on.awaits[i] = a
		switch e.Of {
		case fault.OnSent:
			w.on.sent[e.Message] = append(w.on.sent[e.Message], a)
		case fault.OnReceived:
			w.on.received[e.Message] = append(w.on.received[e.Message], a)
		case fault.OnFact:
			w.on.facts[e.Fact] = append(w.on.facts[e.Fact], a)
		case fault.OnJobFact:
			w.on.jobFacts[e.JobFact] = append(w.on.jobFacts[e.JobFact], a)
		}
	}
}

// those is the set of nodes that a selector names, nil for everybody.
func (w *World) those(s *scenarios.Selector) []bool {
	if s == nil {
		return nil
	}
	return w.members(s.Fixed)
}

// counts reports whether an event at a node is the one that the fault waits for, and notes its parties.
func (a *await) counts(now core.Instant, node, peer core.NodeID) bool {
	switch {
	case a.came >= a.on.Nth, now < a.from, now > core.Instant(a.on.Until),
		a.nodes != nil && !a.nodes[node],
		a.peers != nil && (peer == core.NoNode || !a.peers[peer]):
		return false
	}
	a.came++
	a.node, a.peer = node, peer
	return a.came == a.on.Nth
}

// ofJob reports whether a fact about a job is of the workload that the fault wants.
func (w *World) ofJob(a *await, f *core.JobFact) bool {
	return a.on.Workload < 0 || slices.Contains(w.ids[a.on.Workload], job.ID(f.Job))
}

// onSent, onFact and onJobFact look at what a step did, and note the faults that begin with it.
func (w *World) onSent(at core.Instant, m *core.Message) {
	for _, a := range w.on.sent[m.Kind] {
		if a.counts(at, m.From, m.To) {
			w.strikeAt(max(at, w.kernel.Now()).Add(a.on.Delay), a)
		}
	}
}

func (w *World) onFact(now core.Instant, id core.NodeID, f *core.Fact) {
	for _, a := range w.on.facts[f.Kind] {
		if (a.member == nil || a.member(f)) && a.counts(now, id, f.Subject) {
			w.fall(now, a)
		}
	}
}

func (w *World) onJobFact(now core.Instant, id core.NodeID, f *core.JobFact) {
	for _, a := range w.on.jobFacts[f.Kind] {
		if (a.job == nil || a.job(f)) && w.ofJob(a, f) && a.counts(now, id, f.Node) {
			w.fall(now, a)
		}
	}
}

// fall lets a fault begin in the step in hand, or later if it is to.
func (w *World) fall(now core.Instant, a *await) {
	if a.on.Delay > 0 {
		w.strikeAt(now.Add(a.on.Delay), a)
		return
	}
	w.on.due = append(w.on.due, a)
}

// strikeAt schedules the beginning of a fault whose event came.
func (w *World) strikeAt(at core.Instant, a *await) {
	w.waiting.nth++
	w.edges = append(w.edges, fault.Edge{At: at, Fault: a.fault, Phase: fault.Begin})
	w.pushChange(at, changeFault, 2*plannedFirst+w.waiting.nth, len(w.edges)-1)
}

// strike begins the faults whose events the step in hand of id brought, before it sends anything. It reports whether the
// process went on; what one that did not was about to send is lost with it.
//
// What the faults themselves let nodes do has effects of its own: the step's are put aside, with the memory that they
// are cut from.
func (w *World) strike(now core.Instant, id core.NodeID) bool {
	life, cause := w.nodes[id].life, w.cause
	due := w.on.due
	w.on.due = nil
	held := w.fx
	w.fx, w.on.fx = w.on.fx, core.Effects{} // one that begins by what this one does has memory of its own
	w.fx.Bodies = held.Bodies
	for _, a := range due {
		w.fault(now, &fault.Edge{At: now, Fault: a.fault, Phase: fault.Begin})
	}
	held.Bodies = w.fx.Bodies
	w.on.fx, w.fx = w.fx, held
	w.cause = cause
	return w.nodes[id].life == life
}

// strikeFirst begins the faults that wait for a message that a process is about to read. It reports whether the process
// still reads it.
func (w *World) strikeFirst(now core.Instant, id core.NodeID, handle uint32) bool {
	f := w.slab.at(handle)
	for _, a := range w.on.received[f.msg.Kind] {
		if a.counts(now, id, f.msg.From) {
			w.fall(now, a)
		}
	}
	if len(w.on.due) == 0 {
		return true
	}
	n := &w.nodes[id]
	goesOn := w.strike(now, id)
	switch {
	case !n.host.Up():
		w.lose(now, handle, trace.ReasonDown)
	case !goesOn:
		w.lose(now, handle, trace.ReasonReset)
	case n.host.Paused(): // it is read when the process goes on, before what waits behind it
		n.host.Return(n.flow.Class(w.slab.at(handle).msg.Kind), handle)
	default:
		return true
	}
	return false
}

// Missed says of every fault whose event did not come why it did not begin.
func (w *World) Missed() []string {
	var missed []string
	if w.on == nil {
		return nil
	}
	for i, a := range w.on.awaits {
		if a != nil && a.came < a.on.Nth {
			missed = append(missed, a.on.Missed(&w.sc.Faults[i], a.came))
		}
	}
	return missed
}

// Party implements scenarios.Moment.
func (w *World) Party() (node, peer core.NodeID) {
	if w.on == nil || w.cause < 0 || w.on.awaits[w.cause] == nil {
		return core.NoNode, core.NoNode
	}
	a := w.on.awaits[w.cause]
	return a.node, a.peer
}
