package plot

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hypersim/analysis"
	"hypersim/core"
)

// Request is one [[report.plot]] of a scenario (spec 40 §8.3).
type Request struct {
	Kind   string // line, area, scatter, ecdf, hist, strip or heatmap
	Metric string
	Where  []analysis.Filter
	Stat   []string // of the samples of one interval: pNN, mean, min, max, sum, count; none: mean
	X      string   // "" or "time"
	Split  []string // labels: one line, or one row, per word
	From   float64  // s
	To     float64  // s; 0: end of the run
	Rate   bool     // change per second
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

// found is what a run holds for a request.
type found struct {
	unit   string
	groups groups
	list   []analysis.Sample
}

// figure draws the request, or says why it cannot be drawn.
func (r *Request) figure(run *analysis.Run) (*figure, error) {
	draw, ok := kinds[r.Kind]
	if !ok {
		return nil, fmt.Errorf("kind %q is not drawn; there are area, ecdf, heatmap, hist, line, scatter and strip", r.Kind)
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

// find selects the samples.
func (r *Request) find(run *analysis.Run) (*found, error) {
	all, unit := run.Samples(r.Metric)
	if len(all) == 0 {
		return nil, fmt.Errorf("the run has no values of %q over time (it has %s)", r.Metric, strings.Join(run.MetricNames(), ", "))
	}
	keys := map[string]bool{}
	for _, s := range all {
		for _, l := range s.Labels {
			keys[l.Key] = true
		}
	}
	for _, k := range slices.Concat(r.Split, filterKeys(r.Where)) {
		if !keys[k] {
			return nil, fmt.Errorf("values of %q carry no label %q (they have %s)", r.Metric, k, strings.Join(slices.Sorted(maps.Keys(keys)), ", "))
		}
	}
	d := &found{unit: unit}
	from, to := core.Instant(core.Seconds(r.From)), core.Instant(core.Seconds(r.To))
	for _, s := range all {
		if s.At >= from && (r.To == 0 || s.At <= to) && s.Labels.Matches(r.Where) {
			d.list = append(d.list, s)
		}
	}
	if len(d.list) == 0 {
		return nil, fmt.Errorf("none of the %d values of %q passes where and window", len(all), r.Metric)
	}
	d.groups = split(d.list, r.Split)
	slices.SortStableFunc(d.groups, func(a, b group) int { return strings.Compare(a.word, b.word) })
	if len(d.groups) > groupsMax && r.Kind != "strip" && r.Kind != "heatmap" {
		return nil, fmt.Errorf("split by %s makes %d lines, at most %d can be told apart; use where or a heatmap",
			strings.Join(r.Split, ", "), len(d.groups), groupsMax)
	}
	return d, nil
}

const groupsMax = 16

func filterKeys(list []analysis.Filter) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Key)
	}
	return out
}

// title names the metric and what was selected.
func (r *Request) title() string {
	s := strings.ReplaceAll(r.Metric, "_", " ")
	s = strings.ToUpper(s[:1]) + s[1:]
	if len(r.Split) > 0 {
		s += ", split by " + strings.Join(r.Split, " and ")
	}
	return s
}

func (r *Request) note() string {
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
	return strings.Join(parts, ", ")
}

// values is the axis of the metric.
func (r *Request) values(unit string, log bool) axis {
	label := r.Metric
	if r.Rate {
		unit += " per s"
	}
	if unit != "" {
		label += " (" + unit + ")"
	}
	a := axis{label: label}
	if log {
		a.kind = logarithmic
	}
	return a
}

// overTime returns a figure with one panel over the requested time.
func (r *Request) overTime(run *analysis.Run, p *panel) *figure {
	end := run.Duration.Seconds()
	p.x = runTime(run)
	if p.x.lo = r.From; r.To > 0 {
		p.x.hi = r.To
	}
	p.hlines = r.HLine
	for _, h := range r.HLine {
		p.ranges.y0, p.ranges.y1 = min(p.ranges.y0, h), max(p.ranges.y1, h)
	}
	return &figure{title: r.title(), note: r.note(), shared: true, bands: faultBands(run.Tables.Faults, end, r.Mark), panels: []*panel{p}}
}
