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

// alone is one machine in a formed group of n whose other members never say a word.
type alone struct {
	m     *swim.Machine
	now   core.Instant
	fx    core.Effects
	facts []core.Fact
}

// newAlone starts it with an hour between probes, so that it does not suspect anybody by itself.
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

// accuse tells it that accuser suspects subject.
func (a *alone) accuse(subject, accuser core.NodeID) {
	a.m.Receive(a.now, &core.Message{
		Kind: core.KindGossip, From: accuser, Group: 1, Instance: 1, Role: lanRole,
		Updates: []core.Update{{Type: core.UpdateSuspect, Subject: subject, From: accuser, Role: lanRole}},
	}, &a.fx)
	a.collect()
}

// advance wakes it whenever it asks, until the clock shows end.
func (a *alone) advance(end core.Instant) {
	for {
		at, ok := a.m.Deadline()
		if !ok || at > end {
			break
		}
		a.now = max(a.now, at)
		a.m.Wake(a.now, &a.fx)
		a.collect()
	}
	a.now = end
}

// fact returns the first of a kind about subject.
func (a *alone) fact(k core.FactKind, subject core.NodeID) core.Fact {
	for _, f := range a.facts {
		if f.Kind == k && f.Subject == subject {
			return f
		}
	}
	check(fmt.Errorf("no fact %v about %d", k, subject))
	return core.Fact{}
}

// suspected is how long it suspects a member that k others accuse besides the first, all at once, in s.
func suspected(n, k int, change func(*swim.Config)) float64 {
	a := newAlone(n, change)
	victim := core.NodeID(1)
	for i := range k + 1 {
		a.accuse(victim, core.NodeID(2+i))
	}
	a.advance(core.Instant(200 * time.Second))
	f := a.fact(core.FactSuspicionEnded, victim)
	if f.Cause != core.CauseExpired {
		check(fmt.Errorf("a suspicion of %d members ended by %v", n, f.Cause))
	}
	return core.Duration(f.Get("age")).Seconds()
}

func suspicionTimeout() *Experiment {
	e := &Experiment{
		ID: "suspicion-timeout", Topic: TopicSuspicion, Quick: true, Full: 1, Short: 1,
		Title: "a suspicion lasts max(Min, Max − (Max − Min)·ln(C + 1)/ln(K + 1)), K = 3, by the protocol's own clock",
	}
	bounds := []struct {
		min, max time.Duration
		want     [4]float64
	}{{5e9, 30e9, [4]float64{30, 17.5, 10.187969, 5}}, {10e9, 60e9, [4]float64{60, 35, 20.375937, 10}}, {2e9, 30e9, [4]float64{30, 16, 7.810525, 2}}}
	for _, b := range bounds {
		for c, want := range b.want {
			e.Rows = append(e.Rows, Row{fmt.Sprintf("%g-%g-c%d", b.min.Seconds(), b.max.Seconds(), c), fmt.Sprintf("Min %g s, Max %g s, C = %d", b.min.Seconds(), b.max.Seconds(), c), "s", want, 0, "§14", Computed, Exactly(1e-6)})
		}
	}
	e.Run = func(l *Lab) *plot.Overlay {
		fig := &plot.Overlay{
			Title: "A suspicion lasts the shorter, the more members confirm it", Caption: "spec 10 §5.2, §14; K = 3; one machine in a group of 1000",
			X: plot.Axis{Label: "C, independent confirmations", High: 3.1}, Y: plot.Axis{Label: "time until DEAD (s)"},
		}
		have := each(l, 4*len(bounds), func(i int) float64 {
			b := bounds[i/4]
			return suspected(1000, i%4, func(cfg *swim.Config) {
				cfg.Probe.Interval, cfg.Suspicion.ScaleWithN, cfg.Suspicion.Min, cfg.Suspicion.Max = time.Hour, false, b.min, b.max
			})
		})
		for i, b := range bounds {
			lo, hi := b.min.Seconds(), b.max.Seconds()
			formula := plot.Curve{Label: fmt.Sprintf("formula, %g … %g s", lo, hi), Kind: plot.Reference, Colour: i}
			for x := 0.0; x < 3.001; x += 0.05 {
				formula.X, formula.Y = append(formula.X, x), append(formula.Y, max(lo, hi-(hi-lo)*xmath.Log(x+1)/xmath.Log(4)))
			}
			points := plot.Curve{Label: "protocol", Kind: plot.Points, Colour: i}
			for c := range 4 {
				l.Number(fmt.Sprintf("%g-%g-c%d", lo, hi, c), have[4*i+c], "")
				points.X, points.Y = append(points.X, float64(c)), append(points.Y, have[4*i+c])
			}
			fig.Curves = append(fig.Curves, formula, points)
		}
		return fig
	}
	return e
}

// suspicionScaled is how Min and Max grow with the group (§5.2, §14).
func suspicionScaled() *Experiment {
	e := &Experiment{ID: "suspicion-scaled", Topic: TopicSuspicion, Quick: true, Full: 1, Short: 1, Title: "Min and Max grow with the group: α·log10 n and β times that"}
	vectors := []struct {
		n        int
		min, max float64
	}{{5, 5, 30}, {30, 5.908485, 35.450910}, {100, 8, 48}, {128, 8.428840, 50.573039}, {1000, 12, 72}, {10_000, 16, 96}}
	for _, v := range vectors {
		e.Rows = append(e.Rows,
			Row{fmt.Sprintf("min-n%d", v.n), fmt.Sprintf("Min, n %d", v.n), "s", v.min, 0, "§14", Computed, Exactly(1e-6)},
			Row{fmt.Sprintf("max-n%d", v.n), fmt.Sprintf("Max, n %d", v.n), "s", v.max, 0, "§14", Computed, Exactly(1e-6)})
	}
	e.Run = func(l *Lab) *plot.Overlay {
		theory := plot.Curve{Label: "max(5 s, 4·log10 n)", Kind: plot.Reference}
		for x := 2.0; x < 15_000; x *= 1.1 {
			theory.X, theory.Y = append(theory.X, x), append(theory.Y, math.Max(5, 4*xmath.Log10(x)))
		}
		ours := plot.Curve{Label: "protocol", Kind: plot.Points, Colour: 1}
		for _, v := range vectors {
			a := newAlone(v.n, nil)
			a.accuse(1, 2)
			f := a.fact(core.FactSuspicionStarted, 1)
			lo, hi := core.Duration(f.Get("min")).Seconds(), core.Duration(f.Get("max")).Seconds()
			l.Number(fmt.Sprintf("min-n%d", v.n), lo, "")
			l.Number(fmt.Sprintf("max-n%d", v.n), hi, "")
			ours.X, ours.Y = append(ours.X, float64(v.n)), append(ours.Y, lo)
		}
		return &plot.Overlay{
			Title: "The shortest suspicion, by size of the group", Caption: "spec 10 §5.2, §14; LHM 0",
			X: plot.Axis{Label: "members", Log: true}, Y: plot.Axis{Label: "Min (s)"}, Curves: []plot.Curve{theory, ours},
		}
	}
	return e
}

func retransmitLimit() *Experiment {
	sizes := []int{5, 10, 30, 100, 1000, 10_000}
	limits := []float64{5, 7, 10, 13, 20, 27}
	spreads := []int{30, 100, 1000}
	e := &Experiment{ID: "retransmit-limit", Topic: TopicSuspicion, Quick: true, Full: 15, Short: 3, Title: "an update is sent max(1, ⌊λ·ln(n + 1)⌋) times by each member, λ = 3"}
	for i, n := range sizes {
		e.Rows = append(e.Rows, Row{fmt.Sprintf("n%d", n), fmt.Sprintf("limit given to an update, n %d", n), "", limits[i], 0, "§14", Computed, Exactly(1e-9)})
	}
	for _, n := range spreads {
		e.Rows = append(e.Rows, Row{fmt.Sprintf("sent-n%d", n), fmt.Sprintf("most transmissions of one member of one piece of news, n %d", n), "", math.Floor(3 * xmath.Log(float64(n+1))), 0, "§6", Computed, AtMost})
	}
	e.Run = func(l *Lab) *plot.Overlay {
		theory := plot.Curve{Label: "3·ln(n + 1), whole part", Kind: plot.Reference}
		for x := 2.0; x < 15_000; x *= 1.01 {
			theory.X, theory.Y = append(theory.X, x), append(theory.Y, math.Floor(3*xmath.Log(x+1)))
		}
		limit := plot.Curve{Label: "protocol: limit", Kind: plot.Points, Colour: 1}
		sent := plot.Curve{Label: "simulator: most sent", Kind: plot.Marks, Colour: 2}
		for _, n := range sizes {
			a := newAlone(n, nil)
			a.accuse(1, 2)
			f := a.fact(core.FactQueued, 1)
			l.Number(fmt.Sprintf("n%d", n), float64(f.Get("limit")), "")
			limit.X, limit.Y = append(limit.X, float64(n)), append(limit.Y, float64(f.Get("limit")))
		}
		seeds := l.Pick(5, 1)
		runs := each(l, seeds*len(spreads), func(i int) float64 { return float64(l.rumour(spreads[i/seeds], uint64(i+1), 0).sent) })
		for i, n := range spreads {
			list := runs[i*seeds : (i+1)*seeds]
			l.Most(fmt.Sprintf("sent-n%d", n), list)
			sent.X, sent.Y = append(sent.X, float64(n)), append(sent.Y, list[0])
		}
		return &plot.Overlay{
			Title: "How often one member repeats an update", Caption: "spec 10 §6, §14",
			X: plot.Axis{Label: "members", Log: true}, Y: plot.Axis{Label: "transmissions"}, Curves: []plot.Curve{theory, limit, sent},
		}
	}
	return e
}
