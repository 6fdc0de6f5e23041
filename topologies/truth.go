package topologies

import (
	"fmt"
	"math"
	"strconv"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// The truths are the node matrices that HashiCorp's Serf tests its coordinates on (spec 10 §15.3): networks
// whose embedding is known. All are symmetric and PerNode, with nodes n0, n1, … at one site "a".

// TruthLine returns nodes on a line, neighbours spacing apart.
func TruthLine(nodes int, spacing core.Duration) (*Topology, error) {
	return truth("line", nodes, spacing, func(a, b int) core.Duration { return core.Duration(b-a) * spacing })
}

// TruthGrid returns nodes on a square grid, filled row by row, neighbours spacing apart, with straight
// distances. The side is ⌊√nodes⌋.
func TruthGrid(nodes int, spacing core.Duration) (*Topology, error) {
	side := max(1, int(math.Sqrt(float64(nodes))))
	return truth("grid", nodes, spacing, func(a, b int) core.Duration {
		return times(distance(float64(a%side-b%side), float64(a/side-b/side)), spacing)
	})
}

// TruthSplit returns two halves: lan apart inside one, lan + wan across. The first half is nodes
// 0 … nodes/2, as in Serf.
func TruthSplit(nodes int, lan, wan core.Duration) (*Topology, error) {
	c := &collector{}
	checkDelay(c, "generate.wan", wan)
	if c.failed() {
		return nil, c.err()
	}
	return truth("split", nodes, lan, func(a, b int) core.Duration {
		if a <= nodes/2 && b > nodes/2 {
			return lan + wan
		}
		return lan
	})
}

// TruthCircle returns node 0 in the middle and the others on a circle around it; two on the circle are
// their chord apart, and the middle is two radii from each, as in Serf's truth (spec 10 §15.3). No plane
// holds it: the middle has to be high above, which is what heights are for.
func TruthCircle(nodes int, radius core.Duration) (*Topology, error) {
	xs, ys := make([]float64, max(nodes, 0)), make([]float64, max(nodes, 0))
	for i := range xs {
		angle := 2 * math.Pi * float64(i) / float64(nodes)
		xs[i], ys[i] = xmath.Cos(angle), xmath.Sin(angle)
	}
	return truth("circle", nodes, radius, func(a, b int) core.Duration {
		if a == 0 {
			return 2 * radius
		}
		return times(distance(xs[a]-xs[b], ys[a]-ys[b]), radius)
	})
}

// TruthRandom returns round trips drawn from N(mean, deviation) pair by pair, which no space embeds. A draw
// below a hundredth of the mean is raised to it.
func TruthRandom(nodes int, mean, deviation core.Duration, seed uint64) (*Topology, error) {
	c := &collector{}
	checkDelay(c, "generate.deviation", deviation)
	if c.failed() {
		return nil, c.err()
	}
	s := rng.New(seed, "topologies/random")
	return truth("random", nodes, mean, func(int, int) core.Duration {
		return max(mean/100, mean+times(s.Norm(), deviation))
	})
}

func times(factor float64, d core.Duration) core.Duration {
	return core.Duration(math.Round(factor * float64(d)))
}

func truth(name string, nodes int, unit core.Duration, rtt func(a, b int) core.Duration) (*Topology, error) {
	c := &collector{}
	checkCount(c, "generate.nodes", nodes)
	checkDelay(c, "generate.rtt", unit)
	if c.failed() {
		return nil, c.err()
	}
	t := &Topology{
		Name: name, Title: fmt.Sprintf("%s of %d nodes, %v", name, nodes, unit), Source: "generated",
		Sites: []Site{{Name: "a"}}, PerNode: true, Nodes: make([]string, nodes),
	}
	for i := range t.Nodes {
		t.Nodes[i] = "n" + strconv.Itoa(i)
	}
	t.Base = layOut(nodes, 0, rtt)
	return t, t.Validate()
}
