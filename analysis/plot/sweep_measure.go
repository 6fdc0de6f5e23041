package plot

import (
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"

	"hypersim/analysis"
	"hypersim/analysis/stats"
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

// candidates are the metrics that sweeps show, the most telling first; panelsMax of those that say anything
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

// measures picks from candidates what was seen in at least half of the cells, and did not stay at 0.
func (g *grid) measures() []measure {
	var out []measure
	for _, m := range candidates {
		seen, censored, events := 0, 0, 0
		m.until = math.Inf(1)
		something := false
		for i := range g.sweep.Cells {
			c := &g.sweep.Cells[i]
			if m.waited {
				m.until = min(m.until, c.Horizon(m.Key))
			}
			v, cut, n := m.runs(c)
			if m.waited {
				censored, events = censored+cut, events+n
			}
			if len(v) > 0 {
				seen++
			}
			for _, r := range v {
				something = something || r.Value != 0
			}
		}
		if something && 2*seen >= len(g.sweep.Cells) && len(out) < panelsMax {
			if censored > 0 {
				m.note = fmt.Sprintf("%d of %d never came and count as %.4g s, as do all that took longer", censored, events, m.until)
			}
			out = append(out, m)
		}
	}
	return out
}

// runs returns the value of each run of c.
func (m *measure) runs(c *analysis.Cell) (list []stats.Run, censored, events int) {
	switch {
	case m.counted:
		list, _ = c.Rates(m.Key)
	case m.waited:
		return c.Times(m.Key, m.until)
	default:
		list = c.Values(m.Key, "mean")
	}
	return list, 0, 0
}

// estimate returns the mean over the runs of c with its 95 % interval. Of what never happened the upper end
// is that of a Poisson rate.
func (m *measure) estimate(c *analysis.Cell) stats.Interval {
	list, _, _ := m.runs(c)
	v := make([]float64, len(list))
	for i := range list {
		v[i] = list[i].Value
	}
	if m.counted {
		if _, total := c.Rates(m.Key); total.Count == 0 && total.Exposure > 0 {
			return stats.PoissonInterval(0, total.Exposure, 0)
		}
	}
	return stats.BCa(v, stats.Mean, stats.Resampling{Seed: 1, Purpose: "plot/" + c.Name + "/" + m.Metric, Expand: true}).Interval
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
