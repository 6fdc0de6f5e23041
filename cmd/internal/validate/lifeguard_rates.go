package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
)

// bursts are the cells of the experiment: everything on the same seed for each arrangement.
func bursts() (list []Cell) {
	for _, suite := range []struct {
		counts  []int
		on, off []float64
		seeds   [2]int
	}{
		{[]int{1, 2, 4, 8, 16}, []float64{0.1, 1, 4, 12, 30}, []float64{0.001, 0.25, 4, 60}, [2]int{1, 0}},
		{[]int{4, 16}, []float64{12, 30}, []float64{0.001, 4}, [2]int{0, 1}},
	} {
		seed := 0
		for _, some := range suite.counts {
			for _, on := range suite.on {
				for _, off := range suite.off {
					seed++
					for g := range guards {
						c := burst{some, on, off}.cell(&guards[g], seed)
						c.Seeds = suite.seeds
						list = append(list, c)
					}
				}
			}
		}
	}
	return list
}

// ratesOf compares false deaths between arrangements (§15.2).
//
// Blocked is the anomaly of the paper: what a member says and hears is held up while its timers go on, so that
// its accusation and its verdict leave together and the accused has no time to refute. A paused process is
// another matter: the accusation it makes on waking leaves at once, the accused refutes while it is paused
// again, and its verdict is stale to everybody but itself. So pauses are judged by all views, blocks by the
// views of healthy members too.
func ratesOf(blocked bool) *Experiment {
	e := &Experiment{
		ID: "lifeguard-blocked", Topic: TopicLifeguard, Quick: true, Full: 130, Short: 20,
		Title: "false deaths with 1 … 16 of 128 members blocked in bursts, 0.1–30 s on, 1 ms–60 s off; timers go on (the paper's anomaly)",
		Study: &Study{File: "pause", Cells: bursts(), Counts: []string{"all", "healthy"}, Watch: falseDeaths, Before: func(t *Trial) { begin(t, blocked) }},
	}
	views := []view{{words: "at healthy members about healthy members", count: "healthy"}, {suffix: "-all", words: "of healthy members in all views", count: "all"}}
	shown := &views[0]
	if blocked {
		e.Study.Drive = block
	} else {
		e.ID, e.Title = "lifeguard-paused", "the same with whole processes paused, timers and all"
		views[0].reported, shown = true, &views[1]
	}
	for i := range views {
		for k := range guards {
			e.Study.Rows = append(e.Study.Rows, guards[k].rows(&views[i])...)
		}
	}
	e.Study.Figure = func(_ *Lab, cells map[string]Trials) *plot.Overlay { return ratesFigure(shown, cells, blocked) }
	return e
}

func ratesFigure(v *view, cells map[string]Trials, blocked bool) *plot.Overlay {
	fig := &plot.Overlay{
		Title: "False deaths " + v.words, Caption: "spec 10 §15.2; sums over lengths of bursts and of the rest between; 128 members",
		Note: "dashed: a tenth of SWIM's, the bar for all components; an arrangement without a false death has no point",
		X:    plot.Axis{Label: "members blocked together", Log: true}, Y: plot.Axis{Label: "false deaths in views", Log: true},
	}
	if !blocked {
		fig.X.Label = "members paused together"
	}
	bar := plot.Curve{Label: "a tenth of SWIM's", Kind: plot.Reference}
	for g := range guards {
		if blocked && guards[g].name == "guards" {
			continue // its timers are not late: it is SWIM
		}
		c := plot.Curve{Label: guards[g].words, Kind: plot.Measured, Colour: g}
		for _, t := range cells[guards[g].name] {
			if some := float64(len(t.Hit)); len(c.X) == 0 || c.X[len(c.X)-1] != some {
				c.X, c.Y = append(c.X, some), append(c.Y, 0)
			}
			c.Y[len(c.Y)-1] += t.Of(v.count)
		}
		if g == 0 {
			bar.X, bar.Y = c.X, scale(c.Y, 0.1)
		}
		fig.Curves = append(fig.Curves, c)
	}
	fig.Curves = append([]plot.Curve{bar}, fig.Curves...)
	return fig
}

// view says which false deaths are counted.
type view struct {
	suffix, words string
	count         string // of a trial
	reported      bool   // not judged
}

// rows of one arrangement.
func (g *guard) rows(v *view) []Measured {
	if g.name == "swim" {
		r := Row{"swim" + v.suffix, "SWIM: false deaths " + v.words + " (there is something to compare)", "", 1, 0, "§15.2", Computed, AtLeast}
		if v.reported {
			r = Row{"swim" + v.suffix, "SWIM: false deaths " + v.words, "", nan, 0, "", Derived, Reported}
		}
		return []Measured{{r, g.name, func(l *Lab, row string, runs Trials) {
			l.Number(row, runs.sum(v.count), fmt.Sprintf("%d runs of 190 s", len(runs)))
		}}}
	}
	r := Row{g.name + v.suffix, g.words + ": false deaths " + v.words + ", of SWIM's", "", g.bar, 0, "§15.2", Computed, AtMost.OfAll()}
	if g.bar == 1 { // "never more than SWIM's": against pauses some have no effect at all
		r.Judge = NotAbove(0.10)
	}
	switch g.name {
	case "tuned":
		r.Source, r.Certainty = "§15.2, Lifeguard v1 abstract: still 3 × lower", Read
	case "guards", "defaults":
		r.Source, r.Certainty = "our own additions, §4.2, §4.5", Derived
	}
	if v.reported || g.name == "tuned" && v.suffix != "" { // the claim is about healthy members' views
		r.Ref, r.Judge = nan, Reported
	}
	rows := []Measured{{r, g.name, ofSWIM(v.count)}}
	if g.name == "lifeguard" && v.suffix == "" && !v.reported {
		rows = append(rows, Measured{Row{"claim", "the same against the paper's claims: more than 50 × fewer, ≈ 1.9 % of SWIM's", "", 0.02, 0, "Lifeguard v1 abstract, v2 by quotation", Read, Reported}, g.name, ofSWIM(v.count)})
	}
	return rows
}

// ofSWIM is the ratio of sums over cells to those of SWIM in the same cells.
func ofSWIM(count string) Measure {
	return func(l *Lab, row string, runs Trials) {
		var pairs []stats.Pair
		for i, t := range l.cells["swim"] {
			pairs = append(pairs, stats.Pair{A: t.Of(count), B: runs[i].Of(count)})
		}
		have, swim := runs.sum(count), l.cells["swim"].sum(count)
		note := fmt.Sprintf("%g of %g", have, swim)
		if swim == 0 { // a ratio of nothing
			l.Number(row, have, note)
			return
		}
		l.Estimate(row, stats.PairedRatio(pairs, 0), note)
	}
}
