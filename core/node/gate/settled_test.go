package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/admission"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/front"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/node"
	"hypersim/core/overload"
	"hypersim/core/replica"
	"hypersim/core/routing"
)

// Sentences of spec 03 and 04 that were once broken here, a script each.

// alone cuts a gate off from the others.
func (b *bench) alone(id core.NodeID) {
	b.cut = func(m *core.Message) bool {
		return int(m.From) < len(b.gates) && int(m.To) < len(b.gates) && (m.From == id || m.To == id)
	}
}

// 04-7, 04-15: a job that has ended is not cancelled, whoever is asked: a gate that never heard of it hears how it ended when
// it wants to make a tombstone of its own.
func TestCancelOfAJobThatOthersBuried(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.alone(2)
	b.submit(0, spec(id, 1), 0)
	b.run(400 * second)
	b.cut = nil
	for i := range 2 {
		if s, ok := b.gates[i].rep.Tombstone(b.now, id); !ok || s.State != job.StateCompleted {
			t.Fatalf("gate %d has no tombstone", i)
		}
	}
	seq := b.cancel(2, id)
	b.run(401 * second)
	if r := b.answerTo(seq).(*cancel.JobResponse); r.Code != call.CodeAlreadyTerminal || r.State != job.StateCompleted || !r.AlreadyCompleted || r.Success {
		t.Errorf("%+v", r)
	}
}

// 04-47: a holder that may decide nothing now keeps a cancel in mind, also when it is not the holder any more: who claims the
// job later hears of it.
func TestSuspendedHolderRemembersCancel(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	cut := b.now
	b.alone(0)
	b.run(cut + 28*second)
	seq := b.cancel(0, id)
	b.run(cut + 29*second)
	if c := b.code(seq); c != call.CodeLeaseLost {
		t.Fatalf("%v", c)
	}
	b.run(cut + 60*second)
	b.cut = nil
	b.run(cut + 80*second)
	l, _ := b.leaders(id)
	if len(l) != 1 || l[0] == 0 {
		t.Fatalf("%v lead", l)
	}
	b.crash(l[0])
	b.dead(l[0], true)
	b.run(cut + 130*second)
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateCancelled {
		t.Errorf("%+v", r)
	}
}

// 04-47: valid again, it begins with the cancel.
func TestHolderBeginsWithACancel(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobStateSyncAck }
	b.run(b.now + 28*second)
	seq := b.cancel(0, id)
	b.run(b.now + second/10)
	if c := b.code(seq); c != call.CodeLeaseLost {
		t.Fatalf("%v", c)
	}
	b.cut = nil
	b.run(b.now + 15*second)
	if l, ge := b.leaders(id); len(l) != 1 || l[0] != 0 || ge != 1 {
		t.Fatalf("%v lead under %d", l, ge)
	}
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateCancelled {
		t.Errorf("%+v", r)
	}
}

// §6.9, 03-13, 04-30: a job is to be TIMEOUT, and that is not committed. Whoever asks for something that depends on it waits,
// and hears then that it is over; data that came since is late.
func TestAllWaitForAPendingTimeout(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	s := spec(id, 1)
	s.Timeout = 20 * time.Second
	for _, m := range b.managed {
		m.length = 1000 * time.Second
	}
	blind := true
	var x *record
	b.cut = func(m *core.Message) bool {
		return blind && m.Kind == core.KindJobStateSyncAck && x != nil && x.pending != job.StateNone
	}
	b.submit(0, s, 0)
	b.run(20 * second)
	x = b.gates[0].records.by[id]
	for x.pending == job.StateNone && b.now < 40*second {
		b.run(b.now + second/10)
	}
	if x.pending != job.StateTimeout || x.state != job.StateRunning {
		t.Fatalf("%v, to be %v", x.state, x.pending)
	}
	at := b.home(id)
	m := b.sites[at].Managers[0]
	stop, single := b.cancel(0, id), b.single(id, job.WorkflowID(id), 1)
	status := b.final(at, id, job.StateCompleted, 1)
	result := b.ask(m, 0, core.KindJobFinalResult, &job.FinalResult{Job: id, SiteFinal: job.SiteFinal{Site: at, State: job.StateCompleted, Completeness: job.CompleteFull, Completed: 5, DE: 1}})
	flow := b.ask(m, 0, core.KindWorkflowResultPush, &job.WorkflowResultPush{Job: id, Workflow: job.WorkflowID(id), Site: at, Epoch: 1})
	offer := b.offer(0, id, at)
	all := []uint32{stop, single, status, result, flow, offer}
	b.run(b.now + second/2)
	for i, seq := range all {
		if a := b.answerTo(seq); a != nil {
			t.Errorf("request %d is answered before the commit: %+v", i, a)
		}
	}
	blind = false
	b.run(b.now + 15*second)
	for i, seq := range all {
		if c := b.code(seq); c != call.CodeAlreadyTerminal {
			t.Errorf("request %d: %v", i, c)
		}
	}
	if r := b.answerTo(stop).(*cancel.JobResponse); r.State != job.StateTimeout || !r.AlreadyCompleted {
		t.Errorf("the cancel: %+v", r)
	}
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateTimeout || r[0].Completeness != job.CompleteNone || r[0].Completed != 0 {
		t.Errorf("%+v", r)
	}
}

// §3.1: a job that is over stays as it is, and what is not in the table changes nothing.
func TestNoStateIsOverwritten(t *testing.T) {
	b := newBench(t, 1)
	g := b.gates[0]
	for from := job.StateSubmitted; from < job.NumStates; from++ {
		for to := job.StateSubmitted; to < job.NumStates; to++ {
			if from.Local() || to.Local() {
				continue
			}
			x := &record{id: 1, state: from, client: core.NoNode}
			before := g.illegal
			moved := g.setState(b.now, x, to, new(core.Effects))
			if want := from.May(to); moved != want || (x.state == to) != (want || from == to) || (g.illegal == before) != want {
				t.Errorf("%v to %v: %v, and it is %v", from, to, moved, x.state)
			}
			if from.Terminal() && moved {
				t.Errorf("%v became %v", from, to)
			}
		}
	}
}

// 04-19: a gate that took a job over before it was RUNNING owes a cancel to every datacenter that does not become a target:
// when the job runs, and when it is cancelled.
func TestTakenBeforeItRan(t *testing.T) {
	for _, cancelled := range []bool{false, true} {
		b := newBench(t, 3)
		id := b.jobOf(0)
		b.outside = func(m *core.Message) {
			if m.Kind != core.KindJobSubmission || m.From != 0 { // nobody has answered the first leader
				b.others(m)
			}
		}
		b.cut = func(m *core.Message) bool { // and nobody knows whom it has asked
			s, ok := m.Body.(*replica.Sync)
			return ok && m.From == 0 && len(s.Entries) > 0 && s.Entries[0].Seq > 1
		}
		for _, m := range b.managed {
			m.length = 300 * time.Second
			if cancelled {
				m.judge = func(m *core.Message) core.Body {
					return &job.Ack{Answer: call.Answer{Code: call.CodeNoQuorum}, Job: m.Body.(*job.Submission).Job}
				}
			}
		}
		b.submit(0, spec(id, 1), 0)
		b.run(second)
		b.crash(0)
		b.dead(0, true)
		for l, _ := b.leaders(id); len(l) == 0 && b.now < 60*second; l, _ = b.leaders(id) {
			b.run(b.now + second/100)
		}
		l, _ := b.leaders(id)
		if len(l) != 1 {
			t.Fatalf("%v lead", l)
		}
		if cancelled {
			b.run(b.now + second/2)
			b.cancel(l[0], id)
		}
		b.run(b.now + 5*second)
		told := 0
		for i := range b.sites {
			if b.managed[b.sites[i].Managers[0]].stones[id] {
				told++
			}
		}
		if want := map[bool]int{false: 2, true: 3}[cancelled]; told != want {
			t.Errorf("cancelled %v: %d datacenters were told to stop", cancelled, told)
		}
	}
}

// 04-47, 03-13: the same of a cancel that waits for a decision when the lease ends.
func TestHeldCancelIsRemembered(t *testing.T) {
	b, id, _ := undecided(t)
	b.alone(0)
	seq := b.cancel(0, id)
	b.run(60 * second)
	if c := b.code(seq); c != call.CodeLeaseLost {
		t.Fatalf("%v", c)
	}
	if !b.gates[0].rep.Cancelled(b.now, id) {
		t.Error("it is not kept in mind")
	}
}

// §0, 03-12: who names a later epoch has heard of another leader. The cancel is kept in mind.
func TestCancelUnderALaterEpoch(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	seq := b.ask(client, 0, core.KindJobCancelRequest, &cancel.JobRequest{Job: id, Requester: client, GE: 2})
	b.run(b.now + second/2)
	if l, _ := b.leaders(id); len(l) != 0 {
		t.Errorf("%v leads it still", l)
	}
	if r := b.answerTo(seq).(*cancel.JobResponse); r.Code != call.CodeNotLeader || r.Leader != core.NoNode {
		t.Errorf("%+v", r)
	}
	b.run(b.now + 60*second)
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateCancelled {
		t.Errorf("%+v", r)
	}
}

// 04-47: so is one of a job that is being adopted; it is stopped as soon as it is.
func TestCancelDuringAdoption(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	b.forgotten()
	blind := true
	b.cut = func(m *core.Message) bool { return blind && m.Kind == core.KindJobLeadershipAck }
	b.offer(1, id, b.home(id))
	b.run(b.now + second)
	seq := b.cancel(1, id)
	b.run(b.now + second)
	if c := b.code(seq); c != call.CodeNoQuorum {
		t.Fatalf("%v", c)
	}
	blind = false
	b.run(b.now + 10*second)
	if _, s := b.gates[1].Holds(id); s != job.StateCancelling && s != job.StateCancelled {
		t.Errorf("adopted, it is %v", s)
	}
}

// home is a datacenter that a job runs in.
func (b *bench) home(id job.ID) uint16 {
	for i := range b.sites {
		if b.managed[b.sites[i].Managers[0]].jobs[id] != nil {
			return uint16(i)
		}
	}
	b.Fatal("it runs nowhere")
	return 0
}

// 03-13, 04-1: what a gate learns while it claims its own job anew is acknowledged when that is committed under the new
// epoch, and not because its number is.
func TestFinalDuringAClaimOfItsOwn(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	at := b.home(id)
	m := b.sites[at].Managers[0]
	deaf := false
	b.cut = func(x *core.Message) bool { return deaf && x.Kind == core.KindJobLeadershipAck }
	deaf = true
	b.step(0, func(fx *core.Effects) { b.gates[0].rep.Claim(b.now, id, replica.ReasonLeaseExpired, fx) })
	b.run(b.now + second)
	seq := b.ask(m, 0, core.KindJobFinalStatus, &jobtimeout.FinalStatus{Job: id, Site: at, Manager: m, State: job.StateFailed, DE: 1})
	b.run(b.now + second/2)
	if b.answerTo(seq) != nil {
		t.Fatal("answered under the old epoch")
	}
	deaf = false
	b.run(b.now + 5*second)
	if ge, _ := b.gates[0].Holds(id); ge != 2 {
		t.Fatalf("it has epoch %d", ge)
	}
	if b.answerTo(seq) == nil {
		t.Fatal("not answered")
	}
	for _, g := range b.gates {
		for _, s := range g.rep.View(id).Sites {
			if s.Site == at && s.State != job.StateFailed {
				t.Errorf("acknowledged, and the entry says %v", s.State)
			}
		}
	}
}

// 04-54: a submission carries the single cancels that are committed, and no other.
func TestSubmissionsCarryWhatIsCommitted(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	s := spec(id, 3)
	s.Workflows = append(s.Workflows, job.WorkflowSpec{Workflow: 77, Name: 2, Cores: 1})
	for _, m := range b.managed {
		m.length = 300 * time.Second
	}
	blind := false
	b.managed[300].deaf, b.managed[301].deaf = true, true
	b.cut = func(m *core.Message) bool { return blind && m.Kind == core.KindJobStateSyncAck }
	b.submit(0, s, 0)
	b.run(second / 10)
	blind = true
	b.single(id, 77, 1)
	from := b.now
	b.run(8 * second)
	n := 0
	for _, m := range append(b.told(300, core.KindJobSubmission), b.told(301, core.KindJobSubmission)...) {
		if m.at > from {
			n++
			if len(m.Body.(*job.Submission).Cancelled) != 0 {
				t.Errorf("%v: it carries what is not committed", m.at)
			}
		}
	}
	if n == 0 {
		t.Fatal("nobody was asked meanwhile")
	}
	blind = false
	b.managed[300].deaf = false
	b.run(60 * second)
	if b.managed[300].jobs[id] == nil {
		t.Fatal("the third never got it")
	}
	for _, to := range []core.NodeID{100, 200} {
		if n := len(b.told(to, core.KindSingleWorkflowCancelRequest)); n == 0 {
			t.Errorf("%d was not told", to)
		}
	}
}

// 04-54: what is committed and not told when a gate dies is told by the next.
func TestTakeoverTellsSingleCancels(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	s := spec(id, 1)
	s.Workflows = append(s.Workflows, job.WorkflowSpec{Workflow: 77, Name: 2, Cores: 1}, job.WorkflowSpec{Workflow: 78, Name: 3, Cores: 1})
	for _, m := range b.managed {
		m.length = 300 * time.Second
	}
	b.submit(0, s, 0)
	b.run(2 * second)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindSingleWorkflowCancelRequest && m.From == 0 }
	b.single(id, 77, 1)
	b.single(id, 78, 2)
	b.run(3 * second)
	b.crash(0)
	b.dead(0, true)
	b.run(40 * second)
	heard := map[job.WorkflowID]uint64{}
	for _, m := range b.told(b.sites[b.home(id)].Managers[0], core.KindSingleWorkflowCancelRequest) {
		if c := m.Body.(*cancel.SingleRequest); !m.lost {
			heard[c.Workflow] = c.Request
		}
	}
	if len(heard) != 2 || heard[77] == heard[78] { // a manager answers a number that it knows as it did before
		t.Errorf("the datacenter heard of %v", heard)
	}
}

// 04-54: a submission of which nobody knows what became of it may be the one that was accepted, and it may have said less
// than the one that was answered.
func TestSinglesAfterADoubtfulAttempt(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	s := spec(id, 1)
	s.Workflows = append(s.Workflows, job.WorkflowSpec{Workflow: 77, Name: 2, Cores: 1})
	b.managed[100].length = 300 * time.Second
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobAck && m.From == 100 && b.now < second }
	b.submit(0, s, 0)
	b.run(second / 2)
	seq := b.single(id, 77, 1)
	b.run(second * 6 / 10)
	if r := b.answerTo(seq).(*cancel.SingleResponse); r.Status != cancel.SingleCancelling {
		t.Errorf("it may run already: %+v", r)
	}
	b.run(5 * second)
	list := b.told(100, core.KindJobSubmission)
	if n := len(list); n < 2 || len(list[0].Body.(*job.Submission).Cancelled) != 0 || len(list[n-1].Body.(*job.Submission).Cancelled) != 1 {
		t.Fatalf("asked %d times", n)
	}
	if !b.gates[0].records.by[id].site(0).target || len(b.told(100, core.KindSingleWorkflowCancelRequest)) == 0 {
		t.Error("it was not told")
	}
}

// §7.2 step 5: what all datacenters say, CANCELLED where it runs nowhere any more, else the weakest word.
func TestMergedSingleStatus(t *testing.T) {
	const (
		not, ran, stopping = cancel.SingleNotFound, cancel.SingleAlreadyCompleted, cancel.SingleCancelling
		pending, was, done = cancel.SinglePending, cancel.SingleAlreadyCancelled, cancel.SingleCancelled
	)
	for _, c := range []struct {
		said []cancel.SingleStatus
		want cancel.SingleStatus
	}{
		{nil, pending}, {[]cancel.SingleStatus{ran, ran}, ran}, {[]cancel.SingleStatus{pending, pending}, pending}, {[]cancel.SingleStatus{done}, done},
		{[]cancel.SingleStatus{pending, done}, done}, {[]cancel.SingleStatus{ran, was, done}, done}, {[]cancel.SingleStatus{ran, stopping, done}, stopping},
		{[]cancel.SingleStatus{stopping, done}, stopping}, {[]cancel.SingleStatus{not, done}, not},
	} {
		a := singleAsk{}
		for _, s := range c.said {
			a.said |= 1 << s
		}
		if have := a.status(); have != c.want {
			t.Errorf("%v: %v", c.said, have)
		}
	}
}

// 04-54: a datacenter that could not be told of a cancel is told again until it can; meanwhile the workflow is said to be
// stopping, not to be unknown.
func TestSinglesAreToldUntilTheyAre(t *testing.T) {
	for _, how := range []string{"silent", "without a lease"} {
		b, id := started(t, 1, 1, 500*time.Second)
		m := b.sites[b.home(id)].Managers[0]
		deaf, heard := true, 0
		b.outside = func(x *core.Message) {
			c, ok := x.Body.(*cancel.SingleRequest)
			switch {
			case !ok:
				b.others(x)
			case !deaf:
				heard++
				b.reply(x, core.KindSingleWorkflowCancelResponse, &cancel.SingleResponse{Job: id, Workflow: c.Workflow, Status: cancel.SingleCancelled})
			case how != "silent":
				b.reply(x, core.KindSingleWorkflowCancelResponse, &cancel.SingleResponse{Answer: call.Answer{Code: call.CodeLeaseLost}, Job: id, Workflow: c.Workflow})
			}
		}
		seq := b.single(id, job.WorkflowID(id), 1)
		b.run(b.now + 60*second)
		r, ok := b.answerTo(seq).(*cancel.SingleResponse)
		if !ok || r.Status != cancel.SingleCancelling || len(r.Errors) != 1 || r.Errors[0].Site != b.managed[m].site {
			t.Errorf("%s: %+v", how, r)
		}
		deaf = false
		b.run(b.now + 60*second)
		if heard != 1 {
			t.Errorf("%s: told %d times since", how, heard)
		}
	}
}

// §7.2: a datacenter in which the job has ended has an answer, too; and when it has ended in all, how is not known before that
// is committed (04-30, 04-32).
func TestSingleCancelWhereTheJobHasEnded(t *testing.T) {
	b := newBench(t, 1)
	b.managed[100].length = 5 * time.Second
	b.managed[200].length, b.managed[300].length = 20*time.Second, 20*time.Second
	b.outside = func(x *core.Message) {
		if c, ok := x.Body.(*cancel.SingleRequest); ok {
			b.reply(x, core.KindSingleWorkflowCancelResponse, &cancel.SingleResponse{Job: c.Job, Workflow: c.Workflow, Status: cancel.SinglePending})
			return
		}
		b.others(x)
	}
	b.submit(0, spec(5, 3), 0)
	b.run(10 * second)
	seq := b.single(5, 5, 1)
	b.run(11 * second)
	if r := b.answerTo(seq).(*cancel.SingleResponse); r.Code != call.CodeOK || r.Status != cancel.SingleCancelled {
		t.Errorf("ended in one: %+v", r)
	}
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobFinalResult && b.now < 40*second }
	b.run(25 * second)
	if _, s := b.gates[0].Holds(5); s != job.StateCompleting {
		t.Fatal(s)
	}
	seq = b.single(5, 5, 2)
	b.run(30 * second)
	if a := b.answerTo(seq); a != nil {
		t.Errorf("while the data is waited for: %+v", a)
	}
	b.run(60 * second)
	if r := b.answerTo(seq).(*cancel.SingleResponse); r.Code != call.CodeAlreadyTerminal || r.Status != cancel.SingleAlreadyCompleted {
		t.Errorf("after the end: %+v", r)
	}
}

// 03-13: who waits for the commit of a single cancel hears LEASE_LOST when the lease ends.
func TestSingleCancelWithoutLease(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobStateSyncAck }
	seq := b.single(id, job.WorkflowID(id), 1)
	b.run(b.now + 20*second)
	if b.answerTo(seq) != nil {
		t.Fatal("answered before its commit")
	}
	b.run(b.now + 10*second)
	if c := b.code(seq); c != call.CodeLeaseLost {
		t.Errorf("%v", c)
	}
}

// And who waits for datacenters hears it when the job is another gate's: that one asks them, and knows whom to answer.
func TestSingleCancelOfALostJob(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	seq := b.single(id, job.WorkflowID(id), 1)
	b.run(b.now + core.Instant(100*ms))
	if b.answerTo(seq) != nil {
		t.Fatal("answered before its datacenter has")
	}
	b.ask(client, 0, core.KindJobCancelRequest, &cancel.JobRequest{Job: id, Requester: client, GE: 5}) // a later leader is known
	b.run(b.now + core.Instant(100*ms))
	if c := b.code(seq); c != call.CodeLeaseLost {
		t.Errorf("%v", c)
	}
}

// nowhere routes to datacenters of which some have no manager to ask.
type nowhere struct {
	b    *bench
	some []uint16
}

func (n nowhere) Route(core.Instant, *routing.Query) routing.Choice {
	return routing.Choice{Primary: []uint16{0, 1, 2}}
}

func (n nowhere) Managers(_ core.Instant, site uint16, _ job.ID, dst []core.NodeID) []core.NodeID {
	for _, s := range n.some {
		if s == site {
			return append(dst, n.b.sites[site].Managers[0])
		}
	}
	return dst
}

// A stage ends once, also when the last datacenters that could be asked are out of the question at once.
func TestStageEndsOnce(t *testing.T) {
	b := newBench(t, 1)
	b.routes = nowhere{b, []uint16{0}}
	b.boot(0, true)
	b.submit(0, spec(5, 2), 0)
	b.run(8 * second)
	g := b.gates[0]
	if _, s := g.Holds(5); s != job.StateRunning {
		t.Fatalf("it is %v", s)
	}
	if n, _ := g.Counters(); n != 0 {
		t.Errorf("%d moves that are none", n)
	}
	b.routes = nowhere{b, nil}
	b.boot(0, true)
	b.submit(0, spec(6, 2), 0)
	b.run(60 * second)
	if x := b.gates[0].records.by[6]; x.state != job.StateFailed || x.round != b.gates[0].keys.Rounds {
		t.Errorf("%v after %d rounds", x.state, x.round)
	}
	if n, _ := b.gates[0].Counters(); n != 0 {
		t.Errorf("%d moves that are none", n)
	}
}

// 04-16: who is owed a cancel is asked for as long as it takes, whoever there would get no work: none of its managers is eligible any more, and
// it is another one than the first that is back.
func TestOwedByWhoGetsNoWork(t *testing.T) {
	b := newBench(t, 1)
	routes := &nowhere{b, []uint16{0, 1}}
	b.routes = routes
	b.boot(0, true)
	b.managed[100].deaf, b.managed[101].deaf = true, true
	b.submit(0, spec(5, 1), 0)
	b.run(8 * second)
	if x := b.gates[0].records.by[5]; x.state != job.StateRunning || !x.site(0).owed {
		t.Fatalf("it is %v, and nothing is owed", x.state)
	}
	routes.some = []uint16{1}
	b.run(60 * second)
	b.managed[101].deaf = false
	b.run(90 * second)
	if x := b.gates[0].records.by[5]; x.site(0).owed || !b.managed[101].stones[5] {
		t.Error("nobody there has heard of it")
	}
}

// 04-19, 04-21: the other gates know which datacenters have been asked.
func TestAttemptsAreReplicated(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	b.managed[100].deaf, b.managed[101].deaf = true, true
	b.submit(0, spec(id, 1), 0)
	b.run(second / 2)
	for i := 1; i < 3; i++ {
		e := b.gates[i].rep.View(id)
		if e == nil || len(e.Sites) != 1 || e.Sites[0].Site != 0 || !e.Sites[0].Unknown {
			t.Errorf("gate %d: %+v", i, e.Sites)
		}
	}
}

// 04-18: while the job is being dispatched a datacenter that speaks of it is answered OK, though all places are taken; what it
// says is kept, and it is owed a cancel if it is none of the job's in the end.
func TestStrangersAreHeardWhileDispatching(t *testing.T) {
	b := newBench(t, 1)
	b.managed[100].deaf, b.managed[101].deaf = true, true
	b.submit(0, spec(5, 1), 0)
	b.run(second / 10) // datacenter 0 has the place
	seq := b.ask(300, 0, core.KindJobFinalStatus, &jobtimeout.FinalStatus{Job: 5, Site: 2, Manager: 300, State: job.StateCompleted, DE: 1})
	b.run(second / 5)
	if c := b.code(seq); c != call.CodeOK {
		t.Errorf("%v", c)
	}
	b.managed[100].deaf = false
	b.run(3 * second)
	x := b.gates[0].records.by[5]
	if x.state != job.StateRunning || !x.site(0).target || x.site(2).target {
		t.Fatalf("%v", x.state)
	}
	if !b.managed[300].stones[5] {
		t.Error("nobody told it to stop")
	}
	b.run(30 * second)
	if r := b.results(5); len(r) != 1 || r[0].State != job.StateCompleted || len(r[0].PerSite) != 1 || r[0].PerSite[0].Site != 0 {
		t.Errorf("%+v", r)
	}
}

// 04-30: that a datacenter is given up is a decision: before it is committed nobody hears of it, neither the datacenter nor
// who asks. It is in the entry: the next leader does not wait for data of it.
func TestLossOfADatacenterIsCommitted(t *testing.T) {
	b, id := started(t, 3, 2, 1000*time.Second)
	b.time.Job.Orphan = 20 * time.Second
	at := b.home(id)
	m := b.sites[at].Managers[0]
	var other core.NodeID
	for i := range b.sites {
		if b.managed[b.sites[i].Managers[0]].jobs[id] != nil && uint16(i) != at {
			other = b.sites[i].Managers[0]
		}
	}
	report := func(m core.NodeID, seq uint64) uint32 {
		return b.ask(m, 0, core.KindJobProgressReport, &jobtimeout.ProgressReport{Job: id, Site: b.managed[m].site, Manager: m, DE: 1, Seq: seq, Recent: true})
	}
	blind := false
	b.cut = func(x *core.Message) bool { return blind && x.Kind == core.KindJobStateSyncAck }
	x := b.gates[0].records.by[id]
	given := func() bool {
		for _, s := range b.gates[0].rep.View(id).Sites {
			if s.Site == at {
				return s.State == job.StateFailed
			}
		}
		return false
	}
	for k := uint64(1); !given(); k++ {
		report(other, k)
		blind = b.now > x.begun+48*second
		b.run(b.now + second)
		if k > 100 {
			t.Fatal("it is never given up")
		}
	}
	seq := report(m, 1)
	poll := b.ask(client, 0, core.KindJobStatusRequest, &job.StatusRequest{Job: id})
	b.run(b.now + second)
	if a := b.answerTo(seq); a != nil {
		t.Errorf("before the commit it hears %+v", a)
	}
	for _, r := range b.answerTo(poll).(*job.GlobalStatus).PerSite {
		if r.Site == at && r.State.Terminal() {
			t.Errorf("who asks hears %v", r.State)
		}
	}
	if e := b.answerTo(poll).(*job.GlobalStatus).Errors; len(e) != 0 {
		t.Errorf("who asks hears %v", e)
	}
	if len(b.told(m, core.KindJobCancelRequest)) != 0 {
		t.Error("it is told to stop before the commit")
	}
	blind = false
	b.run(b.now + 12*second)
	if a, ok := b.answerTo(seq).(*jobtimeout.Ack); !ok || a.Code != call.CodeAlreadyTerminal || a.State != job.StateFailed {
		t.Errorf("after it: %+v", a)
	}
	if len(b.told(m, core.KindJobCancelRequest)) == 0 {
		t.Error("it is not told to stop")
	}
	b.crash(0)
	b.dead(0, true)
	b.run(b.now + 30*second)
	l, _ := b.leaders(id)
	if len(l) != 1 {
		t.Fatalf("%v lead", l)
	}
	y := b.gates[l[0]].records.by[id]
	if s := y.site(at); !s.lost || s.state != job.StateFailed || len(y.errors) != 1 {
		t.Errorf("the next leader: %+v, %v", s, y.errors)
	}
}

// 01-24: a gate that is STRESSED sheds the reports it waits for: what it does not hear then counts for no silence.
func TestSilenceDoesNotCountUnderStress(t *testing.T) {
	b := newBench(t, 1)
	load, desk := overload.Default(), admission.Default()
	b.flow = front.New(front.Params{Overload: &load, Admission: &desk, Bodies: node.Bodies(), Role: core.RoleGate, Instance: 1})
	b.boot(0, true)
	b.time.Job.Orphan = 20 * time.Second
	for _, m := range b.managed {
		m.length = 500 * time.Second
	}
	b.submit(0, spec(5, 1), 0)
	b.run(30 * second)
	b.flow.Floors(b.now, overload.Floors{Share: 0.99, Memory: 0.99}, new(core.Effects))
	if b.flow.State() < core.LoadStressed {
		t.Fatal(b.flow.State())
	}
	b.run(200 * second)
	x := b.gates[0].records.by[5]
	if x.site(b.home(5)).lost {
		t.Error("it is lost while the gate hears nothing")
	}
	for b.flow.State() >= core.LoadStressed {
		b.flow.Floors(b.now, overload.Floors{Share: 0, Memory: 0}, new(core.Effects))
		b.run(b.now + second)
	}
	from := b.now
	b.run(from + 18*second)
	if x.site(b.home(5)).lost {
		t.Error("what went by under stress counts")
	}
	b.run(from + 30*second)
	if !x.site(b.home(5)).lost {
		t.Error("it never counts again")
	}
}

// 04-30: a loss that the entry has and of which nobody knows whether it was committed is committed by the next leader first.
func TestLossIsTakenOver(t *testing.T) {
	b, id := started(t, 3, 1, 1000*time.Second)
	b.time.Job.Orphan = 20 * time.Second
	at := b.home(id)
	b.run(b.now + 44*second)
	b.cut = func(x *core.Message) bool { return x.Kind == core.KindJobStateSyncAck }
	b.run(b.now + 10*second)
	if x := b.gates[0].records.by[id]; !x.site(at).losing || x.site(at).lost {
		t.Fatalf("%+v", x.site(at))
	}
	b.crash(0)
	b.dead(0, true)
	b.time.Job.Orphan = time.Hour
	for l, _ := b.leaders(id); len(l) == 0 && b.now < 100*second; l, _ = b.leaders(id) {
		b.run(b.now + second/100)
	}
	l, _ := b.leaders(id)
	m := b.sites[at].Managers[0]
	seq := b.ask(m, l[0], core.KindJobProgressReport, &jobtimeout.ProgressReport{Job: id, Site: at, Manager: m, DE: 1, Seq: 1})
	b.run(b.now + 5*second)
	if b.answerTo(seq) != nil || len(b.results(id)) != 0 || len(b.told(m, core.KindJobCancelRequest)) != 0 {
		t.Error("the loss is told before it is committed")
	}
	b.cut = nil
	b.run(b.now + 20*second)
	if a, ok := b.answerTo(seq).(*jobtimeout.Ack); !ok || a.Code != call.CodeAlreadyTerminal || a.State != job.StateFailed {
		t.Errorf("%+v", a)
	}
	if r := b.results(id); len(r) != 1 || r[0].State != job.StateFailed || len(r[0].Errors) != 1 || r[0].Errors[0].Kind != job.ErrorOrphan {
		t.Errorf("%+v", r)
	}
}

// 04-49: while a job is being adopted a datacenter that speaks of it becomes a target, though its managers have said before
// that they know nothing of it.
func TestDeniedThenReported(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	b.forgotten()
	at := b.home(id)
	denies, silent := (at+1)%3, (at+2)%3
	for _, m := range b.sites[silent].Managers {
		b.managed[m].deaf = true
	}
	b.offer(1, id, at)
	b.run(b.now + 10*second)
	x := b.gates[1].led(id)
	if x == nil || !x.adopting() || x.site(denies).unknown || x.site(denies).target {
		t.Fatalf("%+v", x)
	}
	m := b.sites[denies].Managers[0]
	seq := b.ask(m, 1, core.KindJobProgressReport, &jobtimeout.ProgressReport{Job: id, Site: denies, Manager: m, DE: 2, Seq: 1})
	b.run(b.now + second)
	if c := b.code(seq); c != call.CodeOK || !x.site(denies).target {
		t.Errorf("%v, target %v", c, x.site(denies).target)
	}
}

// Each of several requests that wait for a decision is answered.
func TestHeldRequestsAreAllAnswered(t *testing.T) {
	b := newBench(t, 3)
	id := b.jobOf(0)
	s := spec(id, 1)
	s.Workflows = append(s.Workflows, job.WorkflowSpec{Workflow: 77, Name: 2, Cores: 1}, job.WorkflowSpec{Workflow: 78, Name: 3, Cores: 1})
	blind := false
	b.cut = func(m *core.Message) bool { return blind && m.Kind == core.KindJobStateSyncAck }
	b.submit(0, s, 0)
	b.run(9 * second)
	blind = true
	b.run(11 * second)
	if x := b.gates[0].records.by[id]; x.pending == job.StateNone {
		t.Fatal("nothing is pending")
	}
	var asked []uint32
	asked = append(asked, b.single(id, 77, 1), b.single(id, 78, 2))
	at := b.home(id)
	for _, w := range []job.WorkflowID{77, 78} {
		asked = append(asked, b.ask(b.sites[at].Managers[0], 0, core.KindWorkflowResultPush, &job.WorkflowResultPush{Job: id, Workflow: w, Site: at, Epoch: 1, Status: job.StatusCompleted}))
	}
	b.run(12 * second)
	blind = false
	b.run(25 * second)
	for i, seq := range asked {
		if b.answerTo(seq) == nil {
			t.Errorf("request %d is not answered", i)
		}
	}
}

// An OK of a manager that does not lead the job any more says nothing of the one that does.
func TestOldManagersWordIsNone(t *testing.T) {
	b, id := started(t, 1, 1, 500*time.Second)
	at := b.home(id)
	first, next := b.sites[at].Managers[0], b.sites[at].Managers[1]
	var asked *core.Message
	b.outside = func(m *core.Message) {
		if m.Kind == core.KindJobCancelRequest && m.To == first && asked == nil {
			x := *m
			asked = &x
			return
		}
		b.others(m)
	}
	b.managed[next].leader = nil
	b.managed[next].jobs[id] = &managed{gate: 0, state: job.StateRunning}
	b.cancel(0, id)
	b.run(b.now + second/10)
	if asked == nil {
		t.Fatal("it was not told")
	}
	b.ask(next, 0, core.KindJobLeaderTransfer, &jobtimeout.LeaderTransfer{Job: id, Site: at, Leader: next, DE: 2})
	b.run(b.now + second/10)
	b.reply(asked, core.KindJobCancelResponse, &cancel.JobResponse{Job: id, Success: true, State: job.StateCancelling})
	b.run(b.now + 20*second)
	if s := b.managed[next].jobs[id].state; s != job.StateCancelled {
		t.Errorf("at the new manager it is %v", s)
	}
}

// T6: the client hears which manager took its job over in a datacenter, once, by whatever message the gate learns of it first.
func TestClientHearsOfNewManagers(t *testing.T) {
	b, id := started(t, 1, 1, 500*time.Second)
	at := b.home(id)
	first, next := b.sites[at].Managers[0], b.sites[at].Managers[1]
	if n := len(b.told(client, core.KindManagerJobLeaderTransfer)); n != 0 {
		t.Errorf("told %d times before anything has changed", n)
	}
	b.ask(next, 0, core.KindJobProgressReport, &jobtimeout.ProgressReport{Job: id, Site: at, Manager: next, DE: 2, Seq: 1})
	b.ask(next, 0, core.KindJobLeaderTransfer, &jobtimeout.LeaderTransfer{Job: id, Site: at, Leader: next, DE: 2})
	b.ask(next, 0, core.KindJobLeaderManagerTransfer, &replica.ManagerTransfer{Job: id, Site: at, Manager: next, DE: 2, Old: first})
	b.run(b.now + second/2)
	list := b.told(client, core.KindManagerJobLeaderTransfer)
	if len(list) != 1 {
		t.Fatalf("told %d times", len(list))
	}
	if m := list[0].Body.(*replica.ManagerTransfer); m.Manager != next || m.Old != first || m.DE != 2 || m.Site != at {
		t.Errorf("%+v", m)
	}
}

// 04-50, I-JF4: a manager that tells an end which was delivered does not lead the job. It is asked about it from then on, and the
// client hears of no new leader: the next one may tell the same under the same epoch (explore chaos-mix, its world 484086574).
func TestWhoTellsAnEndLeadsNothing(t *testing.T) {
	for name, answers := range map[string]bool{"its answer comes first": true, "the end comes first": false} {
		t.Run(name, func(t *testing.T) {
			b, id := started(t, 3, 1, 500*time.Second)
			at := b.home(id)
			teller := b.sites[at].Managers[1]
			b.outside = func(x *core.Message) {
				switch {
				case x.Kind != core.KindJobLeaderGateTransfer || b.managed[x.To] == nil:
					b.others(x)
				case x.To == teller && answers:
					b.reply(x, core.KindJobLeaderGateTransferAck, &replica.GateTransferAck{DE: 2, JobLeader: core.NoNode, State: job.StateCompleted, Final: true})
				}
			}
			b.crash(0)
			b.dead(0, true)
			b.run(60 * second)
			next, _ := b.leaders(id)
			if len(next) != 1 {
				t.Fatalf("%v lead it", next)
			}
			r := job.FinalResult{Job: id}
			r.Site, r.State, r.DE = at, job.StateCompleted, 2
			b.ask(teller, next[0], core.KindJobFinalResult, &r)
			b.run(b.now + second)
			for _, m := range b.told(client, core.KindManagerJobLeaderTransfer) {
				t.Errorf("the client is told of %+v", m.Body)
			}
			if list := b.results(id); len(list) == 0 || list[0].State != job.StateCompleted {
				t.Errorf("%+v", list)
			}
		})
	}
}

// U4: a datacenter that knows the job under a higher epoch is told until it has answered, though the claim above that epoch
// came to nothing at first.
func TestTellingGoesOnAfterAStaleFence(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	at := b.home(id)
	m := b.sites[at].Managers[0]
	done := false
	b.outside = func(x *core.Message) {
		if x.Kind == core.KindJobLeaderGateTransfer && x.To == m {
			if ge := x.Body.(*replica.GateTransfer).GE; ge <= 40 {
				b.reply(x, core.KindJobLeaderGateTransferAck, &replica.GateTransferAck{Answer: call.Stale(40), JobLeader: core.NoNode})
				return
			}
			done = true
		}
		b.others(x)
	}
	cut := core.Never
	b.cut = func(x *core.Message) bool {
		if x.Kind == core.KindJobLeaderGateTransferAck && cut == core.Never {
			cut = b.now + 20*second
		}
		return cut != core.Never && b.now < cut && (x.Kind == core.KindJobLeadershipAck || x.Kind == core.KindJobReplicaFetchResponse)
	}
	b.crash(0)
	b.dead(0, true)
	b.run(80 * second)
	if _, ge := b.leaders(id); ge <= 40 || !done {
		t.Errorf("it leads under %d, told %v", ge, done)
	}
}

// An adopted job has a holder that is a process of this cluster from the first: who is asked about it meanwhile names nobody
// else (03-11).
func TestAdoptionNamesNoStranger(t *testing.T) {
	b, id := started(t, 3, 1, 500*time.Second)
	b.forgotten()
	blind := true
	b.cut = func(m *core.Message) bool { return blind && m.Kind == core.KindJobLeadershipAck }
	b.offer(1, id, b.home(id))
	b.run(b.now + second)
	for _, i := range []int{0, 2} {
		if e := b.gates[i].rep.View(id); e != nil && (e.Holder != 1 || e.Instance != b.lives[1]) {
			t.Errorf("gate %d: holder %v.%d", i, e.Holder, e.Instance)
		}
	}
	seq := b.ask(client, 2, core.KindJobStatusRequest, &job.StatusRequest{Job: id})
	b.run(b.now + second)
	if r := b.answerTo(seq).(*job.GlobalStatus); r.Code == call.CodeNotLeader && r.JobLeader != 1 {
		t.Errorf("%v is named", r.JobLeader)
	}
}
