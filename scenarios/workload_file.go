package scenarios

import (
	"cmp"
	"slices"

	"hypersim/scenarios/form"
	"hypersim/sim/fault"

	"hypersim/core"
)

// workloadKeys are those that each kind takes beside id, kind, from and to.
var workloadKeys = map[string]struct{ need, may []string }{
	WorkloadProgress: {need: []string{"target", "interval"}},
	WorkloadJobs:     {need: []string{"arrival"}, may: []string{"clients", "owner", "preference", "job", "mix"}},
	WorkloadProbe:    {need: []string{"gates", "pinned", "interval"}},
	WorkloadCancel:   {need: []string{"jobs"}, may: []string{"share", "delay", "via", "repeat", "workflows", "dependents"}},
	WorkloadStats:    {need: []string{"target", "arrival"}, may: []string{"record", "closed_loop"}},
	WorkloadQuery:    {need: []string{"arrival"}, may: []string{"clients", "target", "message"}},
}

// workloadKinds are the kinds that there are.
var workloadKinds = []string{WorkloadProgress, WorkloadJobs, WorkloadCancel, WorkloadStats, WorkloadQuery, WorkloadProbe}

// laterWorkloads are kinds of the format that need what does not exist yet.
var laterWorkloads = []string{"traffic"}

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
		w := Workload{ID: t.ID, Index: i, Kind: t.Kind, From: t.From, To: l.sc.Duration, Interval: val(t.Interval)}
		if t.To != nil {
			w.To = *t.To
		}
		l.lasts(&w, n, key)
		if l.workloadKind(t, n, key) {
			l.workload(&w, t, n, key)
		}
		l.sc.Workloads = append(l.sc.Workloads, w)
	}
	for i, k := range l.sc.WorkloadsByName() {
		l.sc.Workloads[k].scope = uint64(i) + 1
	}
	l.cancels(list)
	l.queries()
	l.jobWorld()
}

// workloadKind checks the kind of a workload, and that it has the keys of its kind.
func (l *loader) workloadKind(t *workloadT, n *form.Node, key string) bool {
	rule, ok := workloadKeys[t.Kind]
	switch at := n.Kid("kind"); {
	case at == nil:
		return false // reported
	case slices.Contains(laterWorkloads, t.Kind):
		l.b.Wrong(at, key+".kind", "workloads of this kind are not supported yet")
		return false
	case !ok:
		l.b.Wrong(at, key+".kind", "must be %s%s", form.OneOf(workloadKinds), form.DidYouMean(t.Kind, workloadKinds))
		return false
	}
	var all []string
	for _, kind := range workloadKinds {
		all = slices.Concat(all, workloadKeys[kind].need, workloadKeys[kind].may)
	}
	return l.onlyKeys(n, key, "a workload of kind "+t.Kind, rule.need, rule.may, all)
}

// lasts checks that a workload lies in the run.
func (l *loader) lasts(w *Workload, n *form.Node, key string) {
	if w.From < w.To && w.To <= l.sc.Duration {
		return
	}
	at := n.Kid("to")
	if at == nil {
		at = n.Kid("from")
	}
	if at != nil {
		l.b.Wrong(at, key, "lasts from %s to %s in a run of %s", form.FormatDuration(w.From), form.FormatDuration(w.To), form.FormatDuration(l.sc.Duration))
	}
}

// workload fills in what its kind has of its own.
func (l *loader) workload(w *Workload, t *workloadT, n *form.Node, key string) {
	switch t.Kind {
	case WorkloadProgress:
		if t.Target != nil {
			l.workers(t.Target)
			w.Target = t.Target
		}
	case WorkloadProbe:
		w.Probe = l.routeProbe(t, n, key)
	case WorkloadJobs:
		w.Jobs = l.jobs(t, n, key)
	case WorkloadStats:
		l.storm(w, t, n, key)
	case WorkloadQuery:
		w.Query = l.query(t, n, key)
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
	if !l.settled(s, "who works is fixed") {
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
	if w.Kind != WorkloadProgress && w.Kind != WorkloadJobs {
		l.b.Wrong(n.Kid("job"), key+".job", `is a workload of kind %q; this fault is for %q and %q`, w.Kind, WorkloadProgress, WorkloadJobs)
		return
	}
	for _, id := range f.Target.Fixed {
		if w.Target != nil && !w.Target.bad && !slices.Contains(w.Target.Fixed, id) {
			l.b.Wrong(f.Target.src, f.Target.key, "matches %s, which does not work for %q", l.sc.Nodes[id].Name, w.ID)
			return
		}
	}
}
