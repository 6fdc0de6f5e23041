package scenarios

import (
	"fmt"
	"regexp"
	"slices"

	"hypersim/scenarios/claim"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/sim/metrics/words"
)

var statForm = regexp.MustCompile(`^p[0-9]{1,2}(\.[0-9]{1,3})?$`)

var statWords = []string{"count", "sum", "mean", "sd", "min", "max", "all", "first", "last", "rate", "slope"}

// isStat reports whether there is such a statistic.
func isStat(text string) bool { return slices.Contains(statWords, text) || statForm.MatchString(text) }

// expects resolves the expectations.
func (l *loader) expects(list []expectT) {
	seen := map[string]int{}
	for i := range list {
		t := &list[i]
		key := form.Element("expect", i)
		n := l.root.Kid("expect").Items[i]
		if first, twice := seen[t.ID]; twice && t.ID != "" {
			l.b.Wrong(n.Kid("id"), key+".id", "is the id of expect[%d] too", first)
		} else {
			seen[t.ID] = i
		}
		if t.Invariant != "" || n.Kid("invariant") != nil {
			l.invariant(t, n, key)
			l.applies[i] = true
			continue
		}
		if e, ok := l.expect(t, n, key); ok {
			l.applies[i] = e.Applies
			l.sc.Expects = append(l.sc.Expects, e)
		}
	}
}

var invariantForm = regexp.MustCompile(`^I-[A-Z]{1,2}[0-9]{1,2}$`)

func (l *loader) invariant(t *expectT, n *form.Node, key string) {
	at := n.Kid("invariant")
	switch {
	case !invariantForm.MatchString(t.Invariant):
		l.b.Wrong(at, key+".invariant", `must be the number of an invariant, such as "I-M28"`)
	case t.Disable == nil || !*t.Disable:
		l.b.Wrong(at, key+".invariant", "invariants are always on; an expectation can only turn one off, with disable = true")
	case t.Why == "":
		l.b.Missing(n, key+".why", "turning an invariant off needs a reason")
	case t.Metric != "":
		l.b.Wrong(n.Kid("metric"), key+".metric", "an expectation is about a metric or an invariant, not both")
	default:
		l.sc.Disabled = append(l.sc.Disabled, DisabledInvariant{ID: t.Invariant, Why: t.Why})
	}
}

func (l *loader) expect(t *expectT, n *form.Node, key string) (claim.Claim, bool) {
	before := len(l.b.Problems)
	e := claim.Claim{ID: t.ID, Metric: t.Metric, Where: t.Where.where(), Stat: or(t.Stat, "p50"), Level: claim.ParseLevel(t.Level), Why: t.Why, Applies: true}
	if n.Kid("metric") == nil {
		if n.Kid("event") == nil && n.Kid("order") == nil && n.Kid("same_digest_as") == nil {
			l.b.Missing(n, key+".metric", "an expectation needs one")
		}
		return e, false
	}
	e.Applies = l.when(t.When)
	unit := l.observable(t.Metric, t.Where, n, key, e.Applies)
	m := findMetric(t.Metric)
	if m == nil {
		unit = unknownUnit
	}
	if m != nil && m.Drawn() {
		l.b.Wrong(n.Kid("metric"), key+".metric", "is a time series of states: it can be drawn, not judged")
	}
	if !isStat(e.Stat) {
		l.b.Wrong(n.Kid("stat"), key+".stat", `must be %s, or a quantile such as "p95"%s`, form.OneOf(statWords), form.DidYouMean(t.Stat, statWords))
	}
	for _, other := range []struct {
		t    *observableT
		to   **claim.Other
		name string
	}{{t.Minus, &e.Minus, "minus"}, {t.Ratio, &e.Ratio, "ratio"}} {
		if other.t == nil || n.Kid(other.name) == nil {
			continue
		}
		otherUnit := l.observable(other.t.Metric, other.t.Where, n.Kid(other.name), form.Join(key, other.name), e.Applies)
		*other.to = &claim.Other{Metric: other.t.Metric, Where: other.t.Where.where()}
		if other.name == "minus" && unit != "" && otherUnit != "" && unit != otherUnit {
			l.b.Wrong(n.Kid("minus"), key+".minus", "is in %s, %s is in %s", otherUnit, t.Metric, unit)
		}
	}
	if t.Minus != nil && t.Ratio != nil {
		l.b.Wrong(n.Kid("ratio"), key+".ratio", "minus and ratio cannot both be given")
	}
	switch {
	case e.Stat == "count":
		unit = "count"
	case e.Ratio != nil:
		unit = "1"
	case e.Stat == "rate" && findMetric(t.Metric) != nil && findMetric(t.Metric).PerNodeHour:
		unit = hourRateUnit
	case e.Stat == "rate":
		unit = "1/s"
	case e.Stat == "slope":
		unit += "/s"
	}
	if e.Versus = l.versus(t, n, key, &e); e.AsRatio {
		unit = "1"
	}
	e.Unit = unit
	l.window(t, n, key, &e)
	off := t.Since != nil && t.Since.off
	if w := t.Window; w != nil {
		off = off || w.From != nil && w.From.off || w.To != nil && w.To.off
	}
	e.Applies = l.bounds(t, n, key, &e) && !off && e.Applies
	l.across(t, n, key, &e)
	return e, len(l.b.Problems) == before
}

// observable checks a metric and its labels and returns the unit. What a filter names must exist in the
// scenario if this run is one that the claim is about.
func (l *loader) observable(name string, where labelsT, n *form.Node, key string, applies bool) string {
	at := n.Kid("metric")
	if at == nil || name == "" {
		return ""
	}
	m := findMetric(name)
	switch {
	case m == nil && slices.Contains(words.Later(), name):
		l.b.Wrong(at, key+".metric", "jobs, routing and flow control are not supported yet, so nothing measures it")
		return ""
	case m == nil:
		l.b.Wrong(at, key+".metric", "no such metric%s", form.DidYouMean(name, words.Names()))
		return ""
	}
	l.filter(m, where, n, form.Join(key, "where"), applies)
	return m.Unit
}

// filter checks the labels of a filter. One that can select nothing would let every claim hold.
func (l *loader) filter(m *words.Def, where labelsT, n *form.Node, key string, applies bool) {
	before := len(l.b.Problems)
	for i := range where {
		w := &where[i]
		at, k := n.Kid("where").Kid(w.spelled()), form.Join(key, w.spelled())
		switch {
		case at == nil:
		case len(m.Labels) == 0:
			l.b.AtKey(at, k, "%s has no labels: it is about all nodes at once", m.Name)
		case !slices.Contains(m.Labels, w.key):
			l.b.AtKey(at, k, "%s has no such label%s%s", m.Name, form.Has(m.Labels), form.DidYouMean(w.key, m.Labels))
		case applies && l.sc.Topology != nil:
			for _, v := range w.values {
				l.labelValue(m, at, k, w.key, v)
			}
		}
	}
	if !applies || l.sc.Topology == nil || len(l.b.Problems) > before {
		return
	}
	if label, empty := l.empty(m, where); empty {
		if at := n.Kid("where").Kid(label); at != nil {
			l.b.AtKey(at, form.Join(key, label), "no node is all that is asked for, so nothing is selected")
		}
	}
}

func (l *loader) window(t *expectT, n *form.Node, key string, e *claim.Claim) {
	from, to := l.sc.Warmup, l.sc.Duration
	e.Window = &claim.Window{}
	if t.Window != nil {
		if t.Window.From != nil {
			l.instant(t.Window.From)
			from = t.Window.From.at
		}
		if t.Window.To != nil {
			l.instant(t.Window.To)
			to = t.Window.To.at
		}
		if t.Window.Rolling != nil {
			e.Window.Rolling = *t.Window.Rolling
		}
		if !t.Window.From.unusable() && !t.Window.To.unusable() {
			switch w := n.Kid("window"); {
			case from >= to:
				l.b.Wrong(w, key+".window", "is empty: from %s to %s", form.FormatDuration(from), form.FormatDuration(to))
			case to > l.sc.Duration:
				l.b.Wrong(w, key+".window", "ends at %s, after the run of %s", form.FormatDuration(to), form.FormatDuration(l.sc.Duration))
			}
		}
	}
	e.Window.From, e.Window.To = moment(from), moment(to)
	if t.Since != nil {
		l.instant(t.Since)
		e.Since = moment(t.Since.at)
	}
}

func moment(at core.Duration) *claim.Moment {
	m := claim.Moment(at)
	return &m
}

// unusable reports whether an instant has no value to compare with.
func (t *instantT) unusable() bool { return t != nil && (t.bad || t.off) }

func (l *loader) across(t *expectT, n *form.Node, key string, e *claim.Claim) {
	e.Across = claim.ParseAcross(t.Across)
	if e.Across == claim.AcrossDefault {
		e.Across = map[bool]claim.Across{true: claim.AcrossAll, false: claim.AcrossPooled}[e.EverySeed()]
	}
	switch {
	case e.Across == claim.AcrossShare && t.AtLeast == nil:
		l.b.Missing(n, key+".at_least", "across = \"share\" says which share of the seeds")
	case e.Across != claim.AcrossShare && t.AtLeast != nil && n.Kid("at_least") != nil:
		l.b.Wrong(n.Kid("at_least"), key+".at_least", "belongs to across = \"share\"")
	}
	if t.AtLeast != nil {
		e.AtLeast = *t.AtLeast
	}
	e.Needs = 1
	if claim.Countable(e.Stat) {
		e.Needs = 0
	}
	if t.Needs != nil {
		e.Needs = *t.Needs
	}
}

// when reports whether this run's values are among those an expectation is for.
func (l *loader) when(when form.Raw) bool {
	applies := true
	for _, it := range when.Items {
		value, ok := l.current(it.Path)
		if !ok {
			l.b.AtKey(it.Value, it.Key, "no such key in this file")
			continue
		}
		items := []*form.Node{it.Value}
		if it.Value.IsArray {
			items = it.Value.Items
		}
		applies = applies && slices.ContainsFunc(items, func(n *form.Node) bool { return sameValue(fmt.Sprint(n.Val), value) })
	}
	return applies
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
