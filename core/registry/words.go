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
