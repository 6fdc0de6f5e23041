package cancel

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/coretest/wiretest"
	"hypersim/core/job"
)

func bodies() *core.Bodies {
	b := new(core.Bodies)
	AddBodies(b)
	return b
}

func TestBodiesRoundTrip(t *testing.T) { wiretest.RoundTrip(t, bodies()) }

func TestBodiesTruncated(t *testing.T) { wiretest.Truncation(t, bodies()) }

func FuzzBodies(f *testing.F) { wiretest.Fuzz(f, bodies()) }

// The bytes of each body, written down by hand.
func TestBodyBytes(t *testing.T) {
	shard := job.Shard{Job: 0xa1, Workflow: 0xb1, Attempt: 2, Index: 3}
	failures := []job.Failure{{Workflow: 0xb2, Site: 1, Node: core.NoNode, Kind: job.ErrorWorker}}
	const shardBytes, failureBytes = "8:a1 8:b1 2:2 2:3 ", "4:1 8:b2 2:1 - 1:2 "
	wiretest.Bytes(t, bodies(), []wiretest.Known{
		{
			Kind: core.KindJobCancelRequest,
			Body: &JobRequest{Job: 0xa1, Requester: 1, GE: 2, Reason: ReasonOwed, Forwarded: true},
			Want: "8:a1 n1 4:2 1:2 1:1",
		},
		{
			Kind: core.KindJobCancelResponse,
			Body: &JobResponse{
				Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Job: 0xa1, Success: true, Cancelled: 1, AlreadyCancelled: true, State: job.StateCancelled,
			},
			Want: "1:d 8:a1 1:1 4:1 1:1 1:0 1:9",
		},
		{
			Kind: core.KindJobCancellationComplete,
			Body: &JobComplete{Job: 0xa1, Site: 1, Success: true, Cancelled: 2, Total: 3, Errors: failures, Elapsed: 4, Epoch: 5},
			Want: "8:a1 2:1 1:1 4:2 4:3 " + failureBytes + "8:4 4:5",
		},
		{Kind: core.KindJobCancellationCompleteAck, Body: &call.Ack{Answer: call.Answer{Code: call.CodeNotLeader, Leader: core.NoNode}}, Want: "1:2 -"},
		{
			Kind: core.KindWorkflowCancelRequest,
			Body: &ShardRequest{Shard: shard, Token: 1, Requester: 2, Reason: ReasonFenced},
			Want: shardBytes + "8:1 n2 1:5",
		},
		{Kind: core.KindWorkflowCancelResponse, Body: &ShardResponse{Success: true, AlreadyCompleted: true}, Want: "1:0 1:1 1:0 1:1"},
		{
			Kind: core.KindWorkflowCancellationComplete,
			Body: &ShardComplete{Shard: shard, Token: 1, Success: true, Errors: failures, CoresFreed: 2, Worker: 3},
			Want: shardBytes + "8:1 1:1 " + failureBytes + "2:2 n3",
		},
		{
			Kind: core.KindWorkflowCancellationQuery,
			Body: &Query{Shards: []ShardToken{{Shard: shard, Token: 1}}},
			Want: "4:1 " + shardBytes + "8:1",
		},
		{
			Kind: core.KindWorkflowCancellationResponse,
			Body: &QueryResponse{Verdicts: []Verdict{{Status: ShardStale, DE: 1}, {Status: ShardRun}}},
			Want: "1:0 4:2 1:3 4:1 1:1 4:0",
		},
		{
			Kind: core.KindSingleWorkflowCancelRequest,
			Body: &SingleRequest{Job: 0xa1, Workflow: 0xb1, Request: 1, Requester: 2, Dependents: true, Gate: 3, Client: core.NoNode},
			Want: "8:a1 8:b1 8:1 n2 1:1 ?3 -",
		},
		{
			Kind: core.KindSingleWorkflowCancelResponse,
			Body: &SingleResponse{
				Job: 0xa1, Workflow: 0xb1, Request: 1, Status: SinglePending, Dependents: []job.WorkflowID{0xb3}, Errors: failures, Site: 2,
			},
			Want: "1:0 8:a1 8:b1 8:1 1:3 4:1 8:b3 " + failureBytes + "2:2",
		},
		{
			Kind: core.KindWorkflowCancellationPeerNotification,
			Body: &PeerNotification{Job: 0xa1, Workflow: 0xb1, Request: 1, Origin: 2, Cancelled: []job.WorkflowID{0xb1, 0xb3}},
			Want: "8:a1 8:b1 8:1 n2 4:2 8:b1 8:b3",
		},
	})
}
