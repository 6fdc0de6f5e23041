package validate

import (
	"fmt"
	"math"
	"time"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/core/xmath"
)

// alone is one machine in a formed group of n whose other members never say a word. It needs no world, and has none: the
// clock is its own.
type alone struct {
	m     *swim.Machine
	now   core.Instant
	fx    core.Effects
	facts []core.Fact
}

func newAlone(n int, change func(*swim.Config)) *alone {
	cfg := swim.Default()
	cfg.Membership.Topology, cfg.Lag.Enabled = swim.TopologyFlat, false
	if change != nil {
		change(&cfg)
	}
	p := swim.Params{Role: lanRole, Group: 1, Capacity: n, Instance: 1, Seed: 1, Owner: core.NoNode}
	for i := range n {
		p.Formed = append(p.Formed, core.Entry{Subject: core.NodeID(i), Role: lanRole, State: core.StateOK, Accuser: core.NoNode})
	}
	a := &alone{m: swim.New(&cfg, p, nil)}
	a.m.Begin(0, &a.fx)
	a.collect()
	return a
}

func (a *alone) collect() {
	a.facts = append(a.facts, a.fx.Facts...)
	a.fx.Reset()
}

// accuse tells it that accuser suspects member 1.
func (a *alone) accuse(accuser core.NodeID) {
	a.m.Receive(a.now, &core.Message{
		Kind: core.KindGossip, From: accuser, Group: 1, Instance: 1, Role: lanRole,
		Updates: []core.Update{{Type: core.UpdateSuspect, Subject: 1, From: accuser, Role: lanRole}},
	}, &a.fx)
	a.collect()
}

// fact returns the first of a kind about member 1; until it comes, the machine is woken whenever it asks.
func (a *alone) fact(k core.FactKind) core.Fact {
	for {
		for _, f := range a.facts {
			if f.Kind == k && f.Subject == 1 {
				return f
			}
		}
		at, ok := a.m.Deadline()
		if !ok || at > core.Instant(200*time.Second) {
			check(fmt.Errorf("no fact %v", k))
		}
		a.now = max(a.now, at)
		a.m.Wake(a.now, &a.fx)
		a.collect()
	}
}

func suspicions() []*Experiment {
	return []*Experiment{suspicionTimeout(), suspicionScaled(), retransmitLimit()}
}

func suspicionTimeout() *Experiment {
	e := &Experiment{
		ID: "suspicion-timeout", Topic: TopicSuspicion, Quick: true, Full: 1, Short: 1, Seeds: [2]int{1, 1},
		Title: "a suspicion lasts max(Min, Max − (Max − Min)·ln(C + 1)/ln(K + 1)), K = 3, by the protocol's own clock",
	}
	bounds := []struct {
		lo, hi float64 // s
		want   [4]float64
	}{{5, 30, [4]float64{30, 17.5, 10.187969, 5}}, {10, 60, [4]float64{60, 35, 20.375937, 10}}, {2, 30, [4]float64{30, 16, 7.810525, 2}}}
	cell := func(lo, hi float64, c int) string { return fmt.Sprintf("%g-%g-c%d", lo, hi, c) }
	for _, b := range bounds {
		for c, want := range b.want {
			id := cell(b.lo, b.hi, c)
			e.add(Row{id, fmt.Sprintf("Min %g s, Max %g s, C = %d", b.lo, b.hi, c), "s", want, 0, "§14", Computed, Exactly(1e-6)}, id, sumOf("lasted"))
			e.Cells = append(e.Cells, Cell{ID: id, Do: func(_ *Lab, t *Trial) {
				a := newAlone(1000, func(cfg *swim.Config) { // with an hour between probes: it does not suspect anybody by itself
					cfg.Probe.Interval, cfg.Suspicion.ScaleWithN, cfg.Suspicion.Min, cfg.Suspicion.Max = time.Hour, false, core.Seconds(b.lo), core.Seconds(b.hi)
				})
				for i := range c + 1 {
					a.accuse(core.NodeID(2 + i))
				}
				f := a.fact(core.FactSuspicionEnded)
				if f.Cause != core.CauseExpired {
					check(fmt.Errorf("the suspicion ended by %v", f.Cause))
				}
				t.Put("lasted", core.Duration(f.Get("age")).Seconds())
			}})
		}
	}
	e.Figure = func(l *Lab) *plot.Overlay {
		fig := &plot.Overlay{
			Title: "A suspicion lasts the shorter, the more members confirm it", Caption: "spec 10 §5.2, §14; K = 3; one machine in a group of 1000",
			X: plot.Axis{Label: "C, independent confirmations", High: 3.1}, Y: plot.Axis{Label: "time until DEAD (s)"},
		}
		for i, b := range bounds {
			points := plot.Curve{Label: "protocol", Kind: plot.Points, Colour: i}
			for c := range 4 {
				dot(&points, float64(c), l.cells[cell(b.lo, b.hi, c)].sum("lasted"))
			}
			fig.Curves = append(fig.Curves, theory(fmt.Sprintf("formula, %g … %g s", b.lo, b.hi), i, grid(0, 3.001, 0.05), func(x float64) float64 {
				return max(b.lo, b.hi-(b.hi-b.lo)*xmath.Log(x+1)/xmath.Log(4))
			}), points)
		}
		return fig
	}
	return e
}

// suspicionScaled is how Min and Max grow with the group (§5.2, §14).
func suspicionScaled() *Experiment {
	e := &Experiment{ID: "suspicion-scaled", Topic: TopicSuspicion, Quick: true, Full: 1, Short: 1, Title: "Min and Max grow with the group: α·log10 n and β times that", Seeds: [2]int{1, 1}}
	ours := plot.Curve{Label: "protocol", Kind: plot.Points, Colour: 1}
	for _, v := range []struct{ n, lo, hi float64 }{{5, 5, 30}, {30, 5.908485, 35.450910}, {100, 8, 48}, {128, 8.428840, 50.573039}, {1000, 12, 72}, {10_000, 16, 96}} {
		id := fmt.Sprintf("n%g", v.n)
		e.Cells = append(e.Cells, Cell{ID: id, Do: func(_ *Lab, t *Trial) {
			a := newAlone(int(v.n), nil)
			a.accuse(2)
			f := a.fact(core.FactSuspicionStarted)
			t.Put("min", core.Duration(f.Get("min")).Seconds())
			t.Put("max", core.Duration(f.Get("max")).Seconds())
		}})
		e.add(Row{"min-" + id, fmt.Sprintf("Min, n %g", v.n), "s", v.lo, 0, "§14", Computed, Exactly(1e-6)}, id, sumOf("min"))
		e.add(Row{"max-" + id, fmt.Sprintf("Max, n %g", v.n), "s", v.hi, 0, "§14", Computed, Exactly(1e-6)}, id, sumOf("max"))
		ours.X = append(ours.X, v.n)
	}
	e.Figure = func(l *Lab) *plot.Overlay {
		have := ours
		for _, c := range e.Cells {
			have.Y = append(have.Y, l.cells[c.ID].sum("min"))
		}
		return &plot.Overlay{
			Title: "The shortest suspicion, by size of the group", Caption: "spec 10 §5.2, §14; LHM 0",
			X: plot.Axis{Label: "members", Log: true}, Y: plot.Axis{Label: "Min (s)"},
			Curves: []plot.Curve{theory("max(5 s, 4·log10 n)", 0, widening(2, 15_000, 1.1), func(x float64) float64 { return math.Max(5, 4*xmath.Log10(x)) }), have},
		}
	}
	return e
}

func retransmitLimit() *Experiment {
	e := &Experiment{ID: "retransmit-limit", Topic: TopicSuspicion, Quick: true, Full: 15, Short: 3, Title: "an update is sent max(1, ⌊λ·ln(n + 1)⌋) times by each member, λ = 3", On: true}
	limit := plot.Curve{Label: "protocol: limit", Kind: plot.Points, Colour: 1, X: []float64{5, 10, 30, 100, 1000, 10_000}}
	sent := plot.Curve{Label: "simulator: most sent", Kind: plot.Marks, Colour: 2, X: []float64{30, 100, 1000}}
	formula := func(n float64) float64 { return math.Floor(3 * xmath.Log(n+1)) }
	cell := func(what string, n float64) string { return fmt.Sprintf("%sn%g", what, n) }
	for _, n := range sent.X {
		e.rumours(cell("sent-", n), int(n), 1, 0, [2]int{5, 1})
	}
	for i, n := range limit.X {
		e.Cells = append(e.Cells, Cell{ID: cell("", n), Seeds: [2]int{1, 1}, Do: func(_ *Lab, t *Trial) {
			a := newAlone(int(n), nil)
			a.accuse(2)
			f := a.fact(core.FactQueued)
			t.Put("limit", float64(f.Get("limit")))
		}})
		e.add(Row{cell("", n), fmt.Sprintf("limit given to an update, n %g", n), "", []float64{5, 7, 10, 13, 20, 27}[i], 0, "§14", Computed, Exactly(1e-9)}, cell("", n), sumOf("limit"))
	}
	for _, n := range sent.X {
		e.add(Row{cell("sent-", n), fmt.Sprintf("most transmissions of one member of one piece of news, n %g", n), "", formula(n), 0, "§6", Computed, AtMost}, cell("sent-", n), mostSeen("sent"))
	}
	e.Figure = func(l *Lab) *plot.Overlay {
		a, b := limit, sent
		a.Y = mapped(a.X, func(n float64) float64 { return l.cells[cell("", n)].sum("limit") })
		b.Y = mapped(b.X, func(n float64) float64 { return l.cells[cell("sent-", n)][0].Of("sent") })
		return &plot.Overlay{
			Title: "How often one member repeats an update", Caption: "spec 10 §6, §14", X: plot.Axis{Label: "members", Log: true}, Y: plot.Axis{Label: "transmissions"},
			Curves: []plot.Curve{theory("3·ln(n + 1), whole part", 0, widening(2, 15_000, 1.01), formula), a, b},
		}
	}
	return e
}
