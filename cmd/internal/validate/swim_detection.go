package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/xmath"
	"hypersim/sim/trace"
)

// crash is a group of n in which one member crashes after a minute, or after two walks over a longer list: before,
// probers wait longer for targets that they have never measured (ADR-0009, first contact). Of more than 100 members that
// would take an hour of virtual time; there coordinates are off, and with them the stretched waits.
func crash(n int) (c Cell, before func(*Trial)) {
	warm := 60
	c.Sets = []string{fmt.Sprintf("cluster.size=%d", n)}
	switch {
	case n > 100:
		c.Sets = append(c.Sets, "protocol.vivaldi.enabled=false")
	case n > 30:
		warm += 2 * n
	}
	c.ID, c.Sets = fmt.Sprintf("n%d", n), append(c.Sets, fmt.Sprintf("scenario.duration=%ds", warm+60))
	return c, func(t *Trial) { t.Strike(float64(warm), "validate.crash", uint64(n)) }
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
		m := float64(c.n - 1)
		cell, before := crash(c.n)
		out = append(out, &Experiment{
			ID: fmt.Sprintf("swim-detection-n%d", c.n), Topic: TopicDetection, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("a crash among %d members is noticed", c.n),
			Study: &Study{
				Rows: []Measured{
					{Row{"first-probe", "mean periods until the crashed member is first probed, own phases: m/(m+1)", "", m / (m + 1), 0, "§15.1", Computed, Near(0.05)}, cell.ID, meanOf("probe")},
					{Row{"suspect", "mean crash → first SUSPECT: m/(m+1) + T_d + T_i", "s", m/(m+1) + waits, 0, "§15.1", Computed, Near(0.05)}, cell.ID, meanOf("suspect")},
					{Row{"dead", "mean crash → first DEAD: that + Min", "s", m/(m+1) + waits + scaledMin(c.n), 0, "§15.1", Computed, Near(0.05)}, cell.ID, meanOf("dead")},
					{Row{"others", "changes of state of healthy members", "", 0, 0, "§15.1", Computed, AtMost}, cell.ID, sumOf("others")},
				},
				File: "crash", Measured: true, Cells: []Cell{cell}, Seeds: [2]int{c.runs, c.quick}, Before: before,
				Counts: []string{"probe", "others"},
				Watch: func(t *Trial, r *trace.Record) {
					switch {
					case r.Kind == trace.KindSent && r.Msg.Kind == core.KindPing && t.Hits(r.Msg.To) && r.At > t.Start:
						t.First("probe", t.Since(r.At))
					case moved(r) && !t.Hits(r.Fact.Subject):
						t.Add("others", 1)
					}
				},
				Figure: func(_ *Lab, cells map[string]Trials) *plot.Overlay { return detectionFigure(c.n, cells[cell.ID]) },
			},
		})
	}
	return out
}

func detectionFigure(n int, runs Trials) *plot.Overlay {
	model := firstProbes(n-1, 20_000)
	return &plot.Overlay{
		Title: fmt.Sprintf("Detection of a crash among %d members", n), Caption: "spec 10 §15.1; dashed: Monte Carlo of independent phases, moved by T_d + T_i and Min",
		X: plot.Axis{Label: "time since the crash (s)"}, Y: plot.Axis{Label: "crashes (%)", Percent: true, High: 1.02},
		Curves: []plot.Curve{
			plot.Distribution("first probe,\nmodel", plot.Reference, 2, model),
			plot.Distribution("first SUSPECT,\nmodel", plot.Reference, 0, shifted(model, waits)),
			plot.Distribution("first DEAD,\nmodel", plot.Reference, 1, shifted(model, waits+scaledMin(n))),
			plot.Distribution("first probe", plot.Steps, 2, runs.each("probe")),
			plot.Distribution("first SUSPECT", plot.Steps, 0, runs.each("suspect")),
			plot.Distribution("first DEAD", plot.Steps, 1, runs.each("dead")),
		},
	}
}

func shifted(v []float64, by float64) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = v[i] + by
	}
	return out
}

// slottedRounds checks the closed forms of the paper's slotted rounds against the chapter's figures.
func slottedRounds() *Experiment {
	const note = "closed form; own phases need about 1 period"
	shuffled := func(n int, want float64) Measured {
		return Measured{Row{fmt.Sprintf("shuffled-n%d", n), fmt.Sprintf("shuffled walk, n %d", n), "", want, 0, "§15.1", Computed, Exactly(5e-5)}, "", closed(slotted(n-1, true), note)}
	}
	return &Experiment{
		ID: "swim-slotted", Topic: TopicDetection, Quick: true, Title: "periods until a crashed member is first probed, if all probed at once",
		Study: &Study{Rows: []Measured{
			{Row{"random", "random targets, m large: e/(e − 1)", "", 1.5820, 0, "§15.1, SWIM paper §3.1", Computed, Exactly(5e-5)}, "", closed(slotted(1_000_000, false), note)},
			shuffled(30, 1.5488), shuffled(100, 1.5720), shuffled(1000, 1.5810),
		}},
	}
}
