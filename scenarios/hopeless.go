package scenarios

import (
	"fmt"
	"hypersim/sim/metrics/words"
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// What can be run and will not do what a person means by it: each is a warning of its own, and all are told in one
// round, before the time for the run is spent.

// occurrencesMany is how many happenings of a fault at nodes are worth a word: each is remembered to the end.
const occurrencesMany = 100_000

func (l *loader) hopeless() {
	l.lateStarts()
	l.records()
	l.occurrences()
	l.slowHosts()
}

func (l *loader) warn(format string, args ...any) {
	l.sc.Warnings = append(l.sc.Warnings, fmt.Sprintf(format, args...))
}

// lateStarts tells of nodes whose turn in a cold start comes after the end.
func (l *loader) lateStarts() {
	sc, late, all := l.sc, 0, 0
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		if n.Ghost || n.Absent {
			continue
		}
		all++
		if n.Start >= sc.Duration {
			late++
		}
	}
	if late > 0 {
		l.warn("cluster.start.over is %s, the run ends after %s: %d of %d nodes never start", form.FormatDuration(sc.Cluster.ColdOver),
			form.FormatDuration(sc.Duration), late, all)
	}
}

// records tells of groups with more members than one of them may keep in mind.
func (l *loader) records() {
	sc := l.sc
	most := sc.Protocol.Configs[0].Swim.Membership.MaxMembers
	for i := range sc.Protocol.Configs {
		most = min(most, sc.Protocol.Configs[i].Swim.Membership.MaxMembers)
	}
	for _, g := range sc.Groups {
		if g.Count > most {
			l.warn("group %s has %d members, but protocol.membership.max_members lets a member keep %d: the rest stay unknown to it for ever",
				g.Name, g.Count, most)
		}
	}
}

// slowHosts tells of hosts that take longer for a message than there is time, on average: nothing of that class is
// answered, and everybody is held dead.
func (l *loader) slowHosts() {
	sc, all := l.sc, 0
	var count [core.NumRoles]int
	for i := range sc.Nodes {
		if !sc.Nodes[i].Ghost {
			count[sc.Nodes[i].Role]++
			all++
		}
	}
	for class := range core.NumClasses {
		slow, mean := 0, 0.0
		for role := range sc.Node {
			d, err := sc.Node[role].Service[class].Build()
			if m := d.Mean(); err == nil && count[role] > 0 && m >= sc.Duration.Seconds() {
				slow, mean = slow+count[role], max(mean, m)
			}
		}
		if slow > 0 {
			l.warn("node.service of class %s is %.6gs on average, the run ends after %s: %d of %d nodes do not get done with their first message",
				core.Class(class), mean, form.FormatDuration(sc.Duration), slow, all)
		}
	}
}

// occurrences tells of a fault that happens more often than a person will look at.
func (l *loader) occurrences() {
	for i := range l.sc.Faults {
		f := &l.sc.Faults[i]
		if times := f.Times() * float64(max(1, f.hits(l.sc))); times >= occurrencesMany {
			l.warn("fault %q happens %.0f times, over all its nodes: the run takes long and much memory, and its pictures show a grey bar; a larger repeat.every says the same",
				f.ID, times)
		}
	}
}

// kindsDrawn are the forms of pictures that there are, of those that a file may name.
var kindsDrawn = []string{"area", "ecdf", "gantt", "heatmap", "hist", "line", "scatter", "strip"}

// seriesLabels are carried by what is kept over time, beside the labels of a metric's observations.
var seriesLabels = []string{"stat"}

// undrawn tells of a picture that a run will not draw, and why.
func (l *loader) undrawn(p *Plot, key string) {
	skip := func(format string, args ...any) {
		l.warn("%s of %s is not drawn: %s", key, p.Metric, fmt.Sprintf(format, args...))
	}
	from, to := core.Duration(0), l.sc.Duration
	if p.From != nil {
		from = *p.From
	}
	if p.To != nil {
		to = *p.To
	}
	m := findMetric(p.Metric)
	switch {
	case m == nil: // refused already
	case !slices.Contains(kindsDrawn, p.Kind):
		skip("there is no kind %q yet%s", p.Kind, form.Has(kindsDrawn))
	case p.Kind == "gantt" && p.Metric != words.CoreSeconds.String():
		skip("a gantt chart shows the shards that %s counts", words.CoreSeconds)
	case p.X != "" && p.X != "time" && p.X != "t":
		skip("x = %q is a key of a sweep, and the pictures of one run have time only", p.X)
	case from >= to:
		skip("its window ends at %s, and begins at %s", form.FormatDuration(to), form.FormatDuration(from))
	default:
		for _, label := range p.Split {
			switch {
			case slices.Contains(m.Labels, label) || slices.Contains(seriesLabels, label):
			case label == "variant" || strings.Contains(label, "."):
				skip("split by %q tells the runs of a sweep apart, and a picture is of one run", label)
			default:
				skip("its values carry no label %q to split by%s%s", label, form.Has(m.Labels), form.DidYouMean(label, m.Labels))
			}
		}
	}
}
