package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/sim/trace"
)

// probeEnds counts how probes ended.
type probeEnds struct{ all, failed, void int }

// failures runs n members under independent loss from the start and counts probes of live members, after
// two periods, that nobody answered. A probe that found its target's incarnation risen is void by §4.2
// step 5 in place of failed; it got no answer either, and is counted with the failed ones.
func failures(n int, seed uint64, seconds int, loss float64, sets ...string) (e probeEnds) {
	sets = append(sets, "protocol.vivaldi.enabled=false")
	sets = append(sets, lossy(loss)...)
	w := lan(n, seed, seconds, func(r *trace.Record) {
		if r.Kind != trace.KindFact || r.Fact.Kind != core.FactProbeEnded || r.At < at(2) {
			return
		}
		switch r.Fact.Cause {
		case core.CauseAck, core.CauseIndirectAck, core.CauseStreamAck:
		case core.CauseProbeFailed:
			e.failed++
		case core.CauseVoid:
			e.void++
		default:
			return
		}
		e.all++
	}, sets...)
	finish(w)
	return e
}

// Suspicions last as long as the run and LHM is off, so that no false death and no slowed prober disturbs
// the count; with all defaults the tolerance is that of entry A3.
var undisturbed = []string{"protocol.lhm.max=0", "protocol.suspicion.min=1h", "protocol.suspicion.max=1h", "protocol.suspicion.scale_with_n=false"}

func probeFailure() []*Experiment {
	losses := []struct {
		loss, chapter float64
		runs, quick   int // of 100 members and 300 s (60 s)
	}{{0.01, 1.22e-6, 40, 1}, {0.05, 6.22e-4, 40, 2}, {0.10, 7.73e-3, 5, 1}, {0.20, 7.41e-2, 3, 1}, {0.30, 0.224, 3, 1}}
	pure := &Experiment{
		ID: "swim-probe-failure", Topic: TopicFailure, Quick: true, Full: 180, Short: 5,
		Title: "a probe of a live member fails under independent loss ℓ: (1 − q²)(1 − q⁴)³",
	}
	for _, c := range losses {
		word := fmt.Sprintf("loss%g", 100*c.loss)
		pure.Rows = append(pure.Rows,
			Row{word + "-formula", fmt.Sprintf("the chapter's figure against its formula, ℓ %g %%", 100*c.loss), "", c.chapter, 0, "§15.1", Computed, Near(3e-3)},
			Row{word, fmt.Sprintf("share of probes that nobody answers, ℓ %g %%", 100*c.loss), "", probeFails(c.loss, 3), 0, "§15.1", Computed, Chance})
	}
	pure.Run = func(l *Lab) *plot.Overlay {
		var jobs []int // loss of each run
		for i, c := range losses {
			for range l.Pick(c.runs, c.quick) {
				jobs = append(jobs, i)
			}
		}
		runs := each(l, len(jobs), func(k int) probeEnds {
			return failures(100, uint64(k+1), l.Pick(300, 60), losses[jobs[k]].loss, undisturbed...)
		})
		theory := plot.Curve{Label: "(1 − q²)(1 − q⁴)³", Kind: plot.Reference}
		for loss := 0.005; loss < 0.4; loss += 0.005 {
			theory.X, theory.Y = append(theory.X, loss), append(theory.Y, probeFails(loss, 3))
		}
		ours := plot.Curve{Label: "simulator, 95 %", Kind: plot.Points, Colour: 1, Low: []float64{}, High: []float64{}}
		for i, c := range losses {
			var sum probeEnds
			for k, r := range runs {
				if jobs[k] == i {
					sum.all, sum.failed = sum.all+r.all, sum.failed+r.failed+r.void
				}
			}
			word := fmt.Sprintf("loss%g", 100*c.loss)
			l.Number(word+"-formula", probeFails(c.loss, 3), "closed form")
			l.Share(word, sum.failed, sum.all)
			if sum.failed > 0 {
				iv := stats.Wilson(uint64(sum.failed), uint64(sum.all), 0)
				ours.X, ours.Y = append(ours.X, c.loss), append(ours.Y, iv.Estimate)
				ours.Low, ours.High = append(ours.Low, iv.Low), append(ours.High, iv.High)
			}
		}
		return &plot.Overlay{
			Title: "A probe of a live member fails, by loss per datagram", Caption: "spec 10 §15.1; 100 members, 3 proxies",
			X: plot.Axis{Label: "loss per datagram (%)", Percent: true}, Y: plot.Axis{Label: "share of probes", Log: true}, Curves: []plot.Curve{theory, ours},
		}
	}
	all := &Experiment{ID: "swim-probe-failure-defaults", Topic: TopicFailure, Full: 120, Title: "the same with all defaults: false suspicions and LHM disturb it"}
	defaults := []float64{0.05, 0.10, 0.20}
	for _, loss := range defaults {
		all.Rows = append(all.Rows, Row{fmt.Sprintf("loss%g", 100*loss), fmt.Sprintf("share of probes that nobody answers, ℓ %g %%", 100*loss), "", probeFails(loss, 3), 0, "§15.1, spec 40 A3", Computed, Near(0.2)})
	}
	all.Run = func(l *Lab) *plot.Overlay {
		const seeds = 5
		runs := each(l, seeds*len(defaults), func(k int) probeEnds { return failures(100, uint64(k%seeds+1), 300, defaults[k/seeds]) })
		for i, loss := range defaults {
			var rates []float64
			for _, e := range runs[i*seeds : (i+1)*seeds] {
				rates = append(rates, float64(e.failed+e.void)/float64(e.all))
			}
			l.Mean(fmt.Sprintf("loss%g", 100*loss), rates)
		}
		return nil
	}
	return []*Experiment{pure, all}
}
