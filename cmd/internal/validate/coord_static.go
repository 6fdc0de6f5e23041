package validate

import (
	"math"
	"slices"
	"sync"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
	"hypersim/core/xmath"
	"hypersim/topologies"
)

// A static world: true round trips that never change, and nodes that take one sample per round each.
// It is the setting in which the figures of spec 10 §15.3 were computed.

// truth is a matrix of round trips in ns, row-major, the row measures; 0 off the diagonal is a pair that
// was not measured, which is neither sampled nor judged.
type truth struct {
	n   int
	rtt []core.Duration
}

func (w *truth) at(a, b int) core.Duration { return w.rtt[a*w.n+b] }

func newTruth(n int, rtt func(a, b int) core.Duration) *truth {
	w := &truth{n: n, rtt: make([]core.Duration, n*n)}
	for a := range n {
		for b := range n {
			if a != b {
				w.rtt[a*n+b] = rtt(a, b)
			}
		}
	}
	return w
}

// symmetric makes both directions equal to rtt(a, b), a < b.
func symmetric(n int, rtt func(a, b int) core.Duration) *truth {
	w := newTruth(n, func(int, int) core.Duration { return 0 })
	for a := range n {
		for b := a + 1; b < n; b++ {
			d := rtt(a, b)
			w.rtt[a*n+b], w.rtt[b*n+a] = d, d
		}
	}
	return w
}

// ofMatrix places perSite nodes at each row of m, inside apart from each other within a row. Directions
// stay as measured; where one was not, the other counts.
func ofMatrix(m *topologies.Matrix, perSite int, inside core.Duration) *truth {
	return newTruth(m.N*perSite, func(a, b int) core.Duration {
		a, b = a/perSite, b/perSite
		if a == b {
			return inside
		}
		if d := m.At(a, b); d > 0 {
			return d
		}
		return max(0, m.At(b, a))
	})
}

func (w *truth) subset(keep []int) *truth {
	return newTruth(len(keep), func(a, b int) core.Duration { return w.at(keep[a], keep[b]) })
}

// bundled places perSite nodes at each region of a bundled matrix, 0.5 ms apart inside.
func bundled(name string, perSite int) func() *truth {
	return sync.OnceValue(func() *truth {
		m, err := topologies.BundledMatrix(name)
		check(err)
		return ofMatrix(m, perSite, 500*time.Microsecond)
	})
}

var aws = bundled("aws-2020", 10)

// static runs nodes over a truth.
type static struct {
	*truth
	cfg    vivaldi.Config
	nodes  []vivaldi.Node
	slots  []uint16 // of b at a
	chance rng.Stream
	jitter float64 // σ of a lognormal factor on each sample
	round  int
}

func newStatic(w *truth, seed uint64, change func(*vivaldi.Config)) *static {
	s := &static{truth: w, cfg: vivaldi.Default(), chance: rng.New(seed, "vivaldi.static")}
	s.cfg.Peers = max(s.cfg.Peers, w.n)
	if change != nil {
		change(&s.cfg)
	}
	check(s.cfg.Validate())
	s.nodes, s.slots = make([]vivaldi.Node, w.n), make([]uint16, w.n*w.n)
	for i := range s.nodes {
		s.nodes[i].Init(&s.cfg, rng.New(seed, "vivaldi", uint64(i)))
	}
	return s
}

// sample lets a measure b, if that pair exists.
func (s *static) sample(a, b int) {
	rtt := s.at(a, b)
	if a == b || rtt == 0 {
		return
	}
	if s.jitter > 0 {
		rtt = core.Duration(float64(rtt) * xmath.Exp(s.jitter*s.chance.Norm()))
	}
	now := core.Instant(s.round) * core.Instant(time.Second)
	slot := &s.slots[a*s.n+b]
	*slot, _ = s.nodes[a].Slot(now, *slot, core.NodeID(b))
	var c core.Coord
	s.nodes[b].Coord(&c)
	s.nodes[a].Heard(*slot, now, &c)
	s.nodes[a].Sample(*slot, now, rtt)
}

// run takes one sample per node and round, of a peer drawn at random.
func (s *static) run(rounds int) {
	for range rounds {
		for a := range s.n {
			s.sample(a, s.partner(a))
		}
		s.round++
	}
}

func (s *static) partner(a int) int {
	b := s.chance.Intn(s.n - 1)
	if b >= a {
		b++
	}
	return b
}

func (s *static) coords() []core.Coord {
	c := make([]core.Coord, s.n)
	for i := range c {
		s.nodes[i].Coord(&c[i])
	}
	return c
}

// errors returns the sorted relative errors of all pairs, or of those of one node.
func (s *static) errors(only int) []float64 {
	var out []float64
	c := s.coords()
	for a := range s.n {
		for b := range s.n {
			if s.at(a, b) == 0 || only >= 0 && a != only && b != only {
				continue
			}
			rtt := float64(s.at(a, b)) / 1e6
			out = append(out, math.Abs(vivaldi.EstimateRTTms(&c[a], &c[b])-rtt)/rtt)
		}
	}
	slices.Sort(out)
	return out
}

// bounds returns the share of pairs whose upper bound holds, and the median of bound over truth.
func (s *static) bounds() (coverage, ratio float64) {
	var ratios []float64
	c := s.coords()
	held := 0
	for a := range s.n {
		for b := range s.n {
			if s.at(a, b) == 0 {
				continue
			}
			r := vivaldi.EstimateUCBms(&c[a], &c[b], &s.cfg) / (float64(s.at(a, b)) / 1e6)
			if r >= 1 {
				held++
			}
			ratios = append(ratios, r)
		}
	}
	slices.Sort(ratios)
	return float64(held) / float64(len(ratios)), quantile(ratios, 0.5)
}

// firstBelow runs s until the median error is below limit, at least 20 rounds, and returns the round in
// which that happened and the error at round 20.
func (s *static) firstBelow(limit float64) (round, at20 float64) {
	for s.round < 20 || round == 0 && s.round < 200 {
		s.run(1)
		median := medianError(s)
		if round == 0 && median < limit {
			round = float64(s.round)
		}
		if s.round == 20 {
			at20 = median
		}
	}
	return round, at20
}

// sameRegion is the median latency_mult (§4.3) over pairs of one region that have met.
func (s *static) sameRegion(perSite int, source vivaldi.Source) float64 {
	var all []float64
	now := core.Instant(s.round) * core.Instant(time.Second)
	for a := range s.n {
		for b := range s.n {
			if slot := s.slots[a*s.n+b]; slot != 0 && a/perSite == b/perSite {
				if ucb, known := s.nodes[a].RTTUCBms(slot, now, source); known {
					all = append(all, min(10, max(1, ucb/10)))
				}
			}
		}
	}
	slices.Sort(all)
	return quantile(all, 0.5)
}
