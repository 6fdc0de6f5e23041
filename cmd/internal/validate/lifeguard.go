package validate

import (
	"fmt"
	"math"
	"slices"
	"time"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/sim/trace"
)

const lifeguardSize = 128

// guard is one arrangement of Lifeguard's components. What each key switches off:
//
//	lhm.max = 0             LHA-Probe: no local health score, so neither interval nor timeouts stretch
//	suspicion.k = 0         LHA-Suspicion: the timeout is Min from the start, SWIM's fixed α·log10 n
//	suspicion.buddy         buddy system: a suspect hears of it with the next gossip only
//	suspicion.scaling none  LHM does not stretch suspicions (§5.1, D11; not part of the paper)
//	lag.enabled = false     our own additions to it: timer lag and degradation (§4.5),
//	*.pause_guard, _grace   and timers that know that they fire far too late (§4.2)
//
// Not switchable, so part of our "SWIM" too: nacks (without LHM they mean nothing), the gossip tick,
// original accusers in suspect claims, sync. α is the paper's 5 but for "tuned".
type guard struct {
	name, words string
	sets        []string
	bar         float64 // of SWIM's false deaths, at healthy members about healthy members
}

const swimAlpha = "protocol.suspicion.alpha=5"

var guards = func() []guard {
	parts := []struct{ name, off string }{
		{"probe", "protocol.lhm.max=0"}, {"suspicion", "protocol.suspicion.k=0"}, {"buddy", "protocol.suspicion.buddy=false"},
		{"guard", "protocol.probe.pause_guard=false"}, {"grace", "protocol.suspicion.pause_grace=false"},
	}
	with := func(on ...string) []string {
		sets := []string{"protocol.lag.enabled=false", "protocol.suspicion.scaling=none", swimAlpha}
		for _, p := range parts {
			if !slices.Contains(on, p.name) {
				sets = append(sets, p.off)
			}
		}
		return sets
	}
	return []guard{
		{"swim", "SWIM", with(), 1},
		{"probe", "LHA-Probe alone", with("probe"), 1},
		{"suspicion", "LHA-Suspicion alone", with("suspicion"), 1},
		{"buddy", "buddy system alone", with("buddy"), 1},
		{"lifeguard", "Lifeguard: all three", with("probe", "suspicion", "buddy"), 0.1},
		{"tuned", "Lifeguard, α = 2", append(with("probe", "suspicion", "buddy"), "protocol.suspicion.alpha=2"), 1.0 / 3}, // the last one holds
		{"guards", "SWIM with our pause guard and grace", with("guard", "grace"), 1},
		{"defaults", "all defaults, α = 5", []string{swimAlpha}, 0.1},
	}
}()

func lifeguard() []*Experiment {
	blocked := rates("block", "fault.stop.links.a.count", &Experiment{
		ID: "lifeguard-blocked", Title: "false deaths with 1 … 16 of 128 members blocked in bursts, 0.1–30 s on, 1 ms–60 s off; timers go on (the paper's anomaly)",
	})
	paused := rates("pause", "fault.stop.target.count", &Experiment{ID: "lifeguard-paused", Title: "the same with whole processes paused, timers and all"})
	return []*Experiment{blocked, paused, guardedDetection()}
}

// rates compares false deaths between arrangements (§15.2): some of 128 members are stopped together, on for a while, off
// for a while, again and again for two minutes (Lifeguard's interval experiment).
//
// Blocked is the anomaly of the paper: what a member says and hears is held up while its timers go on, so that
// its accusation and its verdict leave together and the accused has no time to refute. A paused process is
// another matter: the accusation it makes on waking leaves at once, the accused refutes while it is paused
// again, and its verdict is stale to everybody but itself. So pauses are judged by all views, blocks by the
// views of healthy members too.
func rates(file, count string, e *Experiment) *Experiment {
	const ends = 130 * time.Second // no burst begins later
	e.Topic, e.Quick, e.Full, e.Short = TopicLifeguard, true, 130, 20
	e.File, e.Counts, e.Watch = file, []string{"all", "healthy"}, falseDeaths
	e.bursts(count, []int{1, 2, 4, 8, 16}, []float64{0.1, 1, 4, 12, 30}, []float64{0.001, 0.25, 4, 60}, [2]int{1, 0})
	e.bursts(count, []int{4, 16}, []float64{12, 30}, []float64{0.001, 4}, [2]int{0, 1})
	e.Before = func(t *Trial) {
		f := t.Strike(10, "validate.stopped", t.count())
		f.Repeat.Count = int((ends-f.At-1)/f.Repeat.Every) + 1
	}
	views := []view{{words: "at healthy members about healthy members", count: "healthy"}, {suffix: "-all", words: "of healthy members in all views", count: "all"}}
	shown := &views[0]
	if file == "pause" {
		views[0].reported, shown = true, &views[1]
	}
	for i := range views {
		for k := range guards {
			e.judge(&guards[k], &views[i])
		}
	}
	e.Figure = func(l *Lab) *plot.Overlay { return ratesFigure(l, shown, file) }
	return e
}

// bursts are cells: everything on the same seed for each arrangement.
func (e *Experiment) bursts(count string, counts []int, on, off []float64, seeds [2]int) {
	seed := uint64(0)
	for _, some := range counts {
		for _, on := range on {
			for _, off := range off {
				seed++
				for g := range guards {
					e.Cells = append(e.Cells, Cell{ID: guards[g].name, From: seed, Seeds: seeds, Sets: append([]string{
						fmt.Sprintf("%s=%d", count, some), fmt.Sprintf("fault.stop.for=%gs", on), fmt.Sprintf("fault.stop.repeat.every=%gs", on+off),
					}, guards[g].sets...)})
				}
			}
		}
	}
}

// falseDeaths counts deaths of members that are never stopped: in all views, and in those of the never stopped.
func falseDeaths(t *Trial, r *trace.Record) {
	if !moved(r) || r.Fact.To != core.StateDead || t.Hits(r.Fact.Subject) {
		return
	}
	t.Add("all", 1)
	if !t.Hits(r.Node) {
		t.Add("healthy", 1)
	}
}

// view says which false deaths are counted.
type view struct {
	suffix, words string
	count         string // of a trial
	reported      bool   // not judged
}

// judge adds the rows of one arrangement.
func (e *Experiment) judge(g *guard, v *view) {
	if g.name == "swim" {
		r := Row{"swim" + v.suffix, "SWIM: false deaths " + v.words + " (there is something to compare)", "", 1, 0, "§15.2", Computed, AtLeast}
		if v.reported {
			r = Row{"swim" + v.suffix, "SWIM: false deaths " + v.words, "", nan, 0, "", Derived, Reported}
		}
		e.add(r, g.name, func(_ *Lab, runs Trials) Value {
			return number(runs.sum(v.count), fmt.Sprintf("%d runs of 190 s", len(runs)))
		})
		return
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
	e.add(r, g.name, ofSWIM(v.count))
	if g.name == "lifeguard" && v.suffix == "" && !v.reported {
		e.add(Row{"claim", "the same against the paper's claims: more than 50 × fewer, ≈ 1.9 % of SWIM's", "", 0.02, 0, "Lifeguard v1 abstract, v2 by quotation", Read, Reported}, g.name, ofSWIM(v.count))
	}
}

// ofSWIM is the ratio of sums over cells to those of SWIM in the same cells.
func ofSWIM(count string) Measure {
	return func(l *Lab, runs Trials) Value {
		var pairs []stats.Pair
		for i, t := range l.cells["swim"] {
			pairs = append(pairs, stats.Pair{A: t.Of(count), B: runs[i].Of(count)})
		}
		have, swim := runs.sum(count), l.cells["swim"].sum(count)
		note := fmt.Sprintf("%g of %g", have, swim)
		if swim == 0 { // a ratio of nothing
			return number(have, note)
		}
		return annotated(stats.PairedRatio(pairs, 0), note)
	}
}

func ratesFigure(l *Lab, v *view, file string) *plot.Overlay {
	fig := &plot.Overlay{
		Title: "False deaths " + v.words, Caption: "spec 10 §15.2; sums over lengths of bursts and of the rest between; 128 members",
		Note: "dashed: a tenth of SWIM's, the bar for all components; an arrangement without a false death has no point",
		X:    plot.Axis{Label: "members " + file + "ed together", Log: true}, Y: plot.Axis{Label: "false deaths in views", Log: true},
		Curves: []plot.Curve{{Label: "a tenth of SWIM's", Kind: plot.Reference}},
	}
	if file == "pause" {
		fig.X.Label = "members paused together"
	}
	for g := range guards {
		if file == "block" && guards[g].name == "guards" {
			continue // its timers are not late: it is SWIM
		}
		c := plot.Curve{Label: guards[g].words, Kind: plot.Measured, Colour: g}
		for _, t := range l.cells[guards[g].name] {
			if some := float64(len(t.Hit)); len(c.X) == 0 || c.X[len(c.X)-1] != some {
				dot(&c, some, 0)
			}
			c.Y[len(c.Y)-1] += t.Of(v.count)
		}
		fig.Curves = append(fig.Curves, c)
	}
	fig.Curves[0].X, fig.Curves[0].Y = fig.Curves[1].X, mapped(fig.Curves[1].Y, func(y float64) float64 { return 0.1 * y })
	return fig
}

// guardedDetection is what the components cost: how much later a member that is really gone is found.
func guardedDetection() *Experiment {
	e := &Experiment{
		ID: "lifeguard-detection", Topic: TopicLifeguard, Quick: true, Full: 120, Short: 6, Title: "1, 4 or 16 of 128 members stop for good",
		File: "pause", Seeds: [2]int{10, 2}, Watch: stoppedForGood, After: firstAndLast, Figure: guardedFigure,
		Before: func(t *Trial) { t.Strike(10, "validate.detected", t.count()) },
	}
	for i := range guards {
		g := &guards[i]
		for _, some := range []int{1, 4, 16} {
			e.Cells = append(e.Cells, Cell{ID: g.name, Sets: append([]string{
				"scenario.duration=120s", "fault.stop.for=120s", "fault.stop.repeat.count=1", fmt.Sprintf("fault.stop.target.count=%d", some),
			}, g.sets...)})
		}
		switch g.name {
		case "swim":
			e.add(Row{"swim-first", "SWIM: median until first DEAD", "s", 12.4, 0, "§15.2, the paper's baseline", Recalled, Near(0.10)}, g.name, medianOf("first"))
			e.add(Row{"swim-every", "SWIM: median until DEAD everywhere", "s", 12.9, 0, "§15.2, the paper's baseline", Recalled, Near(0.10)}, g.name, medianOf("every"))
		case "tuned":
			e.add(Row{"tuned-median", g.words + ": median until first DEAD, of SWIM's", "", 0.55, 0, "§15.2, Lifeguard v1 abstract: −45 %", Read, Near(0.10)}, g.name, medianOfSWIM)
		default:
			e.add(Row{g.name + "-median", g.words + ": median until first DEAD, of SWIM's", "", 0.9, 1.1, "§15.2", Computed, Within(0)}, g.name, medianOfSWIM)
			e.add(Row{g.name + "-tail", g.words + ": 99.9th percentile, of SWIM's", "", 1.3, 0, "§15.2", Computed, AtMost}, g.name, tailOfSWIM)
		}
	}
	return e
}

// stoppedForGood notes who holds whom DEAD of those that are paused at once and for good (the paper's threshold experiment).
func stoppedForGood(t *Trial, r *trace.Record) {
	if f := &r.Fact; moved(r) && f.To == core.StateDead && t.Hits(f.Subject) && !t.Hits(r.Node) {
		t.Note(fmt.Sprint(f.Subject), t.Since(r.At))
	}
}

// firstAndLast notes for each of them when the first, and the last, of those that are not paused held it DEAD, in s; +Inf: never.
func firstAndLast(t *Trial) {
	for _, id := range t.Hit {
		first, last, deaths := math.Inf(1), math.Inf(1), t.lists[fmt.Sprint(id)] // in order
		if len(deaths) > 0 {
			first = deaths[0]
		}
		if len(deaths) >= lifeguardSize-len(t.Hit) {
			last = deaths[len(deaths)-1]
		}
		t.Note("first", first)
		t.Note("every", last)
	}
}

// medianOfSWIM is the geometric mean over runs of the same seed of how their medians compare to SWIM's.
func medianOfSWIM(l *Lab, runs Trials) Value {
	swim := l.cells["swim"]
	a, b := swim.lists("first"), runs.lists("first")
	logs := make([]float64, len(a))
	for i := range a {
		logs[i] = math.Log(stats.Median(b[i]) / stats.Median(a[i]))
	}
	iv := stats.MeanInterval(logs, 0)
	iv.Estimate, iv.Low, iv.High = math.Exp(iv.Estimate), math.Exp(iv.Low), math.Exp(iv.High)
	return annotated(iv, fmt.Sprintf("%.2f s of %.2f s", stats.Median(runs.all("first")), stats.Median(swim.all("first"))))
}

func tailOfSWIM(l *Lab, runs Trials) Value {
	a, b := stats.Percentile(l.cells["swim"].all("first"), 99.9), stats.Percentile(runs.all("first"), 99.9)
	return number(b/a, fmt.Sprintf("%.2f s of %.2f s", b, a))
}

func guardedFigure(l *Lab) *plot.Overlay {
	fig := &plot.Overlay{
		Title: "Detection of members that stop for good", Caption: "spec 10 §15.2; 128 members, 1, 4 or 16 of them at once; the line's foot is the paper's median for SWIM, 12.4 s",
		X: plot.Axis{Label: "time until first DEAD (s)"}, Y: inPercent("stopped members (%)"),
		Curves: []plot.Curve{{Label: "median in the paper,\nSWIM", Kind: plot.Reference, Colour: 7, X: []float64{12.4, 12.4}, Y: []float64{0, 0.5}}},
	}
	for g := range guards {
		switch name := guards[g].name; name {
		case "swim", "lifeguard", "tuned": // the others lie on SWIM's
			fig.Curves = append(fig.Curves, plot.Distribution(guards[g].words, plot.Steps, g, l.cells[name].all("first")))
		}
	}
	return fig
}
