package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// What bounds the picture of routes: windows over the run, decisions that a window needs to be shown and that one of a panel has on
// the mean, panels, datacenters that have a colour.
const (
	routeWindows = 60
	routeLeast   = 3
	routeMean    = 6
	routePanels  = 5
	routeColours = 7
)

// routes shows where gates sent jobs over time: for each gate, or for the gates of each site, the share of the datacenters that were
// asked first, and for all of them how much further those were than the nearest ones.
func routes(run *analysis.Run) *figure {
	groups, left := gateGroups(run.Tables.Routes, routePanels)
	if len(groups) == 0 {
		return nil
	}
	w := routeWindow(run, groups)
	f := overTime(run, "routes", "Where gates sent jobs")
	f.note = fmt.Sprintf("the datacenter asked first, as a share of the decisions in windows of %.3g s with at least %d; regret is the true round trip to it over the least one that could have been chosen, both at least 10 ms", w, routeLeast)
	if left != "" {
		f.note += "; " + left + " no panel"
	}
	dcs := busiest(groups)
	for i := range groups {
		f.panels = append(f.panels, sharePanel(run, &groups[i], dcs, w))
	}
	f.panels = append(f.panels, regretPanel(run, routeWindow(run, []gateGroup{{rows: allRows(run)}})))
	if p := coordinatePanel(run); p != nil {
		f.panels = append(f.panels, p)
	}
	f.inch = 0.8 + 1.5*float64(len(f.panels))
	return f
}

// gateGroup are the decisions of a gate, or of all gates of a site.
type gateGroup struct {
	name  string
	gates []string
	rows  []*metrics.RouteRow // that chose a datacenter, as they came
}

// gateGroups returns the groups that decided most often, at most so many, those with most decisions first: each gate by itself, or
// where there are more gates than that the gates of each site together. Left says how many are not among them, "" if none.
func gateGroups(rows []metrics.RouteRow, most int) (groups []gateGroup, left string) {
	gates, _ := routed(rows)
	site, what := len(gates) > most, "gate"
	at := map[string]int{}
	for i := range rows {
		r := &rows[i]
		if r.Primary == "" {
			continue
		}
		name := r.Gate
		if site {
			name, _, _ = strings.Cut(r.Gate, "/")
			name, what = "gates of "+name, "site"
		}
		k, ok := at[name]
		if !ok {
			k, at[name] = len(groups), len(groups)
			groups = append(groups, gateGroup{name: name})
		}
		g := &groups[k]
		g.rows, g.gates = append(g.rows, r), addOnce(g.gates, r.Gate)
	}
	for i := range groups {
		if g := &groups[i]; site && len(g.gates) == 1 {
			g.name = g.gates[0]
		}
	}
	slices.SortStableFunc(groups, func(a, b gateGroup) int { return cmp.Or(len(b.rows)-len(a.rows), byName(a.name, b.name)) })
	if n := len(groups) - most; n > 0 {
		groups, left = groups[:most], counted(n, what+" that decided less has", what+"s that decided less have")
	}
	return groups, left
}

// routeWindow is the length of a window, s: short, but so long that the group that decided least has enough decisions in each.
func routeWindow(run *analysis.Run, groups []gateGroup) float64 {
	n := routeWindows
	for i := range groups {
		n = min(n, len(groups[i].rows)/routeMean)
	}
	return max(1, math.Ceil(run.Duration.Seconds()/float64(max(n, 6))))
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

// busiest returns the datacenters that the groups chose most often, as many as have a colour, by name.
func busiest(groups []gateGroup) []string {
	count := map[string]int{}
	var dcs []string
	for i := range groups {
		for _, r := range groups[i].rows {
			dcs = addOnce(dcs, r.Primary)
			count[r.Primary]++
		}
	}
	slices.SortFunc(dcs, func(a, b string) int { return cmp.Or(count[b]-count[a], byName(a, b)) })
	dcs = dcs[:min(len(dcs), routeColours)]
	slices.SortFunc(dcs, byName)
	return dcs
}

// sharePanel shows one group: a column a window, of what each datacenter has of it.
func sharePanel(run *analysis.Run, g *gateGroup, dcs []string, w float64) *panel {
	p := newPanel(runTime(run), axis{label: "share (%)", kind: percent, lo: 0, hi: 1.001})
	p.title = fmt.Sprintf("%s (%d decisions)", g.name, len(g.rows))
	x, layers := shares(g, dcs, w)
	var labels []string
	var drawn [][]float64
	var styles []draw.LineStyle
	for i, layer := range layers {
		if slices.Max(layer) == 0 {
			continue
		}
		label, colour := "others", gridline
		if i < len(dcs) {
			label, colour = dcs[i], alpha(cycle[i%len(cycle)], 0.75)
		}
		labels, drawn, styles = append(labels, label), append(drawn, layer), append(styles, draw.LineStyle{Color: colour})
	}
	if len(drawn) > 0 {
		p.stacked(x, labels, drawn, styles)
	}
	return p
}

// shares returns what each datacenter has of the decisions of a group, and behind them all others together: in each window two points,
// at its ends; nothing where there were too few.
func shares(g *gateGroup, dcs []string, w float64) (x []float64, layers [][]float64) {
	var count [routeWindows + 1][]int
	for _, r := range g.rows {
		k := min(routeWindows, int(r.At.Seconds()/w))
		if count[k] == nil {
			count[k] = make([]int, len(dcs)+1)
		}
		if i := slices.Index(dcs, r.Primary); i >= 0 {
			count[k][i]++
		} else {
			count[k][len(dcs)]++
		}
	}
	layers = make([][]float64, len(dcs)+1)
	for k, n := range count {
		all := 0
		for _, m := range n {
			all += m
		}
		x = append(x, float64(k)*w, float64(k+1)*w)
		for i := range layers {
			v := 0.0
			if all >= routeLeast {
				v = float64(n[i]) / float64(all)
			}
			layers[i] = append(layers[i], v, v)
		}
	}
	return x, layers
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
