package analysis

import (
	"math"
	"slices"

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

// Rates returns how often something happened in each run of c, per node-hour, and the same as counts.
func (c *Cell) Rates(k Key) ([]stats.Run, []stats.Rate) {
	var out []stats.Run
	var counts []stats.Rate
	for i := range c.Runs {
		r := &c.Runs[i]
		for j := range r.Counts {
			if n := &r.Counts[j]; n.Metric == k.Metric && n.Labels == k.Labels && n.NodeHours > 0 {
				out = append(out, stats.Run{Seed: r.Seed, Value: float64(n.Count) / n.NodeHours})
				counts = append(counts, stats.Rate{Count: n.Count, Exposure: n.NodeHours})
			}
		}
	}
	return out, counts
}

// Wait is what runs say about the time to an event.
type Wait struct {
	Mean             float64     // of min(time, Until), s; NaN if it is not known
	Until            float64     // s
	Runs             []stats.Run // what each run that waited adds to it: their mean is Mean
	Events, Censored int         // that were waited for; of them never came
	Came             int         // of them came by Until
	Note             string      // why Mean is not known
}

// Wait returns the mean time to an event up to a horizon (Kaplan–Meier): events that never came count for as long as
// they were waited for, and say nothing about what comes later. Only runs of the given seeds count; nil is all.
func (c *Cell) Wait(k Key, until float64, seeds []uint64) (Wait, error) {
	w := Wait{Mean: math.NaN(), Until: until}
	waits, from, err := c.Waits(k, seeds)
	if err != nil {
		return w, err
	}
	w.Came = c.came(k, until, seeds)
	curve := waits.Curve()
	w.Events, w.Censored = curve.N, curve.Censored
	var values []float64
	w.Mean, values, w.Note = waits.RestrictedMean(until)
	for i, n := range waits.Runs() {
		if values != nil {
			w.Runs = append(w.Runs, stats.Run{Seed: from[n], Value: values[i]})
		}
	}
	return w, nil
}

// came counts the events that came by the horizon.
func (c *Cell) came(k Key, until float64, seeds []uint64) (n int) {
	c.survivals(k, func(r *CellRun, s *Survival) {
		if seeds != nil && !slices.Contains(seeds, r.Seed) {
			return
		}
		for _, t := range s.Times {
			if t <= until {
				n++
			}
		}
	})
	return n
}

// Waits returns the times to an event, run by run, and the seeds of those runs.
func (c *Cell) Waits(k Key, seeds []uint64) (*stats.Waits, []uint64, error) {
	var runs []stats.RunTimes
	var from []uint64
	c.survivals(k, func(r *CellRun, s *Survival) {
		if seeds != nil && !slices.Contains(seeds, r.Seed) {
			return
		}
		var times stats.RunTimes
		for _, t := range s.Times {
			times = append(times, stats.Observation{Time: t})
		}
		for _, t := range s.Censored {
			times = append(times, stats.Observation{Time: t, Censored: true})
		}
		runs, from = append(runs, times), append(from, r.Seed)
	})
	w, err := stats.NewWaits(runs)
	return w, from, err
}

// Watched returns the time up to which every run would have waited for at least one of the events: a horizon that
// follows from what was planned, not from what happened. +Inf if no run had any to wait for.
func (c *Cell) Watched(k Key) float64 {
	until := math.Inf(1)
	c.survivals(k, func(_ *CellRun, s *Survival) { until = min(until, s.Watched) })
	return until
}

// Waited counts the runs that waited for an event, and the events.
func (c *Cell) Waited(k Key) (runs, events int) {
	c.survivals(k, func(_ *CellRun, s *Survival) {
		if n := len(s.Times) + len(s.Censored); n > 0 {
			runs, events = runs+1, events+n
		}
	})
	return runs, events
}

func (c *Cell) survivals(k Key, visit func(*CellRun, *Survival)) {
	for i := range c.Runs {
		for j := range c.Runs[i].Survival {
			if s := &c.Runs[i].Survival[j]; s.Metric == k.Metric && s.Labels == k.Labels {
				visit(&c.Runs[i], s)
			}
		}
	}
}
