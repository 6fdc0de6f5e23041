package topologies

import (
	"fmt"
	"strconv"

	"hypersim/core"
)

// Shape is what the regular generators need: Sites sites called s0, s1, … and round trips. IntraRTT 0 means
// IntraRTTDefault.
type Shape struct {
	Sites    int
	RTT      core.Duration
	IntraRTT core.Duration
}

// Uniform returns sites that are all RTT apart.
func Uniform(s Shape) (*Topology, error) {
	title := fmt.Sprintf("%d sites, every two %v apart", s.Sites, s.RTT)
	return s.build("uniform", title, func(int, int) core.Duration { return s.RTT })
}

// Ring returns sites on a ring, neighbours RTT apart; traffic takes the shorter way round.
func Ring(s Shape) (*Topology, error) {
	title := fmt.Sprintf("%d sites on a ring, neighbours %v apart", s.Sites, s.RTT)
	return s.build("ring", title, func(a, b int) core.Duration {
		hops := b - a
		return core.Duration(min(hops, s.Sites-hops)) * s.RTT
	})
}

// Star returns site s0 in the middle, RTT from every other; the others reach each other through it, at
// twice that.
func Star(s Shape) (*Topology, error) {
	title := fmt.Sprintf("%d sites around s0, %v from it", s.Sites-1, s.RTT)
	return s.build("star", title, func(a, _ int) core.Duration {
		if a == 0 {
			return s.RTT
		}
		return 2 * s.RTT
	})
}

func (s Shape) check(c *collector) {
	checkCount(c, "generate.sites", s.Sites)
	checkDelay(c, "generate.rtt", s.RTT)
	if s.IntraRTT != 0 {
		checkDelay(c, "intra_rtt", s.IntraRTT)
	}
}

func checkCount(c *collector, key string, n int) {
	if n < 1 || n > RowsMax {
		c.key(key, "%d, must be 1 to %d", n, RowsMax)
	}
}

func checkDelay(c *collector, key string, d core.Duration) {
	if d <= 0 || d > DelayMax {
		c.key(key, "%v, must be > 0s and at most %v", d, DelayMax)
	}
}

// build lays out the symmetric round trips that rtt gives for a < b.
func (s Shape) build(name, title string, rtt func(a, b int) core.Duration) (*Topology, error) {
	c := &collector{}
	s.check(c)
	if c.failed() {
		return nil, c.err()
	}
	t := &Topology{Name: name, Title: title, Source: "generated", Sites: numberedSites(s.Sites)}
	intra := s.IntraRTT
	if intra == 0 {
		intra = IntraRTTDefault
	}
	t.Base = layOut(s.Sites, (intra+1)/2, rtt)
	return t, t.Validate()
}

func numberedSites(n int) []Site {
	sites := make([]Site, n)
	for i := range sites {
		sites[i].Name = "s" + strconv.Itoa(i)
	}
	return sites
}

// layOut fills an n×n base of one-way delays: diagonal, and half of rtt(a, b) for a < b, both ways.
func layOut(n int, diagonal core.Duration, rtt func(a, b int) core.Duration) []core.Duration {
	base := make([]core.Duration, n*n)
	for a := range n {
		base[a*n+a] = diagonal
		for b := a + 1; b < n; b++ {
			d := (rtt(a, b) + 1) / 2
			base[a*n+b], base[b*n+a] = d, d
		}
	}
	return base
}

// GenerateSpec names a generator and its parameters in a topology file or scenario:
// generate = { kind = "ring", sites = 8, rtt = "20ms" }. A parameter the kind does not use is an error.
type GenerateSpec struct {
	Kind       string  `toml:"kind"`
	Sites      int     `toml:"sites"`       // uniform, ring, star, geometric; default: as many as [[sites]]
	Nodes      int     `toml:"nodes"`       // line, grid, split, circle, random
	RTT        string  `toml:"rtt"`         // distance of neighbours; of all (uniform, random: the mean), radius (circle, star), inside a half (split)
	WAN        string  `toml:"wan"`         // split: added between the halves
	Deviation  string  `toml:"deviation"`   // random: standard deviation
	SideKM     float64 `toml:"side_km"`     // geometric
	PathFactor float64 `toml:"path_factor"` // geometric; default PathFactorDefault
	Seed       uint64  `toml:"seed"`        // geometric, random; default 1
}

// generateUses tells which parameters a kind takes.
var generateUses = map[string][]string{
	"uniform":   {"sites", "rtt"},
	"ring":      {"sites", "rtt"},
	"star":      {"sites", "rtt"},
	"geometric": {"sites", "side_km", "path_factor", "seed"},
	"line":      {"nodes", "rtt"},
	"grid":      {"nodes", "rtt"},
	"split":     {"nodes", "rtt", "wan"},
	"circle":    {"nodes", "rtt"},
	"random":    {"nodes", "rtt", "deviation", "seed"},
}

var generateKinds = []string{"uniform", "ring", "star", "geometric", "line", "grid", "split", "circle", "random"}
