package gate

import (
	"container/heap"
	"fmt"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/front"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/core/routing"
	"hypersim/core/wire"
)

// A bench holds gates, and stands for everybody else: managers and clients are what a test says they are.

const (
	second = core.Instant(time.Second)
	ms     = time.Millisecond
	client = core.NodeID(900)
)

type event struct {
	at core.Instant
	n  int
	do func()
}

type agenda []event

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(event)) }
func (a *agenda) Pop() any {
	x := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return x
}

// sent is a message as the bench saw it.
type sent struct {
	at core.Instant
	core.Message
	lost bool
}

type bench struct {
	*testing.T
	now    core.Instant
	n      int
	agenda agenda
	gates  []*Gate // nil: down
	lives  []uint32
	cfg    job.Config
	rep    replica.Config
	time   jobtimeout.Config
	rout   routing.Config
	sites  []routing.Site
	gone   map[core.NodeID]bool

	unknown map[core.NodeID]bool // of whom membership knows nothing, any more or yet; nil: of none
	seq     uint32

	log   []sent
	facts []core.JobFact

	// cut says which messages are lost; outside takes those to managers and clients.
	cut     func(m *core.Message) bool
	routes  Routes
	flow    *front.Server
	outside func(m *core.Message)
	managed map[core.NodeID]*manager
}

// newBench makes a world of so many gates, three datacenters with two managers each, and a client.
func newBench(t *testing.T, gates int) *bench {
	b := &bench{
		T: t, gates: make([]*Gate, gates), lives: make([]uint32, gates), cfg: job.Default(), rep: replica.Default(), rout: routing.Default(), time: jobtimeout.Default(), gone: map[core.NodeID]bool{}, managed: map[core.NodeID]*manager{},
	}
	b.time.Job.Orphan = time.Hour // its managers send no reports
	for i := range 3 {
		s := routing.Site{ID: uint16(i)}
		for k := range 2 {
			id := core.NodeID(100*(i+1) + k)
			s.Managers = append(s.Managers, id)
			b.managed[id] = &manager{b: b, id: id, site: s.ID, jobs: map[job.ID]*managed{}}
		}
		b.managed[s.Managers[1]].leader = b.managed[s.Managers[0]]
		b.sites = append(b.sites, s)
	}
	for i := range gates {
		b.boot(core.NodeID(i), true)
	}
	return b
}

func (b *bench) State(id core.NodeID) core.MemberState {
	if b.gone[id] {
		return core.StateDead
	}
	if b.unknown[id] {
		return core.StateNone
	}
	return core.StateOK
}

// Instance implements Members. A crash counts as a life, whose process nobody has heard.
func (b *bench) Instance(id core.NodeID) uint32 {
	if n := b.lives[id]; n == 0 || b.gates[id] != nil {
		return n
	}
	return b.lives[id] - 1
}

func (b *bench) boot(id core.NodeID, formed bool) {
	b.lives[id]++
	var all []core.NodeID
	for i := range b.gates {
		all = append(all, core.NodeID(i))
	}
	g := New(Params{
		Config: &b.cfg, Replica: &b.rep, Routing: &b.rout, Timeout: &b.time, Self: id, Instance: b.lives[id], Seed: 1, Key: uint64(id) + 1, Members: b, Book: b.book(), Gates: all, BySite: [][]core.NodeID{b.sites[0].Managers, b.sites[1].Managers, b.sites[2].Managers}, Formed: formed,
		Routes: b.routes, Flow: b.flow,
	})
	b.gates[id] = g
	b.step(id, func(fx *core.Effects) { g.Begin(b.now, fx) })
}

func (b *bench) book() core.Book {
	return &wire.Codec{Book: wire.LinearBook{Port: 7000, Names: func(id core.NodeID) string { return fmt.Sprintf("gate-%d", id+1) }}}
}

func (b *bench) crash(id core.NodeID) {
	b.gates[id] = nil
	b.lives[id]++
}

func (b *bench) at(at core.Instant, do func()) {
	b.n++
	heap.Push(&b.agenda, event{at, b.n, do})
}

func (b *bench) step(id core.NodeID, do func(fx *core.Effects)) {
	fx := new(core.Effects)
	do(fx)
	b.facts = append(b.facts, fx.JobFacts...)
	for i := range fx.Messages {
		b.send(fx.Messages[i])
	}
}

// send lets a message arrive 1 ms later.
func (b *bench) send(m core.Message) {
	lost := b.cut != nil && b.cut(&m)
	b.log = append(b.log, sent{b.now, m, lost})
	if m.Body != nil {
		core.Hold(m.Body)
	}
	if lost {
		return
	}
	life := uint32(0)
	if int(m.To) < len(b.gates) {
		life = b.lives[m.To]
	}
	b.at(b.now.Add(ms), func() {
		switch {
		case int(m.To) < len(b.gates):
			if g := b.gates[m.To]; g != nil && b.lives[m.To] == life {
				b.step(m.To, func(fx *core.Effects) { g.Receive(b.now, &m, fx) })
			}
		case b.outside != nil:
			b.outside(&m)
		default:
			b.others(&m)
		}
	})
}

// others are managers and clients that do what they should.
func (b *bench) others(m *core.Message) {
	if x := b.managed[m.To]; x != nil {
		x.receive(m)
		return
	}
	switch m.Kind {
	case core.KindGlobalJobResult:
		b.reply(m, core.KindGlobalJobResultAck, new(call.Ack))
	case core.KindJobStatusPush:
		b.reply(m, core.KindJobStatusPushAck, new(call.Ack))
	case core.KindJobCancellationComplete:
		b.reply(m, core.KindJobCancellationCompleteAck, new(call.Ack))
	}
}

func (b *bench) reply(m *core.Message, k core.Kind, body core.Body) {
	b.send(core.Message{Kind: k, From: m.To, To: m.From, Seq: m.Seq, Body: body})
}

// ask sends a request of somebody outside, and returns where its answer will be.
func (b *bench) ask(from, to core.NodeID, k core.Kind, body core.Body) uint32 {
	b.seq++
	b.send(core.Message{Kind: k, From: from, To: to, Seq: b.seq, Body: body, Instance: 1})
	return b.seq
}

// run lets time pass.
func (b *bench) run(until core.Instant) {
	for {
		next, who := core.Never, -1
		for i, g := range b.gates {
			if g != nil {
				if at, ok := g.Deadline(); ok && at < next {
					next, who = at, i
				}
			}
		}
		if len(b.agenda) > 0 && b.agenda[0].at <= next {
			next, who = b.agenda[0].at, -2
		}
		if who == -1 || next > until {
			b.now = max(b.now, until)
			return
		}
		b.now = max(b.now, next)
		if who == -2 {
			heap.Pop(&b.agenda).(event).do()
			continue
		}
		g := b.gates[who]
		b.step(core.NodeID(who), func(fx *core.Effects) { g.Wake(b.now, fx) })
	}
}

// answerTo returns what was answered to a request of somebody outside, nil if nothing was.
func (b *bench) answerTo(seq uint32) core.Body {
	for i := range b.log {
		if m := &b.log[i]; m.Seq == seq && m.Kind.Answers() != core.KindNone && int(m.From) < len(b.gates) && int(m.To) >= len(b.gates) {
			return m.Body
		}
	}
	return nil
}

// told returns all messages of a kind to a node.
func (b *bench) told(to core.NodeID, k core.Kind) (list []sent) {
	for i := range b.log {
		if m := &b.log[i]; m.Kind == k && m.To == to {
			list = append(list, *m)
		}
	}
	return list
}

// code returns the code of an answer.
func (b *bench) code(seq uint32) call.Code {
	b.Helper()
	r, ok := b.answerTo(seq).(call.Reply)
	if !ok {
		b.Fatalf("%v: no answer", b.now)
	}
	return r.Head().Code
}

// spec is a job that runs in n datacenters.
func spec(id job.ID, n int) job.Spec {
	return job.Spec{Job: id, Workflows: []job.WorkflowSpec{{Workflow: job.WorkflowID(id), Name: 1, Cores: 1}}, DatacenterCount: uint16(n), Callback: client, Timeout: time.Hour, Digest: uint64(id)}
}

func (b *bench) submit(to core.NodeID, s job.Spec, redirects uint8) uint32 {
	return b.ask(client, to, core.KindJobSubmission, &job.Submission{Spec: s, Gate: core.NoNode, Redirects: redirects})
}

func (b *bench) cancel(to core.NodeID, id job.ID) uint32 {
	return b.ask(client, to, core.KindJobCancelRequest, &cancel.JobRequest{Job: id, Requester: client})
}

// owner is the gate that owns a job by the ring.
func (b *bench) owner(id job.ID) core.NodeID {
	for _, g := range b.gates {
		if g != nil {
			return g.ring.Owner(id)
		}
	}
	return core.NoNode
}

// jobOf returns an id that a gate owns.
func (b *bench) jobOf(owner core.NodeID) job.ID {
	for id := job.ID(1); ; id++ {
		if b.owner(id) == owner {
			return id
		}
	}
}

// results returns what the client was told of the ends of a job.
func (b *bench) results(id job.ID) (list []*job.GlobalResult) {
	for _, m := range b.told(client, core.KindGlobalJobResult) {
		if r := m.Body.(*job.GlobalResult); r.Job == id {
			list = append(list, r)
		}
	}
	return list
}

// manager is what a datacenter's manager should be, as a gate sees it: a job runs for a while and ends.
type manager struct {
	b      *bench
	id     core.NodeID
	site   uint16
	leader *manager // nil: itself
	jobs   map[job.ID]*managed
	stones map[job.ID]bool

	length core.Duration // of jobs; 0: 10 s
	ran    core.Duration // for how long they have, as it says to a gate that takes one over
	ended  job.State     // StateNone: COMPLETED
	deaf   bool
	judge  func(m *core.Message) core.Body // what it says to a submission instead
}

type managed struct {
	gate      core.NodeID
	state     job.State
	told      bool
	delivered bool
	try       int
}

func (x *manager) receive(m *core.Message) {
	if x.deaf {
		return
	}
	switch body := m.Body.(type) {
	case *job.Submission:
		x.b.reply(m, core.KindJobAck, x.submitted(m, body))
	case *cancel.JobRequest:
		x.b.reply(m, core.KindJobCancelResponse, x.cancelled(body))
	case *replica.GateTransfer:
		x.b.reply(m, core.KindJobLeaderGateTransferAck, x.transferred(m, body))
	case *jobtimeout.Ack:
		x.acked(body.Code, body.State, func(j *managed) { j.told = true })
	case *job.StateAck:
		x.acked(body.Code, body.State, func(j *managed) { j.delivered = true })
	}
}

func (x *manager) submitted(m *core.Message, b *job.Submission) core.Body {
	if x.judge != nil {
		if a := x.judge(m); a != nil {
			return a
		}
	}
	if x.leader != nil {
		return &job.Ack{Answer: call.NotLeader(x.leader.id), Job: b.Job}
	}
	if x.stones[b.Job] {
		return &job.Ack{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Job: b.Job, State: job.StateCancelled}
	}
	if j := x.jobs[b.Job]; j != nil {
		j.gate = m.From
		return &job.Ack{Answer: call.Answer{Code: call.CodeDuplicate}, Accepted: true, Job: b.Job, DE: 1, State: j.state}
	}
	j := &managed{gate: m.From, state: job.StateRunning}
	x.jobs[b.Job] = j
	length := x.length
	if length == 0 {
		length = 10 * time.Second
	}
	x.b.at(x.b.now.Add(length), func() {
		if j.state == job.StateRunning {
			x.end(b.Job, j, max(x.ended, job.StateCompleted))
		}
	})
	return &job.Ack{Accepted: true, Job: b.Job, DE: 1, State: j.state}
}

func (x *manager) cancelled(b *cancel.JobRequest) core.Body {
	j := x.jobs[b.Job]
	switch {
	case j == nil:
		if x.stones == nil {
			x.stones = map[job.ID]bool{}
		}
		x.stones[b.Job] = true
		return &cancel.JobResponse{Job: b.Job, Success: true, State: job.StateCancelled}
	case j.state.Terminal():
		return &cancel.JobResponse{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, Job: b.Job, State: j.state}
	case j.state == job.StateRunning:
		j.state = job.StateCancelling
		x.b.at(x.b.now.Add(100*ms), func() { x.end(b.Job, j, job.StateCancelled) })
	}
	return &cancel.JobResponse{Job: b.Job, Success: true, Cancelled: 1, State: j.state}
}

// transferred hears of another gate that leads the job, and tells it the end anew.
func (x *manager) transferred(m *core.Message, b *replica.GateTransfer) core.Body {
	j := x.jobs[b.Job]
	switch {
	case x.leader != nil && x.leader.jobs[b.Job] != nil:
		return &replica.GateTransferAck{Answer: call.NotLeader(x.leader.id), JobLeader: core.NoNode}
	case j == nil:
		return &replica.GateTransferAck{Answer: call.Answer{Code: call.CodeUnknownJob}, JobLeader: core.NoNode}
	}
	j.gate = m.From
	if j.state.Terminal() {
		j.told, j.delivered, j.try = false, false, 0
		x.end(b.Job, j, j.state)
	}
	return &replica.GateTransferAck{DE: 1, JobLeader: x.id, State: j.state, Elapsed: x.ran, Final: j.state.Terminal()}
}

// end tells gates how a job ended until one has committed it.
func (x *manager) end(id job.ID, j *managed, s job.State) {
	j.state = s
	c := job.CompleteFull
	if s != job.StateCompleted {
		c = job.CompleteNone
	}
	var again func()
	again = func() {
		if j.delivered && j.told {
			return
		}
		gate := j.gate
		if j.try > 0 {
			gate = core.NodeID(j.try % len(x.b.gates))
		}
		j.try++
		if !j.told {
			x.b.ask(x.id, gate, core.KindJobFinalStatus, &jobtimeout.FinalStatus{Job: id, Site: x.site, Manager: x.id, State: s, DE: 1})
		}
		if !j.delivered {
			x.b.ask(x.id, gate, core.KindJobFinalResult, &job.FinalResult{Job: id, SiteFinal: job.SiteFinal{
				Site: x.site, State: s, Completeness: c, Completed: 5, DE: 1, Elapsed: time.Second, Results: []job.WorkflowOutcome{{Workflow: job.WorkflowID(id), Results: core.Blob{ID: uint64(x.site) + 1, Size: 3}}},
			}})
		}
		x.b.at(x.b.now.Add(2*time.Second), again)
	}
	again()
}

// acked marks what was acknowledged. The bench runs one job at a time where it matters.
func (x *manager) acked(c call.Code, _ job.State, mark func(*managed)) {
	if c.Done() || c == call.CodeAlreadyTerminal {
		for _, j := range x.jobs {
			if j.state.Terminal() {
				mark(j)
			}
		}
	}
}
