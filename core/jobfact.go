package core

// JobFactKind says what a fact about a job reports. Comments name the fields that a kind uses; the rest are zero.
type JobFactKind uint8

// Facts about jobs. Job is always set where a job is meant; Epoch is the ge or de under which the node says it.
const (
	JobFactNone JobFactKind = iota

	// JobFactState: the node moved its record of Job. From, To (job.State), Code = job.Completeness of a terminal state.
	JobFactState
	// JobFactWorkflow: a workflow changed state at the leader. Workflow, Attempt, From, To (workflow.State), Code =
	// job.ErrorKind, A = retries so far, B = dispatch attempts so far.
	JobFactWorkflow
	// JobFactPlaced: the leader intends to run a shard on Node. Workflow, Attempt, Shard, Token, A = cores, B = virtual users.
	JobFactPlaced
	// JobFactIntent: that dispatch intent ended. As JobFactPlaced, with Code = call.Code of the worker's answer, To = 1
	// where no answer came.
	JobFactIntent
	// JobFactShard: a worker's shard changed state. Workflow, Attempt, Shard, Token, From, To (job.ShardState), Code =
	// job.ErrorKind, A = cores, B = virtual users.
	JobFactShard
	// JobFactResult: the leader accepted the result of a shard. Workflow, Attempt, Shard, Token, Node = worker, To = job.Ended.
	JobFactResult
	// JobFactStale: a token below the record was refused. Token = the one refused, A = the record, Node = who sent it.
	JobFactStale
	// JobFactProgress: a workflow got on, for stuck detection. Workflow, Node = worker, A = items done.
	JobFactProgress
	// JobFactWorker: a manager changed its record of worker Node. To (registry.WorkerState), A = cores, B = cores free.
	JobFactWorker
	// JobFactSubmit: a client hands Job to the cluster (To = 0), got it accepted (To = 1) or gave up (To = 2), Code =
	// call.Code. Node = whom it asked, A = attempts, B = redirects.
	JobFactSubmit
	// JobFactOutcome: a client learnt how Job ended. To (job.State, or a local end), Code = job.Completeness, Node = who said it.
	JobFactOutcome
	// JobFactCancel: a cancel of Job (Workflow, if of one) was accepted by the node. A = how many workflows it concerns.
	JobFactCancel
	// JobFactTable: a record of Job was made (A = 1) or freed (A = 0) by the node, To = which table.
	JobFactTable

	NumJobFactKinds = 14
)

var jobFactNames = [NumJobFactKinds]string{
	"none", "job_state", "workflow_state", "placed", "intent", "shard_state", "result", "stale", "job_progress", "worker_record",
	"submit", "outcome", "job_cancel", "job_table",
}

func (k JobFactKind) String() string {
	if int(k) < len(jobFactNames) {
		return jobFactNames[k]
	}
	return "unknown"
}

// JobFact is one thing that a node reports about a job. These facts are a stream of their own, so that the readers of
// membership never loop over them (spec 01 no. 9). It is a plain value without pointers.
type JobFact struct {
	Kind     JobFactKind
	From, To uint8 // states, of the type that the kind names
	Code     uint8
	Attempt  uint16
	Shard    uint16
	Epoch    uint32
	Node     NodeID
	Job      uint64
	Workflow uint64
	Token    uint64
	A, B     int64
}
