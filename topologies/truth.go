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

// SplitConfig are the round trips of two halves: LAN inside one, LAN + WAN across.
type SplitConfig struct {
	Nodes    int
	LAN, WAN core.Duration
}

// TruthSplit returns two halves. The first one is nodes 0 … nodes/2, as in Serf.
func TruthSplit(p SplitConfig) (*Topology, error) {
	nodes, lan, wan := p.Nodes, p.LAN, p.WAN
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

// RandomConfig are the round trips of pairs that have nothing to do with each other: N(Mean, Deviation).
type RandomConfig struct {
	Nodes           int
	Mean, Deviation core.Duration
	Seed            uint64
}

// TruthRandom returns round trips drawn pair by pair, which no space embeds. A draw below a hundredth of the mean is
// raised to it.
func TruthRandom(p RandomConfig) (*Topology, error) {
	mean := p.Mean
	c := &collector{}
	checkDelay(c, "generate.deviation", p.Deviation)
	if c.failed() {
		return nil, c.err()
	}
	s := rng.New(p.Seed, "topologies/random")
	return truth("random", p.Nodes, mean, func(int, int) core.Duration {
		return max(mean/100, mean+times(s.Norm(), p.Deviation))
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
