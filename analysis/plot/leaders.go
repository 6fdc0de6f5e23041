package plot

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// What bounds the lanes of leaders: clusters beyond have no panel, voters beyond that never led have no row, and what comes
// after so many leaders of a cluster is not shown, for nobody could tell one from the next.
const (
	leaderPanels = 7
	leaderRows   = 9
	leadersMost  = 40
)

// lane is a time in which a voter played one part: a row of elections.csv.
type lane struct {
	row          int
	part         string
	term         uint64
	from, to     float64 // s
	actsFrom, by float64 // of a leader: when it might act; from ≥ by: never
}

// electorate is a cluster, as its panel shows it.
type electorate struct {
	name    string
	voters  []string
	left    int // voters without a row
	lanes   []lane
	gaps    []span2 // in which nobody might act
	terms   []uint64
	leaders int
}

// span2 is a piece of time, s.
type span2 struct{ from, to float64 }

// leaders shows who led each cluster in which term: a lane for each voter, and the times in which nobody might act. Clusters
// that kept one leader from the start to the end have no panel.
func leaders(run *analysis.Run) *figure {
	end := run.Duration.Seconds()
	all, quiet := electorates(run.Tables.Elections, end)
	if len(all) == 0 {
		return nil
	}
	f := overTime(run, "leaders", "Who led, in which term")
	f.note = "a lane for each voter, a bar for each time in which it led; pale: it led and might not act; a leader acts from its first acknowledged heartbeats to the end of its lease"
	x := runTime(run)
	if hi := until(all, end); hi < end {
		x.hi = hi
		f.note += fmt.Sprintf("; what comes after %d leaders of a cluster is left out", leadersMost)
	}
	if quiet > 0 {
		f.note += "; " + counted(quiet, "cluster that kept its leader is", "clusters that kept their leaders are") + " left out"
	}
	if n := len(all) - leaderPanels; n > 0 {
		f.note += "; " + counted(n, "more cluster has", "more clusters have") + " no panel"
		all = all[:leaderPanels]
	}
	var marked []string
	for i := range f.bands {
		marked = addOnce(marked, f.bands[i].id)
	}
	f.inch = 1.3 + 0.155*float64(min(len(marked), lanesMax+1)) // a row of its own for each fault
	for i := range all {
		f.panels = append(f.panels, all[i].panel(x, end))
		f.inch += 0.42 + 0.25*float64(len(all[i].voters))
	}
	f.panels[0].legend = leaderLegend(all)
	f.inch = max(f.inch, 3.2)
	return f
}

// electorates returns the clusters in which the leader changed, or was missing, and how many others there are.
func electorates(rows []metrics.ElectionRow, end float64) (out []electorate, quiet int) {
	var names []string
	for i := range rows {
		names = addOnce(names, rows[i].Cluster)
	}
	slices.SortFunc(names, byName)
	for _, name := range names {
		e := electorate{name: name}
		e.fill(rows, end)
		if e.leaders < 2 && len(e.gaps) == 0 {
			quiet++
			continue
		}
		out = append(out, e)
	}
	return out, quiet
}

// fill makes the lanes of a cluster, and finds its gaps.
func (e *electorate) fill(rows []metrics.ElectionRow, end float64) {
	led := map[string]bool{}
	for i := range rows {
		if r := &rows[i]; r.Cluster == e.name {
			e.voters = addOnce(e.voters, r.Node)
			led[r.Node] = led[r.Node] || r.Role == "LEADER"
		}
	}
	slices.SortFunc(e.voters, byName)
	for i := len(e.voters) - 1; i >= 0 && len(e.voters) > leaderRows; i-- {
		if !led[e.voters[i]] {
			e.voters, e.left = slices.Delete(e.voters, i, i+1), e.left+1
		}
	}
	var acts []span2
	for i := range rows {
		r := &rows[i]
		if r.Cluster != e.name {
			continue
		}
		l := lane{row: slices.Index(e.voters, r.Node), part: r.Role, term: r.Term, from: r.Start.Seconds(), to: ended(r.Stop, end)}
		if r.Role == "LEADER" {
			e.leaders++
			if !slices.Contains(e.terms, r.Term) {
				e.terms = append(e.terms, r.Term)
			}
			if r.ActsFrom != core.Never {
				l.actsFrom, l.by = r.ActsFrom.Seconds(), ended(r.ActsTo, end)
				acts = append(acts, span2{l.actsFrom, l.by})
			}
		}
		if l.row >= 0 {
			e.lanes = append(e.lanes, l)
		}
	}
	slices.Sort(e.terms)
	e.gaps = between(acts, end)
}

// between returns the pieces of time from the first span to the end that no span covers.
func between(acts []span2, end float64) (gaps []span2) {
	slices.SortFunc(acts, func(a, b span2) int {
		switch {
		case a.from < b.from:
			return -1
		case a.from > b.from:
			return 1
		}
		return 0
	})
	if len(acts) == 0 {
		return nil
	}
	last := acts[0].to
	for _, s := range acts[1:] {
		if s.from > last {
			gaps = append(gaps, span2{last, s.from})
		}
		last = max(last, s.to)
	}
	if last < end {
		gaps = append(gaps, span2{last, end})
	}
	return gaps
}

// ended is an instant in s, the end of the run for one that did not come.
func ended(at core.Instant, end float64) float64 {
	if at == core.Never {
		return end
	}
	return min(at.Seconds(), end)
}

// until is when a cluster has had as many leaders as can be told apart.
func until(all []electorate, end float64) float64 {
	for i := range all {
		n := 0
		for _, l := range all[i].lanes {
			if l.part != "LEADER" {
				continue
			}
			if n++; n > leadersMost {
				end = min(end, l.from)
				break
			}
		}
	}
	return end
}

func (e *electorate) panel(x axis, end float64) *panel {
	names := make([]string, len(e.voters))
	copy(names, e.voters)
	p := newPanel(x, axis{names: names, lo: -float64(len(names)) + 0.45, hi: 0.55})
	p.title = e.name
	if e.left > 0 {
		p.title += fmt.Sprintf(" (%d voters that never led are left out)", e.left)
	}
	p.weight = 0.42 + 0.25*float64(len(names))
	p.layers = append(p.layers, gapShades(e.gaps), &voterLanes{e})
	p.see(plotter.XYs{{X: 0, Y: 0}, {X: end, Y: 0}})
	return p
}

// termColors tell the terms of neighbouring leaders apart.
var termColors = []color.NRGBA{blue, orange, green, purple, sky, vermilion}

func (e *electorate) color(term uint64) color.NRGBA {
	i, _ := slices.BinarySearch(e.terms, term)
	return termColors[i%len(termColors)]
}

// Shades of what is no leader.
var (
	followerShade = color.NRGBA{0xb4, 0xb4, 0xb4, 0xff}
	preShade      = color.NRGBA{0x8c, 0x8c, 0x8c, 0xff}
	roundShade    = color.NRGBA{0x40, 0x40, 0x40, 0xff}
	gapShade      = alpha(vermilion, 0.16)
)

func leaderLegend(all []electorate) []entry {
	has := func(part string) bool {
		return slices.ContainsFunc(all, func(e electorate) bool {
			return slices.ContainsFunc(e.lanes, func(l lane) bool { return l.part == part })
		})
	}
	line := stroke(followerShade, 0)
	out := []entry{{label: "leads and may act,\na colour for each term", fill: termColors[0]}, {label: "leads, may not act", fill: alpha(termColors[0], paleLeader)}}
	if has("CANDIDATE") {
		out = append(out, entry{label: "asks for votes", fill: roundShade})
	}
	if has("PRE_CANDIDATE") {
		out = append(out, entry{label: "asks for a pre-vote", fill: preShade})
	}
	out = append(out, entry{label: "follows", line: &line})
	if slices.ContainsFunc(all, func(e electorate) bool { return len(e.gaps) > 0 }) {
		out = append(out, entry{label: "nobody may act", fill: gapShade})
	}
	return out
}
