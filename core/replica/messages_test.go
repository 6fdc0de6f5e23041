package replica

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/coretest/wiretest"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/workflow"
)

func bodies() *core.Bodies {
	b := new(core.Bodies)
	AddBodies(b)
	return b
}

func TestBodiesRoundTrip(t *testing.T) { wiretest.RoundTrip(t, bodies()) }

func TestBodiesTruncated(t *testing.T) { wiretest.Truncation(t, bodies()) }

func FuzzBodies(f *testing.F) { wiretest.Fuzz(f, bodies()) }

var (
	someHead  = Head{Job: 0xa1, Epoch: 1, Seq: 2, Holder: 3, Instance: 4}
	someEntry = Entry{
		Head: someHead, Kind: EntryFull, Reason: ReasonAdopt, Base: 5, State: job.StateRunning, Completeness: job.CompletePartial,
		EndsAs: job.StateCancelled, Pending: job.StateTimeout, PendingCompleteness: job.CompleteNone, Delivered: true, Commanded: true, CancelWanted: true, HandoverTo: core.NoNode,
		Elapsed: 6, Took: 0x54, Completed: 48, Failed: 49, Gate: 7, GE: 8, Callback: 9, Layer: 10, Context: []core.Blob{{ID: 11, Size: 12}},
		Workflows: []WorkflowEntry{{
			Workflow: 0xb1, State: workflow.Running, Final: true, Attempt: 13, Retries: 14, DispatchAttempts: 15, Due: 0x55, Excluded: []ExclusionEntry{{Worker: 0x56, Until: ForGood}},
			Shards: []ShardEntry{{Worker: 16, Index: 17, Cores: 18, VUs: 19, Token: 20, State: job.ShardRunning}},
		}},
		Results:   []job.WorkflowOutcome{{Workflow: 0xb1, Status: job.StatusRunning, Error: job.ErrorUser, Results: core.Blob{ID: 21, Size: 22}}},
		Errors:    []job.Failure{{Workflow: 0xb3, Site: 50, Node: 51, Kind: job.ErrorUser}},
		Cancelled: []job.SingleCancel{{Workflow: 0xb2, Dependents: true}},
		Sites:     []SiteEntry{{Site: 23, State: job.StateQueued, TimedOut: true, Unknown: true, Lost: true, Stopped: true, Manager: 24, DE: 25, Result: []job.SiteFinal{{Site: 26, DE: 27}}, Cancelled: 0x61, Total: 0x62}},
		Timeout: []jobtimeout.Snapshot{{
			Gates: true, Gate: 28, Timeout: 29, StuckThreshold: 30, Elapsed: 31, Entry: 0x53, SinceProgress: 32, SinceExtension: jobtimeout.Never,
			SinceLocalTimeout: 33, SinceGateContact: 34, Extensions: 35, MaxExtension: 36, TimedOut: jobtimeout.KindStuck,
			Rule: jobtimeout.RuleStuck, DE: 37, Stopped: true,
			Workers: []jobtimeout.WorkerExtension{{
				Worker: 38, Active: true, Left: 81, InJob: 82, LastSeq: 39, Grants: 40, Total: 41, Progress: 1, Done: 42,
				LastAnswer: jobtimeout.Grant{Granted: true, Extension: 43, Remaining: 44},
			}},
		}},
		Submission: []job.Spec{{Job: 0xa1, VUs: 45, Callback: core.NoNode}},
	}
)

const (
	headBytes  = "8:a1 4:1 8:2 n3 4:4 "
	entryBytes = headBytes + "1:2 1:5 8:5 1:4 1:1 1:9 1:a 1:0 1:1 1:0 1:1 1:1 - 8:6 8:54 8:30 8:31 ?7 4:8 ?9 4:a 4:1 8:b 4:c " +
		"4:1 8:b1 1:3 1:1 2:d 1:e 1:f 8:55 4:1 n86 8:ffffffffffffffff 4:1 n16 2:11 2:12 4:13 8:14 1:2 " +
		"4:1 8:b1 1:2 1:1 8:15 4:16 4:1 8:b3 2:32 ?51 1:1 4:1 8:b2 1:1 " +
		"4:1 2:17 1:2 1:1 1:0 1:1 1:0 1:1 1:1 ?24 4:19 4:1 2:1a 1:0 1:0 4:0 8:0 8:0 4:0 8:0 4:1b 4:61 4:62 " +
		"4:1 " + snapshotBytes + "4:1 8:a1 4:0 4:2d 8:0 2:0 4:0 4:0 - 8:0 4:0 8:0 "
	snapshotBytes = "1:1 ?28 8:1d 8:1e 8:1f 8:53 8:20 8:ffffffffffffffff 8:21 8:22 8:23 8:24 1:2 1:3 4:25 1:1 " +
		"4:1 n38 1:1 8:51 8:52 4:27 1:28 8:29 3ff0000000000000 8:2a 1:1 8:2b 8:0 1:2c 1:0 1:0 1:0 8:0 "
)

// A RENEW ends after its base and a TOMBSTONE after its state.
func TestEntriesSayWhatTheirKindHas(t *testing.T) {
	renew, tombstone := someEntry, someEntry
	renew.Kind, tombstone.Kind = EntryRenew, EntryTombstone
	wiretest.Bytes(t, &core.Bodies{core.KindJobStateSync: bodies()[core.KindJobStateSync]}, []wiretest.Known{{
		Kind: core.KindJobStateSync, Body: &Sync{Round: 1, Entries: []Entry{renew, tombstone}},
		Want: "8:1 4:2 " + headBytes + "1:0 1:5 8:5 " + headBytes + "1:3 1:5 8:5 1:4 1:1",
	}})
}

// The bytes of each body, written down by hand.
func TestBodyBytes(t *testing.T) {
	view := job.ShardView{Shard: job.Shard{Job: 0xa1, Workflow: 0xb1, Attempt: 1, Index: 2}, Token: 3, State: job.ShardFailed, Cores: 4, VUs: 5}
	worker := WorkerSnapshot{
		Worker: 1, State: registry.WorkerDraining, Cores: 2, CoresAvailable: 3, Version: 4, Shards: []ShardCount{{ShardView: view, Done: 5}},
		Fences: []Fence{{Job: 0xa1, DE: 6}},
	}
	const (
		viewBytes   = "8:a1 8:b1 2:1 2:2 8:3 1:5 2:4 4:5 "
		workerBytes = "n1 1:3 2:2 2:3 8:4 4:1 " + viewBytes + "8:5 4:1 8:a1 4:6 "
	)
	wiretest.Bytes(t, bodies(), []wiretest.Known{
		{Kind: core.KindJobStateSync, Body: &Sync{Round: 1, Entries: []Entry{someEntry}}, Want: "8:1 4:1 " + entryBytes},
		{
			Kind: core.KindJobStateSyncAck,
			Body: &SyncAck{Round: 1, Ready: true, Verdicts: []Verdict{{Head: someHead, Stand: StandRejected, State: job.StateFailed}}},
			Want: "1:0 8:1 1:1 4:1 " + headBytes + "1:2 1:8",
		},
		{
			Kind: core.KindJobReplicaFetch, Body: &Fetch{Reason: ReasonHandover, Heads: true, Jobs: []job.ID{0xa1, 0xa2}},
			Want: "1:4 1:1 4:2 8:a1 8:a2",
		},
		{
			Kind: core.KindJobReplicaFetchResponse,
			Body: &FetchResponse{
				Ready: true, Heads: []Head{someHead},
				Found: []Found{{Job: 0xa1, Acceptable: true, Promised: 1, CancelWanted: true, Tombstone: job.StateTimeout, Entry: []Entry{someEntry}}},
			},
			Want: "1:0 1:1 4:1 8:a1 1:1 4:1 1:1 1:a 4:1 " + entryBytes + "4:1 " + headBytes,
		},
		{
			Kind: core.KindJobLeadershipAnnouncement,
			Body: &Announcement{Term: 1, Claim: true, Claims: []Claim{{
				Job: 0xa1, Epoch: 2, Leader: 3, Instance: 4, Reason: ReasonDeadLeader, FromEpoch: 5, FromSeq: 6, Workflows: 7, TargetDatacenters: 8,
				Entry: []Entry{someEntry},
			}}},
			Want: "8:1 1:1 4:1 8:a1 4:2 n3 4:4 1:2 4:5 8:6 4:7 2:8 4:1 " + entryBytes,
		},
		{
			Kind: core.KindJobLeadershipAck,
			Body: &AnnouncementAck{Ready: true, Answers: []ClaimAnswer{{
				Job: 0xa1, Code: call.CodeNotLeader, Accepted: true, Promised: 1, Leader: core.NoNode, HeldEpoch: 2, HeldSeq: 3, CancelWanted: true,
				Tombstone: job.StateTimeout, Entry: []Entry{someEntry},
			}}},
			Want: "1:0 1:1 4:1 8:a1 1:2 1:1 4:1 - 4:2 8:3 1:1 1:a 4:1 " + entryBytes,
		},
		{Kind: core.KindJobLeaderManagerTransfer, Body: &ManagerTransfer{Job: 0xa1, Site: 1, Manager: 2, DE: 3, Old: 4}, Want: "8:a1 2:1 n2 4:3 ?4"},
		{Kind: core.KindJobLeaderManagerTransferAck, Body: &ManagerTransferAck{GE: 1, JobLeader: 2}, Want: "1:0 4:1 ?2"},
		{
			Kind: core.KindJobLeaderWorkerTransfer,
			Body: &WorkerTransfer{Entries: []JobTransfer{{Job: 0xa1, DE: 1, Manager: 2, Old: core.NoNode, Workflows: []job.WorkflowID{0xb1}}}},
			Want: "4:1 8:a1 4:1 n2 - 4:1 8:b1",
		},
		{
			Kind: core.KindJobLeaderWorkerTransferAck,
			Body: &WorkerTransferAck{Answers: []JobTransferAnswer{{Job: 0xa1, Code: call.CodeSyncing, Accepted: true, DE: 1, Shards: []job.ShardView{view}}}},
			Want: "1:0 4:1 8:a1 1:3 1:1 4:1 4:1 " + viewBytes,
		},
		{
			Kind: core.KindJobAdoptOffer,
			Body: &AdoptOffer{
				Spec: job.Spec{Job: 0xa1, Callback: 1, Digest: 2}, Site: 3, State: job.StateCompleted, DE: 4, GE: 5, Timeout: someEntry.Timeout[0],
				Result: []job.SiteFinal{{Site: 6}},
			},
			Want: "8:a1 4:0 4:0 8:0 2:0 4:0 4:0 ?1 8:0 4:0 8:2 2:3 1:7 4:4 4:5 " + snapshotBytes + "4:1 2:6 1:0 1:0 4:0 8:0 8:0 4:0 8:0 4:0",
		},
		{Kind: core.KindJobAdoptOfferAck, Body: &AdoptOfferAck{GE: 1, JobLeader: 2, State: job.StateCancelled}, Want: "1:0 4:1 ?2 1:9"},
		{Kind: core.KindJobLeaderGateTransfer, Body: &GateTransfer{Job: 0xa1, Gate: 1, GE: 2, Old: core.NoNode}, Want: "8:a1 n1 4:2 -"},
		{
			Kind: core.KindJobLeaderGateTransferAck, Body: &GateTransferAck{DE: 1, JobLeader: 2, State: job.StateRunning, Elapsed: 3, Final: true},
			Want: "1:0 4:1 ?2 1:4 8:3 1:1",
		},
		{Kind: core.KindGateJobLeaderTransferAck, Body: &ClientAck{Accepted: true}, Want: "1:0 1:1"},
		{
			Kind: core.KindLeaseTransfer, Body: &LeaseTransfer{Job: 0xa1, Site: job.NoSite, From: 1, To: 2, Epoch: 3, Version: 4},
			Want: "8:a1 2:ffff n1 n2 4:3 8:4",
		},
		{Kind: core.KindLeaseTransferAck, Body: &LeaseTransferAck{Accepted: true}, Want: "1:0 1:1"},
		{Kind: core.KindStateSyncRequest, Body: &StateRequest{Since: 1}, Want: "8:1"},
		{
			Kind: core.KindStateSyncResponse,
			Body: &StateResponse{
				Version: 1, Ready: true, Worker: []WorkerSnapshot{worker},
				Manager: []ManagerSnapshot{{
					Manager: 2, Site: 3, Leads: true, Term: 4, Version: 5, Workers: []WorkerSnapshot{worker},
				}},
				Gate: []GateSnapshot{{
					Gate: 6, Leads: true, Term: 7, Version: 8,
					Sites: []job.SiteView{{Site: 9, Leader: core.NoNode}}, Managers: []SiteManager{{Site: 10, Manager: 11}},
				}},
				Jobs: []Found{{Job: 0xa1, Acceptable: true, Promised: 1, CancelWanted: true, Tombstone: job.StateTimeout, Entry: []Entry{someEntry}}},
			},
			Want: "1:0 8:1 1:1 4:1 " + workerBytes + "4:1 n2 2:3 1:1 8:4 8:5 4:1 " + workerBytes +
				"4:1 n6 1:1 8:7 8:8 4:1 2:9 1:0 - 4:0 4:0 4:0 4:1 2:a n11 " + "4:1 8:a1 1:1 4:1 1:1 1:a 4:1 " + entryBytes,
		},
	})
}
