package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
)

// 04-52: a datacenter that knows the job of another gate says so, and the gate claims the job above that before it asks
// again. Commands that carry the old epoch are no good any more.
func TestClaimsAboveWhatADatacenterKnows(t *testing.T) {
	for _, gates := range []int{1, 3} {
		b := newBench(t, gates)
		id := b.jobOf(0)
		b.managed[100].judge = func(m *core.Message) core.Body {
			if s := m.Body.(*job.Submission); s.GE <= 4 {
				return &job.Ack{Answer: call.Stale(4), Job: s.Job}
			}
			return nil
		}
		b.submit(0, spec(id, 1), 0)
		b.run(30 * second)
		list := b.results(id)
		if len(list) != 1 || list[0].State != job.StateCompleted || list[0].GE != 5 || len(list[0].PerSite) != 1 || list[0].PerSite[0].Site != 0 {
			t.Errorf("%d gates: %+v", gates, list)
		}
		if n := len(b.told(100, core.KindJobSubmission)); n != 2 { // above it at once, and not one by one
			t.Errorf("%d gates: asked %d times", gates, n)
		}
	}
}

func (b *bench) flowResult(site uint16, id job.ID, w job.WorkflowID, s job.WorkflowStatus) {
	b.ask(b.sites[site].Managers[0], 0, core.KindWorkflowResultPush, &job.WorkflowResultPush{
		Job: id, Workflow: w, Name: 3, Site: site, Status: s, Epoch: 1, Elapsed: core.Duration(site+1) * time.Second,
		Results: []core.Blob{{ID: uint64(site) + 7, Size: 10}},
	})
}

// §8.1 step 4: the client hears of a workflow once, when all datacenters have told its result, or those that have not are
// named 300 s after the first.
func TestResultsOfAWorkflowInOne(t *testing.T) {
	b := newBench(t, 1)
	for _, m := range b.managed {
		m.length = 900 * time.Second
	}
	b.submit(0, spec(5, 3), 0)
	b.run(2 * second)
	b.flowResult(2, 5, 50, job.StatusCompleted)
	b.flowResult(0, 5, 50, job.StatusFailed)
	b.flowResult(0, 5, 50, job.StatusFailed) // a repeat
	b.flowResult(1, 5, 51, job.StatusCompleted)
	b.run(10 * second)
	if n := len(b.told(client, core.KindWorkflowResultPush)); n != 0 {
		t.Fatalf("told %d times before all have spoken", n)
	}
	b.flowResult(1, 5, 50, job.StatusCompleted)
	b.run(11 * second)
	list := b.told(client, core.KindWorkflowResultPush)
	if len(list) == 0 {
		t.Fatal("not told")
	}
	p := list[0].Body.(*job.WorkflowResultPush)
	if p.Workflow != 50 || p.Site != job.NoSite || p.Epoch != 1 || p.Status != job.StatusFailed || p.Elapsed != 3*time.Second || len(p.PerSite) != 3 ||
		p.PerSite[0].Site != 0 || p.PerSite[2].Site != 2 || len(p.Results) != 3 || len(p.Missing) != 0 {
		t.Errorf("%+v", p)
	}
	b.run(301 * second)
	for _, m := range b.told(client, core.KindWorkflowResultPush) {
		if m.Body.(*job.WorkflowResultPush).Workflow == 51 {
			t.Error("told too soon")
		}
	}
	b.run(303 * second)
	for _, m := range b.told(client, core.KindWorkflowResultPush) {
		if p := m.Body.(*job.WorkflowResultPush); p.Workflow == 51 {
			if len(p.Missing) != 2 || p.Missing[0] != 0 || p.Missing[1] != 2 || len(p.PerSite) != 1 {
				t.Errorf("%+v", p)
			}
			return
		}
	}
	t.Error("never told")
}

// §2.3: a datacenter repeats the result of a workflow, for the answer was lost; its client was told by then. It hears nothing more of it,
// neither at once nor when results that are missing have been waited for.
func TestRepeatOfAResultThatWasTold(t *testing.T) {
	b := newBench(t, 1)
	for _, m := range b.managed {
		m.length = 900 * time.Second
	}
	b.submit(0, spec(5, 3), 0)
	b.run(2 * second)
	for site := range uint16(3) {
		b.flowResult(site, 5, 5, job.StatusCompleted)
	}
	b.run(3 * second)
	b.flowResult(1, 5, 5, job.StatusCompleted)
	b.run(800 * second)
	list := b.told(client, core.KindWorkflowResultPush)
	for i := range list {
		if p := list[i].Body.(*job.WorkflowResultPush); list[i].at > 60*second || len(p.Missing) > 0 || len(p.PerSite) != 3 {
			t.Errorf("push %d at %v: missing %v, %d datacenters", i, list[i].at, p.Missing, len(p.PerSite))
		}
	}
}

func (b *bench) progress(to core.NodeID, site uint16, id job.ID, seq, done uint64) uint32 {
	return b.ask(b.sites[site].Managers[0], to, core.KindJobProgress, &job.Progress{Job: id, Site: site, State: job.StateRunning, DE: 1, Seq: seq, Completed: done, Rate: 2})
}

// Progress: only what is newer counts, all of a quarter of a second comes in one message, and a gate that does not lead the
// job hands it on once.
func TestProgressIsToldInBatches(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.submit(0, spec(id, 2), 0)
	b.run(2 * second)
	before := len(b.told(client, core.KindJobBatchPush))
	b.progress(0, 0, id, 2, 10)
	b.progress(0, 0, id, 1, 99) // older
	seq := b.progress(1, 1, id, 1, 5)
	b.run(3 * second)
	list := b.told(client, core.KindJobBatchPush)[before:]
	if len(list) != 1 {
		t.Fatalf("%d messages", len(list))
	}
	s := list[0].Body.(*job.BatchPush).Entries[0]
	if s.Job != id || s.Site != job.NoSite || s.Epoch != 1 || s.Completed != 15 || s.Rate != 4 || len(s.PerSite) != 2 {
		t.Errorf("%+v", s)
	}
	if a := b.answerTo(seq).(*job.ProgressAck); a.Code != call.CodeOK || a.Leads || a.JobLeader != 0 || len(a.Gates) != 3 {
		t.Errorf("%+v", a)
	}
	b.run(4 * second)
	if n := len(b.told(client, core.KindJobBatchPush)); n != before+1 {
		t.Error("told again though nothing is new")
	}
}

// Progress that another gate passed on under a new epoch says that the job has another leader in its datacenter, but not who: the
// gate does not take the other gate for it, and tells the client once it knows.
func TestProgressThatWasPassedOnNamesNoLeader(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.submit(0, spec(id, 2), 0)
	b.run(2 * second)
	p := job.Progress{Job: id, Site: 0, State: job.StateRunning, DE: 2, Seq: 1, Completed: 3}
	b.ask(b.sites[0].Managers[0], 1, core.KindJobProgress, &p)
	b.run(3 * second)
	for _, m := range b.told(client, core.KindManagerJobLeaderTransfer) {
		t.Errorf("the client is told of %+v", m.Body)
	}
	next := b.sites[0].Managers[1]
	b.ask(next, 0, core.KindJobProgress, &job.Progress{Job: id, Site: 0, State: job.StateRunning, DE: 2, Seq: 2, Completed: 4})
	b.ask(next, 0, core.KindJobLeaderTransfer, &jobtimeout.LeaderTransfer{Job: id, Site: 0, Leader: next, DE: 2})
	b.run(4 * second)
	list := b.told(client, core.KindManagerJobLeaderTransfer)
	if len(list) != 1 || list[0].Body.(*replica.ManagerTransfer).Manager != next {
		t.Errorf("told %d times: %+v", len(list), list)
	}
}

// Workflows by name: the gate asks who leads the job in each datacenter, and answers in one, datacenters named; one that is silent
// is left out. A gate that does not lead the job names who does.
func TestWorkflowQuery(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	silent := false
	var names []uint32
	b.outside = func(m *core.Message) {
		q, ok := m.Body.(*job.WorkflowQuery)
		if !ok {
			b.others(m)
			return
		}
		names = q.Names
		if at := b.managed[m.To].site; q.Job == id && !(silent && at == 1) {
			v := job.WorkflowView{Job: id, Site: at, Name: 1, VUs: 4}
			v.Workflow, v.Cores = job.WorkflowID(id), at+1
			b.reply(m, core.KindWorkflowQueryResponse, &job.WorkflowQueryResponse{Workflows: []job.WorkflowView{v}})
		}
	}
	b.submit(0, spec(id, 3), 0)
	b.run(2 * second)
	ask := func(to core.NodeID, j job.ID) *job.WorkflowQueryResponse {
		seq := b.ask(client, to, core.KindWorkflowQueryRequest, &job.WorkflowQuery{Job: j, Names: []uint32{1}})
		b.run(b.now + 15*second/2)
		r, ok := b.answerTo(seq).(*job.WorkflowQueryResponse)
		if !ok {
			t.Fatal("not answered")
		}
		return r
	}
	r := ask(0, id)
	if r.Code != call.CodeOK || len(r.Workflows) != 3 || r.Workflows[0].Site != 0 || r.Workflows[2].Site != 2 || r.Workflows[2].Cores != 3 || len(names) != 1 || names[0] != 1 {
		t.Errorf("%+v", r)
	}
	for _, m := range b.managed {
		m.length = time.Hour
	}
	if r := ask(1, id); r.Code != call.CodeNotLeader && r.Code != call.CodeAlreadyTerminal {
		t.Errorf("%+v", r)
	}
	if r := ask(2, 4711); r.Code != call.CodeUnknownJob {
		t.Errorf("%+v", r)
	}
	if len(b.gates[0].queries) != 0 {
		t.Error("questions are kept")
	}
}

// One that is silent is left out; without a job it is about all that this gate leads.
func TestWorkflowQueryWithoutAll(t *testing.T) {
	b, id := started(t, 1, 2, 500*time.Second)
	at := b.home(id)
	b.outside = func(m *core.Message) {
		if q, ok := m.Body.(*job.WorkflowQuery); !ok {
			b.others(m)
		} else if b.managed[m.To].site == at {
			b.reply(m, core.KindWorkflowQueryResponse, &job.WorkflowQueryResponse{Workflows: []job.WorkflowView{{Job: q.Job, Site: at, Name: 1}}})
		}
	}
	seq := b.ask(client, 0, core.KindWorkflowQueryRequest, &job.WorkflowQuery{})
	b.run(b.now + 30*second)
	if r, ok := b.answerTo(seq).(*job.WorkflowQueryResponse); !ok || r.Code != call.CodeOK || len(r.Workflows) != 1 || r.Workflows[0].Job != id || r.Workflows[0].Site != at {
		t.Errorf("%+v", r)
	}
}

// Another place to push to, from now on; and a gate that does not lead the job answers as much as it knows.
func TestCallbackAndQueries(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.submit(0, spec(id, 1), 0)
	b.run(2 * second)
	ask := func(to core.NodeID) uint32 {
		return b.ask(client, to, core.KindRegisterCallback, &job.RegisterCallback{Job: id, Callback: 901})
	}
	wrong, right := ask(1), ask(0)
	b.run(3 * second)
	if r := b.answerTo(wrong).(*job.RegisterCallbackResponse); r.Code != call.CodeNotLeader || r.Leader != 0 {
		t.Errorf("%+v", r)
	}
	if r := b.answerTo(right).(*job.RegisterCallbackResponse); r.Code != call.CodeOK || r.State != job.StateRunning || r.JobLeader != 0 || len(r.Updates) != 1 {
		t.Errorf("%+v", r)
	}
	b.run(15 * second)
	if len(b.told(901, core.KindGlobalJobResult)) == 0 || len(b.results(id)) != 0 {
		t.Error("the result went to the old place")
	}
	b.crash(0)
	seq := b.ask(client, 2, core.KindJobStatusRequest, &job.StatusRequest{Job: id})
	b.run(16 * second)
	if r := b.answerTo(seq).(*job.GlobalStatus); r.State != job.StateCompleted || !r.Final || len(r.Result) != 1 || r.Result[0].Completeness != job.CompleteFull {
		t.Errorf("a replica knows how it ended: %+v", r)
	}
	seq = b.ask(client, 2, core.KindJobStatusRequest, &job.StatusRequest{Job: 4711})
	b.run(17 * second)
	if c := b.code(seq); c != call.CodeUnknownJob {
		t.Errorf("%v", c)
	}
}

// 04-36: four times, and then the job counts as delivered; who asks is answered all the same.
func TestToldFourTimes(t *testing.T) {
	b := newBench(t, 1)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindGlobalJobResult }
	b.submit(0, spec(5, 1), 0)
	b.run(100 * second)
	if n := len(b.results(5)); n != 4 {
		t.Errorf("told %d times", n)
	}
	if x := b.gates[0].records.by[5]; !x.delivered {
		t.Error("not delivered")
	}
	seq := b.ask(client, 0, core.KindJobStatusRequest, &job.StatusRequest{Job: 5})
	b.run(101 * second)
	if r := b.answerTo(seq).(*job.GlobalStatus); r.State != job.StateCompleted || len(r.Result) != 1 {
		t.Errorf("%+v", r)
	}
}

// 20/J7: where one message says that the job is over and no other does, a datacenter that reports of it hears so from nobody:
// neither from the gate that leads the job, nor from one with a replica of it. Without the switch it hears so from both.
func TestToldOnce(t *testing.T) {
	for commands, want := range map[jobtimeout.Commands][2]call.Code{
		jobtimeout.CommandsOnce: {call.CodeOK, call.CodeNotLeader}, jobtimeout.CommandsSettled: {call.CodeAlreadyTerminal, call.CodeAlreadyTerminal},
	} {
		b := newBench(t, 3)
		b.time.Job.Commands = commands
		id := b.jobOf(0)
		b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobGlobalTimeout }
		for _, m := range b.managed {
			m.length = 900 * time.Second
		}
		s := spec(id, 1)
		s.Timeout = 60 * time.Second
		b.submit(0, s, 0)
		b.run(100 * second)
		if list := b.results(id); len(list) == 0 || list[0].State != job.StateTimeout {
			t.Fatalf("%v: not over: %+v", commands, list)
		}
		site := b.gates[0].records.by[id].sites[0].id
		from := b.sites[site].Managers[0]
		for gate, code := range want {
			report := b.ask(from, core.NodeID(gate), core.KindJobTimeoutReport, &jobtimeout.TimeoutReport{Job: id, Site: site, DE: 1, Seq: 9})
			more := b.ask(from, core.NodeID(gate), core.KindJobProgressReport, &jobtimeout.ProgressReport{Job: id, Site: site, DE: 1, Seq: 10})
			b.run(b.now + second)
			for _, n := range []uint32{report, more} {
				if got := b.code(n); got != code {
					t.Errorf("%v: gate %d says %v, want %v", commands, gate, got, code)
				}
			}
			p := b.progress(core.NodeID(gate), site, id, 99, 10)
			b.run(b.now + second)
			if got := b.code(p); (got == call.CodeAlreadyTerminal) != (commands == jobtimeout.CommandsSettled) {
				t.Errorf("%v: gate %d answers progress with %v", commands, gate, got)
			}
		}
	}
}
