package metrics

import (
	"bytes"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// yard is a script with a manager (0), two workers of 4 cores (1, 2) and a client (3).
type yard struct{ *script }

const boss, left1, left2, buyer = core.NodeID(0), core.NodeID(1), core.NodeID(2), core.NodeID(3)

// jobYard hands in jobs of two workflows, the second after the first.
func jobYard(t *testing.T) yard {
	nodes := []Node{
		{Name: "a/manager/0", Role: core.RoleManager, Group: 1},
		{Name: "a/worker/0", Role: core.RoleWorker, Group: 1, Cores: 4},
		{Name: "a/worker/1", Role: core.RoleWorker, Group: 1, Cores: 4},
		{Name: "a/client/0", Role: core.RoleClient},
	}
	for i := range nodes {
		nodes[i].ID, nodes[i].Site = core.NodeID(i), "a"
	}
	return yard{custom(t, nodes, func(c *Context) {
		c.Formed, c.Workloads = true, []string{"load"}
		c.Job = func(int, uint32) job.Spec {
			return job.Spec{Workflows: []job.WorkflowSpec{{Name: 1}, {Name: 2, Depends: []uint32{1}}}}
		}
	})}
}

func (y yard) job(sec float64, r trace.JobRecord) {
	y.t.Helper()
	if r.At = at(sec); r.At < y.now {
		y.t.Fatalf("script goes back to %v", r.At)
	}
	y.now = r.At
	y.rec.RecordJob(&r)
}

func (y yard) submit(sec float64, id uint64, nth uint32) {
	y.job(sec, trace.JobRecord{Kind: trace.JobSubmitted, Node: buyer, Nth: nth, Fact: core.JobFact{Job: id}})
}

func (y yard) says(sec float64, n core.NodeID, f core.JobFact) {
	y.job(sec, trace.JobRecord{Kind: trace.JobFact, Node: n, Local: at(sec), Fact: f})
}

func (y yard) accepted(sec float64, id uint64) {
	y.says(sec, boss, core.JobFact{Kind: core.JobFactState, Job: id, To: uint8(job.StateSubmitted)})
	for i := range uint64(2) {
		y.flow(sec, id, id*10+i, workflow.None, workflow.Pending, job.ErrorNone)
	}
	y.says(sec+0.001, buyer, core.JobFact{Kind: core.JobFactSubmit, Job: id, To: 1, Node: boss, A: 2, B: 1})
}

func (y yard) flow(sec float64, id, flow uint64, from, to workflow.State, kind job.ErrorKind) {
	y.says(sec, boss, core.JobFact{Kind: core.JobFactWorkflow, Job: id, Workflow: flow, From: uint8(from), To: uint8(to), Code: uint8(kind)})
}

func (y yard) work(sec float64, k trace.JobKind, n core.NodeID, flow, token uint64, attempt uint16, end job.Ended) {
	y.job(sec, trace.JobRecord{Kind: k, Node: n, Ended: uint8(end), Work: core.Work{
		Job: flow / 10, Workflow: flow, Token: token, Attempt: attempt, Cores: 2,
	}})
}

func (y yard) result(sec float64, n core.NodeID, flow, token uint64, attempt uint16) {
	y.says(sec, boss, core.JobFact{Kind: core.JobFactResult, Job: flow / 10, Workflow: flow, Token: token, Attempt: attempt, Node: n})
}

func (y yard) over(sec float64, id uint64, s job.State, c job.Completeness) {
	y.says(sec, buyer, core.JobFact{Kind: core.JobFactOutcome, Job: id, To: uint8(s), Code: uint8(c), Node: boss})
}

// story: job 1 loses a shard with its worker and completes at the second attempt; job 2 fails for its user; job 3 is
// refused; job 4 is under way at the end.
func story(t *testing.T) (yard, *Result) {
	y := jobYard(t)
	y.submit(1, 1, 0)
	y.accepted(1.5, 1)
	y.work(3, trace.JobWork, left1, 10, 7, 1, 0) // waited 1.5 s
	y.truth(5, trace.KindCrash, left1)
	y.work(5, trace.JobLost, left1, 10, 7, 1, 0) // 2 cores for 2 s
	y.rec.Sample(at(8), nil)
	y.flow(8, 1, 10, workflow.Running, workflow.Failed, job.ErrorWorker)
	y.work(9, trace.JobWork, left2, 10, 8, 2, 0)
	y.work(12, trace.JobEnded, left2, 10, 8, 2, job.EndedCompleted) // 2 cores for 3 s
	y.result(12.1, left2, 10, 8, 2)
	y.flow(12.1, 1, 10, workflow.Running, workflow.Completed, job.ErrorNone)
	y.work(12.6, trace.JobWork, left2, 11, 9, 1, 0) // waited 0.5 s
	y.work(14, trace.JobEnded, left2, 11, 9, 1, job.EndedCompleted)
	y.result(14, left2, 11, 9, 1)
	y.flow(14, 1, 11, workflow.Running, workflow.Completed, job.ErrorNone)
	y.says(14, boss, core.JobFact{Kind: core.JobFactState, Job: 1, To: uint8(job.StateCompleted), Code: uint8(job.CompleteFull)})
	y.over(14.2, 1, job.StateCompleted, job.CompleteFull)

	y.submit(15, 2, 1)
	y.accepted(15, 2)
	y.work(16, trace.JobWork, left2, 20, 1, 1, 0)
	y.work(17, trace.JobEnded, left2, 20, 1, 1, job.EndedFailed)
	y.flow(17, 2, 20, workflow.Running, workflow.Failed, job.ErrorUser)
	y.flow(17, 2, 21, workflow.Pending, workflow.Failed, job.ErrorDependency)
	y.over(17.5, 2, job.StateFailed, job.CompleteNone)

	y.submit(20, 3, 2)
	y.says(21, buyer, core.JobFact{Kind: core.JobFactSubmit, Job: 3, To: 2, Node: boss, Code: uint8(call.CodeTooLarge), A: 1})
	y.over(21, 3, job.LocalRejected, job.CompleteNone)

	y.submit(22, 4, 3)
	y.accepted(22, 4)
	y.work(23, trace.JobWork, left2, 40, 1, 1, 0)
	y.truth(25, trace.KindCrash, boss)
	y.rec.Sample(at(30), nil)
	return y, y.end(30)
}

func TestJobs(t *testing.T) {
	y, r := story(t)
	y.want(words.JobOutcome, []float64{1}, "outcome", "COMPLETED")
	y.want(words.JobOutcome, []float64{1}, "outcome", "FAILED", "reason", "user")
	y.want(words.JobOutcome, []float64{1}, "outcome", "REJECTED", "reason", "TOO_LARGE")
	y.want(words.JobOutcome, []float64{1}, "outcome", "UNFINISHED")
	y.want(words.JobLatency, []float64{13.2, 2.5, 1}, "workload", "load")
	y.want(words.AcceptTime, []float64{0.501, 0.001, 0.001})
	y.want(words.SubmitAttempts, []float64{2, 2, 1, 2})
	y.want(words.Goodput, []float64{1})
	y.want(words.Wait, []float64{1.5, 0.5, 1, 1}, "dc", "a")
	y.want(words.Makespan, []float64{11})
	y.want(words.WorkflowRestarts, []float64{1}, "reason", "worker")
	y.want(words.RecoveryTime, []float64{4}, "dc", "a")
	y.want(words.WorkflowDoubleRun, nil)
	y.want(words.TerminalConflicts, nil)
	y.want(words.CoreSeconds, []float64{6, 2.8}, "use", "counted")
	y.want(words.CoreSeconds, []float64{4}, "use", "lost")
	y.want(words.CoreSeconds, []float64{2}, "use", "failed")
	y.want(words.CoreSeconds, []float64{14}, "use", "running")
	y.want(words.OrphanTime, []float64{5})
	for i := range r.Observations {
		if o := &r.Observations[i]; o.Job >= 0 && o.At != r.Jobs[o.Job].Submitted {
			t.Errorf("%v of job %d at %v, submitted at %v", o.Metric, o.Job, o.At, r.Jobs[o.Job].Submitted)
		}
	}
	if x := r.Jobs[0]; x.Restarts != 1 || x.Attempts != 2 || x.Redirects != 1 || !slices.Equal(x.Sites, []int16{0}) {
		t.Errorf("%+v", x)
	}
}

// TestUtilisation: core-seconds of shards over those of workers that run.
func TestUtilisation(t *testing.T) {
	y, r := story(t)
	// Up to 8 s: 4 core-s of 4 × 5 + 4 × 8. Then 6 + 2.8 + 2 + 14 of 4 × 22.
	y.want(words.Utilisation, []float64{4.0 / 52, 24.8 / 88}, "dc", "a")
	var used []float64
	for _, o := range r.Of(words.CoresInUse) {
		used = append(used, o.Value)
	}
	if want := []float64{0, 2}; !slices.Equal(used, want) {
		t.Errorf("cores in use %v, want %v", used, want)
	}
}

// TestBothSides: the same shard runs at two workers, and both results are taken.
func TestBothSides(t *testing.T) {
	y := jobYard(t)
	y.submit(1, 1, 0)
	y.accepted(1, 1)
	y.work(2, trace.JobWork, left1, 10, 7, 1, 0)
	y.work(4, trace.JobWork, left2, 10, 8, 2, 0)
	y.work(5, trace.JobEnded, left2, 10, 8, 2, job.EndedCompleted)
	y.result(5, left2, 10, 8, 2)
	y.work(6, trace.JobEnded, left1, 10, 7, 1, job.EndedCompleted)
	y.result(6, left1, 10, 8, 2)
	y.says(6, boss, core.JobFact{Kind: core.JobFactState, Job: 1, To: uint8(job.StateFailed)})
	y.over(7, 1, job.StateCompleted, job.CompleteFull)
	y.end(10)
	y.want(words.DuplicateWork, []float64{2})
	y.want(words.WorkflowDoubleRun, []float64{1})
	y.want(words.TerminalConflicts, []float64{1})
}

// What a new holder accepts of a shard whose result its predecessor had accepted and not committed is one result; another execution
// of the shard is a second one, whoever accepts it.
func TestResultsOfTwoHolders(t *testing.T) {
	for _, c := range []struct {
		token uint64
		want  []float64
	}{{7, nil}, {8, []float64{1}}} {
		y := jobYard(t)
		y.submit(1, 1, 0)
		y.accepted(1, 1)
		y.work(2, trace.JobWork, left1, 10, 7, 1, 0)
		y.work(4, trace.JobEnded, left1, 10, 7, 1, job.EndedCompleted)
		taken := func(sec float64, epoch uint32, token uint64) {
			y.says(sec, boss, core.JobFact{Kind: core.JobFactResult, Job: 1, Workflow: 10, Token: token, Attempt: 1, Epoch: epoch, Node: left1})
		}
		taken(4, 1, 7)
		taken(6, 2, c.token)
		y.end(10)
		y.want(words.WorkflowDoubleRun, c.want)
	}
}

// TestJobFiles: what jobs.csv and workflows.csv say.
func TestJobFiles(t *testing.T) {
	_, r := story(t)
	tables := r.Tables()
	for _, f := range []struct{ name, want string }{
		{"jobs.csv", `job,workload,client,gate,submitted_s,accepted_s,ended_s,outcome,completeness,reason,dcs,attempts,redirects,restarts
job-0000000000000001,load,a/client/0,a/manager/0,1,1.501,14.2,COMPLETED,FULL,,a,2,1,1
job-0000000000000002,load,a/client/0,a/manager/0,15,15.001,17.5,FAILED,NONE,user,a,2,1,0
job-0000000000000003,load,a/client/0,,20,,21,REJECTED,,TOO_LARGE,,1,0,0
job-0000000000000004,load,a/client/0,a/manager/0,22,22.001,,UNFINISHED,,,a,2,1,0
`},
		{"workflows.csv", `job,workflow,dc,attempt,shard,worker,token,cores,start_s,end_s,end
job-0000000000000001,wf-000000000000000a,a,1,0,a/worker/0,7,2,3,5,lost
job-0000000000000001,wf-000000000000000a,a,2,0,a/worker/1,8,2,9,12,completed
job-0000000000000001,wf-000000000000000b,a,1,0,a/worker/1,9,2,12.6,14,completed
job-0000000000000002,wf-0000000000000014,a,1,0,a/worker/1,1,2,16,17,failed
job-0000000000000004,wf-0000000000000028,a,1,0,a/worker/1,1,2,23,,
`},
	} {
		var b, again bytes.Buffer
		if err := WriteCSV(&b, f.name, tables); err != nil {
			t.Fatal(err)
		}
		if b.String() != f.want {
			t.Errorf("%s:\n%s", f.name, b.String())
		}
		var back Tables
		if err := ReadCSV(bytes.NewReader(b.Bytes()), f.name, &back); err != nil {
			t.Fatal(err)
		}
		if err := WriteCSV(&again, f.name, &back); err != nil || again.String() != f.want {
			t.Errorf("%s read and written again: %v\n%s", f.name, err, again.String())
		}
	}
}
