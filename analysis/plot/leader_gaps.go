package plot

import (
	"fmt"
	"slices"
	"strings"

	"hypersim/analysis"
)

// gapsLeast is how many gaps a distribution is worth drawing of.
const gapsLeast = 3

// leaderGaps shows how long clusters had nobody who might act as their leader, as a distribution.
func leaderGaps(run *analysis.Run) *figure {
	list, _ := run.Samples("leader_gap")
	if len(list) < gapsLeast {
		return nil
	}
	f := &figure{name: "leader-gaps", title: "How long nobody might act as leader"}
	f.note = "from the end of one leader's lease, or its crash, to the first acknowledged heartbeats of the next one"
	p := newPanel(axis{label: "gap (s)"}, axis{label: "gaps (%)", kind: percent, lo: 0, hi: 1.02})
	groups := split(list, []string{"role"})
	slices.SortStableFunc(groups, func(a, b group) int { return strings.Compare(a.word, b.word) })
	hi := 0.0
	for _, s := range list {
		hi = max(hi, s.Value)
	}
	for i, g := range groups {
		var v []float64
		for _, s := range g.list {
			v = append(v, s.Value)
		}
		slices.Sort(v)
		c, ok := roleColors[g.word]
		if !ok {
			c = cycle[i%len(cycle)]
		}
		p.line(fmt.Sprintf("clusters of %ss (n = %d,\np50 %.3g s, p95 %.3g s)", g.word, len(v), rank(v, 0.5), rank(v, 0.95)), stroke(c, i), true, ecdf(v, len(v), hi))
	}
	f.panels = []*panel{p}
	return f
}
