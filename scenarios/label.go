package scenarios

import (
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// What observations carry, by whom they are about. These are the lists of sim/metrics, which this room may
// not import; a test compares them.
var (
	ofObserver = []string{"observer", "observer_role", "observer_site", "observer_class", "node", "class", "group"}
	ofSubject  = []string{"subject", "subject_role", "subject_site", "subject_class", "subject_ghost", "group"}
	ofPair     = slices.Concat(ofObserver, ofSubject, []string{"role", "site", "link", "roles"})
	ofEither   = with(ofSubject, "node", "role", "site") // no single observer
	ofNode     = with(ofObserver, "role", "site")
	ofRole     = []string{"observer_role", "role"}
	ofClasses  = []string{"site_a", "site_b", "link", "roles"} // of pairs
	ofMark     = with(ofPair, "to", "path", "cause", "truth")
)

func with(list []string, more ...string) []string { return slices.Concat(list, more) }

// fixedWords are the words of labels that mean the same for every metric that has them.
var fixedWords = map[string][]string{
	"class":          {"healthy", "impaired"},
	"observer_class": {"healthy", "impaired"},
	"subject_class":  {"healthy", "impaired"},
	"subject_ghost":  {"false", "true"},
	"path":           {"timer", "probe", "gossip"},
	"link":           {"intra", "inter"},
	"direction":      {"sent", "received", "dropped"},
	"transport":      {"datagram", "stream", "link"},
	"share":          {"50", "99", "100"},
	"samples":        {"5", "10", "20"},
	"threshold":      {"0.25", "0.2", "0.15", "0.1"},
	"edge":           {"run", "start", "end"},
	"rtt":            {"same-site", "0-10ms", "10-50ms", "50-100ms", "100ms-"},
	"state":          {"SUSPECTED", "DEAD_JOB"},
}

// metricWords are those of labels that mean something else for some metrics; "" is for the rest.
var metricWords = map[string]map[string][]string{
	"to": {
		"": {"SUSPECT", "DEAD"}, "false_suspicions": {"SUSPECT"}, "false_positives": {"DEAD"}, "excused_positives": {"DEAD"},
		"dc_reachability_delay": reachWords(),
	},
	"from":  {"": {"UNCONFIRMED"}, "dc_reachability_delay": reachWords()},
	"truth": {"": {"live"}, "detection_first": {"crashed"}, "detection_each": {"crashed"}, "excused_positives": {"paused", "unreachable", "leaving", "restarted"}},
	"type":  {"": updateWords(), "messages": trafficWords(), "bytes": trafficWords()},
}

func reachWords() []string {
	var words []string
	for r := range core.Reach(core.NumReaches) {
		words = append(words, r.String())
	}
	return words
}

func updateWords() []string {
	var words []string
	for t := range core.UpdateType(core.NumUpdateTypes) {
		words = append(words, t.String())
	}
	return words
}

func trafficWords() []string {
	var words []string
	for k := core.Kind(1); k < core.NumKinds; k++ {
		words = append(words, k.String())
	}
	return words
}

// words returns what a label of m can be whatever the scenario, nil where the scenario or the run decides.
func (m *Metric) words(label string) []string {
	if w, ok := fixedWords[label]; ok {
		return w
	}
	byMetric := metricWords[label]
	if w, ok := byMetric[m.Name]; ok {
		return w
	}
	return byMetric[""]
}

// known returns what a label of m can be in this scenario; nil where only the run will tell. Nodes are many,
// and left to l.sc.node.
func (l *loader) known(m *Metric, label string) []string {
	var known []string
	switch label {
	case "observer_site", "subject_site", "site", "site_a", "site_b", "dc":
		return l.sc.Topology.SiteNames()
	case "observer_role", "subject_role", "role":
		return roleNames
	case "roles":
		for i, a := range roleNames {
			for _, b := range roleNames[i:] {
				known = append(known, min(a, b)+"-"+max(a, b))
			}
		}
	case "group":
		for _, g := range l.sc.Groups {
			known = append(known, g.Name)
		}
	case "scope":
		for i := range l.sc.Workloads {
			known = append(known, l.sc.Workloads[i].ID)
		}
	case "fault":
		for i := range l.sc.Faults {
			known = append(known, l.sc.Faults[i].ID)
		}
	case "cause":
		for c := core.CauseNone + 1; c < core.NumCauses; c++ {
			known = append(known, c.String())
		}
	default:
		return m.words(label)
	}
	return known
}

// labelValue checks a word that a filter names.
func (l *loader) labelValue(m *Metric, n *form.Node, key, label, v string) {
	switch label {
	case "observer", "subject", "node":
		if !slices.ContainsFunc(l.sc.Nodes, func(s NodeSpec) bool { return s.Name == v }) {
			l.b.AtValue(n, key, v, "no node %q%s", v, nearestNode(l.sc, v))
		}
		return
	case "fault":
		if l.offFault(v) {
			return
		}
	}
	known := l.known(m, label)
	switch {
	case slices.Contains(known, v) || label == "nominal_s":
	case len(known) == 0:
		l.b.AtValue(n, key, v, "there is no %s in this scenario", strings.ReplaceAll(label, "_", " "))
	default:
		l.b.AtValue(n, key, v, "%s has no %s %q%s%s", m.Name, strings.ReplaceAll(label, "_", " "), v, form.Has(known), form.DidYouMean(v, known))
	}
}

// side are the labels of a filter that are about one node.
type side struct{ name, role, site []Label }

// empty reports whether a filter asks for a node, as observer or as subject, that no scenario's node can be:
// it selects nothing, whatever happens.
func (l *loader) empty(m *Metric, where []Label) (label string, empty bool) {
	var observer, subject side
	for _, w := range where {
		at := &observer
		switch w.Key {
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
		switch w.Key {
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

func allow(list []Label, word string) bool {
	return !slices.ContainsFunc(list, func(w Label) bool { return slices.Contains(w.Values, word) == w.Not })
}

// spelled is the label's key as it stands in the file.
func (l *Label) spelled() string {
	if l.Not {
		return l.Key + "_not"
	}
	return l.Key
}
