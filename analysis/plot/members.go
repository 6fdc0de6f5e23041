package plot

import (
	"image/color"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// members shows what all live members together believe: records by state, and how many of them are wrong.
func members(run *analysis.Run) *figure {
	if len(run.Tables.Membership) == 0 {
		return nil
	}
	f := overTime(run, "members", "What members believe about each other")
	f.note = "records that all live members hold of others, by state; and the share of (observer, subject) pairs in which the view and the truth differ"
	f.panels = []*panel{recordCounts(run)}
	if p := viewError(run); p.ranges.y1 > 0 {
		f.panels = append(f.panels, p)
	} else {
		f.note = "records that all live members hold of others, by state; in no sample was any view wrong"
	}
	f.panels[0].weight = 1.35
	return f
}

var stateStyles = []struct {
	name  string
	color color.NRGBA
	dash  int
	count func(*metrics.MembershipRow) uint64
}{
	{"OK", green, 0, func(r *metrics.MembershipRow) uint64 { return r.OK }},
	{"SUSPECT", orange, 0, func(r *metrics.MembershipRow) uint64 { return r.Suspect }},
	{"DEAD", vermilion, 0, func(r *metrics.MembershipRow) uint64 { return r.Dead }},
	{"UNCONFIRMED", sky, 1, func(r *metrics.MembershipRow) uint64 { return r.Unconfirmed }},
	{"LEFT", grey, 2, func(r *metrics.MembershipRow) uint64 { return r.Left }},
}

func recordCounts(run *analysis.Run) *panel {
	p := newPanel(runTime(run), axis{label: "records held (log of 1 + n)", kind: counts})
	p.title = "Records by state"
	for _, s := range stateStyles {
		xy, any := plotter.XYs{}, false
		eachInstant(run.Tables.Membership, func(at core.Instant, rows []metrics.MembershipRow) {
			n := uint64(0)
			for i := range rows {
				n += s.count(&rows[i])
			}
			any = any || n > 0
			xy = append(xy, plotter.XY{X: at.Seconds(), Y: float64(n)})
		})
		if any {
			hideZeros(xy)
			p.line(s.name, stroke(s.color, s.dash), true, xy)
		}
	}
	return p
}

// eachInstant calls visit with the rows of each instant of a table in order of time.
func eachInstant(rows []metrics.MembershipRow, visit func(core.Instant, []metrics.MembershipRow)) {
	for i := 0; i < len(rows); {
		k := i
		for k < len(rows) && rows[k].At == rows[i].At {
			k++
		}
		visit(rows[i].At, rows[i:k])
		i = k
	}
}

func viewError(run *analysis.Run) *panel {
	p := newPanel(runTime(run), axis{label: "wrong (% of pairs)", kind: percent})
	p.title = "View error, by role of the observer"
	list, _ := run.Samples("view_error")
	lines := split(list, []string{"role"})
	for _, role := range byRole(lines.words()) {
		xy := lines.xy(role)
		p.line(plural(role), stroke(roleColor(role), indexOf(roleOrder, role)), true, xy)
	}
	return p
}
