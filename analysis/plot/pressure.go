package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// What bounds the picture of pressure: managers with a line, rows of levels, and those of them that are workers'.
const (
	fillLines    = 8
	levelRows    = 18
	levelWorkers = 6
)

// levelStyles are the levels of pressure, the mildest first.
var levelStyles = []struct {
	name  string
	color color.NRGBA
}{
	{"NONE", color.NRGBA{0xde, 0xde, 0xde, 0xff}}, {"THROTTLE", sky}, {"BATCH", orange}, {"REJECT", vermilion},
}

func levelStyle(name string) int {
	for i := range levelStyles {
		if levelStyles[i].name == name {
			return i
		}
	}
	return 0
}

// pressure shows how full managers were of statistics, what level came of it and who went by it, and what was lost or sent
// away meanwhile.
func pressure(run *analysis.Run) *figure {
	f := overTime(run, "pressure", "Pressure of statistics and requests")
	for _, p := range []*panel{fillPanel(run), levelPanel(run), recordPanel(run), flushPanel(run), loadPanel(run), shedPanel(run), servicePanel(run)} {
		if p != nil {
			f.panels = append(f.panels, p)
		}
	}
	if len(f.panels) == 0 {
		return nil
	}
	if len(run.Tables.Pressures) > 0 {
		f.note = "fill: records in the first tier of a manager's buffer over how many there may be; dashed: from there on it asks for less; levels: a manager's own, what a gate holds of a datacenter, and what workers go by"
	}
	f.inch = 1.1
	for _, p := range f.panels {
		f.inch += 1.55 * weight(p)
	}
	f.inch = max(f.inch, 3)
	return f
}

// fillPanel shows the fill of the buffers of managers, those first that were fullest; nil if none ever held anything.
func fillPanel(run *analysis.Run) *panel {
	by, most := map[string]plotter.XYs{}, map[string]float64{}
	var nodes []string
	for i := range run.Tables.Pressures {
		r := &run.Tables.Pressures[i]
		v, err := strconv.ParseFloat(r.Fill, 64)
		if r.Scope != "buffer" || err != nil {
			continue
		}
		nodes = addOnce(nodes, r.Node)
		by[r.Node] = append(by[r.Node], plotter.XY{X: r.At.Seconds(), Y: v})
		most[r.Node] = max(most[r.Node], v)
	}
	nodes = slices.DeleteFunc(nodes, func(n string) bool { return most[n] == 0 })
	if len(nodes) == 0 {
		return nil
	}
	slices.SortFunc(nodes, func(a, b string) int { return cmp.Or(cmp.Compare(most[b], most[a]), byName(a, b)) })
	left := max(0, len(nodes)-fillLines)
	nodes = nodes[:len(nodes)-left]
	slices.SortFunc(nodes, byName)
	p := newPanel(runTime(run), axis{label: "fill (%)", kind: percent, lo: 0, hi: 1.05})
	p.title = "Fill of buffers"
	if left > 0 {
		p.title += fmt.Sprintf("; %s no line", counted(left, "manager that was less full has", "managers that were less full have"))
	}
	for i, n := range nodes {
		p.line(shortName(n), stroke(cycle[i%len(cycle)], i), true, by[n])
	}
	for i, h := range run.Checks.Levels {
		if h > 0 {
			p.hlines = append(p.hlines, h)
			p.legend = append(p.legend, entry{label: fmt.Sprintf("%s from %s %%", levelStyles[i+1].name, number(100*h, 0.1)), line: &thresholdLine})
		}
	}
	return p
}

// levelPanel shows the levels, nil if nobody ever had another one than NONE.
func levelPanel(run *analysis.Run) *panel {
	l := &levelLanes{end: run.Duration.Seconds()}
	l.gather(run.Tables.Pressures)
	if !slices.ContainsFunc(l.bars, func(b levelBar) bool { return b.level > 0 }) {
		return nil
	}
	left := l.choose()
	names := make([]string, len(l.rows))
	for i, r := range l.rows {
		names[i] = shortName(r)
	}
	p := newPanel(runTime(run), axis{names: names, lo: -float64(len(names)) + 0.45, hi: 0.55})
	p.title = "Levels"
	if left > 0 {
		p.title += fmt.Sprintf("; %s no row", counted(left, "more has", "more have"))
	}
	p.weight = 0.3 + 0.115*float64(len(names))
	p.layers = append(p.layers, l)
	p.see(plotter.XYs{{X: 0, Y: 0}, {X: l.end, Y: 0}})
	for i := range levelStyles {
		if slices.ContainsFunc(l.bars, func(b levelBar) bool { return b.level == i }) {
			p.legend = append(p.legend, entry{label: levelStyles[i].name, fill: levelStyles[i].color})
		}
	}
	return p
}

// levelLanes are the levels of nodes over time.
type levelLanes struct {
	end  float64
	rows []string
	bars []levelBar
	all  []string // rows before some were left out
}

type levelBar struct {
	row      string
	level    int
	from, to float64
}

// gather makes the bars: a level holds until the next one.
func (l *levelLanes) gather(rows []metrics.PressureRow) {
	last := map[string]int{} // place of the last bar
	for i := range rows {
		r := &rows[i]
		name := r.Node
		if r.Scope != "buffer" && r.Scope != "worker" {
			name += " of " + r.Scope
		}
		at, level := r.At.Seconds(), levelStyle(r.Level)
		k, known := last[name]
		if known && l.bars[k].level == level {
			continue
		}
		if known {
			l.bars[k].to = at
		} else {
			l.all = append(l.all, name)
		}
		last[name] = len(l.bars)
		l.bars = append(l.bars, levelBar{name, level, at, l.end})
	}
}

// choose takes the rows that are shown, and returns how many are not: managers, gates, and a few workers.
func (l *levelLanes) choose() (left int) {
	order := map[string]int{"manager": 0, "gate": 1, "worker": 2}
	role := func(n string) string {
		node, _, _ := strings.Cut(n, " of ")
		return analysis.RoleOf(node)
	}
	high := map[string]int{}
	for _, b := range l.bars {
		high[b.row] = max(high[b.row], b.level)
	}
	rows := slices.Clone(l.all)
	if len(rows) > levelWorkers { // those that stayed at NONE tell least
		rows = slices.DeleteFunc(rows, func(r string) bool { return high[r] == 0 })
		left = len(l.all) - len(rows)
	}
	slices.SortStableFunc(rows, func(a, b string) int {
		return cmp.Or(cmp.Compare(order[role(a)], order[role(b)]), cmp.Compare(high[b], high[a]), byName(a, b))
	})
	workers := 0
	for _, r := range rows {
		w := role(r) == "worker"
		if len(l.rows) == levelRows || w && workers == levelWorkers {
			left++
			continue
		}
		if w {
			workers++
		}
		l.rows = append(l.rows, r)
	}
	slices.SortStableFunc(l.rows, func(a, b string) int { return cmp.Or(cmp.Compare(order[role(a)], order[role(b)]), byName(a, b)) })
	return left
}

// recordPanel shows what became of records of statistics.
func recordPanel(run *analysis.Run) *panel {
	return eventPanel(run, "stats_records", []string{"outcome"}, "Records of statistics, by what became of them")
}

// eventPanel shows how many events of each kind there were in a second, nil if there were none.
func eventPanel(run *analysis.Run, metric string, keys []string, title string) *panel {
	list, _ := run.Samples(metric)
	if len(list) == 0 {
		return nil
	}
	width := nice(max(run.Duration.Seconds(), 1) / 200)
	p := newPanel(runTime(run), axis{label: "1/s (log of 1 + n)", kind: counts})
	p.title = title
	bins := int(math.Ceil(run.Duration.Seconds()/width)) + 1
	groups := split(list, keys)
	slices.SortStableFunc(groups, func(a, b group) int { return strings.Compare(a.word, b.word) })
	for i, g := range groups[:min(len(groups), len(cycle))] {
		n, all := make([]float64, bins), 0.0
		for _, s := range g.list {
			n[min(max(int(s.At.Seconds()/width-1e-9), 0), bins-1)] += s.Value
			all += s.Value
		}
		xy := make(plotter.XYs, bins)
		for k := range xy {
			xy[k] = plotter.XY{X: float64(k) * width, Y: n[k] / width}
		}
		hideZeros(xy)
		p.line(fmt.Sprintf("%s (%s)", g.word, number(all, 1)), stroke(cycle[i%len(cycle)], i), true, xy)
	}
	return p
}

// flushPanel shows how far apart workers sent what they had, by the level that they went by.
func flushPanel(run *analysis.Run) *panel {
	list, _ := run.Samples("flush_interval")
	if len(list) == 0 {
		return nil
	}
	p := newPanel(runTime(run), axis{label: "s", kind: logarithmic})
	p.title = "Time between two flushes of a worker, by the level that it went by"
	for i, g := range split(list, []string{"level"}) {
		p.dots(fmt.Sprintf("%s (n = %d)", g.word, len(g.list)), flushGlyph(levelStyle(g.word), i), points(g.list))
	}
	return p
}

// controlLatency shows how long messages of class CONTROL took at gates and managers, by role.
func controlLatency(run *analysis.Run) *figure {
	x := axis{label: "arrival to the end of service (s)", kind: logarithmic}
	p := newPanel(x, axis{label: "messages (%)", kind: percent, lo: 0, hi: 1.02})
	i := 0
	for k := range run.Tables.Summary {
		row := &run.Tables.Summary[k]
		if row.Metric != "control_latency" || row.Expectation != "" || row.Summary.Count == 0 {
			continue
		}
		labels := analysis.ParseLabels(row.Labels)
		label := fmt.Sprintf("%s, %s (n = %d,\np99 %.3g ms, max %.3g ms)", labels.Get("role"), cmp.Or(labels.Get("class"), "all"), row.Summary.Count, 1e3*row.Summary.P99, 1e3*row.Summary.Max)
		p.described(run, row, label, stroke(cycle[i%len(cycle)], i), 0)
		i++
	}
	if i == 0 || p.ranges.x1 < controlLeast {
		return nil
	}
	f := &figure{name: "control-latency", title: "How long CONTROL took"}
	f.note = "messages of class CONTROL at gates and managers, from their arrival to the end of their service: what load elsewhere must not delay"
	f.panels = []*panel{p}
	return f
}

// controlLeast is what a latency must have reached for a picture to be worth drawing, s: below, nothing ever waited.
const controlLeast = 0.0005
