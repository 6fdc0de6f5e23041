package explore

import (
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// What a fact could say by the type of its word, and never does: the type is also used where it can. A run that reaches one of these all the
// same has failed (carryOut), so that a line here cannot hide anything. Where it follows from a table of moves, it is derived (moves).
var never = map[string]string{
	"intent: ":   "NOT_LEADER SYNCING NO_QUORUM LEASE_LOST NO_DATACENTER UNKNOWN_JOB UNKNOWN_WORKFLOW ALREADY_TERMINAL TOO_LARGE INVALID VERSION_INCOMPATIBLE ISOLATION ROLE_DENIED",
	"submit: ":   "UNKNOWN_JOB UNKNOWN_WORKFLOW NO_CAPACITY",
	"transfer: ": "NOT_LEADER DRAINING NO_QUORUM LEASE_LOST NO_DATACENTER INTERNAL UNKNOWN_WORKFLOW TOO_LARGE INVALID VERSION_INCOMPATIBLE ISOLATION ROLE_DENIED NO_CAPACITY",
	"queried: ":  "DUPLICATE NO_QUORUM LEASE_LOST NO_DATACENTER STALE_FENCE UNKNOWN_WORKFLOW ALREADY_TERMINAL TOO_LARGE VERSION_INCOMPATIBLE NO_CAPACITY",

	"single_cancel: ":   "NO_DATACENTER TOO_LARGE VERSION_INCOMPATIBLE NO_CAPACITY",
	"handed_in_again: ": "UNKNOWN_JOB UNKNOWN_WORKFLOW NO_CAPACITY",

	"outcome to ":      unended,
	"late_outcome to ": unended,
	"shard_state to ":  "NONE",
	"shard_state: ":    "dependency",
	"leader to ":       "PRE_CANDIDATE CANDIDATE",
	"deadline to ":     "local withdrawn report declared fallback commanded applied silent heard dc_lost settled",
	"timeout to ":      "start resume extension",
	"refused to ":      "admitted",
	"refused: ":        "CONTROL", // I-B1
	"barred to ":       "none",
}

// unended are the states of a job that is not over: how one ended is said in others.
const unended = "NONE SUBMITTED QUEUED DISPATCHING RUNNING COMPLETING CANCELLING"

// unsent are the kinds that no role sends: what they are for is done by others (a job's context goes with its entry, managers are known to all gates by
// their own registration), and the wire knows them. A test looks for them in the roles.
var unsent = []core.Kind{
	core.KindManagerDiscoveryBroadcast, core.KindManagerDiscoveryAck, core.KindContextForward, core.KindContextForwardAck,
	core.KindContextLayerSync, core.KindContextLayerSyncAck, core.KindReporterResultPush,
	core.KindWorkflowCancellationPeerNotification, core.KindWorkflowCancellationPeerAck,
}

// travels reports whether somebody sends messages of a kind.
func travels(k core.Kind) bool { return k.Travels() && !slices.Contains(unsent, k) }

// moves reports whether the table of states has a move to one.
func moves(joint string, to uint8) bool {
	switch joint {
	case "job_state to ":
		for s := range job.State(job.NumStates) {
			if s.May(job.State(to)) {
				return true
			}
		}
		return false
	case "workflow_state to ":
		for s := range workflow.State(workflow.NumStates) {
			if s.May(workflow.State(to)) {
				return true
			}
		}
		return false
	}
	return true
}

// reachable reports whether anything can reach a mark of words.
func reachable(joint, word string) bool {
	return !slices.Contains(strings.Fields(never[joint]), word)
}
