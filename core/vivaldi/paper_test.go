package vivaldi

import (
	"fmt"
	"math"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/rng"
)

// What Dabek, Cox, Kaashoek and Morris, "Vivaldi: a decentralized network coordinate system" (SIGCOMM 2004), say that
// the algorithm does: one sentence in our words, one section, one test. The engine "basic" is the published one; what
// Serf's adds must keep the same properties, so both are asked.

func published(t *testing.T, check func(t *testing.T, e EngineName)) {
	for _, e := range []EngineName{EngineBasic, EngineSerf} {
		t.Run(string(e), func(t *testing.T) { check(t, e) })
	}
}

// settled makes a node of engine e that stands at x on the first axis, as sure of it as err says.
func settled(t *testing.T, e EngineName, x, err float64) *Node {
	n := node(t, func(c *Config) { c.Engine = e })
	n.self.vec[0], n.self.err = x, err
	return n
}

// §2, figure 2: a sample pulls a node along the line to its peer, towards it if the prediction was too long and away
// from it if it was too short, by a part of the way that is missing.
func TestPaperSpring(t *testing.T) {
	published(t, func(t *testing.T, e EngineName) {
		peer := point{vec: vector{0.1}, err: 0.5}
		for _, c := range []struct{ rtt, least, most float64 }{{0.2, -0.1, 0}, {0.05, 0, 0.05}} {
			n := settled(t, e, 0, 0.5)
			n.apply(&peer, 0, core.Seconds(c.rtt))
			if x := n.self.vec[0]; x <= c.least || x >= c.most {
				t.Errorf("rtt %v s at a distance of 0.1 s: moves to %v, want between %v and %v", c.rtt, x, c.least, c.most)
			}
			for i, x := range n.self.vec[1:] {
				if x != 0 {
					t.Errorf("axis %d: leaves the line, %v", i+1, x)
				}
			}
		}
	})
}

// §2, figure 3: the step is the smaller, the surer the node itself is, and the larger, the surer its peer is.
func TestPaperAdaptiveTimestep(t *testing.T) {
	published(t, func(t *testing.T, e EngineName) {
		step := func(own, peer float64) float64 {
			n := settled(t, e, 0, own)
			n.apply(&point{vec: vector{0.1}, err: peer}, 0, 200*time.Millisecond)
			return math.Abs(n.self.vec[0])
		}
		if unsure, sure := step(1, 0.1), step(0.1, 1); unsure < 5*sure {
			t.Errorf("an unsure node moves %v s towards a sure one, and a sure one %v s towards an unsure one", unsure, sure)
		}
		if a, b := step(0.3, 0.1), step(0.3, 0.9); a <= b {
			t.Errorf("moves %v s for a sure peer, %v s for an unsure one", a, b)
		}
	})
}

// §2, figure 3: a node's error is a moving average of how wrong its predictions were: right ones lower it, wrong ones
// raise it, and those about unsure peers count less.
func TestPaperErrorIsAnAverage(t *testing.T) {
	published(t, func(t *testing.T, e EngineName) {
		after := func(rtt core.Duration, peer float64) float64 {
			n := settled(t, e, 0, 0.4)
			n.apply(&point{vec: vector{0.1}, err: peer}, 0, rtt)
			return n.self.err
		}
		right, wrong := after(100*time.Millisecond, 0.4), after(time.Second, 0.4)
		if !(right < 0.4 && wrong > 0.4) {
			t.Errorf("error 0.4 becomes %v after a true prediction, %v after a wrong one", right, wrong)
		}
		if heeded, not := wrong-0.4, after(time.Second, 2)-0.4; not >= heeded {
			t.Errorf("a wrong prediction about an unsure peer raises the error by %v, about a sure one by %v", not, heeded)
		}
	})
}

// §2, figure 2: two nodes at one place push each other apart in a direction of chance, or all would stay at the origin.
func TestPaperTwoAtOnePlacePart(t *testing.T) {
	published(t, func(t *testing.T, e EngineName) {
		seen := map[string]bool{}
		for seed := range uint64(5) {
			n := settled(t, e, 0, 1)
			n.stream = rng.New(seed, "paper")
			n.apply(&point{err: 1}, 0, 100*time.Millisecond)
			if n.self.vec[0] == 0 {
				t.Errorf("seed %d: stays where it is", seed)
			}
			seen[fmt.Sprint(n.self.vec)] = true
		}
		if len(seen) < 5 {
			t.Errorf("%d directions in 5", len(seen))
		}
	})
}

// network is a few nodes that measure each other in turn, with the truth of their round trips in seconds.
type network struct {
	nodes []*Node
	truth [][]float64
}

func (w *network) measure(i, j int) {
	p := &w.nodes[j].self
	peer := point{height: p.height, adj: p.adj, err: p.err}
	copy(peer.vec[:], p.vec)
	w.nodes[i].apply(&peer, 0, core.Seconds(w.truth[i][j]))
}

func (w *network) run(rounds int) {
	for r := range rounds {
		for i := range w.nodes {
			if j := (i + 1 + r%(len(w.nodes)-1)) % len(w.nodes); j != i {
				w.measure(i, j)
			}
		}
	}
}

// onLine makes nodes that lie on a line, 10 ms apart.
func onLine(t *testing.T, e EngineName, n int) *network {
	w := new(network)
	for i := range n {
		fresh := node(t, func(c *Config) { c.Engine = e })
		fresh.stream = rng.New(uint64(i), "paper")
		w.nodes = append(w.nodes, fresh)
		var row []float64
		for j := range n {
			row = append(row, 0.01*math.Abs(float64(i-j)))
		}
		w.truth = append(w.truth, row)
	}
	return w
}

// off is by how much the predictions between the nodes from … to−1 are wrong, in the mean, in seconds.
func (w *network) off(from, to int) float64 {
	sum, pairs := 0.0, 0
	for i := from; i < to; i++ {
		for j := from; j < i; j++ {
			p := &w.nodes[j].self
			peer := point{height: p.height, adj: p.adj}
			copy(peer.vec[:], p.vec)
			sum += math.Abs(w.nodes[i].estimate(&peer)/1000 - w.truth[i][j])
			pairs++
		}
	}
	return sum / float64(pairs)
}

// §5.4: what a node's access link adds to all its distances is a height above the space: the heights of both ends
// count in full, a node rises where predictions are too short and sinks where they are too long, and none sinks below
// the plane.
func TestPaperHeight(t *testing.T) {
	published(t, func(t *testing.T, e EngineName) {
		peer := point{vec: vector{0.1}, height: 0.03, err: 0.5}
		at := func(height float64) *Node {
			n := settled(t, e, 0, 0.5)
			n.self.height = height
			return n
		}
		near(t, "estimate, ms", at(0.02).estimate(&peer), 150, 1e-9)
		for _, c := range []struct {
			height float64
			rtt    core.Duration
			rises  bool
		}{{0.02, 200 * time.Millisecond, true}, {0.02, 100 * time.Millisecond, false}} {
			n := at(c.height)
			n.apply(&peer, 0, c.rtt)
			if n.self.height > c.height != c.rises {
				t.Errorf("estimate 150 ms, true %v: height %v becomes %v", c.rtt, c.height, n.self.height)
			}
		}
		n := at(1e-5)
		if n.apply(&peer, 0, time.Millisecond); n.self.height != 1e-5 {
			t.Errorf("the least height becomes %v", n.self.height)
		}
	})
}

// §4.2: nodes that know their place keep it when as many arrive that do not, and those find theirs.
func TestPaperNewcomersDoNotDisturb(t *testing.T) {
	published(t, func(t *testing.T, e EngineName) {
		w := onLine(t, e, 12)
		all := w.nodes
		w.nodes = all[:6]
		w.run(2000)
		before := w.off(0, 6)
		w.nodes = all
		w.run(4)
		if now := w.off(0, 6); now > before+0.002 {
			t.Errorf("predictions among the settled were off by %.4f s, and by %.4f s once newcomers had come", before, now)
		}
		w.run(2000)
		if now := w.off(0, 12); now > 0.005 {
			t.Errorf("in the end predictions are off by %.4f s", now)
		}
	})
}
