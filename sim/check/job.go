package check

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/workflow"
	"hypersim/sim/trace"
)

// works is what is known of the jobs of a run. Everything in it follows from records.
type works struct {
	cfg       job.Config
	jobs      map[uint64]*jobSeen
	order     []*jobSeen // as they came
	records   map[recordKey]*recordSeen
	runs      map[runKey]*runSeen
	running   []*runSeen                   // the same, in any order that is the same in every run
	tokens    map[flowKey]seenToken        // highest of each workflow at each worker
	held      []int                        // cores, by node
	forgotten []forgotten                  // records that went before their job had ended, since the last look
	began     core.Instant                 // of the last submission
	gated     bool                         // there are gates
	gone      map[core.NodeID]core.Instant // when a process of the node was gone last
}

// recordKey names what a node keeps of a job, flowKey of a workflow of it, runKey of a shard that runs.
type (
	recordKey struct {
		node core.NodeID
		job  uint64
	}
	flowKey struct {
		node          core.NodeID
		job, workflow uint64
	}
	runKey struct {
		node       core.NodeID
		job, token uint64
	}
)

type seenToken struct {
	token uint64
	inst  uint32
}

// jobSeen is a job that a client handed in.
type jobSeen struct {
	id          uint64
	client      core.NodeID
	inst        uint32 // of the client
	spec        *job.Spec
	needs       [][]int32
	timeout     core.Duration
	due         core.Instant  // the latest that anybody has given it, with what it was granted, 0: nobody said
	accepted    core.Instant  // as the client heard; never: it did not
	clientAt    core.Instant  // the client heard how it ended; never: it did not
	silence     core.Duration // how long nobody had spoken of it when the client called it lost
	ends        []endSeen     // what was first said of its end, of the whole job, and of its part in each datacenter
	digest      uint64
	digested    bool
	digestAt    core.Instant // when it was accepted so, last
	records     []*recordSeen
	holders     []holderSeen
	stopped     map[flowAt]stopSeen      // workflows that nobody may start any more in a datacenter
	succeeded   map[flowAt]bool          // workflows that some holder in a datacenter saw complete
	counted     map[flowResult]takenBy   // results that were accepted
	done        map[doneShard]bool       // shards that completed
	places      []uint64                 // its workflows, in the order of the submission
	sent        map[doneShard]flowResult // shards that some holder sent, by their tokens
	again       map[doneShard]bool       // tokens that were issued twice, for who issued them first was forgotten
	offers      []offer
	cancelled   *cancelSeen
	cancelledAt core.Instant // that was heard last
	closed      bool         // what was sent and accepted is kept no more
}

// flowAt is a workflow in a datacenter: it has the same id in each.
type flowAt struct {
	site int
	id   uint64
}

// stopSeen is who cancelled it. Before that is committed another holder need not know: the decision that it was part of is void
// then.
type stopSeen struct {
	by    process
	epoch uint32       // under which it did
	at    core.Instant // on its clock
	said  core.Instant // the same
	sure  bool
}

// endSeen is what was first said of the end of a job, or of its part in a datacenter.
type endSeen struct {
	site  int // whole: the job's
	end   job.State
	by    core.NodeID
	at    core.Instant
	since core.Instant // of what it rests on: if that was forgotten since, it is held against nobody
	lost  bool         // another end was said when who knew this one may have forgotten it: they are compared no more
}

// whole is in place of a datacenter where the whole job is meant.
const whole = -1

// ended returns what was said of the end of the job, or of its part in a datacenter; nil: nothing yet.
func (x *jobSeen) ended(site int) *endSeen {
	for i := range x.ends {
		if x.ends[i].site == site {
			return &x.ends[i]
		}
	}
	return nil
}

// speaksOf says what a node means by the end of a job: gates and clients, and managers where there is no gate, the whole of
// it; managers of gates their part.
func (c *Checker) speaksOf(n core.NodeID) int {
	if x := &c.ctx.Nodes[n]; c.work.gated && x.Role == core.RoleManager {
		return x.Site
	}
	return whole
}

// offer is a submission that reached a node.
type offer struct {
	node   core.NodeID
	at     core.Instant
	digest uint64
}

// cancelSeen is the final word about a cancel.
type cancelSeen struct {
	client           core.NodeID
	cancelled, total uint32
	errors           int
}

// holderSeen is who gives out tokens under an epoch of a datacenter.
type holderSeen struct {
	site  int
	epoch uint32
	node  core.NodeID
	last  uint64
	at    core.Instant // that one was issued
}

// recordSeen is what a process keeps of a job.
type recordSeen struct {
	of      *jobSeen
	node    core.NodeID
	inst    uint32
	since   core.Instant
	moved   core.Instant // to its state, 0: it never did
	saved   core.Instant // a majority had the last change of it, 0: none was told
	state   job.State
	epoch   uint32
	kept    bool              // and not freed
	taken   bool              // over from another holder: the process began in the middle, with what the entry said
	unknown bool              // and nothing was said of its state since then
	lost    bool              // to another holder
	worked  core.Instant      // a workflow of it moved, or its result came to whom it is for, last
	flows   []*flowSeen       // in the order of the submission
	intents map[uint64]intent // dispatches that have not ended, by token
	byID    map[uint64]*flowSeen
}

// flowSeen is a workflow in such a record.
type flowSeen struct {
	id      uint64
	place   int
	state   workflow.State
	kind    job.ErrorKind
	attempt uint16
	unknown bool        // its record was taken over, and nothing was said of it since then
	shards  []shardSeen // of the attempt
}

// shardSeen is a shard of the current attempt.
type shardSeen struct {
	index  uint16
	token  uint64
	worker core.NodeID
	cores  int64
	vus    int64
}

// runSeen is a shard that runs.
type runSeen struct {
	runKey
	workflow uint64
	cores    int
	place    int // in works.running
	since    core.Instant
	alone    core.Instant // since when its worker says that nobody leads it; never: somebody does
}

func (w *works) run(x *runSeen) {
	x.place = len(w.running)
	w.runs[x.runKey], w.running = x, append(w.running, x)
}

func (w *works) stop(x *runSeen) {
	last := len(w.running) - 1
	w.running[x.place] = w.running[last]
	w.running[x.place].place = x.place
	w.running = w.running[:last]
	delete(w.runs, x.runKey)
}

func (w *works) init(ctx *Context) {
	for i := range ctx.Nodes {
		w.gated = w.gated || ctx.Nodes[i].Role == core.RoleGate && !ctx.Nodes[i].Ghost
	}
	w.cfg = job.Default()
	if ctx.Jobs != nil {
		w.cfg = *ctx.Jobs
	}
	w.jobs, w.records, w.runs = map[uint64]*jobSeen{}, map[recordKey]*recordSeen{}, map[runKey]*runSeen{}
	w.tokens, w.held = map[flowKey]seenToken{}, make([]int, len(ctx.Nodes))
}

// jobRecord takes a record about jobs before the subjects do.
func (c *Checker) jobRecord(r *trace.JobRecord) {
	if int(r.Node) >= len(c.hot) {
		return
	}
	if !c.hot[r.Node].up && r.Kind != trace.JobLost && c.fails(W2) {
		c.detail(W2, r.At, []core.NodeID{r.Node}, "%s is down and reports %v", c.name(r.Node), r.Kind)
	}
	c.rememberJob(r)
}

// The first subject of jobs keeps the books that the others read.
var _ = judge(func(c *Checker, on *hooks) {
	on.job(c.jobSubmitted, trace.JobSubmitted)
})

func (c *Checker) jobSubmitted(r *trace.JobRecord) {
	w := &c.work
	x := &jobSeen{
		id: r.Fact.Job, client: r.Node, inst: r.Inst, accepted: never, clientAt: never, timeout: w.cfg.Submit.DefaultTimeout,
		stopped: map[flowAt]stopSeen{}, succeeded: map[flowAt]bool{}, counted: map[flowResult]takenBy{}, done: map[doneShard]bool{}, sent: map[doneShard]flowResult{}, again: map[doneShard]bool{},
	}
	w.jobs[x.id], w.order, w.began = x, append(w.order, x), r.At
	if c.ctx.Job == nil {
		return
	}
	spec := c.ctx.Job(int(r.Workload), r.Nth)
	x.spec = &spec
	if spec.Timeout > 0 {
		x.timeout = spec.Timeout
	}
	names, deps := make([]uint32, len(spec.Workflows)), make([][]uint32, len(spec.Workflows))
	for i := range spec.Workflows {
		names[i], deps[i] = spec.Workflows[i].Name, spec.Workflows[i].Depends
	}
	if g, err := workflow.NewGraph(names, deps); err == nil {
		x.needs = make([][]int32, len(names))
		for i := range x.needs {
			x.needs[i] = g.Needs(i)
		}
	}
}

// record returns what the process that reports r keeps of the job, made anew for a new process; nil if nobody handed the
// job in.
func (c *Checker) record(r *trace.JobRecord) *recordSeen {
	w := &c.work
	key := recordKey{r.Node, r.Fact.Job}
	x := w.records[key]
	if x != nil && x.inst == r.Inst {
		return x
	}
	of := w.jobs[r.Fact.Job]
	if of == nil {
		return nil
	}
	if x != nil {
		of.drop(x)
	}
	x = &recordSeen{of: of, node: r.Node, inst: r.Inst, since: r.At, byID: map[uint64]*flowSeen{}, intents: map[uint64]intent{}}
	w.records[key] = x
	of.records = append(of.records, x)
	return x
}

func (x *jobSeen) drop(r *recordSeen) {
	for i, y := range x.records {
		if y == r {
			x.records = append(x.records[:i], x.records[i+1:]...)
			return
		}
	}
}

// spec returns what its client asked of the workflow, nil if that is not known.
func (x *recordSeen) spec(f *flowSeen) *job.WorkflowSpec {
	if x.of.spec == nil || f.place >= len(x.of.spec.Workflows) {
		return nil
	}
	return &x.of.spec.Workflows[f.place]
}

// shard returns the shard of the current attempt with that token, nil if there is none.
func (f *flowSeen) shard(token uint64) *shardSeen {
	for i := range f.shards {
		if f.shards[i].token == token {
			return &f.shards[i]
		}
	}
	return nil
}

// lives reports whether the process that keeps x still runs.
func (c *Checker) lives(x *recordSeen) bool {
	n := &c.hot[x.node]
	return n.up && n.inst == x.inst
}

// quiet reports whether nothing has disturbed the run for so long.
func (c *Checker) quiet(now core.Instant, d core.Duration) bool {
	return c.faults.lasting == 0 && now.Sub(c.faults.last) > d
}
