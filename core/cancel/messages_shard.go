package cancel

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// ShardRequest (WorkflowCancelRequest) asks a worker for the end of a shard of at most that token.
type ShardRequest struct {
	core.Shared
	job.Shard
	Token     job.Token
	Requester core.NodeID
	Reason    Reason
}

// Walk implements core.Body.
func (b *ShardRequest) Walk(w *core.Walker) {
	b.Shard.Walk(w)
	b.Token.Walk(w)
	w.Node("requester", &b.Requester)
	core.Word(w, "reason", &b.Reason, NumReasons)
}

// ShardResponse (WorkflowCancelResponse) answers a ShardRequest.
type ShardResponse struct {
	core.Shared
	call.Answer
	Success          bool
	WasRunning       bool
	AlreadyCompleted bool
}

// Walk implements core.Body.
func (b *ShardResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Bool("success", &b.Success)
	w.Bool("was_running", &b.WasRunning)
	w.Bool("already_completed", &b.AlreadyCompleted)
}

// ShardComplete (WorkflowCancellationComplete) says that a cancelled shard runs no more.
type ShardComplete struct {
	core.Shared
	job.Shard
	Token      job.Token
	Success    bool
	Errors     []job.Failure
	CoresFreed uint16
	Worker     core.NodeID
}

// Walk implements core.Body.
func (b *ShardComplete) Walk(w *core.Walker) {
	b.Shard.Walk(w)
	b.Token.Walk(w)
	w.Bool("success", &b.Success)
	core.List(w, "errors", &b.Errors, job.LeastFailure, job.WalkFailure)
	w.Uint16("cores_freed", &b.CoresFreed)
	w.Node("worker", &b.Worker)
}

// ShardToken is a shard and the token that it runs under.
type ShardToken struct {
	job.Shard
	Token job.Token
}

func walkShardToken(s *ShardToken, w *core.Walker) {
	s.Shard.Walk(w)
	s.Token.Walk(w)
}

// Query (WorkflowCancellationQuery): a worker asks what is to become of shards whose progress nobody acknowledged.
type Query struct {
	core.Shared
	Shards []ShardToken
}

// Walk implements core.Body.
func (b *Query) Walk(w *core.Walker) { core.List(w, "shards", &b.Shards, 20+8, walkShardToken) }

// Verdict is the answer about one shard.
type Verdict struct {
	Status ShardStatus
	DE     uint32 // of the answerer for the job, 0 = none
}

func walkVerdict(v *Verdict, w *core.Walker) {
	core.Word(w, "status", &v.Status, NumShardStatuses)
	w.Uint32("dc_epoch", &v.DE)
}

// QueryResponse answers a Query: one verdict for each of its shards, in their order.
type QueryResponse struct {
	core.Shared
	call.Answer
	Verdicts []Verdict
}

// Walk implements core.Body.
func (b *QueryResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	core.List(w, "verdicts", &b.Verdicts, 1+4, walkVerdict)
}
