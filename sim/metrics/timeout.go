package metrics

import (
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Timeout is something that became of the time of a job at a gate or a manager.
type Timeout struct {
	At        core.Instant
	Node      core.NodeID
	Peer      core.NodeID // the gate at a manager, the leader of the datacenter or the worker of an extension; NoNode: nobody
	Job       int32       // place in Result.Jobs
	Event     jobtimeout.Event
	Kind      jobtimeout.Kind // found locally
	Rule      jobtimeout.Rule
	Epoch     uint32
	Elapsed   core.Duration // of the job, as the node counts it
	Limit     core.Duration // its timeout
	Extension core.Duration // that counts, as far as the node knows
	Since     core.Duration // since the last progress
	Lateness  core.Duration // of a local detection or a decision
}

const (
	wrongMargin  = time.Second      // a shard that ends that close to the deadline is on time either way
	missedMargin = 61 * time.Second // a check, a commit and what a busy leader needs
)

var _ = record(func(r *Recorder, on *hooks) {
	t := &timekeeping{Recorder: r, held: map[heldKey]*held{}, local: map[int32][]local{}, ends: map[int32]*spread{}}
	on.job(t.submitted, trace.JobSubmitted)
	on.job(t.began, trace.JobWork)
	on.job(t.stopped, trace.JobEnded, trace.JobLost)
	on.jobFact(t.deadline, core.JobFactDeadline)
	on.jobFact(t.timeout, core.JobFactTimeout)
	on.jobFact(t.moved, core.JobFactState)
	on.jobFact(t.holds, core.JobFactHolder)
	on.jobFact(t.table, core.JobFactTable)
	on.jobFact(t.granted, core.JobFactAsked)
	on.ended = append(on.ended, t.gone)
	on.finished = append(on.finished, t.finish)
}, words.TimeoutLateness, words.TimeoutWrong, words.TimeoutMissed, words.TimeoutFallbacks, words.TimeoutSpread,
	words.ExtensionGranted, words.ExtensionInflation)

// timekeeping follows what gates and managers make of the time of jobs.
type timekeeping struct {
	*Recorder
	place map[uint64]int32    // of jobs in res.Jobs
	held  map[heldKey]*held   // where the time of a job runs
	order []*held             // in the order in which it began there
	local map[int32][]local   // of each job, what datacenters found by themselves
	runs  map[int32][]running // its shards that run
	ends  map[int32]*spread   // where it was ended for its time
}

type heldKey struct {
	node core.NodeID
	job  int32
}

// held is the time of a job at one node.
type held struct {
	heldKey
	limit     core.Duration // the first that was said
	effective core.Duration
	start     core.Instant // of the job, as the node counts it
	since     core.Instant // the node may decide since then; Never: it may not
	late      bool         // it might decide from the deadline on for longer than is allowed
}

// local is a detection of a datacenter by itself.
type local struct {
	node core.NodeID
	due  core.Instant // when it was ideal
}

// spread is when a job was ended for its time in its datacenters.
type spread struct {
	first, last core.Instant
	sites       []int16
}

type running struct {
	worker          core.NodeID
	workflow, token uint64
}

func (t *timekeeping) submitted(rec *trace.JobRecord) {
	if t.place == nil {
		t.place, t.runs = map[uint64]int32{}, map[int32][]running{}
	}
	if n := len(t.res.Jobs); n > 0 && uint64(t.res.Jobs[n-1].ID) == rec.Fact.Job { // the jobs come first in the list of families
		t.place[rec.Fact.Job] = int32(n - 1)
	}
}

// of returns the place of a job, −1 if nobody handed it in.
func (t *timekeeping) of(id uint64) int32 {
	if i, ok := t.place[id]; ok {
		return i
	}
	return -1
}

// began keeps which shards run.
func (t *timekeeping) began(rec *trace.JobRecord) {
	switch i := t.of(rec.Work.Job); {
	case i < 0:
	case rec.Work.Kind == core.WorkStart:
		t.runs[i] = append(t.runs[i], running{rec.Node, rec.Work.Workflow, rec.Work.Token})
	case rec.Work.Kind == core.WorkKill:
		t.stopped(rec)
	}
}

func (t *timekeeping) stopped(rec *trace.JobRecord) {
	i := t.of(rec.Work.Job)
	list := t.runs[i]
	for k, x := range list {
		if x.worker == rec.Node && x.token == rec.Work.Token {
			t.runs[i] = append(list[:k], list[k+1:]...)
			return
		}
	}
}

// deadline takes how long a job may take at a node.
func (t *timekeeping) deadline(rec *trace.JobRecord) {
	f, i := &rec.Fact, t.of(rec.Fact.Job)
	if i < 0 {
		return
	}
	effective, elapsed := core.Duration(f.Get("effective")), core.Duration(f.Get("elapsed"))
	key := heldKey{rec.Node, i}
	h := t.held[key]
	if e := jobtimeout.Event(f.To); h == nil || e != jobtimeout.EventExtension {
		limit := effective
		if h != nil {
			limit = h.limit
		}
		h = &held{heldKey: key, limit: limit, since: rec.At, start: rec.At.Add(-elapsed)}
		t.held[key] = h
		t.order = append(t.order, h)
	}
	h.effective = effective
	t.keepTimeout(rec, h, jobtimeout.Event(f.To), 0, 0)
}

// timeout takes what became of the time of a job.
func (t *timekeeping) timeout(rec *trace.JobRecord) {
	f, i := &rec.Fact, t.of(rec.Fact.Job)
	if i < 0 {
		return
	}
	h := t.held[heldKey{rec.Node, i}]
	e, late := jobtimeout.Event(f.To), core.Duration(f.Get("lateness"))
	switch e {
	case jobtimeout.EventLocal:
		t.local[i] = append(t.local[i], local{rec.Node, rec.At.Add(-late)})
	case jobtimeout.EventWithdrawn:
		t.withdraw(i, rec.Node)
	case jobtimeout.EventApplied:
		t.applied(rec, i)
	case jobtimeout.EventDeclared, jobtimeout.EventFallback:
		if jobtimeout.Rule(f.Code) == jobtimeout.RuleMajority && len(t.local[i]) > 0 { // the gate knows of it by its receipt only
			late = rec.At.Sub(t.local[i][len(t.local[i])-1].due)
		}
		t.decided(rec, i, late)
		t.stop(rec.At, h)
	default:
	}
	t.keepTimeout(rec, h, e, late, core.Duration(f.Get("since_progress")))
}

func (t *timekeeping) withdraw(i int32, n core.NodeID) {
	list := t.local[i]
	for k, x := range list {
		if x.node == n {
			t.local[i] = append(list[:k], list[k+1:]...)
			return
		}
	}
}

// keepTimeout keeps a row of timeouts.csv.
func (t *timekeeping) keepTimeout(rec *trace.JobRecord, h *held, e jobtimeout.Event, late, since core.Duration) {
	if len(t.res.Timeouts) >= t.ctx.MaxRows {
		t.res.TruncatedRows++
		return
	}
	x := Timeout{At: rec.At, Node: rec.Node, Peer: rec.Fact.Node, Job: t.of(rec.Fact.Job), Event: e, Epoch: rec.Fact.Epoch, Lateness: late, Since: since}
	if rec.Fact.Kind == core.JobFactTimeout {
		x.Kind, x.Rule = jobtimeout.Kind(rec.Fact.From), jobtimeout.Rule(rec.Fact.Code)
	}
	if h != nil {
		x.Limit, x.Extension, x.Elapsed = h.limit, h.effective-h.limit, rec.At.Sub(h.start)
	}
	t.res.Timeouts = append(t.res.Timeouts, x)
}

// decided observes a decision.
func (t *timekeeping) decided(rec *trace.JobRecord, i int32, late core.Duration) {
	tell := func(m words.Metric, v float64) {
		o := blank(m, rec.At, v)
		o.Job, o.Event, o.Observer, o.Role, o.Type = i, i, rec.Node, t.roles[rec.Node], ruleOf(&rec.Fact)
		t.keep(&o)
	}
	tell(words.TimeoutLateness, seconds(late))
	if jobtimeout.Event(rec.Fact.To) == jobtimeout.EventFallback {
		tell(words.TimeoutFallbacks, 1)
	}
	if t.wrong(i, rec.At.Add(-late)) {
		tell(words.TimeoutWrong, 1)
	}
}

// applied takes that a manager ended its part of a job.
func (t *timekeeping) applied(rec *trace.JobRecord, i int32) {
	if t.roles[rec.Node] != core.RoleManager {
		return
	}
	x, site := t.ends[i], int16(t.ctx.Nodes[rec.Node].SiteIndex)
	if x == nil {
		x = &spread{first: rec.At}
		t.ends[i] = x
	}
	if list := appendNew(x.sites, site); len(list) > len(x.sites) {
		x.sites, x.last = list, rec.At
	}
}

// granted takes what a worker was granted.
func (t *timekeeping) granted(rec *trace.JobRecord) {
	if v := rec.Fact.Get("granted"); v > 0 {
		o := blank(words.ExtensionGranted, rec.At, seconds(core.Duration(v)))
		o.Observer, o.Role = rec.Node, t.roles[rec.Node]
		t.keep(&o)
	}
}

// ruleOf returns the place in words.TimeoutRules of why a job was ended.
func ruleOf(f *core.JobFact) uint8 {
	switch jobtimeout.Rule(f.Code) {
	case jobtimeout.RuleStuck:
		return 2
	case jobtimeout.RuleMajority:
		return 3
	case jobtimeout.RuleFallback:
		return 4
	case jobtimeout.RuleNone, jobtimeout.RuleLocal:
		if jobtimeout.Kind(f.From) == jobtimeout.KindStuck {
			return 1
		}
	case jobtimeout.RuleOverall:
	}
	return 0
}

// wrong reports whether every shard of the job that runs would have ended in good time.
func (t *timekeeping) wrong(i int32, due core.Instant) bool {
	list := t.runs[i]
	if t.ctx.ShardDue == nil || len(list) == 0 {
		return false
	}
	for _, x := range list {
		if t.ctx.ShardDue(x.worker, uint64(t.res.Jobs[i].ID), x.workflow, x.token).Add(wrongMargin) >= due {
			return false
		}
	}
	return true
}

// moved ends the time of a job where it ends, or is being ended.
func (t *timekeeping) moved(rec *trace.JobRecord) {
	if s := job.State(rec.Fact.To); s.Terminal() || s == job.StateCancelling || s == job.StateCompleting {
		t.stop(rec.At, t.held[heldKey{rec.Node, t.of(rec.Fact.Job)}])
	}
}

// holds takes that a node may decide about a job, or may not any more.
func (t *timekeeping) holds(rec *trace.JobRecord) {
	h := t.held[heldKey{rec.Node, t.of(rec.Fact.Job)}]
	switch rec.Fact.Get("part") {
	case 3, 4: // lost, suspended
		t.stop(rec.At, h)
	case 5: // resumed
		if h != nil && h.since == core.Never {
			h.since = rec.At
		}
	}
}

// table takes that a record was freed.
func (t *timekeeping) table(rec *trace.JobRecord) {
	if rec.Fact.Get("made") == 0 {
		t.stop(rec.At, t.held[heldKey{rec.Node, t.of(rec.Fact.Job)}])
	}
}

// gone ends what a process counted.
func (t *timekeeping) gone(now core.Instant, n core.NodeID) {
	for _, h := range t.order {
		if h.node == n {
			t.stop(now, h)
		}
	}
}

// stop ends a time in which the node might decide. It was late if it might from the deadline on, for too long.
func (t *timekeeping) stop(now core.Instant, h *held) {
	if h == nil || h.since == core.Never {
		return
	}
	due := h.start.Add(h.effective)
	h.late = h.late || now.Sub(max(due, h.since)) > missedMargin
	h.since = core.Never
}

func (t *timekeeping) finish(end core.Instant) {
	led := map[int32]bool{} // by a gate
	for _, h := range t.order {
		led[h.job] = led[h.job] || t.roles[h.node] == core.RoleGate
	}
	about := func(m words.Metric, i int32, v float64) {
		o := blank(m, t.res.Jobs[i].Submitted, v)
		o.Job, o.Event = i, i
		t.keep(&o)
	}
	more := make([]core.Duration, len(t.res.Jobs))
	for _, h := range t.order {
		if t.roles[h.node] == core.RoleGate || !led[h.job] {
			more[h.job] = max(more[h.job], h.effective-h.limit)
		}
	}
	for i := range t.res.Jobs {
		if more[i] > 0 {
			about(words.ExtensionInflation, int32(i), seconds(more[i]))
		}
		if x := t.ends[int32(i)]; x != nil && len(x.sites) > 1 {
			about(words.TimeoutSpread, int32(i), seconds(x.last.Sub(x.first)))
		}
	}
	for _, h := range t.order {
		t.stop(end, h)
		if h.late && (t.roles[h.node] == core.RoleGate || !led[h.job]) {
			o := blank(words.TimeoutMissed, h.start.Add(h.effective), 1)
			o.Job, o.Event, o.Observer, o.Role = h.job, h.job, h.node, t.roles[h.node]
			t.keep(&o)
		}
	}
}
