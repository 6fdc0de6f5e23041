package scenarios

import (
	"fmt"
	"strings"
)

// sideNames is how many nodes of a side are named one by one.
const sideNames = 3

// Sides says in a few words whom a cut keeps apart, or whom another fault hits, as far as the file alone tells: "" where the run
// decides, by a draw, by who leads or by an event.
func (f *Fault) Sides(sc *Scenario) string {
	switch {
	case f.Target != nil:
		return f.Target.words(sc)
	case f.A == nil || f.B == nil:
		return ""
	}
	a, b := f.A.words(sc), f.B.words(sc)
	if f.B.Not != nil && b != "" {
		b = "all others"
	}
	if a == "" || b == "" {
		return ""
	}
	return a + " from " + b
}

func (s *Selector) words(sc *Scenario) string {
	switch {
	case !s.Known() || len(s.Fixed) == 0:
		return ""
	case len(s.Fixed) <= sideNames:
		names := make([]string, len(s.Fixed))
		for i, id := range s.Fixed {
			names[i] = sc.Nodes[id].Name
		}
		return strings.Join(names, " and ")
	case len(s.siteNames) > 0 && len(s.Roles) == 0:
		return strings.Join(s.siteNames, " and ")
	}
	return fmt.Sprintf("%d nodes", len(s.Fixed))
}
