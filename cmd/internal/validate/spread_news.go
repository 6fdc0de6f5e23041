package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/core/rng"
	"hypersim/core/xmath"
)

const (
	gossipRound  = 0.2 // s, gossip.interval
	gossipFanout = 3
)

func spreading() []*Experiment {
	return append(append(append(piggyback(), growth(), tooFewRepeats(), serfEstimate()), push()...), raise()...)
}

// overlay shows models and runs of the cells over references, in units of x of which a period has so many.
func (l *Lab) overlay(fig plot.Overlay, perPeriod, until float64, refs ...plot.Curve) *plot.Overlay {
	fig.Y, fig.Curves = inPercent("members that know (%)"), refs
	for _, m := range []struct {
		cell, label string
		colour      int
	}{{"lockstep", "lock-step model\n(the chapter's Monte Carlo)", 3}, {"phases", "model in own phases", 0}} {
		if c := l.cells[m.cell]; c != nil {
			fig.Curves = append(fig.Curves, inPeriods(plot.Curve{Label: m.label, Kind: plot.Reference, Colour: m.colour, Y: c[0].lists["curve"]}, perPeriod, until))
		}
	}
	if runs := l.cells["runs"]; runs != nil {
		fig.Curves = append(fig.Curves, inPeriods(banded(plot.Curve{Label: "simulator", Kind: plot.Measured, Colour: 1}, runs.lists("curve")), perPeriod, until))
	}
	return &fig
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
		const meanField = "periods to 50 %: ½·ln(n − 1) + 0.3"
		early := 0.5*xmath.Log(float64(c.n-1)) + 0.3
		e := &Experiment{
			ID: fmt.Sprintf("piggyback-n%d", c.n), Topic: TopicSpread, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("news on probes alone among %d members, λ = 3", c.n),
		}
		e.modelled("lockstep", spread{n: c.n, lambda: 3, probes: true, acks: true, lockstep: true}, 1, c.models, c.quickModels)
		e.modelled("own", spread{n: c.n, lambda: 3, probes: true, acks: true}, 1, c.models, c.quickModels)
		e.modelled("phases", spread{n: c.n - 1, lambda: 3, probes: true, acks: true}, 1, c.models, c.quickModels) // as the simulator has it: the subject is dead
		modelOf := func(name string) Measure {
			return func(l *Lab, runs Trials) Value {
				return number(runs[0].Of(name), fmt.Sprintf("mean of %d model runs", l.Pick(c.models, c.quickModels)))
			}
		}
		for i, s := range shares {
			e.add(Row{"lockstep-" + s.id, "lock-step model, periods to " + s.words, "", c.ref[i], 0, "§15.1, Monte Carlo row", Computed, Near(0.10)}, "lockstep", modelOf(s.id))
		}
		e.add(Row{"meanfield-model", "model in own phases, " + meanField, "", early, 0, "§15.1 mean field, spec 40 B1", Computed, Near(0.25)}, "own", modelOf("half"))
		if c.runs > 0 {
			e.rumours("runs", c.n, 1, 0, [2]int{c.runs, c.quick}, "protocol.gossip.interval=0s")
			e.add(Row{"meanfield", "simulator, " + meanField, "", early, 0, "§15.1 mean field, spec 40 B1", Computed, Near(0.25)}, "runs", meanOf("half"))
			for _, s := range shares {
				e.Rows = append(e.Rows, Measured{Row{s.id, "simulator, periods to " + s.words, "", nan, 0, "model in own phases, ADR-0006", Derived, Near(0.05)}, "runs", meanOf(s.id), modelSays("phases", s.id)})
			}
			e.add(Row{"bound", "everybody within 2·ln n periods", "", 2 * xmath.Log(float64(c.n)), 0, "spec 40 B1", Computed, AtMost}, "runs", mostSeen("all"))
			e.add(Row{"lost", "share of runs in which λ = 3 leaves somebody out", "", 0.01, 0, "§15.1, spec 40 B1", Computed, AtMost}, "runs", shareOf("lost", "one"))
		}
		e.Figure = func(l *Lab) *plot.Overlay {
			until := modelSays("lockstep", "all")(l) + 2
			return l.overlay(plot.Overlay{
				Title:   fmt.Sprintf("News on probes alone among %d members", c.n),
				Caption: "spec 10 §15.1, ADR-0006; band: nine in ten runs; mean field n/(1 + (n − 1)·exp(−2t))", X: plot.Axis{Label: "time since the first knew (periods)"},
			}, 1, until, theory("mean field", 4, grid(0, until, 0.05), func(x float64) float64 { return 1 / (1 + float64(c.n-1)*xmath.Exp(-2*x)) }))
		}
		out = append(out, e)
	}
	return out
}

func growth() *Experiment {
	e := &Experiment{ID: "piggyback-growth", Topic: TopicSpread, Quick: true, Full: 20, Short: 1, Title: "growth per period of few that know among many", Seeds: [2]int{10, 4}}
	e.Cells = []Cell{{Do: func(l *Lab, t *Trial) {
		big, draw := l.Pick(30_000, 3000), rng.New(t.Seed, "validate.growth") // from the 30th to the 3000th (300th) of 30,000 (3000)
		t.Put("growth", spread{n: big, lambda: 3, probes: true, acks: true}.growth(&draw, 30, big/10))
	}}}
	e.add(Row{"root", "(r − 1)² = r/(eʳ − 1)", "", 1.630, 0, "ADR-0006", Derived, Exactly(5e-4)}, "", closed(growthRate(), ""))
	e.add(Row{"model", "ln of the growth per period in the model", "", growthRate(), 0, "ADR-0006", Derived, Near(0.05)}, "", meanOf("growth"))
	return e
}

// tooFewRepeats is entry B1's other side, which shows that the test can fail.
func tooFewRepeats() *Experiment {
	e := &Experiment{ID: "piggyback-lambda1", Topic: TopicSpread, Quick: true, Full: 6, Short: 1.5, Title: "with λ = 1 and piggyback only, gossip ends with somebody left out"}
	for _, n := range []int{30, 100} {
		id := fmt.Sprintf("n%d", n)
		e.rumours(id, n, 1, 0, [2]int{100, 20}, "protocol.gossip.interval=0s", "protocol.gossip.lambda=1", "protocol.sync.mode=off")
		e.modelled("model-"+id, spread{n: n - 1, lambda: 1, probes: true, acks: true}, 1, 1000, 200)
		e.add(Row{id, fmt.Sprintf("share of runs with somebody left out, n %d", n), "", 0.3, 0, "spec 40 B1", Computed, AtLeast}, id, shareOf("ended", "one"))
		e.add(Row{"model-" + id, fmt.Sprintf("the same in the model, n %d", n), "", 0.3, 0, "spec 40 B1", Computed, AtLeast}, "model-"+id, sumOf("lost"))
	}
	return e
}

// serfShare is Serf's convergence estimate: 1/(1 + (n + 1)·exp(−½·fanout·(1 − loss)·(1 − failed)·round)).
func serfShare(n int, loss, round float64) float64 {
	return 1 / (1 + float64(n+1)*xmath.Exp(-0.5*gossipFanout*(1-loss)*round))
}

// serfRounds solves it for the round at which a share of the members knows.
func serfRounds(n int, share float64) float64 {
	return xmath.Log(float64(n+1)*share/(1-share)) / (0.5 * gossipFanout)
}

func serfEstimate() *Experiment {
	e := &Experiment{ID: "serf-estimate", Topic: TopicSpread, Quick: true, Title: "Serf's convergence estimate, rounds to 99.99 %"}
	for _, c := range []struct {
		n    int
		want float64
	}{{30, 8.43}, {100, 9.22}, {1000, 10.75}, {10_000, 12.28}} {
		e.add(Row{fmt.Sprintf("n%d", c.n), fmt.Sprintf("closed form, n %d", c.n), "", c.want, 0, "§15.1, Serf's simulator", Read, Exactly(5e-3)}, "", closed(serfRounds(c.n, 0.9999), "closed form"))
	}
	return e
}

// push is gossip with the defaults. The chapter's Monte Carlo lets all members act at once, in rounds; here
// each has a phase of its own, and what one hears early in a round goes on within it. So the chapter's
// rounds are those of the lock-step model, and ours must agree with the model in phases. The chapter's own
// bar, no slower than its rows + 25 % and never later than Serf's estimate, is judged as well.
func push() []*Experiment {
	var out []*Experiment
	for _, c := range []struct {
		n, runs, quick, models, quickModels int
		loss                                float64
		ref                                 [3]float64
		full, short                         float64
	}{
		{30, 200, 20, 2000, 100, 0, [3]float64{2.9, 4.3, 4.3}, 8, 1},
		{100, 100, 10, 400, 40, 0, [3]float64{3.9, 5.3, 5.7}, 10, 1},
		{1000, 20, 0, 40, 0, 0, [3]float64{5.0, 7.0, 8.2}, 60, 0},
		{10_000, 3, 0, 8, 0, 0, [3]float64{7.0, 9.0, 10.7}, 240, 0},
		{30, 200, 20, 2000, 100, 0.1, [3]float64{3.0, 4.6, 4.6}, 8, 1},
		{100, 100, 10, 400, 40, 0.1, [3]float64{4.0, 5.7, 6.1}, 10, 1},
		{1000, 20, 0, 40, 0, 0.1, [3]float64{5.6, 7.8, 8.7}, 60, 0},
		{10_000, 3, 0, 8, 0, 0.1, [3]float64{7.1, 9.2, 11.4}, 240, 0},
	} {
		id, what := fmt.Sprintf("push-n%d", c.n), fmt.Sprintf("push gossip, fanout 3, λ = 3, among %d members, loss %g %%", c.n, 100*c.loss)
		if c.loss > 0 {
			id += fmt.Sprintf("-loss%g", 100*c.loss)
		}
		e := &Experiment{ID: id, Topic: TopicSpread, Quick: c.quick > 0, Full: c.full, Short: c.short, Title: what}
		var sets []string
		if c.n > 1000 {
			sets = []string{"protocol.membership.confirmation_mode=hearsay"}
		}
		own := spread{n: c.n, lambda: 3, gossip: gossipRound, fanout: gossipFanout, loss: c.loss, lockstep: true}
		e.modelled("lockstep", own, gossipRound, c.models, c.quickModels)
		own.n, own.probes, own.acks, own.lockstep = c.n-1, true, true, false
		e.modelled("phases", own, gossipRound, c.models, c.quickModels)
		e.rumours("runs", c.n, gossipRound, c.loss, [2]int{c.runs, c.quick}, sets...)
		for i, s := range shares {
			e.add(Row{"lockstep-" + s.id, "lock-step model, rounds to " + s.words, "", c.ref[i], 0, "§15.1", Computed, Near(0.25)}, "lockstep", sumOf(s.id))
			e.add(Row{"chapter-" + s.id, "simulator, rounds to " + s.words + ": no slower than the chapter's lock step + 25 %", "", 1.25 * c.ref[i], 0, "§15.1", Computed, AtMost}, "runs", meanOf(s.id))
			e.Rows = append(e.Rows, Measured{Row{s.id, "simulator, rounds to " + s.words, "", nan, 0, "model in own phases", Derived, Near(0.10)}, "runs", meanOf(s.id), modelSays("phases", s.id)})
		}
		if c.loss == 0 {
			e.add(Row{"serf", "slowest run to all, rounds: never later than Serf's estimate of 99.99 %", "", serfRounds(c.n, 0.9999), 0, "§15.1, Serf", Read, AtMost}, "runs", mostSeen("all"))
		}
		e.add(Row{"missed", "share of runs that missed somebody (chapter: 0.2–0.4 % at n 30)", "", 0.02, 0, "§15.1", Computed, AtMost}, "runs", shareOf("lost", "one"))
		e.Figure = func(l *Lab) *plot.Overlay {
			until := modelSays("lockstep", "all")(l) + 2
			return l.overlay(plot.Overlay{
				Title: "Push gossip: " + what[len("push gossip, "):], Caption: "spec 10 §15.1; a round is 0.2 s; band: nine in ten runs", X: plot.Axis{Label: "time since the first knew (rounds)"},
			}, 1/gossipRound, until, theory("Serf's estimate", 2, grid(0, until, 0.1), func(x float64) float64 { return serfShare(c.n, c.loss, x) }))
		}
		out = append(out, e)
	}
	return out
}

// raise is entry B1's own piece of news, a member that raises its incarnation. It spreads like a rumour, with
// the member itself telling it for longer, as every datagram's header carries it. By the letter of spec 10 it
// would not (ADR-0009). §3.2 takes the header before the updates, so that the alive which comes with it is a duplicate; and
// §2.3 does not relay what was seen. At n = 100 it then took 5 to 7 s with sync and more than 55 s without, and everybody was
// told by the member itself.
func raise() []*Experiment {
	var out []*Experiment
	for _, n := range []int{30, 100} {
		e := &Experiment{
			ID: fmt.Sprintf("raise-n%d", n), Topic: TopicSpread, Quick: true, Full: float64(n) / 3, Short: float64(n) / 30,
			Title: fmt.Sprintf("a raised incarnation spreads among %d members", n),
			File:  "raise", Counts: []string{"direct", "relays", "ended"}, Watch: raised,
			Cells: []Cell{{ID: "runs", Sets: []string{fmt.Sprintf("cluster.size=%d", n)}, Seeds: [2]int{100, 20}}},
			Before: func(t *Trial) {
				t.Strike(5, "validate.raise", uint64(n))
				t.Note("since", 0) // the member itself
			},
			After: func(t *Trial) {
				if t.learned(n, gossipRound); t.Of("lost") != 0 || t.Of("relays") == 0 {
					check(fmt.Errorf("%d members, seed %d: %d know, %g relayed", n, t.Seed, len(t.lists["since"]), t.Of("relays")))
				}
			},
			Figure: func(l *Lab) *plot.Overlay {
				return l.overlay(plot.Overlay{
					Title: fmt.Sprintf("A raised incarnation among %d members", n), Caption: "spec 40 B1, ADR-0009; a round is 0.2 s; band: nine in ten runs",
					X: plot.Axis{Label: "time since it was raised (rounds)"},
				}, 1/gossipRound, 10)
			},
		}
		e.modelled("phases", spread{n: n, lambda: 3, gossip: gossipRound, fanout: gossipFanout, probes: true, acks: true}, gossipRound, 2000, 200)
		for _, s := range []int{0, 2} {
			e.Rows = append(e.Rows, Measured{Row{shares[s].id, "rounds to " + shares[s].words, "", nan, 0, "model in own phases", Derived, Near(0.10)}, "runs", meanOf(shares[s].id), modelSays("phases", shares[s].id)})
		}
		e.add(Row{"serf", "slowest run, rounds: never later than Serf's estimate of 99.99 %", "", serfRounds(n, 0.9999), 0, "§15.1, Serf", Read, AtMost}, "runs", mostSeen("all"))
		e.add(Row{"direct", "share told by the member itself (1 if nobody relayed it)", "", nan, 0, "ADR-0009", Derived, Reported}, "runs", meanOf("direct"))
		out = append(out, e)
	}
	return out
}
