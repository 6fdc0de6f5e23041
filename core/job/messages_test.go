package job

import (
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/coretest/wiretest"
)

func bodies() *core.Bodies {
	b := new(core.Bodies)
	AddBodies(b)
	return b
}

func TestBodiesRoundTrip(t *testing.T) { wiretest.RoundTrip(t, bodies()) }

func TestBodiesTruncated(t *testing.T) { wiretest.Truncation(t, bodies()) }

// The bytes of each body, written down by hand.
func TestBodyBytes(t *testing.T) {
	wiretest.Bytes(t, bodies(), slices.Concat(submissions(), progresses(), results(), queries()))
}

func FuzzBodies(f *testing.F) { wiretest.Fuzz(f, bodies()) }

var (
	someShard   = Shard{Job: 0xa1, Workflow: 0xb1, Attempt: 2, Index: 3}
	notLeader   = call.Answer{Code: call.CodeNotLeader, Leader: 9}
	someFailure = Failure{Workflow: 0xb2, Site: 1, Node: 4, Kind: ErrorWorker}
	someStatus  = Status{
		Job: 0xa1, Site: NoSite, Epoch: 2, Seq: 3, State: StateRunning, Completed: 4, Failed: 5, Rate: 1, Elapsed: 6, Final: true,
		PerSite: []SiteStatus{{Site: 7, State: StateQueued, Completed: 8, Failed: 9, Rate: 2}},
	}
	someOutcome = Outcome{
		Job: 0xa1, GE: 2, State: StateFailed, Completeness: CompletePartial,
		PerSite:   []SiteOutcome{{Site: 3, State: StateTimeout, Completeness: CompleteFull, Completed: 4, Failed: 5, Results: core.Blob{ID: 6, Size: 7}, Elapsed: 8}},
		Stats:     Stats{Requests: 9, Succeeded: 0xa, Failed: 0xb, Rate: 1, Mean: 2, P50: 1, P95: 2, P99: 1, Approximate: true},
		Completed: 0xc, Failed: 0xd, SitesCompleted: 0xe, SitesLost: 0xf, Errors: []Failure{someFailure}, Elapsed: 0x10,
	}
)

const (
	one, two       = "3ff0000000000000 ", "4000000000000000 "
	shardBytes     = "8:a1 8:b1 2:2 2:3 "
	notLeaderBytes = "1:2 ?9 "
	failureBytes   = "8:b2 2:1 ?4 1:2 "
	statusBytes    = "8:a1 2:ffff 4:2 4:3 1:4 8:4 8:5 " + one + "8:6 1:1 4:1 2:7 1:2 8:8 8:9 " + two
	outcomeBytes   = "8:a1 4:2 1:8 1:1 4:1 2:3 1:a 1:2 8:4 8:5 8:6 4:7 8:8 8:9 8:a 8:b " + one + two + one + two + one +
		"1:1 8:c 8:d 2:e 2:f 4:1 " + failureBytes + "8:10 "
)

// submissions are those about submissions and the context.
func submissions() []wiretest.Known {
	return []wiretest.Known{
		{
			Kind: core.KindJobSubmission,
			Body: &Submission{
				Handshake: call.Handshake{Cluster: 1, Environment: 2, Versions: call.Versions{Major: 1, Minor: 5, Features: 3}},
				Spec: Spec{
					Job: 0xa1, VUs: 4, Timeout: 5, DatacenterCount: 2, Datacenters: []uint16{6, 7}, Preferred: []uint16{7}, Callback: 8,
					Reporting: core.Blob{ID: 9, Size: 10}, Digest: 11,
					Workflows: []WorkflowSpec{{
						Workflow: 0xb1, Name: 12, VUs: 13, Depends: []uint32{14}, Cores: 15, Priority: PriorityHigh, Test: true,
						Payload: core.Blob{ID: 16, Size: 17},
					}},
				},
				Redirects: 1, Gate: core.NoNode, GE: 18, Cancelled: []SingleCancel{{Workflow: 0xb2, Dependents: true}},
			},
			Want: "8:1 8:2 1:1 1:5 8:3 8:a1 4:1 8:b1 4:c 4:d 4:1 4:e 2:f 1:3 1:1 8:10 4:11 4:4 8:5 2:2 4:2 2:6 2:7 4:1 2:7 ?8 8:9 4:a 8:b " +
				"1:1 - 4:12 4:1 8:b2 1:1",
		},
		{
			Kind: core.KindJobAck,
			Body: &Ack{
				Answer: notLeader, Versions: call.Versions{Major: 1, Minor: 5, Features: 3}, Job: 0xa1, Accepted: true, State: StateSubmitted,
				Own: true, GE: 2, DE: 3, Queued: 4, Load: Load{Report: 5, Cores: 6, CoresAvailable: 7, Pending: 8},
			},
			Want: notLeaderBytes + "1:1 1:5 8:3 8:a1 1:1 1:1 1:1 4:2 4:3 4:4 8:5 4:6 4:7 4:8",
		},
		{ // DUPLICATE names who leads the job
			Kind: core.KindJobAck,
			Body: &Ack{Answer: call.Answer{Code: call.CodeDuplicate}, Versions: call.Versions{Major: 1, Minor: 5, Features: 3}, Job: 0xa1, JobLeader: 9, Accepted: true, GE: 2},
			Want: "1:1 1:1 1:5 8:3 8:a1 ?9 1:1 1:0 1:0 4:2 4:0 4:0 8:0 4:0 4:0 4:0",
		},
		{
			Kind: core.KindContextForward,
			Body: &ContextForward{Job: 0xa1, Workflow: 0xb1, Updates: core.Blob{ID: 1, Size: 2}, Seq: 3, Manager: 4},
			Want: "8:a1 8:b1 8:1 4:2 8:3 n4",
		},
		{Kind: core.KindContextForwardAck, Body: &call.Ack{Answer: notLeader}, Want: notLeaderBytes},
		{
			Kind: core.KindContextLayerSync,
			Body: &ContextLayerSync{Job: 0xa1, DE: 1, Layer: 2, Snapshot: core.Blob{ID: 3, Size: 4}},
			Want: "8:a1 4:1 4:2 8:3 4:4",
		},
		{Kind: core.KindContextLayerSyncAck, Body: &ContextLayerSyncAck{Answer: notLeader, Applied: true, Layer: 1}, Want: notLeaderBytes + "1:1 4:1"},
	}
}

var (
	someProgress = ShardProgress{
		Shard: someShard, Token: 4, Name: 5, Status: StatusRunning, Completed: 6, Failed: 7, Rate: 1, Elapsed: 8,
		Stats: core.Blob{ID: 9, Size: 10}, Cores: 11, CoresDone: 12, CPU: 1, Memory: 2, VUs: 13, CoresAvailable: 14, Seq: 15,
	}
	someManager = ManagerAck{
		Answer: notLeader, Manager: 1, Leads: true, Managers: []core.NodeID{2, 3}, JobLeader: 4, DE: 5,
		Backpressure: Backpressure{Level: PressureBatch, Delay: 6, BatchOnly: true, Epoch: 7, Seq: 8},
	}
)

const (
	progressBytes = shardBytes + "8:4 4:5 1:2 8:6 8:7 " + one + "8:8 8:9 4:a 2:b 2:c 3f800000 40000000 4:d 2:e 4:f "
	managerBytes  = notLeaderBytes + "n1 1:1 4:2 n2 n3 ?4 4:5 1:2 8:6 1:1 4:7 4:8 "
)

func progresses() []wiretest.Known {
	return []wiretest.Known{
		{Kind: core.KindWorkflowProgress, Body: &WorkflowProgress{ShardProgress: someProgress}, Want: progressBytes},
		{Kind: core.KindWorkflowProgressAck, Body: &WorkflowProgressAck{ManagerAck: someManager}, Want: managerBytes},
		{Kind: core.KindJobProgressBatch, Body: &ProgressBatch{Job: 0xa1, Entries: []ShardProgress{someProgress}}, Want: "8:a1 4:1 " + progressBytes},
		{
			Kind: core.KindJobProgressBatchAck, Body: &ProgressBatchAck{ManagerAck: someManager, Codes: []call.Code{0, call.CodeInvalid}},
			Want: managerBytes + "4:2 1:0 1:f",
		},
		{
			Kind: core.KindJobProgress,
			Body: &Progress{
				Job: 0xa1, Site: 1, State: StateCompleting, Workflows: []WorkflowSummary{{Workflow: 0xb1, Status: StatusAssigned, Completed: 2, Failed: 3, Cores: 4}},
				Completed: 5, Failed: 6, Rate: 1, Elapsed: 7, Stats: core.Blob{ID: 8, Size: 9}, DE: 10, Seq: 11,
			},
			Want: "8:a1 2:1 1:5 4:1 8:b1 1:1 8:2 8:3 2:4 8:5 8:6 " + one + "8:7 8:8 4:9 4:a 8:b",
		},
		{
			Kind: core.KindJobProgressAck, Body: &ProgressAck{Answer: notLeader, Gate: 1, Leads: true, JobLeader: 2, Gates: []core.NodeID{3}},
			Want: notLeaderBytes + "n1 1:1 ?2 4:1 n3",
		},
		{
			Kind: core.KindWindowedStatsPush,
			Body: &WindowedStatsPush{
				Job: 0xa1, Workflow: 0xb1, Name: 1, From: 2, To: 3, Completed: 4, Failed: 5, Rate: 1, Stats: core.Blob{ID: 6, Size: 7},
				PerWorker: core.Blob{ID: 8, Size: 9}, Workers: 10, CPU: 1, Memory: 2, Aggregated: true, Site: 11,
			},
			Want: "8:a1 8:b1 4:1 8:2 8:3 8:4 8:5 " + one + "8:6 4:7 8:8 4:9 4:a 3f800000 40000000 1:1 2:b",
		},
		{Kind: core.KindProgressProbe, Body: &ProgressProbe{Withheld: 1}, Want: "4:1"},
		{Kind: core.KindProgressProbeAck, Body: &WorkflowProgressAck{ManagerAck: someManager}, Want: managerBytes},
		{
			Kind: core.KindStatsUpdate, Body: &StatsUpdate{Source: 1, Seq: 2, Count: 3, Value: 1, Critical: true, Details: core.Blob{ID: 4, Size: 5}},
			Want: "8:1 4:2 8:3 " + one + "1:1 8:4 4:5",
		},
		{Kind: core.KindStatsUpdateAck, Body: &WorkflowProgressAck{ManagerAck: someManager}, Want: managerBytes},
	}
}

func results() []wiretest.Known {
	return []wiretest.Known{
		{
			Kind: core.KindWorkflowFinalResult,
			Body: &WorkflowFinalResult{
				Shard: someShard, Token: 1, Name: 2, Ended: EndedCancelled, Error: ErrorOrphan, Results: core.Blob{ID: 3, Size: 4},
				Context: core.Blob{ID: 5, Size: 6}, Completed: 7, Failed: 8, Elapsed: 9, Worker: 10, CoresAvailable: 11, WorkerVersion: 12, Forwarded: true,
			},
			Want: shardBytes + "8:1 4:2 1:2 1:4 8:3 4:4 8:5 4:6 8:7 8:8 8:9 n10 2:b 8:c 1:1",
		},
		{
			Kind: core.KindWorkflowResultPush,
			Body: &WorkflowResultPush{
				Job: 0xa1, Workflow: 0xb1, Name: 1, Site: NoSite, Status: StatusAggregated, Epoch: 2, Results: []core.Blob{{ID: 3, Size: 4}},
				Error: ErrorUser, Elapsed: 5, PerSite: []SiteResult{{Site: 6, Status: StatusFailed, Results: core.Blob{ID: 7, Size: 8}, Error: ErrorTimeout, Elapsed: 9}},
				Missing: []uint16{10}, Test: true,
			},
			Want: "8:a1 8:b1 4:1 2:ffff 1:4 4:2 4:1 8:3 4:4 1:1 8:5 4:1 2:6 1:5 8:7 4:8 1:3 8:9 4:1 2:a 1:1",
		},
		{
			Kind: core.KindJobFinalResult,
			Body: &FinalResult{Job: 0xa1, SiteFinal: SiteFinal{
				Site: 1, State: StateCompleted, Completeness: CompleteFull,
				Results:   []WorkflowOutcome{{Workflow: 0xb1, Status: StatusCompleted, Error: ErrorDependency, Results: core.Blob{ID: 2, Size: 3}}},
				Completed: 4, Failed: 5, Errors: []Failure{someFailure}, Elapsed: 6, DE: 7,
			}},
			Want: "8:a1 2:1 1:7 1:2 4:1 8:b1 1:3 1:6 8:2 4:3 8:4 8:5 4:1 " + failureBytes + "8:6 4:7",
		},
		{
			Kind: core.KindJobFinalResultAck,
			Body: &StateAck{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, State: StateTimeout}, Want: "1:d 1:a",
		},
		{Kind: core.KindGlobalJobResult, Body: &GlobalResult{Outcome: someOutcome}, Want: outcomeBytes},
		{Kind: core.KindJobStatusPush, Body: &StatusPush{Status: someStatus}, Want: statusBytes},
		{Kind: core.KindJobBatchPush, Body: &BatchPush{Entries: []Status{someStatus}}, Want: "4:1 " + statusBytes},
		{
			Kind: core.KindReporterResultPush,
			Body: &ReporterResultPush{Job: 0xa1, Reporter: 1, Success: true, Error: ErrorCancelled, Elapsed: 2, Source: 3, Site: 4},
			Want: "8:a1 1:1 1:1 1:5 8:2 n3 2:4",
		},
	}
}

func queries() []wiretest.Known {
	return []wiretest.Known{
		{Kind: core.KindJobStatusRequest, Body: &StatusRequest{Job: 0xa1, Since: 1}, Want: "8:a1 4:1"},
		{
			Kind: core.KindGlobalJobStatus,
			Body: &GlobalStatus{
				Answer: notLeader, Status: someStatus, SitesCompleted: 1, SitesLost: 2, Errors: []Failure{someFailure}, Percent: 1, JobLeader: 3,
				Result: []Outcome{someOutcome},
			},
			Want: notLeaderBytes + statusBytes + "2:1 2:2 4:1 " + failureBytes + "3f800000 ?3 4:1 " + outcomeBytes,
		},
		{Kind: core.KindRegisterCallback, Body: &RegisterCallback{Job: 0xa1, Callback: 1, Since: 2}, Want: "8:a1 n1 4:2"},
		{
			Kind: core.KindRegisterCallbackResponse,
			Body: &RegisterCallbackResponse{
				Answer: notLeader, State: StateRunning, Completed: 1, Failed: 2, Elapsed: 3, JobLeader: core.NoNode, Updates: []Status{someStatus},
				Result: []Outcome{someOutcome},
			},
			Want: notLeaderBytes + "1:4 8:1 8:2 8:3 - 4:1 " + statusBytes + "4:1 " + outcomeBytes,
		},
		{Kind: core.KindWorkflowQueryRequest, Body: &WorkflowQuery{Job: 0xa1, Names: []uint32{1, 2}}, Want: "8:a1 4:2 4:1 4:2"},
		{
			Kind: core.KindWorkflowQueryResponse,
			Body: &WorkflowQueryResponse{Workflows: []WorkflowView{{
				Job: 0xa1, Site: 1, Name: 2, WorkflowSummary: WorkflowSummary{Workflow: 0xb1, Status: StatusFailed, Completed: 3, Failed: 4, Cores: 5}, VUs: 6,
			}}},
			Want: "1:0 4:1 8:a1 2:1 4:2 8:b1 1:5 8:3 8:4 2:5 4:6",
		},
		{
			Kind: core.KindWorkflowStatusResponse,
			Body: &WorkflowStatusResponse{Shards: []ShardView{{Shard: someShard, Token: 1, State: ShardCancelling, Cores: 2, VUs: 3}}},
			Want: "1:0 4:1 " + shardBytes + "8:1 1:3 2:2 4:3",
		},
		{
			Kind: core.KindDatacenterListResponse,
			Body: &DatacenterListResponse{Sites: []SiteView{{Site: 1, Class: 2, Leader: 3, Cores: 4, CoresAvailable: 5, Workers: 6}}},
			Want: "1:0 4:1 2:1 1:2 ?3 4:4 4:5 4:6",
		},
	}
}
