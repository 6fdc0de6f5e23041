package plot

import (
	"cmp"
	"image/color"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// typesMax is how many types of messages are told apart; the rest is "other".
const typesMax = 6

// traffic shows what a live node sends on average, in messages and in bytes, by type.
func traffic(run *analysis.Run) *figure {
	t := sum(run.Tables.Messages, run.Duration.Seconds())
	if len(t.x) == 0 {
		return nil
	}
	f := overTime(run, "traffic", "What a node sends")
	f.note = "mean over all live nodes of the roles that have traffic, by type of message"
	f.panels = []*panel{
		t.panel(run, "Messages per node and second", "messages / (node s)", t.messages),
		t.panel(run, "Bytes per node and second", "B / (node s)", t.bytes),
	}
	return f
}

// rates are sent messages and bytes per node and second, by type, in bins of time.
type rates struct {
	x               []float64 // end of each bin, s
	types           []string
	messages, bytes [][]float64 // by type, then bin
}

const binsMax = 600

// sum adds the rows up over roles, into at most binsMax bins.
func sum(rows []metrics.MessageRow, duration float64) rates {
	var r rates
	tally := map[string][2]float64{}
	for i := range rows {
		if m := &rows[i]; m.Direction == "sent" {
			n := tally[m.Type]
			tally[m.Type] = [2]float64{n[0] + float64(m.Messages), n[1] + float64(m.Bytes)}
		}
	}
	r.types = pickTypes(tally)
	if len(r.types) == 0 {
		return r
	}
	r.messages, r.bytes = make([][]float64, len(r.types)), make([][]float64, len(r.types))
	width, open, lived := duration/binsMax, math.Inf(-1), 0.0
	flush := func() {
		for k := range r.types {
			last := len(r.x) - 1
			if lived > 0 {
				r.messages[k][last] /= lived
				r.bytes[k][last] /= lived
			}
		}
	}
	for i := 0; i < len(rows); {
		at := rows[i].At
		if at.Seconds() >= open+width*(1-1e-9) {
			if len(r.x) > 0 {
				flush()
			}
			open, lived = at.Seconds(), 0
			r.x = append(r.x, at.Seconds())
			for k := range r.types {
				r.messages[k], r.bytes[k] = append(r.messages[k], 0), append(r.bytes[k], 0)
			}
		}
		k := i
		for k < len(rows) && rows[k].At == at {
			k++
		}
		lived += r.add(rows[i:k])
		i = k
	}
	flush()
	return r
}

// add adds the rows of one sample to the last bin and returns the node-seconds that they are over.
func (r *rates) add(rows []metrics.MessageRow) float64 {
	var seconds [core.NumRoles]float64
	for i := range rows {
		m := &rows[i]
		role, known := core.ParseRole(m.Role)
		if known && m.MessageRate > 0 {
			seconds[role] = float64(m.Messages) / m.MessageRate
		}
		if m.Direction != "sent" {
			continue
		}
		k := slices.Index(r.types, m.Type)
		if k < 0 {
			k = len(r.types) - 1 // other
		}
		last := len(r.x) - 1
		r.messages[k][last] += float64(m.Messages)
		r.bytes[k][last] += float64(m.Bytes)
	}
	total := 0.0
	for _, s := range seconds {
		total += s
	}
	return total
}

const other = "other"

// pickTypes returns the types with the largest share of messages or bytes, those with more messages first,
// then "other" if there are more.
func pickTypes(tally map[string][2]float64) []string {
	type share struct {
		name     string
		top, msg float64
	}
	total := [2]float64{1e-9, 1e-9}
	var list []share
	for _, name := range slices.Sorted(maps.Keys(tally)) {
		list = append(list, share{name: name})
	}
	for _, s := range list {
		total[0] += tally[s.name][0]
		total[1] += tally[s.name][1]
	}
	for i := range list {
		n := tally[list[i].name]
		list[i].msg, list[i].top = n[0], max(n[0]/total[0], n[1]/total[1])
	}
	slices.SortFunc(list, func(a, b share) int { return cmp.Or(-cmp.Compare(a.top, b.top), cmp.Compare(a.name, b.name)) })
	more := len(list) > typesMax
	if more {
		list = list[:typesMax-1]
	}
	slices.SortFunc(list, func(a, b share) int { return cmp.Or(-cmp.Compare(a.msg, b.msg), cmp.Compare(a.name, b.name)) })
	var out []string
	for _, s := range list {
		out = append(out, s.name)
	}
	if more {
		out = append(out, other)
	}
	return out
}

// typeColors keep a type in one colour in all runs; others take what is left.
var typeColors = map[string]color.NRGBA{
	"ping": blue, "ack": sky, "gossip": orange, "ping_req": vermilion, "ind_ack": purple, "sync_digest": green, "sync_full": black, other: grey,
}

func (r *rates) colors() []color.NRGBA {
	out := make([]color.NRGBA, len(r.types))
	var used []color.NRGBA
	for i, t := range r.types {
		if c, ok := typeColors[t]; ok {
			out[i] = c
			used = append(used, c)
		}
	}
	for i := range out {
		for _, c := range cycle {
			if out[i].A == 0 && !slices.Contains(used, c) {
				out[i] = c
				used = append(used, c)
			}
		}
	}
	return out
}

// panel draws the layers on top of each other, or as lines on a logarithmic axis if a burst would press
// everything else flat.
func (r *rates) panel(run *analysis.Run, title, label string, layers [][]float64) *panel {
	p := newPanel(runTime(run), axis{label: label})
	p.title = title
	colors := r.colors()
	if bursty(layers) {
		p.y.kind = logarithmic
		p.title += " (logarithmic: a burst is far above the rest)"
		for k := range r.types {
			xy := make(plotter.XYs, len(r.x))
			for i := range r.x {
				xy[i] = plotter.XY{X: r.x[i], Y: layers[k][i]}
				if layers[k][i] <= 0 {
					xy[i].Y = math.NaN()
				}
			}
			p.line(r.types[k], stroke(colors[k], k), false, xy)
		}
		return p
	}
	styles := make([]draw.LineStyle, len(r.types))
	for k := range styles {
		styles[k] = draw.LineStyle{Color: alpha(colors[k], 0.85)}
	}
	p.stacked(r.x, r.types, layers, styles)
	return p
}

// bursty reports whether the largest sum is more than ten times what nine in ten samples stay below.
func bursty(layers [][]float64) bool {
	total := make([]float64, len(layers[0]))
	for _, l := range layers {
		for i, v := range l {
			total[i] += v
		}
	}
	slices.Sort(total)
	return total[len(total)-1] > 10*total[len(total)*9/10]
}
