package metrics

import (
	"cmp"
	"math"
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/metrics/words"
)

// The ends of pairs by class.
var (
	_ = reads("site_a", func(r *Result, o *Observation) string { return r.siteName(o.SiteA) })
	_ = reads("site_b", func(r *Result, o *Observation) string { return r.siteName(o.SiteB) })
)

var _ = record(func(r *Recorder, on *hooks) {
	r.coords.init(&r.ctx, len(r.sites))
	on.sampled = append(on.sampled, r.sampleCoordinates)
	on.finished = append(on.finished, r.finishSettled)
}, words.CoordinateError, words.CoordinateErrorMS, words.CoordinateSettle, words.CoordinateRank, words.CoordinateQuality,
	words.RTTUCBCoverage, words.RTTUCBRatio, words.NewcomerError)

// coordinates measures predicted against true round trips, over a set of pairs that is fixed for the run: all unordered pairs
// of members that may have coordinates, or some drawn from a stream of its own. Both of a pair are of one group: nodes that
// never measure each other, even indirectly, have no common frame.
type coordinates struct {
	pairs   []measured
	classes []pairClass
	quota   int // kept quantiles per class and sample
	next    core.Instant

	coords  []core.Coord // of each node, this sample
	have    []bool
	reached []int          // newcomers: how many of words.NewcomerSamples were passed
	born    []core.Instant // … by the process that started then
	settled []core.Instant // per threshold: below it since then; Never = not

	rel, ms, ratio [][]float64 // by class
	covered        []int32
	all            []float64
	near, far      [2][]float64 // pooled, and room to pool
}

type measured struct {
	a, b  core.NodeID
	class int32
}

// pairClass is what pairs are told apart by: their sites (or only whether they share one) and roles.
type pairClass struct {
	siteA, siteB int16
	link         Link
	role, peer   core.Role
}

const sitesMax = 12 // with more sites, pairs are told apart by link only

func (c *coordinates) init(ctx *Context, sites int) {
	if ctx.TrueRTT == nil {
		return
	}
	var ids []core.NodeID
	for i := range ctx.Nodes {
		if n := &ctx.Nodes[i]; !n.Ghost && n.Group != 0 {
			ids = append(ids, n.ID)
		}
	}
	if !ctx.Flat && !ctx.Workers { // workers have no coordinates in topology roles (spec 10 §11.1)
		ids = slices.DeleteFunc(ids, func(i core.NodeID) bool { return ctx.Nodes[i].Role == core.RoleWorker })
	}
	c.coords, c.have, c.reached = make([]core.Coord, len(ctx.Nodes)), make([]bool, len(ctx.Nodes)), make([]int, len(ctx.Nodes))
	c.born = make([]core.Instant, len(ctx.Nodes))
	c.settled = make([]core.Instant, len(words.Thresholds))
	for i := range c.settled {
		c.settled[i] = core.Never
	}
	c.choose(ctx, ids)
	c.classify(ctx, sites)
}

// choose takes all pairs of ids that measure each other, or draws from them: neighbours in a ring in which the
// nodes stand shuffled by their names, then those two places apart and so on. Every node has its share of the
// pairs, and another node takes part in its own without moving those of the others.
func (c *coordinates) choose(ctx *Context, ids []core.NodeID) {
	met := func(a, b core.NodeID) bool {
		x, y := &ctx.Nodes[a], &ctx.Nodes[b]
		return x.Group == y.Group || ctx.LinkPairs && (x.Role == core.RoleGate) != (y.Role == core.RoleGate)
	}
	for i := 0; i < len(ids) && len(c.pairs) <= ctx.PairsAll; i++ {
		for _, b := range ids[i+1:] {
			if met(ids[i], b) {
				c.pairs = append(c.pairs, measured{a: ids[i], b: b})
			}
		}
	}
	if len(c.pairs) <= ctx.PairsAll {
		return
	}
	c.pairs = c.pairs[:0]
	stream := rng.New(ctx.Seed, "metrics.pairs")
	draw, ring := stream.Uint64(), slices.Clone(ids)
	slices.SortFunc(ring, func(a, b core.NodeID) int {
		return cmp.Or(cmp.Compare(rng.Mix(draw, ctx.Nodes[a].Key), rng.Mix(draw, ctx.Nodes[b].Key)), cmp.Compare(a, b))
	})
	for apart := 1; apart <= len(ring)/2; apart++ {
		for i, x := range ring {
			y := ring[(i+apart)%len(ring)]
			if len(c.pairs) == ctx.PairsMax {
				return
			}
			if met(x, y) && (2*apart < len(ring) || i < apart) { // each pair of opposites once
				c.pairs = append(c.pairs, measured{a: min(x, y), b: max(x, y)})
			}
		}
	}
}

func (c *coordinates) classify(ctx *Context, sites int) {
	index := map[pairClass]int32{}
	for i := range c.pairs {
		p := &c.pairs[i]
		a, b := &ctx.Nodes[p.a], &ctx.Nodes[p.b]
		k := pairClass{-1, -1, LinkInter, min(a.Role, b.Role), max(a.Role, b.Role)}
		if a.SiteIndex == b.SiteIndex {
			k.link = LinkIntra
		}
		if sites <= sitesMax {
			k.siteA, k.siteB = int16(min(a.SiteIndex, b.SiteIndex)), int16(max(a.SiteIndex, b.SiteIndex))
		}
		n, ok := index[k]
		if !ok {
			n = int32(len(c.classes))
			index[k] = n
			c.classes = append(c.classes, k)
		}
		p.class = n
	}
	n := max(len(c.classes), 1)
	c.quota = min(100, max(20, 2000/n))
	c.rel, c.ms, c.ratio = make([][]float64, n), make([][]float64, n), make([][]float64, n)
	c.covered = make([]int32, n)
}

// sampleCoordinates measures all pairs whose both ends run and have a coordinate.
func (r *Recorder) sampleCoordinates(now core.Instant, probe Probe) {
	c := &r.coords
	if len(c.pairs) == 0 || now < c.next || probe == nil {
		return
	}
	c.next = now.Add(r.ctx.CoordEvery)
	for i := range r.peers {
		p := &r.peers[i]
		c.have[i] = p.alive && p.group >= 0 && probe.Coord(core.NodeID(i), &c.coords[i]) && c.coords[i].Dims > 0
	}
	c.measure(r, now)
	r.emitCoordinates(now)
	r.emitQuality(now)
	if n := c.rank(); n >= 0 {
		r.sampled(words.CoordinateRank, now, float64(n), 1, NoRole)
	}
	r.emitNewcomers(now)
}

func (c *coordinates) measure(r *Recorder, now core.Instant) {
	for k := range c.classes {
		c.rel[k], c.ms[k], c.ratio[k], c.covered[k] = c.rel[k][:0], c.ms[k][:0], c.ratio[k][:0], 0
	}
	c.all = c.all[:0]
	for _, p := range c.pairs {
		if !c.have[p.a] || !c.have[p.b] {
			continue
		}
		rel, ms, ratio, ok := r.accuracy(p.a, p.b, now)
		if !ok {
			continue
		}
		k := p.class
		c.rel[k], c.ms[k], c.ratio[k] = append(c.rel[k], rel), append(c.ms[k], ms), append(c.ratio[k], ratio)
		if ratio >= 1 {
			c.covered[k]++
		}
		c.all = append(c.all, rel)
	}
}

// accuracy compares the estimate of a pair with the truth; ok is false if there is no true RTT.
func (r *Recorder) accuracy(a, b core.NodeID, now core.Instant) (rel, ms, ratio float64, ok bool) {
	truth := float64(r.ctx.TrueRTT(a, b, now)) / 1e6
	if truth <= 0 {
		return 0, 0, 0, false
	}
	x, y := &r.coords.coords[a], &r.coords.coords[b]
	estimate := float64(estimateMS(x, y))
	ms = math.Abs(estimate - truth)
	return ms / truth, ms, r.ctx.Bound.upper(estimate, x, y) / truth, true
}

// estimateMS is the estimated RTT of spec 10 §11.6 (step 1 of §11.4), in ms.
func estimateMS(x, y *core.Coord) float64 {
	sum := 0.0
	for i := range min(x.Dims, y.Dims) {
		d := float64(x.Vec[i]) - float64(y.Vec[i])
		sum += float64(d * d)
	}
	raw := math.Sqrt(sum) + float64(x.Height) + float64(y.Height)
	if d := raw + float64(x.Adjustment) + float64(y.Adjustment); d > 0 {
		raw = d
	}
	return float64(1000 * raw)
}

// upper is the upper bound of spec 10 §11.6, in ms.
func (b *Bound) upper(estimate float64, x, y *core.Coord) float64 {
	sigma := min(max(float64(x.ErrorMS)+float64(y.ErrorMS), b.SigmaMin), b.SigmaMax)
	return min(max(estimate+float64(b.KSigma*sigma), b.RTTMin), b.RTTMax)
}

func (r *Recorder) emitCoordinates(now core.Instant) {
	c := &r.coords
	for k := range c.classes {
		if len(c.rel[k]) == 0 {
			continue
		}
		cl := c.classes[k]
		row := CoordRow{
			At: now, Pairs: int32(len(c.rel[k])), Covered: c.covered[k], SiteA: cl.siteA, SiteB: cl.siteB,
			Link: cl.link, Role: cl.role, Peer: cl.peer,
			Rel: quantiles(c.rel[k], c.quota), MS: quantiles(c.ms[k], c.quota), Ratio: quantiles(c.ratio[k], c.quota),
		}
		if len(r.res.Coords) < r.ctx.MaxRows {
			r.res.Coords = append(r.res.Coords, row)
		} else {
			r.res.TruncatedRows++
		}
	}
	if len(c.all) == 0 {
		return
	}
	slices.Sort(c.all)
	median := c.all[(len(c.all)-1)/2] // nearest rank
	r.pools(now)
	for i, t := range words.Thresholds {
		if median >= t {
			c.settled[i] = core.Never
		} else if c.settled[i] == core.Never {
			c.settled[i] = now
		}
	}
}

// quantiles sorts v and returns all of it, or the values at the nearest ranks of k/quota.
func quantiles(v []float64, quota int) []float32 {
	slices.Sort(v)
	n := min(len(v), quota)
	q := make([]float32, n)
	for k := range q {
		q[k] = float32(v[((k+1)*len(v)+n-1)/n-1])
	}
	return q
}

// emitQuality stores the quality of each own coordinate (spec 10 §11.6 at age 0), to 0.01.
func (r *Recorder) emitQuality(now core.Instant) {
	h := r.histogram[:0]
	for i := range r.coords.have {
		if !r.coords.have[i] {
			continue
		}
		x := &r.coords.coords[i]
		q := min(1, float64(x.Samples)/10) * min(1, 20/max(float64(x.ErrorMS), 1))
		h = append(h, Value{math.Round(q*100) / 100, 1})
	}
	r.histogram = h
	r.distribution(words.CoordinateQuality, now, h, func(*Observation) {})
}

// emitNewcomers watches nodes that started after 0 take their first samples.
func (r *Recorder) emitNewcomers(now core.Instant) {
	c := &r.coords
	for i := range r.peers {
		if started := r.peers[i].started; started != c.born[i] { // another process
			c.born[i], c.reached[i] = started, 0
		}
		if r.peers[i].started <= 0 || !c.have[i] {
			continue
		}
		for c.reached[i] < len(words.NewcomerSamples) && c.coords[i].Samples >= words.NewcomerSamples[c.reached[i]] {
			n := core.NodeID(i)
			var errs []Value
			for _, p := range c.pairs {
				if (p.a == n || p.b == n) && c.have[p.a] && c.have[p.b] {
					if rel, _, _, ok := r.accuracy(p.a, p.b, now); ok {
						errs = append(errs, Value{rel, 1})
					}
				}
			}
			if len(errs) > 0 {
				SortValues(errs)
				o := r.about(words.NewcomerError, now, Percentile(errs, 50), n, core.NoNode)
				o.Param = float64(words.NewcomerSamples[c.reached[i]])
				r.keep(&o)
			}
			c.reached[i]++
		}
	}
}

func (r *Recorder) finishSettled(core.Instant) {
	for i, s := range r.coords.settled {
		if s == core.Never {
			continue
		}
		o := blank(words.CoordinateSettle, s, s.Seconds())
		o.Param = words.Thresholds[i]
		r.keep(&o)
	}
}
