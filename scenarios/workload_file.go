package scenarios

import (
	"cmp"
	"slices"

	"hypersim/core"
)

// WorkloadProgress is work without jobs: each target worker reports progress to its owner once per interval.
const WorkloadProgress = "progress"

// Workload is some work. Its scope in the job layer of failure detection (spec 10 §8) is its turn
// by name, from 1, so that the order in a file means nothing.
type Workload struct {
	ID       string
	Index    int // position in the file, from 0
	scope    uint64
	Kind     string
	From, To core.Duration // first report no earlier, end of the scope
	Target   *Selector     // who works
	Interval core.Duration
}

// Scope is the number under which nodes know the work.
func (w *Workload) Scope() uint64 { return w.scope }

type workloadT struct {
	ID       string         `key:"id" required:"true" doc:"unique"`
	Kind     string         `key:"kind" required:"true" doc:"progress: each target reports progress of one scope to its owner"`
	From     core.Duration  `key:"from" range:"[0,inf)" doc:"start of the work (default 0s)"`
	To       *core.Duration `key:"to" range:"(0,inf)" doc:"end of the work (default: the end of the run)"`
	Target   *Selector      `key:"target" required:"true" doc:"the workers that do it"`
	Interval core.Duration  `key:"interval" required:"true" range:"[0.001,inf)" doc:"time between reports; each worker has a phase of its own"`
}

// laterWorkloads are kinds of the format that need jobs.
var laterWorkloads = []string{"jobs", "stats", "cancel"}

// workloads resolves [[workload]].
func (l *loader) workloads(list []workloadT) {
	seen := map[string]int{}
	for i := range list {
		t := &list[i]
		n, key := l.root.kid("workload").items[i], element("workload", i)
		if first, twice := seen[t.ID]; twice && t.ID != "" {
			l.b.wrong(n.kid("id"), key+".id", "is the id of workload[%d] too", first)
		}
		seen[t.ID] = i
		w := Workload{ID: t.ID, Index: i, Kind: t.Kind, From: t.From, To: l.sc.Duration, Interval: t.Interval}
		if t.To != nil {
			w.To = *t.To
		}
		if at := n.kid("kind"); at != nil && t.Kind != WorkloadProgress {
			if slices.Contains(laterWorkloads, t.Kind) {
				l.b.wrong(at, key+".kind", "workloads of this kind are not supported yet")
			} else {
				l.b.wrong(at, key+".kind", "must be %q", WorkloadProgress)
			}
		}
		if w.From >= w.To || w.To > l.sc.Duration {
			at := n.kid("to")
			if at == nil {
				at = n.kid("from")
			}
			if at != nil {
				l.b.wrong(at, key, "lasts from %s to %s in a run of %s", formatDuration(w.From), formatDuration(w.To), formatDuration(l.sc.Duration))
			}
		}
		if t.Target != nil {
			l.workers(t.Target)
			w.Target = t.Target
		}
		l.sc.Workloads = append(l.sc.Workloads, w)
	}
	for i, k := range l.sc.WorkloadsByName() {
		l.sc.Workloads[k].scope = uint64(i) + 1
	}
}

// WorkloadsByName returns the places of the workloads in the order of their names, which is that of their scopes.
func (s *Scenario) WorkloadsByName() []int {
	order := make([]int, len(s.Workloads))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(s.Workloads[a].ID, s.Workloads[b].ID), cmp.Compare(a, b))
	})
	return order
}

// workers resolves a selector that may name workers only.
func (l *loader) workers(s *Selector) {
	s.resolve(l.b, l.sc, true)
	if s.bad {
		return
	}
	if s.Draws() {
		l.b.wrong(s.src, s.key, "count and pct cannot be used here: who works is fixed")
		return
	}
	if l.flat() {
		l.b.wrong(s.src, s.key, "in a flat group nobody owns a worker that could report to it")
		return
	}
	for _, id := range s.Fixed {
		if n := &l.sc.Nodes[id]; n.Role != core.RoleWorker {
			l.b.wrong(s.src, s.key, "matches %s; only workers work", n.Name)
			return
		}
	}
}

// stuckFault checks and copies what a stuck-workflow fault has of its own.
func (l *loader) stuckFault(f *Fault, t *faultT, n *node, key string) {
	if t.Job == nil || n.kid("job") == nil {
		return // reported
	}
	f.Workload = slices.IndexFunc(l.sc.Workloads, func(w Workload) bool { return w.ID == *t.Job })
	if f.Workload < 0 {
		var ids []string
		for i := range l.sc.Workloads {
			ids = append(ids, l.sc.Workloads[i].ID)
		}
		l.b.wrong(n.kid("job"), key+".job", "no workload %q%s%s", *t.Job, has(ids), didYouMean(*t.Job, ids))
		return
	}
	if f.Target == nil || f.Target.bad {
		return
	}
	w := &l.sc.Workloads[f.Workload]
	for _, id := range f.Target.Fixed {
		if w.Target != nil && !w.Target.bad && !slices.Contains(w.Target.Fixed, id) {
			l.b.wrong(f.Target.src, f.Target.key, "matches %s, which does not work for %q", l.sc.Nodes[id].Name, w.ID)
			return
		}
	}
}
