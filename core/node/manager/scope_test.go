package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/hier"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/core/wire"
)

// upstairs is a global layer in which everybody is OK.
type upstairs struct{ allAlive }

func (upstairs) Incarnation(core.NodeID) uint32 { return 0 }
func (upstairs) LHM() int                       { return 0 }
func (upstairs) Speaks(*core.Message) bool      { return true }

// pair is a manager with two workers, of 8 and of 4 cores, and a job layer. Workers take what they get and say no more than the test
// lets them.
type pair struct {
	t      *testing.T
	m      *Manager
	scopes *hier.Machine
	now    core.Instant
	fx     core.Effects
	seq    uint32
	tasks  map[job.WorkflowID]*core.Message // the last dispatch
}

const big, small core.NodeID = 20, 21

func newPair(t *testing.T) *pair {
	c, h := job.Default(), hier.Default()
	p := &pair{t: t, scopes: hier.New(&h, hier.Params{Role: core.RoleManager, Global: upstairs{}}), tasks: map[job.WorkflowID]*core.Message{}}
	rep := replica.Default()
	p.m = New(Params{
		Config: &c, Replica: &rep, Book: &wire.Codec{Book: wire.LinearBook{Port: 7000, Names: func(core.NodeID) string { return "x" }}}, Self: self, Instance: 1, Seed: 1, Key: 1, Members: allAlive{}, Scopes: p.scopes, First: big, Count: 2, Intact: true,
		Formed: []FormedWorker{{Node: big, Instance: 1, Cores: 8}, {Node: small, Instance: 1, Cores: 4}},
	})
	p.step(func() { p.m.Begin(0, &p.fx) })
	return p
}

// step does something, lets the manager see what the job layer said, and lets workers answer what they were asked.
func (p *pair) step(do func()) {
	p.fx.Reset()
	do()
	for i := 0; i < len(p.fx.Facts); i++ {
		f := p.fx.Facts[i]
		p.m.Observe(p.now, &f, &p.fx)
	}
	for _, x := range append([]core.Message(nil), p.fx.Messages...) {
		switch d := x.Body.(type) {
		case *dispatch.WorkflowDispatch:
			core.Hold(d)
			y := x
			p.tasks[d.Shard.Workflow] = &y
			p.answer(&x, core.KindWorkflowDispatchAck, &dispatch.WorkflowDispatchAck{Shard: d.Shard, Cores: d.Cores, Token: d.Token, WorkerVersion: uint64(p.now)})
		default:
			if x.Kind == core.KindWorkflowStatusQuery { // too busy to say, which says nothing against it
				a := &job.WorkflowStatusResponse{}
				a.Code = call.CodeBusy
				p.answer(&x, core.KindWorkflowStatusResponse, a)
			}
		}
	}
}

func (p *pair) answer(x *core.Message, kind core.Kind, b core.Body) {
	y := core.Message{Kind: kind, From: x.To, To: self, Seq: x.Seq, Instance: 1, Role: core.RoleWorker, Body: b}
	p.step(func() { p.m.Receive(p.now, &y, &p.fx) })
}

func (p *pair) send(from core.NodeID, kind core.Kind, b core.Body) {
	p.seq++
	x := core.Message{Kind: kind, From: from, To: self, Seq: p.seq, Instance: 1, Role: core.RoleWorker, Body: b}
	p.step(func() { p.m.Receive(p.now, &x, &p.fx) })
}

// until lets time pass.
func (p *pair) until(at core.Instant) *pair {
	for {
		a, _ := p.m.Deadline()
		b, ok := p.scopes.Deadline()
		switch {
		case min(a, b) > at:
			p.now = at
			return p
		case ok && b <= a:
			p.now = max(p.now, b)
			p.step(func() { p.scopes.Wake(p.now, &p.fx) })
		default:
			p.now = max(p.now, a)
			p.step(func() { p.m.Wake(p.now, &p.fx) })
		}
	}
}

// submit hands a job in of workflows that want so many cores.
func (p *pair) submit(id job.ID, first job.WorkflowID, cores ...uint16) {
	s := job.Spec{Job: id, Digest: uint64(id), Callback: client, Timeout: 1000 * time.Second}
	for i, n := range cores {
		w := job.WorkflowSpec{Workflow: first + job.WorkflowID(i), Name: uint32(i + 1), VUs: uint32(n), Cores: n, Priority: job.PriorityNormal, Test: true}
		if i > 1 {
			w.Depends = []uint32{uint32(i)} // of three, the last needs the second
		}
		s.Workflows = append(s.Workflows, w)
	}
	p.send(client, core.KindJobSubmission, &job.Submission{Gate: core.NoNode, Spec: s})
}

// at returns where the last dispatch of a workflow went.
func (p *pair) at(id job.WorkflowID) core.NodeID {
	if x := p.tasks[id]; x != nil {
		return x.To
	}
	return core.NoNode
}

// grows lets the shard of a workflow say that it has got on; ends, that it is done.
func (p *pair) grows(id job.WorkflowID, items uint64) {
	d := p.tasks[id].Body.(*dispatch.WorkflowDispatch)
	p.send(p.at(id), core.KindWorkflowProgress, &job.WorkflowProgress{ShardProgress: job.ShardProgress{Shard: d.Shard, Token: d.Token, Completed: items, Seq: uint32(items)}})
}

func (p *pair) ends(id job.WorkflowID, free uint16) {
	d := p.tasks[id].Body.(*dispatch.WorkflowDispatch)
	p.send(p.at(id), core.KindWorkflowFinalResult, &job.WorkflowFinalResult{
		Shard: d.Shard, Token: d.Token, Ended: job.EndedCompleted, Completed: 100, Worker: p.at(id), WorkerVersion: uint64(p.now), CoresAvailable: free,
	})
}

// stuck is a pair of workers with job 7: its first workflow stands still on the big one, its second gets on at the small one until now, and
// when that ends the third has room at both, more at the big one.
func stuck(t *testing.T, until core.Instant) *pair {
	p := newPair(t).until(ms)
	p.submit(7, 100, 5, 4, 2)
	if p.at(100) != big || p.at(101) != small || p.at(102) != core.NoNode {
		t.Fatalf("they are at %d, %d and %d", p.at(100), p.at(101), p.at(102))
	}
	for n, at := uint64(1), 10*sec; at < until; n, at = n+1, at+10*sec {
		p.until(at).grows(101, n)
	}
	return p.until(until)
}

// Spec 10 §8, 20 §3.5, 01-34, 40 J3.3: a worker that gets nothing done of a job for 60 s is suspected for it at the next check, DEAD_JOB 15 s
// later, and gets nothing new of that job meanwhile, until it gets on.
func TestNothingNewOfAJobThatStandsStill(t *testing.T) {
	for _, c := range []struct {
		what   string
		at     core.Instant
		grows  bool
		status hier.Status
		want   core.NodeID
	}{
		{"no check has come yet", 74 * sec, false, hier.Alive, big},
		{"suspected", 76 * sec, false, hier.SuspectedJob, small},
		{"DEAD_JOB", 91 * sec, false, hier.DeadJob, small},
		{"suspected, and gets on", 76 * sec, true, hier.Alive, big},
		{"DEAD_JOB, and gets on", 91 * sec, true, hier.Alive, big},
	} {
		p := stuck(t, c.at)
		if c.grows {
			p.grows(100, 1)
		}
		if s := p.scopes.StatusFor(7, big); s != c.status || p.scopes.StatusFor(7, small) != hier.Alive {
			t.Errorf("%s: %v, and the other one is %v", c.what, s, p.scopes.StatusFor(7, small))
		}
		if p.ends(101, 2); p.at(102) != c.want {
			t.Errorf("%s: its next workflow is at %d, want %d", c.what, p.at(102), c.want)
		}
		if p.at(100) != big || p.m.records.by[7].flows[0].attempt != 1 {
			t.Errorf("%s: what stands still was moved", c.what)
		}
	}
}

// I-M21: another job goes on to be placed there.
func TestStandsStillForOneJobOnly(t *testing.T) {
	p := stuck(t, 91*sec)
	if p.submit(8, 200, 2); p.at(200) != big {
		t.Errorf("another job is at %d", p.at(200))
	}
	if p.scopes.StatusFor(8, big) != hier.Alive {
		t.Error("it is suspected for the other job, too")
	}
}

// Spec 20 §3.4: what keeps work from a worker does not keep it waiting where no other one is left.
func TestTheOnlyOneLeftMayStandStill(t *testing.T) {
	p := stuck(t, 91*sec)
	p.ends(101, 2)
	p.step(func() { p.m.Evict(p.now, small, &p.fx) })
	p.until(p.now + 5*sec)
	if p.at(102) != big {
		t.Errorf("it waits, or is at %d", p.at(102))
	}
}

// 40 J3.3: all marks are gone when the job is over, or somebody else's.
func TestMarksGoWithTheJob(t *testing.T) {
	for _, c := range []struct {
		what string
		end  func(p *pair)
	}{
		{"it completes", func(p *pair) {
			p.ends(100, 8)
			p.ends(101, 4)
			p.ends(102, 4)
		}},
		{"its holder loses it", func(p *pair) { p.m.abandon(p.now, p.m.records.by[7], &p.fx) }},
	} {
		p := stuck(t, 91*sec)
		if p.scopes.Marks() != 1 || p.scopes.Scopes() != 1 {
			t.Fatalf("%d marks, %d scopes", p.scopes.Marks(), p.scopes.Scopes())
		}
		c.end(p)
		if p.scopes.Marks() != 0 || p.scopes.Scopes() != 0 {
			t.Errorf("%s: %d marks and %d scopes are left", c.what, p.scopes.Marks(), p.scopes.Scopes())
		}
		for _, what := range p.scopes.Validate() {
			t.Error(what)
		}
	}
}

// ADR-0058: what the manager tells the job layer, and asks it, takes no allocation once there has been as much of it before: shards that
// begin, get on and end, questions that stay unanswered, a mark that is taken back and comes again, and who is barred.
func TestHooksOfTheJobLayerAllocateNothing(t *testing.T) {
	p := stuck(t, 91*sec)
	x := p.m.records.by[7]
	f := &x.flows[0]
	round := func() {
		p.fx.Reset()
		p.m.idle(p.now, x.id, small)
		p.m.busy(p.now, x, small)
		p.m.doubts(p.now, x.id, small, hier.SourceDispatch, &p.fx)
		p.m.doubtsAll(p.now, big, hier.SourceQuery, &p.fx)
		p.m.proves(p.now, x.id, small, &p.fx)
		p.m.choose(p.now, x, f, 1)
		if !p.m.shuns(x, f, big) {
			t.Fatal("it is not barred")
		}
		p.m.proves(p.now, x.id, big, &p.fx)
		if p.m.shuns(x, f, big) {
			t.Fatal("it is barred still")
		}
		for i := 0; i < 300 && !p.m.shuns(x, f, big); i++ { // until it has stood still for long enough again
			p.now += sec
			p.m.proves(p.now, x.id, small, &p.fx)
			p.scopes.Wake(p.now, &p.fx)
		}
	}
	round()
	if n := testing.AllocsPerRun(10, round); n != 0 {
		t.Errorf("%v allocations a round", n)
	}
}
