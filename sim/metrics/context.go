package metrics

import (
	"time"

	"hypersim/core"
	"hypersim/core/job"
)

// Node is one process that may take part in the run. Its place in Context.Nodes is its id.
type Node struct {
	ID    core.NodeID
	Name  string // site/role/index
	Key   uint64 // of the name: what chance knows the node by
	Site  string
	Role  core.Role
	Group core.GroupID // membership group; 0 = member of none (clients)

	SiteIndex int  // dense, 0 … number of sites − 1
	Ghost     bool // an address that never answers
	Late      bool // not part of the formation at t = 0 (joins later)
	Cores     int  // of a worker; 0 in a run without jobs
}

// FaultInfo is a planned fault. Its place in Context.Faults is trace.Record.Fault.
type FaultInfo struct {
	ID, Kind   string
	Start, End core.Instant // planned; core.Never without an end
	Detail     string       // as in Fault
	Spread     bool         // as in Fault
}

// Bound holds the constants of the upper bound of an RTT estimate (spec 10 §11.6), in ms.
type Bound struct {
	KSigma, SigmaMin, SigmaMax, RTTMin, RTTMax float64
}

// DefaultBound returns the constants of spec 10 §11.1.
func DefaultBound() Bound {
	return Bound{KSigma: 2, SigmaMin: 1, SigmaMax: 500, RTTMin: 1, RTTMax: 10_000}
}

// Context is all that the recorder knows beside the records. Zero values of the optional fields mean
// the default that their comment gives.
type Context struct {
	Nodes  []Node
	Faults []FaultInfo
	Scopes []string // names of the scopes 1, 2, … of the job layer

	Workloads []string // names, by their place in the scenario
	// Job returns the nth job of a workload as its client hands it in: how its workflows depend on each other is
	// nothing that facts tell. nil: they do not.
	Job func(workload int, nth uint32) job.Spec

	// ShardDue returns when the shard that runs on worker under the token will end as things stand, Never if it does not, or
	// does not run there. nil: no timeout_wrong.
	ShardDue func(worker core.NodeID, job, workflow, token uint64) core.Instant

	Seed    uint64 // of the run; the sampled pairs are drawn from it
	Formed  bool   // every member that is neither Ghost nor Late holds whom it should know OK at t = 0
	Workers bool   // workers are participants too (worker.probe = member)
	Flat    bool   // membership.topology = flat: everybody knows everybody; else workers know managers only

	Warmup, Duration core.Duration
	SampleEvery      core.Duration // length of one sample; > 0

	// Reachable reports whether a datagram sent now from a could arrive at b: no partition or outage
	// between them. Never called with a down node. nil: always.
	Reachable func(a, b core.NodeID) bool
	// TrueRTT is the undisturbed round trip between the hosts of a and b at virtual time now: base
	// delays both ways with drift and delay faults, without jitter and queues. nil: no coordinate metrics.
	TrueRTT func(a, b core.NodeID, now core.Instant) core.Duration

	Bound       Bound         // zero: DefaultBound
	ImpairedFor core.Duration // 0: 60 s; how long a node stays impaired after a pause or slowness ends
	LinkPairs   bool          // measure coordinates also between gates and managers (topology roles; spec 10 §9)
	PairsAll    int           // 0: 20,000; up to so many unordered pairs all are measured, above PairsMax drawn ones
	PairsMax    int           // 0: 5,000
	CoordEvery  core.Duration // 0: SampleEvery; coordinates are sampled no more often
	MaxRows     int           // 0: 200,000; kept observations per metric, detections, traffic rows; points four times as many
}

// Probe reads the machines at a sample. Calls for a node that is down are not made.
type Probe interface {
	// Coord stores node's own coordinate in c and reports whether it has one.
	Coord(node core.NodeID, c *core.Coord) bool
	// QueueLen is the number of updates in node's gossip queue.
	QueueLen(node core.NodeID) int
	// JobTables tells how many entries each table of a node that runs has that is about jobs.
	JobTables(node core.NodeID, each func(table string, entries int))
	// MemoryBytes is what all membership tables of the run occupy now, side tables included; 0 = unknown.
	MemoryBytes() int64
}

// Viewer reads how a machine holds a subject. Audit compares the recorder's bookkeeping with it.
type Viewer interface {
	State(observer, subject core.NodeID) core.MemberState
}

func (c *Context) fill() {
	set := func(d *core.Duration, v core.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&c.ImpairedFor, 60*time.Second)
	set(&c.CoordEvery, c.SampleEvery)
	for _, f := range []struct {
		p *int
		v int
	}{{&c.PairsAll, 20_000}, {&c.PairsMax, 5_000}, {&c.MaxRows, 200_000}} {
		if *f.p == 0 {
			*f.p = f.v
		}
	}
	if c.Bound == (Bound{}) {
		c.Bound = DefaultBound()
	}
}

// knows reports whether the protocol makes an observer of role o hold a record of a subject of role s.
func (c *Context) knows(o, s core.Role) bool {
	return c.Flat || c.Workers || o != core.RoleWorker || s != core.RoleWorker
}
