package metrics

import (
	"strings"

	"hypersim/core"
	"hypersim/core/job"
)

// JobRow is a row of jobs.csv.
type JobRow struct {
	Job, Workload, Client, Gate          string
	Submitted, Accepted, Ended           core.Instant
	Outcome, Completeness, Reason, Sites string
	Attempts, Redirects, Restarts        uint64
}

// RunRow is a row of workflows.csv.
type RunRow struct {
	Job, Workflow, Site string
	Attempt, Shard      uint64
	Worker              string
	Token, Cores        uint64
	Start, Stop         core.Instant
	End                 string
}

var jobColumns = []column[JobRow]{
	{"job", "its id", func(r *JobRow) cell { return textCell{&r.Job} }},
	{"workload", "of the scenario", func(r *JobRow) cell { return textCell{&r.Workload} }},
	{"client", "who handed it in", func(r *JobRow) cell { return textCell{&r.Client} }},
	{"gate", "who accepted it: a gate, or a manager where there are none; empty: nobody", func(r *JobRow) cell { return textCell{&r.Gate} }},
	{"submitted_s", "the client handed it in", func(r *JobRow) cell { return instantCell{&r.Submitted} }},
	{"accepted_s", "the client heard that it was accepted, empty: never", func(r *JobRow) cell { return instantCell{&r.Accepted} }},
	{"ended_s", "the client heard how it ended, empty: never", func(r *JobRow) cell { return instantCell{&r.Ended} }},
	{"outcome", "as the client heard: COMPLETED, FAILED, CANCELLED or TIMEOUT, or its own JOB_LOST, SUBMIT_UNKNOWN or REJECTED; UNFINISHED: not within the run", func(r *JobRow) cell { return textCell{&r.Outcome} }},
	{"completeness", "how much of it has a result: FULL, PARTIAL or NONE; empty: the cluster did not say", func(r *JobRow) cell { return textCell{&r.Completeness} }},
	{"reason", "why it did not complete: the first failure of a workflow, or the answer that refused it; empty: it completed, or was taken back", func(r *JobRow) cell { return textCell{&r.Reason} }},
	{"dcs", "datacenters that took it, separated by spaces", func(r *JobRow) cell { return textCell{&r.Sites} }},
	{"attempts", "of the submission", func(r *JobRow) cell { return countCell{&r.Attempts} }},
	{"redirects", "of the submission", func(r *JobRow) cell { return countCell{&r.Redirects} }},
	{"restarts", "executions of its workflows beyond the first of each", func(r *JobRow) cell { return countCell{&r.Restarts} }},
}

var runColumns = []column[RunRow]{
	{"job", "its id", func(r *RunRow) cell { return textCell{&r.Job} }},
	{"workflow", "its id", func(r *RunRow) cell { return textCell{&r.Workflow} }},
	{"dc", "datacenter of the worker", func(r *RunRow) cell { return textCell{&r.Site} }},
	{"attempt", "of the workflow, from 1", func(r *RunRow) cell { return countCell{&r.Attempt} }},
	{"shard", "of the attempt, from 0", func(r *RunRow) cell { return countCell{&r.Shard} }},
	{"worker", "where it ran", func(r *RunRow) cell { return textCell{&r.Worker} }},
	{"token", "dispatch token: the datacenter's epoch times 2^32, and a count", func(r *RunRow) cell { return countCell{&r.Token} }},
	{"cores", "that it held", func(r *RunRow) cell { return countCell{&r.Cores} }},
	{"start_s", "it began to run", func(r *RunRow) cell { return instantCell{&r.Start} }},
	{"end_s", "it ran no more; empty: it goes on", func(r *RunRow) cell { return instantCell{&r.Stop} }},
	{"end", "completed, failed, cancelled, killed (by its worker) or lost (with its worker's process); empty: it goes on", func(r *RunRow) cell { return textCell{&r.End} }},
}

// jobRows adds the rows of jobs.csv and workflows.csv.
func (r *Result) jobRows(t *Tables) {
	for i := range r.Jobs {
		x := &r.Jobs[i]
		row := JobRow{
			Job: x.ID.String(), Workload: r.Workload(x), Client: r.name(x.Client), Gate: r.name(x.Taker), Submitted: x.Submitted,
			Accepted: x.Accepted, Ended: x.Ended, Outcome: x.OutcomeName(), Reason: x.Reason,
			Attempts: uint64(x.Attempts), Redirects: uint64(x.Redirects), Restarts: uint64(x.Restarts),
		}
		if x.Outcome.Terminal() {
			row.Completeness = x.Complete.String()
		}
		names := make([]string, len(x.Sites))
		for k, s := range x.Sites {
			names[k] = r.siteName(s)
		}
		row.Sites = strings.Join(names, " ")
		t.Jobs = append(t.Jobs, row)
	}
	for i := range r.Runs {
		x := &r.Runs[i]
		row := RunRow{
			Workflow: WorkflowName(x.Workflow), Site: r.site(x.Worker), Attempt: uint64(x.Attempt), Shard: uint64(x.Shard),
			Worker: r.name(x.Worker), Token: x.Token, Cores: uint64(x.Cores), Start: x.Start, Stop: x.Stop, End: x.End.String(),
		}
		if x.Job >= 0 {
			row.Job = r.Jobs[x.Job].ID.String()
		}
		t.Runs = append(t.Runs, row)
	}
}

// WorkflowName is how files call a workflow.
func WorkflowName(w uint64) string { return job.WorkflowID(w).String() }
