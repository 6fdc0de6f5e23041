package validate

import (
	"fmt"

	"hypersim/analysis/plot"
	"hypersim/core"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// chain is loss in bursts: a path turns bad and good again from one datagram to the next.
type chain struct{ toBad, toGood, lossBad float64 }

// loss is the share of datagrams that are lost, in the long run: that of the bad state and what is lost there.
func (c chain) loss() float64 { return float64(c.toBad/(c.toBad+c.toGood)) * c.lossBad }

// burst is the mean number of datagrams lost in a row: after a lost one the path is bad, and the next is lost if it
// stays so and loses again.
func (c chain) burst() float64 { return 1 / (1 - float64((1-c.toGood)*c.lossBad)) }

// measure sends datagrams one after another over one path.
func (c chain) measure(seed uint64, datagrams int) (loss, burst float64) {
	n, err := network.New(network.Config{
		Site: []uint16{0, 0}, Sites: 1, Base: []core.Duration{1e6},
		Intra:  network.Link{Loss: network.Loss{Model: network.LossGilbertElliott, PGB: c.toBad, PBG: c.toGood, LossBad: c.lossBad}},
		Stream: network.DefaultStream(),
	}, seed)
	check(err)
	lost, bursts, before := 0, 0, false
	var fate network.Fate
	for i := range datagrams {
		n.Send(core.Instant(i)*1e6, 0, 1, 100, core.KindPing, uint32(i), &fate)
		now := fate.Reason == trace.ReasonLoss
		if now {
			lost++
			if !before {
				bursts++
			}
		}
		before = now
	}
	return float64(lost) / float64(datagrams), float64(lost) / float64(max(1, bursts))
}

// lossInBursts holds the network's Gilbert–Elliott loss against the closed form.
func lossInBursts() *Experiment {
	chains := []chain{{0.01, 0.25, 1}, {0.02, 0.1, 0.5}}
	e := &Experiment{
		ID: "network-loss-bursts", Topic: TopicFailure, Quick: true, Full: 1, Short: 0.2,
		Title: "loss in bursts: p_gb/(p_gb + p_bg)·h of all datagrams, 1/(1 − (1 − p_bg)·h) in a row",
	}
	word := func(c chain) string { return fmt.Sprintf("bad%g", 100*c.lossBad) }
	for _, c := range chains {
		what := fmt.Sprintf("p_gb %g, p_bg %g, h %g", c.toBad, c.toGood, c.lossBad)
		e.Rows = append(e.Rows,
			Row{word(c) + "-loss", "share of datagrams lost, " + what, "", c.loss(), 0, "closed form", Derived, Near(0.02)},
			Row{word(c) + "-burst", "datagrams lost in a row, mean, " + what, "", c.burst(), 0, "closed form", Derived, Near(0.02)})
	}
	e.Run = func(l *Lab) *plot.Overlay {
		const seeds = 20
		type result struct{ loss, burst float64 }
		runs := each(l, seeds*len(chains), func(k int) (r result) {
			r.loss, r.burst = chains[k/seeds].measure(uint64(k%seeds+1), l.Pick(200_000, 20_000))
			return r
		})
		for i, c := range chains {
			var loss, burst []float64
			for _, r := range runs[i*seeds : (i+1)*seeds] {
				loss, burst = append(loss, r.loss), append(burst, r.burst)
			}
			l.Mean(word(c)+"-loss", loss)
			l.Mean(word(c)+"-burst", burst)
		}
		return nil
	}
	return e
}
