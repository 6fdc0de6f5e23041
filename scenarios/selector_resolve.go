package scenarios

import (
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// resolve fills Sites, Groups and Fixed. processes says that the selector names processes to disturb, so that
// clients are only meant when named.
func (s *Selector) resolve(b *form.Binding, sc *Scenario, processes bool) {
	if s == nil || s.bad {
		return
	}
	before := len(b.Problems)
	s.resolveNames(b, sc)
	if len(b.Problems) > before {
		return
	}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		named := s.names(n)
		if n.Ghost && !named || processes && n.Role == core.RoleClient && !named {
			continue
		}
		if s.matches(n, nil, true) {
			s.Fixed = append(s.Fixed, n.ID)
		}
	}
	if len(s.Fixed) == 0 && !s.AllowEmpty {
		b.Wrong(s.src, s.key, "matches no node; say allow_empty = true if that is meant")
	}
	if s.Count > len(s.Fixed) && !s.AllowEmpty && len(s.Fixed) > 0 {
		b.Wrong(s.src.Kid("count"), form.Join(s.key, "count"), "more than the %d nodes that match", len(s.Fixed))
	}
}

func (s *Selector) resolveNames(b *form.Binding, sc *Scenario) {
	for _, name := range s.siteNames {
		i, ok := sc.Topology.SiteIndex(name)
		if !ok {
			n := s.src.Kids["site"]
			b.AtValue(n, form.Join(s.key, "site"), name, "no site %q in topology %q%s%s",
				name, sc.Topology.Name, form.Has(sc.Topology.SiteNames()), form.DidYouMean(name, sc.Topology.SiteNames()))
		}
		s.Sites = append(s.Sites, i)
	}
	var groups []string
	for _, g := range sc.Groups {
		groups = append(groups, g.Name)
	}
	for _, name := range s.groupNames {
		i := slices.Index(groups, name)
		if i < 0 {
			n := s.src.Kids["group"]
			b.AtValue(n, form.Join(s.key, "group"), name, "no group %q%s%s", name, form.Has(groups), form.DidYouMean(name, groups))
		}
		s.Groups = append(s.Groups, core.GroupID(i+1))
	}
	for _, id := range s.IDs {
		if strings.ContainsAny(id, "*?") {
			continue
		}
		if !slices.ContainsFunc(sc.Nodes, func(n NodeSpec) bool { return n.Name == id }) {
			n := s.src.Kids["id"]
			if n == nil || !n.Mentions(id) {
				n = s.src.Kids["ids"]
			}
			b.AtValue(n, form.Join(s.key, "id"), id, "no node %q%s", id, nearestNode(sc, id))
		}
	}
	s.resolveMoment(b, sc)
	for _, x := range append(append(slices.Clone(s.All), s.AnyOf...), s.Not) {
		if x != nil {
			x.resolveNames(b, sc)
		}
	}
}

// resolveMoment finds whom leader_of means, and checks that there is work where state asks for it.
func (s *Selector) resolveMoment(b *form.Binding, sc *Scenario) {
	if s.LeaderOf != "" {
		s.resolveLeader(b, sc, s.src.Kid("leader_of"), form.Join(s.key, "leader_of"))
	}
	if s.State == "" {
		return
	}
	n, key := s.src.Kid("state"), form.Join(s.key, "state")
	if !sc.HasJobs() {
		b.Wrong(n, key, `nobody works: there are no jobs (a [[workload]] of kind = "jobs")`)
	} else if name, ok := strings.CutPrefix(s.State, ownerOf); ok {
		s.jobs = sc.jobsOf(b, n, key, name)
	}
}

// resolveLeader finds who may be the leader that s means.
func (s *Selector) resolveLeader(b *form.Binding, sc *Scenario, n *form.Node, key string) {
	name, ofJob := strings.CutPrefix(s.LeaderOf, leaderOfJob)
	if !ofJob {
		s.voters = sc.votersOf(b, n, key, s.LeaderOf)
		return
	}
	s.jobs = sc.jobsOf(b, n, key, name)
	clusters := sc.Clusters()
	if len(clusters) == 0 {
		return // reported: there are no jobs
	}
	managers := slices.Contains(s.Roles, core.RoleManager)
	for _, peers := range clusters {
		switch gates := sc.Nodes[peers[0]].Role == core.RoleGate; {
		case gates && managers: // of a job in a datacenter
		case gates:
			s.peers, s.voters = [][]core.NodeID{peers}, peers
			return
		default:
			s.peers, s.voters = append(s.peers, peers), append(s.voters, peers...)
		}
	}
}

// jobsOf returns the place of a workload of jobs, or says which there are.
func (s *Scenario) jobsOf(b *form.Binding, n *form.Node, key, name string) int {
	var ids []string
	for i := range s.Workloads {
		if w := &s.Workloads[i]; w.Kind == WorkloadJobs {
			if w.ID == name {
				return i
			}
			ids = append(ids, w.ID)
		}
	}
	b.Wrong(n, key, "no workload of jobs %q%s%s", name, form.Has(ids), form.DidYouMean(name, ids))
	return 0
}

// votersOf returns the cluster of that name, or says which there are.
func (s *Scenario) votersOf(b *form.Binding, n *form.Node, key, name string) []core.NodeID {
	var names []string
	for _, voters := range s.Clusters() {
		if names = append(names, s.ClusterName(voters)); names[len(names)-1] == name {
			return voters
		}
	}
	if len(names) == 0 {
		b.Wrong(n, key, "nobody is elected in this scenario: it has neither jobs nor gates that probe datacenters")
	} else {
		b.AtValue(n, key, name, "must be %s%s", form.OneOf(names), form.DidYouMean(name, names))
	}
	return nil
}

// nearestNode explains why a node id does not exist.
func nearestNode(sc *Scenario, id string) string {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return `; node ids are "site/role/index"`
	}
	count := 0
	for i := range sc.Nodes {
		if strings.HasPrefix(sc.Nodes[i].Name, parts[0]+"/"+parts[1]+"/") {
			count++
		}
	}
	if count > 0 {
		return "; " + parts[0] + "/" + parts[1] + " has the indices 0 to " + form.Number(float64(count-1))
	}
	return `; node ids are "site/role/index"`
}

// names reports whether s asks for n's id or its role by name.
func (s *Selector) names(n *NodeSpec) bool {
	if slices.ContainsFunc(s.IDs, func(p string) bool { return glob(p, n.Name) }) {
		return true
	}
	return !n.Ghost && (slices.Contains(s.Roles, n.Role) || s.Event != "")
}

// matches reports whether s names n at the moment m. Before there is one, nil, the answer is maybe for those of whom it
// then depends: Fixed is all who may be named, and of not all whom it may leave over.
func (s *Selector) matches(n *NodeSpec, m Moment, maybe bool) bool {
	switch {
	case s.IDs != nil && !slices.ContainsFunc(s.IDs, func(p string) bool { return glob(p, n.Name) }),
		s.Roles != nil && !slices.Contains(s.Roles, n.Role),
		s.Sites != nil && !slices.Contains(s.Sites, n.Site),
		s.Groups != nil && !slices.Contains(s.Groups, n.Group),
		!s.matchesNow(n, m, maybe),
		s.Not != nil && s.Not.matches(n, m, !maybe),
		s.AnyOf != nil && !slices.ContainsFunc(s.AnyOf, func(x *Selector) bool { return x.matches(n, m, maybe) }):
		return false
	}
	return !slices.ContainsFunc(s.All, func(x *Selector) bool { return !x.matches(n, m, maybe) })
}

// glob matches a node's name; * is any run of characters, ? any one. Linear in both for one star, and
// never worse than their product.
func glob(pattern, name string) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
