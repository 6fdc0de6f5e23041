package words

import "hypersim/core/job"

// Words of labels of jobs.
var (
	// Outcomes are how a job ended for its client; the last one did not end within the run.
	Outcomes = outcomes()

	// Uses are what became of the core-seconds of a shard: its result counts, or why it does not.
	Uses = []string{"counted", "lost", "cancelled", "failed", "unused", "running"}

	_ = label("workload", FromRun)
	_ = label("client_site", FromSites)
	_ = label("gate_site", FromSites) // of who accepted the job: a gate, or a manager where there are none
	_ = label("outcome", Fixed, Outcomes...)
	_ = label("reason", FromRun)
	_ = label("use", Fixed, Uses...)

	ofJob  = []string{"workload", "job", "client_site", "outcome", "reason"}
	ofFlow = with(ofJob, "dc")
)

// The jobs of a run. Of a job the time of an observation is that of its submission.
const jobs family = 120

// The metrics.
var (
	JobLatency = jobs.metric(Def{
		Name: "job_latency", Unit: "s", Better: Lower, Labels: ofJob, Event: "job",
		Doc: "submission of a job to its end as its client sees it, whatever end",
	})

	JobOutcome = jobs.metric(Def{
		Name: "job_outcome", Unit: "count", Fold: FoldEvents, Labels: ofJob, Type: "outcome", Apart: []string{"outcome"},
		Event: "job", Counted: true,
		Doc: "one for every job that was submitted, by its outcome at its client; UNFINISHED: it had none when the run ended",
	})

	AcceptTime = jobs.metric(Def{
		Name: "accept_time", Unit: "s", Better: Lower, Labels: with(ofJob, "gate_site"), Event: "job",
		Doc: "submission of a job to its client hearing that it was accepted",
	})

	SubmitAttempts = jobs.metric(Def{
		Name: "attempts", Unit: "count", Better: Lower, Labels: ofJob, Event: "job",
		Doc: "how often a client sent a submission before it was accepted or given up, redirects not counted",
	})

	Goodput = jobs.metric(Def{
		Name: "goodput", Unit: "count", Fold: FoldEvents, Better: Higher, Labels: ofJob, Event: "job", Counted: true,
		Doc: "one for every accepted job that ends COMPLETED; its rate is jobs a second",
	})

	Wait = jobs.metric(Def{
		Name: "wait", Unit: "s", Better: Lower, Labels: ofFlow, Event: "workflow",
		Doc: "a workflow is ready (accepted, its dependencies completed) to the start of its first shard",
	})

	Makespan = jobs.metric(Def{
		Name: "makespan", Unit: "s", Better: Lower, Labels: ofJob, Event: "job",
		Doc: "start of the first shard of a job to the end of its last one; jobs that ended COMPLETED",
	})

	WorkflowRestarts = jobs.metric(Def{
		Name: "workflow_restarts", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofFlow, Counted: true,
		Doc: "executions of a workflow beyond its first, by what ended the one before (reason)",
	})

	RecoveryTime = jobs.metric(Def{
		Name: "recovery_time", Unit: "s", Better: Lower, Labels: ofFlow,
		Doc: "the end of a process that had a part in a workflow to the next start of a shard of it: a worker that ran it, had its result or was asked to run it, a manager that led it while nothing of it ran; of a job that no manager had begun with yet, of any gate or manager",
	})

	WorkflowDoubleRun = jobs.metric(Def{
		Name: "workflow_double_run", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofFlow, Counted: true,
		Doc: "workflows with two accepted results of one shard in a datacenter, or two live shards under one token; that a new holder accepts what its predecessor had accepted and not committed is none",
	})

	TerminalConflicts = jobs.metric(Def{
		Name: "terminal_conflicts", Unit: "count", Fold: FoldEvents, Better: Lower, Labels: ofJob, Counted: true,
		Doc: "jobs of which two nodes ever reported different outcomes; where there are gates the managers of a datacenter report its part, and are compared with each other",
	})

	OrphanTime = jobs.metric(Def{
		Name: "orphan_time", Unit: "s", Better: Lower, Labels: ofFlow,
		Doc: "time that a shard runs although the process that leads its job is gone and no other has taken over; shards that had none give no value",
	})

	CoreSeconds = jobs.metric(Def{
		Name: "core_seconds", Unit: "core-s", Labels: with(ofFlow, "use"), Type: "use", Apart: []string{"use"},
		Doc: "cores times time of every shard that ran, by what came of it: all but `counted` is waste",
	})

	DuplicateWork = jobs.metric(Def{
		Name: "duplicate_work_core_s", Unit: "core-s", Better: Lower, Labels: ofFlow,
		Doc: "cores times time that a shard ran while another attempt of its workflow ran, too; shards that had none give no value",
	})

	// How busy workers are.

	Utilisation = jobs.metric(Def{
		Name: "utilisation", Unit: "fraction", Fold: FoldShare, Labels: []string{"dc"}, Event: "sample",
		Doc: "core-seconds that shards held over core-seconds of running workers, of each sample",
	})

	LoadCV = jobs.metric(Def{
		Name: "load_cv", Unit: "ratio", Fold: FoldSpread, Better: Lower, Labels: []string{"dc"}, Event: "sample",
		Doc: "coefficient of variation over datacenters of their utilisation, each averaged over the window; in a time series, of one sample, of which chance alone makes a part",
	})

	MisplacedCores = jobs.metric(Def{
		Name: "misplaced_cores", Unit: "fraction", Fold: FoldShare, Better: Lower, Event: "sample",
		Doc: "cores that work waits for anywhere, as far as so many are free anywhere, over all cores; of datacenters with a manager and workers that run, averaged over each sample",
	})

	CoresInUse = jobs.metric(Def{
		Name: "cores_in_use", Unit: "count", Fold: FoldLevel, Labels: []string{"dc"}, Event: "sample",
		Doc: "cores of a running worker that shards hold, sampled; its sum is of all workers",
	})

	Cores = jobs.metric(Def{
		Name: "cores", Unit: "count", Fold: FoldLevel, Labels: []string{"dc"}, Event: "sample",
		Doc: "cores that a running worker has, sampled; its sum is the capacity",
	})
)

// Unfinished is the place in Outcomes of a job that has not ended.
var Unfinished = uint8(len(Outcomes) - 1)

func outcomes() []string {
	var list []string
	for s := job.State(0); s < 1<<7; s++ {
		if s.Over() {
			list = append(list, s.String())
		}
	}
	return append(list, "UNFINISHED")
}

// Outcome returns the place in Outcomes of the end of a job, Unfinished of what is none.
func Outcome(end job.State) uint8 {
	n := uint8(0)
	for s := job.State(0); s < end; s++ {
		if s.Over() {
			n++
		}
	}
	if !end.Over() {
		return Unfinished
	}
	return n
}
