package plot

import (
	"fmt"
	"math"
	"slices"

	"hypersim/analysis"
)

// atlas is where gates sent jobs, on a map made of round trips.
type atlas struct {
	places []place
	kept   float64 // share of the distances that the plane shows
	gates  []string
	ages   []age
}

// place is a site; x and y are in ms.
type place struct {
	name string
	x, y float64
	dc   bool // jobs may be sent there
	gate bool // it has gates
}

// age is a part of the run.
type age struct {
	title    string
	from, to float64
	flows    []flow
}

// flow is what the gates of a site sent to a datacenter.
type flow struct {
	from, to string
	share    float64 // of the gates' decisions
	n        int
}

// flowLeast is the least share that is drawn.
const flowLeast = 0.02

// routeMap shows where the gates of each site sent jobs before, during and after a fault.
func routeMap(run *analysis.Run) *figure {
	a := newAtlas(run)
	if a == nil {
		return nil
	}
	f := &figure{name: "route-map", title: "Where jobs went, on a map of round trips"}
	f.note = fmt.Sprintf("sites lie as far apart as their true round trips at the first decisions, as well as a plane can show it (%.0f %% of the squares); an arrow leads from a site with gates to a datacenter, as wide as its share of their decisions; a disc is what stays at the own site, a square is a datacenter", 100*a.kept)
	f.inch = 1.35 + a.high()
	f.custom = a.draw
	return f
}

// newAtlas returns nil where nothing was decided between two sites.
func newAtlas(run *analysis.Run) *atlas {
	a := &atlas{}
	a.survey(run)
	if len(a.places) < 2 {
		return nil
	}
	a.divide(run)
	any := false
	for i := range a.ages {
		a.ages[i].flows = a.flows(run, a.ages[i].from, a.ages[i].to)
		any = any || len(a.ages[i].flows) > 0
	}
	if !any {
		return nil
	}
	return a
}

// survey places the sites.
func (a *atlas) survey(run *analysis.Run) {
	index := map[string]int{}
	site := func(name string) *place {
		i, known := index[name]
		if !known {
			i = len(a.places)
			index[name] = i
			a.places = append(a.places, place{name: name})
		}
		return &a.places[i]
	}
	type pair struct{ a, b int }
	rtt := map[pair]float64{}
	for i := range run.Tables.Candidates {
		c := &run.Tables.Candidates[i]
		from := analysis.SiteOf(c.Gate)
		site(from).gate, site(c.Site).dc = true, true
		p := pair{index[from], index[c.Site]}
		if _, known := rtt[p]; !known && from != c.Site && c.RTT > 0 && !math.IsNaN(c.RTT) {
			rtt[p] = c.RTT
		}
	}
	n := len(a.places)
	d := make([][]float64, n)
	for i := range d {
		d[i] = make([]float64, n)
		for j := range d[i] {
			there, known := rtt[pair{i, j}]
			back, other := rtt[pair{j, i}]
			switch {
			case i == j:
			case known && other:
				d[i][j] = (there + back) / 2
			case known || other:
				d[i][j] = there + back
			default:
				d[i][j] = math.Inf(1)
			}
		}
	}
	bridge(d)
	x, y, kept := scaled(d)
	a.kept = kept
	for i := range a.places {
		a.places[i].x, a.places[i].y = x[i], y[i]
	}
}

// bridge gives pairs that nobody measured the length of the shortest way over others, or the longest of all.
func bridge(d [][]float64) {
	for k := range d {
		for i := range d {
			for j := range d {
				if !finite(d[i][j]) || d[i][j] == 0 && i != j {
					d[i][j] = min(d[i][j], d[i][k]+d[k][j])
				}
			}
		}
	}
	most := 1.0
	for i := range d {
		for _, v := range d[i] {
			if finite(v) {
				most = max(most, v)
			}
		}
	}
	for i := range d {
		for j := range d[i] {
			if !finite(d[i][j]) {
				d[i][j] = most
			}
		}
	}
}

// divide parts the run at the first fault that lasts, or else at the first one.
func (a *atlas) divide(run *analysis.Run) {
	end := run.Duration.Seconds()
	bands := faultBands(run.Tables, end, nil)
	if len(bands) == 0 {
		a.ages = []age{{title: "the whole run", to: end}}
		return
	}
	k := max(0, slices.IndexFunc(bands, func(b band) bool { return !b.instant() }))
	b := bands[k]
	a.ages = []age{{title: "before " + b.label, to: b.from}}
	if b.instant() {
		a.ages = append(a.ages, age{title: "after it", from: b.from, to: end})
		return
	}
	a.ages = append(a.ages, age{title: "during it", from: b.from, to: b.to})
	if b.to < end {
		a.ages = append(a.ages, age{title: "after it", from: b.to, to: end})
	}
}

// flows counts what gates sent where in a part of the run.
func (a *atlas) flows(run *analysis.Run, from, to float64) (out []flow) {
	all := map[string]int{}
	for i := range run.Tables.Routes {
		r := &run.Tables.Routes[i]
		if at := r.At.Seconds(); r.Primary == "" || at < from || at >= to {
			continue
		}
		site := analysis.SiteOf(r.Gate)
		all[site]++
		k := slices.IndexFunc(out, func(f flow) bool { return f.from == site && f.to == r.Primary })
		if k < 0 {
			k = len(out)
			out = append(out, flow{from: site, to: r.Primary})
		}
		out[k].n++
	}
	for i := range out {
		out[i].share = float64(out[i].n) / float64(all[out[i].from])
		a.gates = addOnce(a.gates, out[i].from)
	}
	slices.SortFunc(a.gates, byName)
	return slices.DeleteFunc(out, func(f flow) bool { return f.share < flowLeast })
}

// high is the height of the maps, in inches: they stand side by side.
func (a *atlas) high() float64 {
	w := (widthInch - 2*margin/72) / float64(len(a.ages))
	x0, x1, y0, y1 := a.extent()
	return min(max(w*(y1-y0)/max(x1-x0, 1e-9)+0.5, 1.9), 4.2)
}

// extent is the part of the plane that has sites, at least one ms wide.
func (a *atlas) extent() (x0, x1, y0, y1 float64) {
	x0, y0 = math.Inf(1), math.Inf(1)
	x1, y1 = math.Inf(-1), math.Inf(-1)
	for _, p := range a.places {
		x0, x1, y0, y1 = min(x0, p.x), max(x1, p.x), min(y0, p.y), max(y1, p.y)
	}
	return x0, max(x1, x0+1), y0, max(y1, y0+1)
}
