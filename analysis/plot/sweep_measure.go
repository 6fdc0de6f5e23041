package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"

	gonum "gonum.org/v1/plot"

	"hypersim/analysis"
	"hypersim/analysis/stats"
	"hypersim/sim/metrics/words"
)

// measure is a metric as the figures of a sweep show it.
type measure struct {
	analysis.Key
	name, unit string
	counted    bool // events per node-hour
	waited     bool // time to an event, which may not come
	until      float64
	note       string
}

// candidates are the metrics that sweeps show beside what decides, the most telling first; panelsMax of those that say anything
// are taken.
var candidates = []measure{
	{Key: analysis.Key{Metric: "detection_first", Labels: "to=DEAD"}, name: "crash to first DEAD", unit: "s", waited: true},
	{Key: analysis.Key{Metric: "false_positives"}, name: "live members called DEAD", unit: "per node-hour", counted: true},
	{Key: analysis.Key{Metric: "false_suspicions"}, name: "live members suspected", unit: "per node-hour", counted: true},
	{Key: analysis.Key{Metric: "bytes", Labels: "direction=sent"}, name: "sent per node", unit: "B/s"},
	{Key: analysis.Key{Metric: "detection_full"}, name: "crash until all know", unit: "s", waited: true},
	{Key: analysis.Key{Metric: "rejoin"}, name: "end of a fault until views agree", unit: "s"},
	{Key: analysis.Key{Metric: "join_confirm"}, name: "start until all hold it OK", unit: "s"},
	{Key: analysis.Key{Metric: "coordinate_error"}, name: "error of predicted RTT", unit: "relative"},
	{Key: analysis.Key{Metric: "view_error"}, name: "views that are wrong", unit: "share"},
}

const panelsMax = 4

// label names the axis of a measure.
func (m *measure) label() string { return m.name + " (" + m.unit + ")" }

// wanted are the metrics that the scenario says decide (its [compare] primary), and the candidates.
func (g *grid) wanted() []measure {
	var out []measure
	for _, text := range g.sweep.Compare.Primary {
		metric, labels, _ := strings.Cut(text, ":")
		k := analysis.Key{Metric: metric, Labels: labels}
		if at := slices.IndexFunc(candidates, func(m measure) bool { return m.Key == k }); at >= 0 {
			out = append(out, candidates[at])
		} else if m, ok := words.Lookup(metric); ok {
			out = append(out, named(k, m.Def()))
		}
	}
	for i := range candidates {
		if !slices.ContainsFunc(out, func(m measure) bool { return m.Key == candidates[i].Key }) {
			out = append(out, candidates[i])
		}
	}
	return out
}

// named is a metric that has no words of its own here.
func named(k analysis.Key, d *words.Def) measure {
	m := measure{Key: k, name: joined(strings.ReplaceAll(d.Name, "_", " "), k.Labels), unit: d.Unit, counted: d.PerNodeHour}
	if m.counted {
		m.unit = "per node-hour"
	}
	return m
}

// measures picks from what is wanted what was seen in at least half of the cells, and did not stay at 0.
func (g *grid) measures() []measure {
	var out []measure
	for _, m := range g.wanted() {
		if m.waited {
			m.until = g.horizon(m.Key)
		}
		seen, something := 0, false
		censored, events := 0, 0
		for i := range g.sweep.Cells {
			v := m.runs(&g.sweep.Cells[i])
			if len(v.Runs) > 0 {
				seen++
			}
			censored, events = censored+v.Censored, events+v.Events
			for _, r := range v.Runs {
				something = something || r.Value != 0
			}
		}
		if something && 2*seen >= len(g.sweep.Cells) && len(out) < panelsMax {
			if m.waited {
				m.note = fmt.Sprintf("mean of the first %.4g s; %d of %d never came", m.until, censored, events)
			}
			out = append(out, m)
		}
	}
	return out
}

// horizon is the time up to which the times to an event are known in every cell: what the scenario declares, or what every run
// would have waited.
func (g *grid) horizon(k analysis.Key) float64 {
	until := math.Inf(1)
	for i := range g.sweep.Cells {
		c := &g.sweep.Cells[i]
		until = min(until, c.Watched(k))
		if w, _, err := c.Waits(k, nil); err == nil && w.Curve().N > 0 {
			until = min(until, w.Until())
		}
	}
	if declared := g.sweep.Compare.Horizon; declared > 0 {
		until = min(until, declared)
	}
	return until
}

// runs returns the value of each run of c.
func (m *measure) runs(c *analysis.Cell) (w analysis.Wait) {
	switch {
	case m.counted:
		w.Runs, _ = c.Rates(m.Key)
	case m.waited:
		w, _ = c.Wait(m.Key, m.until, nil)
	default:
		w.Runs = c.Values(m.Key, "mean")
	}
	return w
}

// estimate returns the mean over the runs of c with its 95 % interval, where there is one.
func (m *measure) estimate(c *analysis.Cell) stats.Interval {
	w := m.runs(c)
	v := make([]float64, len(w.Runs))
	for i := range w.Runs {
		v[i] = w.Runs[i].Value
	}
	switch {
	case m.counted:
		_, counts := c.Rates(m.Key)
		return stats.RateInterval(counts, 0)
	case m.waited:
		return stats.Around(w.Mean, v, 0)
	}
	return stats.MeanInterval(v, 0)
}

// scale lets an axis show rates that are far apart, 0 among them.
func (m *measure) scale(g *grid) scaleKind {
	if !m.counted {
		return linear
	}
	least, most := math.Inf(1), 0.0
	for i := range g.sweep.Cells {
		if v := m.estimate(&g.sweep.Cells[i]).Estimate; finite(v) {
			least, most = min(least, v), max(most, v)
		}
	}
	if most > 50 && most > 20*least {
		return counts
	}
	return linear
}

func ticksAt(at []float64, words []string) []gonum.Tick {
	out := make([]gonum.Tick, len(at))
	for i := range at {
		out[i] = gonum.Tick{Value: at[i], Label: words[i]}
	}
	return out
}
