package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/sim/trace"
)

// probeEnds counts probes of live members, after two periods, and those that nobody answered. One that found its target's
// incarnation risen is void by §4.2 step 5 in place of failed; it got no answer either, and is counted with the failed ones.
func probeEnds(t *Trial, r *trace.Record) {
	if r.Kind != trace.KindFact || r.Fact.Kind != core.FactProbeEnded || r.At < at(2) {
		return
	}
	switch r.Fact.Cause {
	case core.CauseAck, core.CauseIndirectAck, core.CauseStreamAck:
	case core.CauseProbeFailed, core.CauseVoid:
		t.Add("failed", 1)
	default:
		return
	}
	t.Add("all", 1)
}

// lossyCell is a group of 100 under independent loss from the start.
func lossyCell(loss float64, seconds int, sets ...string) Cell {
	c := lanCell(fmt.Sprintf("loss%g", 100*loss), 100, seconds, append(sets, "protocol.vivaldi.enabled=false")...)
	c.Sets = append(c.Sets, lossy(loss)...)
	return c
}

// Suspicions last as long as the run and LHM is off, so that no false death and no slowed prober disturbs
// the count; with all defaults the tolerance is that of entry A3.
var undisturbed = []string{"protocol.lhm.max=0", "protocol.suspicion.min=1h", "protocol.suspicion.max=1h", "protocol.suspicion.scale_with_n=false"}

func probeFailure() []*Experiment {
	losses := []struct {
		loss, chapter float64
		runs, quick   int // of 100 members and 300 s (60 s)
	}{{0.01, 1.22e-6, 40, 1}, {0.05, 6.22e-4, 40, 2}, {0.10, 7.73e-3, 5, 1}, {0.20, 7.41e-2, 3, 1}, {0.30, 0.224, 3, 1}}
	pure := &Study{File: "lan", On: true, Counts: []string{"all", "failed"}, Watch: probeEnds, Quick: []string{"scenario.duration=60s"}}
	for _, c := range losses {
		cell := lossyCell(c.loss, 300, undisturbed...)
		cell.Seeds = [2]int{c.runs, c.quick}
		pure.Cells = append(pure.Cells, cell)
		pure.Rows = append(pure.Rows,
			Measured{Row{cell.ID + "-formula", fmt.Sprintf("the chapter's figure against its formula, ℓ %g %%", 100*c.loss), "", c.chapter, 0, "§15.1", Computed, Near(3e-3)}, "", closed(probeFails(c.loss, 3), "closed form")},
			Measured{Row{cell.ID, fmt.Sprintf("share of probes that nobody answers, ℓ %g %%", 100*c.loss), "", probeFails(c.loss, 3), 0, "§15.1", Computed, Chance}, cell.ID, shareOf("failed", "all")})
	}
	pure.Figure = func(_ *Lab, cells map[string]Trials) *plot.Overlay {
		theory := plot.Curve{Label: "(1 − q²)(1 − q⁴)³", Kind: plot.Reference}
		for loss := 0.005; loss < 0.4; loss += 0.005 {
			theory.X, theory.Y = append(theory.X, loss), append(theory.Y, probeFails(loss, 3))
		}
		ours := plot.Curve{Label: "simulator, 95 %", Kind: plot.Points, Colour: 1, Low: []float64{}, High: []float64{}}
		for i, c := range losses {
			runs := cells[pure.Cells[i].ID]
			if failed := runs.sum("failed"); failed > 0 {
				iv := stats.Wilson(uint64(failed), uint64(runs.sum("all")), 0)
				ours.X, ours.Y = append(ours.X, c.loss), append(ours.Y, iv.Estimate)
				ours.Low, ours.High = append(ours.Low, iv.Low), append(ours.High, iv.High)
			}
		}
		return &plot.Overlay{
			Title: "A probe of a live member fails, by loss per datagram", Caption: "spec 10 §15.1; 100 members, 3 proxies",
			X: plot.Axis{Label: "loss per datagram (%)", Percent: true}, Y: plot.Axis{Label: "share of probes", Log: true}, Curves: []plot.Curve{theory, ours},
		}
	}
	all := &Study{File: "lan", Seeds: [2]int{5, 5}, Counts: []string{"all", "failed"}, Watch: probeEnds}
	for _, loss := range []float64{0.05, 0.10, 0.20} {
		cell := lossyCell(loss, 300)
		all.Cells = append(all.Cells, cell)
		all.Rows = append(all.Rows, Measured{Row{cell.ID, fmt.Sprintf("share of probes that nobody answers, ℓ %g %%", 100*loss), "", probeFails(loss, 3), 0, "§15.1, spec 40 A3", Computed, Near(0.2)}, cell.ID, ratioOf("failed", "all")})
	}
	return []*Experiment{
		{
			ID: "swim-probe-failure", Topic: TopicFailure, Quick: true, Full: 180, Short: 5,
			Title: "a probe of a live member fails under independent loss ℓ: (1 − q²)(1 − q⁴)³", Study: pure,
		},
		{ID: "swim-probe-failure-defaults", Topic: TopicFailure, Full: 120, Title: "the same with all defaults: false suspicions and LHM disturb it", Study: all},
	}
}
