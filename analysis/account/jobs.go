package account

import (
	"slices"

	"hypersim/core"
	"hypersim/sim/metrics"
)

// Files about jobs.
const (
	jobsFile      = "jobs.csv"
	workflowsFile = "workflows.csv"
)

// endings are the words for outcomes, for one job and for several, in the order in which they are told.
var endings = []struct{ outcome, one, many string }{
	{"COMPLETED", " completed", " completed"},
	{"FAILED", " failed", " failed"},
	{"CANCELLED", " was cancelled", " were cancelled"},
	{"TIMEOUT", " ran out of time", " ran out of time"},
	{"REJECTED", " was refused", " were refused"},
	{"SUBMIT_UNKNOWN", " was given up without a word whether it had arrived", " were given up without a word whether they had arrived"},
	{"JOB_LOST", " was lost", " were lost"},
	{"UNFINISHED", " had not ended when the run did", " had not ended when the run did"},
}

// jobs tells how the jobs ended, and what became of shards that workers lost.
func (a *account) jobs() {
	n := len(a.r.Jobs)
	if n == 0 || !a.full {
		return
	}
	by := map[string]int{}
	for i := range a.r.Jobs {
		by[a.r.Jobs[i].OutcomeName()]++
	}
	from := func(where ...string) Source {
		return Source{File: jobsFile, Take: "count", Column: "job", Where: where}
	}
	l := &line{}
	l.say(count(n, from()), plural(n, " job was handed in: ", " jobs were handed in: "))
	sep := ""
	for _, e := range endings {
		if k := by[e.outcome]; k > 0 {
			l.say(sep, count(k, from("outcome="+e.outcome)), plural(k, e.one, e.many))
			sep = ", "
		}
	}
	a.put(l)
	a.losses()
}

// loss is what a worker lost with its process.
type loss struct {
	worker core.NodeID
	first  core.Instant
	shards int
	flows  []uint64
}

// lossesMost is how many workers are told of one by one, flowsMost of how many workflows it is told what became of them.
const (
	lossesMost = 3
	flowsMost  = 50
)

func (a *account) losses() {
	var list []loss
	for i := range a.r.Runs {
		x := &a.r.Runs[i]
		if x.End != metrics.RunLost {
			continue
		}
		k := slices.IndexFunc(list, func(l loss) bool { return l.worker == x.Worker })
		if k < 0 {
			k = len(list)
			list = append(list, loss{worker: x.Worker, first: x.Stop})
		}
		o := &list[k]
		o.shards++
		o.first = min(o.first, x.Stop)
		if !slices.Contains(o.flows, x.Workflow) && len(o.flows) <= flowsMost {
			o.flows = append(o.flows, x.Workflow)
		}
	}
	slices.SortStableFunc(list, func(x, y loss) int { return int(min(1, max(-1, x.first-y.first))) })
	if len(list) > lossesMost {
		a.manyLosses(list)
		return
	}
	for i := range list {
		a.lost(&list[i])
	}
}

func (a *account) manyLosses(list []loss) {
	shards, first := 0, core.Never
	for i := range list {
		shards, first = shards+list[i].shards, min(first, list[i].first)
	}
	from := func(take, column string, where ...string) Source {
		return Source{File: workflowsFile, Take: take, Column: column, Where: append([]string{"end=lost"}, where...)}
	}
	l := &line{}
	l.say(count(shards, from("count", "worker")), " shards were lost with ", count(len(list), from("distinct", "worker")), " workers, the first at ",
		instant(first, from("first", "end_s")))
	a.put(l)
}

// lost tells of one worker, and of what ran again.
func (a *account) lost(o *loss) {
	who := a.r.Nodes[o.worker].Name
	from := func(take, column string) Source {
		return Source{File: workflowsFile, Take: take, Column: column, Where: []string{"end=lost", "worker=" + who}}
	}
	l := &line{}
	l.say(name(who), " lost ", count(o.shards, from("count", "worker")), plural(o.shards, " shard", " shards"), " with its process",
		plural(o.shards, " at ", ", first at "), instant(o.first, from("first", "end_s")))
	if len(o.flows) <= flowsMost {
		a.ranAgain(l, o)
	}
	a.put(l)
}

// ranAgain tells which workflows that lost a shard began anew after that.
func (a *account) ranAgain(l *line, o *loss) {
	var again, never []uint64
	first := core.Never
	for _, w := range o.flows {
		at := a.anew(w, o.first)
		if at == core.Never {
			never = append(never, w)
			continue
		}
		again, first = append(again, w), min(first, at)
	}
	if n := len(again); n > 0 {
		where := []string{"workflow=" + flowWords(again), "attempt>=2", "start_s>=" + stamp(o.first)}
		l.say("; ", count(n, Source{File: workflowsFile, Take: "distinct", Column: "workflow", Where: where}), plural(n, " workflow of them ran again, from ", " workflows of them ran again, from "),
			instant(first, Source{File: workflowsFile, Take: "first", Column: "start_s", Where: where}), " on")
	}
	if n := len(never); n > 0 {
		l.say("; ", count(n, Source{File: workflowsFile, Take: "distinct", Column: "workflow", Where: []string{"workflow=" + flowWords(never)}}),
			plural(n, " did not run again", " did not run again"))
	}
}

// anew returns when a workflow began a further attempt after an instant, core.Never if it did not.
func (a *account) anew(w uint64, after core.Instant) core.Instant {
	at := core.Never
	for i := range a.r.Runs {
		if x := &a.r.Runs[i]; x.Workflow == w && x.Attempt >= 2 && x.Start >= after {
			at = min(at, x.Start)
		}
	}
	return at
}

func flowWords(list []uint64) string {
	out := ""
	for i, w := range list {
		if i > 0 {
			out += "|"
		}
		out += metrics.WorkflowName(w)
	}
	return out
}
