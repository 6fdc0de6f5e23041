package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// detection shows how long crashes took to be noticed: by the first member that suspected the dead one, by
// the first that declared it dead, and until nobody held it for alive any more.
func detection(run *analysis.Run) *figure {
	g := firsts(run)
	if len(g) == 0 {
		return nil
	}
	missing := 0
	for _, r := range g {
		missing += r.missing
	}
	f := &figure{name: "detection", title: "Time from a crash to its detection",
		note: "share of crashes detected within the time; SUSPECT and DEAD: first live member that marks it so; everywhere: no live member holds it OK or SUSPECT"}
	if missing > 0 {
		f.note += fmt.Sprintf("; %d first markings did not fit into detections.csv", missing)
	}
	x := axis{label: "time since the crash (s)"}
	lo, hi := math.Inf(1), 0.0
	for _, r := range g {
		for _, c := range r.curves {
			for _, v := range c.values {
				if v > 0 {
					lo = min(lo, v)
				}
				hi = max(hi, v)
			}
			if c.summary != nil {
				lo, hi = min(lo, max(c.summary.Summary.Min, 1e-3)), max(hi, c.summary.Summary.Max)
			}
		}
	}
	if hi/lo > 40 {
		x.kind = logarithmic
	} else {
		x.lo, x.hi = 0, max(hi*1.06, 1e-9)
	}
	p := newPanel(x, axis{label: "crashes detected (%)", kind: percent, lo: 0, hi: 1.02})
	for _, r := range g {
		if len(g) > 1 {
			p.legend = append(p.legend, entry{label: counted(r.crashes, cmp.Or(r.role, "node"), plural(r.role)) + " crashed"})
		} else {
			p.legend = append(p.legend, entry{label: counted(r.crashes, "crash", "crashes")})
		}
		for i, c := range r.curves {
			if c.n() == 0 {
				continue
			}
			style := stroke(roleColor(r.role), []int{1, 0, 2}[i]) // a role has one colour in every picture
			label := fmt.Sprintf("%s (n = %d)", c.label, c.n())
			if missing := r.crashes - c.n(); missing > 0 {
				label = fmt.Sprintf("%s (n = %d,\n%d never: censored)", c.label, c.n(), missing)
			}
			if c.summary != nil {
				p.described(run, c.summary, label, style, r.crashes)
			} else {
				p.line(label, style, true, ecdf(slices.Clone(c.values), r.crashes, 0))
			}
		}
	}
	f.panels = []*panel{p}
	return f
}

// detected is one curve: single values, or a summary where the table does not hold them.
type detected struct {
	label   string
	values  []float64
	summary *metrics.SummaryRow
}

func (d *detected) n() int {
	if d.summary != nil {
		return int(d.summary.Summary.Count)
	}
	return len(d.values)
}

type roleDetection struct {
	role    string
	curves  [3]detected
	crashes int // noticed by somebody in one way or other; the files know of no others
	missing int // first markings that the bounded table does not hold
}

// firsts gathers the curves by role of the crashed.
func firsts(run *analysis.Run) []roleDetection {
	var roles []string
	list, _ := run.Samples("detection_first")
	for _, s := range list {
		if role := s.Labels.Get("role"); !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	var out []roleDetection
	for _, role := range byRole(roles) {
		r := roleDetection{role: role, curves: [3]detected{{label: "SUSPECT"}, {label: "DEAD"}, {label: "everywhere"}}}
		for _, s := range list {
			if s.Labels.Get("role") != role {
				continue
			}
			switch s.Labels.Get("to") {
			case "SUSPECT":
				r.curves[0].values = append(r.curves[0].values, s.Value)
			case "DEAD":
				r.curves[1].values = append(r.curves[1].values, s.Value)
			}
		}
		counted := map[string]uint64{}
		for i := range run.Tables.Summary {
			row := &run.Tables.Summary[i]
			l := analysis.ParseLabels(row.Labels)
			if row.Expectation != "" || l.Get("role") != role || row.Summary.Count == 0 {
				continue
			}
			sum := row.Summary
			switch {
			case row.Metric == "detection_full" && (r.curves[2].summary == nil || r.curves[2].summary.Summary.Count < sum.Count):
				r.curves[2].summary = row
			case row.Metric == "detection_first":
				counted[l.Get("to")] += sum.Count
			}
		}
		for i, to := range []string{"SUSPECT", "DEAD"} {
			r.missing += max(0, int(counted[to])-len(r.curves[i].values))
		}
		for i := range r.curves {
			r.crashes = max(r.crashes, r.curves[i].n())
		}
		out = append(out, r)
	}
	return out
}

// counted says how many of a thing there are.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
