package metrics

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/workflow"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// flowKey names a workflow in a datacenter: it has the same id in each.
type flowKey struct {
	site     int16
	workflow uint64
}

// flow is a workflow in one datacenter.
type flow struct {
	flowKey
	job      int32
	place    int32 // in its job
	left     int32 // workflows before it that have not completed
	state    workflow.State
	kind     job.ErrorKind    // of its last failure
	ready    core.Instant     // Never: not yet
	first    core.Instant     // start of its first shard, Never: not yet
	attempt  uint16           // last one that started
	leader   core.NodeID      // who said something of it last, a manager
	waits    bool             // for cores
	runs     []int32          // places in res.Runs
	results  map[uint64]taken // of each shard of each attempt, the last result that was accepted
	doubled  bool
	recovery recovery
}

// taken is a result that somebody accepted under an epoch of the datacenter.
type taken struct {
	epoch uint32
	token uint64
}

// needs returns what the workflows of a job depend on, by place; nil if that makes no graph.
func needs(s *job.Spec) [][]int32 {
	names, deps := make([]uint32, len(s.Workflows)), make([][]uint32, len(s.Workflows))
	for i := range s.Workflows {
		names[i], deps[i] = s.Workflows[i].Name, s.Workflows[i].Depends
	}
	g, err := workflow.NewGraph(names, deps)
	if err != nil {
		return nil
	}
	out := make([][]int32, len(names))
	for i := range out {
		out[i] = g.Needs(i)
	}
	return out
}

func (j *jobs) siteOf(n core.NodeID) int16 { return int16(j.ctx.Nodes[n].SiteIndex) }

// flowMoved takes a step of a workflow at the manager that leads its job. Managers begin with all workflows of a job
// in the order of the submission.
func (j *jobs) flowMoved(rec *trace.JobRecord) {
	f, i := &rec.Fact, j.of(rec.Fact.Job)
	if i < 0 {
		return
	}
	key := flowKey{j.siteOf(rec.Node), f.Workflow}
	x := j.flows[key]
	if x == nil {
		x = j.newFlow(rec.At, i, key)
	}
	if x.leader != rec.Node {
		j.led(rec.At, x, rec.Node)
	}
	x.state = workflow.State(f.To)
	j.settleWait(rec.At, x, j.res.Jobs[i].Ended != core.Never)
	switch x.state {
	case workflow.Failed:
		x.kind = job.ErrorKind(f.Code)
	case workflow.Completed, workflow.Aggregated:
		j.completed(rec.At, x)
	default: // what is on its way changes nothing yet
	}
}

func (j *jobs) newFlow(now core.Instant, i int32, key flowKey) *flow {
	t := &j.state[i]
	x := &flow{flowKey: key, job: i, leader: core.NoNode, ready: core.Never, first: core.Never, recovery: recovery{since: core.Never}}
	for _, y := range t.flows {
		if y.site == key.site {
			x.place++
		}
		if y.workflow == key.workflow { // it goes on in another datacenter
			x.recovery.since = min(x.recovery.since, y.recovery.since)
		}
	}
	t.flows = append(t.flows, x)
	j.flows[key] = x
	if int(x.place) < len(t.needs) {
		x.left = int32(len(t.needs[x.place]))
	}
	if x.left == 0 {
		x.ready = now
	}
	return x
}

// completed notes that a workflow succeeded: what its shards did counts, and others may be ready.
func (j *jobs) completed(now core.Instant, x *flow) {
	x.recovery = recovery{since: core.Never}
	for _, k := range x.runs {
		if r := &j.res.Runs[k]; r.Attempt == x.attempt && r.accepted {
			r.Counted = true
		}
	}
	t := &j.state[x.job]
	for _, y := range t.flows {
		if y.site != x.site || y.left == 0 || int(y.place) >= len(t.needs) {
			continue
		}
		for _, n := range t.needs[y.place] {
			if n != x.place {
				continue
			}
			if y.left--; y.left == 0 {
				y.ready = now
				j.settleWait(now, y, false)
			}
		}
	}
}

// reason says why a job did not end COMPLETED: the first failure of a workflow that was one of its own.
func (j *jobs) reason(i int32) string {
	for _, x := range j.state[i].flows {
		if x.state == workflow.Failed && x.kind != job.ErrorDependency {
			return x.kind.String()
		}
	}
	return ""
}

// placed takes that a manager gives a shard to a worker.
func (j *jobs) placed(rec *trace.JobRecord) {
	if x := j.flows[flowKey{j.siteOf(rec.Node), rec.Fact.Workflow}]; x != nil && x.leader != rec.Node {
		j.led(rec.At, x, rec.Node)
	}
}

// result takes that a manager accepts the result of a shard.
func (j *jobs) result(rec *trace.JobRecord) {
	f := &rec.Fact
	x := j.flows[flowKey{j.siteOf(rec.Node), f.Workflow}]
	if x == nil {
		return
	}
	if x.results == nil {
		x.results = map[uint64]taken{}
	}
	// One shard of one attempt has one result: one of another token is one too many, and so is the same again. But a new holder
	// accepts what its predecessor had accepted and not committed.
	part, now := uint64(f.Attempt)<<16|uint64(f.Shard), taken{f.Epoch, f.Token}
	if old, twice := x.results[part]; twice && !x.doubled && (old.epoch == now.epoch || old.token != now.token) {
		x.doubled = true
		j.double(x)
	}
	x.results[part] = now
	for _, k := range x.runs {
		if r := &j.res.Runs[k]; r.Token == f.Token && r.Worker == f.Node && job.Ended(f.To) == job.EndedCompleted {
			r.accepted = true
		}
	}
}

func (j *jobs) double(x *flow) {
	o := j.aboutFlow(words.WorkflowDoubleRun, 1, x)
	j.keep(&o)
}

// began takes the first shard of an attempt.
func (j *jobs) began(now core.Instant, x *flow, attempt uint16) {
	switch {
	case x.first == core.Never:
		x.first = now
		if x.ready != core.Never {
			o := j.aboutFlow(words.Wait, seconds(now.Sub(x.ready)), x)
			j.keep(&o)
		}
	case attempt != x.attempt:
		j.res.Jobs[x.job].Restarts++
		o := j.aboutFlow(words.WorkflowRestarts, 1, x)
		o.Cause = core.Cause(x.kind)
		j.keep(&o)
	}
	x.attempt = attempt
}

func (j *jobs) aboutFlow(m words.Metric, v float64, x *flow) Observation {
	o := j.aboutJob(m, v, x.job)
	o.SiteA = x.site
	return o
}
