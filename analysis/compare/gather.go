package compare

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"hypersim/analysis"
	"hypersim/analysis/stats"
	"hypersim/sim/metrics/words"
)

// sample is the values of one metric on both sides.
type sample struct {
	analysis.Key
	unit, stat       string
	a, b             []stats.Run // one value per run
	countA, countB   []stats.Rate
	waitA, waitB     *analysis.Wait // of what is waited for
	eventsA, eventsB int
	note             string
}

// gatherer collects what two cells can be compared by.
type gatherer struct {
	x, y  *analysis.Cell
	seeds []uint64 // those of pairs; nil: all runs count
	opt   *Options
	out   []sample
}

// gather collects what is waited for, what is counted, and the distributions of all else. A distribution of detection
// times leaves out what never came, and one of events only says that there were some; the other two forms replace
// them.
func gather(x, y *analysis.Cell, seeds []uint64, opt *Options) ([]sample, error) {
	g := &gatherer{x: x, y: y, seeds: seeds, opt: opt}
	replaced := map[string]bool{}
	for _, c := range []*analysis.Cell{x, y} {
		for i := range c.Runs {
			for _, s := range c.Runs[i].Survival {
				k := analysis.Key{Metric: s.Metric, Labels: s.Labels}
				if replaced[s.Metric] = true; g.wanted(k) && g.everywhere(k) {
					if err := g.waited(k); err != nil {
						return nil, err
					}
				}
			}
			for _, n := range c.Runs[i].Counts {
				k := analysis.Key{Metric: n.Metric, Labels: n.Labels}
				if replaced[n.Metric] = true; g.wanted(k) {
					g.counted(k)
				}
			}
		}
	}
	for _, c := range []*analysis.Cell{x, y} {
		for i := range c.Runs {
			for _, d := range c.Runs[i].Distributions {
				k := analysis.Key{Metric: d.Metric, Labels: d.Labels}
				if !replaced[d.Metric] && g.wanted(k) {
					g.distributed(k, d.Unit)
				}
			}
		}
	}
	slices.SortFunc(g.out, func(p, q sample) int {
		m, _ := words.Lookup(p.Metric)
		n, _ := words.Lookup(q.Metric)
		return cmp.Or(cmp.Compare(m.Order(), n.Order()), cmp.Compare(p.Metric, q.Metric), cmp.Compare(p.Labels, q.Labels))
	})
	return g.out, nil
}

func (g *gatherer) wanted(k analysis.Key) bool {
	return (len(g.opt.Metrics) == 0 || slices.Contains(g.opt.Metrics, k.Metric)) &&
		!slices.ContainsFunc(g.out, func(s sample) bool { return s.Key == k })
}

// everywhere reports whether a row that is about one role says something of its own: every run has it,
// beside another role.
func (g *gatherer) everywhere(k analysis.Key) bool {
	if !strings.Contains(k.Labels, "subject_role=") {
		return true
	}
	whole := analysis.Key{Metric: k.Metric, Labels: strings.TrimRight(k.Labels[:strings.Index(k.Labels, "subject_role=")], ";")}
	for _, c := range []*analysis.Cell{g.x, g.y} {
		some, n := c.Waited(k)
		all, total := c.Waited(whole)
		if some != all || n == total {
			return false
		}
	}
	return true
}

// waited compares means up to one horizon for both sides: the declared one, or else as long as every run would have
// waited. A default ends where nobody on either side was waited for any longer.
func (g *gatherer) waited(k analysis.Key) error {
	seeds := g.seeds
	if seeds != nil { // pairs of runs that both waited
		seeds = slices.DeleteFunc(slices.Clone(seeds), func(s uint64) bool { return !waits(g.x, k, s) || !waits(g.y, k, s) })
	}
	until := g.opt.Horizon
	if until == 0 {
		until = min(g.x.Watched(k), g.y.Watched(k))
		for _, c := range []*analysis.Cell{g.x, g.y} {
			w, _, err := c.Waits(k, seeds)
			if err != nil {
				return err
			}
			if w.Curve().N > 0 {
				until = min(until, w.Until())
			}
		}
	}
	a, err := g.x.Wait(k, until, seeds)
	if err != nil {
		return err
	}
	b, err := g.y.Wait(k, until, seeds)
	if err != nil {
		return err
	}
	s := sample{Key: k, unit: "s", stat: "restricted mean", a: a.Runs, b: b.Runs, waitA: &a, waitB: &b, eventsA: a.Events, eventsB: b.Events}
	s.note = cmp.Or(a.Note, b.Note)
	g.out = append(g.out, s)
	return nil
}

// waits reports whether the run of that seed waited for k.
func waits(c *analysis.Cell, k analysis.Key, seed uint64) bool {
	w, _, err := c.Waits(k, []uint64{seed})
	return err == nil && w.Curve().N > 0
}

func (g *gatherer) counted(k analysis.Key) {
	s := sample{Key: k, unit: perNodeHour, stat: "rate"}
	s.a, s.countA = g.x.Rates(k)
	s.b, s.countB = g.y.Rates(k)
	s.eventsA, s.eventsB = total(s.countA), total(s.countB)
	g.out = append(g.out, s)
}

func total(counts []stats.Rate) int {
	n := uint64(0)
	for _, c := range counts {
		n += c.Count
	}
	return int(n)
}

func (g *gatherer) distributed(k analysis.Key, unit string) {
	g.out = append(g.out, sample{Key: k, unit: unit, stat: string(g.opt.Stat), a: g.x.Values(k, g.opt.Stat), b: g.y.Values(k, g.opt.Stat)})
}

// means returns the value of either side: of the runs that are compared.
func (s *sample) means(paired bool) (a, b float64) {
	if s.waitA != nil {
		return s.waitA.Mean, s.waitB.Mean
	}
	x, y := values(s.a), values(s.b)
	if paired {
		pairs, left := stats.Match(s.a, s.b)
		if left > 0 {
			x, y = split(pairs)
		}
	}
	return stats.Mean(x), stats.Mean(y)
}

// pairs returns how many pairs, or runs on the smaller side, the sample has.
func (s *sample) size(paired bool) int {
	if paired {
		p, _ := stats.Match(s.a, s.b)
		return len(p)
	}
	return min(len(s.a), len(s.b))
}

func values(runs []stats.Run) []float64 {
	out := make([]float64, len(runs))
	for i := range runs {
		out[i] = runs[i].Value
	}
	return out
}

func split(pairs []stats.Pair) (a, b []float64) {
	for _, p := range pairs {
		a, b = append(a, p.A), append(b, p.B)
	}
	return a, b
}

// horizonOf returns the time up to which the sample's means are taken; NaN where nothing is waited for.
func (s *sample) horizon() float64 {
	if s.waitA == nil {
		return math.NaN()
	}
	return s.waitA.Until
}
