package dispatch

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
	const shardBytes = "8:a1 8:b1 2:2 2:3 "
	wiretest.Bytes(t, bodies(), []wiretest.Known{
		{
			Kind: core.KindWorkflowDispatch,
			Body: &WorkflowDispatch{
				Shard: shard, Name: 1, Payload: core.Blob{ID: 2, Size: 3}, Context: core.Blob{ID: 4, Size: 5}, ContextVersion: 6, VUs: 7,
				Cores: 8, Timeout: 9, Token: job.Ticket{DE: 10, N: 11}.Token(), DE: 12, JobLeader: 13, Instance: 14,
			},
			Want: shardBytes + "4:1 8:2 4:3 8:4 4:5 4:6 4:7 2:8 8:9 4:a 4:b 4:c n13 4:e",
		},
		{
			Kind: core.KindWorkflowDispatchAck,
			Body: &WorkflowDispatchAck{
				Answer: call.Answer{Code: call.CodeStaleFence, Current: 1}, Shard: shard, Cores: 2, WorkerVersion: 3, Token: job.Ticket{DE: 4, N: 5}.Token(),
			},
			Want: "1:a 8:1 " + shardBytes + "2:2 8:3 4:4 4:5",
		},
		{
			Kind: core.KindProvisionRequest,
			Body: &ProvisionRequest{Job: 0xa1, Workflow: 0xb1, Attempt: 1, DE: 2, Version: 3, Items: []Reservation{{Worker: 4, Cores: 5}}},
			Want: "8:a1 8:b1 2:1 4:2 8:3 4:1 n4 2:5",
		},
		{
			Kind: core.KindProvisionConfirm,
			Body: &ProvisionConfirm{Answer: call.Answer{Code: call.CodeBusy, RetryAfter: 1, Reason: call.ReasonShed}, Job: 0xa1, Workflow: 0xb1, Confirmed: true},
			Want: "1:8 8:1 1:2 8:a1 8:b1 1:1",
		},
		{
			Kind: core.KindProvisionCommit,
			Body: &ProvisionCommit{Job: 0xa1, Workflow: 0xb1, Attempt: 1, DE: 2, Commit: true},
			Want: "8:a1 8:b1 2:1 4:2 1:1",
		},
		{Kind: core.KindProvisionCommitAck, Body: &call.Ack{Answer: call.Answer{Code: call.CodeNoCapacity}}, Want: "1:13"},
	})
}
