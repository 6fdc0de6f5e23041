package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/xmath"
	"hypersim/sim/trace"
)

// crash lets one member of n crash after a minute, or after two walks over a longer list: before, probers wait longer for
// targets that they have never measured (ADR-0009, first contact). Of more than 100 members that would take an hour of
// virtual time; there coordinates are off, and with them the stretched waits.
func crash(e *Experiment, sizes ...int) {
	warm := map[string]int{}
	for _, n := range sizes {
		w, sets := 60, []string{}
		switch {
		case n > 100:
			sets = append(sets, "protocol.vivaldi.enabled=false")
		case n > 30:
			w += 2 * n
		}
		c := lanCell(fmt.Sprintf("n%d", n), n, w+60, sets...)
		warm[c.ID], e.Cells = w, append(e.Cells, c)
	}
	e.File, e.Measured = "crash", true
	e.Before = func(t *Trial) {
		t.Strike(float64(warm[t.Cell.ID]), "validate.crash", uint64(len(t.Sc.Nodes)))
	}
}

// scaledMin is the shortest suspicion in a group of n, s (spec 10 §5.2, period 1 s).
func scaledMin(n int) float64 { return math.Max(5, 4*xmath.Log10(float64(n))) }

const waits = 1.0 // s, T_d + T_i: what a probe waits directly and through proxies

func swimDetection() []*Experiment {
	out := []*Experiment{slottedRounds()}
	for _, c := range []struct {
		n, runs, quick int
		full, short    float64
	}{{5, 300, 60, 10, 2}, {10, 300, 60, 15, 3}, {30, 200, 30, 20, 3}, {100, 200, 20, 90, 8}, {1000, 60, 0, 40, 0}} {
		first := float64(c.n-1) / float64(c.n) // periods: m/(m + 1)
		e := &Experiment{
			ID: fmt.Sprintf("swim-detection-n%d", c.n), Topic: TopicDetection, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("a crash among %d members is noticed", c.n), Seeds: [2]int{c.runs, c.quick}, Counts: []string{"probe", "others"},
			Watch: func(t *Trial, r *trace.Record) {
				switch {
				case r.Kind == trace.KindSent && r.Msg.Kind == core.KindPing && t.Hits(r.Msg.To) && r.At > t.Start:
					t.First("probe", t.Since(r.At))
				case moved(r) && !t.Hits(r.Fact.Subject):
					t.Add("others", 1)
				}
			},
		}
		crash(e, c.n)
		cell := e.Cells[0].ID
		e.add(Row{"first-probe", "mean periods until the crashed member is first probed, own phases: m/(m+1)", "", first, 0, "§15.1", Computed, Near(0.05)}, cell, meanOf("probe"))
		e.add(Row{"suspect", "mean crash → first SUSPECT: m/(m+1) + T_d + T_i", "s", first + waits, 0, "§15.1", Computed, Near(0.05)}, cell, meanOf("suspect"))
		e.add(Row{"dead", "mean crash → first DEAD: that + Min", "s", first + waits + scaledMin(c.n), 0, "§15.1", Computed, Near(0.05)}, cell, meanOf("dead"))
		e.add(Row{"others", "changes of state of healthy members", "", 0, 0, "§15.1", Computed, AtMost}, cell, sumOf("others"))
		e.Figure = func(l *Lab) *plot.Overlay { return detectionFigure(c.n, l.cells[cell]) }
		out = append(out, e)
	}
	return append(out, probeIntervals())
}

func detectionFigure(n int, runs Trials) *plot.Overlay {
	fig := &plot.Overlay{
		Title: fmt.Sprintf("Detection of a crash among %d members", n), Caption: "spec 10 §15.1; dashed: Monte Carlo of independent phases, moved by T_d + T_i and Min",
		X: plot.Axis{Label: "time since the crash (s)"}, Y: inPercent("crashes (%)"),
	}
	model := firstProbes(n-1, 20_000)
	curves := []struct {
		words, name string
		colour      int
		later       float64
	}{{"first probe", "probe", 2, 0}, {"first SUSPECT", "suspect", 0, waits}, {"first DEAD", "dead", 1, waits + scaledMin(n)}}
	for _, c := range curves {
		fig.Curves = append(fig.Curves, plot.Distribution(c.words+",\nmodel", plot.Reference, c.colour, shifted(model, c.later)))
	}
	for _, c := range curves {
		fig.Curves = append(fig.Curves, plot.Distribution(c.words, plot.Steps, c.colour, runs.each(c.name)))
	}
	return fig
}

func shifted(v []float64, by float64) []float64 {
	return mapped(v, func(x float64) float64 { return x + by })
}

// slottedRounds checks the closed forms of the paper's slotted rounds against the chapter's figures.
func slottedRounds() *Experiment {
	const note = "closed form; own phases need about 1 period"
	e := &Experiment{ID: "swim-slotted", Topic: TopicDetection, Quick: true, Title: "periods until a crashed member is first probed, if all probed at once"}
	e.add(Row{"random", "random targets, m large: e/(e − 1)", "", 1.5820, 0, "§15.1, SWIM paper §3.1", Computed, Exactly(5e-5)}, "", closed(slotted(1_000_000, false), note))
	for _, c := range []struct {
		n    int
		want float64
	}{{30, 1.5488}, {100, 1.5720}, {1000, 1.5810}} {
		e.add(Row{fmt.Sprintf("shuffled-n%d", c.n), fmt.Sprintf("shuffled walk, n %d", c.n), "", c.want, 0, "§15.1", Computed, Exactly(5e-5)}, "", closed(slotted(c.n-1, true), note))
	}
	return e
}

// probeIntervals are the ticks between two probes of one target by one member, over a group without faults.
func probeIntervals() *Experiment {
	const n, list = 20, 19
	means := func(_ *Lab, runs Trials) Value {
		var means []float64
		for _, ticks := range runs.lists("ticks") {
			means = append(means, mean(ticks))
		}
		return average(means)
	}
	shape := func(_ *Lab, runs Trials) Value {
		worst, sum := 0.0, 0.0
		for d, share := range tickShares(runs, list) {
			sum += share - intervalShare(list, d+1)
			worst = max(worst, math.Abs(sum))
		}
		return number(worst, "Kolmogorov's distance")
	}
	return &Experiment{
		ID: "swim-probe-interval", Topic: TopicDetection, Quick: true, Full: 6, Short: 1, Title: "ticks between two probes of one target by one member, 20 members",
		Rows: []Measured{
			{Row: Row{"worst", "longest: 2L − 1", "", 2*list - 1, 0, "§15.1", Computed, AtMost}, Of: mostOf("ticks")},
			{Row: Row{"reached", "longest seen is at least 2L − 3: the bound is a tight one", "", 2*list - 3, 0, "§15.1", Derived, AtLeast}, Of: mostOf("ticks")},
			{Row: Row{"mean", "mean: L", "", list, 0, "§15.1", Derived, Near(0.01)}, Of: means},
			{Row: Row{"shape", "largest distance of the distribution from (L − |d − L|)/L²", "", 0.02, 0, "model", Derived, AtMost}, Of: shape},
		},
		File: "lan", Cells: []Cell{lanCell("", n, 1200, "protocol.vivaldi.enabled=false", "protocol.sync.mode=off")}, Seeds: [2]int{20, 4},
		Before: func(t *Trial) { t.last = make([]core.Instant, n*n) },
		Watch: func(t *Trial, r *trace.Record) {
			if r.Kind != trace.KindSent || r.Msg.Kind != core.KindPing {
				return
			}
			pair := &t.last[int(r.Msg.From)*n+int(r.Msg.To)]
			if *pair != 0 {
				t.Note("ticks", math.Round(r.At.Sub(*pair).Seconds()))
			}
			*pair = r.At
		},
		Figure: func(l *Lab) *plot.Overlay {
			ticks := grid(1, 2*list-1, 1)
			return &plot.Overlay{
				Title: "Ticks between two probes of one target, lists of 19", Caption: "spec 10 §4.1, §15.1: never more than 2L − 1 = 37",
				X: plot.Axis{Label: "ticks"}, Y: plot.Axis{Label: "probes (%)", Percent: true},
				Curves: []plot.Curve{
					theory("(L − |d − L|)/L²", 0, ticks, func(d float64) float64 { return intervalShare(list, int(d)) }),
					{Label: "simulator", Kind: plot.Points, Colour: 1, X: ticks, Y: tickShares(l.cells[""], list)},
				},
			}
		},
	}
}

// tickShares is how often each number of ticks came, from 1 to 2L − 1.
func tickShares(runs Trials, list int) []float64 {
	out, all := make([]float64, 2*list-1), runs.all("ticks")
	for _, d := range all {
		if k := int(d) - 1; k >= 0 && k < len(out) {
			out[k] += 1 / float64(len(all))
		}
	}
	return out
}
