package plot

import (
	"slices"

	"hypersim/analysis"
)

// health shows how members judge themselves, the local health score, and how much news waits in their queues.
func health(run *analysis.Run) *figure {
	scores, _ := run.Samples("lhm_score")
	if len(scores) == 0 {
		return nil
	}
	f := overTime(run, "health", "Local health and gossip queues")
	f.note = "local health score: 0 is well, 8 the worst; a node with a high score waits longer before it suspects others"
	p := newPanel(runTime(run), axis{label: "local health score", lo: -0.15, hi: 8.3})
	p.title = "Local health score, by role"
	lines := split(scores, []string{"role", "stat"})
	for _, role := range byRole(split(scores, []string{"role"}).words()) {
		p.line("highest "+role, stroke(roleColor(role), 0), true, lines.xy(role+", max"))
		p.line("mean "+role, stroke(roleColor(role), 2), true, lines.xy(role+", mean"))
	}
	if p.ranges.y1 > 0 {
		f.panels = []*panel{p}
	} else {
		f.note = "the local health score of every member was 0 throughout: well"
	}
	queues, _ := run.Samples("queue_depth")
	queues = slices.DeleteFunc(queues, func(s analysis.Sample) bool { return s.Labels.Get("stat") == "mean" })
	if len(queues) > 0 {
		q := newPanel(runTime(run), axis{label: "updates (log of 1 + n)", kind: counts})
		q.title = "Longest gossip queue, by role"
		lines := split(queues, []string{"role"})
		for _, role := range byRole(lines.words()) {
			q.line(plural(role), stroke(roleColor(role), indexOf(roleOrder, role)), true, lines.xy(role))
		}
		if q.ranges.y1 > 0 {
			f.panels = append(f.panels, q)
		}
	}
	if len(f.panels) == 0 {
		return nil
	}
	return f
}
