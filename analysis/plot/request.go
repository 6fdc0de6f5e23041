package plot

import (
	"fmt"
	"math"
	"strings"

	"hypersim/analysis"
	"hypersim/sim/metrics/words"
)

// Request is one [[report.plot]] of a scenario (spec 40 §8.3).
type Request struct {
	Kind   string // line, area, scatter, ecdf, hist, strip, heatmap or gantt
	Metric string
	Where  []analysis.Filter
	Stat   []string // of the samples of one interval: pNN, mean, min, max, last, sum, count; none: that of the metric
	X      string   // "" or "time"
	Split  []string // labels: one line, or one row, per word
	From   float64  // s
	To     float64  // s; 0: end of the run
	Rate   bool     // per second: of events their number, of a level its change; what is a rate stays as it is
	LogX   bool
	LogY   bool
	HLine  []float64
	Mark   []string // faults shown as bands; none: all
}

// kinds draw a request whose samples were found.
var kinds = map[string]func(*Request, *analysis.Run, *found) (*figure, error){
	"line":    (*Request).lines,
	"area":    (*Request).area,
	"scatter": (*Request).scatter,
	"ecdf":    (*Request).distribution,
	"hist":    (*Request).histogram,
	"strip":   (*Request).grid,
	"heatmap": (*Request).grid,
}

// figure draws the request, or says why it cannot be drawn.
func (r *Request) figure(run *analysis.Run) (*figure, error) {
	if r.Kind == "gantt" {
		return r.chart(run)
	}
	draw, ok := kinds[r.Kind]
	if !ok {
		return nil, fmt.Errorf("kind %q is not drawn; there are area, ecdf, gantt, heatmap, hist, line, scatter and strip", r.Kind)
	}
	if r.X != "" && r.X != "time" && r.X != "t" {
		return nil, fmt.Errorf("x = %q is a key of a sweep; the figures of one run have time only", r.X)
	}
	data, err := r.find(run)
	if err != nil {
		return nil, err
	}
	return draw(r, run, data)
}

// chart draws what ran where.
func (r *Request) chart(run *analysis.Run) (*figure, error) {
	if want := words.CoreSeconds.String(); r.Metric != want {
		return nil, fmt.Errorf("a gantt chart shows the shards that %s counts, not %s", want, r.Metric)
	}
	to := math.Inf(1)
	if r.To > 0 {
		to = r.To
	}
	f := ganttOf(run, r.From, to, r.Mark)
	if f == nil {
		return nil, ErrNothing
	}
	return f, nil
}

func filterKeys(list []analysis.Filter) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Key)
	}
	return out
}

// title names the metric and what was selected.
func (r *Request) title(d *found) string {
	s := strings.ReplaceAll(r.Metric, "_", " ")
	s = strings.ToUpper(s[:1]) + s[1:]
	if len(d.split) > 0 {
		s += ", split by " + strings.Join(d.split, " and ")
	}
	return s
}

func (r *Request) note(d *found) string {
	var parts []string
	for _, f := range r.Where {
		op := "="
		if f.Not {
			op = "≠"
		}
		parts = append(parts, f.Key+" "+op+" "+strings.Join(f.Words, " or "))
	}
	if len(parts) > 0 {
		parts = []string{"where " + strings.Join(parts, "; ")}
	}
	if r.From > 0 || r.To > 0 {
		end := "end"
		if r.To > 0 {
			end = number(r.To, 0.001) + " s"
		}
		parts = append(parts, "from "+number(r.From, 0.001)+" s to "+end)
	}
	if d.how != "" {
		parts = append(parts, d.how)
	}
	return strings.Join(parts, ", ")
}

// values is the axis of the metric under these statistics.
func (r *Request) values(d *found, log bool, stats ...string) axis {
	unit := d.unit
	if len(stats) == 1 && stats[0] == "count" && d.fold != words.FoldLevel {
		unit = "count"
	}
	adds := len(stats) > 0 && d.adds(stats[0])
	switch {
	case r.Rate && (adds || d.changes()):
		unit += " per s"
	case adds && d.width > 0:
		unit += " per " + number(d.width, d.width) + " s"
	}
	a := axis{label: r.Metric}
	if unit != "" {
		a.label += " (" + strings.TrimSpace(unit) + ")"
	}
	if log {
		a.kind = logarithmic
	}
	return a
}

// overTime returns a figure with one panel over the requested time.
func (r *Request) overTime(run *analysis.Run, d *found, p *panel) *figure {
	end := run.Duration.Seconds()
	p.x = runTime(run)
	if p.x.lo = r.From; r.To > 0 {
		p.x.hi = r.To
	}
	p.hlines = r.HLine
	for _, h := range r.HLine {
		p.ranges.y0, p.ranges.y1 = min(p.ranges.y0, h), max(p.ranges.y1, h)
	}
	return &figure{
		title: r.title(d), note: r.note(d), shared: true, bands: faultBands(run.Tables, end, r.Mark),
		panels: []*panel{p}, drawn: d.drawn,
	}
}
