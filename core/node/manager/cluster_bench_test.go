package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// The other members of the cluster in these tests: they keep replicas, agree to whatever cores are asked for, and take jobs
// over only when a test says so.
const other, third core.NodeID = 11, 12

type led struct{}

func (led) Leads(core.Instant) bool { return true }

// peer is one of them. It holds what the test lets it accept.
type peer struct {
	replica.Machine
	b *bench
}

func (p *peer) Gone(n core.NodeID) bool                                   { return p.b.dead[n] }
func (p *peer) Process(core.NodeID) uint32                                { return 0 }
func (p *peer) Accepted(core.Instant, job.ID, call.Answer, *core.Effects) {}
func (p *peer) Won(core.Instant, job.ID, *replica.Entry, *core.Effects)   {}
func (p *peer) Unclaimed(core.Instant, job.ID, *core.Effects)             {}
func (p *peer) Committed(core.Instant, job.ID, uint64, *core.Effects)     {}
func (p *peer) Suspended(core.Instant, job.ID, *core.Effects)             {}
func (p *peer) Resumed(core.Instant, job.ID, *core.Effects)               {}
func (p *peer) Lost(core.Instant, job.ID, *core.Effects)                  {}
func (p *peer) Buried(_ core.Instant, _ job.ID, _ bool, _ *core.Effects)  {}

func newCluster(t *testing.T) *bench { return newBenchOf(t, []core.NodeID{other, third}) }

func (b *bench) peer(ids []core.NodeID) {
	b.peers = map[core.NodeID]*peer{}
	for _, id := range ids {
		p := &peer{b: b}
		b.peers[id] = p
		params := replica.Params{
			Self: id, Role: core.RoleManager, Instance: 1, Seed: 1, Key: uint64(id), Formed: true, Config: &b.rep, Graves: 100, GravesKeep: time.Hour,
		}
		for _, x := range append([]core.NodeID{self}, ids...) {
			if x != id {
				params.Peers = append(params.Peers, x)
			}
		}
		p.Init(b.now, p, params)
	}
}

// first returns the peer that is due before the given time, and when.
func (b *bench) first(at *core.Instant) (who *peer) {
	for _, id := range [...]core.NodeID{other, third} {
		if p := b.peers[id]; p != nil && !b.dead[id] {
			if due, ok := p.Deadline(); ok && due < *at {
				*at, who = due, p
			}
		}
	}
	return who
}

// among handles a message between members, and reports whether it was one.
func (b *bench) among(x *core.Message) bool {
	if (x.From != self && b.peers[x.From] == nil) || (x.To != self && b.peers[x.To] == nil) {
		return false
	}
	if b.dead[x.From] || b.dead[x.To] || b.lost != nil && b.lost(x) {
		return true
	}
	switch p := b.peers[x.To]; {
	case x.Kind == core.KindProvisionConfirm && x.From == self:
		b.replies[x.Seq] = x.Body
	case b.atPeer != nil && b.atPeer(x):
	case x.To == self:
		b.step(func() { b.m.Receive(b.now, x, &b.fx) })
	case x.Kind == core.KindProvisionRequest:
		d := x.Body.(*dispatch.ProvisionRequest)
		y := core.Message{Kind: core.KindProvisionConfirm, From: x.To, To: self, Seq: x.Seq, Instance: 1, Body: &dispatch.ProvisionConfirm{Job: d.Job, Workflow: d.Workflow, Confirmed: true}}
		b.after(time.Millisecond, func() { b.arrive(&y) })
	default:
		b.step(func() { p.Receive(b.now, x, &b.fx) })
	}
	return true
}

// cutOff lets nothing pass between members while it is set.
func (b *bench) cutOff(on bool) {
	b.lost = nil
	if on {
		b.lost = func(*core.Message) bool { return true }
	}
}

// transferAck is what the worker says to a new holder: what the test says that it has, of each job.
func (b *bench) transferAck(d *replica.WorkerTransfer) *replica.WorkerTransferAck {
	a := &replica.WorkerTransferAck{}
	for _, e := range d.Entries {
		x := replica.JobTransferAnswer{Job: e.Job, Accepted: true, DE: e.DE}
		if b.joins { // it registers first, and takes nothing in before (spec 20 §5.6 row 3)
			x.Accepted, x.Code, a.Code = false, call.CodeSyncing, call.CodeSyncing
			a.Answers = append(a.Answers, x)
			continue
		}
		for _, v := range b.has {
			if v.Job == e.Job {
				x.Shards = append(x.Shards, v)
			}
		}
		a.Answers = append(a.Answers, x)
	}
	return a
}

// spec is job 7 as a submission has it.
func (b *bench) spec() job.Spec {
	s := job.Spec{Job: 7, Digest: 9, Callback: client, Timeout: 100 * time.Second}
	for i := range 2 {
		w := job.WorkflowSpec{Workflow: job.WorkflowID(100 + i), Name: uint32(i + 1), VUs: 1, Cores: 1, Priority: job.PriorityNormal, Test: true}
		w.Payload = core.Blob{ID: 5, Size: 1000}
		if i > 0 {
			w.Depends = []uint32{uint32(i)}
		}
		s.Workflows = append(s.Workflows, w)
	}
	return s
}

// takeOver lets another member hold job 7 with what edit makes of its entry, and then die: the manager takes the job over. It
// returns when the job has been won.
func (b *bench) takeOver(edit func(e *replica.Entry)) *record {
	b.t.Helper()
	p := b.peers[other]
	b.step(func() {
		e := replica.Entry{State: job.StateSubmitted, HandoverTo: core.NoNode, Gate: gate1, GE: 1, Callback: client, Submission: []job.Spec{b.spec()}}
		e.Job = 7
		if a := p.Accept(b.now, &e, &b.fx); a.Code != call.CodeOK {
			b.t.Fatalf("accepted %v", a.Code)
		}
	})
	b.run(b.now + 100*ms)
	b.step(func() {
		edit(p.Edit(7))
		p.Change(b.now, 7, true, &b.fx)
	})
	b.run(b.now + 100*ms)
	b.dead[other] = true
	for range 100 {
		if b.run(b.now + 50*ms); b.job() != nil {
			return b.job()
		}
	}
	b.t.Fatal("nobody took it over")
	return nil
}
