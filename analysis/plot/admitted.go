package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// loadRows bounds the servers whose load has a row.
const loadRows = 10

// loadPanel shows what servers called themselves, those that were worst off first; nil if none was ever loaded.
func loadPanel(run *analysis.Run) *panel {
	l := &levelLanes{end: run.Duration.Seconds()}
	high, long := map[string]int{}, map[string]float64{}
	for i := range run.Tables.Admissions {
		r := &run.Tables.Admissions[i]
		level := loadStyle(r.Load)
		at := r.At.Seconds()
		if level > 0 && !slices.ContainsFunc(l.bars, func(b levelBar) bool { return b.row == r.Node && b.from <= at && at < b.to-1e-9 }) {
			if k := lastBar(l.bars, r.Node); k >= 0 && l.bars[k].level == level && l.bars[k].to >= at-1e-9 {
				l.bars[k].to = at + 1
			} else {
				l.bars = append(l.bars, levelBar{r.Node, level, at, at + 1})
			}
			long[r.Node]++
		}
		high[r.Node] = max(high[r.Node], level)
	}
	for n, h := range high {
		if h > 0 {
			l.rows = append(l.rows, n)
		}
	}
	if len(l.rows) == 0 {
		return nil
	}
	slices.SortFunc(l.rows, func(a, b string) int {
		return cmp.Or(cmp.Compare(high[b], high[a]), cmp.Compare(long[b], long[a]), byName(a, b))
	})
	left := max(0, len(l.rows)-loadRows)
	l.rows = l.rows[:len(l.rows)-left]
	slices.SortFunc(l.rows, byName)
	names := make([]string, len(l.rows))
	for i, r := range l.rows {
		names[i] = shortName(r)
	}
	p := newPanel(runTime(run), axis{names: names, lo: -float64(len(names)) + 0.45, hi: 0.55})
	p.title = "What servers called themselves; where there is no bar, healthy"
	if left > 0 {
		p.title += fmt.Sprintf("; %s no row", counted(left, "more has", "more have"))
	}
	p.weight = 0.36 + 0.115*float64(len(names))
	p.layers = append(p.layers, l)
	p.see(plotter.XYs{{X: 0, Y: 0}, {X: l.end, Y: 0}})
	for i := 1; i < len(levelStyles); i++ {
		if slices.ContainsFunc(l.bars, func(b levelBar) bool { return b.level == i }) {
			p.legend = append(p.legend, entry{label: loadWords[i], fill: levelStyles[i].color})
		}
	}
	return p
}

// loadWords are what a server calls itself, the mildest first, as many as there are levels.
var loadWords = [...]string{"healthy", "busy", "stressed", "overloaded"}

func loadStyle(word string) int { return max(0, slices.Index(loadWords[:], strings.ToLower(word))) }

// lastBar returns the place of the last bar of a row, −1 if it has none.
func lastBar(list []levelBar, row string) int {
	for k := len(list) - 1; k >= 0; k-- {
		if list[k].row == row {
			return k
		}
	}
	return -1
}

// sheds are why a request was sent away.
var sheds = []struct {
	name  string
	count func(*metrics.AdmissionRow) uint64
}{
	{"the server's state", func(r *metrics.AdmissionRow) uint64 { return r.Shed }},
	{"too often", func(r *metrics.AdmissionRow) uint64 { return r.Rate }},
	{"too many before it", func(r *metrics.AdmissionRow) uint64 { return r.InFlight }},
}

// shedPanel shows what servers sent away, by class and reason; nil if they took everything in.
func shedPanel(run *analysis.Run) *panel {
	p := newPanel(runTime(run), axis{label: "1/s (log of 1 + n)", kind: counts})
	p.title = "Requests that all servers sent away, by class and reason"
	i := 0
	for _, class := range classesOf(run.Tables.Admissions) {
		for _, why := range sheds {
			n, all := map[core.Instant]float64{}, 0.0
			for k := range run.Tables.Admissions {
				if r := &run.Tables.Admissions[k]; r.Class == class && why.count(r) > 0 {
					n[r.At] += float64(why.count(r))
					all += float64(why.count(r))
				}
			}
			if all == 0 {
				continue
			}
			p.line(fmt.Sprintf("%s, %s (%s)", class, why.name, number(all, 1)), stroke(cycle[i%len(cycle)], i), true, eachSecond(n, run.Duration.Seconds()))
			i++
		}
	}
	if i == 0 {
		return nil
	}
	p.weight = 1.2
	return p
}

// classesOf returns the classes, in the order in which servers serve them.
func classesOf(rows []metrics.AdmissionRow) (out []string) {
	for i := range rows {
		out = addOnce(out, rows[i].Class)
	}
	order := []string{"CONTROL", "DISPATCH", "DATA", "TELEMETRY"}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(indexOf(order, a), indexOf(order, b)) })
	return out
}

// eachSecond returns counts as steps, zeros that would only hide others left out.
func eachSecond(n map[core.Instant]float64, end float64) plotter.XYs {
	xy := make(plotter.XYs, 0, int(end)+2)
	for s := 0; float64(s) <= end; s++ {
		xy = append(xy, plotter.XY{X: float64(s), Y: n[core.Instant(s)*1e9]})
	}
	hideZeros(xy)
	return xy
}

// servicePanel shows how long messages of each class took at the server that was slowest with it, in seconds in which one was
// loaded; nil if none ever was.
func servicePanel(run *analysis.Run) *panel {
	p := newPanel(runTime(run), axis{label: "s", kind: logarithmic})
	p.title = "Arrival to the end of service, mean of a second at the slowest server, while one is loaded"
	for i, class := range classesOf(run.Tables.Admissions) {
		slowest := map[core.Instant]float64{}
		for k := range run.Tables.Admissions {
			if r := &run.Tables.Admissions[k]; r.Class == class && r.Served > 0 && r.MeanLatency != core.Never {
				slowest[r.At] = max(slowest[r.At], r.MeanLatency.Seconds())
			}
		}
		xy := make(plotter.XYs, 0, len(slowest))
		for s := 0; float64(s) <= run.Duration.Seconds(); s++ {
			v, known := slowest[core.Instant(s)*1e9]
			if !known || v <= 0 {
				v = math.NaN()
			}
			xy = append(xy, plotter.XY{X: float64(s), Y: v})
		}
		if len(slowest) > 0 {
			p.line(class, stroke(cycle[i%len(cycle)], i), true, xy)
		}
	}
	if len(p.layers) == 0 {
		return nil
	}
	return p
}
