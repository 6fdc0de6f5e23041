package account

import (
	"slices"
	"strconv"
	"strings"

	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// noticed tells what members made of the event.
func (a *account) noticed(l *line, e *event) {
	switch t := e.truth(); {
	case t == metrics.TruthUnreachable && e.sides() <= 2:
		a.across(l, e)
	case t == metrics.TruthCrashed:
		a.crashed(l, e)
	case t != metrics.TruthNone:
		s := e.hit
		a.marked(l, query{truth: t, from: e.start, until: e.until(), subject: &s}, "the others", "")
	case e.row.Effect == fault.Disturbs:
		a.meanwhile(l, e)
	}
}

func (e *event) sides() int { return len(e.faults[0].Sides) }

// across tells what the two sides of a cut made of each other.
func (a *account) across(l *line, e *event) {
	in := e.inner()
	out := in
	out.out = true
	q := query{truth: metrics.TruthUnreachable, lived: true, from: e.start, until: e.until(), observer: &out, subject: &in}
	who := "the others"
	if len(e.faults) == 1 && e.sides() == 2 && e.faults[0].Sides[1] != nil && len(e.hit.ids)+len(e.faults[0].Sides[1]) < len(a.r.Nodes) {
		who = "the other side"
	}
	a.marked(l, q, who, " of it")
	q.observer, q.subject = &in, &out
	back := "it"
	switch {
	case who == "the other side":
		back = "the first"
	case len(in.ids) > 1:
		back = "those cut off"
	}
	a.marked(l, q, back, " of the others")
}

// marked tells whom of the subjects the observers called DEAD, or at least suspected.
func (a *account) marked(l *line, q query, who, rest string) {
	q.to = core.StateDead
	if m := a.marks(q); len(m.list) > 0 {
		ids, n := m.subjects()
		l.say("; ", who, " called ", a.who(ids, &n).words, " DEAD from ", m.first(), " on")
		return
	}
	q.to = core.StateSuspect
	if m := a.marks(q); len(m.list) > 0 {
		ids, n := m.subjects()
		l.say("; ", who, " suspected ", a.who(ids, &n).words, " from ", m.first(), " on")
		switch {
		case a.full && q.one():
			l.say(" and did not call it DEAD")
		case a.full:
			l.say(" and called nobody", rest, " DEAD")
		}
		return
	}
	switch {
	case a.full && q.one():
		l.say("; ", who, " did not suspect it")
	case a.full:
		l.say("; ", who, " suspected nobody", rest)
	}
}

// one reports whether there is one subject, which the sentence named.
func (q *query) one() bool { return q.subject != nil && !q.subject.out && len(q.subject.ids) == 1 }

// crashed tells how soon those who were down were found to be.
func (a *account) crashed(l *line, e *event) {
	s := e.hit
	q := query{to: core.StateDead, truth: metrics.TruthCrashed, from: e.start, until: e.last, crash: true, subject: &s}
	m := a.marks(q)
	least, most, ok := m.waits()
	if !ok {
		if a.full {
			l.say("; nobody called ", them(len(e.hit.ids)), " DEAD")
		}
		return
	}
	ids, n := m.subjects()
	switch {
	case len(e.hit.ids) == 1:
		l.say("; it was called DEAD ", least)
		if least.Value != most.Value {
			l.say(" to ", most)
		}
		l.say(" after it crashed")
	case len(ids) == len(e.hit.ids):
		l.say("; all were called DEAD, ", ends(least, most), " after they crashed")
	default:
		l.say("; ", n, " of them", plural(len(ids), " was", " were"), " called DEAD, ", ends(least, most), plural(len(ids), " after it crashed", " after they crashed"))
	}
	if by := m.lastOf(); by.Value > most.Value {
		l.say(", by the last observer ", by, " after")
	}
}

// ends are the words for the least and the most of what several took.
func ends(least, most Figure) []any {
	if least.Value == most.Value {
		return []any{least}
	}
	return []any{"the first ", least, " and the last ", most}
}

func them(n int) string { return plural(n, "it", "them") }

// meanwhile tells whom members doubted wrongly while the event lasted.
func (a *account) meanwhile(l *line, e *event) {
	q := query{to: core.StateSuspect, truth: metrics.TruthLive, from: e.start, until: e.until()}
	suspected := a.marks(q)
	q.to = core.StateDead
	dead := a.marks(q)
	switch {
	case len(suspected.list)+len(dead.list) == 0 && a.full:
		l.say("; nobody was suspected wrongly meanwhile")
	case len(dead.list) > 0:
		ids, n := dead.subjects()
		g := a.who(ids, &n)
		l.say("; meanwhile ", g.words, g.was(), "called DEAD wrongly")
	case len(suspected.list) > 0:
		ids, n := suspected.subjects()
		g := a.who(ids, &n)
		l.say("; meanwhile ", g.words, g.was(), "suspected wrongly")
		if a.full {
			l.say(", and nobody called DEAD")
		}
	}
}

// unreachable tells who held the datacenters that were cut off or down for unreachable.
func (a *account) unreachable(l *line, e *event) {
	if t := e.truth(); t != metrics.TruthUnreachable && t != metrics.TruthCrashed || len(e.hit.ids) == 0 {
		return
	}
	in := e.inner()
	sites, whole := a.sites(in.ids)
	if !whole || len(sites) == len(a.r.Sites) {
		return
	}
	from := Source{File: timeseries, Column: "t_s", Where: []string{
		"metric=" + words.DCReachability.String(), "value=" + strconv.Itoa(int(core.ReachUnreachable)), "labels~dc=" + strings.Join(sites, "|"),
	}}
	at := core.Never
	for i := range a.r.Series {
		p := &a.r.Series[i]
		if p.Metric != words.DCReachability.String() || p.Value != float64(core.ReachUnreachable) || p.At < e.start || p.At > e.until() {
			continue
		}
		_, dc, _ := strings.Cut(p.Labels, ";dc=")
		if slices.Contains(sites, dc) {
			at = min(at, p.At)
		}
	}
	if at == core.Never {
		return
	}
	from.Take, from.Where = "first", append(from.Where, "t_s>="+stamp(e.start))
	l.say("; gates held ", plural(len(sites), "that datacenter", "those datacenters"), " UNREACHABLE from ", instant(at, from), " on")
}
