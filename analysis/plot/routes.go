package plot

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// What bounds the picture of routes: windows over the run, decisions that a window needs to be shown, gates that have a panel.
const (
	routeWindows = 60
	routeLeast   = 3
	routePanels  = 5
)

// routes shows where gates sent jobs over time: for each gate the share of the datacenters that it asked first, and for all
// of them how much further those were than the nearest ones.
func routes(run *analysis.Run) *figure {
	w := routeWindow(run)
	gates, dcs := routed(run.Tables.Routes)
	if len(gates) == 0 {
		return nil
	}
	f := overTime(run, "routes", "Where gates sent jobs")
	f.note = fmt.Sprintf("the datacenter asked first, as a share of a gate's decisions in windows of %.3g s with at least %d; regret is the true round trip to it over the least one that could have been chosen, both at least 10 ms", w, routeLeast)
	left := max(0, len(gates)-routePanels)
	if left > 0 {
		f.note += "; " + counted(left, "gate that decided less has", "gates that decided less have") + " no panel"
	}
	for _, g := range gates[:len(gates)-left] {
		f.panels = append(f.panels, sharePanel(run, g, dcs, w))
	}
	f.panels = append(f.panels, regretPanel(run, w))
	if p := coordinatePanel(run); p != nil {
		f.panels = append(f.panels, p)
	}
	f.inch = 0.8 + 1.5*float64(len(f.panels))
	return f
}

// routeWindow is the length of a window, s.
func routeWindow(run *analysis.Run) float64 {
	return max(1, math.Ceil(run.Duration.Seconds()/routeWindows))
}

// routed returns the gates that decided, those that did most often first, and the datacenters that were chosen, by name.
func routed(rows []metrics.RouteRow) (gates, dcs []string) {
	count := map[string]int{}
	for i := range rows {
		if r := &rows[i]; r.Primary != "" {
			gates, dcs = addOnce(gates, r.Gate), addOnce(dcs, r.Primary)
			count[r.Gate]++
		}
	}
	slices.SortFunc(gates, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return byName(a, b)
	})
	slices.SortFunc(dcs, byName)
	return gates, dcs
}

// sharePanel shows one gate.
func sharePanel(run *analysis.Run, gate string, dcs []string, w float64) *panel {
	p := newPanel(runTime(run), axis{label: "share (%)", kind: percent, lo: 0, hi: 1.04})
	p.title = gate
	for i, dc := range dcs {
		if xy := shares(run.Tables.Routes, gate, dc, w); len(xy) > 0 {
			p.line(dc, stroke(cycle[i%len(cycle)], i), true, xy)
		}
	}
	return p
}

// shares returns the share of a datacenter in the decisions of a gate, in the middle of each window that has enough.
func shares(rows []metrics.RouteRow, gate, dc string, w float64) plotter.XYs {
	var all, its [routeWindows + 1]int
	ever := false
	for i := range rows {
		if r := &rows[i]; r.Gate == gate && r.Primary != "" {
			k := min(routeWindows, int(r.At.Seconds()/w))
			all[k]++
			if r.Primary == dc {
				its[k]++
				ever = true
			}
		}
	}
	if !ever {
		return nil
	}
	var xy plotter.XYs
	for k, n := range all {
		if n >= routeLeast {
			xy = append(xy, plotter.XY{X: (float64(k) + 0.5) * w, Y: float64(its[k]) / float64(n)})
		}
	}
	return xy
}

// regretPanel shows the regret of all gates together, and beside it that of an oracle.
func regretPanel(run *analysis.Run, w float64) *panel {
	p := newPanel(runTime(run), axis{label: "regret"})
	p.title = "How much further than the nearest one, all gates"
	regret := func(r *metrics.RouteRow) float64 { return r.Regret }
	p.line("p90", stroke(vermilion, 1), true, overWindows(run.Tables.Routes, w, 0.9, regret))
	p.line("p50", stroke(blue, 0), true, overWindows(run.Tables.Routes, w, 0.5, regret))
	if floor := overWindows(run.Tables.Routes, w, 0.9, func(r *metrics.RouteRow) float64 { return r.Floor }); len(floor) > 0 {
		p.line("p90 of an oracle", stroke(grey, 2), true, floor)
	}
	p.ranges.y0 = 0
	return p
}

// overWindows returns a quantile of what decisions have in each window that has enough of them; what is 0 is left out.
func overWindows(rows []metrics.RouteRow, w, q float64, value func(*metrics.RouteRow) float64) plotter.XYs {
	var by [routeWindows + 1][]float64
	for i := range rows {
		if v := value(&rows[i]); rows[i].Primary != "" && v > 0 {
			k := min(routeWindows, int(rows[i].At.Seconds()/w))
			by[k] = append(by[k], v)
		}
	}
	var xy plotter.XYs
	for k, list := range by {
		if len(list) >= routeLeast {
			slices.Sort(list)
			xy = append(xy, plotter.XY{X: (float64(k) + 0.5) * w, Y: list[min(len(list)-1, int(q*float64(len(list))))]})
		}
	}
	return xy
}
