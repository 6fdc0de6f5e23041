package registry

// State is where a gate or manager stands (spec 20 §1.2).
type State uint8

// States of gates and managers.
const (
	StateSyncing State = iota
	StateActive
	StateDraining
	StateOffline

	NumStates = 4
)

var stateNames = [NumStates]string{"SYNCING", "ACTIVE", "DRAINING", "OFFLINE"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return "unknown"
}

// WorkerState is where a worker stands (spec 20 §1.2).
type WorkerState uint8

// States of workers.
const (
	WorkerStarting WorkerState = iota
	WorkerHealthy
	WorkerDegraded
	WorkerDraining
	WorkerOffline

	NumWorkerStates = 5
)

var workerStateNames = [NumWorkerStates]string{"STARTING", "HEALTHY", "DEGRADED", "DRAINING", "OFFLINE"}

func (s WorkerState) String() string {
	if int(s) < len(workerStateNames) {
		return workerStateNames[s]
	}
	return "unknown"
}

// SiteState is where the registration of a datacenter stands at a gate (spec 20 §1.3, spec 01 no. 25).
type SiteState uint8

// States of datacenters.
const (
	SiteAwaiting     SiteState = iota // no manager of it has registered
	SiteInitializing                  // some have, but never a majority that was fresh
	SiteReady                         // a majority is registered and fresh
	SitePartial                       // was READY, and less than that is fresh
	SiteUnavailable                   // none is fresh, and the datacenter is unreachable

	NumSiteStates = 5
)

var siteStateNames = [NumSiteStates]string{"AWAITING_INITIAL", "INITIALIZING", "READY", "PARTIAL", "UNAVAILABLE"}

func (s SiteState) String() string {
	if int(s) < len(siteStateNames) {
		return siteStateNames[s]
	}
	return "unknown"
}

// TakesJobs reports whether jobs may go to a datacenter in that state.
func (s SiteState) TakesJobs() bool { return s == SiteReady || s == SitePartial }
