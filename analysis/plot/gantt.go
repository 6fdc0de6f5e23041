package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// What bounds a Gantt chart: workers beyond have no row, workflows that ran again beyond have none in the lower panel.
const (
	ganttRows  = 40
	ganttAgain = 14
)

// bar is one execution of a shard: a row of workflows.csv.
type bar struct {
	row      int     // of the panel, from the top
	lo, hi   float64 // part of the row, 0 is its foot
	from, to float64 // s
	text     string
	tail     string // of one that ends beyond the time shown
	before   bool   // a text that does not fit stands before the bar, not behind it
	end      string // how it ended, as in the file
	again    bool   // it is not the first attempt of its workflow
	attempt  uint64
	at       int // place in the table
}

// link leads from an attempt to the next one of its workflow.
type link struct{ from, to *bar }

// gantt shows what ran where: the shards of each worker over time, as high as the cores that they held, and from each
// attempt that came to nothing the way to the next one.
func gantt(run *analysis.Run) *figure { return ganttOf(run, 0, math.Inf(1), nil) }

// ganttOf draws what ran between two instants.
func ganttOf(run *analysis.Run, from, to float64, only []string) *figure {
	g := newChart(run, from, to)
	if len(g.bars) == 0 {
		return nil
	}
	f := &figure{name: "gantt", title: "What ran where", shared: true, bands: faultBands(run.Tables, g.x.hi, only)}
	f.note = "each bar is a shard, as high as the cores it held of its worker; a number in it is its attempt; a dashed line leads from an attempt that came to nothing to the next one"
	if g.beyond > 0 {
		f.note += fmt.Sprintf("; %s beyond the time shown", counted(g.beyond, "shard ends", "shards end"))
	}
	if g.left > 0 {
		f.note += fmt.Sprintf("; %s without loss or failure are left out", counted(g.left, "worker", "workers"))
	}
	p := newPanel(g.x, axis{names: g.names, lo: -float64(len(g.names)) + 0.45, hi: 0.55})
	p.title = "Shards by worker"
	p.weight = 0.6 + 0.33*float64(len(g.names))
	p.layers = append(p.layers, &shardBars{list: g.bars, links: g.links})
	p.legend = ganttLegend(g.bars)
	p.see(plotter.XYs{{X: g.x.lo, Y: 0}, {X: g.x.hi, Y: 0}})
	f.panels = []*panel{p}
	f.inch = 1.7 + 0.32*float64(len(g.names))
	if again := g.again(run); again != nil {
		f.panels = append(f.panels, again)
		f.inch += 0.5 + 0.22*float64(len(again.y.names))
	}
	f.inch = max(f.inch, 3)
	return f
}

// ganttStyles are the colours of the ends of shards, in the order of the legend.
var ganttStyles = []struct {
	end, label string
	color      color.NRGBA
}{
	{"completed", "completed", sky},
	{"again", "completed at a\nfurther attempt", green},
	{"failed", "failed", vermilion},
	{"lost", "lost with its worker", black},
	{"cancelled", "cancelled", purple},
	{"killed", "killed by its worker", orange},
	{"", "goes on", grey},
}

// style returns the place of the style of b.
func (b *bar) style() int {
	for i, s := range ganttStyles {
		if s.end == b.end && !(b.end == "completed" && b.again) || s.end == "again" && b.end == "completed" && b.again {
			return i
		}
	}
	return len(ganttStyles) - 1
}

func ganttLegend(list []bar) []entry {
	var out []entry
	for i, s := range ganttStyles {
		if slices.ContainsFunc(list, func(b bar) bool { return b.style() == i }) {
			out = append(out, entry{label: s.label, fill: s.color})
		}
	}
	return out
}

// chart is what a Gantt chart shows.
type chart struct {
	x      axis
	names  []string // of workers
	left   int      // workers that have no row
	beyond int      // shards that end after the time shown
	bars   []bar
	links  []link
	jobs   map[string]int // number of a job, in the order of submission
	flows  []string       // workflows that ran again, in order of that
	of     map[string][]int
}

func newChart(run *analysis.Run, from, to float64) *chart {
	g := &chart{jobs: map[string]int{}, of: map[string][]int{}}
	for i := range run.Tables.Jobs {
		g.jobs[run.Tables.Jobs[i].Job] = i + 1
	}
	end := run.Duration.Seconds()
	rows := run.Tables.Runs
	stop := func(r *metrics.RunRow) float64 {
		if r.Stop == core.Never {
			return end
		}
		return r.Stop.Seconds()
	}
	last := 0.0
	var list []int
	for i := range rows {
		if r := &rows[i]; r.Start.Seconds() <= min(to, end) && stop(r) >= from {
			list = append(list, i)
			last = max(last, stop(r))
		}
	}
	g.x = axis{label: "virtual time (s)", kind: seconds, lo: from, hi: min(end, to, last+0.03*(last-from)+1e-9)}
	if math.IsInf(to, 1) {
		g.cut(rows, list, stop)
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(rows[a].Start, rows[b].Start) })
	g.choose(rows, list)
	g.fill(rows, list, stop)
	return g
}

// cut ends the time axis early where a few shards run for so much longer than all others that nothing of those could be
// seen.
func (g *chart) cut(rows []metrics.RunRow, list []int, stop func(*metrics.RunRow) float64) {
	ends, last := make([]float64, 0, len(list)), 0.0
	for _, i := range list {
		r := &rows[i]
		ends = append(ends, stop(r))
		if last = max(last, r.Start.Seconds()); r.Attempt > 1 {
			last = max(last, stop(r))
		}
	}
	slices.Sort(ends)
	for k := len(ends) * 9 / 10; k > 0 && k+1 < len(ends); k++ {
		if hi := 1.04 * max(last, ends[k]); ends[k+1] > 1.6*hi {
			g.x.hi, g.beyond = hi, len(ends)-k-1
			return
		}
	}
}

// choose gives workers their rows.
func (g *chart) choose(rows []metrics.RunRow, list []int) {
	trouble := map[string]int{}
	for _, i := range list {
		r := &rows[i]
		if _, known := trouble[r.Worker]; !known {
			trouble[r.Worker] = 0
			g.names = append(g.names, r.Worker)
		}
		if r.End != "completed" || r.Attempt > 1 {
			trouble[r.Worker]++
		}
	}
	if g.left = len(g.names) - ganttRows; g.left > 0 {
		slices.SortStableFunc(g.names, func(a, b string) int { return cmp.Compare(trouble[b], trouble[a]) })
		g.names = g.names[:ganttRows]
	}
	slices.SortFunc(g.names, byName)
}

// byName orders the names of nodes: numbers by their value.
func byName(a, b string) int {
	x, m := numbered(a)
	y, n := numbered(b)
	return cmp.Or(cmp.Compare(x, y), cmp.Compare(m, n), cmp.Compare(a, b))
}

func numbered(s string) (string, int) {
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	n, err := strconv.Atoi(s[i:])
	if err != nil {
		return s, -1
	}
	return s[:i], n
}

// fill makes the bars: each shard takes the lowest cores of its worker that are free all together.
func (g *chart) fill(rows []metrics.RunRow, list []int, stop func(*metrics.RunRow) float64) {
	used := make([][]float64, len(g.names)) // of each core of a row, until when
	high := 1.0
	for _, i := range list {
		r := &rows[i]
		row := slices.Index(g.names, r.Worker)
		if row < 0 {
			continue
		}
		k := seat(&used[row], int(r.Cores), r.Start.Seconds(), stop(r))
		b := bar{
			row: row, lo: float64(k), hi: float64(k) + float64(r.Cores), from: r.Start.Seconds(), to: stop(r),
			end: r.End, again: r.Attempt > 1, attempt: r.Attempt, at: i,
		}
		if r.Attempt > 1 {
			b.text = strconv.FormatUint(r.Attempt, 10)
		}
		if b.to > g.x.hi {
			b.tail = "goes on →"
			if r.End != "" {
				b.tail = r.End + " at " + number(b.to, 1) + " s →"
			}
		}
		high = max(high, b.hi)
		g.bars = append(g.bars, b)
		key := r.Job + " " + r.Workflow + " " + r.Site
		if r.Attempt > 1 && !slices.Contains(g.flows, key) {
			g.flows = append(g.flows, key)
		}
		g.of[key] = append(g.of[key], len(g.bars)-1)
	}
	for i := range g.bars { // all rows have one scale
		g.bars[i].lo, g.bars[i].hi = g.bars[i].lo/high, g.bars[i].hi/high
	}
	for _, key := range g.flows {
		g.connect(rows, g.of[key])
	}
}

// connect leads from what ended of an attempt to the shards of the next one.
func (g *chart) connect(rows []metrics.RunRow, of []int) {
	for _, a := range of {
		x := &g.bars[a]
		if x.end == "completed" || x.end == "" {
			continue
		}
		for _, b := range of {
			y := &g.bars[b]
			if y.attempt == x.attempt+1 && rows[y.at].Shard == rows[x.at].Shard {
				g.links = append(g.links, link{x, y})
			}
		}
	}
}

// seat finds n neighbouring cores that are free at from, and takes them until to. Where none are together it takes
// those above all.
func seat(used *[]float64, n int, from, to float64) int {
	k, free := 0, 0
	for ; free < n; k++ {
		if k == len(*used) {
			*used = append(*used, math.Inf(-1))
		}
		if (*used)[k] <= from+1e-12 {
			free++
		} else {
			free = 0
		}
	}
	k -= n
	for i := range n {
		(*used)[k+i] = to
	}
	return k
}

// again shows each workflow that ran more than once in a row of its own: which worker had which attempt.
func (g *chart) again(run *analysis.Run) *panel {
	if len(g.flows) == 0 {
		return nil
	}
	rows := run.Tables.Runs
	var names []string
	var list []bar
	for i, key := range g.flows[:min(len(g.flows), ganttAgain)] {
		r := &rows[g.bars[g.of[key][0]].at]
		names = append(names, fmt.Sprintf("job %d, %s", g.jobs[r.Job], shortFlow(run, r)))
		shards := uint64(0)
		for _, k := range g.of[key] {
			shards = max(shards, rows[g.bars[k].at].Shard+1)
		}
		for _, k := range g.of[key] {
			b := g.bars[k]
			x := &rows[b.at]
			_, n := numbered(x.Worker)
			b.row, b.lo, b.hi = i, float64(x.Shard)/float64(shards), (float64(x.Shard)+1)/float64(shards)
			b.text, b.before = fmt.Sprintf("%d at worker %d", b.attempt, n), b.attempt == 1
			list = append(list, b)
		}
	}
	p := newPanel(g.x, axis{names: names, lo: -float64(len(names)) + 0.45, hi: 0.55})
	p.title = "Workflows that ran again: which attempt at which worker"
	if n := len(g.flows) - len(names); n > 0 {
		p.title += fmt.Sprintf("; %d more are left out", n)
	}
	p.weight = 0.6 + 0.22*float64(len(names))
	p.layers = append(p.layers, &shardBars{list: list})
	p.see(plotter.XYs{{X: g.x.lo, Y: 0}, {X: g.x.hi, Y: 0}})
	return p
}

// shortFlow names a workflow by the order in which those of its job began.
func shortFlow(run *analysis.Run, r *metrics.RunRow) string {
	n := 0
	var seen []string
	for i := range run.Tables.Runs {
		x := &run.Tables.Runs[i]
		if x.Job != r.Job || slices.Contains(seen, x.Workflow) {
			continue
		}
		seen = append(seen, x.Workflow)
		n++
		if x.Workflow == r.Workflow {
			break
		}
	}
	return fmt.Sprintf("workflow %d", n)
}
