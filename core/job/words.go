package job

// Priority orders the workflows that are ready (spec 20 §4.4).
type Priority uint8

// Priorities.
const (
	PriorityAuto      Priority = iota // shares what is left evenly
	PriorityLow                       // the three explicit ones share by virtual users
	PriorityNormal                    //
	PriorityHigh                      //
	PriorityExclusive                 // alone in its job and datacenter

	NumPriorities = 5
)

var priorityNames = [NumPriorities]string{"auto", "low", "normal", "high", "exclusive"}

func (p Priority) String() string {
	if int(p) < len(priorityNames) {
		return priorityNames[p]
	}
	return "unknown"
}

// ErrorKind says why a shard or workflow failed (spec 20 §3.4).
type ErrorKind uint8

// Kinds of errors.
const (
	ErrorNone       ErrorKind = iota
	ErrorUser                 // the workflow itself said so: never retried
	ErrorWorker               // infrastructure: retried
	ErrorTimeout              // the worker's own limit
	ErrorOrphan               // nobody led it
	ErrorCancelled            // stopped without the leader's wish, or on it
	ErrorDependency           // a dependency failed for good

	NumErrorKinds = 7
)

var errorKindNames = [NumErrorKinds]string{"none", "user", "worker", "timeout", "orphan", "cancelled", "dependency"}

func (e ErrorKind) String() string {
	if int(e) < len(errorKindNames) {
		return errorKindNames[e]
	}
	return "unknown"
}

// Ended is how a shard ended on its worker.
type Ended uint8

// Ends of shards.
const (
	EndedCompleted Ended = iota
	EndedFailed
	EndedCancelled

	NumEnded = 3
)

var endedNames = [NumEnded]string{"completed", "failed", "cancelled"}

func (e Ended) String() string {
	if int(e) < len(endedNames) {
		return endedNames[e]
	}
	return "unknown"
}
