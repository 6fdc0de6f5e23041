package account

import (
	"slices"

	"hypersim/core"
	"hypersim/sim/metrics"
)

// namesMost is how many nodes are called by their names.
const namesMost = 3

// sitesMost is how many sites are called by their names.
const sitesMost = 5

// group is a set of nodes with its words.
type group struct {
	ids   []core.NodeID // sorted
	words []any
	one   bool // singular: a node, a site
}

// who finds words for the nodes: their names, whole sites, or how many of which role where. n is the figure of how
// many they are; without one they are "some".
func (a *account) who(ids []core.NodeID, n *Figure) group {
	g := group{ids: ids, one: len(ids) == 1}
	if sites, whole := a.sites(ids); whole && len(ids) > 1 {
		switch {
		case len(sites) == len(a.r.Sites):
			g.words = []any{"everybody"}
			g.one = true
			return g
		case len(sites) <= sitesMost && len(a.r.Sites) > 1:
			g.one = len(sites) == 1
			g.words = a.listed(sites)
			return g
		}
	}
	if len(ids) <= namesMost {
		var names []string
		for _, id := range ids {
			names = append(names, a.r.Nodes[id].Name)
		}
		g.words = a.listed(names)
		return g
	}
	g.words = []any{"some " + a.kind(ids)}
	if n != nil {
		g.words = []any{*n, " " + a.kind(ids)}
	}
	if sites, _ := a.sites(ids); len(sites) == 1 && len(a.r.Sites) > 1 {
		g.words = append(g.words, " of ", name(sites[0]))
	}
	return g
}

// kind is the role that all share, in the plural, or "nodes".
func (a *account) kind(ids []core.NodeID) string {
	role := a.r.Nodes[ids[0]].Role
	for _, id := range ids {
		if a.r.Nodes[id].Role != role {
			return "nodes"
		}
	}
	return role.String() + "s"
}

func (a *account) listed(names []string) (words []any) {
	for i, n := range names {
		switch {
		case i > 0 && i == len(names)-1:
			words = append(words, " and ")
		case i > 0:
			words = append(words, ", ")
		}
		words = append(words, name(n))
	}
	return words
}

// sites returns the sites of the nodes, and whether the nodes are all that those sites have.
func (a *account) sites(ids []core.NodeID) (names []string, whole bool) {
	n := 0
	seen := make([]bool, len(a.r.Sites))
	for _, id := range ids {
		if s := a.r.Nodes[id].SiteIndex; !seen[s] {
			seen[s] = true
			names = append(names, a.r.Sites[s])
			n += a.size[s]
		}
		if !counts(&a.r.Nodes[id]) {
			n++
		}
	}
	return names, n == len(ids)
}

// counts reports whether the node is one of those that a site consists of.
func counts(n *metrics.Node) bool { return !n.Ghost && n.Role != core.RoleClient }

func (g *group) was() string {
	if g.one {
		return " was "
	}
	return " were "
}

// has reports whether id is in the sorted list.
func has(ids []core.NodeID, id core.NodeID) bool {
	_, ok := slices.BinarySearch(ids, id)
	return ok
}
