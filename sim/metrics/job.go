package metrics

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Job is what became of a job that a client handed in.
type Job struct {
	ID        job.ID
	Workload  int32 // place in Result.Workloads
	Nth       uint32
	Client    core.NodeID
	Taker     core.NodeID  // who accepted it, a gate or manager; NoNode: nobody whom the client heard of
	Submitted core.Instant //
	Accepted  core.Instant // as its client heard; Never: it did not
	Ended     core.Instant // likewise
	Outcome   job.State    // at its client
	Complete  job.Completeness
	Reason    string  // why it did not end COMPLETED
	Sites     []int16 // datacenters that took it, in that order
	Attempts  uint32  // of the submission
	Redirects uint32
	Restarts  uint32 // executions of its workflows beyond the first of each

	FirstStart, LastEnd core.Instant // of its shards; Never: none
}

var _ = record(func(r *Recorder, on *hooks) {
	j := &jobs{Recorder: r, index: map[uint64]int32{}, flows: map[flowKey]*flow{}, runs: map[runKey]int32{}}
	j.gated = slices.ContainsFunc(r.roles, func(x core.Role) bool { return x == core.RoleGate })
	on.job(j.submitted, trace.JobSubmitted)
	on.jobFact(j.asked, core.JobFactSubmit)
	on.jobFact(j.outcome, core.JobFactOutcome)
	on.jobFact(j.moved, core.JobFactState)
	on.jobFact(j.flowMoved, core.JobFactWorkflow)
	on.jobFact(j.placed, core.JobFactPlaced)
	on.jobFact(j.asksWorker, core.JobFactPlaced)
	on.jobFact(j.heardWorker, core.JobFactIntent)
	on.jobFact(j.result, core.JobFactResult)
	on.job(j.work, trace.JobWork)
	on.job(j.runEnded, trace.JobEnded, trace.JobLost)
	on.started = append(on.started, j.nodeStarted)
	on.ended = append(on.ended, j.hurt, j.nodeEnded)
	on.sampled = append(on.sampled, j.sample)
	on.finished = append(on.finished, j.finish)
	j.initCores()
	r.jobs, r.trails = j, newTrails(j, on)
}, words.JobLatency, words.JobOutcome, words.AcceptTime, words.SubmitAttempts, words.Goodput, words.Wait, words.Makespan,
	words.WorkflowRestarts, words.RecoveryTime, words.WorkflowDoubleRun, words.TerminalConflicts, words.OrphanTime, words.CoreSeconds,
	words.DuplicateWork, words.Utilisation, words.LoadCV, words.MisplacedCores, words.CoresInUse, words.Cores)

// jobs follows all jobs of a run: from what the world did with jobs and shards, and from what nodes said of them.
type jobs struct {
	*Recorder
	index map[uint64]int32 // of jobs in res.Jobs
	state []tracking       // beside it
	flows map[flowKey]*flow
	runs  map[runKey]int32 // shards that run, by place in res.Runs
	cores cores
	gated bool // there are gates
}

// tracking is what is kept of a job beside what is told of it.
type tracking struct {
	ends  []end // that anybody reported
	flows []*flow
	cores []int        // of its workflows by place; nil: not known
	needs [][]int32    // of its workflows by place, those that come before; nil: not known
	hurt  core.Instant // since then nothing became of it for want of a process, Never: it is not so
}

// end is an outcome of the whole job, or of its part in a datacenter: what the manager of one says where there are gates.
type end struct {
	site  int16 // whole: of the job
	state job.State
}

const whole = -1

// of returns the place of a job, −1 if nobody handed it in.
func (j *jobs) of(id uint64) int32 {
	if i, ok := j.index[id]; ok {
		return i
	}
	return -1
}

func (j *jobs) submitted(rec *trace.JobRecord) {
	if len(j.res.Jobs) >= j.ctx.MaxRows {
		j.res.TruncatedRows++
		return
	}
	j.index[rec.Fact.Job] = int32(len(j.res.Jobs))
	j.res.Jobs = append(j.res.Jobs, Job{
		ID: job.ID(rec.Fact.Job), Workload: rec.Workload, Nth: rec.Nth, Client: rec.Node, Taker: core.NoNode,
		Submitted: rec.At, Accepted: core.Never, Ended: core.Never, FirstStart: core.Never, LastEnd: core.Never,
	})
	t := tracking{hurt: core.Never}
	if j.ctx.Job != nil {
		spec := j.ctx.Job(int(rec.Workload), rec.Nth)
		t.needs = needs(&spec)
		for k := range spec.Workflows {
			t.cores = append(t.cores, int(spec.Workflows[k].Cores))
		}
	}
	j.state = append(j.state, t)
}

// asked takes what a client hears of its submission.
func (j *jobs) asked(rec *trace.JobRecord) {
	f, i := &rec.Fact, j.of(rec.Fact.Job)
	if i < 0 || f.To == 0 {
		return
	}
	x := &j.res.Jobs[i]
	x.Attempts, x.Redirects = uint32(f.Get("attempts")), uint32(f.Get("redirects"))
	if f.To == 1 {
		x.Accepted, x.Taker = rec.At, f.Node
		return
	}
	x.Reason = call.Code(f.Code).String()
}

// outcome takes how a job ended for its client.
func (j *jobs) outcome(rec *trace.JobRecord) {
	f, i := &rec.Fact, j.of(rec.Fact.Job)
	if i < 0 || j.res.Jobs[i].Ended != core.Never {
		return
	}
	x := &j.res.Jobs[i]
	x.Ended, x.Outcome, x.Complete = rec.At, job.State(f.To), job.Completeness(f.Code)
	j.ended(i, rec.Node, x.Outcome)
	for _, y := range j.state[i].flows { // a manager that has forgotten it says nothing more of it
		j.settleWait(rec.At, y, true)
	}
	if x.Reason == "" && x.Outcome != job.StateCompleted {
		x.Reason = j.reason(i)
	}
}

// ended notes that somebody reports an outcome of the cluster.
func (j *jobs) ended(i int32, by core.NodeID, s job.State) {
	if !s.Terminal() {
		return
	}
	e := end{whole, s}
	if j.gated && j.roles[by] == core.RoleManager {
		e.site = j.siteOf(by)
	}
	if t := &j.state[i]; !slices.Contains(t.ends, e) {
		t.ends = append(t.ends, e)
	}
}

// moved takes a step of a job at a gate or manager.
func (j *jobs) moved(rec *trace.JobRecord) {
	f, i := &rec.Fact, j.of(rec.Fact.Job)
	if i < 0 {
		return
	}
	to := job.State(f.To)
	if j.roles[rec.Node] == core.RoleManager && to == job.StateSubmitted {
		x, site := &j.res.Jobs[i], int16(j.ctx.Nodes[rec.Node].SiteIndex)
		x.Sites = appendNew(x.Sites, site)
	}
	j.ended(i, rec.Node, to)
}

func appendNew(list []int16, x int16) []int16 {
	for _, y := range list {
		if x == y {
			return list
		}
	}
	return append(list, x)
}

// finish makes the observations of all jobs and shards.
func (j *jobs) finish(end core.Instant) {
	j.finishRuns(end)
	for i := range j.res.Jobs {
		j.finishJob(int32(i))
	}
	j.trails.finish()
}

func (j *jobs) finishJob(i int32) {
	x, t := &j.res.Jobs[i], &j.state[i]
	tell := func(m words.Metric, v float64) {
		o := j.aboutJob(m, v, i)
		j.keep(&o)
	}
	tell(words.JobOutcome, 1)
	if x.Accepted != core.Never {
		tell(words.AcceptTime, seconds(x.Accepted.Sub(x.Submitted)))
	}
	if x.Attempts > 0 {
		tell(words.SubmitAttempts, float64(x.Attempts))
	}
	if x.Ended != core.Never {
		tell(words.JobLatency, seconds(x.Ended.Sub(x.Submitted)))
	}
	if x.Outcome == job.StateCompleted {
		tell(words.Goodput, 1)
		if x.FirstStart != core.Never && x.LastEnd != core.Never {
			tell(words.Makespan, seconds(x.LastEnd.Sub(x.FirstStart)))
		}
	}
	for k, e := range t.ends {
		if slices.ContainsFunc(t.ends[:k], func(o end) bool { return o.site == e.site }) {
			tell(words.TerminalConflicts, 1)
			break
		}
	}
}

// aboutJob returns an observation about the job at a place. Its time is the submission (spec 01 no. 80).
func (j *jobs) aboutJob(m words.Metric, v float64, i int32) Observation {
	x := &j.res.Jobs[i]
	o := blank(m, x.Submitted, v)
	o.Job, o.Event = i, i
	if m.Def().Type == "outcome" {
		o.Type = words.Outcome(x.Outcome)
	}
	return o
}

// Labels of observations about jobs.
var (
	_ = reads("workload", ofJob(func(r *Result, x *Job) string { return r.Workload(x) }))
	_ = reads("client_site", ofJob(func(r *Result, x *Job) string { return r.site(x.Client) }))
	_ = reads("gate_site", ofJob(func(r *Result, x *Job) string { return r.site(x.Taker) }))
	_ = reads("outcome", ofJob(func(_ *Result, x *Job) string { return x.OutcomeName() }))
	_ = reads("job", ofJob(func(_ *Result, x *Job) string { return x.ID.String() }))
	_ = reads("reason", func(r *Result, o *Observation) string {
		if o.Metric == words.WorkflowRestarts {
			return job.ErrorKind(o.Cause).String()
		}
		return ofJob(func(_ *Result, x *Job) string { return x.Reason })(r, o)
	})
)

func ofJob(read func(r *Result, x *Job) string) reader {
	return func(r *Result, o *Observation) string {
		if o.Job < 0 || int(o.Job) >= len(r.Jobs) {
			return ""
		}
		return read(r, &r.Jobs[o.Job])
	}
}

// OutcomeName is the word of how the job ended, UNFINISHED for one that did not.
func (x *Job) OutcomeName() string { return words.Outcomes[words.Outcome(x.Outcome)] }

// Workload returns the name of the workload that x is of.
func (r *Result) Workload(x *Job) string {
	if x.Workload < 0 || int(x.Workload) >= len(r.Workloads) {
		return ""
	}
	return r.Workloads[x.Workload]
}
