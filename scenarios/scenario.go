package scenarios

import (
	"hypersim/core"
	"hypersim/core/job"
	corenode "hypersim/core/node"
	"hypersim/core/registry"
	"hypersim/scenarios/claim"
	"hypersim/topologies"
)

// Scenario is one run, completely described: what Load returns. It is a plain value that nothing changes
// afterwards; slices are shared, so readers do not write to them.
type Scenario struct {
	Name        string // kebab-case, equals the file's name
	Title       string // one line
	Description string
	Question    string   // the comment that opens the file
	Covers      []string // "AD-29" and items of the seed list
	Tags        []string

	File   string // path as given, or the path of a bundled file below scenarios/
	SHA256 string // of the file's text, hex
	Sets   []string
	// Config is the resolved configuration: canonical JSON with every default filled in (keys sorted, two
	// blanks of indentation). ConfigHash is the hex SHA-256 of it; the seed is not part of it.
	Config     []byte
	ConfigHash string
	Variant    string // name of the variant that this run is; "" without variants
	// Warnings are checks that protocol.unsafe turned off, and anything else a person should read.
	Warnings []string
	Inert    []Inert // keys of the protocol that are given and cannot change the run; among Warnings too
	// Narrow says that a path takes less than members may send: they refuse some of their own datagrams.
	Narrow bool

	Seed     uint64
	Duration core.Duration // virtual time of the run
	Warmup   core.Duration // excluded from statistics
	Settle   core.Duration // quiet end in which convergence is demanded
	Rest     core.Duration // the run ends in its settle time when nothing has disturbed it for so long and it has come to rest (check.Checker.AtRest); 0: it does not
	Budget   Budget

	Topology *topologies.Topology // rows are sites, or nodes when PerNode
	Network  Network
	Node     [core.NumRoles]NodeModel // by role, complete
	Cluster  Cluster
	Protocol Protocol

	Groups []Group    // Groups[i].ID = i+1
	Nodes  []NodeSpec // Nodes[i].ID = i

	Workloads []Workload    // in file order
	Faults    []Fault       // in file order
	Expects   []claim.Claim // in file order
	Disabled  []DisabledInvariant
	Report    Report
	Variants  []Variant
	Sweep     Sweep
	Compare   Comparison
}

// Budget stops a run that costs too much; zero fields are no limit.
type Budget struct {
	Wall   core.Duration
	Memory int64 // bytes
	Events uint64
}

// Group is a membership group (spec 10 §1). Its nodes are the contiguous ids First … First+Count−1.
type Group struct {
	ID    core.GroupID
	Name  string // "gates", "site:<name>" or "flat"
	Site  int    // the site of a datacenter group, else −1
	First core.NodeID
	Count int
}

// NodeSpec is one process of the run. Ids are dense; all gates come first (site by site), then site by
// site its managers and its workers, clients last, so that every group is a range of ids. Sites stand in the
// order of their names, or in that of a matrix with a row per node.
type NodeSpec struct {
	ID     core.NodeID
	Name   string // "site/role/index"
	Key    uint64 // of the name: what chance knows the node by (rng.Key)
	Site   int    // index into Topology.Sites
	Row    int    // row of Topology.Base: the site, or the node's own row when PerNode
	Role   core.Role
	Group  core.GroupID  // 0 for clients
	Config int           // index into Protocol.Configs
	Start  core.Duration // when the process starts
	Absent bool          // starts only by a join fault
	Ghost  bool          // an address that never answers; others know it from the start

	Version registry.Version // of the protocol, that its first process speaks
	Outside bool             // of another cluster or environment, or with a wrong certificate: nobody's member here, though it knows whom to ask
	Seed    bool             // everybody knows its address at start
}

// Stands reports whether n is one of those that know each other from the start, where anybody does.
func (n *NodeSpec) Stands() bool { return !n.Absent && !n.Ghost && !n.Late() }

// Late reports whether n has to make itself known although it is not absent. So has one that speaks another major version.
func (n *NodeSpec) Late() bool {
	return n.Absent || n.Start > 0 || n.Outside || n.Version.Major != registry.Current.Major
}

// ConfigOf returns the protocol configuration of a node.
func (s *Scenario) ConfigOf(id core.NodeID) *Config {
	return &s.Protocol.Configs[s.Nodes[id].Config]
}

// Cluster says who lives where and how it starts.
type Cluster struct {
	Sites          []SiteCounts // parallel to Topology.Sites
	CoresPerWorker int
	Gateless       bool
	Formed         bool          // complete views at t = 0; else cold
	Settled        bool          // coordinates settled at t = 0 (only with Formed)
	ColdOver       core.Duration // starts are spread over this time
	ColdOrder      []core.Role   // roles in order of start; empty: all mixed
}

// SiteCounts is the number of processes of one site, ghosts apart.
type SiteCounts struct {
	Gates, Managers, Workers, Clients int
	Ghosts                            [core.NumRoles]int
}

// Of returns the count of a role, ghosts apart.
func (c SiteCounts) Of(r core.Role) int {
	switch r {
	case core.RoleGate:
		return c.Gates
	case core.RoleManager:
		return c.Managers
	case core.RoleWorker:
		return c.Workers
	case core.RoleClient:
		return c.Clients
	}
	return 0
}

// NodeModel is the host under a node (spec 50 §3).
type NodeModel struct {
	Service  [core.NumClasses]Dist // seconds per message, by class
	Inbox    int                   // messages
	ByClass  bool                  // serve CONTROL first; else first come, first served
	Offset   Dist                  // clock offset in seconds, drawn once per node
	DriftPPM Dist                  // clock drift in parts per million, drawn once per node
	Memory   int64                 // bytes; 0: not modelled
	Refuse   core.Duration         // of the server, for each request that it sends away
}

// Report says what a run leaves behind.
type Report struct {
	CSV       []string // files of spec 50 §7 without ".csv"; empty: all that have rows
	Sample    core.Duration
	KeepTrace bool
	Jobs      []job.ID // ids of jobs whose events are kept whatever becomes of them
	Plots     []Plot
}

// Plot is one figure that the scenario asks for beyond the standard ones.
type Plot struct {
	Kind   string
	Metric string
	Where  claim.Where
	Stat   []string
	X      string
	Split  []string
	From   *core.Duration
	To     *core.Duration
	Rate   bool
	Log    []string
	HLine  []float64
	Mark   []string // fault ids
}

// DisabledInvariant is an invariant that a scenario turns off, with its reason.
type DisabledInvariant struct{ ID, Why string }

// Variant is one alternative of a file; its first is the baseline.
type Variant struct {
	Name            string
	Set             map[string]any
	Enable, Disable []string
}

// Sweep is the grid of a file: read and checked here, executed by the sweep verb.
type Sweep struct {
	Seeds   []uint64
	Grid    []SweepAxis // sorted by key
	Zip     []SweepAxis
	MaxRuns int
}

// Comparison is what a file declares for comparisons of its sweeps before anything is run.
type Comparison struct {
	Primary []string      // metrics that decide, "metric" or "metric:label=word"; none: all
	Horizon core.Duration // of times to an event; 0: what every run would have waited
}

// SweepAxis is one swept key.
type SweepAxis struct {
	Key    string
	Values []any
}

// Kinds of workloads.
const (
	WorkloadProgress = "progress"    // work without jobs: each target reports progress to its owner once per interval
	WorkloadJobs     = "jobs"        // clients hand in jobs
	WorkloadCancel   = "cancel"      // and take some of them back
	WorkloadStats    = "stats"       // managers are told of statistics that belong to no job
	WorkloadQuery    = "query"       // clients ask servers what is about no job
	WorkloadProbe    = "route-probe" // gates are asked where jobs would go that are never handed in
)

// Workload is some work. Its scope in the job layer of failure detection (spec 10 §8) is its turn
// by name, from 1, so that the order in a file means nothing.
type Workload struct {
	ID       string
	Index    int // position in the file, from 0
	scope    uint64
	Kind     string
	From, To core.Duration // first report or job no earlier, end of the scope or of what arrives

	Target   *Selector // progress: who works
	Interval core.Duration
	Jobs     *Jobs       // jobs
	Cancel   *CancelJobs // cancel
	Storm    *Storm      // stats
	Query    *Query      // query
	Probe    *RouteProbe // route-probe
}

// RouteProbe asks gates where jobs would go. Each job keeps its id, and so its choice, as long as its gate's process lives.
type RouteProbe struct {
	Gates  []core.NodeID // in turn
	Pinned int           // jobs
}

// Scope is the number under which nodes know the work.
func (w *Workload) Scope() uint64 { return w.scope }

// Config is the protocol configuration of one node, complete.
type Config struct{ corenode.Config }

// Protocol holds the distinct configurations of a run. Configs[0] is that of [protocol.…] without
// overrides; NodeSpec.Config says which one a node has.
type Protocol struct {
	Configs []Config
	Unsafe  bool   // checks between parameters are warnings
	Profile string // ProfileSpecified or ProfileInherited; keys of their own may differ from it
}

// Default returns the configuration without overrides.
func (p *Protocol) Default() *Config { return &p.Configs[0] }

// Inert is a key of the protocol that a scenario gives and that cannot change its runs.
type Inert struct {
	Key   string // "protocol.suspicion.min"
	Why   string
	While int // true while a node knows at least so many members; 0: always
}
