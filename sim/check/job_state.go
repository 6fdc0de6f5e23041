package check

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/trace"
)

// The rules.
var (
	J1 = rule("I-J1", "a job reaches at most one terminal state at each observer, and never leaves it", "spec 20 §12")
	J2 = rule("I-J2", "all outcomes of a job are equal, whoever says them; nobody loses a job that a reachable manager knows, or of which somebody spoke not long ago", "spec 20 §12, 04-42")
	J3 = rule("I-J3", "every transition of a job or workflow is in the tables", "spec 20 §12, §3")
	J4 = rule("I-J4", "a job that was acknowledged as accepted is terminal at quiescence, at its client and everywhere", "spec 20 §12")
	J5 = rule("I-J5", "a terminal job has nothing that waits or runs at its leader, and 65 s later no shard anywhere; 125 s where only the gates know", "spec 20 §12")
	J6 = rule("I-J6", "no job is accepted with two digests", "spec 20 §12")

	JM1 = rule("I-JM1", "a record of a job is freed when its time is over, and not before its job has ended", "spec 20 §12, §11")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.jobFact(c.jobMoved, core.JobFactState)
	on.jobFact(c.jobOver, core.JobFactOutcome)
	on.jobFact(c.jobSilent, core.JobFactOrphan)
	on.jobFact(c.jobAsked, core.JobFactSubmit)
	on.jobFact(c.jobKept, core.JobFactTable)
	on.jobFact(c.jobSaved, core.JobFactCommit)
	on.jobFact(c.jobLasts, core.JobFactDeadline)
	for _, k := range [...]core.Kind{core.KindJobFinalResult, core.KindGlobalJobResult} {
		on.delivered[k] = append(on.delivered[k], c.resultCame)
	}
	on.delivered[core.KindJobSubmission] = append(on.delivered[core.KindJobSubmission], c.jobOffered)
	on.checkpoint = append(on.checkpoint, c.jobsStopped, c.jobsDropped)
	on.ended = append(on.ended, c.jobsSettled)
	on.gone = append(on.gone, func(r *trace.Record) {
		if c.work.gone == nil {
			c.work.gone = map[core.NodeID]core.Instant{}
		}
		c.work.gone[r.Node] = r.At
	})
})

// jobMoved takes a step of a job at a gate or manager.
func (c *Checker) jobMoved(r *trace.JobRecord) {
	x := c.record(r)
	if x == nil {
		return
	}
	from, to := job.State(r.Fact.From), job.State(r.Fact.To)
	if x.unknown {
		x.state, x.unknown = from, false
	}
	switch {
	case x.state.Terminal():
		if c.fails(J1) {
			c.detail(J1, r.At, []core.NodeID{r.Node}, "%s holds %v %v and moves it to %v", c.name(r.Node), job.ID(x.of.id), x.state, to)
		}
	case from != x.state || !from.May(to):
		if c.fails(J3) {
			c.detail(J3, r.At, []core.NodeID{r.Node}, "%s holds %v %v and moves it from %v to %v", c.name(r.Node), job.ID(x.of.id), x.state, from, to)
		}
	}
	x.state, x.moved = to, r.At
	if to.Terminal() {
		c.jobEnds(r, x.of, to)
		c.jobLeft(r.At, x)
	}
}

// jobSaved takes that a majority has what was changed of a job.
func (c *Checker) jobSaved(r *trace.JobRecord) {
	if x := c.work.records[recordKey{r.Node, r.Fact.Job}]; x != nil {
		x.saved = r.At
	}
}

// jobLasts takes until when somebody lets a job go on, extensions included.
func (c *Checker) jobLasts(r *trace.JobRecord) {
	if x := c.work.jobs[r.Fact.Job]; x != nil {
		x.due = max(x.due, r.At.Add(core.Duration(r.Fact.Get("effective")-r.Fact.Get("elapsed"))))
	}
}

// jobEnds compares what is said of the end of a job, or of its part in a datacenter, with what was said of that before.
func (c *Checker) jobEnds(r *trace.JobRecord, x *jobSeen, to job.State) {
	now, by := r.At, r.Node
	site, since := c.speaksOf(by), c.restsOn(r)
	e := x.ended(site)
	if e == nil {
		x.ends = append(x.ends, endSeen{site: site, end: to, by: by, at: now, since: since})
		return
	}
	if e.end == to && c.ctx.Nodes[by].Role != core.RoleClient && c.forgot(c.knows(e, by), e.since) {
		e.by, e.at, e.since = by, now, since // it ended anew
	}
	if e.end == to || e.lost {
		return
	}
	if c.buried(now, x, e.site, e.at) {
		*e = endSeen{site: site, end: to, by: by, at: now, since: since}
	} else if c.forgiven(J2, c.knows(e, by), e.since) {
		*e = endSeen{site: site, end: to, by: by, at: now, since: since, lost: true}
	} else if c.fails(J2) {
		c.detail(J2, now, []core.NodeID{by, e.by}, "%v is %v for %s and was %v for %s at %v", job.ID(x.id), to, c.name(by), e.end, c.name(e.by), e.at)
	}
}

// buried reports whether how a job, or its part in a datacenter, ended at an instant is forgotten as it should be: its tombstone is over, and no
// process has a record of before that (spec 20 §11). Who asks for the first time then hears of a job that nobody knows: a cancel of it makes it
// one that never ran (04-15). Who missed all of it, and has an old entry still, takes it over.
func (c *Checker) buried(now core.Instant, x *jobSeen, site int, at core.Instant) bool {
	over := at.Add(c.work.cfg.Retention.Tombstone)
	for _, y := range x.records {
		if y.kept && y.since <= over && c.lives(y) && c.speaksOf(y.node) == site {
			return false
		}
	}
	return now > over
}

// knows names the cluster that holds how a job ended, or its part in a datacenter: the gates, or the managers of that.
func (c *Checker) knows(e *endSeen, by core.NodeID) int {
	if e.site != whole {
		return e.site
	}
	for _, n := range [...]core.NodeID{by, e.by} {
		if !c.work.gated && c.ctx.Nodes[n].Role == core.RoleManager {
			return c.ctx.Nodes[n].Site
		}
	}
	return ofGates
}

// jobLeft looks for workflows that wait or run although their job has ended.
func (c *Checker) jobLeft(now core.Instant, x *recordSeen) {
	for _, f := range x.flows {
		if open(f.state) && !f.unknown && c.fails(J5) {
			c.detail(J5, now, []core.NodeID{x.node}, "%v ends %v at %s with %v %v", job.ID(x.of.id), x.state, c.name(x.node), job.WorkflowID(f.id), f.state)
		}
	}
}

// jobOver takes what a client learnt of the end of a job.
func (c *Checker) jobOver(r *trace.JobRecord) {
	x, to := c.work.jobs[r.Fact.Job], job.State(r.Fact.To)
	if x == nil {
		return
	}
	if x.clientAt != never && c.fails(J1) {
		c.detail(J1, r.At, []core.NodeID{r.Node}, "%s hears of a second end of %v: %v", c.name(r.Node), job.ID(x.id), to)
	}
	x.clientAt = r.At
	if to.Terminal() {
		c.jobEnds(r, x, to)
	}
	if to == job.LocalLost {
		c.jobLost(r.At, x)
	}
}

// jobSilent takes how long nobody has spoken of a job, as its client says.
func (c *Checker) jobSilent(r *trace.JobRecord) {
	if x := c.work.jobs[r.Fact.Job]; x != nil && x.client == r.Node {
		x.silence = core.Duration(r.Fact.Get("silence"))
	}
}

// jobLost looks for somebody who could have told the client of a job that it calls lost, or did.
func (c *Checker) jobLost(now core.Instant, x *jobSeen) {
	long := c.work.cfg.Client.JobLost
	if x.silence < long && c.fails(J2) {
		c.detail(J2, now, []core.NodeID{x.client}, "%s gives %v up, of which it heard %v ago; it has to wait %v", c.name(x.client), job.ID(x.id), x.silence, long)
	}
	for _, y := range x.records {
		if !y.kept || !c.lives(y) || now.Sub(y.since) < long || !c.quiet(now, long) {
			continue
		}
		if c.fails(J2) {
			c.detail(J2, now, []core.NodeID{x.client, y.node}, "%s gives %v up, which %s has known since %v", c.name(x.client), job.ID(x.id), c.name(y.node), y.since)
		}
	}
}

func (c *Checker) jobAsked(r *trace.JobRecord) {
	if x := c.work.jobs[r.Fact.Job]; x != nil && r.Fact.To == 1 {
		x.accepted = r.At
	}
}

// jobOffered notes what a submission says, if its receiver takes it.
func (c *Checker) jobOffered(r *trace.Record) {
	b, ok := r.Msg.Body.(*job.Submission)
	if !ok {
		return
	}
	if x := c.work.jobs[uint64(b.Job)]; x != nil {
		x.offers = append(x.offers[:0], offer{r.Node, r.At, b.Digest})
		if len(x.places) == 0 { // who accepts it may be gone before it says so, and another one goes on with it
			for i := range b.Workflows {
				x.places = append(x.places, uint64(b.Workflows[i].Workflow))
			}
		}
	}
}

// jobTaken compares the digest that a process accepts a job under with that of others.
func (c *Checker) jobTaken(now core.Instant, x *recordSeen) {
	for _, o := range x.of.offers {
		if o.node != x.node || o.at != now {
			continue
		}
		if x.of.digested && x.of.digest != o.digest && !c.forgiven(J6, c.clusterOf(x.node), x.of.digestAt) && c.fails(J6) {
			c.detail(J6, now, []core.NodeID{x.node}, "%s accepts %v with another digest than it was accepted with before", c.name(x.node), job.ID(x.of.id))
		}
		x.of.digest, x.of.digested, x.of.digestAt = o.digest, true, now
	}
}

// takenOver reports whether another gate speaks of the job of a gate, too: one of them has it from the other. Gates do not
// tell who holds a job.
func (c *Checker) takenOver(x *recordSeen) bool {
	if c.ctx.Nodes[x.node].Role != core.RoleGate {
		return false
	}
	for _, y := range x.of.records {
		if y != x && c.ctx.Nodes[y.node].Role == core.RoleGate {
			return true
		}
	}
	return x.of.accepted != never && x.state == job.StateNone
}

// jobKept takes that a record of a job is made or freed.
func (c *Checker) jobKept(r *trace.JobRecord) {
	x := c.record(r)
	if x == nil || r.Fact.To != 0 {
		return
	}
	if r.Fact.Get("made") != 0 {
		x.kept = true
		if x.taken { // it let go of the record that it had in order to make this one
			w := &c.work
			w.forgotten = slices.DeleteFunc(w.forgotten, func(f forgotten) bool { return f.at == r.At && f.key == recordKey{r.Node, r.Fact.Job} })
		}
		x.unknown = x.unknown || x.state == job.StateNone && c.takenOver(x)
		c.jobTaken(r.At, x)
		return
	}
	if !x.state.Terminal() && !x.unknown && !x.lost && !c.takenOver(x) {
		c.work.forgotten = append(c.work.forgotten, forgotten{r.At, recordKey{r.Node, r.Fact.Job}, x.state})
	}
	x.of.drop(x)
	delete(c.work.records, recordKey{r.Node, r.Fact.Job})
	if y := x.of; len(y.records) == 0 && y.clientAt != never && x.state.Terminal() { // nobody speaks of it any more
		y.spec, y.needs, y.closed = nil, nil, true
		clear(y.counted)
		clear(y.done)
		clear(y.sent)
	}
}

// jobsStopped looks for shards that run long after the end of their job, when nothing keeps leader and worker apart.
func (c *Checker) jobsStopped(now core.Instant) {
	limit := c.work.cfg.Cancel.Limit + 5e9
	if !c.quiet(now, limit) {
		return
	}
	heard := c.quiet(now, limit+endHeard) && c.tellers()
	for _, r := range c.work.running {
		x := c.work.jobs[r.job]
		if x == nil {
			continue
		}
		site := whole
		if c.work.gated {
			site = c.ctx.Nodes[r.node].Site
		}
		e := x.ended(site)
		if e == nil && heard && c.work.gated { // nobody there knows that it is over
			if e = x.ended(whole); e == nil || now.Sub(e.at) <= limit+endHeard || !c.gatesKnow(now, e) || !c.heardOf(now, site, r.job, limit+endHeard) {
				continue
			}
		} else if e == nil || now.Sub(e.at) <= limit || !c.live(e.by) {
			continue
		}
		if c.live(r.node) && !c.forgiven(J5, c.knows(e, e.by), e.since) && c.fails(J5) {
			c.detail(J5, now, []core.NodeID{r.node, e.by}, "%s runs a shard of %v, which ended %v at %v", c.name(r.node), job.ID(x.id), e.end, e.at)
		}
	}
}

// endHeard is how long a datacenter that can be reached may take to hear from the gates that a job is over: half a minute until it
// is told again, and three reports to gates of which one knows (spec 20 §6.6, J7).
const endHeard = core.Duration(60e9)

// gatesKnow reports whether what was said of the end of a job is still known at the gates: most of them have not lost their memory
// since, and its tombstone is not due to go. After that a datacenter may offer the job anew (J60).
func (c *Checker) gatesKnow(now core.Instant, e *endSeen) bool {
	all, gone := 0, 0
	for i := range c.ctx.Nodes {
		n := &c.ctx.Nodes[i]
		if n.Role != core.RoleGate || n.Ghost {
			continue
		}
		all++
		if at, once := c.work.gone[n.ID]; once && at >= e.at {
			gone++
		}
	}
	return 2*gone < all && now.Sub(e.at) <= c.work.cfg.Retention.Tombstone
}

// quiescence is how long after the last fault, submission and deadline all jobs have ended (spec 20 §12).
const quiescence = core.Duration(660e9)

func (c *Checker) jobsSettled(now core.Instant) {
	c.jobsDropped(now)
	c.jobsForgotten(now)
	if len(c.work.order) == 0 {
		return
	}
	last := max(c.faults.last, c.work.began)
	for _, x := range c.work.order {
		if x.accepted != never && x.clientAt == never {
			last = max(last, x.accepted.Add(x.timeout), x.due)
		}
	}
	if c.faults.lasting > 0 || now.Sub(last) < quiescence || !c.tellers() {
		c.unready[J4] = true
		return
	}
	for _, x := range c.work.order {
		if x.accepted != never && x.clientAt == never && c.hot[x.client].up && c.hot[x.client].inst == x.inst && c.fails(J4) {
			c.detail(J4, now, []core.NodeID{x.client}, "%s was told that %v is accepted and has not heard how it ended", c.name(x.client), job.ID(x.id))
		}
		for _, y := range x.records {
			if x.accepted == never || !y.kept || c.recordOver(y) || !c.lives(y) {
				continue
			}
			if !c.majority(c.clusterOf(y.node)) { // they can decide nothing
				c.unready[J4] = true
			} else if c.fails(J4) {
				c.detail(J4, now, []core.NodeID{y.node}, "%s holds %v %v", c.name(y.node), job.ID(x.id), y.state)
			}
		}
	}
}

// recordOver reports whether a record is of a job that is over. Who takes one over that has ended says nothing of that: what was
// said before holds.
func (c *Checker) recordOver(y *recordSeen) bool {
	return y.state.Terminal() || y.unknown && y.of.ended(c.speaksOf(y.node)) != nil
}

// tellers reports whether there is anybody who can tell clients how jobs ended: most gates, or, where there are none, most managers of each
// datacenter.
func (c *Checker) tellers() bool {
	if c.work.gated {
		return c.majority(ofGates)
	}
	for i := range c.ctx.Nodes {
		if n := &c.ctx.Nodes[i]; n.Role == core.RoleManager && !n.Ghost && !c.majority(n.Site) {
			return false
		}
	}
	return true
}

// toldAgain is for how long after the last disturbance a result may be told again: pauses grow to a minute (spec 20 §2, §8.2).
const toldAgain = core.Duration(180e9)

// resultCame takes that a gate or client got the result of a job: until then who tells it keeps it, for its time begins with that (spec 20
// §11, "committed and delivered"). It is heard soon once nothing disturbs that: who tells it for ever has to let go of it.
func (c *Checker) resultCame(r *trace.Record) {
	var id job.ID
	switch b := r.Msg.Body.(type) {
	case *job.FinalResult:
		id = b.Job
	case *job.GlobalResult:
		id = b.Job
	}
	x := c.work.jobs[uint64(id)]
	if x == nil || r.Spent == trace.Refused || c.quiet(r.At, toldAgain) {
		return
	}
	for _, y := range x.records {
		if y.node == r.Msg.From && y.inst == r.Msg.Instance {
			y.worked = r.At
		}
	}
}

// owing reports whether a gate has to keep a job for a cancel that it owes, or has kept it so until a moment ago.
func (c *Checker) owing(now core.Instant, y *recordSeen) bool {
	return c.ctx.Nodes[y.node].Role == core.RoleGate && (now.Sub(y.saved) < 2*c.work.cfg.Retention.Sweep || c.ctx.View != nil && c.ctx.View.Owes(y.node, y.of.id))
}

// jobsForgotten looks for records that should have been freed: their clients have heard, the last workflow has stopped, for only then what
// there is of results is delivered (spec 20 §6.6), that has come, and the time is over. A gate keeps a job for as long as it owes a
// datacenter a command about it.
func (c *Checker) jobsForgotten(now core.Instant) {
	k := &c.work.cfg.Retention
	for _, x := range c.work.order {
		if x.clientAt == never {
			continue
		}
		for _, y := range x.records {
			e := x.ended(c.speaksOf(y.node))
			if e == nil {
				continue
			}
			age := k.Failed
			if e.end == job.StateCompleted {
				age = k.Completed
			}
			age += 2 * k.Sweep
			if now.Sub(max(x.clientAt, e.at, y.worked)) >= age && c.quiet(now, age) && y.kept && y.state.Terminal() && c.lives(y) && !c.owing(now, y) && c.fails(JM1) {
				c.detail(JM1, now, []core.NodeID{y.node}, "%s still keeps %v, which ended %v at %v", c.name(y.node), job.ID(x.id), e.end, e.at)
			}
		}
	}
}
