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
		counts, on, off = []int{4, 16}, []float64{4, 30}, []float64{0.001, 4}
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
func ratesOf(blocked bool) *Experiment {
	e := &Experiment{
		ID: "lifeguard-pauses", Topic: TopicLifeguard, Quick: true, Full: 300, Short: 15,
		Title: "false deaths with 1 … 16 of 128 members paused in bursts, 0.1–30 s on, 1 ms–60 s off",
	}
	if blocked {
		e.ID, e.Quick, e.Short = "lifeguard-blocked", false, 0
		e.Title = "the same with messages blocked while timers go on, the paper's anomaly"
	}
	for i := range guards {
		g := &guards[i]
		if g.name == "swim" {
			e.Rows = append(e.Rows,
				Row{"swim", "SWIM: false deaths, at healthy members about healthy members (there is something to compare)", "", 1, 0, "§15.2", Computed, AtLeast},
				Row{"swim-all", "SWIM: false deaths of healthy members in all views", "", nan, 0, "", Derived, Reported})
			continue
		}
		what := fmt.Sprintf("%s: false deaths at healthy about healthy, of SWIM's", g.words)
		source, c := "§15.2", Computed
		switch g.name {
		case "tuned":
			source, c = "§15.2, Lifeguard v1 abstract: still 3 × lower", Read
		case "guards", "defaults":
			source, c = "our own additions, §4.2", Derived
		}
		e.Rows = append(e.Rows, Row{g.name, what, "", g.bar, 0, source, c, AtMost})
		if g.name == "lifeguard" {
			e.Rows = append(e.Rows,
				Row{"claim", "the same against the claim: more than 50 × fewer", "", 0.02, 0, "Lifeguard v1 abstract", Read, Reported},
				Row{"lifeguard-all", "Lifeguard: false deaths of healthy members in all views, of SWIM's", "", nan, 0, "", Derived, Reported})
		}
	}
	e.Run = func(l *Lab) *plot.Overlay {
		cells := bursts(l.Quick, blocked)
		runs := each(l, len(cells)*len(guards), func(i int) falseDeaths { return cells[i/len(guards)].run(guards[i%len(guards)].sets) })
		healthy := func(f falseDeaths) int { return f.healthy }
		all := func(f falseDeaths) int { return f.all }
		ratio := func(g int, of func(falseDeaths) int) (stats.Interval, string) {
			var pairs []stats.Pair
			have, swim := 0, 0
			for i := range cells {
				a, b := of(runs[i*len(guards)]), of(runs[i*len(guards)+g])
				pairs = append(pairs, stats.Pair{A: float64(a), B: float64(b)})
				have, swim = have+b, swim+a
			}
			iv := stats.PairedRatio(pairs, stats.Mean, stats.Resampling{Purpose: "validate." + e.ID + guards[g].name}).Interval
			return iv, fmt.Sprintf("%d of %d", have, swim)
		}
		for g := range guards {
			name := guards[g].name
			iv, note := ratio(g, healthy)
			if name == "swim" {
				sum, every := 0, 0
				for i := range cells {
					sum, every = sum+runs[i*len(guards)].healthy, every+runs[i*len(guards)].all
				}
				l.Number("swim", float64(sum), fmt.Sprintf("%d runs", len(cells)))
				l.Number("swim-all", float64(every), "")
				continue
			}
			l.Estimate(name, iv, note)
			if name == "lifeguard" {
				l.Estimate("claim", iv, note)
				iv, note := ratio(g, all)
				l.Estimate("lifeguard-all", iv, note)
			}
		}
		fig := &plot.Overlay{
			Title: "False deaths at healthy members about healthy members", Caption: "spec 10 §15.2; sums over lengths of bursts and of the rest between; 128 members",
			Note: "dashed: a tenth of SWIM's, the bar for all components; an arrangement without a false death has no point",
			X:    plot.Axis{Label: "members paused together", Log: true}, Y: plot.Axis{Label: "false deaths in views", Log: true},
		}
		if blocked {
			fig.X.Label = "members blocked together"
		}
		bar := plot.Curve{Label: "a tenth of SWIM's", Kind: plot.Reference}
		for g := range guards {
			c := plot.Curve{Label: guards[g].words, Kind: plot.Measured, Colour: g}
			for i, b := range cells {
				if i == 0 || cells[i-1].some != b.some {
					c.X, c.Y = append(c.X, float64(b.some)), append(c.Y, 0)
				}
				c.Y[len(c.Y)-1] += float64(runs[i*len(guards)+g].healthy)
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
