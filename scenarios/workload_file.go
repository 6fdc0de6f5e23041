package scenarios

import (
	"cmp"
	"slices"

	"hypersim/scenarios/form"
	"hypersim/sim/fault"

	"hypersim/core"
)

// laterWorkloads are kinds of the format that need jobs.
var laterWorkloads = []string{"jobs", "stats", "cancel"}

// workloads resolves [[workload]].
func (l *loader) workloads(list []workloadT) {
	seen := map[string]int{}
	for i := range list {
		t := &list[i]
		n, key := l.root.Kid("workload").Items[i], form.Element("workload", i)
		if first, twice := seen[t.ID]; twice && t.ID != "" {
			l.b.Wrong(n.Kid("id"), key+".id", "is the id of workload[%d] too", first)
		}
		seen[t.ID] = i
		w := Workload{ID: t.ID, Index: i, Kind: t.Kind, From: t.From, To: l.sc.Duration, Interval: t.Interval}
		if t.To != nil {
			w.To = *t.To
		}
		if at := n.Kid("kind"); at != nil && t.Kind != WorkloadProgress {
			if slices.Contains(laterWorkloads, t.Kind) {
				l.b.Wrong(at, key+".kind", "workloads of this kind are not supported yet")
			} else {
				l.b.Wrong(at, key+".kind", "must be %q", WorkloadProgress)
			}
		}
		if w.From >= w.To || w.To > l.sc.Duration {
			at := n.Kid("to")
			if at == nil {
				at = n.Kid("from")
			}
			if at != nil {
				l.b.Wrong(at, key, "lasts from %s to %s in a run of %s", form.FormatDuration(w.From), form.FormatDuration(w.To), form.FormatDuration(l.sc.Duration))
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
		l.b.Wrong(s.src, s.key, "count and pct cannot be used here: who works is fixed")
		return
	}
	if l.flat() {
		l.b.Wrong(s.src, s.key, "in a flat group nobody owns a worker that could report to it")
		return
	}
	for _, id := range s.Fixed {
		if n := &l.sc.Nodes[id]; n.Role != core.RoleWorker {
			l.b.Wrong(s.src, s.key, "matches %s; only workers work", n.Name)
			return
		}
	}
}

// workRules are the faults of workloads.
var workRules = map[fault.Kind]faultRule{
	fault.StuckWorkflow: {need: []string{"target", "job"}, check: checkStuck,
		detail: func(sc *Scenario, f *Fault) []string { return say(true, "workload %s", sc.Workloads[f.Workload].ID) }},
}

// checkStuck checks and copies what a stuck-workflow fault has of its own.
func checkStuck(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	if t.Job == nil || n.Kid("job") == nil {
		return // reported
	}
	f.Workload = slices.IndexFunc(l.sc.Workloads, func(w Workload) bool { return w.ID == *t.Job })
	if f.Workload < 0 {
		var ids []string
		for i := range l.sc.Workloads {
			ids = append(ids, l.sc.Workloads[i].ID)
		}
		l.b.Wrong(n.Kid("job"), key+".job", "no workload %q%s%s", *t.Job, form.Has(ids), form.DidYouMean(*t.Job, ids))
		return
	}
	if f.Target == nil || f.Target.bad {
		return
	}
	w := &l.sc.Workloads[f.Workload]
	for _, id := range f.Target.Fixed {
		if w.Target != nil && !w.Target.bad && !slices.Contains(w.Target.Fixed, id) {
			l.b.Wrong(f.Target.src, f.Target.key, "matches %s, which does not work for %q", l.sc.Nodes[id].Name, w.ID)
			return
		}
	}
}
