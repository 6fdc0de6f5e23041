package plot

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// cutoffGroupsMax bounds the places told apart.
const cutoffGroupsMax = 4

// cutoff shows how fast members were noticed that live but cannot be reached: the detection of partitions.
// Over virtual time, not since a cut: with overlapping cuts the files do not say which one parted a pair.
func cutoff(run *analysis.Run) *figure {
	groups := unreachable(run.Tables.Detections)
	if len(groups) == 0 {
		return nil
	}
	f := overTime(run, "cutoff", "Detection of cut-off members")
	f.note = "(observer, subject) pairs in which the observer has marked the subject, alive but out of its reach, at least once so far; by where the two are"
	p := newPanel(runTime(run), axis{label: "pairs so far"})
	for i, g := range groups {
		for _, m := range []struct {
			state string
			at    []float64
			dash  int
		}{{"SUSPECT", g.suspect, 1}, {"DEAD", g.dead, 0}} {
			if len(m.at) == 0 {
				continue
			}
			xy := ecdf(m.at, len(m.at), run.Duration.Seconds())
			for k := range xy {
				xy[k].Y *= float64(len(m.at))
			}
			xy = slices.Insert(xy, 0, plotter.XY{X: 0, Y: 0})
			p.line(fmt.Sprintf("%s,\n%s (%d pairs)", g.place, m.state, len(m.at)), stroke(cycle[i%len(cycle)], m.dash), true, xy)
		}
	}
	f.panels = []*panel{p}
	return f
}

// noticed holds when pairs of one place first noticed that they were parted, in s.
type noticed struct {
	place         string
	suspect, dead []float64
}

// unreachable gathers the first marking of each pair and state, by place, those with most pairs first.
func unreachable(rows []metrics.DetectionRow) []noticed {
	var out []noticed
	seen := map[[3]string]bool{}
	for i := range rows {
		r := &rows[i]
		key := [3]string{r.Observer, r.Subject, r.To}
		if r.Truth != "unreachable" || seen[key] {
			continue
		}
		seen[key] = true
		place := "between sites"
		if site := analysis.SiteOf(r.Observer); site != "" && site == analysis.SiteOf(r.Subject) {
			place = "within " + site
		}
		k := slices.IndexFunc(out, func(n noticed) bool { return n.place == place })
		if k < 0 {
			k = len(out)
			out = append(out, noticed{place: place})
		}
		if r.To == "SUSPECT" {
			out[k].suspect = append(out[k].suspect, r.At.Seconds())
		} else {
			out[k].dead = append(out[k].dead, r.At.Seconds())
		}
	}
	slices.SortFunc(out, func(a, b noticed) int {
		return cmp.Or(cmp.Compare(len(b.suspect)+len(b.dead), len(a.suspect)+len(a.dead)), cmp.Compare(a.place, b.place))
	})
	if len(out) <= cutoffGroupsMax {
		return out
	}
	rest := noticed{place: "within other sites"}
	for _, n := range out[cutoffGroupsMax-1:] {
		rest.suspect, rest.dead = append(rest.suspect, n.suspect...), append(rest.dead, n.dead...)
	}
	return append(out[:cutoffGroupsMax-1], rest)
}
