package cancel

// Reason says who wanted the end of a job or shard.
type Reason uint8

// Reasons.
const (
	ReasonClient  Reason = iota // asked for
	ReasonUnknown               // by a client that gave a submission up without knowing what became of it
	ReasonOwed                  // by a gate that went to another datacenter, or lost this one
	ReasonTimeout
	ReasonAttempt // other shards of the attempt failed, or it was replaced
	ReasonFenced  // the shard is of an older token or leader

	NumReasons = 6
)

var reasonNames = [NumReasons]string{"client", "submit_unknown", "owed", "timeout", "attempt", "fenced"}

func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return "unknown"
}

// ShardStatus is what a leader says of a shard that its worker asks about.
type ShardStatus uint8

// Statuses of shards.
const (
	ShardUnknown ShardStatus = iota
	ShardRun
	ShardCancel
	ShardStale

	NumShardStatuses = 4
)

var shardStatusNames = [NumShardStatuses]string{"UNKNOWN", "RUN", "CANCEL", "STALE"}

func (s ShardStatus) String() string {
	if int(s) < len(shardStatusNames) {
		return shardStatusNames[s]
	}
	return "unknown"
}

// SingleStatus is what became of the cancel of one workflow, weakest first.
type SingleStatus uint8

// Statuses of single cancels.
const (
	SingleNotFound SingleStatus = iota
	SingleAlreadyCompleted
	SingleCancelling
	SinglePending // PENDING_CANCELLED: it had not begun
	SingleAlreadyCancelled
	SingleCancelled

	NumSingleStatuses = 6
)

var singleStatusNames = [NumSingleStatuses]string{
	"NOT_FOUND", "ALREADY_COMPLETED", "CANCELLING", "PENDING_CANCELLED", "ALREADY_CANCELLED", "CANCELLED",
}

func (s SingleStatus) String() string {
	if int(s) < len(singleStatusNames) {
		return singleStatusNames[s]
	}
	return "unknown"
}
