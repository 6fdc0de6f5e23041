package compare

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"hypersim/analysis"
	"hypersim/analysis/stats"
	"hypersim/sim/metrics"
)

// sample is the values of one metric on both sides.
type sample struct {
	analysis.Key
	unit, stat           string
	a, b                 []stats.Run
	rateA, rateB         *stats.Rate // of what is counted
	until                float64     // of what is waited for; NaN otherwise, and if all came
	censoredA, censoredB int
	eventsA, eventsB     int
}

// gather collects what the two cells can be compared by: what is waited for, what is counted, and the
// distributions of all else. A distribution of detection times leaves out what never came, and one of
// events only says that there were some; the other two forms replace them.
func gather(x, y *analysis.Cell, opt *Options) []sample {
	var out []sample
	wanted := func(k analysis.Key) bool {
		return (len(opt.Metrics) == 0 || slices.Contains(opt.Metrics, k.Metric)) &&
			!slices.ContainsFunc(out, func(s sample) bool { return s.Key == k })
	}
	replaced := map[string]bool{}
	for _, c := range []*analysis.Cell{x, y} {
		for i := range c.Runs {
			for _, s := range c.Runs[i].Survival {
				k := analysis.Key{Metric: s.Metric, Labels: s.Labels}
				if replaced[s.Metric] = true; wanted(k) && everywhere(k, x, y) {
					out = append(out, waited(k, x, y))
				}
			}
			for _, n := range c.Runs[i].Counts {
				k := analysis.Key{Metric: n.Metric, Labels: n.Labels}
				if replaced[n.Metric] = true; wanted(k) {
					out = append(out, counted(k, x, y))
				}
			}
		}
	}
	for _, c := range []*analysis.Cell{x, y} {
		for i := range c.Runs {
			for _, d := range c.Runs[i].Distributions {
				k := analysis.Key{Metric: d.Metric, Labels: d.Labels}
				if !replaced[d.Metric] && wanted(k) {
					out = append(out, distributed(k, d.Unit, x, y, opt.Stat))
				}
			}
		}
	}
	slices.SortFunc(out, func(p, q sample) int {
		m, _ := metrics.Lookup(p.Metric)
		n, _ := metrics.Lookup(q.Metric)
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(p.Metric, q.Metric), cmp.Compare(p.Labels, q.Labels))
	})
	return out
}

// everywhere reports whether a row that is about one role says something of its own: every run has it,
// beside another role.
func everywhere(k analysis.Key, x, y *analysis.Cell) bool {
	if !strings.Contains(k.Labels, "subject_role=") {
		return true
	}
	whole := analysis.Key{Metric: k.Metric, Labels: strings.TrimRight(k.Labels[:strings.Index(k.Labels, "subject_role=")], ";")}
	for _, c := range []*analysis.Cell{x, y} {
		some, _, n := c.Times(k, 0)
		all, _, total := c.Times(whole, 0)
		if len(some) != len(all) || n == total {
			return false
		}
	}
	return true
}

func waited(k analysis.Key, x, y *analysis.Cell) sample {
	until := min(x.Horizon(k), y.Horizon(k))
	s := sample{Key: k, unit: "s", stat: "mean", until: math.NaN()}
	s.a, s.censoredA, s.eventsA = x.Times(k, until)
	s.b, s.censoredB, s.eventsB = y.Times(k, until)
	if !math.IsInf(until, 1) {
		s.stat, s.until = "restricted mean", until
	}
	return s
}

func counted(k analysis.Key, x, y *analysis.Cell) sample {
	s := sample{Key: k, unit: perNodeHour, stat: "rate", until: math.NaN()}
	var a, b stats.Rate
	s.a, a = x.Rates(k)
	s.b, b = y.Rates(k)
	s.rateA, s.rateB = &a, &b
	s.eventsA, s.eventsB = int(a.Count), int(b.Count)
	return s
}

func distributed(k analysis.Key, unit string, x, y *analysis.Cell, stat analysis.Statistic) sample {
	return sample{Key: k, unit: unit, stat: string(stat), until: math.NaN(), a: x.Values(k, stat), b: y.Values(k, stat)}
}
