package workflow

// State is where a workflow stands (spec 20 §3.2). The zero value is no state: a workflow that the machine does not
// know is not pending.
type State uint8

// Workflow states.
const (
	None       State = iota
	Pending          // waits for dependencies, cores or backoff
	Dispatched       // cores reserved, dispatch sent, not all shards accepted
	Running          // every shard accepted
	Completed        // every shard completed
	Aggregated       // the same with two shards or more, whose results were merged
	Failed           // an attempt ended badly; Entry.Final says whether that was the last one
	FailedCancellingDependents
	FailedReadyForRetry
	Cancelling // stop requested, shards not confirmed yet
	Cancelled

	NumStates = 11
)

// stateRow is all that is known of a state.
type stateRow struct {
	name string
	wire string // how messages call it
	next set
}

// set is a set of states.
type set uint16

func of(states ...State) set {
	var b set
	for _, s := range states {
		b |= 1 << s
	}
	return b
}

// Edges beyond the plain reading of the table: PENDING goes to CANCELLED through CANCELLING in one event; FAILED goes
// to CANCELLED where the job ends while a retry is due (J12).
var states = [NumStates]stateRow{
	None:                       {"NONE", "unknown", of(Pending)},
	Pending:                    {"PENDING", "pending", of(Dispatched, Cancelling, Failed)},
	Dispatched:                 {"DISPATCHED", "assigned", of(Running, Cancelling, Failed)},
	Running:                    {"RUNNING", "running", of(Completed, Aggregated, Failed, Cancelling)},
	Completed:                  {"COMPLETED", "completed", 0},
	Aggregated:                 {"AGGREGATED", "aggregated", 0},
	Failed:                     {"FAILED", "failed", of(FailedCancellingDependents, Cancelled)},
	FailedCancellingDependents: {"FAILED_CANCELING_DEPENDENTS", "failed", of(FailedReadyForRetry, Cancelling)},
	FailedReadyForRetry:        {"FAILED_READY_FOR_RETRY", "pending", of(Pending, Cancelling)},
	Cancelling:                 {"CANCELLING", "cancelled", of(Cancelled)},
	Cancelled:                  {"CANCELLED", "cancelled", 0},
}

func (s State) String() string {
	if int(s) < len(states) {
		return states[s].name
	}
	return "unknown"
}

// Wire returns the word by which messages call the state.
func (s State) Wire() string {
	if int(s) < len(states) {
		return states[s].wire
	}
	return "unknown"
}

// May reports whether the table has an edge from s to t. A final FAILED has none, whatever the table says.
func (s State) May(t State) bool { return s < NumStates && t < NumStates && states[s].next&(1<<t) != 0 }

// Succeeded reports whether a dependent may start (spec 20 §3.4).
func (s State) Succeeded() bool { return s == Completed || s == Aggregated }

// Live reports whether shards of it may hold cores with the leader's consent.
func (s State) Live() bool { return s == Dispatched || s == Running }

// Reason says why a workflow changed state.
type Reason uint8

// Reasons.
const (
	ReasonNone Reason = iota
	ReasonSubmitted
	ReasonPlaced
	ReasonAccepted
	ReasonImplied // a result or progress came before the ack (J11)
	ReasonDone
	ReasonUser       // the workflow itself returned an error
	ReasonWorker     // its worker is gone, or gave the shard back
	ReasonRefused    // a shard found no room
	ReasonUnanswered // a dispatch got no answer
	ReasonLimit      // the worker's own limit
	ReasonDependency
	ReasonExhausted // attempts used up
	ReasonCancel
	ReasonTimeout
	ReasonRetry

	NumReasons = 16
)

var reasonNames = [NumReasons]string{
	"none", "submitted", "placed", "accepted", "implied", "done", "user", "worker", "refused", "unanswered", "limit", "dependency",
	"exhausted", "cancel", "timeout", "retry",
}

func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown"
}
