package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/core/xmath"
	"hypersim/sim/trace"
)

// detected is when one crashed member was noticed, in s after its crash.
type detected struct {
	probed, suspect, dead, every float64
	others                       int // changes of state of anybody else
}

// crashOne runs n members with the defaults and crashes one of them after a minute, or after two walks over a
// longer list: before, probers wait longer for targets that they have never measured (ADR-0009, first contact).
// Of more than 100 members that would take an hour of virtual time; there coordinates are off, and with them
// the stretched waits.
func crashOne(n int, seed uint64) (d detected) {
	victim := core.NoNode
	var crashed core.Instant
	warm := 60
	var sets []string
	switch {
	case n > 100:
		sets = []string{"protocol.vivaldi.enabled=false"}
	case n > 30:
		warm += 2 * n
	}
	w := lan(n, seed, warm+60, func(r *trace.Record) {
		since := r.At.Sub(crashed).Seconds()
		switch {
		case r.Kind == trace.KindSent && r.Msg.Kind == core.KindPing && r.Msg.To == victim && d.probed == 0:
			d.probed = since
		case !moved(r):
		case r.Fact.Subject != victim:
			d.others++
		case r.Fact.To == core.StateSuspect && d.suspect == 0:
			d.suspect = since
		case r.Fact.To == core.StateDead:
			if d.dead == 0 {
				d.dead = since
			}
			d.every = since
		}
	}, sets...)
	draw := rng.New(seed, "validate.crash", uint64(n))
	w.Run(at(float64(warm) + draw.Float64()))
	crashed, victim = w.Now(), core.NodeID(draw.Intn(n))
	w.Crash(victim)
	finish(w)
	return d
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
		e := &Experiment{
			ID: fmt.Sprintf("swim-detection-n%d", c.n), Topic: TopicDetection, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("a crash among %d members is noticed", c.n),
			Rows: []Row{
				{"first-probe", "mean periods until the crashed member is first probed, own phases: m/(m+1)", "", m / (m + 1), 0, "§15.1", Computed, Near(0.05)},
				{"suspect", "mean crash → first SUSPECT: m/(m+1) + T_d + T_i", "s", m/(m+1) + waits, 0, "§15.1", Computed, Near(0.05)},
				{"dead", "mean crash → first DEAD: that + Min", "s", m/(m+1) + waits + scaledMin(c.n), 0, "§15.1", Computed, Near(0.05)},
				{"others", "changes of state of healthy members", "", 0, 0, "§15.1", Computed, AtMost},
			},
		}
		e.Run = func(l *Lab) *plot.Overlay {
			runs := each(l, l.Pick(c.runs, c.quick), func(i int) detected { return crashOne(c.n, uint64(i+1)) })
			var probed, suspect, dead []float64
			others := 0.0
			for _, d := range runs {
				probed, suspect, dead = append(probed, d.probed), append(suspect, d.suspect), append(dead, d.dead)
				others += float64(d.others)
			}
			l.Mean("first-probe", probed)
			l.Mean("suspect", suspect)
			l.Mean("dead", dead)
			l.Number("others", others, "")
			model := firstProbes(c.n-1, 20_000)
			return &plot.Overlay{
				Title: fmt.Sprintf("Detection of a crash among %d members", c.n), Caption: "spec 10 §15.1; dashed: Monte Carlo of independent phases, moved by T_d + T_i and Min",
				X: plot.Axis{Label: "time since the crash (s)"}, Y: plot.Axis{Label: "crashes (%)", Percent: true, High: 1.02},
				Curves: []plot.Curve{
					plot.Distribution("first probe,\nmodel", plot.Reference, 2, model),
					plot.Distribution("first SUSPECT,\nmodel", plot.Reference, 0, shifted(model, waits)),
					plot.Distribution("first DEAD,\nmodel", plot.Reference, 1, shifted(model, waits+scaledMin(c.n))),
					plot.Distribution("first probe", plot.Steps, 2, probed),
					plot.Distribution("first SUSPECT", plot.Steps, 0, suspect),
					plot.Distribution("first DEAD", plot.Steps, 1, dead),
				},
			}
		}
		out = append(out, e)
	}
	return out
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
	return &Experiment{
		ID: "swim-slotted", Topic: TopicDetection, Quick: true, Title: "periods until a crashed member is first probed, if all probed at once",
		Rows: []Row{
			{"random", "random targets, m large: e/(e − 1)", "", 1.5820, 0, "§15.1, SWIM paper §3.1", Computed, Exactly(5e-5)},
			{"shuffled-n30", "shuffled walk, n 30", "", 1.5488, 0, "§15.1", Computed, Exactly(5e-5)},
			{"shuffled-n100", "shuffled walk, n 100", "", 1.5720, 0, "§15.1", Computed, Exactly(5e-5)},
			{"shuffled-n1000", "shuffled walk, n 1000", "", 1.5810, 0, "§15.1", Computed, Exactly(5e-5)},
		},
		Run: func(l *Lab) *plot.Overlay {
			const note = "closed form; own phases need about 1 period"
			l.Number("random", slotted(1_000_000, false), note)
			for _, n := range []int{30, 100, 1000} {
				l.Number(fmt.Sprintf("shuffled-n%d", n), slotted(n-1, true), note)
			}
			return nil
		},
	}
}
