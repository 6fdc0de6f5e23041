package topologies

import (
	"slices"
	"strings"

	"hypersim/core"
)

// build runs the generator. named gives the sites their names, in order; their number must be g's.
func (g *GenerateSpec) build(named []Site, intra core.Duration, perNode bool) (*Topology, error) {
	c := &collector{}
	uses, known := generateUses[g.Kind]
	if !known {
		c.key("generate.kind", "%q%s, must be one of %s", g.Kind, didYouMean(g.Kind, generateKinds), strings.Join(generateKinds, ", "))
		return nil, c.err()
	}
	g.checkUnused(c, uses)
	nodes := slices.Contains(uses, "nodes")
	if perNode && !nodes {
		c.key("per_node", "%q generates sites, not nodes", g.Kind)
	}
	sites := g.Sites
	if sites == 0 && !nodes {
		sites = len(named)
	}
	rtt := g.duration(c, "rtt", g.RTT, uses)
	wan := g.duration(c, "wan", g.WAN, uses)
	deviation := g.duration(c, "deviation", g.Deviation, uses)
	if c.failed() {
		return nil, c.err()
	}
	seed := g.Seed
	if seed == 0 {
		seed = 1
	}
	t, err := g.run(sites, rtt, wan, deviation, intra, seed)
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		return t, nil
	}
	if !t.PerNode && len(named) != len(t.Sites) {
		c.key("generate.sites", "%d, but %d sites are named", len(t.Sites), len(named))
		return nil, c.err()
	}
	t.Sites = slices.Clone(named)
	return t, t.Validate()
}

func (g *GenerateSpec) run(sites int, rtt, wan, deviation, intra core.Duration, seed uint64) (*Topology, error) {
	shape := Shape{Sites: sites, RTT: rtt, IntraRTT: intra}
	switch g.Kind {
	case "uniform":
		return Uniform(shape)
	case "ring":
		return Ring(shape)
	case "star":
		return Star(shape)
	case "geometric":
		return Geometric(GeometricConfig{Sites: sites, SideKM: g.SideKM, PathFactor: g.PathFactor, IntraRTT: intra, Seed: seed})
	case "line":
		return TruthLine(g.Nodes, rtt)
	case "grid":
		return TruthGrid(g.Nodes, rtt)
	case "split":
		return TruthSplit(SplitConfig{Nodes: g.Nodes, LAN: rtt, WAN: wan})
	case "circle":
		return TruthCircle(g.Nodes, rtt)
	}
	return TruthRandom(RandomConfig{Nodes: g.Nodes, Mean: rtt, Deviation: deviation, Seed: seed})
}

// checkUnused refuses parameters that would change nothing.
func (g *GenerateSpec) checkUnused(c *collector, uses []string) {
	for _, p := range []struct {
		name  string
		given bool
	}{
		{"sites", g.Sites != 0}, {"nodes", g.Nodes != 0}, {"rtt", g.RTT != ""}, {"wan", g.WAN != ""},
		{"deviation", g.Deviation != ""}, {"side_km", g.SideKM != 0}, {"path_factor", g.PathFactor != 0}, {"seed", g.Seed != 0},
	} {
		if p.given && !slices.Contains(uses, p.name) {
			c.key("generate."+p.name, "means nothing for kind %q, which takes %s", g.Kind, strings.Join(uses, ", "))
		}
	}
}

func (g *GenerateSpec) duration(c *collector, name, text string, uses []string) core.Duration {
	if !slices.Contains(uses, name) {
		return 0
	}
	return duration(c, "generate."+name, text)
}
