package analysis

import (
	"math"

	"hypersim/analysis/stats"
)

// Key names a row of what runs measured.
type Key struct{ Metric, Labels string }

// Statistic names one number of a Distribution: "mean", "p50", "p99" or "max".
type Statistic string

// of returns the number, NaN for a name that is none.
func (s Statistic) of(d *Distribution) float64 {
	switch s {
	case "mean":
		return d.Mean
	case "p50":
		return d.P50
	case "p99":
		return d.P99
	case "max":
		return d.Max
	}
	return math.NaN()
}

// Valid reports whether s names a statistic.
func (s Statistic) Valid() bool { return !math.IsNaN(s.of(&Distribution{})) }

// Values returns the statistic of the metric in each run of c that observed it.
func (c *Cell) Values(k Key, stat Statistic) []stats.Run {
	var out []stats.Run
	for i := range c.Runs {
		r := &c.Runs[i]
		for j := range r.Distributions {
			if d := &r.Distributions[j]; d.Metric == k.Metric && d.Labels == k.Labels {
				out = append(out, stats.Run{Seed: r.Seed, Value: stat.of(d)})
			}
		}
	}
	return out
}

// Rates returns how often something happened in each run of c, per node-hour, and the totals.
func (c *Cell) Rates(k Key) ([]stats.Run, stats.Rate) {
	var out []stats.Run
	var total stats.Rate
	for i := range c.Runs {
		r := &c.Runs[i]
		for j := range r.Counts {
			if n := &r.Counts[j]; n.Metric == k.Metric && n.Labels == k.Labels && n.NodeHours > 0 {
				out = append(out, stats.Run{Seed: r.Seed, Value: float64(n.Count) / n.NodeHours})
				total.Count += n.Count
				total.Exposure += n.NodeHours
			}
		}
	}
	return out, total
}

// Times returns the mean time to an event in each run of c that waited for any, and how many events of how
// many never came. Times are cut at until, those that never came count as until: a restricted mean, which
// exists however many are censored. It is unbiased if until is at most Horizon; +Inf leaves out what never
// came, which makes detection look faster than it is.
func (c *Cell) Times(k Key, until float64) (runs []stats.Run, censored, events int) {
	for i := range c.Runs {
		r := &c.Runs[i]
		for j := range r.Survival {
			s := &r.Survival[j]
			if s.Metric != k.Metric || s.Labels != k.Labels {
				continue
			}
			censored, events = censored+len(s.Censored), events+len(s.Censored)+len(s.Times)
			var v []float64
			for _, t := range s.Times {
				v = append(v, min(t, until))
			}
			if !math.IsInf(until, 1) {
				for range s.Censored {
					v = append(v, until)
				}
			}
			if len(v) > 0 {
				runs = append(runs, stats.Run{Seed: r.Seed, Value: stats.Mean(v)})
			}
		}
	}
	return runs, censored, events
}

// Horizon returns the time up to which every event of every run was waited for; +Inf if all came.
func (c *Cell) Horizon(k Key) float64 {
	until := math.Inf(1)
	for i := range c.Runs {
		for j := range c.Runs[i].Survival {
			if s := &c.Runs[i].Survival[j]; s.Metric == k.Metric && s.Labels == k.Labels {
				for _, t := range s.Censored {
					until = min(until, t)
				}
			}
		}
	}
	return until
}

// Observations returns all times to an event of all runs of c, for a Kaplan–Meier curve.
func (c *Cell) Observations(k Key) []stats.Observation {
	var out []stats.Observation
	for i := range c.Runs {
		for j := range c.Runs[i].Survival {
			s := &c.Runs[i].Survival[j]
			if s.Metric != k.Metric || s.Labels != k.Labels {
				continue
			}
			for _, t := range s.Times {
				out = append(out, stats.Observation{Time: t})
			}
			for _, t := range s.Censored {
				out = append(out, stats.Observation{Time: t, Censored: true})
			}
		}
	}
	return out
}
