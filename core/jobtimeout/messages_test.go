package jobtimeout

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
	wiretest.Bytes(t, bodies(), []wiretest.Known{
		{
			Kind: core.KindJobProgressReport,
			Body: &ProgressReport{
				Job: 0xa1, Site: 1, Manager: 2, Workflows: 3, Completed: 4, Failed: 5, Recent: true, DE: 6, Seq: 7, Extensions: 8,
				MaxExtension: 9, Extended: 10, TimedOut: true,
			},
			Want: "8:a1 2:1 n2 4:3 4:4 4:5 1:1 4:6 8:7 8:8 8:9 4:a 1:1",
		},
		{
			Kind: core.KindJobProgressReportAck,
			Body: &Ack{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, GE: 1, DE: 2, JobLeader: 3, State: job.StateTimeout},
			Want: "1:d 4:1 4:2 ?3 1:a",
		},
		{
			Kind: core.KindJobTimeoutReport,
			Body: &TimeoutReport{Job: 0xa1, Site: 1, Manager: 2, Kind: KindStuck, Elapsed: 3, DE: 4, Seq: 5, Extended: 6},
			Want: "8:a1 2:1 n2 1:2 8:3 4:4 8:5 4:6",
		},
		{
			Kind: core.KindJobGlobalTimeout,
			Body: &GlobalTimeout{Job: 0xa1, Rule: RuleMajority, Elapsed: 1, GE: 2, DE: 3},
			Want: "8:a1 1:4 8:1 4:2 4:3",
		},
		{
			Kind: core.KindJobLeaderTransfer,
			Body: &LeaderTransfer{Job: 0xa1, Site: 1, Leader: 2, DE: 3, Elapsed: 4},
			Want: "8:a1 2:1 n2 4:3 8:4",
		},
		{
			Kind: core.KindJobFinalStatus,
			Body: &FinalStatus{Job: 0xa1, Site: 1, Manager: 2, State: job.StateFailed, DE: 3},
			Want: "8:a1 2:1 n2 1:8 4:3",
		},
		{
			Kind: core.KindHealthcheckExtensionRequest,
			Body: &ExtensionRequest{Ask: core.Ask{Seq: 1, Reason: core.AskPause, Workflows: 2, Progress: 1, Done: 3, Total: 4, Remaining: 5}},
			Want: "4:1 1:1 2:2 3ff0000000000000 8:3 8:4 8:5",
		},
		{
			Kind: core.KindHealthcheckExtensionResponse,
			Body: &ExtensionResponse{Seq: 1, Grant: Grant{
				Granted: true, Extension: 2, DeadlineIn: 3, Remaining: 4, Denial: DenialSuspect, Warning: true, GraceRemaining: 5,
			}},
			Want: "1:0 4:1 1:1 8:2 8:3 1:4 1:3 1:1 1:0 8:5",
		},
	})
}
