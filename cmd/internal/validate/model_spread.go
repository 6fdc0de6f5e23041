package validate

import (
	"cmp"
	"math"
	"slices"

	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// spread is one piece of news among n members. Time is in probe periods.
type spread struct {
	n        int
	lambda   float64 // limit per member: max(1, ⌊λ·ln(n+1)⌋) transmissions; 0 = without limit
	probes   bool    // each member pings one member per period, in a shuffled order; PING carries the news
	acks     bool    // so does the ACK
	gossip   float64 // distance of gossip ticks, 0 = none
	fanout   int
	loss     float64 // per datagram
	lockstep bool    // all act at once, on what they knew before; else each has a phase of its own
}

// result of one run: when 50 %, 99 % and all members knew, counted from the first; +Inf if never.
type reached struct{ half, most, all float64 }

type crowd struct {
	spread
	draw  *rng.Stream
	sent  []int
	limit int
	since []float64 // +Inf: does not know
	order [][]int32 // each member's shuffled list, and where it stands
	at    []int32
	knows int
	mark  [2]int // how many are 50 and 99 %
	out   reached
	times []float64 // when each of the informed learned it, in order
}

func (s spread) crowd(draw *rng.Stream) *crowd {
	c := &crowd{spread: s, draw: draw, sent: make([]int, s.n), since: make([]float64, s.n), at: make([]int32, s.n)}
	c.limit = math.MaxInt
	if s.lambda > 0 {
		c.limit = max(1, int(s.lambda*xmath.Log(float64(s.n+1))))
	}
	for i := range c.since {
		c.since[i] = math.Inf(1)
	}
	c.order = make([][]int32, s.n)
	c.out = reached{math.Inf(1), math.Inf(1), math.Inf(1)}
	c.mark = [2]int{(s.n + 1) / 2, int(math.Ceil(0.99 * float64(s.n)))}
	return c
}

func (c *crowd) play() {
	c.learn(c.draw.Intn(c.n), 0)
	if c.lockstep {
		c.rounds()
	} else {
		c.phases()
	}
}

func (c *crowd) learn(i int, t float64) {
	if !math.IsInf(c.since[i], 1) {
		return
	}
	c.since[i] = t
	c.times = append(c.times, t)
	c.knows++
	if c.knows == c.mark[0] {
		c.out.half = t
	}
	if c.knows == c.mark[1] {
		c.out.most = t
	}
	if c.knows == c.n {
		c.out.all = t
	}
}

// tells is one datagram of i at t: it carries the news if i has it and may still repeat it.
func (c *crowd) tells(i, to int, t float64) {
	has := c.since[i] < t || !c.lockstep && c.since[i] <= t
	if !has || c.sent[i] >= c.limit {
		return
	}
	c.sent[i]++
	if !c.draw.Bool(c.loss) {
		c.learn(to, t)
	}
}

// next is i's next target in its shuffled order, which starts somewhere in the middle. Where a walk is much
// longer than the news needs, any target does as well, and costs no list.
func (c *crowd) next(i int) int {
	if c.n > 2000 {
		return (i + 1 + c.draw.Intn(c.n-1)) % c.n
	}
	o := c.order[i]
	if o == nil {
		o = make([]int32, 0, c.n-1)
		for j := range c.n {
			if j != i {
				o = append(o, int32(j))
			}
		}
		rng.Shuffle(c.draw, o) // also what lies behind: else those with high ids would be asked more often
		c.order[i], c.at[i] = o, int32(c.draw.Intn(c.n-1))
	}
	if int(c.at[i]) == len(o) {
		c.at[i] = 0
	}
	k := int(c.at[i])
	j := k + c.draw.Intn(len(o)-k)
	o[k], o[j] = o[j], o[k]
	c.at[i]++
	return int(o[k])
}

func (c *crowd) probe(i int, t float64) {
	k := c.next(i)
	lost := c.draw.Bool(c.loss) // of the PING: then there is no ACK
	if has := c.since[i] < t || !c.lockstep && c.since[i] <= t; has && c.sent[i] < c.limit {
		c.sent[i]++
		if !lost {
			c.learn(k, t)
		}
	}
	if c.acks && !lost {
		c.tells(k, i, t)
	}
}

func (c *crowd) spreadTick(i int, t float64) {
	if has := c.since[i] < t || !c.lockstep && c.since[i] <= t; !has {
		return
	}
	var to [8]int
	for k := 0; k < c.fanout; {
		j := c.draw.Intn(c.n)
		if j == i || slices.Contains(to[:k], j) {
			continue
		}
		to[k] = j
		k++
	}
	for _, j := range to[:c.fanout] {
		c.tells(i, j, t)
	}
}

func (c *crowd) over(t float64) bool { return c.knows == c.n || t > 60 }

// rounds lets all act at the same instants 1, 2, … (gossip ticks if there are any, else periods).
func (c *crowd) rounds() {
	step := 1.0
	if c.gossip > 0 {
		step = c.gossip
	}
	for r := 1; !c.over(step * float64(r)); r++ {
		t := step * float64(r)
		for i := range c.n {
			if c.gossip > 0 {
				c.spreadTick(i, t)
			}
			if c.probes {
				c.probe(i, t)
			}
		}
	}
}

// phases gives each member a phase of its own for probes and for gossip.
func (c *crowd) phases() {
	type act struct {
		at     float64
		member int
		probe  bool
	}
	var acts []act
	for i := range c.n {
		if c.probes {
			acts = append(acts, act{c.draw.Float64(), i, true})
		}
		if c.gossip > 0 {
			phase := c.draw.Float64() * c.gossip
			for k := range int(math.Round(1 / c.gossip)) {
				acts = append(acts, act{phase + float64(k)*c.gossip, i, false})
			}
		}
	}
	slices.SortFunc(acts, func(a, b act) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.member, b.member))
	})
	for period := 0.0; !c.over(period); period++ {
		for _, a := range acts {
			if a.probe {
				c.probe(a.member, period+a.at)
			} else {
				c.spreadTick(a.member, period+a.at)
			}
		}
	}
}

// modelled are means over many runs of a model; lost is the share of runs that left somebody out.
type modelled struct {
	half, most, all, lost float64
	curve                 []float64 // mean share that knows, at multiples of curveStep
}

// curveStep is the distance of points of curves, in periods.
const curveStep = 0.01

// mean of runs. The stream is the model's own: the same in every experiment.
func (s spread) mean(runs int) (m modelled) {
	draw := rng.New(1, "validate.spread", uint64(s.n))
	done := 0.0
	m.curve = make([]float64, int(20/curveStep))
	for range runs {
		c := s.crowd(&draw)
		c.play()
		r := c.out
		m.half += r.half / float64(runs)
		m.most += r.most / float64(runs)
		addCurve(m.curve, c.times, s.n, 1/float64(runs))
		if math.IsInf(r.all, 1) {
			m.lost += 1 / float64(runs)
			continue
		}
		m.all += r.all
		done++
	}
	m.all /= done
	return m
}

// addCurve adds weight × the share of n that knew by then to each point of curve; times are ascending.
func addCurve(curve, times []float64, n int, weight float64) {
	k := 0
	for i := range curve {
		for k < len(times) && times[k] <= float64(i)*curveStep {
			k++
		}
		curve[i] += weight * float64(k) / float64(n)
	}
}

// growth is ln of the growth per period from the lo-th to the hi-th that knows.
func (s spread) growth(draw *rng.Stream, lo, hi int) float64 {
	c := s.crowd(draw)
	c.mark = [2]int{lo, hi}
	c.play()
	return xmath.Log(float64(hi)/float64(lo)) / (c.out.most - c.out.half)
}

// growthRate solves (r − 1)² = r/(eʳ − 1): one newly informed by a PING has its own next ping after U(0, 1),
// one informed by an ACK has just pinged and waits a whole period; both are pinged once per period, at
// any time (Euler and Lotka's equation for two types, ADR-0006).
func growthRate() float64 {
	lo, hi := 1.0, 3.0
	for range 60 {
		r := (lo + hi) / 2
		if (r-1)*(r-1) < r/(xmath.Exp(r)-1) {
			lo = r
		} else {
			hi = r
		}
	}
	return lo
}
