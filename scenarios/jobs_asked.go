package scenarios

import (
	"slices"

	"hypersim/core"
	"hypersim/scenarios/form"
)

// Whom jobs are handed to, and where they would rather run.

// preferenceT is where a share of the jobs of a workload would rather run.
type preferenceT struct {
	Sites []string `key:"sites" required:"true" doc:"names of sites, the nearest to the client's mind first"`
	Share *float64 `key:"share" range:"[0,1]" doc:"of the jobs (default all)"`
}

// repeatCancelT is how often a cancel is asked for again.
type repeatCancelT struct {
	Count int           `key:"count" required:"true" range:"[1,1000]" doc:"times after the first"`
	Every core.Duration `key:"every" required:"true" range:"[0.001,86400]" doc:"from one to the next"`
}

// Preference is where a share of the jobs would rather run.
type Preference struct {
	Sites []uint16
	Share float64
}

// preference resolves it.
func (l *loader) preference(t *preferenceT, n *form.Node, key string) (p Preference) {
	if t == nil || n == nil || !n.IsTable || !l.needsGates(n, key) {
		return p
	}
	return Preference{Sites: l.namedSites(t.Sites, n.Kid("sites"), key+".sites"), Share: given(t.Share, 1)}
}

// owners resolves a selector of gates: jobs get ids that one of them owns.
func (l *loader) owners(s *Selector, n *form.Node, key string) []core.NodeID {
	if s == nil || !l.needsGates(n, key) {
		return nil
	}
	out := l.servers(s, core.RoleGate, "each job draws an id that one of all that match owns")
	if out == nil && !s.bad {
		l.b.Wrong(s.src, s.key, "matches no gate; only gates own jobs")
	}
	return out
}

// asked resolves a selector of whom a job is handed to first.
func (l *loader) asked(s *Selector) []core.NodeID {
	if s == nil {
		return nil
	}
	role, what := core.RoleManager, "manager"
	if l.hasGates() {
		role, what = core.RoleGate, "gate"
	}
	out := l.servers(s, role, "the jobs of a workload go to all that match in turn")
	if out == nil && !s.bad {
		l.b.Wrong(s.src, s.key, "matches no %s; clients hand jobs to %ss here", what, what)
	}
	return out
}

// routeProbe resolves a workload that only asks.
func (l *loader) routeProbe(t *workloadT, n *form.Node, key string) *RouteProbe {
	p := &RouteProbe{Pinned: val(t.Pinned)}
	if t.Gates == nil || !l.needsGates(n.Kid("gates"), key+".gates") {
		return p
	}
	p.Gates = l.servers(t.Gates, core.RoleGate, "each job is asked about at one of all that match")
	if p.Gates == nil && !t.Gates.bad {
		l.b.Wrong(t.Gates.src, t.Gates.key, "matches no gate; only gates choose datacenters")
	}
	return p
}

// servers resolves a selector to nodes of a role.
func (l *loader) servers(s *Selector, role core.Role, why string) (out []core.NodeID) {
	s.resolve(l.b, l.sc, false)
	if s.bad || !l.settled(s, why) {
		s.bad = true
		return nil
	}
	for _, id := range s.Fixed {
		if n := &l.sc.Nodes[id]; n.Role == role && !n.Ghost {
			out = append(out, id)
		}
	}
	return out
}

func (l *loader) hasGates() bool {
	return slices.ContainsFunc(l.sc.Cluster.Sites, func(c SiteCounts) bool { return c.Gates > 0 })
}

func (l *loader) needsGates(n *form.Node, key string) bool {
	if !l.hasGates() {
		l.b.AtKey(n, key, "gates take jobs of clients then, and there are none (cluster.gates)")
		return false
	}
	return true
}
