package metrics

import "hypersim/core"

// PressureRow is a row of backpressure.csv.
type PressureRow struct {
	At                 core.Instant
	Node, Scope, Level string
	Fill               string
	Delay              float64
}

var pressureColumns = []column[PressureRow]{
	{"t_s", "when", func(r *PressureRow) cell { return instantCell{&r.At} }},
	{"node", "whose level it is", func(r *PressureRow) cell { return textCell{&r.Node} }},
	{"scope", "buffer: of a manager's own statistics, once a tick and at each change; worker: what a worker goes by, at each change; the name of a datacenter: what a gate holds of it, at each change", func(r *PressureRow) cell { return textCell{&r.Scope} }},
	{"level", "NONE, THROTTLE, BATCH or REJECT", func(r *PressureRow) cell { return textCell{&r.Level} }},
	{"fill", "records in the first tier over how many there may be; empty: the node has no buffer", func(r *PressureRow) cell { return textCell{&r.Fill} }},
	{"delay_ms", "that is asked for, as far as a worker or gate knows; 0 of a manager", func(r *PressureRow) cell { return numberCell{&r.Delay} }},
}

// pressureRows adds the rows of backpressure.csv.
func (r *Result) pressureRows(t *Tables) {
	for i := range r.Pressures {
		x := &r.Pressures[i]
		row := PressureRow{At: x.At, Node: r.name(x.Node), Scope: "worker", Level: x.Level.String(), Delay: float64(x.Delay) / 1e6}
		switch {
		case x.Site >= 0:
			row.Scope = r.siteName(x.Site)
		case x.Fill >= 0:
			row.Scope, row.Fill = "buffer", formatNumber(x.Fill)
		}
		t.Pressures = append(t.Pressures, row)
	}
}
