package words

// What the end of a job costs those who have to hear of it: cancels, and work that goes on after a decision.
const ends family = 145

// JobTables are the tables of gates, managers, workers and clients that are about jobs, by the names that those say.
var JobTables = []string{
	"records", "order", "payloads", "timeouts", "routes", "replicas", "burials", "single cancels", "calls", "timers", "waits", "adoptions", "forwarded", "held",
	"queue", "workflows", "accepting", "transfers", "runs", "reserved", "windows",
	"shards", "due", "results", "acks", "pending transfers", "fences", "queries", "asking", "batches",
	"jobs", "deadlines", "scopes",
}

// SingleAnswers are what a client hears of its cancel of one workflow, by the numbers of core/cancel, and that it hears nothing.
var SingleAnswers = []string{"NOT_FOUND", "ALREADY_COMPLETED", "CANCELLING", "PENDING_CANCELLED", "ALREADY_CANCELLED", "CANCELLED", "NO_ANSWER"}

// Codes are the words of answers, by the numbers of core/call, and that there is none.
var Codes = []string{
	"OK", "DUPLICATE", "NOT_LEADER", "SYNCING", "DRAINING", "NO_QUORUM", "LEASE_LOST", "NO_DATACENTER", "BUSY", "INTERNAL", "STALE_FENCE", "UNKNOWN_JOB",
	"UNKNOWN_WORKFLOW", "ALREADY_TERMINAL", "TOO_LARGE", "INVALID", "VERSION_INCOMPATIBLE", "ISOLATION", "ROLE_DENIED", "NO_CAPACITY", "NO_ANSWER",
}

var (
	_ = label("table", Fixed, JobTables...)
	_ = label("answer", Fixed, SingleAnswers...)
	_ = label("code", Fixed, Codes...)
)

// The metrics.
var (
	JobEntriesLeft = ends.metric(Def{
		Name: "job_entries_left", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofNode, "table"), Type: "table", Counted: true,
		Doc: "entries about jobs in a table of a node when the run ends; tables that are empty give no value",
	})

	CancelAck = ends.metric(Def{
		Name: "cancel_ack", Unit: "s", Better: Lower, Labels: ofJob, Event: "job",
		Doc: "a client takes a job back for the first time, to its hearing that whoever leads the job stops it, or that the job is over",
	})

	SingleCancel = ends.metric(Def{
		Name: "single_cancel", Unit: "s", Better: Lower, Labels: with(ofJob, "answer"), Type: "answer",
		Doc: "a client takes one workflow of a job back, to what it hears of that, or to its giving up",
	})

	HandedInAgain = ends.metric(Def{
		Name: "handed_in_again", Unit: "s", Better: Lower, Labels: with(ofJob, "code"), Type: "code",
		Doc: "a client hands a job in that it handed in before, to what it hears of that, or to its giving up",
	})

	CancelNamed = ends.metric(Def{
		Name: "cancel_named", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofFlow, "observer"), Counted: true,
		Doc: "workers, the observers, and whole datacenters that the last word about a cancel names to the client: those where something may still run, and workers that were given up",
	})

	CancelComplete = ends.metric(Def{
		Name: "cancel_complete", Unit: "s", Better: Lower, Labels: ofFlow,
		Doc: "a client takes a job back for the first time, to the end of the last shard of it in a datacenter; of datacenters in which something ran after that, and of jobs that somebody called CANCELLED",
	})

	CancelResidue = ends.metric(Def{
		Name: "cancel_residue", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofFlow, Counted: true,
		Doc: "shards of jobs that were taken back which began to run after the last manager of their datacenter had begun to stop the job and ran for more than the 6 s that it takes to stop one whose dispatch was on its way (67 s where the process of that manager is gone: the worker finds out by itself), or which still ran 65 s after that at the end of the run",
	})

	PostTerminalRun = ends.metric(Def{
		Name: "post_terminal_run", Unit: "s", Better: Lower, Labels: ofFlow,
		Doc: "the decision that a job is over, at whoever leads it as a whole, to the end of its last shard in a datacenter; of datacenters in which something still ran",
	})

	PostTerminalCoreSeconds = ends.metric(Def{
		Name: "post_terminal_core_seconds", Unit: "core-s", Better: Lower, Labels: ofFlow,
		Doc: "cores times time of the shards of a job in a datacenter after the decision that it is over; of datacenters in which something still ran",
	})

	TimeoutRejectedValid = ends.metric(Def{
		Name: "timeout_rejected_valid", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: with(ofFlow, "observer"), Counted: true,
		Doc: "commands of a gate to end a job for its time that carry the epochs which the manager holds, and which it, the observer, refuses as stale",
	})
)
