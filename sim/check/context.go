package check

import (
	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/election"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/overload"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/routing"
)

// Node is one process that may take part. Its place in Context.Nodes is its id.
type Node struct {
	ID    core.NodeID
	Name  string
	Site  int
	Role  core.Role
	Group core.GroupID // 0: member of no group
	Ghost bool         // an address that never answers
	Seed  bool         // all others of its group know its address and ask it to let them in
	Cores int          // of a worker; 0 = not known

	Speaks  registry.Version // of the protocol, its first process
	Stands  bool             // and that knows all others of the start
	Cluster uint64           // a digest of the names of its cluster and its environment

	Suspicion int // place of its rule in Context.Suspicions
}

// Fault is what the checks need to know of a planned fault. Its place in Context.Faults is
// trace.Record.Fault.
type Fault struct {
	Cuts    bool // separates nodes: partition, flap, a site's blackhole
	Lasting bool // holds until its end record, as a cut, loss or slowness does; a crash does not
	Claims  bool // takes a part of what servers have: an overload
}

// Limits are the constants of spec 10 that invariants name: what nodes promise, and what the world adds. All are required;
// Default gives those of the chapter.
type Limits struct {
	core.Promises
	Lateness    core.Duration // by how much a timer of a running, not slowed process may be late
	MaxDatagram int           // bytes
	MaxUpdates  int           // bytes of the membership block
}

// Default returns the limits that follow from the defaults of spec 10.
func Default() Limits {
	return Limits{Lateness: 1e9, MaxDatagram: 1400, MaxUpdates: 1200, Promises: core.Promises{
		ProbePeriod: 1e9, ProbeTimeout: 500e6, TimeoutMin: 100e6, TimeoutMax: 30e9, MaxOutstanding: 64, IndirectK: 3, LHMMax: 8,
		SuspicionK: 3, SuspicionMax: 30e9, MaxSuspicions: 10_000, GossipInterval: 200e6, GossipFanout: 3, QueueMax: 1000,
		Lambda: 3, RateBurst: 200, RateRefill: 100, RefuteWithin: 10e9, WorkerSilence: 35e9,
		ReachSuspicion: 30e9, ReachUnknown: 40e9,
		Coordinates: true, HeightMin: 1e-5, CoordMax: 10, ErrorMin: 0.01, ErrorMax: 1.5,
	}}
}

// View reads the machines and the network, at checkpoints and at the end. Only Up may be asked of a node that does not
// run. State and Incarnation are asked at two more moments: when a process starts, and at each fact. There they show the
// state at the end of the step that reports the fact.
type View interface {
	// Validate recomputes what node's machine keeps incrementally and says what does not agree.
	Validate(node core.NodeID) []string
	State(observer, subject core.NodeID) core.MemberState
	Incarnation(observer, subject core.NodeID) uint32
	TableDigest(node core.NodeID) (all, participants uint64)
	Up(node core.NodeID) bool
	// Reachable reports whether no cut stops a datagram from a to b now.
	Reachable(a, b core.NodeID) bool
	// Severed reports whether a fault says now that no message of a kind passes from a to b, Slowed how much longer than its link
	// takes faults say now that it is under way.
	Severed(a, b core.NodeID, k core.Kind) bool
	Slowed(a, b core.NodeID, k core.Kind) core.Duration
	// Tracks reports whether a gate that leads a job counts with a part of it in a datacenter, or owes it a cancel there; knows is false where
	// it does not lead the job.
	Tracks(gate core.NodeID, job uint64, site int) (tracks, knows bool)
	// Owes reports whether a gate that leads a job owes a datacenter a command about it.
	Owes(gate core.NodeID, job uint64) bool
	// InFlight counts the messages of a kind that are on their way or wait in an inbox.
	InFlight(kind core.Kind) uint64
}

// Context is all that the checks know beside the records.
type Context struct {
	Nodes  []Node
	Faults []Fault // nil: every fault is a point in time

	Flat       bool // everybody is a participant: membership.topology = flat, or worker.probe = member
	Hearsay    bool // membership.confirmation_mode = hearsay
	AnyMessage bool // confirm.on = any-message
	Inherited  bool // some run inherited rules: what they send and heed beside the chapter is not judged (I-M16, I-M22)

	Suspicions []Suspicion // the rules that nodes follow; nil = the chapter's defaults

	Statistics []Statistics // what nodes follow of statistics, likewise by Node.Suspicion

	Limits Limits
	// Job returns the nth job of a workload as its client hands it in. nil: what needs it is not checked.
	Job func(workload int, nth uint32) job.Spec
	// Jobs are the times and counts of the job layer; nil = the chapter's defaults.
	Jobs *job.Config
	// Health is how managers judge their workers; nil = the chapter's defaults.
	Health *health.Config
	// Timeouts are the times of timeouts and extensions; nil = the chapter's defaults.
	Timeouts *jobtimeout.Config
	// Overload and Admission are how servers judge what arrives; nil = the chapter's defaults.
	Overload  *overload.Config
	Admission *admission.Config
	// Election is how managers find who leads them; nil = the chapter's defaults.
	Election *election.Config
	// Lease says how a job keeps its holder, and how a member that restarted learns what the others have; nil = the chapter's defaults.
	Lease *replica.Lease
	// Breaker says when calls to a peer are stopped; nil = the chapter's defaults.
	Breaker *health.BreakerKeys
	// Sites says how gates judge datacenters; nil = the chapter's defaults.
	Sites *routing.SiteKeys
	// Negotiates: processes agree on features, and use nothing else.
	Negotiates bool

	Settle   core.Duration // after the last disturbance, before I-M30 and I-W5 are judged; 0 = they are not
	Lossy    bool          // messages get lost or come late all the time: suspicions and refutations are under way at any time
	Unsteady bool          // clocks may jump, or run at rates further apart than leases stand: of I-JL1 only the terms are judged
	Calm     bool          // no loss, pause, overload or partition, and every RTT below the probe timeout: I-M28 holds

	View        View // nil: what needs it is not checked
	ValidateMax int  // machines validated per checkpoint, in turn; 0 = 256
}

// participant reports whether members of the role are witnesses (spec 10 §1).
func (c *Context) participant(r core.Role) bool { return c.Flat || r != core.RoleWorker }

// knows reports whether an observer of role o keeps records of subjects of role s.
func (c *Context) knows(o, s core.Role) bool { return c.participant(o) || c.participant(s) }
