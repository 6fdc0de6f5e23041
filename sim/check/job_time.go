package check

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/sim/trace"
)

// The rules.
var (
	JT1 = rule("I-JT1", "nobody finds that a job ran longer than it may before it has", "spec 20 §12")
	JT2 = rule("I-JT2", "a job that runs longer than it may is found out one check after that", "spec 20 §12, 01-83")
	JT3 = rule("I-JT3", "a manager of gates decides that a job timed out only long after it found so, and heard of no gate", "spec 20 §12")
	JT4 = rule("I-JT4", "the time of a job goes on when another takes it over, and what it may take never shrinks", "spec 20 §12, §6.7")
	JX1 = rule("I-JX1", "each extension is half of the one before, and there are so many", "spec 20 §12")
)

var _ = judge(func(c *Checker, on *hooks) {
	x := &times{Checker: c, of: map[recordKey]*timeSeen{}, began: map[siteJob]beginning{}, won: map[recordKey]uint32{}, cfg: jobtimeout.Default()}
	if c.ctx.Timeouts != nil {
		x.cfg = *c.ctx.Timeouts
	}
	on.jobFact(x.deadline, core.JobFactDeadline)
	on.jobFact(x.timeout, core.JobFactTimeout)
	on.jobFact(x.granted, core.JobFactAsked)
	on.jobFact(x.may, core.JobFactHolder)
	on.jobFact(x.over, core.JobFactState)
	on.checkpoint = append(on.checkpoint, x.overdue)
})

// times is what nodes say of how long jobs may take.
type times struct {
	*Checker
	of    map[recordKey]*timeSeen
	began map[siteJob]beginning // of its time in a datacenter, or for all of it
	won   map[recordKey]uint32  // processes that took it over, by their instance
	watch []*timeSeen           // that somebody has to find out about, in the order of their first words
	cfg   jobtimeout.Config
}

// beginning is when the time of a job began.
type beginning struct {
	at    core.Instant
	stood core.Duration // for how long all of the cluster together had stood still by then
}

// siteJob is a job in a datacenter, or all of it.
type siteJob struct {
	site int
	job  uint64
}

// timeSeen is what a process says of a job. Times are on its clock.
type timeSeen struct {
	recordKey
	inst   uint32
	may    core.Duration // take
	from   core.Instant  // nobody had to look before: it was begun, extended, taken over, or its lease was not valid
	soon   core.Instant  // due, by the world's clock
	open   bool          // somebody has to find out
	taken  bool          // over from another one
	barred bool          // it may not look: its lease is not valid, as long as most of its cluster are gone
	due    core.Instant  // it may take until then
	local  core.Instant  // it found that it takes too long; never
}

// resumeSlack is how much of a job's time a takeover may lose: what messages take, and clocks.
const resumeSlack = core.Duration(30e9)

func (x *times) deadline(r *trace.JobRecord) {
	f := &r.Fact
	y := x.seen(r)
	y.due = r.Local.Add(core.Duration(f.Get("effective") - f.Get("elapsed")))
	y.soon, y.from = r.At.Add(y.due.Sub(r.Local)), r.At
	y.taken = y.taken || jobtimeout.Event(f.To) == jobtimeout.EventResume
	if may := core.Duration(f.Get("effective")); jobtimeout.Event(f.To) == jobtimeout.EventExtension && may < y.may && x.fails(JT4) {
		x.detail(JT4, r.At, []core.NodeID{r.Node}, "%s lets %v take %v, and before that %v", x.name(r.Node), job.ID(f.Job), may, y.may)
	}
	y.may = core.Duration(f.Get("effective"))
	x.follow(y)
	x.goesOn(r)
}

// goesOn judges where the time of a job begins, or goes on.
func (x *times) goesOn(r *trace.JobRecord) {
	f, key, is := &r.Fact, siteJob{x.speaksOf(r.Node), r.Fact.Job}, core.Duration(r.Fact.Get("elapsed"))
	first, known := x.began[key]
	e := jobtimeout.Event(f.To)
	if known && e != jobtimeout.EventStart && e != jobtimeout.EventResume {
		return
	}
	stood, strained := x.stands(r.Node, r.At, first.at)
	switch {
	case !known || e == jobtimeout.EventStart: // anew where nobody had taken over that it had begun
		if inst, won := x.won[recordKey{r.Node, f.Job}]; known && won && inst == r.Inst && x.ctx.Nodes[r.Node].Role == core.RoleManager && x.fails(JT4) {
			x.detail(JT4, r.At, []core.NodeID{r.Node}, "%s takes %v over and begins its time anew; that began %v ago", x.name(r.Node), job.ID(f.Job), r.At.Sub(first.at))
		}
		x.began[key] = beginning{r.At.Add(-is), stood}
	case e == jobtimeout.EventResume && !x.ctx.Unsteady && !strained:
		if r.At.Sub(first.at)-is > resumeSlack+stood-first.stood && x.fails(JT4) {
			x.detail(JT4, r.At, []core.NodeID{r.Node}, "%s takes %v over and counts %v of it; its time began %v ago", x.name(r.Node), job.ID(f.Job), is, r.At.Sub(first.at))
		}
	}
}

// stands returns for how long all of the cluster of a process together have stood still, and whether one was slow since an instant.
// What was sent to one that stands still counts from when it reads it, and if nobody else is left who knows, the time between is lost to
// all: as much as it stood still, and by how many hands it went is not known.
func (x *times) stands(n core.NodeID, now, since core.Instant) (stood core.Duration, strained bool) {
	me := &x.ctx.Nodes[n]
	for i := range x.cold {
		o, k := &x.ctx.Nodes[i], &x.cold[i]
		if o.Role != me.Role || o.Role != core.RoleGate && o.Site != me.Site {
			continue
		}
		if stood += k.stood; x.hot[i].paused {
			stood += now.Sub(k.pausedAt)
		}
		strained = strained || k.slow || k.strained >= 0 && k.strained >= since
	}
	return stood, strained
}

func (x *times) seen(r *trace.JobRecord) *timeSeen {
	key := recordKey{r.Node, r.Fact.Job}
	y := x.of[key]
	if y == nil || y.inst != r.Inst {
		if y != nil {
			y.open = false
		}
		y = &timeSeen{recordKey: key, inst: r.Inst, due: never, local: never}
		x.of[key] = y
	}
	return y
}

func (x *times) timeout(r *trace.JobRecord) {
	f, y := &r.Fact, x.seen(r)
	rule, kind := jobtimeout.Rule(f.Code), jobtimeout.Kind(f.From)
	switch jobtimeout.Event(f.To) {
	case jobtimeout.EventLocal:
		y.local = r.Local
		x.late(r, y, kind == jobtimeout.KindOverall)
		x.early(r, y, kind == jobtimeout.KindOverall)
	case jobtimeout.EventWithdrawn:
		y.local, y.from = never, r.At
		x.follow(y)
	case jobtimeout.EventDeclared:
		x.late(r, y, rule == jobtimeout.RuleOverall || rule == jobtimeout.RuleLocal && kind == jobtimeout.KindOverall)
		x.early(r, y, rule == jobtimeout.RuleOverall || rule == jobtimeout.RuleLocal && kind == jobtimeout.KindOverall)
	case jobtimeout.EventFallback:
		if y.local != never && r.Local.Sub(y.local) < x.cfg.Job.Fallback && x.fails(JT3) { // of a holder before it, it need not say when that was
			x.detail(JT3, r.At, []core.NodeID{r.Node}, "%s ends %v for its time by itself, %v after it found that; it has to wait %v for a gate", x.name(r.Node), job.ID(f.Job), r.Local.Sub(y.local), x.cfg.Job.Fallback)
		}
		y.open = false
	case jobtimeout.EventCommanded, jobtimeout.EventApplied:
		y.open = false
	default:
	}
}

// follow has somebody find out when the job takes too long.
func (x *times) follow(y *timeSeen) {
	if !y.open {
		y.open, x.watch = true, append(x.watch, y)
	}
}

// may takes that a process may decide again, or holds the job from now on: it looks from then on.
func (x *times) may(r *trace.JobRecord) {
	key := recordKey{r.Node, r.Fact.Job}
	switch job.Holding(r.Fact.Get("part")) {
	case job.HoldWon:
		x.won[key] = r.Inst
	case job.HoldAccepted:
		delete(x.won, key)
	default:
	}
	if y := x.of[key]; y != nil {
		y.from, y.barred = r.At, job.Holding(r.Fact.Get("part")) == job.HoldSuspended
	}
}

// over takes that nobody looks at the job any more: it is being stopped, or has ended.
func (x *times) over(r *trace.JobRecord) {
	if y := x.of[recordKey{r.Node, r.Fact.Job}]; y != nil && job.State(r.Fact.To) >= job.StateCompleting {
		y.open = false
	}
}

// interval is how long a process may take to look at a job: one check, if checks have an interval, and what a busy server adds.
func (x *times) interval(n core.NodeID) core.Duration {
	d := x.ctx.Limits.Lateness + 2e9
	switch {
	case x.cfg.Job.Mode == jobtimeout.ModeExact:
	case x.ctx.Nodes[n].Role == core.RoleGate:
		d += x.cfg.Job.GateCheck
	default:
		d += x.cfg.Job.Check
	}
	return d + d/10 // clocks
}

// late takes that a node found out that a job ran longer than it may.
func (x *times) late(r *trace.JobRecord, y *timeSeen, overall bool) {
	y.open = false
	if !overall || y.due == never || x.disturbs(y) || y.taken && x.ctx.Nodes[y.node].Role == core.RoleGate {
		return // a gate that took a job over may have had no datacenter to look at for a while (04-49)
	}
	if ago := r.At.Sub(max(y.soon, y.from)); ago > x.interval(r.Node)+max(0, y.soon.Sub(y.from))/10 && x.fails(JT2) {
		x.detail(JT2, r.At, []core.NodeID{r.Node}, "%s finds that %v ran too long %v after it has; it should look after %v", x.name(r.Node), job.ID(r.Fact.Job), ago, x.interval(r.Node))
	}
}

// disturbs reports whether the process could not look when it should have: it was paused, slow, or its clock was set.
func (x *times) disturbs(y *timeSeen) bool {
	k := &x.cold[y.node]
	return x.ctx.Unsteady || x.hot[y.node].paused || k.slow || k.impaired >= 0 && k.impaired >= min(y.soon, y.from)
}

// missed is how much later than it should a job may still not have been found out: whatever was in the way, it was not said.
const missed = core.Duration(60e9)

// overdue looks for jobs that take longer than they may and that nobody finds out about.
func (x *times) overdue(now core.Instant) {
	n := 0
	for _, y := range x.watch {
		if !y.open || x.ctx.Nodes[y.node].Role == core.RoleGate { // a gate waits for datacenters that have not answered (04-49)
			continue
		}
		x.watch[n] = y
		n++
		z := x.work.records[y.recordKey]
		held := z != nil && z.kept && !z.lost && !z.unknown && z.inst == y.inst && x.lives(z) && z.state >= job.StateDispatching && z.state < job.StateCompleting
		long := x.interval(y.node) + missed
		if !held || y.barred && !x.majority(x.clusterOf(y.node)) || y.due == never || y.local != never || x.disturbs(y) || !x.live(y.node) || !x.quiet(now, long) {
			continue
		}
		if late := now.Sub(max(y.soon, y.from)); late > long+max(0, y.soon.Sub(y.from))/10 && x.fails(JT2) {
			x.detail(JT2, now, []core.NodeID{y.node}, "%s holds %v %v, which should have ended %v ago", x.name(y.node), job.ID(y.job), z.state, late)
		}
	}
	x.watch = x.watch[:n]
}

// early takes that a node found that a job ran longer than it may.
func (x *times) early(r *trace.JobRecord, y *timeSeen, overall bool) {
	if overall && y.due != never && r.Local < y.due && x.fails(JT1) {
		x.detail(JT1, r.At, []core.NodeID{r.Node}, "%s finds that %v ran too long, %v before it has", x.name(r.Node), job.ID(r.Fact.Job), y.due.Sub(r.Local))
	}
}

func (x *times) granted(r *trace.JobRecord) {
	f, e := &r.Fact, &x.cfg.Extension
	d, left := core.Duration(f.Get("granted")), int(f.Get("left"))
	if d <= 0 {
		return
	}
	nth := e.Max - left
	if want := max(e.MinGrant, e.Base>>max(nth, 0)); (nth < 1 || d != want) && x.fails(JX1) {
		x.detail(JX1, r.At, []core.NodeID{r.Node, f.Node}, "%s grants %s %v as number %d of %d; it should be %v", x.name(f.Node), x.name(r.Node), d, nth, e.Max, want)
	}
}
