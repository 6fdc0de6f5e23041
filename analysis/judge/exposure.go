package judge

import (
	"maps"
	"slices"
	"strings"

	"hypersim/scenarios/claim"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// NodeHours returns in how many node-hours what w selects of the metric could have happened: those of the observers that w
// asks for, while they were of the class that it asks for; or, if it says nothing of observers, those of the subjects.
func NodeHours(w claim.Where, m words.Metric, r *metrics.Result, in metrics.Span) float64 {
	by, about := sides(w, m)
	keys, as := by, func(o *metrics.Observation, n *metrics.Node) { o.Observer, o.Role = n.ID, n.Role }
	if len(by) == 0 {
		keys, as = about, func(o *metrics.Observation, n *metrics.Node) { o.Subject, o.PeerRole = n.ID, n.Role }
	}
	type answer struct{ known, keep bool }
	seen := make([][2]answer, len(r.Nodes)) // by class
	return r.NodeSeconds(in, func(n core.NodeID, class metrics.Class) bool {
		k := &seen[n][class-metrics.Healthy]
		if !k.known {
			o := metrics.Observation{
				Metric: m, Event: -1, Fault: -1, Observer: core.NoNode, Subject: core.NoNode,
				Role: metrics.NoRole, PeerRole: metrics.NoRole, Class: class, PeerClass: class, SiteA: -1, SiteB: -1,
			}
			as(&o, &r.Nodes[n])
			k.known, k.keep = true, holds(w, keys, &o, r)
		}
		return k.keep
	}) / 3600
}

// sides returns the keys by which w speaks of the observers and of the subjects of the metric.
func sides(w claim.Where, m words.Metric) (by, about []string) {
	for _, key := range slices.Sorted(maps.Keys(w)) {
		switch name := strings.TrimSuffix(key, "_not"); {
		case strings.HasPrefix(name, "observer"), name == "class", name == "node":
			by = append(by, key)
		case strings.HasPrefix(name, "subject"):
			about = append(about, key)
		case name == "role", name == "site", name == "group":
			if m.Def().RoleIsPeer {
				about = append(about, key)
			} else {
				by = append(by, key)
			}
		}
	}
	return by, about
}
