package job

// WorkflowStatus is what messages say about a workflow: fewer words than its leader keeps (spec 20 §3.2).
type WorkflowStatus uint8

// Statuses of workflows.
const (
	StatusPending WorkflowStatus = iota
	StatusAssigned
	StatusRunning
	StatusCompleted
	StatusAggregated
	StatusFailed
	StatusCancelled

	NumWorkflowStatuses = 7
)

var workflowStatusNames = [NumWorkflowStatuses]string{"pending", "assigned", "running", "completed", "aggregated", "failed", "cancelled"}

func (s WorkflowStatus) String() string {
	if int(s) < len(workflowStatusNames) {
		return workflowStatusNames[s]
	}
	return "unknown"
}

// ShardState is where a shard stands on its worker (spec 20 §3.6).
type ShardState uint8

// States of shards.
const (
	ShardNone      ShardState = iota // no record
	ShardAllocated                   // has its cores
	ShardRunning
	ShardCancelling
	ShardCompleted // from here on: ended
	ShardFailed
	ShardCancelled

	NumShardStates = 7
)

var shardStateNames = [NumShardStates]string{"NONE", "ALLOCATED", "RUNNING", "CANCELLING", "COMPLETED", "FAILED", "CANCELLED"}

func (s ShardState) String() string {
	if int(s) < len(shardStateNames) {
		return shardStateNames[s]
	}
	return "unknown"
}

// Ended reports whether nothing of the shard runs any more.
func (s ShardState) Ended() bool { return s >= ShardCompleted && s < NumShardStates }

// Pressure is how much a receiver of progress wants to hear (spec 30 §5.2).
type Pressure uint8

// Levels of pressure, mildest first.
const (
	PressureNone Pressure = iota
	PressureThrottle
	PressureBatch
	PressureReject

	NumPressures = 4
)

var pressureNames = [NumPressures]string{"NONE", "THROTTLE", "BATCH", "REJECT"}

func (p Pressure) String() string {
	if int(p) < len(pressureNames) {
		return pressureNames[p]
	}
	return "unknown"
}
