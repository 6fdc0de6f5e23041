package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/sim/trace"
)

// probeLoad is the traffic of runs without faults: per participant and s, and bytes.
func probeLoad() []*Experiment {
	var out []*Experiment
	for _, c := range []struct {
		n, runs, quick int
		full, short    float64
	}{{10, 10, 3, 1, 1}, {100, 10, 3, 6, 2}, {1000, 3, 0, 45, 0}} {
		const from, seconds, source = 60, 180, "spec 40 A2"
		per := 1 / float64(c.n*(seconds-from))
		out = append(out, &Experiment{
			ID: fmt.Sprintf("swim-load-n%d", c.n), Topic: TopicFailure, Quick: c.quick > 0, Full: c.full, Short: c.short,
			Title: fmt.Sprintf("load of %d members without faults", c.n),
			Rows: []Measured{
				{Row: Row{"sent", "datagrams sent per participant and period", "", 2, 0, "§15.1, " + source, Computed, Near(0.001)}, Of: meanOf("sent")},
				{Row: Row{"received", "datagrams received per participant and period", "", 2, 0, "§15.1, " + source, Computed, Near(0.001)}, Of: meanOf("received")},
				{Row: Row{"syncs", "sync streams per participant and s", "1/s", 0.05, 0, source, Computed, AtMost}, Of: mostSeen("syncs")},
				{Row: Row{"ping", "size of a PING", "byte", 89, 0, source, Computed, Exactly(1e-9)}, Of: mostOf(sizes(core.KindPing))},
				{Row: Row{"ack", "size of an ACK", "byte", 91, 0, source, Computed, Exactly(1e-9)}, Of: mostOf(sizes(core.KindAck))},
			},
			File: "lan", Cells: []Cell{lanCell("", c.n, seconds)}, Seeds: [2]int{c.runs, c.quick},
			Counts: []string{"sent", "received", "syncs", core.KindPing.String(), sizes(core.KindPing), core.KindAck.String(), sizes(core.KindAck)},
			Watch: func(t *Trial, r *trace.Record) {
				if r.At < at(from) || r.Msg == nil {
					return
				}
				switch k := r.Msg.Kind; {
				case r.Kind == trace.KindSent && !k.IsStream():
					t.Add("sent", 1)
					if k == core.KindPing || k == core.KindAck {
						t.Add(k.String(), 1)
						t.Add(sizes(k), float64(r.Size))
					}
				case r.Kind == trace.KindDelivered && !k.IsStream():
					t.Add("received", 1)
				case r.Kind == trace.KindSent && r.Msg.Flags&core.FlagReply == 0:
					t.Add("syncs", 1)
				}
			},
			After: func(t *Trial) {
				for _, name := range []string{"sent", "received", "syncs"} {
					t.value[name] *= per
				}
				for _, k := range []core.Kind{core.KindPing, core.KindAck} { // the mean, which is the same in all runs
					t.value[sizes(k)] /= t.Of(k.String())
				}
			},
		})
	}
	return out
}

// sizes is the name under which the sizes of messages of a kind are added up.
func sizes(k core.Kind) string { return k.String() + " bytes" }

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
	pure := &Experiment{
		ID: "swim-probe-failure", Topic: TopicFailure, Quick: true, Full: 180, Short: 5,
		Title: "a probe of a live member fails under independent loss ℓ: (1 − q²)(1 − q⁴)³",
		File:  "lan", On: true, Counts: []string{"all", "failed"}, Watch: probeEnds, QuickSets: []string{"scenario.duration=60s"},
	}
	losses := []struct {
		loss, chapter float64
		runs, quick   int // of 100 members and 300 s (60 s)
	}{{0.01, 1.22e-6, 40, 1}, {0.05, 6.22e-4, 40, 2}, {0.10, 7.73e-3, 5, 1}, {0.20, 7.41e-2, 3, 1}, {0.30, 0.224, 3, 1}}
	for _, c := range losses {
		cell := lossyCell(c.loss, 300, undisturbed...)
		cell.Seeds = [2]int{c.runs, c.quick}
		pure.Cells = append(pure.Cells, cell)
		pure.add(Row{cell.ID + "-formula", fmt.Sprintf("the chapter's figure against its formula, ℓ %g %%", 100*c.loss), "", c.chapter, 0, "§15.1", Computed, Near(3e-3)}, "", closed(probeFails(c.loss, 3), "closed form"))
		pure.add(Row{cell.ID, fmt.Sprintf("share of probes that nobody answers, ℓ %g %%", 100*c.loss), "", probeFails(c.loss, 3), 0, "§15.1", Computed, Chance}, cell.ID, shareOf("failed", "all"))
	}
	pure.Figure = func(l *Lab) *plot.Overlay {
		ours := plot.Curve{Label: "simulator, 95 %", Kind: plot.Points, Colour: 1, Low: []float64{}, High: []float64{}}
		for i, c := range losses {
			runs := l.cells[pure.Cells[i].ID]
			if failed := runs.sum("failed"); failed > 0 {
				iv := stats.Wilson(uint64(failed), uint64(runs.sum("all")), 0)
				dot(&ours, c.loss, iv.Estimate)
				ours.Low, ours.High = append(ours.Low, iv.Low), append(ours.High, iv.High)
			}
		}
		return &plot.Overlay{
			Title: "A probe of a live member fails, by loss per datagram", Caption: "spec 10 §15.1; 100 members, 3 proxies",
			X: plot.Axis{Label: "loss per datagram (%)", Percent: true}, Y: plot.Axis{Label: "share of probes", Log: true},
			Curves: []plot.Curve{theory("(1 − q²)(1 − q⁴)³", 0, grid(0.005, 0.4, 0.005), func(loss float64) float64 { return probeFails(loss, 3) }), ours},
		}
	}
	all := &Experiment{
		ID: "swim-probe-failure-defaults", Topic: TopicFailure, Full: 120, Title: "the same with all defaults: false suspicions and LHM disturb it",
		File: "lan", Seeds: [2]int{5, 5}, Counts: []string{"all", "failed"}, Watch: probeEnds,
	}
	for _, loss := range []float64{0.05, 0.10, 0.20} {
		cell := lossyCell(loss, 300)
		all.Cells = append(all.Cells, cell)
		all.add(Row{cell.ID, fmt.Sprintf("share of probes that nobody answers, ℓ %g %%", 100*loss), "", probeFails(loss, 3), 0, "§15.1, spec 40 A3", Computed, Near(0.2)}, cell.ID, ratioOf("failed", "all"))
	}
	return []*Experiment{pure, all, lossInBursts()}
}

// lossInBursts holds the network's Gilbert–Elliott loss against the closed form.
func lossInBursts() *Experiment {
	e := &Experiment{
		ID: "network-loss-bursts", Topic: TopicFailure, Quick: true, Full: 1, Short: 0.2, Seeds: [2]int{20, 20},
		Title: "loss in bursts: p_gb/(p_gb + p_bg)·h of all datagrams, 1/(1 − (1 − p_bg)·h) in a row",
	}
	for _, c := range []chain{{0.01, 0.25, 1}, {0.02, 0.1, 0.5}} {
		id, what := fmt.Sprintf("bad%g", 100*c.lossBad), fmt.Sprintf("p_gb %g, p_bg %g, h %g", c.toBad, c.toGood, c.lossBad)
		e.Cells = append(e.Cells, Cell{ID: id, Do: func(l *Lab, t *Trial) { c.measure(t, l.Pick(200_000, 20_000)) }})
		e.add(Row{id + "-loss", "share of datagrams lost, " + what, "", c.loss(), 0, "closed form", Derived, Near(0.02)}, id, meanOf("loss"))
		e.add(Row{id + "-burst", "datagrams lost in a row, mean, " + what, "", c.burst(), 0, "closed form", Derived, Near(0.02)}, id, meanOf("burst"))
	}
	return e
}
