package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// What bounds the pictures of routes beside the shares.
const (
	regretGates   = 5
	switchReasons = 8
	scoreSites    = 8
)

// coordinatePanel shows how wrong the round trips are that gates predict to managers of other sites, nil if nobody measured it.
func coordinatePanel(run *analysis.Run) *panel {
	var typical, worst plotter.XYs
	label := "worst pair\nof sites"
	rows := run.Tables.Coordinates
	for i := 0; i < len(rows); {
		at := rows[i].At
		var list []float64
		tail := math.NaN()
		for ; i < len(rows) && rows[i].At == at; i++ {
			if r := &rows[i]; r.Link == "inter" && r.Roles == "gate-manager" && !math.IsNaN(r.Rel50) {
				list, tail = append(list, r.Rel50), r.Rel90
			}
		}
		if len(list) == 0 {
			continue
		}
		slices.Sort(list)
		high := list[len(list)-1]
		if len(list) == 1 { // all pairs of sites in one row
			high, label = tail, "p90"
		}
		typical = append(typical, plotter.XY{X: at.Seconds(), Y: max(list[len(list)/2], 1e-4)})
		worst = append(worst, plotter.XY{X: at.Seconds(), Y: max(high, 1e-4)})
	}
	if len(typical) == 0 {
		return nil
	}
	p := newPanel(runTime(run), axis{label: "relative error", kind: logarithmic})
	p.title = "How wrong coordinates are: predicted round trips of gates to managers of other sites"
	p.line(label, stroke(vermilion, 1), true, worst)
	p.line("median", stroke(blue, 0), true, typical)
	return p
}

// regrets shows how much further than the nearest one gates sent jobs, how much later than need be jobs began there, and why gates
// changed their minds.
func regrets(run *analysis.Run) *figure {
	groups, left := gateGroups(run.Tables.Routes, regretGates)
	if len(groups) == 0 {
		return nil
	}
	f := &figure{name: "regret", title: "What choices of datacenters cost, and why they changed"}
	f.note = "regret: the true round trip to the datacenter asked first over the least one that could have been chosen, both at least 10 ms; 1 is the nearest"
	if left != "" {
		f.note += "; " + left + " no curve of its own"
	}
	regret := costCurves(run, groups, "Regret", "regret (ratio)", func(r *metrics.RouteRow) float64 { return r.Regret })
	f.panels = []*panel{regret}
	switches := switchPanel(run)
	if switches != nil { // first, for the faults above it are its own
		f.panels = []*panel{switches, regret}
	}
	if floor := values(allRows(run), func(r *metrics.RouteRow) float64 { return r.Floor }); len(floor) > 0 {
		regret.line(fmt.Sprintf("an oracle (p90 %.3g, p99 %.3g)", rank(floor, 0.9), rank(floor, 0.99)), stroke(grey, 1), true, ecdf(floor, len(floor), regret.x.hi))
		f.panels = append(f.panels, costCurves(run, groups, "How much longer a job waits for its begin than at the oracle's datacenter", "ratio", func(r *metrics.RouteRow) float64 { return r.Late }))
		f.note += ". The oracle knows true distances, free cores and waiting work, and sends each job where it begins soonest, in the state that the gates made"
	}
	if switches == nil {
		f.note += ". No job was sent elsewhere than before, so nothing is said of switches"
	}
	f.inch = 1.3 + 2.3*float64(len(f.panels))
	return f
}

// costCurves are distributions over decisions of what they cost: of all, and by gate or site of gates.
func costCurves(run *analysis.Run, groups []gateGroup, title, label string, value func(*metrics.RouteRow) float64) *panel {
	all := values(allRows(run), value)
	hi := 1.0
	if len(all) > 0 {
		hi = all[len(all)-1]
	}
	p := newPanel(axis{label: label, kind: logarithmic, lo: 0.95, hi: max(hi*1.1, 2)}, axis{label: "decisions (%)", kind: percent, lo: 0, hi: 1.02})
	p.title = title
	one := func(name string, style draw.LineStyle, list []float64) {
		if len(list) > 0 {
			p.line(fmt.Sprintf("%s (n = %d,\np90 %.3g, p99 %.3g)", shortName(name), len(list), rank(list, 0.9), rank(list, 0.99)), style, true, ecdf(list, len(list), p.x.hi))
		}
	}
	for i := range groups {
		one(groups[i].name, stroke(cycle[i%len(cycle)], i), values(groups[i].rows, value))
	}
	if len(groups) > 1 {
		one("all", draw.LineStyle{Color: black, Width: vg.Points(2.2)}, all)
	}
	return p
}

// allRows are the decisions that chose a datacenter.
func allRows(run *analysis.Run) []*metrics.RouteRow {
	var rows []*metrics.RouteRow
	for i := range run.Tables.Routes {
		if r := &run.Tables.Routes[i]; r.Primary != "" {
			rows = append(rows, r)
		}
	}
	return rows
}

// values returns what decisions have, ascending; what is 0 is left out.
func values(rows []*metrics.RouteRow, value func(*metrics.RouteRow) float64) []float64 {
	var list []float64
	for _, r := range rows {
		if v := value(r); v > 0 {
			list = append(list, v)
		}
	}
	slices.Sort(list)
	return list
}

// switched is a decision that sent jobs elsewhere than the one before.
func switched(r *metrics.RouteRow) bool {
	return r.Primary != "" && r.Previous != "" && r.Primary != r.Previous
}

// switchPanel counts switches by the rule that made them, over time; nil if there was none.
func switchPanel(run *analysis.Run) *panel {
	by := map[string]plotter.XYs{}
	var reasons []string
	for i := range run.Tables.Routes {
		if r := &run.Tables.Routes[i]; switched(r) {
			reasons = addOnce(reasons, r.Reason)
			by[r.Reason] = append(by[r.Reason], plotter.XY{X: r.At.Seconds(), Y: float64(len(by[r.Reason]) + 1)})
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	slices.SortFunc(reasons, func(a, b string) int { return cmp.Or(cmp.Compare(len(by[b]), len(by[a])), cmp.Compare(a, b)) })
	p := newPanel(runTime(run), axis{label: "switches so far"})
	p.bands = faultBands(run.Tables, run.Duration.Seconds(), nil)
	p.title = "Switches to another datacenter, by the rule that made them"
	for i, reason := range reasons[:min(len(reasons), switchReasons)] {
		xy := slices.Insert(by[reason], 0, plotter.XY{})
		p.line(fmt.Sprintf("%s (%d)", reason, len(by[reason])), stroke(cycle[i%len(cycle)], i), true, append(xy, plotter.XY{X: run.Duration.Seconds(), Y: float64(len(by[reason]))}))
	}
	p.ranges.y0 = 0
	return p
}

// scores shows what one gate made of each datacenter over time: the score, and what it is the product of.
func scores(run *analysis.Run) *figure {
	gate := unsteady(run)
	if gate == "" {
		return nil
	}
	at := map[uint64]float64{}
	for i := range run.Tables.Routes {
		if r := &run.Tables.Routes[i]; r.Gate == gate {
			at[r.Decision] = r.At.Seconds()
		}
	}
	by := map[string][]*metrics.CandidateRow{}
	var dcs []string
	for i := range run.Tables.Candidates {
		if c := &run.Tables.Candidates[i]; c.Gate == gate && c.ByScore == "score" {
			dcs = addOnce(dcs, c.Site)
			by[c.Site] = append(by[c.Site], c)
		}
	}
	if len(dcs) == 0 {
		return nil
	}
	slices.SortFunc(dcs, func(a, b string) int { return cmp.Or(cmp.Compare(len(by[b]), len(by[a])), byName(a, b)) })
	left := max(0, len(dcs)-scoreSites)
	dcs = dcs[:len(dcs)-left]
	slices.SortFunc(dcs, byName)
	f := overTime(run, "scores", "What "+shortName(gate)+" made of each datacenter")
	f.note = "the least score is best: bound of the round trip, as the gate believes, × load × doubt (× what the client prefers, × a failure of the job there); of all gates this one changed its mind most often"
	if left > 0 {
		f.note += "; " + counted(left, "datacenter has", "datacenters have") + " no line"
	}
	for _, part := range scoreParts {
		p := newPanel(runTime(run), axis{label: part.label, kind: part.kind})
		p.title = part.title
		for i, dc := range dcs {
			p.line(dc, stroke(cycle[i%len(cycle)], i), true, thinned(by[dc], at, part.value))
		}
		if part.kind == linear { // factors of at least 1
			p.y.lo, p.y.hi = 0.97, max(1.2, p.ranges.y1*1.05)
		}
		f.panels = append(f.panels, p)
	}
	f.inch = 0.9 + 1.75*float64(len(f.panels))
	return f
}

// scoreParts are what a score is the product of, in the order of their panels.
var scoreParts = []struct {
	title, label string
	kind         scaleKind
	value        func(*metrics.CandidateRow) float64
}{
	{"Score", "score", logarithmic, func(c *metrics.CandidateRow) float64 { return c.Score }},
	{"Bound of the round trip", "ms", logarithmic, func(c *metrics.CandidateRow) float64 { return c.Bound }},
	{"Load", "factor", linear, func(c *metrics.CandidateRow) float64 { return c.Load }},
	{"Doubt: lack of quality of what the bound rests on", "factor", linear, func(c *metrics.CandidateRow) float64 { return c.Doubt }},
}

// thinned returns values over time, no more than a picture can show.
func thinned(list []*metrics.CandidateRow, at map[uint64]float64, value func(*metrics.CandidateRow) float64) plotter.XYs {
	stride := max(1, len(list)/1500)
	var xy plotter.XYs
	for i := 0; i < len(list); i += stride {
		xy = append(xy, plotter.XY{X: at[list[i].Decision], Y: value(list[i])})
	}
	return xy
}

// unsteady returns the gate whose choice changed most often from one decision to the next.
func unsteady(run *analysis.Run) string {
	last, changes := map[string]string{}, map[string]int{}
	for i := range run.Tables.Routes {
		r := &run.Tables.Routes[i]
		if r.Primary == "" {
			continue
		}
		if p, known := last[r.Gate]; known && p != r.Primary {
			changes[r.Gate]++
		}
		last[r.Gate] = r.Primary
	}
	gates, _ := routed(run.Tables.Routes)
	best := ""
	for _, g := range gates {
		if best == "" || changes[g] > changes[best] {
			best = g
		}
	}
	return best
}
