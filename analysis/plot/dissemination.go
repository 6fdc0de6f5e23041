package plot

import (
	"cmp"
	"fmt"
	"slices"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// disseminationPanelsMax bounds the types of updates shown.
const disseminationPanelsMax = 4

// dissemination shows how long news took to reach half, nearly all and all of those it concerns: a panel per
// type of update.
func dissemination(run *analysis.Run) *figure {
	rows := summaryRows(run, "dissemination")
	if len(rows) == 0 {
		return nil
	}
	var types []string
	count := map[string]uint64{}
	lo, hi := rows[0].Summary.Max, 0.0
	for _, r := range rows {
		kind := analysis.ParseLabels(r.Labels).Get("type")
		types = addOnce(types, kind)
		count[kind] = max(count[kind], r.Summary.Count)
		hi = max(hi, r.Summary.Max)
		if r.Summary.Min > 0 {
			lo = min(lo, r.Summary.Min)
		}
	}
	slices.SortStableFunc(types, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	x := axis{label: "time since the update was born (s)"}
	if lo > 0 && hi/lo > 40 {
		x.kind = logarithmic
		x = x.fit(lo, hi)
	} else {
		x.lo, x.hi = 0, max(1.06*hi, 1e-3)
	}
	f := &figure{
		name: "dissemination", title: "Time for an update to spread", shared: true,
		note: "share of updates that had reached 50 %, 99 % or 100 % of the live members concerned within the time, by role of the subject; updates that were overtaken before count nowhere",
	}
	for _, kind := range types[:min(len(types), disseminationPanelsMax)] {
		f.panels = append(f.panels, disseminationPanel(run, rows, kind, x))
	}
	return f
}

func disseminationPanel(run *analysis.Run, rows []metrics.SummaryRow, kind string, x axis) *panel {
	p := newPanel(x, axis{label: "updates (%)", kind: percent, lo: 0, hi: 1.03})
	p.title = "Updates of type " + cmp.Or(kind, "unknown")
	shares := []string{"100", "99", "50"}
	var mine []metrics.SummaryRow
	var roles []string
	for _, r := range rows {
		if l := analysis.ParseLabels(r.Labels); l.Get("type") == kind {
			mine, roles = append(mine, r), addOnce(roles, l.Get("role"))
		}
	}
	roles = byRole(roles)
	slices.SortStableFunc(mine, func(a, b metrics.SummaryRow) int {
		l, k := analysis.ParseLabels(a.Labels), analysis.ParseLabels(b.Labels)
		return cmp.Or(cmp.Compare(indexOf(roles, l.Get("role")), indexOf(roles, k.Get("role"))),
			-cmp.Compare(indexOf(shares, l.Get("share")), indexOf(shares, k.Get("share"))))
	})
	for _, r := range mine {
		l := analysis.ParseLabels(r.Labels)
		role := l.Get("role")
		if role == "" {
			role = "all"
		}
		label := fmt.Sprintf("%s, %s %% (n = %d)", role, l.Get("share"), r.Summary.Count)
		p.described(run, &r, label, stroke(roleColor(l.Get("role")), indexOf(shares, l.Get("share"))), int(r.Summary.Count))
	}
	return p
}

// summaryRows returns the rows of summary.csv that describe the metric, without those of expectations.
func summaryRows(run *analysis.Run, metric string) []metrics.SummaryRow {
	var rows []metrics.SummaryRow
	for _, r := range run.Tables.Summary {
		if r.Metric == metric && r.Expectation == "" && r.Summary.Count > 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

func addOnce(list []string, w string) []string {
	if slices.Contains(list, w) {
		return list
	}
	return append(list, w)
}
