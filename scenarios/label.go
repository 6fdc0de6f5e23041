package scenarios

import (
	"slices"
	"strings"

	"hypersim/sim/metrics/words"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// known returns what a label of m can be in this scenario; nil where only the run will tell. Nodes are many,
// and left to l.sc.node.
func (l *loader) known(m *words.Def, label string) []string {
	var known []string
	switch source(label) {
	case words.FromSites:
		return l.sc.Topology.SiteNames()
	case words.FromRoles:
		return roleNames
	case words.FromRolePairs:
		for i, a := range roleNames {
			for _, b := range roleNames[i:] {
				known = append(known, min(a, b)+"-"+max(a, b))
			}
		}
	case words.FromGroups:
		for _, g := range l.sc.Groups {
			known = append(known, g.Name)
		}
	case words.FromScopes:
		for i := range l.sc.Workloads {
			known = append(known, l.sc.Workloads[i].ID)
		}
	case words.FromFaults:
		for i := range l.sc.Faults {
			known = append(known, l.sc.Faults[i].ID)
		}
	case words.FromCauses:
		for c := core.CauseNone + 1; c < core.NumCauses; c++ {
			known = append(known, c.String())
		}
	case words.Fixed:
		return m.LabelWords(label)
	case words.FromNodes, words.FromRun:
	}
	return known
}

func source(label string) words.Source {
	if l := words.Find(label); l != nil {
		return l.Source
	}
	return words.Fixed
}

// labelValue checks a word that a filter names.
func (l *loader) labelValue(m *words.Def, n *form.Node, key, label, v string) {
	switch source(label) {
	case words.FromNodes:
		if !slices.ContainsFunc(l.sc.Nodes, func(s NodeSpec) bool { return s.Name == v }) {
			l.b.AtValue(n, key, v, "no node %q%s", v, nearestNode(l.sc, v))
		}
		return
	case words.FromFaults:
		if l.offFault(v) {
			return
		}
	case words.FromRun:
		return
	default:
	}
	known := l.known(m, label)
	switch {
	case slices.Contains(known, v):
	case len(known) == 0:
		l.b.AtValue(n, key, v, "there is no %s in this scenario", strings.ReplaceAll(label, "_", " "))
	default:
		l.b.AtValue(n, key, v, "%s has no %s %q%s%s", m.Name, strings.ReplaceAll(label, "_", " "), v, form.Has(known), form.DidYouMean(v, known))
	}
}

// side are the labels of a filter that are about one node.
type side struct{ name, role, site []label }

// empty reports whether a filter asks for a node, as observer or as subject, that no scenario's node can be:
// it selects nothing, whatever happens.
func (l *loader) empty(m *words.Def, where []label) (label string, empty bool) {
	var observer, subject side
	for _, w := range where {
		at := &observer
		switch w.key {
		case "subject", "subject_role", "subject_site":
			at = &subject
		case "role", "site":
			if m.RoleIsPeer {
				at = &subject
			}
		case "node":
			if !slices.Contains(m.Labels, "observer") {
				at = &subject
			}
		}
		switch w.key {
		case "observer", "subject", "node":
			at.name = append(at.name, w)
		case "observer_role", "subject_role", "role":
			at.role = append(at.role, w)
		case "observer_site", "subject_site", "site":
			at.site = append(at.site, w)
		}
	}
	for _, s := range []*side{&observer, &subject} {
		if first := slices.Concat(s.name, s.role, s.site); len(first) > 0 && !l.somebody(s) {
			return first[0].spelled(), true
		}
	}
	return "", false
}

// somebody reports whether some node is all that s says.
func (l *loader) somebody(s *side) bool {
	for i := range l.sc.Nodes {
		n := &l.sc.Nodes[i]
		if allow(s.name, n.Name) && allow(s.role, n.Role.String()) && allow(s.site, l.sc.Topology.Sites[n.Site].Name) {
			return true
		}
	}
	return false
}

func allow(list []label, word string) bool {
	return !slices.ContainsFunc(list, func(w label) bool { return slices.Contains(w.values, word) == w.not })
}

// findMetric returns what the vocabulary says of a metric, nil for no name of one.
func findMetric(name string) *words.Def {
	m, ok := words.Lookup(name)
	if !ok {
		return nil
	}
	return m.Def()
}
