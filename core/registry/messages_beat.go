package registry

import (
	"hypersim/core"
	"hypersim/core/job"
)

// WorkerHeartbeat is a worker's heartbeat on a stream: to all managers of its pool, at once when cores become free.
// The same travels on its pings (core.Extra), cut there to what a datagram holds.
type WorkerHeartbeat struct {
	core.Shared
	core.Beat
	Shards []core.ShardBeat // by id
}

// Walk implements core.Body.
func (b *WorkerHeartbeat) Walk(w *core.Walker) {
	b.Beat.Walk(w)
	core.List(w, "active", &b.Shards, core.LeastShardBeat, core.WalkShardBeat)
}

// Leadership is a job that the sender leads, and the epoch under which it does.
type Leadership struct {
	Job    job.ID
	Epoch  uint32
	Layer  uint32 // of a manager: context version; of a gate: how many datacenters are targets
	Leader core.NodeID
}

func (l *Leadership) walk(w *core.Walker) {
	l.Job.Walk(w)
	w.Uint32("epoch", &l.Epoch)
	w.Uint32("layer_version", &l.Layer)
	w.Node("leader", &l.Leader)
}

const leastLeadership = 8 + 4 + 4 + 7

// ManagerBeat is what a manager says of itself and its datacenter.
type ManagerBeat struct {
	Version                 uint64
	Site                    uint16
	State                   State
	Leads                   bool
	Term                    uint64
	Workers, WorkersHealthy uint32
	Load                    job.Load
	Jobs, Workflows         uint32
	AcceptingJobs, Quorum   bool
	Throughput, Expected    float32 // per second
	Waiting                 uint32  // health_pending
	Overload                core.Load
	WorkersOverloaded       uint32
	WorkersStressed         uint32
	WorkersBusy             uint32
	WorkersExtended         uint32  // workers_with_extensions
	LHM                     float64 // of local health
	Pressure                job.Backpressure
	Gates                   []core.NodeID // known ones
	GateLeader              core.NodeID   // current_gate_leader, or NoNode
	Leaderships             []Leadership
}

func (b *ManagerBeat) walk(w *core.Walker) {
	w.Uint64("version", &b.Version)
	w.Uint16("site", &b.Site)
	core.Word(w, "state", &b.State, NumStates)
	w.Bool("is_leader", &b.Leads)
	w.Uint64("term", &b.Term)
	w.Uint32("worker_count", &b.Workers)
	w.Uint32("healthy_worker_count", &b.WorkersHealthy)
	b.Load.Walk(w)
	w.Uint32("active_jobs", &b.Jobs)
	w.Uint32("active_workflows", &b.Workflows)
	w.Bool("health_accepting_jobs", &b.AcceptingJobs)
	w.Bool("health_has_quorum", &b.Quorum)
	w.Float32("health_throughput", &b.Throughput)
	w.Float32("health_expected_throughput", &b.Expected)
	w.Uint32("health_pending", &b.Waiting)
	core.Word(w, "health_overload_state", &b.Overload, core.NumLoads)
	w.Uint32("overloaded_worker_count", &b.WorkersOverloaded)
	w.Uint32("stressed_worker_count", &b.WorkersStressed)
	w.Uint32("busy_worker_count", &b.WorkersBusy)
	w.Uint32("workers_with_extensions", &b.WorkersExtended)
	w.Float64("lhm_score", &b.LHM)
	b.Pressure.Walk(w)
	core.List(w, "known_gates", &b.Gates, 7, job.WalkNode)
	w.MaybeNode("current_gate_leader", &b.GateLeader)
	core.List(w, "job_leaderships", &b.Leaderships, leastLeadership, (*Leadership).walk)
}

// ManagerHeartbeat is a manager's heartbeat on a stream.
type ManagerHeartbeat struct {
	core.Shared
	ManagerBeat
}

// Walk implements core.Body.
func (b *ManagerHeartbeat) Walk(w *core.Walker) { b.walk(w) }

// JobManager is the manager that leads a job in one datacenter.
type JobManager struct {
	Job     job.ID
	Site    uint16
	Manager core.NodeID
}

func (m *JobManager) walk(w *core.Walker) {
	m.Job.Walk(w)
	w.Uint16("site", &m.Site)
	w.Node("manager", &m.Manager)
}

// GateHeartbeat is a gate's heartbeat on a stream.
type GateHeartbeat struct {
	core.Shared
	Version              uint64
	Site                 uint16
	State                State
	Leads                bool
	Term                 uint64
	Jobs                 uint32
	Sites                uint16 // active_datacenters
	Managers             uint32
	Connected            bool   // health_has_dc_connectivity
	SitesConnected       uint16 // health_connected_dc_count
	Throughput, Expected float32
	Waiting              uint32 // health_pending
	Overload             core.Load
	Leaderships          []Leadership
	JobManagers          []JobManager
}

// Walk implements core.Body.
func (b *GateHeartbeat) Walk(w *core.Walker) {
	w.Uint64("version", &b.Version)
	w.Uint16("site", &b.Site)
	core.Word(w, "state", &b.State, NumStates)
	w.Bool("is_leader", &b.Leads)
	w.Uint64("term", &b.Term)
	w.Uint32("active_jobs", &b.Jobs)
	w.Uint16("active_datacenters", &b.Sites)
	w.Uint32("manager_count", &b.Managers)
	w.Bool("health_has_dc_connectivity", &b.Connected)
	w.Uint16("health_connected_dc_count", &b.SitesConnected)
	w.Float32("health_throughput", &b.Throughput)
	w.Float32("health_expected_throughput", &b.Expected)
	w.Uint32("health_pending", &b.Waiting)
	core.Word(w, "health_overload_state", &b.Overload, core.NumLoads)
	core.List(w, "job_leaderships", &b.Leaderships, leastLeadership, (*Leadership).walk)
	core.List(w, "job_dc_managers", &b.JobManagers, 8+2+7, (*JobManager).walk)
}

// CountLoad counts a worker by what it calls itself.
func (b *ManagerBeat) CountLoad(l core.Load) {
	switch l {
	case core.LoadOverloaded:
		b.WorkersOverloaded++
	case core.LoadStressed:
		b.WorkersStressed++
	case core.LoadBusy:
		b.WorkersBusy++
	case core.LoadHealthy:
	}
}
