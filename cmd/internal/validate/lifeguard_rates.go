package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
)

// bursts are the cells of the experiment: everything on the same seed for each arrangement.
func bursts(quick, blocked bool) (list []burst) {
	counts, on, off := []int{1, 2, 4, 8, 16}, []float64{0.1, 1, 4, 12, 30}, []float64{0.001, 0.25, 4, 60}
	if quick {
		counts, on, off = []int{4, 16}, []float64{12, 30}, []float64{0.001, 4}
	}
	for _, some := range counts {
		for _, d := range on {
			for _, i := range off {
				list = append(list, burst{some: some, on: d, off: i, blocked: blocked, seed: uint64(len(list) + 1)})
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
	}
	views := []view{
		{words: "at healthy members about healthy members", of: func(f falseDeaths) int { return f.healthy }},
		{suffix: "-all", words: "of healthy members in all views", of: func(f falseDeaths) int { return f.all }},
	}
	if !blocked {
		e.ID, e.Title = "lifeguard-paused", "the same with whole processes paused, timers and all"
		views[0].reported = true
	}
	for _, v := range views {
		for i := range guards {
			e.Rows = append(e.Rows, guards[i].rows(&v)...)
		}
	}
	e.Run = func(l *Lab) *plot.Overlay {
		cells := bursts(l.Quick, blocked)
		runs := each(l, len(cells)*len(guards), func(i int) falseDeaths { return cells[i/len(guards)].run(guards[i%len(guards)].sets) })
		shown := views[0]
		if !blocked {
			shown = views[1]
		}
		fig := &plot.Overlay{
			Title: "False deaths " + shown.words, Caption: "spec 10 §15.2; sums over lengths of bursts and of the rest between; 128 members",
			Note: "dashed: a tenth of SWIM's, the bar for all components; an arrangement without a false death has no point",
			X:    plot.Axis{Label: "members blocked together", Log: true}, Y: plot.Axis{Label: "false deaths in views", Log: true},
		}
		if !blocked {
			fig.X.Label = "members paused together"
		}
		for _, v := range views {
			l.compare(&v, cells, runs)
		}
		bar := plot.Curve{Label: "a tenth of SWIM's", Kind: plot.Reference}
		for g := range guards {
			if blocked && guards[g].name == "guards" {
				continue // its timers are not late: it is SWIM
			}
			c := plot.Curve{Label: guards[g].words, Kind: plot.Measured, Colour: g}
			for i, b := range cells {
				if i == 0 || cells[i-1].some != b.some {
					c.X, c.Y = append(c.X, float64(b.some)), append(c.Y, 0)
				}
				c.Y[len(c.Y)-1] += float64(shown.of(runs[i*len(guards)+g]))
			}
			if g == 0 {
				bar.X, bar.Y = c.X, scale(c.Y, 0.1)
			}
			fig.Curves = append(fig.Curves, c)
		}
		fig.Curves = append([]plot.Curve{bar}, fig.Curves...)
		return fig
	}
	return e
}

// view says which false deaths are counted.
type view struct {
	suffix, words string
	of            func(falseDeaths) int
	reported      bool // not judged
}

// rows of one arrangement.
func (g *guard) rows(v *view) []Row {
	if g.name == "swim" {
		r := Row{"swim" + v.suffix, "SWIM: false deaths " + v.words + " (there is something to compare)", "", 1, 0, "§15.2", Computed, AtLeast}
		if v.reported {
			r = Row{"swim" + v.suffix, "SWIM: false deaths " + v.words, "", nan, 0, "", Derived, Reported}
		}
		return []Row{r}
	}
	r := Row{g.name + v.suffix, g.words + ": false deaths " + v.words + ", of SWIM's", "", g.bar, 0, "§15.2", Computed, AtMost}
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
	rows := []Row{r}
	if g.name == "lifeguard" && v.suffix == "" && !v.reported {
		rows = append(rows, Row{"claim", "the same against the paper's claims: more than 50 × fewer, ≈ 1.9 % of SWIM's", "", 0.02, 0, "Lifeguard v1 abstract, v2 by quotation", Read, Reported})
	}
	return rows
}

// compare gives the rows of a view their values: the ratio of sums over cells.
func (l *Lab) compare(v *view, cells []burst, runs []falseDeaths) {
	for g := range guards {
		var pairs []stats.Pair
		have, swim := 0, 0
		for i := range cells {
			a, b := v.of(runs[i*len(guards)]), v.of(runs[i*len(guards)+g])
			pairs = append(pairs, stats.Pair{A: float64(a), B: float64(b)})
			have, swim = have+b, swim+a
		}
		name := guards[g].name
		if name == "swim" {
			l.Number("swim"+v.suffix, float64(swim), fmt.Sprintf("%d runs of 190 s", len(cells)))
			continue
		}
		note := fmt.Sprintf("%d of %d", have, swim)
		if swim == 0 { // a ratio of nothing
			l.Number(name+v.suffix, float64(have), note)
			continue
		}
		iv := stats.PairedRatio(pairs, 0)
		l.Estimate(name+v.suffix, iv, note)
		if name == "lifeguard" && v.suffix == "" && !v.reported {
			l.Estimate("claim", iv, note)
		}
	}
}
