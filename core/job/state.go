package job

// State is where a job stands: at its gate for the whole of it, at a manager for its datacenter (spec 20 §3.1).
type State uint8

// Job states.
const (
	StateNone        State = iota // no record
	StateSubmitted                // accepted and committed
	StateQueued                   // no datacenter or no cores now
	StateDispatching              // being sent out
	StateRunning                  // something runs
	StateCompleting               // all ended, the outcome is being made
	StateCancelling               // cancel accepted, work being stopped
	StateCompleted                // from here on: terminal
	StateFailed
	StateCancelled
	StateTimeout

	NumStates = 11
)

var stateNames = [NumStates]string{
	"NONE", "SUBMITTED", "QUEUED", "DISPATCHING", "RUNNING", "COMPLETING", "CANCELLING", "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT",
}

// Local ends are what only a client says of a job: the cluster may think otherwise.
const (
	LocalLost     State = 0x40 + iota // nobody knows it any more
	LocalUnknown                      // handed in, and no word whether it arrived (SUBMIT_UNKNOWN)
	LocalRejected                     // not taken
	numLocals     = 3
)

var localNames = [numLocals]string{"JOB_LOST", "SUBMIT_UNKNOWN", "REJECTED"}

func (s State) String() string {
	switch {
	case int(s) < len(stateNames):
		return stateNames[s]
	case s.Local():
		return localNames[s-LocalLost]
	}
	return "unknown"
}

// Local reports whether s is an end that a client made.
func (s State) Local() bool { return s >= LocalLost && s < LocalLost+numLocals }

// Over reports whether a client waits no more: the cluster's outcome, or its own.
func (s State) Over() bool { return s.Terminal() || s.Local() }

// Terminal reports whether s is an outcome. There is no other list of the terminal states (J9).
func (s State) Terminal() bool { return s >= StateCompleted && s < NumStates }

// set is a set of states.
type set uint16

func of(states ...State) set {
	var b set
	for _, s := range states {
		b |= 1 << s
	}
	return b
}

// next are the legal targets of each state.
var next = [NumStates]set{
	StateNone:        of(StateSubmitted),
	StateSubmitted:   of(StateQueued, StateDispatching, StateCancelling, StateFailed, StateTimeout),
	StateQueued:      of(StateDispatching, StateCancelling, StateFailed, StateTimeout),
	StateDispatching: of(StateRunning, StateQueued, StateCancelling, StateFailed, StateTimeout),
	StateRunning:     of(StateCompleting, StateCancelling, StateFailed, StateTimeout),
	StateCompleting:  of(StateCompleted, StateFailed, StateCancelled, StateTimeout),
	StateCancelling:  of(StateCancelled),
}

// May reports whether a job may go from s to t.
func (s State) May(t State) bool { return s < NumStates && t < NumStates && next[s]&(1<<t) != 0 }

// Completeness says how much of a terminal job has a result. It stands beside the state (J10).
type Completeness uint8

// Completeness, least first.
const (
	CompleteNone Completeness = iota
	CompletePartial
	CompleteFull

	NumCompleteness = 3
)

var completenessNames = [NumCompleteness]string{"NONE", "PARTIAL", "FULL"}

func (c Completeness) String() string {
	if int(c) < len(completenessNames) {
		return completenessNames[c]
	}
	return "unknown"
}
