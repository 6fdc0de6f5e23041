package account

import (
	"math"
	"strings"

	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics"
)

// tell adds the sentences about one group of faults.
func (a *account) tell(group []*metrics.Fault) {
	e := a.event(group)
	if len(e.faults) < len(group) {
		a.never(group)
	}
	if len(e.faults) == 0 {
		return
	}
	l := &line{}
	l.out.Faults = e.ids
	if len(e.hit.ids) == 0 && len(e.faults[0].Sides) == 1 && e.faults[0].Sides[0] != nil {
		l.say(a.label(e), " found nobody")
		a.when(l, e)
		a.put(l)
		return
	}
	if e.truth() == metrics.TruthUnreachable {
		a.cut(l, e)
	} else {
		a.deed(l, e)
	}
	a.noticed(l, e)
	a.unreachable(l, e)
	a.agreed(l, e)
	a.put(l)
}

// never tells of faults that did not begin.
func (a *account) never(group []*metrics.Fault) {
	for _, f := range group {
		if f.Start == core.Never {
			l := &line{}
			l.out.Faults = []string{f.ID}
			l.say("the fault ", name(f.ID), " did not begin before the run ended")
			a.put(l)
		}
	}
}

// label names the faults of a group.
func (a *account) label(e *event) []any {
	if len(e.ids) == 1 {
		return []any{"the fault ", name(e.ids[0])}
	}
	return []any{count(len(e.ids), e.from("count", "fault")), " faults of kind " + string(e.row.Kind)}
}

// hits are the words for whom the event hit.
func (a *account) hits(e *event) group {
	if len(e.hit.ids) == 0 {
		return group{words: []any{"everybody"}, one: true}
	}
	total := 0
	for _, f := range e.faults {
		if len(f.Sides) > 0 {
			total += len(f.Sides[0])
		}
	}
	if total != len(e.hit.ids) { // some were hit by several: how many nodes they are stands in no file
		return a.who(e.hit.ids, nil)
	}
	n := count(total, e.from("sum", "nodes"))
	return a.who(e.hit.ids, &n)
}

// others are the words for the second side of the only fault of the event.
func (a *account) others(e *event) group {
	ids := e.faults[0].Sides[1]
	n := count(len(ids), e.from("sum", "others"))
	return a.who(ids, &n)
}

// deed tells what was done to whom, and when.
func (a *account) deed(l *line, e *event) {
	g := a.hits(e)
	switch {
	case e.row.Links:
		l.say(e.row.Deed)
		a.links(l, e, &g)
	case e.forGood():
		l.say(g.words, " ", e.row.Good)
	case e.row.Was:
		l.say(g.words, g.was(), e.row.Deed)
	default:
		l.say(g.words, " ", e.row.Deed)
	}
	a.detail(l, e)
	a.when(l, e)
}

// links tells whose links they were.
func (a *account) links(l *line, e *event, g *group) {
	sides := e.faults[0].Sides
	switch {
	case len(e.hit.ids) == 0, len(e.faults) == 1 && g.words[0] == "everybody" && (len(sides) == 1 || sides[1] == nil || a.others(e).words[0] == "everybody"):
		l.say(" everywhere")
	case len(e.faults) > 1:
		l.say(" on links of ", g.words)
	case len(sides) == 1:
		l.say(" on what ", g.words, " sent")
	case sides[1] == nil:
		l.say(" between ", g.words, " and everybody else")
	default:
		l.say(" between ", g.words, " and ", a.others(e).words)
	}
}

// cut tells who was cut off from whom, and when.
func (a *account) cut(l *line, e *event) {
	sides := e.faults[0].Sides
	again := ""
	if e.row.Kind == fault.Flap {
		again = " again and again"
	}
	switch {
	case len(sides) > 2:
		l.say("the cluster was split into parts")
	case len(e.faults) > 1 || len(sides) < 2 || sides[1] == nil || len(sides[0])+len(sides[1]) == len(a.r.Nodes):
		g := a.hits(e)
		if s := e.inner(); s.nth > 0 {
			g = a.others(e)
		}
		l.say(g.words, g.was(), "cut off"+again)
	default:
		verb := " could not talk to "
		if strings.Contains(e.faults[0].Detail, oneWay) {
			verb = " could not send to "
		}
		l.say(a.hits(e).words, verb, a.others(e).words)
		if again != "" {
			l.say(again)
		}
	}
	a.detail(l, e)
	a.when(l, e)
}

// inner is the smaller side of a cut.
func (e *event) inner() side {
	if len(e.faults) == 1 {
		if sides := e.faults[0].Sides; len(sides) == 2 && sides[1] != nil && len(sides[1]) < len(sides[0]) {
			return side{faults: e.ids, nth: 1, ids: sides[1]}
		}
	}
	return e.hit
}

// detail tells how much, if all faults of the event have it in common.
func (a *account) detail(l *line, e *event) {
	d := e.faults[0].Detail
	for _, f := range e.faults {
		if f.Detail != d {
			return
		}
	}
	if d != "" {
		l.say(" (", name(d), ")")
	}
}

// when tells from when to when, and how often.
func (a *account) when(l *line, e *event) {
	start := instant(e.start, e.from("first", "start_s"))
	if len(e.faults) > 1 && e.faults[0].Start != e.faults[len(e.faults)-1].Start || e.episodes > len(e.faults) {
		l.say(", ", count(e.episodes, e.from("sum", "episodes")), " times from ", start)
		switch {
		case e.goesOn() && e.truth() != metrics.TruthCrashed:
			l.say(" to the end")
		case e.last > e.start:
			l.say(" to ", instant(e.last, e.from("last", "last_s")))
		}
		return
	}
	switch {
	case e.end != core.Never && e.end >= e.start:
		l.say(" from ", start, " to ", instant(e.end, e.from("last", "end_s")))
	case e.goesOn() && !e.forGood():
		l.say(" from ", start, " to the end")
	default:
		l.say(" at ", start)
	}
}

// agreed tells how long it took until all views were right again.
func (a *account) agreed(l *line, e *event) {
	if e.truth() == metrics.TruthCrashed && e.end == core.Never {
		return // a view that suspects a crashed member is right already
	}
	least, most, never := math.Inf(1), math.Inf(-1), 0
	for _, f := range e.faults {
		switch {
		case f.Spread: // its effects come later than its edges
			return
		case f.Agreed == core.Never:
			never++
		default:
			v := f.Agreed.Sub(f.Last).Seconds()
			least, most = min(least, v), max(most, v)
		}
	}
	after := " later"
	if e.end != core.Never {
		after = " after it ended"
	}
	waits := "agreed_s-last_s"
	switch {
	case never == len(e.faults):
		l.say("; not all agreed again before the run ended")
	case never > 0:
		l.say("; after ", count(len(e.faults)-never, e.from("count", "agreed_s")), " of ", count(len(e.faults), e.from("count", "fault")),
			" all agreed again before the next")
	case most == 0 && e.goesOn(): // that nobody was at odds when it began says nothing
	case most == 0 && e.end != core.Never:
		l.say("; all agreed ", plural(e.episodes, "when it ended", "when the last ended")) // what they believed before that is another matter
	case most == 0:
		l.say("; all agreed at once")
	case least != most:
		l.say("; all agreed again ", seconds(least, e.from("first", waits)), " to ", seconds(most, e.from("last", waits)), " after each")
	default:
		l.say("; all agreed again ", seconds(most, e.from("last", waits)), after)
	}
}
