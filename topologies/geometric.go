package topologies

import (
	"fmt"
	"math"

	"hypersim/core"
	"hypersim/core/rng"
)

// FibreKMPerMS is the speed of light in fibre (spec 50 §2).
const FibreKMPerMS = 200.0

// PathFactorDefault is how much longer a cable is than the straight line between its ends.
const PathFactorDefault = 1.5

// GeometricConfig places sites at random in a square.
type GeometricConfig struct {
	Sites      int
	SideKM     float64       // side of the square, > 0 km, at most 20,000 (half the way around the earth)
	PathFactor float64       // cable length over distance, ≥ 1; 0 means PathFactorDefault
	IntraRTT   core.Duration // 0 means IntraRTTDefault; also the least round trip between two sites
	Seed       uint64
}

// Geometric returns sites drawn uniformly in a square; the round trip of two is twice their distance times
// PathFactor at the speed of light in fibre. Each site draws from its own stream, so a larger topology of
// the same seed begins with the same sites.
func Geometric(g GeometricConfig) (*Topology, error) {
	c := &collector{}
	checkCount(c, "generate.sites", g.Sites)
	if !(g.SideKM > 0 && g.SideKM <= 20_000) {
		c.key("generate.side_km", "%v, must be > 0 and at most 20000", g.SideKM)
	}
	if g.PathFactor == 0 {
		g.PathFactor = PathFactorDefault
	}
	if !(g.PathFactor >= 1 && g.PathFactor <= 100) {
		c.key("generate.path_factor", "%v, must be 1 to 100", g.PathFactor)
	}
	if c.failed() {
		return nil, c.err()
	}
	if g.IntraRTT == 0 {
		g.IntraRTT = IntraRTTDefault
	}
	xs, ys := make([]float64, g.Sites), make([]float64, g.Sites)
	for i := range xs {
		s := rng.New(g.Seed, "topologies/geometric", uint64(i))
		xs[i] = float64(s.Float64() * g.SideKM)
		ys[i] = float64(s.Float64() * g.SideKM)
	}
	shape := Shape{Sites: g.Sites, RTT: g.IntraRTT, IntraRTT: g.IntraRTT}
	title := fmt.Sprintf("%d sites at random in a square of %g km, seed %d", g.Sites, g.SideKM, g.Seed)
	return shape.build("geometric", title, func(a, b int) core.Duration {
		ms := 2 * distance(xs[a]-xs[b], ys[a]-ys[b]) * g.PathFactor / FibreKMPerMS
		return max(g.IntraRTT, core.Seconds(ms/1000))
	})
}

func distance(dx, dy float64) float64 {
	return math.Sqrt(float64(dx*dx) + float64(dy*dy))
}
