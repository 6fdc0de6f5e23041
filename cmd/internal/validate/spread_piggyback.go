package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/plot"
	"hypersim/core/rng"
	"hypersim/core/xmath"
)

var shares = [3]struct{ id, words string }{{"half", "50 %"}, {"most", "99 %"}, {"all", "all"}}

// inPeriods gives a curve the points of a model or of runs, up to x = until.
func inPeriods(label string, kind plot.CurveKind, colour int, y, low, high []float64, perPoint, until float64) plot.Curve {
	c := plot.Curve{Label: label, Kind: kind, Colour: colour}
	for i := range y {
		x := float64(i) * curveStep * perPoint
		if x > until {
			break
		}
		c.X, c.Y = append(c.X, x), append(c.Y, y[i])
		if low != nil {
			c.Low, c.High = append(c.Low, low[i]), append(c.High, high[i])
		}
	}
	return c
}

// piggyback is news on probes alone, in periods. The chapter's two rows disagree (ADR-0006): its Monte Carlo
// is a lock-step model, its mean field one of independent phases that forgets who asked whom. The simulator
// is judged by the model in phases; the chapter's rows by the models that they are.
func piggyback() []*Experiment {
	var out []*Experiment
	for _, c := range []struct {
		n, runs, quick, models, quickModels int
		ref                                 [3]float64
		full, short                         float64
	}{
		{30, 200, 20, 2000, 200, [3]float64{3.3, 5.0, 5.0}, 6, 1}, {100, 100, 10, 400, 60, [3]float64{4.4, 6.3, 6.6}, 8, 1},
		{1000, 20, 0, 40, 0, [3]float64{6.5, 8.5, 9.2}, 60, 0}, {10_000, 0, 0, 6, 0, [3]float64{8.7, 10.7, 11.7}, 60, 0},
	} {
		early := 0.5*xmath.Log(float64(c.n-1)) + 0.3
		e := &Experiment{
			ID: fmt.Sprintf("piggyback-n%d", c.n), Topic: TopicSpread, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("news on probes alone among %d members, λ = 3", c.n),
		}
		for i, s := range shares {
			e.Rows = append(e.Rows, Row{"lockstep-" + s.id, "lock-step model, periods to " + s.words, "", c.ref[i], 0, "§15.1, Monte Carlo row", Computed, Near(0.10)})
		}
		e.Rows = append(e.Rows, Row{"meanfield-model", "model in own phases, periods to 50 %: ½·ln(n − 1) + 0.3", "", early, 0, "§15.1 mean field, spec 40 B1", Computed, Near(0.25)})
		if c.runs > 0 {
			e.Rows = append(e.Rows, Row{"meanfield", "simulator, periods to 50 %: ½·ln(n − 1) + 0.3", "", early, 0, "§15.1 mean field, spec 40 B1", Computed, Near(0.25)})
			for _, s := range shares {
				e.Rows = append(e.Rows, Row{s.id, "simulator, periods to " + s.words, "", nan, 0, "model in own phases, ADR-0006", Derived, Near(0.05)})
			}
			e.Rows = append(e.Rows,
				Row{"bound", "everybody within 2·ln n periods", "", 2 * xmath.Log(float64(c.n)), 0, "spec 40 B1", Computed, AtMost},
				Row{"lost", "share of runs in which λ = 3 leaves somebody out", "", 0.01, 0, "§15.1, spec 40 B1", Computed, AtMost})
		}
		e.Run = func(l *Lab) *plot.Overlay {
			models := l.Pick(c.models, c.quickModels)
			m := each(l, 3, func(i int) modelled {
				s := []spread{
					{n: c.n, lambda: 3, probes: true, acks: true, lockstep: true}, {n: c.n, lambda: 3, probes: true, acks: true},
					{n: c.n - 1, lambda: 3, probes: true, acks: true}, // as the simulator has it: the subject is dead
				}
				return s[i].mean(models)
			})
			lock, own, phases := m[0], m[1], m[2]
			if c.n == 30 {
				lock.most = lock.all // 99 % of 30 are all
			}
			for i, have := range []float64{lock.half, lock.most, lock.all} {
				l.Number("lockstep-"+shares[i].id, have, fmt.Sprintf("mean of %d model runs", models))
			}
			l.Number("meanfield-model", own.half, fmt.Sprintf("mean of %d model runs", models))
			fig := &plot.Overlay{
				Title:   fmt.Sprintf("News on probes alone among %d members", c.n),
				Caption: "spec 10 §15.1, ADR-0006; band: nine in ten runs; mean field n/(1 + (n − 1)·exp(−2t))",
				X:       plot.Axis{Label: "time since the first knew (periods)"}, Y: plot.Axis{Label: "members that know (%)", Percent: true, High: 1.02},
			}
			until := lock.all + 2
			fig.Curves = append(fig.Curves, meanField(c.n, until),
				inPeriods("lock-step model\n(the chapter's Monte Carlo)", plot.Reference, 3, lock.curve, nil, nil, 1, until),
				inPeriods("model in own phases", plot.Reference, 0, phases.curve, nil, nil, 1, until))
			if c.runs == 0 {
				return fig
			}
			s := l.rumours(c.n, l.Pick(c.runs, c.quick), 0, 1, "protocol.gossip.interval=0s")
			fig.Curves = append(fig.Curves, inPeriods("simulator", plot.Measured, 1, s.curve, s.low, s.high, 1, until))
			l.Mean("meanfield", s.half)
			l.against(&s, phases, 1)
			l.Most("bound", s.all)
			l.Share("lost", s.lost, len(s.half))
			return fig
		}
		out = append(out, e)
	}
	return out
}

// against gives the rows half, most and all the means of s in periods, and the model's as references.
func (l *Lab) against(s *spreads, m modelled, period float64) {
	if math.IsInf(m.most, 1) {
		m.most = m.all // some model run left somebody out
	}
	l.Ref("half", m.half/period)
	l.Ref("most", m.most/period)
	l.Ref("all", m.all/period)
	l.Mean("half", scale(s.half, 1/period))
	l.Mean("most", scale(s.most, 1/period))
	l.Mean("all", scale(s.all, 1/period))
}

func meanField(n int, until float64) plot.Curve {
	c := plot.Curve{Label: "mean field", Kind: plot.Reference, Colour: 4}
	for x := 0.0; x <= until; x += 0.05 {
		c.X, c.Y = append(c.X, x), append(c.Y, 1/(1+float64(n-1)*xmath.Exp(-2*x)))
	}
	return c
}

// growthRate solves (r − 1)² = r/(eʳ − 1): one newly informed by a PING has its own next ping after U(0, 1),
// one informed by an ACK has just pinged and waits a whole period; both are pinged once per period, at
// any time (Euler and Lotka's equation for two types, ADR-0006).
func growthRate() float64 {
	lo, hi := 1.0, 3.0
	for range 60 {
		r := (lo + hi) / 2
		if (r-1)*(r-1) < r/(xmath.Exp(r)-1) {
			lo = r
		} else {
			hi = r
		}
	}
	return lo
}

func growth() *Experiment {
	return &Experiment{
		ID: "piggyback-growth", Topic: TopicSpread, Quick: true, Full: 20, Short: 1, Title: "growth per period of few that know among many",
		Rows: []Row{
			{"root", "(r − 1)² = r/(eʳ − 1)", "", 1.630, 0, "ADR-0006", Derived, Exactly(5e-4)},
			{"model", "ln of the growth per period in the model", "", growthRate(), 0, "ADR-0006", Derived, Near(0.05)},
		},
		Run: func(l *Lab) *plot.Overlay {
			l.Number("root", growthRate(), "")
			big := l.Pick(30_000, 3000) // from the 30th to the 3000th (300th) of 30,000 (3000)
			l.Mean("model", each(l, l.Pick(10, 4), func(i int) float64 {
				draw := rng.New(uint64(i+1), "validate.growth")
				return spread{n: big, lambda: 3, probes: true, acks: true}.growth(&draw, 30, big/10)
			}))
			return nil
		},
	}
}

// tooFewRepeats is entry B1's other side, which shows that the test can fail.
func tooFewRepeats() *Experiment {
	e := &Experiment{
		ID: "piggyback-lambda1", Topic: TopicSpread, Quick: true, Full: 6, Short: 1.5, Title: "with λ = 1 and piggyback only, gossip ends with somebody left out",
	}
	sizes := []int{30, 100}
	for _, n := range sizes {
		e.Rows = append(e.Rows,
			Row{fmt.Sprintf("n%d", n), fmt.Sprintf("share of runs with somebody left out, n %d", n), "", 0.3, 0, "spec 40 B1", Computed, AtLeast},
			Row{fmt.Sprintf("model-n%d", n), fmt.Sprintf("the same in the model, n %d", n), "", 0.3, 0, "spec 40 B1", Computed, AtLeast})
	}
	e.Run = func(l *Lab) *plot.Overlay {
		for _, n := range sizes {
			runs := l.Pick(100, 20)
			s := l.rumours(n, runs, 0, 1, "protocol.gossip.interval=0s", "protocol.gossip.lambda=1", "protocol.sync.mode=off")
			l.Share(fmt.Sprintf("n%d", n), s.ended, runs)
			m := spread{n: n - 1, lambda: 1, probes: true, acks: true}.mean(l.Pick(1000, 200))
			l.Number(fmt.Sprintf("model-n%d", n), m.lost, "")
		}
		return nil
	}
	return e
}
