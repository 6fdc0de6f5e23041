package check

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/coretest/jobworld"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// storm is a world of the job roles under faults that are drawn, all of them over after faultsEnd, and what was seen of
// it.
type storm struct {
	*jobworld.World
	t     *rapid.T
	cfg   job.Config
	specs map[uint64]job.Spec
	life  []lifeMark
	inst  []uint32

	wild      bool // messages are lost and late
	draws     uint64
	amnesia   bool // the manager lost its memory, which durability does not cover: there is only one
	cancelled map[uint64]bool
	stopped   map[job.WorkflowID]bool
	results   map[tokenOf]*job.WorkflowFinalResult
	accepted  map[tokenOf]bool
	finals    map[job.ID]*job.FinalResult
	succeeded map[job.WorkflowID]uint16 // attempt
}

type tokenOf struct {
	job   job.ID
	token job.Token
}

// lifeMark is a record about a process, and how many facts came before it.
type lifeMark struct {
	before int
	r      trace.Record
}

const (
	faultsEnd = 60 * time.Second
	stormEnd  = 900 * time.Second
)

// briefly returns a configuration whose tables empty themselves soon.
func briefly() job.Config {
	c := job.Default()
	c.Retention = job.Retention{
		Completed: 5 * time.Second, Failed: 8 * time.Second, Sweep: 2 * time.Second, Tombstone: 200 * time.Second, TombstoneMax: 1000,
		Client: 100 * time.Second, DeadWorker: 10 * time.Second,
	}
	c.Dispatch.FenceTTL, c.Dispatch.LimitSlack = 60*time.Second, 20*time.Second
	c.Cancel.Limit, c.Cancel.Dedup = 10*time.Second, 5*time.Second
	c.Orphan.Silence, c.Orphan.Grace, c.Orphan.ScanInterval = 6*time.Second, 4*time.Second, 15*time.Second
	c.Orphan.ScanAge = 6 * time.Second
	return c
}

func newStorm(t *rapid.T) *storm {
	s := &storm{
		t: t, cfg: briefly(), specs: map[uint64]job.Spec{}, cancelled: map[uint64]bool{}, stopped: map[job.WorkflowID]bool{},
		results: map[tokenOf]*job.WorkflowFinalResult{}, accepted: map[tokenOf]bool{}, finals: map[job.ID]*job.FinalResult{}, succeeded: map[job.WorkflowID]uint16{},
	}
	s.wild = rapid.Bool().Draw(t, "wild")
	p := jobworld.Params{
		Config: &s.cfg, Workers: rapid.SampledFrom([]int{1, 2, 3, 4}).Draw(t, "workers"), Cores: rapid.SampledFrom([]int{1, 2, 4, 8}).Draw(t, "cores"),
		Clients: 2, Seed: rapid.Uint64().Draw(t, "seed"), Way: s.way, Beats: time.Second,
	}
	s.World = jobworld.New(p)
	s.inst = make([]uint32, 1+p.Workers+p.Clients)
	s.Watch = s.watch
	return s
}

// way loses and delays what is under way as long as faults last.
func (s *storm) way(w *jobworld.World, m *core.Message) (core.Duration, bool) {
	if !s.wild || w.Now > core.Instant(faultsEnd) {
		return 1e6, false
	}
	s.draws++
	x := core.Mix(w.Seed, s.draws)
	delays := [...]core.Duration{1e5, 1e6, 1e6, 1e6, 5e6, 5e7, 4e8, 12e8, 3e9, 6e9}
	return delays[x%10] + core.Duration(x>>40%1000), x>>20%10 == 0
}

// watch judges what no fact says: messages and totals.
func (s *storm) watch(id core.NodeID, fx *core.Effects) {
	if s.amnesia { // nobody promises anything about jobs that their only manager has forgotten, but that they end
		return
	}
	if id == 0 {
		s.facts(fx)
	}
	for i := range fx.Messages {
		switch b := fx.Messages[i].Body.(type) {
		case *dispatch.WorkflowDispatch:
			if s.cancelled[uint64(b.Job)] || s.stopped[b.Workflow] {
				s.t.Errorf("%v: a shard of %v of %v is sent, which was cancelled", s.Now, b.Workflow, b.Job)
			}
		case *job.WorkflowFinalResult:
			s.results[tokenOf{b.Job, b.Token}] = b
		case *job.FinalResult:
			s.totals(b)
		case *cancel.JobComplete:
			s.adds(b)
		}
	}
}

func (s *storm) facts(fx *core.Effects) {
	for i := range fx.JobFacts {
		f := &fx.JobFacts[i]
		switch {
		case f.Kind == core.JobFactState && job.State(f.To) == job.StateCancelling:
			s.cancelled[f.Job] = true
		case f.Kind == core.JobFactWorkflow && (f.To == uint8(9) || f.To == uint8(10)):
			s.stopped[job.WorkflowID(f.Workflow)] = true
		case f.Kind == core.JobFactWorkflow && (f.To == uint8(4) || f.To == uint8(5)):
			s.succeeded[job.WorkflowID(f.Workflow)] = f.Attempt
		case f.Kind == core.JobFactResult:
			k := tokenOf{job.ID(f.Job), job.Token(f.Token)}
			if s.accepted[k] {
				s.t.Errorf("%v: two results of token %x of %v", s.Now, f.Token, k.job)
			}
			s.accepted[k] = true
		}
	}
}

// totals holds the totals of a job against the results of its shards that were accepted (I-JR2).
func (s *storm) totals(b *job.FinalResult) {
	if s.finals[b.Job] != nil {
		if s.finals[b.Job].State != b.State {
			s.t.Errorf("%v ended %v and %v", b.Job, s.finals[b.Job].State, b.State)
		}
		return
	}
	s.finals[b.Job] = b
	want := uint64(0)
	for k, r := range s.results {
		if at, ok := s.succeeded[r.Workflow]; ok && k.job == b.Job && s.accepted[k] && at == r.Attempt {
			want += r.Completed
		}
	}
	if b.Completed < want || b.State == job.StateCompleted && b.Completeness == job.CompleteFull && b.Completed != want {
		s.t.Errorf("%v: %v of %v items, its shards say %d", s.Now, b.Job, b.Completed, want)
	}
}

// adds counts the workflows of a cancelled job (I-JC2).
func (s *storm) adds(b *cancel.JobComplete) {
	if int(b.Total) != len(s.specs[uint64(b.Job)].Workflows) || b.Cancelled > b.Total {
		s.t.Errorf("%v: %d of %d workflows cancelled, it has %d", b.Job, b.Cancelled, b.Total, len(s.specs[uint64(b.Job)].Workflows))
	}
}

// mark notes a start or crash of a process.
func (s *storm) mark(k trace.Kind, id core.NodeID) {
	m := lifeMark{before: len(s.Facts)}
	if k == trace.KindStart {
		s.inst[id]++
	}
	m.r = trace.Record{Kind: k, At: s.Now, Node: id, Inst: 1 + s.inst[id]}
	s.life = append(s.life, m)
}

func (s *storm) crash(id core.NodeID) {
	if s.Up(id) {
		s.mark(trace.KindCrash, id)
		s.Crash(id)
	}
}

func (s *storm) boot(id core.NodeID) {
	if !s.Up(id) {
		s.mark(trace.KindStart, id)
		s.Boot(id, false)
		s.Hold(id, core.StateOK)
		s.Restarted(id)
	}
}

// moments are the times at which things are done: together, just after, in the middle of, at the deadlines of others.
var moments = []core.Duration{
	0, 1e6, 2e6, 3e6, 5e8, 1e9, 1e9 + 1e6, 2e9, 2001e6, 3e9, 4e9, 5e9, 5001e6, 6e9, 8e9, 10e9, 13e9, 17e9, 20e9, 25e9, 30e9, 33e9, 41e9, 50e9,
}

func (s *storm) moment(what string) core.Duration { return rapid.SampledFrom(moments).Draw(s.t, what) }

func (s *storm) job(i int) {
	t := s.t
	n := rapid.SampledFrom([]int{1, 1, 2, 3, 5}).Draw(t, "workflows")
	x := job.Spec{Timeout: rapid.SampledFrom([]core.Duration{0, 20e9, 40e9}).Draw(t, "timeout"), VUs: rapid.SampledFrom([]uint32{1, 3, 10}).Draw(t, "vus")}
	for k := range n {
		script := jobworld.Script{
			Length: rapid.SampledFrom([]core.Duration{1e6, 1e8, 1e9, 3e9, 8e9}).Draw(t, "length"),
			Deaf:   rapid.SampledFrom([]bool{false, false, true}).Draw(t, "deaf"), Early: rapid.Bool().Draw(t, "early"),
		}
		switch rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1, 2}).Draw(t, "ends") {
		case 1:
			script.Ended, script.Error = job.EndedFailed, job.ErrorUser
		case 2:
			script.Stuck = true
		}
		p := uint64(len(s.Scripts) + 1)
		s.Scripts[p] = script
		f := job.WorkflowSpec{
			Name: uint32(k + 1), Test: rapid.SampledFrom([]bool{true, true, false}).Draw(t, "test"), Payload: core.Blob{ID: p, Size: 10},
			Priority: job.Priority(rapid.IntRange(0, job.NumPriorities-1).Draw(t, "priority")),
		}
		if rapid.Bool().Draw(t, "exact") {
			f.Cores = uint16(rapid.SampledFrom([]int{1, s.Cores, min(2*s.Cores, s.Cores*s.Workers)}).Draw(t, "exact cores"))
			f.VUs = uint32(f.Cores)
		}
		for d := range k {
			if rapid.IntRange(0, 2).Draw(t, "needs") == 0 {
				f.Depends = append(f.Depends, uint32(d+1))
			}
		}
		x.Workflows = append(x.Workflows, f)
	}
	at, who := s.moment("submit"), i%2
	cancels := rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "cancels")
	after, which := s.moment("cancel"), rapid.IntRange(0, n-1).Draw(t, "which")
	s.After(at, func() {
		id := s.Submit(who, x)
		s.specs[uint64(id)] = x
		s.After(after, func() {
			switch cancels {
			case 1:
				s.Cancel(who, id)
			case 2, 3:
				_, from := s.Client(who)
				s.Send(core.Message{Kind: core.KindSingleWorkflowCancelRequest, From: from, To: 0, Seq: uint32(i), Timeout: 5e9, Body: &cancel.SingleRequest{
					Job: id, Workflow: x.Workflows[which].Workflow, Request: uint64(i), Requester: from, Dependents: cancels == 2,
				}})
			}
		})
	})
}

// fault lets one thing go wrong, and be right again.
func (s *storm) fault() {
	t := s.t
	id := core.NodeID(rapid.IntRange(1, s.Workers).Draw(t, "worker"))
	at, long := s.moment("fault"), rapid.SampledFrom([]core.Duration{1e6, 2e9, 7e9, 15e9}).Draw(t, "for")
	end := min(at+long, faultsEnd)
	hold := func(st core.MemberState) {
		s.After(at, func() { s.Hold(id, st) })
		s.After(end, func() {
			if s.Up(id) {
				s.Hold(id, core.StateOK)
			}
		})
	}
	switch rapid.SampledFrom([]string{"noticed", "unnoticed", "suspect", "dead", "evict", "manager"}).Draw(t, "fault") {
	case "noticed":
		s.After(at, func() { s.crash(id) })
		s.After(at+long/2, func() {
			if !s.Up(id) {
				s.Hold(id, core.StateDead)
			}
		})
		s.After(end, func() { s.boot(id) })
	case "unnoticed":
		s.After(at, func() { s.crash(id) })
		s.After(end, func() { s.boot(id) })
	case "suspect":
		hold(core.StateSuspect)
	case "dead":
		hold(core.StateDead)
	case "evict":
		s.After(at, func() { s.Evict(id) })
	case "manager":
		if rapid.IntRange(0, 3).Draw(t, "rarely") == 0 {
			s.After(at, func() { s.amnesia = true; s.crash(0) })
			s.After(end, func() { s.boot(0) })
		}
	}
}

// judged lets the checker of runs judge the facts.
func (s *storm) judged() []string {
	order, n := map[uint64]uint32{}, uint32(0)
	var list []job.Spec
	ctx := Context{Limits: Default(), Nodes: make([]Node, len(s.inst)), Jobs: &s.cfg}
	for i := range ctx.Nodes {
		ctx.Nodes[i] = Node{ID: core.NodeID(i), Role: core.RoleManager, Group: 1}
		if s.IsWorker(core.NodeID(i)) {
			ctx.Nodes[i].Role, ctx.Nodes[i].Cores = core.RoleWorker, s.Cores
		} else if i > 0 {
			ctx.Nodes[i].Role = core.RoleClient
		}
	}
	ctx.Job = func(_ int, nth uint32) job.Spec { return list[nth] }
	c := New(ctx)
	for i := range ctx.Nodes {
		c.Record(&trace.Record{Kind: trace.KindStart, Node: core.NodeID(i), Inst: 1})
	}
	inst := make([]uint32, len(ctx.Nodes))
	life := s.life
	for i := range s.Facts {
		f := &s.Facts[i]
		for len(life) > 0 && life[0].before <= i {
			m := &life[0]
			c.Record(&m.r)
			for m.r.Kind == trace.KindCrash && c.runsAt(m.r.Node) != nil {
				r := c.runsAt(m.r.Node)
				c.RecordJob(&trace.JobRecord{Kind: trace.JobLost, At: m.r.At, Node: m.r.Node, Inst: m.r.Inst, Work: core.Work{Job: r.job, Workflow: r.workflow, Token: r.token}})
			}
			inst[m.r.Node] = m.r.Inst - 1
			life = life[1:]
		}
		if f.Kind == core.JobFactSubmit && f.To == 0 {
			list, order[f.Job] = append(list, s.specs[f.Job]), n
			c.RecordJob(&trace.JobRecord{Kind: trace.JobSubmitted, At: f.At, Node: f.Node, Inst: 1, Nth: n, Fact: f.JobFact})
			n++
		}
		for _, r := range truth(f) {
			r.Inst += inst[r.Node]
			c.RecordJob(&r)
		}
	}
	c.Record(&trace.Record{Kind: trace.KindEnd, At: core.Instant(stormEnd), Node: core.NoNode})
	var out []string
	for _, v := range c.Violations() {
		out = append(out, fmt.Sprintf("%s at %v: %s %q", v.Invariant, v.At, v.What, v.Causes))
	}
	return out
}

// TestStorm: whatever goes wrong, in any order, no rule of jobs is broken, every job that was taken in ends at its
// client once all faults are over, and nothing is left of it in the end (I-JM2).
func TestStorm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStorm(t)
		jobs := rapid.SampledFrom([]int{1, 2, 4, 7}).Draw(t, "jobs")
		for i := range jobs {
			s.job(i)
		}
		for range rapid.SampledFrom([]int{0, 1, 2, 4}).Draw(t, "faults") {
			s.fault()
		}
		s.Run(core.Instant(stormEnd))
		if !s.amnesia {
			for _, v := range s.judged() {
				t.Error(v)
			}
		}
		s.ended()
	})
}

// ended checks what is left.
func (s *storm) ended() {
	outcomes := map[uint64]int{}
	for i := range s.Facts {
		if f := &s.Facts[i]; f.Kind == core.JobFactOutcome {
			outcomes[f.Job]++
			if fin := s.finals[job.ID(f.Job)]; fin != nil && !s.amnesia && !job.State(f.To).Local() && uint8(fin.State) != f.To {
				s.t.Errorf("%v ended %v at its client, %v at its manager", job.ID(f.Job), job.State(f.To), fin.State)
			}
		}
	}
	for id := range s.specs {
		if outcomes[id] != 1 {
			s.t.Errorf("%v has %d outcomes", job.ID(id), outcomes[id])
		}
	}
	if n := len(s.Tokens()); n != 0 {
		s.t.Errorf("%d shards run", n)
	}
	if n := s.Manager().Entries(); n != 0 {
		s.t.Errorf("%d entries are left at the manager", n)
	}
	if illegal, _ := s.Manager().Counters(); illegal != 0 {
		s.t.Errorf("%d illegal transitions", illegal)
	}
	for i := range s.Workers {
		x := s.Worker(core.NodeID(1 + i))
		if total, free := x.Cores(); x.Entries() != 0 || free != total {
			s.t.Errorf("%d entries are left at worker %d, %d of %d cores free", x.Entries(), 1+i, free, total)
		}
	}
	for i := range s.Clients {
		if c, _ := s.Client(i); c.Entries() != 0 {
			s.t.Errorf("%d entries are left at client %d", c.Entries(), i)
		}
	}
}
