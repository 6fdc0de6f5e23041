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
	JT3 = rule("I-JT3", "a manager of gates decides that a job timed out only long after it found so, and heard of no gate", "spec 20 §12")
	JT4 = rule("I-JT4", "the time of a job goes on when another takes it over", "spec 20 §12, §6.7")
	JX1 = rule("I-JX1", "each extension is half of the one before, and there are so many", "spec 20 §12")
)

var _ = judge(func(c *Checker, on *hooks) {
	x := &times{Checker: c, of: map[recordKey]*timeSeen{}, began: map[siteJob]core.Instant{}, cfg: jobtimeout.Default()}
	if c.ctx.Timeouts != nil {
		x.cfg = *c.ctx.Timeouts
	}
	on.jobFact(x.deadline, core.JobFactDeadline)
	on.jobFact(x.timeout, core.JobFactTimeout)
	on.jobFact(x.granted, core.JobFactAsked)
})

// times is what nodes say of how long jobs may take.
type times struct {
	*Checker
	of    map[recordKey]*timeSeen
	began map[siteJob]core.Instant // when its time began in a datacenter, or for all of it
	cfg   jobtimeout.Config
}

// siteJob is a job in a datacenter, or all of it.
type siteJob struct {
	site int
	job  uint64
}

// timeSeen is what a process says of a job. Times are on its clock.
type timeSeen struct {
	inst  uint32
	due   core.Instant // it may take until then
	local core.Instant // it found that it takes too long; never
}

// While nobody holds a job its time may stand still, for as long as that lasts. Who counts less than resumeLeast of one that is older than
// resumeSlack has forgotten all of it.
const (
	resumeLeast = core.Duration(1e9)
	resumeSlack = core.Duration(30e9)
)

func (x *times) deadline(r *trace.JobRecord) {
	f := &r.Fact
	y := x.seen(r)
	y.due = r.Local.Add(core.Duration(f.Get("effective") - f.Get("elapsed")))
	key := siteJob{x.speaksOf(r.Node), f.Job}
	first, known := x.began[key]
	switch e := jobtimeout.Event(f.To); {
	case !known:
		x.began[key] = r.At.Add(-core.Duration(f.Get("elapsed")))
	case e == jobtimeout.EventResume && !x.ctx.Unsteady:
		if is := core.Duration(f.Get("elapsed")); is < resumeLeast && r.At.Sub(first) > resumeSlack && x.fails(JT4) {
			x.detail(JT4, r.At, []core.NodeID{r.Node}, "%s takes %v over and counts %v of it; its time began %v ago", x.name(r.Node), job.ID(f.Job), is, r.At.Sub(first))
		}
	}
}

func (x *times) seen(r *trace.JobRecord) *timeSeen {
	key := recordKey{r.Node, r.Fact.Job}
	y := x.of[key]
	if y == nil || y.inst != r.Inst {
		y = &timeSeen{inst: r.Inst, due: never, local: never}
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
		x.early(r, y, kind == jobtimeout.KindOverall)
	case jobtimeout.EventWithdrawn:
		y.local = never
	case jobtimeout.EventDeclared:
		x.early(r, y, rule == jobtimeout.RuleOverall || rule == jobtimeout.RuleLocal && kind == jobtimeout.KindOverall)
	case jobtimeout.EventFallback:
		if y.local != never && r.Local.Sub(y.local) < x.cfg.Job.Fallback && x.fails(JT3) { // of a holder before it, it need not say when that was
			x.detail(JT3, r.At, []core.NodeID{r.Node}, "%s ends %v for its time by itself, %v after it found that; it has to wait %v for a gate", x.name(r.Node), job.ID(f.Job), r.Local.Sub(y.local), x.cfg.Job.Fallback)
		}
	default:
	}
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
