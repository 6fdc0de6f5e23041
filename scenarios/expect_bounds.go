package scenarios

import (
	"math"
	"strconv"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/scenarios/form"
)

// bounds resolves min, max and equals. It returns false when a table by swept value has no entry for this
// run, so that the expectation does not apply.
func (l *loader) bounds(t *expectT, n *form.Node, key string, e *claim.Claim) bool {
	applies := true
	get := func(s *form.Scalar) *float64 {
		if s == nil || s.Node == nil {
			return nil
		}
		at, k := s.Node, s.Key
		if at.IsTable {
			s.Value = at.Plain()
			if at, k = l.byValue(t, at, k); at == nil {
				applies = false
				return nil
			}
		}
		v, ok := bound(l.b, at, k, e.Unit)
		if !ok {
			return nil
		}
		s.Value = showBound(v, e.Unit)
		return &v
	}
	e.Min, e.Max, e.Equals = get(t.Min), get(t.Max), get(t.Equals)
	if t.Tolerance != nil && t.Tolerance.Node != nil {
		e.Tolerance = l.tolerance(t, e)
	}
	given := t.Min != nil || t.Max != nil || t.Equals != nil
	switch {
	case t.Equals != nil && (t.Min != nil || t.Max != nil):
		l.b.Wrong(t.Equals.Node, key+".equals", "equals stands alone; use min and max without it")
	case t.Tolerance != nil && t.Equals == nil:
		l.b.Wrong(t.Tolerance.Node, key+".tolerance", "belongs to equals")
	case !given && e.Level != claim.Record:
		l.b.Missing(n, key, `give min, max or equals, or level = "record"`)
	case e.Min != nil && e.Max != nil && *e.Min > *e.Max:
		l.b.Wrong(t.Max.Node, key+".max", "is below min = %s", showText(*e.Min, e.Unit))
	case given && e.Level == claim.Must && e.Why == "":
		l.b.Missing(n, key+".why", "a bound that decides the exit status gives its reason")
	}
	if t.Per != "" {
		if _, ok := l.current(t.Per); !ok {
			l.b.Wrong(n.Kid("per"), key+".per", "no such key in this file")
		}
	}
	return applies
}

// byValue picks the entry of a table of bounds for this run's value of the swept key, or nil.
func (l *loader) byValue(t *expectT, table *form.Node, k string) (*form.Node, string) {
	if t.Per == "" {
		l.b.Wrong(table, k, `a table of bounds needs per = "<swept key>"`)
		return nil, ""
	}
	value, ok := l.current(t.Per)
	if !ok {
		return nil, "" // reported with per
	}
	for _, name := range table.Names() {
		if sameValue(name, value) {
			return table.Kids[name], form.Join(k, name)
		}
	}
	return nil, ""
}

// sameValue compares a table's key or a literal with a value: as text, or as numbers.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}

// tolerance returns the absolute tolerance of equals.
func (l *loader) tolerance(t *expectT, e *claim.Claim) float64 {
	n, key := t.Tolerance.Node, t.Tolerance.Key
	if s, ok := n.Val.(string); ok && strings.HasSuffix(s, "%") {
		v, err := form.ParsePercent(s)
		if err != nil || v < 0 {
			l.b.Wrong(n, key, "must be a share ≥ 0%%, or an amount ≥ 0 in the unit of equals")
			return 0
		}
		t.Tolerance.Value = s
		if e.Equals == nil {
			return 0
		}
		return math.Abs(float64(v * *e.Equals))
	}
	if n.IsTable {
		l.b.Wrong(n, key, "must be one value for all")
		return 0
	}
	v, ok := bound(l.b, n, key, e.Unit)
	if ok && v < 0 {
		l.b.Wrong(n, key, "must be ≥ 0")
	}
	t.Tolerance.Value = showBound(v, e.Unit)
	return v
}
